from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.review.checks import controlled, faults
from desktop.services.review.whole import ControlTotal
from tests.services.review.making_lines import INSURER, Line, World, cancelled, lines, paid, withheld

D = date(2018, 1, 5)


def rules(*made: Line) -> list[tuple[int, str]]:
    return faults(lines(*made)).select("row", "rule").rows()


def test_the_codes_of_the_assurance_maladie_come_out_to_the_cent() -> None:
    right = paid(D, D + timedelta(1), 5331)
    assert rules(right, cancelled(right)) == []
    assert rules(paid(D, D + timedelta(1), 5331, gross=10663)) == [(0, "rate")]
    assert rules(cancelled(paid(D, D + timedelta(1), 5331, gross=10663))) == [(0, "rate")]


def test_an_insurer_may_compute_with_more_decimals_than_it_prints() -> None:
    made = paid(D, D + timedelta(29), 3251, payer=INSURER, code="", gross=97530 + 15)
    assert rules(made) == []
    assert rules(paid(D, D + timedelta(29), 3251, payer=INSURER, code="", gross=97530 + 31)) == [(0, "rate")]


def test_levies_rounded_day_by_day_are_right() -> None:
    printed = paid(D, D + timedelta(1), 5331, levies=714, net=9946)  # 2 x 53.31, withheld 2 x (3.31 + 0.27) = 7.16
    assert rules(printed) == []
    assert rules(paid(D, D + timedelta(1), 5331, levies=714, net=9945)) == [(0, "net")]


def test_days_are_those_of_the_calendar_both_ends_counted() -> None:
    assert rules(paid(D, D, 5331)) == []
    assert rules(paid(D, D + timedelta(2), 5331, days=2, gross=10662)) == [(0, "dates")]
    assert rules(Line(D, None, 533100, 10662, days=2)) == []


def test_levy_lines_have_neither_days_nor_rate() -> None:
    payment = paid(D, D + timedelta(1), 5331)
    assert rules(payment, *withheld(payment), *withheld(cancelled(payment))) == []


def test_a_net_without_its_levies_is_not_judged() -> None:
    assert rules(*(paid(D, D, 5331, net=5000 + number) for number in range(3))) == []
    assert rules(paid(D, D, 5331), paid(D, D, 5331), paid(D, D, 5331, net=5000)) == [(2, "net")]


def test_a_recovery_is_what_it_is() -> None:
    assert rules(Line(None, None, gross=500, net=-500, levies=3, kind="recovery", code="CIN")) == []


@pytest.mark.parametrize("unit", [2**62, -(2**62), 2**63 - 1])
def test_absurd_figures_are_a_fault_and_no_crash(unit: int) -> None:
    found = rules(Line(D, D, unit=unit, days=2**31 - 1, gross=-(2**62), levies=2**62, net=2**62))
    assert {rule for _, rule in found} == {"rate", "net", "dates"}


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_a_world_that_comes_out_has_no_fault(seed: int) -> None:
    assert rules(*World(seed).lines) == []


@settings(deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_a_line_that_does_not_come_out_is_found_and_no_other(seed: int, data: st.DataObject) -> None:
    made = World(seed).lines
    paid_ones = [number for number, line in enumerate(made) if line.kind == "indemnity"]
    number = data.draw(st.sampled_from(paid_ones))
    off = data.draw(st.sampled_from((-10000, -100, 100, 10000)))
    line = made[number]
    made[number] = Line(**{n: getattr(line, n) for n in Line.__dataclass_fields__} | {"gross": line.gross + off})
    assert {row for row, _ in rules(*made)} == {number}


def test_stated_sums_are_counted_and_judged() -> None:
    right = ControlTotal("person", "DURAND", 4, "net", 100, 100)
    wrong = ControlTotal("company", "732829320", 2, "net", 100, 99)
    found = controlled((right, wrong))
    assert (found.checked, found.failed) == (2, (wrong,))
