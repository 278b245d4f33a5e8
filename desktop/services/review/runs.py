"""Rows whose cells say the same as those of the row above: exports are in the order of people, whose name, numbers and
rates then stand many times below each other. What is made of them is made once for each run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

_SELDOM: Final = 6
"""Rows of a run, on the average, from which on it is quicker to go by runs."""


@dataclass(frozen=True, slots=True)
class Runs:
    """`heads` (u32) are the rows where a run begins; `of` (u32) says of each row which run it belongs to."""

    heads: pl.Series
    of: pl.Series

    def first_of(self, frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
        """Columns of the frame where the runs begin; a column at a time, so that only one is ever there twice."""
        return pl.DataFrame([frame[name].rechunk().gather(self.heads) for name in names])


@dataclass(frozen=True, slots=True)
class Brief:
    """Columns of which `frame` has one row for each run; `of` (u32) says of each row which run it belongs to."""

    frame: pl.DataFrame
    of: pl.Series

    def has(self, *names: str) -> bool:
        return all(name in self.frame.columns for name in names)

    def told(self, *made: pl.Expr) -> list[pl.Series]:
        """Made once of each run, for all rows."""
        return (
            self.frame.with_columns(*made)
            .select(one.meta.output_name() for one in made)
            .select(pl.all().gather(self.of))
            .get_columns()
        )

    def only(self, rows: pl.Series) -> "Brief":
        """Of these rows (boolean)."""
        return Brief(self.frame, self.of.filter(rows))


def runs(columns: Sequence[pl.Series]) -> Runs | None:
    """Of rows that say the same in all of these columns; `None` where the runs are short."""
    height = len(columns[0]) if columns else 0
    if height < _SELDOM:
        return None
    changed = _changed(columns[0])
    for column in columns[1:]:
        changed |= _changed(column)
    if int(changed.sum()) * _SELDOM > height:
        return None
    first = pl.Series([0], dtype=pl.UInt32)
    heads, of = changed.arg_true() + 1, changed.cum_sum().cast(pl.UInt32)
    return Runs(pl.concat([first, heads.cast(pl.UInt32)]), pl.concat([first, of], rechunk=True))


def is_running(column: pl.Series) -> bool:
    """Whether its cells mostly say what the one above says, by the first of them."""
    head = column.head(4_000)
    return len(head) > 1 and int(_changed(head).sum()) * _SELDOM * 2 <= len(head)


def _changed(column: pl.Series) -> pl.Series:
    """Of each cell but the first, whether it is another than the one above."""
    column = column.rechunk()  # else both sides would be
    return column.slice(1).ne_missing(column.slice(0, len(column) - 1))
