"""The tab « Arrêts et IJ »: its views in a row, one of them shown. While there is but one, there is no row."""

from collections.abc import Sequence

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.views.allowances.desk import Desk, Given
from desktop.views.allowances.review import Review
from desktop.views.fields.flow import Flow
from desktop.views.fields.shapes import Chip, Ground
from desktop.views.tokens import Space


class AllowancesPage(QWidget):
    """What the window asks (search, printing, zones) goes to the one shown."""

    def __init__(self, desk: Desk, views: Sequence[tuple[str, QWidget]] = ()) -> None:
        """`views`, named, stand before the review of files; the first of all is shown."""
        super().__init__()
        self.setAccessibleName("Arrêts et indemnités journalières")
        self._row = Ground("top")
        self._chips = Flow(gap=Space.S)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        row.addLayout(self._chips, 1)
        self._chosen = QButtonGroup(self)
        self._views = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._row)
        column.addWidget(self._views, 1)
        self.views = tuple(view for _, view in views)
        for name, view in views:
            self._add(name, view)
        self.review = Review(desk)
        self._add("Vérification de fichiers", self.review)
        self._chosen.idClicked.connect(self._views.setCurrentIndex)

    def _add(self, name: str, view: QWidget) -> None:
        place = self._views.addWidget(view)
        chip = Chip(name)
        chip.setChecked(place == 0)
        self._chosen.addButton(chip, place)
        self._chips.addWidget(chip)
        self._row.setVisible(place > 0)

    @property
    def view(self) -> QWidget | None:
        """The one that is shown."""
        return self._views.currentWidget()

    def show_view(self, view: QWidget) -> None:
        place = self._views.indexOf(view)
        self._views.setCurrentIndex(place)
        self._chosen.button(place).setChecked(True)

    # What the window asks

    def open_files(self, paths: Sequence[Given]) -> None:
        """In the review, which is shown."""
        self.show_view(self.review)
        self.review.give(paths)

    def panes(self) -> list[QWidget]:
        named = getattr(self.view, "panes", None)
        found = list(named()) if callable(named) else [self]
        return [self._row, *found] if self._row.isVisible() else found

    def focus_search(self) -> None:
        search = getattr(self.view, "focus_search", None)
        if callable(search):
            search()

    def print_current(self) -> None:
        printing = getattr(self.view, "print_current", None)
        if callable(printing):
            printing()

    def put_away(self) -> None:
        """Before the page goes: its threads end."""
        self.review.put_away()
