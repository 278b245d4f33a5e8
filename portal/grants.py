"""Rights given and taken, many at a time: the one place that writes them.

Whatever changes rights goes through `change`, which keeps a main administrator in every space that has one who can act,
writes the journal, and has all those told who must ask again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, select, text, update

from contract.portfolio import Right
from portal.database import SYSTEM, Actor, Deed, Transaction, unix
from portal.tables import ADMINISTERING, MAIN, persons, rights

Cell = tuple[str, str, str]
"""A person, a space, a right."""

PARIS: Final = ZoneInfo("Europe/Paris")

_GIVE: Final = text(
    'INSERT INTO rights (person_id, space_id, "right", granted_at, ends_at)'
    " VALUES (:person_id, :space_id, :code, :granted_at, :ends_at)"
    ' ON CONFLICT (person_id, space_id, "right")'
    " DO UPDATE SET granted_at = excluded.granted_at, ends_at = excluded.ends_at"
).bindparams(bindparam("granted_at", type_=rights.c.granted_at.type))
_DEPART: Final = text(
    "INSERT INTO departures (person_id, space_id, portfolio_id)"
    " SELECT person_id, :space, portfolio_id FROM persons WHERE person_id = :person"
    " ON CONFLICT (person_id, space_id) DO UPDATE SET portfolio_id = excluded.portfolio_id, number = NULL"
)
_TAKE: Final = delete(rights).where(
    rights.c.person_id == bindparam("person"),
    rights.c.space_id == bindparam("space"),
    rights.c.right == bindparam("code"),
)
_PLACE: Final = {right.value: place for place, right in enumerate(Right)}


class NotAllowed(Exception):
    """What was asked makes no sense for these persons and spaces; the message says why, in French."""


class LastAdministrator(NotAllowed):
    """These spaces would be left without a main administrator who can act."""

    def __init__(self, space_ids: Collection[str]) -> None:
        super().__init__("Un espace garde toujours un administrateur principal actif.")
        self.space_ids = sorted(space_ids)


def last_day(ends_at: int) -> str:
    """The last day in Paris on which a right with this end holds, as 2026-12-31."""
    return datetime.fromtimestamp(ends_at - 1, UTC).astimezone(PARIS).date().isoformat()


def change(tx: Transaction, actor: Actor, given: Mapping[Cell, int | None], taken: Iterable[Cell] = ()) -> None:
    """Gives rights, each with its end (Unix seconds) or without, and takes others; what stands as wished already is
    left alone. The spaces are the persons' own portfolio's. Raises `LastAdministrator`; `LookupError` for a space that
    does not exist."""
    wished = {*given, *taken}
    tx.hold({space_id for _, space_id, _ in wished})
    held = _held(tx.db, wished)
    new = {cell: end for cell, end in given.items() if cell not in held or held[cell] != end}
    lost = [cell for cell in wished.difference(given) if cell in held]
    if not new and not lost:
        return
    main = {space_id for _, space_id, right in (*new, *lost) if right == Right.MAIN_ADMINISTRATOR}
    with keeping_administrators(tx, main):
        _write(tx, new, lost)
    _depart(tx, lost)
    changed = {person_id for person_id, _, _ in (*new, *lost)}
    _journal(tx, actor, new, lost)
    for space_id in {space_id for _, space_id, _ in (*new, *lost)}:
        tx.touch(space_id)
    rights_changed(tx, changed, main)


def lapse(tx: Transaction, person_id: str) -> None:
    """Takes the person's rights that have come to their end: she is to ask again, and her administrators are told."""
    ended = and_(rights.c.person_id == person_id, rights.c.ends_at <= unix(tx.now))
    tx.hold(set(tx.db.execute(select(rights.c.space_id).where(ended)).scalars()))
    taking = delete(rights).where(ended).returning(rights.c.space_id, rights.c.right)
    lost = [(person_id, space_id, right) for space_id, right in tx.db.execute(taking)]
    _depart(tx, lost)
    _journal(tx, SYSTEM, {}, lost, taken="rights.end")
    for space_id in {space_id for _, space_id, _ in lost}:
        tx.touch(space_id)
    main = {space_id for _, space_id, right in lost if right == Right.MAIN_ADMINISTRATOR}
    rights_changed(tx, [person_id], main)


def effective(db: Connection, space_ids: Collection[str]) -> set[str]:
    """Those of the spaces that have a main administrator who can act: neither invited only nor suspended, and without
    an end."""
    if not space_ids:
        return set()
    query = select(rights.c.space_id).join(persons, persons.c.person_id == rights.c.person_id)
    query = query.where(text(MAIN), rights.c.ends_at.is_(None), rights.c.space_id.in_(space_ids))
    query = query.where(~persons.c.suspended, persons.c.password_hash.is_not(None))
    return set(db.execute(query.distinct()).scalars())


