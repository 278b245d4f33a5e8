from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.review import totals
from desktop.services.review.leaves import leaves
from tests.services.review.making_lines import Line, World, cancelled, lines, paid, withheld

D = date(2023, 3, 1)


def test_everything_read_counts_whoever_was_paid() -> None:
    payment = paid(D, D + timedelta(9), 4000)
    made = lines(
        Line(D - timedelta(3), D - timedelta(1), 0, days=3, code="CAR", kind="waiting"),
        payment,
        *withheld(payment),
        paid(D, D, 1000, payee="employee", person="AUTRE"),
        Line(None, None, gross=-2500, kind="recovery", code="RPR"),
    )
    found = totals.whole(made)
    assert found == totals.Totals(
        lines=6, indemnity=40000 + 1000 - 2500, levies=2480 + 200, net=38500 - 2680, days=14, waiting_days=3
    )


def test_a_cancellation_takes_its_days_back() -> None:
    payment = paid(D, D + timedelta(9))
    found = totals.whole(lines(payment, cancelled(payment)))
    assert (found.indemnity, found.net, found.days) == (0, 0, 0)


def test_days_that_are_not_told_are_counted_by_the_calendar() -> None:
    payment = paid(D, D + timedelta(9), days=None)
    assert totals.whole(lines(payment)).days == 10
    assert totals.whole(lines(cancelled(payment))).days == -10


def test_levies_have_no_days() -> None:
    assert totals.whole(lines(Line(D, D, days=5, code="RETCSJ", kind="levy", levies=100))).days == 0


def test_what_a_hostile_file_adds_up_to_does_not_wrap_round() -> None:
    large = 2**62
    found = totals.whole(lines(*(Line(D, D, gross=large) for _ in range(4))))
    assert found.indemnity == 4 * large


def test_a_month_is_that_of_payment_else_of_the_period() -> None:
    made = lines(
        paid(D, D, 100, paid_on=date(2023, 4, 2)),
        paid(D, D, 200, paid_on=None),
        Line(None, None, gross=400, kind="recovery"),
        paid(D, D, 800, paid_on=date(2023, 4, 30)),
    )
    found = totals.by_month(made)
    assert found.select("month", "indemnity").rows() == [(D, 200), (date(2023, 4, 1), 900), (None, 400)]


def test_a_transfer_is_a_reference_else_a_day() -> None:
    made = lines(
        paid(D, D, 100, reference="V1", paid_on=D),
        paid(D, D, 200, reference="V1", paid_on=D + timedelta(1)),
        paid(D, D, 400, paid_on=D),
        paid(D, D, 800, paid_on=D),
        paid(D, D, 1600, paid_on=D, payer="CPAM 69"),
    )
    assert sorted(totals.by_transfer(made)["net"].to_list()) == [300, 1200, 1600]


def test_a_leave_has_its_first_and_last_day() -> None:
    made = leaves(lines(paid(D, D + timedelta(13)), paid(D + timedelta(14), D + timedelta(20))))
    (found,) = totals.by_leave(made).iter_rows(named=True)
    assert (found["first_day"], found["last_day"], found["days"]) == (D, D + timedelta(20), 21)


def test_a_leave_tells_all_the_names_of_one_number() -> None:
    made = leaves(lines(*(paid(D, D, person=name) for name in ("", "LEFÈVRE Camille", "MARTIN Anne"))))
    assert totals.by_leave(made)["person"].to_list() == ["LEFÈVRE Camille, MARTIN Anne (même NIR)"]


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_every_breakdown_comes_to_the_whole(seed: int) -> None:
    made = leaves(lines(*World(seed).lines))
    found = totals.whole(made)
    for part in (totals.by_person, totals.by_month, totals.by_transfer, totals.by_leave):
        told = part(made)
        for name in totals.MEASURES:
            assert told[name].sum() == getattr(found, name), (part.__name__, name)


def test_nothing_comes_to_nothing() -> None:
    assert totals.whole(lines()) == totals.Totals(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["LEFÈVRE Camille", "MARTIN Anne"], "LEFÈVRE Camille, MARTIN Anne (même NIR)"),
        (["A B", "", "MARTIN Anne", "A B", "DUPONT Zoé"], "A B, MARTIN Anne… (même NIR)"),
        (["MARTIN Paul", "MARTIN Anne"], "MARTIN Paul, MARTIN Anne (même NIR)"),
        (["Lefèvre  Camille", "CAMILLE LEFEVRE", "M. LEFEVRE C."], "Lefèvre  Camille"),
        (["MARTIN Anne", "MARTIN ép. DUPONT Anne", "DUPONT Anne"], "MARTIN Anne"),
        (["MARTIN-DUPONT Anne", "Mme MARTIN née DUPONT Anne"], "MARTIN-DUPONT Anne"),
        (["D’ALMEIDA Léa", "DALMEIDA LEA", "D ALMEIDA Léa"], "D’ALMEIDA Léa"),
    ],
)
def test_names_that_are_not_one_persons_are_told_under_their_number(names: list[str], said: str) -> None:
    made = leaves(lines(*(paid(D, D, 100, person=name) for name in names)))
    (found,) = totals.by_person(made).iter_rows(named=True)
    assert (found["person"], found["net"]) == (said, 100 * len(names))


def test_names_that_are_not_one_persons_are_told_under_their_employee_number() -> None:
    made = leaves(lines(*(paid(D, D, 100, nir="", employee="12", person=name) for name in ("DURAND Zoé", "ROUX Ali"))))
    assert totals.by_person(made)["person"].to_list() == ["DURAND Zoé, ROUX Ali (même matricule)"]
