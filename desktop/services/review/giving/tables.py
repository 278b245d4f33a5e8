"""Lines as files for payroll and spreadsheets: CSV and XLSX of any length, written a slice at a time. No cell of either
can become a formula, whatever stands in it."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final
from xml.sax.saxutils import escape

import polars as pl

from desktop.services.review.giving import package
from desktop.services.review.giving.placing import placed
from desktop.services.review.line import COLUMNS, EXTRA, TITLES, disarmed, told

Progress = Callable[[float], None]
"""Told the share that is written, from 0 to 1; what it raises ends the writing, and no file is there."""
_SLICE: Final = 20_000
MOST_ROWS: Final = 1_000_000
"""Of one sheet, below its headings; what is beyond stands on the next one. Spreadsheets end at 1,048,576."""
_LONGEST: Final = 32_767
"""Characters of one cell of a spreadsheet."""
_SAMPLE: Final = 500
_EXTRA_TITLES: Final = {"part": "Partie", "parts": "Parties", "cut": "Séparée à"}


def _silent(_share: float) -> None:
    pass


def title(name: str) -> str:
    """The heading of a column."""
    return TITLES.get(name) or _EXTRA_TITLES.get(name) or name.removeprefix(EXTRA)


def telling(frame: pl.DataFrame) -> tuple[str, ...]:
    """The columns worth giving: those of ours and of the file's own in which at least one line tells something."""
    names = [name for name in frame.columns if name in COLUMNS or name in _EXTRA_TITLES or name.startswith(EXTRA)]
    if not frame.height:
        return tuple(names)
    full = frame.lazy().select((told(name) != "").any().alias(name) for name in names).collect().row(0, named=True)
    return tuple(name for name in names if full[name])


def write_csv(
    path: Path, frame: pl.DataFrame, columns: Sequence[str] | None = None, progress: Progress = _silent
) -> None:
    """UTF-8 with its mark, semicolons, decimal commas, French dates. Numbers of many digits (SIRET, NIR) stand as they
    are: a spreadsheet that opens the file may spoil them, a program does not; for a spreadsheet there is `write_xlsx`.
    Raises `Problem`."""
    with placed(path) as file:
        _write_csv(file, frame, tuple(columns or telling(frame)), progress)


def csv_bytes(frame: pl.DataFrame, columns: Sequence[str] | None = None) -> bytes:
    """What `write_csv` writes, for a few lines that go into a message and not on the disk."""
    made = io.BytesIO()
    _write_csv(made, frame, tuple(columns or telling(frame)), _silent)
    return made.getvalue()


def _write_csv(file: IO[bytes], frame: pl.DataFrame, names: Sequence[str], progress: Progress) -> None:
    cells = [_cell(name).alias(name) for name in names]
    heads = pl.DataFrame([pl.Series(str(place), [title(name)]) for place, name in enumerate(names)])
    heads.select(disarmed(pl.col(name)).alias(name) for name in heads.columns).write_csv(
        file, include_header=False, include_bom=True, separator=";", line_terminator="\r\n"
    )
    for part, share in _slices(frame, 5 * _SLICE):
        part.select(cells).write_csv(file, include_header=False, separator=";", line_terminator="\r\n")
        progress(share)


def _cell(name: str) -> pl.Expr:
    """The text of a cell; null for an empty one, which is then written without quotes."""
    text = told(name) if _kind(name) is not None else disarmed(told(name))
    return pl.when(text != "").then(text)


def _kind(name: str) -> pl.DataType | None:
    """What is written as a number or a date; None for a text."""
    kind = COLUMNS.get(name)
    if name in ("part", "parts"):
        return pl.Int32()
    return kind if kind in (pl.Int64(), pl.Int32(), pl.UInt32(), pl.Date()) else None


def _slices(
    frame: pl.DataFrame, size: int, begin: int = 0, end: int | None = None
) -> Iterator[tuple[pl.DataFrame, float]]:
    """Slices of some rows, each with the share of the frame that it ends at."""
    last = frame.height if end is None else end
    for first in range(begin, last, size):
        until = min(first + size, last)
        yield frame.slice(first, until - first), until / frame.height


