"""« Ordinateurs »: where one has signed in, when last, and an end to it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.services.accounts import Device, Standing
from desktop.views import wording
from desktop.views.account.desk import Desk
from desktop.views.account.section import Section
from desktop.views.fields.shapes import Button, ElidedLabel, Label
from desktop.views.notices import confirm
from desktop.views.tokens import Space
from desktop.views.wording import NBSP, NNBSP


class DevicesSection(Section):
    """`read` has the whole page told anew."""

    def __init__(self, desk: Desk, read: Callable[[], None]) -> None:
        super().__init__(
            desk, "Ordinateurs", "Ceux d’où votre compte a été ouvert. Révoquez ce que vous ne reconnaissez pas."
        )
        self._read = read
        self._list = QWidget()
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(Space.S)
        self.column.addWidget(self._list)
        self.rows: list[_Row] = []

    def tell(self, standing: Standing) -> None:
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [_Row(self._desk, device, partial(self._ask_revoke, device)) for device in standing.devices]
        for row in self.rows:
            self._rows.addWidget(row)

    def _ask_revoke(self, device: Device) -> None:
        confirm(
            self,
            f"Révoquer «{NBSP}{device.name or _NAMELESS}{NBSP}»{NNBSP}?",
            "La connexion ouverte sur cet ordinateur prendra fin, et il devra être reconnu de nouveau. Ce qui y est "
            "gardé y reste, chiffré.",
            "Révoquer cet ordinateur",
            "Le garder",
            partial(self._revoke, device),
        )

    def _revoke(self, device: Device) -> None:
        self.ask(partial(self._desk.own.revoke, device.device_id), self._revoked)

    def _revoked(self, _answer: None) -> None:
        self.good.tell("Cet ordinateur est révoqué.")
        self._read()


_NAMELESS = "Ordinateur sans nom"


class _Row(QWidget):
    def __init__(self, desk: Desk, device: Device, revoke: "partial[None]") -> None:
        super().__init__()
        name = device.name or _NAMELESS
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        picture = QLabel()
        picture.setPixmap(desk.icons.pixmap("monitor", "muted", 18, self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(name, "heading"))
        words.addWidget(Label(said(device), "meta"))
        row.addWidget(picture)
        row.addLayout(words, 1)
        if not device.current:
            self.revoke = Button("Révoquer…", does=revoke)
            self.revoke.setAccessibleName(f"Révoquer {name}")
            self.revoke.setProperty("acts", "yes")
            row.addWidget(self.revoke)


def said(device: Device) -> str:
    """When it was used last, and whether somebody is signed in there."""
    if device.current:
        return "Cet ordinateur"
    used = f"Dernière utilisation le {wording.moment_said(device.used_at)}"
    return f"{used} · connexion ouverte" if device.open else f"{used} · déconnecté"
