"""The files of the list: how far each has come, and what is under way."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Final

from desktop.services.problems import Problem
from desktop.views.allowances.desk import Given, Held
from desktop.views.allowances.reviewed import OpenFile

if TYPE_CHECKING:
    from desktop.services.review.keeping import Keeping, Kept


PAYMENTS: Final = 0
"""The ticket of the payments that the portal has shown; files have theirs from 1."""


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
    counts. `problem` says why it could not be read. `kept` is one of an earlier run, and what is known of it before it
    is open again."""

    ticket: int
    name: str
    state: State
    path: Given | None = None
    kept: "Kept | None" = None
    file: OpenFile | None = None
    number: int | None = None
    problem: Problem | None = None

    @property
    def sha256(self) -> str:
        """Of what is kept of it; empty when nothing is."""
        known = (getattr(each, "sha256", "") for each in (self.file, self.kept, self.problem))
        return next(filter(None, known), "")

    @property
    def portal(self) -> bool:
        """What the portal has shown: it is no file, and nobody takes it out."""
        return self.ticket == PAYMENTS

    @property
    def troubled(self) -> bool:
        """Somebody should look at it: not read, or not whole."""
        if self.file is not None:
            return not self.file.whole
        return self.state in (State.UNREADABLE, State.UNTAUGHT)

    @property
    def table(self) -> "Table | None":
        """What the dialog of columns asks about it; None of what is no table."""
        headings = tuple(getattr(self.problem, "headings", ()))
        return Table(headings, tuple(getattr(self.problem, "sample", ()))) if headings else None


def not_read(entry: Entry, error: Exception) -> Entry:
    """It as it stands once reading it has failed."""
    from desktop.services.review.whole import Unreadable, Unrecognised

    problem = error if isinstance(error, Problem) else Unreadable("Une erreur inattendue a arrêté sa lecture.")
    state = State.UNTAUGHT if isinstance(problem, Unrecognised) else State.UNREADABLE
    return replace(entry, state=state, problem=problem)


def put_by(keeping: "Keeping", there: Iterable[Entry], last: int) -> list[Entry]:
    """The files that could not be read and are not `there`, as each stood then, with tickets after the `last`; those
    whose bytes are kept can be read again."""
    sums = {each.sha256 for each in there}
    back: list[Entry] = []
    for unread in keeping.unread():
        if unread.sha256 not in sums:
            path = Held(unread.name, partial(keeping.unread_bytes, unread.sha256)) if unread.whole else None
            entry = Entry(last + len(back) + 1, unread.name, State.WAITING, path)
            back.append(not_read(entry, unread.problem))
    return back


def twins(there: Iterable[Entry], ticket: int, sha256: str) -> list[int]:
    """Where the very bytes of this file stand in the list already, as those of one that could not be read."""
    others = (each for each in there if each.ticket != ticket and each.file is None and each.problem is not None)
    return [each.ticket for each in others if sha256 and each.sha256 == sha256]


@dataclass(frozen=True, slots=True)
class Progress:
    """What is under way: reading the file `name`, `place` of `whole`, of which `share` (0 to 1) is read; or, with no
    name, looking for files and checking what was read."""

    name: str
    place: int
    whole: int
    share: float


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and some rows of a table whose columns are in question."""

    headings: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
