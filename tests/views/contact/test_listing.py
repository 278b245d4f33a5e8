"""The list of requests: what it shows, searches, filters and keeps."""

from array import array
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from desktop.services.contact import Pill, RequestRow
from desktop.views.contact import delegate
from desktop.views.contact.criteria import OPEN, Criteria, from_text
from desktop.views.contact.filters import FilterSheet
from desktop.views.contact.page import ContactPage
from desktop.views.contact.printing import listing_page
from desktop.views.icons import Icons
from desktop.views.printing import Preview, printer
from desktop.views.rows.tables import CardTable
from desktop.views.table import Column, Rows
from tests.views.contact.conftest import Office
from tests.views.contact.world import BREST, LORIENT, NOW, QUIMPER, me

DAY = timedelta(days=1)


def numbers(page: ContactPage) -> list[str | None]:
    rows = page.list.table.rows
    return [row.file_number for at in range(rows.rowCount()) if (row := rows.row(at)) is not None]


@pytest.fixture
def shows(page: ContactPage, qtbot: QtBot) -> Callable[..., None]:
    def wait(*wanted: str) -> None:
        qtbot.waitUntil(lambda: numbers(page) == list(wanted))

    return wait


def test_shows_the_latest_first_under_their_days(office: Office, page: ContactPage, shows: Callable[..., None]) -> None:
    office.world.request("1", ago=timedelta(hours=1))
    office.world.request("2", ago=DAY)
    office.world.request("3", ago=40 * DAY)
    shows("1", "2", "3")
    table = page.list.table
    assert [table.rows.group_of(at) for at in range(3)] == ["Aujourd\u2019hui", "Hier", "Octobre 2026"]
    assert [table.rowHeight(at) for at in range(3)] == [114, 114, 114]
    office.world.request("4", ago=timedelta(hours=2))
    shows("1", "4", "2", "3")
    assert [table.rowHeight(at) for at in range(4)] == [114, 84, 114, 114]


def test_a_row_reads_as_a_sentence(office: Office, page: ContactPage, shows: Callable[..., None]) -> None:
    office.world.request("7611111", mine=False, said=[("Julie Renaud", "Bonjour", DAY)], read=False)
    shows("7611111")
    model = page.list.table.rows
    assert model.row(0) is not None
    said = model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    for part in ("Mes prestations de prévoyance", "réponse reçue", "1\u00a0message non lu", "dossier n°\u00a07611111"):
        assert part in said
    assert "émise le 23\u00a0novembre\u00a02026 par Mehdi Benali" in said
    assert said.endswith(".")


def test_search_finds_without_accents_and_says_how_many(
    office: Office, page: ContactPage, qtbot: QtBot, shows: Callable[..., None]
) -> None:
    office.world.request("7611111", subject="Arrêt de Mme Lefèvre", ago=DAY)
    office.world.request("7600000", subject="Autre chose")
    shows("7600000", "7611111")
    qtbot.keyClicks(page.list.search, "lefevre")
    shows("7611111")
    assert page.list.filters.count.text() == "1\u00a0demande"
    qtbot.keyClick(page.list.search, Qt.Key.Key_Escape)
    shows("7600000", "7611111")
    assert page.list.filters.count.isHidden()
    qtbot.keyClicks(page.list.search, "761 1111")
    shows("7611111")


def test_nothing_found_is_not_nothing_yet(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    empty = page.list.empty
    qtbot.waitUntil(empty.isVisible)
    assert empty.button.text() == "Nouvelle demande"
    office.world.request("7611111")
    qtbot.waitUntil(page.list.table.isVisible)
    page.list.search.setText("introuvable")
    qtbot.waitUntil(empty.isVisible)
    assert empty.button.text() == "Effacer la recherche et les filtres"
    page.list.filters.unread.click()
    qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: numbers(page) == ["7611111"])
    assert page.list.search.text() == ""
    assert page.list.filters.criteria == Criteria()


def test_scope_and_quick_chips_narrow(office: Office, page: ContactPage, shows: Callable[..., None]) -> None:
    office.world.request("1", mine=False, said=[("Julie Renaud", "Bonjour", DAY)], read=False)
    office.world.request("2", ago=2 * DAY)
    office.world.request("3", ago=3 * DAY, closed=True)
    office.world.request("4", ago=4 * DAY, closed=True, awaited=["Attestation"])
    shows("1", "2", "3", "4")
    filters = page.list.filters
    assert filters.unread.text() == "Non lues · 1"
    assert filters.awaited.text() == "Document attendu · 1"
    page.list.scope.own.click()
    shows("2", "3", "4")
    page.list.scope.all.click()
    filters.open.click()
    shows("1", "2")
    assert filters.button.text() == "Filtres (1)"
    filters.awaited.click()
    shows("1", "2", "4")
    assert filters.criteria.pills == OPEN | {Pill.AWAITED}
    filters.clear.click()
    shows("1", "2", "3", "4")
    assert filters.button.text() == "Filtres (0)"


