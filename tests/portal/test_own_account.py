"""One's own account: password, second factor, devices."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyotp
import pytest
from httpx import Response
from litestar.testing import TestClient
from sqlalchemy import select, update

from contract import paths
from portal import adviser, factors, safe, tries
from portal.database import Database
from portal.passwords import Passwords
from portal.tables import mails, persons, recovery_codes, second_factors
from tests.portal.databases import BOTH, url_of
from tests.portal.post import letters
from tests.portal.world import PASSWORD, Clock, Person, World

OTHER = "quatre moutons gris"
SignIn = Callable[[str], Person]


def attempt(client: TestClient[Any], world: World, password: str = PASSWORD, **more: str) -> Response:
    return client.post(paths.SIGN_IN, json={"email": world.email("all"), "password": password} | more)


def change(person: Person, current: str, password: str) -> Response:
    body = {"current": current, "password": password}
    return person.client.post(paths.PASSWORD, json=body, headers=person.headers)


def begun(person: Person) -> pyotp.TOTP:
    answer = person.client.post(paths.SECOND_FACTOR, json={"password": PASSWORD}, headers=person.headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    parsed = pyotp.parse_uri(told["uri"])
    assert isinstance(parsed, pyotp.TOTP)
    assert (parsed.secret, parsed.name, parsed.issuer) == (told["secret"], "all@exemple.fr", "Ponant Prévoyance")
    assert len(told["secret"]) == 32, "160 bits"
    return parsed


def confirmed(person: Person, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
    totp = begun(person)
    body = {"code": totp.at(clock.moment)}
    answer = person.client.put(paths.SECOND_FACTOR, json=body, headers=person.headers)
    assert answer.status_code == 200, answer.text
    return totp, answer.json()["codes"]


def end(person: Person, code: str, password: str = PASSWORD) -> Response:
    body = {"password": password, "code": code}
    return person.client.post(paths.SECOND_FACTOR_END, json=body, headers=person.headers)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request, tmp_path)


# Password


@BOTH
def test_a_new_password_ends_the_other_sessions(client: TestClient[Any], world: World, sign_in: SignIn) -> None:
    elsewhere, here = sign_in("all"), sign_in("all")
    assert change(here, PASSWORD, OTHER).status_code == 204
    assert here.get(paths.ME).status_code == 200
    assert elsewhere.get(paths.ME).status_code == 401
    over = client.post(paths.REFRESH, json={"refresh": elsewhere.tokens["refresh"]})
    assert over.json()["type"] == "urn:volet:problem:sign-in-again"
    assert [attempt(client, world, word).status_code for word in (PASSWORD, OTHER)] == [401, 200]
    assert [each.subject for each in letters(world)] == ["Votre mot de passe a changé"]


def test_a_new_password_voids_the_links_that_were_sent(clerk: Person, client: TestClient[Any], world: World) -> None:
    client.post(paths.NEW_LINK, json={"email": world.email("all")})
    secret = letters(world)[0].secret
    assert change(clerk, PASSWORD, OTHER).status_code == 204
    assert client.post(paths.LINK_SHOWN, json={"secret": secret}).status_code == 410


def test_a_password_that_is_replaced_meanwhile_is_not_overwritten(
    clerk: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a link, on another computer, while the new one of this session is hashed."""
    hashes = Passwords.hash

    def late(self: Passwords, password: str) -> str:
        with world.database.write() as tx:
            tx.db.execute(update(persons).where(persons.c.person_id == clerk.person_id).values(password_hash="other"))
        return hashes(self, password)

    monkeypatch.setattr(Passwords, "hash", late)
    assert change(clerk, PASSWORD, OTHER).json()["errors"][0]["field"] == "current"
    with world.database.read() as db:
        mine = select(persons.c.password_hash).where(persons.c.person_id == clerk.person_id)
        assert db.execute(mine).scalar_one() == "other"


@pytest.mark.parametrize(
    ("current", "password", "field"),
    [
        ("faux mot de passe", OTHER, "current"),
        (PASSWORD, "quatorze signe", "password"),
        (PASSWORD, "camille.all@exemple", "password"),
        (PASSWORD, PASSWORD, "password"),
    ],
)
def test_a_password_that_may_not_be(clerk: Person, current: str, password: str, field: str) -> None:
    refused = change(clerk, current, password)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_a_stolen_session_does_not_guess_the_password(clerk: Person, clock: Clock) -> None:
    tried = [change(clerk, "faux mot de passe", OTHER).status_code for _ in range(tries.FREE + 2)]
    assert tried == [422] * (tries.FREE + 1) + [429]
    assert change(clerk, PASSWORD, OTHER).status_code == 429
    clock.forward(seconds=20)
    assert change(clerk, PASSWORD, OTHER).status_code == 204
    assert change(clerk, OTHER, PASSWORD).status_code == 204


