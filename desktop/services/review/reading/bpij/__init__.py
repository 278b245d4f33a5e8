"""BPIJ as the Assurance maladie's machines send it: XML, alone or in its ZIP, of any size and with any prefix.

Names and meaning of the elements come from the public sources of insurers' systems that read this flow; the order of
elements inside their parent is free.
"""

from codecs import getincrementaldecoder
from re import compile as pattern
from typing import Final

from desktop.services.review.reading.bpij.document import Document
from desktop.services.review.reading.bpij.lines import controls, frame
from desktop.services.review.reading.source import Nature, Source, nature, unzipped
from desktop.services.review.whole import FileKind, ReadFile, Unreadable

_PART: Final = 1024 * 1024
_DECLARED: Final = pattern(rb"""^[\xef\xbb\xbf\s]*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]{1,40})["']""")
_LATIN: Final = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin-1", "latin1"), "iso-8859-1"),
    **dict.fromkeys(("iso-8859-15", "windows-1252", "cp1252"), "windows-1252"),
}
"""Declared so, and what it is read in: for letters, Windows-1252 covers ISO-8859-15."""


def read(source: Source) -> ReadFile:
    """Reads an XML document, or the one in a ZIP. `line` is the place of the `Prestation` or `Indu` among them all,
    from 1. Raises `Unreadable`."""
    inner = unzipped(source) if nature(source) is Nature.ZIP else source
    data, encoding, note = _encoded(inner.data)
    document = Document(data)
    document.follow(encoding)
    return ReadFile(
        name=source.name,
        sha256=source.sha256,
        kind=FileKind.BPIJ_XML,
        frame=frame(document),
        rejected=tuple(document.rejected),
        controls=controls(document),
        notes=(*document.notes(), *([note] if note else [])),
    )


def _encoded(data: bytes) -> tuple[bytes, str, str]:
    """The bytes, the encoding they are truly in, and what to tell where the declaration says another."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:4] in (b"<\0?\0", b"\0<\0?"):
        wide = "utf-16" if data[0] in b"\xff\xfe" else "utf-16-le" if data[0] else "utf-16-be"
        try:
            return data.decode(wide).encode(), "utf-8", ""
        except UnicodeError as error:
            sentence = "Ce fichier XML est abîmé (UTF-16)\u00a0: téléchargez-le de nouveau, puis réessayez."
            raise Unreadable(sentence) from error
    found = _DECLARED.match(data[:1024])
    declared = found.group(1).decode("ascii").lower() if found else "utf-8"
    if data.isascii():
        return data, "utf-8", ""
    if _is_utf8(data):
        note = f"Le fichier se dit en {declared}, mais il est en UTF-8\u00a0: il a été lu ainsi."
        return data, "utf-8", note if declared != "utf-8" else ""
    if declared in _LATIN:
        return data, _LATIN[declared], ""
    note = f"Le fichier se dit en {declared}, mais il ne l’est pas\u00a0: il a été lu en Windows-1252."
    return data, "windows-1252", note


def _is_utf8(data: bytes) -> bool:
    decoder = getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _PART):
            decoder.decode(view[start : start + _PART])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
