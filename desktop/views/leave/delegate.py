"""One leave of the list, painted: 84 pixels, and 30 more for the month that begins with it."""

from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QPainter

from desktop.services.leave import LeaveRow
from desktop.views.contact import pill
from desktop.views.icons import Icons
from desktop.views.leave import saying
from desktop.views.rows.cards import CardDelegate
from desktop.views.tokens import Size, font
from desktop.views.wording import NBSP

_CLIP: Final = 15


class LeaveDelegate(CardDelegate[LeaveRow]):
    """`with_company` is set by the list when it shows several companies."""

    def __init__(self, icons: Icons, parent: QObject | None = None) -> None:
        super().__init__(icons, Size.ROW, parent)
        self.with_company = True

    def paint_row(self, painter: QPainter, box: QRectF, row: LeaveRow, *, chosen: bool) -> None:
        box = box.adjusted(24, 11, -22, -10)
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
