"""What the portal forgets, and when: outcomes and tombstones after 400 days, what nobody finished after thirty."""

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, delete, func, or_, select, union_all, update

from portal import tries
from portal.database import Transaction, unix
from portal.files import Folder
from portal.settings import Settings
from portal.tables import (
    access_tokens,
    attachments,
    changes,
    families,
    outcomes,
    spaces,
    spent_tokens,
    uploads,
)

_UPLOAD_DAYS: Final = 30


def purge(tx: Transaction, settings: Settings, folder: Folder) -> None:
    """Forgets what is old enough at `tx.now`."""
    old = tx.now - timedelta(days=settings.keep_days)
    tx.db.execute(delete(outcomes).where(outcomes.c.at < old))
    _forget_tombstones(tx, settings)
    _forget_sessions(tx, settings)
    _forget_uploads(tx, folder)
    tries.purge(tx)


def _forget_tombstones(tx: Transaction, settings: Settings) -> None:
    old = and_(changes.c.body.is_(None), changes.c.at < tx.now - timedelta(days=settings.keep_days))
    query = select(changes.c.space_id, func.max(changes.c.number)).where(old).group_by(changes.c.space_id)
    floors = sorted((space_id, number) for space_id, number in tx.db.execute(query))
    tx.hold(space_id for space_id, _ in floors)
    for space_id, number in floors:
        tx.db.execute(update(spaces).where(spaces.c.space_id == space_id).values(floor=number))
    tx.db.execute(delete(changes).where(old))


def _forget_sessions(tx: Transaction, settings: Settings) -> None:
    tx.db.execute(delete(access_tokens).where(access_tokens.c.expires_at <= unix(tx.now)))
    dead = families.c.created_at < tx.now - timedelta(seconds=2 * settings.absolute_seconds)
    gone = select(families.c.family_id).where(dead)
    for table in (access_tokens, spent_tokens):
        tx.db.execute(delete(table).where(table.c.family_id.in_(gone)))
    tx.db.execute(delete(families).where(dead))


def _forget_uploads(tx: Transaction, folder: Folder) -> None:
    """Parts that nobody went on with, and whole files that nobody attached."""
    attached = select(attachments.c.sha256).where(attachments.c.sha256 == uploads.c.sha256).exists()
    before = tx.now - timedelta(days=_UPLOAD_DAYS)
    old = and_(uploads.c.created_at < before, or_(~uploads.c.complete, ~attached))
    for row in tx.db.execute(select(uploads.c.person_id, uploads.c.sha256).where(old)).all():
        mine = and_(uploads.c.person_id == row.person_id, uploads.c.sha256 == row.sha256)
        tx.db.execute(delete(uploads).where(mine))
        folder.drop(folder.part(row.person_id, row.sha256))
        if not _wanted(tx, row.sha256):
            folder.drop(folder.whole(row.sha256))
    folder.sweep(before)


def _wanted(tx: Transaction, sha256: str) -> bool:
    """Whether the whole file is attached somewhere, or sent by somebody who may still attach it."""
    sent = select(uploads.c.sha256).where(uploads.c.sha256 == sha256, uploads.c.complete)
    attached = select(attachments.c.sha256).where(attachments.c.sha256 == sha256)
    return tx.db.execute(union_all(sent, attached)).first() is not None
