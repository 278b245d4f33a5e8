"""What « Oublier cet ordinateur » did: what there was, what is gone, what stays."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel

from desktop.services.erasure import Trace
from desktop.views import wording
from desktop.views.fields.shapes import Banner, Button, Label, announce
from desktop.views.icons import Icons
from desktop.views.signin.card import Card
from desktop.views.tokens import Space
from desktop.views.wording import NBSP


class ForgottenPage(Card):
    """`told`: the portal knows that this computer is no longer the person's; `others` is how many accounts stay."""

    def __init__(
        self,
        icons: Icons,
        clipboard: QClipboard,
        traces: Sequence[Trace],
        done: Callable[[], None],
        *,
        told: bool,
        others: int,
    ) -> None:
        super().__init__(icons, width=560)
        self._clipboard, self._traces = clipboard, tuple(traces)
        self._stays = _stays(told=told, others=others)
        self.whole = all(trace.gone for trace in traces)
        title = "Cet ordinateur vous a oublié" if self.whole else "Tout n’a pas pu être effacé"
        self.setAccessibleName(title)
        self.column.addWidget(Label(title, "title", wrap=True))
        self.column.addWidget(Label(_WHY, "muted", wrap=True))
        if not self.whole:
            left = Banner(icons, "error", "circle-alert")
            self.column.addWidget(left)
            left.tell(
                "Un autre programme tient sans doute un fichier ouvert. Sans la clé, qui est effacée, il est "
                "illisible\u202f; redémarrez l’ordinateur, puis oubliez de nouveau ce compte depuis la page où l’on se "
                "connecte."
            )
        self.column.addLayout(self._table())
        self.column.addWidget(Label("Ce qui reste", "heading"))
        for sentence in self._stays:
            self.column.addWidget(Label(sentence, "secondary", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(Button("Terminer", "primary", does=done), 1)
        self._copy = Button("Copier le compte rendu", icons=icons, icon="copy", does=self._copy_all)
        row.addWidget(self._copy)
        self.column.addLayout(row)

    def _table(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.S)
        grid.setColumnStretch(1, 1)
        for place, trace in enumerate(self._traces):
            picture = QLabel()
            icon, role = ("circle-check", "ok") if trace.gone else ("circle-alert", "error")
            picture.setPixmap(self._icons.pixmap(icon, role, 18, self.devicePixelRatioF()))
            grid.addWidget(picture, place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Label(trace.what, wrap=True), place, 1)
            grid.addWidget(Label(_measure(trace), "secondary"), place, 2)
            grid.addWidget(Label(_became(trace), "heading"), place, 3)
        return grid

    def text(self) -> str:
        """What is copied: no name, no path."""
        lines = [f"{trace.what}{NBSP}: {_became(trace).lower()} ({_measure(trace)})" for trace in self._traces]
        return "\n".join(("Oublier cet ordinateur (Volet)", *lines, "Ce qui reste", *self._stays)) + "\n"

    def _copy_all(self) -> None:
        self._clipboard.setText(self.text())
        self._copy.setText("Compte rendu copié")
        announce(self, "Compte rendu copié")


_WHY = (
    "La clé a été effacée d’abord, puis les fichiers\u202f; Volet a regardé de nouveau chaque endroit. Sans la clé, "
    "une copie ancienne du disque reste illisible."
)


def _measure(trace: Trace) -> str:
    if not trace.files:
        return "dans le trousseau"
    return f"{wording.count(trace.files, 'fichier')}, {wording.size(trace.octets)}"


def _became(trace: Trace) -> str:
    return "Effacé" if trace.gone else "Reste"


def _stays(*, told: bool, others: int) -> tuple[str, ...]:
    stay = ["Le programme et vos réglages d’affichage, sans rien de vos données."]
    if others:
        stay.append(f"{wording.count(others, 'autre compte', 'autres comptes')} de cet ordinateur, chacun avec sa clé.")
    stay.append("Au portail\u00a0: vos demandes, vos déclarations et vos droits.")
    if told:
        stay.append("Le portail ne connaît plus cet ordinateur.")
    else:
        stay.append(
            "Le portail n’a pas pu être prévenu\u00a0: révoquez cet ordinateur depuis un autre, dans «\u00a0Mon compte "
            "et cet ordinateur\u00a0»."
        )
    return tuple(stay)
