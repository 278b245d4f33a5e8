"""The one model of every list and table: identifiers first, cells when looked at, `data()` never waits."""

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from desktop.views import wording

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
_PAGE: Final = 64
_KEPT: Final = 128
_AT_ONCE: Final = 4
LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

ROW: Final = Qt.ItemDataRole.UserRole
"""The frozen row itself, for delegates; None while it is on its way."""
KEY: Final = Qt.ItemDataRole.UserRole + 1
"""The row identifier (int)."""
GROUP: Final = Qt.ItemDataRole.UserRole + 2
"""The title of the group that begins at this row, else None."""


@dataclass(frozen=True)  # without slots: with them, Python 3.11 cannot make a `Column[Row](…)`
class Column(Generic[R]):
    """`value` gives the text of a cell, `tooltip` what does not fit in it."""

    label: str
    value: Callable[[R], str]
    alignment: Qt.AlignmentFlag = LEFT
    tooltip: Callable[[R], str] | None = None


Read = Mapping[int, tuple[R | None, ...]]
"""Pages that were read, by their place."""
Through = Callable[[Callable[[], Read[R]], Callable[[Read[R]], None]], None]
"""Runs its first on another thread, and its second with what came of it on this one; a newer call may replace it."""


class Rows(QAbstractTableModel, Generic[R]):
    """`fetch(keys)` reads rows of the local copy (fast: called on the GUI thread, a page at a time, after the paint
    that missed them; where it is not fast, `through` says how it is run elsewhere); `key(row)` is its identifier;
    `sentence(row)` is what assistive tools read. A row that changed is shown as it was until it has been read again, so
    nothing flickers."""

    def __init__(
        self,
        fetch: Callable[[Sequence[int]], Sequence[R]],
        key: Callable[[R], int],
        columns: Sequence[Column[R]],
        sentence: Callable[[R], str],
        parent: QObject | None = None,
        *,
        through: Through[R] | None = None,
    ) -> None:
        super().__init__(parent)
        self._through = through
        self._fetch, self._key, self._columns, self._sentence = fetch, key, tuple(columns), sentence
        self._ids: Sequence[int] = array("q")
        self._group_at: dict[int, str] = {}
        self._pages: OrderedDict[int, tuple[R | None, ...]] = OrderedDict()
        self._former: dict[int, R] = {}
        self._missing: set[int] = set()
        self._asked: dict[int, None] = {}
        self._age = 0
        self._errand = QTimer(self)
        self._errand.setSingleShot(True)
        self._errand.setInterval(0)
        self._errand.timeout.connect(self._bring)

    # What the page says

    def set_ids(
        self,
        ids: Sequence[int],
        groups: Iterable[tuple[int, str]] = (),
        *,
        columns: Sequence[Column[R]] | None = None,
        anew: bool = False,
    ) -> None:
        """Shows these rows, in this order. Rows seen before stay on screen until they are read again; not if `anew`.
        `columns` take the place of those before."""
        self.beginResetModel()
        if columns is not None:
            self._columns = tuple(columns)
        self._former = {self._key(row): row for page in self._pages.values() for row in page if row is not None}
        if anew:
            self._former = {}
        self._ids = ids
        self._group_at = dict(groups)
        self._forget()
        self.endResetModel()

    def refresh(self) -> None:
        """The same rows in the same order, their content read again."""
        self._former = {self._key(row): row for page in self._pages.values() for row in page if row is not None}
        self._forget()
        if self._ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(self._columns) - 1))

    def forget(self) -> None:
        """The same rows, of which nothing that was read before is shown any more."""
        self._forget()
        self._former = {}
        if self._ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(self._columns) - 1))

    @property
    def ids(self) -> Sequence[int]:
        """The identifiers of the rows, in their order."""
        return self._ids

    def texts(self, row: R) -> list[str]:
        """What the columns say of a row."""
        return [column.value(row) for column in self._columns]

    def row(self, index: int) -> R | None:
        """The row at `index`, read now when it has to be."""
        if not 0 <= index < len(self._ids):
            return None
        page = index // _PAGE
        if page not in self._pages:
            self._read(page)
        return self._pages[page][index % _PAGE]

    def at_hand(self, index: int) -> R | None:
        """The row at `index` as far as it is known now; what is missing is brought after this turn of the loop."""
        return self._at_hand(index) if 0 <= index < len(self._ids) else None

    def key_at(self, index: int) -> int | None:
        return self._ids[index] if 0 <= index < len(self._ids) else None

    def index_of(self, key: int) -> int | None:
        """Where the row of this identifier is; None when it is not listed."""
        try:
            return self._ids.index(key)
        except ValueError:
            return None

    def group_of(self, index: int) -> str | None:
        """The title of the group that a row belongs to."""
        starts = sorted(self._group_at)
        place = bisect_right(starts, index) - 1
        return self._group_at[starts[place]] if place >= 0 else None

    def rest(self) -> None:
        """Reads nothing any more, whatever Qt still asks."""
        self._errand.stop()
        self._fetch = _nothing

    # What Qt asks

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].label
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._columns[section].alignment
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        place = index.row()
        if not 0 <= place < len(self._ids):
            return None
        column = self._columns[index.column()]
        if role in _TEXTS:
            return self._said(self._at_hand(place), column, role)
        if role == KEY:
            return self._ids[place]
        if role == GROUP:
            return self._group_at.get(place)
        return column.alignment if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _said(self, row: R | None, column: Column[R], role: int) -> object:
        if role == ROW:
            return row
        if row is None:
            return None if role == Qt.ItemDataRole.ToolTipRole else "…"
        if role == Qt.ItemDataRole.DisplayRole:
            return column.value(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return wording.tip(column.tooltip(row)) if column.tooltip is not None else None
        return self._sentence(row)

    # Pages

    def _at_hand(self, place: int) -> R | None:
        page = place // _PAGE
        held = self._pages.get(page)
        if held is not None:
            return held[place % _PAGE]
        if page not in self._asked:
            self._missing.add(page)
        if self._missing and not self._errand.isActive():
            self._errand.start()
        return self._former.get(self._ids[place])

    def _bring(self) -> None:
        pages, self._missing = sorted(self._missing)[-_AT_ONCE:], set()
        self._asked = dict.fromkeys([*pages, *self._asked][: 2 * _AT_ONCE])
        wanted = {page: keys for page in self._asked if (keys := self._ids[page * _PAGE : (page + 1) * _PAGE])}
        work = partial(self._fetched, wanted)
        if self._through is None:
            self._take(self._age, work())
        else:
            self._through(work, partial(self._take, self._age))

    def _read(self, page: int) -> None:
        keys = self._ids[page * _PAGE : (page + 1) * _PAGE]
        self._hold(self._fetched({page: keys}))

    def _fetched(self, pages: Mapping[int, Sequence[int]]) -> Read[R]:
        """The rows of these keys, page by page; None for one that is gone. Wherever `through` has it run."""
        read: dict[int, tuple[R | None, ...]] = {}
        for page, keys in pages.items():
            found = {self._key(row): row for row in self._fetch(keys)}
            read[page] = tuple(found.get(key) for key in keys)
        return read

    def _take(self, age: int, read: Read[R]) -> None:
        """What was asked for before the rows were others is let go."""
        if age != self._age:
            return
        self._hold(read)
        for page, rows in read.items():
            self._asked.pop(page, None)
            first = page * _PAGE
            self.dataChanged.emit(self.index(first, 0), self.index(first + len(rows) - 1, len(self._columns) - 1))

    def _hold(self, read: Read[R]) -> None:
        self._pages.update(read)
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)

    def _forget(self) -> None:
        self._pages.clear()
        self._missing.clear()
        self._asked.clear()
        self._age += 1


