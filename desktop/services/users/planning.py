"""Cells that were changed, as what they come to: before and after by person, what is impossible, and the wish. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from contract import limits
from contract.users import ChangeRights, RightsChange
from desktop.services.users import masks
from desktop.services.users.rows import GIVE, WITHDRAW, RightsDraft
from desktop.services.users.rules import LAST_MAIN, why_not
from desktop.services.users.scene import Person, Scene

Cell = tuple[str, int, int]
"""Person, place, bit."""
Edits = dict[Cell, str]
"""What is wanted of each cell: `+`, `-`, or the ISO date of the last day."""
_NAMED: Final = limits.WISH_BYTES // 43
"""Spaces that one wish can name: each takes some forty bytes."""
GONE: Final = "Cette personne n’est plus visible."


@dataclass(frozen=True, slots=True)
class Line:
    """One right of one person: given (until `ends_on`) or withdrawn in these places; `before` is how many of the places
    held it already, when only the end changes."""

    bit: int
    given: bool
    places: tuple[int, ...]
    ends_on: date | None
    extended: bool
    """It is held already and takes another end."""


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """`before` and `after` are how many rights she holds in all, over all spaces that one administers."""

    person_id: str
    name: str
    version: int
    lines: tuple[Line, ...]
    before: int
    after: int
    herself: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What `edits` come to on the ground of now. `impossible` counts the cells that cannot be, by reason; `idle` those
    that stand already as they are wanted."""

    people: tuple[PersonPlan, ...]
    given: int
    withdrawn: int
    impossible: tuple[tuple[str, int], ...]
    idle: int
    possible: Mapping[Cell, str]

    @property
    def cells(self) -> int:
        return self.given + self.withdrawn


def stands(person: Person, place: int, bit: int, wanted: str) -> bool:
    """Whether it is so already, when what waits is carried out."""
    held = bool(person.at(place) >> bit & 1)
    if wanted == WITHDRAW:
        return not held
    until = date.fromisoformat(wanted) if wanted != GIVE else None
    return held and person.ends.get((place, bit)) == until


def idle(scene: Scene, edits: Mapping[Cell, str]) -> frozenset[Cell]:
    """The cells that stand already as they are wanted, and those of people who are gone."""
    return frozenset(
        cell
        for cell, wanted in edits.items()
        if (person := scene.by_id.get(cell[0])) is None or stands(person, cell[1], cell[2], wanted)
    )


def plan(scene: Scene, edits: Mapping[Cell, str]) -> Plan:
    possible: Edits = {}
    reasons: Counter[str] = Counter()
    idle = 0
    for (person_id, place, bit), wanted in edits.items():
        person = scene.by_id.get(person_id)
        if person is None:
            reasons[GONE] += 1
        elif stands(person, place, bit, wanted):
            idle += 1
        elif reason := why_not(scene, person, place, bit, wanted):
            reasons[reason] += 1
        else:
            possible[person_id, place, bit] = wanted
    for cell in _orphaning(scene, possible):
        del possible[cell]
        reasons[LAST_MAIN] += 1
    given = sum(wanted != WITHDRAW for wanted in possible.values())
    people = _people(scene, possible)
    return Plan(people, given, len(possible) - given, tuple(reasons.most_common()), idle, possible)


def plan_for(scene: Scene, person: Person, edits: Mapping[Cell, str]) -> Plan:
    """As `plan`, for somebody who is still to be invited: `person`, under whose identifier the cells are."""
    return plan(replace(scene, people=(*scene.people, person), by_id={**scene.by_id, person.person_id: person}), edits)


def _orphaning(scene: Scene, edits: Edits) -> list[Cell]:
    """The withdrawals that would together leave a space without a main administrator: each alone is possible."""
    taken: dict[int, list[Cell]] = defaultdict(list)
    for cell, wanted in edits.items():
        if cell[2] == masks.MAIN and wanted == WITHDRAW:
            taken[cell[1]].append(cell)
    found: list[Cell] = []
    for place, cells in taken.items():
        losing = {cell[0] for cell in cells}
        acting = scene.mains.get(place, ())
        if acting and losing.issuperset(acting):
            found += cells
    return found


def _people(scene: Scene, edits: Edits) -> tuple[PersonPlan, ...]:
    mine: dict[str, dict[tuple[int, str], list[int]]] = defaultdict(lambda: defaultdict(list))
    for (person_id, place, bit), wanted in edits.items():
        mine[person_id][bit, wanted].append(place)
    found = []
    for person in scene.people:
        if person.person_id not in mine or person.version is None:
            continue
        before = sum(held.bit_count() for held in person.masks)
        lines = tuple(_lines(person, mine[person.person_id]))
        more = sum(len(line.places) * (1 if line.given else -1) for line in lines if not line.extended)
        herself = person.person_id == scene.me
        found.append(
            PersonPlan(person.person_id, person.name, person.version, lines, before, before + more, herself=herself)
        )
    return tuple(found)


