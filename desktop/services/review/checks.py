"""What each line and each file must satisfy by itself: its arithmetic, and the sums that the file states."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import polars as pl

from desktop.services.review.line import Kind
from desktop.services.review.whole import ControlTotal

_CENT_A_DAY = 1
"""Levies are computed and rounded day by day: a sum may be off by one cent for each day it counts."""


class Rule(Enum):
    """Which sum of a line does not come out."""

    RATE = "rate"
    """Daily rate x days = gross: to the cent for the codes of the Assurance maladie, within a cent a day for others."""
    NET = "net"
    """Gross - levies = net, within a cent a day."""
    DATES = "dates"
    """Days = end - start + 1, both ends counted."""


@dataclass(frozen=True, slots=True)
class Controls:
    """How many sums a file states of itself, and those that its lines do not come to."""

    checked: int
    failed: tuple[ControlTotal, ...]


def controlled(controls: Sequence[ControlTotal]) -> Controls:
    """The stated sums, judged."""
    return Controls(len(controls), tuple(control for control in controls if not control.holds))


def faults(frame: pl.DataFrame) -> pl.DataFrame:
    """The lines whose sums do not come out, in order: row (u32), rule (text of `Rule`), expected and found (i64: cents,
    or days). `file` is taken from the frame where there are several."""
    lines = frame if "file" in frame.columns else frame.with_columns(pl.lit(0, dtype=pl.UInt32).alias("file"))
    lazy = lines.lazy().with_row_index("row")
    found = [lazy.filter(wrong).select("row", pl.lit(of.value).alias("rule"), *sums) for of, wrong, sums in _rules()]
    made = pl.concat(pl.collect_all(found))
    net_told = _files_that_tell_levies(lines)
    if made.is_empty():
        return made
    files = lines.select(pl.col("file").cast(pl.UInt32).gather(made["row"])).to_series()
    return made.filter((pl.col("rule") != Rule.NET.value) | files.is_in(net_told.implode())).sort("row", "rule")


def _rules() -> list[tuple[Rule, pl.Expr, tuple[pl.Expr, pl.Expr]]]:
    """Each rule, the lines that break it, and what was expected and found."""
    paid = pl.col("kind").is_in([Kind.INDEMNITY.value, Kind.WAITING.value])
    days = pl.col("days").cast(pl.Int128).abs()
    gross, net = pl.col("gross").cast(pl.Int128).abs(), pl.col("net").cast(pl.Int128)
    product = pl.col("unit").cast(pl.Int128).abs() * days  # ten-thousandths of a euro
    exact = (pl.col("code") != "") & (pl.col("unit") % 100 == 0)
    allowed = pl.when(exact).then(0).when(pl.col("code") != "").then(100).otherwise(days.clip(1) * _CENT_A_DAY * 100)
    due = pl.col("gross").cast(pl.Int128) - pl.col("levies").cast(pl.Int128)
    calendar = pl.col("end").to_physical().cast(pl.Int128) - pl.col("start").to_physical() + 1
    rate = paid & (pl.col("unit") != 0) & (days > 0) & ((product - gross * 100).abs() > allowed)
    balance = (due - net).abs() > pl.max_horizontal(days.fill_null(0), 1) * _CENT_A_DAY
    dates = paid & (days > 0) & (days != calendar)
    return [
        (Rule.RATE, rate, (_cents(product // 100, "expected"), _cents(gross, "found"))),
        (Rule.NET, (pl.col("kind") != Kind.RECOVERY.value) & balance, (_cents(due, "expected"), _cents(net, "found"))),
        (Rule.DATES, dates, (_cents(calendar, "expected"), _cents(days, "found"))),
    ]


def _cents(number: pl.Expr, name: str) -> pl.Expr:
    """Within 64 bits, whatever a hostile file multiplies."""
    return number.clip(-(1 << 62), 1 << 62).cast(pl.Int64).alias(name)


def _files_that_tell_levies(frame: pl.DataFrame) -> pl.Series:
    """A file with a net of its own and no levies at all does not show what was withheld: there is nothing to check."""
    told = pl.any_horizontal(pl.col(name).is_not_null() for name in ("csg", "crds", "tax")) | (pl.col("levies") != 0)
    alike = (pl.col("gross") == pl.col("net")).mean() > 0.5
    judged = frame.lazy().group_by("file").agg(told.any().alias("told"), alike.alias("alike")).collect()
    return judged.filter(pl.col("told") | pl.col("alike"))["file"].cast(pl.UInt32)
