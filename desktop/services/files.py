"""The encrypted shelf of files: what is to be sent, and what was downloaded.

A second SQLite file beside the store, with the same key, so that big files never hold up the small rows. Nothing is
ever written to disk in clear, save where the person says « Enregistrer sous ».
"""

import hashlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import apsw

from contract import limits
from contract.files import agrees, media_type, recognise, safe_name
from desktop.services import cipher

_PART: Final = 1024 * 1024
_ENDINGS: Final = "PDF, PNG, JPEG, DOCX, XLSX, ODT, TXT ou CSV"


@dataclass(frozen=True, slots=True)
class Staged:
    """A file the clerk chose, read whole and kept as it was at that moment."""

    sha256: str
    name: str
    media_type: str
    size: int


class NotAttachable(Exception):
    """A file that cannot be attached: `sentence` says which and why, in French."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.sentence = name, sentence


class Shelf:
    """One connection behind one lock: files are few, and the disk is one. Raises `StoreFault`."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._turn = threading.Lock()
        self._touched: set[str] = set()
        self._db = cipher.connect(path, key)
        try:
            with cipher.faults():
                self._db.execute((resources.files("desktop.services") / "schema" / "shelf.sql").read_text("utf-8"))
        except BaseException:
            self._db.close()
            raise

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        with self._turn, cipher.transaction(self._db) as db:
            yield db

    # Staging

    def stage(self, path: Path) -> Staged:
        """Checks name, kind and size, and keeps the bytes. Raises `NotAttachable`. Not on the GUI thread."""
        try:
            if not path.is_file():
                raise NotAttachable(path.name, f"«\u00a0{path.name}\u00a0» n’est pas un fichier. {_CHOOSE}")
            with path.open("rb") as file:
                content = file.read(limits.FILE_BYTES + 1)
        except OSError as error:
            sentence = f"«\u00a0{path.name}\u00a0» ne peut pas être lu. Fermez-le s’il est ouvert, puis réessayez."
            raise NotAttachable(path.name, sentence) from error
        return self.stage_bytes(path.name, content)

    def stage_bytes(self, name: str, content: bytes) -> Staged:
        """The same for what was pasted."""
        kept_name = safe_name(name)
        kind = _checked(name, kept_name, content)
        sha256 = hashlib.sha256(content).hexdigest()
        with self._transaction() as db:
            self._touched.add(sha256)
            _put(db, sha256, content)
        return Staged(sha256, kept_name, kind, len(content))

    # Reading

    def content(self, sha256: str) -> bytes | None:
        """The whole file; None when it is not (wholly) here."""
        with self._turn, cipher.faults():
            if not self._db.execute("SELECT 1 FROM files WHERE sha256 = ? AND whole", (sha256,)).fetchall():
                return None
            parts = self._db.execute("SELECT content FROM parts WHERE sha256 = ? ORDER BY start", (sha256,)).fetchall()
        return b"".join(part for (part,) in parts if isinstance(part, bytes))

    def holds(self, sha256: str) -> bool:
        return sha256 in self.held([sha256])

    def held(self, sums: Iterable[str]) -> frozenset[str]:
        """Those of these files that are wholly here."""
        asked = tuple(set(sums))
        if not asked:
            return frozenset()
        marks = ",".join("?" * len(asked))
        with self._turn, cipher.faults():
            rows = self._db.execute(f"SELECT sha256 FROM files WHERE whole AND sha256 IN ({marks})", asked).fetchall()
        return frozenset(str(value) for (value,) in rows)

    # Downloads: parts are kept as they come, so that what was cut goes on where it was

    def received(self, sha256: str) -> int:
        """How many bytes of it are here."""
        with self._turn, cipher.faults():
            rows = self._db.execute("SELECT received FROM files WHERE sha256 = ?", (sha256,)).fetchall()
        return int(str(rows[0][0])) if rows else 0

    def add_part(self, sha256: str, offset: int, content: bytes) -> None:
        """Keeps the bytes from `offset` on, which is at most `received`; what is here already is passed over."""
        with self._transaction() as db:
            self._touched.add(sha256)
            rows = db.execute("SELECT received, whole FROM files WHERE sha256 = ?", (sha256,)).fetchall()
            received, whole = (int(str(rows[0][0])), bool(rows[0][1])) if rows else (0, False)
            if offset > received:
                raise ValueError("a part that leaves a hole")
            fresh = content[received - offset :]
            if whole or not fresh:
                return
            for start in range(0, len(fresh), _PART):
                db.execute(
                    "INSERT INTO parts (sha256, start, content) VALUES (?, ?, ?)",
                    (sha256, received + start, fresh[start : start + _PART]),
                )
            db.execute(
                "INSERT INTO files (sha256, received, whole) VALUES (?, ?, 0)"
                " ON CONFLICT DO UPDATE SET received = excluded.received",
                (sha256, received + len(fresh)),
            )

    def finish(self, sha256: str) -> bool:
        """Checks the sum; False, and the parts are thrown away, when it is wrong."""
        with self._transaction() as db:
            sum_ = hashlib.sha256()
            for (part,) in db.execute("SELECT content FROM parts WHERE sha256 = ? ORDER BY start", (sha256,)):
                sum_.update(bytes(part))
            right = sum_.hexdigest() == sha256
            if right:
                db.execute(
                    "INSERT INTO files (sha256, received, whole) VALUES (?, 0, 1) ON CONFLICT DO UPDATE SET whole = 1",
                    (sha256,),
                )
            else:
                _delete(db, sha256)
        return right

    def sweep(self, wanted: frozenset[str]) -> int:
        """Deletes the files that no request, draft or wish names any more; answers how many. What was staged or came
        in this run stays: the draft that will name it may not be written yet."""
        with self._transaction() as db:
            held = {str(value) for (value,) in db.execute("SELECT sha256 FROM files")}
            gone = held - wanted - self._touched
            for sha256 in gone:
                _delete(db, sha256)
        return len(gone)

    def close(self) -> None:
        with self._turn:
            with suppress(apsw.Error):
                self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            self._db.close()


