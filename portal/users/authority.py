"""What an administrator may give and take: never what she does not hold, nor for longer than she holds it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, select, text

from contract import limits
from contract.portfolio import Right
from contract.wire import ProblemKind
from portal.database import Actor, Transaction, unix
from portal.grants import PARIS, Cell, last_day
from portal.people import live
from portal.problems import Refusal, invalid, unknown
from portal.tables import MAIN, persons, rights
from portal.users import uses
from portal.users.records import Viewer

_LONGEST: Final = timedelta(days=3660)
"""The farthest end of a right."""


def end_of(ends_on: date | None, now: datetime, named: str) -> int | None:
    """The moment (Unix seconds) at which a right ends whose last day this is. Raises `Refusal`, naming the field."""
    if ends_on is None:
        return None
    today = uses.today(now)
    if not today <= ends_on <= today + _LONGEST:
        raise invalid(named, "La fin se choisit entre aujourd’hui et dix ans plus tard.")
    return unix(datetime.combine(ends_on + timedelta(days=1), time(), PARIS))


@dataclass(slots=True)
class Batch:
    """What a wish gives and takes, right by right."""

    given: dict[Cell, int | None] = field(default_factory=dict)
    taken: set[Cell] = field(default_factory=set)

    def give(self, person_id: str, space_ids: Iterable[str], codes: Iterable[str], end: int | None, named: str) -> None:
        """Raises `Refusal`, naming the field."""
        for cell in self._new(person_id, space_ids, codes, named):
            if cell[2] == Right.MAIN_ADMINISTRATOR and end is not None:
                raise invalid(f"{named}.ends_on", "Le droit d’administrateur principal n’a pas de fin.")
            self.given[cell] = end

    def take(self, person_id: str, space_ids: Iterable[str], codes: Iterable[str], named: str) -> None:
        """Raises `Refusal`, naming the field."""
        self.taken.update(self._new(person_id, space_ids, codes, named))

    def _new(self, person_id: str, space_ids: Iterable[str], codes: Iterable[str], named: str) -> set[Cell]:
        cells = {(person_id, space_id, str(code)) for space_id in space_ids for code in codes}
        if self.given.keys() & cells or self.taken & cells:
            raise invalid(named, "Le même droit est changé deux fois au même endroit.")
        if len(self.given) + len(self.taken) + len(cells) > limits.RIGHTS_PER_WISH:
            raise Refusal(
                ProblemKind.INVALID,
                f"Un envoi change au plus {limits.RIGHTS_PER_WISH // 1000}\u202f000\u00a0droits.",
                title="Il y a trop de changements à la fois.",
                remedy="Faites-les en plusieurs envois.",
            )
        return cells


@dataclass(frozen=True, slots=True)
class Authority:
    """Who wishes, and her rights by space with their ends; what others hold is read from `db`. The spaces that matter
    are held."""

    viewer: Viewer
    held: Mapping[str, Mapping[str, int | None]]
    db: Connection
    now: datetime

    @property
    def actor(self) -> Actor:
        return Actor("person", self.viewer.person_id)

    def check(self, batch: Batch) -> None:
        """Raises `Refusal` unless she may give and take all of this."""
        self.administers({space_id for _, space_id, _ in (*batch.given, *batch.taken)})
        for (_, space_id, right), end in batch.given.items():
            mine = self.held[space_id]
            if right not in mine:
                raise Refusal(ProblemKind.RIGHTS, "On ne donne que les droits que l’on a soi-même dans l’espace.")
            own = mine[right]
            if own is not None and (end is None or end > own):
                day = date.fromisoformat(last_day(own))
                raise invalid("ends_on", f"Vous n’avez vous-même ce droit que jusqu’au {day:%d/%m/%Y}.")
        self.leads(self._disarming(batch))

    def _disarming(self, batch: Batch) -> set[str]:
        """Where a main administrator would lose a right, or hold it for less long."""
        changed = {(person_id, space_id) for person_id, space_id, _ in (*batch.given, *batch.taken)}
        person_ids, space_ids = ({each[place] for each in changed} for place in (0, 1))
        main = select(rights.c.person_id, rights.c.space_id).where(text(MAIN), live(self.now))
        main = main.where(rights.c.person_id.in_(person_ids), rights.c.space_id.in_(space_ids))
        found = {(person_id, space_id) for person_id, space_id in self.db.execute(main)} & changed
        if not found:
            return set()
        theirs = select(rights).where(rights.c.person_id.in_({person_id for person_id, _ in found}), live(self.now))
        theirs = theirs.where(rights.c.space_id.in_({space_id for _, space_id in found}))
        lost = set()
        for row in self.db.execute(theirs):
            cell = (row.person_id, row.space_id, row.right)
            if (row.person_id, row.space_id) in found and (cell in batch.taken or _shorter(batch, cell, row.ends_at)):
                lost.add(row.space_id)
        return lost

    def administers(self, space_ids: Collection[str]) -> None:
        """Raises `Refusal`: a space that she has no right in is none to her."""
        if not self.held.keys() >= set(space_ids):
            raise unknown()
        if not self.viewer.spaces.issuperset(space_ids):
            raise Refusal(ProblemKind.RIGHTS)

    def leads(self, space_ids: Collection[str]) -> None:
        """Raises `Refusal` unless she is a main administrator in all of them."""
        if any(Right.MAIN_ADMINISTRATOR not in self.held.get(space_id, ()) for space_id in space_ids):
            raise Refusal(ProblemKind.RIGHTS, "Seul un administrateur principal peut le faire.")

    def note(self, tx: Transaction, space_ids: Iterable[str]) -> None:
        """She used her right to administer there."""
        used = {
            (space_id, Right.USERS if Right.USERS in self.held[space_id] else Right.MAIN_ADMINISTRATOR)
            for space_id in space_ids
        }
        uses.note(tx, self.viewer.person_id, used)


def _shorter(batch: Batch, cell: Cell, end: int | None) -> bool:
    """Whether a right that holds until `end` would end before."""
    wished = batch.given.get(cell)
    return wished is not None and (end is None or wished < end)


def authority(tx: Transaction, person_id: str, space_ids: Iterable[str] = ()) -> Authority:
    """Holds the spaces, then reads what the person may. Raises `Refusal` when one of the spaces is none to her, or when
    she administers nothing."""
    try:
        tx.hold(space_ids)
    except LookupError:
        raise unknown() from None
    query = select(persons.c.portfolio_id).where(persons.c.person_id == person_id)
    portfolio_id = tx.db.execute(query).scalar_one()
    held: dict[str, dict[str, int | None]] = {}
    mine = rights.c.person_id == person_id, live(tx.now)
    for space_id, right, end in tx.db.execute(select(rights.c.space_id, rights.c.right, rights.c.ends_at).where(*mine)):
        held.setdefault(space_id, {})[right] = end
    administered = frozenset(space_id for space_id, codes in held.items() if codes.keys() & _ADMINISTERING)
    if not administered and not held.keys() >= set(space_ids):
        raise unknown()
    if not administered:
        raise Refusal(ProblemKind.RIGHTS)
    return Authority(Viewer(person_id, portfolio_id, administered), held, tx.db, tx.now)


_ADMINISTERING: Final = frozenset({Right.USERS.value, Right.MAIN_ADMINISTRATOR.value})
