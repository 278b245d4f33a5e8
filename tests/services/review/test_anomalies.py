"""Faults planted in a quiet world are found, each with its lines, and nothing else is called odd."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.review.anomalies import Anomaly, AnomalyKind, Known, KnownLeave, anomalies, findings
from desktop.services.review.line import EXTRA
from desktop.services.review.whole import ControlTotal
from tests.services.review.making_lines import INSURER, Line, World, cancelled, lines, paid, withheld

D = date(2023, 3, 1)
F = timedelta(13)
SEEDS = st.integers(0, 10**6)
some = settings(max_examples=25, deadline=None)


def found(*made: Line, known: Known | None = None) -> list[Anomaly]:
    return list(anomalies(lines(*made), (), known))


def kinds(*made: Line, known: Known | None = None) -> list[str]:
    return [each.kind.value for each in found(*made, known=known)]


def fortnights(count: int, rate: int = 4000, **more: object) -> list[Line]:
    return [
        paid(D + number * (F + timedelta(1)), D + number * (F + timedelta(1)) + F, rate, **more)
        for number in range(count)
    ]


def a_payment(world: World, data: st.DataObject) -> int:
    """The place of a payment of more than a few days that nothing takes back."""
    back = {(line.nir, line.start, line.payer) for line in world.lines if line.sense == "cancellation"}
    places = [
        place
        for place, line in enumerate(world.lines)
        if line.kind == "indemnity" and (line.nir, line.start, line.payer) not in back and line.payer != INSURER
    ]
    if not places:
        extra = paid(date(2023, 10, 2), date(2023, 10, 15), 3000, nir="2800175000001", person="SEULE")
        world.lines.append(extra)
        places = [len(world.lines) - 1]
    return data.draw(st.sampled_from(places))


# Nothing to see


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_a_world_where_all_is_well_alarms_nobody(seed: int) -> None:
    assert found(*World(seed).lines) == []


@some
@given(SEEDS, st.integers(2, 4))
def test_nor_does_it_when_it_comes_in_several_files(seed: int, count: int) -> None:
    made = World(seed).lines
    assert found(*(replace(line, file=(line.paid_on or D).month % count) for line in made)) == []


def test_a_new_month_of_a_leave_is_no_news() -> None:
    assert kinds(*(replace(line, file=number) for number, line in enumerate(fortnights(4)))) == []


def test_the_published_regularisation_alarms_nobody() -> None:
    told = {"paid_on": date(2018, 5, 5)}
    first = paid(date(2018, 1, 5), date(2018, 3, 10), 3251, levies=100, branch="AT", **told)
    before = paid(date(2018, 1, 2), date(2018, 1, 4), 3251, branch="AT", **told)
    assert kinds(before, first, cancelled(first), replace(first, unit=350000, gross=3500 * 65, days=65)) == []


def test_both_payers_of_one_leave_do_not_overlap() -> None:
    assert kinds(*fortnights(2), *fortnights(2, 1000, payer=INSURER, code="", label="Complément")) == []


def test_what_the_portal_shows_is_cited_by_its_day_and_not_by_a_number_that_nobody_sees() -> None:
    twice = [paid(D, D + F), paid(D, D + F, paid_on=D + F + timedelta(9))]
    (alone,), _ = findings(lines(*twice), portal=0)
    assert "figure 2 fois (sur le portail, versé le 17/03/2023 et le 23/03/2023) sans" in alone.explanation
    (mixed,), _ = findings(lines(twice[0], replace(twice[1], file=1)), portal=0)
    assert "figure 2 fois (sur le portail et ligne 1 du fichier 2) sans" in mixed.explanation
    (files,), _ = findings(lines(*twice))
    assert "figure 2 fois (lignes 1 et 2) sans" in files.explanation


def test_another_insured_with_the_same_figures_is_no_duplicate() -> None:
    one = paid(D, D + F)
    assert kinds(one, replace(one, nir="2800175000001", person="AUTRE")) == []


def test_the_levies_of_one_period_are_no_duplicates() -> None:
    payment = paid(D, D + F)
    assert kinds(payment, *withheld(payment)) == []


def test_a_whole_file_without_subrogation_is_in_order() -> None:
    assert kinds(*fortnights(3, payee="employee")) == []


def test_two_guarantees_of_an_insurer_on_the_same_days_do_not_overlap() -> None:
    told = {"payer": INSURER, "code": ""}
    assert kinds(*fortnights(2, label="Tranche A", **told), *fortnights(2, 1500, label="Tranche B", **told)) == []


def test_part_time_allowances_follow_the_salary() -> None:
    one, two = fortnights(2, code="MIT")
    assert kinds(one, replace(two, unit=310000, gross=3100 * 14)) == []


# Planted faults, in a world where all else is well


@some
@given(SEEDS, st.data())
def test_a_line_told_twice_is_found(seed: int, data: st.DataObject) -> None:
    world = World(seed)
    place = a_payment(world, data)
    world.lines.append(world.lines[place])
    (one,) = found(*world.lines)
    assert (one.kind, one.lines) == (AnomalyKind.DUPLICATE, (place + 1, len(world.lines)))
    assert one.amount == world.lines[place].gross


@some
@given(SEEDS, st.data())
def test_paid_again_another_day_is_found(seed: int, data: st.DataObject) -> None:
    world = World(seed)
    place = a_payment(world, data)
    world.lines.append(replace(world.lines[place], paid_on=date(2023, 12, 1), reference="V2"))
    (one,) = found(*world.lines)
    assert (one.kind, one.lines) == (AnomalyKind.DUPLICATE, (place + 1, len(world.lines)))


@some
@given(SEEDS, st.data())
def test_payments_that_share_days_are_found(seed: int, data: st.DataObject) -> None:
    world = World(seed)
    place = a_payment(world, data)
    line = world.lines[place]
    assert line.start is not None
    first = line.start - timedelta(0)
    world.lines.append(paid(first, first, (line.unit or 0) // 100, **who(line), paid_on=date(2023, 12, 1)))
    only = [each for each in found(*world.lines) if each.kind is not AnomalyKind.DUPLICATE]
    if line.days == 1:
        assert only == []
        return
    (one,) = only
    assert (one.kind, one.lines) == (AnomalyKind.OVERLAP, (place + 1, len(world.lines)))
    assert one.amount == (line.unit or 0) // 100


def who(line: Line) -> dict[str, object]:
    names = ("person", "nir", "company", "payer", "branch", "code", "label", "claim", "leave_start", "payee")
    return {name: getattr(line, name) for name in names}


@some
@given(SEEDS, st.data())
def test_another_rate_is_found(seed: int, data: st.DataObject) -> None:
    world = World(seed)
    place = a_payment(world, data)
    line = world.lines[place]
    assert line.end is not None
    after = line.end + timedelta(1)
    taken = any(each.nir == line.nir and each.start == after for each in world.lines)
    rate = (line.unit or 0) // 100 + 700
    if taken:
        return
    world.lines.append(paid(after, after + timedelta(2), rate, **who(line)))
    told = [each for each in found(*world.lines) if each.kind is AnomalyKind.RATE]
    assert [each.lines for each in told] == [(place + 1, len(world.lines))]
    assert told[0].amount == 3 * 700


@some
@given(SEEDS, st.data())
def test_days_that_nobody_paid_are_found(seed: int, data: st.DataObject) -> None:
    world = World(seed)
    start = date(2023, 10, 2)
    missing = data.draw(st.integers(1, 31))
    one = paid(start, start + F, 3000, nir="2800175000001", person="SEULE")
    two = paid(
        start + F + timedelta(missing + 1), start + 2 * F + timedelta(missing), 3000, nir=one.nir, person="SEULE"
    )
    world.lines += [one, two]
    told = found(*world.lines)
    if missing <= 2:
        assert told == []
        return
    (gap,) = told
    assert (gap.kind, gap.lines) == (AnomalyKind.GAP, (len(world.lines) - 1, len(world.lines)))
    assert gap.amount == missing * 3000


@pytest.mark.parametrize(("missing", "told"), [(2, []), (3, ["gap"])])
def test_two_days_are_continuous_and_three_are_not(missing: int, told: list[str]) -> None:
    assert kinds(paid(D, D + F), paid(D + F + timedelta(missing + 1), D + 2 * F)) == told


@some
@given(SEEDS)
def test_a_cancellation_of_what_nobody_paid_is_found(seed: int) -> None:
    world = World(seed)
    lone = paid(date(2023, 10, 2), date(2023, 10, 15), 3000, nir="2800175000001", person="SEULE")
    world.lines += [cancelled(lone), *withheld(cancelled(lone))]
    (one,) = found(*world.lines)
    count = len(world.lines)
    assert (one.kind, one.lines) == (AnomalyKind.ORPHAN, (count - 2, count - 1, count))
    assert one.amount == -42000 + sum(line.levies for line in withheld(lone))


@some
@given(SEEDS, st.data())
def test_paid_to_the_wrong_one_is_found(seed: int, data: st.DataObject) -> None:
    world = World(seed)
    place = a_payment(world, data)
    world.lines[place] = replace(world.lines[place], payee="employee")
    told = found(*world.lines)
    assert [(each.kind, each.lines) for each in told] == [(AnomalyKind.PAYEE, (place + 1,))] or alone(world, place)


def alone(world: World, place: int) -> bool:
    """Whether nobody else of that company is paid for: then nothing tells that it should have been."""
    company = world.lines[place].company
    others = [line for line in world.lines if line.company == company and line.kind == "indemnity" and line.gross > 0]
    return {line.payee for line in others if line.payer != INSURER} == {"employee"}


@some
@given(SEEDS, st.data())
def test_a_sum_that_does_not_come_out_is_found(seed: int, data: st.DataObject) -> None:
    world = World(seed)
    place = a_payment(world, data)
    line = world.lines[place]
    world.lines[place] = replace(line, gross=line.gross + 1000)
    (one,) = found(*world.lines)
    assert (one.kind, one.lines, one.amount) == (AnomalyKind.ARITHMETIC, (place + 1,), 1000)


@some
@given(SEEDS, st.data())
def test_an_overpayment_is_told(seed: int, data: st.DataObject) -> None:
    world = World(seed)
    line = world.lines[a_payment(world, data)]
    code = data.draw(st.sampled_from(("CIN", "RPR", "")))
    world.lines.append(Line(None, None, gross=-4200, kind="recovery", **{**who(line), "code": code}, paid_on=D))
    (one,) = found(*world.lines)
    assert (one.kind, one.lines, one.amount) == (AnomalyKind.RECOVERY, (len(world.lines),), -4200)


# Each kind by itself


def test_a_period_over_two_years_is_to_be_split_unless_it_was_taken_back() -> None:
    astride = paid(date(2022, 12, 20), date(2023, 1, 10))
    assert kinds(astride) == ["year-end"]
    assert kinds(astride, cancelled(astride)) == []
    assert kinds(paid(date(2022, 12, 20), date(2022, 12, 31)), paid(date(2023, 1, 1), date(2023, 1, 10))) == []


def test_the_sixtieth_day_is_counted_from_the_start_of_the_leave() -> None:
    waiting = Line(D, D + timedelta(2), days=3, code="CAR", kind="waiting")
    up_to = [paid(D + timedelta(3), D + timedelta(59)), paid(D + timedelta(60), D + timedelta(70))]
    assert kinds(waiting, *up_to) == []
    beyond = paid(D + timedelta(3), D + timedelta(60))
    (one,) = found(waiting, beyond)
    assert (one.kind, one.lines, one.amount) == (AnomalyKind.DAY_60, (2,), 4000)
    assert "commencé le 01/03/2023" in one.explanation
    assert "après le 29/04/2023" in one.next_step


@pytest.mark.parametrize(
    "other", [{"branch": "AT"}, {"branch": "MA"}, {"payee": "employee"}, {"payer": INSURER, "code": ""}]
)
def test_the_sixtieth_day_matters_to_no_other_allowance(other: dict[str, object]) -> None:
    assert kinds(paid(D, D + timedelta(80), **other)) == []


def test_the_60th_day_uses_the_start_that_the_file_tells() -> None:
    late = paid(D, D + F, leave_start=D - timedelta(55))
    assert kinds(late) == ["day-60"]
    assert "s’il a bien commencé" in found(paid(D, D + timedelta(80)))[0].explanation


def test_lines_of_several_employers_are_told_for_each_person() -> None:
    sentinel = "99999999999999"
    one = paid(D, D + F, company=sentinel, payee="employee")
    told = found(
        one, *withheld(one), replace(one, nir="2800175000001", person="AUTRE"), *fortnights(1, nir="1800175000009")
    )
    assert Counter(each.kind.value for each in told) == {"unknown-company": 2}
    assert told[0].lines == (1, 2, 3)


def test_a_company_outside_the_portfolio_is_told_once() -> None:
    known = Known(companies=frozenset({"356000000"}))
    (one,) = found(*fortnights(3), known=known)
    assert (one.kind, one.lines) == (AnomalyKind.COMPANY, (1, 2, 3))
    assert kinds(*fortnights(3), known=Known(companies=frozenset({"73282932000074"}))) == []


def test_a_leave_declared_longer_than_it_is_paid() -> None:
    last = D + timedelta(27)
    leave = KnownLeave(D, nir="295019912611193", expected_end=last + timedelta(40))
    late = Known(leaves=(leave,), today=last + timedelta(30))
    (one,) = found(*fortnights(2), known=late)
    assert (one.kind, one.lines, one.amount) == (AnomalyKind.PROLONGATION, (2,), 30 * 4000)
    assert kinds(*fortnights(2), known=replace(late, today=last + timedelta(14))) == []
    assert kinds(*fortnights(2), known=replace(late, leaves=(replace(leave, expected_end=last),))) == []


def test_another_leave_or_another_company_is_not_the_one_declared() -> None:
    """A number of an employee is one company's own; a leave of last year says nothing of this one."""
    last = D + timedelta(27)
    mine = [replace(line, nir="", employee="042", company="73282932000074") for line in fortnights(2)]
    told = KnownLeave(D, employee="042", expected_end=last + timedelta(40), company="732829320")
    late = Known(leaves=(told,), today=last + timedelta(30))
    assert kinds(*mine, known=late) == ["prolongation"]
    assert kinds(*mine, known=replace(late, leaves=(replace(told, company="356000000"),))) == []
    named = [replace(line, company="ACME") for line in mine]
    assert kinds(*named, known=late) == ["prolongation"], "a name is no number to compare with"
    before = replace(
        told, start=D - timedelta(400), expected_end=D - timedelta(1), subrogated=(D - timedelta(400), None)
    )
    assert kinds(*mine, known=replace(late, leaves=(told, before))) == ["prolongation"]
    direct = [replace(line, payee="employee") for line in mine]
    assert kinds(*direct, known=replace(late, leaves=(before,))) == []


