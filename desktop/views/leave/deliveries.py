"""What is said of a wish about a leave that is not confirmed, and what can be done about it."""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.services.leave import Delivery, Standing
from desktop.views.rows.deliveries import STUCK, Card, Remedy


@dataclass(frozen=True, slots=True)
class Remedies:
    """What is done about a wish, by its identifier."""

    take_back: Callable[[str], object]
    edit: Callable[[str], object]
    insist: Callable[[str], object]
    retry: Callable[[str], object]
    give_up: Callable[[str], object]

    def card(self, delivery: Delivery) -> Card:
        return Card(
            wish_id=delivery.wish_id,
            state=delivery.standing,
            title=delivery.title,
            conflict="L\u2019arrêt a changé depuis",
            notes=((delivery.sentence, "error"),) if delivery.sentence else (),
            remedies=tuple(self._of(delivery)),
        )

    def _of(self, delivery: Delivery) -> list[Remedy]:
        made = []
        if delivery.standing is Standing.CONFLICT:
            made.append(Remedy("Envoyer quand même", self.insist, "primary"))
        if delivery.standing is Standing.PARKED:
            made.append(Remedy("Réessayer maintenant", self.retry, "primary"))
        if delivery.standing in STUCK and delivery.editable:
            made.append(Remedy("Modifier et renvoyer", self.edit))
        if delivery.standing in STUCK:
            made.append(Remedy("Abandonner…", self.give_up, "flat"))
        elif not delivery.left:
            made.append(Remedy("Annuler l\u2019envoi", self.take_back, icon="undo-2"))
        return made
