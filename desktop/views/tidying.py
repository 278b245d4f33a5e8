"""Python's garbage is collected on the GUI thread, and on no other.

The interpreter collects on whatever thread happens to allocate. A QObject that it destroys there leaves its timers
behind in the event loop of its own thread, and the next tick crashes the program (seen: a timer of a page that was
gone, while the synchronisation was reading).
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000
_SETTLED_MS = 2000


class Tidying(QObject):
    """Switches the automatic collection off as long as it lives, and does it between two turns of the event loop. One
    may live within another, as the client does within the demonstration."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._before = gc.isenabled()
        self._stopped = False
        gc.disable()
        self._beat = QTimer(self)
        self._beat.setInterval(_EVERY_MS)
        self._beat.timeout.connect(self.tidy)
        self._beat.start()
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLED_MS)
        self._settling.timeout.connect(self.settle)

    def settle_soon(self) -> None:
        """The pages have come, or gone: once the window is at rest, what is there stays and is not looked through again
        (a whole collection took 55 ms before, and 1 after)."""
        self._settling.start()

    def settle(self) -> None:
        """What had settled before is looked through too: the pages of a session that is over go with it."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def tidy(self) -> None:
        """As much as the interpreter would have done by itself, by its own counts."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """A last time, then as before. Once."""
        if self._stopped:
            return
        self._stopped = True
        self._beat.stop()
        self._settling.stop()
        gc.collect()
        gc.unfreeze()
        if self._before:
            gc.enable()
