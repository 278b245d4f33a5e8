"""Sign-in: tokens, rotation, throttling, and no telling which accounts exist."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from httpx import Response
from litestar.testing import TestClient
from sqlalchemy import func, select, update

from contract import paths
from portal import people, sessions, tries
from portal.database import SYSTEM
from portal.passwords import Passwords
from portal.tables import access_tokens, audit_log, families, persons
from tests.portal.world import PASSWORD, Clock, Person, World, open_client, settings_for

SignIn = Callable[[str], Person]


def refresh(client: TestClient[Any], token: str) -> Response:
    return client.post(paths.REFRESH, json={"refresh": token})


def attempt(client: TestClient[Any], email: str, password: str, device: str | None = None) -> Response:
    return client.post(paths.SIGN_IN, json={"email": email, "password": password, "device": device})


def test_a_session_lasts_ten_minutes_and_is_renewed(clerk: Person, clock: Clock) -> None:
    assert clerk.tokens["access_seconds"] == 600
    clock.forward(seconds=599)
    assert clerk.get(paths.ME).status_code == 200
    clock.forward(seconds=1)
    refused = clerk.get(paths.ME)
    assert refused.status_code == 401
    assert refused.json()["type"] == "urn:volet:problem:sign-in"
    assert refused.headers["www-authenticate"] == "Bearer"
    renewed = refresh(clerk.client, clerk.tokens["refresh"]).json()
    clerk.headers["Authorization"] = f"Bearer {renewed['access']}"
    assert clerk.get(paths.ME).status_code == 200


def test_the_email_is_read_whatever_its_case(client: TestClient[Any], world: World) -> None:
    assert attempt(client, f"  {world.email('all').upper()} ", PASSWORD).status_code == 200


def test_no_secret_is_kept_in_clear(clerk: Person, world: World) -> None:
    secrets = [clerk.tokens[name] for name in ("access", "refresh", "device")]
    assert all(len(secret) >= 43 for secret in secrets)
    with world.database.read() as db:
        kept = str(db.execute(select(access_tokens)).all()) + str(db.execute(select(families)).all())
        hashed = db.execute(select(persons.c.password_hash)).scalars().all()
    assert not any(secret in kept for secret in secrets)
    assert all(value.startswith("$argon2id$") for value in hashed)


def test_signing_out_ends_the_session(clerk: Person) -> None:
    assert clerk.client.post(paths.SIGN_OUT, headers=clerk.headers).status_code == 204
    assert clerk.get(paths.ME).status_code == 401
    over = refresh(clerk.client, clerk.tokens["refresh"])
    assert (over.status_code, over.json()["type"]) == (401, "urn:volet:problem:sign-in-again")


def test_a_device_gets_its_secret_once_and_keeps_one_session(client: TestClient[Any], world: World) -> None:
    first = attempt(client, world.email("all"), PASSWORD).json()
    second = attempt(client, world.email("all"), PASSWORD, first["device"]).json()
    assert first["device"]
    assert second["device"] is None
    assert refresh(client, first["refresh"]).status_code == 401
    assert refresh(client, second["refresh"]).status_code == 200


def test_another_persons_device_is_no_device(client: TestClient[Any], world: World) -> None:
    theirs = attempt(client, world.email("contact"), PASSWORD).json()["device"]
    mine = attempt(client, world.email("all"), PASSWORD, theirs).json()
    assert mine["device"] not in (None, theirs)


# Rotation


def test_the_refresh_token_rotates_at_most_every_twelve_hours(clerk: Person, clock: Clock) -> None:
    first = clerk.tokens["refresh"]
    clock.forward(hours=11, minutes=59)
    assert refresh(clerk.client, first).json()["refresh"] is None
    clock.forward(minutes=1)
    second = refresh(clerk.client, first).json()["refresh"]
    assert second
    assert refresh(clerk.client, second).json()["refresh"] is None


def test_a_lost_answer_voids_the_next_token_and_gives_another(clerk: Person, clock: Clock) -> None:
    first = clerk.tokens["refresh"]
    clock.forward(hours=12)
    lost = refresh(clerk.client, first).json()["refresh"]
    found = refresh(clerk.client, first).json()["refresh"]
    assert found
    assert found != lost
    assert refresh(clerk.client, lost).status_code == 401
    assert refresh(clerk.client, found).status_code == 200


def test_a_spent_token_revokes_the_family(clerk: Person, clock: Clock, world: World) -> None:
    first = clerk.tokens["refresh"]
    clock.forward(hours=12)
    second = refresh(clerk.client, first).json()
    clerk.headers["Authorization"] = f"Bearer {second['access']}"
    assert refresh(clerk.client, second["refresh"]).status_code == 200
    assert clerk.get(paths.ME).status_code == 200
    thief = refresh(clerk.client, first)
    assert (thief.status_code, thief.json()["type"]) == (401, "urn:volet:problem:sign-in-again")
    assert refresh(clerk.client, second["refresh"]).status_code == 401
    assert clerk.get(paths.ME).status_code == 401
    with world.database.read() as db:
        logged = select(func.count()).where(audit_log.c.action == "session.revoke")
        assert db.execute(logged).scalar_one() == 1


def test_lost_answers_never_sign_anyone_out(clerk: Person, clock: Clock) -> None:
    """A client that keeps what it was answered, when the answer arrives at all: three in ten do not."""
    weather = random.Random(7611111)  # noqa: S311  a seed, so that it fails twice alike
    kept = clerk.tokens["refresh"]
    rotated = 0
    for _ in range(250):
        clock.forward(hours=weather.choice([0.1, 5, 12.5]))
        answer = refresh(clerk.client, kept)
        assert answer.status_code == 200
        if weather.random() < 0.3:
            continue
        if answer.json()["refresh"]:
            kept, rotated = answer.json()["refresh"], rotated + 1
    assert rotated > 20


@pytest.mark.parametrize(("days", "uses", "status"), [(29, 1, 200), (31, 1, 401), (29, 3, 200), (29, 4, 401)])
def test_thirty_days_idle_and_ninety_in_all(clerk: Person, clock: Clock, days: int, uses: int, status: int) -> None:
    token, answer = clerk.tokens["refresh"], None
    for _ in range(uses):
        clock.forward(days=days)
        answer = refresh(clerk.client, token)
        token = (answer.json().get("refresh") or token) if answer.status_code == 200 else token
    assert answer is not None
    assert answer.status_code == status


# Suspension


def test_suspension_acts_at_the_next_request(sign_in: SignIn, world: World) -> None:
    clerk = sign_in("contact")
    assert clerk.get(paths.ME).status_code == 200
    with world.database.write() as tx:
        people.suspend(tx, SYSTEM, clerk.person_id)
    refused = clerk.get(paths.ME)
    assert (refused.status_code, refused.json()["type"]) == (401, "urn:volet:problem:sign-in-again")
    assert refresh(clerk.client, clerk.tokens["refresh"]).status_code == 401
    assert attempt(clerk.client, world.email("contact"), PASSWORD).status_code == 401
    with world.database.write() as tx:
        people.suspend(tx, SYSTEM, clerk.person_id, suspended=False)
    assert clerk.get(paths.ME).status_code == 401
    assert attempt(clerk.client, world.email("contact"), PASSWORD).status_code == 200


def test_a_session_begun_in_suspension_does_not_come_to_life(client: TestClient[Any], world: World) -> None:
    person_id = world.people["contact"]
    with world.database.write() as tx:
        people.suspend(tx, SYSTEM, person_id)
        begun = sessions.begin(tx, world.settings, person_id, None, "")
    with world.database.write() as tx:
        people.suspend(tx, SYSTEM, person_id, suspended=False)
    assert begun.refresh is not None
    assert refresh(client, begun.refresh).status_code == 401


# Guessing


def test_an_unknown_account_costs_and_says_the_same(
    client: TestClient[Any], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[bool] = []
    truly = Passwords.check

    def check(self: Passwords, kept: str | None, password: str) -> bool:
        counted.append(kept is not None)
        return truly(self, kept, password)

    monkeypatch.setattr(Passwords, "check", check)
    wrong = attempt(client, world.email("all"), "faux mot de passe")
    unknown = attempt(client, "personne@exemple.fr", "faux mot de passe")
    assert counted == [True, False]
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
    assert wrong.headers == unknown.headers
    assert wrong.json()["title"] == "L\u2019adresse e-mail et le mot de passe ne correspondent pas."
    for _ in range(tries.FREE):
        wrong = attempt(client, world.email("all"), "faux mot de passe")
        unknown = attempt(client, "personne@exemple.fr", "faux mot de passe")
    assert wrong.status_code == unknown.status_code == 401
    wrong = attempt(client, world.email("all"), "faux mot de passe")
    unknown = attempt(client, "personne@exemple.fr", "faux mot de passe")
    assert wrong.status_code == unknown.status_code == 429
    assert wrong.headers["retry-after"] == unknown.headers["retry-after"]


def test_another_spelling_of_the_email_is_no_other_account(client: TestClient[Any], world: World) -> None:
    """Characters that are not seen, case and composition: all spellings share one count of tries."""
    with world.database.write() as tx:
        people.add_person(tx, world.portfolio, "Zoé", "Roux", "Zo\u0065\u0301@exemple.fr")
    for spellings in (
        [world.email("all"), "a\u200bll@exemple.fr", "al\u00adl\x01@exemple.fr ", "\ufeffALL@exemple.fr"],
        ["zoé@exemple.fr", "zoe\u0301@exemple.fr", "ZO\u00c9@exemple.fr", "zo\u200dé@exemple.fr"],
    ):
        tried = [attempt(client, spelling, "faux mot de passe").status_code for spelling in spellings * 2]
        assert tried == [401] * (tries.FREE + 1) + [429] * 2
    with world.database.read() as db:
        kept = select(func.count()).where(persons.c.email == "zoé@exemple.fr")
        assert db.execute(kept).scalar_one() == 1


def test_no_decoy_is_ever_right(client: TestClient[Any]) -> None:
    assert attempt(client, "personne@exemple.fr", "nobody has this password").status_code == 401


def test_delays_double_up_to_a_quarter_of_an_hour() -> None:
    assert [tries.delay_after(n) for n in range(1, 14)] == [0, 0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900]


def test_strangers_get_twenty_five_tries_a_day(client: TestClient[Any], world: World, clock: Clock) -> None:
    tried = 0
    end = clock.moment.replace(hour=23, minute=59)
    while clock.moment < end:
        answer = attempt(client, world.email("all"), "faux mot de passe")
        if answer.status_code == 401:
            tried += 1
        else:
            assert answer.status_code == 429
            clock.forward(seconds=int(answer.headers["retry-after"]))
    assert tried == tries.A_DAY
    clock.forward(minutes=2)
    assert attempt(client, world.email("all"), PASSWORD).status_code == 200


def test_strangers_do_not_lock_out_a_known_device(client: TestClient[Any], world: World) -> None:
    device = attempt(client, world.email("all"), PASSWORD).json()["device"]
    while attempt(client, world.email("all"), "faux mot de passe").status_code != 429:
        pass
    assert attempt(client, world.email("all"), PASSWORD).status_code == 429
    assert attempt(client, world.email("all"), PASSWORD, device).status_code == 200
    assert attempt(client, world.email("all"), PASSWORD, "inventé").status_code == 429


def test_a_known_device_has_a_bucket_of_its_own(client: TestClient[Any], world: World) -> None:
    device = attempt(client, world.email("all"), PASSWORD).json()["device"]
    for _ in range(tries.FREE + 1):
        assert attempt(client, world.email("all"), "faux mot de passe", device).status_code == 401
    assert attempt(client, world.email("all"), PASSWORD, device).status_code == 429
    assert attempt(client, world.email("all"), PASSWORD).status_code == 200


def test_the_right_password_gives_the_tries_back(client: TestClient[Any], world: World) -> None:
    for _ in range(4):
        for _ in range(tries.FREE - 1):
            assert attempt(client, world.email("all"), "faux mot de passe").status_code == 401
        assert attempt(client, world.email("all"), PASSWORD).status_code == 200


def test_an_address_has_a_token_bucket(world: World, clock: Clock) -> None:
    limited = settings_for(world.settings.database, world.settings.files, clock, address_burst=3, address_seconds=10.0)
    with open_client(limited) as client:
        for number in range(3):
            assert attempt(client, f"personne{number}@exemple.fr", "faux mot de passe").status_code == 401
        refused = attempt(client, world.email("all"), PASSWORD)
        assert refused.status_code == 429
        clock.forward(seconds=int(refused.headers["retry-after"]))
        assert attempt(client, world.email("all"), PASSWORD).status_code == 200


@pytest.mark.parametrize("meanwhile", [{"password_hash": "another"}, {"suspended": True}])
def test_a_password_that_is_replaced_while_it_is_looked_at_begins_no_session(
    client: TestClient[Any], world: World, monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, object]
) -> None:
    """A new password ends all sessions: one that was about to begin with the former is one of them."""
    looks = PasswordHasher.verify

    def verify(self: PasswordHasher, kept: str, password: str) -> bool:
        right = looks(self, kept, password)
        with world.database.write() as tx:
            tx.db.execute(update(persons).where(persons.c.email == world.email("all")).values(meanwhile))
        return right

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    body = {"email": world.email("all"), "password": PASSWORD}
    assert client.post(paths.SIGN_IN, json=body).status_code == 401


def test_a_hash_of_before_is_renewed(client: TestClient[Any], world: World, clock: Clock) -> None:
    dearer = settings_for(world.settings.database, world.settings.files, clock, hashing_kib=16)
    with open_client(dearer) as renewed:
        assert attempt(renewed, world.email("all"), PASSWORD).status_code == 200
    with world.database.read() as db:
        mine = persons.c.person_id == world.people["all"]
        assert "m=16," in db.execute(select(persons.c.password_hash).where(mine)).scalar_one()
    assert attempt(client, world.email("all"), PASSWORD).status_code == 200


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"email":"a@b.fr"}', b'{"email":"a@b.fr","password":"x","more":1}', b"\xff"]
)
def test_strict_bodies(client: TestClient[Any], body: bytes) -> None:
    answer = client.post(paths.SIGN_IN, content=body)
    assert answer.status_code in (400, 422)
    assert answer.json()["type"] == "urn:volet:problem:invalid"
    assert answer.headers["content-type"] == "application/problem+json"
