"""How our encrypted files are opened, and what disk, file or key can do to them: each its own `StoreFault`.

SQLite3 Multiple Ciphers, chacha20 with a raw 256-bit key: every page is authenticated when it is read, so that damage
is an error and never wrong data.
"""

import errno
import hashlib
import hmac
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from desktop.services.problems import Remedy, StoreFault

_CACHE_KIB = 65_536
_OURS = bytes((0x40, 0x20, 0x20))
"""Bytes 21 to 23 of every SQLite file, which the cipher leaves in clear."""


def connect(path: Path, key: bytes, *, reading: bool = False, vfs: str | None = None) -> apsw.Connection:
    """A connection ready for use. `reading` makes it refuse to write. Raises `StoreFault`."""
    if len(key) != 32:
        raise ValueError("the key of an encrypted file is 32 bytes")
    if not reading:
        keep_private(path)
    with faults():
        flags = apsw.SQLITE_OPEN_READWRITE | (0 if reading else apsw.SQLITE_OPEN_CREATE)
        db = apsw.Connection(str(path), flags=flags, vfs=vfs, statementcachesize=200)
        try:
            _unlock(db, key)
            _settle(db, reading)
        except BaseException:
            db.close()
            raise
    return db


def keep_private(path: Path) -> None:
    """Readable by its owner alone, made so when it is not there yet. What SQLite puts beside a file has its mode. Never
    opened when it is there: closing it would let go of SQLite's locks."""
    with suppress(OSError):  # whoever opens it next tells what is wrong with it
        if not path.exists():
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            return
        for tail in ("", "-wal", "-shm"):
            part = path.with_name(path.name + tail)
            if part.exists() and part.stat().st_mode & 0o077:
                part.chmod(0o600)


def create(path: Path, key: bytes, fill: Callable[[apsw.Connection], None], *, vfs: str | None = None) -> None:
    """Makes a new file aside and puts it in its place whole: a power cut at the first start leaves no half of one."""
    aside = path.with_name(f"{path.name}.new")
    try:
        for tail in ("", "-wal", "-shm", "-journal"):
            aside.with_name(aside.name + tail).unlink(missing_ok=True)
        with faults():
            db = connect(aside, key, vfs=vfs)
            try:
                fill(db)
            finally:
                db.close()
        aside.replace(path)
        if sys.platform != "win32":
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
    except OSError as error:
        raise _of_system(error) from error


def open_whole(path: Path, key: bytes, claim: "Claim", *, vfs: str | None = None) -> apsw.Connection:
    """The writing connection of a file that is ours to open, having read its first page. Raises `StoreFault`: told
    apart are a file that is no database of ours, one of another key, and one that is damaged."""
    try:
        db = connect(path, key, vfs=vfs)
        try:
            with faults():
                db.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        except BaseException:
            db.close()
            raise
    except StoreFault as fault:
        # Asked only now: a first page torn by a power cut is made good from the write-ahead log.
        if not isinstance(fault.__cause__, apsw.NotADBError):
            raise
        if not looks_like_ours(path):
            raise foreign() from fault.__cause__
        if claim.of_same_key is not True:
            raise wrong_key() from fault.__cause__
        raise
    claim.remember_key()
    return db


@contextmanager
def transaction(db: apsw.Connection) -> Iterator[apsw.Connection]:
    """Committed at the end, or nothing of it. Who comes in must be the only one who writes through `db`."""
    with faults():
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                with suppress(apsw.Error):
                    db.execute("ROLLBACK")
            raise


def looks_like_ours(path: Path) -> bool:
    """Whether the file can be an encrypted database at all: told from the few bytes that the cipher leaves in clear."""
    try:
        with path.open("rb") as file:
            head = file.read(24)
    except OSError:
        return False
    return len(head) == 24 and head[21:24] == _OURS and not head.startswith(b"SQLite format 3")


def _unlock(db: apsw.Connection, key: bytes) -> None:
    """The only place that turns the key into text: neither that text nor an error that quotes it leaves it."""
    try:
        db.pragma("cipher", "chacha20")
        db.pragma("key", "raw:" + key.hex())
    except apsw.Error as error:
        kind = type(error)
    else:
        return
    raise kind("the key was not taken")


def _settle(db: apsw.Connection, reading: bool) -> None:
    db.set_busy_timeout(5_000)
    db.pragma("cache_size", -_CACHE_KIB)
    db.pragma("mmap_size", 0)
    db.pragma("temp_store", "MEMORY")
    db.pragma("trusted_schema", "OFF")
    db.pragma("foreign_keys", "ON")
    if reading:
        db.pragma("query_only", "ON")
        return
    db.pragma("journal_mode", "WAL")
    db.pragma("synchronous", "FULL")
    if sys.platform == "darwin":
        db.pragma("fullfsync", "ON")
        db.pragma("checkpoint_fullfsync", "ON")


