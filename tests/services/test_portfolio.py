"""The person, her companies, spaces and rights; where the former space's requests are; how to become administrator."""

import threading
from collections.abc import Callable

import msgspec
import pytest

from contract.catalogue import Catalogue
from contract.changes import Change
from contract.portfolio import CompanyRecord, Me, Right, SpaceRecord
from desktop.services.contact import Contact, Query
from desktop.services.outbox import Outbox
from desktop.services.portfolio import AdminStep, FormerHint, Portfolio
from desktop.services.store import Store
from tests.services.matters import TODAY
from tests.services.world import World, a_world, raw

Fill = Callable[..., World]


def take_in(store: Store, portfolio: Portfolio, me: Me) -> None:
    with store.write(portfolio.topic) as db:
        portfolio.take_in(db, me)


def with_rights(me: Me, place: int, *rights: str) -> Me:
    spaces = list(me.spaces)
    spaces[place] = msgspec.structs.replace(spaces[place], rights=rights)
    return msgspec.structs.replace(me, spaces=tuple(spaces))


def test_nothing_is_known_before_the_first_synchronisation(portfolio: Portfolio) -> None:
    assert portfolio.person() is None
    assert portfolio.spaces() == ()
    assert portfolio.space("x") is None
    assert portfolio.former("x").hint is FormerHint.NONE
    assert portfolio.admin_paths() == ()


def test_the_person_and_the_labels_of_rights(fill: Fill, portfolio: Portfolio) -> None:
    world = fill()
    person = portfolio.person()
    assert person is not None
    assert (person.name, person.email, person.person_id) == (
        "Hélène Œuvrard",
        world.me.email,
        world.me.person_id,
    )
    assert list(portfolio.right_labels()) == [label.right for label in world.me.rights]


def test_spaces_stand_in_french_order_favourites_first(store: Store, portfolio: Portfolio) -> None:
    me = a_world(requests=0, companies=6, spaces=9).me
    take_in(store, portfolio, me)
    names = [space.company for space in portfolio.spaces()]
    order = [
        "Ateliers Bérard", "Côte & Fils", "Élan Logistique", "Fonderie du Lac", "Œuvres Réunies", "Zéphyr Énergies",
    ]  # fmt: skip
    assert list(dict.fromkeys(names)) == order
    last = portfolio.spaces()[-1]
    portfolio.set_favourite(last.space_id, favourite=True)
    assert portfolio.spaces()[0].space_id == last.space_id
    assert portfolio.spaces()[0].favourite
    portfolio.set_favourite(last.space_id, favourite=False)
    assert portfolio.spaces()[-1].space_id == last.space_id


def test_a_space_is_found_by_name_and_by_any_of_its_numbers(fill: Fill, portfolio: Portfolio) -> None:
    fill()
    for space in portfolio.spaces():
        siret = f"{space.siret[:3]} {space.siret[3:6]} {space.siret[6:9]} {space.siret[9:]}"
        for text in (space.company.upper(), space.siren, siret, space.member_number[:3], f"  {space.label}"):
            assert space in portfolio.spaces(text), text
    assert portfolio.spaces("elan logi") == tuple(one for one in portfolio.spaces() if one.company == "Élan Logistique")
    assert portfolio.spaces("zzz") == ()


def test_the_spaces_visited_last_come_first(fill: Fill, portfolio: Portfolio) -> None:
    world = fill(a_world(requests=0, spaces=8))
    assert portfolio.recent() == ()
    for space_id in (*world.space_ids, world.space_ids[6]):
        portfolio.visited(space_id)
    visited = [space.space_id for space in portfolio.recent()]
    assert visited == [world.space_ids[6], world.space_ids[7], *reversed(world.space_ids[3:6])]


def test_what_is_lost_goes_and_the_rest_follows(fill: Fill, store: Store, portfolio: Portfolio) -> None:
    world = fill()
    fewer = msgspec.structs.replace(world.me, spaces=world.me.spaces[1:], last_name="Martin")
    take_in(store, portfolio, fewer)
    assert {space.space_id for space in portfolio.spaces()} == {space.space_id for space in fewer.spaces}
    person = portfolio.person()
    assert person is not None
    assert person.name == "Hélène Martin"


class Overtaken(Portfolio):
    """The thread `slow` is overtaken by others before it keeps what it has read, and again right after the first thing
    that it has kept."""

    before: threading.Event
    go_on: threading.Event
    after: threading.Event
    end: threading.Event
    slow: threading.Thread | None = None

    def __setattr__(self, name: str, value: object) -> None:
        if threading.current_thread() is not self.slow:
            object.__setattr__(self, name, value)
            return
        self.before.set()
        assert self.go_on.wait(60)
        object.__setattr__(self, name, value)
        self.after.set()
        assert self.end.wait(60)


def test_what_one_thread_has_read_never_passes_for_what_another_has(store: Store, outbox: Outbox) -> None:
    portfolio, world = Overtaken(store, outbox), a_world()
    take_in(store, portfolio, world.me)
    portfolio.before, portfolio.go_on, portfolio.after, portfolio.end = (threading.Event() for _ in range(4))
    portfolio.slow = threading.Thread(target=portfolio.spaces)
    portfolio.slow.start()
    assert portfolio.before.wait(60)
    take_in(store, portfolio, msgspec.structs.replace(world.me, spaces=world.me.spaces[1:]))
    fewer = len(world.me.spaces) - 1
    assert len(portfolio.spaces()) == fewer
    portfolio.go_on.set()
    assert portfolio.after.wait(60)
    seen = len(portfolio.spaces())
    portfolio.end.set()
    portfolio.slow.join(60)
    assert seen == fewer
    assert len(portfolio.spaces()) == fewer