# Second factor


def test_a_second_factor_is_asked_for(clerk: Person, client: TestClient[Any], world: World, clock: Clock) -> None:
    totp, codes = confirmed(clerk, clock)
    assert len(set(codes)) == factors.RECOVERY_CODES
    assert all(len(code.replace("-", "")) == 16 for code in codes), "80 bits"
    clock.forward(seconds=30)
    for wrong in ({}, {"code": "000000"}, {"code": "AAAA-BBBB-CCCC-DDDD"}):
        refused = attempt(client, world, **wrong)
        assert (refused.status_code, refused.json()["type"]) == (401, "urn:volet:problem:second-factor")
    assert attempt(client, world, "faux mot de passe").json()["type"] == "urn:volet:problem:credentials"
    assert attempt(client, world, code=totp.at(clock.moment)).status_code == 200
    told = clerk.get(paths.ACCOUNT).json()
    assert (told["second_factor"], told["recovery_codes"]) == (True, 10)
    assert [each.subject for each in letters(world)] == ["La double authentification est activée"]


@BOTH
def test_a_code_opens_once(clerk: Person, client: TestClient[Any], world: World, clock: Clock) -> None:
    totp, codes = confirmed(clerk, clock)
    assert attempt(client, world, code=totp.at(clock.moment)).status_code == 401, "it confirmed already"
    clock.forward(seconds=60)
    code = totp.at(clock.moment)
    assert [attempt(client, world, code=each).status_code for each in (f"{code[:3]} {code[3:]}", code)] == [200, 401]
    assert attempt(client, world, code=totp.at(clock.moment, counter_offset=-1)).status_code == 401, (
        "before the last accepted"
    )
    assert attempt(client, world, code=totp.at(clock.moment, counter_offset=1)).status_code == 200, "a clock 30 s ahead"
    clock.forward(seconds=90)
    assert attempt(client, world, code=totp.at(clock.moment, counter_offset=-1)).status_code == 200, (
        "a clock 30 s behind"
    )
    clock.forward(seconds=90)
    assert attempt(client, world, code=totp.at(clock.moment, counter_offset=-2)).status_code == 401
    spelled = codes[3].lower().replace("-", " ")
    assert [attempt(client, world, code=each).status_code for each in (spelled, codes[3])] == [200, 401]
    assert clerk.get(paths.ACCOUNT).json()["recovery_codes"] == 9


def test_codes_are_not_guessed_at(clerk: Person, client: TestClient[Any], world: World, clock: Clock) -> None:
    """Not even by who knows the password: it is no longer than six digits."""
    totp, _ = confirmed(clerk, clock)
    clock.forward(seconds=60)
    tried = [attempt(client, world, code="000000").status_code for _ in range(tries.FREE + 2)]
    assert tried == [401] * (tries.FREE + 1) + [429]
    assert attempt(client, world, code=totp.at(clock.moment)).status_code == 429
    clock.forward(seconds=20)
    assert attempt(client, world, code=totp.at(clock.moment)).status_code == 200


def test_a_new_password_by_mail_does_not_bypass_it(
    clerk: Person, client: TestClient[Any], world: World, clock: Clock
) -> None:
    totp, _ = confirmed(clerk, clock)
    client.post(paths.NEW_LINK, json={"email": world.email("all")})
    sent = [each for each in letters(world) if "/link#" in each.text][-1]
    shown = client.post(paths.LINK_SHOWN, json={"secret": sent.secret}).json()
    assert shown["second_factor"], "who holds the link is told that a shorter password will do"
    body = {"link": {"secret": sent.secret}, "password": "kzqwpmnvrtxhg"}  # 13 characters: enough beside a factor
    assert client.post(paths.LINK_USED, json=body).status_code == 204
    assert attempt(client, world, "kzqwpmnvrtxhg").json()["type"] == "urn:volet:problem:second-factor"
    clock.forward(seconds=60)
    assert attempt(client, world, "kzqwpmnvrtxhg", code=totp.at(clock.moment)).status_code == 200