def _nothing(_keys: Sequence[int]) -> tuple[()]:
    return ()


def rest(page: QWidget) -> None:
    """Before what the page reads from is closed: a timer that is due, or a view that Qt lays out once more, would read
    a closed store."""
    for view in page.findChildren(QAbstractItemView):
        rows = view.model()
        if isinstance(rows, Rows):
            rows.rest()
    for timer in page.findChildren(QTimer):
        timer.stop()


_TEXTS: Final = frozenset(
    {
        int(ROW),
        int(Qt.ItemDataRole.DisplayRole),
        int(Qt.ItemDataRole.ToolTipRole),
        int(Qt.ItemDataRole.AccessibleTextRole),
    }
)


class KeepPlace(QObject):
    """Keeps what is selected and where one is in a view, by identifier, when the model's rows change. To be made after
    `setModel`; a child of the view. A row that is gone leaves nothing selected, lest one act on its neighbour."""

    def __init__(self, view: QAbstractItemView, rows: Rows[Any]) -> None:
        super().__init__(view)
        self._view, self._rows = view, rows
        self._current: int | None = None
        self._selected: list[int] = []
        self._scroll = 0
        rows.modelAboutToBeReset.connect(self._remember)
        rows.modelReset.connect(self._restore)

    def _remember(self) -> None:
        chosen = self._view.selectionModel()
        current = self._view.currentIndex()
        self._current = self._rows.key_at(current.row()) if current.isValid() else None
        keys = (self._rows.key_at(index.row()) for index in chosen.selectedRows())
        self._selected = [key for key in keys if key is not None]
        self._scroll = self._view.verticalScrollBar().value()

    def _restore(self) -> None:
        chosen = self._view.selectionModel()
        selection = QItemSelection()
        last = self._rows.columnCount() - 1
        for key in self._selected:
            place = self._rows.index_of(key)
            if place is not None:
                selection.select(self._rows.index(place, 0), self._rows.index(place, last))
        place = self._rows.index_of(self._current) if self._current is not None else None
        if place is not None:
            chosen.setCurrentIndex(self._rows.index(place, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        chosen.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._view.verticalScrollBar().setValue(self._scroll)
