"""Leaves as tests of the client need them, told to it as sync tells them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import msgspec

from contract.changes import Change
from contract.contact import Origin
from contract.identity import new_id
from contract.leave import Employee, LeaveCatalogue, LeaveRecord, LeaveState, LeaveTerms, Motive, SpaceTerms, Term
from desktop.services.files import Staged
from desktop.services.leave import NEW, Act, Draft, Leave, Pill, Query, draft_key
from desktop.services.outbox import Outbox
from desktop.services.store import Store
from portal.leave.terms import terms
from tests.services.world import NOW, World

Fill = Callable[..., World]
TODAY = date(2026, 11, 24)
START = date(2026, 11, 2)
AVIS = Staged("a" * 64, "avis.pdf", "application/pdf", 900)
EMPLOYEE = {"last_name": "Lefèvre", "first_name": "Anne", "matricule": "A-042", "nir": "295109912611193"}
MOTIVE = Motive("01", "Maladie", "AS")


def a_term(value: int, source: str = "Conditions générales, art. 7") -> Term:
    return Term(value, date(2020, 12, 1), source)


TERMS = LeaveTerms(a_term(3), a_term(30), a_term(30, "Conditions générales, art. 9"), a_term(24, "Art. L. 332-1"))


def the_catalogue(world: World) -> LeaveCatalogue:
    """That of the reference portal, with the terms of every space of the world."""
    spaces = tuple(SpaceTerms(space_id, TERMS) for space_id in world.space_ids)
    return msgspec.structs.replace(terms().catalogue, spaces=spaces)


def take_catalogue(store: Store, leaves: Leave, world: World) -> None:
    raw = msgspec.Raw(msgspec.json.encode(the_catalogue(world)))
    with store.write(leaves.topic) as db:
        leaves.apply(db, [Change(0, "leave_catalogue", "leave_catalogue", raw)])


def a_leave(world: World, **told: object) -> LeaveRecord:
    """An illness of November 2026 in the world's first space."""
    record = LeaveRecord(
        leave_id=new_id(), space_id=world.space_ids[0], number="82000001",
        employee=Employee("A-042", "Lefèvre", "Anne", "295109912611193"), motive="01",
        last_day_worked=START - timedelta(days=1), start=START, expected_end=date(2026, 11, 30),
        state=LeaveState.DECLARED, origin=Origin.NEW, author_id=world.me.person_id, author_name="Hélène Œuvrard",
        declared_at=NOW, moved_at=NOW, version=7, terms=TERMS,
    )  # fmt: skip
    return msgspec.structs.replace(record, **told)


def change(number: int, record: LeaveRecord) -> Change[msgspec.Raw]:
    return Change(number, "leave", record.leave_id, msgspec.Raw(msgspec.json.encode(record)))


def take(store: Store, leaves: Leave, *records: LeaveRecord, start: int = 100) -> None:
    with store.write(leaves.topic) as db:
        leaves.apply(db, [change(start + place, record) for place, record in enumerate(records)])


def a_draft(world: World, **more: object) -> Draft:
    """A declaration without a fault."""
    values = EMPLOYEE | {
        "motive": "01", "last_day_worked": "2026-11-13", "start": "2026-11-16", "expected_end": "2026-11-30",
        "subrogation": "no",
    }  # fmt: skip
    changed = {**values, **more.pop("values", {})}  # type: ignore[dict-item]
    return replace(Draft(NEW, world.space_ids[0], changed, (AVIS,), {AVIS.sha256: "avis"}), **more)  # type: ignore[arg-type]


def about(act: Act, leave: LeaveRecord, base: int | None = None, **values: str) -> Draft:
    return Draft(draft_key(act, leave.leave_id), leave.space_id, dict(values), base_version=base or leave.version)


def pill(leaves: Leave, leave_id: str) -> Pill:
    key = leaves.key_of(leave_id)
    assert key is not None
    return leaves.rows([key])[0].pill


def found(leaves: Leave, text: str = "", **asked: object) -> list[str]:
    listing = leaves.listing(Query(text=text, **asked), TODAY)  # type: ignore[arg-type]
    return [row.leave_id for row in leaves.rows(listing.ids)]


def only_wish(outbox: Outbox) -> str:
    [waiting] = outbox.waiting()
    return waiting.wish_id
