"""The one notice inside the client: something was committed. It says which subjects, never what."""

from collections.abc import Callable, Iterable
from threading import Lock, get_ident

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

_PAUSE_MS = 100
"""At most ten rings a second while changes stream in from another thread."""


class Bell(QObject):
    """Made and owned by the GUI thread; `ring` may be called from any thread (`store.listen(bell.ring)`).

    A ring from the GUI thread itself is heard at once, so that what the person did is on screen in the same turn of
    the event loop; rings from other threads are gathered."""

    rung = Signal(frozenset)
    _knock = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._owner = get_ident()
        self._lock = Lock()
        self._pending: set[str] = set()
        self._knocked = False
        self._ringing = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._answer)
        self._knock.connect(self._open, Qt.ConnectionType.QueuedConnection)

    def ring(self, topics: Iterable[str]) -> None:
        """Says that these subjects have changed. From any thread."""
        with self._lock:
            self._pending.update(topics)
            knock = not self._knocked
            self._knocked = True
        if get_ident() == self._owner:
            self._answer()
        elif knock:
            self._knock.emit()

    def ring_one(self, topic: str) -> None:
        """The same for one subject, in the shape that services want of a callback."""
        self.ring((topic,))

    def _open(self) -> None:
        if not self._pause.isActive():
            self._answer()

    def _answer(self) -> None:
        if self._ringing:
            return
        self._ringing = True
        try:
            while topics := self._take():
                self.rung.emit(topics)
        finally:
            self._ringing = False
        self._pause.start()

    def _take(self) -> frozenset[str]:
        with self._lock:
            topics = frozenset(self._pending)
            self._pending.clear()
            self._knocked = False
        return topics


class Follow(QObject):
    """Refreshes a widget when one of its topics is rung: at once when it is visible, otherwise when it is next shown.

    `Follow(self, bell, {"contact"}, self.refresh)`. It is a child of the widget, and so is unhooked when the widget
    dies. The first refresh is the first showing."""

    def __init__(self, widget: QWidget, bell: Bell, topics: Iterable[str], refresh: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._topics = frozenset(topics)
        self._refresh = refresh
        self._stale = True
        widget.installEventFilter(self)
        bell.rung.connect(self._heard)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 - only the widget is watched
        if event.type() == QEvent.Type.Show and self._stale:
            self._stale = False
            self._refresh()
        return False

    def _heard(self, topics: frozenset[str]) -> None:
        if self._topics.isdisjoint(topics):
            return
        if self._widget.isVisible():
            self._stale = False
            self._refresh()
        else:
            self._stale = True
