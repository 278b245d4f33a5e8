"""What the application wears: the window first, alone; then look, icons, bell and threads.

Each is imported and made at its first use, or in short steps between the turns of the event loop after the first paint,
whichever comes first. So this file imports, at its head, nothing that the first paint can do without.
"""

import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from PySide6.QtCore import QLocale, QObject, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from desktop.views.opening import Appearance
from desktop.views.tidying import Tidying
from desktop.views.window.frame import Window

if TYPE_CHECKING:
    from PySide6.QtCore import QTranslator

    from desktop.services.vault import Vault
    from desktop.views.bell import Bell
    from desktop.views.icons import Icons
    from desktop.views.later import Later
    from desktop.views.tokens import Look

READER: Final = "reader"
ERRANDS: Final = "errands"


@dataclass(frozen=True, slots=True)
class Options:
    """`folder` is the profile's, where all lies that this computer keeps. `vault(address)` gives the keyring of the
    account at that portal. Without `portal` the address of the last time is taken, or the person is asked. `files` are
    allowance files to be opened at once, by whoever is signed in or by nobody; `link` is one of an e-mail."""

    folder: Path
    vault: "Callable[[str], Vault]"
    portal: str = ""
    undo_seconds: float = 10.0
    poll_seconds: float = 20.0
    appearance: Appearance | None = None
    bundled_font: bool = sys.platform == "linux"
    files: tuple[Path, ...] = ()
    link: str = ""


class Dressing(QObject):
    """`window` is there at once. `steps` are done one by one after its first paint."""

    def __init__(self, qt: QApplication, options: Options) -> None:
        super().__init__()
        self._qt, self.options = qt, options
        options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.settings = _settings(options.folder / "volet.ini")
        chosen = str(self.settings.value("appearance", Appearance.SYSTEM.value))
        self._appearance = options.appearance or Appearance(chosen)
        QLocale.setDefault(QLocale(QLocale.Language.French, QLocale.Country.France))
        self.tidying = Tidying(self)
        self.window = Window(self.settings, self._appearance)
        self.steps: deque[Callable[[], object]] = deque()
        self.window.painted.connect(self.dress)

    def has(self, part: str) -> bool:
        """Whether this part has been made."""
        return part in vars(self)

    def interrupt_reader(self) -> None:
        """Cuts short what the reader's thread asks of the store, if anything."""

    def dress(self) -> None:
        """Does the next step; the window answers the person between two of them."""
        if self.steps:
            self.steps.popleft()()
            QTimer.singleShot(0, self.dress)

    @cached_property
    def look(self) -> "Look":
        from desktop.views.tokens import Look

        self._french = _speak_french(self._qt)
        return Look(self._qt, self._appearance, bundled_font=self.options.bundled_font)

    @cached_property
    def icons(self) -> "Icons":
        from desktop.views.icons import Icons

        return Icons(self.look)

    @cached_property
    def bell(self) -> "Bell":
        from desktop.views.bell import Bell

        return Bell(self)

    @cached_property
    def reader(self) -> "Later":
        from desktop.views.later import Later

        return Later(READER, self, interrupt=self.interrupt_reader)

    @cached_property
    def errands(self) -> "Later":
        from desktop.views.later import Later

        self.bell  # noqa: B018 - that thread rings it, this one makes it
        return Later(ERRANDS, self)

    def lay_look(self) -> None:
        self.look.tokens  # noqa: B018 - made by being read

    def dress_window(self) -> None:
        self.window.dress(self.icons)


def _settings(path: Path) -> QSettings:
    """In a file that its owner alone may read; Qt keeps the mode of a file that is there."""
    with suppress(OSError):  # a folder that cannot be written is told when the store is opened
        path.touch(mode=0o600)
        path.chmod(0o600)
    return QSettings(str(path), QSettings.Format.IniFormat)


def _speak_french(qt: QApplication) -> "QTranslator":
    """Qt's own words (menus of fields, dialogs) in French, whatever the system's language."""
    from PySide6.QtCore import QLibraryInfo, QTranslator

    translator = QTranslator(qt)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load("qtbase_fr", folder):
        qt.installTranslator(translator)
    return translator


def keyring_of(profile: str, data: Path | None = None) -> "Callable[[str], Vault]":
    """The system's keyring, an item set for each profile and portal; a data folder of one's own has its own."""
    from hashlib import sha256

    own = f"-{sha256(str(data.resolve()).encode()).hexdigest()[:8]}" if data is not None else ""
    return partial(_keyring, profile + own)


def _keyring(account: str, address: str) -> "Vault":
    from desktop.services.vault import KeyringVault

    return KeyringVault(urlsplit(address).netloc, account)


def installed_version() -> str:
    """Of Volet."""
    from importlib.metadata import version

    return version("volet")
