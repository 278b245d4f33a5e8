"""The one table model: rows come when looked at, nothing waits, and one's place is kept."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractItemView, QTableView
from pytestqt.qtbot import QtBot

from desktop.views.table import GROUP, KEY, RIGHT, ROW, Column, KeepPlace, Read, Rows


@dataclass(frozen=True, slots=True)
class Row:
    key: int
    name: str


class Copy:
    """The local copy, which says what was read of it."""

    def __init__(self) -> None:
        self.read: list[list[int]] = []
        self.gone: set[int] = set()
        self.version = 1

    def fetch(self, keys: Sequence[int]) -> list[Row]:
        self.read.append(list(keys))
        return [Row(key, f"Row {key} v{self.version}") for key in keys if key not in self.gone]


COLUMNS = (
    Column[Row]("Nom", lambda row: row.name),
    Column[Row]("N°", lambda row: str(row.key), RIGHT, lambda row: row.name),
)
DISPLAY = Qt.ItemDataRole.DisplayRole


def make(copy: Copy) -> Rows[Row]:
    rows = Rows(copy.fetch, lambda row: row.key, COLUMNS, lambda row: f"{row.name}, numéro {row.key}.")
    QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal, rows)
    return rows


def ids(*keys: int) -> "array[int]":
    return array("q", keys)


def test_a_cell_never_waits_and_comes_a_turn_later(qtbot: QtBot) -> None:
    copy = Copy()
    rows = make(copy)
    rows.set_ids(array("q", range(1000)))
    cell = rows.index(0, 0)
    assert cell.data(DISPLAY) == "…"
    assert cell.data(ROW) is None
    assert copy.read == [], "nothing is read while painting"
    with qtbot.waitSignal(rows.dataChanged):
        pass
    assert cell.data(DISPLAY) == "Row 0 v1"
    assert cell.data(ROW) == Row(0, "Row 0 v1")
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "Row 0 v1, numéro 0."
    assert rows.index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == "<qt>Row 0 v1</qt>"
    assert rows.index(0, 1).data(Qt.ItemDataRole.TextAlignmentRole) == RIGHT
    assert [len(keys) for keys in copy.read] == [64], "a page at a time"


def test_a_row_that_changed_stays_until_it_is_read_again(qtbot: QtBot) -> None:
    copy = Copy()
    rows = make(copy)
    rows.set_ids(ids(1, 2, 3))
    assert rows.row(1) == Row(2, "Row 2 v1")
    copy.version = 2
    rows.set_ids(ids(3, 2, 1))
    assert rows.index(1, 0).data(DISPLAY) == "Row 2 v1", "no flicker"
    qtbot.waitUntil(lambda: rows.index(1, 0).data(DISPLAY) == "Row 2 v2")


def test_a_row_that_is_gone_is_a_gap_and_not_an_error(qtbot: QtBot) -> None:
    copy = Copy()
    copy.gone = {2}
    rows = make(copy)
    rows.set_ids(ids(1, 2, 3))
    assert rows.row(1) is None
    assert rows.row(2) == Row(3, "Row 3 v1")
    assert rows.row(99) is None
    assert rows.index(1, 0).data(DISPLAY) == "…"


def test_groups_and_keys() -> None:
    rows = make(Copy())
    rows.set_ids(ids(5, 6, 7, 8), [(0, "Aujourd\u2019hui"), (2, "Hier")])
    assert [rows.index(place, 0).data(GROUP) for place in range(4)] == ["Aujourd\u2019hui", None, "Hier", None]
    assert [rows.group_of(place) for place in range(4)] == ["Aujourd\u2019hui"] * 2 + ["Hier"] * 2
    assert rows.index(2, 0).data(KEY) == 7
    assert (rows.index_of(7), rows.index_of(99), rows.key_at(0), rows.key_at(9)) == (2, None, 5, None)
    assert rows.headerData(1, Qt.Orientation.Horizontal) == "N°"


def test_ones_place_is_kept_by_identifier(qtbot: QtBot) -> None:
    rows, view = make(Copy()), QTableView()
    qtbot.addWidget(view)
    view.setModel(rows)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    KeepPlace(view, rows)
    rows.set_ids(ids(1, 2, 3, 4))
    flags = QItemSelectionModel.SelectionFlag
    view.selectionModel().setCurrentIndex(rows.index(2, 0), flags.ClearAndSelect | flags.Rows)
    # `selectRow` asks which keys are held down, and the last test may have left Maj so: nothing would be selected
    rows.set_ids(ids(9, 8, 1, 2, 3))
    assert rows.key_at(view.currentIndex().row()) == 3
    assert [index.row() for index in view.selectionModel().selectedRows()] == [4]
    rows.set_ids(ids(1, 2))
    assert not view.selectionModel().hasSelection(), "the neighbour is not chosen in its place"
    rows.set_ids(ids(1, 2, 3))
    for place in (0, 2):
        view.selectionModel().select(rows.index(place, 0), flags.Select | flags.Rows)
    rows.set_ids(ids(3, 5, 1))
    assert sorted(index.row() for index in view.selectionModel().selectedRows()) == [0, 2]


def test_few_pages_are_held_however_many_rows(qtbot: QtBot) -> None:
    rows = make(Copy())
    rows.set_ids(array("q", range(100_000)))
    for place in range(0, 100_000, 64):
        rows.row(place)
    assert len(rows._pages) <= 128
    assert rows.row(99_999) == Row(99_999, "Row 99999 v1")


class Elsewhere:
    """Reads on another thread, of which the test decides when it answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[Callable[[], Read[Row]], Callable[[Read[Row]], None]]] = []

    def through(self, work: Callable[[], Read[Row]], then: Callable[[Read[Row]], None]) -> None:
        self.asked.append((work, then))

    def answer(self, place: int = -1) -> None:
        work, then = self.asked[place]
        then(work())


def test_pages_that_are_read_elsewhere_come_when_they_come(qtbot: QtBot) -> None:
    copy, elsewhere = Copy(), Elsewhere()
    rows = Rows(copy.fetch, lambda row: row.key, COLUMNS, lambda row: row.name, through=elsewhere.through)
    rows.set_ids(range(1000))
    assert rows.at_hand(0) is None
    qtbot.waitUntil(lambda: len(elsewhere.asked) == 1)
    assert copy.read == [], "not on this thread"
    rows.at_hand(900)
    rows.at_hand(0)
    qtbot.waitUntil(lambda: len(elsewhere.asked) == 2)
    elsewhere.answer()
    assert rows.at_hand(900) == Row(900, "Row 900 v1")
    assert rows.at_hand(0) == Row(0, "Row 0 v1"), "the newer question asks for what the one before it did"
    copy.version = 2
    rows.refresh()
    assert rows.at_hand(0) == Row(0, "Row 0 v1"), "no flicker"
    elsewhere.answer(0)
    assert rows.at_hand(0) == Row(0, "Row 0 v1"), "an answer about what is no more is let go"
    assert 0 not in rows._pages
    rows.forget()
    assert rows.at_hand(0) is None, "what must not be seen any more is not"


def test_columns_may_become_others() -> None:
    rows = make(Copy())
    rows.set_ids(range(3), columns=COLUMNS[1:])
    assert rows.columnCount() == 1
    assert rows.headerData(0, Qt.Orientation.Horizontal) == "N°"
    assert rows.row(2) == Row(2, "Row 2 v1")
    assert rows.index(2, 0).data(DISPLAY) == "2"
