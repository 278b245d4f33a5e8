"""What can be done with the chosen lines: the menu of the right button."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from desktop.views.allowances.grid import Grid


def open_menu(
    grid: Grid, enter: Callable[[], None], copy: Callable[[], None], choose_columns: Callable[[], None]
) -> None:
    """Where the grid was asked for it."""
    menu = QMenu(grid)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction("Voir le détail").triggered.connect(enter)
    menu.addAction("Copier les lignes" if grid.chosen_count > 1 else "Copier la ligne").triggered.connect(copy)
    menu.addAction("Tout sélectionner").triggered.connect(grid.selectAll)
    menu.addSeparator()
    order = menu.addMenu("Trier par")
    for heading in grid.headings:
        if heading.shown:
            order.addAction(heading.title).triggered.connect(partial(_sort, grid, heading.name))
    order.addSeparator()
    order.addAction("Ordre des fichiers").triggered.connect(partial(_sort, grid, ""))
    menu.addAction("Colonnes…").triggered.connect(choose_columns)
    menu.popup(grid.menu_at)


def _sort(grid: Grid, name: str) -> None:
    """Once more the same turns it round."""
    grid.sort_by(name, descending=bool(name) and grid.order == name and not grid.descending)