def test_a_mailbox_does_not_guess_at_codes(clerk: Person, client: TestClient[Any], world: World, clock: Clock) -> None:
    """A link forgives the tries at the password, not those at the code; neither does a session that was stolen."""
    device, email = clerk.tokens["device"], world.email("all")
    totp, _ = confirmed(clerk, clock)
    tried = []
    for password in (OTHER, "huit tortues lisent"):
        client.post(paths.NEW_LINK, json={"email": email})
        link = {"secret": [each for each in letters(world) if "/link#" in each.text][-1].secret}
        assert client.post(paths.LINK_USED, json={"link": link, "password": password}).status_code == 204
        tried += [attempt(client, world, password, code="000000").status_code for _ in range(4)]
    assert tried == [401] * (tries.FREE + 1) + [429] * 2
    clock.forward(seconds=60)
    body = {"email": email, "password": "huit tortues lisent", "code": totp.at(clock.moment), "device": device}
    assert client.post(paths.SIGN_IN, json=body).status_code == 200, "nobody locks her known device out"


def test_a_stolen_session_does_not_guess_at_codes(clerk: Person, clock: Clock) -> None:
    confirmed(clerk, clock)
    tried = []
    for current, following in ((PASSWORD, OTHER), (OTHER, PASSWORD)):
        tried += [end(clerk, "000000", current).status_code for _ in range(4)]
        assert change(clerk, current, following).status_code == 204
    assert tried == [422] * (tries.FREE + 1) + [429] * 2


def test_a_password_that_is_too_short_alone_keeps_its_factor(clerk: Person, clock: Clock) -> None:
    _, codes = confirmed(clerk, clock)
    assert change(clerk, PASSWORD, "kzqwpmnvrtxhg").status_code == 204
    assert end(clerk, codes[0], "kzqwpmnvrtxhg").json()["errors"][0]["field"] == "password"
    assert change(clerk, "kzqwpmnvrtxhg", OTHER).status_code == 204
    assert end(clerk, codes[0], OTHER).status_code == 204


def test_it_ends_with_password_and_code(clerk: Person, client: TestClient[Any], world: World, clock: Clock) -> None:
    totp, codes = confirmed(clerk, clock)
    again = client.post(paths.SECOND_FACTOR, json={"password": PASSWORD}, headers=clerk.headers)
    assert again.status_code == 422, "the one that stands would be lost"
    clock.forward(seconds=60)
    assert end(clerk, totp.at(clock.moment), "faux mot de passe").json()["errors"][0]["field"] == "password"
    assert end(clerk, "000000").json()["errors"][0]["field"] == "code"
    assert end(clerk, codes[0]).status_code == 204
    assert attempt(client, world).status_code == 200
    told = clerk.get(paths.ACCOUNT).json()
    assert (told["second_factor"], told["recovery_codes"]) == (False, 0)
    assert end(clerk, codes[1]).status_code == 422
    assert confirmed(clerk, clock)[1] != codes


