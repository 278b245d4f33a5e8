"""One file of the review: was it read whole, what could not be read and why, and the sums it states of itself."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QClipboard, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.services.review import saying
from desktop.views import wording
from desktop.views.allowances.files import KINDS, FilesDo, face
from desktop.views.allowances.loading import Entry, State
from desktop.views.allowances.reviewed import OpenFile, meaning
from desktop.views.fields.shapes import Button, Chip, ElidedLabel, EmptyState, Label
from desktop.views.icons import Icons
from desktop.views.table import RIGHT, Column, Rows
from desktop.views.tokens import Space
from desktop.views.wording import NBSP, NNBSP

if TYPE_CHECKING:
    from desktop.services.review.whole import ControlTotal

_LEVELS: Final = {
    "sender": "Émetteur",
    "company": "Entreprise",
    "person": "Salarié",
    "page": "Page",
    "file": "Fichier",
}
_MEASURES: Final = {"gross": "Montant brut", "levies": "Retenues", "net": "Net", "days": "Jours", "lines": "Lignes"}
_MONEY: Final = frozenset({"gross", "levies", "net"})
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RAW: Final = 92
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


class FileDetail(QWidget):
    """The file that is current in the list."""

    def __init__(self, icons: Icons, clipboard: QClipboard, does: FilesDo) -> None:
        super().__init__()
        self.setAccessibleName("Fichier")
        self._icons, self._does = icons, does
        self._entry: Entry | None = None
        self._revealed = False
        self._stack = QStackedWidget()
        self._empty = EmptyState(icons, "file-text")
        self._empty.button.clicked.connect(self._act)
        self._sign, self._name = QLabel(), ElidedLabel("", "thread", middle=True)
        self._kind = ElidedLabel("", "secondary")
        self._verdict = Label("", "", wrap=True)
        self._out = Button("Retirer ce fichier", "flat", does=self._forget)
        self.rejected = Table("Lignes rejetées", (("Ligne", True), ("Motif", False), ("Texte", False)), clipboard)
        titles = (("Niveau", False), ("De", False), ("Mesure", False), ("Annoncé", True), ("Calculé", True))
        self.controls = Table("Totaux de contrôle", (*titles, ("Écart", True), ("Verdict", False)), clipboard)
        self.columns = Table("Colonnes", (("Dans le fichier", False), ("Dans Volet", False)), clipboard)
        self.notes = Table("Remarques", (("Ce que Volet a compris", False),), clipboard)
        self._raw = QPlainTextEdit()
        self._raw.setReadOnly(True)
        self._raw.setAccessibleName("Texte entier de la ligne")
        self._raw.setFixedHeight(_RAW)
        self._tabs = _Sections()
        self._tabs.add(self._with_raw(), "Lignes rejetées")
        self._tabs.add(self.controls, "Totaux de contrôle")
        self._tabs.add(self.columns, "Colonnes")
        self._tabs.add(self.notes, "Remarques")
        self._lay_out()
        self.rejected.selectionModel().currentChanged.connect(self._show_raw)
        icons.look.changed.connect(self._dress)

    def _with_raw(self) -> QWidget:
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.rejected, 1)
        column.addWidget(self._raw)
        return both

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._kind)
        head.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        head.addWidget(self._out, 0, Qt.AlignmentFlag.AlignTop)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addLayout(head)
        column.addWidget(self._verdict)
        column.addWidget(self._tabs, 1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    # What the page asks

    def show_entry(self, entry: Entry | None) -> None:
        """This file; showing the same again changes nothing."""
        if entry == self._entry:
            return
        same = self._entry is not None and entry is not None and self._entry.file is entry.file is not None
        self._entry = entry
        if entry is None or entry.file is None:
            self._say_why(entry)
        elif not same:
            self._show_file(entry.file)
        self._stack.setCurrentIndex(1 if entry is not None and entry.file is not None else 0)

    def reveal(self, *, revealed: bool) -> None:
        self._revealed = revealed
        if self._entry is not None and self._entry.file is not None:
            self._show_file(self._entry.file)

    def show_line(self, line: int) -> None:
        """Selects the rejected line of this number."""
        file = self._entry.file if self._entry is not None else None
        places = [place for place, each in enumerate(file.rejected) if each.line == line] if file is not None else []
        if places:
            self._tabs.show_section(0)
            self.rejected.select(places[0])

    # A file that is not read

    def _say_why(self, entry: Entry | None) -> None:
        if entry is None:
            self._empty.say("Choisissez un fichier dans la liste", icon="file-text")
        elif entry.state is State.UNREADABLE and entry.problem is not None:
            self._empty.say(
                f"«{NBSP}{entry.name}{NBSP}» ne peut pas être lu",
                saying.without_nir(entry.problem.sentence),
                "Retirer ce fichier",
                "circle-x",
            )
        elif entry.state is State.UNTAUGHT and entry.problem is not None:
            self._empty.say(
                f"Que contiennent les colonnes de «{NBSP}{entry.name}{NBSP}»{NNBSP}?",
                saying.without_nir(entry.problem.sentence),
                "Indiquer les colonnes…",
                "circle-question-mark",
            )
        else:
            self._empty.say(f"«{NBSP}{entry.name}{NBSP}» est en cours de lecture", icon="hourglass")

    def _act(self) -> None:
        if self._entry is not None and self._entry.state is State.UNTAUGHT:
            self._teach()
        else:
            self._forget()

    def _teach(self) -> None:
        if self._entry is not None:
            self._does.teach(self._entry.ticket)

    def _forget(self) -> None:
        if self._entry is not None:
            self._does.forget(self._entry.ticket)

    # A file that is

    def _show_file(self, file: OpenFile) -> None:
        self._dress()
        self._name.setText(file.name)
        self._kind.setText(f"{KINDS[file.kind.value]} · {wording.count(file.height, 'ligne lue', 'lignes lues')}")
        self._verdict.setText(verdict(file))
        self._raw.clear()
        self.rejected.tell(len(file.rejected), self._rejected_of(file))
        stated = tuple(sorted(file.controls, key=_right_last))
        self.controls.tell(len(stated), lambda place: _stated(stated[place]))
        self.columns.tell(len(file.columns), _columns_of(file))
        notes = (*(saying.without_nir(each) for each in file.notes), *_apart(file))
        self.notes.tell(len(notes), lambda place: (notes[place],))
        counts = (len(file.rejected), len(file.controls), len(file.columns), len(notes))
        self._tabs.tell(counts, 0 if file.rejected else 1)
        self._raw.setVisible(bool(file.rejected))
        if file.rejected:
            self.rejected.select(0)

    def _rejected_of(self, file: OpenFile) -> Callable[[int], tuple[str, ...]]:
        revealed = self._revealed

        def texts(place: int) -> tuple[str, ...]:
            each = file.rejected[place]
            raw = each.raw if revealed else saying.without_nir(each.raw)
            return wording.number(each.line), saying.without_nir(each.reason), " ".join(raw.split())

        return texts

    def _show_raw(self) -> None:
        file = self._entry.file if self._entry is not None else None
        place = self.rejected.currentIndex().row()
        if file is None or not 0 <= place < len(file.rejected):
            self._raw.clear()
            return
        raw = file.rejected[place].raw
        self._raw.setPlainText(raw if self._revealed else saying.without_nir(raw))

    def _dress(self) -> None:
        if self._entry is not None:
            self._sign.setPixmap(self._icons.pixmap(*face(self._entry), 24, self.devicePixelRatioF()))


class _Sections(QWidget):
    """A row of choices, each with its count, over what the chosen one holds."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = QStackedWidget()
        self._group = QButtonGroup(self)
        self._names: list[str] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(Space.S)
        self._row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(self._row)
        column.addWidget(self._stack, 1)
        self._group.idClicked.connect(self.show_section)

    def add(self, page: QWidget, name: str) -> None:
        chip = Chip(name)
        self._group.addButton(chip, len(self._names))
        self._row.insertWidget(len(self._names), chip)
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


