"""Sick leaves: read, wished, and taken in from the portal."""

from collections.abc import Sequence

import apsw
import msgspec

from contract.changes import Change
from contract.portfolio import Right
from desktop.services.leave import applying
from desktop.services.leave.wishing import Wishing


class Leave(Wishing):
    kinds = applying.KINDS
    right = Right.LEAVE

    def apply(self, db: apsw.Connection, changes: Sequence[Change[msgspec.Raw]]) -> None:
        """Takes in what changed, and the catalogue of leaves as sync hands it on; of two changes to one leave the one
        with the greater number holds, in whatever order and however often they come."""
        applying.apply(db, changes)

    def purge(self, db: apsw.Connection, space_id: str, *, lost: bool = False) -> None:  # noqa: ARG002
        """All that is held of a space goes: the person may no longer see it (`lost`), or it is to be read anew."""
        applying.purge(db, space_id)
