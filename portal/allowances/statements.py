"""Statements of transfers as files: made when they are first asked for, then kept, so that a download that was cut goes
on in the same bytes."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, Final

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream
from sqlalchemy import Connection, Row, delete, insert, select

from contract import limits, paths
from contract.allowances import StatementFormat, window_start
from contract.portfolio import Right
from contract.wire import ProblemKind
from portal import people
from portal.allowances import printed, records, sheets
from portal.allowances.records import Holder
from portal.answers import is_id
from portal.caller import Ask, Doorkeeper
from portal.database import Database
from portal.files import Folder
from portal.openapi import Operation, told
from portal.problems import Refusal, unknown
from portal.settings import Settings
from portal.tables import companies, payments, spaces, statements, transfers
from portal.transfers import DOWNLOAD_ANSWERS, DOWNLOAD_HEADERS, send
from portal.users import uses

MEDIA: Final = {
    "pdf": "application/pdf",
    "csv": limits.MEDIA_TYPES[".csv"],
    "xlsx": limits.MEDIA_TYPES[".xlsx"],
}
Made = tuple[int, str]
"""Size and SHA-256."""

_STATEMENT: Final = Operation(
    name="statement",
    summary="Read the statement of a transfer, whole or from an offset on.",
    answers=DOWNLOAD_ANSWERS,
    refuses=(ProblemKind.UNKNOWN, ProblemKind.RANGE, ProblemKind.TOO_LARGE),
    headers=DOWNLOAD_HEADERS,
)


def routes(
    settings: Settings, database: Database, doorkeeper: Doorkeeper, folder: Folder
) -> Sequence[HTTPRouteHandler]:
    @get(paths.STATEMENT.replace("}", ":str}"), opt=told(_STATEMENT))
    async def statement(request: Ask, transfer_id: FromPath[str], format: FromPath[str]) -> Stream:  # noqa: A002
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            known = is_id(transfer_id) and format in {*StatementFormat}
            transfer = _transfer(db, settings, caller.person_id, transfer_id) if known else None
            if transfer is None:
                raise unknown()
            made = _made(db, transfer_id, format)
        if made is None or not folder.whole(made.sha256).exists():
            if format == StatementFormat.PDF and transfer.last - transfer.first >= printed.MOST_LINES:
                raise Refusal(
                    ProblemKind.TOO_LARGE,
                    "Ce relevé compte plus de 20\u202f000\u00a0lignes\u00a0: demandez-le en CSV ou en XLSX.",
                )
            size, sha256 = await asyncio.to_thread(_make, settings, database, folder, transfer, format)
            made = _keep(database, transfer, format, size, sha256)
        _note_use(settings, database, caller.person_id, transfer.space_id)
        return send(folder, request, made)

    return (statement,)


def _transfer(db: Connection, settings: Settings, person_id: str, transfer_id: str) -> Row[Any] | None:
    """The transfer, if the person may see it and it was made in the last three months."""
    now = settings.now()
    query = (
        select(transfers, spaces.c.member_number, spaces.c.siret, companies.c.name)
        .join(spaces, spaces.c.space_id == transfers.c.space_id)
        .join(companies, companies.c.company_id == spaces.c.company_id)
        .where(transfers.c.transfer_id == transfer_id, transfers.c.paid_on >= window_start(now.date()))
        .where(people.sees(person_id, transfers.c.space_id, Right.ALLOWANCES, now))
    )
    return db.execute(query).one_or_none()


def _note_use(settings: Settings, database: Database, person_id: str, space_id: str) -> None:
    """Once a day at most: a download comes in many parts."""
    used = {(space_id, Right.ALLOWANCES.value)}
    with database.read() as db:
        new = uses.fresh(db, person_id, used, settings.now())
    if new:
        with database.write() as tx:
            uses.note(tx, person_id, used)


def _made(db: Connection, transfer_id: str, kind: str) -> Row[Any] | None:
    mine = statements.c.transfer_id == transfer_id, statements.c.format == kind
    return db.execute(select(statements).where(*mine)).one_or_none()


def _make(settings: Settings, database: Database, folder: Folder, transfer: Row[Any], kind: str) -> Made:
    """In a thread."""
    holder = Holder(transfer.siret, transfer.member_number, settings.insurer)
    head = printed.Head(holder, transfer.name, transfer.reference, transfer.paid_on)

    def rows() -> Iterator[Sequence[Any]]:
        within = payments.c.number <= transfer.last
        for batch in records.stream(database, transfer.space_id, after=transfer.first - 1, more=within):
            yield from batch

    def written(out: IO[bytes]) -> None:
        match kind:
            case StatementFormat.PDF:
                out.write(printed.statement(head, rows()))
            case StatementFormat.CSV:
                sheets.write_csv(out, (sheets.cells(row, holder) for row in rows()))
            case _:
                lines = transfer.last - transfer.first + 1
                sheets.write_xlsx(out, (sheets.cells(row, holder) for row in rows()), lines)

    return made_file(folder, written)


def made_file(folder: Folder, written: Callable[[IO[bytes]], None]) -> Made:
    """Keeps the file that is written, as a whole one."""
    apart = folder.apart()
    try:
        with apart.open("wb") as out:
            written(out)
        return folder.adopt(apart)
    finally:
        folder.drop(apart)


def _keep(database: Database, transfer: Row[Any], kind: str, size: int, sha256: str) -> Row[Any]:
    with database.write() as tx:
        found = _made(tx.db, transfer.transfer_id, kind)  # another may have asked for it meanwhile
        if found is not None and found.sha256 != sha256:  # of before the portal was renewed, and lost
            mine = statements.c.transfer_id == transfer.transfer_id, statements.c.format == kind
            tx.db.execute(delete(statements).where(*mine))
            found = None
        if found is None:
            values = {
                "transfer_id": transfer.transfer_id,
                "format": kind,
                "name": f"Releve_{transfer.reference}.{kind}",
                "media_type": MEDIA[kind],
                "size": size,
                "sha256": sha256,
                "made_at": tx.now,
            }
            tx.db.execute(insert(statements).values(values))
            found = _made(tx.db, transfer.transfer_id, kind)
        if found is None:
            raise unknown()
    return found
