"""Requests to the insurer, their conversations, and what one may wish of them."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from contract import limits
from contract.wire import Ask, Id, Instant, Record, Sha256, Version

FileName = Annotated[str, Meta(min_length=1, max_length=255)]
Text = Annotated[str, Meta(max_length=limits.TEXT_CHARACTERS)]
FieldCode = Annotated[str, Meta(min_length=1, max_length=60)]
FieldValue = Annotated[str, Meta(max_length=limits.FIELD_CHARACTERS)]


class State(StrEnum):
    """« Demande reçue » or « Demande close »."""

    RECEIVED = "received"
    CLOSED = "closed"


class Closing(StrEnum):
    """What « close » means: dealt with, or waiting for a document from the company."""

    DONE = "done"
    DOCUMENT_AWAITED = "document_awaited"


class Origin(StrEnum):
    NEW = "new"
    FORMER = "former"


class Author(StrEnum):
    CLERK = "clerk"
    ADVISER = "adviser"


class AwaitedDocument(Record, frozen=True):
    awaited_id: Id
    label: str


class RequestRecord(Record, frozen=True, kw_only=True, tag="request", tag_field="kind"):
    """A request, without its messages. `version` (see `Change.number`) moves with any change, `state_version` only when
    `state`, `closing` or `awaited` change: it is what a reply is based on."""

    request_id: Id
    space_id: Id
    file_number: str
    topic: str
    theme_label: str
    topic_label: str
    subject: str
    state: str
    closing: str | None = None
    awaited: tuple[AwaitedDocument, ...] = ()
    origin: str = Origin.NEW
    author_id: Id | None = None
    """None for a request of the former space whose author has no account here."""
    author_name: str
    opened_at: Instant
    moved_at: Instant
    state_version: Version
    fields: tuple[tuple[str, str], ...] = ()
    """(label, value) pairs of the form, as they are to be read."""


class AttachmentRecord(Record, frozen=True):
    attachment_id: Id
    name: str
    media_type: str
    size: int
    sha256: Sha256


class MessageRecord(Record, frozen=True, kw_only=True, tag="message", tag_field="kind"):
    """One message; `position` counts from 1 within its request."""

    message_id: Id
    request_id: Id
    space_id: Id
    position: int
    author: str
    author_id: Id | None = None
    author_name: str
    text: str
    sent_at: Instant
    attachments: tuple[AttachmentRecord, ...] = ()


class ReadMarkRecord(Record, frozen=True, tag="read_mark", tag_field="kind"):
    """How far the caller herself has read a request: all messages up to this position. Told to nobody else."""

    request_id: Id
    space_id: Id
    through: int


class NewAttachment(Ask, frozen=True):
    """A file of a wish; its bytes were sent before, to `paths.UPLOAD`, by the same person."""

    attachment_id: Id
    name: FileName
    size: Annotated[int, Meta(ge=1, le=limits.FILE_BYTES)]
    sha256: Sha256


NewAttachments = Annotated[tuple[NewAttachment, ...], Meta(max_length=limits.FILES_PER_MESSAGE)]


class OpenRequest(Ask, frozen=True, tag="open_request", tag_field="wish"):
    """Asks the insurer something new. `fields` answers the topic's `FieldAsked` by code."""

    request_id: Id
    message_id: Id
    space_id: Id
    topic: Annotated[str, Meta(min_length=1, max_length=80)]
    subject: Annotated[str, Meta(min_length=1, max_length=limits.SUBJECT_CHARACTERS)]
    fields: Annotated[dict[FieldCode, FieldValue], Meta(max_length=40)] = {}  # noqa: RUF012 - msgspec copies it
    text: Text = ""
    attachments: NewAttachments = ()


class SendMessage(Ask, frozen=True, tag="send_message", tag_field="wish"):
    """Writes in a conversation. On a closed request it opens it again. `answers` names the awaited documents that the
    attachments are. `base_version` is the request's `state_version` that the writer saw: when the state has changed
    since, the portal answers 412 `stale` and does nothing; None means: whatever has happened."""

    request_id: Id
    message_id: Id
    text: Text = ""
    attachments: NewAttachments = ()
    answers: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    base_version: Version | None = None


class MarkRead(Ask, frozen=True, tag="mark_read", tag_field="wish"):
    """The caller has read the request up to `through`; 0 makes it unread again."""

    request_id: Id
    through: Annotated[int, Meta(ge=0, le=2**31)]
