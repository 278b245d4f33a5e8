"""A card that asks the portal for something: fields, what is wrong beside them, one button, a bar while it waits."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop.services.problems import Problem
from desktop.views.fields.inputs import FieldBox, beside, focus_first
from desktop.views.fields.shapes import Banner, Busy, Button, Label
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.signin.card import Card
from desktop.views.signin.page import address_box, read_address
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

T = TypeVar("T")

_WIDTH = 520


class Asking(Card):
    """`boxes` are the fields under their names, which are those of the portal's complaints. Calls run on the errands'
    thread."""

    def __init__(
        self, icons: Icons, errands: Later, title: str, why: str, address: str, back: Callable[[], None]
    ) -> None:
        super().__init__(icons, width=_WIDTH)
        self._errands = errands
        self.boxes: dict[str, FieldBox] = {}
        self.setAccessibleName(title)
        self.title, self.why = Label(title, "title", wrap=True), Label(why, "muted", wrap=True)
        self.problem, self.good = Banner(icons, "error", "circle-alert"), Banner(icons, "ok", "mail")
        self.address = QLineEdit(address)
        self._host = Label("", "secondary")
        self.go = Button("", "primary", does=self.submit)
        self._words = ""
        self.busy = Busy("Le portail est interrogé", keeps=True)
        self._back = Button("Retour", "flat", does=back)
        for part in (self.title, self.why, self.problem, self.good):
            self.column.addWidget(part)
        self.column.addWidget(self._host)
        self.put("address", address_box(self.address))
        self.show_address(address)

    # What the pages put there

    def put(self, name: str, box: FieldBox) -> FieldBox:
        """The next field, below the ones before."""
        self.column.addWidget(box)
        self.take(name, box)
        return box

    def take(self, name: str, box: FieldBox) -> None:
        """A field that stands elsewhere in the card."""
        self.boxes[name] = box
        field = box.field
        if isinstance(field, QLineEdit):
            field.returnPressed.connect(self.submit)
            field.textEdited.connect(self._forgive)

    def end(self, verb: str, *others: QWidget) -> None:
        """The buttons, under all fields."""
        self._words = verb
        self.go.setText(verb)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.go, 1)
        for part in (*others, self._back):
            row.addWidget(part)
        self.column.addLayout(row)
        self.column.addWidget(self.busy)

    def show_address(self, address: str) -> None:
        """The portal in a line when it is known; its field otherwise."""
        self.address.setText(address)
        self._host.setText(f"Portail{NBSP}: {urlsplit(address).netloc}")
        self._host.setVisible(bool(address))
        self.boxes["address"].setVisible(not address)

    def focus_first(self) -> None:
        """To the first field that is not filled in."""
        focus_first(self.boxes.values())

    # What one does

    def submit(self) -> None:
        """What the button does; each page has its own."""

    def portal(self) -> str:
        """The portal's address; empty, and complained of, when it is none."""
        address = read_address(self.address.text()) or ""
        if not address:
            self.boxes["address"].show()
        return address

    def wrong(self, complaints: Mapping[str, str]) -> bool:
        """Says beside each field what is wrong with it, all at once, and goes to the first; whether there was any."""
        told = dict(complaints)
        if not self.portal():
            told = {"address": "Indiquez l’adresse du portail (https://…).", **told}
        for name, box in self.boxes.items():
            box.complain(told.get(name, ""))
        first = next((box for name, box in self.boxes.items() if told.get(name)), None)
        if first is not None:
            first.field.setFocus()
            self.area.ensureWidgetVisible(first)
        return first is not None

    def ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Waits for the portal; what it refuses is said beside the fields it names, or above them all."""
        if not self.go.isEnabled():
            return
        self._wait(waiting=True)
        self._errands.ask(self, work, _Then(self, then), self.refused, what="ask")

    def refused(self, error: Exception) -> None:
        self._wait(waiting=False)
        if not isinstance(error, Problem):
            raise error
        said = beside(error, self.boxes)
        if not (said and self.wrong(said)):
            self.problem.tell(error.sentence)

    def answered(self) -> None:
        self._wait(waiting=False)

    def _forgive(self) -> None:
        self.problem.hide()
        for box in self.boxes.values():
            if box.field is self.focusWidget():
                box.complain("")

    def _wait(self, *, waiting: bool) -> None:
        if waiting:
            self.problem.hide()
            self.good.hide()
        self.go.setEnabled(not waiting)
        self.go.setText("Un instant…" if waiting else self._words)
        self.busy.setVisible(waiting)
        for box in self.boxes.values():
            box.field.setEnabled(not waiting)


class _Then(Generic[T]):
    """The answer, once the page has stopped waiting."""

    def __init__(self, page: Asking, then: Callable[[T], None]) -> None:
        self._page, self._then = page, then

    def __call__(self, answer: T) -> None:
        self._page.answered()
        self._then(answer)
