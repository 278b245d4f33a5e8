"""One finding of the list, painted: what it is and its amount, who, and in short why; its kind above the first."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from desktop.services.review import saying
from desktop.views.allowances.verdicts import FACES, Point, Verdict
from desktop.views.icons import Icons
from desktop.views.rows.cards import CardDelegate
from desktop.views.table import RIGHT
from desktop.views.tokens import Size, font

_HIGH: Final = 58


class PointDelegate(CardDelegate[Point]):
    """`verdict` says what is decided of a finding by its key."""

    def __init__(self, icons: Icons, verdict: Callable[[str], Verdict], parent: QObject | None = None) -> None:
        super().__init__(icons, _HIGH, parent, barred=False)
        self._verdict = verdict

    def paint_row(self, painter: QPainter, box: QRectF, row: Point, *, chosen: bool) -> None:  # noqa: ARG002
        box = box.adjusted(20, 6, -16, -6)
        face = FACES[self._verdict(row.key)]
        icon = "chevron-right" if row.folded else face.icon
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(round(box.left()), round(box.top() + 2), self._icons.pixmap(icon, face.ink, 18, ratio))
        words = box.adjusted(28, 0, 0, 0)
        first = QRectF(words.left(), words.top(), words.width(), words.height() / 2)
        amount = saying.euros(row.amount) if row.amount else ""
        figures = font(Size.SECONDARY, 500, tabular=True)
        wide = QFontMetricsF(figures).horizontalAdvance(amount)
        painter.setFont(figures)
        painter.setPen(self._look.colour("text"))
        painter.drawText(first, RIGHT, amount)
        self._write(painter, first.adjusted(0, 0, -wide - 10, 0), headline(row), font(Size.BODY, 600))
        painter.setPen(self._look.colour("muted"))
        self._write(painter, first.translated(0, first.height()), told(row), font(Size.META))


def headline(point: Point) -> str:
    """Whom it is about; a total has nobody: then what it is."""
    return point.person or point.title


def told(point: Point) -> str:
    """The explanation without the name, which stands above it."""
    head, colon, rest = point.explanation.partition("\u00a0: ")
    said = rest if colon and head == point.person else point.explanation
    return said[:1].upper() + said[1:]
