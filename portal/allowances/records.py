"""Payments as they are read, a batch at a time whatever their number, and what the feed of their space is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, select

from contract.allowances import PaymentRecord, PaymentsRecord
from contract.portfolio import Right
from portal import people
from portal.database import Database, Transaction
from portal.tables import payments, spaces

FEED: Final = people.alone(Right.ALLOWANCES)
"""The subject of allowances in the feed."""
COLUMNS: Final = PaymentRecord.__struct_fields__
_BATCH: Final = 4_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose payments these are, and who paid."""

    siret: str
    member_number: str
    insurer: str


_told: Final = tuple(payments.c[name] for name in COLUMNS)


def page(
    db: Connection, space_id: str, after: int, limit: int, more: ColumnElement[bool] | None = None
) -> list[tuple[Any, ...]]:
    """Rows in the order of `COLUMNS`, by their number, at most `limit` of them behind `after`."""
    mine = and_(payments.c.space_id == space_id, payments.c.number > after)
    query = select(*_told).where(mine if more is None else and_(mine, more)).order_by(payments.c.number).limit(limit)
    return [tuple(row) for row in db.execute(query)]


def stream(
    database: Database, space_id: str, *, after: int = 0, more: ColumnElement[bool] | None = None
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Batches of rows in the order of `COLUMNS`: never more of them in memory than one."""
    while True:
        with database.read() as db:
            rows = page(db, space_id, after, _BATCH, more)
        if rows:
            yield rows
        if len(rows) < _BATCH:
            return
        after = rows[-1][0]


def last_number(db: Connection, space_id: str) -> int:
    """0 without payments."""
    return db.execute(select(func.max(payments.c.number)).where(payments.c.space_id == space_id)).scalar_one() or 0


def before_window(db: Connection, space_id: str, since: date) -> int:
    """The number behind which the payments of this day and later stand: numbers rise with days."""
    query = select(payments.c.number).where(payments.c.space_id == space_id, payments.c.paid_on >= since)
    first = db.execute(query.order_by(payments.c.paid_on, payments.c.number).limit(1)).scalar_one_or_none()
    return last_number(db, space_id) if first is None else first - 1


def tell(tx: Transaction, space_id: str, last: int, paid_on: date) -> None:
    """Tells the space that there are payments up to this number."""
    tx.change(space_id, "payments", space_id, PaymentsRecord(space_id, last, paid_on), subject=FEED)


def holders(db: Connection, space_ids: Sequence[str], insurer: str) -> dict[str, Holder]:
    query = select(spaces.c.space_id, spaces.c.member_number, spaces.c.siret).where(spaces.c.space_id.in_(space_ids))
    return {space_id: Holder(siret, member_number, insurer) for space_id, member_number, siret in db.execute(query)}
