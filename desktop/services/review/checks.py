"""What each line and each file must satisfy by itself: its arithmetic, and the sums that the file states."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import polars as pl

from desktop.services.review.line import Kind
from desktop.services.review.whole import ControlTotal

_CENT_A_DAY = 1
"""Levies are computed and rounded day by day: a sum may be off by one cent for each day it counts."""


_SLICE: Final = 1 << 16
_LOOKED_AT: Final = ("kind", "code", "days", "unit", "gross", "levies", "net", "start", "end")


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
    rules = _rules(_wide_enough(frame))
    found = [
        part.filter(wrong).select("row", pl.lit(of.value).alias("rule"), *sums)
        for part in _parts(frame)
        for of, wrong, sums in rules
    ]
    made = pl.concat(pl.collect_all(found))
    if (made["rule"] == Rule.NET.value).any():
        made = made.filter((pl.col("rule") != Rule.NET.value) | _net_told(frame, made["row"]))
    return made.sort("row", "rule")


def _parts(frame: pl.DataFrame) -> list[pl.LazyFrame]:
    """The lines, some at a time, numbered through: what is computed of so few never leaves the processor's cache."""
    lines = frame.lazy().select(_LOOKED_AT)
    first = range(0, max(1, frame.height), _SLICE)
    return [lines.slice(at, _SLICE).with_row_index("row", offset=at) for at in first]


def _wide_enough(frame: pl.DataFrame) -> pl.DataType:
    """The whole numbers that hold every product of these lines: 64 bits, unless an amount is beyond all measure."""
    amounts = [frame[name] for name in ("unit", "gross", "levies", "net")]
    bounds = [bound for each in amounts for bound in (each.min(), each.max())]
    return pl.Int64() if all(abs(bound) < 1 << 31 for bound in bounds if isinstance(bound, int)) else pl.Int128()


def _rules(wide: pl.DataType) -> list[tuple[Rule, pl.Expr, tuple[pl.Expr, pl.Expr]]]:
    """Each rule, the lines that break it, and what was expected and found."""
    paid = pl.col("kind").is_in([Kind.INDEMNITY.value, Kind.WAITING.value])
    days = pl.col("days").cast(wide).abs()
    gross, net = pl.col("gross").cast(wide).abs(), pl.col("net").cast(wide)
    product = pl.col("unit").cast(wide).abs() * days  # ten-thousandths of a euro
    exact = (pl.col("code") != "") & (pl.col("unit") % 100 == 0)
    allowed = pl.when(exact).then(0).when(pl.col("code") != "").then(100).otherwise(days.clip(1) * _CENT_A_DAY * 100)
    due = pl.col("gross").cast(wide) - pl.col("levies").cast(wide)
    calendar = pl.col("end").to_physical().cast(wide) - pl.col("start").to_physical() + 1
    off = (product - gross * 100).abs()
    rate = paid & (pl.col("unit") != 0) & (days > 0) & (off != 0) & (off > allowed)
    balance = (due != net) & ((due - net).abs() > pl.max_horizontal(days.fill_null(0), 1) * _CENT_A_DAY)
    dates = paid & (days > 0) & (days != calendar)
    return [
        (Rule.RATE, rate, (_cents(product // 100, "expected"), _cents(gross, "found"))),
        (Rule.NET, (pl.col("kind") != Kind.RECOVERY.value) & balance, (_cents(due, "expected"), _cents(net, "found"))),
        (Rule.DATES, dates, (_cents(calendar, "expected"), _cents(days, "found"))),
    ]


def _cents(number: pl.Expr, name: str) -> pl.Expr:
    """Within 64 bits, whatever a hostile file multiplies."""
    return number.clip(-(1 << 62), 1 << 62).cast(pl.Int64).alias(name)


def _net_told(frame: pl.DataFrame, rows: pl.Series) -> pl.Series:
    """Whether these rows are of a file that tells what was withheld: one with a net of its own and no levies at all
    does not, and there is nothing to check."""
    told = pl.any_horizontal(pl.col(name).is_not_null() for name in ("csg", "crds", "tax")) | (pl.col("levies") != 0)
    alike = (pl.col("gross") == pl.col("net")).mean() > 0.5
    tells = (told.any() | alike).alias("tells")
    if "file" not in frame.columns:
        return frame.select(tells).to_series().new_from_index(0, len(rows))
    judged = frame.lazy().group_by("file").agg(tells).collect()
    files = frame.select(pl.col("file").gather(rows)).to_series()
    return files.is_in(judged.filter("tells")["file"].implode())
