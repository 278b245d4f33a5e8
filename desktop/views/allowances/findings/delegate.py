"""One finding of the list, painted: what it is and its amount, who, and in short why; its kind above the first."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.services.review import saying
from desktop.views.allowances.verdicts import FACES, Point, Verdict
from desktop.views.icons import Icons
from desktop.views.table import GROUP, ROW
from desktop.views.tokens import Radius, Size, font

HIGH: Final = 66
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MARGIN: Final = 8
Index = QModelIndex | QPersistentModelIndex


class PointDelegate(QStyledItemDelegate):
    """`verdict` says what is decided of a finding by its key."""

    def __init__(self, icons: Icons, verdict: Callable[[str], Verdict], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons, self._look, self._verdict = icons, icons.look, verdict

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(option.rect.width(), height(opens_group=index.data(GROUP) is not None))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place: QRect = option.rect
        painter.fillRect(place, self._look.colour("surface"))  # the view tints the group's title with the row
        title = index.data(GROUP)
        if title is not None:
            box = QRectF(place.left(), place.top(), place.width(), Size.GROUP)
            painter.setPen(self._look.colour("muted"))
            self._write(painter, box.adjusted(2 * _MARGIN, 6, -_MARGIN, 0), title, font(Size.META, 600))
            place = place.adjusted(0, Size.GROUP, 0, 0)
        self._paint_ground(painter, option, QRectF(place).adjusted(_MARGIN, 2, -_MARGIN, -2))
        point = index.data(ROW)
        if isinstance(point, Point):
            self._paint_point(painter, QRectF(place).adjusted(2 * _MARGIN + 4, 9, -2 * _MARGIN, -9), point)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, card: QRectF) -> None:
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._look.colour("selection" if chosen else "hover"))
            painter.drawRoundedRect(card, Radius.CARD, Radius.CARD)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), Radius.CARD - 1, Radius.CARD - 1)

    def _paint_point(self, painter: QPainter, box: QRectF, point: Point) -> None:
        face = FACES[self._verdict(point.key)]
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(round(box.left()), round(box.top() + 2), self._icons.pixmap(face.icon, face.ink, 18, ratio))
        words = box.adjusted(28, 0, 0, 0)
        first = QRectF(words.left(), words.top(), words.width(), words.height() / 2)
        amount = saying.euros(point.amount) if point.amount else ""
        figures = font(Size.SECONDARY, 500, tabular=True)
        wide = QFontMetricsF(figures).horizontalAdvance(amount)
        painter.setFont(figures)
        painter.setPen(self._look.colour("text"))
        painter.drawText(first, _RIGHT, amount)
        self._write(painter, first.adjusted(0, 0, -wide - 10, 0), headline(point), font(Size.BODY, 600))
        painter.setPen(self._look.colour("muted"))
        self._write(painter, first.translated(0, first.height()), told(point), font(Size.META))

    def _write(self, painter: QPainter, box: QRectF, text: str, face: QFont) -> None:
        painter.setFont(face)
        shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, _LEFT, shown)


def headline(point: Point) -> str:
    """Whom it is about; a total has nobody: then what it is."""
    return point.person or point.title


def told(point: Point) -> str:
    """The explanation without the name, which stands above it."""
    head, colon, rest = point.explanation.partition("\u00a0: ")
    said = rest if colon and head == point.person else point.explanation
    return said[:1].upper() + said[1:]


def height(*, opens_group: bool) -> int:
    """Of a row, in logical pixels."""
    return HIGH + (Size.GROUP if opens_group else 0)
