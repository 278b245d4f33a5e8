"""What is said of a wish about users that is not confirmed, and what can be done about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from desktop.services.users import Delivery
from desktop.views import wording
from desktop.views.rows.deliveries import STUCK, Card, Remedy
from desktop.views.wording import NBSP

BEAT_MS: Final = 1000
"""How often it is looked at whether a wish is still held back."""


@dataclass(frozen=True, slots=True)
class Remedies:
    """What is done about a wish, by its identifier. `edit` takes it up again on the ground of now."""

    take_back: Callable[[str], object]
    edit: Callable[[str], object]
    retry: Callable[[str], object]
    give_up: Callable[[str], object]

    def card(self, delivery: Delivery) -> Card:
        cells = f" ({wording.count(delivery.cells, 'droit')})" if delivery.cells else ""
        notes = [(delivery.sentence, "error")] if delivery.sentence else []
        if delivery.cells and delivery.state in STUCK:
            notes.append((_now(delivery), "secondary"))
        return Card(
            wish_id=delivery.wish_id,
            state=delivery.state,
            title=f"{delivery.title}{cells}",
            conflict="Des droits ont changé depuis",
            notes=tuple(notes),
            remedies=tuple(self._of(delivery)),
        )

    def _of(self, delivery: Delivery) -> list[Remedy]:
        made = []
        if delivery.state == "parked":
            made.append(Remedy("Réessayer maintenant", self.retry, "primary"))
        if delivery.state in STUCK:
            if delivery.editable:
                made.append(Remedy("Reprendre", self.edit))
            made.append(Remedy("Abandonner…", self.give_up, "flat"))
        elif not delivery.attempts:
            made.append(Remedy("Annuler l\u2019envoi", self.take_back, icon="undo-2"))
        return made


def _now(delivery: Delivery) -> str:
    """What stands now, beside what was wanted."""
    done = delivery.cells - delivery.left
    said = f"Vous vouliez changer {wording.count(delivery.cells, 'droit')}. Aujourd\u2019hui{NBSP}: "
    already = f"{wording.count(done, 'est déjà', 'sont déjà')} comme vous le vouliez" if done else ""
    left = f"{wording.count(delivery.left, 'reste', 'restent')} à changer" if delivery.left else ""
    return said + " et ".join(part for part in (already, left) if part) + "."
