"""Making an account and coming back into one: links, and what no answer may tell."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import Response
from litestar.testing import TestClient
from PySide6.QtCore import QCoreApplication
from PySide6.QtQml import QJSEngine
from sqlalchemy import func, select, update

from contract import paths
from contract.accounts import LinkPurpose
from contract.portfolio import Right
from portal import links, people, tries
from portal.accounts import beginning
from portal.accounts.beginning import Candidate
from portal.accounts.page import policy
from portal.app import create_app
from portal.database import SYSTEM, Transaction
from portal.passwords import Passwords
from portal.tables import audit_log, mails, persons, spaces
from portal.tables import links as kept_links
from tests.portal.databases import BOTH, url_of
from tests.portal.post import letter, letters
from tests.portal.statements import tidied, watched
from tests.portal.world import PASSWORD, Clock, Person, World, open_client

CHOSEN = "quatre moutons gris"
NEW = "anne.legoff@verrerie.fr"
SIREN, SIRET, MEMBER = "552100554", "55210055400013", "8001"


def begin(client: TestClient[Any], **other: str) -> Response:
    told = {
        "company_number": SIREN,
        "member_number": MEMBER,
        "civility": "Mme",
        "first_name": "Anne",
        "last_name": "Le Goff",
        "email": NEW,
        "phone": "01 02 03 04 05",
        "function": "DRH",
    }
    return client.post(paths.NEW_ACCOUNT, json=told | other)


def show(client: TestClient[Any], **link: str) -> Response:
    return client.post(paths.LINK_SHOWN, json=link)


def use(client: TestClient[Any], password: str = CHOSEN, **link: str) -> Response:
    return client.post(paths.LINK_USED, json={"link": link, "password": password})


def ask(client: TestClient[Any], email: str) -> Response:
    return client.post(paths.NEW_LINK, json={"email": email})


def attempt(client: TestClient[Any], email: str, password: str, **more: str) -> Response:
    return client.post(paths.SIGN_IN, json={"email": email, "password": password} | more)


def invited(client: TestClient[Any], world: World, email: str = "lea.roux@ateliers.fr") -> str:
    """Somebody who may come into the space of the group, and whose letter is on its way."""
    with world.database.write() as tx:
        person_id = people.add_person(tx, world.portfolio, "Léa", "Roux", email)
        people.grant(tx, SYSTEM, person_id, world.own, [Right.CONTACT])
        links.issue(tx, world.settings, LinkPurpose.INVITATION, email, person_id, by="Camille All\r\nBcc: x@y.fr")
    ask(client, "personne@exemple.fr")  # the portal in the client has not seen us write: this sends its postman out
    return person_id


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request, tmp_path)


@pytest.fixture
def vacant(world: World) -> str:
    """A space of a company that nobody administers yet."""
    with world.database.write() as tx:
        company = people.add_company(tx, "Verrerie Le Goff", SIREN)
        return people.add_space(tx, company, MEMBER, SIRET)


# Making one


@BOTH
def test_an_account_is_made_in_three_steps(client: TestClient[Any], world: World, vacant: str, clock: Clock) -> None:
    assert begin(client).json() == {"step": "mail"}
    sent = letter(world, NEW)
    assert sent.subject == "Créez votre compte"
    assert "Anne" not in sent.text, "nobody has vouched for this address yet"
    clock.forward(hours=1)
    for link in ({"secret": sent.secret}, {"email": NEW.upper(), "code": sent.code.lower().replace("-", " ")}):
        assert show(client, **link).json() == {
            "purpose": "create",
            "email": NEW,
            "first_name": "Anne",
            "expires_seconds": 71 * 3600,
            "company": "Verrerie Le Goff",
            "spaces": 1,
            "second_factor": False,
        }
    assert attempt(client, NEW, CHOSEN).status_code == 401
    assert use(client, secret=sent.secret).status_code == 204
    access = attempt(client, NEW, CHOSEN).json()["access"]
    me = client.get(paths.ME, headers={"Authorization": f"Bearer {access}"}).json()
    assert (me["first_name"], me["last_name"], me["email"]) == ("Anne", "Le Goff", NEW)
    assert [(space["space_id"], sorted(space["rights"])) for space in me["spaces"]] == [(vacant, sorted(Right))]
    assert me["spaces"][0]["administrator"] == "Anne Le Goff"
    with world.database.read() as db:
        kept = db.execute(select(persons).where(persons.c.email == NEW)).one()
        assert (kept.phone, kept.function) == ("01 02 03 04 05", "DRH")
        assert CHOSEN not in str(kept)
        assert db.execute(select(mails.c.payload)).scalars().all() == [""], "a secret outlives its mail"
        assert "account.create" in db.execute(select(audit_log.c.action)).scalars().all()


@BOTH
def test_who_is_already_there_adds_users(client: TestClient[Any], world: World, vacant: str) -> None:
    """Also when it is in another space of the company, and before she has chosen her password; no name is told."""
    with world.database.write() as tx:
        company = select(spaces.c.company_id).where(spaces.c.space_id == vacant).scalar_subquery()
        second = people.add_space(tx, tx.db.execute(select(company)).scalar_one(), "8002", "55210055400021")
        portfolio = people.add_portfolio(tx, "Verrerie", [second])
        there = people.add_person(tx, portfolio, "Paul", "Kerbrat", "paul@verrerie.fr")
        people.grant(tx, SYSTEM, there, second, [Right.MAIN_ADMINISTRATOR])
    assert begin(client).content == b'{"step":"administrator"}'
    assert letters(world) == []


def test_a_link_does_not_make_a_second_administrator(client: TestClient[Any], world: World, vacant: str) -> None:
    begin(client)
    begin(client, email="paul@verrerie.fr")
    first, second = letter(world, NEW), letter(world, "paul@verrerie.fr")
    assert use(client, secret=first.secret).status_code == 204
    late = use(client, secret=second.secret)
    assert late.status_code == show(client, secret=second.secret).status_code == 410
    assert "administrateur" in late.json()["title"]
    assert attempt(client, "paul@verrerie.fr", CHOSEN).status_code == 401


@BOTH
def test_two_spaces_of_a_company_get_one_administrator_at_once(world: World, vacant: str) -> None:
    """Who is second waits for who is first, and finds that there is one."""
    with world.database.write() as tx:
        company = tx.db.execute(select(spaces.c.company_id).where(spaces.c.space_id == vacant)).scalar_one()
        second = people.add_space(tx, company, "8002", "55210055400021")

    def make(space_id: str, email: str) -> str | None:
        with world.database.write() as tx:
            return made_in(tx, space_id, email)

    def made_in(tx: Transaction, space_id: str, email: str) -> str | None:
        payload = msgspec.json.encode(Candidate(space_id, "", "Anne", "Le Goff", "", "")).decode()
        return beginning.make(tx, email, payload, "hash")

    with ThreadPoolExecutor(1) as pool:
        with world.database.write() as tx:
            assert made_in(tx, vacant, NEW) is not None
            late = pool.submit(make, second, "paul@verrerie.fr")
            wait([late], timeout=0.3)
            assert not late.done()
        assert late.result() is None


def test_what_is_wrong_is_said_beside_each_field(client: TestClient[Any], vacant: str) -> None:
    answer = begin(client, company_number="552100555", member_number=" ", email="rh@verrerie.fr", first_name="\u200b")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [
        "company_number",
        "member_number",
        "first_name",
        "email",
    ]
    assert [begin(client, **other).status_code for other in ({"company_number": SIRET}, {"member_number": "1002"})] == [
        200,
        422,
    ]


def test_numbers_that_do_not_go_together_are_not_guessed_at(client: TestClient[Any], vacant: str, clock: Clock) -> None:
    tried = [begin(client, member_number=str(number)).status_code for number in range(tries.FREE + 3)]
    assert tried == [422] * (tries.FREE + 1) + [429] * 2
    assert begin(client).status_code == 429, "the right pair would tell itself apart"
    clock.forward(seconds=20)
    assert begin(client).status_code == 200


# Links


def test_a_link_works_once_and_says_why_not_twice(client: TestClient[Any], world: World) -> None:
    person_id = invited(client, world)
    sent = letter(world, "lea.roux@ateliers.fr")
    assert "Vous avez accès" in sent.text
    assert "pour Ateliers du Loir" in sent.text
    weak = use(client, "Ateliers du Loir", secret=sent.secret)
    assert [error["field"] for error in weak.json()["errors"]] == ["password"]
    assert use(client, secret=sent.secret).status_code == 204
    again = use(client, secret=sent.secret)
    assert (again.status_code, again.json()["title"]) == (410, "Ce lien a déjà servi.")
    assert show(client, email="lea.roux@ateliers.fr", code=sent.code).status_code == 410
    assert attempt(client, "lea.roux@ateliers.fr", CHOSEN).json()["person_id"] == person_id


@BOTH
def test_a_link_used_twice_at_once_works_once(client: TestClient[Any], world: World, vacant: str) -> None:
    """By two processes of the portal, for an account to be made as for one that is there."""
    invited(client, world)
    begin(client)
    with open_client(world.settings) as other, ThreadPoolExecutor(2) as pool:
        for email in ("lea.roux@ateliers.fr", NEW):
            secret = letter(world, email).secret
            both = pool.map(lambda each, secret=secret: use(each, secret=secret).status_code, (client, other))
            assert sorted(both) == [204, 410]


@BOTH
def test_who_asks_for_a_link_while_one_is_written_waits(client: TestClient[Any], world: World) -> None:
    """Neither for the other's link while the other waits for the person."""
    person_id, email = invited(client, world), "lea.roux@ateliers.fr"
    with ThreadPoolExecutor(1) as pool:
        with world.database.write() as tx:
            tx.db.execute(select(persons).where(persons.c.person_id == person_id).with_for_update())
            late = pool.submit(ask, client, email)
            wait([late], timeout=0.3)
            links.issue(tx, world.settings, LinkPurpose.INVITATION, email, person_id)
        assert late.result().status_code == 204
    assert show(client, secret=letter(world, email).secret).status_code == 200


