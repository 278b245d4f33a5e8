"""Files on their way into the review: found, read, checked and put together, off the GUI thread.

Nothing else in the tab starts a thread. What is under way can be ended at any moment: it is answered at once, whatever
the reader is doing; what had been read by then stays.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.services.problems import Problem
from desktop.views.allowances.reviewed import OpenFile, Reviewed
from desktop.views.later import Later
from desktop.views.printed import PrintedTexts

if TYPE_CHECKING:
    import polars as pl

    from desktop.services.review.reading.headings import Taught
    from desktop.services.review.whole import PrintedText, ReadFile, Unreadable, Unrecognised

MOST_FILES: Final = 2_000
"""In one drop: more is the wrong folder."""
_BEAT_MS: Final = 100
_THREAD: Final = "allowances"


class State(Enum):
    """How far a file has come."""

    WAITING = auto()
    READING = auto()
    READ = auto()
    UNREADABLE = auto()
    UNTAUGHT = auto()
    """A table whose columns must be chosen first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the list. `ticket` names it as long as it is there; `number` is its place in `Reviewed.files` once it
    counts. `problem` says why it could not be read."""

    ticket: int
    name: str
    state: State
    path: Path | None = None
    file: OpenFile | None = None
    number: int | None = None
    problem: "Unreadable | Unrecognised | None" = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What is under way: reading the file `name`, `place` of `whole`, of which `share` (0 to 1) is read; or, with no
    name, checking what was read. Only the reading can be ended."""

    name: str
    place: int
    whole: int
    share: float


class _Stopped(Exception):
    """The person thought again; raised in the thread."""


@dataclass(slots=True)
class _Course:
    """What the thread tells of its way, and is told: each word is set whole, so no lock is needed."""

    share: float = 0.0
    stopped: bool = False

    def reached(self, share: float) -> None:
        if self.stopped:
            raise _Stopped
        self.share = share


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and some rows of a table whose columns are in question."""

    headings: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """A file's lines, until all are put together."""

    ticket: int
    file: OpenFile
    frame: "pl.DataFrame"


