"""The tab of users: people, an invitation, the matrix with its changes before and after, the log."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook

from contract.identity import new_id
from contract.portfolio import Right
from contract.users import AuditPage, AuditRecord, ChangeRights, InviteUser, SuspendUser
from desktop.services.problems import Offline, Refused
from desktop.services.users import Filter, masks
from desktop.views.users.matrix.cells import Face
from desktop.views.users.matrix.page import MatrixPage
from desktop.views.users.page import UsersPage
from tests.services.people import TODAY, a_me, a_user, myself, space_id, tell
from tests.views.users.conftest import Crew, Settle

LEAVE, MAIN = masks.BIT[Right.LEAVE], masks.BIT[Right.MAIN_ADMINISTRATOR]


def person_id(crew: Crew, last: str) -> str:
    return next(person.person_id for person in crew.users.scene().people if person.last_name == last)


def shown(page: UsersPage) -> list[str]:
    rows = page.list.table.rows
    return [row.last_name for place in range(rows.rowCount()) if (row := rows.row(place)) is not None]


def answer(words: str) -> None:
    """Presses the button of the box that is open."""
    from PySide6.QtWidgets import QApplication

    box = next(each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible())
    next(button for button in box.buttons() if button.text() == words).click()


# People


def test_people_are_listed_and_those_to_look_at_again_stand_apart(page: UsersPage, settled: Settle) -> None:
    settled()
    assert shown(page) == ["Bérard", "Éluard", "Martin", "Petit", "Zola"]
    assert page.list.chips[Filter.REVIEW].text() == "À revoir · 3"
    page.list.show_filter(Filter.SUSPENDED)
    settled()
    assert shown(page) == ["Petit"]
    page.list.show_filter(None)
    page.list.search.setText("eluard")
    page.list.search.settled.emit()
    settled()
    assert shown(page) == ["Éluard"]


def test_a_person_opens_with_what_she_holds_and_what_cannot_be_done_says_why(
    crew: Crew, page: UsersPage, settled: Settle
) -> None:
    page.open_person(person_id(crew, "Petit"))
    settled()
    assert page.detail.head.pill.label == "Suspendu"
    assert page.detail.holding.rows.rowCount() == 2
    assert not page.detail.head.suspend.isEnabled()
    assert "n’administrez pas" in page.detail.head.suspend.accessibleDescription()
    page.open_person(person_id(crew, "Martin"))
    assert not page.detail.head.remove.isEnabled()


def test_suspending_asks_first_and_is_seen_at_once(crew: Crew, page: UsersPage, settled: Settle, qtbot: QtBot) -> None:
    page.open_person(person_id(crew, "Zola"))
    page.detail.head.suspend.click()
    assert crew.office.outbox.waiting() == ()
    answer("Suspendre")
    wish = crew.office.outbox.wish(crew.office.outbox.waiting()[0].wish_id)
    assert isinstance(wish, SuspendUser)
    settled()
    assert page.detail.head.suspend.text() == "Rétablir l’accès…"
    assert page.detail.deliveries.isVisible()


def test_who_administers_nothing_is_told_why_and_led_on(crew: Crew, page: UsersPage, settled: Settle) -> None:
    tell(crew.office.store, crew.office.portfolio, crew.users, a_me(rights=[Right.CONTACT]))
    settled()
    assert page.closed.isVisible()
    assert shown(page) == []
    assert page.detail.sheet is None
    page.closed.button.click()
    assert crew.became == [True]


# Adding


def test_somebody_is_added_after_a_summary(crew: Crew, page: UsersPage, settled: Settle) -> None:
    page.add()
    form = page.form
    form.send.click()
    assert {code for code, box in form.boxes.items() if box.complaint} == {
        "first_name", "last_name", "email", "rights", "spaces"
    }  # fmt: skip
    for code, text in (("first_name", "Jeanne"), ("last_name", "Morel"), ("email", "contact@exemple.fr")):
        form.lines[code].setText(text)
    form.rights.boxes[Right.LEAVE].click()
    form.spaces.rows.tick([space_id(0), space_id(3)], on=True)
    form.send.click()
    assert {code for code, box in form.boxes.items() if box.complaint} == {"email"}
    form.lines["email"].setText("jeanne.morel@exemple.fr")
    form.send.click()
    assert "1\u00a0droit dans 2\u00a0espaces" in form.who.text()
    assert crew.office.outbox.waiting() == ()
    form.send.click()
    wish = crew.office.outbox.wish(crew.office.outbox.waiting()[0].wish_id)
    assert isinstance(wish, InviteUser)
    assert [set(one.space_ids) for one in wish.grants] == [{space_id(0), space_id(3)}]
    settled()
    assert "Morel" in shown(page)
    assert page.detail.person_id == wish.person_id


def test_an_invitation_begun_is_found_again(crew: Crew, page: UsersPage, settled: Settle) -> None:
    page.add()
    page.form.lines["last_name"].setText("Morel")
    page.form.lines["last_name"].textEdited.emit("Morel")
    page.form.leave()
    page.add()
    assert page.form.lines["last_name"].text() == "Morel"
    assert page.form.note.sentence == "Votre brouillon a été repris."


# The matrix


@pytest.fixture
def matrix(page: UsersPage, settled: Settle) -> MatrixPage:
    """By right, at the sick leaves."""
    page.show_view(page.matrix)
    settled()
    page.matrix.choices.right.setCurrentIndex(LEAVE)
    page.matrix.choices.right.activated.emit(LEAVE)
    page.matrix.grid.setFocus()
    return page.matrix


def choose(matrix: MatrixPage, top: int, left: int, bottom: int, right: int) -> None:
    cells = matrix.grid.cells
    chosen = QItemSelection(cells.index(top, left), cells.index(bottom, right))
    matrix.grid.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def test_the_keyboard_alone_changes_rights_which_are_shown_before_they_are_applied(
    crew: Crew, matrix: MatrixPage, settled: Settle, qtbot: QtBot
) -> None:
    grid = matrix.grid
    qtbot.keyClicks(grid, "zola")  # type: ignore[no-untyped-call]
    assert grid.cells.line_name(grid.currentIndex().row()) == "Zola Anne"
    qtbot.keyClick(grid, Qt.Key.Key_Home)  # type: ignore[no-untyped-call]
    qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)  # type: ignore[no-untyped-call]
    assert grid.chosen_count == 2
    qtbot.keyClick(grid, Qt.Key.Key_Delete)  # type: ignore[no-untyped-call]
    row = grid.currentIndex().row()
    assert [grid.cells.face_at(row, column) for column in range(3)] == [Face.TAKE, Face.TAKE, Face.EMPTY]
    assert "2\u00a0droits à retirer" in matrix.foot.pending.text()
    assert crew.office.outbox.waiting() == ()
    matrix.foot.apply.click()
    qtbot.waitUntil(lambda: hasattr(matrix, "sheet"))
    changes = matrix.sheet.changes
    top = changes.topLevelItem(0)
    assert top is not None
    assert "6 avant, 4\u00a0droits après" in top.text(0)
    matrix.sheet.go.click()
    wish = crew.office.outbox.wish(crew.office.outbox.waiting()[0].wish_id)
    assert isinstance(wish, ChangeRights)
    assert [(change.remove, len(change.space_ids)) for change in wish.changes] == [((Right.LEAVE,), 2)]
    settled()
    assert not matrix.foot.isVisible()
    assert grid.cells.face_at(row, 0) is Face.WAITING_TAKEN


def test_space_gives_what_is_not_held_everywhere_and_takes_it_back(matrix: MatrixPage, qtbot: QtBot) -> None:
    grid = matrix.grid
    choose(matrix, 0, 0, 1, 5)
    qtbot.keyClick(grid, Qt.Key.Key_Space)  # type: ignore[no-untyped-call]
    assert len(grid.cells.edits) == 12
    qtbot.keyClick(grid, Qt.Key.Key_Space)  # type: ignore[no-untyped-call]
    assert grid.cells.edits == {}


def test_cells_out_of_ones_rights_are_greyed_and_say_why(
    crew: Crew, page: UsersPage, matrix: MatrixPage, settled: Settle
) -> None:
    tell(crew.office.store, crew.office.portfolio, crew.users, a_me(rights=[Right.USERS, Right.CONTACT]))
    settled()
    row = [person.last_name for person in matrix.grid.cells.people].index("Éluard")
    assert matrix.grid.cells.face_at(row, 0) is Face.BARRED
    assert "Vous n’avez pas vous-même ce droit" in matrix.grid.cells.told(row, 0)
    choose(matrix, row, 0, row, 1)
    matrix.give.click()
    assert matrix.grid.cells.edits == {}
    assert "2" in matrix.said.sentence


def test_a_delegation_ends_and_rights_are_copied(crew: Crew, matrix: MatrixPage, settled: Settle) -> None:
    target, source = person_id(crew, "Éluard"), person_id(crew, "Zola")
    matrix.show_person(target)
    choose(matrix, 0, LEAVE, 0, LEAVE)
    matrix._give_until(TODAY + timedelta(30))
    assert list(matrix.grid.cells.edits.values()) == [(TODAY + timedelta(30)).isoformat()]
    matrix._copy(matrix._targets(), source)
    settled()
    plan = crew.users.plan(matrix.grid.cells.edits)
    assert plan.impossible == ()
    after = {person.person_id: person.after for person in plan.people}
    assert after == {target: 6}


def test_a_refused_change_keeps_its_cells_and_says_why(
    crew: Crew, page: UsersPage, matrix: MatrixPage, settled: Settle, qtbot: QtBot
) -> None:
    row = [person.last_name for person in matrix.grid.cells.people].index("Éluard")
    choose(matrix, row, 0, row, 0)
    matrix.give.click()
    matrix._apply(crew.users.plan(matrix.grid.cells.edits))
    settled()
    waiting = crew.office.outbox.waiting()[0]
    crew.office.outbox.refused(waiting.wish_id, Refused("Ses droits ont changé.", kind="stale", version=2))
    qtbot.waitUntil(lambda: bool(matrix.grid.cells.refused))
    assert matrix.deliveries.isVisible()
    assert matrix.grid.cells.face_at(row, 0) is Face.EMPTY
    assert "revoyiez" in matrix.grid.cells.told(row, 0)
    matrix._edit(waiting.wish_id)
    settled()
    assert matrix.grid.cells.face_at(row, 0) is Face.GIVE
    assert matrix.foot.isVisible()


def test_what_is_chosen_stays_chosen_when_news_come(crew: Crew, matrix: MatrixPage, settled: Settle) -> None:
    choose(matrix, 1, 1, 3, 4)
    crew.put(msgspec.structs.replace(myself(), version=2, function="Directrice"))
    settled()
    assert matrix.grid.chosen_count == 12
    crew.put(a_user("Zz"))
    settled()
    assert matrix.grid.cells.rowCount() == 6


def test_changes_that_are_not_applied_are_there_again_at_the_next_start(
    crew: Crew, matrix: MatrixPage, qtbot: QtBot, settled: Settle
) -> None:
    choose(matrix, 0, 0, 0, 2)
    matrix.give.click()
    matrix.keep_drafts()
    again = MatrixPage(crew.desk)
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    settled()
    assert len(again.grid.cells.edits) == 3


def test_more_cells_than_a_wish_may_name_are_not_changed_at_once(
    crew: Crew, page: UsersPage, matrix: MatrixPage, settled: Settle, qtbot: QtBot
) -> None:
    tell(crew.office.store, crew.office.portfolio, crew.users, a_me(spaces=4_001))
    settled()
    qtbot.keyClick(matrix.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)  # type: ignore[no-untyped-call]
    assert matrix.grid.chosen_count == 5 * 4_001
    assert not matrix.give.isEnabled()
    qtbot.keyClick(matrix.grid, Qt.Key.Key_Space)  # type: ignore[no-untyped-call]
    assert (matrix.grid.cells.edits, bool(matrix.said.sentence)) == ({}, True)


# Giving and the log


def test_the_rights_of_all_are_exported(crew: Crew, page: UsersPage, settled: Settle, tmp_path: Path) -> None:
    crew.office.chosen.to_save = tmp_path / "droits.xlsx"
    page.list.export.click()
    settled()
    rows = CalamineWorkbook.from_filelike(BytesIO((tmp_path / "droits.xlsx").read_bytes())).get_sheet_by_index(0)
    assert len(rows.to_python()) == 1 + 6 + 3 + 1 + 2 + 2
    assert "droits.xlsx" in page.said.sentence


def test_the_log_is_read_on_line_and_says_when_it_cannot_be(crew: Crew, page: UsersPage, settled: Settle) -> None:
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    record = AuditRecord(new_id(), at, "Claire Martin", "rights.withdraw", "Anne Zola", space_id(1), "leave")
    crew.log += [Offline("Le portail ne répond pas."), AuditPage(more=True, entries=(record,)), AuditPage(more=False)]
    page.show_view(page.journal)
    settled()
    assert page.journal.empty.isVisible()
    page.journal.refresh()
    settled()
    log = page.journal.log
    assert [log.data(log.index(0, column)) for column in (1, 2, 3)] == [
        "Claire Martin", "Droits retirés : Arrêts de travail".replace(" :", "\u00a0:"), "Anne Zola"
    ]  # fmt: skip
    page.journal.more.click()
    settled()
    assert not page.journal.more.isVisible()


def test_the_main_role_is_never_given_with_an_end(crew: Crew, matrix: MatrixPage) -> None:
    crew.put(myself())
    matrix.show_person(person_id(crew, "Éluard"))
    choose(matrix, 0, MAIN, 0, MAIN)
    matrix._give_until(date(2026, 12, 31))
    assert matrix.grid.cells.edits == {}
    matrix.give.click()
    assert len(matrix.grid.cells.edits) == 1


def test_a_chosen_company_narrows_people_and_columns(page: UsersPage, matrix: MatrixPage, settled: Settle) -> None:
    page.show_space(space_id(2))
    settled()
    assert [place.member_number for place in matrix.grid.cells.places] == ["7000002", "7000003"]
    page.show_view(page.people)
    settled()
    assert shown(page) == ["Éluard", "Martin"]
