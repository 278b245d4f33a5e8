"""A leave on one line of time, painted; ← → go from period to period and say each."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.allowances.picture.course import COLUMNS, Course, MarkKind, Segment, Stretch, course
from desktop.views.allowances.picture.legend import legend_height, paint_legend, paint_sign
from desktop.views.fields.picture import Picture, months
from desktop.views.fields.shapes import Label
from desktop.views.later import Later
from desktop.views.tokens import Look, Size, Space, font

if TYPE_CHECKING:
    from desktop.services.review.searching import Sheet

_LANE: Final = 30
_BAR: Final = 20
_AXIS: Final = 20
_MARKS: Final = 34
_NAMES: Final = 118
_CENTRE: Final = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Strip(Picture):
    """The picture itself."""

    def __init__(self, look: Look, caption: Label) -> None:
        super().__init__(look, caption)
        self._course: Course | None = None

    def tell(self, told: Course) -> None:
        """Shows this leave."""
        if told == self._course:
            return
        self._course, self._at = told, -1
        self.setAccessibleName(f"Image de l’arrêt de {told.who}")
        self.setAccessibleDescription(told.words)
        self._fit()
        self.update()

    def _fit(self) -> None:
        """As high as its lanes and its legend; the width is the pane's to give."""
        if self._course is not None:
            lanes = len(self._course.lanes) * _LANE
            legend = legend_height(max(1, self.width()), self._stretches())
            self.setFixedHeight(round(_MARKS + lanes + _AXIS + Space.S + legend))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # Where things are

    def _segments(self) -> list[tuple[int, Segment]]:
        """All segments with their lane, lane by lane."""
        lanes = self._course.lanes if self._course is not None else ()
        return [(place, each) for place, lane in enumerate(lanes) for each in lane.segments]

    def _stretches(self) -> list[Stretch]:
        there = {each.stretch for _, each in self._segments()}
        return [stretch for stretch in Stretch if stretch in there]

    @property
    def _named(self) -> bool:
        return self._course is not None and len(self._course.lanes) > 1

    def _left(self) -> float:
        return float(_NAMES if self._named else 0)

    def _x(self, day: date) -> float:
        """The left edge of a day."""
        told = self._course
        if told is None:
            return 0.0
        whole = (told.last - told.first).days + 1
        return self._left() + (self.width() - self._left() - 1) * (day - told.first).days / whole

    def box(self, lane: int, segment: Segment) -> QRectF:
        """Where a segment is drawn; a single day of a long leave is still seen."""
        left, right = self._x(segment.first), self._x(segment.last + timedelta(1))
        return QRectF(left, _MARKS + lane * _LANE + (_LANE - _BAR) / 2, max(2.0, right - left), _BAR)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        told = self._course
        if told is None:
            return
        painter = QPainter(self)
        for place, (lane, segment) in enumerate(self._segments()):
            box = self.box(lane, segment)
            paint_sign(painter, self._look, box, segment.stretch)
            if place == self._at and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self._look.colour("text"), 2))
                painter.drawRect(box.adjusted(-1, -2, 1, 2))
        self._paint_names(painter, told)
        self._paint_axis(painter, told)
        self._paint_marks(painter, told)
        legend = _MARKS + len(told.lanes) * _LANE + _AXIS + Space.S
        paint_legend(painter, self._look, QRectF(0, legend, self.width(), 80), self._stretches())
        self._paint_focus(painter)

    def _paint_names(self, painter: QPainter, told: Course) -> None:
        if not self._named:
            return
        painter.setFont(font(Size.META))
        painter.setPen(self._look.colour("muted"))
        for place, lane in enumerate(told.lanes):
            box = QRectF(0, _MARKS + place * _LANE, _NAMES - Space.S, _LANE)
            name = lane.name or "Sans organisme"
            painter.drawText(box, _LEFT, _elided(painter, name, box.width()))

    def _paint_axis(self, painter: QPainter, told: Course) -> None:
        """A stroke at each first of a month, with its name where there is room."""
        top = _MARKS + len(told.lanes) * _LANE
        painter.setPen(QPen(self._look.colour("input_border"), 1))
        painter.drawLine(QPointF(self._left(), top), QPointF(self.width(), top))
        painter.setFont(font(Size.META, tabular=True))
        free = -1.0
        for day in months(told.first, told.last):
            left, name = self._x(day), _month_name(day)
            painter.setPen(QPen(self._look.colour("input_border"), 1))
            painter.drawLine(QPointF(left, top), QPointF(left, top + 4))
            wide = QFontMetricsF(painter.font()).horizontalAdvance(name)
            if left >= free and left + wide <= self.width():
                painter.setPen(self._look.colour("muted"))
                painter.drawText(QRectF(left + 3, top + 2, wide + 2, _AXIS - 2), _LEFT, name)
                free = left + wide + 12

    def _paint_marks(self, painter: QPainter, told: Course) -> None:
        """Above the lanes, in two rows so that neighbours do not meet; a stroke goes down through them."""
        bottom = _MARKS + len(told.lanes) * _LANE
        painter.setFont(font(Size.META, 600))
        ends = [0.0, 0.0]
        for mark in told.marks:
            after = mark.kind in (MarkKind.DAY_60, MarkKind.YEAR_END, MarkKind.EXPECTED)  # the limit is that day's end
            x = self._x(mark.day + timedelta(1) if after else mark.day)
            ink = self._look.colour("muted" if mark.kind in (MarkKind.START, MarkKind.EXPECTED) else "text")
            painter.setPen(QPen(ink, 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, 16), QPointF(x, bottom + 4))
            said = f"{mark.kind.value} {mark.day:%d/%m}"
            wide = QFontMetricsF(painter.font()).horizontalAdvance(said)
            left = max(0.0, min(x - wide / 2, self.width() - wide))
            row = next((row for row in (0, 1) if left >= ends[row]), None)
            if row is not None:
                ends[row] = left + wide + 10
                painter.setPen(ink)
                box = QRectF(left, row * 15, wide + 2, 16)
                painter.fillRect(box, self._look.colour("surface"))
                painter.drawText(box, _CENTRE, said)

    # What is pointed at

    def _boxes(self) -> list[QRectF]:
        return [self.box(lane, segment) for lane, segment in self._segments()]

    def _words(self, place: int) -> str:
        return self._segments()[place][1].words

    def _caption_of(self, place: int) -> str:
        lanes = self._course.lanes if self._course is not None else ()
        name = lanes[self._segments()[place][0]].name if self._named else ""
        return f"{name}{wording.NBSP}: {self._words(place)}" if name else self._words(place)


