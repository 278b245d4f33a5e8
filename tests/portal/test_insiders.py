"""What an administrator who means harm can neither do to others nor learn about them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from contract import paths
from contract.portfolio import Right
from portal import people
from portal.database import SYSTEM
from portal.tables import persons
from tests.portal.post import letter
from tests.portal.test_users import ON_ONE, about, changed, held, inviting, journal, page, problem, users, version
from tests.portal.world import Person, World

SignIn = Callable[[str], Person]

EVERYTHING_ELSE = [right.value for right in Right if right != Right.MAIN_ADMINISTRATOR]


@ON_ONE
def test_only_a_main_administrator_takes_anything_from_one(sign_in: SignIn, world: World) -> None:
    """He could not give himself back what he does not hold."""
    with world.database.write() as tx:
        people.grant(tx, SYSTEM, world.people["users"], world.own, EVERYTHING_ELSE)
    deputy = sign_in("users")
    assert problem(changed(deputy, "all", remove=EVERYTHING_ELSE)) == (403, "rights")
    assert problem(changed(deputy, "all", add=["users"], ends_on="2026-11-24")) == (403, "rights")
    assert held(world, "all") == {right.value for right in Right}
    assert changed(deputy, "main_administrator", add=["leave"]).status_code == 200
    assert changed(sign_in("all"), "main_administrator", remove=["leave"]).status_code == 200
    assert changed(deputy, "leave", remove=["leave"]).status_code == 200


def test_nobody_is_told_of_who_was_never_seen(sign_in: SignIn, world: World) -> None:
    """Neither that she is there, nor when she signs in or loses what she had elsewhere."""
    admin, main = sign_in("users"), sign_in("all")
    with world.database.write() as tx:
        people.grant(tx, SYSTEM, world.people["nobody"], world.second, ["contact"])
    cursors = {person: page(person)["cursor"] for person in (admin, main)}

    def gone(person: Person) -> list[str]:
        told = page(person, cursors[person])
        cursors[person] = told["cursor"]
        return list(told["gone"])

    sign_in("nobody")
    assert (gone(admin), gone(main)) == ([], [])
    assert changed(main, "nobody", remove=["contact"], space_ids=[world.second]).status_code == 200
    assert (gone(admin), gone(main)) == ([], [world.people["nobody"]])
    assert changed(main, "contact", add=["leave"], space_ids=[world.second]).status_code == 200
    assert changed(main, "contact", remove=["contact"]).status_code == 200
    assert (gone(admin), gone(main)) == ([world.people["contact"]], []), "another still sees her"
    sign_in("contact")
    assert (gone(admin), gone(main)) == ([], []), "what she does elsewhere is not told to who lost her"


def test_the_journal_tells_only_of_what_was_done_where_one_administers(sign_in: SignIn, world: World) -> None:
    """Whoever is seen here may be invited and removed elsewhere, by somebody whom one does not see."""
    admin, main = sign_in("users"), sign_in("all")
    with world.database.write() as tx:
        people.grant(tx, SYSTEM, world.people["nobody"], world.second, ["users", "contact"])
    elsewhere = sign_in("nobody")
    grants = [{"rights": ["contact"], "space_ids": [world.second]}]
    invited = inviting(world, grants=grants)
    assert elsewhere.wish(invited).status_code == 200
    assert elsewhere.wish({"wish": "invite_again", "person_id": invited["person_id"]}).status_code == 200
    assert changed(main, "contact", add=["leave"], space_ids=[world.second]).status_code == 200
    removed = about("remove_user", world, "contact", version(elsewhere, "contact"))
    assert elsewhere.wish(removed).status_code == 200
    told = {person: [each["action"] for each in journal(person)["entries"]] for person in (admin, main, elsewhere)}
    assert not {"person.invite", "person.invite_again", "person.remove"} & set(told[admin])
    for person in (main, elsewhere):
        assert told[person][:2] == ["person.remove", "rights.withdraw"]
        assert {"person.invite", "person.invite_again"} <= set(told[person])
    suspended = about("suspend_user", world, "contact", version(admin, "contact"), suspended=True)
    assert admin.wish(suspended).status_code == 200
    assert (journal(admin)["entries"][0]["action"], journal(main)["entries"][0]["action"]) == ("person.suspend",) * 2
    assert journal(elsewhere)["entries"][0]["action"] == "person.remove"


def test_an_address_is_nobodys_for_having_been_invited_once(sign_in: SignIn, world: World) -> None:
    """Else who invites somebody and takes her away again would keep her from every other company, and from her own."""
    admin, stranger, email = sign_in("all"), sign_in("stranger"), "anne.lefevre@exemple.fr"
    grants = [{"rights": ["contact"], "space_ids": [world.other]}]

    def taken_away(author: Person, wish: dict[str, Any]) -> None:
        base = users(author)[wish["person_id"]]["version"]
        removed = {"wish": "remove_user", "person_id": wish["person_id"], "base_version": base}
        assert author.wish(removed).status_code == 200

    first, second = inviting(world, email), inviting(world, email, grants=grants)
    assert admin.wish(first).status_code == 200
    assert problem(stranger.wish(second)) == (422, "invalid"), "she is invited"
    taken_away(admin, first)
    assert stranger.wish(second).status_code == 200
    assert "Anne Lefèvre" in {entry["subject"] for entry in journal(admin)["entries"]}
    taken_away(stranger, second)
    with world.database.write() as tx:
        company = people.add_company(tx, "Verrerie", "552100554")
        people.add_space(tx, company, "8001", "55210055400013")
    said = {"civility": "", "first_name": "Anne", "last_name": "Lefèvre", "email": email}
    numbers = {"company_number": "552100554", "member_number": "8001"}
    assert admin.client.post(paths.NEW_ACCOUNT, json=numbers | said).json() == {"step": "mail"}
    assert admin.client.post(paths.NEW_LINK, json={"email": email}).status_code == 204
    used = {"link": {"secret": letter(world, email).secret}, "password": "sept girafes mangent lentement"}
    assert admin.client.post(paths.LINK_USED, json=used).status_code == 204
    assert problem(admin.wish(inviting(world, email))) == (422, "invalid"), "it is hers now"


@ON_ONE
def test_who_is_given_rights_by_somebody_she_never_met_is_told(sign_in: SignIn, world: World) -> None:
    """And who guesses at addresses is told no more about them than that they may not be invited, so often a day."""
    admin = sign_in("all")
    assert admin.wish(inviting(world, world.email("nobody"))).status_code == 200
    told = letter(world, world.email("nobody"))
    assert "Camille All vous donne accès à d’autres espaces" in told.text
    refused = admin.wish(inviting(world, world.email("stranger")))
    assert "ne peut pas être invitée" in refused.json()["errors"][0]["sentence"]
    assert "entreprise" not in refused.text


@ON_ONE
def test_a_mailbox_gets_so_many_invitations_however_it_is_written(
    sign_in: SignIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.users.rules.limits.INVITATIONS_TO_ONE_PER_DAY", 2)
    admin = sign_in("all")
    sent = [admin.wish(inviting(world, f"anne.lefevre{tag}@exemple.fr")) for tag in ("", "+un", "+deux")]
    assert [answer.status_code for answer in sent] == [200, 200, 422]
    monkeypatch.setattr("portal.users.rules.limits.INVITATIONS_PER_DAY", 2)
    answers = [admin.wish(inviting(world, world.email(name))).json()["title"] for name in ("stranger", "nobody")]
    assert answers == ["Vous avez envoyé beaucoup d’invitations aujourd’hui."] * 2


@ON_ONE
def test_no_name_is_a_link_in_the_insurers_mail(sign_in: SignIn, world: World) -> None:
    admin = sign_in("all")
    for name in ("allez sur http://evil.example/ponant", "evil.example", "appelez le 06 12 34 56 78"):
        refused = admin.wish(inviting(world, first_name=name))
        assert [error["field"] for error in refused.json()["errors"]] == ["first_name"]
        said = {"civility": "", "first_name": "Anne", "last_name": name}
        refused = admin.wish(about("correct_user", world, "all", version(admin, "all"), **said))
        assert [error["field"] for error in refused.json()["errors"]] == ["last_name"]
    with world.database.write() as tx:  # a name of before
        tx.db.execute(
            update(persons).where(persons.c.person_id == admin.person_id).values(last_name="http://e.example")
        )
    assert admin.wish(inviting(world)).status_code == 200
    assert "Vous avez accès à l’espace client" in letter(world, "anne.lefevre@exemple.fr").text
