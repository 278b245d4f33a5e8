"""What lights up over a pane while files are dragged over it."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.views.icons import Icons
from desktop.views.tokens import Radius, Size, font


class Veil(QWidget):
    """Lights up over the pane while files are dragged over it."""

    def __init__(self, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def light_up(self, over: QRect) -> None:
        self.setGeometry(over)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        look = self._icons.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = look.colour("selection")
        ground.setAlpha(235)
        painter.fillRect(self.rect(), ground)
        pen = QPen(look.colour("accent"), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(12, 12, -12, -12), Radius.BUBBLE, Radius.BUBBLE)
        painter.drawPixmap(
            self.rect().center().x() - 16,
            self.rect().center().y() - 48,
            self._icons.pixmap("upload", "accent", 32, self.devicePixelRatioF()),
        )
        painter.setFont(font(Size.BRAND, 600))
        painter.setPen(look.colour("text"))
        painter.drawText(self.rect().adjusted(0, 20, 0, 20), Qt.AlignmentFlag.AlignCenter, "Déposez vos fichiers ici")
        painter.end()
