"""Leaves come into the copy in any order, as often as they like, and go with the right to see them."""

from datetime import date

import msgspec
import pytest

from contract.changes import Change
from contract.identity import new_id
from contract.leave import LeaveState, Prolongation
from desktop.services.contact import Contact
from desktop.services.leave import Leave, Pill, Query, Stage
from desktop.services.store import Store
from tests.services.absences import TODAY, Fill, a_leave, change, found, pill, take, take_catalogue
from tests.services.world import NOW, gone


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0)])
def test_the_later_number_holds_whatever_the_order(
    fill: Fill, store: Store, leaves: Leave, order: tuple[int, ...]
) -> None:
    first = a_leave(fill())
    states = (first, msgspec.structs.replace(first, state=LeaveState.FOLLOWED))
    with store.write(leaves.topic) as db:
        leaves.apply(db, [change(10 + place, states[place]) for place in order])
    assert pill(leaves, first.leave_id) is Pill.FOLLOWED


def test_what_is_gone_is_not_brought_back_by_an_older_change(fill: Fill, store: Store, leaves: Leave) -> None:
    leave = a_leave(fill())
    take(store, leaves, leave, start=10)
    with store.write(leaves.topic) as db:
        leaves.apply(db, [gone(12, "leave", leave.leave_id), change(11, leave)])
    assert found(leaves) == []
    take(store, leaves, leave, start=13)
    assert found(leaves) == [leave.leave_id]


def test_a_space_that_is_read_anew_may_bring_back_what_was_gone(fill: Fill, store: Store, leaves: Leave) -> None:
    """It is numbered afresh: what was known of its former numbers would keep its leaves out."""
    world = fill()
    leave = a_leave(world)
    take(store, leaves, leave, start=10)
    with store.write(leaves.topic) as db:
        leaves.apply(db, [gone(12, "leave", leave.leave_id)])
        leaves.purge(db, world.space_ids[0])
    take(store, leaves, leave, start=1)
    assert found(leaves) == [leave.leave_id]


def test_kinds_and_fields_of_a_newer_portal_are_passed_over(fill: Fill, store: Store, leaves: Leave) -> None:
    leave = a_leave(fill())
    told = msgspec.to_builtins(leave) | {"mood": "good"}
    with store.write(leaves.topic) as db:
        leaves.apply(db, [Change(1, "weather", new_id(), msgspec.Raw(b"{}"))])
        leaves.apply(db, [Change(2, "leave", leave.leave_id, msgspec.Raw(msgspec.json.encode(told)))])
    assert found(leaves) == [leave.leave_id]


def test_a_space_that_is_lost_leaves_nothing_of_its_leaves_and_another_all(
    fill: Fill, store: Store, leaves: Leave, contact: Contact
) -> None:
    world = fill()
    mine, other = a_leave(world), a_leave(world, space_id=world.space_ids[1])
    take(store, leaves, mine, other)
    with store.write(leaves.topic) as db:
        leaves.purge(db, world.space_ids[0], lost=True)
    assert found(leaves) == [other.leave_id]
    assert leaves.sheet(mine.leave_id, TODAY) is None
    assert store.query("SELECT count(*) FROM leaves WHERE space_id = ?", (world.space_ids[0],)) == [(0,)]


def test_the_list_is_searched_counted_and_cut_by_stage_and_space(fill: Fill, store: Store, leaves: Leave) -> None:
    world = fill()
    take_catalogue(store, leaves, world)
    first = a_leave(world)
    awaited = a_leave(
        world, space_id=world.space_ids[1], number="82000002", start=date(2026, 9, 1), state=LeaveState.DOCUMENT_AWAITED
    )
    over = a_leave(world, number="82000003", start=date(2025, 3, 1), state=LeaveState.ENDED, motive="06")
    coming = a_leave(world, number="82000004", start=date(2026, 12, 20), motive="02")
    take(store, leaves, first, awaited, over, coming)
    listing = leaves.listing(Query(), TODAY)
    assert found(leaves) == [coming.leave_id, first.leave_id, awaited.leave_id, over.leave_id]
    assert [title for _, title in listing.groups] == ["À venir", "Novembre 2026", "Septembre 2026", "Mars 2025"]
    assert found(leaves, stage=Stage.RUNNING) == [coming.leave_id, first.leave_id, awaited.leave_id]
    assert found(leaves, stage=Stage.INCOMPLETE) == [awaited.leave_id]
    assert found(leaves, stage=Stage.OVER, space_id=world.space_ids[0]) == [over.leave_id]
    assert leaves.counts(None).stages == {Stage.RUNNING: 3, Stage.INCOMPLETE: 1, Stage.OVER: 1}
    assert leaves.counts(world.space_ids[1]).all == 1
    assert found(leaves, "lefevre 82 000 003") == [over.leave_id]
    assert found(leaves, "maternite a-042") == [coming.leave_id]
    assert found(leaves, "2 95 10 99 126 111 93 accident") == [over.leave_id]
    assert found(leaves, "lefebvre") == []


def test_the_eve_of_the_return_or_the_last_prolongation_is_the_last_day(
    fill: Fill, store: Store, leaves: Leave
) -> None:
    world = fill()
    longer = a_leave(world, prolongations=(Prolongation(new_id(), date(2026, 12, 1), date(2026, 12, 15), NOW),))
    back = a_leave(world, returned_on=date(2026, 11, 20), state=LeaveState.ENDED)
    take(store, leaves, longer, back)
    days = {row.leave_id: row.last_day for row in leaves.rows(leaves.listing(Query(), TODAY).ids)}
    assert days == {longer.leave_id: date(2026, 12, 15), back.leave_id: date(2026, 11, 19)}
