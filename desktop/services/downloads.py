"""Attachments, statements and exports on their way from the portal to the shelf: two at a time, resumable, checked."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from queue import Empty, SimpleQueue
from typing import Final

from contract import paths
from desktop.services.files import Shelf
from desktop.services.portal import Incoming, Portal
from desktop.services.problems import Offline, PortalFault, Problem
from desktop.services.session import Session

AT_ONCE: Final = 2
TRIES: Final = 4
"""How often in a row a download may be cut without a byte gained before it is shown as failed."""

_RING_SECONDS: Final = 0.2
_PART: Final = 1024 * 1024
"""Bytes are gathered before they are written: each part is one commit of the shelf."""

_FIRST_PAUSE: Final = 0.5
_RATE_SECONDS: Final = 0.5

_logger = logging.getLogger(__name__)


class DownloadState(Enum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Download:
    """`rate` in bytes a second, None before it is known. `sha256` is "" and `size` 0 as long as only the portal knows
    them. `path` is where the portal has it."""

    path: str
    sha256: str
    name: str
    state: DownloadState
    received: int
    size: int
    rate: float | None
    problem: Problem | None


Learned = Callable[[str, int], None]
"""Told sum and size of a file once it is here whole, on whatever thread."""


class _Job:
    """One download while it is on its way; `incoming` is there as long as bytes come."""

    def __init__(self, shown: Download, learned: Learned | None = None) -> None:
        self.shown, self.learned = shown, learned
        self.stopped = threading.Event()
        self.incoming: Incoming | None = None


class _Stopped(Exception):
    """Cancelled, or the program is ending."""


class _Workers:
    """As a `ThreadPoolExecutor` is, but for its threads: those hold the program until the last answer has come, and a
    portal may take half a minute to give none."""

    def __init__(self, count: int) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        names = [f"download-{number}" for number in range(count)]
        self._threads = [threading.Thread(target=self._run, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[], None]) -> None:
        self._work.put(work)

    def shutdown(self, *, wait: bool) -> None:
        """What has not begun never does; `wait` for what has."""
        with suppress(Empty):
            while True:
                self._work.get_nowait()
        for _ in self._threads:
            self._work.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()


class Downloads:
    """Announces each step as the topic `downloads` through `ring`. `clock` gives monotonic seconds."""

    def __init__(
        self,
        shelf: Shelf,
        portal: Portal,
        session: Session,
        ring: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shelf, self._portal, self._session, self._ring, self._clock = shelf, portal, session, ring, clock
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}
        self._workers = _Workers(AT_ONCE)
        self._rung = -_RING_SECONDS

    def fetch(self, attachment_id: str, sha256: str, name: str, size: int) -> None:
        """Brings an attachment to the shelf; nothing when it is there or on its way."""
        self.fetch_at(paths.attachment(attachment_id), sha256, name, size)

    def fetch_at(self, path: str, sha256: str, name: str, size: int) -> None:
        """The same for any file of the portal's."""
        if not self._shelf.holds(sha256):
            self._add(sha256, _Job(Download(path, sha256, name, DownloadState.QUEUED, 0, size, None, None)))

    def fetch_untold(self, path: str, name: str, learned: Learned) -> None:
        """The same for a file whose sum and size only the portal knows: `state` and `cancel` know it by its path."""
        self._add(path, _Job(Download(path, "", name, DownloadState.QUEUED, 0, 0, None, None), learned))

    def _add(self, key: str, job: _Job) -> None:
        with self._lock:
            before = self._jobs.get(key)
            if before is not None and before.shown.state in (DownloadState.QUEUED, DownloadState.RUNNING):
                return
            self._jobs[key] = job
        self._ring("downloads")
        self._workers.submit(partial(self._run, job))

    def state(self, sha256: str) -> Download | None:
        """The latest of this file in this run of the program; None when it was never asked for."""
        with self._lock:
            job = self._jobs.get(sha256)
            return job.shown if job is not None else None

    def cancel(self, sha256: str) -> None:
        """Stops within a second; what came stays, and the next `fetch` goes on from there."""
        with self._lock:
            job = self._jobs.get(sha256)
            if job is None or job.shown.state not in (DownloadState.QUEUED, DownloadState.RUNNING):
                return
            self._stop(job)
        self._ring("downloads")

    def stop(self) -> None:
        """Ends what is on its way, without waiting for it."""
        with self._lock:
            for job in self._jobs.values():
                if job.shown.state in (DownloadState.QUEUED, DownloadState.RUNNING):
                    self._stop(job)
        self._workers.shutdown(wait=False)

    def _stop(self, job: _Job) -> None:
        job.stopped.set()
        job.shown = replace(job.shown, state=DownloadState.CANCELLED, rate=None)
        if job.incoming is not None:
            job.incoming.abort()

    def _run(self, job: _Job) -> None:
        try:
            self._bring(job)
        except _Stopped:
            return
        except Exception as error:  # noqa: BLE001 - `_failed` says what it was
            if not job.stopped.is_set():  # else it met a closed shelf, or whatever it met: nobody waits for it
                self._failed(job, error)

    def _failed(self, job: _Job, error: Exception) -> None:
        problem = error if isinstance(error, Problem) else None
        if problem is None:
            # A slip of ours: said in the log without what was downloaded, and never a download that hangs for ever.
            _logger.error("a download failed by a bug", exc_info=error)
            problem = Problem("Une erreur interne a arrêté le téléchargement.", detail=type(error).__name__)
        with suppress(_Stopped):
            self._show(job, DownloadState.FAILED, problem=problem)

    def _bring(self, job: _Job) -> None:
        """Tries until it is here, wrong, or cut `TRIES` times without a byte gained."""
        left = TRIES
        while not (job.shown.sha256 and self._shelf.holds(job.shown.sha256)):
            before = self._shelf.received(job.shown.sha256)
            self._show(job, DownloadState.RUNNING, received=before)
            try:
                self._advance(job)
            except (Offline, PortalFault) as problem:
                if job.stopped.is_set():
                    raise _Stopped from None
                left = TRIES if self._shelf.received(job.shown.sha256) > before else left - 1
                if left == 0:
                    raise
                pause = max(_FIRST_PAUSE * 2.0 ** (TRIES - left - 1), problem.retry_after or 0.0)
                if job.stopped.wait(min(pause, 60.0)):
                    raise _Stopped from None
                continue
            if not self._shelf.finish(job.shown.sha256):
                left -= 1
                if left == 0:
                    sentence = "Le fichier reçu n’est pas celui que le portail annonçait."
                    raise PortalFault(sentence, detail="checksum")
        if job.learned is not None:
            job.learned(job.shown.sha256, job.shown.size)
        self._show(job, DownloadState.DONE, received=job.shown.size)

    def _advance(self, job: _Job) -> None:
        """One try, from where the last one was cut."""
        if not job.shown.sha256:
            sha256, size = self._session.call(lambda access: self._portal.measure(access, job.shown.path))
            with self._lock:
                job.shown = replace(job.shown, sha256=sha256, size=size)
        before = self._shelf.received(job.shown.sha256)
        if before < job.shown.size:
            self._session.call(lambda access: self._read(job, access, before))

    def _read(self, job: _Job, access: str, offset: int) -> None:
        shown = job.shown
        with self._portal.download_at(access, shown.path, shown.sha256, shown.size, offset) as incoming:
            with self._lock:
                job.incoming = incoming
            if job.stopped.is_set():
                raise _Stopped
            try:
                self._keep(job, incoming)
            finally:
                with self._lock:
                    job.incoming = None

    def _keep(self, job: _Job, incoming: Incoming) -> None:
        """Writes what comes, part by part; what came before a cut is written too."""
        part, start, came, began = bytearray(), 0, 0, self._clock()
        try:
            for offset, block in incoming:
                if job.stopped.is_set():
                    raise _Stopped
                if not part:
                    start = offset
                part += block
                came += len(block)
                elapsed = self._clock() - began
                rate = came / elapsed if elapsed > _RATE_SECONDS else None
                self._show(job, DownloadState.RUNNING, received=offset + len(block), rate=rate)
                if len(part) >= _PART:
                    self._shelf.add_part(job.shown.sha256, start, bytes(part))
                    part = bytearray()
        finally:
            if part:
                self._shelf.add_part(job.shown.sha256, start, bytes(part))

    def _show(
        self,
        job: _Job,
        state: DownloadState,
        *,
        received: int | None = None,
        rate: float | None = None,
        problem: Problem | None = None,
    ) -> None:
        """Shows a step and rings, progress at most five times a second."""
        with self._lock:
            if job.stopped.is_set():
                raise _Stopped
            now, former = self._clock(), job.shown
            count = former.received if received is None else received
            job.shown = replace(former, state=state, received=count, rate=rate, problem=problem)
            if state is former.state and now - self._rung < _RING_SECONDS:
                return
            self._rung = now
        self._ring("downloads")
