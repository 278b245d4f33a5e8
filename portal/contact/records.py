"""Rows of requests and messages as the contract tells them."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, select

from contract.contact import AttachmentRecord, MessageRecord, RequestRecord
from portal.awaited import Awaited
from portal.tables import awaited_documents, requests

awaited: Final = Awaited(awaited_documents, "request_id")


def request_row(db: Connection, request_id: str) -> Row[Any]:
    return db.execute(select(requests).where(requests.c.request_id == request_id)).one()


def request_record(db: Connection, request_id: str) -> RequestRecord:
    row = request_row(db, request_id)
    return RequestRecord(
        request_id=row.request_id,
        space_id=row.space_id,
        file_number=row.file_number,
        topic=row.topic,
        theme_label=row.theme_label,
        topic_label=row.topic_label,
        subject=row.subject,
        state=row.state,
        closing=row.closing,
        awaited=awaited.still(db, request_id),
        origin=row.origin,
        author_id=row.author_id,
        author_name=row.author_name,
        opened_at=row.opened_at,
        moved_at=row.moved_at,
        state_version=row.state_version,
        fields=msgspec.json.decode(row.fields, type=tuple[tuple[str, str], ...]),
    )


def message_record(row: dict[str, Any], space_id: str, files: Sequence[AttachmentRecord]) -> MessageRecord:
    """`row` holds the columns of the table `messages`."""
    return MessageRecord(**row, space_id=space_id, attachments=tuple(files))
