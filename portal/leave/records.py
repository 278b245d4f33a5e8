"""Rows of leaves as the contract tells them, and what the feed of their space is told.

What a leave stands at follows from what happened to it, in this order: withdrawn, a document awaited, returned or
ended, taken up by the insurer, declared.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from contract.contact import AwaitedDocument
from contract.leave import Employee, LeaveFile, LeaveRecord, LeaveState, LeaveTerms, Prolongation
from contract.periods import last_day
from contract.portfolio import Right
from portal import people
from portal.awaited import Awaited
from portal.database import Transaction
from portal.tables import leave_documents, leave_files, leaves, prolongations

awaited: Final = Awaited(leave_documents, "leave_id")

FEED: Final = people.alone(Right.LEAVE)
"""The subject of leaves in the feed."""

_AS_TOLD: Final = (
    *("leave_id", "space_id", "number", "motive", "last_day_worked", "start", "expected_end", "subrogation"),
    *("subrogation_from", "subrogation_through", "accident_on", "relapse", "returned_on", "return_reason", "origin"),
    *("author_id", "author_name", "declared_at", "moved_at", "version"),
)


def leave_row(db: Connection, leave_id: str) -> Row[Any]:
    return db.execute(select(leaves).where(leaves.c.leave_id == leave_id)).one()


def leave_record(db: Connection, leave_id: str) -> LeaveRecord:
    """The leave as it stands."""
    row = leave_row(db, leave_id)
    asked = awaited.still(db, leave_id)
    longer = select(prolongations).where(prolongations.c.leave_id == leave_id).order_by(prolongations.c.start)
    files = select(*(column for column in leave_files.columns if column.name != "leave_id")).where(
        leave_files.c.leave_id == leave_id
    )
    files = files.order_by(leave_files.c.sent_at, leave_files.c.attachment_id)
    return LeaveRecord(
        **{name: getattr(row, name) for name in _AS_TOLD},
        employee=employee_of(row),
        state=_state(row, asked),
        awaited=asked,
        prolongations=tuple(
            Prolongation(one.prolongation_id, one.start, one.through, one.declared_at) for one in db.execute(longer)
        ),
        files=tuple(LeaveFile(**one) for one in db.execute(files).mappings()),
        terms=msgspec.json.decode(row.terms, type=LeaveTerms),
    )


def employee_of(row: Row[Any]) -> Employee:
    return Employee(row.matricule, row.last_name, row.first_name, row.nir)


def _state(row: Row[Any], asked: Sequence[AwaitedDocument]) -> LeaveState:
    if row.withdrawn_at is not None:
        return LeaveState.WITHDRAWN
    if asked:
        return LeaveState.DOCUMENT_AWAITED
    if row.ended_at is not None or row.returned_on is not None:
        return LeaveState.ENDED
    return LeaveState.FOLLOWED if row.followed_at is not None else LeaveState.DECLARED


def settle(tx: Transaction, leave_id: str, **changed: object) -> LeaveRecord:
    """Writes what changed, where the leave stands after it, and tells the space."""
    space_id = tx.db.execute(select(leaves.c.space_id).where(leaves.c.leave_id == leave_id)).scalar_one()
    number = tx.number(space_id)
    mine = leaves.c.leave_id == leave_id
    tx.db.execute(update(leaves).where(mine).values(**changed, moved_at=tx.now, version=number))
    record = leave_record(tx.db, leave_id)
    tx.db.execute(update(leaves).where(mine).values(state=record.state, last_day=last_day(record)))
    tx.change(space_id, "leave", leave_id, record, number=number, subject=FEED)
    return record


def add_files(tx: Transaction, leave_id: str, files: Sequence[LeaveFile]) -> None:
    rows = [{**msgspec.structs.asdict(file), "leave_id": leave_id} for file in files]
    if rows:
        tx.db.execute(insert(leave_files), rows)
