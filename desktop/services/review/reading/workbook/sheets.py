"""What an XLSX holds, looked at before it is opened: how large its sheets really are. A sheet of two cells may claim
seventeen thousand million, and one of a megabyte may unpack to a thousand."""

import html
import io
import posixpath
import re
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import polars as pl

from desktop.services.review.whole import Unreadable

MOST_CELLS: Final = 12_000_000
"""Of one sheet, empty ones within its bounds included."""
MOST_COLUMNS: Final = 256
_MOST_SHEET: Final = 256 * 1024 * 1024
_MOST_TEXTS: Final = 128 * 1024 * 1024
"""Bytes of what unpacks; of all texts as they are repeated in the cells, four times as many."""
_MOST_ENTRIES: Final = 2_000
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, IndexError, RuntimeError)

_TOO_LARGE = "Cette feuille est trop grande pour être lue\u00a0: enregistrez-la en CSV, puis donnez ce fichier."
_DAMAGED = "Ce classeur est abîmé ou incomplet\u00a0: téléchargez-le de nouveau, puis réessayez."
_NOT_XLSX = "Ce classeur n’est pas au format XLSX ordinaire\u00a0: enregistrez-le en XLSX, puis réessayez."


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a sheet stands in the workbook, from 0, and where it is kept."""

    place: int
    name: str
    hidden: bool
    path: str


def listed(data: bytes) -> tuple[Sheet, ...]:
    """The sheets in their order. Raises `Unreadable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > _MOST_ENTRIES:
                raise Unreadable(_TOO_LARGE)
            book = _unpacked(archive, "xl/workbook.xml", _MOST_TEXTS // 16)
            links = _links(_unpacked(archive, "xl/_rels/workbook.xml.rels", _MOST_TEXTS // 16))
            found = [
                _sheet(place, tag, links) for place, tag in enumerate(re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", book))
            ]
    except _BROKEN as error:
        raise Unreadable(_DAMAGED, detail=type(error).__name__) from error
    if not found or not all(sheet.path.endswith(".xml") for sheet in found):
        raise Unreadable(_NOT_XLSX)
    return tuple(found)


def _sheet(place: int, tag: bytes, links: dict[str, str]) -> Sheet:
    name, state, link = (_attribute(tag, key) for key in ("name", "state", r"\w+:id"))
    return Sheet(place, name, state in ("hidden", "veryHidden"), links.get(link, ""))


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rf"\s{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')".encode(), tag)
    return html.unescape((found[1] or found[2] or b"").decode("utf-8", "replace")) if found else ""


def _links(text: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", text):
        target = _attribute(tag, "Target")
        found[_attribute(tag, "Id")] = (
            target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        )
    return found


def _unpacked(archive: zipfile.ZipFile, path: str, most: int) -> bytes:
    """An entry, as long as it really is: what the archive says of its size is not believed."""
    entry = archive.getinfo(path)
    entry.file_size = most + 1
    with archive.open(entry) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Unreadable(_TOO_LARGE)
    return data


@dataclass(frozen=True, slots=True)
class Measured:
    """The bounds of a sheet, and the rows (from 1) where a formula came to an error."""

    height: int
    width: int
    errors: frozenset[int]


def measured(data: bytes, sheet: Sheet) -> Measured:
    """Look at all cells of a sheet without opening it. Raises `Unreadable` when it is too large to be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data_of = _unpacked(archive, sheet.path, _MOST_SHEET)
            text, prefix = _text(data_of), _prefix(data_of)
            del data_of
            _bound_texts(archive, text)
    except _BROKEN as error:
        raise Unreadable(_DAMAGED, detail=type(error).__name__) from error
    with ThreadPoolExecutor(1, "cells") as beside:  # each look goes through all of the text on one core
        most, failed = beside.submit(_most_cells, text, prefix), beside.submit(_failed, text, prefix)
        height, width = _bounds(text, prefix)
        width = max(width, most.result())
    if width > MOST_COLUMNS:
        raise Unreadable(f"Cette feuille a plus de {MOST_COLUMNS} colonnes\u00a0: ce n’est pas un relevé d’indemnités.")
    if height * width > MOST_CELLS:
        raise Unreadable(_TOO_LARGE)
    return Measured(height, width, failed.result())


def _text(data: bytes) -> pl.Series:
    """As one text, without a copy of it in Python. Raises `ValueError` when it is no UTF-8."""
    try:
        return pl.Series([data], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError as error:
        raise ValueError("not UTF-8") from error


def _failed(text: pl.Series, prefix: str) -> frozenset[int]:
    """Rows where a formula came to an error: the library gives nothing for such a cell."""
    if not text.str.contains("t=[\"']e[\"']").any():
        return frozenset()
    cells = text.str.extract_all(rf"<{prefix}c\s[^>]*\bt=[\"']e[\"'][^>]*>").explode()
    rows = cells.str.extract(r"\br=[\"'][A-Za-z]+([0-9]+)").drop_nulls()
    return frozenset(int(row) for row in rows)


def _prefix(data: bytes) -> str:
    """What stands before the names of the elements: nothing, or « x: »."""
    found = re.search(rb"<(\w+:)?worksheet\b", data)
    return (found[1] or b"").decode("ascii", "replace") if found else ""


_REFERENCE = r"\sr\s*=\s*[\"']"


def _bounds(text: pl.Series, prefix: str) -> tuple[int, int]:
    """Height and width, as they are told. Raises `Unreadable` when a cell stands outside of its row."""
    height = _height(text, prefix)
    # Most sheets are proved by this one look: no column beyond Z, and no row beyond the last one.
    wide, high = "[A-Za-z]{2}", rf"[A-Za-z]{{1,3}}(?:{_above(height)})[\"']"
    odd = bool(text.str.contains(rf"{_REFERENCE}(?:{wide}|{high})").any())
    if odd and text.str.contains(f"{_REFERENCE}{high}").any():
        raise Unreadable(_DAMAGED, detail="a cell stands outside of its row")
    return height, _told_width(text) if odd else 26


def _most_cells(text: pl.Series, prefix: str) -> int:
    """Of one row: not every cell tells where it stands."""
    rows = text.str.split(f"</{prefix}row>").explode()
    most = rows.str.count_matches(f"<{prefix}c", literal=True).max()
    return int(most) if isinstance(most, int) else 0


def _height(text: pl.Series, prefix: str) -> int:
    told = text.str.extract_all(rf"<{prefix}row\b[^>]*?{_REFERENCE}[0-9]{{1,7}}").explode().drop_nulls()
    last = told.str.extract(r"([0-9]+)$").cast(pl.Int64).max()
    rows = int(text.str.count_matches(f"<{prefix}row", literal=True).sum())
    return max(int(last) if isinstance(last, int) else 0, 0) + max(0, rows - len(told))


def _above(number: int) -> str:
    """A pattern of the whole numbers above this one, without leading zeros or with."""
    digits = str(number)
    larger = [rf"0*[1-9][0-9]{{{len(digits)},}}"]
    for place, digit in enumerate(digits):
        if digit != "9":
            larger.append(f"0*{digits[:place]}[{int(digit) + 1}-9][0-9]{{{len(digits) - place - 1}}}")
    return "|".join(larger)


def _told_width(text: pl.Series) -> int:
    """By the letters of the cells."""
    if text.str.contains(rf"{_REFERENCE}[A-Za-z]{{3}}").any():
        return 1 << 14
    wide = text.str.extract_all(rf"{_REFERENCE}[A-Za-z]{{2}}").explode().drop_nulls().unique()
    letters = wide.str.extract(r"([A-Za-z]{2})$").str.to_uppercase()
    return max((26 * (ord(pair[0]) - 64) + ord(pair[1]) - 64 for pair in letters), default=26)


def _bound_texts(archive: zipfile.ZipFile, sheet: pl.Series) -> None:
    """Texts are kept once and repeated in the cells: what they come to there is bound too."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return
    shared = _text(_unpacked(archive, "xl/sharedStrings.xml", _MOST_TEXTS))
    lengths = shared.str.split("</si>").explode().str.len_bytes()
    longest = lengths.max()
    uses = int(sheet.str.count_matches(r"\bt=[\"']s[\"']").sum())
    if int(longest if isinstance(longest, int) else 0) * uses <= 4 * _MOST_TEXTS:
        return
    places = sheet.str.extract_all(r"\bt=[\"']s[\"'][^>]*>\s*<(?:\w+:)?v>[0-9]{1,9}").explode()
    used = places.str.extract("([0-9]+)$").cast(pl.Int64).drop_nulls()
    inside = used.filter(used < len(lengths))
    if int(lengths.gather(inside).sum()) > 4 * _MOST_TEXTS:
        raise Unreadable(_TOO_LARGE)
