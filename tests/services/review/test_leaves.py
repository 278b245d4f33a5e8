from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.review.leaves import SAME_LEAVE_DAYS, leaves
from tests.services.review.making_lines import Line, World, lines, paid

D = date(2023, 3, 1)


def numbers(*made: Line) -> list[int]:
    return leaves(lines(*made))["leave"].to_list()


def keys(*made: Line) -> list[str]:
    return leaves(lines(*made))["person_key"].to_list()


def test_periods_that_follow_one_another_are_one_leave() -> None:
    one, two = numbers(paid(D, D + timedelta(13)), paid(D + timedelta(14), D + timedelta(20)))
    assert one == two


def test_so_many_uncovered_days_and_one_more_part_two_leaves() -> None:
    last = D + timedelta(13)
    near = paid(last + timedelta(SAME_LEAVE_DAYS + 1), last + timedelta(60))
    far = paid(last + timedelta(SAME_LEAVE_DAYS + 2), last + timedelta(60))
    assert len(set(numbers(paid(D, last), near))) == 1
    assert len(set(numbers(paid(D, last), far))) == 2


def test_a_waiting_period_after_days_of_work_begins_another_leave() -> None:
    work = paid(D, D + timedelta(13))
    waiting = Line(D + timedelta(20), D + timedelta(22), days=3, code="CAR", kind="waiting")
    first, second, third = numbers(work, waiting, paid(D + timedelta(23), D + timedelta(30)))
    assert first != second == third


def test_a_claim_tells_more_than_dates() -> None:
    together = numbers(paid(D, D, claim="S1"), paid(D + timedelta(300), D + timedelta(301), claim="S1"))
    apart = numbers(paid(D, D, claim="S1"), paid(D + timedelta(1), D + timedelta(2), claim="S2"))
    assert len(set(together)) == 1
    assert len(set(apart)) == 2


def test_another_risk_another_company_another_person_is_another_leave() -> None:
    next_day = paid(D + timedelta(1), D + timedelta(2))
    for other in ({"branch": "AT"}, {"company": "35600000000048"}, {"nir": "1800175000001"}):
        there = paid(D + timedelta(1), D + timedelta(2), **other)
        assert len(set(numbers(paid(D, D), there))) == 2
    assert len(set(numbers(paid(D, D), next_day))) == 1


def test_the_key_of_the_nir_does_not_make_another_person() -> None:
    with_key, without = keys(paid(D, D, nir="295019912611193"), paid(D, D, nir="2950199126111"))
    assert with_key == without


def test_a_nir_that_a_spreadsheet_damaged_makes_nobody_of_two_people() -> None:
    one, other = keys(paid(D, D, nir="1,90013E+14", person="A"), paid(D, D, nir="1,90013E+14", person="B"))
    assert one != other


def test_an_employee_number_belongs_to_its_company() -> None:
    here, there = keys(paid(D, D, nir="", employee="12"), paid(D, D, nir="", employee="12", company="35600000000048"))
    assert here != there


def test_without_number_the_folded_name_tells() -> None:
    names = ("LEFÈVRE Zoé", "Lefevre  ZOE", "LEFÈVRE-Zoé", "Lefort Zoé")
    same = keys(*(paid(D, D, nir="", person=name) for name in names))
    assert len(set(same[:3])) == 1
    assert same[3] != same[0]


def test_lines_without_dates_stay_in_the_leave_before() -> None:
    dated = paid(D, D + timedelta(13))
    undated = Line(None, None, gross=-500, kind="recovery", code="RPR", paid_on=D + timedelta(20))
    after = paid(D + timedelta(14), D + timedelta(20))
    assert len(set(numbers(dated, undated, after))) == 1


def test_absurd_days_do_not_overflow() -> None:
    assert (
        len(numbers(Line(D, None, days=2**31 - 1), Line(date(9999, 12, 31), None, days=2**31 - 1), Line(date.min))) == 3
    )


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_order_of_lines_changes_no_leave(seed: int) -> None:
    made = World(seed).lines
    there = leaves(lines(*made)).select("person_key", "leave", "start", "code", "sense").unique()
    back = leaves(lines(*reversed(made))).select("person_key", "leave", "start", "code", "sense").unique()

    def groups(told: pl.DataFrame) -> set[frozenset[tuple[object, ...]]]:
        found = told.group_by("leave").agg(pl.struct("person_key", "start", "code", "sense"))
        return {frozenset(tuple(each.values()) for each in row) for row in found["person_key"].to_list()}

    assert groups(there) == groups(back)


def test_no_line_is_nobody_to_leave() -> None:
    assert leaves(lines()).height == 0
