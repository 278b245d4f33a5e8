"""Documents that the insurer waits for, about a request or a leave: asked, told in the order asked, answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, and_, insert, select, update

from contract.contact import AwaitedDocument
from contract.identity import new_id
from portal.database import Transaction
from portal.problems import invalid


@dataclass(frozen=True, slots=True)
class Awaited:
    """Those of one kind of thing: the table that holds them, and the column there that names the thing."""

    table: Table
    of: str

    def still(self, db: Connection, thing: str) -> tuple[AwaitedDocument, ...]:
        """Those that have not come, in the order asked."""
        held = self.table.c
        query = select(held.awaited_id, held.label).where(self._waiting(thing)).order_by(held.asked_at, held.place)
        return tuple(AwaitedDocument(row.awaited_id, row.label) for row in db.execute(query))

    def ask(self, tx: Transaction, thing: str, labels: Sequence[str]) -> None:
        """Notes what the insurer waits for, in this order."""
        rows = [
            {"awaited_id": new_id(), self.of: thing, "place": place, "label": label, "asked_at": tx.now}
            for place, label in enumerate(labels)
        ]
        if rows:
            tx.db.execute(insert(self.table), rows)

    def answer(self, tx: Transaction, thing: str, awaited_ids: Sequence[str]) -> None:
        """These have come. Raises `Refusal` when one of them is not awaited."""
        named = and_(self._waiting(thing), self.table.c.awaited_id.in_(awaited_ids))
        answered = tx.db.execute(update(self.table).where(named).values(answered_at=tx.now))
        if answered.rowcount != len(set(awaited_ids)):
            raise invalid("answers", "Ce document n’est pas attendu ou ne l’est plus.")

    def end(self, tx: Transaction, thing: str) -> None:
        """Nothing is awaited any more."""
        tx.db.execute(update(self.table).where(self._waiting(thing)).values(answered_at=tx.now))

    def _waiting(self, thing: str) -> ColumnElement[bool]:
        return and_(self.table.c[self.of] == thing, self.table.c.answered_at.is_(None))
