"""A damaged store put aside, and what exists nowhere else (wishes, drafts) taken over into a new one."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import apsw

from desktop.services import cipher
from desktop.services.files import Shelf
from desktop.services.lock import OPEN
from desktop.services.problems import Remedy, StoreFault
from desktop.services.store import Store

TABLES: Final = ("outbox", "user_places", "drafts", "favourites", "visits", "payments", "statements")
"""What only this computer knows, payments that the portal shows no more among it; the rest is the portal's and comes
again."""

_log = logging.getLogger(__name__)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rescued:
    """Where the damaged file is now, and how many wishes and drafts could be read from it."""

    aside: Path
    wishes: int
    drafts: int


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of the store, and where the damaged shelf is now; None for a file that was left as it is."""

    store: Rescued | None
    shelf: Path | None


def rescue(path: Path, key: bytes) -> Rescued:
    """Renames the store at `path`, makes a new one in its place, and copies what can be read. Nothing is deleted.

    Raises `StoreFault` when the disk does not let it; the files are then where they were, or aside."""
    aside = _put_aside(path)
    held = {table: tuple(_readable(aside, key, table)) for table in TABLES}
    unlocked = [row for row in _readable(aside, key, "facts") if row["name"] == OPEN]  # else the password is asked for
    store = Store(path, key)
    try:
        with store.write() as db:
            taken = {table: sum(_put(db, table, row) for row in rows) for table, rows in held.items()}
            for row in unlocked:
                _put(db, "facts", row)
    finally:
        store.close()
    _log.warning("a damaged store was put aside: %d wishes, %d drafts taken over", taken["outbox"], taken["drafts"])
    return Rescued(aside, taken["outbox"], taken["drafts"])


def mend(store: Path, shelf: Path, key: bytes) -> Mended:
    """Rescues what is damaged of the two files of an account: the shelf, the store, or both. The store also when
    neither seems damaged, since something made the person ask. Raises `StoreFault`."""
    aside = None if _whole(shelf, key) else _rescue_shelf(shelf, key)
    return Mended(rescue(store, key) if aside is None or not _whole(store, key) else None, aside)


def _whole(path: Path, key: bytes) -> bool:
    """Reads all of it; a file that is not there is whole."""
    if not path.exists():
        return True
    try:
        db = cipher.connect(path, key)
        try:
            with cipher.faults():
                return db.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
        finally:
            db.close()
    except StoreFault as fault:
        if fault.remedy is not Remedy.REBUILD:
            raise
        return False


def _rescue_shelf(path: Path, key: bytes) -> Path:
    """Renames the shelf, makes a new one, and takes over each file that is still what its sum says. What is lost comes
    again from the portal; a wish that needs it is refused when its turn comes, and says which file to join again."""
    aside = _put_aside(path)
    shelf = Shelf(path, key)
    try:
        for sha256, content in _files(aside, key):
            shelf.add_part(sha256, 0, content)
            shelf.finish(sha256)
    finally:
        shelf.close()
    return aside


def _files(path: Path, key: bytes) -> Iterator[tuple[str, bytes]]:
    """The whole files that can be read, from both ends, up to where the list of them is damaged."""
    sums: dict[str, None] = {}
    for order in ("ASC", "DESC"):
        with suppress(apsw.Error, StoreFault):
            db = cipher.connect(path, key)
            try:
                for (sha256,) in db.execute(f"SELECT sha256 FROM files WHERE whole ORDER BY rowid {order}"):
                    sums[str(sha256)] = None
            finally:
                db.close()
    for sha256 in sums:
        with suppress(apsw.Error, StoreFault):
            db = cipher.connect(path, key)
            try:
                rows = db.execute("SELECT content FROM parts WHERE sha256 = ? ORDER BY start", (sha256,)).fetchall()
            finally:
                db.close()
            yield sha256, b"".join(part for (part,) in rows if isinstance(part, bytes))


def _put_aside(path: Path) -> Path:
    """Under a free name beside it, with its write-ahead log; answers that name."""
    aside = _free_name(path)
    try:
        for tail in ("", "-wal"):
            part = path.with_name(path.name + tail)
            if part.exists():
                part.rename(aside.with_name(aside.name + tail))
        path.with_name(path.name + "-shm").unlink(missing_ok=True)
    except OSError as error:
        raise StoreFault(
            "Le fichier abîmé n\u2019a pas pu être mis de côté\u00a0: un autre programme le tient peut-être ouvert.",
            detail="aside",
        ) from error
    return aside


def _free_name(path: Path) -> Path:
    for turn in range(1, 1000):
        name = path.with_name(f"{path.stem}.damaged-{turn}{path.suffix}")
        if not name.exists():
            return name
    raise StoreFault("Trop de fichiers abîmés sont déjà mis de côté\u202f; supprimez les plus anciens.", detail="aside")


def _readable(path: Path, key: bytes, table: str) -> Iterator[Row]:
    """The rows of a table from both ends, up to where the damage begins."""
    if not path.exists() or not cipher.looks_like_ours(path):
        return
    seen: set[int] = set()
    for order in ("ASC", "DESC"):
        with suppress(apsw.Error, StoreFault):
            db = cipher.connect(path, key)
            try:
                cursor = db.execute(f"SELECT rowid AS row_number, * FROM {table} ORDER BY rowid {order}")
                names = [name for name, _ in cursor.get_description()]
                for values in cursor:
                    row = dict(zip(names, values, strict=True))
                    number = row.pop("row_number")
                    if number not in seen:
                        seen.add(number)
                        yield row
            finally:
                db.close()


def _put(db: apsw.Connection, table: str, row: Row) -> int:
    """1 when the row could be taken over; a row that no longer fits is left aside."""
    columns = {name for _, name, *_ in db.execute("SELECT * FROM pragma_table_info(?)", (table,))}
    kept = {name: value for name, value in row.items() if name in columns}
    names, marks = ", ".join(kept), ", ".join("?" * len(kept))
    with suppress(apsw.ConstraintError):
        db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(kept.values()))
        return 1
    return 0
