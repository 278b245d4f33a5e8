"""The view of leaves: found, read on one line of time, declared, prolonged, ended, taken back."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from contract.contact import AwaitedDocument, Origin
from contract.identity import new_id
from contract.leave import AnnounceReturn, CompleteLeave, DeclareLeave, LeaveState, ProlongLeave, WithdrawLeave
from contract.wire import ProblemKind
from desktop.services.leave import NEW, Act, Counts, Pill, SpanKind, Stage
from desktop.services.problems import Refused
from desktop.views import wording
from desktop.views.leave import saying
from desktop.views.leave.page import LeavesPage
from desktop.views.opening import Appearance
from desktop.views.rows.beside import Beside
from desktop.views.tokens import Look
from tests.views.conftest import Watchdog
from tests.views.contact.world import BREST, LORIENT, PDF, QUIMPER
from tests.views.leave.conftest import Ward, a_leave, leaves_of_all_kinds
from tests.views.walking import slips, unnamed, visible_strings

Listed = Callable[[int], None]
DAYS = {"last_day_worked": "2026-11-13", "start": "2026-11-16", "expected_end": "2026-11-30"}
NAMES = {"last_name": "Lefèvre", "first_name": "Anne", "matricule": "A-042", "motive": "01", "subrogation": "no"}


def who(page: LeavesPage) -> list[str]:
    rows = page.list.table.rows
    return [row.last_name for place in range(rows.rowCount()) if (row := rows.row(place)) is not None]


def fill(page: LeavesPage, **values: str) -> None:
    """As one types: the fields say that they changed."""
    page.form.answers.fill(page.form.answers.values() | values)
    page.form.answers.changed.emit()


def wrong(page: LeavesPage) -> dict[str, str]:
    return {one.field.code: one.box.complaint for one in page.form.answers.inputs if one.box.complaint}


def press(parent: QWidget, verb: str) -> None:
    """In the question that is asked now, or among the buttons in sight."""
    for box in parent.findChildren(QMessageBox):
        if box.isVisible():
            next(button for button in box.buttons() if button.text() == verb).click()
            return
    next(one for one in parent.findChildren(QPushButton) if one.isVisible() and one.text() == verb).click()


def only_wish(ward: Ward) -> object:
    [waiting] = ward.office.outbox.waiting()
    return ward.office.outbox.wish(waiting.wish_id)


# The list


def test_the_list_is_searched_as_one_types_and_cut_by_stage(
    ward: Ward, page: LeavesPage, listed: Listed, qtbot: QtBot
) -> None:
    ward.put(*leaves_of_all_kinds())
    listed(6)
    assert who(page)[:2] == ["Müller", "Garcia"]
    page.list.search.setText("lefevre")
    qtbot.waitUntil(lambda: who(page) == ["Lefèvre"])
    assert page.list.count.text() == "1\u00a0arrêt"
    qtbot.keyClick(page.list.search, Qt.Key.Key_Escape)
    listed(6)
    page.list.chips[Stage.INCOMPLETE].click()
    qtbot.waitUntil(lambda: who(page) == ["Garcia"])
    assert page.list.chips[Stage.OVER].text() == "Terminés · 3"
    page.list.search.setText("zzz")
    qtbot.waitUntil(page.list.empty.isVisible)
    press(page.list, "Effacer la recherche et le filtre")
    listed(6)


@pytest.mark.parametrize("wide", [380, 408, 440, 520])
def test_the_stages_stand_on_one_row(ward: Ward, page: LeavesPage, listed: Listed, wide: int) -> None:
    """With their numbers where there is room, else these are in the tooltips."""
    ward.put(*leaves_of_all_kinds())
    listed(6)
    listing = page.list
    page.resize(1_300, 700)
    beside = page.findChildren(Beside)[0]
    beside.setSizes([wide, 1_299 - wide])
    assert listing.width() == wide
    chips = list(listing.chips.values())
    listing._counts = Counts(1_054, dict.fromkeys(Stage, 1_054))
    listing._count_chips()
    listing.layout().activate()
    assert len({chip.y() for chip in chips}) == 1
    assert max(chip.geometry().right() for chip in chips) < wide - 12
    assert all(chip.width() >= chip.sizeHint().width() for chip in chips), "none is cut"
    assert chips[0].toolTip() == wording.tip("Tous · 1\u202f054")


def test_the_space_of_the_window_is_that_of_the_list_and_the_open_leave(
    ward: Ward, page: LeavesPage, listed: Listed
) -> None:
    kinds = leaves_of_all_kinds()
    ward.put(*kinds)
    listed(6)
    page.open_leave(kinds[0].leave_id)
    page.show_space(QUIMPER)
    listed(1)
    assert (page.detail.leave_id, page.list.current.id) == (None, None)
    page.show_space(None)
    listed(6)


def test_what_one_looks_at_stays_under_the_eye(ward: Ward, page: LeavesPage, listed: Listed, qtbot: QtBot) -> None:
    """A leave that comes above moves nothing in sight; another company begins at its first leave."""
    ward.put(*(a_leave(f"Nom {place}", start=date(2026, 10, 31) - timedelta(place)) for place in range(40)))
    listed(40)
    table, rows = page.list.table, page.list.table.rows
    bar = table.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    seen = rows.key_at(table.rowAt(60))
    assert seen is not None
    where = table.rowViewportPosition(rows.index_of(seen) or 0)
    ward.put(a_leave("Tout nouveau"))
    listed(41)
    assert table.rowViewportPosition(rows.index_of(seen) or 0) == where
    bar.setValue(0)
    ward.put(a_leave("Plus nouveau", start=date(2026, 11, 20)))
    listed(42)
    assert bar.value() == 0, "at the top one looks at the newest"
    bar.setValue(bar.maximum() // 2)
    page.show_space(BREST)
    qtbot.waitUntil(lambda: bar.value() == 0)


def test_a_row_reads_as_a_sentence_and_copies_as_columns(
    ward: Ward, page: LeavesPage, listed: Listed, qtbot: QtBot
) -> None:
    former = leaves_of_all_kinds()[2]
    ward.put(former)
    listed(1)
    said = saying.sentence(ward.row(former.leave_id))
    assert said.startswith("Bérenger Noémie, Maladie, du 01/09/2026 au 15/11/2026, 76\u00a0jours, suivi")
    assert "ancien espace client" in said
    page.list.table.select(0)
    page.list.table.copy()
    cells = QApplication.clipboard().text().split("\t")
    assert cells[:6] == ["70012304", "Bérenger", "Noémie", "A-042", "Maladie", "01/09/2026"]


def test_an_empty_list_says_why_and_offers_the_next_step(page: LeavesPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(page.list.empty.isVisible)
    press(page.list.empty, "Déclarer un arrêt")
    assert page.form.isVisible()
    assert page.form.key == NEW


# One leave


def test_a_leave_is_shown_whole_with_its_number_masked_until_asked_for(
    ward: Ward, page: LeavesPage, listed: Listed
) -> None:
    leave = leaves_of_all_kinds()[0]
    ward.paid[leave.leave_id] = [(date(2026, 9, 16), date(2026, 10, 20)), (date(2026, 10, 26), date(2026, 11, 15))]
    ward.put(leave)
    listed(1)
    page.open_leave(leave.leave_id)
    told = page.detail.timeline.accessibleDescription()
    for words in (
        "Carence\u00a0: du 17/08/2026 au 19/08/2026, 3\u00a0jours",
        "Franchise\u00a0: du 20/08/2026 au 15/09/2026",
        "Entre deux prescriptions\u00a0: du 21/10/2026 au 22/10/2026",
        "Jours indemnisés\u00a0: du 16/09/2026 au 20/10/2026",
        "Jours non indemnisés\u00a0: du 21/10/2026 au 25/10/2026",
        "Reprise le 16/11/2026",
    ):
        assert words in told
    texts = [text for _, text in visible_strings(page.detail)]
    assert "30\u00a0jours · Conditions générales, art. 9 · depuis le 01/12/2020" in texts
    assert not any("295109912611193" in text.replace("\u202f", "") for text in texts)
    page.detail.facts.reveal.click()
    assert any("295109912611193" in text.replace("\u202f", "") for _, text in visible_strings(page.detail))
    page.open_leave(leave.leave_id)
    other = a_leave("Garcia")
    ward.put(other)
    page.open_leave(other.leave_id)
    assert not any("295109912611193" in text.replace("\u202f", "") for _, text in visible_strings(page.detail))


def test_the_line_of_time_is_walked_with_the_arrows(ward: Ward, page: LeavesPage, qtbot: QtBot) -> None:
    leave = leaves_of_all_kinds()[0]
    ward.put(leave)
    page.open_leave(leave.leave_id)
    page.detail.timeline.setFocus()
    qtbot.keyClick(page.detail.timeline, Qt.Key.Key_Right)
    assert page.detail.caption.text().startswith("Arrêt prescrit\u00a0: du 17/08/2026")
    qtbot.keyClick(page.detail.timeline, Qt.Key.Key_End)
    assert page.detail.caption.text().startswith("Franchise")


def test_a_withdrawn_leave_has_its_mark_and_no_other(ward: Ward, page: LeavesPage) -> None:
    gone = a_leave(state=LeaveState.WITHDRAWN)
    ward.put(gone)
    page.open_leave(gone.leave_id)
    line = page.detail.timeline
    assert line.accessibleDescription() == "Arrêt retiré\u00a0: du 02/11/2026 au 30/11/2026, 29\u00a0jours."
    assert line._kinds() == [SpanKind.WITHDRAWN]
    assert line._marks() == []


def test_a_leave_of_the_former_space_is_prolonged_through_contact(ward: Ward, page: LeavesPage) -> None:
    former = leaves_of_all_kinds()[2]
    ward.put(former)
    page.open_leave(former.leave_id)
    assert page.detail.note.sentence.startswith("Cet arrêt finissait le 15\u00a0novembre\u00a02026")
    assert not page.detail.head.prolong.isVisible()
    page.detail.head.by_contact.click()
    [(topic, fields, space_id)] = ward.written
    assert (topic, space_id, fields["employee"]) == ("prevoyance.arret-de-travail", BREST, "Bérenger Noémie")
    assert "n°\u00a070012304" in fields["text"]


def test_a_former_leave_that_is_over_is_prolonged_no_more(ward: Ward, page: LeavesPage) -> None:
    back = a_leave(origin=Origin.FORMER, returned_on=date(2026, 11, 23))
    gone = a_leave(origin=Origin.FORMER, state=LeaveState.WITHDRAWN)
    ward.put(back, gone)
    page.open_leave(back.leave_id)
    assert not page.detail.head.by_contact.isEnabled()
    assert "a repris le 23\u00a0novembre\u00a02026" in page.detail.head.by_contact.accessibleDescription()
    page.open_leave(gone.leave_id)
    assert not page.detail.head.by_contact.isEnabled()


# What is wished


def test_a_declaration_is_asked_for_checked_sent_and_shown(
    ward: Ward, page: LeavesPage, listed: Listed, qtbot: QtBot, tmp_path: Path
) -> None:
    page.show_space(BREST)
    page.declare()
    form = page.form
    assert not any(one.box.isVisible() for one in form.answers.inputs if one.field.code == "accident_on")
    assert not form.wanted.isVisible()
    form.send()
    asked = {"last_name", "first_name", "motive", "last_day_worked", "start", "expected_end", "subrogation"}
    assert set(wrong(page)) == asked
    fill(page, **NAMES, **DAYS)
    assert form.wanted.isVisible()
    (tmp_path / "avis.pdf").write_bytes(PDF)
    ward.office.chosen.to_attach = (tmp_path / "avis.pdf",)
    press(form.wanted, "Joindre ce document")
    qtbot.waitUntil(lambda: len(form.strip.files) == 1)
    form.send()
    wish = only_wish(ward)
    assert isinstance(wish, DeclareLeave)
    assert [(file.name, file.document) for file in wish.attachments] == [("avis.pdf", "avis")]
    listed(1)
    assert page.detail.isVisible()
    assert page.detail.head.pill.label == "À envoyer"
    press(page.detail, "Annuler l’envoi")
    assert form.isVisible()
    assert form.answers.values()["last_name"] == "Lefèvre"
    assert form.strip.files[0].name == "avis.pdf"
    assert ward.office.outbox.waiting() == ()


def test_what_does_not_apply_is_not_asked(ward: Ward, page: LeavesPage) -> None:
    page.show_space(BREST)
    page.declare()

    def asked() -> set[str]:
        return {one.field.code for one in page.form.answers.inputs if one.box.isVisible()}

    fill(page, motive="06")
    assert "accident_on" in asked()
    assert page.form.helps.text().endswith("dites si vous la demandez pour les voir.")
    fill(page, motive="01", subrogation="yes")
    assert "accident_on" not in asked()
    assert "D’autres documents dépendent" not in page.form.helps.text()
    assert {"subrogation_from", "subrogation_through"} <= asked()


def test_drafts_of_several_acts_are_kept_apart_and_come_back(
    ward: Ward, page: LeavesPage, listed: Listed, qtbot: QtBot
) -> None:
    leave = a_leave()
    ward.put(leave)
    listed(1)
    page.show_space(BREST)
    page.declare()
    fill(page, last_name="Haddad", start="16/13")
    qtbot.keyClick(page.form, Qt.Key.Key_Escape)
    assert page.detail.isVisible()
    listed(2)
    page.open_leave(leave.leave_id)
    page.detail.head.prolong.click()
    fill(page, through="2026-12-24")
    page.form.leave()
    page.declare()
    assert page.form.answers.values()["start"] == "16/13"
    assert page.form.note.sentence == "Votre brouillon a été repris."
    page.open_leave(leave.leave_id)
    page.detail.head.prolong.click()
    assert page.form.answers.values() == {"through": "2026-12-24"}


def test_a_prolongation_and_a_return_are_wished_of_what_was_seen(ward: Ward, page: LeavesPage) -> None:
    leave = a_leave()
    ward.put(leave)
    page.open_leave(leave.leave_id)
    page.detail.head.prolong.click()
    fill(page, through="2026-11-30")
    page.form.send()
    assert list(wrong(page)) == ["through"]
    fill(page, through="2026-12-24")
    page.form.send()
    wish = only_wish(ward)
    assert isinstance(wish, ProlongLeave)
    assert (wish.base_version, wish.through) == (7, date(2026, 12, 24))
    assert ward.row(leave.leave_id).last_day == date(2026, 12, 24)
    page.detail.head.returned.click()
    fill(page, returned_on="2026-11-25")
    page.form.send()
    announced = ward.office.outbox.wish(ward.office.outbox.waiting()[1].wish_id)
    assert isinstance(announced, AnnounceReturn)
    assert not page.detail.head.prolong.isEnabled()
    assert "a repris" in page.detail.head.prolong.accessibleDescription()


@pytest.mark.parametrize(("subrogation", "relapse"), [("yes", "no"), ("no", "yes"), ("no", "")])
def test_a_declaration_taken_back_is_what_was_filled_in(
    ward: Ward, page: LeavesPage, subrogation: str, relapse: str, qtbot: QtBot
) -> None:
    """Each « Oui », each « Non », each day, and what was left unanswered, on screen as they were."""
    page.show_space(BREST)
    page.declare()
    told = NAMES | DAYS | {"motive": "06", "accident_on": "2026-11-13", "matricule": "A-042"}
    told |= {"subrogation": subrogation} | ({"relapse": relapse} if relapse else {})
    if subrogation == "yes":
        told |= {"subrogation_from": "2026-11-16", "subrogation_through": "2027-02-28"}
    fill(page, **told)
    before, space_id = page.form.answers.values(), page.form.space.space_id
    assert before == told
    page.form.send()
    press(page.detail, "Annuler l’envoi")
    assert page.form.isVisible()
    assert (page.form.answers.values(), page.form.space.space_id) == (before, space_id)
    qtbot.waitUntil(lambda: set(told) <= {one.field.code for one in page.form.answers.inputs if one.box.isVisible()})


@pytest.mark.parametrize("act", ["prolong", "returned"])
def test_what_is_taken_back_of_a_leave_stands_on_the_ground_it_stood_on(ward: Ward, page: LeavesPage, act: str) -> None:
    leave = a_leave()
    ward.put(leave)
    page.open_leave(leave.leave_id)
    getattr(page.detail.head, act).click()
    told = {"through": "2026-12-24", "start": "2026-12-02"} if act == "prolong" else {"returned_on": "2026-11-25"}
    fill(page, **told)
    before = page.form.answers.values()
    page.form.send()
    press(page.detail, "Annuler l’envoi")
    assert page.form.answers.values() == before
    ward.put(msgspec.structs.replace(leave, version=8))
    page.form.send()
    wish = only_wish(ward)
    assert isinstance(wish, ProlongLeave | AnnounceReturn)
    assert wish.base_version == 7, "what has changed since is not passed over"


def test_the_awaited_document_is_brought(
    ward: Ward, page: LeavesPage, listed: Listed, qtbot: QtBot, tmp_path: Path
) -> None:
    awaited = AwaitedDocument(new_id(), "Avis d’arrêt de travail, volet 3")
    leave = a_leave(state=LeaveState.DOCUMENT_AWAITED, awaited=(awaited,))
    ward.put(leave)
    listed(1)
    page.open_leave(leave.leave_id)
    (tmp_path / "avis.pdf").write_bytes(PDF)
    ward.office.chosen.to_attach = (tmp_path / "avis.pdf",)
    press(page.detail, "Envoyer ce document")
    qtbot.waitUntil(lambda: len(page.form.strip.files) == 1)
    page.form.send()
    wish = only_wish(ward)
    assert isinstance(wish, CompleteLeave)
    assert wish.answers == (awaited.awaited_id,)


def test_a_leave_is_withdrawn_after_a_question(ward: Ward, page: LeavesPage) -> None:
    leave = a_leave()
    ward.put(leave)
    page.open_leave(leave.leave_id)
    page.detail.head.withdraw.click()
    assert ward.office.outbox.waiting() == ()
    press(page.detail, "Retirer l’arrêt")
    assert isinstance(only_wish(ward), WithdrawLeave)
    assert not page.detail.head.returned.isEnabled()


@pytest.mark.parametrize("kind", [ProblemKind.INVALID, ProblemKind.STALE])
def test_what_the_portal_refuses_is_told_where_it_was_wished_and_mended(
    ward: Ward, page: LeavesPage, kind: ProblemKind
) -> None:
    leave = a_leave()
    ward.put(leave)
    page.open_leave(leave.leave_id)
    page.detail.head.prolong.click()
    fill(page, through="2026-12-24")
    page.form.send()
    wish_id = ward.office.outbox.waiting()[0].wish_id
    ward.office.outbox.refused(wish_id, Refused("Le portail dit non.", kind=kind, version=9))
    assert "Le portail dit non." in [text for _, text in visible_strings(page.detail)]
    assert ward.row(leave.leave_id).pill in (Pill.REFUSED, Pill.CONFLICT)
    if kind is ProblemKind.STALE:
        press(page.detail, "Envoyer quand même")
        wish = only_wish(ward)
        assert isinstance(wish, ProlongLeave)
        assert wish.base_version is None
        return
    press(page.detail, "Modifier et renvoyer")
    assert page.form.isVisible()
    assert page.form.answers.values() == {"through": "2026-12-24"}
    page.form.leave()
    assert ward.office.outbox.waiting() == ()


def test_who_may_not_declare_there_is_told_beside_the_company(ward: Ward, page: LeavesPage) -> None:
    page.show_space(LORIENT)
    page.declare()
    fill(page, **NAMES, **DAYS)
    page.form.send()
    assert page.form._space_box.complaint == "Il vous manque le droit de déclarer des arrêts dans cet espace."


# Manners


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
def test_every_part_has_a_name_and_is_french(
    ward: Ward, page: LeavesPage, listed: Listed, look: Look, appearance: Appearance
) -> None:
    kinds = leaves_of_all_kinds()
    ward.put(*kinds)
    listed(6)
    look.choose(appearance)
    for leave in kinds:
        page.open_leave(leave.leave_id)
        assert unnamed(page) == []
        assert [(where, text) for where, text in visible_strings(page) if slips(text)] == []
    page.show_space(BREST)
    for act in Act:
        page.form.open(act, kinds[1].leave_id if act is not Act.DECLARE else "", BREST)
        page._right.setCurrentWidget(page.form)
        if act is Act.DECLARE:
            fill(page, motive="06", subrogation="yes")
        page.form.send()
        assert unnamed(page) == []
        assert [(where, text) for where, text in visible_strings(page) if slips(text)] == []


def test_opening_leaves_one_after_the_other_never_holds_the_window(
    ward: Ward, page: LeavesPage, listed: Listed, watchdog: Watchdog
) -> None:
    many = [a_leave(f"Nom {place}", number=str(place)) for place in range(300)]
    ward.put(*many)
    listed(300)
    for leave in many[:5]:
        watchdog.during(lambda leave=leave: page.open_leave(leave.leave_id))  # type: ignore[misc]
    watchdog.during(page.declare)
