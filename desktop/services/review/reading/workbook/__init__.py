"""XLSX, by the values that it last computed, to a read file: the same way as a text table once its cells are texts."""

import io
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import polars as pl
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from desktop.services.review.reading.gathering import Gathered, Gathering
from desktop.services.review.reading.gathering.columns import Doubtful, Plan, Survey, plan
from desktop.services.review.reading.headings import Taught, is_portal
from desktop.services.review.reading.layout import Layout, layout
from desktop.services.review.reading.source import Source
from desktop.services.review.reading.workbook.sheets import Measured, Sheet, listed, measured
from desktop.services.review.whole import Apart, FileKind, ReadFile, Unreadable, Unrecognised

Progress = Callable[[float], None]
"""Told the share that is read, from 0 to 1; what it raises ends the reading."""
_Value = object
"""What the library gives for a cell: texts, numbers, days, times, yes or no."""
_SLICE: Final = 20_000
_FIRST_ROWS: Final = 80
_MOST_SHEETS: Final = 20
_FAILED = "une formule de la ligne est en erreur"
_DAMAGED = "Ce classeur est abîmé\u00a0: ouvrez-le dans votre tableur, enregistrez-le, puis réessayez."


def _silent(_share: float) -> None:
    pass


def read(
    source: Source, *, taught: Mapping[str, Taught] = MappingProxyType({}), progress: Progress = _silent
) -> ReadFile:
    """The lines of the first sheet that holds a recognised table. Raises `Unreadable`, `Unrecognised`."""
    there = listed(source.data)
    sheet, opened, bounds, found = _recognised(source.data, there, taught)
    of = plan(found.recognised.mapping, found.headings, serials=True)
    reader = _Reader(opened, found, bounds)
    try:
        result = reader.run(of, progress)
    except Doubtful:
        survey = Survey(of)
        reader.rows(of, lambda rows, _raw: survey.look(rows), progress)
        result = reader.run(Plan(of.places, of.headings, survey.marks(), serials=True), progress)
    return ReadFile(
        name=source.name,
        sha256=source.sha256,
        kind=FileKind.PORTAL_XLSX if is_portal(found.headings) else FileKind.XLSX,
        frame=result.frame,
        rejected=result.rejected,
        controls=result.controls,
        columns=tuple((found.headings[place], name) for place, name in found.recognised.mapping.items()),
        notes=_notes(sheet, there, found) + result.notes,
        apart=result.apart,
        lines=reader.height,
    )


def _recognised(
    data: bytes, there: Sequence[Sheet], taught: Mapping[str, Taught]
) -> tuple[Sheet, CalamineSheet, Measured, Layout]:
    """Visible sheets come before hidden ones; what is wrong with one is told if no other will do."""
    refusals: list[Unreadable] = []
    with _calamine():
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for sheet in sorted(there, key=lambda one: one.hidden)[:_MOST_SHEETS]:
        try:
            bounds = measured(data, sheet)
            with _calamine():
                opened = book.get_sheet_by_index(sheet.place)
                rows = [_texts(row) for row in itertools.islice(opened.iter_rows(), _FIRST_ROWS)]
            if any(map(any, rows)):
                return sheet, opened, bounds, layout(rows, taught)
        except Unreadable as refusal:
            refusals.append(refusal.with_traceback(None))  # which would keep the whole file alive
    if refusals:
        raise max(refusals, key=_nearness)
    raise Unreadable("Ce classeur est vide\u00a0: vérifiez que c’est le bon fichier.")


def _nearness(refusal: Unreadable) -> tuple[bool, int, int]:
    if not isinstance(refusal, Unrecognised):
        return False, 0, 0
    return True, -len(refusal.missing), len(refusal.headings)


@contextmanager
def _calamine() -> Iterator[None]:
    """Whatever the library says of a damaged workbook is one sentence of ours, its panics too."""
    try:
        yield
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise Unreadable(_DAMAGED, detail=type(error).__name__) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # which is no Exception, so that nobody catches it unawares
            raise
        raise Unreadable(_DAMAGED, detail="PanicException") from None


def _notes(sheet: Sheet, there: Sequence[Sheet], found: Layout) -> tuple[str, ...]:
    notes = [f"Feuille lue\u00a0: «\u00a0{sheet.name}\u00a0»."]
    others = [f"«\u00a0{other.name}\u00a0»{' (masquée)' if other.hidden else ''}" for other in there if other != sheet]
    if others:
        notes.append(f"Feuilles laissées de côté\u00a0: {', '.join(others)}.")
    if sheet.hidden:
        notes.append("Cette feuille est masquée dans le classeur.")
    if found.row:
        notes.append(f"Lignes au-dessus de l’en-tête, mises à part\u00a0: {found.row}.")
    return tuple(notes)


