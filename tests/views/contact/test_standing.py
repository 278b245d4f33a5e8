"""How a request stands is said once and the same everywhere; what was left unread is not read by chance."""

from datetime import timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.services.contact import Counts, Pill, RequestRow
from desktop.views.contact.filters import Filters, FilterSheet
from desktop.views.contact.page import ContactPage
from desktop.views.contact.pill import FACES
from desktop.views.contact.printing import html
from desktop.views.fields.shapes import on_screen
from desktop.views.icons import Icons
from desktop.views.table import ROW
from tests.views.contact.conftest import Office

DAY = timedelta(days=1)
UNREAD = [("Claire Martin", "Une question", 2 * DAY), ("Julie Renaud", "Bonjour", DAY)]


def painted(page: ContactPage, at: int = 0) -> RequestRow | None:
    row = page.list.table.rows.index(at, 0).data(ROW)
    return row if isinstance(row, RequestRow) else None


def agrees(office: Office, page: ContactPage, request_id: str, pill: Pill) -> bool:
    """Row, head, paper and counts say this pill."""
    row, sheet = painted(page), office.contact.sheet(request_id)
    assert sheet is not None
    label = FACES[pill].label
    counts = office.contact.counts(page.list.query)
    return (
        row is not None
        and row.pill is pill
        and page.reading.head.pill.label == label
        and label in html(sheet, ())
        and counts.pills[pill] == 1
    )


