"""The clocks of a leave, each with its day, how far it is, and the parameter that it follows from."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from desktop.services.leave import Clock
from desktop.views import wording
from desktop.views.fields.shapes import Label
from desktop.views.leave import saying
from desktop.views.tokens import Space
from desktop.views.wording import NBSP


class Clocks(QFrame):
    """Hidden while nothing is known of the terms."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._told: tuple[Clock, ...] = ()
        self._labels: list[Label] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(Label("Échéances", "heading"))
        column.addLayout(self._grid)
        self.hide()

    def tell(self, clocks: Sequence[Clock]) -> None:
        if tuple(clocks) == self._told:
            return
        self._told = tuple(clocks)
        for old in self._labels:
            old.hide()
            old.deleteLater()
        self._labels = []
        for place, clock in enumerate(self._told):
            words, ink = saying.standing(clock)
            name = saying.CLOCKS[clock.kind]
            day = Label(wording.day(clock.day))
            day.setAccessibleName(f"{name}{NBSP}: {wording.long_day(clock.day)}, {words}. {saying.source(clock)}")
            self._place(Label(name, "label", wrap=True), 2 * place, 0)
            self._place(day, 2 * place, 1)
            self._place(Label(words, ink if ink in ("muted", "error") else "label"), 2 * place, 2)
            source = Label(saying.source(clock), "meta", wrap=True)
            self._labels.append(source)
            self._grid.addWidget(source, 2 * place + 1, 0, 1, 3)
            self._grid.setRowMinimumHeight(2 * place + 1, 20)
        for label in self._labels:
            label.show()  # now, not when Qt comes back to its event loop
        self.setVisible(bool(self._told))

    def _place(self, label: Label, row: int, column: int) -> None:
        self._labels.append(label)
        self._grid.addWidget(label, row, column)
