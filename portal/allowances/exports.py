"""« Exporter mes dossiers initiés dans l’ancien espace client »: asked for by a wish, prepared in the background, told
in the feed, downloaded in parts.

A thread writes the file, a batch of lines at a time. What a portal that stopped had begun is begun anew by the next.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import IO, Any, Final

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream
from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from contract import limits, paths
from contract.allowances import EXPORT_DAYS, ExportFormat, ExportRecord, ExportState, RequestExport
from contract.contact import Origin
from contract.portfolio import Right
from contract.wire import ProblemKind
from portal import people
from portal.allowances import records, sheets
from portal.allowances.statements import MEDIA, made_file
from portal.answers import is_id
from portal.caller import Ask, Doorkeeper
from portal.database import Actor, Database, Transaction
from portal.files import Folder
from portal.openapi import Operation, told
from portal.problems import Refusal, invalid, unknown
from portal.settings import Settings
from portal.tables import exports, payments, rights
from portal.transfers import DOWNLOAD_ANSWERS, DOWNLOAD_HEADERS, send

log: Final = logging.getLogger("portal")

MOST_AT_ONCE: Final = 5
"""How many of one person's are prepared, or wait for it."""
_ABANDONED: Final = timedelta(minutes=15)
_LOOK_SECONDS: Final = 30
_NOTHING: Final = "Ces espaces n’ont aucun dossier commencé dans l’ancien espace client."
_TOO_MANY: Final = "Ces dossiers comptent plus de lignes qu’un classeur n’en contient\u00a0: demandez le format CSV."
_FAILED: Final = "La préparation a échoué. Demandez l’export de nouveau."

_EXPORT: Final = Operation(
    name="export",
    summary="Read an export that is ready, whole or from an offset on.",
    answers=DOWNLOAD_ANSWERS,
    refuses=(ProblemKind.UNKNOWN, ProblemKind.GONE, ProblemKind.RANGE),
    headers=DOWNLOAD_HEADERS,
)


def routes(
    settings: Settings, database: Database, doorkeeper: Doorkeeper, folder: Folder
) -> Sequence[HTTPRouteHandler]:
    @get(paths.EXPORT.replace("}", ":str}"), opt=told(_EXPORT))
    async def export(request: Ask, export_id: FromPath[str]) -> Stream:
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            mine = exports.c.export_id == export_id, exports.c.person_id == caller.person_id
            row = db.execute(select(exports).where(*mine)).one_or_none() if is_id(export_id) else None
            if row is None or not _sees_all(db, row, settings):
                raise unknown()
        if row.state == ExportState.EXPIRED or (row.expires_at is not None and row.expires_at <= settings.now()):
            raise Refusal(ProblemKind.GONE, "Cet export n’est plus gardé. Demandez-en un autre.")
        if row.state != ExportState.READY:
            raise unknown()
        return send(folder, request, row)

    return (export,)


def _sees_all(db: Connection, row: Row[Any], settings: Settings) -> bool:
    """Whether its author still has the right of allowances in all of its spaces."""
    wanted = _space_ids(row)
    mine = and_(rights.c.person_id == row.person_id, rights.c.right == Right.ALLOWANCES, people.live(settings.now()))
    held = set(db.execute(select(rights.c.space_id).where(mine)).scalars())
    return held.issuperset(wanted)


def _space_ids(row: Row[Any]) -> tuple[str, ...]:
    return msgspec.json.decode(row.space_ids, type=tuple[str, ...])


# Asking


def ask(tx: Transaction, person_id: str, wish: RequestExport) -> None:
    """What a person wishes. Raises `Refusal`."""
    space_ids = tuple(sorted(set(wish.space_ids)))
    for space_id in space_ids:
        held = people.rights_in(tx.db, person_id, space_id, tx.now)
        if not held:
            raise unknown()
        if Right.ALLOWANCES not in held:
            raise Refusal(ProblemKind.RIGHTS)
    tx.hold(space_ids[:1])
    if tx.db.execute(select(exports.c.export_id).where(exports.c.export_id == wish.export_id)).first() is not None:
        raise Refusal(ProblemKind.OTHER_WISH, "Cet export a déjà été demandé par un autre envoi.")
    waiting = exports.c.person_id == person_id, exports.c.state.in_([ExportState.ASKED, ExportState.PREPARING])
    if tx.db.execute(select(func.count()).where(*waiting)).scalar_one() >= MOST_AT_ONCE:
        raise invalid("export_id", "Cinq exports sont déjà en préparation\u00a0: attendez que l’un soit prêt.")
    values = {
        "export_id": wish.export_id,
        "person_id": person_id,
        "space_id": space_ids[0],
        "space_ids": msgspec.json.encode(space_ids).decode(),
        "format": wish.format,
        "state": ExportState.ASKED,
        "asked_at": tx.now,
    }
    tx.db.execute(insert(exports).values(values))
    settle(tx, wish.export_id)
    tx.audit(Actor("person", person_id), "export.ask", space=space_ids[0], subject=wish.export_id)


