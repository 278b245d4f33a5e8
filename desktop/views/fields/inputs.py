"""Fields that take what people type, and the box that says beside them what is wrong."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import ceil
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from desktop.services.problems import Problem, Refused
from desktop.views import wording
from desktop.views.fields.reading import read_amount
from desktop.views.fields.shapes import Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space

_AROUND: Final = 12
"""Border and padding of a field of several lines (`resources/style.qss`), above and below."""


def whole_lines(field: QPlainTextEdit, count: int) -> int:
    """How high the field is to be for so many lines, none of them cut."""
    field.ensurePolished()
    line = ceil(QFontMetricsF(field.font()).lineSpacing())
    return count * line + round(field.document().documentMargin()) + _AROUND


def complain(widget: QWidget, sentence: str) -> None:
    """Marks a field as wrong (or, with an empty sentence, right again), for the eye and for assistive tools."""
    wrong = bool(sentence)
    if bool(widget.property("wrong")) != wrong:
        widget.setProperty("wrong", wrong)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
    widget.setAccessibleDescription(sentence)


def name_actions(field: QLineEdit) -> None:
    """The little buttons inside a field are named by their actions, which Qt does not do."""
    for button in field.findChildren(QToolButton):
        if button.defaultAction() is not None:
            button.setAccessibleName(button.defaultAction().text())


class FieldBox(QWidget):
    """A label above a field, and below it a help line that gives way to what is wrong."""

    def __init__(self, label: str, field: QWidget, help_line: str = "", *, required: bool = False) -> None:
        super().__init__()
        self.field = field
        self._help = help_line
        said = label if required or not label else f"{label} (facultatif)"
        caption = Label(said, "label")
        caption.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(said)
        typed = field.lineEdit() if isinstance(field, QComboBox) else None
        if typed is not None:
            typed.setAccessibleName(said)
        self._below = QLabel()
        self._below.setTextFormat(Qt.TextFormat.PlainText)
        self._below.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(caption)
        column.addWidget(field)
        column.addWidget(self._below)
        self.complain("")

    def complain(self, sentence: str) -> None:
        """What is wrong and how to mend it; empty when nothing is."""
        complain(self.field, sentence)
        self._below.setText(sentence or self._help)
        self._below.setProperty("role", "error" if sentence else "secondary")
        self._below.style().unpolish(self._below)
        self._below.style().polish(self._below)
        self._below.setVisible(bool(sentence or self._help))
        if not sentence and self._help:
            self.field.setAccessibleDescription(self._help)

    def explain(self, help_line: str) -> None:
        """Another help line."""
        said, self._help = self.complaint, help_line
        self.complain(said)

    @property
    def complaint(self) -> str:
        return self._below.text() if self._below.property("role") == "error" else ""


def focus_first(boxes: Iterable[FieldBox]) -> None:
    """To the first field on the screen that is not filled in."""
    for box in boxes:
        field = box.field
        if isinstance(field, QLineEdit) and not box.isHidden() and not field.isReadOnly() and not field.text():
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            return


def beside(error: Problem, boxes: Mapping[str, FieldBox]) -> dict[str, str]:
    """What the portal says of fields that are here, under their names; empty when it says something else."""
    told = dict(error.errors) if isinstance(error, Refused) else {}
    return {name: sentence for name, sentence in told.items() if name in boxes}


class AmountField(QLineEdit):
    """Euros. Takes all kinds of spaces, comma or point; shows `1 234,56 €` once left. `changed`: the value may have."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setPlaceholderText(f"0,00{wording.NBSP}€")
        self.textChanged.connect(self._tell)
        self.editingFinished.connect(self._tidy)

    def value(self) -> Decimal | None:
        """What is written, None when empty or not an amount (see `complaint`)."""
        return read_amount(self.text())

    def set_value(self, value: Decimal | None) -> None:
        self.setText("" if value is None else wording.amount(value))

    def complaint(self) -> str:
        if self.text().strip() and self.value() is None:
            return f"Montant non reconnu{wording.NBSP}: écrivez-le comme 1{wording.NNBSP}234,56."
        return ""

    def _tell(self) -> None:
        if not self.complaint():
            complain(self, "")
        self.changed.emit()

    def _tidy(self) -> None:
        value = self.value()
        if value is not None and self.text() != wording.amount(value):
            self.setText(wording.amount(value))
        complain(self, self.complaint())


class SearchField(QLineEdit):
    """Search as one types. `settled` rings once the typing has paused; Échap clears, and passes on when it is empty."""

    settled = Signal()

    def __init__(self, icons: Icons, placeholder: str, *, pause_ms: int = 120) -> None:
        super().__init__()
        self.setProperty("role", "search")
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder.rstrip("…"))
        glass = self.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        icons.dress(glass, "search", "muted")
        glass.setText("Rechercher")
        self._clear = self.addAction(icons.icon("x", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        icons.dress(self._clear, "x", "muted")
        self._clear.setToolTip("Effacer la recherche (Échap)")
        self._clear.setText("Effacer la recherche")
        self._clear.setVisible(False)
        self._clear.triggered.connect(self.clear)
        name_actions(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(pause_ms)
        self._pause.timeout.connect(self.settled)
        self.textChanged.connect(self._typed)

    def _typed(self) -> None:
        self._clear.setVisible(bool(self.text()))
        self._pause.start(self._pause.interval() if self.text() else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            event.accept()
            return
        super().keyPressEvent(event)
