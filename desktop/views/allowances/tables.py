"""Small tables of texts, and the row of choices over several of them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.fields.flow import Flow
from desktop.views.fields.shapes import Button, Chip
from desktop.views.rows.texts import TextTable
from desktop.views.tokens import Space


class Table(TextTable):
    """Columns as wide as their titles and first rows need; the last takes what room is left."""

    def __init__(self, name: str, titles: Sequence[tuple[str, bool]]) -> None:
        super().__init__(name, titles)
        self.setProperty("role", "facts")  # cells stand below their titles
        self.horizontalHeader().setStretchLastSection(True)

    def tell(self, count: int, make: Callable[[int], tuple[str, ...]]) -> None:
        super().tell(count, make)
        for column in range(self.rows.columnCount() - 1):
            self._fit(column, min(count, 40))

    def _fit(self, column: int, count: int) -> None:
        metrics = self.fontMetrics()
        texts = [self.make(place)[column] for place in range(count)]
        title = str(self.rows.headerData(column, Qt.Orientation.Horizontal) or "")
        widest = max((metrics.horizontalAdvance(text) for text in (*texts, title + "  ")), default=0)
        self.setColumnWidth(column, min(widest + 2 * Space.M, 380))


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
