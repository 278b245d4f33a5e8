"""A conversation: days, bubbles, and the earlier ones when they are asked for.

Bubbles are laid out by hand in one canvas and kept as long as their message does not change, so that a ring of the bell
touches only what is new. Of a long conversation the last messages are made at once, some more while nothing else is to
be done, and the rest when the clerk asks for them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desktop.services.contact import Delivery, MessageRow
from desktop.views import wording
from desktop.views.contact.attachments import Attachments
from desktop.views.contact.bubbles import Bubble, Fields, Remedies
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Size, Space, font

_AT_FIRST: Final = 12
_CHUNK: Final = 6
_ENOUGH: Final = 30
_WIDEST: Final = 660
_HEADING: Final = 32
_LEAST: Final = 160
"""What is left of it, however much is written below: one answers what one can read."""


class _Anchor(Enum):
    """What stays in view when the height of things changes."""

    START = "start"
    """Where reading begins: the first unread message, else the end."""
    END = "end"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class Tools:
    """What bubbles need; `now` tells the time."""

    attachments: Attachments
    remedies: Remedies
    icons: Icons
    now: Callable[[], datetime]
    hold: timedelta


class Conversation(QScrollArea):
    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().setSingleStep(24)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Conversation")
        self.setMinimumHeight(_LEAST)
        self._canvas = QWidget()
        self._canvas.setAccessibleName("Messages")
        self.setWidget(self._canvas)
        self._canvas.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().actionTriggered.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._settle)
        self._request_id: str | None = None
        self._messages: tuple[MessageRow, ...] = ()
        self._fields: Fields = ()
        self._shown = _AT_FIRST
        self._wanted = _ENOUGH
        self._anchor = _Anchor.START
        self._bubbles: dict[str, Bubble] = {}
        self._days: dict[date, Label] = {}
        self._earlier = Button("", does=self.show_earlier)
        self._earlier.setParent(self._canvas)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._grow)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)

    @property
    def bubbles(self) -> list[Bubble]:
        """Those on the canvas, oldest first."""
        return [self._bubbles[message.message_id] for message in self._visible()]

    def clear(self) -> None:
        self.show_messages(None, (), ())

    def show_messages(self, request_id: str | None, messages: tuple[MessageRow, ...], fields: Fields) -> None:
        """The conversation of this request as it is now. Where one reads is kept, unless it is another request."""
        anew = request_id != self._request_id
        if anew:
            self._anchor = _Anchor.START
            self._wanted = _ENOUGH
            self._shown = max(_AT_FIRST, min(_ENOUGH, len(messages) - _first_unread(messages)))
        else:
            if self._anchor is _Anchor.START:
                self._scrolled()
            self._shown += max(0, len(messages) - len(self._messages))
        self._request_id, self._messages, self._fields = request_id, messages, fields
        self._make()
        self._arrange()
        self._settle()
        self._go_on()

    def show_earlier(self) -> None:
        """Thirty more; what is being read stays where it is."""
        self._anchor = _Anchor.HERE
        self._wanted = max(self._wanted, self._shown) + _ENOUGH
        self._grow()

    def _grow(self) -> None:
        """A few more above, and so on while the event loop has nothing else to do."""
        before = self._canvas.height() - self.verticalScrollBar().value()
        self._shown += _CHUNK
        self._make()
        self._arrange()
        if self._anchor is _Anchor.HERE:
            self.verticalScrollBar().setValue(self._canvas.height() - before)
        else:
            self._settle()
        self._go_on()

    def _go_on(self) -> None:
        if self._shown < min(self._wanted, len(self._messages)):
            self._idle.start()

    def to_end(self) -> None:
        """The last message, and those that come after it."""
        self._anchor = _Anchor.END
        self._settle()

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event)
        self._scrolled()

    def _scrolled(self) -> None:
        """The clerk has moved, or has read: she stays where she is, or at the end if she is there."""
        bar = self.verticalScrollBar()
        self._anchor = _Anchor.END if bar.sliderPosition() >= bar.maximum() - 8 else _Anchor.HERE

    def _settle(self) -> None:
        """The range is known only once all is laid out, so this is said again whenever it changes."""
        bar = self.verticalScrollBar()
        unread = next((bubble for bubble in self.bubbles if bubble.message.unread), None)
        if self._anchor is _Anchor.START and unread is not None:
            bar.setValue(unread.y() - _HEADING - Space.L)
        elif self._anchor is not _Anchor.HERE:
            bar.setValue(bar.maximum())

    def _visible(self) -> tuple[MessageRow, ...]:
        return self._messages[max(0, len(self._messages) - self._shown) :]

    # Making

    def _make(self) -> None:
        kept: dict[str, Bubble] = {}
        visible = self._visible()
        for message in visible:
            fields = self._fields if message is self._messages[0] else ()
            old = self._bubbles.pop(message.message_id, None)
            if old is not None and old.message == message and old.fields == tuple(fields):
                kept[message.message_id] = old
                continue
            had_focus = old is not None and old.hasFocus()
            if old is not None:
                _drop(old)
            kept[message.message_id] = self._bubble(message, fields)
            if had_focus:
                kept[message.message_id].setFocus()
        for gone in self._bubbles.values():
            _drop(gone)
        self._bubbles = kept
        self._order()
        self._make_days({wording.local(message.at).date() for message in visible})
        hidden = len(self._messages) - len(visible)
        self._earlier.setVisible(hidden > 0)
        self._earlier.setText(f"Afficher les messages précédents ({hidden})")
        if any(message.delivery is Delivery.HELD for message in visible):
            self._clock.start()
        else:
            self._clock.stop()

    def _bubble(self, message: MessageRow, fields: Fields) -> Bubble:
        tools = self._tools
        bubble = Bubble(message, fields, tools.attachments, tools.remedies, tools.icons, tools.hold, self._canvas)
        bubble.tick(tools.now())
        bubble.installEventFilter(self)
        for chip in bubble.chips:
            chip.installEventFilter(self)
        for button in bubble.buttons:
            button.installEventFilter(self)
        bubble.show()
        return bubble

    def _order(self) -> None:
        """The Tab key goes from the conversation to what acts in it, then on to the reply."""
        before: QWidget = self
        for stop in (self._earlier, *(stop for bubble in self.bubbles for stop in (*bubble.chips, *bubble.buttons))):
            QWidget.setTabOrder(before, stop)
            before = stop

    def _make_days(self, days: set[date]) -> None:
        for day in [day for day in self._days if day not in days]:
            _drop(self._days.pop(day))
        today = wording.local(self._tools.now()).date()
        for day in days:
            if day not in self._days:
                heading = Label("", "meta")
                heading.setFont(font(Size.META, 600))
                heading.setParent(self._canvas)
                heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
                heading.show()
                self._days[day] = heading
            self._days[day].setText(wording.day_heading(day, today))

    def _tick(self) -> None:
        now = self._tools.now()
        for bubble in self._bubbles.values():
            if bubble.message.delivery is Delivery.HELD:
                bubble.tick(now)

    # Laying out

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._settle()

    def _arrange(self) -> None:
        wide = self.viewport().width()
        side = Space.XL if wide > 460 else Space.M
        inner = wide - 2 * side + (Space.M if wide > 460 else 4)
        y = Space.S
        if self._earlier.isVisibleTo(self._canvas):
            size = self._earlier.sizeHint()
            self._earlier.setGeometry((wide - size.width()) // 2, y + 4, size.width(), size.height())
            y += size.height() + Space.M
        day: date | None = None
        for bubble in self.bubbles:
            when = wording.local(bubble.message.at).date()
            if when != day:
                self._days[when].setGeometry(0, y, wide, _HEADING)
                day, y = when, y + _HEADING + Space.XS
            width = bubble.natural_width(min(_WIDEST, round(inner * 0.86)))
            high = bubble.arrange(width)
            bubble.setGeometry(side + inner - width if bubble.message.mine else side, y, width, high)
            y += high + Space.M
        self._canvas.resize(wide, y + Space.S)

    # Keys: one message after another

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._bubbles:
            self._step(None, -1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            top = watched.mapTo(self._canvas, QPoint(0, 0)).y()
            self.ensureVisible(0, top, 0, 12)
            self.ensureVisible(0, min(top + watched.height(), top + self.viewport().height() - 24), 0, 12)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, Bubble):
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
            if step:
                self._step(watched, step)
                return True
        return super().eventFilter(watched, event)

    def _step(self, bubble: Bubble | None, step: int) -> None:
        shown = self.bubbles
        place = shown.index(bubble) + step if bubble is not None else (len(shown) - 1 if step < 0 else 0)
        shown[max(0, min(len(shown) - 1, place))].setFocus()


def _first_unread(messages: tuple[MessageRow, ...]) -> int:
    return next((place for place, message in enumerate(messages) if message.unread), len(messages))


def _drop(widget: QWidget) -> None:
    widget.hide()
    widget.deleteLater()
