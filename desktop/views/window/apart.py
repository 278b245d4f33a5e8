"""The review of files by itself, for whoever has no account, or no portal: the same page under a bar of its own."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.views.allowances.desk import Desk
from desktop.views.fields.brand import Brand
from desktop.views.fields.shapes import Button, ElidedLabel, Ground
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.table import rest
from desktop.views.tokens import Space
from desktop.views.window import zones
from desktop.views.window.allowances import AllowancesTab
from desktop.views.window.frame import Window

_HEIGHT = 49


class Apart(QWidget):
    """`back` leads to where one signs in."""

    def __init__(
        self, window: Window, icons: Icons, reader: Later, desk: Callable[[], Desk], back: Callable[[], None]
    ) -> None:
        super().__init__()
        self._window = window
        self.allowances = AllowancesTab(icons, reader, desk)
        self.top = Ground("top")
        self.top.setAccessibleName("Volet")
        self.top.setFixedHeight(_HEIGHT)
        row = QHBoxLayout(self.top)
        row.setContentsMargins(Space.L, 4, Space.M, 4)
        row.setSpacing(Space.M)
        brand = Brand(icons)
        brand.setFixedWidth(96)
        row.addWidget(brand)
        row.addWidget(ElidedLabel("Vérification de fichiers, sans compte", "secondary"), 1)
        row.addWidget(Button("Se connecter", icons=icons, icon="log-in", does=back))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.allowances, 1)
        self._keys: list[tuple[QAction, Callable[[], None]]] = []
        for name, what in {
            "open": self.allowances.choose_files,
            "find": self.allowances.focus_search,
            "print": self.allowances.print_current,
            "next": self._next_zone,
            "previous": self._previous_zone,
        }.items():
            self._keys.append((window.keys[name], what))
            window.keys[name].triggered.connect(what)

    def open_files(self, paths: Sequence[Path]) -> None:
        self.allowances.open_files(paths)

    def put_away(self) -> None:
        """Before the page goes: the keys of the window are free, nothing is read any more."""
        for action, what in self._keys:
            action.triggered.disconnect(what)
        rest(self)
        self.allowances.put_away()

    def _next_zone(self) -> None:
        zones.go([*self.allowances.panes(), self.top], self._window.focusWidget(), 1)

    def _previous_zone(self) -> None:
        zones.go([*self.allowances.panes(), self.top], self._window.focusWidget(), -1)
