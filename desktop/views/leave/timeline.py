"""A leave on one line of time, painted; ← → go from period to period and say each."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen

from desktop.services.leave import Course, Span, SpanKind
from desktop.views import wording
from desktop.views.fields.picture import Picture, months
from desktop.views.fields.shapes import Label
from desktop.views.leave import saying
from desktop.views.tokens import Look, Size, font
from desktop.views.wording import NBSP

_MARKS: Final = 20
_LANE: Final = 22
_BETWEEN: Final = 6
_AXIS: Final = 22
_LEGEND: Final = 20
_DAY: Final = timedelta(days=1)
_BELOW: Final = frozenset({SpanKind.WAITING, SpanKind.FRANCHISE, SpanKind.PAID, SpanKind.UNPAID})
"""What the contract makes of the days, under what was prescribed."""
_SIGNS: Final = {
    SpanKind.WITHDRAWN: ("muted", "muted", Qt.BrushStyle.FDiagPattern),
    SpanKind.PRESCRIBED: ("accent", "accent", Qt.BrushStyle.SolidPattern),
    SpanKind.PROLONGATION: ("info_ground", "accent", Qt.BrushStyle.SolidPattern),
    SpanKind.BETWEEN: ("muted", "muted", Qt.BrushStyle.Dense6Pattern),
    SpanKind.WAITING: ("going", "going", Qt.BrushStyle.BDiagPattern),
    SpanKind.FRANCHISE: ("closed_ground", "input_border", Qt.BrushStyle.SolidPattern),
    SpanKind.PAID: ("ok", "ok", Qt.BrushStyle.SolidPattern),
    SpanKind.UNPAID: ("error", "error", Qt.BrushStyle.DiagCrossPattern),
}
"""Ground, edge and pattern: no period is told by its colour alone."""
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Timeline(Picture):
    def __init__(self, look: Look, caption: Label) -> None:
        super().__init__(look, caption)
        self._course: Course | None = None
        self._today = date.min

    def tell(self, course: Course, today: date) -> None:
        """Shows this course."""
        if (course, today) == (self._course, self._today):
            return
        self._course, self._today, self._at = course, today, -1
        self._caption.setText("")
        self.setAccessibleName("Ligne de temps de l\u2019arrêt")
        parts = [saying.span(each) for each in self._spans()]
        if course.returned_on is not None:
            parts.append(f"Reprise le {wording.day(course.returned_on)}")
        self.setAccessibleDescription(f"{'. '.join(parts)}.")
        self.setFixedHeight(_MARKS + 2 * _LANE + _BETWEEN + _AXIS + _LEGEND * self._legend_lines())
        self.update()

    # Where things are

    def _spans(self) -> list[Span]:
        spans = self._course.spans if self._course is not None else ()
        return sorted(spans, key=lambda span: (span.kind in _BELOW, span.start))

    @property
    def _first(self) -> date:
        return self._course.start if self._course is not None else date.min

    @property
    def _last(self) -> date:
        """The return is on the picture, with a day to stand on."""
        if self._course is None:
            return date.min
        back = self._course.returned_on
        return max(self._course.end, back) if back is not None else self._course.end

    def _x(self, day: date) -> float:
        """The left edge of a day."""
        whole = (self._last - self._first).days + 1
        return (self.width() - 2) * (day - self._first).days / whole + 1

    def box(self, span: Span) -> QRectF:
        """Where a period is drawn; a single day of a long leave is still seen."""
        left, right = self._x(span.start), self._x(span.end + _DAY)
        top = _MARKS + (_LANE + _BETWEEN if span.kind in _BELOW else 0)
        return QRectF(left, top, max(3.0, right - left), _LANE)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if self._course is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, span in enumerate(self._spans()):
            self._paint_sign(painter, self.box(span), span)
            if place == self._at and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self._look.colour("text"), 2))
                painter.drawRect(self.box(span).adjusted(0, -1, 0, 1))
        self._paint_axis(painter)
        self._paint_marks(painter)
        self._paint_legend(painter)
        self._paint_focus(painter)
        painter.end()

    def _paint_sign(self, painter: QPainter, box: QRectF, span: Span) -> None:
        ground, edge, pattern = _SIGNS[span.kind]
        inner = box.adjusted(0.5, 0.5, -0.5, -0.5)
        if pattern is not Qt.BrushStyle.SolidPattern:
            painter.fillRect(inner, self._look.colour("surface"))
        colour: QColor = self._look.colour("surface" if span.pending else ground)
        brush = painter.brush()
        brush.setColor(colour)
        brush.setStyle(pattern)
        painter.setBrush(brush)
        style = Qt.PenStyle.DashLine if span.pending else Qt.PenStyle.SolidLine
        painter.setPen(QPen(self._look.colour(edge), 1.5 if span.pending else 1, style))
        painter.drawRect(inner)

    def _paint_axis(self, painter: QPainter) -> None:
        """A stroke at each first of a month, with its name where there is room."""
        top = _MARKS + 2 * _LANE + _BETWEEN + 2
        painter.setPen(QPen(self._look.colour("input_border"), 1))
        painter.drawLine(QPointF(1, top), QPointF(self.width() - 1, top))
        painter.setFont(font(Size.META, tabular=True))
        metrics = QFontMetricsF(painter.font())
        free = -1.0
        for day in months(self._first, self._last):
            left = self._x(day)
            name = wording.SHORT_MONTHS[day.month - 1] if day.day == 1 else f"{day:%d/%m}"
            said = f"{name}{NBSP}{day.year}" if day.month == 1 and day.day == 1 else name
            painter.setPen(QPen(self._look.colour("input_border"), 1))
            painter.drawLine(QPointF(left, top), QPointF(left, top + 4))
            wide = metrics.horizontalAdvance(said)
            if left >= free and left + wide + 4 <= self.width():
                painter.setPen(self._look.colour("muted"))
                painter.drawText(QRectF(left + 3, top + 3, wide + 2, _AXIS - 4), _LEFT, said)
                free = left + wide + 12

    def _marks(self) -> list[tuple[date, str, str]]:
        """Today, and the return, with their ink and name; neither for a leave that was withdrawn."""
        back = self._course.returned_on if self._course is not None else None
        marks = [(back, "text", "Reprise")] if back is not None else []
        gone = any(span.kind is SpanKind.WITHDRAWN for span in self._spans())
        if self._first <= self._today <= self._last and not gone:
            marks.append((self._today, "muted", "Aujourd\u2019hui"))
        return marks

    def _paint_marks(self, painter: QPainter) -> None:
        """As strokes through both lanes."""
        painter.setFont(font(Size.META, 600))
        metrics = QFontMetricsF(painter.font())
        taken: list[tuple[float, float]] = []
        for day, ink, name in self._marks():
            x = self._x(day)
            painter.setPen(QPen(self._look.colour(ink), 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, _MARKS - 4), QPointF(x, _MARKS + 2 * _LANE + _BETWEEN + 2))
            said = f"{name} {day:%d/%m}"
            wide = metrics.horizontalAdvance(said)
            left = max(0.0, min(x - wide / 2, self.width() - wide - 2))
            if all(left > last or left + wide < first for first, last in taken):
                painter.setPen(self._look.colour(ink))
                painter.drawText(QRectF(left, 0, wide + 2, _MARKS - 4), _LEFT, said)
                taken.append((left - 8, left + wide + 8))

    # The legend

    def _kinds(self) -> list[SpanKind]:
        there = {span.kind for span in self._spans()}
        return [kind for kind in SpanKind if kind in there]

    def _legend(self) -> Iterator[tuple[float, int, SpanKind]]:
        """Where each sign stands: its left edge and its line."""
        metrics = QFontMetricsF(font(Size.META))
        left, line = 0.0, 0
        for kind in self._kinds():
            wide = 18 + metrics.horizontalAdvance(saying.SPANS[kind]) + 14
            if left and left + wide > self.width():
                left, line = 0.0, line + 1
            yield left, line, kind
            left += wide

    def _legend_lines(self) -> int:
        return max((line for _, line, _ in self._legend()), default=0) + 1

    def _paint_legend(self, painter: QPainter) -> None:
        top = _MARKS + 2 * _LANE + _BETWEEN + _AXIS
        for left, line, kind in self._legend():
            middle = top + line * _LEGEND + _LEGEND / 2
            self._paint_sign(painter, QRectF(left, middle - 6, 12, 12), Span(kind, self._first, self._first))
            painter.setFont(font(Size.META))
            painter.setPen(self._look.colour("muted"))
            painter.drawText(QRectF(left + 18, middle - 10, 240, 20), _LEFT, saying.SPANS[kind])

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._course is not None:
            self.setFixedHeight(_MARKS + 2 * _LANE + _BETWEEN + _AXIS + _LEGEND * self._legend_lines())

    # What is pointed at

    def _boxes(self) -> list[QRectF]:
        return [self.box(span) for span in self._spans()]

    def _words(self, place: int) -> str:
        return saying.span(self._spans()[place])
