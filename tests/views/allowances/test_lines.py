"""The table of all lines: searched as one types, narrowed, sorted, summed, copied, and each line told whole."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.review.searching import Sheet
from desktop.views.allowances import hands
from desktop.views.allowances.criteria import Criteria
from desktop.views.allowances.grid.arranging import ColumnSheet
from desktop.views.allowances.lines import Lines
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.opening import Appearance
from tests.services.review.making_lines import paid
from tests.views.allowances import reviews
from tests.views.allowances.reviews import Place
from tests.views.conftest import Watchdog
from tests.views.walking import slips, unnamed, visible_strings

MANY = 300_000


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[hands.Shelf]:
    made = reviews.shelf(tmp_path)
    yield made
    made.close()


@pytest.fixture
def errands() -> Iterator[Later]:
    made = Later("errands")
    yield made
    made.stop()


@pytest.fixture
def place(kept: hands.Shelf) -> Place:
    return Place(kept, reviews.a_review(kept))


Make = Callable[[], Lines]


@pytest.fixture
def make(place: Place, icons: Icons, later: Later, errands: Later, tmp_path: Path, qtbot: QtBot) -> Make:
    def make() -> Lines:
        made = Lines(reviews.desk(icons, later, errands, tmp_path), place.doing, place.raw)
        qtbot.addWidget(made)
        made.resize(790, 690)
        with qtbot.waitExposed(made):
            made.show()
        return made

    return make


@pytest.fixture
def lines(make: Make, place: Place, settle: Callable[[], None]) -> Lines:
    made = make()
    made.tell(place.told)
    settle()
    return made


@pytest.fixture
def settle(qtbot: QtBot, later: Later, errands: Later, qapp: QApplication) -> Callable[[], None]:
    """Until nothing is asked any more, the pause of the search included."""

    def quiet() -> bool:
        if not (later.idle and errands.idle):
            return False
        qapp.processEvents()
        return later.idle and errands.idle

    def settle() -> None:
        qtbot.waitUntil(quiet, timeout=10_000)

    return settle


def type_in(lines: Lines, text: str, qtbot: QtBot, settle: Callable[[], None]) -> None:
    with qtbot.waitSignal(lines.search.settled):
        lines.search.setText(text)
    settle()


def column(lines: Lines, name: str) -> list[str]:
    rows = (lines.grid.rows.row(at) for at in range(lines.grid.rows.rowCount()))
    return [row.texts[name] for row in rows if row is not None]


def texts_of(widget: QWidget) -> list[str]:
    return [text for _, text in visible_strings(widget)]


def shown(lines: Lines) -> int:
    return lines.grid.rows.rowCount()


# Finding


def test_every_line_is_there_and_they_are_summed(lines: Lines) -> None:
    assert shown(lines) == 9
    assert lines.sums.lines.value.text() == "9"
    assert lines.sums.people.value.text() == "3"
    assert lines.sums.days.value.text() == "105"
    assert "3 de carence" not in lines.sums.days.toolTip()
    assert "3\u00a0jours de carence" in lines.sums.days.toolTip()
    assert lines.sums.gross.value.text() == "3\u202f745,46\u00a0€"
    assert lines.sums.levies.value.text() == "9,38\u00a0€"
    assert lines.sums.net.value.text() == "3\u202f736,08\u00a0€"


def test_search_narrows_as_one_types_and_says_how_many(lines: Lines, qtbot: QtBot, settle: Callable[[], None]) -> None:
    type_in(lines, "lefevre", qtbot, settle)
    assert shown(lines) == 2
    assert lines.filters.count.text() == "2\u00a0lignes sur 9"
    assert lines.sums.lines.value.text() == "2 sur 9"
    assert lines.sums.gross.value.text() == "924,00\u00a0€"
    lines.search.setFocus()
    qtbot.keyClick(lines.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: shown(lines) == 9)
    assert lines.filters.count.isHidden()
    lines.grid.setFocus()
    type_in(lines, "durand", qtbot, settle)
    qtbot.keyClick(lines.grid, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: shown(lines) == 9)


def test_only_the_newest_question_is_answered(lines: Lines, qtbot: QtBot, settle: Callable[[], None]) -> None:
    for text in ("m", "ma", "mar", "durand"):
        lines.search.setText(text)
        lines.refresh()
    settle()
    assert column(lines, "person") == ["DURAND Paul"]


def test_a_newer_sheet_on_its_way_is_said_and_what_was_typed_is_asked_of_it(
    lines: Lines, kept: hands.Shelf, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    assert lines.sums.gross.isEnabled()
    lines.expect(coming=True)
    assert lines.sums.updating.isVisible()
    assert lines.sums.updating.text() == "Mise à jour…"
    type_in(lines, "lefevre", qtbot, settle)
    assert shown(lines) == 2
    assert not lines.sums.gross.isEnabled(), "the sums are those of the old lines"
    two = [paid(date(2019, 1, 1), date(2019, 1, day), 3300, person="Lefèvre Anne") for day in (7, 8, 9)]
    lines.tell(reviews.reviewed(kept, [paid(date(2019, 1, 1), date(2019, 1, 5), person="DURAND Paul"), *two]))
    lines.expect(coming=False)
    assert lines.sums.updating.isVisible(), "its lines are not here yet"
    lines.search.setText("lefèvre anne")
    lines.refresh()
    settle()
    assert column(lines, "person") == ["Lefèvre Anne"] * 3
    assert lines.sums.lines.value.text() == "3 sur 4"
    assert lines.sums.gross.isEnabled()
    assert lines.sums.updating.isHidden()


def test_an_empty_table_says_why(
    lines: Lines, place: Place, kept: hands.Shelf, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    type_in(lines, "zzz", qtbot, settle)
    assert lines.empty.isVisible()
    said = texts_of(lines)
    assert "Aucun résultat" in said
    assert "Aucune ligne ne répond à cette recherche." in said
    qtbot.mouseClick(lines.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: lines.grid.isVisible() and shown(lines) == 9)
    lines.tell(None)
    assert "Aucun fichier ouvert" in texts_of(lines)
    lines.tell(reviews.reviewed(kept, []))
    settle()
    assert "Aucune ligne" in texts_of(lines)


# Narrowing


def test_filters_are_chips_that_one_takes_off_and_that_are_kept(
    lines: Lines, make: Make, place: Place, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    lines.filters.odd.click()
    lines.filters.set_criteria(replace(lines.filters.criteria, kind="indemnity", month=date(2018, 2, 1)))
    settle()
    assert lines.filters.button.text() == "Filtres (3)"
    assert [chip.text() for chip in lines.filters.removable] == ["Février 2018", "Indemnité"]
    assert shown(lines) == 3
    again = make()
    again.tell(place.told)
    settle()
    assert again.filters.criteria == lines.filters.criteria
    assert shown(again) == 3
    qtbot.keyClick(again.filters.removable[0], Qt.Key.Key_Delete)
    settle()
    assert again.filters.criteria == Criteria(odd=True, kind="indemnity")
    again.filters.clear.click()
    settle()
    assert again.filters.button.text() == "Filtres (0)"
    assert shown(again) == 9


def test_filters_take_a_row_only_while_there_are_some(lines: Lines, qtbot: QtBot, settle: Callable[[], None]) -> None:
    filters = lines.filters
    assert filters.odd.mapTo(lines, filters.odd.rect().center()).y() == pytest.approx(
        filters.button.mapTo(lines, filters.button.rect().center()).y(), abs=1
    )
    high = lines.grid.height()
    type_in(lines, "lefevre", qtbot, settle)
    assert filters.isHidden(), "the table does not jump as one types"
    filters.odd.click()
    settle()
    assert filters.clear.isVisible()
    filters.clear.click()
    lines.search.clear()
    settle()
    assert filters.isHidden()
    assert lines.grid.height() == high


@pytest.mark.parametrize("wide", [790, 711, 660, 571, 504, 432])
def test_the_net_amount_is_in_sight_beside_the_files(lines: Lines, wide: int) -> None:
    """As in a window of 1280 pixels with the list of files and an account, in one of 1000 without and with, and in
    smaller ones."""
    lines.resize(wide, 538)
    grid = lines.grid
    across = grid.horizontalHeader()
    place = [heading.name for heading in grid.headings].index("net")
    assert across.sectionViewportPosition(place) + across.sectionSize(place) <= grid.viewport().width() - 12


def test_what_has_no_room_comes_back_with_it_and_what_was_chosen_stays(lines: Lines, qapp: QApplication) -> None:
    assert lines.grid.shown[:7] == ("person", "start", "end", "days", "gross", "levies", "net")
    lines.resize(571, 538)
    assert lines.grid.shown[:5] == ("person", "start", "end", "gross", "net")
    row = lines.grid.rows.at_hand(0)
    assert row is not None, "nothing is read anew"
    assert {"days", "levies"} <= set(row.texts), "what lacks room is there at once when it comes"
    lines.grid.choose_columns(lines.columns)
    sheet = next(top for top in qapp.topLevelWidgets() if isinstance(top, ColumnSheet) and top.isVisible())
    boxes = [sheet.list.item(row) for row in range(sheet.list.count())]
    next(box for box in boxes if box.text() == "Jours").setCheckState(Qt.CheckState.Checked)
    sheet.close()
    assert "days" in lines.grid.shown
    lines.resize(790, 538)
    assert lines.grid.shown[:7] == ("person", "start", "end", "days", "gross", "levies", "net")


@pytest.mark.parametrize("name", ["net", "person"])
def test_the_arrow_of_the_order_hides_no_letter_of_the_heading(lines: Lines, name: str, qapp: QApplication) -> None:
    across = lines.grid.horizontalHeader()
    place = [heading.name for heading in lines.grid.headings].index(name)
    box = QRect(across.sectionViewportPosition(place), 12, across.sectionSize(place), across.height() - 12)
    before = across.grab(box).toImage()
    lines.grid.sort_by(name)
    qapp.processEvents()
    assert across.isSortIndicatorShown()
    assert across.grab(box).toImage() == before


def test_the_sheet_of_filters_offers_what_there_is(lines: Lines, settle: Callable[[], None]) -> None:
    lines.filters.open_sheet()
    sheet = lines.filters._sheet
    assert not unnamed(sheet)
    assert not [text for text in texts_of(sheet) if slips(text)]
    kinds = sheet.words["kind"]
    assert [kinds.itemText(at) for at in range(kinds.count())] == [
        "Toutes",
        "Carence (1)",
        "Indemnité (7)",
        "Trop-perçu (1)",
    ]
    assert sheet.file.itemText(1) == "fichier 1.csv (9)"
    kinds.setCurrentIndex(3)
    settle()
    assert column(lines, "person") == ["DURAND Paul"]
    month = sheet.month.findText("Mars 2018 (1)")
    sheet.month.setCurrentIndex(month)
    settle()
    assert lines.filters.criteria == Criteria(kind="recovery", month=date(2018, 3, 1))
    sheet.clear_all()
    settle()
    assert shown(lines) == 9
    sheet.close()


def test_a_filter_that_no_line_answers_can_be_taken_off(lines: Lines, settle: Callable[[], None]) -> None:
    lines.filters.set_criteria(Criteria(company="35600000000048", month=date(2012, 1, 1)))
    settle()
    assert "Aucune ligne ne répond à ces filtres." in texts_of(lines)
    assert lines.filters.removable[0].text() == "SIRET 356\u202f000\u202f000\u202f00048"
    lines.filters.open_sheet()
    sheet = lines.filters._sheet
    assert sheet.criteria() == lines.filters.criteria
    assert sheet.month.currentText() == "Janvier 2012 (0)"
    sheet.close()


def test_another_part_has_its_lines_seen(lines: Lines, qtbot: QtBot, settle: Callable[[], None]) -> None:
    type_in(lines, "durand", qtbot, settle)
    lines.show_rows((1, 2, 3))
    settle()
    assert lines.search.text() == ""
    assert column(lines, "days") == ["18", "\u221218", "18"]
    assert lines.filters.removable[0].text() == "3\u00a0lignes choisies"
    type_in(lines, "746,46", qtbot, settle)
    assert shown(lines) == 1
    lines.filters.clear_all()
    type_in(lines, "", qtbot, settle)
    assert shown(lines) == 9


def test_what_is_kept_of_the_filters_names_nobody() -> None:
    kept = Criteria(odd=True, rows=(1, 2), file=3).to_text()
    assert "rows" not in kept
    assert "file" not in kept


# Sorting and columns


def click_heading(lines: Lines, name: str, qtbot: QtBot) -> None:
    across = lines.grid.horizontalHeader()
    place = next(at for at, heading in enumerate(lines.grid.headings) if heading.name == name)
    middle = across.sectionViewportPosition(place) + across.sectionSize(place) // 2
    qtbot.mouseClick(across.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle, across.height() // 2))


def test_a_click_on_a_heading_sorts_and_three_give_the_order_of_the_files_back(
    lines: Lines, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    first = column(lines, "gross")
    click_heading(lines, "gross", qtbot)
    settle()
    assert column(lines, "gross")[0] == "\u2212720,00"
    assert column(lines, "gross")[-1] == "1\u202f400,00"
    assert lines.grid.chosen_count == 0, "a heading chooses no line"
    click_heading(lines, "gross", qtbot)
    settle()
    assert column(lines, "gross")[0] == "1\u202f400,00"
    click_heading(lines, "gross", qtbot)
    settle()
    assert column(lines, "gross") == first


def test_ones_place_is_kept_by_line_when_the_order_changes(lines: Lines, settle: Callable[[], None]) -> None:
    lines.grid.go_to(4)
    lines.grid.sort_by("gross", descending=True)
    settle()
    assert lines.grid.currentIndex().row() == 0
    assert lines.grid.current_key == 4
    assert lines.grid.chosen_count == 1
    lines.filters.set_criteria(Criteria(kind="recovery"))
    settle()
    assert lines.grid.current_key is None
    assert lines.grid.chosen_count == 0, "the neighbour is not chosen in its place"


def test_columns_are_chosen_moved_sized_and_stay_so(
    lines: Lines, make: Make, place: Place, settle: Callable[[], None]
) -> None:
    grid = lines.grid
    assert grid.shown[:4] == ("person", "start", "end", "days")
    assert "employee" not in grid.shown, "nobody has a number here"
    grid.choose_columns(lines.columns)
    sheet = grid._sheet
    assert not unnamed(sheet)
    titles = [sheet.list.item(at).text() for at in range(sheet.list.count())]
    sheet.list.setCurrentRow(titles.index("Code"))
    sheet.list.currentItem().setCheckState(Qt.CheckState.Checked)
    settle()
    assert "code" in grid.shown
    assert column(lines, "code")[1] == "IJNOR", "a column that comes into sight is read"
    sheet.list.setCurrentRow(titles.index("Du"))
    sheet.up()
    settle()
    assert grid.shown[:2] == ("start", "person")
    sheet.close()
    grid.horizontalHeader().moveSection(3, 0)
    grid.horizontalHeader().resizeSection(0, 333)
    assert grid.shown[:3] == ("days", "start", "person")
    again = make()
    again.tell(place.told)
    settle()
    assert again.grid.shown == grid.shown
    assert again.grid.columnWidth(0) == 333
    again.grid.choose_columns(again.columns)
    again.grid._sheet.restore()
    assert again.grid.shown[:4] == ("person", "start", "end", "days")
    again.grid._sheet.close()


def test_extra_columns_of_the_file_and_its_name_are_there(
    kept: hands.Shelf, make: Make, settle: Callable[[], None]
) -> None:
    made = make()
    made.tell(
        reviews.reviewed(kept, [paid(date(2018, 1, 1), date(2018, 1, 5))], [paid(date(2018, 2, 1), date(2018, 2, 5))])
    )
    settle()
    assert "file" in made.grid.shown
    assert sorted(column(made, "file")) == ["fichier 1.csv", "fichier 2.csv"]
    made.grid.selectAll()
    made.copy()
    settle()
    text = QApplication.clipboard().text()
    assert "Fichier" in text.splitlines()[0].split("\t")
    assert "fichier 2.csv" in text


# NIRs


def test_nirs_are_masked_until_they_are_revealed_and_again_after(lines: Lines, settle: Callable[[], None]) -> None:
    masked, whole = "2\u00a095\u00a001\u00a099\u00a0•••\u00a0•••", "2950199126111"
    assert column(lines, "nir")[0] == masked
    lines.reveal(revealed=True)
    settle()
    assert column(lines, "nir")[0] == whole
    lines.grid.go_to(0)
    settle()
    assert whole in lines.detail.text.toPlainText()
    lines.reveal(revealed=False)
    at_hand = lines.grid.rows.at_hand(0)
    assert at_hand is None or at_hand.texts["nir"] == masked, "not a moment longer"
    assert whole not in lines.detail.text.toPlainText()
    settle()
    assert column(lines, "nir")[0] == masked
    assert "126 111" not in lines.detail.text.toPlainText(), "nor in the text of the file"


# Copying


def test_rows_copy_as_excel_takes_them(lines: Lines, qtbot: QtBot, settle: Callable[[], None]) -> None:
    lines.grid.go_to(2)
    lines.grid.setFocus()
    qtbot.keyClick(lines.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle()
    clipboard = QApplication.clipboard()
    head, row = (line.split("\t") for line in clipboard.text().splitlines())
    cells = dict(zip(head, row, strict=True))
    assert (cells["Montant brut"], cells["Du"], cells["Jours"]) == ("-720,00", "23/11/2017", "-18")
    assert cells["SIRET"] == "73282932000074"
    assert "•" in cells["NIR"]
    html = clipboard.mimeData().html()
    assert "<td style=\"mso-number-format:'\\@'\">73282932000074</td>" in html, "all its figures, in Excel too"
    assert "<td>-720,00</td>" in html


# One line, whole


def test_the_current_line_is_told_whole(lines: Lines, place: Place, settle: Callable[[], None]) -> None:
    assert lines.detail.isHidden(), "nothing to tell takes no room"
    lines.grid.go_to(7)
    settle()
    assert lines.detail.isVisible()
    said = lines.detail.text.toPlainText()
    assert "Ligne 8 de «\u00a0fichier 1.csv\u00a0»" in texts_of(lines.detail)
    assert "LEFÈVRE-DUMONTIER Anne-Charlotte" in said
    assert "Doublon" in said
    assert "Taux journalier" in said
    assert "MARTIN Zoé;2 95 01 99 •••" in said, "the text of the file, its NIR masked"
    lines.detail._file.click()
    assert place.file == (0, None)


def test_a_decision_is_told_with_the_line(lines: Lines, place: Place, settle: Callable[[], None]) -> None:
    from desktop.services.review.archive import State

    place.parts.append(lines.tell)
    lines.grid.go_to(7)
    settle()
    key = next(key for key, one in zip(place.told.keys, place.told.findings, strict=True) if 7 in one.rows)
    place.doing.decide([key], State.DISPUTED, "payé deux fois")
    settle()
    assert "payé deux fois" in lines.detail.text.toPlainText()


def test_enter_goes_into_the_detail_and_the_cross_puts_it_away_for_good(
    lines: Lines, make: Make, place: Place, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    lines.grid.go_to(0)
    settle()
    qtbot.keyClick(lines.grid, Qt.Key.Key_Return)
    assert lines.detail.text.hasFocus()
    lines._shut_detail()
    assert lines.detail.isHidden()
    again = make()
    again.tell(place.told)
    settle()
    again.grid.go_to(0)
    settle()
    assert again.detail.isHidden()


def test_marked_lines_are_told_to_assistive_tools(lines: Lines, qapp: QApplication) -> None:
    lines.grid.rows.row(7)
    said = lines.grid.rows.index(7, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Anomalie, Nom et prénom LEFÈVRE-DUMONTIER")
    assert lines.grid.rows.row(0) is not None
    assert not lines.grid.rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole).startswith("Anomalie")
    assert QAccessible.queryAccessibleInterface(lines.grid).role() is QAccessible.Role.Table


def test_names_and_typography(lines: Lines, icons: Icons, settle: Callable[[], None]) -> None:
    lines.grid.go_to(7)
    settle()
    for look in (Appearance.LIGHT, Appearance.DARK):
        icons.look.choose(look)
        for width in (790, 500):
            lines.resize(width, 545)
            assert not unnamed(lines)
            assert not [text for text in texts_of(lines) if slips(text)]
            assert not lines.grab().isNull()


def test_the_menu_of_a_line_copies_and_sorts(lines: Lines, qapp: QApplication, settle: Callable[[], None]) -> None:
    lines.grid.go_to(0)
    lines._open_menu()
    menu = qapp.activePopupWidget()
    assert isinstance(menu, QMenu)
    actions = {action.text(): action for action in menu.actions()}
    order = {action.text(): action for action in actions["Trier par"].menu().actions()}
    order["Montant net"].trigger()
    settle()
    assert (lines.grid.order, lines.grid.descending) == ("net", False)
    actions["Copier la ligne"].trigger()
    settle()
    assert QApplication.clipboard().text().startswith("Nom et prénom\t")
    menu.close()


# Very many


@pytest.fixture
def many(place: Place, lines: Lines, settle: Callable[[], None]) -> Lines:
    """A sheet of hundreds of thousands of lines in the place of the small one."""
    frame = place.told.sheet.find(Criteria().selection("", "", descending=False)).lines()
    whole = pl.concat([frame] * (MANY // frame.height)).with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias("line")
    )
    lines.tell(replace(place.told, sheet=Sheet(whole), anomalies=(), regularisations=(), keys=()))
    settle()
    return lines


def test_any_place_among_very_many_is_there_at_once(many: Lines, watchdog: Watchdog) -> None:
    bar = many.grid.verticalScrollBar()
    for share in (0.9, 0.1, 0.5, 1.0):
        watchdog.during(lambda share=share: bar.setValue(int(bar.maximum() * share)))  # type: ignore[misc]
        row = many.grid.rowAt(10)
        watchdog.until(lambda row=row: many.grid.rows.at_hand(row) is not None)  # type: ignore[misc]
    assert many.grid.rowAt(many.grid.viewport().height() - 5) == many.grid.rows.rowCount() - 1
    assert watchdog.longest < 0.05


def test_choosing_all_of_very_many_does_not_stop_the_window(many: Lines, watchdog: Watchdog, qtbot: QtBot) -> None:
    many.grid.setFocus()
    watchdog.during(lambda: qtbot.keyClick(many.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier))
    assert many.grid.chosen_count == many.grid.rows.rowCount()
    watchdog.during(lambda: qtbot.keyClick(many.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier))
    watchdog.until(many.notice.isVisible)
    assert many.notice.sentence.startswith("Les 50\u202f000 premières lignes choisies ont été copiées")
    assert QApplication.clipboard().text().count("\n") == 50_001
    many.grid.keyboardSearch("m")


def test_typing_over_very_many_does_not_stop_the_window(many: Lines, watchdog: Watchdog) -> None:
    for text in ("l", "le", "lefe", "lefevre"):
        watchdog.during(lambda text=text: many.search.setText(text))  # type: ignore[misc]
        watchdog.until(lambda text=text: many._asked is not None and many._asked.text == text)  # type: ignore[misc]
    watchdog.until(lambda: many.sums.lines.value.text().startswith("66"))
    assert shown(many) == 2 * (MANY // 9)