_Take = Callable[[pl.DataFrame, Callable[[int], str]], None]


@dataclass(slots=True)
class _Reader:
    """One sheet as rows of texts."""

    sheet: CalamineSheet
    layout: Layout
    bounds: Measured
    height: int = field(default=0, init=False)

    def run(self, of: Plan, progress: Progress) -> Gathered:
        with Gathering(of) as gathering:
            gathering.count(Apart.PREAMBLE, self.layout.row)
            gathering.count(Apart.HEADINGS, 1)
            self.rows(of, gathering.take, progress)
            return gathering.gathered()

    def rows(self, of: Plan, take: _Take, progress: Progress) -> None:
        """Give the rows below the headings to `take`, a slice at a time."""
        width = len(of.headings)
        rows = self.sheet.iter_rows()
        done = len(list(itertools.islice(rows, self.layout.below)))
        while True:
            with _calamine():
                part = list(itertools.islice(rows, _SLICE))
            if not part:
                break
            columns = [_column(values) for values in itertools.islice(zip(*part, strict=True), width)]
            numbers = pl.int_range(done + 1, done + 1 + len(part), dtype=pl.UInt32, eager=True)
            take(self._frame(columns, numbers), _Raw(part, done))
            done += len(part)
            progress(min(1.0, done / max(1, self.bounds.height)))
        self.height = done

    def _frame(self, columns: list[pl.Series], numbers: pl.Series) -> pl.DataFrame:
        failed = pl.Series(sorted(self.bounds.errors), dtype=pl.UInt32)
        fault = pl.when(pl.col("line").is_in(failed.implode())).then(pl.lit(_FAILED)) if len(failed) else pl.lit(None)
        named = [column.alias(str(place)) for place, column in enumerate(columns)]
        return pl.DataFrame([numbers.alias("line"), *named]).with_columns(fault.cast(pl.String).alias("fault"))


@dataclass(frozen=True, slots=True)
class _Raw:
    """A row as one text: its cells, a semicolon between them."""

    rows: Sequence[Sequence[_Value]]
    above: int

    def __call__(self, line: int) -> str:
        return " ; ".join(_texts(self.rows[line - 1 - self.above]))


def _column(values: Sequence[_Value]) -> pl.Series:
    """A column of cells as texts that are read in one way only: numbers with a dot and never three decimals, days in
    the manner of ISO."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return pl.Series(values, dtype=pl.String)
    if kinds == {float} or (kinds == {float, str} and not any(value for value in values if value.__class__ is str)):
        numbers = pl.Series([value if value.__class__ is float else None for value in values], dtype=pl.Float64)
        return _numbers(numbers)
    if kinds <= {date, str} and not any(value for value in values if value.__class__ is str):
        days = pl.Series([value if value.__class__ is date else None for value in values], dtype=pl.Date)
        return days.cast(pl.String).fill_null("")
    return pl.Series(list(map(_text, values)), dtype=pl.String)


def _numbers(numbers: pl.Series) -> pl.Series:
    """Numbers of a sheet are binary: one is a whole number of cents if it is the nearest to it, to eleven digits."""
    table = pl.DataFrame({"value": numbers, "cents": (numbers * 100).round()})
    near = ((pl.col("value") * 100 - pl.col("cents")).abs() < 1e-5) & (pl.col("value").abs() < 1e11)
    cents = pl.col("cents").cast(pl.Int64, strict=False)
    sign = pl.when(cents < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    euros, rest = (cents.abs() // 100).cast(pl.String), (cents.abs() % 100).cast(pl.String).str.zfill(2)
    whole = (
        pl.when(rest == "00").then(pl.concat_str(sign, euros)).otherwise(pl.concat_str(sign, euros, pl.lit("."), rest))
    )
    texts = table.select(pl.when(near).then(whole).alias("text")).to_series()
    others = (texts.is_null() & numbers.is_not_null()).arg_true()
    if len(others):
        told = pl.Series([_number(value) for value in numbers.gather(others)], dtype=pl.String)
        texts = texts.scatter(others, told)
    return texts.fill_null("")


def _number(value: float) -> str:
    """To the fifteen digits that a sheet keeps, without an exponent."""
    if not math.isfinite(value):
        return str(value)
    text = format(Decimal(f"{value:.15g}"), "f")
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    if not decimals:
        return whole
    return f"{whole}.{decimals}0" if len(decimals) in (1, 3) else f"{whole}.{decimals}"


def _texts(row: Sequence[_Value]) -> list[str]:
    return [_text(value) for value in row]


def _text(value: _Value) -> str:
    if isinstance(value, str):
        return value.replace("\r\n", " ").replace("\n", " ")
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second or value.microsecond):
        return value.date().isoformat()
    return "" if value is None else str(value)
