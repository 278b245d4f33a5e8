"""A line of a kept file as it stands there, found again in the original bytes."""

import io
import itertools
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from python_calamine import CalamineWorkbook

from desktop.services.review.reading.source import Nature, Source, nature, unzipped
from desktop.services.review.reading.table.encoding import encoding_of, slices, unified
from desktop.services.review.reading.workbook.sheets import listed, measured
from desktop.services.review.whole import FileKind, PrintedText, Unreadable

MOST: Final = 8_192
"""Characters of a line that are given."""
_MOST_LINES: Final = 200
_MARKUP: Final = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<(?:[^\s<>/:!?]+:)?((?i:Prestation|Indu))(?=[\s/>])", re.DOTALL
)
_RETURNS: Final = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]|\n")
_ROWS: Final = 80


@dataclass(frozen=True, slots=True)
class RawLine:
    """`text` is what the file says there, untouched; `place` says where, in French: « ligne 12 »."""

    line: int
    text: str
    place: str


def found(
    source: Source, kind: FileKind, line: int, headings: frozenset[str], printed_text: PrintedText | None
) -> RawLine | None:
    """The line of that number (from 1); None when the file has none. `headings` tell which sheet of a workbook was
    read. Raises `Unreadable`: a PDF without `printed_text`."""
    if line < 1:
        return None
    inner = unzipped(source) if nature(source) is Nature.ZIP else source
    if kind is FileKind.BPIJ_XML:
        return _element(inner.data, line)
    if kind in (FileKind.XLSX, FileKind.PORTAL_XLSX):
        return _row(inner.data, line, headings)
    if kind in (FileKind.BPIJ_PDF, FileKind.PORTAL_PDF):
        if printed_text is None:
            raise Unreadable("Les PDF ne peuvent pas être lus ici\u00a0: ouvrez ce fichier dans la fenêtre de Volet.")
        return _printed(printed_text(inner.data), line)
    return _text(inner.data, line)


def _text(data: bytes, line: int) -> RawLine | None:
    """A line of a table, with those below that a quote joins to it."""
    before, rest = 0, b""
    for piece in slices(data, encoding_of(data)):
        part = unified(piece) if b"\r" in piece else piece
        count = part.count(b"\n")
        if rest:
            rest += part
        elif before + count >= line:
            rest = _behind(part, line - 1 - before)
        before += count
        if rest.count(b"\n") > _MOST_LINES or (rest and rest[: rest.find(b"\n")].count(b'"') % 2 == 0):
            break
    if not rest:
        return None
    lines = rest.split(b"\n", _MOST_LINES + 1)[:-1]
    text = _joined(lines).decode("utf-8", "replace")
    return RawLine(line, text[:MOST], f"ligne {line}")


def _behind(part: bytes, lines: int) -> bytes:
    at = 0
    for _ in range(lines):
        at = part.find(b"\n", at) + 1
    return part[at:]


def _joined(lines: Sequence[bytes]) -> bytes:
    """The first line, up to where its quotes are closed; it alone where they never are."""
    quotes = 0
    for place, one in enumerate(lines):
        quotes += one.count(b'"')
        if quotes % 2 == 0:
            return b"\n".join(lines[: place + 1])
    return lines[0]


def _element(data: bytes, line: int) -> RawLine | None:
    """The `Prestation` or `Indu` of that number in the document."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
    elif data[:4] in (b"<\0?\0", b"\0<\0?"):
        data = data.decode("utf-16-le" if data[0] else "utf-16-be", "replace").encode()
    count = 0
    for tag in _MARKUP.finditer(data):
        if tag[1] is None:
            continue
        count += 1
        if count == line:
            text = _whole(data, tag.start(), tag[1])[: 4 * MOST].decode(_encoding(data), "replace")
            return RawLine(line, text[:MOST], f"élément {tag[1].decode()} n°\u00a0{line}")
    return None


def _whole(data: bytes, start: int, name: bytes) -> bytes:
    """An element up to its own end."""
    opened = data.find(b">", start) + 1
    if data[opened - 2 : opened - 1] == b"/":
        return data[start:opened]
    end = re.compile(rb"</(?:[^\s<>/:]+:)?" + name + rb"\s*>").search(data, opened)
    return data[start : end.end()] if end else data[start:]


def _encoding(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _row(data: bytes, line: int, headings: frozenset[str]) -> RawLine | None:
    """A row of the sheet that was read: the first one, hidden ones last, with those headings among its first rows."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for sheet in sorted(listed(data), key=lambda one: one.hidden):
        with suppress(Unreadable):
            measured(data, sheet)
            opened = book.get_sheet_by_index(sheet.place)
            if any(headings <= set(map(_cell, row)) for row in itertools.islice(opened.iter_rows(), _ROWS)):
                row = next(itertools.islice(opened.iter_rows(), line - 1, None), None)
                where = f"ligne {line} de la feuille «\u00a0{sheet.name}\u00a0»"
                return None if row is None else RawLine(line, " ; ".join(map(_cell, row))[:MOST], where)
    return None


def _cell(value: object) -> str:
    """As a person sees it, save for formats: whole numbers without decimals, the rest as it is kept."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).replace("\r\n", " ").replace("\n", " ").strip()


def _printed(pages: Sequence[str], line: int) -> RawLine | None:
    before = 0
    for number, page in enumerate(pages, 1):
        lines = _RETURNS.split(page)
        if line <= before + len(lines):
            return RawLine(line, lines[line - 1 - before][:MOST], f"page {number}, ligne {line - before}")
        before += len(lines)
    return None
