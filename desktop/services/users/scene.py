"""Everybody whose rights one administers, in memory, with what waits laid over: read once after each commit.

Not by SQL views, as other subjects: what a person holds in thousands of spaces is one string of bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Final

import msgspec

from contract.users import (
    ChangeRights,
    CorrectUser,
    InviteAgain,
    InviteUser,
    RemoveUser,
    RightUse,
    SuspendUser,
    UserState,
)
from contract.wishes import Wish
from desktop.services import folding
from desktop.services.records import moment
from desktop.services.store import Row, Store
from desktop.services.users import masks

TOPICS: Final = ("users", "outbox", "portfolio")
KINDS: Final = ("invite_user", "change_rights", "correct_user", "suspend_user", "remove_user", "invite_again")
STUCK: Final = frozenset({"refused", "conflict"})
"""A wish in one of these states promises nothing."""

_PEOPLE: Final = """
SELECT key, person_id, number, civility, first_name, last_name, email, phone, function, state, whole, invited_at,
  signed_in_at, masks, uses
FROM users
"""
_SPACES: Final = """
SELECT n.space_id, n.company_id, coalesce(n.company, ''), n.label, n.member_number, n.siret, n.rights, p.place
FROM named_spaces AS n LEFT JOIN user_places AS p ON p.space_id = n.space_id
"""
_WISHES: Final = f"""
SELECT wish_id, seq, state, title, sentence, attempts, body FROM outbox
WHERE kind IN ({", ".join(f"'{kind}'" for kind in KINDS)}) ORDER BY seq
"""
_wishes: msgspec.json.Decoder[Wish] = msgspec.json.Decoder(Wish)
_uses = msgspec.json.Decoder(tuple[RightUse, ...])


@dataclass(frozen=True, slots=True)
class Place:
    """A space that one administers. `mine` is what one holds there oneself."""

    place: int
    space_id: str
    company_id: str
    company: str
    label: str
    member_number: str
    siret: str
    mine: int


@dataclass(slots=True)
class Person:
    """`told` is what the portal says that she holds, `masks` what she will hold when what waits is carried out; `ends`
    gives the last day of a right by place and bit. `version` is None while the portal does not know her."""

    key: int
    person_id: str
    version: int | None
    civility: str
    first_name: str
    last_name: str
    email: str
    phone: str
    function: str
    state: str
    whole: bool
    invited_at: datetime | None
    signed_in_at: datetime | None
    told: bytes
    masks: bytearray
    uses: Mapping[str, date]
    ends: dict[tuple[int, int], date] = field(default_factory=dict)
    told_ends: dict[tuple[int, int], date] = field(default_factory=dict)
    waits: bool = False
    refused: bool = False
    conflict: bool = False

    @property
    def name(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()

    @property
    def suspended(self) -> bool:
        return self.state == UserState.SUSPENDED

    def at(self, place: int) -> int:
        return masks.at(self.masks, place)

    def told_at(self, place: int) -> int:
        return masks.at(self.told, place)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wish about users that is in the outbox."""

    wish_id: str
    state: str
    title: str
    sentence: str
    attempts: int
    wish: Wish

    def about(self) -> frozenset[str]:
        """The persons."""
        match self.wish:
            case ChangeRights():
                return frozenset(change.person_id for change in self.wish.changes)
            case InviteUser() | CorrectUser() | SuspendUser() | RemoveUser() | InviteAgain():
                return frozenset({self.wish.person_id})
            case _:
                return frozenset()


@dataclass(frozen=True, slots=True)
class Scene:
    """`people` in French alphabetical order; `places` are the spaces that one administers, by company and number."""

    people: tuple[Person, ...]
    places: tuple[Place, ...]
    by_place: Mapping[int, Place]
    by_space: Mapping[str, Place]
    me: str
    waiting: tuple[Waiting, ...]
    by_id: Mapping[str, Person]
    mains: Mapping[int, tuple[str, ...]]
    """By place, who can act as main administrator there."""

    def mine(self, place: int) -> int:
        found = self.by_place.get(place)
        return found.mine if found is not None else 0

    @property
    def main_somewhere(self) -> bool:
        return any(place.mine >> masks.MAIN & 1 for place in self.places)


