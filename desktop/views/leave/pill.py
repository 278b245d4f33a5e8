"""The status pill of a leave as a widget."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.services.leave import Pill
from desktop.views.contact import pill
from desktop.views.icons import Icons
from desktop.views.leave.saying import FACES

_HEIGHT = 22


class PillLabel(QWidget):
    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self._face = FACES[Pill.DECLARED]
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        icons.look.changed.connect(self.update)

    @property
    def label(self) -> str:
        return self._face.label

    def show_pill(self, told: Pill) -> None:
        self._face = FACES[told]
        self.setAccessibleName(self._face.label)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(pill.width(self._face) + 0.5), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - the pill is small: all of it
        painter = QPainter(self)
        pill.paint(painter, 0, _HEIGHT / 2, self._face, self._icons)
        painter.end()
