"""What sync remembers in the store: how far each space was read, and the marks of the last conversations."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import apsw

from desktop.services.store import Store

PULSE: Final = "sync.pulse"
CATALOGUE: Final = "sync.catalogue"
LEAVES: Final = "sync.leave_catalogue"
PERSON: Final = "sync.person"
KINDS: Final = "sync.kinds"
LAST: Final = "sync.last"


def mark(store: Store, name: str) -> str | None:
    rows = store.query("SELECT value FROM facts WHERE name = ?", (name,))
    return str(rows[0][0]) if rows else None


def last(store: Store) -> datetime | None:
    """When the copy was last up to date, by this computer's clock: to show, never to decide."""
    text = mark(store, LAST)
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def feeds(store: Store) -> dict[str, str | None]:
    """The spaces that the person may see, with the cursor of each; None for one that is still to be read."""
    rows = store.query("SELECT space_id, cursor FROM feeds ORDER BY space_id")
    return {str(space_id): str(cursor) or None for space_id, cursor in rows}


def mine(store: Store, space_ids: frozenset[str]) -> dict[str, frozenset[str]]:
    """Those of these spaces that the person may see, with her rights there."""
    places = ",".join("?" * len(space_ids))
    query = f"SELECT space_id, rights FROM feeds LEFT JOIN spaces USING (space_id) WHERE space_id IN ({places})"
    rows = store.query(query, tuple(space_ids))
    return {str(space_id): frozenset(json.loads(rights or "[]")) for space_id, rights in rows}


def keep_mark(db: apsw.Connection, name: str, value: str | None) -> None:
    if value is None:
        db.execute("DELETE FROM facts WHERE name = ?", (name,))
    else:
        db.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (name, value))


def keep_cursor(db: apsw.Connection, space_id: str, cursor: str | None) -> None:
    db.execute("UPDATE feeds SET cursor = ? WHERE space_id = ?", (cursor or "", space_id))


def add_feeds(db: apsw.Connection, space_ids: Iterable[str]) -> None:
    db.executemany("INSERT OR IGNORE INTO feeds (space_id, cursor) VALUES (?, '')", [(space,) for space in space_ids])


def drop_feed(db: apsw.Connection, space_id: str) -> None:
    db.execute("DELETE FROM feeds WHERE space_id = ?", (space_id,))