def test_me_and_catalogue_come_as_sync_hands_them_on(store: Store, portfolio: Portfolio, contact: Contact) -> None:
    world = a_world(requests=0)
    told = msgspec.to_builtins(world.me) | {"of_later": 1}
    with store.write(portfolio.topic) as db:
        portfolio.apply(
            db,
            [
                Change(0, "me", world.me.person_id, raw(told)),
                Change(0, "catalogue", "catalogue", raw(world.catalogue)),
                Change(0, "of_later", "x", raw({})),
            ],
        )
    assert len(portfolio.spaces()) == len(world.me.spaces)
    assert [theme.code for theme in contact.themes(None)] == [theme.code for theme in world.catalogue.themes]
    with store.write(portfolio.topic) as db:
        portfolio.take_catalogue(db, Catalogue(world.catalogue.themes[:1]))
    assert len(contact.themes(None)) == 1


# The former space (S4)


@pytest.fixture
def company(store: Store, portfolio: Portfolio) -> tuple[Me, CompanyRecord, list[SpaceRecord]]:
    """A company with two spaces here, whose former requests sit under the smaller of their numbers."""
    me = a_world(requests=0, companies=1, spaces=2).me
    spaces = sorted(me.spaces, key=lambda space: int(space.member_number))
    spaces[1] = msgspec.structs.replace(spaces[1], administrator="Anne Roy")
    record = msgspec.structs.replace(
        me.companies[0], former_member_number=spaces[0].member_number, former_count=7
    )  # fmt: skip
    me = msgspec.structs.replace(me, companies=(record,), spaces=tuple(spaces))
    take_in(store, portfolio, me)
    return me, record, spaces


Company = tuple[Me, CompanyRecord, list[SpaceRecord]]


def test_former_requests_are_here_or_in_another_space_to_jump_to(portfolio: Portfolio, company: Company) -> None:
    _, record, [smallest, other] = company
    here, there = portfolio.former(smallest.space_id), portfolio.former(other.space_id)
    assert (here.hint, here.count, here.member_number) == (FormerHint.HERE, 7, record.former_member_number)
    assert (there.hint, there.space_id, there.count) == (FormerHint.ELSEWHERE, smallest.space_id, 7)


def test_former_requests_that_cannot_be_seen_say_whom_to_ask(
    store: Store, portfolio: Portfolio, company: Company
) -> None:
    me, record, [smallest, other] = company
    take_in(store, portfolio, with_rights(me, 0, Right.DOCUMENTS))
    for space_id in (smallest.space_id, other.space_id):
        former = portfolio.former(space_id)
        assert (former.hint, former.space_id, former.member_number) == (
            FormerHint.CLOSED, None, record.former_member_number,
        )  # fmt: skip
        assert former.administrator == "Claire Martin"
    take_in(store, portfolio, msgspec.structs.replace(me, spaces=(other,)))
    assert portfolio.former(other.space_id).administrator == "Anne Roy"


def test_a_company_without_former_requests_has_no_hint(store: Store, portfolio: Portfolio, company: Company) -> None:
    me, record, [smallest, _] = company
    for told in ({"former_count": 0}, {"former_member_number": None}):
        take_in(store, portfolio, msgspec.structs.replace(me, companies=(msgspec.structs.replace(record, **told),)))
        assert portfolio.former(smallest.space_id).hint is FormerHint.NONE


# Becoming administrator (S5)


@pytest.mark.parametrize(
    ("rights", "step"),
    [
        ((Right.MAIN_ADMINISTRATOR,), AdminStep.ALREADY),
        ((Right.USERS, Right.CONTACT), AdminStep.ALREADY),
        ((Right.CONTACT, Right.LEAVE), AdminStep.ASK_CONTACT),
        ((Right.LEAVE,), AdminStep.ASK_USER),
        (("a_right_of_later",), AdminStep.ASK_USER),
    ],
)
def test_which_step_leads_to_being_administrator(
    store: Store, portfolio: Portfolio, rights: tuple[str, ...], step: AdminStep
) -> None:
    me = with_rights(a_world(requests=0, companies=1, spaces=1).me, 0, *rights)
    take_in(store, portfolio, me)
    [path] = portfolio.admin_paths()
    assert path.step is step
    if step is AdminStep.ASK_USER:
        for word in ("Claire Martin", "Hélène Œuvrard", me.email, me.spaces[0].member_number, me.companies[0].name):
            assert word in path.sentence_to_send
    else:
        assert path.sentence_to_send == ""


def test_what_is_to_be_added_is_checked(fill: Fill, portfolio: Portfolio) -> None:
    world = fill()
    mine = world.me.spaces[0]
    lines = ["732 829 320 00074", "", "732 829 320 00075", "abc", mine.member_number, mine.siret, "73282932000074"]
    wrong = dict(portfolio.check_added(lines))
    assert list(wrong) == ["732 829 320 00075", "abc", mine.member_number, mine.siret, "73282932000074"]
    assert "déjà" in wrong[mine.siret]
    assert "deux fois" in wrong["73282932000074"]


def test_a_thousand_spaces_are_filtered_as_one_types(store: Store, portfolio: Portfolio, contact: Contact) -> None:
    me = a_world(requests=0, companies=300, spaces=1_000).me
    take_in(store, portfolio, me)
    assert len(portfolio.spaces()) == 1_000
    assert {space.company for space in portfolio.spaces("zephyr 7")} >= {"Zéphyr Énergies 75"}
    assert contact.counts(Query()).all == 0
    assert contact.listing(Query(), TODAY).groups == ()
