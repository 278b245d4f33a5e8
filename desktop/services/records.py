"""Records from the portal on their way into the copy: the later number holds, whatever the order or the repetition."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import apsw
import msgspec

from contract.changes import Change

_EPOCH: Final = datetime.fromtimestamp(0, UTC)


def microseconds(moment: datetime) -> int:
    """Since 1970, as the store keeps moments."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(stored: int) -> datetime:
    return _EPOCH + timedelta(microseconds=stored)


def is_gone(record: msgspec.Raw) -> bool:
    return bytes(record) in (b"", b"null")


@dataclass(frozen=True, slots=True)
class Kind:
    """Records of one kind: the table that holds them, with their number, and the column of their identifier there."""

    name: str
    table: str
    column: str

    def is_news(self, db: apsw.Connection, change: Change[msgspec.Raw]) -> bool:
        known = db.execute(
            f"SELECT number FROM {self.table} WHERE {self.column} = ?1"
            " UNION ALL SELECT number FROM gone WHERE kind = ?2 AND id = ?1",
            (change.id, self.name),
        ).fetchall()
        return all(change.number >= int(str(number)) for (number,) in known)

    def remove(self, db: apsw.Connection, change: Change[msgspec.Raw]) -> None:
        """The row goes, its number stays."""
        rows = db.execute(f"DELETE FROM {self.table} WHERE {self.column} = ? RETURNING space_id", (change.id,))
        space_id = next((space_id for (space_id,) in rows.fetchall()), "")
        db.execute(
            "INSERT INTO gone (kind, id, space_id, number) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET number = excluded.number",
            (self.name, change.id, space_id, change.number),
        )

    def is_back(self, db: apsw.Connection, identifier: str) -> None:
        """It was gone, and is to be put in again."""
        db.execute("DELETE FROM gone WHERE kind = ? AND id = ?", (self.name, identifier))

    def purge(self, db: apsw.Connection, space_id: str) -> None:
        """The rows of a space, and the numbers of those that are gone."""
        db.execute(f"DELETE FROM {self.table} WHERE space_id = ?", (space_id,))
        db.execute("DELETE FROM gone WHERE kind = ? AND space_id IN (?, '')", (self.name, space_id))
