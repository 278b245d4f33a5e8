"""The fields of a topic's form, made anew for each topic."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.services.contact import Topic
from desktop.services.portfolio import Portfolio
from desktop.views.contact.inputs import Input, in_rows, make_input
from desktop.views.icons import Icons
from desktop.views.tokens import Space


class Answers(QWidget):
    """`changed` when the person has answered something."""

    changed = Signal()

    def __init__(self, icons: Icons, portfolio: Portfolio) -> None:
        super().__init__()
        self._icons, self._portfolio = icons, portfolio
        self.inputs: list[Input] = []
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.M)
        self.hide()

    def show_topic(self, topic: Topic | None) -> None:
        """Empty fields for this topic; none for none."""
        for row in self._rows:
            row.hide()
            row.deleteLater()
        fields = topic.fields if topic is not None else ()
        self.inputs = [make_input(field, self._icons, self._portfolio) for field in fields]
        self._rows = in_rows(self.inputs)
        for one in self.inputs:
            one.changed.connect(self.changed)
        for row in self._rows:
            self._column.addWidget(row)
        self.setVisible(bool(self.inputs))

    def values(self) -> dict[str, str]:
        """What the fields hold, by their code."""
        return {one.field.code: text for one in self.inputs if (text := one.text())}

    def fill(self, values: Mapping[str, str]) -> None:
        """Puts these in, and empties the others. Nothing rings."""
        for one in self.inputs:
            with QSignalBlocker(one):
                one.set_text(values.get(one.field.code, ""))

    def complaints(self) -> dict[str, str]:
        """What the fields know better than the rules, by their code."""
        return {one.field.code: words for one in self.inputs if (words := one.complaint())}

    def complain(self, said: Mapping[str, str]) -> None:
        """What is wrong, beside each field; the others are right."""
        for one in self.inputs:
            one.box.complain(said.get(one.field.code, ""))

    def places(self) -> dict[str, QWidget]:
        """Where each field has its focus, in the order of the form."""
        return {one.field.code: one.widget for one in self.inputs}
