"""A leave on one line of time, and its clocks, each with its source."""

from datetime import date

import pytest

from contract.identity import new_id
from contract.leave import LeaveState, Prolongation
from desktop.services.leave import Act, ClockKind, Declared, Leave, Span, SpanKind
from desktop.services.leave.course import merged
from desktop.services.store import Store
from tests.services.absences import TODAY, Fill, a_draft, a_leave, about, take, take_catalogue
from tests.services.world import NOW

D = date


def test_all_periods_stand_on_one_line(fill: Fill, store: Store, leaves: Leave) -> None:
    longer = (
        Prolongation(new_id(), D(2026, 12, 3), D(2026, 12, 20), NOW),
        Prolongation(new_id(), D(2026, 12, 21), D(2027, 1, 31), NOW),
    )
    leave = a_leave(fill(), prolongations=longer, returned_on=D(2027, 1, 11))
    take(store, leaves, leave)
    paid = [(D(2026, 12, 2), D(2026, 12, 10)), (D(2026, 12, 14), D(2026, 12, 31)), (D(2026, 12, 11), D(2026, 12, 11))]
    sheet = leaves.sheet(leave.leave_id, TODAY, paid)
    assert sheet is not None
    assert [(span.kind, span.start, span.end) for span in sheet.course.spans] == [
        (SpanKind.PRESCRIBED, D(2026, 11, 2), D(2026, 11, 30)),
        (SpanKind.BETWEEN, D(2026, 12, 1), D(2026, 12, 2)),
        (SpanKind.PROLONGATION, D(2026, 12, 3), D(2026, 12, 20)),
        (SpanKind.PROLONGATION, D(2026, 12, 21), D(2027, 1, 10)),
        (SpanKind.WAITING, D(2026, 11, 2), D(2026, 11, 4)),
        (SpanKind.FRANCHISE, D(2026, 11, 5), D(2026, 12, 1)),
        (SpanKind.PAID, D(2026, 12, 2), D(2026, 12, 11)),
        (SpanKind.PAID, D(2026, 12, 14), D(2026, 12, 31)),
        (SpanKind.UNPAID, D(2026, 12, 12), D(2026, 12, 13)),
    ]
    assert (sheet.course.end, sheet.course.returned_on) == (D(2027, 1, 10), D(2027, 1, 11))


def test_each_clock_has_its_day_its_value_and_its_source(fill: Fill, store: Store, leaves: Leave) -> None:
    leave = a_leave(fill())
    take(store, leaves, leave)
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    told = {clock.kind: clock for clock in sheet.clocks}
    assert [(clock.kind, clock.day) for clock in sheet.clocks] == [
        (ClockKind.WAITING, D(2026, 11, 4)),
        (ClockKind.FRANCHISE, D(2026, 12, 1)),
        (ClockKind.FIRST_PAID, D(2026, 12, 2)),
        (ClockKind.DECLARE_BY, D(2026, 12, 31)),
        (ClockKind.CLAIM_BY, D(2028, 12, 2)),
    ]
    deadline = told[ClockKind.DECLARE_BY]
    assert (deadline.value, deadline.since, deadline.source) == (30, D(2020, 12, 1), "Conditions générales, art. 9")
    assert (deadline.left, deadline.kept) == (37, True)
    assert told[ClockKind.CLAIM_BY].kept is None


def test_a_leave_declared_late_or_barred_says_so(fill: Fill, store: Store, leaves: Leave) -> None:
    leave = a_leave(fill(), start=D(2023, 1, 2), last_day_worked=D(2023, 1, 1), expected_end=D(2023, 3, 1))
    take(store, leaves, leave)
    sheet = leaves.sheet(leave.leave_id, TODAY)
    assert sheet is not None
    kept = {clock.kind: clock.kept for clock in sheet.clocks}
    assert (kept[ClockKind.DECLARE_BY], kept[ClockKind.CLAIM_BY]) == (False, False)


def test_a_withdrawn_leave_is_marked_so_and_nothing_else_is_drawn(fill: Fill, store: Store, leaves: Leave) -> None:
    world = fill()
    gone, going, kept = a_leave(world, state=LeaveState.WITHDRAWN), a_leave(world), a_leave(world)
    take(store, leaves, gone, going, kept)
    leaves.withdraw(going.leave_id, going.version)
    for leave, pending in ((gone, False), (going, True)):
        sheet = leaves.sheet(leave.leave_id, TODAY, [(D(2026, 12, 2), D(2026, 12, 5))])
        assert sheet is not None
        assert sheet.course.spans == (Span(SpanKind.WITHDRAWN, D(2026, 11, 2), D(2026, 11, 30), pending),)
    sheet = leaves.sheet(kept.leave_id, TODAY)
    assert sheet is not None
    assert SpanKind.WAITING in {span.kind for span in sheet.course.spans}


@pytest.mark.parametrize(
    ("periods", "joined"),
    [
        ([], ()),
        ([(D(2026, 1, 5), D(2026, 1, 6)), (D(2026, 1, 1), D(2026, 1, 4))], ((D(2026, 1, 1), D(2026, 1, 6)),)),
        ([(D(2026, 1, 1), D(2026, 1, 9)), (D(2026, 1, 3), D(2026, 1, 4))], ((D(2026, 1, 1), D(2026, 1, 9)),)),
        (
            [(D(2026, 1, 1), D(2026, 1, 2)), (D(2026, 1, 4), D(2026, 1, 4))],
            ((D(2026, 1, 1), D(2026, 1, 2)), (D(2026, 1, 4), D(2026, 1, 4))),
        ),
    ],
)
def test_periods_that_touch_are_one(periods: list[tuple[date, date]], joined: object) -> None:
    assert merged(periods) == joined


def test_what_is_declared_is_told_as_it_is_wished(fill: Fill, store: Store, leaves: Leave) -> None:
    """What files of allowances are compared with: neither what was withdrawn nor what is only begun."""
    world = fill()
    take_catalogue(store, leaves, world)
    longer, gone = (
        a_leave(world, subrogation=True, subrogation_through=D(2027, 3, 1)),
        a_leave(world, number="82000002"),
    )
    take(store, leaves, longer, gone, a_leave(world, number="82000003", state=LeaveState.WITHDRAWN))
    leaves.send(about(Act.PROLONG, longer, through="2026-12-20"), TODAY)
    leaves.withdraw(gone.leave_id, gone.version)
    values = {"last_name": "Roux", "matricule": "A-1", "nir": "", "subrogation": "yes"}
    values |= {"subrogation_from": "2026-11-20", "subrogation_through": "2027-01-31"}
    leaves.send(a_draft(world, values=values), TODAY)
    leaves.keep_draft(a_draft(world, values={"last_name": "Petit"}))
    siret = store.query("SELECT siret FROM spaces WHERE space_id = ?", (world.space_ids[0],))[0][0]
    assert sorted(leaves.declared(), key=lambda one: one.start) == [
        Declared(siret, "295109912611193", "A-042", D(2026, 11, 2), D(2026, 12, 20), (D(2026, 11, 2), D(2027, 3, 1))),
        Declared(siret, "", "A-1", D(2026, 11, 16), D(2026, 11, 30), (D(2026, 11, 20), D(2027, 1, 31))),
    ]
