"""Daily allowances: read, wished, and taken in from the portal."""

from collections.abc import Sequence

import apsw
import msgspec

from contract.allowances import PaymentsPage
from contract.changes import Change
from contract.portfolio import Right
from desktop.services.allowances import applying
from desktop.services.allowances.wishing import TOPIC, Wishing


class Allowances(Wishing):
    kinds = applying.KINDS
    right = Right.ALLOWANCES
    topic = TOPIC

    def apply(self, db: apsw.Connection, changes: Sequence[Change[msgspec.Raw]]) -> None:
        """Takes in exports, that there are payments to read, and the rights that `Me` tells."""
        applying.apply(db, changes)

    def take_page(self, db: apsw.Connection, page: PaymentsPage) -> None:
        """Keeps the payments of a page: those that are there already stay as they are."""
        applying.take_page(db, page)

    def purge(self, db: apsw.Connection, space_id: str, *, lost: bool = False) -> None:
        """What the portal gave of a space goes when the person may no longer see it (`lost`). When it is to be read
        anew the payments stay."""
        applying.purge(db, space_id, lost=lost)
