"""Requests as tests of Contact need them, told to it as sync tells them, and what is then shown."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import msgspec

from contract.catalogue import Topics
from contract.contact import (
    Author,
    MessageRecord,
    ReadMarkRecord,
    RequestRecord,
    State,
)
from contract.identity import new_id
from desktop.services.contact import (
    NEW,
    Contact,
    Delivery,
    Draft,
    Query,
    RequestRow,
)
from desktop.services.files import Shelf, Staged
from desktop.services.store import Store
from tests.services.world import NOW, World, change

Fill = Callable[..., World]
TODAY = date(2026, 11, 24)
PDF = b"%PDF-1.7\n" + bytes(range(256))


def take(
    store: Store, contact: Contact, *records: RequestRecord | MessageRecord | ReadMarkRecord, start: int = 10_000
) -> None:
    with store.write(contact.topic) as db:
        contact.apply(db, [change(start + place, record) for place, record in enumerate(records)])


def a_request(world: World, **told: object) -> RequestRecord:
    """One of the world's with an answer of the adviser's, as it is or told otherwise."""
    return msgspec.structs.replace(world.requests[0], **told)


def a_message(request: RequestRecord, position: int, author: str = Author.ADVISER, **told: object) -> MessageRecord:
    record = MessageRecord(
        message_id=new_id(), request_id=request.request_id, space_id=request.space_id, position=position,
        author=author, author_name="Paul Conseil", text="Bonjour.", sent_at=NOW,
    )  # fmt: skip
    return msgspec.structs.replace(record, **told)


def quiet(world: World, store: Store, contact: Contact, **told: object) -> RequestRecord:
    """A new request of the world's first space, with a question and an answer, all read."""
    request = RequestRecord(
        request_id=new_id(), space_id=world.space_ids[0], file_number="7611111", topic=Topics.OTHER,
        theme_label="Autre question", topic_label="Autre question", subject="Mutuelle des cadres",
        state=State.RECEIVED, author_id=world.me.person_id, author_name="Hélène Œuvrard", opened_at=NOW,
        moved_at=NOW, state_version=3,
    )  # fmt: skip
    request = msgspec.structs.replace(request, **told)
    mark = ReadMarkRecord(request.request_id, request.space_id, 2)
    take(store, contact, request, a_message(request, 1, Author.CLERK, author_id=world.me.person_id), mark)
    take(store, contact, a_message(request, 2), start=20_000)
    return request


def row(contact: Contact, request_id: str) -> RequestRow:
    key = contact.key_of(request_id)
    assert key is not None
    return contact.rows([key])[0]


def said(contact: Contact, request_id: str) -> list[tuple[str, Delivery]]:
    return [(message.text, message.delivery) for message in contact.conversation(request_id)]


def found(contact: Contact, text: str = "", **asked: object) -> list[str]:
    listing = contact.listing(Query(text=text, **asked), TODAY)
    return [one.request_id for one in contact.rows(listing.ids)]


def form(world: World, **told: object) -> Draft:
    draft = Draft(NEW, "Bonjour, une question.", world.space_ids[0], Topics.OTHER, "Portabilité")
    return replace(draft, **told)


def leave(world: World, shelf: Shelf) -> Draft:
    return form(
        world, topic=Topics.LEAVE, subject="",
        fields={
            "employee": "Claire Lefèvre", "cause": "illness", "start_date": "2026-02-03", "end_date": "2026-02-10",
            "extension": "yes", "gross_salary": "31234.50",
        },
        files=(shelf.stage_bytes("avis.pdf", PDF),),
    )  # fmt: skip


def me(contact: Contact) -> str:
    return str(contact._store.query("SELECT person_id FROM person")[0][0])


def staged_by(contact: Contact) -> Staged:
    assert contact._shelf is not None
    return contact._shelf.stage_bytes("avis.pdf", PDF)
