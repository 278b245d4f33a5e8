"""Drafts kept as typed; forms checked before anything is sent."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.catalogue import Topics
from contract.identity import new_id
from contract.portfolio import Right
from desktop.services.contact import NEW, Contact, Draft
from desktop.services.drafting import Invalid
from desktop.services.files import Shelf
from desktop.services.outbox import Outbox
from desktop.services.portfolio import Portfolio
from desktop.services.store import Store
from tests.services.conftest import KEY
from tests.services.matters import PDF, Fill, form, leave, quiet, row, staged_by


def test_drafts_are_kept_as_typed_and_empty_ones_dropped(
    fill: Fill, contact: Contact, store: Store, shelf: Shelf
) -> None:
    heard: list[frozenset[str]] = []
    world = fill()
    store.listen(heard.append)
    drafts = [leave(world, shelf), Draft("abc", "  deux\nlignes "), Draft("files", files=(staged_by(contact),))]
    for draft in drafts:
        contact.keep_draft(draft)
    assert [contact.draft(draft.key) for draft in drafts] == drafts
    assert contact.drafts() == {NEW, "abc", "files"}
    contact.keep_draft(Draft("abc", "  "))
    contact.drop_draft("files")
    assert contact.drafts() == {NEW}
    assert set(heard) == {frozenset({"drafts"})}


def test_taking_back_gives_the_text_before_what_was_typed_since(
    fill: Fill, store: Store, contact: Contact, shelf: Shelf, outbox: Outbox
) -> None:
    request = quiet(fill(), store, contact)
    file, other = shelf.stage_bytes("a.pdf", PDF), shelf.stage_bytes("b.pdf", PDF + b"!")
    contact.keep_draft(Draft(request.request_id, "Parti."))
    wish_id = contact.reply(Draft(request.request_id, "Parti.", files=(file,)), 3)
    assert contact.draft(request.request_id) is None
    contact.keep_draft(Draft(request.request_id, "Encore.", files=(file, other)))
    draft = contact.take_back(wish_id)
    assert draft == Draft(request.request_id, "Parti.\n\nEncore.", files=(file, other))
    assert contact.draft(request.request_id) == draft
    assert outbox.waiting() == ()
    assert contact.take_back(wish_id) is None


def test_taking_back_a_request_takes_its_replies_along(fill: Fill, contact: Contact, shelf: Shelf) -> None:
    world = fill()
    request_id = contact.open_request(leave(world, shelf))
    contact.reply(Draft(request_id, "J’oubliais."), 0)
    contact.keep_draft(Draft(NEW, "Un autre début.", topic=Topics.OTHER, subject="Autre objet"))
    [first, _] = [message.wish_id for message in contact.conversation(request_id)]
    assert first is not None
    draft = contact.take_back(first)
    assert draft is not None
    assert (draft.topic, draft.fields["employee"], len(draft.files)) == (Topics.LEAVE, "Claire Lefèvre", 1)
    assert draft.text == (
        "Bonjour, une question.\n\nJ’oubliais.\n\nUn autre début.\n\n"
        "Sujet\u00a0: Autre question\nObjet\u00a0: Autre objet"
    )
    assert contact.key_of(request_id) is None


def test_what_the_form_typed_since_says_otherwise_is_in_the_text(fill: Fill, contact: Contact, shelf: Shelf) -> None:
    world = fill()
    sent = leave(world, shelf)
    wish_id = contact.conversation(contact.open_request(sent))[0].wish_id
    since = {"employee": "Luc Petit", "start_date": "2026-03-04", "end_date": "demain", "gross_salary": "  "}
    typed = Draft(NEW, "Aussi.", world.space_ids[0], Topics.LEAVE, "Mon objet", sent.fields | since)
    contact.keep_draft(typed)
    assert wish_id is not None
    draft = contact.take_back(wish_id)
    assert draft is not None
    assert (draft.subject, draft.fields) == ("Arrêt de travail\u00a0: Claire Lefèvre", sent.fields)
    form = contact.topic_form(Topics.LEAVE, None)
    assert form is not None
    labels = {field.code: field.label for field in form.fields}
    assert draft.text == (
        "Bonjour, une question.\n\nAussi.\n\nObjet\u00a0: Mon objet\n"
        f"{labels['employee']}\u00a0: Luc Petit\n{labels['start_date']}\u00a0: 04/03/2026\n"
        f"{labels['end_date']}\u00a0: demain"
    )


def test_what_has_left_is_not_taken_back(fill: Fill, store: Store, contact: Contact, outbox: Outbox) -> None:
    request = quiet(fill(), store, contact)
    wish_id = contact.reply(Draft(request.request_id, "Parti."), 3)
    outbox.sending(wish_id)
    assert contact.take_back(wish_id) is None
    assert contact.edit_refused(wish_id) == Draft(NEW)
    assert contact.draft(request.request_id) is None


def test_the_files_that_something_names_are_wanted(
    fill: Fill, store: Store, contact: Contact, shelf: Shelf, tmp_path: Path
) -> None:
    world = fill()
    request = quiet(world, store, contact)
    staged = [shelf.stage_bytes(f"{place}.pdf", PDF + bytes([place])) for place in range(3)]
    contact.keep_draft(Draft(NEW, "x", files=(staged[0],)))
    contact.reply(Draft(request.request_id, "x", files=(staged[1],)), 3)
    told = {file.sha256 for message in world.messages for file in message.attachments}
    assert contact.wanted_files() == told | {staged[0].sha256, staged[1].sha256}
    assert shelf.sweep(contact.wanted_files()) == 0, "what was staged in this run may be named in a moment"
    next_run = Shelf(tmp_path / "profile" / "shelf.db", KEY)
    assert next_run.sweep(contact.wanted_files()) == 1
    next_run.close()


# Checks before anything is sent


def complaints(contact: Contact, draft: Draft) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        contact.open_request(draft)
    assert all(complaint.sentence.endswith((".", "?")) for complaint in caught.value.complaints)
    return {complaint.field: complaint.sentence for complaint in caught.value.complaints}


def test_an_empty_form_says_what_it_needs(fill: Fill, contact: Contact) -> None:
    fill()
    assert set(complaints(contact, Draft(NEW))) == {"space", "topic"}


def test_each_field_says_what_is_wrong_beside_it(fill: Fill, contact: Contact, shelf: Shelf, outbox: Outbox) -> None:
    world = fill()
    good = leave(world, shelf)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"fields": good.fields | {"employee": " "}}, "employee"),
        ({"fields": good.fields | {"employee": "deux\nlignes"}}, "employee"),
        ({"subject": "Arrêt", "fields": good.fields | {"employee": "Facture \u202efdp.exe"}}, "employee"),
        ({"fields": good.fields | {"cause": "flemme"}}, "cause"),
        ({"fields": good.fields | {"start_date": "2026-02-30"}}, "start_date"),
        ({"fields": good.fields | {"start_date": "03/02/2026"}}, "start_date"),
        ({"fields": good.fields | {"end_date": "2026-02-02"}}, "end_date"),
        ({"fields": good.fields | {"extension": "peut-être"}}, "extension"),
        ({"fields": good.fields | {"gross_salary": "1234,5"}}, "gross_salary"),
        ({"fields": good.fields | {"gross_salary": "x" * 2_001}}, "gross_salary"),
        ({"subject": "x" * 161}, "subject"),
        ({"subject": "deux\nlignes"}, "subject"),
        ({"text": "x" * 10_001}, "text"),
        ({"text": "cloche\x07"}, "text"),
        ({"files": ()}, "files"),
        ({"files": good.files * 11}, "files"),
        ({"topic": "inconnu"}, "topic"),
        ({"space_id": None}, "space"),
        ({"space_id": new_id()}, "topic"),
    ]
    for told, code in wrong:
        assert set(complaints(contact, replace(good, **told))) == {code}, told
    assert "02/2026" in complaints(contact, replace(good, fields=good.fields | {"end_date": "2026-02-02"}))["end_date"]
    assert outbox.waiting() == ()
    contact.open_request(good)
    assert len(outbox.waiting()) == 1


def test_all_that_is_wrong_is_told_in_one_round_in_the_order_of_the_form(
    fill: Fill, contact: Contact, shelf: Shelf
) -> None:
    good = leave(fill(), shelf)
    bad = replace(good, fields=good.fields | {"employee": ""}, subject="a\nb", text="cloche\x07", files=())
    assert list(complaints(contact, bad)) == ["employee", "subject", "text", "files"]


def test_a_subject_is_proposed_from_what_was_answered(fill: Fill, contact: Contact, shelf: Shelf) -> None:
    world = fill()
    request_id = contact.open_request(leave(world, shelf))
    assert row(contact, request_id).subject == "Arrêt de travail\u00a0: Claire Lefèvre"
    assert row(contact, contact.open_request(form(world))).subject == "Portabilité"


def test_adherents_to_add_are_checked_line_by_line(fill: Fill, contact: Contact, outbox: Outbox) -> None:
    world = fill()
    draft = form(world, topic=Topics.ADD_SPACE, subject="Ajouter", fields={"added": "732 829 320 00075\n123456\nabc"})
    assert complaints(contact, draft)["added"].count("\n") == 1
    request_id = contact.open_request(replace(draft, fields={"added": "732 829 320 00074\n\n123456"}))
    sheet = contact.sheet(request_id)
    assert sheet is not None
    assert sheet.fields == (("SIRET ou numéros d’adhérent", "73282932000074\n123456"),)


def test_a_text_or_a_file_is_needed_and_fields_may_stand_for_it(fill: Fill, contact: Contact) -> None:
    world = fill()
    assert set(complaints(contact, form(world, text="  "))) == {"text"}
    contact.open_request(form(world, text="", topic=Topics.RADIATION, fields={"employee": "Claire Lefèvre"}))


def test_a_reply_needs_a_text_or_a_file_and_a_right(
    fill: Fill, store: Store, contact: Contact, portfolio: Portfolio
) -> None:
    world = fill()
    request = quiet(world, store, contact)

    def wrong(draft: Draft) -> list[str]:
        with pytest.raises(Invalid) as caught:
            contact.reply(draft, 3)
        return [complaint.field for complaint in caught.value.complaints]

    assert wrong(Draft(request.request_id, " ")) == ["text"]
    assert wrong(Draft(request.request_id, "Le voici.", answers=(new_id(),))) == ["files"]
    assert wrong(Draft(new_id(), "Bonjour")) == ["text"]
    spaces = tuple(msgspec.structs.replace(space, rights=(Right.LEAVE,)) for space in world.me.spaces)
    with store.write(portfolio.topic) as db:
        portfolio.take_in(db, msgspec.structs.replace(world.me, spaces=spaces))
    sheet = contact.sheet(request.request_id)
    assert sheet is not None
    assert not sheet.can_reply
    assert "Claire Martin" in sheet.why_not
    assert wrong(Draft(request.request_id, "Bonjour")) == ["text"]


def test_a_subject_that_turns_the_writing_is_refused(fill: Fill, contact: Contact, shelf: Shelf) -> None:
    draft = leave(fill(), shelf)
    for mark in "\u202e\u200f\u2067":
        said = complaints(contact, replace(draft, subject=f"Facture {mark}fdp.exe"))
        assert said["subject"] == "L’objet tient sur une ligne, sans caractère invisible."


def test_a_document_is_named_within_the_sentence(fill: Fill, contact: Contact, shelf: Shelf) -> None:
    said = complaints(contact, replace(leave(fill(), shelf), files=()))["files"]
    assert said.removeprefix("Joignez\u00a0: ")[0].islower()
