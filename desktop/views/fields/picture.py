"""A painted picture whose parts are said: those that are pointed at, and those that ← → go to."""

from collections.abc import Iterator, Sequence
from datetime import date

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.views import wording
from desktop.views.fields.shapes import Label, announce
from desktop.views.tokens import Look


class Picture(QWidget):
    """Its description is the whole of it in words; what is pointed at is said by its owner (`caption`). `_at` is the
    part that was said last, -1 for none."""

    def __init__(self, look: Look, caption: Label) -> None:
        super().__init__()
        self._look, self._caption = look, caption
        self._at = -1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(420, self.height())

    # What each picture says

    def _boxes(self) -> Sequence[QRectF]:
        """Where the parts are drawn, the uppermost last."""
        raise AssertionError(self)

    def _words(self, place: int) -> str:
        """What one part is."""
        raise AssertionError((self, place))

    def _caption_of(self, place: int) -> str:
        """The same below the picture."""
        return self._words(place)

    def _stops(self) -> Sequence[int]:
        """The parts that the keys go to."""
        return range(len(self._boxes()))

    def _under(self, at: QPointF) -> int:
        found = [place for place, box in enumerate(self._boxes()) if box.contains(at)]
        return found[-1] if found else -1

    # What is pointed at

    def _say(self, place: int) -> None:
        self._at = place
        words = self._caption_of(place) if place >= 0 else ""
        self._caption.setText(words)
        if words and self.hasFocus():
            announce(self, words)
        self.update()

    def _paint_focus(self, painter: QPainter) -> None:
        """Around the whole, as long as one is at no part of it."""
        if self.hasFocus() and self._at < 0:
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._under(event.position())
        if place >= 0 and place != self._at:
            self._say(place)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._under(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), wording.tip(self._words(place) if place >= 0 else ""), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        there = self._stops() or [-1]
        after = [place for place in there if place > self._at] or there[-1:]
        before = [place for place in there if place < self._at] or there[:1]
        steps = {Qt.Key.Key_Right: after[0], Qt.Key.Key_Left: before[-1]}
        steps |= {Qt.Key.Key_Home: there[0], Qt.Key.Key_End: there[-1]}
        place = steps.get(Qt.Key(event.key()))
        if place is None:
            super().keyPressEvent(event)
        else:
            self._say(place)


def months(first: date, last: date) -> Iterator[date]:
    """The very first day, then the first of each month."""
    yield first
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        if date(year, month, 1) > last:
            return
        yield date(year, month, 1)
