"""What the portal tells of payments and exports, into the copy. A payment that was told once is never changed, and goes
only with the right to see it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import apsw
import msgspec

from contract.allowances import ExportRecord, PaymentRecord, PaymentsPage, PaymentsRecord
from contract.changes import Change
from contract.portfolio import Me, Right
from desktop.services import folding
from desktop.services.records import Kind, is_gone, microseconds

Raw = msgspec.Raw
_ME: Final = "me"
_PAYMENTS: Final = "payments"
_EXPORT: Final = Kind("export", "exports", "export_id")
KINDS: Final = frozenset({_ME, _PAYMENTS, _EXPORT.name})

_me = msgspec.json.Decoder(Me)
_heads = msgspec.json.Decoder(PaymentsRecord)
_exports = msgspec.json.Decoder(ExportRecord)

_FIELDS: Final = PaymentRecord.__struct_fields__
_COLUMNS: Final = ("space_id", "payer", "words", *_FIELDS)
_NAMES: Final = ", ".join(f'"{name}"' for name in _COLUMNS)
_PUT: Final = f"INSERT OR IGNORE INTO payments ({_NAMES}) VALUES ({', '.join('?' * len(_COLUMNS))})"


def apply(db: apsw.Connection, changes: Sequence[Change[Raw]]) -> None:
    """Takes in changes of the kinds in `KINDS`; others are passed over."""
    for change in changes:
        there = not is_gone(change.record)
        if change.kind == _ME:
            _take_rights(db, _me.decode(change.record))
        elif change.kind == _PAYMENTS and there:
            _take_head(db, _heads.decode(change.record))
        elif change.kind == _EXPORT.name and _EXPORT.is_news(db, change):
            if there:
                _put_export(db, change.number, _exports.decode(change.record))
            else:
                _EXPORT.remove(db, change)


def take_page(db: apsw.Connection, page: PaymentsPage) -> None:
    """Keeps what is new of a page, and that the space is read up to its end."""
    db.executemany(_PUT, _rows(page))
    db.execute(
        "UPDATE payment_feeds SET reached = max(reached, ?1), told = CASE WHEN ?2 THEN told ELSE ?1 END"
        " WHERE space_id = ?3",
        (page.last, page.more, page.space_id),
    )


def purge(db: apsw.Connection, space_id: str, *, lost: bool) -> None:
    """What the portal gave of a space goes when the person may no longer see it (`lost`). When the space is to be read
    anew, its payments stay, those above all that the portal shows no more; its exports are told again."""
    if lost:
        _drop(db, "space_id = ?", (space_id,))
        return
    db.execute("UPDATE payment_feeds SET told = 0, reached = 0 WHERE space_id = ?", (space_id,))
    _EXPORT.purge(db, space_id)


def _take_rights(db: apsw.Connection, me: Me) -> None:
    """Where the right of allowances is withdrawn, all goes that the portal gave under it: payments, what is known of
    statements (their files go at the next sweep) and exports. Files that the person opened in the review are hers."""
    held = [space.space_id for space in me.spaces if Right.ALLOWANCES in space.rights]
    mine = msgspec.json.encode(held).decode()
    _drop(db, "space_id NOT IN (SELECT value FROM json_each(?))", (mine,))
    db.execute(
        "DELETE FROM exports WHERE EXISTS (SELECT 1 FROM json_each(body, '$.space_ids') AS wanted"
        " WHERE wanted.value NOT IN (SELECT value FROM json_each(?)))",
        (mine,),
    )


def _drop(db: apsw.Connection, which: str, values: tuple[Any, ...]) -> None:
    db.execute(f"DELETE FROM statements WHERE transfer_id IN (SELECT transfer_id FROM payments WHERE {which})", values)
    for table in ("payments", "payment_feeds", "exports"):
        db.execute(f"DELETE FROM {table} WHERE {which}", values)
    db.execute("DELETE FROM export_notices WHERE export_id NOT IN (SELECT export_id FROM exports)")


def _take_head(db: apsw.Connection, head: PaymentsRecord) -> None:
    db.execute(
        "INSERT INTO payment_feeds (space_id, told, reached) VALUES (?, ?, 0)"
        " ON CONFLICT DO UPDATE SET told = max(told, excluded.told)",
        (head.space_id, head.last),
    )


def _rows(page: PaymentsPage) -> Iterator[tuple[Any, ...]]:
    for row in page.rows:
        told = [value.isoformat() if hasattr(value, "isoformat") else value for value in msgspec.structs.astuple(row)]
        yield (page.space_id, page.insurer, words(row), *told)


def words(row: PaymentRecord) -> str:
    """What one may remember of a payment, folded, each word behind a space."""
    parts = [row.last_name, row.first_name, row.matricule, row.nir, row.leave_number, row.reference, row.label]
    days = [f"{day:%d/%m/%Y}" for day in (row.paid_on, row.start, row.end) if day is not None]
    return " " + folding.collated(folding.searchable([*parts, *days]))


# Exports


def _put_export(db: apsw.Connection, number: int, record: ExportRecord) -> None:
    _EXPORT.is_back(db, record.export_id)
    db.execute(
        "INSERT OR REPLACE INTO exports (export_id, number, space_id, state, asked_at, body) VALUES (?, ?, ?, ?, ?, ?)",
        (
            record.export_id,
            number,
            record.space_id,
            record.state,
            microseconds(record.asked_at),
            msgspec.json.encode(record).decode(),
        ),
    )