def test_who_has_lost_everything_asks_the_adviser(
    clerk: Person, client: TestClient[Any], world: World, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--database", world.settings.database, "--files", str(world.settings.files), "--as", "sylvie"]
    if world.settings.database.startswith("sqlite"):
        words[1] = f"sqlite:///{world.settings.files.parent / 'portal.db'}"
    assert adviser.main([*words, "end-factor", world.email("all")]) == 1
    assert "n’a la double authentification" in capsys.readouterr().err
    confirmed(clerk, clock)
    assert adviser.main([*words, "end-factor", world.email("all").upper()]) == 0
    assert capsys.readouterr().out == "Camille All se connecte désormais avec son seul mot de passe.\n"
    assert clerk.get(paths.ME).status_code == 401
    assert attempt(client, world).status_code == 200
    with world.database.read() as db:
        kinds = db.execute(select(mails.c.kind).where(mails.c.recipient == world.email("all"))).scalars().all()
    assert sorted(kinds) == ["factor_begun", "factor_ended"]


def test_other_recovery_codes_take_the_place_of_those_of_before(
    clerk: Person, client: TestClient[Any], world: World, clock: Clock
) -> None:
    totp, former = confirmed(clerk, clock)
    again = clerk.client.put(paths.SECOND_FACTOR, json={"code": totp.at(clock.moment)}, headers=clerk.headers).json()
    assert again["title"] == "La double authentification est déjà activée.", "as who lost the answer is told"

    def renewed(code: str, password: str = PASSWORD) -> Response:
        body = {"password": password, "code": code}
        return clerk.client.post(paths.RECOVERY_CODES, json=body, headers=clerk.headers)

    assert [renewed(totp.at(clock.moment)).status_code, renewed(former[0], "faux").status_code] == [422, 422]
    clock.forward(seconds=30)
    codes = renewed(totp.at(clock.moment)).json()["codes"]
    assert len(set(codes) - set(former)) == 10
    assert attempt(client, world, code=former[1]).status_code == 401, "void"
    assert attempt(client, world, code=codes[0].lower().replace("-", " ")).status_code == 200
    assert clerk.get(paths.ACCOUNT).json()["recovery_codes"] == 9
    assert letters(world)[-1].subject == "Vos codes de secours ont changé"


def test_what_was_begun_and_not_confirmed_asks_for_nothing(
    clerk: Person, client: TestClient[Any], world: World, clock: Clock
) -> None:
    void, totp = begun(clerk), begun(clerk)
    assert attempt(client, world).status_code == 200
    answers = [
        client.put(paths.SECOND_FACTOR, json={"code": each.at(clock.moment)}, headers=clerk.headers).status_code
        for each in (void, totp, totp)
    ]
    assert answers == [422, 200, 422]


def test_neither_seed_nor_codes_are_kept_in_clear(clerk: Person, world: World, clock: Clock) -> None:
    """A copy of the database gives none of them, and one person's do not open another's."""
    totp, codes = confirmed(clerk, clock)
    with world.database.read() as db:
        kept = db.execute(select(second_factors)).one()
        sums = db.execute(select(recovery_codes.c.code_hash)).scalars().all()
    assert totp.secret not in str(kept)
    assert not any(code.replace("-", "") in str(sums) for code in codes)
    assert len(safe.unseal(world.settings, kept.sealed_seed, clerk.person_id)) == 20
    with pytest.raises(safe.Unsealed):
        safe.unseal(world.settings, kept.sealed_seed, world.people["nobody"])
    key = world.settings.files / "key"
    assert key.stat().st_mode & 0o077 == 0
    key.write_bytes(bytes(32))
    assert not accepted(world.database, world, clerk, totp.at(clock.moment, counter_offset=1))


def accepted(database: Database, world: World, person: Person, code: str) -> bool:
    with database.write() as tx:
        return factors.accept(tx, world.settings, person.person_id, code)


# Devices


@BOTH
def test_devices_are_told_and_forgotten(client: TestClient[Any], world: World, sign_in: SignIn, clock: Clock) -> None:
    lost = attempt(client, world, device_name="Portable\u0000 perdu").json()
    clock.forward(hours=1)
    here = sign_in("all")
    told = here.get(paths.ACCOUNT).json()["devices"]
    assert [(each["name"], each["open"], each["current"]) for each in told] == [
        ("", True, True),
        ("Portable perdu", True, False),
    ]
    clock.forward(minutes=5)
    access = {
        "Authorization": f"Bearer {client.post(paths.REFRESH, json={'refresh': lost['refresh']}).json()['access']}"
    }
    assert client.get(paths.ME, headers=access).status_code == 200
    told = here.get(paths.ACCOUNT).json()["devices"]
    assert told[0]["name"] == "Portable perdu", "a session that is renewed is a use"
    gone = paths.DEVICE.format(device_id=told[0]["device_id"])
    assert client.delete(gone, headers=sign_in("contact").headers).status_code == 404
    assert client.delete(gone, headers=here.headers).status_code == 204
    assert client.get(paths.ME, headers=access).status_code == 401
    over = client.post(paths.REFRESH, json={"refresh": lost["refresh"]})
    assert over.json()["type"] == "urn:volet:problem:sign-in-again"
    assert client.delete(gone, headers=here.headers).status_code == 404
    assert attempt(client, world, device=lost["device"]).json()["device"] not in (None, lost["device"])
    assert here.get(paths.ME).status_code == 200


def test_a_device_that_is_signed_out_stays_known(client: TestClient[Any], world: World, sign_in: SignIn) -> None:
    out, here = sign_in("all"), sign_in("all")
    client.post(paths.SIGN_OUT, headers=out.headers)
    told = here.get(paths.ACCOUNT).json()["devices"]
    assert sorted((each["open"], each["current"]) for each in told) == [(False, False), (True, True)]


def test_a_hundred_wrong_passwords_do_not_lock_out_a_known_device(
    client: TestClient[Any], world: World, clock: Clock
) -> None:
    device = attempt(client, world).json()["device"]
    for _ in range(100):
        answer = attempt(client, world, "faux mot de passe")
        clock.forward(seconds=int(answer.headers.get("retry-after", 0)) // 100)
    assert attempt(client, world).status_code == 429
    assert attempt(client, world, device=device).status_code == 200
