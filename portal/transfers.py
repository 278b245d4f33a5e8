"""Bytes on their way: uploads that go on where they were cut, downloads by range."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from litestar import Response, get, head, patch
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream
from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update

from contract import limits, paths
from contract.files import recognise, safe_name
from contract.portfolio import Right
from contract.wire import ProblemKind
from portal import people
from portal.answers import COMMON, Reply, content_disposition, is_id, is_sha256, nothing, one_range, whole_number
from portal.caller import Ask, Doorkeeper
from portal.database import Database, Transaction
from portal.files import Folder
from portal.openapi import Answer, Operation, Parameter, told
from portal.problems import Refusal, invalid, unknown
from portal.settings import Settings
from portal.tables import attachments, requests, uploads

_CHUNK: Final = 256 * 1024
_BYTES: Final = "application/octet-stream"
_OFFSET: Final = {"type": "integer", "minimum": 0, "maximum": limits.FILE_BYTES}
_LENGTH: Final = {"type": "integer", "minimum": 1}

_STATUS: Final = Operation(
    name="upload_status",
    summary="Ask how much of a file has arrived.",
    answers={204: Answer("What has arrived.", headers=("Upload-Offset", "Upload-Length"))},
    refuses=(ProblemKind.UNKNOWN,),
)
_SEND: Final = Operation(
    name="upload",
    summary="Send the next bytes of a file, at most one mebibyte at a time.",
    asks=_BYTES,
    answers={204: Answer("What has arrived now.", headers=("Upload-Offset", "Upload-Length"))},
    refuses=(ProblemKind.OFFSET, ProblemKind.CHECKSUM, ProblemKind.FILE_TYPE),
    headers=(
        Parameter("Upload-Offset", "Where these bytes go.", _OFFSET, required=True),
        Parameter("Upload-Length", "How long the whole file is.", _LENGTH, required=True),
    ),
)
_DOWNLOAD: Final = Operation(
    name="download",
    summary="Read an attachment, whole or from an offset on.",
    answers={
        200: Answer("The file.", media=_BYTES, headers=("ETag", "Content-Disposition", "Accept-Ranges")),
        206: Answer("A part of the file.", media=_BYTES, headers=("ETag", "Content-Range")),
    },
    refuses=(ProblemKind.UNKNOWN, ProblemKind.RANGE),
    headers=(
        Parameter("Range", "One range of bytes."),
        Parameter("If-Range", "The `ETag` of the file of which a part is here already."),
    ),
)


def routes(
    settings: Settings, database: Database, doorkeeper: Doorkeeper, folder: Folder
) -> Sequence[HTTPRouteHandler]:
    address = paths.UPLOAD.replace("}", ":str}")

    @head(address, opt=told(_STATUS))
    async def upload_status(request: Ask, sha256: FromPath[str]) -> Response[None]:
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            row = db.execute(select(uploads).where(_mine(caller.person_id, sha256))).one_or_none()
        if row is None:
            raise unknown()
        return Response(None, status_code=204, headers=COMMON | _progress(row.received, row.size))

    @patch(address, opt=told(_SEND), request_max_body_size=limits.UPLOAD_CHUNK)
    async def upload(request: Ask, sha256: FromPath[str]) -> Reply:
        with database.glance() as driver:
            doorkeeper.at_a_glance(driver, request)
        if not is_sha256(sha256):
            raise invalid("sha256", "Cette somme de contrôle n’en est pas une.")
        offset, size = whole_number(request, "Upload-Offset"), whole_number(request, "Upload-Length")
        content = await request.body()
        with database.write() as tx:
            person_id = doorkeeper.caller(tx.db, request).person_id
            received = _Upload(tx, settings, folder, person_id, sha256).add(offset, size, content)
        if content and received == size:
            await _finish(database, folder, person_id, sha256, size)
        return nothing(204, _progress(received, size))

    @get(paths.ATTACHMENT.replace("}", ":str}"), opt=told(_DOWNLOAD))
    async def download(request: Ask, attachment_id: FromPath[str]) -> Stream:
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            visible = people.sees(caller.person_id, requests.c.space_id, Right.CONTACT, settings.now())
            query = select(attachments).join(requests, requests.c.request_id == attachments.c.request_id)
            named = attachments.c.attachment_id == attachment_id
            row = db.execute(query.where(named, visible)).one_or_none() if is_id(attachment_id) else None
        if row is None:
            raise unknown()
        return _send(folder, request, row)

    return (upload_status, upload, download)


# Uploads


def _mine(person_id: str, sha256: str) -> ColumnElement[bool]:
    return and_(uploads.c.person_id == person_id, uploads.c.sha256 == sha256)


def _progress(received: int, size: int) -> dict[str, str]:
    return {"Upload-Offset": str(received), "Upload-Length": str(size)}


class _Upload:
    """One person's sending of one file, within a transaction that never waits: nobody else writes meanwhile."""

    def __init__(self, tx: Transaction, settings: Settings, folder: Folder, person_id: str, sha256: str) -> None:
        self._tx, self._settings, self._folder = tx, settings, folder
        self._person_id, self._sha256 = person_id, sha256
        self._mine = _mine(person_id, sha256)

    def add(self, offset: int, size: int, content: bytes) -> int:
        """Puts the bytes at their place; answers how many are here now. Raises `Refusal`."""
        if size == 0:
            raise invalid("Upload-Length", "Un fichier vide ne s’envoie pas.")
        if size > limits.FILE_BYTES:
            raise Refusal(ProblemKind.TOO_LARGE, "Un fichier compte au plus 10\u00a0Mo.")
        row = self._tx.db.execute(select(uploads).where(self._mine).with_for_update()).one_or_none()
        if row is not None and row.size != size and offset == 0 and not row.complete:
            self._tx.db.execute(delete(uploads).where(self._mine))  # announced wrongly at first: begin anew
            row = None
        received = row.received if row is not None else 0
        if offset != received or (row is not None and row.size != size):
            raise Refusal(ProblemKind.OFFSET, headers=_progress(received, row.size if row is not None else size))
        if offset + len(content) > size:
            raise Refusal(ProblemKind.TOO_LARGE, "Il y a plus d’octets qu’annoncé.")
        if row is None:
            self._begin(size)
        if content:
            self._folder.write(self._folder.part(self._person_id, self._sha256), offset, content)
            self._tx.db.execute(update(uploads).where(self._mine).values(received=offset + len(content)))
        return offset + len(content)

    def _begin(self, size: int) -> None:
        unfinished = and_(uploads.c.person_id == self._person_id, ~uploads.c.complete)
        waiting = self._tx.db.execute(select(func.coalesce(func.sum(uploads.c.size), 0)).where(unfinished)).scalar_one()
        if waiting + size > self._settings.unfinished_bytes:
            raise Refusal(ProblemKind.TOO_LARGE, "Trop d’envois de fichiers sont commencés sans être finis.")
        values = {"person_id": self._person_id, "sha256": self._sha256, "size": size, "created_at": self._tx.now}
        self._tx.db.execute(insert(uploads).values(values))


