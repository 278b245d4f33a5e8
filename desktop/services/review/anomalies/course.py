"""What does not fit in the course of a leave: days that nobody paid, and another rate."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from desktop.services.review import saying
from desktop.services.review.anomalies.anomaly import Anomaly, AnomalyKind
from desktop.services.review.anomalies.repeats import payee_apart
from desktop.services.review.anomalies.scene import Scene, day, unshared
from desktop.services.review.leaves import covered_before
from desktop.services.review.line import Branch

GAP_DAYS = 2
"""No more uncovered days than this between two periods are continuous, as insurers count."""

_CENT = 100
"""Ten-thousandths of a euro: less than a cent a day is rounding."""

_BY_NATURE = ("MIT", "IPS", "CIJ")
"""Part-time and top-up allowances follow the salary of each month."""


def gaps(scene: Scene) -> Iterator[Anomaly]:
    """Uncovered days inside one leave; what was cancelled counts as covered, for its regularisation tells of it."""
    ordered = (
        scene.course.lazy()
        .with_columns(covered_before("place", "last").alias("covered"), pl.col("row").shift(1).alias("before"))
        .with_columns((pl.col("first") - pl.col("covered") - 1).alias("missing"))
        .filter((pl.col("missing") > GAP_DAYS) & ~pl.col("leave").is_first_distinct())
        .collect()
    )
    found = ordered.select("row", "before", "first", "last", "covered", "missing", "gross").rows()
    about = scene.about([row for each in found for row in each[:2]])
    for row, before, first, last, covered, missing, gross in found:
        text = (
            f"{about[row].who}\u00a0: aucun jour n’est indemnisé {saying.period(day(covered + 1), day(first - 1))} "
            f"({saying.days(missing)}), entre deux périodes d’un même arrêt."
        )
        step = (
            "Si la personne n’avait pas repris le travail, réclamez ces jours à l’organisme avec la prolongation "
            "qui les couvre\u202f; sinon, classez ce point comme compris."
        )
        amount = gross // (last - first + 1) * missing
        yield scene.found(AnomalyKind.GAP, (before, row), about, (text, step), amount)


def rate_changes(scene: Scene) -> Iterator[Anomaly]:
    """Another daily rate for the same allowance of the same leave, with no regularisation that brought it."""
    changes = [(course, _unexplained(scene, course)) for course in _courses_of_several_rates(scene)]
    kept = [(course, steps) for course, steps in changes if steps]
    about = scene.about([line.row for _, steps in kept for pair in steps for line in pair])
    for course, steps in kept:
        told = [
            f"de {saying.rate(before.rate)} à {saying.rate(after.rate)} le {saying.day(day(after.first))}"
            for before, after in steps[:4]
        ]
        first = about[steps[0][0].row]
        text = (
            f"{first.who}\u00a0: le taux journalier ({first.nature}) passe {', puis '.join(told)}"
            f"{'…' if len(steps) > 4 else ''}, sans régularisation qui l’explique."
        )
        step = "Comparez avec la base de calcul et les revalorisations\u202f; sans cause connue, contestez le taux."
        rows = [line.row for pair in steps for line in pair]
        yield scene.found(AnomalyKind.RATE, rows, about, (text, step), _effect(course, steps[0]))


@dataclass(frozen=True, slots=True)
class _Paid:
    """One payment in the course of a leave; the rate in ten-thousandths of a euro."""

    row: int
    first: int
    last: int
    rate: int
    branch: str


def _courses_of_several_rates(scene: Scene) -> list[list[_Paid]]:
    """Payments of one allowance of one leave, by date, where not all have one rate. A rate that is not printed is what
    gross and days come to."""
    told = pl.col("unit").abs()
    derived = pl.when(pl.col("counted") > 0).then(pl.col("gross") * 100 // pl.col("counted"))
    course = pl.struct("leave", "group", "nature", payee_apart().alias("payee")).hash()
    varying = pl.Series(_BY_NATURE, dtype=pl.String).hash().implode()
    rated = (
        unshared(scene.standing)
        .lazy()
        .filter(~pl.col("nature").is_in(varying))
        .select("row", "first", "last", pl.when(told > 0).then(told).otherwise(derived).alias("rate"), "branch", course)
        .filter(pl.col("rate").is_not_null())
        .rename({"leave": "course"})
        .collect()
    )
    spread = rated.group_by("course").agg((pl.col("rate").max() - pl.col("rate").min()).alias("spread"))
    several = rated.join(spread.filter(pl.col("spread") >= _CENT), on="course", how="semi")
    made: dict[int, list[_Paid]] = {}
    for course_of, *line in several.sort("course", "first", "row").select("course", *_Paid.__slots__).iter_rows():
        made.setdefault(course_of, []).append(_Paid(*line))
    return list(made.values())


def _unexplained(scene: Scene, course: list[_Paid]) -> list[tuple[_Paid, _Paid]]:
    """The payments between which the rate changes with no known cause."""
    return [
        (before, after)
        for before, after in pairwise(course)
        if after.first > before.last  # else they overlap, which is told as such
        and abs(after.rate - before.rate) >= _CENT
        and after.row not in scene.renewed
        and not _raised_for_accident(before, after)
    ]


def _raised_for_accident(before: _Paid, after: _Paid) -> bool:
    """After 28 days of a work accident, 80 % of the daily wage are paid instead of 60 %."""
    return before.branch == Branch.ACCIDENT.value and abs(3 * after.rate - 4 * before.rate) <= 4 * _CENT


def _effect(course: list[_Paid], change: tuple[_Paid, _Paid]) -> int:
    """Cents between what was paid from the first change on and what the rate before it comes to."""
    old, since = change[0].rate, course.index(change[1])
    return sum((line.rate - old) * (line.last - line.first + 1) for line in course[since:]) // 100
