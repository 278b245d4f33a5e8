"""What is asked for shows at once, and nothing jumps when the portal has done it."""

from dataclasses import replace

import msgspec
import pytest

from contract.contact import (
    AttachmentRecord,
    Author,
    AwaitedDocument,
    Closing,
    MarkRead,
    MessageRecord,
    OpenRequest,
    ReadMarkRecord,
    RequestRecord,
    SendMessage,
    State,
)
from contract.identity import new_id
from contract.wire import ProblemKind
from desktop.services.contact import (
    NEW,
    Contact,
    Delivery,
    Draft,
    Ground,
    MessageRow,
    Pill,
    Query,
    RequestRow,
)
from desktop.services.files import Shelf
from desktop.services.outbox import Outbox, WishState
from desktop.services.problems import Refused
from desktop.services.store import Store
from tests.services.conftest import Clock
from tests.services.matters import Fill, a_message, form, found, leave, me, quiet, row, said, staged_by, take
from tests.services.world import a_world, change


def test_a_request_made_here_is_there_at_once(fill: Fill, store: Store, contact: Contact, outbox: Outbox) -> None:
    world = fill()
    draft = form(world)
    before = contact.counts(Query())
    contact.keep_draft(draft)
    request_id = contact.open_request(draft)
    assert contact.draft(NEW) is None
    shown = row(contact, request_id)
    assert (shown.pill, shown.file_number, shown.mine, shown.author) == (
        Pill.WAITING, None, True, "Hélène Œuvrard",
    )  # fmt: skip
    assert (shown.theme, shown.topic, shown.company) == ("Autre question", "Autre question", world.me.companies[0].name)
    assert said(contact, request_id) == [("Bonjour, une question.", Delivery.HELD)]
    assert found(contact)[0] == request_id
    assert found(contact, "portabilite une question") == [request_id]
    assert found(contact, "portabilite zzz") == []
    assert found(contact, pills=frozenset({Pill.WAITING})) == [request_id]
    assert contact.counts(Query()).all == before.all + 1
    [waiting] = outbox.waiting()
    assert (waiting.request_id, waiting.space_id, waiting.state) == (request_id, world.space_ids[0], WishState.HELD)
    sheet = contact.sheet(request_id)
    assert sheet is not None
    assert sheet.can_reply


def opened_by_the_portal(contact: Contact, outbox: Outbox, request_id: str) -> tuple[RequestRecord, MessageRecord]:
    """What the portal makes of the wish that waits."""
    [wish] = [wish for waiting in outbox.waiting() if isinstance(wish := outbox.wish(waiting.wish_id), OpenRequest)]
    shown = row(contact, request_id)
    sheet = contact.sheet(request_id)
    assert sheet is not None
    request = RequestRecord(
        request_id=request_id, space_id=wish.space_id, file_number="7700001", topic=wish.topic,
        theme_label="Mes prestations de prévoyance", topic_label="Déclaration d’un arrêt de travail",
        subject=wish.subject, state=State.RECEIVED, author_id=me(contact), author_name="Hélène Œuvrard",
        opened_at=shown.opened_at, moved_at=shown.moved_at, state_version=41,
        fields=(
            ("Nom et prénom du salarié", "Claire Lefèvre"), ("Cause de l’arrêt", "Maladie"),
            ("Premier jour d’arrêt", "03/02/2026"), ("Dernier jour d’arrêt", "10/02/2026"),
            ("Prolongation", "Oui"), ("Salaire brut", "31\u202f234,50\u00a0€"),
        ),
    )  # fmt: skip
    files = tuple(
        AttachmentRecord(file.attachment_id, file.name, "application/pdf", file.size, file.sha256)
        for file in wish.attachments
    )
    message = MessageRecord(
        message_id=wish.message_id, request_id=request_id, space_id=wish.space_id, position=1, author=Author.CLERK,
        author_id=me(contact), author_name="Hélène Œuvrard", text=wish.text, sent_at=shown.opened_at,
        attachments=files,
    )  # fmt: skip
    return request, message


