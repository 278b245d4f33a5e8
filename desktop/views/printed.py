"""The text of a PDF, page by page, for the readers of allowance files. Any thread may ask; nothing is shown."""

import re
import time
import zlib
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtPdf import QPdfDocument

from desktop.services.problems import Remedy
from desktop.services.review.whole import Unreadable

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_PAGES: Final = 5_000
MOST_LETTERS: Final = 20_000_000
MOST_UNPACKED: Final = 256 * 1024 * 1024
"""Of all compressed streams together: a page of text takes some ten thousand bytes."""
MOST_SECONDS: Final = 30.0
_PART: Final = 1024 * 1024

_STREAM: Final = re.compile(rb"stream\r?\n")
_PACKED_TWICE: Final = re.compile(rb"/(?:Filter|F)\s*\[[^\]]{0,200}(?:Flate|Fl|LZW)[^\]]{0,200}(?:Flate|Fl|LZW)")
_SPLIT: Final = "Demandez-le en plusieurs périodes, ou donnez le fichier CSV ou XLSX."


def printed_text(data: bytes) -> tuple[str, ...]:
    """What is printed on each page, in reading order, lines apart. Raises `Unreadable` for what is no PDF, is locked,
    or is beyond the limits."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"Ce PDF dépasse {MOST_BYTES // 1024**2}\u00a0Mo. {_SPLIT}", Remedy.EDIT)
    _unpack_within_limits(data)
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    try:
        document.load(buffer)
        _admit(document)
        return _pages(document)
    finally:
        document.close()
        buffer.close()


def _admit(document: QPdfDocument) -> None:
    if document.error() is QPdfDocument.Error.IncorrectPassword:
        raise Unreadable("Ce PDF est protégé par un mot de passe\u00a0: enregistrez-le sans, puis réessayez.")
    if document.status() is not QPdfDocument.Status.Ready:
        raise Unreadable("Ce PDF est abîmé ou incomplet\u00a0: téléchargez-le de nouveau, puis réessayez.")
    if document.pageCount() > MOST_PAGES:
        raise Unreadable(f"Ce PDF compte plus de cinq mille pages. {_SPLIT}", Remedy.EDIT)


def _pages(document: QPdfDocument) -> tuple[str, ...]:
    pages: list[str] = []
    letters, until = 0, time.monotonic() + MOST_SECONDS
    for number in range(document.pageCount()):
        pages.append(document.getAllText(number).text())
        letters += len(pages[-1])
        if letters > MOST_LETTERS or time.monotonic() > until:
            raise Unreadable(f"Ce PDF est trop long à lire (arrêté à la page {number + 1}). {_SPLIT}", Remedy.EDIT)
    return tuple(pages)


def _unpack_within_limits(data: bytes) -> None:
    """Looks how large the streams grow before the library unpacks them. Raises `Unreadable`."""
    bomb = Unreadable("Ce PDF grossit démesurément quand on l’ouvre\u00a0: il n’est pas lu. Téléchargez-le de nouveau.")
    if _PACKED_TWICE.search(data):
        raise bomb
    total = 0
    for found in _STREAM.finditer(data):
        unpacker, rest = zlib.decompressobj(), data[found.end() : found.end() + _PART]
        place = found.end() + len(rest)
        try:
            while rest and not unpacker.eof:
                total += len(unpacker.decompress(rest, _PART))
                rest = unpacker.unconsumed_tail
                if not rest:
                    rest = data[place : place + _PART]
                    place += len(rest)
                if total > MOST_UNPACKED:
                    raise bomb
        except zlib.error:
            continue
