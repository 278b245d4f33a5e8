"""The lines of a finding: where each stands, what it says, and the file's own text of the current one."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QAbstractItemView, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.services.problems import Problem
from desktop.services.review import saying
from desktop.views import wording
from desktop.views.allowances.desk import Desk
from desktop.views.allowances.reviewed import PORTAL, OpenFile
from desktop.views.allowances.telling import line_of
from desktop.views.fields.inputs import whole_lines
from desktop.views.fields.shapes import Label
from desktop.views.rows.tables import RowTable
from desktop.views.table import LEFT, RIGHT, Column, Rows
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

if TYPE_CHECKING:
    from desktop.services.review.archive import History, Place
    from desktop.services.review.keeping import RawLine
    from desktop.services.review.searching import Sheet

COLUMNS: Final = (
    "label",
    "code",
    "sense",
    "start",
    "end",
    "days",
    "unit",
    "gross",
    "levies",
    "net",
    "paid_on",
    "payer",
)
"""What is shown of each line, behind its file and number."""
_TITLES: Final = ("Du", "Au", "Jours", "Taux", "Brut", "Retenues", "Net", "Nature", "Sens", "Payé le", "Organisme")
_RIGHT: Final = frozenset({"Jours", "Taux", "Brut", "Retenues", "Net", "Ligne"})
MOST: Final = 500
"""Lines of one finding that are listed; all are in the table of lines."""
_ROW: Final = 28
_RAW: Final = 3
Raw = Callable[[str, int], "RawLine | None"]
"""The text of a line of a file, by its sha256 and the line's number. Not on the GUI thread."""


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a line stands, and its texts. `number` is its file's place in the review."""

    place: int
    number: int
    file: OpenFile
    line: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    column: int

    def __call__(self, row: Stood) -> str:
        return row.texts[self.column]


def stood(
    sheet: "Sheet", files: Sequence[OpenFile], rows: Sequence[int], numbers: Sequence[tuple[int, int]], revealed: bool
) -> tuple[Stood, ...]:
    """The lines of a finding: `numbers` are (file, line) of each, `rows` those in the sheet. Asked on the reader."""
    import polars as pl

    from desktop.services.review.codes import label_of
    from desktop.services.review.searching import Found

    found = Found(sheet, pl.Series(list(rows[:MOST]), dtype=pl.UInt32))
    texts = found.rows(0, MOST, COLUMNS, revealed=revealed)
    told = []
    for place, ((file, line), (label, code, sense, *rest)) in enumerate(zip(numbers, texts, strict=False)):
        dates_and_sums, others = rest[:7], rest[7:]
        nature = label or label_of(code)
        at = "" if files[file].portal else wording.number(line)
        cells = (files[file].name, at, *dates_and_sums, nature, sense, *others)
        told.append(Stood(place, file, files[file], line, cells))
    return tuple(told)


