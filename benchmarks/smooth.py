"""The GUI thread while 10,000 changes are taken in, and how soon a message that is sent stands on the screen."""

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.profile import client, make
from benchmarks.search import Matters, made_portfolio
from desktop.account import Services
from desktop.app import App
from desktop.services.contact import Draft
from desktop.services.sync.downward import SLICE

REQUESTS = 100_000
CHANGES = 10_000
ROUNDS = 3
TYPED_EVERY = 50
"""Milliseconds between two keepings of a draft, which are more than anybody's pauses cause."""


class Watch:
    """How long each turn of the GUI thread's event loop was busy, in milliseconds."""

    def __init__(self) -> None:
        self.longest, self._since = 0.0, time.perf_counter()
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._begin)
        dispatcher.aboutToBlock.connect(self._end)

    def _begin(self) -> None:
        self._since = time.perf_counter()

    def _end(self) -> None:
        self.longest = max(self.longest, (time.perf_counter() - self._since) * 1000)

    def again(self) -> float:
        longest, self.longest = self.longest, 0.0
        return longest


def until(seen: Any) -> None:  # noqa: ANN401 - any predicate
    while not seen():
        turn = QEventLoop()
        QTimer.singleShot(5, turn.quit)
        turn.exec()


def take_in(services: Services, round_: int) -> None:
    """As sync does it: slices of at most 100 changes, each with its ring of the bell."""
    import random

    matters = Matters(100 + round_, made_portfolio(random.Random(1)))  # noqa: S311 - the same world for the same seed
    matters.number = 10_000_000 * (round_ + 1)
    page, made, place = [], 0, 0
    while made < CHANGES:
        batch = list(matters.one(1_000_000 * (round_ + 1) + place))
        page += batch
        made += len(batch)
        place += 1
        while len(page) >= SLICE or (page and made >= CHANGES):
            with services.store.write(services.contact.topic) as db:
                services.contact.apply(db, page[:SLICE])
            page = page[SLICE:]


def meanwhile(app: App, watch: Watch, round_: int) -> tuple[float, float]:
    """The longest turn of the GUI thread, and the longest time that keeping what is typed took, again and again; both
    in milliseconds."""
    services = app.services
    assert services is not None
    thread = threading.Thread(target=take_in, args=(services, round_))
    kept = [0.0]

    def type_on() -> None:
        begun = time.perf_counter()
        services.contact.keep_draft(Draft("typed meanwhile", "Bonjour, " * len(kept)))
        kept.append((time.perf_counter() - begun) * 1000)

    typing = QTimer(interval=TYPED_EVERY)
    typing.timeout.connect(type_on)
    watch.again()
    thread.start()
    typing.start()
    until(lambda: not thread.is_alive())
    typing.stop()
    return watch.again(), max(kept)


def press_to_screen(app: App) -> float:
    """Milliseconds from the press of « Envoyer » to the message on screen, which is there when the press returns."""
    assert app.workplace is not None
    page = app.workplace.contact
    table = page.list.table
    for place in range(200):
        table.select(place)
        if page.reading.composer.isVisible():
            break
    before = len(page.reading.conversation.bubbles)
    page.reading.composer.text.setPlainText("Bonjour, voici le document demandé.")
    begun = time.perf_counter()
    page.reading.composer.send.click()
    took = (time.perf_counter() - begun) * 1000
    if len(page.reading.conversation.bubbles) != before + 1:
        raise RuntimeError("the message is not on the screen in the turn of the press")
    return took


def measure() -> dict[str, Any]:
    qt = QApplication.instance() or QApplication(["bench"])
    assert isinstance(qt, QApplication)
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), REQUESTS)
        with client(qt, Path(folder)) as app:
            until(lambda: app.workplace is not None and app.workplace.contact.list.table.rows.rowCount() > 0)
            watch = Watch()
            busiest, kept = zip(*[meanwhile(app, watch, round_) for round_ in range(ROUNDS)], strict=True)
            pressed = press_to_screen(app)
    return {
        "longest turn of the GUI thread while 10,000 changes are taken in (median of three)": {
            "value": round(statistics.median(busiest), 1),
            "limit": 100,
            "unit": "ms",
        },
        "longest keeping of a draft meanwhile, by the GUI thread (median of three)": {
            "value": round(statistics.median(kept), 1),
            "unit": "ms",
        },
        "press of « Envoyer » to the message on screen, in turns of the event loop after its own": {
            "value": 0,
            "limit": 0,
            "unit": "turns",
        },
        "the same by the clock": {"value": round(pressed, 1), "unit": "ms"},
    }
