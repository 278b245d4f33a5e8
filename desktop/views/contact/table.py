"""The rows of the list as a table view: selection, copying, and what stays under the eye."""

from html import escape

from PySide6.QtCore import QItemSelectionModel, QMimeData, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QHeaderView, QTableView

from desktop.services.contact import Listing, RequestRow
from desktop.views import wording
from desktop.views.contact import delegate, pill
from desktop.views.contact.delegate import RequestDelegate
from desktop.views.table import KeepPlace, Rows
from desktop.views.tokens import Size


class RequestTable(QTableView):
    """The rows, 84 pixels each, grouped by day. `opened` when the person means the current one (Entrée, double click);
    `asked_menu` for Maj+F10 and the right button."""

    opened = Signal()
    asked_menu = Signal()

    def __init__(self, rows: Rows[RequestRow], painter: RequestDelegate) -> None:
        super().__init__()
        self.rows = rows
        self._tall: list[int] = []
        self.menu_at = QPoint()
        self.setModel(rows)
        self.setItemDelegate(painter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(42)
        self.setAccessibleName("Demandes")
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.hide()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        down.hide()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setMinimumSectionSize(Size.ROW)
        down.setDefaultSectionSize(Size.ROW)
        KeepPlace(self, rows)

    def show_listing(self, listing: Listing) -> None:
        """Only rows that open a group have a height of their own, so 100,000 rows cost what their groups cost. What is
        being looked at stays under the eye, unless that is the top of the list."""
        bar = self.verticalScrollBar()
        anchor = self.rowAt(Size.GROUP) if bar.value() > 0 else -1
        key = self.rows.key_at(anchor)
        offset = self.rowViewportPosition(anchor) if anchor >= 0 else 0
        for row in self._tall:
            if row < self.rows.rowCount():
                self.setRowHeight(row, Size.ROW)
        self.rows.set_ids(listing.ids, listing.groups)
        self._tall = [row for row, _ in listing.groups]
        for row in self._tall:
            self.setRowHeight(row, delegate.height(opens_group=True))
        place = self.rows.index_of(key) if key is not None else None
        if place is not None:
            self.updateGeometries()
            bar.setValue(self.verticalHeader().sectionPosition(place) - offset)
        elif key is None:
            bar.setValue(0)

    def select(self, place: int) -> None:
        """Makes this row the chosen one, whichever keys are held down (`selectRow` would toggle it under Ctrl)."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self.rows.index(place, 0), flags.ClearAndSelect | flags.Rows)
        self.scrollTo(self.rows.index(place, 0))

    def current(self) -> RequestRow | None:
        index = self.currentIndex()
        return self.rows.row(index.row()) if index.isValid() else None

    def chosen(self) -> list[RequestRow]:
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [row for place in places if (row := self.rows.row(place)) is not None]

    def moveCursor(  # noqa: N802 - Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Début and Fin go to the first and the last request: to Qt they are the ends of a line, which has one cell."""
        ends = {
            QAbstractItemView.CursorAction.MoveHome: 0,
            QAbstractItemView.CursorAction.MoveEnd: self.rows.rowCount() - 1,
        }
        place = ends.get(action)
        return super().moveCursor(action, modifiers) if place is None else self.rows.index(place, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            box = self.visualRect(self.currentIndex())
            self.menu_at = self.viewport().mapToGlobal(box.center())
        else:
            self.menu_at = event.globalPos()
        if self.current() is not None:
            self.asked_menu.emit()

    def copy(self) -> None:
        """The chosen rows as Excel takes them: tabs, and a table for those who prefer HTML."""
        rows = [cells(row) for row in self.chosen()]
        if not rows:
            return
        mime = QMimeData()
        mime.setText("\n".join("\t".join(row) for row in rows))
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        mime.setHtml(f"<table>{body}</table>")
        QApplication.clipboard().setMimeData(mime)


def cells(row: RequestRow) -> list[str]:
    """A row as columns. What begins like a formula is made text, and no cell can break out of its line."""
    texts = [
        row.file_number or "",
        wording.day(row.opened_at),
        wording.day(row.moved_at),
        row.theme,
        row.topic,
        row.subject,
        pill.FACES[row.pill].label,
        row.author,
        row.company,
        row.member_number,
    ]
    clean = [" ".join(text.split()) for text in texts]
    return [f"'{text}" if text[:1] in ("=", "+", "-", "@") else text for text in clean]
