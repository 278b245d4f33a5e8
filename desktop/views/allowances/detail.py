"""One file of the review: was it read whole, what could not be read and why, and the sums it states of itself."""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPalette, QTextOption
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.services.review import saying
from desktop.views import wording
from desktop.views.allowances import telling
from desktop.views.allowances.entries import Entry, State
from desktop.views.allowances.files import KINDS, FilesDo, face
from desktop.views.allowances.reviewed import OpenFile, Reviewed
from desktop.views.allowances.tables import Sections, Table, beside, stacked
from desktop.views.fields.inputs import whole_lines
from desktop.views.fields.shapes import Button, ElidedLabel, EmptyState, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Size, Space
from desktop.views.wording import NBSP, NNBSP

Index = QModelIndex | QPersistentModelIndex
_RAW: Final = 4
_SIGNS: Final = MappingProxyType({telling.RIGHT: ("circle-check", "ok"), telling.WRONG: ("triangle-alert", "going")})


class _Verdicts(QStyledItemDelegate):
    """« Juste » and « Inexact », each with its sign; what is wrong in its ink."""

    def __init__(self, icons: Icons, parent: QObject) -> None:
        super().__init__(parent)
        self._icons = icons

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        icon, ink = _SIGNS.get(option.text, ("", ""))
        if icon:
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.icon = self._icons.icon(icon, ink, Size.ICON)
            option.decorationSize = QSize(Size.ICON, Size.ICON)
        if option.text == telling.WRONG:
            wrong = self._icons.look.colour(ink)
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
                option.palette.setColor(role, wrong)


class FileDetail(QWidget):
    """The file that is current in the list."""

    def __init__(self, icons: Icons, does: FilesDo) -> None:
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
        self.rejected = Table("Lignes rejetées", (("Ligne", True), ("Motif", False), ("Texte", False)))
        titles = (("Niveau", False), ("De", False), ("Mesure", False), ("Annoncé", True), ("Calculé", True))
        self.controls = Table("Totaux de contrôle", (*titles, ("Écart", True), ("Verdict", False)))
        self.controls.setItemDelegateForColumn(len(titles) + 1, _Verdicts(icons, self.controls))
        self.columns = Table("Colonnes", (("Dans le fichier", False), ("Dans Volet", False)))
        self.notes = Table("Remarques", (("Ce que Volet a compris", False),))
        self.corrections = Table(
            "Corrections", (("Ligne", True), ("Le", False), ("Par", False), ("Ce qui est dit", False))
        )
        self._correct = Button("Corriger cette ligne…", icons=icons, icon="pencil", does=self._correct_line)
        self._withdraw = Button("Annuler cette correction", icons=icons, icon="undo-2", does=self._withdraw_line)
        self._raw = QPlainTextEdit()
        self._raw.setReadOnly(True)
        self._raw.setAccessibleName("Texte entier de la ligne")
        self._raw.setFixedHeight(whole_lines(self._raw, _RAW))
        self._raw.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self._tabs = Sections()
        below = beside(self._raw, self._correct)
        self._tabs.add(stacked(self.rejected, below), "Lignes rejetées")
        self._tabs.add(stacked(self.corrections, beside(None, self._withdraw)), "Corrections")
        self._tabs.add(self.controls, "Totaux de contrôle")
        self._tabs.add(self.columns, "Colonnes")
        self._tabs.add(self.notes, "Remarques")
        self._lay_out()
        self.rejected.selectionModel().currentChanged.connect(self._show_raw)
        self.corrections.selectionModel().currentChanged.connect(self._show_correction)
        icons.look.changed.connect(self._dress)

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
        column.addStretch(0)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    # What the page asks

    def tell(self, reviewed: Reviewed | None) -> None:
        """Which file is shown is the list's to say."""

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
        self._kind.setText(f"{KINDS[file.kind.value]} · {telling.extent(file)}")
        self._out.setVisible(not file.portal)
        self._tabs.setVisible(not file.portal)
        self._verdict.setText(telling.verdict(file))
        self._raw.clear()
        self.rejected.tell(len(file.rejected), self._rejected_of(file))
        stated = tuple(sorted(file.controls, key=telling.right_last))
        self.controls.tell(len(stated), lambda place: telling.stated(stated[place]))
        self.columns.tell(len(file.columns), telling.columns_of(file))
        notes = (*(saying.without_nir(each) for each in file.notes), *telling.apart(file))
        self.notes.tell(len(notes), lambda place: (notes[place],))
        self.corrections.tell(len(file.corrections), self._corrections_of(file))
        counts = (len(file.rejected), len(file.corrections), len(file.controls), len(file.columns), len(notes))
        self._tabs.tell(counts, 0 if file.rejected else 2)
        for table, count in ((self.rejected, len(file.rejected)), (self.corrections, len(file.corrections))):
            if count:
                table.select(0)

    def _rejected_of(self, file: OpenFile) -> Callable[[int], tuple[str, ...]]:
        def texts(place: int) -> tuple[str, ...]:
            each = file.rejected[place]
            raw = self.shown(each.raw)
            return wording.number(each.line), saying.without_nir(each.reason), " ".join(raw.split())

        return texts

    def _corrections_of(self, file: OpenFile) -> Callable[[int], tuple[str, ...]]:
        def texts(place: int) -> tuple[str, ...]:
            each = file.corrections[place]
            said = "Correction annulée" if each.withdrawn else self.shown(telling.values(each))
            why = f" ({self.shown(each.reason)})" if each.reason else ""
            return wording.number(each.line), wording.moment_said(each.at), each.by, f"{said}{why}"

        return texts

    def shown(self, text: str) -> str:
        """A text of the file, its NIRs masked unless they are shown."""
        return text if self._revealed else saying.without_nir(text)

    def _line(self, table: Table, lines: Sequence[int]) -> int | None:
        place = table.currentIndex().row()
        return lines[place] if 0 <= place < len(lines) else None

    def _correct_line(self) -> None:
        if self._entry is not None and self._entry.file is not None:
            line = self._line(self.rejected, [each.line for each in self._entry.file.rejected])
            if line is not None:
                self._does.correct(self._entry.ticket, line)

    def _withdraw_line(self) -> None:
        if self._entry is not None and self._entry.file is not None:
            line = self._line(self.corrections, [each.line for each in self._entry.file.corrections])
            if line is not None:
                self._does.withdraw(self._entry.ticket, line)

    def _show_correction(self) -> None:
        """Only what is in force can be taken back."""
        told = self._entry.file.corrections if self._entry is not None and self._entry.file is not None else ()
        line = self._line(self.corrections, [each.line for each in told])
        last = [each for each in told if each.line == line][-1:]
        self._withdraw.setEnabled(bool(last) and not last[0].withdrawn)

    def _show_raw(self) -> None:
        file = self._entry.file if self._entry is not None else None
        place = self.rejected.currentIndex().row()
        if file is None or not 0 <= place < len(file.rejected):
            self._raw.clear()
            return
        raw = file.rejected[place].raw
        self._raw.setPlainText(self.shown(raw))

    def _dress(self) -> None:
        if self._entry is not None:
            self._sign.setPixmap(self._icons.pixmap(*face(self._entry), 24, self.devicePixelRatioF()))
