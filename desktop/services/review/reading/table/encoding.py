"""The bytes of a text as slices of whole lines in UTF-8, whatever it was written in: a slice at a time, so that a file
of hundreds of megabytes is never in memory twice."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from desktop.services.review.whole import Unreadable

SLICE = 12 * 1024 * 1024
"""Bytes: large enough for the reader to be at full speed, small enough to leave memory alone."""
HEAD = 256 * 1024
"""Bytes among which the headings are looked for."""
_HEAD = 64 * 1024
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

_UNMAPPED = {code: code - 0xDC00 for code in range(0xDC80, 0xDD00)}
"""What Windows-1252 has no letter for, as the control characters of Latin-1."""
_STRAYS = {code: bytes([code - 0xDC00]).decode("cp1252", "replace") for code in range(0xDC80, 0xDD00)}
"""Bytes of Windows-1252 that stand in a text of UTF-8."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """`codec` of Python; `mark` bytes to leave out at the head; `mixed` when bytes of Windows-1252 stand in UTF-8."""

    codec: str
    mark: int = 0
    mixed: bool = False

    @property
    def name(self) -> str:
        """As a French sentence names it."""
        named = {"utf-8": "UTF-8", "cp1252": "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}[self.codec]
        return f"{named} et Windows-1252 mêlés" if self.mixed else named


def encoding_of(data: bytes, *, wholly: bool = True) -> Encoding:
    """By its mark, by its zeros, or else UTF-8 where it is valid and Windows-1252 where it is not. If not `wholly`,
    only the beginning is looked at: the rest may turn out not to be valid."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _checked(data, Encoding(codec, len(mark)), wholly=wholly)
    head = data[:_HEAD]
    if len(head) >= 4 and head.count(0) > len(head) // 4:
        even, odd = head[::2].count(0), head[1::2].count(0)
        if min(even, odd) * 8 < max(even, odd):
            return Encoding("utf-16-le" if odd > even else "utf-16-be")
    return _checked(data, Encoding("utf-8"), wholly=wholly)


def _checked(data: bytes, told: Encoding, *, wholly: bool) -> Encoding:
    """UTF-8 that is not valid is another encoding, or two of them in one file."""
    if told.codec != "utf-8":
        return told
    sound = stray = 0
    for part in _parts(data if wholly else data[: data.rfind(b"\n", 0, _HEAD) + 1], told.mark):
        if part.isascii() or _is_sound(part):
            continue
        text = part.decode("utf-8", "surrogateescape")
        stray += len(part) - len(text.encode("utf-8", "ignore"))
        sound += len(part) - len(text)
    if not stray:
        return told
    return Encoding("utf-8", told.mark, mixed=True) if told.mark or sound > stray else Encoding("cp1252")


def _is_sound(part: bytes) -> bool:
    try:
        pl.Series([part], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return False
    return True


def slices(data: bytes, encoding: Encoding) -> Iterator[bytes]:
    """The text in UTF-8, cut behind line ends, one behind the last line too. Line ends are line feeds, unless the slice
    begins and ends with pairs, which it may then not be made of throughout. Raises `Unreadable` for a line longer than
    a slice."""
    if encoding.codec.startswith("utf-16"):
        parts = _wide(data, encoding)
    elif encoding.codec == "cp1252":
        parts = (_from_windows(part) for part in _parts(data, encoding.mark))
    elif encoding.mixed:
        parts = (_unmixed(part) for part in _parts(data, encoding.mark))
    else:
        parts = _parts(data, encoding.mark)
    for part in parts:
        ended = part if b"\r" not in part or _seems_paired(part) else unified(part)
        yield ended if ended.endswith(b"\n") else ended + b"\n"


def _seems_paired(part: bytes) -> bool:
    """By its end and as much of its beginning as the headings are looked for in: this is cheaper than all of it."""
    head = part[:HEAD]
    return part.endswith(b"\r\n") and head.count(b"\r\n") == head.count(b"\n") == head[:-1].count(b"\r")


def unified(part: bytes) -> bytes:
    """With line feeds only."""
    return part.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _from_windows(part: bytes) -> bytes:
    if part.isascii():
        return part
    return part.decode("cp1252", "surrogateescape").translate(_UNMAPPED).encode()


def _unmixed(part: bytes) -> bytes:
    return part if part.isascii() else part.decode("utf-8", "surrogateescape").translate(_STRAYS).encode()


def _parts(data: bytes, start: int) -> Iterator[bytes]:
    """Cut behind a line feed, or behind a carriage return where there is none."""
    while start < len(data):
        end = start + SLICE
        if end < len(data):
            end = data.rfind(b"\n", start, end) + 1 or _behind_return(data, start, end)
        yield data[start:end]
        start = end


def _behind_return(data: bytes, start: int, end: int) -> int:
    found = data.rfind(b"\r", start, end - 1) + 1
    if not found:
        raise Unreadable(
            "Ce fichier n’est pas un tableau\u00a0: une de ses lignes est démesurée. Vérifiez que c’est le bon."
        )
    return found


def _wide(data: bytes, encoding: Encoding) -> Iterator[bytes]:
    """UTF-16, a slice at a time: what follows the last line end waits for the next one."""
    decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
    rest = ""
    for start in range(encoding.mark, len(data), SLICE):
        last = start + SLICE >= len(data)
        text = rest + decoder.decode(data[start : start + SLICE], final=last)
        cut = len(text) if last else max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
        if not cut and len(text) > SLICE:
            _behind_return(b"", 0, 0)
        rest = text[cut:]
        if cut:
            yield text[:cut].encode("utf-8", "replace")