def settle(tx: Transaction, export_id: str, **changed: object) -> None:
    """Writes what changed, and tells who asked for it."""
    mine = exports.c.export_id == export_id
    if changed:
        tx.db.execute(update(exports).where(mine).values(**changed))
    row = tx.db.execute(select(exports).where(mine)).one()
    record = ExportRecord(
        **{name: getattr(row, name) for name in ExportRecord.__struct_fields__ if name != "space_ids"},
        space_ids=_space_ids(row),
    )
    tx.change(row.space_id, "export", export_id, record, person_id=row.person_id, subject=records.FEED)


# Preparing


class Stopped(Exception):
    """The portal is closing."""


class Preparer:
    """Prepares what is asked for, one export at a time."""

    def __init__(self, settings: Settings, database: Database, folder: Folder) -> None:
        self._settings, self._database, self._folder = settings, database, folder
        self._asked = asyncio.Event()
        self._closing = False

    def wake(self) -> None:
        """There is something to prepare; called from the loop."""
        self._asked.set()

    def close(self) -> None:
        """What is being prepared is given up within a batch, and asked for again."""
        self._closing = True
        self._asked.set()

    async def run(self) -> None:
        """Until it is closed. Looks by itself as well: another process may have taken the wish."""
        while not self._closing:
            self._asked.clear()
            try:
                while not self._closing and (row := self._next()) is not None:
                    await asyncio.to_thread(self._prepare, row)
            except Exception as error:  # noqa: BLE001  a portal that cannot reach its database tries again later
                log.error("exports: %s", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), _LOOK_SECONDS)

    def _next(self) -> Row[Any] | None:
        """The export that waits longest, taken in hand."""
        now = self._settings.now()
        abandoned = and_(exports.c.state == ExportState.PREPARING, exports.c.begun_at < now - _ABANDONED)
        waiting = select(exports).where(or_(exports.c.state == ExportState.ASKED, abandoned))
        waiting = waiting.order_by(exports.c.asked_at).limit(1)
        with self._database.read() as db:
            if db.execute(waiting).first() is None:
                return None
        with self._database.write() as tx:
            row = tx.db.execute(waiting.with_for_update(skip_locked=True)).one_or_none()
            if row is not None:
                settle(tx, row.export_id, state=ExportState.PREPARING, begun_at=tx.now)
        return row

    def _prepare(self, row: Row[Any]) -> None:
        """In a thread."""
        try:
            changed = self._written(row)
        except Stopped:
            changed = {"state": ExportState.ASKED, "begun_at": None}
        except Exception as error:  # noqa: BLE001  whatever it is, who asked must be told
            log.error("export: %s", type(error).__name__)
            changed = {"state": ExportState.FAILED, "sentence": _FAILED}
        with self._database.write() as tx:
            if changed["state"] == ExportState.READY and not self._folder.whole(changed["sha256"]).exists():
                # An older export of the very same bytes expired meanwhile, and no row spoke of them yet.
                changed = {"state": ExportState.ASKED, "begun_at": None}
            settle(tx, row.export_id, **changed)

    def _written(self, row: Row[Any]) -> dict[str, Any]:
        """What becomes of the export: the file is kept, or why there is none."""
        space_ids = _space_ids(row)
        expected = self._count(space_ids)
        if expected == 0:
            return {"state": ExportState.FAILED, "sentence": _NOTHING}
        if row.format == ExportFormat.XLSX and expected > limits.EXPORT_LINES:
            return {"state": ExportState.FAILED, "sentence": _TOO_MANY}
        lines = 0

        def written(out: IO[bytes]) -> None:
            nonlocal lines
            if row.format == ExportFormat.CSV:
                lines = sheets.write_csv(out, self._rows(space_ids))
            else:
                lines = sheets.write_xlsx(out, self._rows(space_ids), expected)

        size, sha256 = made_file(self._folder, written)
        now = self._settings.now()
        return {
            "state": ExportState.READY,
            "ready_at": now,
            "expires_at": now + timedelta(days=EXPORT_DAYS),
            "name": f"Indemnites_ancien_espace_{now:%Y-%m-%d}.{row.format}",
            "media_type": MEDIA[row.format],
            "size": size,
            "sha256": sha256,
            "lines": lines,
        }

    def _count(self, space_ids: Sequence[str]) -> int:
        former = payments.c.space_id.in_(space_ids), payments.c.origin == Origin.FORMER
        with self._database.read() as db:
            return db.execute(select(func.count()).select_from(payments).where(*former)).scalar_one()

    def _rows(self, space_ids: Sequence[str]) -> Iterator[Sequence[sheets.Cell]]:
        with self._database.read() as db:
            holders = records.holders(db, space_ids, self._settings.insurer)
        former = payments.c.origin == Origin.FORMER
        for space_id in sorted(space_ids, key=lambda key: people.member_order(holders[key].member_number)):
            for batch in records.stream(self._database, space_id, more=former):
                if self._closing:
                    raise Stopped
                for row in batch:
                    yield sheets.cells(row, holders[space_id])
