"""The table itself. Qt asks its model seven times for each cell and has a delegate draw each by itself: on a wide
screen one movement takes three times what a frame may. Here the rows in sight are drawn in one go; selection, keys,
headings and what assistive tools read remain those of Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSettings,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from desktop.views.allowances.grid.arranging import WIDE, Arrangement, ColumnSheet, Heading, from_text
from desktop.views.allowances.grid.painting import ROW, Cells, Painting, Scene, Strip
from desktop.views.fields.shapes import on_screen
from desktop.views.icons import Icons
from desktop.views.rows.tables import RowTable
from desktop.views.table import LEFT, RIGHT, Column, Rows, Through
from desktop.views.tokens import Size, font

_BESIDE: Final = 20
"""What a heading takes beside its words."""
_FEW: Final = 2_000
"""Rows chosen at once that assistive tools are told of one by one."""


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of one column."""

    name: str

    def __call__(self, row: Cells) -> str:
        return row.texts.get(self.name, "…")


class Grid(RowTable[Cells]):
    """`fetch(keys)` gives rows, run by `through`. `arranged`: other columns are shown (`shown`); `ordered`: another
    order is wanted (`order`, `descending`); `moved`: another row is current; `picked`: other rows are chosen; `opened`:
    Entrée or a double click; `asked_menu`: at `menu_at`; `asked_copy`. `kept` is where the settings keep the columns;
    `signs` leaves room for them."""

    arranged, ordered, moved, picked, opened, asked_menu, asked_copy = (Signal() for _ in range(7))

    def __init__(
        self,
        name: str,
        icons: Icons,
        settings: QSettings,
        kept: str,
        fetch: Callable[[Sequence[int]], Sequence[Cells]],
        through: Through[Cells],
        sentence: Callable[[Cells], str],
        *,
        signs: bool = False,
    ) -> None:
        super().__init__(Rows(fetch, attrgetter("key"), (), sentence, through=through), name, ROW)
        self._icons, self._settings, self._kept = icons, settings, kept
        self._arrangement = from_text(str(settings.value(kept, "")))
        self._first: tuple[Heading, ...] = ()
        self._lacking = 0
        self._headings: list[Heading] = []
        self._hover = -1
        self._quiet = False
        self.order, self.descending = "", False
        self.menu_at = QPoint()
        self._painting = Painting(icons, self.rows, signs=signs)
        self._dress()
        self._lead()
        self.selectionModel().currentRowChanged.connect(self._current_moved)
        self.doubleClicked.connect(self.opened)
        icons.look.changed.connect(self.viewport().update)

    def _dress(self) -> None:
        self.setMouseTracking(True)
        self.setFont(font(Size.SECONDARY, tabular=True))
        self.verticalScrollBar().setSingleStep(ROW)
        self.horizontalScrollBar().setSingleStep(24)
        across = self.horizontalHeader()
        across.setSectionsMovable(True)
        across.setMinimumSectionSize(WIDE[0])
        across.setMaximumSectionSize(WIDE[1])
        across.setResizeContentsPrecision(0)
        across.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        across.setAccessibleName("Colonnes")

    def _lead(self) -> None:
        """The headings have a selection of their own, always empty: with that of the rows, Qt asks of each row of a
        million whether all of its cells are chosen, for every heading that it draws."""
        across = self.horizontalHeader()
        self.setSortingEnabled(True)  # or a click on a heading would choose all rows
        across.setSortIndicatorClearable(True)
        across.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        for header in (across, self.verticalHeader()):
            header.setSelectionModel(QItemSelectionModel(self.rows, self))
        across.sortIndicatorChanged.connect(self._follow_order)
        across.sectionMoved.connect(self._keep_order)
        across.sectionResized.connect(self._keep_width)
        across.customContextMenuRequested.connect(self._choose_from_head)

    # Columns

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns in sight, from left to right."""
        return tuple(heading.name for heading in self._headings if heading.shown)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """All columns, from left to right."""
        return tuple(self._headings)

    def set_headings(self, headings: Sequence[Heading], kept: str = "") -> None:
        """Other columns; what the person did to those of the same names still holds, or what is `kept` elsewhere."""
        if kept and kept != self._kept:
            self._kept = kept
            self._arrangement = from_text(str(self._settings.value(kept, "")))
        self._first = tuple(headings)
        self._lay()

    def set_lacking(self, lacking: int) -> None:
        """How many ranks of spare columns have no room (`Heading.within`); what the person chose still holds."""
        if lacking != self._lacking:
            self._lacking = lacking
            self._lay()

    @property
    def read(self) -> tuple[str, ...]:
        """The columns whose texts are wanted: those in sight, and those that only lack room, so that they are there at
        once when it comes."""
        shown, whole = self.shown, self._arrangement.laid(self._first)
        return tuple(heading.name for heading in whole if heading.shown or heading.name in shown)

    @property
    def _natural(self) -> tuple[Heading, ...]:
        """The columns as nobody has touched them, in the room that there is."""
        return tuple(heading.within(self._lacking) for heading in self._first)

    def _lay(self) -> None:
        self._headings = self._arrangement.laid(self._natural)
        columns = [
            Column[Cells](heading.title, _Text(heading.name), RIGHT if heading.right else LEFT, _Text(heading.name))
            for heading in self._headings
        ]
        across = self.horizontalHeader()
        self._quiet = True
        self.rows.set_ids(self.rows.ids, columns=columns)
        for place, heading in enumerate(self._headings):
            across.moveSection(across.visualIndex(place), place)
            across.resizeSection(place, self._width(heading))
            across.setSectionHidden(place, not heading.shown)
        names = [heading.name for heading in self._headings]
        self.order = self.order if self.order in names else ""
        self._show_order()
        self._quiet = False

    def _width(self, heading: Heading) -> int:
        """As it was made by hand, else wide enough for its title."""
        if heading.name in self._arrangement.widths:
            return heading.width
        return max(heading.width, self.horizontalHeader().fontMetrics().horizontalAdvance(heading.title) + _BESIDE)

    def _show_order(self) -> None:
        names = [heading.name for heading in self._headings]
        place = names.index(self.order) if self.order in names else -1
        way = Qt.SortOrder.DescendingOrder if self.descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(place, way)

    def sort_by(self, name: str, *, descending: bool = False) -> None:
        """As a click on its heading; "" for the order in which the rows came."""
        if (name, descending) != (self.order, self.descending):
            self.order, self.descending = name, descending
            self._quiet = True
            self._show_order()
            self._quiet = False
            self.ordered.emit()

    def _follow_order(self, place: int, way: Qt.SortOrder) -> None:
        if not self._quiet:
            self.order = self._headings[place].name if 0 <= place < len(self._headings) else ""
            self.descending = way is Qt.SortOrder.DescendingOrder and bool(self.order)
            self.ordered.emit()

    def _keep_order(self) -> None:
        if self._quiet:
            return
        across = self.horizontalHeader()
        names = [self._headings[across.logicalIndex(place)].name for place in range(across.count())]
        self._arrange(replace(self._arrangement, order=tuple(names)))

    def _keep_width(self, place: int, _before: int, width: int) -> None:
        if self._quiet or not width or not 0 <= place < len(self._headings):
            return
        name = self._headings[place].name
        self._headings[place] = replace(self._headings[place], width=width)
        self._arrangement = replace(self._arrangement, widths={**self._arrangement.widths, name: width})
        self._settings.setValue(self._kept, self._arrangement.to_text())

    def _arrange(self, arrangement: Arrangement) -> None:
        before = self.shown
        self._arrangement = arrangement
        self._settings.setValue(self._kept, arrangement.to_text())
        self._lay()
        if self.shown != before:
            self.arranged.emit()

    def choose_columns(self, under: QWidget) -> None:
        """« Colonnes », opened under a button."""
        self._open_sheet(under.mapToGlobal(QPoint(0, under.height() + 2)))

    def _choose_from_head(self, at: QPoint) -> None:
        self._open_sheet(self.horizontalHeader().mapToGlobal(at))

    def _open_sheet(self, at: QPoint) -> None:
        self._sheet = ColumnSheet(self, self._headings)
        self._sheet.changed.connect(self._from_sheet)
        self._sheet.move(on_screen(QRect(at, self._sheet.sizeHint()), self.screen().availableGeometry()))
        self._sheet.show()
        self._sheet.setFocus(Qt.FocusReason.PopupFocusReason)

    def _from_sheet(self) -> None:
        if self._sheet.back_to_first:
            self._arrange(Arrangement())
            self._sheet.tell(self._headings)
            return
        chosen = self._sheet.chosen()
        first = {heading.name: heading.shown for heading in self._natural}
        said = {**self._arrangement.shown, **dict(chosen)}
        order = tuple(name for name, _ in chosen)
        natural = tuple(first) == order
        self._arrange(
            replace(
                self._arrangement,
                order=() if natural else order,
                shown={name: on for name, on in said.items() if name not in first or on != first[name]},
            )
        )

    # Rows

    def show_rows(
        self, ids: Sequence[int], current: int | None = None, *, top: bool = False, anew: bool = False
    ) -> None:
        """These rows; the one at the place `current` stays current and under the eye. `top` goes to the first row."""
        bar, before = self.verticalScrollBar(), self.currentIndex()
        offset = before.row() * ROW - bar.value() if before.isValid() else 0
        seen = before.isValid() and 0 <= offset < self.viewport().height()
        held, chosen = bar.value(), before.isValid() and self.chosen_count > 0
        self._quiet = True
        self.rows.set_ids(ids, anew=anew)
        self.updateGeometries()
        if current is not None:
            flags = QItemSelectionModel.SelectionFlag
            how = flags.ClearAndSelect | flags.Rows if chosen else flags.NoUpdate
            self.selectionModel().setCurrentIndex(self.rows.index(current, self._visible()), how)
        self._quiet = False
        if top:
            bar.setValue(0)
        else:
            bar.setValue(current * ROW - offset if current is not None and seen else held)
        self.moved.emit()

    def go_to(self, place: int) -> None:
        """Chooses this row and has it in sight."""
        flags = QItemSelectionModel.SelectionFlag
        index = self.rows.index(place, self._visible())
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def _visible(self) -> int:
        """A column that is in sight: a cell that is hidden cannot be gone to by keys."""
        return next((place for place, heading in enumerate(self._headings) if heading.shown), 0)

    @property
    def current_key(self) -> int | None:
        index = self.currentIndex()
        return self.rows.key_at(index.row()) if index.isValid() else None

    @property
    def chosen_count(self) -> int:
        return _count(self.selectionModel().selection())

    def spans(self) -> list[range]:
        """The places of the chosen rows, as ranges from above to below: a million of them weigh nothing."""
        spans = sorted(_spans(self.selectionModel().selection()))
        return [range(top, bottom + 1) for top, bottom in spans]

    def _current_moved(self) -> None:
        if not self._quiet:
            self.moved.emit()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: N802 - Qt's name
        """Qt would list every cell of what is chosen for assistive tools, and use the first."""
        if _count(selected) + _count(deselected) > _FEW:
            QAbstractItemView.selectionChanged(self, selected, deselected)
        else:
            super().selectionChanged(selected, deselected)
        self.viewport().update()
        self.picked.emit()

    # Keys and the mouse

    def moveCursor(  # noqa: N802 - Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Début and Fin go to the first and the last row: to Qt they are the ends of a line."""
        place = self._end(action)
        return super().moveCursor(action, modifiers) if place is None else self.rows.index(place, self._visible())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        self.asked_copy.emit()

    def keyboardSearch(self, search: str) -> None:
        """Qt would go through a million rows at each letter; the field above is for that."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.currentIndex().isValid():
            return
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            box = self.visualRect(self.currentIndex())
            self.menu_at = self.viewport().mapToGlobal(box.center())
        else:
            self.menu_at = event.globalPos()
        self.asked_menu.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover_over((event.position().toPoint().y() + self.verticalScrollBar().value()) // ROW)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover_over(-1)
        return super().viewportEvent(event)

    def _hover_over(self, place: int) -> None:
        if place != self._hover:
            self._hover = place
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        across = self.horizontalHeader()
        columns = [
            Strip(heading.name, across.sectionViewportPosition(place), across.sectionSize(place), right=heading.right)
            for place, heading in enumerate(self._headings)
            if heading.shown
        ]
        current = self.currentIndex().row() if self.hasFocus() else -1
        scene = Scene(tuple(columns), tuple(self.spans()), current, self._hover, self.verticalScrollBar().value())
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        self._painting.paint(painter, event.rect(), self.viewport().width(), scene)
        painter.end()


def _spans(selection: QItemSelection) -> list[tuple[int, int]]:
    """First and last row of each range."""
    ranges = (selection.at(place) for place in range(selection.count()))
    return [(one.top(), one.bottom()) for one in ranges]


def _count(selection: QItemSelection) -> int:
    return sum(bottom - top + 1 for top, bottom in _spans(selection))
