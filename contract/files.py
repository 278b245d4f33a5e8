"""Names and kinds of files from outside: rebuilt and recognised, never trusted. Pure; reads no file."""

import io
import re
import unicodedata
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Final

from contract.limits import MEDIA_TYPES, NAME_BYTES

TEXT: Final = "text/plain"
_TEXTS: Final = frozenset({TEXT, "text/csv"})

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_MEMBERS: Final = 2_000
_UNPACKED: Final = 50 * 1024 * 1024
_RATIO: Final = 200

_FORBIDDEN: Final = frozenset('<>:"/\\|?*')
_RESERVED: Final = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [device + digit for device in ("COM", "LPT") for digit in "0123456789¹²³"]
)
"""Names that Windows gives to devices, whatever follows a dot."""


def media_type(name: str) -> str | None:
    """The media type that the ending promises; None for an ending that may not be attached."""
    return MEDIA_TYPES.get(PurePosixPath(name.lower()).suffix)


def agrees(name: str, recognised: str | None) -> bool:
    """Whether the ending promises what the content is. Content alone does not tell a CSV from another text."""
    promised = media_type(name)
    return promised is not None and (promised == recognised or (recognised == TEXT and promised in _TEXTS))


# What a content is


def recognise(content: bytes) -> str | None:
    """The media type of a whole file by its content; None for what may not be attached."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return TEXT if _is_text(content) else None


def _office(content: bytes) -> str | None:
    # The directory is counted before it is read: reading 100,000 members takes a second, and what the archive says
    # their number to be may be a lie.
    if content.count(_DIRECTORY_ENTRY) > _MEMBERS:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if len(members) > _MEMBERS or unpacked > _UNPACKED or unpacked > _RATIO * len(content):
                return None
            return _office_kind(archive, [member.filename for member in members])
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        return None


def _office_kind(archive: zipfile.ZipFile, names: list[str]) -> str | None:
    if names and names[0] == "mimetype" and archive.getinfo("mimetype").file_size <= 100:
        kind = archive.read("mimetype").decode("ascii", "replace").strip()
        return kind if kind == MEDIA_TYPES[".odt"] else None
    if "[Content_Types].xml" not in names:
        return None
    if any(name.startswith("word/") for name in names):
        return MEDIA_TYPES[".docx"]
    if any(name.startswith("xl/") for name in names):
        return MEDIA_TYPES[".xlsx"]
    return None


def _is_text(content: bytes) -> bool:
    """UTF-8 or, as French Windows writes, code page 1252; no control character but tab and line ends."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            return False
    return bool(text) and not _CONTROL.search(text)


# What a file may be called


def safe_name(name: str) -> str:
    """A name for this computer, built from what was sent: one component, without invisible, bidirectional or forbidden
    characters, not a device of Windows, with an ending that may be attached (else `.bin`), at most 120 bytes of UTF-8.

    Applied twice it changes nothing more."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join("_" if char in _FORBIDDEN else char for char in last if unicodedata.category(char)[0] != "C")
    words = unicodedata.normalize("NFC", " ".join(kept.split())).strip(" .")
    stem, ending = _split(words)
    stem = _neutral(stem)
    while len(stem.encode()) + len(ending) > NAME_BYTES:
        stem = stem[:-1]
    stem = unicodedata.normalize("NFC", stem).strip(" .") or "fichier"
    if stem.split(".")[0].strip().upper() in _RESERVED:
        stem = f"_{stem}"
    return stem + ending


def _split(name: str) -> tuple[str, str]:
    """The stem, and the ending when it may be attached; else the whole as stem, and `.bin`."""
    stem, dot, ending = name.rpartition(".")
    if dot and f".{ending.lower()}" in MEDIA_TYPES:
        return stem, f".{ending.lower()}"
    if dot and ending.lower() == "bin":
        return stem, ".bin"
    return name, ".bin"


def _neutral(stem: str) -> str:
    """Dots inside become `_`, so that no other ending hides before the true one (`facture.exe.pdf`)."""
    return stem.strip(" .").replace(".", "_")
