"""A picture, read by the reader of its declared format and no other."""

import math
from functools import partial
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea

from desktop.views.fields.shapes import Button, IconButton
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.viewer.excuses import unreadable

_PICTURE_MB: Final = 192
_LONGEST_SIDE: Final = 6000
_STEP: Final = 1.2
_ZOOMED_PIXELS: Final = 36_000_000
"""Of a picture as it is drawn, four bytes each: 144 MB."""


def decode(form: bytes, content: bytes) -> QImage:
    """The picture, by the reader of that format alone; null when it is not one. Very large ones are read smaller."""
    octets = QByteArray(content)
    buffer = QBuffer(octets)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(form))
    reader.setAutoDetectImageFormat(False)
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > _LONGEST_SIDE:
        reader.setScaledSize(size.scaled(QSize(_LONGEST_SIDE, _LONGEST_SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class PicturePane(QScrollArea):
    """A picture, decoded off the GUI thread, fitted to the window or zoomed."""

    def __init__(self, icons: Icons, bar: QHBoxLayout, later: Later, form: bytes, content: bytes) -> None:
        super().__init__()
        self._icons = icons
        self._picture = QPixmap()
        self._scale: float | None = None
        self._label = QLabel("Lecture de l\u2019image…")
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(self._label)
        self.setWidgetResizable(True)
        self.setAccessibleName("Image")
        bar.addWidget(IconButton(icons, "zoom-out", "Réduire", "Ctrl+-", does=self.zoom_out))
        bar.addWidget(IconButton(icons, "zoom-in", "Agrandir", "Ctrl++", does=self.zoom_in))
        bar.addWidget(Button("Ajuster", "flat", does=self.fit))
        QImageReader.setAllocationLimit(_PICTURE_MB)
        later.ask(self, partial(decode, form, content), self._shown, what="picture")

    @property
    def picture(self) -> QPixmap:
        """What is shown; null before it is decoded, or when it cannot be."""
        return self._picture

    def _shown(self, image: QImage) -> None:
        if image.isNull():
            self.setWidget(unreadable(self._icons, locked=False))
            return
        self._picture = QPixmap.fromImage(image)
        self._draw()

    def zoom_in(self) -> None:
        self._scale = self._now() * _STEP
        self._draw()

    def zoom_out(self) -> None:
        self._scale = self._now() / _STEP
        self._draw()

    def fit(self) -> None:
        self._scale = None
        self._draw()

    def _now(self) -> float:
        if self._scale is not None:
            return self._scale
        room, size = self.viewport().size(), self._picture.size()
        return min(1.0, room.width() / max(1, size.width()), room.height() / max(1, size.height()))

    def _draw(self) -> None:
        if not self._picture.isNull():
            if self._scale is not None:
                area = self._picture.width() * self._picture.height()
                self._scale = max(0.05, min(8.0, math.sqrt(_ZOOMED_PIXELS / area), self._scale))
            size = self._picture.size() * self._now()
            smooth = Qt.TransformationMode.SmoothTransformation
            self._label.setPixmap(self._picture.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, smooth))
            self._label.setMinimumSize(size if self._scale is not None else QSize(0, 0))

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._scale is None:
            self._draw()