class Loader(QObject):
    """`moved` rings when `entries`, `progress`, `reviewed` or `said` changed. All state belongs to the GUI thread; the
    thread is only given what it needs and answers with what it made."""

    moved = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._entries: dict[int, Entry] = {}
        self._held: tuple[_Held, ...] = ()
        self._taught: dict[str, Taught] = {}
        self._tickets = 0
        self._reads: list[int] = []
        self._asked = 0
        self._looking = self._judging = False
        self.reviewed: Reviewed | None = None
        self.said = ""
        """What became of the files given last, in a sentence; empty when the list says it all."""
        self._begin()
        self._beat = QTimer(self)
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self.moved)

    def _begin(self) -> None:
        self._course, self._texts, self._hands = _Course(), PrintedTexts(), Later(_THREAD, self)

    # What is there

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries.values())

    @property
    def progress(self) -> Progress | None:
        """None when nothing is under way."""
        if self._reads:
            entry = self._entries[self._reads[0]]
            place = self._asked - len(self._reads) + 1
            return Progress(entry.name, place, self._asked, self._course.share)
        if self._looking:
            return Progress("", 0, 0, 0.0)
        return Progress("", self._asked, self._asked, self._course.share) if self._judging else None

    @property
    def can_stop(self) -> bool:
        return bool(self._reads) or self._looking

    # What is asked

    def give(self, paths: Sequence[Path]) -> None:
        """Opens these files, and those in these folders."""
        self._looking, self.said = True, ""
        self._tickets += 1
        self._hands.ask(
            self,
            partial(_found_in, tuple(paths), self._course),
            self._take,
            self._broken,
            what=f"look {self._tickets}",
        )
        self._wake()

    def table_of(self, ticket: int) -> Table | None:
        """What the dialog of columns asks about this file; None for what is no table."""
        entry = self._entries.get(ticket)
        if entry is None:
            return None
        headings = self._headings_of(ticket)
        return Table(headings, tuple(getattr(entry.problem, "sample", ()))) if headings else None

    def teach(self, ticket: int, lesson: "Taught") -> None:
        """Says what the columns of this file mean; it is read again, with all that have the same headings."""
        from desktop.services.review.reading.headings import fingerprint

        headings = self._headings_of(ticket)
        self._taught[fingerprint(headings)] = lesson
        again = [each for each in self.entries if self._headings_of(each.ticket) == headings and each.path is not None]
        self._held = tuple(each for each in self._held if each.ticket not in {one.ticket for one in again})
        for each in again:
            self._entries[each.ticket] = replace(each, state=State.WAITING, problem=None, file=None, number=None)
            self._read(each.ticket)
        self._wake()

    def forget(self, ticket: int) -> None:
        """Takes a file out of the review."""
        self._entries.pop(ticket, None)
        if ticket in self._reads:
            self._reads.remove(ticket)
        before, self._held = self._held, tuple(each for each in self._held if each.ticket != ticket)
        if len(before) != len(self._held):
            self._judge()
        self._wake()

    def stop_reading(self) -> None:
        """« Annuler »: what has been read stays, the rest is out of the list at once."""
        self._course.stopped = True
        self._hands.stop(0)
        self._texts.close()
        self._begin()
        for ticket in self._reads:
            del self._entries[ticket]
        left = len(self._reads)
        self._reads.clear()
        self._looking = self._judging = False
        self.said = "Ouverture annulée."
        if left < self._asked and self._held:
            self._judge()
        self._asked = 0
        self._wake()

    def close(self) -> None:
        """Before the page goes."""
        self._course.stopped = True
        self._beat.stop()
        self._texts.close()
        self._hands.stop(0.4)

    # On the way

    def _take(self, paths: "tuple[Path, ...]") -> None:
        self._looking = False
        if not paths:
            self.said = "Ce dossier ne contient aucun fichier."
        for path in paths:
            self._tickets += 1
            self._entries[self._tickets] = Entry(self._tickets, path.name, State.WAITING, path)
            self._read(self._tickets)
        self._wake()

    def _read(self, ticket: int) -> None:
        path = self._entries[ticket].path
        if path is None:
            return
        self._reads.append(ticket)
        self._asked += 1
        self._hands.ask(
            self,
            partial(_read, path, dict(self._taught), self._texts, self._course),
            partial(self._is_read, ticket),
            partial(self._is_not_read, ticket),
            what=f"read {ticket}",
        )

    def _is_read(self, ticket: int, read: "ReadFile") -> None:
        known = next((each for each in self._held if each.file.sha256 == read.sha256), None)
        if known is not None:
            self._entries.pop(ticket)
            self.said = f"«\u00a0{read.name}\u00a0» est déjà ouvert."
        elif ticket in self._entries:
            file = _told(read)
            self._held = (*self._held, _Held(ticket, file, read.frame))
            self._entries[ticket] = replace(self._entries[ticket], state=State.READ, file=file)
        self._done(ticket)

    def _is_not_read(self, ticket: int, error: Exception) -> None:
        from desktop.services.review.whole import Unreadable, Unrecognised

        unexpected = not isinstance(error, Problem)
        if not isinstance(error, Unreadable):
            sentence = str(error) if not unexpected else "Ce fichier a arrêté Volet par une erreur inattendue."
            problem: Unreadable = Unreadable(sentence)
        else:
            problem = error
        if ticket in self._entries:
            state = State.UNTAUGHT if isinstance(problem, Unrecognised) else State.UNREADABLE
            self._entries[ticket] = replace(self._entries[ticket], state=state, problem=problem)
        self._done(ticket)
        if unexpected:
            raise error

    def _done(self, ticket: int) -> None:
        """The next file has its turn; after the last, all is put together."""
        self._course.share = 0.0
        if ticket in self._reads:
            self._reads.remove(ticket)
        if not self._reads:
            self._judge()
        self._wake()

    def _judge(self) -> None:
        self._judging = True
        work = partial(_reviewed, self._held, self._course)
        self._hands.ask(self, work, self._is_judged, self._broken, what="judge")

    def _is_judged(self, reviewed: "Reviewed | None") -> None:
        self._judging, self.reviewed = False, reviewed
        numbers = {each.ticket: number for number, each in enumerate(self._held)}
        for ticket, entry in self._entries.items():
            self._entries[ticket] = replace(entry, number=numbers.get(ticket))
        if not self._reads:
            self._asked = 0
        self._wake()

    def _broken(self, error: Exception) -> None:
        self._looking = self._judging = False
        self._wake()
        raise error

    def _headings_of(self, ticket: int) -> tuple[str, ...]:
        entry = self._entries.get(ticket)
        return tuple(getattr(entry.problem, "headings", ())) if entry is not None else ()

    def _wake(self) -> None:
        """Rings now, and goes on ringing while something moves."""
        if self.progress is None:
            self._beat.stop()
        elif not self._beat.isActive():
            self._beat.start()
        if self._reads:
            first = self._reads[0]
            self._entries[first] = replace(self._entries[first], state=State.READING)
        self.moved.emit()