class Roster:
    """Answers from several threads: what was worked out is put in place whole, and worked out once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._latest: tuple[int, Scene] | None = None
        self._door = Lock()

    @property
    def fresh(self) -> bool:
        """It is worked out: `scene` answers at once."""
        return self._latest is not None and self._latest[0] == self._store.version(*TOPICS)

    def scene(self) -> Scene:
        with self._door:
            version = self._store.version(*TOPICS)
            latest = self._latest
            if latest is None or latest[0] != version:
                latest = version, _read(self._store)
                self._latest = latest
            return latest[1]


def _read(store: Store) -> Scene:
    places = _places(store)
    by_space = {place.space_id: place for place in places}
    people = {person.person_id: person for person in map(_person, store.query(_PEOPLE))}
    for person_id, place, ends_on, mask in store.query("SELECT person_id, place, ends_on, mask FROM user_ends"):
        if (person := people.get(person_id)) is not None:
            until = date.fromisoformat(ends_on)
            person.told_ends.update(((place, bit), until) for bit in masks.bits(mask))
    for person in people.values():
        person.ends = dict(person.told_ends)
    rows = store.query(_WISHES)
    waiting = tuple(Waiting(row[0], row[2], row[3], row[4], row[5], _wishes.decode(row[6])) for row in rows)
    for row, each in zip(rows, waiting, strict=True):
        _lay(people, by_space, each, -int(row[1]))
    ordered = sorted(people.values(), key=lambda person: (folding.collated(person.name), person.person_id))
    me = store.query("SELECT person_id FROM person")
    return Scene(
        people=tuple(ordered),
        places=places,
        by_place={place.place: place for place in places},
        by_space=by_space,
        me=str(me[0][0]) if me else "",
        waiting=waiting,
        by_id=people,
        mains=_mains(ordered),
    )


def _mains(people: Sequence[Person]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for person in people:
        if person.state == UserState.ACTIVE and masks.anywhere(bytes(person.masks)) >> masks.MAIN & 1:
            for place, held in enumerate(person.masks):
                if held >> masks.MAIN & 1:
                    found[place] = (*found.get(place, ()), person.person_id)
    return found


def _places(store: Store) -> tuple[Place, ...]:
    """Those that one administers: each has been given its place with `Me`."""
    rows = [(row, masks.mask(msgspec.json.decode(row[6]))) for row in store.query(_SPACES)]
    mine = [(row, held) for row, held in rows if held & masks.ADMINISTERS]
    mine.sort(key=lambda one: (folding.collated(one[0][2]), one[0][4]))
    return tuple(_place(row, held) for row, held in mine if row[7] is not None)


def _place(row: Row, mine: int) -> Place:
    space_id, company_id, company, label, member_number, siret, _, place = row
    return Place(place, space_id, company_id, company, label, member_number, siret, mine)


def _person(row: Row) -> Person:
    key, person_id, version, civility, first_name, last_name, email, phone, function, state, whole, *rest = row
    invited_at, signed_in_at, held, uses = rest
    return Person(
        key=key,
        person_id=person_id,
        version=version,
        civility=civility,
        first_name=first_name,
        last_name=last_name,
        email=email,
        phone=phone,
        function=function,
        state=state,
        whole=bool(whole),
        invited_at=moment(invited_at) if invited_at is not None else None,
        signed_in_at=moment(signed_in_at) if signed_in_at is not None else None,
        told=held,
        masks=bytearray(held),
        uses={use.right: use.on for use in _uses.decode(uses)},
    )


# What waits


def _lay(people: dict[str, Person], by_space: Mapping[str, Place], waiting: Waiting, key: int) -> None:
    if isinstance(waiting.wish, InviteUser) and waiting.wish.person_id not in people:
        people[waiting.wish.person_id] = _invited(waiting.wish, by_space, key)
    stuck = waiting.state in STUCK
    for person_id in waiting.about():
        if (person := people.get(person_id)) is not None:
            person.waits = person.waits or not stuck
            person.refused = person.refused or waiting.state == "refused"
            person.conflict = person.conflict or waiting.state == "conflict"
    if not stuck:
        _carry_out(people, by_space, waiting.wish)


def _carry_out(people: Mapping[str, Person], by_space: Mapping[str, Place], wish: Wish) -> None:
    match wish:
        case ChangeRights():
            for change in wish.changes:
                if (person := people.get(change.person_id)) is not None:
                    add, remove = masks.mask(change.add), masks.mask(change.remove)
                    _change(person, _where(by_space, change.space_ids), add, remove, change.ends_on)
        case CorrectUser() if (person := people.get(wish.person_id)) is not None:
            person.civility, person.phone, person.function = wish.civility, wish.phone, wish.function
            person.first_name, person.last_name = wish.first_name, wish.last_name
        case SuspendUser() if (person := people.get(wish.person_id)) is not None:
            back = UserState.ACTIVE if person.signed_in_at is not None else UserState.INVITED
            person.state = UserState.SUSPENDED if wish.suspended else back
        case RemoveUser() if (person := people.get(wish.person_id)) is not None:
            person.masks = bytearray(len(person.masks))
            person.ends = {}
        case _:
            return


def _where(by_space: Mapping[str, Place], space_ids: Sequence[str]) -> list[int]:
    return [by_space[space_id].place for space_id in space_ids if space_id in by_space]


def _change(person: Person, places: Sequence[int], add: int, remove: int, ends_on: date | None) -> None:
    for place in places:
        masks.put(person.masks, place, (person.at(place) | add) & ~remove)
        for bit in masks.bits(add | remove):
            if ends_on is not None and add >> bit & 1:
                person.ends[place, bit] = ends_on
            else:
                person.ends.pop((place, bit), None)


def _invited(wish: InviteUser, by_space: Mapping[str, Place], key: int) -> Person:
    person = Person(
        key=key,
        person_id=wish.person_id,
        version=None,
        civility=wish.civility,
        first_name=wish.first_name,
        last_name=wish.last_name,
        email=wish.email,
        phone=wish.phone,
        function=wish.function,
        state=UserState.INVITED,
        whole=True,
        invited_at=None,
        signed_in_at=None,
        told=b"",
        masks=bytearray(),
        uses={},
    )
    for grant in wish.grants:
        _change(person, _where(by_space, grant.space_ids), masks.mask(grant.rights), 0, grant.ends_on)
    return person
