"""Payments that payroll must split: at the turn of the year, and at the 60th day of the leave.

Every long leave has one: these are by far the most numerous, so their sentences are put together with no detour.
"""

from collections.abc import Iterator

import polars as pl

from desktop.services.review import saying
from desktop.services.review.anomalies.anomaly import Anomaly, AnomalyKind
from desktop.services.review.anomalies.scene import Scene, day
from desktop.services.review.line import Branch, Kind, Payee
from desktop.services.review.regularising.ground import HEALTH_INSURANCE

TAXED_DAYS = 60
"""Withholding tax is due on sickness allowances paid to the employer for the first 60 calendar days of the leave."""


def crossings(scene: Scene) -> Iterator[Anomaly]:
    """One anomaly a payment and limit."""
    yield from _over_two_years(scene)
    yield from _taxed_no_more(scene)


def _over_two_years(scene: Scene) -> Iterator[Anomaly]:
    bounds = scene.standing.select("row", "first", "last", "gross")
    years = bounds.select(pl.from_epoch(pl.col("first", "last"), "d").dt.year())
    astride = bounds.filter(years["first"] != years["last"])
    said = _days(astride)
    step = "Séparez-la au 31 décembre dans la paie\u202f; l’export pour la paie le fait."
    for (row, first, last, gross), (line, file, who) in zip(astride.iter_rows(), _whose(scene, astride), strict=True):
        text = (
            f"{who}\u00a0: la période du {said[first]} au {said[last]} ({saying.euros(gross)}) s’étend sur deux années."
        )
        yield Anomaly(AnomalyKind.YEAR_END, text, step, (line,), (file,), (row,), gross, who)


def _taxed_no_more(scene: Scene) -> Iterator[Anomaly]:
    """Sickness allowances paid to the employer, of the Assurance maladie or of nobody named."""
    crossing = _past_the_limit(scene)
    said = _days(crossing)
    for (row, first, last, gross, start, limit, sure), (line, file, who) in zip(
        crossing.iter_rows(), _whose(scene, crossing), strict=True
    ):
        after = last - limit
        begun = " commencé" if sure else ", s’il a bien commencé"
        text = (
            f"{who}\u00a0: la période du {said[first]} au {said[last]} dépasse le 60ᵉ jour de l’arrêt"
            f"{begun} le {said[start]}\u202f; {saying.days(after)} n’ont plus de prélèvement à la source."
        )
        step = f"Séparez-la après le {said[limit]} dans la paie."
        amount = gross * after // (last - first + 1)
        yield Anomaly(AnomalyKind.DAY_60, text, step, (line,), (file,), (row,), amount, who)


def _past_the_limit(scene: Scene) -> pl.DataFrame:
    """row, first, last, gross of the payments, the start of the leave, its last taxed day, and whether the start is
    told (by the file, or by a waiting period) or only that of its first line."""
    concerned = (
        pl.col("scheme").is_in([0, HEALTH_INSURANCE])
        & pl.col("branch").is_in([Branch.ILLNESS.value, Branch.UNKNOWN.value])
        & (pl.col("payee") != Payee.EMPLOYEE.value)
    )
    payments = scene.standing.lazy().filter(concerned).select("row", "leave", "first", "last", "gross")
    starts = (
        scene.ground.lazy()
        .filter(pl.col("first").is_not_null())
        .select(
            "leave",
            pl.min_horizontal("begun", "first").alias("start"),
            (pl.col("begun").is_not_null() | (pl.col("kind") == Kind.WAITING.value)).alias("sure"),
        )
        .group_by("leave")
        .agg(pl.col("start").min(), pl.col("sure").any())
        .with_columns((pl.col("start") + (TAXED_DAYS - 1)).alias("limit"))
    )
    crossing = payments.join(starts, on="leave").filter(
        (pl.col("first") <= pl.col("limit")) & (pl.col("last") > pl.col("limit"))
    )
    return crossing.sort("row").select("row", "first", "last", "gross", "start", "limit", "sure").collect()


def _days(told: pl.DataFrame) -> dict[int, str]:
    """Each day that occurs, as it is said."""
    columns = [told[name] for name in ("first", "last", "start", "limit") if name in told.columns]
    return {number: saying.day(day(number)) for number in pl.concat(columns, rechunk=False).unique().to_list()}


def _whose(scene: Scene, told: pl.DataFrame) -> Iterator[tuple[int, int, str]]:
    """Line, file and name of each row."""
    files = ["file"] if "file" in scene.frame.columns else []
    names_of = ("person", "nir", "employee", "line", *files)
    picked = pl.DataFrame([scene.frame[name].gather(told["row"]) for name in names_of])  # else all lines are copied
    names: dict[tuple[str, str, str], str] = {}
    for person, nir, employee, line, *file in picked.iter_rows():
        if (who := names.get((person, nir, employee))) is None:
            who = names[person, nir, employee] = saying.who(person, nir, employee)
        yield line, file[0] if file else 0, who
