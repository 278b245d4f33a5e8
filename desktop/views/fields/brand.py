"""The mark and the name."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.views.fields.shapes import Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space


class Brand(QWidget):
    """Three slips and the name: the third slip is the one that goes to the employer."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self.setFixedHeight(32)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.XS + 34, 0, 0, 0)
        row.addWidget(Label("Volet", "brand"))
        row.addStretch(1)
        icons.look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        look = self._icons.look
        for place, colour in enumerate(("input_border", "input_border", "accent")):
            ink = QColor(look.colour(colour))
            ink.setAlphaF((0.35, 0.6, 1.0)[place])
            painter.setBrush(ink)
            painter.drawRoundedRect(QRectF(Space.XS + place * 6, 6 + (2 - place) * 1.5, 13, 20 - (2 - place) * 3), 3, 3)