def _lines(person: Person, wanted: Mapping[tuple[int, str], list[int]]) -> Iterable[Line]:
    for (bit, want), places in sorted(wanted.items()):
        if want == WITHDRAW:
            yield Line(bit, given=False, places=tuple(sorted(places)), ends_on=None, extended=False)
            continue
        until = date.fromisoformat(want) if want != GIVE else None
        for extended in (False, True):
            mine = tuple(sorted(place for place in places if bool(person.at(place) >> bit & 1) is extended))
            if mine:
                yield Line(bit, given=True, places=mine, ends_on=until, extended=extended)


def wish(scene: Scene, made: Plan) -> ChangeRights | str:
    """One wish for all of it, or why it cannot be one. What changes alike goes together."""
    changes: list[RightsChange] = []
    for person in made.people:
        changes += _changes(scene, person)
    named = sum(len(change.space_ids) for change in changes)
    if made.cells > limits.RIGHTS_PER_WISH or named > _NAMED:
        most = f"{min(limits.RIGHTS_PER_WISH, _NAMED):,}".replace(",", "\u202f")
        return f"C’est plus que ce qui part en une fois ({most}\u00a0droits). Appliquez-les par parties."
    if len(changes) > limits.GRANTS_PER_WISH:
        return (
            "Ces changements sont trop divers pour partir en une fois. Appliquez-les par parties, par exemple un droit "
            "après l’autre."
        )
    return ChangeRights(changes=tuple(changes))


def _changes(scene: Scene, person: PersonPlan) -> Iterable[RightsChange]:
    """The same rights added with the same end and removed, in as many spaces as that is so."""
    wanted: dict[int, tuple[dict[date | None, int], int]] = {}
    for line in person.lines:
        for place in line.places:
            adds, taken = wanted.setdefault(place, ({}, 0))
            if line.given:
                adds[line.ends_on] = adds.get(line.ends_on, 0) | 1 << line.bit
            else:
                wanted[place] = adds, taken | 1 << line.bit
    alike: dict[tuple[date | None, int, int], list[str]] = defaultdict(list)
    for place, (adds, remove) in wanted.items():
        space_id = scene.by_place[place].space_id
        left = remove
        for ends_on, added in adds.items():
            alike[ends_on, added, left].append(space_id)
            left = 0
        if left:
            alike[None, 0, left].append(space_id)
    for (ends_on, add, remove), space_ids in alike.items():
        for start in range(0, len(space_ids), limits.SPACES_PER_CHANGE):
            yield RightsChange(
                person_id=person.person_id,
                base_version=person.version,
                space_ids=tuple(space_ids[start : start + limits.SPACES_PER_CHANGE]),
                add=tuple(masks.RIGHTS[bit] for bit in masks.bits(add)),
                remove=tuple(masks.RIGHTS[bit] for bit in masks.bits(remove)),
                ends_on=ends_on,
            )


# Where edits come from


def copied(scene: Scene, source: Person, target: Person) -> Edits:
    """What makes the rights of one those of another, in the spaces that one administers. Who is asked for the same ends
    gets them too."""
    edits: Edits = {}
    for place in scene.by_place:
        theirs, hers = source.at(place), target.at(place)
        for bit in masks.bits(theirs | hers):
            if bit == masks.MAIN:
                continue  # a role, not a right to be copied
            until = source.ends.get((place, bit))
            wanted = WITHDRAW if not theirs >> bit & 1 else until.isoformat() if until else GIVE
            if not stands(target, place, bit, wanted):
                edits[target.person_id, place, bit] = wanted
    return edits


def edits_of(scene: Scene, change: ChangeRights) -> Edits:
    """The cells that a wish changes, as they would be chosen anew."""
    edits: Edits = {}
    for part in change.changes:
        until = part.ends_on.isoformat() if part.ends_on else GIVE
        where = [scene.by_space[space_id].place for space_id in part.space_ids if space_id in scene.by_space]
        for wanted, rights in ((until, part.add), (WITHDRAW, part.remove)):
            for bit in (masks.BIT[right] for right in rights):
                edits.update(((part.person_id, place, bit), wanted) for place in where)
    return edits


def drafted(edits: Mapping[Cell, str]) -> RightsDraft:
    cells: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for (person_id, place, bit), wanted in edits.items():
        cells[person_id].append((place, bit, wanted))
    return RightsDraft(cells={person_id: tuple(each) for person_id, each in cells.items()})


def undrafted(draft: RightsDraft | None) -> Edits:
    if draft is None:
        return {}
    return {(person_id, place, bit): wanted for person_id, cells in draft.cells.items() for place, bit, wanted in cells}
