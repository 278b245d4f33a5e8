"""The demonstration: a real portal with an invented world as a child process, and the client signed in to it.

The portal is never imported; the client speaks with it through its API, as with any other. The child ends with its
standard input, so that it never outlives the client, however that ends.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QProgressBar, QVBoxLayout, QWidget

import desktop
from desktop.app import App, Options
from desktop.services.problems import Problem, SignInNeeded
from desktop.services.vault import DemoVault
from desktop.views.fields.brand import Brand
from desktop.views.fields.shapes import Label
from desktop.views.icons import Icons
from desktop.views.opening import Appearance
from desktop.views.tidying import Tidying
from desktop.views.tokens import Look, Space

if TYPE_CHECKING:
    from desktop.services.vault import Vault

ADDRESS: Final = re.compile(r"(http://\S+:\d+)")
ACCOUNT: Final = re.compile(r"^\s*(\S+@\S+)\s+(\S.*?)(?:\s{2,}.*|\t.*)?$")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of the invented world who can sign in."""

    email: str
    password: str


MARKS: Final = {"client": "demo-vault.json", "portal": "portal.db"}
"""The folders of a demonstration, and the file by which each is known for one of ours."""


def home() -> Path:
    """`.demo` beside the project when it runs from its folder; else in the person's data."""
    root = Path(desktop.__file__).resolve().parents[1]
    if (root / "pyproject.toml").exists():
        return root / ".demo"
    from platformdirs import user_data_path

    return user_data_path("Volet", appauthor=False) / "demo"


def start_afresh(folder: Path) -> Path | None:
    """Deletes the world of the time before. Answers what is in the way and not ours, which is left as it is, with all
    the rest: a folder with anything in it but without our mark, or a link, wherever it leads."""
    for name, mark in MARKS.items():
        place = folder / name
        ours = (place / mark).is_file() and not (place / mark).is_symlink()
        if place.is_symlink() or (place.exists() and not ours and not _empty(place)):
            return place
    if folder.is_symlink():
        return folder
    for name in MARKS:
        shutil.rmtree(folder / name, ignore_errors=True)
    return None


def _empty(place: Path) -> bool:
    return place.is_dir() and not any(place.iterdir())


class PortalChild(QObject):
    """The portal of the demonstration in a process of its own. `ready` rings once it answers at `address` and its
    `account` is known; `ended` when it stops, whoever stopped it. `last_words` is what it said at the end."""

    ready = Signal()
    ended = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._child: subprocess.Popen[str] | None = None
        self._listener: Thread | None = None
        self.port = 0
        self.address = ""
        self.account: Account | None = None
        self.last_words = ""

    @property
    def database(self) -> str:
        return f"sqlite:///{(self._folder / 'portal.db').as_posix()}"

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """On the port of the time before, when there was one."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.address = ""
        options = ["--with-parent", "--port", str(self.port)]
        self._child = subprocess.Popen(  # noqa: S603 - this very interpreter, with words of ours
            self._command("demo", *options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._listener = Thread(target=self._listen, args=(self._child,), name="portal-child", daemon=True)
        self._listener.start()

    def adviser(self, words: Sequence[str]) -> str:
        """What the adviser's command answers. Raises `subprocess.CalledProcessError`."""
        command = self._command("adviser", *words)
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        return subprocess.check_output(  # noqa: S603 - the same
            command, text=True, encoding="utf-8", stderr=subprocess.STDOUT, timeout=60, creationflags=flags
        )

    def _command(self, verb: str, *options: str) -> list[str]:
        files = str(self._folder / "files")
        return [sys.executable, "-m", "portal", verb, "--database", self.database, "--files", files, *options]

    def _listen(self, child: "subprocess.Popen[str]") -> None:
        """On a thread of its own, until the child has said its last word. Rings once: who waits for it may be gone by
        the time that a second ring arrives."""
        told = False
        for line in child.stdout or ():
            self.last_words = (self.last_words + line)[-2000:]
            account, address = ACCOUNT.match(line), ADDRESS.search(line)
            if account and self.account is None:
                self.account = Account(account.group(1), account.group(2))
            if address and not self.address:
                self.address = address.group(1)
                self.port = int(self.address.rpartition(":")[2])
            if self.address and self.account is not None and not told:
                told = True
                self.ready.emit()
        if child.stdout is not None:
            child.stdout.close()
        child.wait()
        self.ended.emit()

    def stop(self) -> None:
        """Closes its input, which ends it; kills it when it does not."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if self._listener is not None:
            self._listener.join()


class Preparing(QWidget):
    """What stands on the screen while the invented world is made, at the first start."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Volet")
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName("Préparation en cours")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.M)
        column.addWidget(Brand(Icons(look)))
        column.addWidget(Label("Préparation de la démonstration…", "heading"))
        column.addWidget(Label("Un portail et ses entreprises, tous inventés.", "muted"))
        column.addWidget(bar)
        self.setFixedSize(420, self.sizeHint().height())


