"""The inputs of a topic's form, drawn from the catalogue: each reads and writes the text that the portal wants."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from desktop.services.contact import FormField
from desktop.services.portfolio import Portfolio
from desktop.views.contact.composer import Writing
from desktop.views.fields.dates import DateField
from desktop.views.fields.flow import Flow
from desktop.views.fields.inputs import AmountField, FieldBox
from desktop.views.icons import Icons
from desktop.views.wording import NBSP

_DATE_WIDTH: Final = 178
_WHOLE_DATE: Final = re.compile(r"\d{1,2}([/.\- ])\d{1,2}\1\d{4}")
_WIDEST: Final = 680


class Combo(QComboBox):
    """A choice that the wheel does not change in passing, while the form is scrolled."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Area(QScrollArea):
    """Where the inputs scroll, up and down only."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        inside.setProperty("role", "page")
        inside.setMaximumWidth(_WIDEST)
        inside.setMinimumWidth(1)  # whatever its labels would like: it follows the pane
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Formulaire de la demande")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inside)


class Input(QObject):
    """One field on screen. `text` is what the portal wants when it is whole, else what was typed, so that a draft keeps
    it as it stands."""

    changed = Signal()

    def __init__(self, field: FormField, widget: QWidget) -> None:
        super().__init__(widget)
        self.field, self.widget = field, widget
        self.box = FieldBox(field.label, widget, field.help, required=field.required)
        self.changed.connect(self._forgive)

    def text(self) -> str:
        raise AssertionError(self.field.kind)  # each kind says its own

    def set_text(self, text: str) -> None:
        raise AssertionError(text)

    def complaint(self) -> str:
        """Why what is written cannot be read, where the field knows it better than the rules, which see only the text;
        those are the service's to tell."""
        return ""

    def _forgive(self) -> None:
        """What was wrong was said of the former value."""
        if self.box.complaint:
            self.box.complain("")


class LineInput(Input):
    def __init__(self, field: FormField) -> None:
        self._line = QLineEdit()
        super().__init__(field, self._line)
        self._line.textEdited.connect(self.changed)

    def text(self) -> str:
        return self._line.text()

    def set_text(self, text: str) -> None:
        self._line.setText(text)


class LongInput(Input):
    def __init__(self, field: FormField) -> None:
        self._writing = Writing("", field.label, lowest=3, highest=8)
        super().__init__(field, self._writing)
        self._writing.textChanged.connect(self.changed)

    def text(self) -> str:
        return self._writing.toPlainText()

    def set_text(self, text: str) -> None:
        self._writing.setPlainText(text)


class LinesInput(LongInput):
    """SIRETs or member numbers, one a line, checked as far as one can off line."""

    def __init__(self, field: FormField, portfolio: Portfolio) -> None:
        super().__init__(field)
        self._portfolio = portfolio
        self._writing.setPlaceholderText("Un SIRET ou un n° d\u2019adhérent par ligne")

    def complaint(self) -> str:
        lines = [line.strip() for line in self.text().splitlines() if line.strip()]
        return "\n".join(why for _, why in self._portfolio.check_added(lines))


class DateInput(Input):
    def __init__(self, field: FormField, icons: Icons) -> None:
        self._date = DateField(icons)
        super().__init__(field, self._date)
        self._date.setFixedWidth(_DATE_WIDTH)
        self._date.changed.connect(self.changed)

    def text(self) -> str:
        value = self._date.value()
        return value.isoformat() if value is not None else self._date.text().strip()

    def set_text(self, text: str) -> None:
        try:
            self._date.set_value(date.fromisoformat(text))
        except ValueError:
            self._date.setText(text)

    def complaint(self) -> str:
        """A date written whole is read: that there is no such day is for the rules to say."""
        return "" if _WHOLE_DATE.fullmatch(self._date.text().strip()) else self._date.complaint()


class AmountInput(Input):
    def __init__(self, field: FormField) -> None:
        self._amount = AmountField()
        super().__init__(field, self._amount)
        self._amount.setMaximumWidth(200)
        self._amount.changed.connect(self.changed)

    def text(self) -> str:
        value = self._amount.value()
        return f"{value:.2f}" if value is not None else self._amount.text().strip()

    def set_text(self, text: str) -> None:
        try:
            self._amount.set_value(Decimal(text))
        except InvalidOperation:
            self._amount.setText(text)

    def complaint(self) -> str:
        return self._amount.complaint()


class ChoiceInput(Input):
    def __init__(self, field: FormField) -> None:
        self._choices = Combo()
        super().__init__(field, self._choices)
        self._choices.addItem("Choisir…", "")
        for choice in field.choices:
            self._choices.addItem(choice.label, choice.code)
        self._choices.activated.connect(self.changed)

    def text(self) -> str:
        return str(self._choices.currentData() or "")

    def set_text(self, text: str) -> None:
        self._choices.setCurrentIndex(max(0, self._choices.findData(text)))


class YesNoInput(Input):
    def __init__(self, field: FormField) -> None:
        holder = QWidget()
        holder.setAccessibleName(field.label)
        super().__init__(field, holder)
        self._yes, self._no = QRadioButton("Oui"), QRadioButton("Non")
        self._group = QButtonGroup(holder)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(24)
        for button in (self._yes, self._no):
            button.setAccessibleName(f"{field.label}{NBSP}: {button.text().lower()}")
            self._group.addButton(button)
            row.addWidget(button)
            button.clicked.connect(self.changed)
        row.addStretch(1)
        holder.setFocusProxy(self._yes)

    def text(self) -> str:
        return "yes" if self._yes.isChecked() else "no" if self._no.isChecked() else ""

    def set_text(self, text: str) -> None:
        self._group.setExclusive(False)
        self._yes.setChecked(text == "yes")
        self._no.setChecked(text == "no")
        self._group.setExclusive(True)


def make_input(field: FormField, icons: Icons, portfolio: Portfolio) -> Input:
    """The input for a field of the catalogue; a kind that this version does not know is a line of text."""
    if field.kind == "date":
        return DateInput(field, icons)
    if field.kind == "sirets_or_members":
        return LinesInput(field, portfolio)
    return _PLAIN.get(field.kind, LineInput)(field)


_PLAIN: Final[Mapping[str, Callable[[FormField], Input]]] = {
    "long_text": LongInput,
    "amount": AmountInput,
    "choice": ChoiceInput,
    "yes_no": YesNoInput,
}


def in_rows(inputs: Sequence[Input]) -> list[QWidget]:
    """Dates that follow one another share a line; the others have one each."""
    rows: list[QWidget] = []
    line: Flow | None = None
    for one in inputs:
        if not isinstance(one, DateInput):
            line = None
            rows.append(one.box)
            continue
        if line is None:
            holder = QWidget()
            line = Flow(holder, gap=20)
            rows.append(holder)
        line.addWidget(one.box)
    return rows