def promised(shown: RequestRow) -> RequestRow:
    """What a row promises while it waits: all but the number and the pill, which only the portal gives."""
    return replace(shown, file_number=None, pill=Pill.RECEIVED)


def promised_message(message: MessageRow) -> MessageRow:
    return replace(message, delivery=Delivery.SENT, wish_id=None)


@pytest.mark.parametrize("order", ["answer", "request first", "message first"])
def test_what_was_shown_while_it_waited_is_what_is_shown_after(
    fill: Fill, store: Store, contact: Contact, outbox: Outbox, shelf: Shelf, order: str
) -> None:
    """The promise: by the answer, or by the feed before the answer (which was lost), nothing jumps."""
    world = fill()
    request_id = contact.open_request(leave(world, shelf))
    before, sheet, talk = row(contact, request_id), contact.sheet(request_id), contact.conversation(request_id)
    assert before.subject == "Arrêt de travail\u00a0: Claire Lefèvre"
    assert before.files == 1
    assert talk[0].attachments[0].kept
    listed = found(contact)
    records = opened_by_the_portal(contact, outbox, request_id)
    [wish_id] = [waiting.wish_id for waiting in outbox.waiting()]
    if order != "answer":
        for record in records if order == "request first" else records[::-1]:
            take(store, contact, record, start=30_000)
            limbo = row(contact, request_id)
            assert (limbo.key, limbo.files, limbo.moved_at) == (before.key, 1, before.moved_at)
            assert len(contact.conversation(request_id)) == 1
    with store.write("contact", *outbox.topics) as db:
        contact.apply(db, [change(30_000 + place, record) for place, record in enumerate(records)])
        outbox.done(db, wish_id)
    after, whole = row(contact, request_id), contact.sheet(request_id)
    assert promised(after) == promised(before)
    assert (after.pill, after.file_number) == (Pill.RECEIVED, "7700001")
    assert sheet is not None
    assert whole is not None
    assert (whole.fields, whole.topic_code) == (sheet.fields, sheet.topic_code)
    assert [promised_message(one) for one in contact.conversation(request_id)] == [
        promised_message(one) for one in talk
    ]
    assert found(contact) == listed
    assert request_id in found(contact, "claire lefevre arret maladie 31 234")


def test_a_reply_is_there_at_once_and_opens_the_request_again(fill: Fill, store: Store, contact: Contact) -> None:
    awaited = AwaitedDocument(new_id(), "Avis d’arrêt")
    world = fill()
    request = quiet(
        world, store, contact, state=State.CLOSED, closing=Closing.DOCUMENT_AWAITED, awaited=(awaited,),
    )  # fmt: skip
    sheet = contact.sheet(request.request_id)
    assert sheet is not None
    assert [one.awaited_id for one in sheet.awaited] == [awaited.awaited_id]
    assert contact.counts(Query()).awaited == contact.counts(Query(text="x")).awaited > 0
    awaited_before = contact.counts(Query()).awaited
    draft = Draft(request.request_id, "Le voici.", files=(staged_by(contact),), answers=(awaited.awaited_id,))
    contact.reply(draft, sheet.state_version)
    after = contact.sheet(request.request_id)
    assert after is not None
    assert (after.awaited, after.row.pill, after.row.closed, after.row.files) == ((), Pill.WAITING, False, 1)
    assert said(contact, request.request_id)[-1] == ("Le voici.", Delivery.HELD)
    assert contact.counts(Query()).awaited == awaited_before - 1
    assert found(contact)[0] == request.request_id
    assert found(contact, "mutuelle le voici avis") == [request.request_id]


def test_a_reply_carries_what_the_writer_saw_and_one_behind_it_does_not(
    fill: Fill, store: Store, contact: Contact, outbox: Outbox
) -> None:
    request = quiet(fill(), store, contact)
    first = outbox.wish(contact.reply(Draft(request.request_id, "un"), 3))
    second = outbox.wish(contact.reply(Draft(request.request_id, "deux"), 3))
    assert isinstance(first, SendMessage)
    assert isinstance(second, SendMessage)
    assert (first.base_version, second.base_version) == (3, None)
    assert len(outbox.due()) == 0


