"""Bytes on their way: uploads that go on where they were cut, downloads by range."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from litestar import Response, get, head, patch
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from contract import limits, paths
from contract.files import recognise, safe_name
from contract.portfolio import Right
from contract.wire import ProblemKind
from portal import people
from portal.answers import (
    COMMON,
    Reply,
    body_of,
    content_disposition,
    is_id,
    is_sha256,
    nothing,
    one_range,
    whole_number,
)
from portal.attachments import attached
from portal.caller import Ask, Doorkeeper
from portal.database import Database, Transaction
from portal.files import Folder
from portal.openapi import Answer, Operation, Parameter, told
from portal.problems import Refusal, invalid, unknown
from portal.settings import Settings
from portal.tables import attachments, leave_files, leaves, requests, uploads

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
    summary="Send the next bytes of a file, at most one mebibyte at a time; none at its end, to finish it.",
    asks=_BYTES,
    answers={204: Answer("What has arrived now.", headers=("Upload-Offset", "Upload-Length"))},
    refuses=(ProblemKind.OFFSET, ProblemKind.BUSY, ProblemKind.CHECKSUM, ProblemKind.FILE_TYPE),
    headers=(
        Parameter("Upload-Offset", "Where these bytes go.", _OFFSET, required=True),
        Parameter("Upload-Length", "How long the whole file is.", _LENGTH, required=True),
    ),
)
DOWNLOAD_ANSWERS: Final = {
    200: Answer("The file.", media=_BYTES, headers=("ETag", "Content-Disposition", "Accept-Ranges")),
    206: Answer("A part of the file.", media=_BYTES, headers=("ETag", "Content-Range")),
}
DOWNLOAD_HEADERS: Final = (
    Parameter("Range", "One range of bytes."),
    Parameter("If-Range", "The `ETag` of the file of which a part is here already."),
)
_DOWNLOAD: Final = Operation(
    name="download",
    summary="Read an attachment, whole or from an offset on.",
    answers=DOWNLOAD_ANSWERS,
    refuses=(ProblemKind.UNKNOWN, ProblemKind.RANGE),
    headers=DOWNLOAD_HEADERS,
)


def routes(
    settings: Settings, database: Database, doorkeeper: Doorkeeper, folder: Folder
) -> Sequence[HTTPRouteHandler]:
    address = paths.UPLOAD.replace("}", ":str}")
    examined: set[tuple[str, str]] = set()  # what a thread looks at right now

    @head(address, opt=told(_STATUS))
    async def upload_status(request: Ask, sha256: FromPath[str]) -> Response[None]:
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            query = select(uploads).where(_mine(caller.person_id, sha256))
            row = db.execute(query).one_or_none() if is_sha256(sha256) else None
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
        content = await body_of(request)
        with database.write() as tx:
            person_id = doorkeeper.caller(tx.db, request).person_id
            if (person_id, sha256) in examined:
                raise Refusal(ProblemKind.BUSY, headers={"Retry-After": "1"})
            received, complete = _Upload(tx, settings, folder, person_id, sha256).add(offset, size, content)
        if received == size and not complete:
            examined.add((person_id, sha256))
            try:
                await _finish(database, folder, person_id, sha256, size)
            finally:
                examined.discard((person_id, sha256))
        return nothing(204, _progress(received, size))

    @get(paths.ATTACHMENT.replace("}", ":str}"), opt=told(_DOWNLOAD))
    async def download(request: Ask, attachment_id: FromPath[str]) -> Stream:
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            row = _attachment(db, caller.person_id, attachment_id, settings.now()) if is_id(attachment_id) else None
        if row is None:
            raise unknown()
        return send(folder, request, row)

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

    def add(self, offset: int, size: int, content: bytes) -> tuple[int, bool]:
        """Puts the bytes at their place; answers how many are here now, and whether the file was finished before.
        Raises `Refusal`."""
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
        return offset + len(content), row is not None and row.complete

    def _begin(self, size: int) -> None:
        waiting = and_(uploads.c.person_id == self._person_id, or_(~uploads.c.complete, ~attached(uploads.c.sha256)))
        query = select(func.count(), func.coalesce(func.sum(uploads.c.size), 0)).where(waiting)
        files, octets = self._tx.db.execute(query).one()
        if octets + size > self._settings.waiting_bytes or files >= self._settings.waiting_files:
            raise Refusal(ProblemKind.TOO_LARGE, "Trop de fichiers ont été envoyés sans être joints à une demande.")
        values = {"person_id": self._person_id, "sha256": self._sha256, "size": size, "created_at": self._tx.now}
        self._tx.db.execute(insert(uploads).values(values))


async def _finish(database: Database, folder: Folder, person_id: str, sha256: str, size: int) -> None:
    """Checks the whole file and gives it its place; a wrong one is thrown away. Raises `Refusal`.

    What takes the place is what was examined, whatever becomes of the part meanwhile. When it fails half way the part
    and its row are still there: sending nothing at the end finishes it."""
    part = folder.part(person_id, sha256)
    right, kind = await asyncio.to_thread(_examine, folder, part, sha256, size)
    mine = and_(_mine(person_id, sha256), uploads.c.size == size, uploads.c.received == size)
    with database.write() as tx:
        if right and kind is not None:
            finished = tx.db.execute(update(uploads).where(mine).values(complete=True, media_type=kind))
            if finished.rowcount != 1 or not folder.whole(sha256).exists():  # begun anew, or forgotten meanwhile
                raise Refusal(ProblemKind.BUSY, headers={"Retry-After": "1"})
        else:
            tx.db.execute(delete(uploads).where(mine))
    folder.drop(part)
    if not right:
        raise Refusal(ProblemKind.CHECKSUM)
    if kind is None:
        raise Refusal(ProblemKind.FILE_TYPE)


def _examine(folder: Folder, part: Path, sha256: str, size: int) -> tuple[bool, str | None]:
    """Whether the part is the file announced, and what it is; one that may be attached is kept."""
    try:
        content = part.read_bytes()
    except FileNotFoundError:
        return False, None
    if len(content) != size or hashlib.sha256(content).hexdigest() != sha256:
        return False, None
    kind = recognise(content)
    if kind is not None:
        folder.place(content, sha256)
    return True, kind


# Downloads


def _attachment(db: Connection, person_id: str, attachment_id: str, now: datetime) -> Row[Any] | None:
    """The attachment of a request or of a leave, if the person may see it."""
    asked = select(attachments).join(requests, requests.c.request_id == attachments.c.request_id)
    asked = asked.where(attachments.c.attachment_id == attachment_id, people.sees_request(person_id, now))
    ill = select(leave_files).join(leaves, leaves.c.leave_id == leave_files.c.leave_id)
    ill = ill.where(leave_files.c.attachment_id == attachment_id)
    ill = ill.where(people.sees(person_id, leaves.c.space_id, Right.LEAVE, now))
    return db.execute(asked).one_or_none() or db.execute(ill).one_or_none()


def send(folder: Folder, request: Ask, row: Row[Any]) -> Stream:
    """A whole file of the folder, or the part that is asked for; `row` tells its sum, size, name and media type."""
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
