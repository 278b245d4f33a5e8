"""What one person holds, a row for each space."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView

from desktop.services.users import Held
from desktop.views.rows.texts import TextTable
from desktop.views.users import saying

_TITLES: Final = (("Espace", False), ("Droits", False))
_ROW: Final = 62
"""Three lines: rights are what is looked for here, and seldom fit into one."""
_SPACE: Final = 0.42
"""Of the width."""


class Holding(TextTable):
    """To read and to copy from; rights are changed in the matrix."""

    def __init__(self) -> None:
        super().__init__("Droits par espace", _TITLES, _ROW)
        self._told: tuple[tuple[str, ...], ...] = ()
        self.setProperty("role", "lines")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        across = self.horizontalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        across.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)

    def show_held(self, held: Sequence[Held], labels: Mapping[str, str]) -> None:
        told = tuple(_texts(each, labels) for each in held)
        if told != self._told:
            self._told = told
            self.tell(len(told), told.__getitem__)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.horizontalHeader().resizeSection(0, int(self.viewport().width() * _SPACE))


def _texts(held: Held, labels: Mapping[str, str]) -> tuple[str, ...]:
    waits = " (à envoyer)" if held.waiting else ""
    own = f" · {held.label}" if held.label != held.company else ""
    return f"{held.company}\n{held.member_number}{own}", f"{saying.rights(held, labels)}{waits}"
