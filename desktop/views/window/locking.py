"""When the window is locked: by hand, after some minutes without a key or a movement, and again after a restart."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer
from PySide6.QtGui import QGuiApplication, QWindow

from desktop.services.accounts import Credentials
from desktop.services.lock import Lock
from desktop.services.portfolio import Person
from desktop.views.account.lock import LockPage
from desktop.views.account.settings import lock_minutes
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.notices import tell
from desktop.views.window.frame import Window

_LOOK: Final = 10_000
"""Milliseconds between two looks at how long nobody has been there."""
_ACTS: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletMove,
    }
)


class Presence(QObject):
    """Notes when somebody last did something in a window of the program: each window is watched from the first time
    that it has the focus."""

    def __init__(self, parent: QObject, qt: QGuiApplication) -> None:
        super().__init__(parent)
        self._qt = qt
        self.last, self._last_by_clock = time.monotonic(), time.time()
        qt.focusWindowChanged.connect(self._watch)
        self._watch(qt.focusWindow())

    def stop(self) -> None:
        self._qt.focusWindowChanged.disconnect(self._watch)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        if event.type() in _ACTS:
            self.come()
        return False

    def come(self) -> None:
        """Somebody is there now."""
        self.last, self._last_by_clock = time.monotonic(), time.time()

    @property
    def away(self) -> float:
        """Seconds since. By the clock too: the other one stands still while the computer sleeps."""
        return max(time.monotonic() - self.last, time.time() - self._last_by_clock)

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)  # a second time changes nothing


@dataclass(frozen=True, slots=True)
class Keyhole:
    """`unlock` runs on the errands' thread and raises `Problem`. `can`: the password could be checked now, here or by
    the portal. `person` is whose work it is; `leave` signs out; `lock` remembers over restarts."""

    unlock: Callable[[Credentials], None]
    can: Callable[[], bool]
    person: Callable[[], Person | None]
    leave: Callable[[], None]
    lock: Lock


class Locking(QObject):
    """`lock` covers the window until the password has been given. What locks by itself never does where nobody could
    unlock: off line, in a run in which no password has been typed."""

    def __init__(
        self, window: Window, qt: QGuiApplication, icons: Icons, errands: Later, settings: QSettings, keyhole: Keyhole
    ) -> None:
        super().__init__(window)
        self._window, self._icons, self._errands = window, icons, errands
        self._settings, self._keyhole = settings, keyhole
        self.presence = Presence(self, qt)
        self.page: LockPage | None = None
        self._look = QTimer(self)
        self._look.setInterval(_LOOK)
        self._look.timeout.connect(self.look)
        self._look.start()
        window.keys["lock"].triggered.connect(self.lock_by_hand)
        if keyhole.lock.locked:
            self._cover()

    def stop(self) -> None:
        """Before the workplace goes."""
        self._look.stop()
        self.presence.stop()
        self._window.keys["lock"].triggered.disconnect(self.lock_by_hand)
        self._window.uncover()
        self.page = None
        self.deleteLater()

    def look(self) -> None:
        """Locks when nobody has been there for as long as the setting says."""
        minutes = lock_minutes(self._settings)
        if minutes and not self._window.covered and self.presence.away >= 60 * minutes and self._keyhole.can():
            self.lock()

    def lock_by_hand(self) -> None:
        if self._window.covered:
            return
        if self._keyhole.can():
            self.lock()
        else:
            tell(
                self._window,
                "Verrouillez plutôt la session de l’ordinateur",
                "Hors ligne, Volet ne pourrait pas vérifier votre mot de passe\u00a0: il n’en garde rien ici. Une "
                "fois en ligne, ou après une connexion, vous pourrez verrouiller.",
            )

    def lock(self) -> None:
        """Covered first: nothing is seen, whatever the disk says to the rest."""
        self._cover()
        self._keyhole.lock.lock()

    def _cover(self) -> None:
        person = self._keyhole.person()
        self.page = LockPage(
            self._icons,
            self._errands,
            self._keyhole.unlock,
            self._unlocked,
            self._leave,
            name=person.name if person else "",
            email=person.email if person else "",
        )
        self._window.cover(self.page)
        self.page.focus_first()

    def _unlocked(self) -> None:
        self.page = None
        self.presence.come()
        self._window.uncover()
        self._keyhole.lock.unlock()

    def _leave(self) -> None:
        """What was open over the window goes with the account, which stays locked: whoever is there has given no
        password."""
        self.page = None
        self._window.uncover(back=False)
        self._keyhole.leave()
