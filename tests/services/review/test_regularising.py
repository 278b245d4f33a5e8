from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.review.regularising import Regularisation, regularisations
from tests.services.review.making_lines import INSURER, Line, World, cancelled, lines, paid, withheld

D = date(2018, 1, 5)
END = date(2018, 4, 10)
DAY = date(2018, 5, 5)


def one(*made: Line) -> Regularisation:
    (found,) = regularisations(lines(*made))
    return found


def published() -> list[Line]:
    """The screen of Coog's manual: five lines, all of one accounting day."""
    told = {"person": "DURAND", "paid_on": DAY}
    waiting = Line(
        date(2017, 12, 19), date(2017, 12, 22), 0, days=4, code="CAR", kind="waiting", person="DURAND", paid_on=DAY
    )
    december = paid(date(2017, 12, 23), date(2018, 1, 4), 3251, levies=4776, **told)
    first = paid(D, END, 3251, levies=35267, **told)
    return [waiting, december, first, cancelled(first), paid(D, END, 3500, levies=37968, **told)]


def test_the_published_regularisation_comes_out_to_the_cent() -> None:
    found = one(*published())
    assert (found.gross, found.levies, found.net) == (23904, 2701, 21203)
    assert found.lines == (3, 4, 5)
    assert found.explanation == (
        "DURAND\u00a0: la période du 05/01/2018 au 10/04/2018 (I.J. normales, 96\u00a0jours) est annulée puis payée à "
        "nouveau\u202f; le taux journalier passe de 32,51\u00a0€ à 35,00\u00a0€, soit +239,04\u00a0€ bruts et "
        "+212,03\u00a0€ nets."
    )


@pytest.mark.parametrize("apart", [False, True])
def test_levies_in_lines_of_their_own_count_with_their_period(apart: bool) -> None:
    later = DAY + timedelta(30) if apart else DAY
    first = paid(D, END, 3251, paid_on=DAY)
    back, anew = cancelled(first, paid_on=later), paid(D, END, 3500, paid_on=later)
    found = one(first, *withheld(first), back, *withheld(back), anew, *withheld(anew))
    levies = [sum(line.levies for line in withheld(each)) for each in (first, anew)]
    assert (found.gross, found.levies) == (23904, levies[1] - levies[0])
    assert found.net == found.gross - found.levies
    assert len(found.lines) == 9


def test_a_levy_taken_back_but_for_a_cent_is_still_the_one_taken_back() -> None:
    first = paid(D, END, 3251, paid_on=DAY)
    csg, crds = withheld(first)
    back, anew = cancelled(first), paid(D, END, 3500, paid_on=DAY)
    wrong = cancelled(csg, levies=-csg.levies + 1)
    found = one(first, csg, crds, back, wrong, cancelled(crds), anew, *withheld(anew))
    assert found.levies == sum(line.levies for line in withheld(anew)) - csg.levies - crds.levies + 1


def test_a_payment_of_an_earlier_file_is_found_there() -> None:
    first = paid(D, END, 3251, paid_on=DAY)
    later = DAY + timedelta(30)
    found = one(first, cancelled(first, paid_on=later, file=1), paid(D, END, 3500, paid_on=later, file=1))
    assert list(zip(found.files, found.lines, strict=True)) == [(0, 1), (1, 1), (1, 2)]
    assert found.complete


def test_a_file_that_holds_the_first_payment_again_changes_nothing() -> None:
    first = paid(D, END, 3251, paid_on=DAY)
    later = DAY + timedelta(30)
    again = Line(**{name: getattr(first, name) for name in Line.__dataclass_fields__} | {"file": 1})
    found = one(first, again, cancelled(first, paid_on=later, file=1), paid(D, END, 3500, paid_on=later, file=1))
    assert found.gross == 23904


def test_without_the_first_payment_the_sentence_says_so() -> None:
    first = paid(D, END, 3251, paid_on=DAY)
    found = one(cancelled(first), paid(D, END, 3500, paid_on=DAY))
    assert not found.complete
    assert "absente des fichiers lus" in found.explanation
    assert "de 32,51\u00a0€ à 35,00\u00a0€" in found.explanation
    assert found.gross == 23904


def test_taken_back_and_not_paid_again() -> None:
    first = paid(D, END, 3251, levies=35267, paid_on=DAY)
    found = one(first, cancelled(first, paid_on=DAY + timedelta(14)))
    assert "est annulée sans nouveau paiement" in found.explanation
    assert (found.gross, found.net) == (-312096, -276829)
    assert "−3\u202f120,96\u00a0€ bruts et −2\u202f768,29\u00a0€ nets" in found.explanation


def test_nothing_to_explain_where_a_cancellation_stands_alone() -> None:
    assert regularisations(lines(cancelled(paid(D, END)))) == ()


