"""The declared leave that each leave of the lines is, and until when it is expected to last."""

import re
from datetime import date

import polars as pl

from desktop.services.folding import collated
from desktop.services.review.anomalies.anomaly import Known, KnownLeave
from desktop.services.review.line import EXTRA, Kind

SEVERAL_EMPLOYERS = "99999999999999"
"""What BPIJ writes as SIRET when the person is paid, or has several employers."""

_SIREN = 9
_EXPECTED_END = re.compile(r"\bfin (?:previsionnelle|prevue|previsible|d arret|de l arret|arret)\b|\barret jusqu au\b")


def declared(frame: pl.DataFrame, known: Known) -> dict[int, KnownLeave]:
    """By number of leave (`leaves.leaves`), for those that are declared: the same person's, in the same company where
    both are told, with a day in common; of several the latest."""
    people: dict[str, list[KnownLeave]] = {}
    for one in sorted(known.leaves, key=lambda each: each.start):
        for key in filter(None, (one.nir[:13], one.employee)):
            people.setdefault(key, []).append(one)
    if not people:
        return {}
    found: dict[int, KnownLeave] = {}
    for leave, first, last, nir, employee, company in _spans(frame, list(people)).iter_rows():
        candidates = people.get(nir[:13]) or people.get(employee) or []
        same = [one for one in candidates if _shares_a_day(one, first, last) and _may_be_of(one, company)]
        if same:
            found[leave] = same[-1]
    return found


def _spans(frame: pl.DataFrame, people: list[str]) -> pl.DataFrame:
    """leave, its first and last day, NIR, employee number and company, of the leaves of these people."""
    theirs = pl.col("nir").str.slice(0, 13).is_in(people) | pl.col("employee").is_in(people)
    return (
        frame.lazy()
        .filter(theirs & pl.col("start").is_not_null() & (pl.col("kind") != Kind.RECOVERY.value))
        .group_by("leave")
        .agg(
            pl.col("start").min(),
            pl.max_horizontal("start", "end").max().alias("last"),
            pl.col("nir", "employee", "company").first(),
        )
        .collect()
    )


def _shares_a_day(one: KnownLeave, first: date, last: date) -> bool:
    return one.start <= last and (one.expected_end is None or one.expected_end >= first)


def _may_be_of(one: KnownLeave, company: str) -> bool:
    """Files that name no company by its number do not tell which it is."""
    siren = company[:_SIREN]
    told = one.company and siren.isdecimal() and company != SEVERAL_EMPLOYERS
    return not told or one.company[:_SIREN] == siren


def expected_ends(frame: pl.DataFrame, known: Known) -> dict[int, date]:
    """The day until which each leave is expected to last: as declared, else in a column of the file."""
    ends = {leave: one.expected_end for leave, one in declared(frame, known).items() if one.expected_end}
    columns = [name for name in frame.columns if name.startswith(EXTRA) and _EXPECTED_END.search(collated(name))]
    for name in columns:
        text = pl.col(name).str.strip_chars()
        parsed = pl.coalesce(text.str.to_date(form, strict=False) for form in ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y"))
        told = frame.select("leave", parsed.alias("end")).filter(pl.col("end").is_not_null())
        for leave, end in told.group_by("leave").agg(pl.col("end").max()).iter_rows():
            ends.setdefault(leave, end)
    return ends
