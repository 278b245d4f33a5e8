"""A list, and beside it what it leads to."""

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget


class Beside(QSplitter):
    """Until the person has moved the edge herself, the list takes two fifths, from `least` to `most` pixels. `key` is
    where the settings keep the edge."""

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
            share = max(self._least, min(self._most, round(wide * 0.4)))
            self.setSizes([share, wide - share])

    def _keep(self) -> None:
        self._kept = self.saveState()
        self._settings.setValue(self._key, self._kept)
