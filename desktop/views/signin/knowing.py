"""The accounts of this computer, to choose from where one signs in."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.services.accounts import Known
from desktop.views import wording
from desktop.views.fields.shapes import Button, IconButton, Label
from desktop.views.icons import Icons
from desktop.views.notices import confirm
from desktop.views.tokens import Space
from desktop.views.wording import NNBSP

_WIDTH = 290
"""Logical pixels for the words of one account."""


class KnownAccounts(QWidget):
    """`choose(one)`: this account, or None for another one; `forget(one)`: this computer is to know it no more. Hidden
    while there is nothing to choose."""

    def __init__(
        self, icons: Icons, choose: Callable[[Known | None], None], forget: Callable[[Known], None] | None
    ) -> None:
        super().__init__()
        self._icons, self._choose, self._forget = icons, choose, forget
        self.buttons: list[QPushButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.XS)
        self._column.addWidget(Label("Les comptes de cet ordinateur", "label"))
        self.hide()

    @property
    def many(self) -> bool:
        """There is something to choose."""
        return bool(self.buttons)

    def tell(self, known: Sequence[Known]) -> None:
        """Once."""
        if not known or self.buttons:
            return
        for one in known:
            said = f"{one.name}, {one.email}" if one.name else one.email
            self._add(said, "user", partial(self._choose, one), one)
        self._add("Un autre compte", "plus", partial(self._choose, None))
        self.show()

    def _add(self, said: str, icon: str, does: Callable[[], None], known: Known | None = None) -> None:
        button = Button("", "flat", icons=self._icons, icon=icon, does=does)
        button.setProperty("align", "left")
        button.setText(button.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, _WIDTH))
        button.setAccessibleName(said)
        button.setToolTip(wording.tip("" if button.text() == said else said))
        self.buttons.append(button)
        row = QHBoxLayout()
        row.setSpacing(0)
        self._column.addLayout(row)
        row.addWidget(button, 1)
        if known is not None and self._forget is not None:
            name = f"Oublier {known.name or known.email} sur cet ordinateur"
            row.addWidget(IconButton(self._icons, "trash-2", name, does=partial(self._ask_forget, known)))

    def _ask_forget(self, known: Known) -> None:
        confirm(
            self,
            f"Oublier {known.name or known.email} sur cet ordinateur{NNBSP}?",
            "La copie de ses données, ses brouillons, ses fichiers gardés et ses envois encore en attente seront "
            "effacés d’ici. Cela ne peut pas être annulé.",
            "Effacer ce compte",
            "Ne rien effacer",
            partial(self._forgotten, known),
        )

    def _forgotten(self, known: Known) -> None:
        if self._forget is not None:
            self._forget(known)