def _put(db: apsw.Connection, sha256: str, content: bytes) -> None:
    if db.execute("SELECT 1 FROM files WHERE sha256 = ? AND whole", (sha256,)).fetchall():
        return
    _delete(db, sha256)
    for start in range(0, len(content), _PART):
        db.execute("INSERT INTO parts VALUES (?, ?, ?)", (sha256, start, content[start : start + _PART]))
    db.execute("INSERT INTO files (sha256, received, whole) VALUES (?, ?, 1)", (sha256, len(content)))


def _delete(db: apsw.Connection, sha256: str) -> None:
    db.execute("DELETE FROM parts WHERE sha256 = ?", (sha256,))
    db.execute("DELETE FROM files WHERE sha256 = ?", (sha256,))


# What may be attached

_CHOOSE: Final = f"Choisissez un fichier {_ENDINGS}."


def _checked(name: str, kept_name: str, content: bytes) -> str:
    """The media type; or `NotAttachable`, naming the file and what helps."""
    named = f"«\u00a0{name}\u00a0»"
    if not content:
        raise NotAttachable(name, f"{named} est vide. Enregistrez-le de nouveau, puis joignez-le.")
    if len(content) > limits.FILE_BYTES:
        most = limits.FILE_BYTES // (1024 * 1024)
        raise NotAttachable(name, f"{named} dépasse {most}\u00a0Mo. Réduisez-le, ou envoyez-le en plusieurs fichiers.")
    promised = media_type(kept_name)
    if promised is None or media_type(name) is None:
        raise NotAttachable(name, f"{named} n’est pas d’un type accepté. {_CHOOSE}")
    if not agrees(kept_name, recognise(content)):
        raise NotAttachable(
            name,
            f"Le contenu de {named} n’est pas celui qu’annonce son nom, ou il est abîmé. Ouvrez-le, enregistrez-le de "
            "nouveau sous son vrai type, puis joignez-le.",
        )
    return promised
