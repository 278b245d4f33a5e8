"""The matrix itself. Selection, keys and what assistive tools read are those of Qt's table; what is in sight is stamped
in one go, since a delegate asked for each of a thousand cells would take more than a frame may."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import (
    QElapsedTimer,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView

from desktop.services import folding
from desktop.services.users import GIVE, WITHDRAW, Person, Place, Scene
from desktop.views.icons import Icons
from desktop.views.users.matrix.cells import Cells, Face, Index, Spot
from desktop.views.users.matrix.headings import Heading
from desktop.views.users.matrix.sprites import SIGN, Sprites

LINE: Final = 34
NARROW: Final = 40
WIDE: Final = 94
"""All eight rights are in sight in a window of 1,280 pixels."""
MOST: Final = 20_000
"""Cells that are changed at once: one wish must be able to name them."""
_TYPING_MS: Final = 1000
_FEW: Final = 500
_CHOOSING: Final = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


class Grid(QTableView):
    """`asked_toggle` for Espace, a click on the sign of a cell, or a double click beside it; `picked` when other cells
    are chosen."""

    asked_toggle = Signal()
    asked_withdraw = Signal()
    picked = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self.cells = Cells()
        self.cells.setParent(self)
        self._sprites = Sprites(icons)
        self._typed, self._typing = "", QElapsedTimer()
        self._pressed: tuple[int, int] | None = None
        self.setModel(self.cells)
        self.setAccessibleName("Matrice des droits")
        self.across = Heading(Qt.Orientation.Horizontal, self.cells, icons, self)
        self.down = Heading(Qt.Orientation.Vertical, self.cells, icons, self)
        self.setHorizontalHeader(self.across)
        self.setVerticalHeader(self.down)
        for heading in (self.across, self.down):
            heading.setSelectionModel(QItemSelectionModel(self.cells, self))  # or Qt asks it of every cell of a line
        self.down.setDefaultSectionSize(LINE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(LINE)
        self.horizontalScrollBar().setSingleStep(NARROW)
        icons.look.changed.connect(self.viewport().update)

    # What the page says

    def show_right(self, scene: Scene, people: tuple[Person, ...], places: tuple[Place, ...], bit: int) -> None:
        """A line for each person, a column for each space."""
        self._lay(upright=True, wide=NARROW)
        self.cells.show_right(scene, people, places, bit)
        self.viewport().update()

    def show_person(self, scene: Scene, person: Person, places: tuple[Place, ...]) -> None:
        """A line for each space, a column for each right."""
        self._lay(upright=False, wide=WIDE)
        self.cells.show_person(scene, person, places)
        self.viewport().update()

    def _lay(self, *, upright: bool, wide: int) -> None:
        if self.across.upright is not upright or self.across.defaultSectionSize() != wide:
            self.across.upright = self.down.upright = upright
            self.down.setFixedWidth(self.down.sizeHint().width())
            self.across.setDefaultSectionSize(wide)
            self.across.setFixedHeight(self.across.sizeHint().height())

    def keep_current(self, row: int, column: int) -> None:
        """Where one was before there were other lines, or at their beginning; who still is somewhere stays there."""
        rows, columns = self.cells.rowCount(), self.cells.columnCount()
        if rows and columns and not self.currentIndex().isValid():
            there = 0 <= row < rows and 0 <= column < columns
            index = self.cells.index(row if there else 0, column if there else 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    @property
    def chosen_count(self) -> int:
        return _count(self.selectionModel().selection()) or int(self.currentIndex().isValid())

    def _ranges(self) -> list[QItemSelectionRange]:
        return _ranges(self.selectionModel().selection())

    def chosen(self) -> Iterator[Spot]:
        """The chosen cells; the current one when none is."""
        ranges = [(each.top(), each.bottom(), each.left(), each.right()) for each in self._ranges()]
        here = self.currentIndex()
        if not ranges and here.isValid():
            ranges = [(here.row(), here.row(), here.column(), here.column())]
        for top, bottom, left, right in ranges:
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    if (spot := self.cells.spot(row, column)) is not None:
                        yield spot

    def toggled(self) -> str:
        """What Espace means for the chosen cells: to withdraw where all of them are held, to give else."""
        held = (Face.HELD, Face.HELD_UNTIL, Face.HELD_BARRED, Face.WAITING_GIVEN, Face.GIVE, Face.UNTIL)
        scene = self.cells.scene
        if scene is None:
            return GIVE
        faces = (self.cells.face(*spot, scene.mine(spot[1])) for spot in self.chosen())
        return WITHDRAW if all(face in held for face in faces) else GIVE

    # Keys and the mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._typing_goes_on(event):
            self.asked_toggle.emit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.asked_withdraw.emit()
        else:
            super().keyPressEvent(event)

    def _typing_goes_on(self, event: QKeyEvent) -> bool:
        """A space inside a name that is being typed is a letter of it."""
        typing = bool(self._typed) and self._typing.isValid() and self._typing.elapsed() < _TYPING_MS
        if typing and event.key() == Qt.Key.Key_Space:
            self.keyboardSearch(" ")
            return True
        return False

    def keyboardSearch(self, search: str) -> None:
        """Goes to the line whose name begins with what is typed, or has a word that does."""
        fresh = not self._typing.isValid() or self._typing.elapsed() >= _TYPING_MS
        self._typed = search if fresh else self._typed + search
        self._typing.restart()
        wanted = folding.collated(self._typed)
        if not wanted:
            return
        names = [folding.collated(self.cells.line_name(row)) for row in range(self.cells.rowCount())]
        found = next((row for row, name in enumerate(names) if name.startswith(wanted)), None)
        if found is None:
            found = next((row for row, name in enumerate(names) if f" {wanted}" in f" {name}"), None)
        if found is not None:
            flags = QItemSelectionModel.SelectionFlag
            index = self.cells.index(found, max(0, self.currentIndex().column()))
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect)
            self.scrollTo(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        plain = event.button() is Qt.MouseButton.LeftButton and not event.modifiers() & _CHOOSING
        self._pressed = self._sign_at(event.position().toPoint()) if plain else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A sign looks like a box to tick, and is one; who drags from it chooses cells."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        if pressed is not None and pressed == self._sign_at(event.position().toPoint()):
            self.asked_toggle.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a sign the first click has done it."""
        at = event.position().toPoint()
        if self.indexAt(at).isValid() and self._sign_at(at) is None:
            self.asked_toggle.emit()

    def _sign_at(self, at: QPoint) -> tuple[int, int] | None:
        """The row and column of the cell whose sign is here."""
        index = self.indexAt(at)
        if not index.isValid():
            return None
        sign = QRect(0, 0, SIGN, SIGN)
        sign.moveCenter(self._box(index.row(), index.column()).center())
        return (index.row(), index.column()) if sign.contains(at) else None

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: N802 - Qt's name
        """Qt would list every cell of what is chosen for assistive tools, and use the first."""
        if _count(selected) + _count(deselected) > _FEW:
            QAbstractItemView.selectionChanged(self, selected, deselected)
        else:
            super().selectionChanged(selected, deselected)
        self.viewport().update()
        self.picked.emit()

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt's name
        super().currentChanged(current, previous)
        self.viewport().update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        area, look = event.rect(), self._icons.look
        painter.fillRect(area, look.colour("surface"))
        rows = _seen(self.down, area.top(), area.bottom(), self.cells.rowCount())
        columns = _seen(self.across, area.left(), area.right(), self.cells.columnCount())
        if rows and columns:
            self._paint_grounds(painter, rows, columns)
            self._stamp(painter, rows, columns)
            self._paint_current(painter)
        painter.end()

    def _paint_grounds(self, painter: QPainter, rows: range, columns: range) -> None:
        look, selection = self._icons.look, self._icons.look.colour("selection")
        for each in self._ranges():
            top, bottom = max(each.top(), rows.start), min(each.bottom(), rows.stop - 1)
            left, right = max(each.left(), columns.start), min(each.right(), columns.stop - 1)
            if top <= bottom and left <= right:
                painter.fillRect(self._box(top, left).united(self._box(bottom, right)), selection)
        painter.setPen(look.colour("hairline"))
        wide = self.viewport().width()
        for row in rows:
            bottom = self.down.sectionViewportPosition(row) + LINE - 1
            painter.drawLine(0, bottom, wide, bottom)

    def _stamp(self, painter: QPainter, rows: range, columns: range) -> None:
        """A sign for each cell in sight. Those whose change waits for the person have an edge of their own."""
        scene = self.cells.scene
        if scene is None:
            return
        signs, cells = self._sprites.made(self.viewport().devicePixelRatioF()), self.cells
        aside, down = (self.across.defaultSectionSize() - SIGN) // 2, (LINE - SIGN) // 2
        lefts = [self.across.sectionViewportPosition(column) + aside for column in columns]
        stamp, face, spot_at, mine = painter.drawPixmap, cells.face, cells.spot, scene.mine
        for row in rows:
            y = self.down.sectionViewportPosition(row) + down
            for x, column in zip(lefts, columns, strict=True):
                if (spot := spot_at(row, column)) is not None:
                    stamp(x, y, signs[face(*spot, mine(spot[1]))])
        if cells.refused:
            self._paint_refused(painter, rows, columns)

    def _paint_refused(self, painter: QPainter, rows: range, columns: range) -> None:
        painter.setPen(QPen(self._icons.look.colour("error"), 2, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = SIGN // 2 + 2
        for row in rows:
            for column in columns:
                spot = self.cells.spot(row, column)
                if spot is not None and (spot[0].person_id, spot[1], spot[2]) in self.cells.refused:
                    centre = self._box(row, column).center()
                    painter.drawRect(QRect(centre - QPoint(half, half), centre + QPoint(half, half)))

    def _paint_current(self, painter: QPainter) -> None:
        here = self.currentIndex()
        if here.isValid() and self.hasFocus():
            painter.setPen(QPen(self._icons.look.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._box(here.row(), here.column()).adjusted(1, 1, -1, -2))

    def _box(self, row: int, column: int) -> QRect:
        left, top = self.across.sectionViewportPosition(column), self.down.sectionViewportPosition(row)
        return QRect(left, top, self.across.sectionSize(column), LINE)


def _seen(heading: Heading, first: int, last: int, count: int) -> range:
    """The sections in sight between two pixels."""
    begin, end = heading.visualIndexAt(max(0, first)), heading.visualIndexAt(max(0, last))
    if begin < 0:
        return range(0)
    return range(begin, count if end < 0 else end + 1)


def _ranges(selection: QItemSelection) -> list[QItemSelectionRange]:
    return [selection.at(place) for place in range(selection.count())]


def _count(selection: QItemSelection) -> int:
    return sum(each.width() * each.height() for each in _ranges(selection))