def test_filters_of_the_sheet_act_at_once_and_stay_for_the_next_run(
    office: Office, page: ContactPage, qtbot: QtBot, shows: Callable[..., None]
) -> None:
    office.world.request("1", theme="Mes salariés", ago=DAY)
    office.world.request("2", origin="former", space=QUIMPER, ago=400 * DAY)
    shows("1", "2")
    page.list.filters.button.click()
    sheet = page.list.filters.findChild(FilterSheet)
    assert sheet is not None
    sheet.themes["Mes salariés"].setChecked(True)
    sheet.period.setCurrentIndex(1)
    shows("1")
    assert [chip.text() for chip in page.list.filters.removable] == ["Mes salariés", "7 derniers jours"]
    assert page.list.filters.button.text() == "Filtres (2)"
    sheet.close()
    again = ContactPage(office.desk)
    qtbot.addWidget(again)
    assert again.list.filters.criteria == page.list.filters.criteria
    qtbot.keyClick(page.list.filters.removable[0], Qt.Key.Key_Delete)
    qtbot.mouseClick(page.list.filters.removable[0], Qt.MouseButton.LeftButton)
    shows("1", "2")
    sheet = FilterSheet(page, (), Criteria(origin="former"))
    assert sheet.criteria() == Criteria(origin="former")


def test_criteria_of_another_version_are_forgotten() -> None:
    kept = Criteria(unread=True, pills=frozenset({Pill.DONE}), origin="new", with_files=True)
    assert from_text(kept.to_text()) == kept
    for text in ("", "{}", "[1]", '{"unread": 1, "pills": ["gone"], "themes": [], "origin": null, "period": "any"}'):
        assert from_text(text) == Criteria()
    assert Criteria(pills=OPEN | {Pill.DONE}).without("open") == Criteria(pills=frozenset({Pill.DONE}))
    for code, _ in kept.parts():
        assert kept.without(code) != kept


def test_what_is_read_stays_under_the_eye(
    office: Office, page: ContactPage, qtbot: QtBot, shows: Callable[..., None]
) -> None:
    made = [office.world.request(str(n), ago=n * timedelta(minutes=1) + 2 * DAY) for n in range(1, 41)]
    shows(*(str(n) for n in range(1, 41)))
    table = page.list.table
    table.select(20)
    assert page.reading.request_id == made[20]
    before = table.rowViewportPosition(20)
    office.world.request("999")
    qtbot.waitUntil(lambda: numbers(page)[0] == "999")
    assert table.currentIndex().row() == 21
    assert table.rowViewportPosition(21) == before
    assert page.reading.request_id == made[20]


def test_copies_a_line_that_pastes_into_excel(office: Office, page: ContactPage, shows: Callable[..., None]) -> None:
    office.world.request("7611111", subject="=2+2 \t et\nsuite")
    shows("7611111")
    page.list.table.select(0)
    page.list.table.copy()
    mime = QApplication.clipboard().mimeData()
    line = mime.text().split("\t")
    assert line[:3] == ["7611111", "24/11/2026", "24/11/2026"]
    assert line[5] == "'=2+2 et suite"
    assert "<td>7611111</td>" in mime.html()


def test_menu_marks_unread_and_copies_the_number(
    office: Office, page: ContactPage, qtbot: QtBot, shows: Callable[..., None]
) -> None:
    request_id = office.world.request("7611111", said=[("Julie Renaud", "Bonjour", DAY)])
    shows("7611111")
    table = page.list.table
    table.select(0)
    at = table.visualRect(table.currentIndex()).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, table.viewport().mapToGlobal(at))
    QApplication.sendEvent(table.viewport(), event)
    menu = page.list.findChild(QMenu)
    assert menu is not None
    actions = {action.text(): action for action in menu.actions()}
    actions["Copier le n°\u00a0de dossier"].trigger()
    assert QApplication.clipboard().text() == "7611111"
    actions["Marquer comme non lue"].trigger()
    qtbot.waitUntil(lambda: office.contact.rows([office.contact.key_of(request_id) or 0])[0].unread == 1)
    menu.close()


def test_the_jump_to_the_former_requests(
    office: Office, page: ContactPage, qtbot: QtBot, shows: Callable[..., None]
) -> None:
    office.world.request("1", space=BREST)
    office.world.request("2", space=QUIMPER)
    office.world.request("3", space=QUIMPER, origin="former", ago=500 * DAY)
    page.show_space(BREST)
    shows("1")
    note = page.list.note
    assert note.isVisible()
    assert "104220" in note.words.text()
    assert not note.copy.isVisible()
    with qtbot.waitSignal(page.space_changed):
        note.jump.click()
    assert page.space_id == QUIMPER
    shows("3")
    page.show_space(LORIENT)
    assert not note.isVisible()