def test_two_payments_in_place_of_one() -> None:
    first = paid(D, END, 3251, paid_on=DAY)
    later = DAY + timedelta(30)
    half = date(2018, 2, 28)
    found = one(
        first,
        cancelled(first, paid_on=later),
        paid(D, half, 3251, paid_on=later),
        paid(half + timedelta(1), END, 3300, paid_on=later),
    )
    assert found.gross == 41 * 49
    assert "de 32,51\u00a0€ à 32,51\u00a0€ et 33,00\u00a0€" in found.explanation


def test_shorter_than_before() -> None:
    first = paid(D, END, 3251, paid_on=DAY)
    found = one(first, cancelled(first), paid(D, END - timedelta(10), 3251, paid_on=DAY))
    assert found.gross == -32510
    assert "la période devient du 05/01/2018 au 31/03/2018, le nombre de jours passe de 96 à 86" in found.explanation


def test_a_part_taken_back_and_paid_anew() -> None:
    first = paid(D, END, 3251, paid_on=DAY)
    later = DAY + timedelta(30)
    part = paid(date(2018, 4, 1), END, 3251, paid_on=later)
    found = one(first, cancelled(part), paid(date(2018, 4, 1), END, 3500, paid_on=later))
    assert "est annulée en partie puis payée à nouveau" in found.explanation
    assert found.gross == 10 * 249
    assert found.complete


def test_paid_to_the_other_one() -> None:
    first = paid(D, END, 3251, payee="employee", paid_on=DAY)
    later = DAY + timedelta(30)
    found = one(first, cancelled(first, paid_on=later), paid(D, END, 3251, paid_on=later))
    assert "le paiement va à l’entreprise au lieu d’aller au salarié" in found.explanation
    assert found.explanation.endswith("sans effet sur le total.")


def test_a_payment_is_not_taken_back_before_it_was_made() -> None:
    first = paid(D, END, 3251, paid_on=DAY)
    found = one(cancelled(first), paid(D, END, 3251, paid_on=DAY + timedelta(30)))
    assert not found.complete
    assert found.gross == 0


def test_paid_right_before_the_wrong_one_is_taken_back() -> None:
    first = paid(D, END, 3251, paid_on=DAY)
    right = paid(D, END, 3500, paid_on=DAY + timedelta(14))
    found = one(first, right, cancelled(first, paid_on=DAY + timedelta(30)))
    assert found.gross == 23904


def test_what_the_insurer_pays_has_nothing_to_do_with_it() -> None:
    first = paid(D, END, 3251, paid_on=DAY)
    beside = paid(D, END, 1000, payer=INSURER, code="", label="Complément", paid_on=DAY + timedelta(30))
    found = one(first, cancelled(first, paid_on=DAY + timedelta(20)), beside)
    assert found.lines == (1, 2)


def test_only_the_levies_are_corrected() -> None:
    first = paid(D, END, 3251, paid_on=DAY)
    csg, _ = withheld(first)
    later = DAY + timedelta(30)
    anew = Line(D, END, code="RETCSJ", kind="levy", levies=10000, days=0, paid_on=later)
    found = one(first, csg, cancelled(csg, paid_on=later), anew)
    assert "les retenues du 05/01/2018 au 10/04/2018 sont corrigées" in found.explanation
    assert (found.gross, found.levies) == (0, 10000 - csg.levies)


def test_no_sentence_holds_a_nir() -> None:
    found = one(
        *(Line(**{n: getattr(line, n) for n in Line.__dataclass_fields__} | {"person": ""}) for line in published())
    )
    assert "2950199126111" not in found.explanation
    assert found.explanation.startswith("NIR 2\u00a095\u00a001\u00a099\u00a0•••")


def test_many_lines_of_one_day_take_no_time_to_sort_out() -> None:
    first = paid(D, D, 100, paid_on=DAY)
    found = regularisations(lines(*[first] * 3000, *[cancelled(first)] * 3000))
    assert sum(each.gross for each in found) == -300000


def test_lines_that_all_meet_are_not_weighed_one_against_the_other() -> None:
    made = [paid(D, D, 100 + number, paid_on=DAY) for number in range(20_000)]
    assert regularisations(lines(*made, *(cancelled(line, gross=-1) for line in made))) == ()


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_cancelling_and_paying_anew_explains_exactly_the_difference(seed: int) -> None:
    made = World(seed).lines
    frame = lines(*made)
    found = regularisations(frame)
    moved = frame.filter(pl.col("sense") == "cancellation")
    assert len({row for each in found for row in each.rows}) == sum(len(each.rows) for each in found)
    concerned = {row for each in found for row in each.rows}
    for each in found:
        there = frame[list(each.rows)]
        back = there.filter(pl.col("sense") == "cancellation")
        assert each.complete
        for name, effect in (("gross", each.gross), ("levies", each.levies), ("net", each.net)):
            assert effect == there[name].sum() + back[name].sum(), (
                name
            )  # the first payment was as much as is taken back
    assert moved.height == frame[sorted(concerned)].filter(pl.col("sense") == "cancellation").height
