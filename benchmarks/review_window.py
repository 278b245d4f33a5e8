"""A file of 1,000,000 lines and 24 columns in the window itself: how soon its first rows are seen, how long the window
does not answer meanwhile, what memory that takes, how soon all is there again at the next start, and scrolling.

Each opening is a process of its own, on a profile of its own, without an account. `python -m benchmarks.review_window
FOLDER [FILE]` is one of them: with a file it opens it, without one it waits for what was opened before.

A turn of the GUI thread is timed twice: by the clock, which on a busy machine counts what others do with the processor
and how long this thread waits for the interpreter, and by the processor's time that it took itself.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desktop.views.allowances.review import Review

LINES = 1_000_000
ROUNDS = 3
_DEADLINE = 120.0
_JUMPS = 60
_SETTLED = 3.0
"""Seconds after all is there: what is no more needed has gone by then."""


class Turns:
    """How long each turn of the GUI thread was busy, in milliseconds: by the clock, and of the processor."""

    def __init__(self) -> None:
        from PySide6.QtCore import QAbstractEventDispatcher

        self.clock = self.processor = 0.0
        self._begin()
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._begin)
        dispatcher.aboutToBlock.connect(self._end)

    def _begin(self) -> None:
        self._since, self._used = time.perf_counter(), time.thread_time()

    def _end(self) -> None:
        self.clock = max(self.clock, (time.perf_counter() - self._since) * 1000)
        self.processor = max(self.processor, (time.thread_time() - self._used) * 1000)

    def again(self) -> tuple[float, float]:
        told, self.clock, self.processor = (self.clock, self.processor), 0.0, 0.0
        return told


def memory(which: str) -> float:
    """As `benchmarks.review`, which would bring polars with it before the program does, and set up otherwise."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split(f"{which}:")[1].split()[0]) / 1024


def until(seen: Any) -> float:  # noqa: ANN401 - any predicate
    """Milliseconds that it took."""
    from PySide6.QtCore import QEventLoop, QTimer

    begun = time.perf_counter()
    while not seen():
        turn = QEventLoop()
        QTimer.singleShot(5, turn.quit)
        turn.exec()
        if time.perf_counter() - begun > _DEADLINE:
            raise RuntimeError("it does not come")
    return (time.perf_counter() - begun) * 1000


def opened(folder: Path, file: Path | None) -> dict[str, Any]:
    """One opening: of the file, else of what is kept."""
    from PySide6.QtWidgets import QApplication

    from desktop.app import App, Options
    from desktop.demo import vault_in

    qt = QApplication(["bench"])
    app = App(qt, Options(folder, partial(vault_in, folder)))
    turns = Turns()
    app.start()
    until(lambda: app.has("errands"))
    turns.again()
    app.review()
    until(lambda: app.apart is not None and app.apart.allowances.page is not None)
    assert app.apart is not None
    page = app.apart.allowances.page
    assert page is not None
    review = page.review
    if file is not None:
        until(lambda: review.parts.complete and review.loader.settled)
    told: dict[str, Any] = {"before": memory("VmRSS"), "coming": turns.again()}
    if file is not None:
        review.give([file])
    told["first rows"] = until(lambda: _seen(review) or _whole(review))
    told["searchable"] = told["first rows"] + until(lambda: _searchable(review) or _whole(review))
    told["whole"] = told["searchable"] + until(partial(_whole, review))
    told["turns"] = turns.again()
    told["peak"] = memory("VmHWM")
    ended = time.perf_counter() + _SETTLED
    until(lambda: time.perf_counter() > ended)
    told["after"], told["resting"] = memory("VmRSS"), turns.again()
    told |= _used(review, turns)
    app.close()
    return told


def _rows(review: "Review") -> Any:  # noqa: ANN401 - the part, once it is there
    return next((part for part in review.parts if type(part).__name__ == "Lines"), None)


