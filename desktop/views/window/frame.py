"""The frame of the window: its place on the screen, its title, its shortcuts, and the one page it shows."""

import sys
from typing import Final

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, QSettings, QSize, Qt, QTimer, QTranslator, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QIcon, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.views.fields.brand import Brand
from desktop.views.fields.shapes import Ground, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Size, Space
from desktop.views.window.keys import Sheet, actions

_MENUS: Final = {
    "Fichier": ("new", "print", "", "quit"),
    "Édition": ("find", "reply"),
    "Présentation": ("contact", "waiting", "spaces", "", "next", "previous", "", "refresh"),
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

    def __init__(self, icons: Icons, settings: QSettings) -> None:
        super().__init__()
        self._settings = settings
        self.keys = actions(self)
        self.keys["help"].triggered.connect(self.show_keys)
        self.keys["quit"].triggered.connect(self.close)
        self._unread = 0
        self.setWindowIcon(QIcon(icons.pixmap("messages-square", "accent", 64)))
        self._pages = QStackedWidget()
        opening = _Opening(icons)
        opening.painted.connect(self.painted)
        self._page: QWidget = opening
        self._pages.addWidget(self._page)
        self.setCentralWidget(self._pages)
        self.setMinimumSize(QSize(940, 560))
        self.tell_unread(0)
        if sys.platform == "darwin":
            self._build_menus()
        self._restore()

    @property
    def page(self) -> QWidget:
        """What it shows now."""
        return self._page

    def show_page(self, page: QWidget) -> None:
        """Shows this page; the one before is gone for good."""
        former, self._page = self._page, page
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        self._pages.removeWidget(former)
        former.deleteLater()

    def tell_unread(self, unread: int) -> None:
        """In the title bar and on the icon of the task bar or dock."""
        self._unread = unread
        self.setWindowTitle(f"({unread}) Volet" if unread else "Volet")
        _badge(unread)

    def show_keys(self) -> None:
        Sheet(self).open()

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


def _badge(unread: int) -> None:
    """On systems that have badges; Qt does nothing elsewhere."""
    set_badge = getattr(QGuiApplication, "setBadgeNumber", None)
    if set_badge is not None and QGuiApplication.platformName() in {"windows", "cocoa"}:
        set_badge(unread)


class _Opening(Ground):
    """What is painted first: the place of things, and a word."""

    painted = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__("ground")
        rail = Ground("rail")
        rail.setFixedWidth(Size.RAIL)
        inside = QVBoxLayout(rail)
        inside.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        inside.addWidget(Brand(icons))
        inside.addStretch(1)
        words = Label("Ouverture de vos données…", "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(rail)
        row.addWidget(words, 1)
        self._told = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._told:
            self._told = True
            QTimer.singleShot(0, self.painted.emit)


def speak_french(qt: QApplication) -> QTranslator:
    """Qt's own words (menus of fields, dialogs) in French, whatever the system's language."""
    QLocale.setDefault(QLocale(QLocale.Language.French, QLocale.Country.France))
    translator = QTranslator(qt)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load("qtbase_fr", folder):
        qt.installTranslator(translator)
    return translator
