"""Declaring a leave, prolonging it, announcing the return, taking it back; who is told; what an adviser does."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import delete, select, update

from contract import paths
from contract.identity import new_id
from contract.periods import FORMER
from contract.portfolio import Right
from portal import people, retention
from portal.catalogue import themes
from portal.database import SYSTEM
from portal.files import Folder
from portal.leave import records, rules
from portal.leave.rules import Begun
from portal.problems import Refusal
from portal.tables import audit_log, changes, contract_terms, leaves, uploads
from tests.portal.world import PDF, START, Clock, Person, World, declaration

SignIn = Callable[[str], Person]


def leave(answer: Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    (found,) = [change["record"] for change in answer.json()["touched"] if change["kind"] == "leave"]
    return dict(found)


def wrong(answer: Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {error["field"]: error["sentence"] for error in answer.json()["errors"]}


def notice(person: Person, document: str = "avis") -> list[dict[str, Any]]:
    return [{**person.attachment(), "document": document}]


def told(person: Person) -> list[dict[str, Any]]:
    return [one["record"] for one in person.pull((person.world.own, None))[0]["changes"] if one["kind"] == "leave"]


def test_a_leave_is_declared_with_its_documents_and_told_to_the_space(clerk: Person, sign_in: SignIn) -> None:
    record = leave(clerk.wish(declaration(clerk.world.own, attachments=notice(clerk))))
    assert (record["number"], record["state"], record["origin"]) == ("82000001", "declared", "new")
    assert record["employee"] == {
        "matricule": "",
        "last_name": "Lefèvre",
        "first_name": "Anne",
        "nir": "295109912611193",
    }
    assert (record["author_id"], record["author_name"]) == (clerk.person_id, "Camille All")
    (file,) = record["files"]
    assert (file["name"], file["document"], file["size"]) == ("avis.pdf", "avis", len(PDF))
    assert record["awaited"] == []
    assert record["terms"]["waiting_days"]["value"] == 3
    assert "Paramètre de démonstration" in record["terms"]["declaration_days"]["source"]
    assert told(sign_in("leave")) == [record]
    assert told(sign_in("contact")) == []
    assert told(sign_in("allowances")) == []


def test_a_leave_without_its_document_waits_for_it_until_it_is_sent(clerk: Person) -> None:
    first = leave(clerk.wish(declaration(clerk.world.own)))
    assert first["state"] == "document_awaited"
    (awaited,) = first["awaited"]
    assert awaited["label"] == "Avis d’arrêt de travail, volet 3"
    body = {"wish": "complete_leave", "leave_id": first["leave_id"], "answers": [awaited["awaited_id"]]}
    assert list(wrong(clerk.wish(body | {"attachments": []}))) == ["attachments"]
    second = leave(clerk.wish(body | {"attachments": notice(clerk), "base_version": first["version"]}))
    assert (second["state"], second["awaited"], len(second["files"])) == ("declared", [], 1)
    assert second["version"] > first["version"]
    assert list(wrong(clerk.wish(body | {"attachments": notice(clerk)}))) == ["answers"]


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"start": "2026-11-15"}, ["start"]),
        ({"expected_end": "2026-11-16"}, ["expected_end"]),
        ({"motive": "14"}, ["motive"]),
        ({"motive": "06"}, ["accident_on"]),
        ({"motive": "06", "accident_on": "2026-11-18"}, ["accident_on"]),
        ({"accident_on": "2026-11-16"}, ["accident_on"]),
        ({"subrogation": True}, ["subrogation_from", "subrogation_through"]),
        ({"subrogation_from": "2026-11-17"}, ["subrogation_from"]),
        (
            {"employee": {"last_name": " ", "first_name": "A", "nir": "295109912611194"}},
            ["employee.last_name", "employee.nir"],
        ),
        ({"last_day_worked": "2027-08-01", "start": "2027-08-02", "expected_end": "2027-08-20"}, ["start"]),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(clerk: Person, more: dict[str, Any], fields: list[str]) -> None:
    assert list(wrong(clerk.wish(declaration(clerk.world.own) | more))) == fields


def test_the_same_employee_is_not_on_leave_twice_at_once(clerk: Person) -> None:
    first = leave(clerk.wish(declaration(clerk.world.own)))
    again = declaration(clerk.world.own, start="2026-11-30", last_day_worked="2026-11-29", expected_end="2026-12-05")
    sentence = wrong(clerk.wish(again))["start"]
    assert f"n°\u00a0{first['number']}" in sentence
    assert "du 17 au 30\u00a0novembre\u00a02026" in sentence
    assert "Lefèvre" not in sentence
    leave(clerk.wish(again | {"leave_id": new_id(), "employee": {"last_name": "Le Roux", "first_name": "Anne"}}))
    leave(clerk.wish(declaration(clerk.world.second)))
    leave(clerk.wish({"wish": "withdraw_leave", "leave_id": first["leave_id"]}))
    leave(clerk.wish(again | {"leave_id": new_id()}))


def test_a_leave_is_prolonged_and_ends_with_the_return(clerk: Person) -> None:
    leave_id = clerk.declared(attachments=notice(clerk))
    longer = {"wish": "prolong_leave", "leave_id": leave_id, "prolongation_id": new_id(), "through": "2026-12-18"}
    record = leave(clerk.wish(longer | {"attachments": notice(clerk, "prolongation")}))
    assert [(one["start"], one["through"]) for one in record["prolongations"]] == [("2026-12-01", "2026-12-18")]
    assert (record["expected_end"], record["state"]) == ("2026-11-30", "declared")
    known = clerk.wish(longer | {"through": "2026-12-24"})
    assert (known.status_code, known.json()["type"]) == (422, "urn:volet:problem:other-wish")
    more = {"prolongation_id": new_id(), "start": "2026-12-22", "through": "2026-12-31"}
    assert "plus de deux jours" in wrong(clerk.wish(longer | more))["start"]
    record = leave(clerk.wish(longer | more | {"start": "2026-12-21"}))
    assert record["state"] == "document_awaited"
    back = {"wish": "announce_return", "leave_id": leave_id, "returned_on": "2027-01-12"}
    assert "prolongez-le" in wrong(clerk.wish(back))["returned_on"]
    assert list(wrong(clerk.wish(back | {"returned_on": "2026-12-28", "reason": "09"}))) == ["reason"]
    record = leave(clerk.wish(back | {"returned_on": "2026-12-28"}))
    assert (record["returned_on"], record["return_reason"], record["state"]) == ("2026-12-28", "01", "document_awaited")
    refused = clerk.wish(longer | {"prolongation_id": new_id(), "through": "2027-02-01"})
    assert "a repris le 28\u00a0décembre" in refused.json()["detail"]
    leave(
        clerk.wish(
            declaration(clerk.world.own, start="2026-12-28", last_day_worked="2026-12-27", expected_end="2026-12-31")
        )
    )


def test_a_wish_that_rests_on_a_former_state_is_stale(clerk: Person) -> None:
    record = leave(clerk.wish(declaration(clerk.world.own, attachments=notice(clerk))))
    back = {"wish": "announce_return", "leave_id": record["leave_id"], "returned_on": "2026-11-25"}
    now = leave(clerk.wish(back | {"base_version": record["version"]}))
    answer = clerk.wish(back | {"base_version": record["version"], "returned_on": "2026-11-26"})
    assert (answer.status_code, answer.json()["version"]) == (412, now["version"])
    assert answer.json()["title"] == "L’arrêt a changé depuis que vous l’avez lu."


def former(world: World, leave_id: str) -> None:
    with world.database.write() as tx:
        employee = records.Employee("M12", "Martin", "Paul")
        begun = Begun(
            leave_id=leave_id,
            space_id=world.own,
            number="7001234",
            employee=employee,
            motive="01",
            last_day_worked=START.date(),
            start=START.date(),
            expected_end=START.date(),
            origin="former",
            author_name="Ancien espace",
        )
        tx.hold([world.own])
        rules.write(tx, themes().leaves, begun)
        records.settle(tx, leave_id)


def test_a_leave_of_the_former_space_is_not_prolonged_here(clerk: Person, world: World) -> None:
    leave_id = new_id()
    former(world, leave_id)
    body = {"wish": "prolong_leave", "leave_id": leave_id, "prolongation_id": new_id(), "through": "2026-12-18"}
    answer = clerk.wish(body)
    assert (answer.status_code, answer.json()["detail"]) == (422, FORMER)
    assert wrong(answer) == {"leave_id": FORMER}
    leave(clerk.wish({"wish": "announce_return", "leave_id": leave_id, "returned_on": "2026-11-25"}))


def test_what_was_paid_for_is_not_taken_back(clerk: Person, world: World) -> None:
    leave_id = clerk.declared()
    with world.database.write() as tx:
        tx.db.execute(update(leaves).values(paid_at=tx.now))
    body = {"wish": "withdraw_leave", "leave_id": leave_id}
    assert "déjà été versées" in clerk.wish(body).json()["detail"]
    with world.database.write() as tx:
        tx.db.execute(update(leaves).values(paid_at=None))
    assert leave(clerk.wish(body))["state"] == "withdrawn"
    assert clerk.wish(body).json()["detail"] == "Cet arrêt a été retiré."


def test_the_terms_are_those_of_the_contract_on_the_first_day(clerk: Person, world: World) -> None:
    with world.database.write() as tx:
        for since, value in ((START.date().replace(year=2020), 60), (START.date().replace(year=2027), 90)):
            values = {
                "space_id": world.own,
                "code": "franchise_days",
                "since": since,
                "value": value,
                "source": "Accord",
            }
            tx.db.execute(contract_terms.insert().values(values))
    record = leave(clerk.wish(declaration(world.own, motive="06", accident_on="2026-11-16")))
    assert (record["terms"]["franchise_days"]["value"], record["terms"]["waiting_days"]["value"]) == (60, 0)
    first = clerk.get(paths.LEAVE_TERMS)
    spaces = {one["space_id"]: one["terms"]["franchise_days"]["value"] for one in first.json()["spaces"]}
    assert spaces == {world.own: 60, world.second: 30}
    assert clerk.get(paths.LEAVE_TERMS, **{"If-None-Match": first.headers["etag"]}).status_code == 304
    assert [one["code"] for one in first.json()["motives"]] == [f"{code:02d}" for code in range(1, 20)]


def test_an_adviser_follows_asks_and_ends(clerk: Person, world: World) -> None:
    leave_id = clerk.declared(attachments=notice(clerk))
    with world.database.write() as tx:
        assert rules.follow(tx, world.answering, leave_id).state == "followed"
    with world.database.write() as tx:
        asked = rules.ask_documents(tx, world.answering, leave_id, ["RIB", "Bulletins de paie"])
        assert (asked.state, [one.label for one in asked.awaited]) == ("document_awaited", ["RIB", "Bulletins de paie"])
    with world.database.write() as tx:
        ended = rules.end(tx, world.answering, leave_id)
        assert (ended.state, ended.awaited) == ("ended", ())
    assert told(clerk)[0]["state"] == "ended"
    leave(clerk.wish({"wish": "withdraw_leave", "leave_id": leave_id}))
    with pytest.raises(Refusal), world.database.write() as tx:
        rules.follow(tx, world.answering, leave_id)


def test_the_file_of_a_leave_is_kept_as_long_as_the_leave(clerk: Person, world: World, clock: Clock) -> None:
    files = notice(clerk)
    clerk.declared(attachments=files)
    with world.database.write() as tx:
        tx.db.execute(delete(uploads))  # the leave alone speaks of it
    clock.forward(days=60)
    retention.purge(world.database, world.settings, Folder(world.settings.files), clock())
    again = Person(clerk.client, world, "all")
    assert again.get(paths.attachment(files[0]["attachment_id"])).content == PDF


def test_who_loses_the_right_of_leave_reads_the_feed_anew_without_leaves(clerk: Person, world: World) -> None:
    clerk.declared()
    request_id = clerk.opened()
    (before,) = clerk.pull((world.own, None))
    assert {one["kind"] for one in before["changes"]} == {"leave", "request", "message"}
    with world.database.write() as tx:
        people.withdraw(tx, SYSTEM, clerk.person_id, world.own, [Right.LEAVE])
    (after,) = clerk.pull((world.own, before["cursor"]))
    assert after["reset"]
    assert {one["record"]["request_id"] for one in after["changes"]} == {request_id}


def test_the_record_of_what_was_done_says_nothing_of_anybodys_health(clerk: Person, world: World) -> None:
    leave_id = clerk.declared()
    with world.database.read() as db:
        (entry,) = db.execute(select(audit_log).where(audit_log.c.subject_id == leave_id)).all()
        (change,) = db.execute(select(changes).where(changes.c.entity_id == leave_id)).all()
    assert (entry.action, entry.detail, entry.actor_id) == ("leave.declare", "", clerk.person_id)
    assert change.subject == "+leave"
