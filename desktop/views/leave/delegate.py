"""One leave of the list, painted: 84 pixels, and 30 more for the month that begins with it."""

from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.services.leave import LeaveRow
from desktop.views.contact import pill
from desktop.views.icons import Icons
from desktop.views.leave import saying
from desktop.views.table import GROUP, ROW
from desktop.views.tokens import Radius, Size, font
from desktop.views.wording import NBSP

_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_MARGIN: Final = 8
_INNER: Final = 16
_CLIP: Final = 15
Index = QModelIndex | QPersistentModelIndex


class LeaveDelegate(QStyledItemDelegate):
    """`with_company` is set by the list when it shows several companies."""

    def __init__(self, icons: Icons, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons, self._look = icons, icons.look
        self.with_company = True

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(option.rect.width(), height(opens_group=index.data(GROUP) is not None))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place: QRect = option.rect
        painter.fillRect(place, self._look.colour("surface"))
        title = index.data(GROUP)
        if title is not None:
            painter.setFont(font(Size.META, 600))
            painter.setPen(self._look.colour("muted"))
            head = QRectF(place.left(), place.top(), place.width(), Size.GROUP)
            painter.drawText(head.adjusted(_MARGIN + 8, 6, -_MARGIN, 0), _LEFT, title)
            place = place.adjusted(0, Size.GROUP, 0, 0)
        self._paint_ground(painter, option, QRectF(place).adjusted(_MARGIN, 2, -_MARGIN, -2))
        row = index.data(ROW)
        if isinstance(row, LeaveRow):
            inner = QRectF(place).adjusted(_MARGIN + _INNER, 11, -_MARGIN - _INNER + 2, -10)
            self._paint_row(painter, inner, row, chosen=bool(option.state & QStyle.StateFlag.State_Selected))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, card: QRectF) -> None:
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._look.colour("selection" if chosen else "hover"))
            painter.drawRoundedRect(card, Radius.CARD, Radius.CARD)
        if chosen:
            painter.setBrush(self._look.colour("accent"))
            painter.drawRoundedRect(QRectF(card.left() + 4, card.top() + 12, 4, card.height() - 24), 2, 2)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), Radius.CARD - 1, Radius.CARD - 1)

    def _paint_row(self, painter: QPainter, box: QRectF, row: LeaveRow, *, chosen: bool) -> None:
        line = box.height() / 3
        first = QRectF(box.left(), box.top(), box.width(), line)
        painter.setPen(self._look.colour("text"))
        used = self._write(painter, first.adjusted(0, 0, -90, 0), saying.employee(row), font(Size.BODY, 600))
        painter.setPen(self._look.colour("muted"))
        rest = first.adjusted(used + 2, 0.5, 0, 0.5)
        motive = f"{NBSP}· {row.motive}" if row.motive else ""
        self._write(painter, rest, motive, font(Size.META))
        painter.setPen(self._look.colour("text"))
        self._write(painter, first.translated(0, line - 1), saying.period(row), font(Size.BODY, tabular=True))
        self._paint_third(painter, QRectF(box.left(), box.top() + 2 * line, box.width(), line), row, chosen=chosen)

    def _paint_third(self, painter: QPainter, box: QRectF, row: LeaveRow, *, chosen: bool) -> None:
        middle, left, right = box.center().y(), box.left(), box.right()
        left += pill.paint(painter, left, middle, saying.FACES[row.pill], self._icons, outlined=chosen) + 10
        for icon in [*(["paperclip"] if row.files else []), *(["history"] if row.former else [])]:
            drawing = self._icons.pixmap(icon, "muted", _CLIP, painter.device().devicePixelRatio())
            painter.drawPixmap(QPointF(right - _CLIP, middle - _CLIP / 2), drawing)
            right -= _CLIP + 6
        words = saying.numbered(row)
        if self.with_company and row.company:
            words = f"{words} · {row.company}"
        painter.setPen(self._look.colour("muted"))
        self._write(painter, QRectF(left, box.top(), right - left, box.height()), words, font(Size.META))

    def _write(self, painter: QPainter, box: QRectF, text: str, face: QFont) -> float:
        metrics = QFontMetricsF(face)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, box.width()))
        painter.setFont(face)
        painter.drawText(box, _LEFT, shown)
        return metrics.horizontalAdvance(shown)


def height(*, opens_group: bool) -> int:
    """Of a row, in logical pixels."""
    return Size.ROW + (Size.GROUP if opens_group else 0)
