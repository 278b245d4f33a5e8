"""One encrypted file of several sections, each readable alone: AES-256-GCM in chunks, under a key of the file's own.

In clear stand a mark, a salt, a sum by which a wrong key is told from damage, and the sections' lengths; all of it is
authenticated with every chunk. A chunk's nonce is its section, its number and whether it is the last: none can be left
out, moved, repeated or brought from another file without being found out. The key of a file comes from the folder's key
and the salt, so that no nonce is ever used twice under one key.
"""

import errno
import hmac
import io
import os
import struct
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop.services import cipher
from desktop.services.problems import Remedy, StoreFault

CHUNK: Final = 1024 * 1024
"""Bytes of a section that are sealed together."""
_TAG: Final = 16
_SALT: Final = 32
_MARK: Final = b"VOLETIJ\x01"
_MOST_SECTIONS: Final = 8
_LONGEST: Final = 1 << 40

Bytes = bytes | memoryview


def derived(key: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    """32 bytes for one purpose, from a key that is never used itself (HKDF-SHA256, RFC 5869)."""
    if len(key) != 32:
        raise ValueError("a key is 32 bytes")
    return HKDF(SHA256(), 32, salt, f"volet review {purpose}".encode()).derive(key)


def seal(path: Path, key: bytes, sections: Sequence[Bytes]) -> None:
    """Writes the sections aside, for the owner's eyes alone, has them reach the disk, and puts them in their place: a
    cut at any moment leaves the whole file or none. Raises `StoreFault`."""
    aside = path.with_name(f"{path.name}.new")
    try:
        try:
            file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(file, "wb") as stream:
                for part in _sealed(key, sections):
                    stream.write(part)
                stream.flush()
                settle(stream.fileno())
            aside.replace(path)
            settle_folder(path.parent)
        except BaseException:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise fault(error) from error


def _sealed(key: bytes, sections: Sequence[Bytes]) -> Iterator[bytes]:
    salt = os.urandom(_SALT)
    lengths = struct.pack(f">B{len(sections)}Q", len(sections), *map(len, sections))
    head = _MARK + salt + _sum(key, salt) + lengths
    yield head
    of_file = AESGCM(derived(key, "file", salt))
    for place, section in enumerate(sections):
        view = memoryview(section)
        for number, last in _chunks(len(view)):
            yield of_file.encrypt(_nonce(place, number, last), view[number * CHUNK : (number + 1) * CHUNK], head)


def _chunks(length: int) -> Iterator[tuple[int, bool]]:
    """The number of each chunk and whether it is the last; an empty section has one too."""
    count = max(1, -(-length // CHUNK))
    return ((number, number == count - 1) for number in range(count))


def _nonce(section: int, number: int, last: bool) -> bytes:
    return struct.pack(">BxxQ?", section, number, last)


def _sum(key: bytes, salt: bytes) -> bytes:
    return derived(key, "which key", salt)[:_TAG]


class Sealed:
    """A file that `seal` wrote, open for reading. Raises `StoreFault`: not there, of another key, damaged."""

    def __init__(self, path: Path, key: bytes) -> None:
        try:
            self._file: IO[bytes] = path.open("rb")
        except OSError as error:
            raise fault(error) from error
        try:
            self._head, self._lengths = self._begun(key)
            self._cipher = AESGCM(derived(key, "file", self._head[len(_MARK) :][:_SALT]))
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        self._file.close()

    def _begun(self, key: bytes) -> tuple[bytes, tuple[int, ...]]:
        fixed = self._read(len(_MARK) + _SALT + _TAG + 1)
        count = fixed[-1] if len(fixed) == len(_MARK) + _SALT + _TAG + 1 else 0
        if not fixed.startswith(_MARK) or not 0 < count <= _MOST_SECTIONS:
            raise damaged()
        salt, told = fixed[len(_MARK) :][:_SALT], fixed[-1 - _TAG : -1]
        if not hmac.compare_digest(told, _sum(key, salt)):
            raise wrong_key()
        lengths = self._read(8 * count)
        if len(lengths) != 8 * count:
            raise damaged()
        return fixed + lengths, struct.unpack(f">{count}Q", lengths)

    def section(self, place: int) -> bytes:
        """A section whole."""
        whole = io.BytesIO()
        for chunk in self.chunks(place):
            whole.write(chunk)
        return whole.getvalue()

    def chunks(self, place: int) -> Iterator[bytes]:
        """A section, chunk by chunk; only what is asked for is read."""
        if place >= len(self._lengths) or max(self._lengths) > _LONGEST:
            raise damaged()
        before = sum(length + _TAG * (max(1, -(-length // CHUNK))) for length in self._lengths[:place])
        self._seek(len(self._head) + before)
        left = self._lengths[place]
        for number, last in _chunks(left):
            size = min(CHUNK, left)
            left -= size
            try:
                yield self._cipher.decrypt(_nonce(place, number, last), self._read(size + _TAG), self._head)
            except InvalidTag:
                raise damaged() from None

    def _read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise fault(error) from error

    def _seek(self, place: int) -> None:
        try:
            self._file.seek(place)
        except OSError as error:
            raise fault(error) from error


# The disk


def settle(file: int) -> None:
    """Returns once what was written is on the disk itself."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(file, fcntl.F_FULLFSYNC)
    else:
        os.fsync(file)


def settle_folder(folder: Path) -> None:
    """The same for the names in a folder, where the system lets it be asked."""
    if sys.platform != "win32":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def since(path: Path) -> datetime:
    """When a file was written, in UTC; the earliest there is where the disk does not say."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)


def fault(error: OSError) -> StoreFault:
    """What the system says of a kept file."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return cipher.full_disk()
    if isinstance(error, FileNotFoundError):
        return gone()
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return cipher.read_only()
    return StoreFault(
        "Le disque a refusé une lecture ou une écriture. Ce qui était gardé avant n’est pas perdu.",
        Remedy.RETRY,
        "review disk",
    )


def damaged() -> StoreFault:
    return StoreFault(
        "Ce fichier gardé est abîmé sur le disque\u00a0: il ne s’ouvre plus. Les autres n’en souffrent pas. Effacez-le "
        "de la liste, puis importez-le de nouveau depuis l’original.",
        Remedy.RETRY,
        "review file damaged",
    )


def wrong_key() -> StoreFault:
    return StoreFault(
        "Ce fichier gardé a été chiffré avec une autre clé que celle du trousseau de cet ordinateur. Il est "
        "intact\u00a0: il s’ouvrira avec le trousseau d’origine.",
        Remedy.ASK_SUPPORT,
        "review file wrong-key",
    )


def gone() -> StoreFault:
    return StoreFault(
        "Ce fichier gardé n’est plus sur le disque. Effacez-le de la liste, puis importez-le de nouveau depuis "
        "l’original.",
        Remedy.RETRY,
        "review file gone",
    )
