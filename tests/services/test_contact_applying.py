"""Taking in what the portal says: the later number holds, whatever the order, the pages or the repetition."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.changes import Change
from contract.contact import Author, Closing, MessageRecord, ReadMarkRecord, RequestRecord, State
from desktop.services.contact import Contact, Pill, Query
from desktop.services.outbox import Outbox
from desktop.services.portfolio import Portfolio
from desktop.services.store import Store
from tests.services import matters
from tests.services.conftest import KEY
from tests.services.world import NOW, World, a_world, change, fill, gone

Raw = msgspec.Raw
TABLES = {
    "requests": "request_id, number, file_number, subject, state, closing, awaited, moved_at, fields, state_version,"
    " last_position, adviser_position, unread, files, closed, pill",
    "messages": "message_id, number, position, text, attachments, files",
    "read_marks": "request_id, number, through",
    "gone": "kind, id, number",
}


def held(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All that the copy holds, but for the keys, which are this computer's own."""
    return {table: store.query(f"SELECT {columns} FROM {table} ORDER BY 1, 2") for table, columns in TABLES.items()}


def history() -> list[Change[Raw]]:
    """Three requests, told again and again as they change; some things are gone, and one comes back."""
    world = a_world(requests=3, seed=5)
    changes = list(world.changes)
    first, second, third = world.requests
    number = 100
    for request, told in (
        (first, {"subject": "Un autre objet"}),
        (second, {"state": State.CLOSED, "closing": Closing.DOCUMENT_AWAITED}),
        (second, {"state": State.CLOSED, "closing": Closing.DONE}),
        (third, {"state": State.RECEIVED}),
    ):
        number += 1
        changes.append(change(number, msgspec.structs.replace(request, **told)))
    for record in (
        ReadMarkRecord(first.request_id, first.space_id, 1),
        ReadMarkRecord(first.request_id, first.space_id, 0),
        ReadMarkRecord(second.request_id, second.space_id, 9),
    ):
        number += 1
        changes.append(change(number, record))
    message = next(one for one in world.messages if one.request_id == first.request_id)
    changes += [
        gone(200, "message", message.message_id),
        gone(201, "request", third.request_id),
        gone(202, "request", second.request_id),
        change(203, second),
        gone(204, "read_mark", first.request_id),
    ]
    return changes


HISTORY = history()


def told_to_a_store(pages: Sequence[Sequence[Change[Raw]]], look: Callable[[Store, Contact], object]) -> object:
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.db", KEY)
        contact = Contact(store, Outbox(store))
        for page in pages:
            with store.write(contact.topic) as db:
                contact.apply(db, page)
        seen = look(store, contact)
        store.close()
    return seen


def all_seen(store: Store, contact: Contact) -> object:
    search = sorted(
        row.request_id for row in contact.rows(contact.listing(Query(text="o"), matters.TODAY).ids)
    )  # fmt: skip
    return held(store), search, contact.counts(Query()), contact.unread_by_space()


ONCE_IN_ORDER = told_to_a_store([HISTORY], all_seen)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_order_and_repetition_of_changes_gives_the_same_rows(data: st.DataObject) -> None:
    order = data.draw(st.permutations(HISTORY))
    again = data.draw(st.lists(st.sampled_from(HISTORY), max_size=20))
    changes = [*order, *again]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(changes)), max_size=5)))
    pages = [changes[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(changes)], strict=True)]
    assert told_to_a_store(pages, all_seen) == ONCE_IN_ORDER


def test_the_summary_follows_messages_and_marks(store: Store, contact: Contact, portfolio: Portfolio) -> None:
    world = a_world(requests=0)
    fill(store, contact, portfolio, world)
    request = matters.quiet(world, store, contact)
    assert matters.row(contact, request.request_id).unread == 0
    matters.take(store, contact, matters.a_message(request, 3), start=30_000)
    matters.take(store, contact, matters.a_message(request, 4, Author.CLERK), start=30_001)
    shown = matters.row(contact, request.request_id)
    assert (shown.unread, shown.pill) == (1, Pill.RECEIVED)
    [(last, adviser)] = store.query(
        "SELECT last_position, adviser_position FROM requests WHERE request_id = ?", (request.request_id,)
    )
    assert (last, adviser) == (4, 3)


def test_a_space_purged_leaves_nothing_of_it_and_all_of_the_others(
    store: Store, contact: Contact, portfolio: Portfolio, outbox: Outbox
) -> None:
    world = a_world()
    fill(store, contact, portfolio, world)
    space_id = world.requests[0].space_id
    unread = next(
        one for one in contact.rows(contact.listing(Query(space_id=space_id), matters.TODAY).ids) if one.unread
    )
    contact.mark_read(unread.request_id)
    others = [one.request_id for one in world.requests if one.space_id != space_id]
    with store.write(contact.topic) as db:
        contact.apply(db, [gone(9_000, "message", world.messages[0].message_id)])
        contact.purge(db, space_id, lost=True)
    for table in ("requests", "messages", "read_marks", "gone", "indexed_spaces"):
        assert store.query(f"SELECT count(*) FROM {table} WHERE space_id = ?", (space_id,)) == [(0,)]
    assert sorted(matters.found(contact)) == sorted(others)
    assert store.query("SELECT count(*) FROM words_docsize") == [(len(others),)]
    assert set(matters.found(contact, "o")) <= set(others)
    assert outbox.waiting() == ()
    with store.write(contact.topic) as db:
        contact.apply(db, world.changes)
    assert len(matters.found(contact)) == len(world.requests)


def test_a_reset_brings_a_wish_that_waits_back_into_view(store: Store, contact: Contact, portfolio: Portfolio) -> None:
    world = a_world()
    fill(store, contact, portfolio, world)
    request_id = contact.open_request(matters.form(world))
    with store.write(contact.topic) as db:
        for space_id in world.space_ids:
            contact.purge(db, space_id)
    assert matters.found(contact) == [request_id]


def test_a_reset_drops_no_wish_to_mark_as_read(
    store: Store, contact: Contact, portfolio: Portfolio, outbox: Outbox
) -> None:
    world = a_world()
    fill(store, contact, portfolio, world)
    unread = next(one for one in contact.rows(contact.listing(Query(), matters.TODAY).ids) if one.unread)
    contact.mark_read(unread.request_id)
    with store.write(contact.topic) as db:
        contact.purge(db, unread.space_id)
    assert [waiting.request_id for waiting in outbox.waiting()] == [unread.request_id]
    with store.write(contact.topic) as db:
        contact.apply(db, world.changes)
    assert not matters.row(contact, unread.request_id).unread


def test_moments_are_kept_to_the_microsecond(store: Store, contact: Contact) -> None:
    world: World = a_world(requests=1)
    request: RequestRecord = msgspec.structs.replace(world.requests[0], moved_at=NOW.replace(microsecond=123_457))
    message: MessageRecord = msgspec.structs.replace(world.messages[0], sent_at=NOW.replace(microsecond=999_999))
    matters.take(store, contact, request, message)
    assert matters.row(contact, request.request_id).moved_at == request.moved_at
    assert contact.conversation(request.request_id)[0].at == message.sent_at
