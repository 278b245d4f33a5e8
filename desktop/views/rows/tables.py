"""Table views of rows: what is chosen, what is copied, and what stays under the eye."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, QMimeData, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from desktop.views import wording
from desktop.views.rows.cards import CardDelegate
from desktop.views.table import LEFT, KeepPlace, Rows
from desktop.views.tokens import Size

R = TypeVar("R")


class RowTable(QTableView, Generic[R]):
    """`high` is the height of a row, in logical pixels; `cells` are its texts as a spreadsheet is given them, else what
    its columns say."""

    def __init__(self, rows: Rows[R], name: str, high: int, cells: Callable[[R], Sequence[str]] | None = None) -> None:
        super().__init__()
        self.rows = rows
        rows.setParent(self)  # freed with the view, and so never by another thread's collection of garbage
        self._cells = cells
        self.setModel(rows)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setHighlightSections(False)
        across.setDefaultAlignment(LEFT)
        down.hide()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setMinimumSectionSize(high)
        down.setDefaultSectionSize(high)

    def select(self, place: int) -> None:
        """Makes this row the chosen one, whichever keys are held down (`selectRow` would toggle it under Ctrl)."""
        flags = QItemSelectionModel.SelectionFlag
        index = self.rows.index(place, 0)
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def current(self) -> R | None:
        index = self.currentIndex()
        return self.rows.row(index.row()) if index.isValid() else None

    def chosen(self) -> list[R]:
        """From above to below."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [row for place in places if (row := self.rows.row(place)) is not None]

    def first(self, most: int) -> list[R]:
        """As they are listed."""
        found = (self.rows.row(place) for place in range(min(self.rows.rowCount(), most)))
        return [row for row in found if row is not None]

    def printed(self, most: int) -> tuple[list[R], int]:
        """What goes on paper, `most` rows of it, and how many there are: the chosen ones when there are several, else
        all that are listed."""
        rows = self.chosen()
        return (rows[:most], len(rows)) if len(rows) > 1 else (self.first(most), self.rows.rowCount())

    def _end(self, action: QAbstractItemView.CursorAction) -> int | None:
        """The first or the last row, where the keys ask for it."""
        actions = QAbstractItemView.CursorAction
        return {actions.MoveHome: 0, actions.MoveEnd: self.rows.rowCount() - 1}.get(action)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """The chosen rows as Excel takes them: tabs, and a table for those who prefer HTML."""
        cells = self._cells or self._as_shown
        rows = [cells(row) for row in self.chosen()]
        if not rows:
            return
        mime = QMimeData()
        mime.setText("\n".join("\t".join(row) for row in rows))
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        mime.setHtml(f"<table>{body}</table>")
        QGuiApplication.clipboard().setMimeData(mime)

    def _as_shown(self, row: R) -> list[str]:
        return [wording.disarmed(text) for text in self.rows.texts(row)]


class CardTable(RowTable[R]):
    """Rows as cards, grouped under titles. `opened` when the person means the current one (Entrée, double click);
    `asked_menu` for Maj+F10 and the right button, at `menu_at`."""

    opened = Signal()
    asked_menu = Signal()

    def __init__(
        self,
        rows: Rows[R],
        name: str,
        painter: CardDelegate[Any],
        cells: Callable[[R], Sequence[str]] | None = None,
    ) -> None:
        super().__init__(rows, name, painter.high, cells)
        self.menu_at = QPoint()
        self._painter = painter
        self._tall: list[int] = []
        self._of: object = None
        self.setItemDelegate(painter)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(painter.high // 2)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(self.opened)
        KeepPlace(self, rows)

    def set_rows(self, ids: Sequence[int], groups: Iterable[tuple[int, str]]) -> None:
        """Only rows that open a group have a height of their own, so 100,000 rows cost what their groups cost."""
        for row in self._tall:
            if row < self.rows.rowCount():
                self.setRowHeight(row, self._painter.height(opens_group=False))
        groups = tuple(groups)
        self.rows.set_ids(ids, groups)
        self._tall = [row for row, _ in groups]
        for row in self._tall:
            self.setRowHeight(row, self._painter.height(opens_group=True))

    def show_rows(self, ids: Sequence[int], groups: Iterable[tuple[int, str]], of: object = None) -> None:
        """What is being looked at stays under the eye, unless that is the top of the list, or the list is another than
        before: `of` tells which."""
        bar = self.verticalScrollBar()
        if of != self._of:
            self._of = of
            bar.setValue(0)  # where one was in the former says nothing
        anchor = self.rowAt(Size.GROUP) if bar.value() > 0 else -1
        key = self.rows.key_at(anchor)
        offset = self.rowViewportPosition(anchor) if anchor >= 0 else 0
        self.set_rows(ids, groups)
        place = self.rows.index_of(key) if key is not None else None
        if place is not None:
            self.updateGeometries()
            bar.setValue(self.verticalHeader().sectionPosition(place) - offset)
        elif key is None:
            bar.setValue(0)

    def moveCursor(  # noqa: N802 - Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Début and Fin go to the first and the last row: to Qt they are the ends of a line, which has one cell."""
        place = self._end(action)
        return super().moveCursor(action, modifiers) if place is None else self.rows.index(place, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        box = self.visualRect(self.currentIndex())
        self.menu_at = self.viewport().mapToGlobal(box.center()) if keyboard else event.globalPos()
        if self.current() is not None:
            self.asked_menu.emit()
