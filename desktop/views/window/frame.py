"""The frame of the window: its place on the screen, its title, its shortcuts, and the one page it shows.

It is on the screen before anything else is imported; `Window.dress` gives it the rest.
"""

import sys
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QRect, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QStackedWidget, QWidget
from shiboken6 import isValid

from desktop.views.opening import FIRST_COLOURS, RAIL, Appearance

if TYPE_CHECKING:
    from desktop.views.icons import Icons

_WORDS: Final = "Ouverture de vos données…"
_ALWAYS: Final = frozenset({"quit", "help"})
"""What the keys still do while the page is covered."""
_PASSING: Final = frozenset({Qt.WindowType.Popup, Qt.WindowType.ToolTip})
"""Windows that never come back by themselves."""
_MENUS: Final = {
    "Fichier": ("new", "open", "print", "", "lock", "quit"),
    "Édition": ("find", "reply"),
    "Présentation": ("contact", "allowances", "users", "waiting", "spaces", "", "next", "previous", "", "refresh"),
    "Aide": ("help",),
}


class Window(QMainWindow):
    """Painted before anything of the person is open; then shows the desk, the sign-in page, or what is wrong."""

    closing = Signal()
    """The window closes: whoever has something to put away does so now."""
    fronted = Signal()
    """The window came to the front."""
    painted = Signal()
    """It is on the screen for the first time: now is the time for what takes long."""

    def __init__(self, settings: QSettings, appearance: Appearance) -> None:
        super().__init__()
        self._settings = settings
        self._unread = 0
        self._pages = QStackedWidget()
        opening = _Opening(appearance)
        opening.painted.connect(self.painted)
        self._page: QWidget = opening
        self._cover: QWidget | None = None
        self._put_aside: list[QWidget] = []
        self._pages.addWidget(self._page)
        self.setCentralWidget(self._pages)
        self.setMinimumSize(QSize(940, 560))
        self.tell_unread(0)
        self._restore()

    def dress(self, icons: "Icons") -> None:
        """What the first paint does without: icon, shortcuts and menus."""
        from PySide6.QtGui import QIcon

        self.setWindowIcon(QIcon(icons.pixmap("messages-square", "accent", 64)))
        if isinstance(self._page, _Opening):
            self._page.say(_WORDS)
        if self.keys and sys.platform == "darwin":
            self._build_menus()

    @cached_property
    def keys(self) -> dict[str, QAction]:
        """The actions of the window, each under its name in the table of keys."""
        from desktop.views.window.keys import actions

        made = actions(self)
        made["help"].triggered.connect(self.show_keys)
        made["quit"].triggered.connect(self.close)
        return made

    def come_forward(self) -> None:
        """Before all other windows."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def page(self) -> QWidget:
        """What it shows now."""
        return self._page

    def show_page(self, page: QWidget) -> None:
        """Shows this page; the one before is gone for good."""
        former, self._page = self._page, page
        self._pages.addWidget(page)
        if self._cover is None:
            self._pages.setCurrentWidget(page)
        self._pages.removeWidget(former)
        former.deleteLater()

    @property
    def covered(self) -> bool:
        return self._cover is not None

    def cover(self, page: QWidget) -> None:
        """Shows this page over the one there is, which stays behind: no key reaches it, and no other window of the
        program stays on the screen, or comes to it before `uncover`."""
        self.uncover()
        self._cover = page
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        for name, action in self.keys.items():
            action.setEnabled(name in _ALWAYS)
        self.clear_screen()
        QAbstractEventDispatcher.instance().aboutToBlock.connect(self.clear_screen)

    def clear_screen(self) -> None:
        """Puts aside every window of the program but this one and those of the cover: at once, and after each turn of
        the event loop, before what came in it (a file that had been downloaded, an error) has been painted."""
        for each in QApplication.topLevelWidgets():
            if each is self or not each.isVisible() or _stands_on(each, self._cover):
                continue
            if _asks_for_files(each):
                each.close()  # nothing is lost by choosing again; hidden only, it would hold up who waits for it
                continue
            if each.windowType() not in _PASSING and each not in self._put_aside:
                self._put_aside.append(each)
            each.hide()

    def uncover(self, *, back: bool = True) -> None:
        """Shows again what was covered, as it was; the other windows are closed when they are not to come `back`."""
        page, self._cover = self._cover, None
        if page is None:
            return
        QAbstractEventDispatcher.instance().aboutToBlock.disconnect(self.clear_screen)
        self._pages.setCurrentWidget(self._page)
        self._pages.removeWidget(page)
        page.deleteLater()
        for action in self.keys.values():
            action.setEnabled(True)
        aside, self._put_aside = self._put_aside, []
        for each in aside:
            if isValid(each):
                each.setVisible(back)
                if not back:
                    each.close()

    def tell_unread(self, unread: int) -> None:
        """In the title bar and on the icon of the task bar or dock."""
        self._unread = unread
        self.setWindowTitle(f"({unread}) Volet" if unread else "Volet")
        _badge(unread)

    def show_keys(self) -> None:
        from desktop.views.window.keys import Sheet

        Sheet(self._cover or self).open()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.setValue("window/geometry", self.saveGeometry())
        self.closing.emit()
        self._settings.sync()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.fronted.emit()

    def _build_menus(self) -> None:
        for title, names in _MENUS.items():
            menu = self.menuBar().addMenu(title)
            for name in names:
                if name:
                    menu.addAction(self.keys[name])
                else:
                    menu.addSeparator()

    def _restore(self) -> None:
        """As it was left; never off the screens there are now, never larger than they are."""
        geometry = self._settings.value("window/geometry")
        if geometry is not None and self.restoreGeometry(geometry):
            middle = self.frameGeometry().center()
            if any(screen.availableGeometry().contains(middle) for screen in QGuiApplication.screens()):
                return
        room = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(QSize(1280, 800).boundedTo(room.size() - QSize(16, 48)))
        self.move(room.center() - self.rect().center())


def _stands_on(each: QWidget | None, page: QWidget | None) -> bool:
    """Whether it belongs to this page, as the menu of a field does."""
    while each is not None and each is not page:
        each = each.parentWidget()
    return each is not None


def _asks_for_files(each: QWidget | None) -> bool:
    """Whether it is a dialog for files, or a question of one."""
    while each is not None and not isinstance(each, QFileDialog):
        each = each.parentWidget()
    return each is not None


def _badge(unread: int) -> None:
    """On systems that have badges; Qt does nothing elsewhere."""
    set_badge = getattr(QGuiApplication, "setBadgeNumber", None)
    if set_badge is not None and QGuiApplication.platformName() in {"windows", "cocoa"}:
        set_badge(unread)


class _Opening(QWidget):
    """What is painted first, without style sheet or icons: the place of things. The word comes with the second paint:
    to open a font takes as long as all the rest of this one."""

    painted = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        dark = appearance is Appearance.DARK
        if appearance is Appearance.SYSTEM:
            dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        self._colours = FIRST_COLOURS[dark]
        self._told = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._words = ""

    def say(self, words: str) -> None:
        """From the next paint on."""
        self._words = words
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        inside = self.rect()
        painter.fillRect(inside, QColor(self._colours["bg"]))
        painter.fillRect(QRect(0, 0, RAIL, inside.height()), QColor(self._colours["surface"]))
        painter.fillRect(QRect(RAIL - 1, 0, 1, inside.height()), QColor(self._colours["hairline"]))
        if self._words:
            painter.setPen(QColor(self._colours["muted"]))
            painter.drawText(inside.adjusted(RAIL, 0, 0, 0), Qt.AlignmentFlag.AlignCenter, self._words)
        painter.end()
        if not self._told:
            self._told = True
            QTimer.singleShot(0, self.painted.emit)
