"""*Toutes les demandes* / *Mes demandes*: one of two, side by side."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from desktop.views.icons import Icons
from desktop.views.tokens import Radius, Size, font


class _Half(QAbstractButton):
    def __init__(self, text: str, icons: Icons) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._look = icons.look

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(font(Size.SECONDARY, 600)).horizontalAdvance(self.text()) + 20, 30)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - small: all of it
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        look, on = self._look, self.isChecked()
        if on or self.underMouse():
            painter.setPen(QPen(look.colour("input_border"), 1) if on else Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("raised" if on else "hover"))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), Radius.FIELD - 1, Radius.FIELD - 1)
        if self.hasFocus():
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, Radius.FIELD - 1, Radius.FIELD - 1)
        painter.setFont(font(Size.SECONDARY, 600 if on else 500))
        painter.setPen(look.colour("text" if on else "muted"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class ScopeSwitch(QWidget):
    """`changed` when the person chose the other one; ← and → do too."""

    changed = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self.setAccessibleName("Étendue")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.all, self.own = _Half("Toutes les demandes", icons), _Half("Mes demandes", icons)
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for half in (self.all, self.own):
            group.addButton(half)
            row.addWidget(half)
            half.clicked.connect(self.changed)
        self.all.setChecked(True)
        icons.look.changed.connect(self.update)

    @property
    def mine(self) -> bool:
        return self.own.isChecked()

    def set_mine(self, mine: bool) -> None:
        (self.own if mine else self.all).setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            other = self.all if self.mine else self.own
            other.setFocus()
            other.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._icons.look.colour("hairline"), 1))
        painter.setBrush(self._icons.look.colour("bg"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Radius.CARD, Radius.CARD)
        painter.end()
