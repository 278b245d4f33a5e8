"""A seeded world for the tests: made once, looked at by many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, select, text

from portal import demo
from portal.database import Database
from portal.settings import Settings
from portal.tables import metadata, persons

NOW: Final = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)
CLERK: Final = "claire.martin@morvan.example"


@dataclass(frozen=True)
class Seeded:
    """A world and where it lies."""

    settings: Settings
    database: Database
    world: demo.World

    def rows(self, sql: str, **values: object) -> Sequence[Row[Any]]:
        with self.database.read() as db:
            return db.execute(text(sql), values).all()

    def number(self, sql: str, **values: object) -> int:
        """The one number that the query answers."""
        return int(self.rows(sql, **values)[0][0])

    def person(self, email: str) -> str:
        with self.database.read() as db:
            return str(db.execute(select(persons.c.person_id).where(persons.c.email == email)).scalar_one())


def cheap(database: str, files: Path, now: datetime = NOW) -> Settings:
    """Settings of a portal whose clock stands still and whose password hash costs nothing."""
    return Settings(
        database=database,
        files=files,
        now=lambda: now,
        hashing_kib=8,
        address_burst=1_000_000,
        address_seconds=0.001,
    )


def seeded(folder: Path, **more: int) -> Seeded:
    """A new world in SQLite."""
    settings = cheap(f"sqlite:///{folder / 'portal.db'}", folder / "files")
    database = Database(settings)
    return Seeded(settings, database, demo.seed(database, settings, **more))


CHANCE: Final[Mapping[str, frozenset[str]]] = {
    "persons": frozenset({"password_hash"}),
    "audit_log": frozenset({"entry_id"}),
    "facts": frozenset({"value"}),
}
"""Columns that must not be the same twice: salts, and the epoch of a database."""


def everything(db: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, but for what must differ."""
    tables = {}
    for table in metadata.sorted_tables:
        kept = [column for column in table.columns if column.name not in CHANCE.get(table.name, ())]
        tables[table.name] = sorted((tuple(row) for row in db.execute(select(*kept))), key=repr)
    return tables
