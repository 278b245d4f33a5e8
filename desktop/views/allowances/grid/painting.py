"""The rows of a table as they are drawn: all in sight in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from desktop.views.icons import Icons
from desktop.views.table import Rows

ROW: Final = 30
_GUTTER, _SIDE, _SIGN = 22, 8, 14


@dataclass(frozen=True, slots=True)
class Cells:
    """One row: its texts by the names of their columns; `marked` when there is something to say of it."""

    key: int
    texts: Mapping[str, str] = field(default_factory=dict)
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """A column in sight: where it begins, and how wide it is."""

    name: str
    left: int
    width: int
    right: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn: columns, chosen rows, the current one and the one under the mouse (-1: none), and how far one has
    scrolled down."""

    strips: tuple[Strip, ...]
    chosen: tuple[range, ...]
    current: int
    hover: int
    offset: int


class Painting:
    """Draws `rows`; with `signs`, room is left for them before the first column."""

    def __init__(self, icons: Icons, rows: Rows[Cells], *, signs: bool) -> None:
        self._icons, self._rows, self._signs = icons, rows, signs

    def paint(self, painter: QPainter, area: QRect, width: int, scene: Scene) -> None:
        """The rows in `area` of a viewport of this width."""
        first = max(0, (area.top() + scene.offset) // ROW)
        last = min(self._rows.rowCount(), (area.bottom() + scene.offset) // ROW + 1)
        for place in range(first, last):
            self._paint_ground(painter, QRect(0, place * ROW - scene.offset, width, ROW), place, scene)
        self._paint_texts(painter, range(first, last), width, scene)

    def _paint_ground(self, painter: QPainter, box: QRect, place: int, scene: Scene) -> None:
        look = self._icons.look
        chosen = any(place in span for span in scene.chosen)
        if chosen or place == scene.hover:
            painter.fillRect(box, look.colour("selection" if chosen else "hover"))
        if chosen:
            painter.fillRect(0, box.top(), 3, box.height(), look.colour("accent"))
        painter.fillRect(0, box.bottom(), box.width(), 1, look.colour("hairline"))
        if place == scene.current:
            painter.setPen(look.colour("accent"))
            painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _paint_texts(self, painter: QPainter, places: range, width: int, scene: Scene) -> None:
        metrics = painter.fontMetrics()
        cells = [(place * ROW - scene.offset, self._rows.at_hand(place)) for place in places]
        gutter = min((strip.left for strip in scene.strips), default=0)
        painter.setPen(self._icons.look.colour("text"))
        for strip in scene.strips:
            first = self._signs and strip.left == gutter
            left, right = strip.left + (_GUTTER if first else _SIDE), strip.left + strip.width - _SIDE
            if first:
                self._paint_signs(painter, cells, strip.left)
            if right > 0 and left < width:
                _write(painter, metrics, cells, strip, left, right)

    def _paint_signs(self, painter: QPainter, cells: Sequence[tuple[int, Cells | None]], left: int) -> None:
        ratio = painter.device().devicePixelRatio()
        sign = self._icons.pixmap("triangle-alert", "going", _SIGN, ratio)
        for top, row in cells:
            if row is not None and row.marked:
                painter.drawPixmap(left + 4, top + (ROW - _SIGN) // 2, sign)


def _write(
    painter: QPainter,
    metrics: QFontMetrics,
    cells: Sequence[tuple[int, Cells | None]],
    strip: Strip,
    left: int,
    right: int,
) -> None:
    """The texts of one column. What does not fit ends in …"""
    room, down = right - left, (ROW + metrics.ascent() - metrics.descent()) // 2
    for top, row in cells:
        text = row.texts.get(strip.name, "…") if row is not None else "…"
        if not text:
            continue
        needs = metrics.horizontalAdvance(text)
        if needs > room:
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(left, top + down, shown)
        else:
            painter.drawText(right - needs if strip.right else left, top + down, text)
