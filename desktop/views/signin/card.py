"""What the pages before the sign-in look like: one card in the middle, the mark above, other ways below; it scrolls."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.services.accounts import Known
from desktop.views.fields.brand import Brand
from desktop.views.icons import Icons
from desktop.views.tokens import Space


@dataclass(frozen=True, slots=True)
class Ways:
    """Where one goes from the sign-in page: each is told the portal's address as typed, and what is known beside."""

    create: Callable[[str], None]
    link: Callable[[str, str], None]
    """Address, and the link or code when there is one already."""
    forgotten: Callable[[str, str], None]
    """Address and e-mail."""
    forget: Callable[[str, Known], None]
    """Address, and the account that this computer is to know no more."""


class Card(QWidget):
    """`column` is inside the card, `below` under it."""

    def __init__(self, icons: Icons, *, width: int = 440, brand: bool = True) -> None:
        super().__init__()
        self.setProperty("role", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icons = icons
        self.card = QFrame()
        self.card.setProperty("role", "card")
        self.card.setFixedWidth(width)
        self.column = QVBoxLayout(self.card)
        self.column.setContentsMargins(Space.XL + Space.S, Space.XL, Space.XL + Space.S, Space.L)
        self.column.setSpacing(Space.L)
        self.below = QVBoxLayout()
        self.below.setSpacing(Space.S)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outside.addWidget(self.area)
        self.area.setWidget(self._ground(brand=brand))

    def _ground(self, *, brand: bool) -> QWidget:
        ground = QWidget()
        ground.setProperty("role", "ground")
        ground.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(ground)
        row.addStretch(1)
        middle = QVBoxLayout()
        row.addLayout(middle)
        row.addStretch(1)
        middle.addStretch(2)
        if brand:
            middle.addWidget(Brand(self._icons))
            middle.addSpacing(Space.M)
        middle.addWidget(self.card)
        middle.addSpacing(Space.M)
        middle.addLayout(self.below)
        middle.addStretch(3)
        return ground
