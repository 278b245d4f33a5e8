"""What the rules do to requests: opening, writing, reading, answering, closing."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from contract import paths
from contract.identity import new_id
from contract.portfolio import Right
from portal import people
from portal.catalogue import themes
from portal.contact import rules
from portal.contact.conversations import Writer
from portal.contact.rules import FormerRequest
from portal.database import SYSTEM
from portal.files import Folder
from portal.tables import attachments
from tests.portal.world import PDF, Clock, Person, World

SignIn = Callable[[str], Person]

LEAVE = {
    "topic": "prevoyance.arret-de-travail",
    "subject": "Arrêt de travail",
    "fields": {
        "employee": "Lefèvre Anne",
        "cause": "illness",
        "last_day_worked": "2026-11-19",
        "start_date": "2026-11-20",
        "end_date": "2026-12-04",
        "extension": "no",
        "gross_salary": "31250.40",
    },
}


def records(answer: Response, kind: str) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [change["record"] for change in answer.json()["touched"] if change["kind"] == kind]


def errors(answer: Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json()["errors"]]


def state(person: Person, request_id: str) -> dict[str, Any]:
    """The request as the feeds tell it."""
    for page in person.pull((person.world.own, None), (person.world.second, None)):
        for change in page["changes"]:
            if change["kind"] == "request" and change["id"] == request_id:
                return dict(change["record"])
    raise LookupError(request_id)


# Opening


def test_a_request_is_opened_with_its_form_as_it_is_to_be_read(clerk: Person) -> None:
    body = clerk.ask(**LEAVE, attachments=[clerk.attachment()])
    answer = clerk.wish(body)
    (request,) = records(answer, "request")
    (message,) = records(answer, "message")
    assert request["file_number"] == "7611111"
    assert (request["state"], request["closing"], request["awaited"]) == ("received", None, [])
    assert (request["theme_label"], request["author_name"]) == ("Mes prestations de prévoyance", "Camille All")
    assert ["Premier jour d’arrêt", "20/11/2026"] in request["fields"]
    assert ["Cause de l’arrêt", "Maladie"] in request["fields"]
    assert ["Prolongation d’un arrêt déjà déclaré", "Non"] in request["fields"]
    assert ["Salaire brut des douze derniers mois", "31\u202f250,40\u00a0€"] in request["fields"]
    assert (message["position"], message["author"], message["text"]) == (1, "clerk", "Bonjour.")
    assert message["attachments"][0]["media_type"] == "application/pdf"
    assert records(clerk.wish(clerk.ask()), "request")[0]["file_number"] == "7611112"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("employee", ""),
        ("employee", "   "),
        ("employee", "deux\nlignes"),
        ("employee", "nul\u0000"),
        ("cause", "grippe"),
        ("start_date", "20/11/2026"),
        ("start_date", "2026-02-30"),
        ("start_date", "2026-11-18"),
        ("end_date", "2026-11-19"),
        ("extension", "peut-être"),
        ("gross_salary", "1234,56"),
        ("gross_salary", "1234.5"),
        ("nobody_asked", "x"),
    ],
)
def test_each_field_is_checked_and_named(clerk: Person, field: str, value: str) -> None:
    body = clerk.ask(**LEAVE | {"fields": LEAVE["fields"] | {field: value}}, attachments=[clerk.attachment()])  # type: ignore[operator]
    assert errors(clerk.wish(body)) == [f"fields.{field}"]


def test_a_required_document_is_required(clerk: Person) -> None:
    assert errors(clerk.wish(clerk.ask(**LEAVE))) == ["attachments"]


@pytest.mark.parametrize(
    ("lines", "right"),
    [("73282932000074\n1002", True), ("732 829 320 00074", True), ("73282932000075", False), ("bonjour", False)],
)
def test_sirets_and_member_numbers(clerk: Person, lines: str, right: bool) -> None:
    answer = clerk.wish(clerk.ask(topic="espace.ajouter-un-espace", fields={"spaces": lines}))
    assert (answer.status_code == 200) is right
    assert right or errors(answer) == ["fields.spaces"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"topic": "aucun.sujet"}, "topic"),
        ({"subject": "  "}, "subject"),
        ({"subject": "a\nb"}, "subject"),
        ({"subject": "a\u2028b"}, "subject"),
        ({"text": ""}, "text"),
        ({"text": "nul\u0000"}, "text"),
    ],
)
def test_an_empty_or_unreadable_request_is_refused(clerk: Person, change: dict[str, str], field: str) -> None:
    assert errors(clerk.wish(clerk.ask(**change))) == [field]


def test_one_needs_the_right_of_the_topic_too(sign_in: SignIn, world: World) -> None:
    contact, leave = sign_in("contact"), sign_in("leave")
    assert contact.wish(contact.ask()).status_code == 200
    refused = contact.wish(contact.ask(**LEAVE, attachments=[contact.attachment()]))
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:volet:problem:rights")
    assert leave.wish(leave.ask()).status_code == 403
    assert leave.wish(leave.ask(world.second)).status_code == 404
    assert leave.wish(leave.ask(world.other)).status_code == 404
    assert leave.wish(leave.ask(new_id())).status_code == 404


def test_identifiers_are_used_once_for_ever(clerk: Person, sign_in: SignIn) -> None:
    body = clerk.ask(attachments=[clerk.attachment()])
    assert clerk.wish(body).status_code == 200
    other = sign_in("contact")
    for reused in (
        other.ask(request_id=body["request_id"]),
        other.ask(message_id=body["message_id"]),
        other.ask(attachments=[other.attachment() | {"attachment_id": body["attachments"][0]["attachment_id"]}]),
    ):
        refused = other.wish(reused)
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:volet:problem:other-wish")
    twice = [clerk.attachment() | {"attachment_id": new_id()}] * 2
    assert clerk.wish(clerk.ask(attachments=twice)).status_code == 422
    assert len([c for c in clerk.pull((clerk.world.own, None))[0]["changes"] if c["kind"] == "request"]) == 1


# Files of a wish


def test_only_who_sent_a_file_may_attach_it(clerk: Person, sign_in: SignIn) -> None:
    sent = clerk.attachment()
    other = sign_in("contact")
    refused = other.wish(other.ask(attachments=[sent]))
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:volet:problem:file-missing")
    wrong_size = clerk.wish(clerk.ask(attachments=[sent | {"size": sent["size"] + 1}]))
    assert wrong_size.json()["type"] == "urn:volet:problem:file-missing"
    assert clerk.wish(clerk.ask(attachments=[sent])).status_code == 200


@pytest.mark.parametrize("name", ["avis.png", "avis.exe", "avis", "avis.pdf.exe"])
def test_a_name_must_tell_the_truth(clerk: Person, name: str) -> None:
    refused = clerk.wish(clerk.ask(attachments=[clerk.attachment(name=name)]))
    assert (refused.status_code, refused.json()["type"]) == (415, "urn:volet:problem:file-type")


@pytest.mark.parametrize("turn", ["\u202e", "\u202a", "\u2066", "\u2069", "\x85", "\x9b", "\x00"])
def test_what_turns_the_writing_or_commands_it_is_in_no_name(clerk: Person, turn: str) -> None:
    """U+0085 and U+009B are control characters in texts as well."""
    named = clerk.wish(clerk.ask(attachments=[clerk.attachment(name=f"avis{turn}fdp.pdf")]))
    titled = clerk.wish(clerk.ask(subject=f"Une{turn}question"))
    fields = {"employee": f"Anne{turn}Lefèvre", "resumed_on": "2026-11-02", "part_time": "no"}
    filled = clerk.wish(clerk.ask(topic="prevoyance.reprise", fields=fields))
    for refused, field in ((named, "attachments.0.name"), (titled, "subject"), (filled, "fields.employee")):
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:volet:problem:invalid")
        assert [error["field"] for error in refused.json()["errors"]] == [field]
    written = clerk.wish(clerk.ask(text=f"Un{turn}texte"))
    assert written.status_code == (422 if turn < "\xa0" else 200)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../autostart/x.pdf", "x.pdf"),
        ("\\\\hote\\partage\\avis.pdf", "avis.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("a\u200bb.pdf", "ab.pdf"),
        ("facture.exe\u2028.pdf", "facture_exe.pdf"),
        ("relevé d’été.pdf", "relevé d’été.pdf"),
    ],
)
def test_a_name_is_kept_as_it_can_be_written(clerk: Person, world: World, sent: str, kept: str) -> None:
    answer = clerk.wish(clerk.ask(attachments=[clerk.attachment(name=sent)]))
    assert [file["name"] for file in records(answer, "message")[0]["attachments"]] == [kept]
    with world.database.read() as db:
        assert db.execute(select(attachments.c.name)).scalars().all() == [kept]


def test_a_csv_is_a_text_by_its_name(clerk: Person) -> None:
    answer = clerk.wish(clerk.ask(attachments=[clerk.attachment("a;é\n".encode(), "liste.csv")]))
    assert records(answer, "message")[0]["attachments"][0]["media_type"] == "text/csv"


# Writing


def test_a_conversation_goes_on(clerk: Person, world: World) -> None:
    request_id = clerk.opened()
    with world.database.write() as tx:
        rules.reply(tx, world.answering, request_id, "Nous regardons.")
    answer = clerk.wish(clerk.writes(request_id, "Merci."))
    (message,) = records(answer, "message")
    assert message["position"] == 3
    told = [c["record"] for c in clerk.pull((world.own, None))[0]["changes"] if c["kind"] == "message"]
    assert [(m["position"], m["author"], m["author_name"]) for m in told] == [
        (1, "clerk", "Camille All"),
        (2, "adviser", "Sylvie Aubert"),
        (3, "clerk", "Camille All"),
    ]


def test_closed_means_done_or_a_document_is_awaited(clerk: Person, world: World, clock: Clock) -> None:
    request_id = clerk.opened()
    first = state(clerk, request_id)
    clock.forward(minutes=5)
    with world.database.write() as tx:
        rules.ask_document(tx, world.answering, request_id, "Il nous manque :", ["Avis d’arrêt", "Bulletin de paie"])
    asked = state(clerk, request_id)
    assert (asked["state"], asked["closing"]) == ("closed", "document_awaited")
    assert [document["label"] for document in asked["awaited"]] == ["Avis d’arrêt", "Bulletin de paie"]
    assert asked["state_version"] > first["state_version"]
    assert asked["moved_at"] == "2026-11-24T09:05:00Z"
    wanted = asked["awaited"][0]["awaited_id"]
    assert errors(clerk.wish(clerk.writes(request_id, answers=[wanted]))) == ["answers"]
    sent = clerk.wish(clerk.writes(request_id, answers=[wanted], attachments=[clerk.attachment()]))
    (reopened,) = records(sent, "request")
    assert (reopened["state"], reopened["closing"]) == ("received", None)
    assert [document["label"] for document in reopened["awaited"]] == ["Bulletin de paie"]
    again = clerk.writes(request_id, answers=[wanted], attachments=[clerk.attachment()])
    assert errors(clerk.wish(again)) == ["answers"]
    with world.database.write() as tx:
        rules.close(tx, world.answering, request_id, "C’est réglé.")
    done = state(clerk, request_id)
    assert (done["state"], done["closing"], done["awaited"]) == ("closed", "done", [])


def test_a_reply_built_on_an_old_state_is_stale(clerk: Person, world: World) -> None:
    request_id = clerk.opened()
    seen = state(clerk, request_id)["state_version"]
    with world.database.write() as tx:
        rules.reply(tx, world.answering, request_id, "Un instant.")
    assert state(clerk, request_id)["state_version"] == seen, "a message alone is no new state"
    assert clerk.wish(clerk.writes(request_id, base_version=seen)).status_code == 200
    with world.database.write() as tx:
        rules.close(tx, world.answering, request_id)
    now = state(clerk, request_id)["state_version"]
    stale = clerk.wish(clerk.writes(request_id, base_version=seen))
    assert (stale.status_code, stale.json()["version"]) == (412, now)
    assert clerk.wish(clerk.writes(request_id, base_version=now)).status_code == 200
    assert clerk.wish(clerk.writes(request_id)).status_code == 200, "None: whatever has happened"


def test_an_empty_message_is_refused_unless_it_has_a_file(clerk: Person) -> None:
    request_id = clerk.opened()
    assert errors(clerk.wish(clerk.writes(request_id, " "))) == ["text"]
    assert clerk.wish(clerk.writes(request_id, "", attachments=[clerk.attachment()])).status_code == 200


# Reading


def test_read_marks_are_told_to_nobody_else(clerk: Person, sign_in: SignIn, world: World) -> None:
    other = sign_in("contact")
    request_id = clerk.opened()
    answer = clerk.wish({"wish": "mark_read", "request_id": request_id, "through": 99})
    assert records(answer, "read_mark") == [
        {"kind": "read_mark", "request_id": request_id, "space_id": world.own, "through": 1}
    ]
    mine = [c["kind"] for c in clerk.pull((world.own, None))[0]["changes"]]
    theirs = [c["kind"] for c in other.pull((world.own, None))[0]["changes"]]
    assert mine == ["request", "message", "read_mark"]
    assert theirs == ["request", "message"]
    back = clerk.wish({"wish": "mark_read", "request_id": request_id, "through": 0})
    assert records(back, "read_mark")[0]["through"] == 0


# Former space


def test_former_requests_sit_under_the_smallest_member_number(clerk: Person, sign_in: SignIn, world: World) -> None:
    limited = sign_in("contact")
    before = limited.get(paths.PULSE).headers["etag"]
    with world.database.write() as tx:
        former = FormerRequest(
            file_number="5400001", topic="autre.autre-question", subject="Ancienne demande", author_name="Paul Martin"
        )
        request_id = rules.move_former_request(tx, themes(), world.company, former)
        rules.write_former_message(tx, request_id, Writer("clerk", None, "Paul Martin"), "Bonjour.")
        rules.close(tx, world.answering, request_id, "Répondu.")
    told = state(clerk, request_id)
    assert (told["origin"], told["space_id"], told["author_id"]) == ("former", world.second, None)
    me = limited.get(paths.ME).json()
    assert [space["space_id"] for space in me["spaces"]] == [world.own]
    assert (me["companies"][0]["former_member_number"], me["companies"][0]["former_count"]) == ("997", 1)
    assert limited.get(paths.PULSE, **{"If-None-Match": before}).json()["me"] is True
    assert sign_in("stranger").get(paths.ME).json()["companies"][0]["former_member_number"] is None


# The adviser's other gestures


def test_an_adviser_attaches_a_file_that_opens(clerk: Person, world: World) -> None:
    request_id = clerk.opened()
    kept = Folder(world.settings.files).keep("décompte.pdf", PDF)
    with world.database.write() as tx:
        rules.reply(tx, world.answering, request_id, "Le voici.", [kept])
    answer = clerk.get(paths.attachment(kept.attachment_id))
    assert (answer.status_code, answer.content) == (200, PDF)


def test_making_an_administrator_is_told_to_the_space(clerk: Person, sign_in: SignIn, world: World) -> None:
    contact, bystander = sign_in("contact"), sign_in("leave")
    before = {person: person.get(paths.PULSE).headers["etag"] for person in (clerk, bystander)}
    with world.database.write() as tx:
        people.make_administrator(tx, world.answering.actor, contact.person_id, world.own)
    for person, etag in before.items():
        assert person.get(paths.PULSE, **{"If-None-Match": etag}).json()["me"] is True
    for person in (clerk, contact):
        own = next(s for s in person.get(paths.ME).json()["spaces"] if s["space_id"] == world.own)
        assert own["administrator"] == "Camille Contact"
    assert "users" in own["rights"]
    held = next(s for s in clerk.get(paths.ME).json()["spaces"] if s["space_id"] == world.own)["rights"]
    assert "main_administrator" not in held
    assert "users" in held


def test_attaching_a_space(sign_in: SignIn, world: World) -> None:
    nobody = sign_in("nobody")
    assert nobody.get(paths.ME).json()["spaces"] == []
    before = nobody.get(paths.PULSE).headers["etag"]
    with world.database.write() as tx:
        people.attach_space(tx, world.answering.actor, world.portfolio, world.other, nobody.person_id, [Right.CONTACT])
    pulse = nobody.get(paths.PULSE, **{"If-None-Match": before}).json()
    assert pulse == {"me": True, "spaces": [world.other], "users": False}
    assert nobody.wish(nobody.ask(world.other)).status_code == 200


def test_no_right_outside_the_portfolio(world: World) -> None:
    with pytest.raises(people.NotAllowed), world.database.write() as tx:
        people.grant(tx, SYSTEM, world.people["nobody"], world.other, [Right.CONTACT])


@pytest.mark.parametrize(("siren", "siret"), [("732829321", None), ("732829320", "73282932000075")])
def test_company_numbers_are_checked(world: World, siren: str, siret: str | None) -> None:
    with world.database.write() as tx, pytest.raises(people.NotAllowed):
        people.add_company(tx, "Fausse", siren) if siret is None else people.add_space(tx, world.company, "77", siret)
