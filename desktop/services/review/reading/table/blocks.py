"""Some lines of a text as rows of cells. The lines that are plain, nearly all, are split together; those whose quotes
need a closer look, one by one."""

import re
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from desktop.services.review.reading.table.encoding import unified
from desktop.services.review.reading.table.records import Record, Splitter
from desktop.services.review.whole import Rejected

_MOST_RAW: Final = 4096
"""Characters of a record that are carried along with its reason; the file itself is kept whole elsewhere."""
_MARK: Final = "\x02"
"""Stands for what quotes enclose while separators are counted."""
_OPEN: Final = "un guillemet ouvert n’est pas fermé"
_NUL: Final = "la ligne contient des caractères nuls"


@dataclass(slots=True)
class Block:
    """`text` is UTF-8, whole lines behind which `first` lines of the file stand; each row has `width` cells. After
    `rows`, the other fields tell what became of the lines."""

    text: bytes
    first: int
    width: int
    splitter: Splitter
    last: bool = False
    refused: list[Rejected] = field(default_factory=list, init=False)
    continued: int = field(default=0, init=False)
    """Lines that go on with the record of a line above."""
    rest: bytes = field(default=b"", init=False)
    """Lines that belong to a record which goes on in the next block."""
    _plain: pl.DataFrame | None = field(default=None, init=False)
    """All rows, when each line is nothing but its cells."""
    _lines: list[str] | None = field(default=None, init=False)
    _ends: dict[int, int] = field(default_factory=dict, init=False)
    _count: int = field(default=-1, init=False)

    @property
    def lines(self) -> int:
        """How many lines of the file were dealt with."""
        return self._count

    def raw(self, line: int) -> str:
        """The record that begins on this line of the file (from 1), as it stands."""
        if self._plain is not None:
            return self.splitter.separator.join(self._plain.row(line - 1 - self.first)[: self.width])[:_MOST_RAW]
        if self._lines is None:
            self._lines = self.text.decode().split("\n")
        place = line - 1 - self.first
        return "\n".join(self._lines[place : self._ends.get(place, place + 1)])[:_MOST_RAW]

    def rows(self) -> pl.DataFrame:
        """`line`, a text column for each cell named by its place, and `fault`."""
        if b'"' not in self.text and b"\0" not in self.text:
            rows = self._split(self.text, quoted=False)
            returns = self.text.count(b"\r") if b"\r" in self.text else 0  # (to count takes much longer than to look)
            if self._is_sound(rows, returns):
                self._count = rows.height
                self._plain = rows
                numbers = pl.int_range(self.first + 1, self.first + 1 + rows.height, dtype=pl.UInt32, eager=True)
                fault = pl.lit(None, dtype=pl.String).alias("fault")
                return rows.select(numbers.alias("line"), *self._names, fault)
        self.text = unified(self.text)
        return self._closely()

    @property
    def _names(self) -> list[str]:
        return [str(place) for place in range(self.width)]

    def _split(self, text: bytes, *, quoted: bool) -> pl.DataFrame:
        """Every line as a row, with one more column for what stands behind the last cell."""
        return pl.read_csv(
            text,
            has_header=False,
            schema=dict.fromkeys([*self._names, "behind"], pl.String()),
            separator=self.splitter.separator,
            quote_char='"' if quoted else None,
            empty_string_is_null=False,
            missing_columns="insert",
            extra_columns="ignore",
            infer_schema=False,
        ).rechunk()  # else every look at some of them, beside columns cut elsewhere, would do it with all

    def _is_sound(self, rows: pl.DataFrame, returns: int) -> bool:
        """Whether every line surely has its cells: as many bytes as there should be, nothing behind the last cell, and
        a last cell on each line, so that no line too short hides one too long. Where there are as many returns as line
        feeds, the bytes also tell that each return stands before a line feed; else there must be none."""
        if returns not in (0, rows.height):
            return False
        told = rows.select(
            pl.sum_horizontal(pl.col(name).str.len_bytes().cast(pl.Int64).sum() for name in self._names).alias("bytes"),
            (pl.col("behind").fill_null("") != "").any().alias("behind"),
            (pl.col(self._names[-1]).fill_null("") == "").any().alias("short"),
        ).row(0)
        ends = rows.height + returns  # the returns of pairs are no part of cells
        return told == (len(self.text) - rows.height * (self.width - 1) - ends, False, False)

    def _closely(self) -> pl.DataFrame:
        """Line by line, still by whole columns: how many cells each has, and whether its quotes are in order."""
        separator = self.splitter.separator
        lines = pl.Series("text", [self.text.decode()]).str.split("\n").explode()
        lines = lines.head(lines.len() - 1)  # nothing stands behind the last line feed
        bare = lines
        odd = pl.Series([False], dtype=pl.Boolean).new_from_index(0, lines.len())
        if b'"' in self.text:
            bare = lines.str.replace_all('"[^"]*"', _MARK)
            sign = re.escape(separator)
            odd = bare.str.contains(f'"|[^{sign}{_MARK}]{_MARK}|{_MARK}[^{sign}{_MARK}]') | lines.str.contains(_MARK)
        records = self._records(lines, odd)
        cells = bare.str.count_matches(separator, literal=True).cast(pl.Int64) + 1
        kept = bare.str.strip_chars_end(separator).str.count_matches(separator, literal=True).cast(pl.Int64) + 1
        told = pl.format("{} cellules au lieu de {}", pl.max_horizontal("kept", "short"), self.width)
        fault = (
            pl.DataFrame({"kept": kept, "short": cells.clip(upper_bound=self.width), "cells": cells, "text": lines})
            .select(
                pl.when(pl.col("text").str.contains("\0", literal=True))
                .then(pl.lit(_NUL))
                .when((pl.col("cells") < self.width) | (pl.col("kept") > self.width))
                .then(told)
            )
            .to_series()
        )
        return self._joined(lines, fault, odd, records)

    def _records(self, lines: pl.Series, odd: pl.Series) -> list[Record]:
        """The records that begin on odd lines. What has no end is refused, or left to the next block if it may end
        there."""
        self._count = lines.len()
        places = odd.arg_true().to_list()
        if not places:
            return []
        self._lines = texts = lines.to_list()
        records: list[Record] = []
        end = 0
        for place in places:
            if place < end:
                continue
            record = self.splitter.record(texts, place, self.width)
            end = record.end if record else place + 1
            if record:
                records.append(record)
            elif self.splitter.open and not self.last:
                self.rest = "\n".join([*texts[place:], ""]).encode()
                self._count = place
                break
            else:
                self.refused.append(Rejected(self.first + place + 1, _OPEN, texts[place][:_MOST_RAW]))
        self._ends = {record.first: record.end for record in records if record.end - record.first > 1}
        self.continued = sum(record.end - record.first - 1 for record in records)
        return records

    def _joined(self, lines: pl.Series, fault: pl.Series, odd: pl.Series, records: list[Record]) -> pl.DataFrame:
        """The plain lines split together, with the records among them in the order of the file."""
        numbers = pl.int_range(self.first + 1, self.first + 1 + lines.len(), dtype=pl.UInt32, eager=True)
        plain = ~odd
        if self._count < lines.len():
            plain &= numbers <= self.first + self._count
        if self._ends:
            inside = [place for first, end in self._ends.items() for place in range(first + 1, end)]
            plain = plain.scatter(inside, False)  # noqa: FBT003
        text = self.text if plain.all() else "\n".join([*lines.filter(plain), ""]).encode()
        rows = self._split(text, quoted=b'"' in text) if text else self._split(b"\n", quoted=False).head(0)
        rows = rows.select(numbers.filter(plain).alias("line"), *self._names, fault.filter(plain).alias("fault"))
        if not records:
            return rows
        return pl.concat([rows, self._told(records)]).sort("line")

    def _told(self, records: list[Record]) -> pl.DataFrame:
        """Records that were split one by one; a line end in a cell is a space."""
        width = self.width
        table: list[tuple[object, ...]] = []
        for record in records:
            cells = [" ".join(cell.split("\n")) for cell in record.cells]
            kept = len(cells) - next((place for place, cell in enumerate(reversed(cells)) if cell), len(cells))
            fault = (
                None
                if len(cells) >= width >= kept
                else f"{max(kept, min(len(cells), width))} cellules au lieu de {width}"
            )
            fault = _NUL if any("\0" in cell for cell in cells) else fault
            table.append((self.first + record.first + 1, *(cells + [""] * width)[:width], fault))
        schema = {"line": pl.UInt32(), **dict.fromkeys(self._names, pl.String()), "fault": pl.String()}
        return pl.DataFrame(table, schema=schema, orient="row")
