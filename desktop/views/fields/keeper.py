"""What is typed is written down while it is typed."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

_KEEP_MS: Final = 500


class Keeper(QTimer):
    """Calls `keeps` half a second after something was typed, or at once by `keep`."""

    def __init__(self, parent: QObject, keeps: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(_KEEP_MS)
        self.dirty = False
        self._keeps = keeps
        self.timeout.connect(self.keep)

    def typed(self) -> None:
        self.dirty = True
        if not self.isActive():
            self.start()

    def keep(self) -> None:
        """Writes down what is not kept yet. What cannot be written now is still to be kept."""
        self.stop()
        if self.dirty:
            self._keeps()
            self.dirty = False

    def forget(self) -> None:
        """What was typed is sent, or thrown away."""
        self.stop()
        self.dirty = False
