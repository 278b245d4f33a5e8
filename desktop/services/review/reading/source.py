"""A file's bytes, what nature they are of, and what lies in an archive: with limits set before memory is spent."""

import errno
import hashlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import IO, Final
from xml.parsers import expat

from desktop.services.problems import Remedy
from desktop.services.review.whole import Unreadable

MOST_BYTES: Final = 512 * 1024 * 1024
"""Of a file, and of what an archive holds: some two million lines of 24 columns."""
MOST_ENTRIES: Final = 1_000
MOST_DIRECTORY: Final = 1024 * 1024
"""Bytes of an archive's list of entries, which is read whole before the first of them."""
MOST_RATIO: Final = 300
"""How many times smaller than itself an entry may have been packed, once it is large; deflate reaches 1032."""
_LARGE: Final = 16 * 1024 * 1024
_PART: Final = 1024 * 1024
_READ: Final = 8 * _PART
_HEAD: Final = 64 * 1024
_TAIL: Final = 70_000
"""Where the end of a ZIP's list of entries stands, with the longest comment."""

_OF_SYSTEMS: Final = re.compile(r"(?:^|/)(?:__MACOSX/|(?:\.[^/]*|Thumbs\.db|desktop\.ini)$)")
"""What systems add to archives of their own accord."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY: Final = (
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"{\\rtf"),
    *(b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"MZ", b"\x7fELF", b"SQLite format 3"),
)
_BLANK: Final = b"\xef\xbb\xbf\xff\xfe \t\r\n\0"
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b")) + b"\x7f"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


class Nature(Enum):
    """What bytes are, told by the bytes alone: a file's name may say anything."""

    ZIP = "zip"
    """An archive that is no office document: `unzipped` gives what it holds."""
    XLSX = "xlsx"
    ODS = "ods"
    XLS = "xls"
    LOCKED = "locked"
    """An office document behind a password."""
    PDF = "pdf"
    XML = "xml"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Source:
    """A file as it lies on the disk: its last name, without folders, and its bytes. `of` is the archive it was in;
    `summed` is the SHA-256 of the bytes, where it is known already.

    (Without slots: the sum is made once, when first asked for.)
    """

    name: str
    data: bytes = field(repr=False)
    of: "Source | None" = field(default=None, repr=False)
    summed: str = field(default="", repr=False, compare=False)

    @cached_property
    def sha256(self) -> str:
        """By which the file is known for ever: of the archive, where it came in one."""
        return self.of.sha256 if self.of else self.summed or hashlib.sha256(self.data).hexdigest()


def load(path: Path) -> Source:
    """Reads a file whole. Raises `Unreadable` for what is no plain file, cannot be opened or is too large."""
    try:
        found = path.stat()  # before it is opened: a pipe would make us wait for ever
        if stat.S_ISDIR(found.st_mode):
            raise Unreadable("C’est un dossier\u00a0: donnez les fichiers qu’il contient.")
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("Ce n’est pas un fichier ordinaire\u00a0: copiez-le sur votre disque, puis réessayez.")
        _bound(found.st_size)
        with path.open("rb", buffering=0) as file:
            data, summed = _whole(file, found.st_size)
            while more := file.read(_PART):  # it grew meanwhile, or its size was not told
                data += more
                summed.update(more)
                _bound(len(data))
    except (OSError, ValueError) as error:
        raise Unreadable(_why(error), detail=type(error).__name__) from error
    return Source(path.name, data, summed=summed.hexdigest())


def _whole(file: io.FileIO, size: int) -> tuple[bytes, "hashlib._Hash"]:
    """The bytes and their sum, which is made of what was read while the rest is: with one more core it costs no time.
    (`BytesIO` gives its own bytes away without a copy.)"""
    summed, whole, at = hashlib.sha256(), io.BytesIO(bytes(size)), 0
    with ThreadPoolExecutor(1, "sum") as beside, whole.getbuffer() as view:
        while at < size and (count := file.readinto(view[at : at + _READ])):
            beside.submit(summed.update, view[at : at + count])
            at += count
    data = whole.getvalue()
    return data if at == size else data[:at], summed


