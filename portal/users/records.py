"""Persons as an administrator sees them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Row, case, func, select, text

from contract.portfolio import Right
from contract.users import GrantRecord, RightUse, UserRecord, UserState
from portal.database import Transaction
from portal.grants import last_day
from portal.people import live
from portal.tables import ADMINISTERING, persons, right_uses, rights

SPACES_TOLD: Final = 5_000
"""Identifiers of spaces after which a page is full: some 200 KB."""

_BITS: Final = {right.value: 1 << place for place, right in enumerate(Right)}
_MASK: Final = func.sum(case(_BITS, value=rights.c.right, else_=0))


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and the spaces that she administers."""

    person_id: str
    portfolio_id: str
    spaces: frozenset[str]


def viewer(db: Connection, person_id: str, portfolio_id: str, now: datetime) -> Viewer:
    query = select(rights.c.space_id).where(rights.c.person_id == person_id, text(ADMINISTERING), live(now))
    return Viewer(person_id, portfolio_id, frozenset(db.execute(query).scalars()))


def record(db: Connection, viewer: Viewer, person: Row[Any], now: datetime) -> UserRecord | None:
    """A row of `persons` as the viewer sees her; None when she does not."""
    hers = rights.c.person_id == person.person_id, live(now)
    query = select(rights.c.space_id, rights.c.ends_at, _MASK).where(*hers)
    spaces: set[str] = set()
    seen: dict[tuple[int | None, int], list[str]] = defaultdict(list)
    for space_id, ends_at, mask in db.execute(query.group_by(rights.c.space_id, rights.c.ends_at)):
        spaces.add(space_id)
        if space_id in viewer.spaces:
            seen[ends_at, int(mask)].append(space_id)
    if not seen:
        return None
    return UserRecord(
        person_id=person.person_id,
        version=person.version,
        civility=person.civility,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        function=person.function,
        state=state(person),
        whole=spaces <= viewer.spaces,
        invited_at=person.invited_at,
        signed_in_at=person.signed_in_at,
        grants=_grants(seen),
        uses=_uses(db, viewer, person.person_id),
    )


def state(person: Row[Any]) -> UserState:
    if person.suspended:
        return UserState.SUSPENDED
    return UserState.INVITED if person.password_hash is None else UserState.ACTIVE


def told(record: UserRecord) -> int:
    """How much of a page the record takes."""
    return sum(len(grant.space_ids) for grant in record.grants)


def answer(tx: Transaction, author: Viewer, person_ids: Iterable[str]) -> None:
    """Tells whose wish it is how these persons stand now, as far as a page reaches. What she administers may have
    changed by her own wish."""
    sees = viewer(tx.db, author.person_id, author.portfolio_id, tx.now)
    left = SPACES_TOLD
    for person_id in person_ids:
        row = tx.db.execute(select(persons).where(persons.c.person_id == person_id)).one()
        seen = record(tx.db, sees, row, tx.now)
        tx.answer("user", person_id, row.version, seen)
        left -= told(seen) if seen is not None else 0
        if left <= 0:
            return


def _grants(seen: dict[tuple[int | None, int], list[str]]) -> tuple[GrantRecord, ...]:
    ordered = sorted(seen.items(), key=lambda item: (item[0][0] or 0, item[0][1]))
    return tuple(
        GrantRecord(_rights(mask), tuple(sorted(space_ids)), None if end is None else date.fromisoformat(last_day(end)))
        for (end, mask), space_ids in ordered
    )


@cache
def _rights(mask: int) -> tuple[str, ...]:
    return tuple(right for right, bit in _BITS.items() if mask & bit)


def _uses(db: Connection, viewer: Viewer, person_id: str) -> tuple[RightUse, ...]:
    query = select(right_uses.c.right, right_uses.c.space_id, right_uses.c.used_on)
    latest: dict[str, date] = {}
    for right, space_id, used_on in db.execute(query.where(right_uses.c.person_id == person_id)):
        if space_id in viewer.spaces:
            latest[right] = max(used_on, latest.get(right, used_on))
    return tuple(RightUse(right, used_on) for right, used_on in sorted(latest.items()))
