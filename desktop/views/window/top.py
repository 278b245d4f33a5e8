"""The bar above the pages: whose requests they are, and at its right the account menu."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from desktop.services.portfolio import Space as Holding
from desktop.views import wording
from desktop.views.fields.shapes import Button, ElidedLabel, Ground
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.window.account import Account
from desktop.views.window.choices import ALL, member
from desktop.views.wording import NBSP

_HEIGHT = 49


class Top(Ground):
    """Company, member number and SIRET, or that it is all companies."""

    def __init__(self, account: Account, icons: Icons, add: Callable[[], None]) -> None:
        """`add` begins « Ajouter un utilisateur », for who may."""
        super().__init__("top")
        self.setFixedHeight(_HEIGHT)
        self._whose, self._number = ElidedLabel("", "heading"), ElidedLabel("", "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.XL, 4, Space.M, 4)
        row.setSpacing(Space.M)
        row.addWidget(self._whose)
        row.addWidget(self._number, 1)
        self.add = Button("Ajouter", icons=icons, icon="user-plus", does=add)
        self.add.setToolTip("Ajouter un utilisateur")
        self.add.setAccessibleName("Ajouter un utilisateur")
        self.add.hide()
        row.addWidget(self.add)
        row.addWidget(account)

    def tell(self, space: Holding | None, spaces: int) -> None:
        """Whose space it is now; None for all `spaces` of them."""
        self._whose.setText(space.company if space else ALL)
        siret = f" · SIRET{NBSP}{wording.siret(space.siret)}" if space else ""
        self._number.setText(f"{member(space)}{siret}" if space else wording.count(spaces, "espace"))
