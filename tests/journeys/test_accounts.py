"""Having an account, from the first form to being forgotten, on the real portal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyotp
import pytest

from contract.portfolio import Right
from desktop.account import Entrance
from desktop.reception import Forgotten, Reception
from desktop.services.accounts import (
    GONE,
    SECOND_FACTOR,
    Credentials,
    Letter,
    NewAccount,
    NextStep,
    OwnAccount,
    Purpose,
    read_link,
)
from desktop.services.portal import Portal
from desktop.services.problems import Offline, Refused, SignInNeeded
from desktop.services.session import Session
from desktop.services.store import Store
from tests.journeys.residents import PASSWORD, Resident
from tests.journeys.town import Block, Town
from tests.portal import post
from tests.vaults import FileVault
from tests.weather import Lose, Refuse, Weather

CHOSEN = "quatre moutons gris dehors"


def nobody() -> None:
    """Nobody hears that the session changed."""


@pytest.fixture
def at(tmp_path: Path) -> Callable[[str], Reception]:
    """The reception of a computer of that name."""

    def computer(name: str = "bureau") -> Reception:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        return Reception(folder, lambda _address: FileVault(folder / "vault"), nobody)

    return computer


def letter(town: Town, to: str) -> post.Letter:
    world: Any = town  # it has what is asked of a world
    return post.letter(world, to)


def own(entrance: Entrance) -> OwnAccount:
    return OwnAccount(entrance.portal, entrance.session)


def signed(reception: Reception, weather: Weather, person: Resident, code: str = "") -> Entrance:
    return reception.sign_in(Credentials(weather.address, person.email, PASSWORD, code), None)[0]


def about(town: Town, block: Block, email: str) -> NewAccount:
    siret, member = town.numbers(block.spaces[0])
    return NewAccount(siret, member, "Mme", "Rose", "Garnier", email)


def test_an_account_is_made_in_three_steps_and_the_next_is_sent_to_its_administrator(
    town: Town, weather: Weather, block: Block, at: Callable[..., Reception]
) -> None:
    reception, new = at(), about(town, block, "rose.garnier@premiere.fr")
    assert reception.begin(weather.address, new) is NextStep.MAIL
    sent = letter(town, new.email)
    found = read_link(f"volet:link#{sent.secret}")
    assert found == ("", sent.secret)
    for shown in (Letter(secret=found[1]), Letter(email=new.email, code=sent.code)):
        seen = reception.look(weather.address, shown)
        assert (seen.purpose, seen.email, seen.first_name, seen.spaces) == (Purpose.CREATE, new.email, "Rose", 1)
    entrance, account = reception.use(Letter(secret=found[1]), Credentials(weather.address, new.email, CHOSEN), None)
    me = entrance.session.call(entrance.portal.me)
    assert (me.person_id, me.first_name) == (account, "Rose")
    assert {right.right for right in me.rights} >= {Right.MAIN_ADMINISTRATOR}
    open_store(reception, entrance, account).close()
    assert [(one.account, one.name) for one in reception.known(weather.address)] == [(account, "Rose Garnier")]
    assert reception.begin(weather.address, about(town, block, "luc.brun@seconde.fr")) is NextStep.ADMINISTRATOR


def test_what_does_not_go_together_is_said_beside_its_field(
    town: Town, weather: Weather, block: Block, at: Callable[..., Reception]
) -> None:
    siret, _ = town.numbers(block.spaces[0])
    with pytest.raises(Refused) as caught:
        at().begin(weather.address, NewAccount(siret, "999999", "", "Rose", "Garnier", "rose.garnier@autre.fr"))
    assert [name for name, _ in caught.value.errors] == ["member_number"]


def test_an_answer_lost_after_the_link_was_spent_is_made_up_for_by_the_password(
    town: Town, weather: Weather, ana: Resident, at: Callable[..., Reception]
) -> None:
    reception = at()
    reception.ask_link(weather.address, ana.email)
    link, chosen = Letter(secret=letter(town, ana.email).secret), Credentials(weather.address, ana.email, CHOSEN)
    weather.fates.append(Refuse())
    with pytest.raises(Offline):
        reception.use(link, chosen, None)
    assert reception.look(weather.address, link).purpose is Purpose.FORGOTTEN
    weather.fates.append(Lose())
    assert reception.use(link, chosen, None)[1] == ana.person_id
    assert reception.use(link, chosen, None)[1] == ana.person_id, "pressed again, it is spent, and by her"
    with pytest.raises(Refused) as caught:
        reception.use(link, Credentials(weather.address, ana.email, "un tout autre mot de passe"), None)
    assert caught.value.kind == GONE


def test_a_second_factor_is_begun_asked_for_replaced_by_a_recovery_code_and_ended(
    town: Town, weather: Weather, ana: Resident, at: Callable[..., Reception]
) -> None:
    mine = own(signed(at(), weather, ana))
    with pytest.raises(Refused) as caught:
        mine.begin_second_factor("faux")
    assert [name for name, _ in caught.value.errors] == ["password"]
    clock = pyotp.TOTP(mine.begin_second_factor(PASSWORD).secret)
    codes = mine.confirm_second_factor(clock.now())
    assert (mine.standing().second_factor, mine.standing().codes, len(set(codes))) == (True, 10, 10)
    other = at("portable")
    for wrong in ("", "000000"):
        with pytest.raises(Refused) as caught:
            signed(other, weather, ana, wrong)
        assert caught.value.kind == SECOND_FACTOR
    mine = own(signed(other, weather, ana, codes[0]))
    with pytest.raises(Refused):
        signed(at("tablette"), weather, ana, codes[0])
    assert mine.standing().codes == 9
    codes = mine.new_recovery_codes(PASSWORD, codes[2])
    assert mine.standing().codes == 10
    mine.end_second_factor(PASSWORD, codes[1])
    assert not mine.standing().second_factor


def test_another_computer_is_seen_and_shut_out(weather: Weather, ana: Resident, at: Callable[..., Reception]) -> None:
    here, there = signed(at(), weather, ana), signed(at("portable"), weather, ana)
    first, second = own(here).standing().devices
    assert (first.current, first.open, second.current, second.open) == (True, True, False, True)
    own(here).revoke(second.device_id)
    assert there.session.proven
    with pytest.raises(SignInNeeded):
        own(there).standing()
    assert not there.session.proven, "the password may be one no longer"
    assert [device.current for device in own(here).standing().devices] == [True]


def test_a_new_password_ends_the_other_sessions_and_opens_the_lock(
    weather: Weather, ana: Resident, at: Callable[..., Reception]
) -> None:
    here, there = signed(at(), weather, ana), signed(at("portable"), weather, ana)
    with pytest.raises(Refused) as caught:
        own(here).change_password("faux", CHOSEN)
    assert [name for name, _ in caught.value.errors] == ["current"]
    own(here).change_password(PASSWORD, CHOSEN)
    with pytest.raises(SignInNeeded):
        own(there).standing()
    weather.down = True
    here.session.unlock(ana.email, CHOSEN, ana.person_id)
    with pytest.raises(Offline):
        here.session.unlock(ana.email, PASSWORD, ana.person_id)
    weather.down = False
    with pytest.raises(Refused):
        here.session.unlock(ana.email, PASSWORD, ana.person_id)
    weather.fates.append(Lose())
    with pytest.raises(Offline):
        own(here).change_password(CHOSEN, "cinq renards roux dorment")
    assert not here.session.proven, "the former one must not open the lock"


def test_without_a_password_in_this_run_only_the_portal_unlocks(
    weather: Weather, ana: Resident, at: Callable[..., Reception]
) -> None:
    signed(at(), weather, ana)
    later = at().enter(weather.address, ana.person_id)
    assert not later.session.proven
    weather.down = True
    with pytest.raises(Offline):
        later.session.unlock(ana.email, PASSWORD, ana.person_id)
    weather.down = False
    later.session.unlock(ana.email, PASSWORD, ana.person_id)
    assert later.session.proven


def open_store(reception: Reception, entrance: Entrance, account: str) -> Store:
    return Store(reception.place(account) / "store.db", entrance.vault.keys().database)


def test_two_accounts_stay_apart_and_one_is_forgotten_without_the_other(
    town: Town, weather: Weather, block: Block, ana: Resident, at: Callable[..., Reception]
) -> None:
    reception, luc = at(), town.person(block, "Luc")
    entrances = [signed(reception, weather, person) for person in (ana, luc)]
    for entrance, person in zip(entrances, (ana, luc), strict=True):
        open_store(reception, entrance, person.person_id).close()
    assert [one.name for one in reception.known(weather.address)] == ["Ana Petit", "Luc Petit"]
    keys = [entrance.vault.keys() for entrance in entrances]
    assert keys[0].database != keys[1].database
    assert keys[0].device != keys[1].device
    again = signed(reception, weather, ana)
    assert again.vault.keys() == keys[0], "the computer is known to the portal by its own secret for each"
    assert len(own(again).standing().devices) == 1

    left = reception.enter(weather.address, luc.person_id)
    told = erased(reception, again, ana)
    assert told.whole
    assert told.told
    assert told.others == 1
    assert [one.name for one in reception.known(weather.address)] == ["Luc Petit"]
    assert left.session.call(left.portal.me).person_id == luc.person_id
    open_store(reception, left, luc.person_id).close()
    assert not (reception.place(ana.person_id)).exists()
    assert (again.vault.made(), again.vault.refresh_token(), again.vault.who()) == (False, None, None)


def test_a_token_of_before_goes_to_whom_the_portal_says_when_the_settings_are_lost(
    town: Town, weather: Weather, block: Block, ana: Resident, at: Callable[..., Reception], tmp_path: Path
) -> None:
    """Two accounts in a profile that had one vault for all: neither ever sees the other's."""
    reception, luc = at(), town.person(block, "Luc")
    whole = FileVault(tmp_path / "bureau" / "vault")
    key = whole.keys().database
    for person in (ana, luc):
        Store(reception.place(person.person_id) / "store.db", key).close()
    portal = Portal(weather.address)
    Session(portal, whole, nobody).sign_in(luc.email, PASSWORD)
    portal.close()
    assert reception.known(weather.address) == ()
    entrance, account = reception.find(weather.address, "")
    assert account == luc.person_id
    assert entrance.session.call(entrance.portal.me).person_id == luc.person_id
    assert whole.refresh_token() is None
    other = reception.enter(weather.address, ana.person_id)
    assert not other.session.signed_in
    for one, person in ((entrance, luc), (other, ana)):
        assert one.vault.keys().database == key
        open_store(reception, one, person.person_id).close()


def erased(reception: Reception, entrance: Entrance, person: Resident) -> Forgotten:
    """As the window does it, with what it has open."""

    class Held:
        account = person.person_id

        def __init__(self) -> None:
            self.entrance = entrance

        def close(self) -> None:
            entrance.portal.close()

    held: Any = Held()
    return reception.forget(held)