def _seen(review: "Review") -> bool:
    """Rows of the file stand in the table in sight."""
    if review.first.isVisible() and review.first.rows.isVisible() and review.first.shows:
        return True
    lines = _rows(review)
    return lines is not None and lines.grid.isVisible() and lines.grid.rows.at_hand(0) is not None


def _searchable(review: "Review") -> bool:
    """The table of all lines is in sight, with the search above it."""
    lines = _rows(review)
    return lines is not None and lines.search.isVisible() and lines.grid.rows.at_hand(0) is not None


def _whole(review: "Review") -> bool:
    return review.loader.settled and review.reviewed is not None and review.parts.complete


def _used(review: "Review", turns: Turns) -> dict[str, Any]:
    """Each part looked at once, and places scrolled to."""
    from PySide6.QtWidgets import QApplication

    told: dict[str, Any] = {}
    for part in tuple(review.parts):
        review.parts.show_part(part)
        ended = time.perf_counter() + 1.5
        until(lambda ended=ended: time.perf_counter() > ended)
        told[f"shown {type(part).__name__}"] = turns.again()
    lines = _rows(review)
    review.parts.show_part(lines)
    bar, jumps = lines.grid.verticalScrollBar(), []
    for place in range(1, _JUMPS):
        begun = time.thread_time()
        bar.setValue(bar.maximum() * (place * 37 % _JUMPS) // _JUMPS)
        QApplication.processEvents()
        jumps.append((time.thread_time() - begun) * 1000)
        until(lambda: lines.grid.rows.at_hand(max(0, lines.grid.rowAt(0))) is not None)
    return told | {"jumps": jumps, "used": memory("VmRSS")}


def as_started() -> dict[str, str]:
    """The surroundings of a program that a person starts: polars, here in use already, leaves its own settings of the
    allocator in them, and the program would keep to those."""
    return {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}


def run(folder: Path, file: Path | None) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.review_window", str(folder), *([str(file)] if file else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=as_started())
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure(lines: int = LINES) -> dict[str, dict[str, Any]]:
    from benchmarks import allowances
    from benchmarks.review import entry, percentile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "million.csv"
        allowances.write(file, lines)
        both = []
        for turn in range(ROUNDS):
            profile = Path(folder) / str(turn)
            both.append((run(profile, file), run(profile, None)))
    first, again = zip(*both, strict=True)

    def median(of: tuple[dict[str, Any], ...], what: str, place: int | None = None) -> float:
        return float(statistics.median(one[what] if place is None else one[what][place] for one in of))

    jumps = [time for one in (*first, *again) for time in one["jumps"]]
    shown = max(one[what][1] for one in (*first, *again) for what in one if what.startswith("shown "))
    return {
        "first rows in the window": entry(median(first, "first rows"), "ms", 500),
        "searchable in the window": entry(median(first, "searchable"), "ms"),
        "all rows in the window, checked": entry(median(first, "whole"), "ms"),
        "longest turn of the GUI thread meanwhile, of the processor": entry(median(first, "turns", 1), "ms", 100),
        "the same by the clock": entry(median(first, "turns", 0), "ms"),
        "longest turn while the page comes, of the processor": entry(median(first, "coming", 1), "ms", 100),
        "longest turn when a part is shown, of the processor": entry(shown, "ms", 100),
        "a place scrolled to in the window, p95": entry(percentile(jumps, 0.95), "ms", 16),
        "memory of the window at the peak": entry(median(first, "peak"), "MB", 1000),
        "memory of the window after": entry(median(first, "after"), "MB", 600),
        "reopened: first rows": entry(median(again, "first rows"), "ms", 1000),
        "reopened: all rows, checked": entry(median(again, "whole"), "ms"),
        "reopened: longest turn, of the processor": entry(median(again, "turns", 1), "ms", 100),
        "reopened: memory at the peak": entry(median(again, "peak"), "MB", 1000),
        "reopened: memory after": entry(median(again, "after"), "MB", 600),
    }


if __name__ == "__main__":
    print(json.dumps(opened(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)))
