"""The form of a new request, drawn from the catalogue."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from contract.contact import OpenRequest
from desktop.services.contact import NEW, Draft, FormField, Pill
from desktop.views.contact.inputs import DateInput, LinesInput, make_input
from desktop.views.contact.page import ContactPage
from desktop.views.icons import Icons
from tests.views.contact.conftest import Office
from tests.views.contact.world import BREST, LORIENT

LEAVE = "prevoyance.arret-de-travail"
ADD_SPACE = "espace.ajouter-un-espace"
FILLED = {
    "employee": "Lefèvre-Dubois Camille",
    "cause": "illness",
    "last_day_worked": "2026-02-02",
    "start_date": "2026-02-03",
    "end_date": "2026-02-17",
    "extension": "no",
}


def asked(code: str, label: str, kind: str, *, required: bool = True) -> FormField:
    return FormField(code, label, kind, required, "", (), None)


def pick(combo: QComboBox, words: str) -> None:
    """As by the mouse: the choice is told."""
    place = next(at for at in range(combo.count()) if combo.itemText(at).startswith(words))
    combo.setCurrentIndex(place)
    combo.activated.emit(place)


def press(page: ContactPage, verb: str) -> None:
    """In the question that is asked now."""
    asked_now = next(box for box in page.form.findChildren(QMessageBox) if box.isVisible())
    next(button for button in asked_now.buttons() if button.text() == verb).click()


def test_the_form_is_drawn_from_the_catalogue(office: Office, page: ContactPage) -> None:
    page.new_request()
    form = page.form
    assert form.isVisible()
    assert form.space.space_id is None
    pick(form.space, "Ateliers Morvan SAS · Usine de Brest")
    assert form.space.space_id == BREST
    pick(form.topic.theme, "Mes prestations de prévoyance")
    pick(form.topic.topic, "Déclaration d\u2019un arrêt de travail")
    assert form.topic.code == LEAVE
    labels = [one.field.label for one in form.answers.inputs]
    assert labels[:3] == ["Nom et prénom du salarié", "Cause de l\u2019arrêt", "Dernier jour travaillé"]
    assert form.wanted.isVisible()
    form.answers.inputs[0].set_text("Lefèvre")
    form.answers.inputs[0].changed.emit()
    assert form.subject.text() == "Arrêt de travail\u00a0: Lefèvre"


def test_prefilled_for_a_leave_and_sent(office: Office, page: ContactPage, tmp_path: Path, qtbot: QtBot) -> None:
    page.new_request(LEAVE, FILLED, BREST)
    form = page.form
    assert form.answers.values() == FILLED
    notice = tmp_path / "avis.pdf"
    notice.write_bytes(b"%PDF-1.4 avis")
    office.chosen.to_attach = (notice,)
    bring = next(one for one in form.wanted.findChildren(QPushButton) if "(obligatoire)" in one.accessibleName())
    bring.click()
    qtbot.waitUntil(lambda: len(form.strip.files) == 1)
    qtbot.keyClicks(form.text, "Merci")
    qtbot.keyClick(form.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (waiting,) = office.outbox.waiting()
    wish = office.outbox.wish(waiting.wish_id)
    assert isinstance(wish, OpenRequest)
    assert wish.fields == FILLED
    assert wish.space_id == BREST
    assert wish.subject == "Arrêt de travail\u00a0: Lefèvre-Dubois Camille"
    assert [one.name for one in wish.attachments] == ["avis.pdf"]
    assert page.reading.request_id == wish.request_id
    assert page.reading.isVisible()
    qtbot.waitUntil(lambda: (row := page.list.table.current()) is not None and row.request_id == wish.request_id)
    row = page.list.table.current()
    assert row is not None
    assert row.pill is Pill.WAITING
    assert office.contact.drafts() == frozenset()


def test_what_is_missing_is_said_beside_the_field(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    page.new_request()
    form = page.form
    form.send()
    assert form._space_box.complaint
    assert form.space.hasFocus()
    pick(form.space, "Ateliers Morvan SAS · Usine de Brest")
    form.send()
    assert form.topic._theme_box.complaint
    pick(form.topic.theme, "Mes prestations de prévoyance")
    pick(form.topic.topic, "Déclaration d\u2019un arrêt de travail")
    form.send()
    first = form.answers.inputs[0]
    assert first.box.complaint
    assert first.widget.hasFocus()
    assert office.outbox.waiting() == ()


def test_what_the_subject_refuses_stands_beside_its_field(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    backwards = FILLED | {"end_date": "2026-01-01"}
    page.new_request(LEAVE, backwards, BREST)
    page.form.send()
    wrong = next(one for one in page.form.answers.inputs if one.field.code == "end_date")
    assert "ne peut pas précéder" in wrong.box.complaint
    assert wrong.widget.hasFocus()
    assert "Joignez" in page.form.strip.sentence


def test_a_topic_without_the_right_is_there_and_says_why(office: Office, page: ContactPage) -> None:
    page.new_request(space_id=LORIENT)
    form = page.form
    pick(form.topic.theme, "Mes prestations de prévoyance")
    assert form.topic.topic.itemText(1) == "Déclaration d\u2019un arrêt de travail (droit manquant)"
    pick(form.topic.topic, "Déclaration d\u2019un arrêt de travail")
    assert "Paul Kerléo" in form.topic.reason.text()
    assert form.topic.reason.isVisible()
    assert not form.send_button.isEnabled()
    pick(form.space, "Ateliers Morvan SAS · Usine de Brest")
    assert not form.topic.reason.isVisible()
    assert form.send_button.isEnabled()


def test_the_draft_is_kept_as_typed_and_offered_again(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    page.new_request(space_id=BREST)
    form = page.form
    pick(form.topic.theme, "Mes prestations de prévoyance")
    pick(form.topic.topic, "Déclaration d\u2019un arrêt de travail")
    dates = [one for one in form.answers.inputs if isinstance(one, DateInput)]
    qtbot.keyClicks(dates[0].widget, "03/0")
    qtbot.keyClicks(form.text, "Pas fini")
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    assert page.reading.isVisible()
    again = ContactPage(office.desk)
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    again.new_request()
    assert again.form.note.sentence == "Votre brouillon a été repris."
    assert again.form.text.toPlainText() == "Pas fini"
    assert again.form.answers.values()["last_day_worked"] == "03/0"
    assert again.form.space.space_id == BREST


def test_a_message_made_for_her_is_there_once_and_loses_nothing_of_hers(office: Office, page: ContactPage) -> None:
    told = {"employee": "Bérenger Noémie", "text": "Prolongation de l’arrêt n°\u00a070012304."}
    made = told["text"].replace("\u00a0", " ")  # as Qt gives it back
    page.new_request("prevoyance.arret-de-travail", told, BREST)
    assert page.form.text.toPlainText() == made
    assert "text" not in page.form.answers.values()
    page.form.text.setPlainText("Bonjour.")
    page.new_request("prevoyance.arret-de-travail", told, BREST)
    assert page.form.text.toPlainText() == f"{made}\nBonjour."
    page.new_request("prevoyance.arret-de-travail", told, BREST)
    assert page.form.text.toPlainText() == f"{made}\nBonjour."


def test_another_topic_does_not_lose_what_was_begun(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    page.new_request(space_id=BREST)
    qtbot.keyClicks(page.form.text, "En cours")
    page.new_request(ADD_SPACE, {}, BREST)
    assert page.form.text.toPlainText() == ""
    assert page.form.note.sentence == "Une autre demande est commencée."
    draft = office.contact.draft(NEW)
    assert draft is not None
    assert draft.text == "En cours"
    page.form.note.findChildren(QPushButton)[0].click()
    assert page.form.text.toPlainText() == "En cours"


def test_starting_afresh_drops_the_draft(office: Office, page: ContactPage) -> None:
    office.contact.keep_draft(Draft(key=NEW, text="Ancien", space_id=BREST))
    page.new_request()
    assert page.form.text.toPlainText() == "Ancien"
    page.form.note.findChildren(QPushButton)[0].click()
    press(page, "Conserver")
    assert page.form.text.toPlainText() == "Ancien"
    page.form.note.findChildren(QPushButton)[0].click()
    press(page, "Effacer le brouillon")
    assert page.form.text.toPlainText() == ""
    assert office.contact.draft(NEW) is None


def test_taking_back_a_new_request_opens_its_form_again(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    page.new_request("autre.autre-question", None, BREST)
    qtbot.keyClicks(page.form.subject, "Une question")
    qtbot.keyClicks(page.form.text, "Bonjour")
    page.form.send()
    (_waiting,) = office.outbox.waiting()
    undo = page.reading.conversation.bubbles[0].buttons[0]
    assert undo.text() == "Annuler l\u2019envoi"
    undo.click()
    assert office.outbox.waiting() == ()
    assert page.form.isVisible()
    assert page.form.text.toPlainText() == "Bonjour"


def test_numbers_to_add_are_checked_line_by_line(office: Office, icons: Icons, qtbot: QtBot) -> None:
    field = FormField(
        "numbers", "Adhérents à ajouter", "sirets_or_members", required=True, help="", choices=(), not_before=None
    )
    made = make_input(field, icons, office.portfolio)
    qtbot.addWidget(made.box)
    assert isinstance(made, LinesInput)
    made.set_text("12345678901234\n200311")
    said = made.complaint()
    assert said.count("\n") == 1
    assert said.count("12345678901234") == 1
    assert "déjà dans vos espaces" in said


def test_every_kind_of_field_gives_back_what_it_was_given(office: Office, icons: Icons, qtbot: QtBot) -> None:
    for kind, whole, half in (
        ("text", "Lefèvre", "Lef"),
        ("long_text", "Deux\nlignes", "D"),
        ("date", "2026-02-03", "03/0"),
        ("amount", "1234.56", "12,3,"),
        ("yes_no", "yes", ""),
        ("of_tomorrow", "tel quel", "t"),
    ):
        made = make_input(
            asked("code", "Un champ", kind, required=False),
            icons,
            office.portfolio,
        )
        qtbot.addWidget(made.box)
        for text in (whole, half, ""):
            made.set_text(text)
            assert made.text() == text
    assert isinstance(made.widget, QLineEdit)


def test_the_head_says_for_whom_and_warns_beside_another_space(office: Office, page: ContactPage) -> None:
    page.show_space(BREST)
    page.new_request()
    head = page.form.head
    assert head.whom.text().startswith("Pour Ateliers Morvan SAS · Usine de Brest · adhérent n°")
    assert head.elsewhere.isHidden()
    page.show_space(LORIENT)
    brest, lorient = page.form.space.name_of(BREST), page.form.space.name_of(LORIENT)
    assert head.elsewhere.sentence == f"Cette demande est pour {brest}, et non pour {lorient}."
    assert page.form.space.space_id == BREST
    page.show_space(None)
    assert head.elsewhere.isHidden()


def test_a_complaint_goes_once_its_value_is_put_right(
    office: Office, page: ContactPage, tmp_path: Path, qtbot: QtBot
) -> None:
    page.new_request(LEAVE, FILLED | {"end_date": "2026-01-01"}, BREST)
    form = page.form
    form.send()
    end = next(one for one in form.answers.inputs if one.field.code == "end_date")
    assert end.box.complaint
    end.set_text("2026-03-01")
    assert not end.box.complaint
    form.subject.setText(" ")
    form._subject_box.complain("Écrivez l\u2019objet de la demande.")
    qtbot.keyClicks(form.subject, "A")
    assert not form._subject_box.complaint
    assert "Joignez" in form.strip.sentence
    notice = tmp_path / "avis.pdf"
    notice.write_bytes(b"%PDF-1.4 avis")
    office.chosen.to_attach = (notice,)
    form.attach.click()
    qtbot.waitUntil(lambda: len(form.strip.files) == 1)
    assert form.strip.sentence == ""


def test_all_that_is_wrong_is_said_in_one_round(office: Office, page: ContactPage) -> None:
    page.new_request(LEAVE, FILLED | {"employee": "", "end_date": "2026-01-01", "last_day_worked": "31/0"}, BREST)
    page.form.send()
    said = {one.field.code: one.box.complaint for one in page.form.answers.inputs}
    assert said["employee"] == "Remplissez ce champ."
    assert said["end_date"] == "Cette date ne peut pas précéder le 03/02/2026."
    assert said["last_day_worked"] == "Date non reconnue\u00a0: écrivez-la comme 03/02/2026."
    assert page.form.strip.sentence.startswith("Joignez\u00a0: ")
    assert page.form.kept.text() == "4\u00a0points à corriger"
    assert page.form.answers.inputs[0].widget.hasFocus()
    assert office.outbox.waiting() == ()


def test_a_file_that_is_being_read_is_told_with_the_rest(
    office: Office, page: ContactPage, tmp_path: Path, qtbot: QtBot
) -> None:
    notice = tmp_path / "avis.pdf"
    notice.write_bytes(b"%PDF-1.4 avis")
    office.chosen.to_attach = (notice,)
    page.new_request("autre.autre-question", None, BREST)
    page.form.attach.click()
    page.form.send()
    assert "lecture" in page.form.strip.sentence
    assert page.form._subject_box.complaint
    assert not page.form._text_box.complaint
    qtbot.waitUntil(lambda: len(page.form.strip.files) == 1)


def test_a_missing_document_leads_to_its_own_button(office: Office, page: ContactPage) -> None:
    page.new_request(LEAVE, FILLED, BREST)
    page.form.send()
    assert "Joignez" in page.form.strip.sentence
    missing = page.form.wanted.missing
    assert missing is not None
    assert "(obligatoire)" in missing.accessibleName()
    assert missing.hasFocus()


def test_control_enter_sends_from_any_field(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    page.new_request("autre.autre-question", None, BREST)
    qtbot.keyClicks(page.form.text, "Bonjour")
    qtbot.keyClicks(page.form.subject, "Une question")
    page.form.subject.setFocus()
    qtbot.keyClick(page.form.subject, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(office.outbox.waiting()) == 1


def test_a_field_says_itself_only_what_the_rules_cannot_know(office: Office, icons: Icons, qtbot: QtBot) -> None:
    for kind, typed, said in (
        ("date", "31/02/1990", ""),
        ("date", "31/0", "Date non reconnue\u00a0: écrivez-la comme 03/02/2026."),
        ("amount", "-12", ""),
        ("amount", "12,3,", "Montant non reconnu\u00a0: écrivez-le comme 1\u202f234,56."),
    ):
        made = make_input(asked("code", "Un champ", kind), icons, office.portfolio)
        qtbot.addWidget(made.box)
        made.set_text(typed)
        assert made.complaint() == said


def test_a_day_that_is_none_and_a_negative_amount_are_refused(office: Office, page: ContactPage) -> None:
    page.new_request(LEAVE, FILLED | {"start_date": "31/02/1990", "gross_salary": "-12"}, BREST)
    page.form.send()
    said = {one.field.code: one.box.complaint for one in page.form.answers.inputs}
    assert said["start_date"] == "Cette date n\u2019existe pas."
    assert said["gross_salary"] == "Le montant ne peut pas être négatif."


def test_the_message_says_when_a_file_may_stand_for_it(office: Office, page: ContactPage) -> None:
    page.new_request("autre.autre-question", None, BREST)
    assert page.form._text_label.text() == "Message (facultatif si vous joignez un fichier)"
    page.new_request(LEAVE, FILLED, BREST)
    assert page.form._text_label.text() == "Message (facultatif)"
