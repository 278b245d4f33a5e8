"""Records from the portal into the copy: the later number holds, whatever the order or the repetition."""

from collections.abc import Sequence
from typing import Final

import apsw
import msgspec

from contract.changes import Change
from contract.leave import LeaveCatalogue, LeaveRecord
from contract.periods import last_day, signs_of
from desktop.services.records import Kind, is_gone, microseconds

Raw = msgspec.Raw
_LEAVE: Final = Kind("leave", "leaves", "leave_id")
_CATALOGUE: Final = "leave_catalogue"
KINDS: Final = frozenset({_LEAVE.name, _CATALOGUE})
CATALOGUE: Final = "leave.catalogue"
"""The fact under which the motives, reasons and documents are kept."""

_leaves = msgspec.json.Decoder(LeaveRecord)
_catalogues = msgspec.json.Decoder(LeaveCatalogue)


def apply(db: apsw.Connection, changes: Sequence[Change[Raw]]) -> None:
    """Takes in changes of the kinds in `KINDS`; others are passed over."""
    for change in changes:
        if change.kind == _CATALOGUE:
            _take_catalogue(db, _catalogues.decode(change.record))
        elif change.kind == _LEAVE.name and _LEAVE.is_news(db, change):
            if is_gone(change.record):
                _LEAVE.remove(db, change)
            else:
                _put(db, change.number, _leaves.decode(change.record))


def purge(db: apsw.Connection, space_id: str) -> None:
    """All that is held of a space goes. Wishes stay: the portal says what becomes of them."""
    _LEAVE.purge(db, space_id)


def _put(db: apsw.Connection, number: int, record: LeaveRecord) -> None:
    _LEAVE.is_back(db, record.leave_id)
    who = record.employee
    db.execute(
        _PUT,
        (
            record.leave_id,
            number,
            record.space_id,
            record.number,
            who.last_name,
            who.first_name,
            who.matricule,
            who.nir,
            record.motive,
            record.start.isoformat(),
            last_day(record).isoformat(),
            record.state,
            record.origin,
            record.subrogation,
            len(record.files),
            microseconds(record.moved_at),
            msgspec.json.encode(record).decode(),
            *signs_of(who),
        ),
    )


def _take_catalogue(db: apsw.Connection, catalogue: LeaveCatalogue) -> None:
    """Puts it in the place of the one that was known."""
    shared = msgspec.structs.replace(catalogue, spaces=())
    db.execute(
        "INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)",
        (CATALOGUE, msgspec.json.encode(shared).decode()),
    )
    db.execute("DELETE FROM leave_motives")
    db.executemany(
        "INSERT OR REPLACE INTO leave_motives (code, label) VALUES (?, ?)",
        [(motive.code, motive.label) for motive in catalogue.motives],
    )
    db.execute("DELETE FROM leave_terms")
    db.executemany(
        "INSERT OR REPLACE INTO leave_terms (space_id, body) VALUES (?, ?)",
        [(space.space_id, msgspec.json.encode(space.terms).decode()) for space in catalogue.spaces],
    )


# A leave that was declared here keeps the key that it had while it waited, which is negative; all others are given
# positive ones.
_PUT: Final = """
INSERT INTO leaves (
  key, leave_id, number, space_id, file_number, last_name, first_name, matricule, nir, motive, start, last_day, state,
  origin, subrogation, files, moved_at, body, matricule_sign, nir_sign, name_sign
) VALUES (
  coalesce(
    (SELECT -seq FROM outbox WHERE request_id = ?1 AND kind = 'declare_leave'),
    (SELECT max(0, coalesce(max(key), 0)) + 1 FROM leaves)
  ),
  ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
  ?18, ?19, ?20
)
ON CONFLICT (leave_id) DO UPDATE SET
  number = excluded.number, space_id = excluded.space_id, file_number = excluded.file_number,
  last_name = excluded.last_name, first_name = excluded.first_name, matricule = excluded.matricule,
  nir = excluded.nir, motive = excluded.motive, start = excluded.start, last_day = excluded.last_day,
  state = excluded.state, origin = excluded.origin, subrogation = excluded.subrogation, files = excluded.files,
  moved_at = excluded.moved_at, body = excluded.body, matricule_sign = excluded.matricule_sign,
  nir_sign = excluded.nir_sign, name_sign = excluded.name_sign
"""
