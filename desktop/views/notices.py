"""The only place for message boxes: questions before what cannot be undone, and the notice of an unexpected error."""

import logging
import platform
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Final

from PySide6 import __version__ as qt_version
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from desktop.services.problems import Problem
from desktop.views.wording import NBSP

_log = logging.getLogger(__name__)
_Hooks = tuple[
    Callable[[type[BaseException], BaseException, TracebackType | None], object],
    Callable[[threading.ExceptHookArgs], object],
]
_ROOTS: Final = ("desktop", "contract", "portal", "resources")


def confirm(
    parent: QWidget,
    question: str,
    consequence: str,
    verb: str,
    keep: str,
    does: Callable[[], None],
    *,
    danger: bool = True,
) -> QMessageBox:
    """Asks before what cannot be undone. `verb` does it, `keep` does nothing and is the default; neither is « Oui »."""
    box = _box(parent)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("Volet")
    box.setText(question)
    box.setInformativeText(consequence)
    accept = _button(box, verb, QMessageBox.ButtonRole.AcceptRole, "danger" if danger else "primary")
    refuse = _button(box, keep, QMessageBox.ButtonRole.RejectRole)
    accept.clicked.connect(does)
    box.setDefaultButton(refuse)
    box.setEscapeButton(refuse)
    box.open()
    return box


def _box(parent: QWidget) -> QMessageBox:
    """Its words are words: names of people, files and requests are among them."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    return box


def _button(box: QMessageBox, text: str, role: QMessageBox.ButtonRole, kind: str = "") -> QPushButton:
    button = box.addButton(text, role)
    if kind:
        button.setProperty("kind", kind)
    return button


@dataclass(frozen=True, slots=True)
class Report:
    """What may leave the computer about an unexpected error: its kind and where it happened, never a value."""

    code: str
    told: str


def report(kind: type[BaseException], trace: TracebackType | None, version: str) -> Report:
    """Names the error by its place, so that the same slip has the same code everywhere."""
    frames = [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)
    ]
    mark = sha256("\n".join([kind.__name__, *frames]).encode()).hexdigest()[:6].upper()
    code = f"V-{mark}"
    lines = [
        f"Code{NBSP}: {code}",
        f"Volet {version}, Python {platform.python_version()}, Qt {qt_version}",
        f"{platform.system()} {platform.release()}",
        f"Nature{NBSP}: {kind.__name__}",
        f"Chemin{NBSP}:",
        *(f"  {frame}" for frame in frames),
    ]
    return Report(code, "\n".join(lines))


def _short(filename: str) -> str:
    """The path from our own package on, or the file's name alone: folders may hold the person's name."""
    parts = Path(filename).parts
    for place, part in enumerate(parts):
        if part in _ROOTS:
            return "/".join(parts[place:])
    return parts[-1] if parts else "?"


class Unexpected(QObject):
    """The hook for what nobody expected, from whatever thread. A `Problem` that reached it (the disk is full under the
    draft that is being kept) goes to `problem`, which says it as the world's; all else is a bug of ours: logged with
    its place, shown once as such."""

    _happened = Signal()

    def __init__(
        self,
        window: QWidget,
        clipboard: QClipboard,
        version: Callable[[], str],
        problem: Callable[[Problem], None],
    ) -> None:
        super().__init__(window)
        self._problem = problem
        self._problems: deque[Problem] = deque()
        self._window, self._clipboard, self._version = window, clipboard, version
        self._reports: deque[Report] = deque()
        self._seen: set[str] = set()
        self._box: QMessageBox | None = None
        self._former: _Hooks | None = None
        self._happened.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Takes the place of the interpreter's own hooks, in all threads."""
        self._former = (sys.excepthook, threading.excepthook)
        sys.excepthook = self.handle
        threading.excepthook = self._from_thread

    def uninstall(self) -> None:
        """Gives the hooks back to whoever had them."""
        if self._former is not None:
            sys.excepthook, threading.excepthook = self._former
            self._former = None

    def handle(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        if isinstance(error, Problem):
            self._problems.append(error)
            self._happened.emit()
            return
        made = report(kind, trace, self._version())
        _log.error("unexpected error\n%s", made.told)
        self._reports.append(made)
        self._happened.emit()

    def _from_thread(self, happened: threading.ExceptHookArgs) -> None:
        if happened.exc_type is not SystemExit and happened.exc_value is not None:
            self.handle(happened.exc_type, happened.exc_value, happened.exc_traceback)

    def _show(self) -> None:
        while self._problems:
            self._problem(self._problems.popleft())
        while self._reports and self._box is None:
            made = self._reports.popleft()
            if made.code not in self._seen:
                self._seen.add(made.code)
                self._open(made)

    def _open(self, made: Report) -> None:
        box = _box(self._window)
        box.setWindowTitle("Une erreur inattendue")
        box.setText(f"Une erreur inattendue s\u2019est produite (code{NBSP}{made.code}).")
        box.setInformativeText(
            "Ce que vous avez saisi est gardé et vous pouvez continuer. Si cela se reproduit, transmettez le rapport "
            "à votre support informatique\u202f; il ne contient aucune donnée personnelle."
        )
        box.setDetailedText(made.told)
        for button in box.findChildren(QPushButton):
            button.setText("Afficher ou masquer le rapport")
        copy = _button(box, "Copier le rapport", QMessageBox.ButtonRole.ActionRole)
        copy.clicked.disconnect()
        copy.clicked.connect(_Copy(box, self._clipboard, made.told).copy)
        go_on = _button(box, "Continuer", QMessageBox.ButtonRole.AcceptRole, "primary")
        box.setDefaultButton(go_on)
        box.setEscapeButton(go_on)
        box.finished.connect(self._closed)
        self._box = box
        box.open()

    def _closed(self) -> None:
        self._box = None
        self._show()


class _Copy(QObject):
    """Copies a text when its button is pressed; lives with its box."""

    def __init__(self, parent: QObject, clipboard: QClipboard, text: str) -> None:
        super().__init__(parent)
        self._clipboard, self._text = clipboard, text

    def copy(self) -> None:
        self._clipboard.setText(self._text)


def tell(parent: QWidget, title: str, sentence: str) -> QMessageBox:
    """Says something that was asked for (« À propos »), with one way to close it."""
    box = _box(parent)
    box.setWindowTitle("Volet")
    box.setText(title)
    box.setInformativeText(sentence)
    box.setDefaultButton(_button(box, "Fermer", QMessageBox.ButtonRole.AcceptRole))
    box.open()
    return box
