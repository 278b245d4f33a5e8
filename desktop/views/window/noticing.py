"""An answer is noticed without looking for it: one quiet notification, never while the window is in front."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from desktop.views import wording

_GATHER_MS = 1500
"""Answers that come together are told together."""


class Noticing(QObject):
    """Told how many messages are unread after each change; speaks when there are more and the window is not in front.

    It says how many and nothing else: names, subjects and companies have no place on a lock screen."""

    told = Signal()

    def __init__(self, window: QWidget, wanted: Callable[[], bool], opens: Callable[[], None], icon: QIcon) -> None:
        super().__init__(window)
        self._window, self._wanted = window, wanted
        self._known: int | None = None
        self._fresh = 0
        self.last = ""
        """The last sentence told."""
        self._tray: QSystemTrayIcon | None = None
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._tray = QSystemTrayIcon(icon, self)
            self._tray.setToolTip("Volet")
            self._tray.messageClicked.connect(opens)
            self._tray.activated.connect(opens)
            self._tray.show()
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(_GATHER_MS)
        self._gather.timeout.connect(self._tell)

    def count(self, unread: int) -> None:
        """The first count of a run is what was there before, and not news."""
        if self._known is not None and unread > self._known:
            self._fresh += unread - self._known
            if not self._gather.isActive():
                self._gather.start()
        self._known = unread

    def seen(self) -> None:
        """The window came to the front: what was gathered needs no telling any more."""
        self._fresh = 0
        self._gather.stop()

    def close(self) -> None:
        self._gather.stop()
        if self._tray is not None:
            self._tray.hide()

    def _tell(self) -> None:
        fresh, self._fresh = self._fresh, 0
        if fresh:
            self.say(f"{wording.count(fresh, 'réponse')} de votre conseiller")

    def say(self, sentence: str) -> None:
        """One notification, unless she has the window before her, or wants none. It names nobody."""
        if not self._wanted() or self._window.isActiveWindow():
            return
        self.last = sentence
        if self._tray is not None:
            self._tray.showMessage("Volet", self.last, QSystemTrayIcon.MessageIcon.NoIcon)
        self.told.emit()