async def _finish(database: Database, folder: Folder, person_id: str, sha256: str, size: int) -> None:
    """Checks the whole file and gives it its place; a wrong one is thrown away. Raises `Refusal`."""
    part = folder.part(person_id, sha256)
    content = await asyncio.to_thread(part.read_bytes)
    right, kind = await asyncio.to_thread(_examine, content, sha256, size)
    mine = _mine(person_id, sha256)
    with database.write() as tx:
        if right and kind is not None:
            folder.place(part, sha256)
            tx.db.execute(update(uploads).where(mine).values(complete=True, media_type=kind))
        else:
            folder.drop(part)
            tx.db.execute(delete(uploads).where(mine))
    if not right:
        raise Refusal(ProblemKind.CHECKSUM)
    if kind is None:
        raise Refusal(ProblemKind.FILE_TYPE)


def _examine(content: bytes, sha256: str, size: int) -> tuple[bool, str | None]:
    right = len(content) == size and hashlib.sha256(content).hexdigest() == sha256
    return right, recognise(content) if right else None


# Downloads


def _send(folder: Folder, request: Ask, row: Row[Any]) -> Stream:
    etag = f'"{row.sha256}"'
    part = one_range(request, etag, row.size)
    start, end = part or (0, row.size)
    headers = {
        **COMMON,
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Length": str(end - start),
        "Content-Disposition": content_disposition(safe_name(row.name)),
    }
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{row.size}"
    status = 200 if part is None else 206
    return Stream(_read(folder, row.sha256, start, end), status_code=status, media_type=row.media_type, headers=headers)


async def _read(folder: Folder, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
    for offset in range(start, end, _CHUNK):
        yield await asyncio.to_thread(folder.read, sha256, offset, min(_CHUNK, end - offset))