def test_looking_spends_nothing_and_time_does(client: TestClient[Any], world: World, clock: Clock) -> None:
    invited(client, world)
    secret = letter(world, "lea.roux@ateliers.fr").secret
    clock.forward(hours=71, minutes=59)
    assert [show(client, secret=secret).status_code for _ in range(3)] == [200] * 3
    clock.forward(minutes=1)
    late = use(client, secret=secret)
    assert late.status_code == 410
    assert "72" in late.json()["title"]
    assert ask(client, "lea.roux@ateliers.fr").status_code == 204
    assert use(client, secret=letter(world, "lea.roux@ateliers.fr").secret).status_code == 204


@pytest.mark.parametrize("purpose", ["invitation", "forgotten", "create"])
def test_another_link_voids_the_former(client: TestClient[Any], world: World, vacant: str, purpose: str) -> None:
    email = {"invitation": "lea.roux@ateliers.fr", "forgotten": world.email("all"), "create": NEW}[purpose]
    if purpose == "invitation":
        invited(client, world)
    elif purpose == "create":
        begin(client)
    else:
        ask(client, email)
    first = letter(world, email)
    assert ask(client, email).status_code == 204
    second = letter(world, email)
    assert first.secret != second.secret
    for link in ({"secret": first.secret}, {"email": email, "code": first.code}):
        void = use(client, **link)
        assert (void.status_code, void.json()["title"]) == (410, "Ce lien a été remplacé.")
    assert show(client, secret=second.secret).json()["purpose"] == purpose
    assert use(client, secret=second.secret).status_code == 204
    assert attempt(client, email, CHOSEN).status_code == 200


