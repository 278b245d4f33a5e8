"""Parts that give way: as high as what they hold, and lower where there is no room for that."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget


class Part(QFrame):
    """May have any height between the least it needs at its width and what it would like. Qt itself gives a part with
    wrapped words all it would like, whatever is left for its neighbours."""

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        inside, hint = self.layout(), super().sizeHint()
        if inside is not None and inside.hasHeightForWidth():
            hint.setHeight(inside.totalHeightForWidth(self.width()))
        return hint

    def minimumSizeHint(self) -> QSize:
        inside, hint = self.layout(), super().minimumSizeHint()
        if inside is not None and inside.hasHeightForWidth():
            hint.setHeight(inside.totalMinimumHeightForWidth(self.width()))
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


class Yielding(QScrollArea):
    """Scrolls where it is squeezed. `least`: how low it may be squeezed by what stands around it; not at all when None.
    `most`: how high it is at most. Both in logical pixels."""

    def __init__(self, inside: QWidget, name: str, least: int | None, most: int | None = None) -> None:
        super().__init__()
        self._inside, self._least, self._most = inside, least, most
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setWidget(inside)
        inside.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.fit()

    def fit(self) -> None:
        """As high as what it holds at this width."""
        wide = self.viewport().width()
        inside = self._inside
        high = inside.heightForWidth(wide) if inside.hasHeightForWidth() else inside.sizeHint().height()
        high = high if self._most is None else min(high, self._most)
        self.setMinimumHeight(high if self._least is None else min(high, self._least))
        self.setMaximumHeight(high)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.maximumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return super().eventFilter(watched, event)
