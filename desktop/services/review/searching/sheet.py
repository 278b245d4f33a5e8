"""The table of a review: search as one types, filters, orders, totals, over some million lines."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

import polars as pl

from desktop.services.review import totals
from desktop.services.review.line import COLUMNS, EXTRA, TITLES, Kind, Payee, Sense, disarmed, told
from desktop.services.review.saying import integer, masked, without_nir
from desktop.services.review.searching.parts import BY_ITSELF, Part, parts_of, ranks
from desktop.services.review.searching.query import Run, Word, asked

Progress = Callable[[float], None]
"""Told the share that is made, from 0 to 1; what it raises ends the making."""
_KEPT: Final = 64
"""Words, and filters, whose lines are remembered: a bit for each line."""
_MINUS: Final = "\u2212"
_SUMMED: Final = ("gross", "levies", "net", "kind", "days", "sense", "start", "end")
_NUMBERS: Final = (pl.Int64(), pl.Int32(), pl.UInt32())


@dataclass(frozen=True, slots=True)
class Selection:
    """Which lines, in which order. None, or "" for `text`, lets all pass; `month` is its first day, of payment (else of
    the period); `person_key`, `leave` and `file` want the columns of these names in the frame. `order` is a column's
    name, "" for the order of the files."""

    text: str = ""
    company: str | None = None
    month: date | None = None
    kind: Kind | None = None
    payee: Payee | None = None
    sense: Sense | None = None
    person_key: str | None = None
    leave: int | None = None
    file: int | None = None
    anomalies_only: bool = False
    order: str = ""
    descending: bool = False


_FILTERS: Final = ("company", "month", "kind", "payee", "sense", "person_key", "leave", "file")


@dataclass(frozen=True, slots=True)
class _Hits:
    """Where a word was found: among the values of each part (None: not all were looked at), and which lines that
    makes."""

    values: tuple[pl.Series | None, ...]
    lines: pl.Series
    count: int


def _silent(_share: float) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Held:
    """All that a sheet is made of: the numbers of the lines, the values, and the columns that can be shown, in their
    order."""

    lines: pl.Series
    parts: tuple[Part, ...]
    columns: tuple[str, ...]


class Sheet:
    """All lines of a frame (`line.COLUMNS`, the file's own columns, `file`, `person_key` and `leave` if they are
    there), held by their distinct values: the frame itself may be let go. One thread at a time, but for `mark`."""

    def __init__(self, frame: pl.DataFrame, progress: Progress = _silent) -> None:
        found, done = [], 0
        for part in parts_of(frame):
            found.append(part)
            done += part.values.width
            progress(done / frame.width)
        names = tuple(name for name in frame.columns if name in COLUMNS or name.startswith(EXTRA))
        self._hold(Held(frame[BY_ITSELF], tuple(found), names))

    def _hold(self, held: Held) -> None:
        self.held = held
        self.height, self._lines, self.columns = len(held.lines), held.lines, held.columns
        searched = [part for part in held.parts if part.folded is not None]
        self._searched = tuple(sorted(searched, key=lambda part: part.values.height))
        self._part_of = {name: part for part in held.parts for name in part.values.columns}
        self._odd = self._none()
        self._words: OrderedDict[str, _Hits] = OrderedDict()
        self._filters: OrderedDict[tuple[str, object], pl.Series] = OrderedDict()
        self._order: tuple[str, bool, pl.Series] | None = None

    @classmethod
    def of(cls, held: Held) -> Self:
        """A sheet of what one held before, or of what was kept of it."""
        sheet = cls.__new__(cls)
        sheet._hold(held)  # noqa: SLF001 (its own)
        return sheet

    def mark(self, rows: Iterable[int]) -> None:
        """Tell which rows have an anomaly (numbers in the frame from 0). On any thread: they take the place of the
        former ones all at once, and whoever is looking has the former ones to the end."""
        there = pl.Series(sorted(set(rows)), dtype=pl.UInt32)
        self._odd = self._none().scatter(there, True)  # noqa: FBT003

    def marked(self, rows: pl.Series) -> list[bool]:
        """Which of some rows (u32, from 0) have an anomaly, as far as is known now."""
        return self._odd.gather(rows).to_list()

    def told(self) -> tuple[str, ...]:
        """The columns of which at least one line tells something: what is worth being shown at first."""
        return tuple(name for name in self.columns if name == BY_ITSELF or self._tells(name))

    def _tells(self, name: str) -> bool:
        texts = self._part_of[name].values.lazy().select(told(name).alias("text"))
        return bool(texts.select((pl.col("text") != "").any()).collect().item())

    def choices(self, name: str) -> list[tuple[object, int]]:
        """The values of a column that a filter may want, in their order, with how many lines have each."""
        part = self._part_of[name]
        counts = part.codes.value_counts().rename({part.codes.name: "at"})
        each = part.values.select(name).with_row_index("at").with_columns(ranks(part.values, name).alias("rank"))
        joined = each.join(counts, on="at").group_by(name).agg(pl.col("count").sum(), pl.col("rank").first())
        return list(joined.sort("rank", nulls_last=True).select(name, "count").iter_rows())

    def find(self, selection: Selection) -> "Found":
        """The lines of a selection, in its order."""
        masks = [self._filtered(name, value) for name in _FILTERS if (value := getattr(selection, name)) is not None]
        if selection.anomalies_only:
            masks.append(self._odd)
        masks += [self._run(run) for run in asked(selection.text)]
        lines = None
        for mask in masks:
            lines = mask if lines is None else lines & mask
        return Found(self, self._ordered(lines, selection))

    # Filters

    def _filtered(self, name: str, value: object) -> pl.Series:
        key = (name, value)
        if key not in self._filters:
            self._filters[key] = self._having(name, value)
            if len(self._filters) > _KEPT:
                self._filters.popitem(last=False)
        return self._filters[key]

    def _having(self, name: str, value: object) -> pl.Series:
        part = self._part_of[name]
        wanted = value.value if isinstance(value, Kind | Payee | Sense) else value
        return part.flagged((part.values[name] == wanted).arg_true())

    # Search

    def _run(self, run: Run) -> pl.Series:
        """Lines that hold one of the readings of a run."""
        found = None
        for reading in run:
            lines = None
            for word in reading:
                these = self._word(word)
                lines = these if lines is None else lines & these
            if lines is not None:
                found = lines if found is None else found | lines
        return self._none() if found is None else found

    def _word(self, word: Word) -> pl.Series:
        lines = self._hits(word[0]).lines
        for manner in word[1:]:
            lines = lines | self._hits(manner).lines
        return lines

    def _hits(self, word: str) -> _Hits:
        if word in self._words:
            self._words.move_to_end(word)
            return self._words[word]
        inside = [shorter for shorter in self._words if shorter in word]
        near = self._words[max(inside, key=len)] if inside else None
        hits = self._looked_for(word, near)
        self._words[word] = hits
        if len(self._words) > _KEPT:
            self._words.popitem(last=False)
        return hits

    def _looked_for(self, word: str, near: _Hits | None) -> _Hits:
        """Among all values, or among those that hold a part of the word (`near`), and their lines."""
        if near is not None and near.count < self.height // 4:
            return self._looked_within(word, near)
        lines, open_ = self._none(), self.height
        values: list[pl.Series | None] = []
        for place, part in enumerate(self._searched):
            if part.values.height > open_ * 4:  # to look at the values of the lines still open is less
                rows = part.holding(word, part.codes.filter(~lines)) if open_ else None
                values.append(None)
            else:
                rows = part.holding(word, near.values[place] if near else None)
                values.append(rows)
            if rows is not None and len(rows):
                lines = lines | part.flagged(rows)
                open_ = self.height - int(lines.sum())
        return _Hits(tuple(values), lines, self.height - open_)

    def _looked_within(self, word: str, near: _Hits) -> _Hits:
        """The same among the few lines that hold a part of the word."""
        within = near.lines.arg_true()
        flags = pl.repeat(False, len(within), eager=True)  # noqa: FBT003
        values: list[pl.Series | None] = []
        for known, part in zip(near.values, self._searched, strict=True):
            few = known is not None and len(known) <= len(within)
            rows = part.holding(word, known if few else part.codes.gather(within))
            values.append(rows)
            if len(rows):
                flags = flags | part.flagged_among(rows, within)
        lines = self._none().scatter(within.filter(flags), True)  # noqa: FBT003
        return _Hits(tuple(values), lines, int(flags.sum()))

    def _none(self) -> pl.Series:
        return pl.repeat(False, self.height, eager=True)  # noqa: FBT003

    # Orders

    def _ordered(self, lines: pl.Series | None, selection: Selection) -> pl.Series:
        if not selection.order:
            rows = pl.int_range(self.height, dtype=pl.UInt32, eager=True) if lines is None else lines.arg_true()
            return rows.reverse() if selection.descending else rows
        order = self._whole_order(selection.order, descending=selection.descending)
        return order if lines is None else order.filter(lines.gather(order))

    def _whole_order(self, name: str, *, descending: bool) -> pl.Series:
        """All rows in the order of a column; equal ones as they stand in the files, what is not told at the end."""
        if self._order is not None and self._order[:2] == (name, descending):
            return self._order[2]
        if name == BY_ITSELF:
            ranked = self._lines.rank("dense")
        else:
            part = self._part_of[name]
            ranked = ranks(part.values, name).gather(part.codes)
        rank = pl.col("rank").cast(pl.Int64)
        key = (pl.lit(1 << 30) - rank if descending else rank).fill_null((1 << 31) - 1)
        both = pl.DataFrame([ranked.alias("rank")]).select(key * (1 << 32) + pl.int_range(pl.len()))
        order = (both.to_series().sort() % (1 << 32)).cast(pl.UInt32)
        self._order = (name, descending, order)
        return order

    # Values

    def values(self, rows: pl.Series, columns: Sequence[str]) -> pl.DataFrame:
        """Some columns of some rows (u32, from 0), in this order and of the frame's own types."""
        taken: dict[int, pl.DataFrame] = {}
        for part in {id(self._part_of[name]): self._part_of[name] for name in columns if name != BY_ITSELF}.values():
            wanted = [name for name in part.values.columns if name in columns]
            codes = part.codes.gather(rows)
            taken[id(part)] = part.values.select(pl.col(wanted).gather(codes))
        picked = [
            self._lines.gather(rows) if name == BY_ITSELF else taken[id(self._part_of[name])][name] for name in columns
        ]
        return pl.DataFrame([series.alias(name) for series, name in zip(picked, columns, strict=True)])

    @property
    def every_column(self) -> tuple[str, ...]:
        """Those that are shown, and those that the frame had besides."""
        return tuple(name for name in (BY_ITSELF, *self._part_of) if name != "month")


