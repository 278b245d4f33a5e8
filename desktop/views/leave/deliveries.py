"""What was wished of a leave and is not confirmed: a card each, with what can be done about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.services.leave import Delivery, Standing
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_FACES: Final = {
    Standing.HELD: ("clock", "muted", "Part dans quelques secondes"),
    Standing.WAITING: ("hourglass", "muted", "Partira dès que le portail répondra"),
    Standing.REFUSED: ("circle-x", "error", "Refusé par le portail"),
    Standing.CONFLICT: ("split", "error", "L\u2019arrêt a changé depuis"),
    Standing.PARKED: ("triangle-alert", "going", "En panne"),
}
_STUCK: Final = frozenset({Standing.REFUSED, Standing.CONFLICT, Standing.PARKED})


@dataclass(frozen=True, slots=True)
class Remedies:
    """What is done about a wish, by its identifier."""

    take_back: Callable[[str], object]
    edit: Callable[[str], object]
    insist: Callable[[str], object]
    retry: Callable[[str], object]
    give_up: Callable[[str], object]


class Deliveries(QWidget):
    """Hidden while nothing waits."""

    def __init__(self, icons: Icons, remedies: Remedies) -> None:
        super().__init__()
        self._icons, self._remedies = icons, remedies
        self._told: tuple[Delivery, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.S)
        icons.look.changed.connect(self._draw)
        self.hide()

    def tell(self, deliveries: Sequence[Delivery]) -> None:
        if tuple(deliveries) != self._told:
            self._told = tuple(deliveries)
            self._draw()

    def _draw(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for delivery in self._told:
            card = self._card(delivery)
            self._column.addWidget(card)
            card.show()
        self.setVisible(bool(self._told))

    def _card(self, delivery: Delivery) -> QFrame:
        icon, ink, words = _FACES[delivery.standing]
        card = QFrame()
        card.setProperty("role", "card")
        sign = QLabel()
        sign.setPixmap(self._icons.pixmap(icon, ink, 16, self.devicePixelRatioF()))
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        top.addWidget(sign)
        top.addWidget(Label(delivery.title, "label", wrap=True), 1)
        top.addWidget(Label(words, "meta"))
        column = QVBoxLayout(card)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(6)
        column.addLayout(top)
        if delivery.sentence:
            column.addWidget(Label(delivery.sentence, "error", wrap=True))
        if buttons := self._buttons(delivery):
            row = QHBoxLayout()
            row.setSpacing(Space.S)
            for button in buttons:
                button.setAccessibleName(f"{button.text()}{NBSP}: {delivery.title}")
                row.addWidget(button)
            row.addStretch(1)
            column.addLayout(row)
        return card

    def _buttons(self, delivery: Delivery) -> list[Button]:
        does, wish_id, made = self._remedies, delivery.wish_id, []
        if delivery.standing is Standing.CONFLICT:
            made.append(Button("Envoyer quand même", "primary", does=partial(_do, does.insist, wish_id)))
        if delivery.standing is Standing.PARKED:
            made.append(Button("Réessayer maintenant", "primary", does=partial(_do, does.retry, wish_id)))
        if delivery.standing in _STUCK and delivery.editable:
            made.append(Button("Modifier et renvoyer", does=partial(_do, does.edit, wish_id)))
        if delivery.standing in _STUCK:
            made.append(Button("Abandonner…", "flat", does=partial(_do, does.give_up, wish_id)))
        elif not delivery.left:
            made.append(
                Button(
                    "Annuler l\u2019envoi", icons=self._icons, icon="undo-2", does=partial(_do, does.take_back, wish_id)
                )
            )
        return made


def _do(what: Callable[[str], object], wish_id: str, _checked: bool = False) -> None:
    what(wish_id)
