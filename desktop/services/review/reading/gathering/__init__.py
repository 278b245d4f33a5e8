"""Rows of text, a slice at a time, to a read file: the same way for every table, whatever it was written in."""

from collections import Counter, deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final, Self

import polars as pl

from desktop.services.review.line import EXTRA
from desktop.services.review.reading.gathering import settling, sorting
from desktop.services.review.reading.gathering.columns import Manner, Plan, manner, parse
from desktop.services.review.reading.gathering.controlling import controlled, subtotals
from desktop.services.review.whole import Apart, ControlTotal, Rejected

_UNPRICED: Final = "aucun montant brut ni net"
_WORKERS: Final = 2
"""Slices worked on at once: each is worked on by all cores, save between its steps."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a table came to; the fields are those of `ReadFile`."""

    frame: pl.DataFrame
    rejected: tuple[Rejected, ...]
    controls: tuple[ControlTotal, ...]
    apart: tuple[tuple[Apart, int], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Slice:
    """What a slice came to, as far as it can be told without the others."""

    piece: pl.DataFrame
    tally: settling.Tally
    turned: pl.DataFrame
    rejected: tuple[Rejected, ...]
    totals: tuple[sorting.TotalRow, ...]
    apart: tuple[tuple[Apart, int], ...]
    refused: tuple[sorting.Refused, ...]


@dataclass(slots=True)
class Gathering:
    """Takes the slices of one table in their order, and works on some of them at once; to be left by `with`."""

    plan: Plan
    _workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_WORKERS, "lines"), init=False)
    _awaited: deque[Future[_Slice]] = field(default_factory=deque, init=False)
    _manner: Manner | None = field(default=None, init=False)
    _pieces: list[pl.DataFrame] = field(default_factory=list, init=False)
    _tally: settling.Tally = field(default_factory=settling.Tally, init=False)
    _turned: list[pl.DataFrame] = field(default_factory=list, init=False)
    _rejected: list[Rejected] = field(default_factory=list, init=False)
    _refused: list[sorting.Refused] = field(default_factory=list, init=False)
    _totals: list[sorting.TotalRow] = field(default_factory=list, init=False)
    _apart: Counter[Apart] = field(default_factory=Counter, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._workers.shutdown(cancel_futures=True)

    def take(self, rows: pl.DataFrame, raw: sorting.Raw) -> None:
        """`rows` has `line`, one text column for each heading named by its place, and `fault`: why a row has not its
        cells, or null. `raw` gives a line's own text. Raises `Doubtful`, of this slice or of one before."""
        self._manner = self._manner or manner(rows, self.plan)
        self._awaited.append(self._workers.submit(_worked, rows, raw, self.plan, self._manner))
        while len(self._awaited) > _WORKERS:
            self._add(self._awaited.popleft().result())

    def _add(self, one: _Slice) -> None:
        self._pieces.append(one.piece)
        self._tally += one.tally
        self._turned.append(one.turned)
        self._rejected += one.rejected
        self._refused += one.refused
        self._totals += one.totals
        self._apart.update(dict(one.apart))

    def refuse(self, rejected: Iterable[Rejected]) -> None:
        """Rows that could not even be told apart into cells."""
        self._rejected += rejected

    def count(self, which: Apart, lines: int) -> None:
        """Lines set apart before they came here."""
        self._apart[which] += lines

    def gathered(self) -> Gathered:
        """All of it, with the totals proved. Raises `Doubtful`."""
        while self._awaited:
            self._add(self._awaited.popleft().result())
        signs = self._tally.signs
        pieces = self._pieces or [settling.named(_nothing(self.plan), None)[0]]
        settled = deque(self._workers.submit(settling.settled, piece, signs) for piece in pieces)
        pieces.clear()  # each is let go as it is settled, so that both forms of all of them are never there
        frame = _without_empty(_together([settled.popleft().result() for _ in range(len(settled))]), self.plan)
        turned = pl.concat(self._turned) if self._turned else None
        if under := subtotals(frame, turned):
            frame = frame.filter(~pl.col("line").is_in(under.lines.implode()))
            self._apart[Apart.TOTAL] += len(under.lines)
        proved = controlled(frame, self._totals, levies_turned=signs.levies, turned=turned)
        said = sorting.cells_of(self._refused, self.plan)
        refused = [replace(one, cells=said.get(one.line, ())) for one in self._rejected]
        refused = [_turned(one) for one in refused] if signs.levies else refused
        rejected = sorted([*refused, *proved.rejected], key=lambda one: one.line)
        self._apart[Apart.TOTAL] += len(self._totals) - len(proved.rejected)
        apart = tuple((which, self._apart[which]) for which in Apart if self._apart[which])
        controls = tuple(sorted([*proved.controls, *(under.controls if under else ())], key=lambda one: one.line))
        notes = signs.notes + self._tally.unknown + settling.damaged(frame)
        return Gathered(frame, tuple(rejected), controls, apart, notes)


def _worked(rows: pl.DataFrame, raw: sorting.Raw, plan: Plan, quick: Manner) -> _Slice:
    parsed = parse(rows, plan, quick)
    found = sorting.sort(rows, parsed, plan, raw)
    frame, brief, rejected, refused = parsed.frame, parsed.brief, found.rejected, found.refused
    if not found.lines.all():
        frame, brief = frame.filter(found.lines), brief.only(found.lines) if brief else None
    piece, tally = settling.named(frame, brief)
    unpriced = settling.unpriced(piece)
    if unpriced is not None:
        lines = piece["line"].filter(unpriced)
        refused += (sorting.refused_of(rows, parsed.frame, rows["line"].is_in(lines.implode()), plan),)
        rejected += tuple(Rejected(line, _UNPRICED, raw(line)) for line in lines)
        piece = piece.filter(~unpriced)
    return _Slice(piece, tally, settling.turned_days(piece), rejected, found.totals, found.apart, refused)


def _turned(one: Rejected) -> Rejected:
    """What is withheld with the sign that is ours."""
    told = ((name, _opposite(text) if name in settling.WITHHELD else text) for name, text in one.cells)
    return replace(one, cells=tuple(told))


def _opposite(text: str) -> str:
    return text[1:] if text.startswith("-") else f"-{text}" if text[:1].isdigit() else text


def _nothing(plan: Plan) -> pl.DataFrame:
    empty = pl.DataFrame({"line": []}, schema={"line": pl.UInt32})
    texts = [pl.lit("", dtype=pl.String).alias(str(place)) for place in range(len(plan.headings))]
    return parse(empty.with_columns(texts).head(0), plan).frame


def _together(pieces: list[pl.DataFrame]) -> pl.DataFrame:
    """One frame of all; a column that only some of them have is empty in the others."""
    if len(pieces) == 1:
        return pieces[0]
    if len({tuple(piece.columns) for piece in pieces}) == 1:
        return pl.concat(pieces, rechunk=False)
    whole = pl.concat(pieces, how="diagonal", rechunk=False)
    return whole.with_columns(pl.col(name).fill_null("") for name in whole.columns if name.startswith(EXTRA))


def _without_empty(parsed: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Columns that have no heading of their own stay only where they say something."""
    unnamed = [name for name in plan.unnamed if name in parsed.columns]
    empty = [name for name in unnamed if (parsed[name].fill_null("") == "").all()]
    return parsed.drop(empty) if empty else parsed
