"""The users of the spaces that one administers: read, wished about, and taken in from the portal."""

from collections.abc import Sequence

import apsw
import msgspec

from contract.changes import Change
from contract.users import UsersPage
from desktop.services.users import applying, giving
from desktop.services.users.wishing import Wishing


class Users(Wishing):
    """They have a feed of their own, page by page: `cursor` and `take_page` are for sync."""

    kinds = applying.KINDS
    right = None

    def cursor(self) -> str | None:
        """How far the feed was read; None when it never was."""
        rows = self._store.query("SELECT value FROM facts WHERE name = ?", (applying.CURSOR,))
        return str(rows[0][0]) if rows else None

    def take_page(self, db: apsw.Connection, page: UsersPage) -> None:
        applying.take_page(db, page)

    def apply(self, db: apsw.Connection, changes: Sequence[Change[msgspec.Raw]]) -> None:
        """What outcomes tell of users, and what follows from `Me`."""
        applying.apply(db, changes)

    def purge(self, db: apsw.Connection, space_id: str, *, lost: bool = False) -> None:
        """Nothing: what may be known of users follows from each `Me`, and from the feed of users."""

    def workbook(self, labels: dict[str, str]) -> bytes:
        """The rights of everybody as XLSX. Long with many: not on the GUI thread."""
        return giving.workbook(self.scene(), labels)
