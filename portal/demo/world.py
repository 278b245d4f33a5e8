"""Seeds an empty portal with a world that is the same whenever the seed and the moment are the same."""

import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from contract.portfolio import Right
from portal import catalogue
from portal.catalogue import Themes
from portal.database import SYSTEM, Database, Transaction
from portal.demo import absences, cast, colleagues, payouts, schedule, stories
from portal.demo.absences import Absence
from portal.demo.cast import Adviser, Cast, Space
from portal.demo.conversations import Conversation, Plan, Playwright
from portal.demo.dice import Dice, Ids
from portal.demo.leaves import LeaveWriter, write_terms
from portal.demo.rows import Reader, Writer
from portal.demo.shelf import Shelf
from portal.files import Folder
from portal.passwords import Passwords
from portal.settings import Settings
from portal.tables import (
    advisers,
    companies,
    facts,
    persons,
    portfolio_spaces,
    portfolios,
    rights,
    spaces,
)

PASSWORD: Final = "prevoyance-demo-2026"  # noqa: S105 - the demo tells it to everybody
"""Of every person of the seeded world."""

_STRANGERS_REQUESTS: Final = 4


class NotEmpty(Exception):
    """The database already holds a world."""


@dataclass(frozen=True, slots=True)
class World:
    """What was seeded: the group of the demo, one that it may not see, a space that nobody administers yet, and
    how many requests the first has."""

    group: Cast
    strangers: Cast
    vacant: Space
    advisers: tuple[Adviser, ...]
    requests: int


def is_empty(database: Database) -> bool:
    with database.read() as db:
        return db.execute(select(persons.c.person_id).limit(1)).first() is None