def beginning(path: Path, count: int, *, beyond: int) -> Source | None:
    """The first bytes of a file of more than `beyond`, long before it is loaded; None for a shorter one, and where
    there is something wrong with it, which `load` will say."""
    with suppress(OSError, ValueError):
        found = path.stat()
        if stat.S_ISREG(found.st_mode) and beyond < found.st_size <= MOST_BYTES:
            with path.open("rb") as file:
                return Source(path.name, file.read(count))
    return None


def _bound(size: int) -> None:
    if size > MOST_BYTES:
        raise Unreadable(
            f"Ce fichier dépasse {MOST_BYTES // 1024**2}\u00a0Mo\u00a0: demandez-le en plusieurs périodes.",
            Remedy.EDIT,
        )


def _why(error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOENT:
        return "Ce fichier n’existe plus à cet endroit\u00a0: retrouvez-le, puis réessayez."
    if number == errno.ELOOP:
        return "Ce raccourci tourne en rond\u00a0: donnez le fichier lui-même."
    if number in (errno.EACCES, errno.EPERM):
        return "Vous n’avez pas le droit de lire ce fichier\u00a0: copiez-le dans vos documents, puis réessayez."
    return "Ce fichier ne peut pas être lu\u00a0: fermez-le s’il est ouvert ailleurs, puis réessayez."


# What it is


def nature(source: Source) -> Nature:
    """Told from the first bytes (and, for archives and old office documents, from what they hold). Never raises."""
    data = source.data
    if not data[:_HEAD].strip(_BLANK) and not data.strip(_BLANK):
        return Nature.EMPTY
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _office_nature(source)
    if data.startswith(_OLE):
        return Nature.LOCKED if "EncryptedPackage".encode("utf-16-le") in data else Nature.XLS
    if b"%PDF-" in data[:1024]:
        return Nature.PDF
    if _is_markup(data):
        return Nature.XML
    return Nature.TEXT if _is_text(data) else Nature.UNKNOWN


def _office_nature(source: Source) -> Nature:
    """XLSX and ODS are archives too, told by their first entries."""
    try:
        with _archive(source) as archive:
            names = archive.namelist()
            if any(name.startswith("xl/") for name in names) and "[Content_Types].xml" in names:
                return Nature.XLSX
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mime = archive.read("mimetype")
                return Nature.ODS if b"opendocument.spreadsheet" in mime else Nature.UNKNOWN
            return Nature.UNKNOWN if "[Content_Types].xml" in names else Nature.ZIP
    except (Unreadable, *_BROKEN):
        return Nature.ZIP  # `unzipped` says what is wrong with it


def _is_markup(data: bytes) -> bool:
    head = _decoded_head(data).lstrip("\ufeff \t\r\n")
    return re.match(r"<(?:\?xml\b|!DOCTYPE\b|!--|[A-Za-z_][\w.-]*(?::[\w.-]+)?[\s/>])", head, re.IGNORECASE) is not None


def _decoded_head(data: bytes) -> str:
    head = data[:1024]
    if head.startswith(_UTF16):
        return head.decode("utf-16", errors="replace")
    if head[:4] in (b"<\0?\0", b"\0<\0?"):
        return head.decode("utf-16-le" if head.startswith(b"<") else "utf-16-be", errors="replace")
    return head.decode("latin-1").removeprefix("ï»¿")


def _is_text(data: bytes) -> bool:
    """UTF-16 (with or without a mark), or nearly no control bytes: a few NUL bytes do not make a table unreadable."""
    head = data[:_HEAD]
    if head.startswith(_UTF16):
        return True
    if head.startswith(_BINARY):
        return False
    zeros = head.count(0)
    if zeros * 5 > len(head) * 2 and max(head[::2].count(0), head[1::2].count(0)) >= zeros * 0.95:
        return True
    return len(head) - len(head.translate(None, _CONTROLS)) <= len(head) * 0.05


# Archives

_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    UnicodeError,
)
"""What the standard library raises on a damaged, locked or strange archive."""