def write_xlsx(
    path: Path,
    frame: pl.DataFrame,
    columns: Sequence[str] | None = None,
    progress: Progress = _silent,
    sheet: str = "Lignes",
) -> None:
    """True numbers and dates; SIRET, NIR and all other texts as texts with their zeros. The headings stay in sight and
    filter. `sheet` is the sheet's name; more than `MOST_ROWS` lines need more than one. Raises `Problem`."""
    names = tuple(columns or telling(frame))
    count = max(1, -(-frame.height // MOST_ROWS))
    sheets = [sheet if not place else f"{sheet} {place + 1}" for place in range(count)]
    widths = _widths(frame, names)
    with placed(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for place in range(count):
            begin, end = place * MOST_ROWS, min((place + 1) * MOST_ROWS, frame.height)
            with archive.open(f"xl/worksheets/sheet{place + 1}.xml", "w", force_zip64=True) as out:
                _write_sheet(out, frame, names, widths, (begin, end), progress)
        bounds = [min(MOST_ROWS, frame.height - place * MOST_ROWS) + 1 for place in range(count)]
        area = [package.area(len(names), rows) for rows in bounds]
        for part, text in package.parts(sheets, area):
            archive.writestr(part, text)


def _write_sheet(
    out: IO[bytes],
    frame: pl.DataFrame,
    names: Sequence[str],
    widths: Sequence[float],
    bounds: tuple[int, int],
    progress: Progress,
) -> None:
    begin, end = bounds
    out.write(package.sheet_head(widths, end - begin + 1).encode())
    heads = (
        f'<c r="{package.letters(place)}1" s="{package.HEAD}" t="inlineStr"><is><t>{_escaped(title(name))}</t></is></c>'
        for place, name in enumerate(names)
    )
    out.write(f'<row r="1">{"".join(heads)}</row>'.encode())
    row = 2
    for part, share in _slices(frame, _SLICE, begin, end):
        numbered = part.with_columns(
            pl.int_range(row, row + part.height, dtype=pl.Int64).cast(pl.String).alias("\0row")
        )
        odd = _odd_texts(part, names)
        cells = [_xml(name, package.letters(place), escaped=name in odd) for place, name in enumerate(names)]
        line = pl.concat_str(pl.lit('<row r="'), "\0row", pl.lit('">'), *cells, pl.lit("</row>"))
        out.write(str(numbered.lazy().select(line.alias("xml").str.join("")).collect().item()).encode())
        row += part.height
        progress(share)
    out.write(package.sheet_tail(len(names), end - begin + 1).encode())


def _odd_texts(part: pl.DataFrame, names: Sequence[str]) -> frozenset[str]:
    """The columns in which some text must be escaped: few, and to look is quicker than to escape all."""
    texts = [name for name in names if part.schema[name] == pl.String()]
    odd = part.select(pl.col(texts).str.contains(package.ODD).any()).row(0, named=True) if texts else {}
    return frozenset(name for name, there in odd.items() if there)


def _escaped(text: str) -> str:
    return escape("".join(max(sign, " ") for sign in text))


def _xml(name: str, letter: str, *, escaped: bool) -> pl.Expr:
    """The cell of a column as XML; nothing for an empty cell. `escaped` where some text is not XML as it stands."""
    kind, column = _kind(name), pl.col(name)
    if kind is None:
        return _text_cell(told(name), letter, escaped=escaped)
    if kind == pl.Date():
        serial = column.to_physical().cast(pl.Int64) + package.EPOCH
        # Spreadsheets believe in a 29 February 1900: what is before it would be another day there.
        early = _text_cell(told(name), letter, escaped=False)
        return (
            pl.when(serial > package.FALSE_DAY)
            .then(_number_cell(serial.cast(pl.String), letter, package.DAY))
            .otherwise(early)
        )
    if kind == pl.Int64():
        style = package.RATE if name == "unit" else package.MONEY
        return _number_cell(told(name).str.replace(",", ".", literal=True), letter, style).fill_null("")
    return _number_cell(column.cast(pl.String), letter, package.WHOLE).fill_null("")


def _number_cell(text: pl.Expr, letter: str, style: int) -> pl.Expr:
    head = pl.lit(f'" s="{style}"><v>')
    cell = pl.concat_str(pl.lit(f'<c r="{letter}'), "\0row", head, text, pl.lit("</v></c>"))
    return pl.when(text != "").then(cell).otherwise(pl.lit(""))


def _text_cell(text: pl.Expr, letter: str, *, escaped: bool) -> pl.Expr:
    kept = ' xml:space="preserve"' if escaped else ""
    head = pl.lit(f'" s="{package.TEXT}" t="inlineStr"><is><t{kept}>')
    inside = text.str.slice(0, _LONGEST)
    for sign, stand_in in package.ESCAPES if escaped else ():
        inside = inside.str.replace_all(sign, stand_in)
    cell = pl.concat_str(pl.lit(f'<c r="{letter}'), "\0row", head, inside, pl.lit("</t></is></c>"))
    return pl.when(text != "").then(cell).otherwise(pl.lit(""))


def _widths(frame: pl.DataFrame, names: Sequence[str]) -> list[float]:
    """In characters: of the headings and of the first lines."""
    first = frame.head(_SAMPLE)
    longest = first.select(told(name).str.len_chars().max().fill_null(0).alias(name) for name in names).row(0)
    heads = (len(title(name)) + 3 for name in names)  # beside the arrow of the filter
    return [float(min(45, max(8, head, size + 2))) for head, size in zip(heads, longest, strict=True)]
