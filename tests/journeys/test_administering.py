"""Users and rights between the real portal and real clients: what one administers, grants, loses, and wishes twice."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from contract.portfolio import Right
from desktop.services.accounts import Admission, Letter, NewAccount
from desktop.services.contact import NEW
from desktop.services.contact import Draft as RequestDraft
from desktop.services.outbox import WishState
from desktop.services.users import GIVE, WITHDRAW, Draft, Pill, Query, masks
from tests.journeys.clerk import OTHER_QUESTION, Clerk
from tests.journeys.residents import Resident
from tests.journeys.town import Block, Town
from tests.portal import post
from tests.weather import Weather

CHOSEN: Final = "quatre moutons gris dehors"
LEAVE = masks.BIT[Right.LEAVE]


def today() -> datetime:
    return datetime.now(UTC)


def seen(clerk: Clerk) -> dict[str, int]:
    """First name and number of spaces of everybody."""
    listing = clerk.users.listing(Query(), today().date())
    return {row.first_name: row.spaces for row in clerk.users.rows(listing.ids, today().date())}


def held(clerk: Clerk, person_id: str, space_id: str) -> int:
    scene = clerk.users.scene()
    return scene.by_id[person_id].at(scene.by_space[space_id].place)


def pill(clerk: Clerk, person_id: str) -> Pill:
    sheet = clerk.users.sheet(person_id, today().date())
    assert sheet is not None
    return sheet.row.pill


def cell(clerk: Clerk, person: Resident, space_id: str) -> tuple[str, int, int]:
    return person.person_id, clerk.users.scene().by_space[space_id].place, LEAVE


@pytest.fixture
def block(town: Town) -> Block:
    return town.block(spaces=6)


@pytest.fixture
def ana(town: Town, block: Block) -> Resident:
    """Main administrator of all six spaces."""
    ana = town.person(block, "Ana")
    for space_id in block.spaces:
        town.grant(ana.person_id, space_id, list(Right))
    return ana


@pytest.fixture
def bea(town: Town, block: Block) -> Resident:
    """A colleague in the first two spaces."""
    return town.person(block, "Béa", block.spaces[:2])


def test_an_administrator_sees_her_people_and_who_is_none_sees_nobody(
    bea: Resident, clerk: Clerk, new_clerk: Callable[..., Clerk]
) -> None:
    clerk.turn()
    assert seen(clerk) == {"Ana": 6, "Béa": 2}
    other = new_clerk("béa")
    other.sign_in(bea)
    other.turn()
    assert not other.users.administers()
    assert seen(other) == {}


def test_a_right_given_is_held_and_one_withdrawn_is_gone(
    block: Block, bea: Resident, clerk: Clerk, new_clerk: Callable[..., Clerk]
) -> None:
    clerk.turn()
    first, third = block.spaces[0], block.spaces[2]
    other = new_clerk("béa")
    other.sign_in(bea)
    other.turn()
    assert {space.space_id for space in other.portfolio.spaces()} == set(block.spaces[:2])
    edits = {cell(clerk, bea, third): GIVE, cell(clerk, bea, first): WITHDRAW}
    clerk.users.change(clerk.users.plan(edits))
    assert held(clerk, bea.person_id, third) == 1 << LEAVE
    clerk.turn()
    assert clerk.waiting() == ()
    assert pill(clerk, bea.person_id) is not Pill.WAITING
    assert held(clerk, bea.person_id, third) == 1 << LEAVE
    other.turn()
    rights = {space.space_id: space.rights for space in other.portfolio.spaces()}
    assert rights[third] == {Right.LEAVE}
    assert Right.LEAVE not in rights[first]
    lost = other.portfolio.lost()
    assert [(one.rights, one.whole) for one in lost] == [((Right.LEAVE,), False)]
    other.portfolio.heard_of_lost()
    assert other.portfolio.lost() == ()


def test_two_changes_made_off_line_are_both_carried_out(block: Block, bea: Resident, clerk: Clerk) -> None:
    clerk.turn()
    for space_id in block.spaces[2:4]:
        clerk.users.change(clerk.users.plan({cell(clerk, bea, space_id): GIVE}))
    clerk.until(lambda: not clerk.waiting())
    assert [held(clerk, bea.person_id, space_id) for space_id in block.spaces[2:4]] == [1 << LEAVE, 1 << LEAVE]


def test_a_change_whose_answer_is_lost_is_carried_out_once(
    block: Block, bea: Resident, clerk: Clerk, weather: Weather
) -> None:
    clerk.turn()
    clerk.users.change(clerk.users.plan({cell(clerk, bea, block.spaces[4]): GIVE}))
    weather.lose_answers(1)
    clerk.until(lambda: not clerk.waiting())
    assert held(clerk, bea.person_id, block.spaces[4]) == 1 << LEAVE


def test_what_changed_meanwhile_is_not_passed_over(town: Town, block: Block, bea: Resident, clerk: Clerk) -> None:
    clerk.turn()
    wish_id = clerk.users.change(clerk.users.plan({cell(clerk, bea, block.spaces[5]): GIVE}))
    town.grant(bea.person_id, block.spaces[3], [Right.DOCUMENTS])
    clerk.turn()
    assert clerk.state(wish_id) is WishState.CONFLICT
    assert pill(clerk, bea.person_id) is Pill.CONFLICT
    # Both versions: what stands now, and the cells that were wanted, to be looked at again.
    assert held(clerk, bea.person_id, block.spaces[3]) == 1 << masks.BIT[Right.DOCUMENTS]
    assert clerk.users.stuck_cells() == {cell(clerk, bea, block.spaces[5])}
    clerk.users.edit_refused(wish_id)
    clerk.users.change(clerk.users.plan(clerk.users.kept_edits()))
    clerk.until(lambda: not clerk.waiting())
    assert held(clerk, bea.person_id, block.spaces[5]) == 1 << LEAVE


def test_a_colleague_is_invited_and_known_by_the_portal(block: Block, clerk: Clerk, bea: Resident) -> None:
    clerk.turn()
    draft = Draft(
        first_name="Jeanne", last_name="Morel", email=f"jeanne.morel{bea.person_id[:4]}@exemple.fr",
        rights=(Right.LEAVE, Right.CONTACT), space_ids=block.spaces[:2],
    )  # fmt: skip
    person_id = clerk.users.invite(draft, today().date())
    assert pill(clerk, person_id) is Pill.WAITING
    clerk.until(lambda: not clerk.waiting())
    assert pill(clerk, person_id) is Pill.INVITED
    assert seen(clerk)["Jeanne"] == 2


def test_who_administers_no_more_forgets_everybody(town: Town, block: Block, ana: Resident, clerk: Clerk) -> None:
    second = town.person(block, "Dora")
    for space_id in block.spaces:
        town.grant(second.person_id, space_id, list(Right))
    clerk.turn()
    assert len(seen(clerk)) == 2
    for space_id in block.spaces:
        for right in (Right.MAIN_ADMINISTRATOR, Right.USERS):
            town.withdraw_right(ana.person_id, space_id, right)
    clerk.turn()
    assert seen(clerk) == {}
    assert clerk.store.query("SELECT count(*) FROM users")[0][0] == 0


def rows_with(clerk: Clerk, text: str) -> set[str]:
    """The tables of the client’s store of which a row, decrypted, has these bytes in it."""
    tables = [str(row[0]) for row in clerk.store.query("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = {table: repr(clerk.store.query(f'SELECT * FROM "{table}"')) for table in tables}
    return {table for table, told in rows.items() if text in told}


def begin(town: Town, block: Block, clerk: Clerk) -> str:
    """Rose makes herself an account by the e-mail, and the insurer makes her administrator of the other spaces as well;
    answers the number that she began with."""
    world: Any = town  # it has what is asked of a world
    siret, member = town.numbers(block.spaces[0])
    admission = Admission(clerk.portal)
    admission.begin(NewAccount(siret, member, "Mme", "Rose", "Garnier", f"rose.garnier{member}@premiere.fr"))
    letter = post.letter(world, f"rose.garnier{member}@premiere.fr")
    admission.use(Letter(secret=letter.secret), CHOSEN)
    clerk.session.sign_in(letter.to, CHOSEN)
    me = clerk.session.call(clerk.portal.me)
    for space_id in block.spaces[1:]:
        town.grant(me.person_id, space_id, list(Right))
    return member


def ask_in_second(town: Town, block: Block, clerk: Clerk) -> tuple[str, ...]:
    """A conversation there; answers what may not be left of it."""
    asked = clerk.ask(block.spaces[1], "Ma question sur la zibeline.")
    clerk.until(lambda: not clerk.waiting())
    town.reply(asked, "Voici pour le mirliton.")
    clerk.turn()
    return asked, block.spaces[1], "Ma question sur la zibeline.", "Voici pour le mirliton."


def test_from_nothing_to_a_colleague_who_loses_a_right_while_she_works(
    town: Town, block: Block, new_clerk: Callable[..., Clerk]
) -> None:
    """An account from the e-mail; a colleague invited to two spaces of six, on another computer; a right withdrawn."""
    world: Any = town  # it has what is asked of a world
    rose, jeanne = new_clerk("rose"), new_clerk("jeanne")
    member = begin(town, block, rose)
    rose.turn()
    assert seen(rose) == {"Rose": 6}
    draft = Draft(
        first_name="Jeanne", last_name="Morel", email=f"jeanne.morel{member}@premiere.fr",
        rights=(Right.CONTACT, Right.LEAVE), space_ids=block.spaces[:2],
    )  # fmt: skip
    person_id = rose.users.invite(draft, today().date())
    rose.until(lambda: not rose.waiting())

    invited = post.letter(world, draft.email)
    Admission(jeanne.portal).use(Letter(secret=invited.secret), CHOSEN)
    jeanne.session.sign_in(draft.email, CHOSEN)
    jeanne.turn()
    rights = {space.space_id: space.rights for space in jeanne.portfolio.spaces()}
    assert rights == dict.fromkeys(block.spaces[:2], frozenset({Right.CONTACT, Right.LEAVE}))
    secret = ask_in_second(town, block, jeanne)
    assert all(rows_with(jeanne, each) for each in secret)
    jeanne.contact.keep_draft(RequestDraft(NEW, "Je commence…", block.spaces[1], OTHER_QUESTION))
    rose.turn()
    assert pill(rose, person_id) is Pill.ACTIVE

    places = rose.users.scene().by_space
    second = places[block.spaces[1]].place
    edits = {(person_id, second, masks.BIT[right]): WITHDRAW for right in (Right.CONTACT, Right.LEAVE)}
    rose.users.change(rose.users.plan(edits))
    rose.until(lambda: not rose.waiting())
    jeanne.turn()
    assert {space.space_id for space in jeanne.portfolio.spaces()} == {block.spaces[0]}
    (lost,) = jeanne.portfolio.lost()
    assert (lost.whole, set(lost.rights), lost.member_number, lost.administrator) == (
        True, {Right.CONTACT, Right.LEAVE}, town.numbers(block.spaces[1])[1], "Rose Garnier"
    )  # fmt: skip
    left = {each: rows_with(jeanne, each) for each in secret}
    assert left == {each: set() for each in secret} | {block.spaces[1]: {"lost_rights", "drafts"}}
    kept = jeanne.contact.draft(NEW)
    assert kept is not None
    assert kept.text == "Je commence…"