class Lines(QWidget):
    """`tell` shows lines; the raw text of the current one is asked of the errands."""

    def __init__(self, desk: Desk, raw: Raw) -> None:
        super().__init__()
        self._desk, self._ask_raw = desk, raw
        self._rows_told: tuple[Stood, ...] = ()
        self._revealed = False
        titles = ("Fichier", "Ligne", *_TITLES)
        columns = [
            Column[Stood](title, _Text(place), RIGHT if title in _RIGHT else LEFT, _Text(place))
            for place, title in enumerate(titles)
        ]
        self.rows = Rows[Stood](self._fetch, attrgetter("place"), columns, _sentence)
        self.table = _Table(self.rows)
        self._where, self.also = Label("", "meta", wrap=True), Label("", "meta", wrap=True)
        self._history: History | None = None
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setAccessibleName("Texte de la ligne dans le fichier")
        self.raw.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.raw.setFixedHeight(whole_lines(self.raw, _RAW))
        self.raw.setTabChangesFocus(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self.table)
        column.addSpacing(Space.XS)
        column.addWidget(self._where)
        column.addWidget(self.raw)
        column.addWidget(self.also)
        self.table.selectionModel().currentRowChanged.connect(self._current)

    def tell(self, rows: tuple[Stood, ...], history: "History | None", *, revealed: bool) -> None:
        """Shows these lines, the first current. `history` tells which other files hold it."""
        self._history = history
        same = [(one.file.sha256, one.line) for one in rows] == [
            (one.file.sha256, one.line) for one in self._rows_told
        ] and revealed == self._revealed
        self._rows_told, self._revealed = rows, revealed
        several = len({one.file.sha256 for one in rows}) > 1
        self.rows.set_ids(array("q", range(len(rows))))
        self.table.fit(several=several, count=len(rows))
        self.setVisible(bool(rows))
        if rows and not same:
            self.table.select(0)
            self._current()

    def current(self) -> Stood | None:
        place = self.table.currentIndex().row()
        return self._rows_told[place] if 0 <= place < len(self._rows_told) else None

    def _fetch(self, places: Sequence[int]) -> list[Stood]:
        return [self._rows_told[place] for place in places if place < len(self._rows_told)]

    def _current(self) -> None:
        one = self.current()
        if one is None:
            return
        where = line_of(one.file.name, one.line, portal=one.file.portal)
        self._where.setText(f"{where[0].upper()}{where[1:]}")
        self.raw.setPlainText("")
        self.also.hide()
        if self._history is not None:
            places = partial(self._history.places, one.number, one.line)
            self._desk.later.ask(self, places, self._show_also, what="places")
        work = partial(self._ask_raw, one.file.sha256, one.line)
        self._desk.errands.ask(self, work, self._show_raw, self._no_raw, what="raw")

    def _show_also(self, places: "tuple[Place, ...]") -> None:
        """The same payment, as other files tell it."""
        told = [line_of(one.name, one.line, portal=one.source == PORTAL) for one in places[1:]]
        self.also.setText(f"Aussi{NBSP}: {', '.join(told)}.")
        self.also.setVisible(bool(told))

    def _show_raw(self, found: "RawLine | None") -> None:
        one = self.current()
        if one is None:
            return
        if found is None:
            self.raw.setVisible(False)
            return
        place = found.place[:1].upper() + found.place[1:]
        self._where.setText(f"{place} de «{NBSP}{one.file.name}{NBSP}», telle qu’elle s’y trouve{NBSP}:")
        self.raw.setPlainText(found.text if self._revealed else saying.without_nir(found.text))
        self.raw.setVisible(True)

    def _no_raw(self, error: Exception) -> None:
        """The file is not kept, or cannot be opened now: what was read of it is above."""
        self.raw.setVisible(False)
        if not isinstance(error, Problem):
            raise error


class _Table(RowTable[Stood]):
    def __init__(self, rows: Rows[Stood]) -> None:
        super().__init__(rows, "Lignes concernées", _ROW)
        self.setProperty("role", "facts")  # cells stand below their titles
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)  # it is as high as so many rows

    def fit(self, *, several: bool, count: int) -> None:
        """As high as its rows, up to some; as wide as their texts. What no line tells is not shown, and the file where
        it is one and the same."""
        metrics = self.fontMetrics()
        shown = [self.rows.row(place) for place in range(min(count, 40))]
        for column in range(self.rows.columnCount()):
            texts = [row.texts[column] for row in shown if row is not None]
            self.setColumnHidden(column, not any(texts) if column else not several)
            title = str(self.rows.headerData(column, Qt.Orientation.Horizontal) or "")
            widest = max(metrics.horizontalAdvance(text) for text in (*texts, f"{title}  "))
            self.setColumnWidth(column, min(widest + 2 * Space.S + 2, 240))
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + min(count, 6) * _ROW + bar)


def _sentence(row: Stood) -> str:
    names = ("fichier", "ligne", *(title.lower() for title in _TITLES))
    return wording.sentence(*(f"{name} {text}" for name, text in zip(names, row.texts, strict=True) if text))
