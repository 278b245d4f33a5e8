"""Lucide's drawings in the colours of the day, drawn once per colour, size and screen."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

import resources
from desktop.views.tokens import Look, Size

_FOLDER: Final = Path(resources.__file__).parent / "icons"


HasIcon = QAction | QAbstractButton
"""Whatever wears an icon."""


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    return (_FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def draw(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """The icon `name` of `resources/icons`, in `colour` (`#RRGGBB`), `size` logical pixels square on a screen of
    `ratio`."""
    svg = _drawing(name).replace("currentColor", colour)
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def _aired(picture: QPixmap, gap: int) -> QPixmap:
    if not gap:
        return picture
    ratio = picture.devicePixelRatio()
    wider = QPixmap(picture.width() + round(gap * ratio), picture.height())
    wider.setDevicePixelRatio(ratio)
    wider.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wider)
    painter.drawPixmap(0, 0, picture)
    painter.end()
    return wider


class Icons:
    """Handed to whoever draws. Roles are names of `Tokens`: `text`, `muted`, `accent`, `on_accent`, `error`…"""

    def __init__(self, look: Look) -> None:
        self.look = look

    def pixmap(self, name: str, role: str = "muted", size: int = Size.ICON, ratio: float = 1.0) -> QPixmap:
        """For delegates: `ratio` is the painter's `device().devicePixelRatio()`."""
        return draw(name, str(getattr(self.look.tokens, role)), size, ratio)

    def icon(self, name: str, role: str = "text", size: int = Size.ICON, gap: int = 0) -> QIcon:
        """For one moment's look; what stays on screen is better dressed by `dress`, which follows light and dark. `gap`
        adds air at its right: Qt leaves too little between the icon and the words of a button."""
        made = QIcon()
        for ratio in (1.0, 2.0):
            made.addPixmap(_aired(self.pixmap(name, role, size, ratio), gap))
            made.addPixmap(_aired(self.pixmap(name, "disabled", size, ratio), gap), QIcon.Mode.Disabled)
        return made

    def dress(self, target: HasIcon, name: str, role: str = "text", size: int = Size.ICON, gap: int = 0) -> None:
        """Gives a button or action its icon, and again when the look changes, as long as it lives."""
        for old in target.findChildren(_Dress, options=Qt.FindChildOption.FindDirectChildrenOnly):
            old.retire()
        _Dress(self, target, name, role, size, gap)


class _Dress(QObject):
    """Lives and dies with the widget that wears the icon."""

    def __init__(self, icons: Icons, target: HasIcon, name: str, role: str, size: int, gap: int) -> None:
        super().__init__(target)
        self._target = target
        self._icons, self._name, self._role, self._size, self._gap = icons, name, role, size, gap
        if isinstance(target, QAbstractButton):
            target.setIconSize(QSize(size + gap, size))
        icons.look.changed.connect(self.wear)
        self.wear()

    def retire(self) -> None:
        """At once: what it dressed may be gone before the loop turns again."""
        self._icons.look.changed.disconnect(self.wear)
        self.setParent(None)
        self.deleteLater()

    def wear(self) -> None:
        self._target.setIcon(self._icons.icon(self._name, self._role, self._size, self._gap))
