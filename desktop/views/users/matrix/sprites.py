"""The signs of the cells, drawn once for each look and screen, and then stamped by the thousand."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from desktop.views.icons import Icons
from desktop.views.users.matrix.cells import Face

SIGN: Final = 20
"""Its side, in logical pixels."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """A box with a drawing in it: names of `Tokens`, and of an icon."""

    edge: str
    ground: str = ""
    icon: str = ""
    ink: str = ""


_SIGNS: Final = {
    Face.EMPTY: _Sign("input_border"),
    Face.HELD: _Sign("accent", "accent", "check", "on_accent"),
    Face.HELD_UNTIL: _Sign("accent", "accent", "clock", "on_accent"),
    Face.HELD_BARRED: _Sign("disabled", "disabled_ground", "check", "muted"),
    Face.WAITING_GIVEN: _Sign("closed", "closed_ground", "check", "closed"),
    Face.WAITING_TAKEN: _Sign("closed", "closed_ground", "x", "closed"),
    Face.GIVE: _Sign("ok", "ok_ground", "plus", "ok"),
    Face.UNTIL: _Sign("ok", "ok_ground", "clock", "ok"),
    Face.TAKE: _Sign("error", "error_ground", "x", "error"),
}
"""Each has a shape of its own beside its colour. What is out of one's rights is a short line."""


class Sprites:
    def __init__(self, icons: Icons) -> None:
        self._icons = icons
        self._of: tuple[float, bool] = (0.0, False)
        self._made: dict[Face, QPixmap] = {}

    def made(self, ratio: float) -> dict[Face, QPixmap]:
        """For a screen of this ratio, in the look of now."""
        of = (ratio, self._icons.look.tokens.dark)
        if of != self._of or not self._made:
            self._of = of
            self._made = {face: draw(face, self._icons, ratio) for face in Face}
        return self._made


def draw(face: Face, icons: Icons, ratio: float) -> QPixmap:
    picture = QPixmap(round(SIGN * ratio), round(SIGN * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    look, sign = icons.look, _SIGNS.get(face)
    if sign is None:
        painter.setPen(QPen(look.colour("disabled"), 1.5))
        painter.drawLine(QPointF(7, 10), QPointF(13, 10))
    else:
        painter.setPen(QPen(look.colour(sign.edge), 1))
        painter.setBrush(look.colour(sign.ground) if sign.ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(2.5, 2.5, 15, 15), 4, 4)
        if sign.icon:
            painter.drawPixmap(QPointF(4, 4), icons.pixmap(sign.icon, sign.ink, 12, ratio))
    painter.end()
    return picture
