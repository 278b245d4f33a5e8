"""A leave on one line of time, and its clocks. Pure; the rules of dates are those of `contract.periods`."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from contract.leave import LeaveRecord, LeaveState, LeaveTerms, Term
from contract.periods import clocks, last_day
from desktop.services.leave.rows import Clock, ClockKind, Course, Span, SpanKind

_DAY = timedelta(days=1)
Days = tuple[date, date]
"""First and last day, both included."""


def course(leave: LeaveRecord, paid: Iterable[Days], pending: frozenset[str] = frozenset()) -> Course:
    """`pending` are the identifiers of prolongations that wait here, and that of the leave when it does. One that was
    withdrawn has no periods, but for the days that it would have had."""
    end = last_day(leave)
    if leave.state == LeaveState.WITHDRAWN:
        end = max(end, leave.start)
        return Course(leave.start, end, (Span(SpanKind.WITHDRAWN, leave.start, end, leave.leave_id in pending),), None)
    spans = [*_prescribed(leave, end, pending), *_unpaid_at_first(leave, end)]
    covered = merged(paid)
    spans += [Span(SpanKind.PAID, first, last) for first, last in covered]
    due = clocks(leave.start, leave.terms).first_paid
    spans += [Span(SpanKind.UNPAID, first, last) for first, last in _holes(covered, due)]
    last = max((end, *(span.end for span in spans)))
    return Course(leave.start, max(last, leave.start), tuple(spans), leave.returned_on)


def _prescribed(leave: LeaveRecord, end: date, pending: frozenset[str]) -> Iterator[Span]:
    """Each prescription up to the return, with the days that lie between two of them."""
    first = min(leave.expected_end, end)
    if first >= leave.start:
        yield Span(SpanKind.PRESCRIBED, leave.start, first, leave.leave_id in pending)
    before = leave.expected_end
    for each in leave.prolongations:
        if each.start > end:
            return
        if each.start - before > _DAY:
            yield Span(SpanKind.BETWEEN, before + _DAY, each.start - _DAY)
        yield Span(SpanKind.PROLONGATION, each.start, min(each.through, end), each.prolongation_id in pending)
        before = max(before, each.through)


def _unpaid_at_first(leave: LeaveRecord, end: date) -> Iterator[Span]:
    """The waiting period, and the rest of the franchise, of which it is the beginning."""
    told = clocks(leave.start, leave.terms)
    first = leave.start
    if told.waiting_through is not None and first <= end:
        yield Span(SpanKind.WAITING, first, min(told.waiting_through, end))
        first = told.waiting_through + _DAY
    if told.franchise_through is not None and first <= min(told.franchise_through, end):
        yield Span(SpanKind.FRANCHISE, first, min(told.franchise_through, end))


def merged(periods: Iterable[Days]) -> tuple[Days, ...]:
    """Those that touch or overlap in one."""
    found: list[Days] = []
    for first, last in sorted(periods):
        if found and first <= found[-1][1] + _DAY:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def _holes(covered: Sequence[Days], due: date) -> Iterator[Days]:
    """What was not paid before something that was."""
    reached = due - _DAY
    for first, last in covered:
        if first - reached > _DAY:
            yield reached + _DAY, first - _DAY
        reached = max(reached, last)


def told_clocks(leave: LeaveRecord, today: date, declared: date | None) -> tuple[Clock, ...]:
    """In the order of what happens. `declared` is the day on which the portal received it, None while it has not."""
    told, terms = clocks(leave.start, leave.terms), leave.terms
    in_time = declared <= told.declare_by if declared is not None else None
    if in_time is None and today > told.declare_by:
        in_time = False
    paid_after = terms.franchise_days if terms.franchise_days.value >= terms.waiting_days.value else terms.waiting_days
    wanted: list[tuple[ClockKind, date | None, Term, bool | None]] = [
        (ClockKind.WAITING, told.waiting_through, terms.waiting_days, None),
        (ClockKind.FRANCHISE, told.franchise_through, terms.franchise_days, None),
        (ClockKind.FIRST_PAID, told.first_paid, paid_after, None),
        (ClockKind.DECLARE_BY, told.declare_by, terms.declaration_days, in_time),
        (ClockKind.CLAIM_BY, told.claim_by, terms.limitation_months, None if today <= told.claim_by else False),
    ]
    return tuple(
        Clock(kind, day, term.value, term.since, term.source, (day - today).days, kept)
        for kind, day, term, kept in wanted
        if day is not None
    )


def without_terms(since: date) -> LeaveTerms:
    """Of a leave that waits while its terms are not known here: nothing can be said."""
    unknown = Term(0, since, "")
    return LeaveTerms(unknown, unknown, unknown, unknown)
