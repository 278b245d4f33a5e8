"""What the lines come to: over every line read, whoever was paid, recoveries included. Exact cents, days with sign.

`by_person` and `by_leave` want the frame that `leaves.leaves` gave."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from desktop.services.folding import collated
from desktop.services.review.line import Kind, Sense


@dataclass(frozen=True, slots=True)
class Totals:
    """Cents and days. `days` counts indemnity and waiting lines, `waiting_days` the waiting lines alone; what is
    cancelled counts negative. `levies` is what was withheld."""

    lines: int
    indemnity: int
    levies: int
    net: int
    days: int
    waiting_days: int


MEASURES = ("lines", "indemnity", "levies", "net", "days", "waiting_days")
"""The columns that every frame of totals ends with."""


def whole(frame: pl.DataFrame) -> Totals:
    """The totals of the whole frame."""
    return Totals(**frame.lazy().select(*_sums()).collect().row(0, named=True))


def by_person(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a person, in order of first appearance: person_key, person, nir, employee, company, then `MEASURES`.
    Names of several people under one number are all told: « LEFÈVRE Camille, MARTIN Anne (même NIR) »."""
    told = [pl.col(name).filter(pl.col(name) != "").first().fill_null("") for name in ("person", "nir", "employee")]
    grouped = _grouped(frame, ["person_key"], [*told, pl.col("company").first()])
    return _all_named(grouped, frame)


def _all_named(grouped: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    several = _several_names(frame)
    if not several:
        return grouped
    names = pl.col("person_key").replace_strict(several, default=pl.col("person"), return_dtype=pl.String)
    return grouped.with_columns(names.alias("person"))


def _several_names(frame: pl.DataFrame) -> dict[str, str]:
    """By person_key, what is said of those whose names are not one person's."""
    numbered = pl.col("person_key").str.contains("^[ne]")
    lines = frame.lazy().select("person_key", "person").unique(maintain_order=True)
    names = lines.filter(numbered & (pl.col("person") != "")).group_by("person_key", maintain_order=True).agg("person")
    said: dict[str, str] = {}
    for key, those in names.filter(pl.col("person").list.len() > 1).collect().iter_rows():
        apart = _apart(those)
        if len(apart) > 1:
            of = "NIR" if key.startswith("n") else "matricule"
            said[key] = f"{', '.join(apart[:2])}{'…' if len(apart) > 2 else ''} (même {of})"
    return said


_BESIDE = frozenset(
    (
        *("m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle"),
        *("ep", "epouse", "epoux", "ne", "nee", "veuf", "veuve", "vve"),
    )
)
"""Words, folded, that stand beside a name."""
_COMPARED = 50
"""Names of one number: each is compared with each, and a number made up for all has thousands."""


def _apart(names: Sequence[str]) -> list[str]:
    """The first name of each person that these are the names of. « MARTIN ép. DUPONT Anne » is both « MARTIN Anne » and
    « DUPONT Anne »: whoever is the same as one of a group is of that group."""
    groups: list[list[str]] = []
    for name in names[:_COMPARED]:
        own = [group for group in groups if any(_alike(name, other) for other in group)]
        groups = [group for group in groups if group not in own]
        groups.append([name, *(other for group in own for other in group)])
    return [names[place] for place in sorted(min(map(names.index, group)) for group in groups)]


def _words(name: str) -> frozenset[str]:
    words = frozenset(collated(name).split())
    return words - _BESIDE or words


def _alike(name: str, other: str) -> bool:
    """Whatever the case, accents, order and dashes; a name may lack words of the other, or tell their first letter."""
    few, many = sorted((_words(name), _words(other)), key=len)
    if collated(name).replace(" ", "") == collated(other).replace(" ", ""):
        return True
    return all(word in many or (len(word) == 1 and any(each.startswith(word) for each in many)) for word in few)


def by_month(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a month of payment (of the period, where no payment date is told), oldest first; null for the lines that
    tell neither: month (its first day), then `MEASURES`."""
    months = pl.coalesce("paid_on", "start", "leave_start").dt.truncate("1mo").alias("month")
    return _grouped(frame.with_columns(months), ["month"], []).sort("month", nulls_last=True)


def by_transfer(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a transfer, as a bank line would show it (payer and reference, else the day), oldest first: payer,
    reference, paid_on, then `MEASURES`."""
    day = pl.when(pl.col("reference") == "").then(pl.col("paid_on")).alias("day")
    grouped = _grouped(frame.with_columns(day), ["payer", "reference", "day"], [pl.col("paid_on").min()])
    return grouped.drop("day").sort("paid_on", "payer", "reference", nulls_last=True)


def by_leave(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a leave, in order of first appearance: leave, person_key, person, company, branch, claim, first_day and
    last_day of what its lines cover, then `MEASURES`. Several names of one number are told as in `by_person`."""
    named = pl.col("person").filter(pl.col("person") != "").first().fill_null("")
    about = [pl.col("person_key").first(), named, *(pl.col(name).first() for name in ("company", "branch", "claim"))]
    span = [pl.col("start").min().alias("first_day"), pl.max_horizontal("start", "end").max().alias("last_day")]
    return _all_named(_grouped(frame, ["leave"], about + span), frame)


def _grouped(frame: pl.DataFrame, by: list[str], about: list[pl.Expr]) -> pl.DataFrame:
    return frame.lazy().group_by(by, maintain_order=True).agg(*about, *_sums()).collect()


def counted_days() -> pl.Expr:
    """The days of each line with their sign: as told, else by the calendar; 0 for what is no indemnity or waiting."""
    signs = pl.when(pl.col("sense") == Sense.CANCELLATION.value).then(-1).otherwise(1)
    calendar = ((pl.col("end") - pl.col("start")).dt.total_days() + 1).clip(0) * signs
    paid = pl.col("kind").is_in([Kind.INDEMNITY.value, Kind.WAITING.value])
    return pl.when(paid).then(pl.col("days").cast(pl.Int64).fill_null(calendar).fill_null(0)).otherwise(0)


def _sums() -> list[pl.Expr]:
    """In 128 bits: what a hostile file says must not wrap round to a plausible sum."""
    waiting = pl.when(pl.col("kind") == Kind.WAITING.value).then(counted_days()).otherwise(0)
    return [
        pl.len().cast(pl.Int64).alias("lines"),
        pl.col("gross").cast(pl.Int128).sum().alias("indemnity"),
        pl.col("levies").cast(pl.Int128).sum().alias("levies"),
        pl.col("net").cast(pl.Int128).sum().alias("net"),
        counted_days().sum().alias("days"),
        waiting.sum().alias("waiting_days"),
    ]