def test_former_requests_that_may_not_be_seen_say_whom_to_ask(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    who = me()
    office.world.sign_in(type(who)(**{**{f: getattr(who, f) for f in who.__struct_fields__}, "spaces": who.spaces[:1]}))
    page.show_space(BREST)
    note = page.list.note
    qtbot.waitUntil(note.isVisible)
    assert "Anne Le Gall" in note.words.text()
    assert not note.jump.isVisible()
    note.copy.click()
    assert "104220" in QApplication.clipboard().text()


def test_a_hundred_thousand_rows_cost_what_their_groups_cost(icons: Icons, qtbot: QtBot) -> None:
    """No row is read that is not seen, and no height is set that is not a group's."""
    read: list[int] = []

    def fetch(keys: object) -> list[RequestRow]:
        read.extend(keys)  # type: ignore[call-overload]
        return []

    rows = Rows(fetch, lambda row: row.key, [Column("Demande", lambda row: row.theme)], delegate.sentence)
    table = CardTable(rows, "Demandes", delegate.RequestDelegate(icons, NOW.date))
    qtbot.addWidget(table)
    table.resize(420, 600)
    with qtbot.waitExposed(table):
        table.show()
    table.show_rows(array("q", range(100_000)), ((0, "Aujourd\u2019hui"), (50_000, "Mars 2026")))
    qtbot.waitUntil(lambda: bool(read))
    assert len(read) <= 256
    assert table.verticalHeader().length() == 100_000 * 84 + 2 * 30
    assert table.rowAt(5) == 0
    assert table.rowViewportPosition(50_001) - table.rowViewportPosition(50_000) == 114


def test_cells_never_become_a_formula(office: Office) -> None:
    office.world.request("7611111", subject="@somme(A1)")
    key = office.contact.listing(Criteria().query("", None, mine=False), NOW.date()).ids
    assert "'@somme(A1)" in delegate.cells(office.contact.rows(key)[0])


def test_hover_needs_no_click(office: Office, page: ContactPage, shows: Callable[..., None], qtbot: QtBot) -> None:
    """Looking is not opening: what is under the mouse stays unread."""
    office.world.request("7611111", said=[("Julie Renaud", "Bonjour", DAY)], read=False)
    shows("7611111")
    qtbot.mouseMove(page.list.table.viewport(), QPoint(50, 60))
    assert page.reading.request_id is None
    page.list.search.setFocus()
    page.list.table.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.list.table.currentIndex().row() == 0
    assert page.reading.request_id is None
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    assert page.reading.request_id is not None


def a4(path: Path) -> QPrinter:
    made = printer()
    made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    made.setOutputFileName(str(path))
    return made


def test_the_list_is_printed_and_says_what_it_leaves_out(
    office: Office, page: ContactPage, shows: Callable[..., None], tmp_path: Path
) -> None:
    for number in ("1", "2", "3"):
        office.world.request(number, ago=int(number) * DAY, subject="Objet <b>")
    shows("1", "2", "3")
    rows = [row for at in range(2) if (row := page.list.table.rows.row(at)) is not None]
    made = listing_page(rows, 3, NOW)
    made.paint(a4(tmp_path / "liste.pdf"))
    document = QPdfDocument()
    document.load(str(tmp_path / "liste.pdf"))
    text = " ".join(document.getAllText(0).text().split())
    assert "2 demandes sur 3" in text
    assert "Objet <b>" in text
    page.list.print_list()
    preview = page.list.findChild(Preview)
    assert preview is not None
    preview.close()


def test_what_was_open_is_open_again(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    request_id = office.world.request("1", ago=DAY)
    page.open_request(request_id)
    again = ContactPage(office.desk)
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    assert again.reading.request_id == request_id
    qtbot.waitUntil(lambda: again.list.table.current() is not None)


def test_another_space_closes_a_request_that_is_not_its_own(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    here = office.world.request("1", space=BREST, ago=DAY)
    page.open_request(here)
    qtbot.keyClicks(page.reading.composer.text, "commence")
    page.show_space(BREST)
    assert page.reading.request_id == here
    page.show_space(LORIENT)
    assert page.reading.request_id is None
    draft = office.contact.draft(here)
    assert draft is not None
    assert draft.text == "commence"
    page.show_space(None)
    page.open_request(here)
    page.show_space(None)
    assert page.reading.request_id == here


def test_another_company_begins_at_the_top_and_a_refresh_does_not(
    office: Office, page: ContactPage, qtbot: QtBot
) -> None:
    for at in range(60):
        office.world.request(str(1000 + at), space=BREST if at % 2 else QUIMPER, ago=at * DAY)
    table = page.list.table
    bar = table.verticalScrollBar()
    qtbot.waitUntil(lambda: table.rows.rowCount() == 60 and bar.maximum() > 1500)
    bar.setValue(1500)
    office.world.request("2000", space=BREST)
    qtbot.waitUntil(lambda: table.rows.rowCount() == 61)
    assert bar.value() >= 1500
    page.show_space(BREST)
    qtbot.waitUntil(lambda: table.rows.rowCount() == 31)
    assert bar.value() == 0


def test_an_empty_search_names_filters_only_when_there_are_some(
    office: Office, page: ContactPage, qtbot: QtBot, shows: Callable[..., None]
) -> None:
    office.world.request("1")
    shows("1")
    page.list.search.setText("introuvable")
    qtbot.waitUntil(page.list.empty.isVisible)
    said = [label.text() for label in page.list.empty.findChildren(QLabel)]
    assert "Aucune demande ne répond à cette recherche." in said
