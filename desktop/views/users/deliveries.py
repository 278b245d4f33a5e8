"""What was wished and is not confirmed: a card each, with what can be done about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.services.users import Delivery
from desktop.views import wording
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_FACES: Final = {
    "held": ("clock", "muted", "Part dans quelques secondes"),
    "refused": ("circle-x", "error", "Refusé par le portail"),
    "conflict": ("split", "error", "Des droits ont changé depuis"),
    "parked": ("triangle-alert", "going", "En panne"),
}
_WAITS: Final = ("hourglass", "muted", "Partira dès que le portail répondra")
BEAT_MS: Final = 1000
"""How often it is looked at whether a wish is still held back."""
STUCK: Final = frozenset({"refused", "conflict", "parked"})


@dataclass(frozen=True, slots=True)
class Remedies:
    """What is done about a wish, by its identifier. `edit` takes it up again on the ground of now."""

    take_back: Callable[[str], object]
    edit: Callable[[str], object]
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
        icon, ink, words = _FACES.get(delivery.state, _WAITS)
        card = QFrame()
        card.setProperty("role", "card")
        sign = QLabel()
        sign.setPixmap(self._icons.pixmap(icon, ink, 16, self.devicePixelRatioF()))
        cells = f" ({wording.count(delivery.cells, 'droit')})" if delivery.cells else ""
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        top.addWidget(sign)
        top.addWidget(Label(f"{delivery.title}{cells}", "label", wrap=True), 1)
        top.addWidget(Label(words, "meta"))
        column = QVBoxLayout(card)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(6)
        column.addLayout(top)
        if delivery.sentence:
            column.addWidget(Label(delivery.sentence, "error", wrap=True))
        if delivery.cells and delivery.state in STUCK:
            column.addWidget(Label(_now(delivery), "secondary", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for button in self._buttons(delivery):
            button.setAccessibleName(f"{button.text()}{NBSP}: {delivery.title}")
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        return card

    def _buttons(self, delivery: Delivery) -> list[Button]:
        does, wish_id = self._remedies, delivery.wish_id
        made: list[Button] = []
        if delivery.state == "parked":
            made.append(Button("Réessayer maintenant", "primary", does=partial(_do, does.retry, wish_id)))
        if delivery.state in STUCK:
            if delivery.editable:
                made.append(Button("Reprendre", does=partial(_do, does.edit, wish_id)))
            made.append(Button("Abandonner…", "flat", does=partial(_do, does.give_up, wish_id)))
        elif not delivery.attempts:
            take_back = partial(_do, does.take_back, wish_id)
            made.append(Button("Annuler l\u2019envoi", icons=self._icons, icon="undo-2", does=take_back))
        return made


def _now(delivery: Delivery) -> str:
    """What stands now, beside what was wanted."""
    done = delivery.cells - delivery.left
    said = f"Vous vouliez changer {wording.count(delivery.cells, 'droit')}. Aujourd\u2019hui{NBSP}: "
    already = f"{wording.count(done, 'est déjà', 'sont déjà')} comme vous le vouliez" if done else ""
    left = f"{wording.count(delivery.left, 'reste', 'restent')} à changer" if delivery.left else ""
    return said + " et ".join(part for part in (already, left) if part) + "."


def _do(what: Callable[[str], object], wish_id: str, _checked: bool = False) -> None:
    what(wish_id)
