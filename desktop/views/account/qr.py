"""A QR code, drawn dot by dot: sharp at any scale, dark on white whatever the look of the screen."""

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

Dots = tuple[bytes, ...]
"""The rows of a code; a byte for each dot, 1 where it is dark."""

_QUIET: Final = 4
"""Dots of white around it, without which it is not read."""


def dots(text: str) -> Dots:
    """The code that says `text`. Takes some milliseconds, and more the first time: not on the GUI thread."""
    import segno

    return tuple(bytes(row) for row in segno.make(text, error="m", micro=False).matrix)


class QrCode(QWidget):
    """Hidden from assistive tools but for its name: the secret stands beside it in letters."""

    def __init__(self, side: int = 208) -> None:
        super().__init__()
        self._dots: Dots = ()
        self.setFixedSize(side, side)
        self.setAccessibleName("Code QR à photographier avec l’application d’authentification")

    def tell(self, drawn: Dots) -> None:
        self._dots = drawn
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        if not self._dots:
            return
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        side = round(self.width() * ratio)
        dot = max(1, side // (len(self._dots) + 2 * _QUIET))
        start = (side - dot * len(self._dots)) // 2
        for y, row in enumerate(self._dots):
            for x, dark in enumerate(row):
                if dark:
                    painter.fillRect(QRect(start + x * dot, start + y * dot, dot, dot), Qt.GlobalColor.black)