class _Guarded(io.BytesIO):
    """Refuses the one read that a hostile archive could make as long as it likes: that of its list of entries."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = len(self.getbuffer()) - self.tell() if size is None or size < 0 else size
        if wanted > max(MOST_DIRECTORY, _TAIL):
            raise Unreadable(
                "Cette archive annonce trop de fichiers\u00a0: décompressez-la, puis donnez le bon fichier."
            )
        return super().read(size)


def _archive(source: Source) -> zipfile.ZipFile:
    return zipfile.ZipFile(_Guarded(source.data))


def unzipped(source: Source) -> Source:
    """The one file of an archive that can be read: the BPIJ data file where there is one, else the only file.

    Paths inside the archive are never used; nothing is written. The answer keeps the archive's name and sum. Raises
    `Unreadable` for an archive that is damaged, locked, nested, oversized, empty or of several files.
    """
    try:
        with _archive(source) as archive:
            inner = Source(source.name, _content(archive, _chosen(archive, _entries(archive))), of=source)
    except _BROKEN as error:
        raise Unreadable(
            "Cette archive est abîmée ou incomplète\u00a0: téléchargez-la de nouveau, puis réessayez.",
            detail=type(error).__name__,
        ) from error
    if nature(inner) is Nature.ZIP:
        raise Unreadable("Cette archive en contient une autre\u00a0: décompressez-la, puis donnez le fichier lui-même.")
    return inner


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """What a person put there, within the limits."""
    listed = archive.infolist()
    if len(listed) > MOST_ENTRIES:
        raise Unreadable(
            "Cette archive contient trop de fichiers\u00a0: décompressez-la, puis donnez le bon fichier.",
            detail=f"{len(listed)} entries",
        )
    if sum(entry.file_size for entry in listed) > 2 * MOST_BYTES:
        raise Unreadable(_TOO_LARGE, Remedy.EDIT)
    kept = [each for each in listed if not each.is_dir() and each.file_size and not _OF_SYSTEMS.search(each.filename)]
    if not kept:
        raise Unreadable("Cette archive ne contient aucun fichier\u00a0: téléchargez-la de nouveau.")
    return kept


def _chosen(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    heads = [(entry, _head(archive, entry)) for entry in entries]
    data_files = [entry for entry, head in heads if is_bpij(head)]
    if len(data_files) == 1 and all(entry is data_files[0] or _is_markup(head) for entry, head in heads):
        return data_files[0]  # beside its envelope; a table beside it would go unread
    data_files = [entry for entry, head in heads if is_bpij(head) or not _is_markup(head)]
    if len(entries) > 1:
        raise Unreadable(
            f"Cette archive contient {len(data_files or entries)} fichiers à lire\u00a0: "
            "décompressez-la, puis donnez-les ensemble."
        )
    return entries[0]


def _head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    _admit(entry)
    with archive.open(entry) as file:
        return file.read(_HEAD)


def _admit(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise Unreadable(
            "Cette archive est protégée par un mot de passe\u00a0: décompressez-la, puis donnez le fichier."
        )
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable(
            "Cette archive est d’un format que Volet ne lit pas\u00a0: décompressez-la, puis donnez le fichier.",
            detail=f"method {entry.compress_type}",
        )
    if entry.file_size > MOST_BYTES:
        raise Unreadable(_TOO_LARGE, Remedy.EDIT)
    if entry.file_size > _LARGE and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
        raise Unreadable(
            "Cette archive grossit démesurément quand on l’ouvre\u00a0: elle n’est sans doute pas ce qu’elle dit. "
            "Téléchargez-la de nouveau depuis le site d’origine.",
            detail="ratio",
        )


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Whole, within what the archive said of it: an entry that lies is damaged."""
    whole = io.BytesIO()
    with archive.open(entry) as file:
        for part in _parts(file):
            whole.write(part)
            if whole.tell() > min(entry.file_size, MOST_BYTES):
                raise Unreadable(_TOO_LARGE, Remedy.EDIT)
    return whole.getvalue()


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(_PART):
        yield part


_TOO_LARGE: Final = (
    f"Cette archive dépasse {MOST_BYTES // 1024**2}\u00a0Mo une fois ouverte\u00a0: demandez-la en plusieurs périodes."
)


# BPIJ


def is_bpij(head: bytes) -> bool:
    """Whether these first bytes begin an XML document whose root is BPIJ, or says Nature="BPIJ"."""
    found: list[str] = []

    def root(name: str, attributes: dict[str, str]) -> None:
        found.append("BPIJ" if name.rpartition(":")[2] == "BPIJ" else attributes.get("Nature", ""))
        parser.StartElementHandler = None

    parser = expat.ParserCreate()
    parser.StartElementHandler = root
    with suppress(expat.ExpatError, LookupError, ValueError):  # what follows the root does not matter here
        parser.Parse(head)
    return found == ["BPIJ"]
