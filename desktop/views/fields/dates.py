"""The field for a date: what people really type, arrows, and a calendar for those who prefer the mouse."""

from calendar import monthrange
from datetime import date, timedelta

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QFrame, QLineEdit, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.fields.inputs import complain, name_actions
from desktop.views.fields.reading import read_date
from desktop.views.icons import Icons

_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
_MONTHS = {Qt.Key.Key_PageUp: 1, Qt.Key.Key_PageDown: -1}


class DateField(QLineEdit):
    """Takes `030226`, `3/2/26`, `03.02.2026`, `auj`…; ↑ ↓ move by a day, page up and down by a month; Alt+↓ opens the
    calendar. Empty is allowed. `changed` when the value may have. (QDateEdit silently refuses `03/02/26`.)"""

    changed = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText("jj/mm/aaaa")
        opener = self.addAction(icons.icon("calendar", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        icons.dress(opener, "calendar", "muted")
        opener.setText("Ouvrir le calendrier")
        opener.setToolTip("Ouvrir le calendrier (Alt+↓)")
        opener.triggered.connect(self.open_calendar)
        name_actions(self)
        self.textChanged.connect(self._tell)
        self.editingFinished.connect(self._tidy)

    def value(self) -> date | None:
        """The date written; None when empty or not a date (see `complaint`)."""
        return read_date(self.text(), date.today())  # noqa: DTZ011 - the day of the person at this computer

    def set_value(self, value: date | None) -> None:
        self.setText("" if value is None else wording.day(value))

    def complaint(self) -> str:
        """Why what is written is no date, and how to write one; empty when all is well."""
        if self.text().strip() and self.value() is None:
            return f"Date non reconnue{wording.NBSP}: écrivez-la comme 03/02/2026."
        return ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
        elif key in _STEPS:
            self._move(days=_STEPS[key])
        elif key in _MONTHS:
            self._move(months=_MONTHS[key])
        else:
            super().keyPressEvent(event)

    def open_calendar(self) -> None:
        """The month of the date, Monday first, under the field."""
        sheet = _Calendar(self)
        sheet.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        sheet.show()
        sheet.calendar.setFocus(Qt.FocusReason.PopupFocusReason)

    def _move(self, *, days: int = 0, months: int = 0) -> None:
        now = self.value()
        if now is None:
            self.set_value(date.today())  # noqa: DTZ011
            return
        if months:
            place = now.year * 12 + now.month - 1 + months
            year, month = place // 12, place % 12 + 1
            self.set_value(date(year, month, min(now.day, monthrange(year, month)[1])))
        else:
            self.set_value(now + timedelta(days=days))

    def _tell(self) -> None:
        if not self.complaint():
            complain(self, "")
        self.changed.emit()

    def _tidy(self) -> None:
        value = self.value()
        if value is not None and self.text() != wording.day(value):
            self.set_value(value)
        complain(self, self.complaint())


class _Calendar(QFrame):
    """A popup that goes as soon as a day is chosen."""

    def __init__(self, field: DateField) -> None:
        super().__init__(field, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self._field = field
        self.calendar = QCalendarWidget()
        self.calendar.setAccessibleName("Calendrier")
        self.calendar.setLocale(QLocale(QLocale.Language.French, QLocale.Country.France))
        self.calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        value = field.value() or date.today()  # noqa: DTZ011
        self.calendar.setSelectedDate(QDate(value.year, value.month, value.day))
        column = QVBoxLayout(self)
        column.addWidget(self.calendar)
        self.calendar.clicked.connect(self._choose)
        self.calendar.activated.connect(self._choose)

    def _choose(self, chosen: QDate) -> None:
        self._field.set_value(date(chosen.year(), chosen.month(), chosen.day()))
        self.close()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)
