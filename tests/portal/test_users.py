"""Users and rights: who sees whom, who may give and take what, what the others are told, what the journal keeps."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import msgspec
import pytest
from httpx import Response
from sqlalchemy import event, select, update

from contract import paths
from contract.identity import new_id
from contract.portfolio import Right
from contract.users import ChangeRights
from portal import grants, people
from portal.database import SYSTEM, Transaction
from portal.grants import LastAdministrator, effective
from portal.problems import Refusal
from portal.tables import links, mails, persons
from portal.users import records, rules
from tests.portal.world import Clock, Person, World

SignIn = Callable[[str], Person]

ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is decided before the database is asked in any way that the two could answer differently."""

LATER = datetime(2027, 1, 1, tzinfo=UTC)
RIGHTS_ALONE = ("contact", "leave", "allowances", "documents")


def page(person: Person, cursor: str | None = None) -> dict[str, Any]:
    answer = person.client.get(paths.USERS, headers=person.headers, params={"cursor": cursor} if cursor else {})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def users(person: Person) -> dict[str, dict[str, Any]]:
    """All whom she administers, by identifier."""
    told = page(person)
    assert told["reset"]
    return {user["person_id"]: user for user in told["users"]}


def version(person: Person, name: str) -> int:
    return int(users(person)[person.world.people[name]]["version"])


def changing(world: World, name: str, base_version: int, **more: object) -> dict[str, Any]:
    change = {"person_id": world.people[name], "base_version": base_version, "space_ids": [world.own]} | more
    return {"wish": "change_rights", "changes": [change]}


def changed(person: Person, name: str, **more: object) -> Response:
    return person.wish(changing(person.world, name, version(person, name), **more))


def inviting(world: World, email: str = "anne.lefevre@exemple.fr", **more: object) -> dict[str, Any]:
    return {
        "wish": "invite_user",
        "person_id": new_id(),
        "civility": "Mme",
        "first_name": "Anne",
        "last_name": "Lefèvre",
        "email": email,
        "grants": [{"rights": ["contact", "leave"], "space_ids": [world.own]}],
        "function": "Gestionnaire",
    } | more


def about(wish: str, world: World, name: str, base_version: int, **more: object) -> dict[str, Any]:
    return {"wish": wish, "person_id": world.people[name], "base_version": base_version} | more


