"""Small tables of texts, and the row of choices over several of them."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.fields.flow import Flow
from desktop.views.fields.shapes import Button, Chip
from desktop.views.rows.tables import RowTable
from desktop.views.table import LEFT, RIGHT, Column, Rows
from desktop.views.tokens import Space

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


class Table(RowTable[_Cells]):
    """A few columns of texts, made when they are looked at: `titles` with whether they stand at the right. Rows copy
    as a spreadsheet takes them; the last column takes what room is left."""

    def __init__(self, name: str, titles: Sequence[tuple[str, bool]]) -> None:
        self._make: Callable[[int], tuple[str, ...]] = _nothing
        columns = [
            Column[_Cells](title, _Text(place), RIGHT if right else LEFT, _Text(place))
            for place, (title, right) in enumerate(titles)
        ]
        super().__init__(Rows(self._fetch, attrgetter("place"), columns, _sentence), name, _ROW)
        self.setProperty("role", "facts")  # cells stand below their titles
        self.horizontalHeader().setStretchLastSection(True)

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


def _nothing(_place: int) -> tuple[str, ...]:
    return ()


def _sentence(row: _Cells) -> str:
    return wording.sentence(*row.texts)


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
