"""The headings of the matrix, which stay in sight: names of people or spaces at the left, spaces or rights above."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop.views.icons import Icons
from desktop.views.tokens import Size, font
from desktop.views.users.matrix.cells import Cells

TALL: Final = 132
LOW: Final = 64
_SIDE: Final = 8
_PEOPLE, _SPACES = 230, 300


class Heading(QHeaderView):
    """`upright` writes names from below to above, where columns are too narrow for words; lines are people then, and
    spaces else, whose names are longer."""

    def __init__(self, way: Qt.Orientation, cells: Cells, icons: Icons, parent: QWidget) -> None:
        super().__init__(way, parent)
        self._cells, self._look = cells, icons.look
        self.upright = False
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        icons.look.changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        if self.orientation() is Qt.Orientation.Horizontal:
            return QSize(100, TALL if self.upright else LOW)
        return QSize(_PEOPLE if self.upright else _SPACES, 100)

    def paintSection(self, painter: QPainter, box: QRect, section: int) -> None:  # noqa: N802 - Qt's name
        painter.save()
        painter.fillRect(box, self._look.colour("surface"))
        painter.setPen(self._look.colour("hairline"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if self.orientation() is Qt.Orientation.Vertical:
            painter.drawLine(box.topRight(), box.bottomRight())
            self._write_line(painter, box, section)
        elif self.upright:
            self._write_upright(painter, box, section)
        else:
            self._write_wrapped(painter, box, section)
        painter.restore()

    def _write_line(self, painter: QPainter, box: QRect, section: int) -> None:
        name, note = self._cells.line_name(section), self._cells.line_note(section)
        inside = box.adjusted(_SIDE * 2, 0, -_SIDE, -1)
        painter.setFont(font(Size.SECONDARY, 500))
        metrics = painter.fontMetrics()
        painter.setPen(self._look.colour("text"))
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, _LEFT, shown)
        left = metrics.horizontalAdvance(shown) + _SIDE
        if note and left < inside.width() - 30:
            self._quietly(painter, inside.adjusted(left, 1, 0, 0), note)

    def _write_upright(self, painter: QPainter, box: QRect, section: int) -> None:
        name, note = self._cells.column_name(section), self._cells.column_note(section)
        painter.translate(box.left(), box.bottom())
        painter.rotate(-90)
        inside = QRect(_SIDE, 0, box.height() - _SIDE - 4, box.width())
        painter.setFont(font(Size.META, 500))
        painter.setPen(self._look.colour("text"))
        painter.drawText(
            inside.adjusted(0, 0, 0, -inside.height() // 2 + 2), _LEFT, _fit(painter.fontMetrics(), name, inside)
        )
        self._quietly(painter, inside.adjusted(0, inside.height() // 2 - 2, 0, 0), note)

    def _write_wrapped(self, painter: QPainter, box: QRect, section: int) -> None:
        painter.setFont(font(Size.META, 600))
        painter.setPen(self._look.colour("muted"))
        inside = QRectF(box).adjusted(4, 4, -4, -6)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        painter.drawText(inside, flags | Qt.TextFlag.TextWordWrap, self._cells.column_name(section))

    def _quietly(self, painter: QPainter, box: QRect, text: str) -> None:
        painter.setFont(font(Size.META, tabular=True))
        painter.setPen(self._look.colour("muted"))
        painter.drawText(box, _LEFT, _fit(painter.fontMetrics(), text, box))


_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _fit(metrics: QFontMetrics, text: str, box: QRect) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