def vault_in(folder: Path, _address: str) -> "Vault":
    """The port changes from one start to the next; the keys must not."""
    return DemoVault(folder)


def enter(child: PortalChild, vault: "Vault", folder: Path) -> None:
    """Signs the clerk in through the API, unless a session of the time before still stands. `folder` is the profile's.
    Raises `Problem`."""
    from desktop.account import STORE
    from desktop.services.lock import Lock
    from desktop.services.portal import Portal
    from desktop.services.session import Session
    from desktop.services.store import Store
    from desktop.services.vault import hand_over

    portal = Portal(child.address)
    accounts = folder / "accounts"
    vaults = [vault.of(place.name) for place in accounts.iterdir()] if accounts.is_dir() else []
    try:
        for own in (*vaults, vault):
            session = Session(portal, own, _nothing)
            with suppress(SignInNeeded):
                if session.signed_in:
                    session.access()
                    return
        if child.account is not None:
            session.sign_in(child.account.email, child.account.password)
            account = session.person_id or ""
            if (own := vault.of(account)).made():
                hand_over(vault, own)
            with closing(Store(accounts / account / STORE, (own if own.made() else vault).keys().database)) as store:
                Lock(store).unlock()
    finally:
        portal.close()


def _nothing() -> None:
    """Nobody watches this session yet."""


class Demo(QObject):
    """Child first, then the client. `failed` when the portal could not be started: then there is nothing to show."""

    def __init__(
        self,
        qt: QApplication,
        folder: Path,
        undo_seconds: float,
        appearance: Appearance | None,
        files: tuple[Path, ...] = (),
    ) -> None:
        super().__init__()
        self._tidying = Tidying(self)  # a thread listens to the child before there is a client, and after
        self._qt, self.folder = qt, folder
        self._undo_seconds, self._appearance, self._files = undo_seconds, appearance, files
        self._look = Look(qt, appearance or Appearance.SYSTEM, bundled_font=sys.platform == "linux")
        self._preparing = Preparing(self._look)
        self._app: App | None = None
        self.failed = False
        self.child = PortalChild(folder / "portal", self)
        self.child.ready.connect(self._open, Qt.ConnectionType.QueuedConnection)
        self.child.ended.connect(self._lost, Qt.ConnectionType.QueuedConnection)

    @property
    def window(self) -> QWidget | None:
        """The client's, once it is there."""
        return self._app.window if self._app is not None else None

    def start(self) -> None:
        self._preparing.show()
        self.child.start()

    def close(self) -> None:
        """The client first, so that it need not notice that its portal goes."""
        self._preparing.close()
        if self._app is not None:
            self._app.close()
        self.child.stop()
        self._tidying.stop()

    def _open(self) -> None:
        if self._app is not None:
            return
        vault = partial(vault_in, self.folder / "client")
        try:
            enter(self.child, vault(""), self.folder / "client")
        except Problem as problem:
            self._give_up(f"{problem.sentence} {problem.detail}")
            return
        options = Options(
            folder=self.folder / "client",
            vault=vault,
            portal=self.child.address,
            undo_seconds=self._undo_seconds,
            appearance=self._appearance,
            files=self._files,
        )
        self._look.deleteLater()
        self._app = App(self._qt, options)
        self._app.start()
        self._preparing.hide()

    def _lost(self) -> None:
        """Before the client is open there is nothing to show without it; after, the client shows itself off line."""
        if self._app is None:
            self._give_up(self.child.last_words)

    def _give_up(self, why: str) -> None:
        self.failed = True
        sys.stderr.write(f"Le portail de démonstration n’a pas pu démarrer.\n{why}\n")
        self._preparing.close()
        self._qt.quit()


def main(args: argparse.Namespace, appearance: Appearance | None) -> int:
    """Runs the demonstration until its window is closed; answers the exit status."""
    folder: Path = args.data / "demo" if args.data else home()
    if args.fresh and (stranger := start_afresh(folder)) is not None:
        sys.stderr.write(f"Ce n’est pas un dossier de la démonstration, rien n’est effacé\u00a0: {stranger}\n")
        return 1
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Volet")
    qt.setDesktopFileName("volet")
    demo = Demo(qt, folder, args.undo_seconds, appearance, tuple(args.files))
    demo.start()
    try:
        return qt.exec() or int(demo.failed)
    finally:
        demo.close()
