"""How records from the portal come into the store: shared by the way up (outcomes) and the way down (pages)."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import apsw
import msgspec

from contract.changes import Change
from contract.wire import Record
from desktop.services.portal import Raw

ME: Final = "me"
CATALOGUE: Final = "catalogue"
LEAVES: Final = "leave_catalogue"
"""The kinds under which `Me` and the catalogues are handed to the subject that keeps them: one change, number 0."""


class Subject(Protocol):
    """What sync knows of a subject: the kinds of record it keeps, the right without which one is told of none in a
    space (None: every one may), and how it takes them in."""

    kinds: frozenset[str]
    topic: str

    @property
    def right(self) -> str | None: ...

    def apply(self, db: apsw.Connection, changes: Sequence[Change[Raw]]) -> None: ...

    def purge(self, db: apsw.Connection, space_id: str, *, lost: bool) -> None:
        """All that is held of a space goes: the person may no longer see it (`lost`), or it is to be read anew."""


class _Placed(Record, frozen=True):
    """The one field that every record of a feed has."""

    space_id: str | None = None


class Reception:
    """Hands each change to the subject that keeps its kind, in their order. Kinds nobody keeps are skipped."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self._subjects = tuple(subjects)

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset().union(*(subject.kinds for subject in self._subjects))

    def topics(self, changes: Iterable[Change[Raw]]) -> tuple[str, ...]:
        kinds = {change.kind for change in changes}
        return tuple(subject.topic for subject in self._subjects if kinds & subject.kinds)

    def may_be_told(self, kind: str, rights: frozenset[str]) -> bool:
        """Whether somebody with these rights in a space is told of records of this kind."""
        needed = {subject.right for subject in self._subjects if kind in subject.kinds} - {None}
        return needed <= rights

    @property
    def all_topics(self) -> tuple[str, ...]:
        return tuple(subject.topic for subject in self._subjects)

    def take(self, db: apsw.Connection, changes: Sequence[Change[Raw]]) -> None:
        for subject in self._subjects:
            mine = [change for change in changes if change.kind in subject.kinds]
            if mine:
                subject.apply(db, mine)

    def purge(self, db: apsw.Connection, space_id: str, *, lost: bool) -> None:
        for subject in self._subjects:
            subject.purge(db, space_id, lost=lost)


def space_of(change: Change[Raw]) -> str | None:
    """The space that a record says it is of; None for a tombstone."""
    return msgspec.json.decode(change.record, type=_Placed | None).space_id if _is_there(change) else None


def _is_there(change: Change[Raw]) -> bool:
    return bytes(change.record) not in (b"", b"null")