def test_a_request_that_comes_gets_no_key_of_one_that_waits(fill: Fill, store: Store, contact: Contact) -> None:
    world = fill(a_world(requests=0))
    waiting, opened = contact.open_request(form(world)), contact.open_request(form(world))
    quiet(world, store, contact, request_id=opened)
    others = [quiet(world, store, contact).request_id for _ in range(2)]
    keys = [contact.key_of(request_id) for request_id in (waiting, opened, *others)]
    assert keys == [-1, -2, 1, 2]


@pytest.mark.parametrize("way", ["taken back", "given up", "refused", "conflict"])
def test_a_reply_whose_forerunner_never_came_is_held_to_what_its_writer_saw(
    fill: Fill, store: Store, contact: Contact, outbox: Outbox, way: str
) -> None:
    request = quiet(fill(), store, contact)
    first, second, third = (contact.reply(Draft(request.request_id, text), 3) for text in ("un", "deux", "trois"))
    if way == "taken back":
        contact.take_back(first)
    else:
        if way != "given up":
            outbox.sending(first)
            kind = ProblemKind.STALE if way == "conflict" else ProblemKind.INVALID
            outbox.refused(first, Refused("Non.", kind=kind, version=9))
        outbox.give_up(first)
    bases = [getattr(outbox.wish(wish_id), "base_version", "gone") for wish_id in (first, second, third)]
    assert bases == ["gone", 3, None]


@pytest.mark.parametrize("kind", [ProblemKind.STALE, ProblemKind.INVALID])
def test_a_reply_behind_one_that_was_refused_is_held_to_what_its_writer_saw(
    fill: Fill, store: Store, contact: Contact, outbox: Outbox, kind: ProblemKind
) -> None:
    request = quiet(fill(), store, contact)
    first = contact.reply(Draft(request.request_id, "un"), 3)
    outbox.sending(first)
    outbox.refused(first, Refused("Non.", kind=kind, version=9))
    second = contact.reply(Draft(request.request_id, "deux"), 9)
    assert getattr(outbox.wish(second), "base_version", "gone") == 9
    outbox.give_up(first)
    assert getattr(outbox.wish(second), "base_version", "gone") == 9


def test_a_reply_to_a_request_that_waits_goes_behind_it(fill: Fill, contact: Contact, outbox: Outbox) -> None:
    request_id = contact.open_request(form(fill()))
    wish = outbox.wish(contact.reply(Draft(request_id, "J’oubliais…"), 0))
    assert isinstance(wish, SendMessage)
    assert wish.base_version is None
    assert [text for text, _ in said(contact, request_id)] == ["Bonjour, une question.", "J’oubliais…"]
    assert row(contact, request_id).pill is Pill.WAITING


def test_the_delivery_follows_the_wish(
    fill: Fill, store: Store, contact: Contact, outbox: Outbox, clock: Clock
) -> None:
    request = quiet(fill(), store, contact)
    wish_id = contact.reply(Draft(request.request_id, "un"), 3)
    clock.now += 11
    assert said(contact, request.request_id)[-1] == ("un", Delivery.WAITING)
    outbox.sending(wish_id)
    outbox.refused(wish_id, Refused("La demande a changé.", kind=ProblemKind.STALE, status=412))
    message = contact.conversation(request.request_id)[-1]
    assert (message.delivery, message.sentence, message.wish_id) == (
        Delivery.CONFLICT, "La demande a changé.", wish_id,
    )  # fmt: skip
    assert row(contact, request.request_id).pill is Pill.CONFLICT
    anew = outbox.insist(wish_id)
    assert said(contact, request.request_id)[-1] == ("un", Delivery.WAITING)
    outbox.sending(anew)
    outbox.refused(anew, Refused("Non.", kind=ProblemKind.RIGHTS, status=403))
    assert said(contact, request.request_id)[-1] == ("un", Delivery.REFUSED)
    assert row(contact, request.request_id).pill is Pill.REFUSED
    assert contact.edit_refused(anew) == contact.draft(request.request_id)
    assert row(contact, request.request_id).pill is Pill.ANSWERED


