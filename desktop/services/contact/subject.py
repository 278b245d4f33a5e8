"""Requests to the insurer and their conversations: read, wished, and taken in from the portal."""

from collections.abc import Sequence

import apsw
import msgspec

from contract.changes import Change
from contract.portfolio import Right
from desktop.services.contact import applying
from desktop.services.contact.wishing import Wishing


class Contact(Wishing):
    kinds = applying.KINDS
    right = Right.CONTACT

    def apply(self, db: apsw.Connection, changes: Sequence[Change[msgspec.Raw]]) -> None:
        """Takes in what changed; kinds and fields it does not know are passed over. Of two changes to one thing the one
        with the greater number holds, in whatever order and however often they come."""
        applying.apply(db, changes)

    def purge(self, db: apsw.Connection, space_id: str, *, lost: bool = False) -> None:
        """All that is held of a space goes: the person may no longer see it (`lost`), or it is to be read anew."""
        applying.purge(db, space_id, lost=lost)
