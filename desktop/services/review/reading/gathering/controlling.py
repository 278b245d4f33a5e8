"""The totals that a table states of itself, beside what its lines come to."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import polars as pl

from desktop.services.folding import collated
from desktop.services.review.line import Kind
from desktop.services.review.reading.gathering.sorting import TotalRow
from desktop.services.review.whole import ControlTotal, Rejected

_UNSAID = "aucun salarié n’est désigné, et la somme n’est celle d’aucune suite de lignes"


@dataclass(frozen=True, slots=True)
class Controlled:
    """`controls` of the totals; `rejected` are the sums without words that are no sum of lines."""

    controls: tuple[ControlTotal, ...]
    rejected: tuple[Rejected, ...]


def controlled(
    frame: pl.DataFrame, totals: Sequence[TotalRow], *, levies_turned: bool, turned: pl.DataFrame | None = None
) -> Controlled:
    """`frame` holds all lines read, in the order of the file; `levies_turned` when the file writes what is withheld
    with a minus; `turned` are the lines and days that it writes without one, and that count with one."""
    if not totals:
        return Controlled((), ())
    ordered = sorted(totals, key=lambda total: total.line)
    sums = _Sums(frame, [total.line for total in ordered])
    without_minus = _Turned(turned)
    controls: list[ControlTotal] = []
    rejected: list[Rejected] = []
    for place, total in enumerate(ordered):
        stated = [(name, -value if name == "levies" and levies_turned else value) for name, value in total.stated]
        found = sums.covered(place, stated)
        if not total.said and found is None:
            rejected.append(Rejected(total.line, _UNSAID, total.raw))
            continue
        start = found if found is not None else sums.usual(place, total.said, last=place == len(ordered) - 1)
        level, name = sums.of(place, start)
        for measure, value in stated:
            kind = measure if measure != "either" else sums.likely(place, start, value)
            computed = sums.between(place, start, kind)
            covers = (ordered[start - 1].line + 1 if start else 1, total.line - 1)
            printed = without_minus.printed(kind, computed, covers)
            controls.append(ControlTotal(level, name, total.line, kind, value, computed, covers, printed))
    return Controlled(tuple(controls), tuple(rejected))


class _Turned:
    """The days that count with a minus and stand in the file without one."""

    def __init__(self, turned: pl.DataFrame | None) -> None:
        self._lines: list[int] = [] if turned is None else turned["line"].to_list()
        self._sums: list[int] = [0, *accumulate([] if turned is None else turned["days"].to_list())]

    def between(self, first: int, last: int) -> int:
        return self._sums[bisect_right(self._lines, last)] - self._sums[bisect_left(self._lines, first)]

    def printed(self, measure: str, computed: int, covers: tuple[int, int]) -> int | None:
        """What the column adds up to as it stands, where it is not what its lines come to."""
        days = self.between(*covers) if measure == "days" else 0
        return computed + 2 * days if days else None


@dataclass(frozen=True, slots=True)
class Subtotals:
    """`lines` are the numbers of the lines that turned out to be subtotals; `controls` what they state."""

    lines: pl.Series
    controls: tuple[ControlTotal, ...]


_WHO = ("nir", "employee", "person")
_DATED = ("leave_start", "start", "end", "paid_on")


def subtotals(frame: pl.DataFrame, turned: pl.DataFrame | None = None) -> Subtotals | None:
    """The allowances without any date that are the sum of the dated ones of the same person right above: a program that
    repeats the NIR beside its subtotals means no further payment. A dated line is one, whatever it comes to. What is
    the sum of one line only counts where the file has subtotals of several. `None` when there are none."""
    if not frame["start"].null_count():
        return None
    missing = frame["start"].is_null().arg_true()  # few, as a rule: the other columns are looked at there alone
    few = pl.DataFrame([frame[name].gather(missing) for name in (*_DATED, "kind")])
    undated = pl.all_horizontal(pl.col(name).is_null() for name in _DATED) & (pl.col("kind") == Kind.INDEMNITY.value)
    rows = missing.filter(few.select(undated).to_series())
    if len(rows) in (0, frame.height):
        return None
    odd = pl.repeat(False, frame.height, eager=True).scatter(rows, True)  # noqa: FBT003
    numbered = frame.select("line", *_WHO, "gross", "net", "days", odd.alias("odd"))
    numbered = numbered.with_columns(pl.struct(*_WHO, "odd").rle_id().alias("run"))
    runs = numbered.group_by("run").agg(
        *(pl.col(name).first() for name in (*_WHO, "odd")),
        *(pl.col(name).cast(pl.Int64).sum() for name in ("gross", "net", "days")),
        *(pl.col("line").first().alias("first"), pl.col("line").last().alias("last"), pl.len().alias("lines")),
    )
    below = numbered.filter(pl.col("odd") & pl.col("run").is_first_distinct()).with_columns(pl.col("run") - 1)
    same = pl.all_horizontal((pl.col(name) == "") | (pl.col(name) == pl.col(f"{name}_above")) for name in _WHO)
    sums = (pl.col("gross") == pl.col("gross_above")) | (pl.col("net") == pl.col("net_above"))
    found = below.join(runs, on="run", suffix="_above").filter(~pl.col("odd_above") & same & sums).sort("line")
    if not (found["lines"] > 1).any():
        return None
    controls = [control for row in found.iter_rows(named=True) for control in _stated(row, _Turned(turned))]
    return Subtotals(found["line"], tuple(controls))


def _stated(row: dict[str, Any], turned: _Turned) -> list[ControlTotal]:
    """A net that only repeats the gross was not told: it is what a reader makes of a gross alone."""
    measures = ["gross", "net"] if row["net"] != row["gross"] or row["net"] == row["net_above"] else ["gross"]
    measures += ["days"] if row["days"] else []
    covers, name = (row["first"], row["last"]), row["person_above"]
    return [
        ControlTotal(
            *("person", name, row["line"], of, row[of]),
            computed=row[f"{of}_above"],
            covers=covers,
            printed=turned.printed(of, row[f"{of}_above"], covers),
        )
        for of in measures
    ]


class _Sums:
    """Running sums of the lines at each total. A total may cover what stands since any earlier total: it is taken to
    cover what it is the sum of, and else what is usual."""

    def __init__(self, frame: pl.DataFrame, lines: list[int]) -> None:
        numbers = frame["line"]
        self._ends = [int(end) for end in numbers.search_sorted(pl.Series(lines, dtype=pl.UInt32), side="left")]
        self._last = frame.height
        running = frame.select(pl.col(name).fill_null(0).cum_sum() for name in ("gross", "levies", "net", "days"))
        marks = pl.Series([max(0, end - 1) for end in self._ends], dtype=pl.UInt32)
        self._at: dict[str, list[int]] = {"lines": self._ends}
        for name in running.columns:
            values = running[name].gather(marks).to_list() if frame.height else [0] * len(lines)
            self._at[name] = [int(value) if end else 0 for value, end in zip(values, self._ends, strict=True)]
        self._starts: dict[str, dict[int, int]] = {name: {0: 0} for name in self._at}
        self._known = 0
        self._frame = frame

    def _learn(self, place: int) -> None:
        """Totals before `place` are where what a total covers may begin; the nearest of the same sum counts."""
        while self._known < place:
            for name, starts in self._starts.items():
                starts[self._at[name][self._known]] = self._known + 1
            self._known += 1

    def covered(self, place: int, stated: Sequence[tuple[str, int]]) -> int | None:
        """Behind which total (0: from the first line) the lines add up to what is stated first; `None` if nowhere."""
        self._learn(place)
        for measure, value in stated:
            for name in (measure,) if measure != "either" else ("net", "gross"):
                start = self._starts[name].get(self._at[name][place] - value)
                if start is not None and self._ends[place] > self._from(start):
                    return start
        return None

    def _from(self, start: int) -> int:
        return self._ends[start - 1] if start else 0

    def usual(self, place: int, said: str, *, last: bool) -> int:
        """The general total, and the last one, cover everything; another what stands since the one before."""
        words = collated(said).split()
        if last or "general" in words or "fichier" in words:
            return 0
        return next((start for start in range(place, 0, -1) if self._from(start) < self._ends[place]), 0)

    def between(self, place: int, start: int, measure: str) -> int:
        before = self._at[measure][start - 1] if start else 0
        return self._at[measure][place] - before

    def likely(self, place: int, start: int, value: int) -> str:
        return "gross" if self.between(place, start, "gross") == value != self.between(place, start, "net") else "net"

    def of(self, place: int, start: int) -> tuple[str, str]:
        """Level and name: of one person, of one company, of the whole file, or of a page of it."""
        first, end = self._from(start), self._ends[place]
        if start == 0 and end == self._last:
            return "file", ""
        if first >= end:
            return "page", ""
        names = [(self._frame["person"][row], self._frame["company"][row]) for row in (first, end - 1)]
        if names[0][0] and names[0][0] == names[1][0]:
            return "person", str(names[0][0])
        if names[0][1] and names[0][1] == names[1][1]:
            return "company", str(names[0][1])
        return "page", ""