class Claim:
    """One process owns a profile: a lock on `<name>.lock` beside it, which the system lets go when the process dies.

    The file also keeps a sum of the key, by which a wrong key is told from a damaged file."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._sum = hmac.new(key, b"volet: which key this profile has", hashlib.sha256).hexdigest()[:32].encode()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _of_system(error) from error
        try:
            _lock(self._file)
        except OSError as error:
            os.close(self._file)
            raise owned() from error

    @property
    def of_same_key(self) -> bool | None:
        """Whether the profile was last opened with this key; None when that is not known."""
        os.lseek(self._file, 0, os.SEEK_SET)
        kept = os.read(self._file, 64)
        return hmac.compare_digest(kept, self._sum) if kept else None

    def remember_key(self) -> None:
        if not self.of_same_key:
            with suppress(OSError):
                os.ftruncate(self._file, 0)
                os.lseek(self._file, 0, os.SEEK_SET)
                os.write(self._file, self._sum)

    def release(self) -> None:
        os.close(self._file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        """A byte far behind the content, which stays readable."""
        os.lseek(file, 1 << 20, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


# Faults


def _fault(sentence: str, remedy: Remedy, code: str) -> StoreFault:
    """`code` names the case for a support person; nothing personal is ever in it."""
    return StoreFault(sentence, remedy, code)


def full_disk() -> StoreFault:
    return _fault(
        "Le disque est plein\u00a0: Volet ne peut plus rien enregistrer. Rien de ce qui était enregistré n’est perdu.",
        Remedy.FREE_SPACE,
        "full",
    )


def read_only() -> StoreFault:
    return _fault(
        "Volet ne peut pas écrire dans son dossier de données, qui est en lecture seule. Rien n’est perdu.",
        Remedy.ASK_SUPPORT,
        "read-only",
    )


def damaged() -> StoreFault:
    return _fault(
        "Les données locales sont abîmées. Volet peut les reconstruire depuis l’espace client\u00a0: le fichier "
        "abîmé est mis de côté, et les envois et brouillons qui s’y lisent encore sont repris.",
        Remedy.REBUILD,
        "damaged",
    )


def foreign() -> StoreFault:
    return _fault(
        "Le fichier des données locales n’est pas une base de Volet. Volet peut le mettre de côté, sans l’effacer, et "
        "reconstruire les données depuis l’espace client.",
        Remedy.REBUILD,
        "foreign",
    )


def wrong_key() -> StoreFault:
    return _fault(
        "Les données locales ont été chiffrées avec une autre clé que celle du trousseau de cet ordinateur. Elles sont "
        "intactes\u00a0: elles s’ouvriront avec le trousseau d’origine.",
        Remedy.ASK_SUPPORT,
        "wrong-key",
    )


def owned() -> StoreFault:
    return _fault(
        "Volet est déjà ouvert pour ce compte. Fermez l’autre fenêtre, puis réessayez.", Remedy.RETRY, "owned"
    )


def newer(version: int) -> StoreFault:
    return _fault(
        "Ces données ont été enregistrées par une version plus récente de Volet. Installez-la pour les ouvrir\u00a0: "
        "elles sont intactes.",
        Remedy.ASK_SUPPORT,
        f"newer {version}",
    )


def _unreadable() -> StoreFault:
    return _fault(
        "Volet ne peut pas ouvrir ses données locales\u00a0: le fichier ou son dossier n’est pas accessible.",
        Remedy.ASK_SUPPORT,
        "no-access",
    )


def _failing_disk() -> StoreFault:
    return _fault(
        "Le disque a refusé une lecture ou une écriture. Ce qui était enregistré avant n’est pas perdu.",
        Remedy.RETRY,
        "disk",
    )


def _busy() -> StoreFault:
    return _fault(
        "Les données locales sont occupées par un autre programme (sauvegarde, antivirus).", Remedy.RETRY, "busy"
    )


def _of_system(error: OSError) -> StoreFault:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full_disk()
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return read_only()
    return _unreadable()


_FAULTS = (
    (apsw.FullError, full_disk),
    (apsw.ReadOnlyError, read_only),
    ((apsw.NotADBError, apsw.CorruptError), damaged),
    ((apsw.CantOpenError, apsw.PermissionsError, apsw.AuthError), _unreadable),
    ((apsw.IOError, apsw.NoLFSError), _failing_disk),
    ((apsw.BusyError, apsw.LockedError), _busy),
)


@contextmanager
def faults() -> Iterator[None]:
    """What the disk, the file or the key does becomes a `StoreFault`; a slip of ours stays what it is."""
    try:
        yield
    except apsw.Error as error:
        for kinds, made in _FAULTS:
            if isinstance(error, kinds):
                raise made() from error
        raise