@pytest.mark.parametrize("heading", ["Date de fin prévisionnelle", "Fin d’arrêt", "ARRET JUSQU'AU"])
def test_a_column_may_tell_the_expected_end(heading: str) -> None:
    frame = lines(*fortnights(2), paid(D + timedelta(90), D + timedelta(95), nir="1800175000009"))
    told = frame.with_columns(pl.Series(EXTRA + heading, ["15/04/2023", "2023-04-30", "demain"]))
    (one,) = anomalies(told)
    assert (one.kind, one.lines) == (AnomalyKind.PROLONGATION, (2,))
    assert "prévu jusqu’au 30/04/2023" in one.explanation


def test_declared_subrogation_decides_who_was_to_be_paid() -> None:
    leave = KnownLeave(D, nir="2950199126111", subrogated=(D, D + F))
    first, second = fortnights(2)
    right = [first, replace(second, payee="employee")]
    assert kinds(*right, known=Known(leaves=(leave,))) == []
    assert kinds(*right) == ["wrong-payee"]
    told = found(replace(first, payee="employee"), second, known=Known(leaves=(leave,)))
    assert [(each.kind, each.lines) for each in told] == [(AnomalyKind.PAYEE, (1,)), (AnomalyKind.PAYEE, (2,))]
    assert "pendant la subrogation" in told[0].explanation
    assert "hors de la subrogation" in told[1].explanation


