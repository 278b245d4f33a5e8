"""The rail at the left: the name, whose business one is in, the tabs, and at its foot what waits and the link."""

from datetime import datetime

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QTabBar, QVBoxLayout, QWidget

from desktop.services.sync import Link, LinkState
from desktop.views import wording
from desktop.views.fields.brand import Brand
from desktop.views.fields.shapes import Button, ElidedLabel, Ground
from desktop.views.icons import Icons
from desktop.views.tokens import Size, Space, font
from desktop.views.window.selector import SelectorButton
from desktop.views.wording import NBSP

_TAB_HEIGHT = 44
_BADGE = 20
_GO = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class Tabs(QTabBar):
    """A tab list that stands upright. To assistive tools it is Qt's own tab bar, each tab named with what is unread."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self._names: list[tuple[str, str]] = []
        self._shown: int | None = 0
        self.setShape(QTabBar.Shape.RoundedWest)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setAccessibleName("Rubriques")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        icons.look.changed.connect(self.update)

    def add(self, name: str, icon: str, keys: str) -> None:
        """One more tab; its tooltip says its shortcut."""
        self._names.append((name, icon))
        self.addTab(name)
        self.setTabToolTip(self.count() - 1, f"{name} ({keys})")
        self.tell_unread(self.count() - 1, 0)

    def tell_exports(self, count: int) -> None:
        """How many exports wait to be seen, at the tab of allowances."""
        self.tell_unread(1, count, "export")

    def tell_unread(self, tab: int, unread: int, noun: str = "non lue") -> None:
        self.setTabData(tab, unread)
        name = self._names[tab][0]
        said = f"{name}, {wording.count(unread, noun)}" if unread else name
        self.setAccessibleTabName(tab, said)
        self.update()

    def tell_shown(self, tab: int | None) -> None:
        """The tab whose page is what one sees; None while another page is shown: a tab bar always has a current one."""
        self._shown = tab
        if tab is not None:
            self.setCurrentIndex(tab)
        self.update()

    def tabSizeHint(self, index: int) -> QSize:  # noqa: ARG002, N802
        return QSize(Size.RAIL - 2 * Space.M - 1, _TAB_HEIGHT)

    def minimumTabSizeHint(self, index: int) -> QSize:  # noqa: N802
        return self.tabSizeHint(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if Qt.Key(event.key()) in _GO:
            self.tabBarClicked.emit(self.currentIndex())
        elif step:
            self.setCurrentIndex(min(max(self.currentIndex() + step, 0), self.count() - 1))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for tab in range(self.count()):
            self._paint_tab(painter, tab)
        painter.end()

    def _paint_tab(self, painter: QPainter, tab: int) -> None:
        look, box = self._icons.look, self.tabRect(tab).adjusted(0, 2, 0, -2)
        here = tab == self._shown
        hovered = box.contains(self.mapFromGlobal(self.cursor().pos())) and self.underMouse()
        painter.setPen(Qt.PenStyle.NoPen)
        if here or hovered:
            painter.setBrush(look.colour("selection" if here else "hover"))
            painter.drawRoundedRect(box, 8, 8)
        if tab == self.currentIndex() and self.hasFocus():
            painter.setPen(look.colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 7, 7)
        name, icon = self._names[tab]
        role = "accent" if here else "muted"
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(
            QPointF(box.left() + 14, box.center().y() - 9), self._icons.pixmap(icon, role, Size.ICON, ratio)
        )
        painter.setFont(font(Size.BODY, 600 if here else 500))
        painter.setPen(look.colour("text" if here else "muted"))
        words = box.adjusted(44, 0, -40, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        self._paint_badge(painter, box, int(self.tabData(tab) or 0))

    def _paint_badge(self, painter: QPainter, box: QRect, unread: int) -> None:
        if not unread:
            return
        text = str(unread) if unread < 1000 else "999+"
        painter.setFont(font(Size.META, 700))
        width = max(_BADGE, painter.fontMetrics().horizontalAdvance(text) + 12)
        place = QRect(box.right() - width - 9, box.center().y() - _BADGE // 2 + 1, width, _BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._icons.look.colour("accent"))
        painter.drawRoundedRect(place, _BADGE / 2, _BADGE / 2)
        painter.setPen(self._icons.look.colour("on_accent"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


class Rail(Ground):
    """`selector` says whose business one is in, `tabs` are the pages, `foot` stands below."""

    def __init__(self, icons: Icons) -> None:
        super().__init__("rail")
        self.setFixedWidth(Size.RAIL)
        self.selector, self.tabs, self.foot = SelectorButton(icons), Tabs(icons), Foot(icons)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(Brand(icons))
        column.addWidget(self.selector)
        column.addSpacing(Space.XS)
        column.addWidget(self.tabs)
        column.addStretch(1)
        column.addWidget(self.foot)


class Foot(QWidget):
    """What waits to be sent, and how the client stands with the portal."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self.waiting = Button("En attente", "flat")
        self.waiting.setToolTip("Ce qui n\u2019est pas encore parti (Ctrl+B)")
        self.waiting.setProperty("align", "left")
        self.waiting.setCheckable(True)
        self._stuck = 0
        self.keys = Button("Raccourcis clavier", "flat")
        icons.dress(self.keys, "keyboard", "muted", gap=6)
        self.keys.setToolTip("Raccourcis clavier (F1)")
        self.keys.setProperty("align", "left")
        self._sign, self._state = QLabel(), ElidedLabel("", "meta")
        self._face = ("wifi", "muted")
        line = QHBoxLayout()
        line.setContentsMargins(10, 4, 0, 2)
        line.setSpacing(11)
        line.addWidget(self._sign)
        line.addWidget(self._state, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.waiting)
        column.addWidget(self.keys)
        column.addLayout(line)
        icons.look.changed.connect(self._dress)
        self._dress()
        self.tell_waiting(0, 0)

    def tell_waiting(self, waiting: int, stuck: int) -> None:
        """`stuck` need the person: the icon says so too."""
        self.waiting.setText(f"En attente ({waiting})" if waiting else "En attente")
        said = f"En attente{NBSP}: {wording.count(waiting, 'envoi')}"
        self.waiting.setAccessibleName(said + (f", dont {stuck} à revoir" if stuck else ""))
        self._stuck = stuck
        self._dress_waiting()

    def tell_shown(self, shown: bool) -> None:
        """Whether « En attente » is what one sees. (A click has toggled the button meanwhile.)"""
        self.waiting.setChecked(shown)
        self._dress_waiting()

    def _dress_waiting(self) -> None:
        calm = "accent" if self.waiting.isChecked() else "muted"
        icon, ink = ("circle-alert", "error") if self._stuck else ("clock", calm)
        self._icons.dress(self.waiting, icon, ink, gap=6)

    def tell_link(self, link: Link) -> None:
        self._face = _FACES[link.state]
        self._state.setText(_words(link))
        self._dress()

    def _dress(self) -> None:
        self._sign.setPixmap(self._icons.pixmap(*self._face, 16, self.devicePixelRatioF()))


_FACES = {
    LinkState.STARTING: ("refresh-cw", "muted"),
    LinkState.WORKING: ("refresh-cw", "accent"),
    LinkState.ONLINE: ("circle-check", "ok"),
    LinkState.OFFLINE: ("wifi-off", "going"),
    LinkState.SIGN_IN_NEEDED: ("lock", "going"),
    LinkState.FAULTY: ("triangle-alert", "error"),
}


def _words(link: Link) -> str:
    if link.state is LinkState.WORKING:
        if link.progress is not None:
            done, whole = link.progress
            return f"Synchronisation{NBSP}: {wording.number(done)} sur {wording.number(whole)}"
        return "Synchronisation…"
    if link.state is LinkState.ONLINE:
        return f"Synchronisé {_at(link.last)}" if link.last else "En ligne"
    return {
        LinkState.STARTING: "Connexion…",
        LinkState.OFFLINE: "Hors connexion",
        LinkState.SIGN_IN_NEEDED: "Reconnexion nécessaire",
    }.get(link.state, "Portail en panne")


def _at(moment: datetime) -> str:
    return f"à {wording.hour(moment)}"
