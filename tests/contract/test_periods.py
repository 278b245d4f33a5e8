"""The rules of dates of a leave: its end, its clocks, who is the same, what shares a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contract.allowances import window_start
from contract.identity import is_nir
from contract.leave import Employee, LeaveRecord, LeaveTerms, NewEmployee, Prolongation, ProlongLeave, Term
from contract.periods import (
    check_prolongation,
    clocks,
    last_day,
    overlapping,
    prescribed_end,
    said,
    same_employee,
    spoken,
)

ID = "01a20c98-b164-79c9-a374-c9914cec91c4"
DAY = timedelta(days=1)
START = date(2026, 2, 3)


def terms(waiting: int = 3, franchise: int = 30, declaration: int = 30) -> LeaveTerms:
    made = [Term(value, date(2020, 1, 1), "Contrat") for value in (waiting, franchise, declaration, 24)]
    return LeaveTerms(*made)


def leave(start: date = START, days: int = 15, **more: object) -> LeaveRecord:
    return LeaveRecord(
        **{
            "leave_id": ID,
            "space_id": ID,
            "number": "82000001",
            "employee": Employee("", "Lefèvre", "Anne"),
            "motive": "01",
            "last_day_worked": start - DAY,
            "start": start,
            "expected_end": start + (days - 1) * DAY,
            "state": "declared",
            "author_name": "Claire Martin",
            "declared_at": datetime(2026, 2, 4, tzinfo=UTC),
            "moved_at": datetime(2026, 2, 4, tzinfo=UTC),
            "version": 1,
            "terms": terms(),
        }
        | more
    )


def test_dates_are_said_as_one_says_them() -> None:
    assert spoken(date(2026, 3, 1)) == "1ᵉʳ\u00a0mars\u00a02026"
    assert said(date(2026, 2, 1), date(2026, 2, 17)) == "du 1ᵉʳ au 17\u00a0février\u00a02026"
    assert said(date(2025, 12, 30), date(2026, 1, 2)) == "du 30\u00a0décembre\u00a02025 au 2\u00a0janvier\u00a02026"


def test_the_clocks_follow_the_terms() -> None:
    found = clocks(START, terms())
    assert (found.waiting_through, found.franchise_through) == (date(2026, 2, 5), date(2026, 3, 4))
    assert (found.first_paid, found.declare_by) == (date(2026, 3, 5), date(2026, 4, 3))
    assert found.claim_by == date(2028, 3, 5)
    none = clocks(START, terms(0, 0))
    assert (none.waiting_through, none.franchise_through, none.first_paid) == (None, None, START)
    assert clocks(date(2024, 2, 29), terms(0, 0)).claim_by == date(2026, 2, 28)
    assert clocks(date(2026, 12, 31), terms(0, 0)).claim_by == date(2028, 12, 31)


def test_the_return_cuts_what_was_prescribed() -> None:
    longer = Prolongation(ID, date(2026, 2, 18), date(2026, 3, 4), datetime(2026, 2, 17, tzinfo=UTC))
    one = leave(prolongations=(longer,))
    assert prescribed_end(one) == last_day(one) == date(2026, 3, 4)
    assert last_day(replace(one, returned_on=date(2026, 2, 24))) == date(2026, 2, 23)


@given(st.integers(-5, 10), st.integers(-3, 30))
def test_a_prolongation_goes_on_within_two_days_of_the_end(gap: int, days: int) -> None:
    one = leave()
    start = prescribed_end(one) + (1 + gap) * DAY
    wrong = check_prolongation(
        one, ProlongLeave(leave_id=ID, prolongation_id=ID, start=start, through=start + days * DAY)
    )
    assert (wrong == []) == (0 <= gap <= 2 and days >= 0)


@given(st.integers(-40, 40), st.integers(1, 40), st.integers(1, 40))
def test_leaves_overlap_when_they_share_a_day(shift: int, mine: int, theirs: int) -> None:
    one = leave(days=mine)
    start = START + shift * DAY
    end = start + (theirs - 1) * DAY
    shared = {START + day * DAY for day in range(mine)} & {start + day * DAY for day in range(theirs)}
    assert (overlapping(one.employee, start, end, [one]) is one) == bool(shared)
    assert overlapping(one.employee, start, end, [replace(one, state="withdrawn")]) is None
    assert overlapping(one.employee, start, end, [one], but=ID) is None
    assert overlapping(Employee("", "Le Roux", "Anne"), start, end, [one]) is None


def test_an_employee_is_known_by_matricule_then_nir_then_name() -> None:
    anne = Employee("M1", "Lefèvre", "Anne", "295109912611193")
    assert same_employee(anne, NewEmployee("Autre", "Nom", "m1"))
    assert not same_employee(anne, NewEmployee("Lefèvre", "Anne", "M2", "295109912611193"))
    assert same_employee(anne, NewEmployee("Autre", "Nom", "", "2 95 10 99 126 111"))
    assert not same_employee(anne, NewEmployee("Lefèvre", "Anne", "", "195109912611193"))
    assert same_employee(anne, NewEmployee("LEFEVRE", "  anne "))


@pytest.mark.parametrize("nir", ["295109912611193", "253072A07300443", "253072B07300470", "2951099126111"])
def test_true_nirs(nir: str) -> None:
    assert is_nir(nir)


@pytest.mark.parametrize(
    "nir", ["295109912611194", "253072C07300443", "95109912611193", "5951099126111", "1,90013E+14", ""]
)
def test_false_nirs(nir: str) -> None:
    assert not is_nir(nir)


def test_the_window_of_payments_is_three_months() -> None:
    assert window_start(date(2026, 11, 24)) == date(2026, 8, 24)
    assert window_start(date(2026, 5, 31)) == date(2026, 2, 28)
    assert window_start(date(2026, 1, 15)) == date(2025, 10, 15)
