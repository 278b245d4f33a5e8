"""What every test of the views stands on: one look, icons, a bell, a reader, and the watchdog of the GUI thread."""

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.account import Services
from desktop.app import App, Options
from desktop.services.contact import Contact
from desktop.services.files import Shelf
from desktop.services.lock import Lock
from desktop.services.outbox import Outbox
from desktop.services.portfolio import Portfolio
from desktop.services.store import Store
from desktop.views.bell import Bell
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.opening import Appearance
from desktop.views.tokens import Look
from desktop.views.window.workplace import Workplace
from tests.services.world import World, a_world, fill
from tests.vaults import FileVault


def pytest_configure(config: pytest.Config) -> None:
    """The offscreen platform says so each time a window has limits or comes to the front; nobody is helped by it."""
    config.addinivalue_line("qt_log_ignore", "^This plugin does not support ")


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """As in the program: no QObject is ever destroyed on another thread than its own."""
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture(scope="session")
def look(qapp: QApplication) -> Look:
    return Look(qapp, Appearance.LIGHT, bundled_font=True)


@pytest.fixture
def icons(look: Look) -> Iterator[Icons]:
    yield Icons(look)
    look.choose(Appearance.LIGHT)


@pytest.fixture
def bell(qapp: QApplication) -> Bell:
    return Bell()


@pytest.fixture
def later(qapp: QApplication) -> Iterator[Later]:
    made = Later("reader")
    yield made
    made.stop()


class Sentinel:
    """A thread that only sleeps. What it oversleeps, the machine had no processor for us."""

    def __init__(self) -> None:
        self.overslept = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        before = time.monotonic()
        while not self._done.wait(0.004):
            now = time.monotonic()
            self.overslept += max(0.0, now - before - 0.008)
            before = now

    def stop(self) -> None:
        self._done.set()
        self._thread.join()


_SCHEDSTAT = Path("/proc/self/schedstat")


def _queued() -> float:
    """Seconds for which threads of ours were ready and had no processor, as the kernel counts them. Raises `OSError`
    where it does not."""
    waited = 0
    for thread in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            waited += int((thread / "schedstat").read_text("ascii").split()[1])
    return waited / 1e9


class Watchdog:
    """Runs the event loop and measures how long the GUI thread was ever away from it.

    `until(condition)` runs real turns of the loop until the condition holds; `during(work)` runs `work` as a slot. Only
    time inside the loop counts, not what the test itself does between. Work counts by the thread's own processor time.
    Waiting counts less what the machine had no processor for: this thread, or the one whose lock it waits for; where
    the kernel does not tell, what a sleeping thread overslept. The limit leaves a loaded machine half of what may be
    on a quiet one, 100 ms, which the benchmarks hold."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.told = ""
        self.limit = 0.150

    def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        loop, tick = QEventLoop(), QTimer()
        sentinel = None if _SCHEDSTAT.exists() else Sentinel()
        tick.setInterval(5)
        deadline = time.monotonic() + seconds

        def marks() -> tuple[float, float]:
            return time.thread_time(), time.monotonic() - (_queued() if sentinel is None else sentinel.overslept)

        seen = [marks()]

        def beat() -> None:
            working, away = (now - before for now, before in zip(marks(), seen[0], strict=True))
            self.longest = max(self.longest, working, away)
            if max(working, away) > self.limit:
                self.told += f" {working * 1000:.0f}/{away * 1000:.0f}"
            if condition() or time.monotonic() > deadline:
                loop.quit()
            seen[0] = marks()

        tick.timeout.connect(beat)
        tick.start()
        loop.exec()
        tick.stop()
        if sentinel is not None:
            sentinel.stop()
        assert condition(), "what was waited for has not come"

    def during(self, work: Callable[[], object]) -> None:
        done: list[bool] = []

        def slot() -> None:
            work()
            done.append(True)

        QTimer.singleShot(0, slot)
        self.until(lambda: bool(done))


@pytest.fixture
def watchdog(qapp: QApplication) -> Iterator[Watchdog]:
    """Fails the test when the GUI thread was away for longer than it may be at a stretch."""
    made = Watchdog()
    yield made
    assert made.longest <= made.limit, f"the GUI thread was at work/away for, in ms:{made.told}"


# The whole client, on a world of its own


NOBODY = "http://127.0.0.1:9"
"""Where no portal listens: the client is off line, which is where most of what a window must do shows."""


@dataclass
class Client:
    """The real application on a real, filled profile, signed in, its portal away."""

    app: App
    world: World
    folder: Path

    @property
    def workplace(self) -> Workplace:
        assert self.app.workplace is not None
        return self.app.workplace

    @property
    def services(self) -> Services:
        assert self.app.services is not None
        return self.app.services


def profile(qapp: QApplication, folder: Path, world: World, *, signed_in: bool = True) -> Options:
    """Fills a profile as an earlier run would have left it."""
    vault = FileVault(folder / "vault.json")
    if signed_in:
        vault.keep_refresh_token("a token that the portal would know")
    options = Options(
        folder=folder / "profile",
        vault=lambda _address: vault,
        portal=NOBODY,
        appearance=Appearance.LIGHT,
        bundled_font=True,
    )
    account = options.folder / "accounts" / world.me.person_id
    key = vault.keys().database
    store, shelf = Store(account / "store.db", key), Shelf(account / "shelf.db", key)
    outbox = Outbox(store)
    fill(store, Contact(store, outbox, shelf), Portfolio(store, outbox), world)
    Lock(store).unlock()
    shelf.close()
    store.close()
    settings = QSettings(str(options.folder / "volet.ini"), QSettings.Format.IniFormat)
    settings.setValue("account", world.me.person_id)
    settings.sync()
    return options


@pytest.fixture
def client(qapp: QApplication, qtbot: QtBot, tmp_path: Path, look: Look) -> Iterator[Client]:
    world = a_world(40, companies=4, spaces=7)
    app = App(qapp, profile(qapp, tmp_path, world))
    with qtbot.waitSignal(app.opened, timeout=20_000):
        app.window.show()
    made = Client(app, world, tmp_path / "profile")
    qtbot.waitUntil(lambda: bool(made.workplace.link.sentence), timeout=20_000)
    yield made
    app.close()
    gc.disable()
    app.window.deleteLater()
    qapp.processEvents()
    gc.collect()
