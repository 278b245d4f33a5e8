"""A pane that takes files dropped anywhere on it, and lights up while they are over it."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.views.contact.staging import Offered, offered
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


class DropPane(QWidget):
    """`take` gets what was dropped; `takes_files` says whether anything may be."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.veil = Veil(icons, self)
        self.setAcceptDrops(True)

    def takes_files(self) -> bool:
        return True

    def take(self, given: Offered, answers: str = "") -> None:
        raise AssertionError((given, answers))  # each pane says its own

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.takes_files() and offered(event.mimeData()) is not None:
            event.acceptProposedAction()
            self.veil.light_up(self.rect())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.veil.hide()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        self.veil.hide()
        given = offered(event.mimeData())
        if given is not None:
            event.acceptProposedAction()
            self.take(given)