def test_what_is_no_link_is_not_recognised(client: TestClient[Any], world: World) -> None:
    invited(client, world)
    sent = letter(world, "lea.roux@ateliers.fr")
    for link in ({"secret": sent.secret[:-1]}, {"email": world.email("all"), "code": sent.code}):
        assert use(client, **link).status_code == show(client, **link).status_code == 404
    assert show(client).status_code == show(client, email=NEW).status_code == 422
    assert use(client, secret=sent.secret).status_code == 204


def test_a_short_code_is_not_guessed_at(client: TestClient[Any], world: World, clock: Clock) -> None:
    invited(client, world)
    email, sent = "lea.roux@ateliers.fr", letter(world, "lea.roux@ateliers.fr")
    tried = [show(client, email=email, code="AAAAA-AAAAA").status_code for _ in range(tries.FREE + 2)]
    assert tried == [404] * (tries.FREE + 1) + [429]
    assert use(client, email=email, code=sent.code).status_code == 429
    assert show(client, secret=sent.secret).status_code == 200, "the link itself is nobody's to guess"
    clock.forward(seconds=20)
    assert use(client, email=email, code=sent.code).status_code == 204


def test_a_stranger_does_not_make_a_short_code_useless(client: TestClient[Any], world: World) -> None:
    invited(client, world)
    email, sent = "lea.roux@ateliers.fr", letter(world, "lea.roux@ateliers.fr")
    app = create_app(world.settings)

    async def elsewhere(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  as the server calls it
        scope["client"] = ("203.0.113.7", 50000)
        await app(scope, receive, send)

    with TestClient(elsewhere) as stranger:
        while show(stranger, email=email, code="AAAAA-AAAAA").status_code != 429:
            pass
    assert use(client, email=email, code=sent.code).status_code == 204


def test_neither_link_nor_code_is_kept_in_clear(world: World) -> None:
    with world.database.write() as tx:
        links.issue(tx, world.settings, LinkPurpose.FORGOTTEN, world.email("all"), world.people["all"])
        secret = tx.db.execute(select(mails.c.payload)).scalar_one()
        row = tx.db.execute(select(kept_links)).one()
    assert row.token_hash not in secret
    assert not any(part in str(row) for part in secret.split('"') if len(part) > 8)
    assert len(secret) > 60


def test_an_invitation_without_rights_is_withdrawn(client: TestClient[Any], world: World) -> None:
    person_id = invited(client, world)
    secret = letter(world, "lea.roux@ateliers.fr").secret
    with world.database.write() as tx:
        people.withdraw(tx, SYSTEM, person_id, world.own, [Right.CONTACT])
    assert use(client, secret=secret).json()["title"] == "Cette invitation a été retirée."
    with world.database.write() as tx:
        people.grant(tx, SYSTEM, person_id, world.own, [Right.CONTACT])
        tx.db.execute(update(persons).where(persons.c.person_id == person_id).values(suspended=True))
    assert use(client, secret=secret).json()["title"] == "Votre compte est suspendu."


# Forgotten


@BOTH
def test_a_forgotten_password_ends_every_session(
    client: TestClient[Any], world: World, sign_in: Callable[[str], Person]
) -> None:
    signed_in = sign_in("all")
    for _ in range(tries.FREE + 2):
        attempt(client, world.email("all"), "faux mot de passe")
    assert attempt(client, world.email("all"), PASSWORD).status_code == 429
    ask(client, world.email("all"))
    assert signed_in.get(paths.ME).status_code == 200, "asking changes nothing"
    assert use(client, secret=letter(world, world.email("all")).secret).status_code == 204
    assert signed_in.get(paths.ME).status_code == 401
    assert client.post(paths.REFRESH, json={"refresh": signed_in.tokens["refresh"]}).status_code == 401
    assert attempt(client, world.email("all"), PASSWORD).status_code == 401
    assert attempt(client, world.email("all"), CHOSEN).status_code == 200
    assert letter(world, world.email("all")).subject == "Votre mot de passe a changé"


# What no answer tells


def settle(client: TestClient[Any]) -> None:
    """Until the portal knows the address that asks, and has nothing else to do."""
    ask(client, "une.autre@exemple.fr")
    tidied(client)


@BOTH
def test_asking_for_a_link_tells_nobody_and_costs_the_same(client: TestClient[Any], world: World) -> None:
    with world.database.write() as tx:
        people.suspend(tx, SYSTEM, world.people["suspended"])
    answers, costs = [], []
    settle(client)
    for email in (world.email("all"), "personne@exemple.fr", world.email("suspended")):
        statements: list[str] = []
        with watched(statements):
            answers.append(ask(client, email))
        costs.append(statements)
    assert {(answer.status_code, answer.content, str(answer.headers)) for answer in answers} == {
        (204, b"", str(answers[0].headers))
    }
    assert costs[0] == costs[1] == costs[2]
    assert [each.to for each in letters(world)] == [world.email("all")]
    with world.database.read() as db:
        assert db.execute(select(func.count()).select_from(mails)).scalar_one() == 4


@BOTH
def test_beginning_an_account_tells_nobody_and_costs_the_same(
    client: TestClient[Any], world: World, vacant: str
) -> None:
    answers, costs = [], []
    begin(client, email="paul@verrerie.fr")  # the first one for this space is counted in a new row
    settle(client)
    for email in (NEW, world.email("stranger")):
        statements: list[str] = []
        with watched(statements):
            answers.append(begin(client, email=email))
        costs.append(statements)
    assert answers[0].content == answers[1].content == b'{"step":"mail"}'
    assert costs[0] == costs[1]
    told = letter(world, world.email("stranger"))
    assert told.subject == "Vous avez déjà un compte"
    assert "/link#" not in told.text


def test_nobody_has_a_mailbox_flooded(client: TestClient[Any], world: World) -> None:
    for email in (world.email("all"), "personne@exemple.fr"):
        tried = [ask(client, email).status_code for _ in range(tries.FREE + 2)]
        assert tried == [204] * (tries.FREE + 1) + [429]


def test_choosing_a_password_costs_one_hash(
    client: TestClient[Any], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a link that does not stand costs none: whoever floods the portal with them takes no memory."""
    hashed: list[str] = []
    truly = Passwords.hash

    def counted(self: Passwords, password: str) -> str:
        hashed.append("")
        return truly(self, password)

    monkeypatch.setattr(Passwords, "hash", counted)
    invited(client, world)
    secret = letter(world, "lea.roux@ateliers.fr").secret
    assert use(client, secret="x" * 43).status_code == 404
    assert hashed == []
    assert use(client, secret=secret).status_code == 204
    assert hashed == [""]


def test_two_numbers_do_not_send_mail_to_everybody(client: TestClient[Any], vacant: str) -> None:
    tried = [begin(client, email=f"personne{number}@autre.fr").status_code for number in range(tries.FREE + 2)]
    assert tried == [200] * (tries.FREE + 1) + [429]


def test_a_mailbox_is_one_whatever_is_sorted_by(client: TestClient[Any], world: World) -> None:
    tried = [ask(client, f"personne+{number}@exemple.fr").status_code for number in range(tries.FREE + 2)]
    assert tried == [204] * (tries.FREE + 1) + [429]


# The page


def test_the_page_spends_nothing_and_calls_nobody(client: TestClient[Any], world: World) -> None:
    page = client.get("/link")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == policy(page.text)
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "http" not in page.text.replace("http-equiv", "")
    assert "volet:link#" in page.text


@pytest.mark.parametrize(
    ("behind", "opens"),
    [("#" + "s" * 43, "volet:link#" + "s" * 43), ("#short", "#"), ("", "#"), (f"#{'s' * 20}:alert(1)", "#")],
)
def test_the_page_hands_on_what_is_a_secret_and_nothing_else(
    qapp: QCoreApplication, client: TestClient[Any], behind: str, opens: str
) -> None:
    """Its script, run by Qt's engine on a page of three words."""
    script = client.get("/link").text.partition("<script>")[2].partition("</script>")[0]
    engine: Any = QJSEngine()
    engine.evaluate(
        "var parts = {}, navigator = {}; function part(name) { return parts[name] = parts[name] || {href: '#'}; }"
        f"var document = {{getElementById: part}}, location = {{hash: {behind!r}}};"
    )
    assert not engine.evaluate(script).isError()
    assert engine.evaluate("part('open').href").toString() == opens