@dataclass(frozen=True, slots=True)
class _Asked:
    leave: int
    expected_end: date | None


class LeavePicture(QWidget):
    """A leave of the sheet with its caption, asked of the reader; hidden while there is nothing to show."""

    def __init__(self, look: Look, later: Later) -> None:
        super().__init__()
        self._later = later
        self._asked: tuple[Sheet, _Asked] | None = None
        self._caption = Label("", "meta", wrap=True)
        self.strip = Strip(look, self._caption)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self.strip)
        column.addWidget(self._caption)
        self.hide()

    def tell(self, sheet: "Sheet | None", leave: int | None, expected_end: date | None = None) -> None:
        """Shows a leave by its number; None for none."""
        if sheet is None or leave is None:
            self._asked = None
            self.hide()
            return
        asked = sheet, _Asked(leave, expected_end)
        if asked != self._asked:
            self._asked = asked
            self._caption.setText("")
            self._later.ask(self, partial(_course_of, *asked), self._show, what="leave")

    def _show(self, told: Course | None) -> None:
        if told is not None:
            self.strip.tell(told)
        self.strip.setVisible(told is not None)
        self._caption.setText("" if told is not None else "Aucune période datée à montrer pour cet arrêt.")
        self.setVisible(self._asked is not None)


def _course_of(sheet: "Sheet", asked: _Asked) -> Course | None:
    from desktop.services.review.searching import Selection

    found = sheet.find(Selection(leave=asked.leave))
    return course(found.lines(COLUMNS), asked.expected_end)


def _elided(painter: QPainter, text: str, width: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, width)


def _month_name(day: date) -> str:
    name = wording.SHORT_MONTHS[day.month - 1]
    said = name if day.day == 1 else f"{day.day}{wording.NBSP}{name}"
    return f"{said}{wording.NBSP}{day.year}" if day.month == 1 or day.day != 1 else said
