"""One person of the list, painted: who, what she stands at, where she has rights."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QPainter

from desktop.services.users import UserRow
from desktop.views.contact import pill
from desktop.views.icons import Icons
from desktop.views.rows.cards import CardDelegate
from desktop.views.tokens import Size, font
from desktop.views.users import saying
from desktop.views.wording import NBSP

_SIGN = 15


class UserDelegate(CardDelegate[UserRow]):
    def __init__(self, icons: Icons, today: Callable[[], date], parent: QObject | None = None) -> None:
        super().__init__(icons, Size.ROW, parent)
        self._today = today

    def paint_row(self, painter: QPainter, box: QRectF, row: UserRow, *, chosen: bool) -> None:
        box = box.adjusted(24, 11, -22, -10)
        line = box.height() / 3
        first = QRectF(box.left(), box.top(), box.width(), line)
        painter.setPen(self._look.colour("text"))
        used = self._write(painter, first.adjusted(0, 0, -40, 0), saying.name(row), font(Size.BODY, 600))
        painter.setPen(self._look.colour("muted"))
        function = f"{NBSP}· {row.function}" if row.function else ""
        self._write(painter, first.adjusted(used + 2, 0.5, -24, 0.5), function, font(Size.META))
        painter.setPen(self._look.colour("text"))
        self._write(painter, first.translated(0, line - 1), saying.where(row), font(Size.BODY))
        self._paint_third(painter, QRectF(box.left(), box.top() + 2 * line, box.width(), line), row, chosen=chosen)
        if row.administrator:
            self._sign(painter, "shield-user", "muted", QPointF(first.right() - _SIGN, first.center().y() - _SIGN / 2))

    def _paint_third(self, painter: QPainter, box: QRectF, row: UserRow, *, chosen: bool) -> None:
        middle, left, right = box.center().y(), box.left(), box.right()
        left += pill.paint(painter, left, middle, saying.FACES[row.pill], self._icons, outlined=chosen) + 10
        if row.reasons:
            self._sign(painter, "triangle-alert", "going", QPointF(left, middle - _SIGN / 2))
            left += _SIGN + 6
        words = saying.reasons(row).capitalize() if row.reasons else saying.last_seen(row, self._today())
        painter.setPen(self._look.colour("going" if row.reasons else "muted"))
        self._write(painter, QRectF(left, box.top(), right - left, box.height()), words, font(Size.META))

    def _sign(self, painter: QPainter, icon: str, ink: str, at: QPointF) -> None:
        painter.drawPixmap(at, self._icons.pixmap(icon, ink, _SIGN, painter.device().devicePixelRatio()))
