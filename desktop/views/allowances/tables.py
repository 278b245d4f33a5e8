"""Small tables of texts, and the row of choices over several of them."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QClipboard, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.views import wording
from desktop.views.fields.flow import Flow
from desktop.views.fields.shapes import Button, Chip
from desktop.views.table import RIGHT, Column, Rows
from desktop.views.tokens import Space

_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ROW: Final = 32


@dataclass(frozen=True, slots=True)
class _Cells:
    """The texts of one row, whose place is its key."""

    place: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of one column."""

    column: int

    def __call__(self, row: _Cells) -> str:
        return row.texts[self.column]


class Table(QTableView):
    """A few columns of texts, made when they are looked at: `titles` with whether they stand at the right. Rows copy
    as a spreadsheet takes them; the last column takes what room is left."""

    def __init__(self, name: str, titles: Sequence[tuple[str, bool]], clipboard: QClipboard) -> None:
        super().__init__()
        self._clipboard = clipboard
        self._make: Callable[[int], tuple[str, ...]] = _nothing
        columns = [
            Column[_Cells](title, _Text(place), RIGHT if right else _LEFT, _Text(place))
            for place, (title, right) in enumerate(titles)
        ]
        self.rows = Rows[_Cells](self._fetch, attrgetter("place"), columns, _sentence, self)
        self.setModel(self.rows)
        self.setAccessibleName(name)
        self.setProperty("role", "facts")  # cells stand below their titles
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        down, across = self.verticalHeader(), self.horizontalHeader()
        down.hide()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(_ROW)
        across.setStretchLastSection(True)
        across.setHighlightSections(False)
        across.setDefaultAlignment(_LEFT)

    def tell(self, count: int, make: Callable[[int], tuple[str, ...]]) -> None:
        """Shows so many rows; `make(place)` gives the texts of one."""
        self._make = make
        self.rows.set_ids(array("q", range(count)))
        for column in range(self.rows.columnCount() - 1):
            self._fit(column, min(count, 40))

    def _fit(self, column: int, count: int) -> None:
        """As wide as its title and the first rows need, within reason."""
        metrics = self.fontMetrics()
        texts = [self._make(place)[column] for place in range(count)]
        title = str(self.rows.headerData(column, Qt.Orientation.Horizontal) or "")
        widest = max((metrics.horizontalAdvance(text) for text in (*texts, title + "  ")), default=0)
        self.setColumnWidth(column, min(widest + 2 * Space.M, 380))

    def _fetch(self, keys: Sequence[int]) -> list[_Cells]:
        return [_Cells(key, self._make(key)) for key in keys]

    def select(self, place: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        index = self.rows.index(place, 0)
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            places = sorted(index.row() for index in self.selectionModel().selectedRows())
            rows = ["\t".join(_disarmed(text) for text in self._make(place)) for place in places]
            self._clipboard.setText("\n".join(rows))
        else:
            super().keyPressEvent(event)


def _nothing(_place: int) -> tuple[str, ...]:
    return ()


def _sentence(row: _Cells) -> str:
    return wording.sentence(*row.texts)


def _disarmed(text: str) -> str:
    """On one line; what begins like a formula is made text."""
    clean = " ".join(text.split())
    return f"'{clean}" if clean[:1] in ("=", "+", "-", "@") else clean


def stacked(table: Table, below: QWidget) -> QWidget:
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(Space.S)
    column.addWidget(table, 1)
    column.addWidget(below)
    return both


def beside(words: QWidget | None, button: Button) -> QWidget:
    """What is said of the chosen line, and what can be done with it."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(Space.M)
    if words is not None:
        line.addWidget(words, 1)
    else:
        line.addStretch(1)
    line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    return row


class Sections(QWidget):
    """A row of choices, each with its count, over what the chosen one holds."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = QStackedWidget()
        self._group = QButtonGroup(self)
        self._names: list[str] = []
        self._row = Flow(gap=Space.S)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(self._row)
        column.addWidget(self._stack, 1)
        self._group.idClicked.connect(self.show_section)

    def add(self, page: QWidget, name: str) -> None:
        chip = Chip(name)
        self._group.addButton(chip, len(self._names))
        chip.hide()
        self._row.addWidget(chip)
        self._names.append(name)
        self._stack.addWidget(page)

    def tell(self, counts: Sequence[int], first: int) -> None:
        """How much each holds; what holds nothing is not offered. `first` is shown, if it holds anything."""
        for place, count in enumerate(counts):
            chip = self._group.button(place)
            chip.setText(f"{self._names[place]} ({wording.number(count)})")
            chip.setVisible(bool(count))
        wanted = [first, *range(len(counts))]
        self.show_section(next((place for place in wanted if counts[place]), first))
        self._stack.setVisible(any(counts))

    def show_section(self, place: int) -> None:
        self._group.button(place).setChecked(True)
        self._stack.setCurrentIndex(place)
