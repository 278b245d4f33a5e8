"""Lines as payroll wants them: none over the end of a year, of the maintained salary, or of the 60 taxed days."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import polars as pl

from desktop.services.review.anomalies.crossing import TAXED_DAYS
from desktop.services.review.leaves import leaves
from desktop.services.review.line import Branch, Payee

YEAR_END: Final = "31 décembre"
MAINTENANCE: Final = "fin du maintien"
TAX_END: Final = f"{TAXED_DAYS}ᵉ jour"
"""Where a part ends, as column `cut` says it."""

_LONGEST: Final = 3_660
"""Days of a period that is still split; a longer one is a slip, and stays as it is."""
_ROW: Final = "\0row"


def split(frame: pl.DataFrame, maintained: Mapping[int, date] = MappingProxyType({})) -> pl.DataFrame:
    """The lines with those split whose period goes over 31 December, over the last maintained day of their leave
    (`maintained`: number in column `leave` → that day), or over the leave's 60th day (sickness that is not paid to the
    employee). Amounts and counted days are shared by calendar days, each share rounded so that all parts before it are
    right to half a cent and the sum is that of the line; in every part, gross - levies = net holds if it held before.

    Columns more: `part` from 1, `parts`, and `cut`: where the part ends when that is no end of the line."""
    numbered = (frame if "leave" in frame.columns else leaves(frame)).with_row_index(_ROW)
    cuts = _cuts(numbered, maintained)
    if not cuts.height:
        whole = pl.lit(1, dtype=pl.Int32)
        return numbered.drop(_ROW).with_columns(whole.alias("part"), whole.alias("parts"), pl.lit("").alias("cut"))
    pieces = _pieces(numbered, cuts)
    joined = numbered.join(pieces, on=_ROW, how="left", maintain_order="left_right")
    shared = joined.with_columns(_shares())
    return shared.with_columns(
        pl.col("from").fill_null(pl.col("start")).alias("start"),
        pl.col("until").fill_null(pl.col("end")).alias("end"),
        pl.col("part").fill_null(1),
        pl.col("parts").fill_null(1),
        pl.col("cut").fill_null(""),
    ).drop(_ROW, "from", "until", "done", "before", "all")


def _cuts(numbered: pl.DataFrame, maintained: Mapping[int, date]) -> pl.DataFrame:
    """For each row that is split: the days after which it is, and why; the row's own last day stands behind them."""
    span = (pl.col("end") - pl.col("start")).dt.total_days()
    dated = numbered.lazy().filter((span > 0) & (span < _LONGEST))
    years = dated.select(
        _ROW, pl.int_ranges(pl.col("start").dt.year(), pl.col("end").dt.year(), dtype=pl.Int32).alias("year")
    )
    years = years.explode("year").drop_nulls("year")
    turned = years.select(_ROW, pl.date("year", 12, 31).alias("until"), pl.lit(YEAR_END).alias("cut"))
    inside = (pl.col("start") <= pl.col("until")) & (pl.col("until") < pl.col("end"))
    ends = pl.LazyFrame(
        {"leave": list(maintained), "until": list(maintained.values())}, schema={"leave": pl.UInt32, "until": pl.Date}
    )
    kept = dated.join(ends, on="leave").filter(inside).select(_ROW, "until", pl.lit(MAINTENANCE).alias("cut"))
    limits = _limits(numbered.lazy())
    concerned = pl.col("branch").is_in([Branch.ILLNESS.value, Branch.UNKNOWN.value]) & (
        pl.col("payee") != Payee.EMPLOYEE.value
    )
    taxed = dated.filter(concerned).join(limits, on="leave").filter(inside)
    taxed = taxed.select(_ROW, "until", pl.lit(TAX_END).alias("cut"))
    every = pl.concat([turned, kept, taxed]).group_by(_ROW, "until", maintain_order=True)
    return every.agg(pl.col("cut").str.join(", ")).collect()


def _limits(lines: pl.LazyFrame) -> pl.LazyFrame:
    """The last taxed day of each leave, from its first day: the one told, else that of its first line."""
    first = pl.min_horizontal("leave_start", "start").min()
    until = (first + pl.duration(days=TAXED_DAYS - 1)).alias("until")
    return lines.filter(pl.col("start").is_not_null()).group_by("leave").agg(until)


def _pieces(numbered: pl.DataFrame, cuts: pl.DataFrame) -> pl.DataFrame:
    """One row a part: its days, and how many of the line's days there are up to its end and before it."""
    concerned = numbered.lazy().join(cuts.lazy().select(_ROW).unique(), on=_ROW, how="semi")
    last = concerned.select(_ROW, pl.col("end").alias("until"), pl.lit("").alias("cut"))
    bounds = concerned.select(_ROW, pl.col("start").alias("begin"), pl.col("end").alias("finish"))
    pieces = pl.concat([cuts.lazy(), last]).join(bounds, on=_ROW).sort(_ROW, "until")
    done = (pl.col("until") - pl.col("begin")).dt.total_days() + 1
    return (
        pieces.with_columns(
            done.alias("done"),
            ((pl.col("finish") - pl.col("begin")).dt.total_days() + 1).alias("all"),
            pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(_ROW).alias("part"),
            pl.len().over(_ROW).cast(pl.Int32).alias("parts"),
        )
        .with_columns(pl.col("done").shift(1, fill_value=0).over(_ROW).alias("before"))
        .with_columns((pl.col("begin") + pl.duration(days="before")).alias("from"))
        .select(_ROW, "from", "until", "cut", "part", "parts", "done", "before", "all")
        .collect()
    )


def _shares() -> list[pl.Expr]:
    """The amounts of a part. What is withheld is the sum of what it is withheld for, and the net what remains."""
    details = [_share(pl.col(name)) for name in ("csg", "crds", "tax")]
    told_levies = pl.sum_horizontal(pl.col("csg", "crds", "tax").fill_null(0))
    levies = pl.sum_horizontal(one.fill_null(0) for one in details) + _share(pl.col("levies") - told_levies)
    gross = _share(pl.col("gross"))
    net = gross - levies + _share(pl.col("net") - pl.col("gross") + pl.col("levies"))
    return [
        *(one.alias(name) for one, name in zip(details, ("csg", "crds", "tax"), strict=True)),
        gross.alias("gross"),
        levies.alias("levies"),
        net.alias("net"),
        _share(pl.col("days").cast(pl.Int64)).cast(pl.Int32).alias("days"),
    ]


def _share(amount: pl.Expr) -> pl.Expr:
    """What an amount comes to up to the part's end, less what it came to before; the whole of it for a line in one."""
    part = _up_to(amount, pl.col("done")) - _up_to(amount, pl.col("before"))
    return pl.when(pl.col("all").is_null()).then(amount).otherwise(part)


def _up_to(amount: pl.Expr, days: pl.Expr) -> pl.Expr:
    """Rounded to the nearest cent, a half away from zero: a cancellation is split as its payment was."""
    twice = amount.abs().cast(pl.Int128) * days.cast(pl.Int128) * 2
    all_days = pl.col("all").cast(pl.Int128)
    return (amount.sign() * ((twice + all_days) // (all_days * 2)).cast(pl.Int64)).cast(pl.Int64)
