"""Where a company's requests of the former space are, and how to get there."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.portfolio import Former, FormerHint
from desktop.views import wording
from desktop.views.fields.shapes import Button, Label, announce
from desktop.views.icons import Icons
from desktop.views.tokens import Radius, Size, Space
from desktop.views.wording import NBSP, NNBSP


def explanation(former: Former) -> str:
    """Why they are not here, in two sentences at most."""
    what = wording.count(former.count, "demande") if former.count else "Les demandes"
    verb = "se trouve" if former.count == 1 else "se trouvent"
    said = f"{what} de l\u2019ancien espace client {verb} sous l\u2019adhérent n°{NBSP}{former.member_number}"
    if former.hint is FormerHint.CLOSED:
        return f"{said}, où vous n\u2019avez pas de droit. {_ask(former)}"
    return f"{said}, le plus petit numéro d\u2019adhérent de l\u2019entreprise."


def _ask(former: Former) -> str:
    if former.administrator:
        return f"Demandez à {former.administrator}, administrateur principal, de vous ajouter à cet espace."
    return "Demandez à son administrateur principal de vous ajouter à cet espace."


def message(former: Former) -> str:
    """What to send to the main administrator."""
    return (
        "Bonjour,\n\nPouvez-vous m\u2019ajouter comme utilisateur de l\u2019espace de l\u2019adhérent "
        f"n°{NBSP}{former.member_number}, avec le droit «{NBSP}Contact{NBSP}»{NNBSP}? Les demandes de l\u2019ancien "
        "espace client de notre entreprise s\u2019y trouvent, et je n\u2019y ai pas accès.\n\nMerci."
    )


class FormerNote(QWidget):
    """A small card above the list; hidden when there is nothing to say."""

    def __init__(self, icons: Icons, jump: Callable[[], None]) -> None:
        super().__init__()
        self._icons = icons
        self._former: Former | None = None
        self._picture = Label()
        self.words = Label("", "secondary", wrap=True)
        self.jump = Button("Voir ces demandes", "link", does=jump)
        self.copy = Button("Copier le message", "link", does=self._copy)
        keys = QHBoxLayout()
        keys.setContentsMargins(-4, 0, 0, 0)
        keys.addWidget(self.jump)
        keys.addWidget(self.copy)
        keys.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self.words)
        column.addLayout(keys)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        row.setSpacing(10)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        icons.look.changed.connect(self._dress)
        self._dress()
        self.hide()

    def show_former(self, former: Former | None) -> None:
        if former == self._former:
            return
        self._former = former
        told = former is not None and former.hint in (FormerHint.ELSEWHERE, FormerHint.CLOSED)
        if told and former is not None:
            self.words.setText(explanation(former))
            self.jump.setVisible(former.hint is FormerHint.ELSEWHERE)
            self.copy.setVisible(former.hint is FormerHint.CLOSED)
        self.setVisible(told)

    def _copy(self) -> None:
        if self._former is not None:
            QApplication.clipboard().setText(message(self._former))
            announce(self, "Message copié")

    def _dress(self) -> None:
        self._picture.setPixmap(self._icons.pixmap("history", "info", Size.ICON, self.devicePixelRatioF()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._icons.look.colour("info_ground"))
        painter.drawRoundedRect(self.rect(), Radius.CARD, Radius.CARD)
        painter.end()
