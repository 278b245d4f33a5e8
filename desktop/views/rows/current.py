"""Which row of a list is open, what stands in the place of a table that has no rows, and how many were found."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QModelIndex, QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.bell import Bell, Follow
from desktop.views.fields.shapes import Label, announce
from desktop.views.rows.tables import CardTable

R = TypeVar("R")


class Current(QObject, Generic[R]):
    """`id` is the identifier of what is open, which outlives a listing: `identity(row)` gives it, `key_of(id)` the key
    of its row, if there is one. `opened` when another one is, `entered` when the person means it."""

    opened = Signal()
    entered = Signal()

    def __init__(self, table: CardTable[R], identity: Callable[[R], str], key_of: Callable[[str], int | None]) -> None:
        super().__init__(table)
        self.id: str | None = None
        self._table, self._identity, self._key_of = table, identity, key_of
        self._wanted: str | None = None
        self._quiet = False
        table.selectionModel().currentChanged.connect(self._moved)
        table.selectionModel().selectionChanged.connect(self._moved)  # a press makes current first, then selects
        table.opened.connect(self.enter)

    def show_rows(self, ids: Sequence[int], groups: Iterable[tuple[int, str]], of: object) -> None:
        """As the table does. Nothing is opened because rows came or went."""
        self._quiet = True
        self._table.show_rows(ids, groups, of)
        self._quiet = False

    def want(self, identifier: str) -> None:
        """Selects this one as soon as it is listed."""
        self._wanted = self.id = identifier
        self.seek()

    def seek(self) -> None:
        """Selects what is wanted, if it is listed by now."""
        key = self._key_of(self._wanted) if self._wanted is not None else None
        place = self._table.rows.index_of(key) if key is not None else None
        if place is not None:
            self._wanted = None
            self._table.select(place)

    def forget(self) -> None:
        """Nothing is current any more: the next click opens, whichever row it is."""
        self._quiet = True
        self._table.clearSelection()
        self._table.setCurrentIndex(QModelIndex())
        self._quiet = False
        self.id = None

    def enter(self) -> None:
        """The person means the current one."""
        row = self._table.current()
        if row is not None:
            self._table.select(self._table.currentIndex().row())
            self.id = self._identity(row)
            self.entered.emit()

    def _moved(self) -> None:
        """A row that is only current, because the list got the focus, is not opened: looking is not reading."""
        row = self._table.current()
        chosen = self._table.selectionModel().isRowSelected(self._table.currentIndex().row(), QModelIndex())
        if row is not None and chosen and self._identity(row) != self.id:
            self.id = self._identity(row)
            if not self._quiet:
                self.opened.emit()


class Filled(QStackedWidget):
    """A table, or in its place why there is nothing in it."""

    def __init__(self, table: QWidget, empty: QWidget, bell: Bell) -> None:
        super().__init__()
        self._why: Callable[[], Any] | None = None
        self.addWidget(table)
        self.addWidget(empty)
        Follow(self, bell, {"link"}, self._reconsider)

    def fill(self, number: int, why: Callable[[], Any]) -> None:
        """There are so many rows; `why` says that there are none, and is asked again once the link has changed."""
        self._why = None if number else why
        self.setCurrentIndex(0 if number else 1)
        self._reconsider()

    def _reconsider(self) -> None:
        """« Première synchronisation en cours » ends without a row having come."""
        if self._why is not None:
            self._why()


class Found(Label):
    """How many rows a search has found; not there while nothing is searched. Assistive tools are told when it
    changes."""

    def __init__(self) -> None:
        super().__init__("", "meta")
        self.hide()

    def tell(self, number: int, noun: str, *, searched: bool) -> None:
        """`noun` is what a row is, in the singular."""
        said = wording.count(number, noun) if searched else ""
        if said != self.text():
            self.setText(said)
            self.setVisible(bool(said))
            if said:
                announce(self, wording.count(number, "résultat"))


def stand(page: QWidget, upper: QVBoxLayout, rows: QWidget) -> None:
    """Puts what is above the rows and the rows themselves into the page, from edge to edge."""
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(upper)
    column.addWidget(rows, 1)