# Reading marks


def test_reading_is_there_at_once_and_wished_once(fill: Fill, store: Store, contact: Contact, outbox: Outbox) -> None:
    request = quiet(fill(), store, contact)
    contact.mark_read(request.request_id)
    assert outbox.waiting() == ()
    take(store, contact, a_message(request, 3), a_message(request, 4), start=30_000)
    assert row(contact, request.request_id).unread == 2
    before = contact.counts(Query()).unread
    contact.mark_read(request.request_id)
    contact.mark_read(request.request_id)
    assert (row(contact, request.request_id).unread, contact.counts(Query()).unread) == (0, before - 1)
    assert not any(message.unread for message in contact.conversation(request.request_id))
    [waiting] = outbox.waiting()
    assert outbox.wish(waiting.wish_id) == MarkRead(request.request_id, 4)
    contact.mark_unread(request.request_id)
    [waiting] = outbox.waiting()
    assert outbox.wish(waiting.wish_id) == MarkRead(request.request_id, 3)
    assert [message.unread for message in contact.conversation(request.request_id)] == [False, False, False, True]
    assert (row(contact, request.request_id).pill, row(contact, request.request_id).unread) == (Pill.ANSWERED, 1)
    with store.write("contact", *outbox.topics) as db:
        contact.apply(db, [change(40_000, ReadMarkRecord(request.request_id, request.space_id, 3))])
        outbox.done(db, waiting.wish_id)
    assert row(contact, request.request_id).unread == 1


def test_an_answer_that_came_meanwhile_stays_unread(fill: Fill, store: Store, contact: Contact) -> None:
    request = quiet(fill(), store, contact)
    take(store, contact, a_message(request, 3), start=30_000)
    contact.mark_read(request.request_id)
    take(store, contact, a_message(request, 4), start=40_000)
    assert row(contact, request.request_id).unread == 1


def test_a_request_without_an_answer_cannot_be_unread(fill: Fill, contact: Contact, outbox: Outbox) -> None:
    request_id = contact.open_request(form(fill()))
    contact.mark_unread(request_id)
    contact.mark_read(request_id)
    assert len(outbox.waiting()) == 1


def test_a_conflict_tells_what_the_request_has_become(
    fill: Fill, store: Store, contact: Contact, outbox: Outbox
) -> None:
    request = quiet(fill(), store, contact)
    wish_id = contact.reply(Draft(request.request_id, "un"), 3)
    outbox.sending(wish_id)
    outbox.refused(wish_id, Refused("La demande a changé.", kind=ProblemKind.STALE, status=412))
    assert contact.conversation(request.request_id)[-1].ground is None, "what changed has not come down yet"
    closed = msgspec.structs.replace(request, state=State.CLOSED, state_version=30_000)
    take(store, contact, closed, start=30_000)
    ground = Ground(closed=True, awaited=(), at=request.moved_at)
    assert contact.conversation(request.request_id)[-1].ground == ground
    assert contact.grounds() == {wish_id: ground}
    take(store, contact, closed, start=40_000)
    assert contact.grounds() == {wish_id: replace(ground, at=None)}, "it has moved since"
    outbox.insist(wish_id)
    assert contact.grounds() == {}


def test_what_may_have_arrived_is_told_from_what_has_never_left(
    fill: Fill, store: Store, contact: Contact, outbox: Outbox
) -> None:
    request = quiet(fill(), store, contact)
    wish_id = contact.reply(Draft(request.request_id, "un"), 3)
    left = []
    for does in (lambda: None, lambda: outbox.sending(wish_id), lambda: outbox.later(wish_id, 0.0, fault=False)):
        does()
        left.append(contact.conversation(request.request_id)[-1].left)
    assert left == [False, False, True]
