"""A damaged store put aside, and what exists nowhere else (wishes, drafts) taken over into a new one."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import apsw

from desktop.services import cipher
from desktop.services.problems import StoreFault
from desktop.services.store import Store

TABLES: Final = ("outbox", "drafts", "favourites", "visits")
"""What only this computer knows; the rest is the portal's and comes again."""

_log = logging.getLogger(__name__)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rescued:
    """Where the damaged file is now, and how many wishes and drafts could be read from it."""

    aside: Path
    wishes: int
    drafts: int


def rescue(path: Path, key: bytes) -> Rescued:
    """Renames the store at `path`, makes a new one in its place, and copies what can be read. Nothing is deleted.

    Raises `StoreFault` when the disk does not let it; the files are then where they were, or aside."""
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
    held = {table: tuple(_readable(aside, key, table)) for table in TABLES}
    store = Store(path, key)
    try:
        with store.write() as db:
            taken = {table: sum(_put(db, table, row) for row in rows) for table, rows in held.items()}
    finally:
        store.close()
    _log.warning("a damaged store was put aside: %d wishes, %d drafts taken over", taken["outbox"], taken["drafts"])
    return Rescued(aside, taken["outbox"], taken["drafts"])


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