def test_somebody_always_paid_directly_is_told_where_the_company_is_the_rule() -> None:
    direct = fortnights(2, nir="1800175000009", payee="employee")
    (one,) = found(*fortnights(2), *direct)
    assert (one.kind, one.lines, one.amount) == (AnomalyKind.PAYEE, (3, 4), 2 * 14 * 4000)
    others = [line for number in range(3) for line in fortnights(1, nir=f"180017500000{number}", payee="employee")]
    assert kinds(*fortnights(2), *others) == []


def test_two_files_that_share_weeks_are_told_once() -> None:
    weeks = fortnights(3)
    again = [replace(line, file=1) for line in weeks[1:]] + [replace(fortnights(4)[3], file=1)]
    (one,) = found(*weeks, *again)
    assert (one.kind, one.amount) == (AnomalyKind.DUPLICATE, 2 * 14 * 4000)
    assert list(zip(one.files, one.lines, strict=True)) == [(0, 2), (0, 3), (1, 1), (1, 2)]
    assert "2\u00a0lignes figurent à l’identique dans les fichiers 1 et 2" in one.explanation


def test_stated_sums_are_told_where_they_go_wrong_and_not_above() -> None:
    controls = (
        ControlTotal("sender", "", 2, "net", 1100, 1000),
        ControlTotal("company", "73282932000074", 3, "net", 1100, 1000),
        ControlTotal("person", "DURAND Zoé", 9, "net", 1100, 1000),
        ControlTotal("person", "MARTIN", 12, "net", 5, 5),
    )
    (one,) = anomalies(lines(), controls)
    assert (one.kind, one.lines, one.amount) == (AnomalyKind.TOTALS, (9,), 100)
    assert one.explanation == (
        "Total de la personne (DURAND Zoé)\u00a0: le fichier annonce 11,00\u00a0€ et ses lignes font 10,00\u00a0€, "
        "écart de 1,00\u00a0€."
    )
    two = anomalies(lines(), (replace(controls[0], stated=1200), *controls[1:]))
    assert [each.lines for each in two] == [(2,), (9,)]


def test_a_fault_all_over_a_file_is_told_once() -> None:
    made = [paid(D + timedelta(n), D + timedelta(n + 29), nir=f"18001750{n:05d}", days=30) for n in range(30)]
    odd = [replace(line, days=29, gross=29 * 4000) for line in made]
    (one,) = found(*odd)
    assert (one.kind, len(one.lines)) == (AnomalyKind.ARITHMETIC, 30)


def test_every_explanation_hides_the_nir_and_says_what_to_do() -> None:
    nameless = {"person": "", "nir": "2950199126111"}
    first = paid(D, D + timedelta(300), **nameless)
    told = found(
        first,
        first,
        paid(D + timedelta(5), D + timedelta(9), 1, **nameless, payee="employee"),
        cancelled(paid(D + timedelta(700), D + timedelta(701), **nameless)),
        Line(None, None, gross=-1, kind="recovery", nir="2950199126111", person="2 95 01 99 126 111", paid_on=D),
    )
    assert len({each.kind for each in told}) >= 5
    for each in told:
        assert "126" not in each.explanation + each.person
        assert each.next_step.endswith(".")


def test_every_kind_has_its_title() -> None:
    assert len({kind.title for kind in AnomalyKind}) == 13
