"""Wishes that are not confirmed: a card each, with what can be done about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

D = TypeVar("D")

_FACES: Final = {
    "held": ("clock", "muted", "Part dans quelques secondes"),
    "refused": ("circle-x", "error", "Refusé par le portail"),
    "parked": ("triangle-alert", "going", "En panne"),
}
_WAITS: Final = ("hourglass", "muted", "Partira dès que le portail répondra")
_CONFLICT: Final = ("split", "error")
STUCK: Final = frozenset({"refused", "conflict", "parked"})
"""The states that need the person."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button. `kind` as `Button` takes it; `does` is given the wish's identifier."""

    text: str
    does: Callable[[str], object]
    kind: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """`state` is the wish's; `conflict` says what has changed under one in conflict. `notes` are sentences below the
    title, each with its role."""

    wish_id: str
    state: str
    title: str
    conflict: str
    notes: tuple[tuple[str, str], ...]
    remedies: tuple[Remedy, ...]

    @property
    def face(self) -> tuple[str, str, str]:
        """Icon, ink and words."""
        if self.state == "conflict":
            return (*_CONFLICT, self.conflict)
        return _FACES.get(self.state, _WAITS)


class Deliveries(QWidget, Generic[D]):
    """Hidden while nothing waits. `card` says what is shown of a wish."""

    def __init__(self, icons: Icons, card: Callable[[D], Card]) -> None:
        super().__init__()
        self._icons, self._of = icons, card
        self._told: tuple[D, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.S)
        icons.look.changed.connect(self._draw)
        self.hide()

    def tell(self, deliveries: Sequence[D]) -> None:
        if tuple(deliveries) != self._told:
            self._told = tuple(deliveries)
            self._draw()

    def _draw(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for delivery in self._told:
            card = self._card(self._of(delivery))
            self._column.addWidget(card)
            card.show()
        self.setVisible(bool(self._told))

    def _card(self, told: Card) -> QFrame:
        icon, ink, words = told.face
        card = QFrame()
        card.setProperty("role", "card")
        sign = QLabel()
        sign.setPixmap(self._icons.pixmap(icon, ink, 16, self.devicePixelRatioF()))
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        top.addWidget(sign)
        top.addWidget(Label(told.title, "label", wrap=True), 1)
        top.addWidget(Label(words, "meta"))
        column = QVBoxLayout(card)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(6)
        column.addLayout(top)
        for sentence, role in told.notes:
            column.addWidget(Label(sentence, role, wrap=True))
        if told.remedies:
            column.addLayout(self._buttons(told))
        return card

    def _buttons(self, told: Card) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for each in told.remedies:
            does = partial(_do, each.does, told.wish_id)
            button = Button(each.text, each.kind, icons=self._icons, icon=each.icon, does=does)
            button.setAccessibleName(f"{each.text}{NBSP}: {told.title}")
            row.addWidget(button)
        row.addStretch(1)
        return row


def _do(what: Callable[[str], object], wish_id: str, _checked: bool = False) -> None:
    what(wish_id)