# On the thread


def _found_in(paths: tuple[Path, ...], course: _Course) -> tuple[Path, ...]:
    """The files meant: those given, and those in the folders given, in the order of their names. What the system hides
    is left out; links to folders are not followed."""
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        for folder, folders, names in os.walk(path):
            course.reached(0.0)
            folders[:] = sorted(name for name in folders if not _hidden(name))
            found.update(dict.fromkeys(Path(folder) / name for name in sorted(names) if not _hidden(name)))
            if len(found) > MOST_FILES:
                break
    return tuple(found)[:MOST_FILES]


def _hidden(name: str) -> bool:
    """Of the system, or the lock of an office program beside a file that is open in it."""
    return name.startswith((".", "~$")) or name in {"Thumbs.db", "desktop.ini"}


def _read(path: Path, taught: "Mapping[str, Taught]", texts: "PrintedText", course: _Course) -> "ReadFile":
    from desktop.services.review.reading.opening import read
    from desktop.services.review.reading.source import load

    course.reached(0.0)
    return read(load(path), printed_text=texts, taught=taught, progress=course.reached)


def _told(read: "ReadFile") -> OpenFile:
    return OpenFile(
        sha256=read.sha256,
        name=read.name,
        kind=read.kind,
        height=read.frame.height,
        lines=read.lines,
        rejected=read.rejected,
        controls=read.controls,
        columns=read.columns,
        notes=read.notes,
        apart=read.apart,
    )


def _reviewed(held: tuple[_Held, ...], course: _Course) -> Reviewed | None:
    """Everything that is known of these files together."""
    if not held:
        return None
    import polars as pl

    from desktop.services.review import totals
    from desktop.services.review.anomalies import anomalies
    from desktop.services.review.leaves import leaves
    from desktop.services.review.regularising import regularisations
    from desktop.services.review.searching import Sheet

    frames = [each.frame.with_columns(pl.lit(place, pl.UInt32).alias("file")) for place, each in enumerate(held)]
    frame = leaves(pl.concat(frames, how="diagonal"))
    course.reached(0.2)
    controls = [(place, control) for place, each in enumerate(held) for control in each.file.controls]
    found = anomalies(frame, controls)
    course.reached(0.5)
    explained = regularisations(frame)
    course.reached(0.6)
    sheet = Sheet(frame, lambda share: course.reached(0.6 + 0.4 * share))
    sheet.mark(row for one in found for row in one.rows)
    return Reviewed(tuple(each.file for each in held), sheet, totals.whole(frame), found, explained)
