"""Rows of text, a slice at a time, to a read file: the same way for every table, whatever it was written in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from desktop.services.review.line import EXTRA
from desktop.services.review.reading.gathering import settling, sorting
from desktop.services.review.reading.gathering.columns import Plan, manner, parse
from desktop.services.review.reading.gathering.controlling import controlled
from desktop.services.review.whole import Apart, ControlTotal, Rejected

_UNPRICED = "aucun montant brut ni net"


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
    _quick: list[pl.Expr] | None = field(default=None, init=False)
    _tally: settling.Tally = field(default_factory=settling.Tally, init=False)
    _rejected: list[Rejected] = field(default_factory=list, init=False)
    _totals: list[sorting.TotalRow] = field(default_factory=list, init=False)
    _apart: Counter[Apart] = field(default_factory=Counter, init=False)

    def take(self, rows: pl.DataFrame, raw: sorting.Raw) -> None:
        """`rows` has `line`, one text column for each heading named by its place, and `fault`: why a row has not its
        cells, or null. `raw` gives a line's own text. Raises `Doubtful`."""
        self._quick = self._quick or manner(rows, self.plan)
        parsed = parse(rows, self.plan, self._quick)
        found = sorting.sort(rows, parsed, self.plan, raw)
        piece, tally = settling.named(parsed.frame if found.lines.all() else parsed.frame.filter(found.lines))
        unpriced = settling.unpriced(piece)
        if unpriced is not None:
            self._rejected += [Rejected(line, _UNPRICED, raw(line)) for line in piece["line"].filter(unpriced)]
            piece = piece.filter(~unpriced)
        self._pieces.append(piece)
        self._tally += tally
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
        signs = self._tally.signs
        pieces = self._pieces or [settling.named(_nothing(self.plan))[0]]
        for place, piece in enumerate(pieces):  # one by one, so that both forms of all of them are never there
            pieces[place] = settling.settled(piece, signs)
        frame = pieces[0] if len(pieces) == 1 else _together(pieces)
        pieces.clear()
        frame = _without_empty(frame, self.plan)
        proved = controlled(frame, self._totals, levies_turned=signs.levies)
        rejected = sorted([*self._rejected, *proved.rejected], key=lambda one: one.line)
        self._apart[Apart.TOTAL] += len(self._totals) - len(proved.rejected)
        apart = tuple((which, self._apart[which]) for which in Apart if self._apart[which])
        return Gathered(frame, tuple(rejected), proved.controls, apart, signs.notes + settling.damaged(frame))


def _nothing(plan: Plan) -> pl.DataFrame:
    empty = pl.DataFrame({"line": []}, schema={"line": pl.UInt32})
    texts = [pl.lit("", dtype=pl.String).alias(str(place)) for place in range(len(plan.headings))]
    return parse(empty.with_columns(texts).head(0), plan).frame


def _together(pieces: list[pl.DataFrame]) -> pl.DataFrame:
    """One frame of all; a column that only some of them have is empty in the others."""
    if len({tuple(piece.columns) for piece in pieces}) == 1:
        return pl.concat(pieces, rechunk=False)
    whole = pl.concat(pieces, how="diagonal", rechunk=False)
    return whole.with_columns(pl.col(name).fill_null("") for name in whole.columns if name.startswith(EXTRA))


def _without_empty(parsed: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Columns that have no heading of their own stay only where they say something."""
    unnamed = [name for name in plan.unnamed if name in parsed.columns]
    empty = [name for name in unnamed if (parsed[name].fill_null("") == "").all()]
    return parsed.drop(empty)
