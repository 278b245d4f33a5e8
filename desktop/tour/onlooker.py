"""Who watches the whole screen while the tour plays: no picture of the window would show what flashes beside it."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget

_OF_THEIR_OWN: Final = (Qt.WindowType.Window, Qt.WindowType.Widget)
"""What a widget without a parent is, unless it says that it is a dialog, a menu or a tip."""


class Onlooker(QObject):
    """`strays` are the words of widgets that were shown before their layout had them: each stood in a window of its
    own for an instant, and took the focus."""

    def __init__(self, qt: QApplication, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.strays: list[str] = []
        qt.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and self._is_stray(watched):
            text = getattr(watched, "text", None)
            said = str(text()) if callable(text) else ""
            self.strays.append(said or watched.accessibleName() or type(watched).__name__)
        return super().eventFilter(watched, event)

    def _is_stray(self, shown: QWidget) -> bool:
        apart = isinstance(shown, QMainWindow | QDialog) or shown is self._window
        return shown.isWindow() and not apart and shown.windowType() in _OF_THEIR_OWN
