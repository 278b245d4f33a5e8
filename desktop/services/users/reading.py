"""What the pages read: rows of people, and one of them whole."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from contract.portfolio import Right
from contract.users import ChangeRights, CorrectUser, InviteUser, UserState
from desktop.services import folding
from desktop.services.store import Store
from desktop.services.users import masks, rules
from desktop.services.users.planning import edits_of, idle
from desktop.services.users.rows import (
    Colleague,
    Counts,
    Delivery,
    Filter,
    Held,
    Listing,
    Pill,
    Query,
    Reason,
    UserRow,
    UserSheet,
)
from desktop.services.users.scene import STUCK, Person, Roster, Scene, Waiting

_ADMINISTERS: Final = (
    """SELECT 1 FROM spaces WHERE rights LIKE '%"users"%' OR rights LIKE '%"main_administrator"%' LIMIT 1"""
)
_KNOWN: Final = (
    "SELECT 1 FROM users WHERE person_id = :id"
    " UNION ALL SELECT 1 FROM outbox WHERE kind = 'invite_user' AND request_id = :id"
)
_LONG: Final = timedelta(days=182)
_GRACE: Final = timedelta(days=7)
_SOON: Final = timedelta(days=30)
_TOLD_OF_USE: Final = masks.mask((Right.CONTACT, Right.AFFILIATION, Right.LEAVE, Right.ALLOWANCES, Right.USERS))
"""The rights of which it is known whether they are used."""


def _no_hold(_wish_id: str) -> float:
    return 0.0


class Reading:
    def __init__(self, store: Store, hold_left: Callable[[str], float] = _no_hold) -> None:
        """`hold_left` tells for how many seconds a wish is still held back."""
        self._store, self._hold_left = store, hold_left
        self._roster = Roster(store)
        self._words: tuple[Scene | None, dict[int, str]] = (None, {})

    def scene(self) -> Scene:
        """All of it, for the matrix. May take a moment after a commit: called through `later`."""
        return self._roster.scene()

    @property
    def fresh(self) -> bool:
        """Nothing was committed since all was worked out: what is read now takes no time."""
        return self._roster.fresh

    def administers(self) -> bool:
        """Whether one administers the users of some space. Quick, whatever has just been committed."""
        return bool(self._store.query(_ADMINISTERS))

    def knows(self, person_id: str) -> bool:
        """Whether this is a person, known or invited here. Quick as well."""
        return bool(self._store.query(_KNOWN, {"id": person_id}))

    def listing(self, query: Query, today: date) -> Listing:
        scene = self._roster.scene()
        place = _place(scene, query.space_id)
        found = [person for person in scene.people if _lets_through(person, query, place, today)]
        if runs := folding.terms(query.text):
            words = self._searchable(scene)
            found = [person for person in found if _has(runs, words[person.key])]
        return Listing(array("q", [person.key for person in found]))

    def counts(self, space_id: str | None, today: date) -> Counts:
        scene = self._roster.scene()
        place = _place(scene, space_id)
        people = [person for person in scene.people if _within(person, place)]
        reasons: Counter[Reason] = Counter()
        filters: Counter[Filter] = Counter()
        for person in people:
            told = review(person, today)
            reasons.update(told)
            filters.update(each for each in Filter if _passes(person, each, told))
        return Counts(len(people), filters, reasons)

    def rows(self, keys: Sequence[int], today: date) -> list[UserRow]:
        """In the order of `keys`; somebody who is gone is left out."""
        scene = self._roster.scene()
        people = {person.key: person for person in scene.people}
        return [_row(scene, people[key], today) for key in keys if key in people]

    def key_of(self, person_id: str) -> int | None:
        person = self._roster.scene().by_id.get(person_id)
        return person.key if person is not None else None

    def colleagues(self) -> tuple[Colleague, ...]:
        """Everybody whose rights may be copied."""
        return tuple(
            Colleague(person.person_id, person.name, person.function)
            for person in self._roster.scene().people
            if any(person.masks)
        )

    def sheet(self, person_id: str, today: date) -> UserSheet | None:
        scene = self._roster.scene()
        person = scene.by_id.get(person_id)
        if person is None:
            return None
        return UserSheet(
            row=_row(scene, person, today),
            version=person.version,
            phone=person.phone,
            suspended=person.suspended,
            whole=person.whole,
            held=tuple(_held(scene, person)),
            uses=person.uses,
            unused=masks.rights(_unused(person, today)),
            deliveries=tuple(self._deliveries(scene, person_id)),
            acts=rules.acts(scene, person),
        )

    def deliveries(self) -> tuple[Delivery, ...]:
        """The changes of rights that wait, whomever they concern."""
        scene = self._roster.scene()
        return tuple(self._delivery(scene, each) for each in scene.waiting if isinstance(each.wish, ChangeRights))

    def _deliveries(self, scene: Scene, person_id: str) -> Iterator[Delivery]:
        for each in scene.waiting:
            if person_id in each.about():
                yield self._delivery(scene, each)

    def _delivery(self, scene: Scene, each: Waiting) -> Delivery:
        edits = edits_of(scene, each.wish) if isinstance(each.wish, ChangeRights) else {}
        state = "queued" if each.state == "held" and not self._hold_left(each.wish_id) else each.state
        return Delivery(
            wish_id=each.wish_id,
            state=state,
            title=each.title,
            sentence=each.sentence,
            attempts=each.attempts,
            cells=len(edits),
            left=len(edits) - len(idle(scene, edits)) if state in STUCK else 0,
            editable=isinstance(each.wish, ChangeRights | InviteUser | CorrectUser),
        )

    def _searchable(self, scene: Scene) -> dict[int, str]:
        known, words = self._words
        if known is not scene:
            words = {person.key: _searchable(scene, person) for person in scene.people}
            self._words = scene, words
        return words


# Narrowing


def _place(scene: Scene, space_id: str | None) -> int | None:
    """None for all spaces; a space that one does not administer has a place that nobody holds anything in."""
    if space_id is None:
        return None
    found = scene.by_space.get(space_id)
    return found.place if found is not None else 1 << 30


def _within(person: Person, place: int | None) -> bool:
    return place is None or bool(person.at(place)) or (person.waits and bool(person.told_at(place)))


def _lets_through(person: Person, query: Query, place: int | None, today: date) -> bool:
    if not _within(person, place):
        return False
    if query.filter is None and query.reason is None:
        return True
    told = review(person, today)
    if query.reason is not None and query.reason not in told:
        return False
    return query.filter is None or _passes(person, query.filter, told)


def _passes(person: Person, one: Filter, reasons: Sequence[Reason]) -> bool:
    match one:
        case Filter.REVIEW:
            return bool(reasons)
        case Filter.INVITED:
            return person.state == UserState.INVITED
        case Filter.SUSPENDED:
            return person.suspended
        case Filter.ADMINISTRATORS:
            return bool(masks.anywhere(bytes(person.masks)) & masks.ADMINISTERS)


def _searchable(scene: Scene, person: Person) -> str:
    """Words between spaces: who she is, and of which companies."""
    places = [scene.by_place[place] for place in masks.held_places(bytes(person.masks)) if place in scene.by_place]
    companies = dict.fromkeys(place.company for place in places)
    numbers = [place.member_number for place in places[:20]]
    parts = [person.name, person.email, person.function, *list(companies)[:20], *numbers]
    return f" {folding.collated(folding.searchable(parts))} "


def _has(runs: Sequence[tuple[str, ...]], words: str) -> bool:
    return all(any(all(f" {word}" in words for word in reading) for reading in folding.readings(run)) for run in runs)


# One person


def review(person: Person, today: date) -> tuple[Reason, ...]:
    """Why her access should be looked at again; of a suspended person nothing needs to be."""
    if person.suspended or person.version is None:
        return ()
    found = []
    invited = _day(person.invited_at)
    if person.signed_in_at is None:
        if invited is None or invited <= today - _GRACE:
            found.append(Reason.NEVER)
    elif (_day(person.signed_in_at) or today) < today - _LONG:
        found.append(Reason.INACTIVE)
    elif _unused(person, today):
        found.append(Reason.UNUSED)
    if any(today <= until <= today + _SOON for until in set(person.ends.values())):
        found.append(Reason.ENDING)
    return tuple(found)


def _unused(person: Person, today: date) -> int:
    """Of those whose use is told, the rights that she has held and not used for six months."""
    invited = _day(person.invited_at)
    if invited is not None and invited > today - _LONG:
        return 0
    recent = masks.mask(right for right, on in person.uses.items() if on >= today - _LONG)
    return masks.anywhere(bytes(person.masks)) & _TOLD_OF_USE & ~recent


def _day(at: datetime | None) -> date | None:
    return at.astimezone().date() if at is not None else None


def _row(scene: Scene, person: Person, today: date) -> UserRow:
    held = masks.held_places(bytes(person.masks))
    spaces = [scene.by_place[place] for place in held if place in scene.by_place]
    companies = {space.company_id: space.company for space in spaces}
    return UserRow(
        key=person.key,
        person_id=person.person_id,
        civility=person.civility,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        function=person.function,
        pill=_pill(person),
        me=person.person_id == scene.me,
        administrator=bool(masks.anywhere(bytes(person.masks)) & masks.ADMINISTERS),
        signed_in_at=person.signed_in_at,
        invited_at=person.invited_at,
        spaces=len(held),
        companies=len(companies),
        company=next(iter(companies.values())) if len(companies) == 1 else "",
        reasons=review(person, today),
    )


def _pill(person: Person) -> Pill:
    if person.refused:
        return Pill.REFUSED
    if person.conflict:
        return Pill.CONFLICT
    if person.waits or person.version is None:
        return Pill.WAITING
    return Pill(person.state) if person.state in set(UserState) else Pill.ACTIVE


def _held(scene: Scene, person: Person) -> Iterator[Held]:
    """Where she holds something, or did until something that waits."""
    for place in scene.places:
        now, told = person.at(place.place), person.told_at(place.place)
        if not now | told:
            continue
        mine = {bit: person.ends[place.place, bit] for bit in masks.bits(now) if (place.place, bit) in person.ends}
        moved = {bit for bit in mine if mine[bit] != person.told_ends.get((place.place, bit))}
        changed = (now ^ told) | sum(1 << bit for bit in moved)
        yield Held(
            space_id=place.space_id,
            company=place.company,
            label=place.label,
            member_number=place.member_number,
            rights=masks.rights(now),
            ends={masks.RIGHTS[bit].value: until for bit, until in mine.items()},
            waiting=frozenset(masks.rights(changed)),
        )
