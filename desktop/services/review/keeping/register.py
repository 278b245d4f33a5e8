"""The register of the folder: the list of kept files, and what people said of them, which is only ever added to.

An encrypted SQLite file like the store, under a key of its own: each addition is on the disk before the call returns.
Entries are never changed nor deleted; whoever changes his mind adds one.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import apsw

from desktop.services import cipher
from desktop.services.problems import Remedy, StoreFault
from desktop.services.review.keeping.kept import Kept, understood, words

_VERSION: Final = 1
_TABLES: Final = """
CREATE TABLE files (
  sha256 TEXT PRIMARY KEY,
  told BLOB NOT NULL,
  leaving INTEGER NOT NULL DEFAULT 0 -- being erased: to be finished at the next opening
) STRICT;
CREATE TABLE entries (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  topic TEXT NOT NULL,
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX entries_by_topic ON entries (topic, number);
CREATE TRIGGER entries_stay_as_they_are BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are only added'); END;
CREATE TRIGGER entries_stay BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are only added'); END;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody said: `topic` is whose matter it is, `body` is known to that room alone. `at` is in UTC."""

    number: int
    topic: str
    at: datetime
    by: str
    body: bytes


class Register:
    """One connection behind one lock. Raises `StoreFault`; one process at a time has it."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._turn, self._closed = threading.Lock(), False
        self._claim = cipher.Claim(path, key)
        try:
            with register_faults():
                if not path.exists():
                    cipher.create(path, key, _make)
                self._db = cipher.open_whole(path, key, self._claim)
        except BaseException:
            self._claim.release()
            raise
        try:
            with register_faults():
                stands = int(self._db.pragma("user_version"))
                if stands != _VERSION:
                    raise cipher.newer(stands)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        with self._turn, register_faults(), cipher.transaction(self._db) as db:
            yield db

    # Files

    def files(self) -> tuple[dict[str, Kept], tuple[str, ...]]:
        """The kept files by sum, in the order of their import; and the sums of those that are being erased."""
        with self._turn, register_faults():
            rows = self._db.execute("SELECT sha256, told, leaving FROM files ORDER BY rowid").fetchall()
        staying = {str(sha256): understood(bytes(told)) for sha256, told, leaving in rows if not leaving}  # type: ignore[arg-type]
        return staying, tuple(str(sha256) for sha256, _, leaving in rows if leaving)

    def add_file(self, kept: Kept) -> None:
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO files (sha256, told) VALUES (?, ?)", (kept.sha256, words(kept)))

    def leave_file(self, sha256: str) -> None:
        """It is to go: from now on it will, whatever happens."""
        with self._writing() as db:
            db.execute("UPDATE files SET leaving = 1 WHERE sha256 = ?", (sha256,))

    def drop_file(self, sha256: str) -> None:
        with self._writing() as db:
            db.execute("DELETE FROM files WHERE sha256 = ?", (sha256,))

    # Entries

    def add(self, topic: str, by: str, at: datetime, bodies: Sequence[bytes]) -> tuple[Entry, ...]:
        """All of them or none; on the disk once this returns."""
        added = []
        with self._writing() as db:
            for body in bodies:
                db.execute(
                    "INSERT INTO entries (topic, at, by, body) VALUES (?, ?, ?, ?)", (topic, at.isoformat(), by, body)
                )
                added.append(Entry(db.last_insert_rowid(), topic, at, by, body))
        return tuple(added)

    def entries(self, topic: str, after: int = 0) -> tuple[Entry, ...]:
        """In the order in which they were added; those whose number is greater than `after`."""
        with self._turn, register_faults():
            rows = self._db.execute(
                "SELECT number, topic, at, by, body FROM entries WHERE topic = ? AND number > ? ORDER BY number",
                (topic, after),
            ).fetchall()
        return tuple(
            Entry(int(str(number)), str(of), datetime.fromisoformat(str(at)), str(by), bytes(body))  # type: ignore[arg-type]
            for number, of, at, by, body in rows
        )

    def close(self) -> None:
        with self._turn:
            if self._closed:
                return
            self._closed = True
            with suppress(apsw.Error):
                self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            with suppress(apsw.Error):
                self._db.close()
            self._claim.release()


def _make(db: apsw.Connection) -> None:
    with db:
        db.execute(_TABLES)
        db.pragma("user_version", _VERSION)


@contextmanager
def register_faults() -> Iterator[None]:
    """As `cipher.faults`, with words that are true of the register: no portal can give it back."""
    try:
        with cipher.faults():
            yield
    except StoreFault as found:
        if found.detail not in ("damaged", "foreign"):
            raise
        raise StoreFault(
            "Le registre des fichiers d’indemnités est abîmé. Volet peut le refaire\u00a0: le registre abîmé est mis "
            "de côté, les fichiers gardés et les décisions qui s’y lisent encore sont repris.",
            Remedy.REBUILD,
            "review register damaged",
        ) from found


def salvaged(path: Path, key: bytes) -> tuple[Entry, ...]:
    """The entries of a damaged register that can be read, from both ends, in their order."""
    found: dict[int, Entry] = {}
    for order in ("ASC", "DESC"):
        with suppress(apsw.Error, StoreFault, ValueError):
            db = cipher.connect(path, key)
            try:
                for number, topic, at, by, body in db.execute(
                    f"SELECT number, topic, at, by, body FROM entries ORDER BY rowid {order}"
                ):
                    n = int(str(number))
                    found[n] = Entry(n, str(topic), datetime.fromisoformat(str(at)), str(by), bytes(body))
            finally:
                db.close()
    return tuple(found[number] for number in sorted(found))