def test_row_head_paper_and_counts_agree_read_or_not(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    request_id = office.world.request("7611111", said=UNREAD, read=False)
    qtbot.waitUntil(lambda: page.list.table.rows.row(0) is not None)
    page.list.table.select(0)
    qtbot.waitUntil(lambda: agrees(office, page, request_id, Pill.ANSWERED))
    qtbot.waitUntil(lambda: (row := painted(page)) is not None and row.unread == 0)
    assert agrees(office, page, request_id, Pill.ANSWERED), "that it is read is not how it stands"
    qtbot.keyClicks(page.reading.composer.text, "Merci.")
    page.reading.send()
    qtbot.waitUntil(lambda: agrees(office, page, request_id, Pill.WAITING))


def test_the_rows_in_sight_are_told_with_the_open_request(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    """Without waiting for the reading of the whole list, which may be long."""
    request_id = office.world.request("7611111", said=UNREAD)
    qtbot.waitUntil(lambda: page.list.table.rows.row(0) is not None)
    asked: list[object] = []
    page.list.refresh = lambda: asked.append(None)  # type: ignore[method-assign]
    office.world.answer(request_id, "Encore", 3)
    qtbot.waitUntil(lambda: (row := painted(page)) is not None and row.unread == 1)
    assert asked


def restored(office: Office, page: ContactPage, qtbot: QtBot) -> tuple[ContactPage, str]:
    """The tab as it comes back with a request that was left unread."""
    request_id = office.world.request("7611111", said=UNREAD)
    page.open_request(request_id)
    page.reading.mark_unread()
    page.hide()
    again = ContactPage(office.desk)
    qtbot.addWidget(again)
    again.resize(1072, 740)
    with qtbot.waitExposed(again):
        again.show()
    assert again.reading.request_id == request_id
    qtbot.waitUntil(lambda: again.list.table.current() is not None)
    return again, request_id


def is_read(office: Office, request_id: str) -> bool:
    sheet = office.contact.sheet(request_id)
    return sheet is not None and sheet.row.unread == 0


@pytest.mark.parametrize("act", ["click in it", "key in it", "click on its row", "return on its row"])
def test_what_was_left_unread_stays_so_until_the_clerk_turns_to_it(
    office: Office, page: ContactPage, qtbot: QtBot, act: str
) -> None:
    again, request_id = restored(office, page, qtbot)
    assert not again.reading._reader.isActive(), "it is on screen, and nobody has looked"
    office.world.request("7611112")
    qtbot.waitUntil(lambda: again.list.table.rows.rowCount() == 2)
    assert not again.reading._reader.isActive(), "nor does a ring of the bell"
    table = again.list.table
    match act:
        case "click in it":
            qtbot.mouseClick(again.reading.conversation.viewport(), Qt.MouseButton.LeftButton)
        case "key in it":
            qtbot.keyClick(again.reading.composer.text, Qt.Key.Key_A)
        case "click on its row":
            place = table.visualRect(table.currentIndex()).center()
            qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        case _:
            qtbot.keyClick(table, Qt.Key.Key_Return)
    assert again.reading._reader.isActive()
    qtbot.waitUntil(lambda: is_read(office, request_id))


def entry(menu: QMenu) -> QAction:
    [found] = [action for action in menu.actions() if action.text() == "Marquer comme non lue"]
    return found


def test_what_cannot_be_marked_unread_says_why(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    silent = office.world.request("1", said=UNREAD[:1])
    answered = office.world.request("2", said=UNREAD)
    page.open_request(silent)
    action = entry(page.reading.head.menu())
    assert not action.isEnabled()
    assert "n\u2019a pas encore écrit" in action.toolTip()
    page.open_request(answered)
    assert entry(page.reading.head.menu()).isEnabled()
    page.reading.mark_unread()
    action = entry(page.reading.head.menu())
    assert not action.isEnabled()
    assert "déjà non lue" in action.toolTip()
    qtbot.waitUntil(lambda: page.list.table.rows.rowCount() == 2)
    page.list.table.select(1)
    page.list._open_menu()
    menu = page.list.findChild(QMenu)
    assert menu is not None
    assert menu.toolTipsVisible()
    menu.close()


@pytest.mark.parametrize("wide", [760, 792, 1072])
def test_no_chip_is_cut_however_wide_the_counts(
    icons: Icons, qtbot: QtBot, page: ContactPage, office: Office, wide: int
) -> None:
    office.world.request("1")
    page.resize(wide, 588)
    filters = page.list.filters
    qtbot.waitUntil(lambda: filters.open.text() == "En cours · 1")

    def all_seen() -> bool:
        chips = [chip for chip in filters._quick_chips if chip.isVisible()]
        boxes = [QRect(chip.mapTo(filters, QPoint()), chip.size()) for chip in chips]
        apart = not any(one.intersects(other) for one in boxes for other in boxes if one is not other)
        settled = all(chip.width() == chip.sizeHint().width() for chip in chips)
        return len(chips) >= 3 and settled and apart and all(filters.rect().contains(box) for box in boxes)

    for number in (0, 3, 45, 999, 1_234, 99_999, 0, 7):
        for drafts in (0, 1):
            pills = {pill: number if pill is Pill.AWAITED else 0 for pill in Pill} | {Pill.DRAFT: drafts}
            filters.show_counts(Counts(number, number, pills))
            qtbot.waitUntil(all_seen)


def test_the_sheet_of_filters_fits_in_a_low_window(icons: Icons, qtbot: QtBot) -> None:
    themes = [f"Thème {number}" for number in range(12)]
    filters = Filters(icons, "", lambda: themes)
    qtbot.addWidget(filters)
    filters.show_counts(Counts(9, 9, dict.fromkeys(Pill, 99_999)))
    filters.open_sheet()
    sheet = filters.findChild(FilterSheet)
    assert sheet is not None
    assert sheet.sizeHint().height() <= 420
    assert sheet.pills[Pill.AWAITED].text() == "Document attendu · 99\u202f999"
    boxes = [sheet.unread, *sheet.pills.values()]
    tops = [box.mapTo(sheet, QPoint()).y() for box in boxes]
    assert len({after - before for before, after in pairwise(tops)}) == 1, "evenly one below another"
    sheet.close()


def test_the_button_of_the_filters_has_the_focus_after_its_sheet(page: ContactPage) -> None:
    page.focus_search()
    page.list.filters.open_sheet()
    sheet = page.list.filters.findChild(FilterSheet)
    assert sheet is not None
    sheet._shut()
    assert page.window().focusWidget() is page.list.filters.button


def test_the_sheet_stays_on_the_screen() -> None:
    screen = QRect(0, 0, 1000, 640)
    assert on_screen(QRect(-40, 200, 500, 380), screen) == QPoint(0, 200)
    assert on_screen(QRect(700, 400, 500, 380), screen) == QPoint(500, 260)
    assert on_screen(QRect(10, 20, 500, 380), screen) == QPoint(10, 20)


def test_home_and_end_go_to_the_ends_of_the_list(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    for number in range(30):
        office.world.request(str(number), ago=number * DAY)
    table = page.list.table
    qtbot.waitUntil(lambda: table.rows.rowCount() == 30)
    table.setFocus()
    table.select(4)
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [29]
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]
    qtbot.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert len(table.selectionModel().selectedRows()) == 30
