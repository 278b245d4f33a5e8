"""The signs of a picture: each kind of days has a colour, a pattern and a word."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from desktop.views.allowances.picture.course import Stretch
from desktop.views.tokens import Look, Size, font

_SWATCH: Final = 22
_GAP: Final = 16
_LINE: Final = 20
_SIGNS: Final = {
    Stretch.WAITING: ("closed_ground", "closed", Qt.BrushStyle.Dense6Pattern),
    Stretch.PAID: ("accent", "accent", Qt.BrushStyle.SolidPattern),
    Stretch.TO_PERSON: ("info_ground", "accent", Qt.BrushStyle.HorPattern),
    Stretch.RENEWED: ("info_ground", "accent", Qt.BrushStyle.FDiagPattern),
    Stretch.TWICE: ("going_ground", "going", Qt.BrushStyle.DiagCrossPattern),
    Stretch.CANCELLED: ("surface", "error", Qt.BrushStyle.BDiagPattern),
    Stretch.GAP: ("surface", "error", Qt.BrushStyle.NoBrush),
}
"""Ground, ink and pattern."""


def paint_sign(painter: QPainter, look: Look, box: QRectF, stretch: Stretch) -> None:
    """Fills a box as days of this kind are filled; a gap is a dashed edge around nothing."""
    ground, ink, pattern = _SIGNS[stretch]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour(ground))
    painter.drawRect(box)
    painter.setBrush(QBrush(look.colour(ink), pattern))
    pen = QPen(look.colour(ink), 1)
    if stretch is Stretch.GAP:
        pen.setStyle(Qt.PenStyle.DashLine)
    edge = QPen(QColor(look.colour("surface")), 1) if stretch is Stretch.PAID else pen
    painter.setPen(edge)
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))


def paint_legend(painter: QPainter, look: Look, box: QRectF, stretches: list[Stretch]) -> None:
    """A swatch and its word each, in as many lines as they need."""
    face = font(Size.META)
    painter.setFont(face)
    for left, top, stretch in places(box.width(), stretches):
        swatch = QRectF(box.left() + left, box.top() + top + 4, _SWATCH, 12)
        paint_sign(painter, look, swatch, stretch)
        painter.setPen(look.colour("muted"))
        words = QRectF(swatch.right() + 6, box.top() + top, box.width(), _LINE)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, stretch.value)


def places(width: float, stretches: list[Stretch]) -> list[tuple[float, float, Stretch]]:
    """Left and top of each sign."""
    metrics = QFontMetricsF(font(Size.META))
    told, left, top = [], 0.0, 0.0
    for stretch in stretches:
        wide = _SWATCH + 6 + metrics.horizontalAdvance(stretch.value)
        if left and left + wide > width:
            left, top = 0.0, top + _LINE
        told.append((left, top, stretch))
        left += wide + _GAP
    return told


def legend_height(width: float, stretches: list[Stretch]) -> float:
    """What `paint_legend` takes."""
    return (places(width, stretches)[-1][1] + _LINE) if stretches else 0.0