def verdict(file: OpenFile) -> str:
    """One or two sentences: was it read whole, and do its own sums come out."""
    if file.rejected:
        many = len(file.rejected)
        told = f"{wording.count(many, 'ligne n’a pas pu être lue', 'lignes n’ont pas pu être lues')}"
        said = f"{told}, les autres comptent."
    else:
        said = "Ce fichier a été lu en entier."
    if not file.controls:
        return said
    checked = wording.count(len(file.controls), "total annoncé", "totaux annoncés")
    if not file.failed:
        return f"{said} {checked} par le fichier, au centime près{NBSP}: tout correspond."
    wrong = len(file.failed)
    verb = "ne correspond pas" if wrong < 2 else "ne correspondent pas"
    return f"{said} {checked} par le fichier, dont {wording.number(wrong)} {verb} aux lignes lues."


def _right_last(control: "ControlTotal") -> tuple[bool, int]:
    return control.holds, control.line


def _stated(control: "ControlTotal") -> tuple[str, ...]:
    say = saying.euros if control.measure in _MONEY else saying.integer
    return (
        _LEVELS.get(control.level, control.level),
        saying.without_nir(control.name),
        _MEASURES.get(control.measure, control.measure),
        say(control.stated),
        say(control.computed),
        "" if control.holds else say(control.computed - control.stated),
        "Juste" if control.holds else "Inexact",
    )


def _columns_of(file: OpenFile) -> Callable[[int], tuple[str, ...]]:
    return lambda place: (saying.without_nir(file.columns[place][0]), meaning(file.columns[place][1]))


def _apart(file: OpenFile) -> list[str]:
    """« 3 lignes de total » of what was set apart."""
    return [f"{wording.number(count)}{NBSP}{what.value}, mises à part." for what, count in file.apart if count]
