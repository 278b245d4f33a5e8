"""One matter of the account: a card with a title, what is to be known, and what one may do about it."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.services.problems import Problem
from desktop.views.account.desk import Desk
from desktop.views.fields.inputs import FieldBox, beside
from desktop.views.fields.shapes import Banner, Busy, Ground, Label
from desktop.views.tokens import Space

T = TypeVar("T")


class Section(Ground):
    """`column` takes what it shows. `boxes` are fields under the names of the portal's complaints."""

    def __init__(self, desk: Desk, title: str, why: str = "") -> None:
        super().__init__("card")
        self._desk = desk
        self.setAccessibleName(title)
        self.boxes: dict[str, FieldBox] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.column.setSpacing(Space.M)
        self.why = Label(why, "muted", wrap=True)
        self.problem, self.good = (
            Banner(desk.icons, "error", "circle-alert"),
            Banner(desk.icons, "ok", "circle-check"),
        )
        self.busy = Busy("Le portail est interrogé")
        for part in (Label(title, "heading"), self.why, self.good, self.problem, self.busy):
            self.column.addWidget(part)

    def ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """On the errands' thread; what is refused is said beside its field, or in the section."""
        self.problem.hide()
        self.good.hide()
        for box in self.boxes.values():
            box.complain("")
        self._wait(waiting=True)

        def answered(answer: T) -> None:
            self._wait(waiting=False)
            then(answer)

        self._desk.errands.ask(self, work, answered, self.refused, what="ask")

    def refused(self, error: Exception) -> None:
        self._wait(waiting=False)
        if not isinstance(error, Problem):
            raise error
        said = beside(error, self.boxes)
        for name, sentence in said.items():
            self.boxes[name].complain(sentence)
        if not said:
            self.problem.tell(error.sentence)

    def show_only(self, shown: QWidget, *others: QWidget) -> None:
        """One of several parts."""
        for part in others:
            part.hide()
        shown.show()

    def _wait(self, *, waiting: bool) -> None:
        self.busy.setVisible(waiting)
        for part in self.findChildren(QWidget):
            if part.property("acts"):
                part.setEnabled(not waiting)