@dataclass(frozen=True, slots=True)
class Found:
    """Lines of a sheet, in an order; places count from 0."""

    sheet: Sheet
    numbers: pl.Series
    """The row of each place in the sheet (u32)."""

    @property
    def count(self) -> int:
        return len(self.numbers)

    def rows(
        self, first: int, count: int, columns: Sequence[str] | None = None, *, revealed: bool = False
    ) -> list[tuple[str, ...]]:
        """The French texts of some rows for the screen; NIRs are masked unless `revealed`."""
        names = tuple(columns or self.sheet.columns)
        values = self.sheet.values(self.numbers.slice(first, count), names)
        texts = [_shown(values, name, revealed=revealed) for name in names]
        return list(zip(*texts, strict=True))

    def totals(self) -> totals.Totals:
        """What these lines come to."""
        return totals.whole(self.sheet.values(self.numbers, _SUMMED))

    def lines(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """These lines as a frame, in their order: to be given, or summed by person, by month."""
        return self.sheet.values(self.numbers, tuple(columns or self.sheet.every_column))

    def place(self, row: int) -> int | None:
        """Where a row of the sheet stands now, None when it is not among these."""
        there = (self.numbers == row).arg_true()
        return int(there[0]) if len(there) else None

    def tsv(self, places: Iterable[int], columns: Sequence[str] | None = None, *, revealed: bool = False) -> str:
        """Some rows below their headings, for the clipboard: cells apart by tabs, numbers and dates as a spreadsheet
        takes them, no cell a formula."""
        names = tuple(columns or self.sheet.columns)
        values = self.sheet.values(self.numbers.gather(pl.Series(list(places), dtype=pl.UInt32)), names)
        cells = values.select(
            (told(name) if _is_number(name) else disarmed(told(name).str.replace_all(r"[\t\r\n]+", " "))).alias(name)
            for name in names
        )
        if not revealed:
            cells = cells.with_columns(_hidden(cells[name], name) for name in names if not _is_number(name))
        heads = "\t".join(title(name) for name in names)
        return "\n".join([heads, *("\t".join(row) for row in cells.iter_rows())]) + "\n"


def title(name: str) -> str:
    """What a column is called."""
    return TITLES.get(name) or name.removeprefix(EXTRA)


def _is_number(name: str) -> bool:
    return COLUMNS.get(name) in _NUMBERS


def _hidden(texts: pl.Series, name: str) -> pl.Series:
    return pl.Series(name, [masked(text) if name == "nir" else without_nir(text) for text in texts], dtype=pl.String)


def _shown(values: pl.DataFrame, name: str, *, revealed: bool) -> list[str]:
    texts = values.select(told(name)).to_series().to_list()
    if _is_number(name):
        return [_grouped(text) for text in texts]
    if revealed or COLUMNS.get(name) == pl.Date():
        return texts
    return [masked(text) if name == "nir" else without_nir(text) for text in texts]


def _grouped(text: str) -> str:
    """« −1 234,56 » of « -1234,56 »."""
    if not text:
        return ""
    whole, comma, rest = text.lstrip("-").partition(",")
    return f"{_MINUS if text[0] == '-' else ''}{integer(int(whole))}{comma}{rest}"
