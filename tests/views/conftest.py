"""What every test of the views stands on: one look, icons, a bell, a reader, and the watchdog of the GUI thread."""

import os
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from desktop.views.bell import Bell
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.tokens import Appearance, Look


def pytest_configure(config: pytest.Config) -> None:
    """The offscreen platform says so each time a window has limits or comes to the front; nobody is helped by it."""
    config.addinivalue_line("qt_log_ignore", "^This plugin does not support ")


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


class Watchdog:
    """Runs the event loop and measures how long the GUI thread was ever away from it.

    `until(condition)` runs real turns of the loop until the condition holds; `during(work)` runs `work` as a slot. Only
    time inside the loop counts, not what the test itself does between."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.limit = 0.100

    def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        loop, tick = QEventLoop(), QTimer()
        tick.setInterval(2)
        deadline = time.monotonic() + seconds
        seen = [time.monotonic()]

        def beat() -> None:
            now = time.monotonic()
            self.longest = max(self.longest, now - seen[0])
            if condition() or now > deadline:
                loop.quit()
            seen[0] = time.monotonic()

        tick.timeout.connect(beat)
        tick.start()
        loop.exec()
        tick.stop()
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
    """Fails the test when the GUI thread was busy for more than 100 ms at a stretch."""
    made = Watchdog()
    yield made
    assert made.longest <= made.limit, f"the GUI thread was away for {made.longest * 1000:.0f} ms"