def problem(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit(":", 1)[1]


def held(world: World, name: str, space_id: str | None = None) -> frozenset[str]:
    with world.database.read() as db:
        return people.rights_in(db, world.people[name], space_id or world.own, world.clock.moment)


def journal(person: Person, before: str | None = None) -> dict[str, Any]:
    answer = person.client.get(paths.AUDIT, headers=person.headers, params={"before": before} if before else {})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


# Who sees whom


def test_one_sees_those_who_have_rights_where_one_administers(sign_in: SignIn, world: World) -> None:
    seen = users(sign_in("users"))
    assert world.people["contact"] in seen
    assert world.people["nobody"] not in seen
    assert world.people["stranger"] not in seen
    everything = seen[world.people["all"]]
    assert everything["grants"] == [{"rights": [*map(str, Right)], "space_ids": [world.own], "ends_on": None}]
    assert not everything["whole"], "she has rights in the second space, which is another's to administer"
    assert users(sign_in("all"))[world.people["all"]]["whole"]
    assert seen[world.people["suspended"]]["state"] == "active"
    with world.database.read() as db:
        numbers = db.execute(select(persons.c.administers).where(persons.c.person_id == world.people["contact"]))
        assert numbers.scalar_one() is False


@ON_ONE
def test_who_administers_nothing_is_told_nothing(sign_in: SignIn) -> None:
    contact = sign_in("contact")
    assert problem(contact.get(paths.USERS)) == (403, "rights")
    assert problem(contact.get(paths.AUDIT)) == (403, "rights")
    assert contact.get(paths.PULSE).json()["users"] is False


def test_changes_come_by_the_cursor_and_the_pulse_tells_of_them(sign_in: SignIn, world: World, clock: Clock) -> None:
    admin = sign_in("users")
    first = page(admin)
    assert (first["reset"], first["more"]) == (True, False)
    etag = admin.get(paths.PULSE).headers["etag"]
    assert admin.get(paths.PULSE, **{"If-None-Match": etag}).status_code == 304
    assert page(admin, first["cursor"]) | {"cursor": ""} == {
        "cursor": "", "reset": False, "more": False, "users": [], "gone": []
    }  # fmt: skip
    clock.forward(minutes=5)
    sign_in("leave")
    pulse = admin.get(paths.PULSE, **{"If-None-Match": etag})
    assert pulse.json() == {"me": False, "spaces": [], "users": True}
    second = page(admin, first["cursor"])
    (user,) = second["users"]
    assert (user["person_id"], user["signed_in_at"]) == (world.people["leave"], "2026-11-24T09:05:00Z")
    with world.database.write() as tx:
        people.withdraw(tx, SYSTEM, world.people["leave"], world.own, ["leave"])
    assert page(admin, second["cursor"])["gone"] == [world.people["leave"]]


def test_a_reading_in_pages_misses_nobody(sign_in: SignIn, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is taken away while one reads is told to be gone; who was never seen is not named."""
    admin = sign_in("users")
    whole = set(users(admin))
    monkeypatch.setattr(records, "SPACES_TOLD", 1)
    told, gone, cursor, pages = set[str](), list[str](), None, 0
    more = True
    while more:
        answer = page(admin, cursor)
        assert answer["reset"] is (pages == 0)
        assert len(answer["users"]) <= 1
        told |= {user["person_id"] for user in answer["users"]}
        gone += answer["gone"]
        cursor, more, pages = answer["cursor"], answer["more"], pages + 1
        if pages == len(whole) - 1:
            lost = next(name for name in RIGHTS_ALONE if world.people[name] in told)
            with world.database.write() as tx:
                people.withdraw(tx, SYSTEM, world.people[lost], world.own, [lost])
    assert told == whole
    assert gone == [world.people[lost]]


@ON_ONE
def test_with_other_spaces_one_reads_anew(sign_in: SignIn, world: World) -> None:
    admin = sign_in("users")
    cursor = page(admin)["cursor"]
    with world.database.write() as tx:
        people.grant(tx, SYSTEM, admin.person_id, world.second, [Right.USERS])
    again = page(admin, cursor)
    assert again["reset"]
    everything = next(user for user in again["users"] if user["person_id"] == world.people["all"])
    assert everything["whole"]
    assert everything["grants"][0]["space_ids"] == sorted([world.own, world.second])


@ON_ONE
@pytest.mark.parametrize("cursor", ["x", "a.0000000000000000.0.0.", "..", "é"])
def test_a_cursor_of_nobodys_reads_anew(sign_in: SignIn, cursor: str) -> None:
    assert page(sign_in("users"), cursor)["reset"]


# Giving and taking


def test_a_right_given_acts_at_once_and_is_answered(sign_in: SignIn, world: World) -> None:
    admin, contact = sign_in("all"), sign_in("contact")
    answer = changed(admin, "contact", add=["leave"], space_ids=[world.own, world.second], ends_on="2026-12-31")
    (told,) = answer.json()["touched"]
    assert (told["kind"], told["id"], told["number"]) == ("user", contact.person_id, told["record"]["version"])
    assert told["record"]["grants"] == [
        {"rights": ["contact"], "space_ids": [world.own], "ends_on": None},
        {"rights": ["leave"], "space_ids": sorted([world.own, world.second]), "ends_on": "2026-12-31"},
    ]
    contact.declared(world.second)
    assert changed(admin, "contact", remove=["leave"], space_ids=[world.second]).status_code == 200
    assert held(world, "contact", world.second) == frozenset()
    assert held(world, "contact") == {"contact", "leave"}


@ON_ONE
def test_a_delegation_holds_to_the_end_of_its_last_day_in_paris(sign_in: SignIn, world: World, clock: Clock) -> None:
    admin = sign_in("all")
    assert changed(admin, "contact", add=["leave"], ends_on="2026-11-24").status_code == 200
    clock.moment = datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC)
    assert "leave" in held(world, "contact")
    clock.forward(seconds=1)
    assert "leave" not in held(world, "contact")


@ON_ONE
def test_who_ends_without_rights_is_no_longer_seen(sign_in: SignIn, world: World) -> None:
    admin = sign_in("users")
    answer = changed(admin, "contact", remove=["contact"])
    assert answer.json()["touched"] == [
        {"number": 3, "kind": "user", "id": world.people["contact"], "record": None}
    ]  # fmt: skip
    assert problem(admin.wish(changing(world, "contact", 3, add=["users"]))) == (404, "unknown")


@ON_ONE
def test_nobody_gives_what_she_does_not_hold(sign_in: SignIn, world: World) -> None:
    admin = sign_in("users")
    refused = changed(admin, "contact", add=["leave"])
    assert problem(refused) == (403, "rights")
    assert changed(admin, "contact", add=["users"]).status_code == 200
    assert changed(admin, "leave", remove=["leave"]).status_code == 200, "she may take what she does not hold"
    elsewhere = changed(admin, "contact", add=["users"], space_ids=[world.own, world.second])
    assert problem(elsewhere) == (404, "unknown"), "a space that is none to her"
    assert "users" not in held(world, "contact", world.second)


@ON_ONE
def test_nobody_gives_for_longer_than_she_holds(sign_in: SignIn, world: World) -> None:
    main = sign_in("all")
    assert changed(main, "contact", add=["users", "leave"], ends_on="2026-12-31").status_code == 200
    delegate = sign_in("contact")
    for name, ends_on in (("documents", None), ("documents", "2027-01-01"), ("contact", None)):
        refused = changed(delegate, name, add=["leave"], ends_on=ends_on)
        assert problem(refused) == (422, "invalid"), "herself included"
        assert "31/12/2026" in refused.json()["errors"][0]["sentence"]
    assert changed(delegate, "documents", add=["leave"], ends_on="2026-12-31").status_code == 200


@ON_ONE
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"add": ["leave"], "remove": ["leave"]}, "changes.0"),
        ({"add": ["leave"], "ends_on": "2026-11-23"}, "changes.0.ends_on"),
        ({"add": ["leave"], "ends_on": "9999-12-31"}, "changes.0.ends_on"),
        ({"add": ["main_administrator"], "ends_on": "2026-12-31"}, "changes.0.ends_on"),
    ],
)
def test_what_makes_no_sense_is_named(clerk: Person, change: dict[str, Any], field: str) -> None:
    refused = changed(clerk, "contact", **change)
    assert problem(refused) == (422, "invalid")
    assert [error["field"] for error in refused.json()["errors"]] == [field]


@ON_ONE
def test_only_a_main_administrator_gives_and_takes_that(sign_in: SignIn, world: World) -> None:
    admin, main = sign_in("users"), sign_in("main_administrator")
    assert problem(changed(admin, "contact", add=["main_administrator"])) == (403, "rights")
    assert problem(changed(admin, "all", remove=["main_administrator"])) == (403, "rights")
    assert problem(admin.wish(about("remove_user", world, "all", version(admin, "all")))) == (403, "rights")
    assert changed(main, "contact", add=["main_administrator"]).status_code == 200
    assert changed(main, "all", remove=["main_administrator"]).status_code == 200


@ON_ONE
def test_a_change_rests_on_what_was_seen(sign_in: SignIn, world: World) -> None:
    admin, other = sign_in("all"), sign_in("users")
    seen, untouched = version(admin, "contact"), version(admin, "leave")
    assert changed(other, "contact", add=["users"]).status_code == 200
    sign_in("contact").opened()
    both = changing(world, "contact", seen, add=["leave"])
    both["changes"].insert(0, changing(world, "leave", untouched, add=["contact"])["changes"][0])
    stale = admin.wish(both)
    assert (stale.status_code, stale.json()["version"]) == (412, seen + 1), "a sign-in and a use count for nothing"
    assert [error["field"] for error in stale.json()["errors"]] == ["changes.1.base_version"]
    assert held(world, "leave") == {"leave"}, "all of it or nothing"


def test_a_space_keeps_a_main_administrator_who_can_act(sign_in: SignIn, world: World) -> None:
    alone = sign_in("all")
    with world.database.write() as tx:
        people.grant(tx, SYSTEM, world.people["contact"], world.second, [Right.MAIN_ADMINISTRATOR])
        tx.db.execute(update(persons).where(persons.c.person_id == world.people["contact"]).values(password_hash=None))
    refused = changed(alone, "all", space_ids=[world.own, world.second], remove=["main_administrator"])
    assert refused.status_code == 422
    assert refused.json()["title"] == "Un espace garde toujours un administrateur principal actif."
    assert refused.json()["detail"] == "Adhérent 997."
    assert "main_administrator" in held(world, "all")
    acts: tuple[Callable[[Transaction], None], ...] = (
        lambda tx: people.withdraw(tx, SYSTEM, alone.person_id, world.second, [Right.MAIN_ADMINISTRATOR]),
        lambda tx: people.make_administrator(tx, SYSTEM, world.people["contact"], world.second),
        lambda tx: people.suspend(tx, SYSTEM, alone.person_id),
        lambda tx: people.grant(tx, SYSTEM, alone.person_id, world.second, [Right.MAIN_ADMINISTRATOR], ends_at=LATER),
    )
    for act in acts:
        with pytest.raises(LastAdministrator), world.database.write() as tx:
            act(tx)
    assert changed(alone, "contact", space_ids=[world.second], remove=["main_administrator"]).status_code == 200


def test_of_two_who_demote_each_other_at_once_one_stays(clerk: Person, world: World) -> None:
    """Each may do it alone: the second finds herself without the right, or the last."""
    assert changed(clerk, "contact", add=["main_administrator"], space_ids=[world.second]).status_code == 200
    pair = ("all", "contact")
    wishes = {name: changing(world, other, version(clerk, other)) for name, other in zip(pair, pair[::-1], strict=True)}
    start = Barrier(2)

    def demote(name: str) -> str:
        change = wishes[name]["changes"][0] | {"space_ids": [world.second], "remove": ["main_administrator"]}
        wish = msgspec.convert({"changes": [change], "wish": "change_rights"}, ChangeRights)
        start.wait(10)
        try:
            with world.database.write() as tx:
                rules.carry_out(tx, world.settings, world.people[name], wish)
        except Refusal as refusal:
            return str(refusal.kind)
        return "done"

    with ThreadPoolExecutor(2) as threads:
        ended = sorted(threads.map(demote, pair))
    assert ended in (["done", "rights"], ["done", "invalid"], ["done", "unknown"])
    with world.database.read() as db:
        assert effective(db, [world.second]) == {world.second}


@contextmanager
def counted(world: World) -> Iterator[list[int]]:
    """How many rows each statement of the portal's own database was executed with."""
    made: list[int] = []

    def note(_db: object, _cursor: object, _statement: str, _values: object, _context: object, _many: object) -> None:
        made.append(1)

    engine = world.database._writing
    event.listen(engine, "before_cursor_execute", note)
    yield made
    event.remove(engine, "before_cursor_execute", note)


def test_many_spaces_are_no_more_statements_than_one(world: World) -> None:
    """What a change costs grows with its rows, not with round trips to the database."""
    made = {}
    for many in (1, 40):
        with world.database.write() as tx:
            company = people.add_company(tx, "Grande", "552100554" if many == 1 else "542107651")
            siret = "55210055400013" if many == 1 else "54210765113030"
            space_ids = [people.add_space(tx, company, f"{many}{place:05d}", siret) for place in range(many)]
            portfolio = people.add_portfolio(tx, "Grand", space_ids)
            one, two = (people.add_person(tx, portfolio, "A", "B", f"{name}{many}@grand.fr") for name in "xy")
        cells = {(person, space_id, "contact"): None for person in (one, two) for space_id in space_ids}
        with counted(world) as statements, world.database.write() as tx:
            grants.change(tx, SYSTEM, cells)
        made[many] = len(statements)
    assert made[40] <= made[1] + 2


@ON_ONE
def test_a_wish_changes_so_many_rights_and_no_more(
    clerk: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.users.authority.limits.RIGHTS_PER_WISH", 3)
    assert changed(clerk, "contact", add=["leave", "documents", "users"]).status_code == 200
    refused = changed(clerk, "contact", remove=["leave", "documents"], space_ids=[world.own, world.second])
    assert (refused.status_code, refused.json()["title"]) == (422, "Il y a trop de changements à la fois.")


@ON_ONE
def test_who_gives_her_office_up_sees_nobody_any_more(sign_in: SignIn, world: World) -> None:
    admin = sign_in("users")
    answer = changed(admin, "users", remove=["users"])
    assert answer.json()["touched"][0]["record"] is None
    assert problem(admin.get(paths.USERS)) == (403, "rights")
    assert admin.get(paths.PULSE).json()["users"] is False


# Persons


@ON_ONE
def test_an_invited_person_is_seen_and_gets_a_link(clerk: Person, world: World) -> None:
    wish = inviting(world, " Anne.Lefevre@exemple.fr ")
    answer = clerk.wish(wish)
    (told,) = answer.json()["touched"]
    record = told["record"]
    assert (record["state"], record["email"]) == ("invited", "anne.lefevre@exemple.fr")
    assert (record["invited_at"], record["signed_in_at"], record["whole"]) == ("2026-11-24T09:00:00Z", None, True)
    assert users(clerk)[wish["person_id"]] == record
    done = [entry["action"] for entry in journal(clerk)["entries"]]
    assert done[:2] == ["rights.grant", "person.invite"], "the latest first, within one wish too"
    with world.database.read() as db:
        assert db.execute(select(links.c.person_id)).scalars().all() == [wish["person_id"]]
        assert db.execute(select(mails.c.recipient)).scalars().all() == ["anne.lefevre@exemple.fr"]


@ON_ONE
def test_all_that_is_wrong_with_a_person_is_told_at_once(clerk: Person, world: World) -> None:
    refused = clerk.wish(inviting(world, "paie@exemple.fr", first_name=" ", last_name="Lef\x00"))
    assert problem(refused) == (422, "invalid")
    assert {error["field"] for error in refused.json()["errors"]} == {"email", "first_name", "last_name"}


@ON_ONE
def test_an_address_serves_once(sign_in: SignIn, clerk: Person, world: World) -> None:
    for name, field in (("contact", "email"), ("stranger", "email")):
        refused = clerk.wish(inviting(world, world.email(name)))
        assert [error["field"] for error in refused.json()["errors"]] == [field]
    back = clerk.wish(inviting(world, world.email("nobody")))
    (told,) = back.json()["touched"]
    assert (told["id"], told["record"]["state"]) == (world.people["nobody"], "active"), "she has her password already"
    assert sign_in("nobody").wish(sign_in("nobody").ask()).status_code == 200
    wish = inviting(world)
    assert clerk.wish(wish).status_code == 200
    again = clerk.wish(inviting(world, "autre@exemple.fr", person_id=wish["person_id"]))
    assert problem(again) == (422, "other-wish")


@ON_ONE
def test_an_invitation_is_sent_again_to_who_has_not_come(clerk: Person, world: World, clock: Clock) -> None:
    wish = inviting(world)
    clerk.wish(wish)
    before = page(clerk)
    clock.forward(days=1)
    clerk = Person(clerk.client, world, "all")
    again = clerk.wish({"wish": "invite_again", "person_id": wish["person_id"]})
    (told,) = again.json()["touched"]
    assert told["record"]["invited_at"] == "2026-11-25T09:00:00Z"
    told_anew = {user["person_id"] for user in page(clerk, before["cursor"])["users"]}
    assert told_anew == {clerk.person_id, wish["person_id"]}
    with world.database.read() as db:
        assert sorted(void is None for void in db.execute(select(links.c.void_at)).scalars()) == [False, True]
    refused = clerk.wish({"wish": "invite_again", "person_id": world.people["contact"]})
    assert problem(refused) == (422, "invalid")


def test_invitations_are_so_many_a_day(
    sign_in: SignIn, clerk: Person, world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By one administrator, and to one person whoever sends them; what is refused counts for nothing."""
    monkeypatch.setattr("portal.users.rules.limits.INVITATIONS_PER_DAY", 3)
    monkeypatch.setattr("portal.users.rules.limits.INVITATIONS_TO_ONE_PER_DAY", 2)
    wish = inviting(world, grants=[{"rights": ["users"], "space_ids": [world.own]}])
    again = {"wish": "invite_again", "person_id": wish["person_id"]}
    assert [clerk.wish(each).status_code for each in (wish, again)] == [200, 200]
    other = sign_in("users")
    for author in (clerk, other):
        enough = author.wish(again)
        assert problem(enough) == (422, "invalid")
        assert enough.json()["title"] == "Cette personne a reçu assez d’invitations aujourd’hui."
    assert clerk.wish(inviting(world, "b.lefevre@exemple.fr")).status_code == 200, "the third"
    refused = clerk.wish(inviting(world, "c.lefevre@exemple.fr"))
    assert refused.json()["title"] == "Vous avez envoyé beaucoup d’invitations aujourd’hui."
    assert len(users(clerk).keys() - set(world.people.values())) == 2, "who could not be written to was not added"
    clock.forward(days=1)
    assert Person(clerk.client, world, "all").wish(again).status_code == 200


@ON_ONE
def test_a_person_is_corrected_by_who_administers_her_wholly(sign_in: SignIn, clerk: Person, world: World) -> None:
    contact = sign_in("contact")
    etag = contact.get(paths.PULSE).headers["etag"]
    said = {"civility": "M.", "first_name": "Jean", "last_name": "Le Goff", "phone": "02 98 00 00 00", "function": ""}
    wish = about("correct_user", world, "contact", version(clerk, "contact"), **said)
    (told,) = clerk.wish(wish).json()["touched"]
    assert {name: told["record"][name] for name in said} == said
    assert contact.get(paths.PULSE, **{"If-None-Match": etag}).json()["me"]
    assert contact.get(paths.ME).json()["last_name"] == "Le Goff"
    users_of_own = sign_in("users")
    refused = users_of_own.wish(about("correct_user", world, "all", version(users_of_own, "all"), **said))
    assert problem(refused) == (403, "rights")


def test_a_suspended_person_is_out_at_her_next_request(sign_in: SignIn, clerk: Person, world: World) -> None:
    contact = sign_in("contact")
    answer = clerk.wish(about("suspend_user", world, "contact", version(clerk, "contact"), suspended=True))
    assert answer.json()["touched"][0]["record"]["state"] == "suspended"
    assert problem(contact.get(paths.ME)) == (401, "sign-in-again")
    back = clerk.wish(about("suspend_user", world, "contact", version(clerk, "contact"), suspended=False))
    assert back.json()["touched"][0]["record"]["state"] == "active"
    assert contact.get(paths.ME).status_code == 401
    sign_in("contact")


@ON_ONE
def test_who_may_not_be_suspended(sign_in: SignIn, clerk: Person, world: World) -> None:
    admin = sign_in("users")
    for author, name in ((admin, "all"), (admin, "main_administrator"), (clerk, "all")):
        for wish in ("suspend_user", "remove_user"):
            more = {"suspended": True} if wish == "suspend_user" else {}
            refused = author.wish(about(wish, world, name, version(author, name), **more))
            assert problem(refused) == (403, "rights"), (wish, name)


def test_a_removed_person_keeps_what_others_administer(sign_in: SignIn, world: World) -> None:
    admin, main, contact = sign_in("users"), sign_in("all"), sign_in("contact")
    assert changed(main, "contact", add=["leave"], space_ids=[world.second]).status_code == 200
    removed = admin.wish(about("remove_user", world, "contact", version(admin, "contact")))
    assert removed.json()["touched"][0]["record"] is None
    assert [space["space_id"] for space in contact.get(paths.ME).json()["spaces"]] == [world.second]
    assert main.wish(about("remove_user", world, "contact", version(main, "contact"))).status_code == 200
    assert problem(contact.get(paths.ME)) == (401, "sign-in")
    refresh = contact.client.post(paths.REFRESH, json={"refresh": contact.tokens["refresh"]})
    assert problem(refresh) == (401, "sign-in-again")