@contextmanager
def keeping_administrators(tx: Transaction, space_ids: Collection[str]) -> Iterator[None]:
    """What is done inside leaves a main administrator wherever there was one. The spaces are held. Raises
    `LastAdministrator`."""
    before = effective(tx.db, space_ids)
    yield
    if lost := before - effective(tx.db, before):
        raise LastAdministrator(lost)


def rights_changed(tx: Transaction, person_ids: Collection[str], main: Collection[str] = ()) -> None:
    """These persons have other rights, or another state: they and their administrators are told; and everybody in the
    spaces of which the main administrator is another now."""
    _renew(tx, person_ids, version=persons.c.version + 1)
    tx.tell_administrators(person_ids)
    if main:
        there = select(rights.c.person_id).where(rights.c.space_id.in_(main)).distinct()
        profile_changed(tx, set(tx.db.execute(there).scalars()).difference(person_ids))


def profile_changed(tx: Transaction, person_ids: Collection[str]) -> None:
    """What `Me` tells them changed."""
    _renew(tx, person_ids)


def _renew(tx: Transaction, person_ids: Collection[str], **more: object) -> None:
    if not person_ids:
        return
    these = persons.c.person_id.in_(sorted(person_ids))
    if len(person_ids) > 1:
        tx.db.execute(select(persons.c.person_id).where(these).order_by(persons.c.person_id).with_for_update())
    hers = rights.c.person_id == persons.c.person_id
    ahead = select(func.min(rights.c.ends_at)).where(hers, rights.c.ends_at > unix(tx.now))
    live = rights.c.ends_at.is_(None) | (rights.c.ends_at > unix(tx.now))
    values = {
        "profile_version": persons.c.profile_version + 1,
        "rights_end_at": ahead.scalar_subquery(),
        "administers": exists().where(and_(hers, text(ADMINISTERING), live)),
    }
    tx.db.execute(update(persons).where(these).values(values | more))


def _held(db: Connection, cells: Collection[Cell]) -> dict[Cell, int | None]:
    """Those of the cells that are in the table, with their ends."""
    wanted: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for person_id, space_id, right in cells:
        wanted[person_id][0].add(space_id)
        wanted[person_id][1].add(right)
    columns = rights.c.space_id, rights.c.right, rights.c.ends_at
    found: dict[Cell, int | None] = {}
    for person_id, (space_ids, codes) in wanted.items():
        mine = rights.c.person_id == person_id, rights.c.space_id.in_(space_ids), rights.c.right.in_(codes)
        for space_id, right, ends_at in db.execute(select(*columns).where(*mine)):
            found[person_id, space_id, right] = ends_at
    return found


def _write(tx: Transaction, new: Mapping[Cell, int | None], lost: Iterable[Cell]) -> None:
    taken = [{"person": person, "space": space, "code": code} for person, space, code in sorted(lost)]
    given = [
        {
            "person_id": person,
            "space_id": space,
            "code": code,
            "granted_at": tx.now,
            "ends_at": new[person, space, code],
        }
        for person, space, code in sorted(new)
    ]
    if taken:
        tx.db.execute(_TAKE, taken)
    if given:
        tx.db.execute(_GIVE, given)


def _depart(tx: Transaction, lost: Collection[Cell]) -> None:
    """Notes where the persons have no right any more, for those who administer there to be told."""
    places = {(person_id, space_id) for person_id, space_id, _ in lost}
    person_ids, space_ids = ({each[place] for each in places} for place in (0, 1))
    holding = rights.c.ends_at.is_(None) | (rights.c.ends_at > unix(tx.now))
    query = select(rights.c.person_id, rights.c.space_id).distinct()
    query = query.where(rights.c.person_id.in_(person_ids), rights.c.space_id.in_(space_ids), holding)
    left = places.difference(tuple(row) for row in tx.db.execute(query))
    if left:
        tx.db.execute(_DEPART, [{"person": person, "space": space} for person, space in sorted(left)])


def _journal(
    tx: Transaction,
    actor: Actor,
    new: Mapping[Cell, int | None],
    lost: Collection[Cell],
    taken: str = "rights.withdraw",
) -> None:
    """An entry a person, space and end; `taken` is what became of those that are lost."""
    person_ids = {person_id for person_id, _, _ in (*new, *lost)}
    query = select(persons.c.person_id, persons.c.portfolio_id).where(persons.c.person_id.in_(person_ids))
    owners = {row.person_id: row.portfolio_id for row in tx.db.execute(query)}
    entries: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for person_id, space_id, right in lost:
        entries[taken, space_id, person_id, ""].append(right)
    for (person_id, space_id, right), end in new.items():
        until = "" if end is None else f" until:{last_day(end)}"
        entries["rights.grant", space_id, person_id, until].append(right)
    tx.audit_all(
        actor,
        (
            Deed(action, space_id, person_id, " ".join(sorted(codes, key=_order)) + until, owners[person_id])
            for (action, space_id, person_id, until), codes in sorted(entries.items())
        ),
    )


def _order(code: str) -> tuple[int, str]:
    return _PLACE.get(code, len(_PLACE)), code
