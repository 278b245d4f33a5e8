"""What the portal forgets, and when: what is kept to be safe, to follow and to check after 400 days, what nobody
finished, links and mails after thirty.

One short transaction a step, so that whoever asks meanwhile waits for a step and no more. A file goes once the row that
spoke of it is gone for good: the other way round, a commit that fails would leave a row without its file.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, delete, select, tuple_, update

from contract.allowances import ExportState
from portal import grants, tries
from portal.allowances.exports import settle
from portal.attachments import attached
from portal.database import Database, Transaction, unix
from portal.files import Folder
from portal.settings import Settings
from portal.tables import (
    access_tokens,
    attachments,
    audit_log,
    changes,
    devices,
    exports,
    families,
    leave_files,
    links,
    mails,
    outcomes,
    persons,
    second_factors,
    spaces,
    spent_tokens,
    statements,
    uploads,
)

_UPLOAD_DAYS: Final = 30
_BATCH: Final = 200
"""Rows, or files, a step."""

_attached: Final = attached(uploads.c.sha256)


def purge(database: Database, settings: Settings, folder: Folder, now: datetime) -> None:
    """Forgets what is old enough, all in one go."""
    for task in tasks(database, settings, folder, now):
        for _ in task:
            pass


def tasks(database: Database, settings: Settings, folder: Folder, now: datetime) -> tuple[Iterator[None], ...]:
    """What there is to forget, each to be gone through step by step, whatever becomes of the others."""
    old, unfinished = now - timedelta(days=settings.keep_days), now - timedelta(days=_UPLOAD_DAYS)
    return (
        _forget(database, now, outcomes, outcomes.c.at < old),
        _forget(database, now, audit_log, audit_log.c.at < old),
        _forget(database, now, devices, devices.c.used_at < old),
        _forget_tombstones(database, now, old),
        _forget(database, now, access_tokens, access_tokens.c.expires_at <= unix(now)),
        _end_rights(database, now),
        _forget_sessions(database, now, now - timedelta(seconds=2 * settings.absolute_seconds)),
        _forget_tries(database, now),
        _forget(database, now, links, links.c.expires_at < unfinished),
        _forget(database, now, mails, mails.c.created_at < unfinished),
        _forget(database, now, second_factors, _begun_only(now)),
        _forget_uploads(database, folder, now, unfinished),
        _forget_statements(database, folder, now, unfinished),
        _expire_exports(database, folder, now),
        _drop_mails(settings, unfinished),
        _sweep(database, folder, now, unfinished),
    )


def _forget(database: Database, now: datetime, table: Table, old: ColumnElement[bool]) -> Iterator[None]:
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(old).limit(_BATCH)
    more = True
    while more:
        with database.write(now) as tx:
            more = tx.db.execute(delete(table).where(key.in_(some))).rowcount == _BATCH
        yield


def _end_rights(database: Database, now: datetime) -> Iterator[None]:
    """Rights that have come to their end, of people who have not asked since: their administrators are told."""
    over = select(persons.c.person_id).where(persons.c.rights_end_at <= unix(now)).limit(1)
    more = True
    while more:
        with database.write(now) as tx:
            person_id = tx.db.execute(over).scalar_one_or_none()
            more = person_id is not None
            if person_id is not None:
                grants.lapse(tx, person_id)
        yield


def _begun_only(now: datetime) -> ColumnElement[bool]:
    """Second factors that nobody confirmed."""
    return and_(second_factors.c.confirmed_at.is_(None), second_factors.c.created_at < now - timedelta(days=1))


def _forget_tombstones(database: Database, now: datetime, before: datetime) -> Iterator[None]:
    old = and_(changes.c.body.is_(None), changes.c.at < before)
    key = tuple_(changes.c.space_id, changes.c.number)
    more = True
    while more:
        with database.write(now) as tx:
            rows = tx.db.execute(select(changes.c.space_id, changes.c.number).where(old).limit(_BATCH)).all()
            floors: dict[str, int] = {}
            for space_id, number in rows:
                floors[space_id] = max(number, floors.get(space_id, 0))
            tx.hold(floors)
            for space_id, number in sorted(floors.items()):
                lower = and_(spaces.c.space_id == space_id, spaces.c.floor < number)
                tx.db.execute(update(spaces).where(lower).values(floor=number))
            tx.db.execute(delete(changes).where(old, key.in_([tuple(row) for row in rows])))
            more = len(rows) == _BATCH
        yield


def _forget_sessions(database: Database, now: datetime, before: datetime) -> Iterator[None]:
    more = True
    while more:
        with database.write(now) as tx:
            some = select(families.c.family_id).where(families.c.created_at < before).limit(_BATCH)
            gone = tx.db.execute(some).scalars().all()
            for table in (access_tokens, spent_tokens, families):
                tx.db.execute(delete(table).where(table.c.family_id.in_(gone)))
            more = len(gone) == _BATCH
        yield


def _forget_tries(database: Database, now: datetime) -> Iterator[None]:
    with database.write(now) as tx:
        tries.purge(tx)
    yield


def _forget_uploads(database: Database, folder: Folder, now: datetime, before: datetime) -> Iterator[None]:
    """Parts that nobody went on with, and whole files that nobody attached. All rows are looked through in the order of
    their key: those that stay, because they are attached, are by far the most and need no index of their own."""
    key = tuple_(uploads.c.person_id, uploads.c.sha256)
    columns = uploads.c.person_id, uploads.c.sha256, uploads.c.created_at, (uploads.c.complete & _attached)
    last: tuple[str, str] | None = ("", "")
    while last is not None:
        with database.write(now) as tx:
            rows = tx.db.execute(select(*columns).where(key > last).order_by(*columns[:2]).limit(_BATCH)).all()
            gone = [(person_id, sha256) for person_id, sha256, at, stays in rows if at < before and not stays]
            tx.db.execute(delete(uploads).where(key.in_(gone)))
        for person_id, sha256 in gone:
            folder.drop(folder.part(person_id, sha256))
        _drop_unwanted(database, folder, now, [sha256 for _, sha256 in gone])
        last = (rows[-1][0], rows[-1][1]) if len(rows) == _BATCH else None
        yield


def _forget_statements(database: Database, folder: Folder, now: datetime, before: datetime) -> Iterator[None]:
    """The files of statements, which are made again when they are asked for."""
    key = tuple_(statements.c.transfer_id, statements.c.format)
    some = select(statements).where(statements.c.made_at < before).limit(_BATCH)
    more = True
    while more:
        with database.write(now) as tx:
            rows = tx.db.execute(some).all()
            tx.db.execute(delete(statements).where(key.in_([(row.transfer_id, row.format) for row in rows])))
            more = len(rows) == _BATCH
        _drop_unwanted(database, folder, now, [row.sha256 for row in rows])
        yield


def _expire_exports(database: Database, folder: Folder, now: datetime) -> Iterator[None]:
    """The files of exports, and who asked for them is told."""
    over = exports.c.state == ExportState.READY, exports.c.expires_at <= now
    more = True
    while more:
        with database.write(now) as tx:
            rows = tx.db.execute(select(exports).where(*over).order_by(exports.c.space_id).limit(_BATCH)).all()
            tx.hold([row.space_id for row in rows])
            for row in rows:
                settle(tx, row.export_id, state=ExportState.EXPIRED, sha256=None)
            more = len(rows) == _BATCH
        _drop_unwanted(database, folder, now, [row.sha256 for row in rows])
        yield


def _drop_mails(settings: Settings, before: datetime) -> Iterator[None]:
    """Letters that were written as files: who wanted them has had them, and their links are long void."""
    for file in settings.mails.glob("*.eml"):
        if file.stat().st_mtime < before.timestamp():
            file.unlink(missing_ok=True)
            yield


def _sweep(database: Database, folder: Folder, now: datetime, before: datetime) -> Iterator[None]:
    """Drops the old files that no row speaks of: a crash left them, or they could not be dropped at their time."""
    folder.sweep(before)
    parts, wholes = folder.old_parts(before), folder.old_wholes(before)
    while some := list(islice(parts, _BATCH)):
        with database.write(now) as tx:
            key = tuple_(uploads.c.person_id, uploads.c.sha256)
            going_on = key.in_(some) & ~uploads.c.complete
            known = {tuple(row) for row in tx.db.execute(select(uploads.c.person_id, uploads.c.sha256).where(going_on))}
            for person_id, sha256 in set(some) - known:
                folder.drop(folder.part(person_id, sha256))
        yield
    while sums := list(islice(wholes, _BATCH)):
        _drop_unwanted(database, folder, now, sums)
        yield


def _drop_unwanted(database: Database, folder: Folder, now: datetime, sums: list[str]) -> None:
    """Whole files that are attached nowhere, and sent by nobody who may still attach them. Nothing is written: the
    transaction keeps others from writing meanwhile."""
    if not sums:
        return
    with database.write(now) as tx:
        for sha256 in set(sums) - _wanted(tx, sums):
            folder.drop(folder.whole(sha256))


def _wanted(tx: Transaction, sums: list[str]) -> set[str]:
    sent = select(uploads.c.sha256).where(uploads.c.sha256.in_(sums), uploads.c.complete)
    tables = (attachments, leave_files, statements, exports)
    kept = [select(table.c.sha256).where(table.c.sha256.in_(sums)) for table in tables]
    return set(tx.db.execute(sent.union(*kept)).scalars())
