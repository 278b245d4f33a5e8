"""Pictures of the window, with whatever is open over it."""

import os
from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop.tour.patience import go_on, until


def crisp() -> None:
    """Pictures drawn without a screen are made for screens of high density, before Qt starts."""
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        os.environ.setdefault("QT_SCALE_FACTOR", "1.5")


class Camera:
    """Stands before one window."""

    def __init__(self, qt: QApplication, window: QWidget) -> None:
        self._qt, self._window = qt, window

    def still(self, drawn: Callable[[], bool] | None = None) -> QImage:
        """The window once nothing moves in it: two looks are the same, with time to move before each. `drawn` tells
        that what another thread paints is there: a page still white stands as still as one that is. Raises
        `NotSeen`."""
        go_on()
        seen = [self.snap().toImage()]
        go_on()

        def stands() -> bool:
            seen.append(self.snap().toImage())
            return seen[-1] == seen[-2] and (drawn is None or drawn())

        until(stands, "L’image ne se stabilise pas.")
        return seen[-1]

    def snap(self) -> QPixmap:
        """As it is at this moment, laid out or not."""
        whole = self._window.grab()
        origin = self._window.mapToGlobal(QPoint(0, 0))
        frame = QRect(QPoint(0, 0), self._window.size())
        painter = QPainter(whole)
        for top in self._qt.topLevelWidgets():
            if top is not self._window and top.isVisible() and top.width() > 1:
                place = QRect(top.mapToGlobal(QPoint(0, 0)) - origin, top.size())
                if _is_dialog(top):
                    painter.fillRect(frame, QColor(0, 0, 0, 90))
                if _is_dialog(top) or not place.intersects(frame):
                    # On its screen it is in the middle of the window, as far as the screen is large enough.
                    place.moveCenter(frame.center())
                painter.drawPixmap(place.topLeft(), top.grab())
                painter.setPen(QColor(128, 128, 128))
                painter.drawRect(place)
        painter.end()
        return whole


def _is_dialog(top: QWidget) -> bool:
    return isinstance(top, QDialog) and top.windowType() is not Qt.WindowType.Popup
