"""Labels, buttons, banners, pills and empty pages in the one manner of the program."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.icons import Icons
from desktop.views.tokens import Size, Space
from desktop.views.wording import NBSP

_GAP = 6
"""Between the icon of a button and its words, beside the little that Qt leaves."""


def announce(widget: QWidget, sentence: str) -> None:
    """Has assistive tools say what just happened (« 3 résultats »)."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, sentence))


def line() -> QFrame:
    """A hairline across."""
    drawn = QFrame()
    drawn.setProperty("role", "line")
    return drawn


class Ground(QFrame):
    """A frame in a role of the style sheet: rail, top, foot, card, page, ground."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


class Label(QLabel):
    """Words in a role of the style sheet: title, thread, brand, heading, label, secondary, meta, muted, error."""

    def __init__(self, text: str = "", role: str = "", *, wrap: bool = False) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if role:
            self.setProperty("role", role)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)


class ElidedLabel(QLabel):
    """One line that gives way: what does not fit ends in …, or has it in the `middle` (the name of a file, whose end
    says what it is), and is told by the tooltip."""

    def __init__(self, text: str = "", role: str = "", *, middle: bool = False) -> None:
        super().__init__(text)
        self._elide = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        super().setText(text)
        self._tell()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        area = self.contentsRect()
        painter.drawText(area, int(self.alignment()), self.elided)

    @property
    def elided(self) -> str:
        """What of it is seen."""
        return self.fontMetrics().elidedText(self.text(), self._elide, self.contentsRect().width())

    def _tell(self) -> None:
        wide = self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()
        self.setToolTip(wording.tip(self.text() if wide else ""))


class Button(QPushButton):
    """`kind`: primary, danger, flat, link, or empty for the ordinary one. A click leaves the focus where it was."""

    def __init__(
        self,
        text: str,
        kind: str = "",
        *,
        icons: Icons | None = None,
        icon: str = "",
        does: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        if kind:
            self.setProperty("kind", kind)
        if kind in {"link", "primary"}:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        if icons is not None and icon:
            role = {"primary": "on_accent", "danger": "on_danger", "link": "accent"}.get(kind, "text")
            icons.dress(self, icon, role, gap=_GAP)
        if does is not None:
            self.clicked.connect(does)


class IconButton(QPushButton):
    """A button without words; its name is its tooltip, with the shortcut in brackets when it has one."""

    def __init__(
        self, icons: Icons, icon: str, name: str, shortcut: str = "", *, does: Callable[[], object] | None = None
    ) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self.setProperty("kind", "flat")
        self.setAccessibleName(name)
        self.setToolTip(wording.tip(f"{name} ({shortcut})" if shortcut else name))
        icons.dress(self, icon, "muted")
        if does is not None:
            self.clicked.connect(does)


class Chip(QPushButton):
    """A choice that is on or off, in a row of such choices."""

    def __init__(self, text: str, *, icons: Icons | None = None, icon: str = "") -> None:
        super().__init__(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self.setProperty("kind", "chip")
        if icons is not None and icon:
            icons.dress(self, icon, "muted", 16, _GAP)


class RemovableChip(Chip):
    """A filter that is on: a click or Suppr takes it off."""

    def __init__(self, icons: Icons, code: str, words: str) -> None:
        super().__init__(words, icons=icons, icon="x")
        self.setCheckable(False)
        self.code, self.gone = code, False
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross stands after the words
        self.setAccessibleName(f"Retirer le filtre{NBSP}: {words}")
        self.setToolTip(wording.tip(f"Retirer le filtre «{NBSP}{words}{NBSP}» (Suppr)"))
        self.pressed.connect(self._doom)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.click()
        else:
            super().keyPressEvent(event)

    def _doom(self) -> None:
        self.gone = True


def on_screen(box: QRect, screen: QRect) -> QPoint:
    """Where the box lies wholly on the screen, as near as may be to where it was meant."""
    x = min(box.x(), screen.right() + 1 - box.width())
    y = min(box.y(), screen.bottom() + 1 - box.height())
    return QPoint(max(screen.x(), x), max(screen.y(), y))


class Banner(QFrame):
    """A strip across the page: a sentence, at most one remedy. `kind`: info, ok, warning, error. Hidden until told."""

    def __init__(self, icons: Icons, kind: str, icon: str) -> None:
        super().__init__()
        self.setProperty("banner", kind)
        self._icons, self._icon = icons, icon
        self._role = {"warning": "going", "error": "error", "info": "info", "ok": "ok"}[kind]
        self._does: Callable[[], object] | None = None
        self._picture = QLabel()
        self._words = Label(wrap=True)
        self._remedy = QPushButton()
        self._remedy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._remedy.setCursor(Qt.CursorShape.PointingHandCursor)
        self._remedy.clicked.connect(self._act)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, 6, Space.L, 6)
        row.setSpacing(Space.M)
        row.addWidget(self._picture)
        row.addWidget(self._words, 1)
        row.addWidget(self._remedy)
        icons.look.changed.connect(self._dress)
        self._dress()
        self.hide()

    def tell(self, sentence: str, remedy: str = "", does: Callable[[], object] | None = None, icon: str = "") -> None:
        """Shows the strip; telling the same again changes nothing and is not announced twice. `icon` takes the place of
        the one before."""
        if icon and icon != self._icon:
            self._icon = icon
            self._dress()
        self._does = does
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))
        if self._words.text() != sentence or self.isHidden():
            self._words.setText(sentence)
            self.show()
            announce(self, sentence)

    @property
    def sentence(self) -> str:
        """What it says now; empty when it is hidden."""
        return "" if self.isHidden() else self._words.text()

    def _act(self) -> None:
        if self._does is not None:
            self._does()

    def _dress(self) -> None:
        self._picture.setPixmap(self._icons.pixmap(self._icon, self._role, Size.ICON, self.devicePixelRatioF()))


class Busy(QProgressBar):
    """A bar without an end: `name` says what is waited for. Hidden until it is shown; `keeps`: its place stays."""

    def __init__(self, name: str, *, keeps: bool = False) -> None:
        super().__init__()
        self.setRange(0, 0)
        self.setTextVisible(False)
        self.setAccessibleName(name)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(keeps)
        policy.setVerticalPolicy(QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.hide()


class EmptyState(QWidget):
    """Why there is nothing here, and the next step."""

    def __init__(
        self,
        icons: Icons,
        icon: str,
        sentence: str = "",
        hint: str = "",
        action: str = "",
        does: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._icons, self._icon = icons, icon
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence, self._hint = Label(sentence, "heading", wrap=True), Label(hint, "muted", wrap=True)
        self.button = Button(action, does=does)
        for words in (self._sentence, self._hint):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            words.setMaximumWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.S)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addSpacing(Space.XS)
        for words in (self._sentence, self._hint):
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(words, 100)
            row.addStretch(1)
            column.addLayout(row)
        column.addSpacing(Space.S)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        icons.look.changed.connect(self._dress)
        self.say(sentence, hint, action)
        self._dress()

    def say(self, sentence: str, hint: str = "", action: str = "", icon: str = "") -> None:
        """Another reason: « aucun résultat » is not « rien encore »."""
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        if icon and icon != self._icon:
            self._icon = icon
            self._dress()

    def _dress(self) -> None:
        self._picture.setPixmap(self._icons.pixmap(self._icon, "muted", 32, self.devicePixelRatioF()))


# Pills, for delegates

PILL_HEIGHT = 22
_SIDE = 9.0
_GLYPH = 13


def pill_width(face: QFont, text: str, *, glyph: bool = True) -> float:
    """How wide `paint_pill` will draw."""
    return 2 * _SIDE + QFontMetricsF(face).horizontalAdvance(text) + (_GLYPH + 4 if glyph else 0)


def paint_pill(
    painter: QPainter,
    x: float,
    middle: float,
    text: str,
    face: QFont,
    ink: QColor,
    ground: QColor,
    *,
    glyph: QPixmap | None = None,
    outlined: bool = False,
) -> float:
    """Draws a status pill whose left edge is `x` and whose middle line is `middle`; answers its width. `glyph` (13 px)
    gives it a shape of its own beside its colour; `outlined` keeps it apart from the tint of a selected row."""
    width = pill_width(face, text, glyph=glyph is not None)
    box = QRectF(x + 0.5, middle - PILL_HEIGHT / 2 + 0.5, width - 1, PILL_HEIGHT - 1)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(ink if outlined else Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, PILL_HEIGHT / 2, PILL_HEIGHT / 2)
    start = x + _SIDE
    if glyph is not None:
        painter.drawPixmap(round(start - 1), round(middle - _GLYPH / 2), glyph)
        start += _GLYPH + 3
    painter.setFont(face)
    painter.setPen(ink)
    metrics = QFontMetricsF(face)
    painter.drawText(round(start), round(middle + (metrics.ascent() - metrics.descent()) / 2), text)
    painter.restore()
    return width
