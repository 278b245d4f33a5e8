"""The leaves as a table view: selection, copying, and what stays under the eye."""

from html import escape

from PySide6.QtCore import QItemSelectionModel, QMimeData, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QHeaderView, QTableView

from desktop.services.leave import LeaveRow, Listing
from desktop.views import wording
from desktop.views.leave import delegate, saying
from desktop.views.leave.delegate import LeaveDelegate
from desktop.views.table import KeepPlace, Rows
from desktop.views.tokens import Size


class LeaveTable(QTableView):
    """The rows, 84 pixels each, grouped by month. `opened` when the person means the current one (Entrée)."""

    opened = Signal()

    def __init__(self, rows: Rows[LeaveRow], painter: LeaveDelegate) -> None:
        super().__init__()
        self.rows = rows
        self._tall: list[int] = []
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
        self.setAccessibleName("Arrêts de travail")
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.hide()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        down.hide()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setMinimumSectionSize(Size.ROW)
        down.setDefaultSectionSize(Size.ROW)
        KeepPlace(self, rows)

    def show_listing(self, listing: Listing) -> None:
        """Only rows that open a month have a height of their own."""
        for row in self._tall:
            if row < self.rows.rowCount():
                self.setRowHeight(row, Size.ROW)
        self.rows.set_ids(listing.ids, listing.groups)
        self._tall = [row for row, _ in listing.groups]
        for row in self._tall:
            self.setRowHeight(row, delegate.height(opens_group=True))

    def select(self, place: int) -> None:
        """Makes this row the chosen one, whichever keys are held down."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self.rows.index(place, 0), flags.ClearAndSelect | flags.Rows)
        self.scrollTo(self.rows.index(place, 0))

    def current(self) -> LeaveRow | None:
        index = self.currentIndex()
        return self.rows.row(index.row()) if index.isValid() else None

    def chosen(self) -> list[LeaveRow]:
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [row for place in places if (row := self.rows.row(place)) is not None]

    def moveCursor(  # noqa: N802 - Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Début and Fin go to the first and the last leave: to Qt they are the ends of a line, which has one cell."""
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


def cells(row: LeaveRow) -> list[str]:
    """A row as columns. What begins like a formula is made text, and no cell can break out of its line."""
    texts = [
        row.number or "",
        row.last_name,
        row.first_name,
        row.matricule,
        row.motive,
        wording.day(row.start) if row.start else "",
        wording.day(row.last_day) if row.last_day else "",
        saying.FACES[row.pill].label,
        row.company,
        row.member_number,
    ]
    clean = [" ".join(text.split()) for text in texts]
    return [f"'{text}" if text[:1] in ("=", "+", "-", "@") else text for text in clean]
