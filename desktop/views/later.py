"""Work that may be long, off the GUI thread, with its answer back on it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Errand:
    turn: int
    asker: QObject
    what: str
    work: Callable[[], Any]
    then: Callable[[Any], None] | None
    failed: Callable[[Exception], None] | None


class Later(QObject):
    """One thread. Of one asker's requests of one name only the newest counts: an older one that has not begun is never
    run, and the answer of one that has is dropped. Answers for a dead widget are dropped too.

    `interrupt`, when given, is called from the GUI thread to cut short the work that a newer request has replaced; it
    is quick, and harmless when nothing runs."""

    _answered = Signal()

    def __init__(
        self, name: str, parent: QObject | None = None, *, interrupt: Callable[[], None] | None = None
    ) -> None:
        super().__init__(parent)
        self._interrupt = interrupt
        self._door = Condition()
        self._waiting: dict[tuple[int, str], _Errand] = {}
        self._newest: dict[tuple[int, str], int] = {}
        self._running: tuple[int, str] | None = None
        self._turn = 0
        self._stopped = False
        self._answers: deque[tuple[_Errand, Any, Exception | None]] = deque()
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def ask(
        self,
        asker: QObject,
        work: Callable[[], T],
        then: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        what: str = "",
    ) -> None:
        """Runs `work` on the thread and calls `then(answer)`, or `failed(exception)`, on the GUI thread. Without
        `failed` an exception is raised there, where the hook of unexpected errors sees it. `what` tells apart several
        kinds of request by one asker."""
        key = (id(asker), what)
        with self._door:
            if self._stopped:
                return
            self._turn += 1
            self._newest[key] = self._turn
            self._waiting.pop(key, None)
            self._waiting[key] = _Errand(self._turn, asker, what, work, then, failed)
            if self._running == key and self._interrupt is not None:
                self._interrupt()
            self._door.notify()

    @property
    def idle(self) -> bool:
        """Nothing waits, runs, or is on its way home. For tests and the tour."""
        with self._door:
            return not self._waiting and self._running is None and not self._answers

    def stop(self, seconds: float = 5.0) -> None:
        """What has not begun is dropped, what runs is waited for, no answer comes any more."""
        with self._door:
            self._stopped = True
            self._waiting.clear()
            if self._running is not None and self._interrupt is not None:
                self._interrupt()
            self._door.notify()
        self._thread.join(seconds)
        self._answers.clear()

    def _run(self) -> None:
        while self._do_next():
            pass  # nothing is held meanwhile: neither who asked, nor what was answered

    def _do_next(self) -> bool:
        """False when there is nothing more to do, ever."""
        errand = self._next()
        if errand is None:
            return False
        answer, fault = None, None
        try:
            answer = errand.work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the GUI thread
            fault = error
        with self._door:
            self._running = None
            if self._stopped:
                return False
            self._answers.append((errand, answer, fault))
        self._answered.emit()
        return True

    def _next(self) -> _Errand | None:
        with self._door:
            while not self._waiting and not self._stopped:
                self._door.wait()
            if self._stopped:
                return None
            key = next(iter(self._waiting))
            self._running = key
            return self._waiting.pop(key)

    def _deliver(self) -> None:
        while self._answers:
            errand, answer, fault = self._answers.popleft()
            key = (id(errand.asker), errand.what)
            if self._newest.get(key) != errand.turn:
                continue
            del self._newest[key]
            if not isValid(errand.asker):
                continue
            if fault is None:
                if errand.then is not None:
                    errand.then(answer)
            elif errand.failed is not None:
                errand.failed(fault)
            else:
                raise fault
