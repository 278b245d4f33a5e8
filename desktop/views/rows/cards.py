"""A row of a list, painted as a card, below the title of the group that begins with it."""

from typing import Final, Generic, TypeVar

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.views.icons import Icons
from desktop.views.table import GROUP, LEFT, ROW
from desktop.views.tokens import Radius, Size, font

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
_MARGIN: Final = 8


class CardDelegate(QStyledItemDelegate, Generic[R]):
    """`high` is the height of a row without a title, in logical pixels; `barred` has a bar beside the chosen one."""

    def __init__(self, icons: Icons, high: int, parent: QObject | None = None, *, barred: bool = True) -> None:
        super().__init__(parent)
        self._icons, self._look, self._barred = icons, icons.look, barred
        self.high = high

    def paint_row(self, painter: QPainter, box: QRectF, row: R, *, chosen: bool) -> None:
        """What stands on the card; `box` is its place and a little around it."""
        raise AssertionError((painter, box, row, chosen))  # each list says its own

    def height(self, *, opens_group: bool) -> int:
        """Of a row, in logical pixels."""
        return self.high + (Size.GROUP if opens_group else 0)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(option.rect.width(), self.height(opens_group=index.data(GROUP) is not None))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place: QRect = option.rect
        painter.fillRect(place, self._look.colour("surface"))  # the view tints the group's title with the row
        title = index.data(GROUP)
        if title is not None:
            head = QRectF(place.left(), place.top(), place.width(), Size.GROUP)
            painter.setPen(self._look.colour("muted"))
            words = title[:1].upper() + title[1:]
            self._write(painter, head.adjusted(2 * _MARGIN, 6, -_MARGIN, 0), words, font(Size.META, 600))
            place = place.adjusted(0, Size.GROUP, 0, 0)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        self._paint_ground(painter, option, QRectF(place).adjusted(_MARGIN, 2, -_MARGIN, -2), chosen=chosen)
        row = index.data(ROW)
        if row is not None:
            self.paint_row(painter, QRectF(place), row, chosen=chosen)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, card: QRectF, *, chosen: bool) -> None:
        state = option.state
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._look.colour("selection" if chosen else "hover"))
            painter.drawRoundedRect(card, Radius.CARD, Radius.CARD)
        if chosen and self._barred:
            painter.setBrush(self._look.colour("accent"))
            painter.drawRoundedRect(QRectF(card.left() + 4, card.top() + 12, 4, card.height() - 24), 2, 2)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), Radius.CARD - 1, Radius.CARD - 1)

    def _write(self, painter: QPainter, box: QRectF, text: str, face: QFont) -> float:
        """As much of a text as there is room for; answers how wide that is."""
        metrics = QFontMetricsF(face)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, box.width()))
        painter.setFont(face)
        painter.drawText(box, LEFT, shown)
        return metrics.horizontalAdvance(shown)
