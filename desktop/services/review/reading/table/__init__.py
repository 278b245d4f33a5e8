"""CSV and its like, of any separator, encoding and layout, to a read file: nothing of it is dropped in silence."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import polars as pl

from desktop.services.review.reading.gathering import Gathered, Gathering
from desktop.services.review.reading.gathering.columns import Doubtful, Plan, Survey, plan
from desktop.services.review.reading.headings import Taught, is_portal
from desktop.services.review.reading.layout import Layout
from desktop.services.review.reading.source import Source
from desktop.services.review.reading.table.blocks import Block
from desktop.services.review.reading.table.dialect import dialect
from desktop.services.review.reading.table.encoding import HEAD, Encoding, encoding_of, slices, unified
from desktop.services.review.reading.table.records import Splitter
from desktop.services.review.whole import Apart, FileKind, ReadFile

Progress = Callable[[float], None]
"""Told the share that is read, from 0 to 1; what it raises ends the reading."""

_HEAD_LINES: Final = 400
PREVIEWED: Final = HEAD
"""Bytes at the beginning of a file that `preview` looks at."""


def _silent(_share: float) -> None:
    pass


def read(
    source: Source, *, taught: Mapping[str, Taught] = MappingProxyType({}), progress: Progress = _silent
) -> ReadFile:
    """The lines of a text table. Raises `Unreadable`, `Unrecognised`."""
    with ThreadPoolExecutor(1, "sum") as beside:
        digest = beside.submit(lambda: source.sha256)
        encoding = encoding_of(source.data, wholly=False)
        try:
            reader, result, lines = _gathered(source, encoding, taught, progress)
        except (pl.exceptions.ComputeError, UnicodeDecodeError):
            encoding = encoding_of(source.data)  # what stood at its head was not the whole of it
            reader, result, lines = _gathered(source, encoding, taught, progress)
    separator, layout = reader.separator, reader.layout
    return ReadFile(
        name=source.name,
        sha256=digest.result(),
        kind=FileKind.PORTAL_CSV if is_portal(layout.headings) else FileKind.CSV,
        frame=result.frame,
        rejected=result.rejected,
        controls=result.controls,
        columns=tuple((layout.headings[place], name) for place, name in layout.recognised.mapping.items()),
        notes=_notes(encoding, separator, layout) + result.notes,
        apart=result.apart,
        lines=lines,
    )


def _gathered(
    source: Source, encoding: Encoding, taught: Mapping[str, Taught], progress: Progress
) -> tuple["_Reader", Gathered, int]:
    """All rows, and how many lines there are; a second time if amounts are to be told by the whole file first."""
    separator, layout = dialect(_head(source.data, encoding), taught)
    reader = _Reader(source.data, encoding, separator, layout)
    of = plan(layout.recognised.mapping, layout.headings)
    try:
        return reader, *reader.run(of, progress)
    except Doubtful:
        survey = Survey(of)
        reader.rows(of, lambda _block, rows: survey.look(rows), progress)
        return reader, *reader.run(Plan(of.places, of.headings, survey.marks()), progress)


def preview(source: Source, *, taught: Mapping[str, Taught] = MappingProxyType({}), size: int = PREVIEWED) -> ReadFile:
    """The first lines, as `read` will give them: those that stand whole in the first `size` bytes."""
    cut = max(source.data.rfind(b"\n", 0, size), source.data.rfind(b"\r", 0, size)) + 1
    if len(source.data) <= size or not cut:
        return read(source, taught=taught)
    cut += source.data[:2] == b"\xff\xfe"  # the zero byte of a line feed follows it
    return read(Source(source.name, source.data[:cut]), taught=taught)


def _head(data: bytes, encoding: Encoding) -> list[str]:
    """The first lines as texts, without the one that is cut."""
    first = next(slices(data[:HEAD], encoding), b"")
    lines = unified(first).decode("utf-8", "replace").split("\n")[:-1]
    return lines[:_HEAD_LINES] if len(data) <= HEAD or len(lines) < 2 else lines[:-1][:_HEAD_LINES]


def _notes(encoding: Encoding, separator: str, layout: Layout) -> tuple[str, ...]:
    named = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}[separator]
    notes = [f"Texte lu en {encoding.name}, colonnes séparées par\u00a0: {named}."]
    if layout.row:
        notes.append(f"Lignes au-dessus de l’en-tête, mises à part\u00a0: {layout.row}.")
    return tuple(notes)


_Take = Callable[[Block, pl.DataFrame], None]


@dataclass(slots=True)
class _Reader:
    """One file as rows of cells."""

    data: bytes
    encoding: Encoding
    separator: str
    layout: Layout

    def run(self, of: Plan, progress: Progress) -> tuple[Gathered, int]:
        """All rows gathered, and how many lines the file has."""
        with Gathering(of) as gathering:
            gathering.count(Apart.PREAMBLE, self.layout.row)
            gathering.count(Apart.HEADINGS, 1)
            gathering.count(Apart.CONTINUATION, self.layout.below - self.layout.row - 1)

            def take(block: Block, rows: pl.DataFrame) -> None:
                if rows.height:
                    gathering.take(rows, block.raw)
                gathering.refuse(block.refused)
                gathering.count(Apart.CONTINUATION, block.continued)

            lines = self.rows(of, take, progress)
            return gathering.gathered(), lines

    def rows(self, of: Plan, take: _Take, progress: Progress) -> int:
        """Give each block and its rows to `take`. Returns the number of lines."""
        splitter, width = Splitter(self.separator), len(of.headings)
        rest, done, line = b"", 0, 0
        for part in slices(self.data, self.encoding):
            text = rest + part if rest else part
            if not line:
                text, line = _below(text, self.layout.below), self.layout.below
            rest, line = _given(Block(text, line, width, splitter), take)
            done += len(part)
            progress(min(0.99, done / len(self.data)))
        if rest:
            _, line = _given(Block(rest, line, width, splitter, last=True), take)
        progress(1.0)
        return line


def _given(block: Block, take: _Take) -> tuple[bytes, int]:
    """What the block leaves for the next one, and the number of lines up to there."""
    take(block, block.rows())
    return block.rest, block.first + block.lines


def _below(text: bytes, lines: int) -> bytes:
    """What stands below the first lines."""
    at = 0
    for _ in range(lines):
        at = text.find(b"\n", at) + 1
    return text[at:]
