"""What a filter promises is what it lists, and what was begun is in the list, whatever waits, is refused or is read."""

import random
from dataclasses import replace
from itertools import cycle

import pytest

from contract.catalogue import Topics
from contract.identity import new_id
from contract.wire import ProblemKind
from desktop.services.contact import NEW, OPEN, Contact, Draft, Pill, Query
from desktop.services.files import Shelf
from desktop.services.outbox import Outbox
from desktop.services.problems import Refused
from desktop.services.store import Store
from tests.services.matters import PDF, TODAY, Fill, form, found, quiet, row
from tests.services.world import World, a_world


def lived_in(world: World, contact: Contact, outbox: Outbox, seed: int) -> None:
    """Replies that wait and that were refused, requests made here, marks, drafts of replies and of new requests."""
    dice = random.Random(seed)  # noqa: S311 - the same life for the same seed
    kinds = cycle((ProblemKind.RIGHTS, ProblemKind.STALE))
    for request in dice.sample(world.requests, 24):
        match dice.randrange(6):
            case 0 | 1:
                contact.reply(Draft(request.request_id, "Voici."), request.state_version)
            case 2:
                wish_id = contact.reply(Draft(request.request_id, "Voici."), request.state_version)
                outbox.sending(wish_id)
                outbox.refused(wish_id, Refused("Non.", kind=next(kinds), status=403))
            case 3:
                contact.mark_unread(request.request_id)
            case 4:
                contact.mark_read(request.request_id)
            case _:
                contact.keep_draft(Draft(request.request_id, "Je commence."))
    opened = [contact.open_request(form(world, space_id=space_id)) for space_id in world.space_ids[:2]]
    contact.keep_draft(Draft(opened[0], "J’oubliais."))
    contact.keep_draft(form(world, space_id=None))
    contact.keep_draft(form(world, key=f"{NEW}:{Topics.RADIATION}", topic=Topics.RADIATION))


@pytest.mark.parametrize("seed", range(4))
def test_each_filter_lists_as_many_as_it_says(fill: Fill, contact: Contact, outbox: Outbox, seed: int) -> None:
    world = fill(a_world(seed=seed))
    lived_in(world, contact, outbox, seed)
    for space_id in (None, *world.space_ids):
        for mine in (False, True):
            scope = Query(space_id=space_id, mine=mine)
            counts = contact.counts(scope)
            said = {pill: len(contact.listing(replace(scope, pills=frozenset({pill})), TODAY).ids) for pill in Pill}
            assert counts.pills == said
            assert counts.open == len(contact.listing(replace(scope, pills=OPEN), TODAY).ids)
            assert counts.unread == len(contact.listing(replace(scope, unread=True), TODAY).ids)
            assert counts.all == len(contact.listing(scope, TODAY).ids)
    assert all(contact.counts(Query()).pills.values()), "each is met"


@pytest.mark.parametrize("seed", range(4))
def test_a_row_a_list_and_the_open_request_say_the_same(
    fill: Fill, contact: Contact, outbox: Outbox, seed: int
) -> None:
    world = fill(a_world(seed=seed))
    lived_in(world, contact, outbox, seed)
    for pill in Pill:
        for one in contact.rows(contact.listing(Query(pills=frozenset({pill})), TODAY).ids):
            assert one.pill is pill or (pill is Pill.DRAFT and one.drafted)
            sheet = contact.sheet(one.request_id)
            assert sheet is not None
            assert sheet.row == one


def test_a_reply_that_waits_is_to_be_sent_and_says_so(fill: Fill, store: Store, contact: Contact) -> None:
    request = quiet(fill(), store, contact)
    contact.reply(Draft(request.request_id, "Merci."), 3)
    assert row(contact, request.request_id).pill is Pill.WAITING
    assert found(contact, pills=frozenset({Pill.WAITING})) == [request.request_id]
    assert contact.counts(Query()).pills[Pill.WAITING] == 1


# What was begun


def test_a_reply_begun_marks_its_request(fill: Fill, store: Store, contact: Contact) -> None:
    request = quiet(fill(), store, contact)
    assert not row(contact, request.request_id).drafted
    before = found(contact)
    contact.keep_draft(Draft(request.request_id, "Je"))
    shown = row(contact, request.request_id)
    assert (shown.drafted, shown.pill) == (True, Pill.ANSWERED)
    assert found(contact) == before, "its place is that of its last movement"
    assert found(contact, pills=frozenset({Pill.DRAFT})) == [request.request_id]
    contact.drop_draft(request.request_id)
    assert found(contact, pills=frozenset({Pill.DRAFT})) == []


def test_a_new_request_begun_stands_first_until_it_is_sent(fill: Fill, contact: Contact, shelf: Shelf) -> None:
    world = fill()
    before = found(contact)
    titles = contact.listing(Query(), TODAY).groups
    draft = form(world, files=(shelf.stage_bytes("avis.pdf", PDF),))
    contact.keep_draft(draft)
    assert found(contact) == [NEW, *before]
    listing = contact.listing(Query(), TODAY)
    assert listing.groups == ((0, "Brouillons"), *((first + 1, title) for first, title in titles))
    shown = row(contact, NEW)
    assert (shown.pill, shown.drafted, shown.subject, shown.theme, shown.files, shown.mine, shown.file_number) == (
        Pill.DRAFT, True, "Portabilité", "Autre question", 1, True, None,
    )  # fmt: skip
    assert shown.company == world.me.companies[0].name
    contact.open_request(draft)
    assert NEW not in found(contact)


def test_a_request_begun_is_found_by_what_was_typed_and_by_where_it_is(fill: Fill, contact: Contact) -> None:
    world = fill()
    contact.keep_draft(form(world, text="Bonjour, pour Noémie Œhmichen."))
    contact.keep_draft(Draft(f"{NEW}:{Topics.RADIATION}", topic=Topics.RADIATION, text="Un départ."))
    assert found(contact, "oehmichen portabilite")[0] == NEW
    assert NEW not in found(contact, "introuvable")
    here, elsewhere = world.space_ids[:2]
    assert f"{NEW}:{Topics.RADIATION}" in found(contact, space_id=elsewhere), "its company is not chosen yet"
    assert NEW in found(contact, space_id=here)
    assert NEW not in found(contact, space_id=elsewhere)
    assert NEW in found(contact, mine=True)
    assert found(contact, unread=True, pills=frozenset({Pill.DRAFT})) == []
    assert found(contact, themes=frozenset({"Mes salariés"}), pills=frozenset({Pill.DRAFT})) == [
        f"{NEW}:{Topics.RADIATION}"
    ]
    assert row(contact, f"{NEW}:{Topics.RADIATION}").subject == "Un départ."


def test_typing_does_not_have_the_whole_list_read_again(fill: Fill, contact: Contact) -> None:
    world = fill()
    contact.listing(Query(), TODAY)
    moment = contact._index._latest
    contact.keep_draft(form(world))
    assert found(contact)[0] == NEW
    assert contact._index._latest is moment


def test_the_draft_of_a_request_that_is_gone_is_no_row(fill: Fill, contact: Contact) -> None:
    fill()
    before = contact.counts(Query())
    contact.keep_draft(Draft(new_id(), "À personne."))
    assert contact.counts(Query()) == before