def seed(
    database: Database,
    settings: Settings,
    *,
    seed: int = 2026,
    requests: int = 300,
    companies: int | None = None,
    spaces: int = 10,
    payments: int = 0,
    now: datetime | None = None,
) -> World:
    """Fills an empty database and the folder of attachments, in one transaction.

    `requests` is how many the group of the demo has; `companies` follows the spaces when it is not said. `payments` are
    lines of the former space beside those of its leaves, spread over the ten spaces: up to a million and more. `now` is
    the moment at which the world's latest movement has just happened. Raises `NotEmpty`, and `TooSmall` for fewer than
    six companies and ten spaces."""
    if not is_empty(database):
        raise NotEmpty
    moment = (now or settings.now()).astimezone(UTC).replace(microsecond=0)
    ids = Ids(seed)
    people = cast.insurers(ids)
    firms = companies if companies is not None else 6 if spaces == 10 else max(7, spaces * 6 // 10)
    group, others = cast.group(seed, ids, people, firms, spaces), cast.strangers(seed, ids, people)
    world = World(group, others, cast.vacant(seed, ids), people, requests)
    themes = catalogue.themes()
    with _collector_at_rest(), database.write(moment) as tx:
        _write_people(tx.db, ids, world, _hashed(settings), moment)
        writer = Writer(tx.db, ids, themes, Shelf(Folder(settings.files)))
        _write_requests(tx.db, writer, world, themes, seed, moment)
        _write_leaves(tx, ids, world, themes, settings, seed, payments)
        tx.audit(SYSTEM, "demo.seed", detail=f"seed={seed} requests={requests} spaces={spaces}")
    return world


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Nothing made here refers to itself, and looking for cycles among millions of rows takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _hashed(settings: Settings) -> str:
    passwords = Passwords(settings)
    try:
        return passwords.hash(PASSWORD)
    finally:
        passwords.close()


def _write_people(db: Connection, ids: Ids, world: World, kept: str, moment: datetime) -> None:
    both = (world.group, world.strangers)
    db.execute(insert(advisers), [_columns(a, "adviser_id first_name last_name login") for a in world.advisers])
    firms = [company for group in both for company in group.companies] + [world.vacant.company]
    db.execute(insert(companies), [_columns(company, "company_id name siren") for company in firms])
    db.execute(
        insert(spaces),
        [
            {**_columns(space, "space_id member_number siret label"), "company_id": space.company.company_id}
            for space in (*world.group.spaces, *world.strangers.spaces, world.vacant)
        ],
    )
    for group in both:
        _write_group(db, group, kept, moment)
    colleagues.write(db, ids, world.group, kept, moment)
    colleagues.write_strangers(db, world.strangers)


def _write_group(db: Connection, group: Cast, kept: str, moment: datetime) -> None:
    db.execute(insert(portfolios).values(portfolio_id=group.portfolio_id, name=group.name))
    inside = [{"portfolio_id": group.portfolio_id, "space_id": space.space_id} for space in group.spaces]
    db.execute(insert(portfolio_spaces), inside)
    signed_up = {"portfolio_id": group.portfolio_id, "password_hash": kept}
    columns = "person_id civility first_name last_name email"
    db.execute(insert(persons), [{**_columns(person, columns), **signed_up} for person in group.persons])
    allowed = [
        {"person_id": person_id, "space_id": space_id, "right": right, "granted_at": moment}
        for (person_id, space_id), held in group.rights.items()
        for right in held
    ]
    db.execute(insert(rights), allowed)


def _columns(thing: object, names: str) -> dict[str, object]:
    return {name: getattr(thing, name) for name in names.split()}


def tell(
    world: World, themes: Themes, seed: int, moment: datetime, next_number: int
) -> Iterator[tuple[Cast, Space, list[Conversation]]]:
    """All conversations of the world, a space at a time. File numbers end just before `next_number`."""
    library = stories.read()
    topics = {topic.code: topic for theme in themes.catalogue.themes for topic in theme.topics}
    planned: list[tuple[Playwright, Plan]] = []
    for group, many in ((world.group, world.requests), (world.strangers, _STRANGERS_REQUESTS)):
        playwright = Playwright(seed, group, library, topics)
        planned += [(playwright, playwright.plan(slot)) for slot in schedule.slots(seed, many, moment)]
    numbers = _file_numbers(seed, [plan for _, plan in planned], next_number)
    by_space: dict[str, list[tuple[Playwright, Plan, str]]] = defaultdict(list)
    for (playwright, plan), number in zip(planned, numbers, strict=True):
        by_space[plan.space.space_id].append((playwright, plan, number))
    for group in (world.group, world.strangers):
        for space in group.spaces:
            plans = by_space.get(space.space_id, ())
            yield group, space, [playwright.play(plan, number) for playwright, plan, number in plans]


def _write_requests(db: Connection, writer: Writer, world: World, themes: Themes, seed: int, moment: datetime) -> None:
    query = select(facts.c.value).where(facts.c.name == "next_file_number")
    next_number = int(db.execute(query).scalar_one())
    moved: dict[str, dict[str, datetime]] = defaultdict(dict)
    for group, space, told in tell(world, themes, seed, moment, next_number):
        last = writer.write_space(space.space_id, told, _readers(group, space))
        if last is not None:
            moved[group.portfolio_id][space.space_id] = last
    writer.flush()
    for portfolio_id, when in moved.items():
        _write_heads(db, portfolio_id, when)


def _write_leaves(
    tx: Transaction, ids: Ids, world: World, themes: Themes, settings: Settings, seed: int, lines: int
) -> None:
    """Leaves and what was paid for them, the oldest payments first."""
    today = tx.now.date()
    leaves, treasurer = LeaveWriter(tx, ids, themes.leaves, Folder(settings.files)), payouts.Treasurer(tx, ids)
    write_terms(tx.db, world.group)
    numbered: dict[str, Absence] = {}
    for group, strangers in ((world.group, False), (world.strangers, True)):
        numbered |= leaves.write(absences.of(group, seed, today, strangers=strangers), tx.now)
    found = payouts.of_leaves(numbered, tx, themes.leaves, today)
    homes = world.group.homes
    first = min((payout.paid_on for told in found.values() for payout in told), default=today)
    treasurer.write(homes[0].space_id, payouts.published())
    for place, space in enumerate(homes):
        share = lines // len(homes) + (place < lines % len(homes))
        for told in payouts.bulk(seed, space, share, first):
            treasurer.write(space.space_id, told)
    for space_id in sorted(found):
        treasurer.write(space_id, found[space_id])
    leaves.flush(treasurer.first_paid)


def _readers(group: Cast, space: Space) -> Sequence[Reader]:
    """The demo clerk reads everywhere; her colleagues only in the spaces of every world."""
    held = {person: frozenset(group.rights.get((person.person_id, space.space_id), ())) for person in group.persons}
    return [
        Reader(person.person_id, rights, None if person is group.clerk else 0.25)
        for person, rights in held.items()
        if Right.CONTACT in rights and (space.at_home or person is group.clerk)
    ]


def _file_numbers(seed: int, plans: Sequence[Plan], number: int) -> list[str]:
    """Numbers that rise with the date of opening and end just before `number`; the gaps are the requests of companies
    that we do not see."""
    dice = Dice(seed, "file numbers")
    widest = max(2, min(40, 9_000 // max(1, len(plans))))
    numbers = [""] * len(plans)
    for place in sorted(range(len(plans)), key=lambda at: plans[at].opened_at, reverse=True):
        number -= dice.randrange(1, widest)
        numbers[place] = f"{number:07d}"
    return numbers


def _write_heads(db: Connection, portfolio_id: str, moved: Mapping[str, datetime]) -> None:
    """Each space moved its portfolio's head by one when it last changed."""
    order = sorted(moved, key=lambda space_id: (moved[space_id], space_id))
    for head, space_id in enumerate(order, 1):
        inside = (portfolio_spaces.c.portfolio_id == portfolio_id, portfolio_spaces.c.space_id == space_id)
        db.execute(update(portfolio_spaces).where(*inside).values(touched=head))
    mine = portfolios.c.portfolio_id == portfolio_id
    db.execute(update(portfolios).where(mine).values(head=len(order)))
