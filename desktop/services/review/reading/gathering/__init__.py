"""Rows of text, a slice at a time, to a read file: the same way for every table, whatever it was written in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from desktop.services.review.reading.gathering import settling, sorting
from desktop.services.review.reading.gathering.columns import Plan, parse
from desktop.services.review.reading.gathering.controlling import controlled
from desktop.services.review.whole import Apart, ControlTotal, Rejected


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a table came to; the fields are those of `ReadFile`."""

    frame: pl.DataFrame
    rejected: tuple[Rejected, ...]
    controls: tuple[ControlTotal, ...]
    apart: tuple[tuple[Apart, int], ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class Gathering:
    """Takes the slices of one table in their order."""

    plan: Plan
    _pieces: list[pl.DataFrame] = field(default_factory=list, init=False)
    _rejected: list[Rejected] = field(default_factory=list, init=False)
    _totals: list[sorting.TotalRow] = field(default_factory=list, init=False)
    _apart: Counter[Apart] = field(default_factory=Counter, init=False)

    def take(self, rows: pl.DataFrame, raw: sorting.Raw) -> None:
        """`rows` has `line`, one text column for each heading named by its place, and `fault`: why a row has not its
        cells, or null. `raw` gives a line's own text. Raises `Doubtful`."""
        parsed = parse(rows, self.plan)
        found = sorting.sort(rows, parsed, self.plan, raw)
        self._pieces.append(parsed.frame if found.lines.all() else parsed.frame.filter(found.lines))
        self._rejected += found.rejected
        self._totals += found.totals
        self._apart.update(dict(found.apart))

    def refuse(self, rejected: Iterable[Rejected]) -> None:
        """Rows that could not even be told apart into cells."""
        self._rejected += rejected

    def count(self, which: Apart, lines: int) -> None:
        """Lines set apart before they came here."""
        self._apart[which] += lines

    def gathered(self) -> Gathered:
        """All of it, with the totals proved."""
        parsed = pl.concat(self._pieces, how="diagonal", rechunk=False) if self._pieces else _nothing(self.plan)
        self._pieces.clear()
        if self.plan.extras:
            parsed = _without_empty(parsed, self.plan)
        frame, signs = settling.settled(parsed)
        del parsed
        proved = controlled(frame, self._totals, levies_turned=signs.levies)
        rejected = sorted([*self._rejected, *proved.rejected], key=lambda one: one.line)
        self._apart[Apart.TOTAL] += len(self._totals) - len(proved.rejected)
        apart = tuple((which, self._apart[which]) for which in Apart if self._apart[which])
        return Gathered(frame, tuple(rejected), proved.controls, apart, signs.notes + settling.damaged(frame))


def _nothing(plan: Plan) -> pl.DataFrame:
    empty = pl.DataFrame({"line": []}, schema={"line": pl.UInt32})
    texts = [pl.lit("", dtype=pl.String).alias(str(place)) for place in range(len(plan.headings))]
    return parse(empty.with_columns(texts).head(0), plan).frame


def _without_empty(parsed: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Columns that have no heading of their own stay only where they say something."""
    unnamed = [name for name in plan.unnamed if name in parsed.columns]
    empty = [name for name in unnamed if (parsed[name].fill_null("") == "").all()]
    return parsed.drop(empty)
