"""A list, and beside it what it leads to."""

from typing import Final

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

_STACKED: Final = 620
"""Narrower, the list lies above what it leads to: of 640 pixels a scroll bar may have some."""
_LIST, _FREE = 288, 571
"""How wide the list is where there is room, and how wide what it leads to before it is."""
_LEAST: Final = QSize(220, 96)
"""Of the list: how narrow beside, how low above."""


class Beside(QSplitter):
    """Until the person has moved the edge herself, the list takes about two fifths, from `least` to `most` pixels.
    `key` is where the settings keep the edge."""

    def __init__(self, rows: QWidget, led_to: QWidget, settings: QSettings, key: str, least: int, most: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._settings, self._key, self._least, self._most = settings, key, least, most
        self._kept = settings.value(key)
        self.setChildrenCollapsible(False)
        self.addWidget(rows)
        self.addWidget(led_to)
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self.splitterMoved.connect(self._keep)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._kept:
            self.restoreState(self._kept)
        else:
            wide = event.size().width()
            share = max(self._least, min(self._most, round(wide * 0.41)))
            self.setSizes([share, wide - share])

    def _keep(self) -> None:
        self._kept = self.saveState()
        self._settings.setValue(self._key, self._kept)


class Turning(QSplitter):
    """A list beside what it leads to; in a narrow window a strip above it. `key` is where the settings keep the edge
    between the two that stand beside one another."""

    def __init__(self, rows: QWidget, led_to: QWidget, settings: QSettings, key: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._settings, self._key, self._rows, self._led_to = settings, key, rows, led_to
        self._kept = settings.value(key)
        self.setChildrenCollapsible(False)
        self.addWidget(rows)
        self.addWidget(led_to)
        self.setStretchFactor(1, 1)
        rows.setMinimumWidth(_LEAST.width())
        self.splitterMoved.connect(self._keep)

    def minimumSizeHint(self) -> QSize:
        """It turns where it has not the room to stand side by side."""
        led_to = self._led_to.minimumSizeHint()
        above = _LEAST.height() if self.orientation() is Qt.Orientation.Vertical else 0
        return QSize(max(_LEAST.width(), led_to.width()), led_to.height() + above)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide, high = event.size().width(), event.size().height()
        narrow = wide < _STACKED
        way = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.orientation() is not way:
            self.setOrientation(way)
            self._rows.setMinimumSize(QSize(0, _LEAST.height()) if narrow else QSize(_LEAST.width(), 0))
            if narrow:
                self.setSizes([high // 4, high - high // 4])
        if not narrow and self._kept is not None:
            self.restoreState(self._kept)
        elif not narrow:
            share = min(_LIST, max(_LEAST.width(), wide - _FREE))
            self.setSizes([share, wide - share])

    def _keep(self) -> None:
        if self.orientation() is Qt.Orientation.Horizontal:
            self._kept = self.saveState()
            self._settings.setValue(self._key, self._kept)
