"""Money paid to somebody else than expected, companies nobody knows, leaves that go on unpaid."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from desktop.services.review import saying
from desktop.services.review.anomalies.anomaly import Anomaly, AnomalyKind, Known
from desktop.services.review.anomalies.declared import SEVERAL_EMPLOYERS, declared, expected_ends
from desktop.services.review.anomalies.scene import About, Scene, day, unshared
from desktop.services.review.line import Payee

PAYMENT_LAG_DAYS = 14
"""The Assurance maladie pays about every fortnight: a leave that was to go on is unpaid only after that."""

_SIREN = 9


def wrong_payees(scene: Scene, known: Known) -> Iterator[Anomaly]:
    """Payments to the person where the employer was to be paid, one anomaly a leave; to the employer, where the clerk
    says that the person was."""
    told = scene.standing.filter(pl.col("payee") != Payee.UNKNOWN.value)
    if not known.leaves and told.filter(pl.col("payee") == Payee.EMPLOYEE.value).is_empty():
        return
    told = unshared(told)
    told = told.with_columns(_subrogated(scene, told, known))
    declared = told.filter(pl.col("due").is_not_null())
    yield from _against_declared(scene, declared)
    yield from _against_habit(scene, told.filter(pl.col("due").is_null()))


def _subrogated(scene: Scene, told: pl.DataFrame, known: Known) -> pl.Series:
    """Whether the employer was to be paid for all of a payment's days, as declared; null where nothing is declared or
    the period is astride."""
    windows = {leave: one.subrogated for leave, one in declared(scene.frame, known).items() if one.subrogated}
    due: list[bool | None] = []
    if not windows:
        return pl.Series("due", [None] * told.height, dtype=pl.Boolean)
    for leave, first, last in told.select("leave", "first", "last").iter_rows():
        window = windows.get(leave)
        due.append(None if window is None else _inside(window, day(first), day(last)))
    return pl.Series("due", due, dtype=pl.Boolean)


def _inside(window: tuple[date, date | None], first: date, last: date) -> bool | None:
    start, end = window
    if start <= first and (end is None or last <= end):
        return True
    return False if last < start or (end is not None and end < first) else None


def _against_declared(scene: Scene, declared: pl.DataFrame) -> Iterator[Anomaly]:
    to_person = pl.col("payee") == Payee.EMPLOYEE.value
    wrong = declared.filter(pl.col("due") == to_person)
    about = scene.about(wrong["row"].to_list())
    for payee, rows in _by_leave(wrong, "payee"):
        amount, dates = sum(about[row].net for row in rows), _dates([about[row] for row in rows])
        if payee == Payee.EMPLOYEE.value:
            said = (
                f"{about[rows[0]].who}\u00a0: {saying.euros(amount)} payés au salarié {dates}, pendant la subrogation "
                "déclarée.",
                "Signalez-le à l’organisme et convenez avec la personne du reversement.",
            )
        else:
            said = (
                f"{about[rows[0]].who}\u00a0: {saying.euros(amount)} payés à l’entreprise {dates}, hors de la "
                "subrogation déclarée.",
                "Faites corriger les dates de subrogation\u202f; l’organisme peut réclamer cette somme.",
            )
        yield scene.found(AnomalyKind.PAYEE, rows, about, said, amount)


def _against_habit(scene: Scene, told: pl.DataFrame) -> Iterator[Anomaly]:
    """Where nothing is declared: a leave paid to both, or one paid to the person where the company is mostly paid."""
    direct = pl.col("payee") == Payee.EMPLOYEE.value
    if told.filter(direct).is_empty():
        return
    judged = told.join(_company_names(scene), on="company", how="left", maintain_order="left")
    habits = judged.group_by("leave").agg(
        pl.col("company", "scheme", "several").first(), direct.any().alias("direct"), (~direct).any().alias("employer")
    )
    company = ["company", "scheme"]
    subrogated = pl.col("employer").sum().over(company) >= (pl.col("direct") & ~pl.col("employer")).sum().over(company)
    some = pl.col("employer").any().over(company)
    whole = ~pl.col("employer") & some & subrogated & ~pl.col("several")
    odd = habits.with_columns(whole.alias("whole")).filter(pl.col("direct") & (pl.col("employer") | pl.col("whole")))
    wrong = judged.filter(direct).join(odd.select("leave", "whole"), on="leave", maintain_order="left")
    about = scene.about(wrong["row"].to_list())
    for whole_leave, rows in _by_leave(wrong, "whole"):
        amount, dates = sum(about[row].net for row in rows), _dates([about[row] for row in rows])
        why = (
            "alors que l’entreprise est d’ordinaire payée pour ses salariés"
            if whole_leave
            else "alors que l’entreprise est payée pour d’autres jours de cet arrêt"
        )
        said = (
            f"{about[rows[0]].who}\u00a0: {saying.euros(amount)} payés au salarié {dates}, {why}.",
            "Si le salaire a été maintenu ces jours-là, signalez-le à l’organisme et convenez du reversement avec la "
            "personne\u202f; sinon, classez ce point comme compris.",
        )
        yield scene.found(AnomalyKind.PAYEE, rows, about, said, amount)


def _company_names(scene: Scene) -> pl.DataFrame:
    """Of each company number of `ground`, whether it stands for several employers."""
    firsts = scene.ground.group_by("company").agg(pl.col("row").first())
    names = scene.frame.select(pl.col("company").gather(firsts["row"])).to_series()
    return firsts.select("company", (names == SEVERAL_EMPLOYERS).alias("several"))


def _by_leave(wrong: pl.DataFrame, also: str) -> Iterator[tuple[object, list[int]]]:
    """A value and the rows of each leave that has it."""
    together: dict[tuple[int, object], list[int]] = {}
    for leave, value, row in wrong.sort("row").select("leave", also, "row").iter_rows():
        together.setdefault((leave, value), []).append(row)
    return ((value, rows) for (_, value), rows in together.items())


def _dates(about: list[About]) -> str:
    """« du … au … » from the first day to the last of these lines."""
    starts = [one.start for one in about if one.start]
    ends = [one.end or one.start for one in about]
    return saying.period(min(starts, default=None), max((end for end in ends if end), default=None))


def unknown_companies(scene: Scene, known: Known) -> Iterator[Anomaly]:
    """Lines under the number that stands for several employers, by person; companies outside the portfolio."""
    firsts = scene.ground.group_by("company", maintain_order=True).agg(pl.col("row").first())
    names = scene.frame.select(pl.col("company").gather(firsts["row"])).to_series().to_list()
    numbers = dict(zip(firsts["company"].to_list(), names, strict=True))
    siren = {number[:_SIREN] for number in known.companies}
    strange = {
        number: name
        for number, name in numbers.items()
        if name == SEVERAL_EMPLOYERS or (siren and name and name[:_SIREN] not in siren)
    }
    lines = scene.ground.filter(pl.col("company").is_in(list(strange)))
    together: dict[tuple[int, int], list[int]] = {}
    for row, company, group in lines.select("row", "company", "group").iter_rows():
        several = strange[company] == SEVERAL_EMPLOYERS
        together.setdefault((company, group if several else 0), []).append(row)
    about = scene.about(lines["row"].to_list())
    for (company, _), rows in together.items():
        amount = sum(about[row].net for row in rows)
        one = about[rows[0]]
        if strange[company] == SEVERAL_EMPLOYERS:
            said = (
                f"{one.who}\u00a0: {saying.euros(amount)} sans entreprise désignée (SIRET 99999999999999)\u00a0: la "
                "personne a été payée directement, ou a plusieurs employeurs.",
                "Rapprochez ces lignes de la personne par son NIR et vérifiez qui devait être payé.",
            )
        else:
            said = (
                f"{saying.counted(len(rows), 'ligne', 'lignes')} ({saying.euros(amount)}) de l’entreprise "
                f"{one.company}, qui n’est pas parmi les vôtres.",
                "Ajoutez cette entreprise à vos espaces, ou signalez à l’organisme qu’elle n’est pas la vôtre.",
            )
        yield scene.found(AnomalyKind.COMPANY, rows, about, said, amount)


def prolongations(scene: Scene, known: Known) -> Iterator[Anomaly]:
    """Leaves known to go on beyond the last day paid, once a payment would have come."""
    expected = expected_ends(scene.frame, known)
    if not expected:
        return
    paid = [when for when in scene.ground["paid"].unique().to_list() if when is not None]
    today = known.today or day(max(paid, default=0))
    ends = (
        scene.ground.lazy()
        .filter(pl.col("first").is_not_null() & ~pl.col("cancels") & pl.col("leave").is_in(list(expected)))
        .sort("last", "row")
        .group_by("leave", maintain_order=True)
        .agg(pl.col("last").last(), pl.col("row").last(), pl.col("gross").last(), pl.col("first").last())
        .collect()
    )
    late = [each for each in ends.iter_rows() if (min(expected[each[0]], today) - day(each[1])).days > PAYMENT_LAG_DAYS]
    about = scene.about([row for _, _, row, _, _ in late])
    for leave, last, row, gross, first in late:
        missing = (min(expected[leave], today) - day(last)).days
        said = (
            f"{about[row].who}\u00a0: l’arrêt est prévu jusqu’au {saying.day(expected[leave])}, mais rien n’est payé "
            f"après le {saying.day(day(last))} ({saying.days(missing)}).",
            "Vérifiez que la prolongation a été reçue par l’organisme, et transmettez-la si besoin.",
        )
        yield scene.found(AnomalyKind.PROLONGATION, (row,), about, said, gross // (last - first + 1) * missing)
