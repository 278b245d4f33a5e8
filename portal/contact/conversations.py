"""Writing in a conversation, whoever writes: the rows of a message and what the space is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from contract.contact import AttachmentRecord, Author
from portal.attachments import refuse_known, taken
from portal.contact import records
from portal.database import Transaction
from portal.tables import attachments, messages, requests


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes a message: `author` is `contract.contact.Author`; `author_id` is None for who has no account."""

    author: str
    author_id: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a request stands: its state, and whether it just changed (then `state_version` moves)."""

    state: str
    closing: str | None = None
    changed: bool = True


def write_message(
    tx: Transaction, request_id: str, message_id: str, writer: Writer, text: str, files: Sequence[AttachmentRecord]
) -> None:
    """Adds a message at the end of the conversation. The space must be held, so that positions follow each other."""
    if tx.db.execute(select(messages.c.message_id).where(messages.c.message_id == message_id)).first() is not None:
        raise taken()
    refuse_known(tx, files)
    count = requests.c.message_count + 1
    mine = requests.c.request_id == request_id
    told = update(requests).where(mine).values(message_count=count, moved_at=tx.now)
    standing = told.returning(requests.c.message_count, requests.c.space_id, requests.c.right)
    position, space_id, right = tx.db.execute(standing).one()
    row: dict[str, Any] = {
        "message_id": message_id,
        "request_id": request_id,
        "position": position,
        "author": writer.author,
        "author_id": writer.author_id,
        "author_name": writer.name,
        "text": text,
        "sent_at": tx.now,
    }
    tx.db.execute(insert(messages).values(row))
    if files:
        tx.db.execute(insert(attachments), [_attachment_row(file, message_id, request_id) for file in files])
    tx.change(space_id, "message", message_id, records.message_record(row, space_id, files), subject=right)


def _attachment_row(file: AttachmentRecord, message_id: str, request_id: str) -> dict[str, Any]:
    return {
        "attachment_id": file.attachment_id,
        "message_id": message_id,
        "request_id": request_id,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
    }


def settle(tx: Transaction, request_id: str, standing: Standing) -> None:
    """Writes where the request stands after what was done, and tells the space."""
    row = records.request_row(tx.db, request_id)
    number = tx.number(row.space_id)
    values: dict[str, Any] = {"moved_at": tx.now, "state": standing.state, "closing": standing.closing}
    if standing.changed:
        values["state_version"] = number
    tx.db.execute(update(requests).where(requests.c.request_id == request_id).values(values))
    record = records.request_record(tx.db, request_id)
    tx.change(row.space_id, "request", request_id, record, number=number, subject=row.right)


def clerk(person_id: str, name: str) -> Writer:
    return Writer(Author.CLERK, person_id, name)
