"""What each wish does to a request, and what an adviser may do. Every rule begins with what its person may see.

A rule works inside a `Transaction`: it writes, notes the changes, and raises `Refusal` when the answer is no.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Row, and_, delete, insert, select

from contract.catalogue import TopicRecord
from contract.contact import (
    AttachmentRecord,
    Author,
    Closing,
    MarkRead,
    OpenRequest,
    Origin,
    ReadMarkRecord,
    SendMessage,
    State,
)
from contract.forms import check_message, check_request, read_form
from contract.identity import new_id
from contract.portfolio import Right
from contract.wire import ProblemKind
from portal import people
from portal.attachments import sent_files
from portal.catalogue import Themes
from portal.contact import records
from portal.contact.conversations import Standing, Writer, clerk, settle, write_message
from portal.database import FILE_NUMBER, Actor, Transaction
from portal.people import Adviser
from portal.problems import Refusal, invalid, unknown
from portal.tables import read_marks, requests


def carry_out(tx: Transaction, themes: Themes, person_id: str, wish: OpenRequest | SendMessage | MarkRead) -> None:
    """Does what the person wishes. Raises `Refusal`."""
    match wish:
        case OpenRequest():
            open_request(tx, themes, person_id, wish)
        case SendMessage():
            send_message(tx, person_id, wish)
        case MarkRead():
            mark_read(tx, person_id, wish)


# What a clerk may wish


def open_request(tx: Transaction, themes: Themes, person_id: str, wish: OpenRequest) -> None:
    rights = people.rights_in(tx.db, person_id, wish.space_id, tx.now)
    if not rights:
        raise unknown()
    found = themes.topic(wish.topic)
    if found is None:
        raise invalid("topic", "Ce sous-thème n’existe pas ou plus.")
    theme, topic = found
    if Right.CONTACT not in rights or topic.right not in rights:
        raise Refusal(ProblemKind.RIGHTS)
    tx.hold([wish.space_id])
    if tx.db.execute(select(requests.c.request_id).where(requests.c.request_id == wish.request_id)).first():
        raise Refusal(ProblemKind.OTHER_WISH, "Cette demande a déjà été créée par un autre envoi.")
    fields = _check_form(topic, wish)
    files = sent_files(tx, person_id, wish.attachments)
    name = people.name_of(tx.db, person_id)
    number = tx.number(wish.space_id)
    row = {
        "request_id": wish.request_id,
        "space_id": wish.space_id,
        "file_number": f"{tx.next_fact(FILE_NUMBER):07d}",
        "topic": topic.code,
        "right": topic.right,
        "theme_label": theme.label,
        "topic_label": topic.label,
        "subject": wish.subject.strip(),
        "state": State.RECEIVED,
        "origin": Origin.NEW,
        "author_id": person_id,
        "author_name": name,
        "opened_at": tx.now,
        "moved_at": tx.now,
        "state_version": number,
        "fields": msgspec.json.encode(fields).decode(),
    }
    tx.db.execute(insert(requests).values(row))
    record = records.request_record(tx.db, wish.request_id)
    tx.change(wish.space_id, "request", wish.request_id, record, number=number, subject=topic.right)
    write_message(tx, wish.request_id, wish.message_id, clerk(person_id, name), wish.text, files)
    tx.audit(Actor("person", person_id), "request.open", space=wish.space_id, subject=wish.request_id)


def send_message(tx: Transaction, person_id: str, wish: SendMessage) -> None:
    request = _seen(tx, person_id, wish.request_id)
    if wish.base_version is not None and wish.base_version != request.state_version:
        raise Refusal(ProblemKind.STALE, version=request.state_version)
    if errors := check_message(wish.text, len(wish.attachments)):
        raise Refusal(ProblemKind.INVALID, errors=tuple(errors))
    files = sent_files(tx, person_id, wish.attachments)
    _answer_awaited(tx, wish)
    reopened = request.state == State.CLOSED
    name = people.name_of(tx.db, person_id)
    write_message(tx, wish.request_id, wish.message_id, clerk(person_id, name), wish.text, files)
    settle(tx, wish.request_id, Standing(state=State.RECEIVED, changed=reopened or bool(wish.answers)))
    tx.audit(Actor("person", person_id), "request.write", space=request.space_id, subject=wish.request_id)


def mark_read(tx: Transaction, person_id: str, wish: MarkRead) -> None:
    request = _seen(tx, person_id, wish.request_id)
    through = min(wish.through, request.message_count)
    mine = and_(read_marks.c.person_id == person_id, read_marks.c.request_id == wish.request_id)
    tx.db.execute(delete(read_marks).where(mine))
    tx.db.execute(insert(read_marks).values(person_id=person_id, request_id=wish.request_id, through=through))
    mark = ReadMarkRecord(wish.request_id, request.space_id, through)
    tx.change(request.space_id, "read_mark", wish.request_id, mark, person_id=person_id, subject=request.right)


def _seen(tx: Transaction, person_id: str, request_id: str) -> Row[Any]:
    """The request, if the person may see it, read again once its space is held."""
    people.hold_space_of(tx, requests.c.request_id, request_id, people.sees_request(person_id, tx.now))
    return records.request_row(tx.db, request_id)


def _check_form(topic: TopicRecord, wish: OpenRequest) -> tuple[tuple[str, str], ...]:
    pairs, errors = check_request(
        topic, subject=wish.subject, fields=wish.fields, text=wish.text, files=len(wish.attachments)
    )
    if errors:
        raise Refusal(ProblemKind.INVALID, errors=tuple(errors))
    return pairs


def _answer_awaited(tx: Transaction, wish: SendMessage) -> None:
    if not wish.answers:
        return
    if not wish.attachments:
        raise invalid("answers", "Joignez le document attendu.")
    records.awaited.answer(tx, wish.request_id, wish.answers)


# What an adviser may do


def reply(
    tx: Transaction, adviser: Adviser, request_id: str, text: str, files: Sequence[AttachmentRecord] = ()
) -> None:
    """Writes in the conversation; where the request stands does not change. `files` by `portal.files.Files.keep`."""
    row = _adviser_opens(tx, request_id)
    _adviser_writes(tx, adviser, request_id, text, files)
    settle(tx, request_id, Standing(state=row.state, closing=row.closing, changed=False))
    tx.audit(adviser.actor, "request.reply", space=row.space_id, subject=request_id)


def ask_document(
    tx: Transaction,
    adviser: Adviser,
    request_id: str,
    text: str,
    labels: Sequence[str],
    files: Sequence[AttachmentRecord] = (),
) -> None:
    """Closes the request until the company has sent these documents, and says so in a message."""
    row = _adviser_opens(tx, request_id)
    records.awaited.ask(tx, request_id, labels)
    _adviser_writes(tx, adviser, request_id, text, files)
    settle(tx, request_id, Standing(state=State.CLOSED, closing=Closing.DOCUMENT_AWAITED))
    tx.audit(adviser.actor, "request.ask_document", space=row.space_id, subject=request_id)


def close(
    tx: Transaction, adviser: Adviser, request_id: str, text: str = "", files: Sequence[AttachmentRecord] = ()
) -> None:
    """Closes the request as dealt with, with a last message unless `text` is empty. Nothing is awaited any more."""
    row = _adviser_opens(tx, request_id)
    if text.strip() or files:
        _adviser_writes(tx, adviser, request_id, text, files)
    records.awaited.end(tx, request_id)
    settle(tx, request_id, Standing(state=State.CLOSED, closing=Closing.DONE))
    tx.audit(adviser.actor, "request.close", space=row.space_id, subject=request_id)


def _adviser_opens(tx: Transaction, request_id: str) -> Row[Any]:
    people.hold_space_of(tx, requests.c.request_id, request_id)
    return records.request_row(tx.db, request_id)


def _adviser_writes(
    tx: Transaction, adviser: Adviser, request_id: str, text: str, files: Sequence[AttachmentRecord]
) -> None:
    writer = Writer(Author.ADVISER, adviser.adviser_id, adviser.name)
    write_message(tx, request_id, new_id(), writer, text, files)


# What came from the former space


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerRequest:
    """A request of the former space, to be moved here; `author_id` is None when its author has no account here."""

    file_number: str
    topic: str
    subject: str
    author_name: str
    author_id: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


def move_former_request(
    tx: Transaction, themes: Themes, company_id: str, former: FormerRequest, request_id: str | None = None
) -> str:
    """Places it under the company's smallest member number, opened at `tx.now`, without messages; answers its id.

    Its conversation is told afterwards by `write_former_message` and the adviser's rules. Raises `LookupError` for an
    unknown topic."""
    found = themes.topic(former.topic)
    if found is None:
        raise LookupError(former.topic)
    theme, topic = found
    space_id = people.smallest_space(tx.db, company_id)
    request_id = request_id or new_id()
    pairs, _ = read_form(topic, former.fields)
    row = {
        "request_id": request_id,
        "space_id": space_id,
        "file_number": former.file_number,
        "topic": topic.code,
        "right": topic.right,
        "theme_label": theme.label,
        "topic_label": topic.label,
        "subject": former.subject,
        "state": State.RECEIVED,
        "origin": Origin.FORMER,
        "author_id": former.author_id,
        "author_name": former.author_name,
        "opened_at": tx.now,
        "moved_at": tx.now,
        "state_version": 0,
        "fields": msgspec.json.encode(pairs).decode(),
    }
    tx.hold([space_id])
    tx.db.execute(insert(requests).values(row))
    settle(tx, request_id, Standing(state=State.RECEIVED))
    people.company_changed(tx, company_id)
    return request_id


def write_former_message(
    tx: Transaction, request_id: str, writer: Writer, text: str, files: Sequence[AttachmentRecord] = ()
) -> None:
    """Tells one message of a conversation of before, at `tx.now`; the request's movement follows it."""
    row = _adviser_opens(tx, request_id)
    write_message(tx, request_id, new_id(), writer, text, files)
    settle(tx, request_id, Standing(state=row.state, closing=row.closing, changed=False))
