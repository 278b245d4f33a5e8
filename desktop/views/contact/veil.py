"""A pane that takes files dropped anywhere on it, and lights up while they are over it."""

from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from desktop.views.contact.staging import Offered, offered
from desktop.views.fields.veil import Veil
from desktop.views.icons import Icons


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
