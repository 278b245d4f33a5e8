"""The accounts of this computer, to choose from where one signs in."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.services.accounts import Known
from desktop.views import wording
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space

_MOST = 6
_WIDTH = 320
"""Logical pixels for the words of one account."""


class KnownAccounts(QWidget):
    """`choose(one)`: this account, or None for another one. Hidden while there is nothing to choose."""

    def __init__(self, icons: Icons, choose: Callable[[Known | None], None]) -> None:
        super().__init__()
        self._icons, self._choose = icons, choose
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

    def tell(self, known: Sequence[Known], chosen: str) -> None:
        """Once. `chosen` is the e-mail of the account that is proposed: alone, it needs no choice."""
        emails = {one.email.casefold() for one in known}
        if not known or emails == {chosen.casefold()} or self.buttons:
            return
        for one in known[:_MOST]:
            said = f"{one.name}, {one.email}" if one.name else one.email
            self._add(said, "user", partial(self._choose, one))
        self._add("Un autre compte", "plus", partial(self._choose, None))
        self.show()

    def _add(self, said: str, icon: str, does: Callable[[], None]) -> None:
        button = Button("", "flat", icons=self._icons, icon=icon, does=does)
        button.setProperty("align", "left")
        button.setText(button.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, _WIDTH))
        button.setAccessibleName(said)
        button.setToolTip(wording.tip("" if button.text() == said else said))
        self._column.addWidget(button)
        self.buttons.append(button)
