"""What the pages read: payments in their order, one of them whole, and the exports with what waits to be asked."""

import re
from array import array
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from contract import paths
from contract.allowances import ExportRecord, ExportState, Payee, RequestExport, Sense, window_start
from contract.calendar import MONTHS
from contract.portfolio import Right
from desktop.services import folding
from desktop.services.allowances.rows import (
    KINDS,
    ExportRow,
    ExportStage,
    Listing,
    PaymentRow,
    PaymentSheet,
    Query,
    StatementFile,
)
from desktop.services.files import Shelf
from desktop.services.outbox import Outbox, WishState
from desktop.services.store import Row, Store

_ROW: Final = """
SELECT
  p.key, p.payment_id, p.transfer_id, p.space_id, coalesce(n.company, ''), coalesce(n.member_number, ''),
  p.leave_number, p.matricule, p.last_name, p.first_name, p.nir, p.branch, p.code, p.label, p.sense, p.leave_start,
  p.start, p."end", p.days, p.rate, p.gross, p.csg, p.crds, p.tax, p.net, p.payee, p.paid_on, p.reference
FROM payments AS p LEFT JOIN named_spaces AS n ON n.space_id = p.space_id
"""
_SENSE: Final = 14
_PAYEE: Final = 25
_DAYS: Final = (15, 16, 17, 26)
"""Places in the row."""
_records = msgspec.json.Decoder(ExportRecord)
_wishes = msgspec.json.Decoder(RequestExport)
_NEEDS_PERSON: Final = (WishState.CONFLICT, WishState.REFUSED, WishState.PARKED)

CANONICAL: Final = (
    *("line", "company", "member", "payer", "person", "nir", "employee", "claim", "branch", "code", "label", "sense"),
    *("leave_start", "start", "end", "days", "unit", "gross", "csg", "crds", "tax", "levies", "net", "payee"),
    *("paid_on", "reference"),
)
"""The columns of `canonical`, as a line of the review names them."""
_CANONICAL: Final = """
SELECT
  p.key, coalesce(n.siret, ''), coalesce(n.member_number, ''), p.payer, trim(p.last_name || ' ' || p.first_name), p.nir,
  p.matricule, p.leave_number, p.branch, p.code, p.label, p.sense, p.leave_start, p.start, p."end", p.days, p.rate,
  p.gross, p.csg, p.crds, p.tax, p.csg + p.crds + p.tax, p.net, p.payee, p.paid_on, p.reference
FROM payments AS p LEFT JOIN named_spaces AS n ON n.space_id = p.space_id ORDER BY p.key
"""


class Reading:
    def __init__(self, store: Store, outbox: Outbox, shelf: Shelf) -> None:
        self._store, self._outbox, self._shelf = store, outbox, shelf

    # Payments

    def listing(self, query: Query) -> Listing:
        """May be long with many payments: called through `later`."""
        clause, values = _clause(query)
        rows = self._store.query(
            f"SELECT p.key, p.paid_on, p.gross, p.net FROM payments AS p WHERE {clause}"
            " ORDER BY p.paid_on DESC, p.number DESC, p.key DESC",
            values,
        )
        ids = array("q", [row[0] for row in rows])
        return Listing(ids, tuple(_groups(rows)), sum(row[2] for row in rows), sum(row[3] for row in rows))

    def rows(self, keys: Sequence[int]) -> list[PaymentRow]:
        """In the order of `keys`; a row that is gone is left out."""
        wanted = f"{_ROW} WHERE p.key IN ({','.join('?' * len(keys))})"
        found = {row[0]: row for row in self._store.query(wanted, tuple(keys))}
        return [_row(found[key]) for key in keys if key in found]

    def count(self, space_id: str | None = None) -> int:
        clause, values = _clause(Query(space_id=space_id))
        return int(self._store.query(f"SELECT count(*) FROM payments AS p WHERE {clause}", values)[0][0])

    def of_leave(self, space_id: str, leave_number: str) -> list[PaymentRow]:
        """What was paid for a leave, in the order of its payment."""
        wanted = f"{_ROW} WHERE p.space_id = ? AND p.leave_number = ? ORDER BY p.paid_on, p.number"
        return [_row(row) for row in self._store.query(wanted, (space_id, leave_number))]

    def paid_periods(self, space_id: str, leave_number: str) -> tuple[tuple[date, date], ...]:
        """The periods of a leave that were paid and not cancelled, both days included, in their order."""
        rows = self._store.query(
            'SELECT start, "end" FROM payments WHERE space_id = ? AND leave_number = ? AND start IS NOT NULL'
            ' AND "end" IS NOT NULL GROUP BY start, "end" HAVING sum(days) > 0 ORDER BY start, "end"',
            (space_id, leave_number),
        )
        return tuple((date.fromisoformat(start), date.fromisoformat(end)) for start, end in rows)

    def sheet(self, key: int, today: date) -> PaymentSheet | None:
        rows = self.rows([key])
        if not rows:
            return None
        row = rows[0]
        shown = row.paid_on >= window_start(today)
        ((beside, net),) = self._store.query(
            "SELECT count(*), sum(net) FROM payments WHERE transfer_id = ?", (row.transfer_id,)
        )
        return PaymentSheet(row, beside, net, tuple(self._statements(row, shown)), shown)

    def _statements(self, row: PaymentRow, shown: bool) -> Iterator[StatementFile]:
        known = {
            kind: (sha256, size)
            for kind, sha256, size in self._store.query(
                "SELECT format, sha256, size FROM statements WHERE transfer_id = ?", (row.transfer_id,)
            )
        }
        here = self._shelf.held([sha256 for sha256, _ in known.values()])
        for kind in KINDS:
            sha256, size = known.get(kind, (None, 0))
            path = paths.statement(row.transfer_id, kind) if shown else ""
            if path or sha256 in here:
                yield StatementFile(kind, path, _statement_name(row, kind), sha256, size, sha256 in here)

    def extent(self) -> tuple[int, str]:
        """How many payments `canonical` tells, and a mark that is another one once it tells others. Quick."""
        feeds = self._store.query(
            "SELECT p.space_id, count(*), max(p.key), coalesce(n.siret, ''), coalesce(n.member_number, '')"
            " FROM payments AS p LEFT JOIN named_spaces AS n ON n.space_id = p.space_id"
            " GROUP BY p.space_id ORDER BY p.space_id"
        )
        return sum(feed[1] for feed in feeds), "\n".join("\t".join(map(str, feed)) for feed in feeds)

    def canonical(self) -> dict[str, list[Any]]:
        """All payments ever told, by column (`CANONICAL`), as the review takes lines. Long with many of them."""
        rows = self._store.query(_CANONICAL)
        columns = zip(*rows, strict=True) if rows else ([] for _ in CANONICAL)
        told = {name: list(column) for name, column in zip(CANONICAL, columns, strict=True)}
        for name in ("leave_start", "start", "end", "paid_on"):
            told[name] = [None if value is None else date.fromisoformat(value) for value in told[name]]
        return told

    # What sync asks

    def behind(self) -> list[tuple[str, int]]:
        """The spaces with payments that are told of and not read yet, each with the number to read on from."""
        rows = self._store.query("SELECT space_id, reached FROM payment_feeds WHERE told > reached ORDER BY space_id")
        return [(str(space_id), int(reached)) for space_id, reached in rows]

    # Exports

    def spaces(self) -> frozenset[str]:
        """Those in which the person may see allowances."""
        held = self._store.query("SELECT space_id, rights FROM spaces")
        return frozenset(space_id for space_id, rights in held if Right.ALLOWANCES in msgspec.json.decode(rights))

    def exports(self) -> list[ExportRow]:
        """The latest first, those that wait to be asked before all."""
        told = [
            _records.decode(body) for (body,) in self._store.query("SELECT body FROM exports ORDER BY asked_at DESC")
        ]
        here = self._shelf.held([record.sha256 for record in told if record.sha256])
        return [*self._waiting({record.export_id for record in told}), *(_told(record, here) for record in told)]

    def _waiting(self, known: set[str]) -> Iterator[ExportRow]:
        bodies = {
            wish_id: _wishes.decode(body)
            for wish_id, body in self._store.query("SELECT wish_id, body FROM outbox WHERE kind = 'request_export'")
        }
        for waits in reversed(self._outbox.waiting()):
            wish = bodies.get(waits.wish_id)
            if wish is not None and wish.export_id not in known:
                yield ExportRow(
                    export_id=wish.export_id,
                    stage=ExportStage.REFUSED if waits.state in _NEEDS_PERSON else ExportStage.WAITING,
                    spaces=len(wish.space_ids),
                    format=wish.format,
                    asked_at=waits.made_at,
                    sentence=waits.sentence,
                    wish_id=waits.wish_id,
                )

    def news(self) -> list[ExportRow]:
        """The exports that are ready, or failed, and of which the person has not been told."""
        heard = {export_id for (export_id,) in self._store.query("SELECT export_id FROM export_notices")}
        ended = (ExportStage.READY, ExportStage.FAILED)
        return [row for row in self.exports() if row.stage in ended and row.export_id not in heard]

    # Files

    def wanted_files(self) -> frozenset[str]:
        """The files of the shelf that statements and exports name."""
        rows = self._store.query(
            "SELECT sha256 FROM statements"
            " UNION SELECT body ->> '$.sha256' FROM exports WHERE body ->> '$.sha256' <> ''"
        )
        return frozenset(str(sha256) for (sha256,) in rows)

    def content(self, sha256: str) -> bytes | None:
        """A downloaded file; None when it is not here. Not on the GUI thread."""
        return self._shelf.content(sha256)


def _clause(query: Query) -> tuple[str, tuple[Any, ...]]:
    clauses, values = ["1"], []
    if query.space_id is not None:
        clauses.append("p.space_id = ?")
        values.append(query.space_id)
    for run in folding.terms(query.text):
        readings = [
            "(" + " AND ".join("instr(p.words, ?) > 0" for _ in reading) + ")" for reading in folding.readings(run)
        ]
        clauses.append(f"({' OR '.join(readings)})")
        values += [f" {word}" for reading in folding.readings(run) for word in reading]
    return " AND ".join(clauses), tuple(values)


def _groups(rows: Sequence[Row]) -> Iterator[tuple[int, str]]:
    """The month in which each was paid."""
    month = ""
    for place, (_, paid_on, *_) in enumerate(rows):
        if paid_on[:7] != month:
            month = paid_on[:7]
            yield place, f"{MONTHS[int(month[5:]) - 1].capitalize()} {month[:4]}"


def _row(stored: Row) -> PaymentRow:
    told: list[Any] = list(stored)
    told[_SENSE], told[_PAYEE] = told[_SENSE] == Sense.CANCELLATION, told[_PAYEE] == Payee.EMPLOYEE
    for place in _DAYS:
        told[place] = None if told[place] is None else date.fromisoformat(told[place])
    return PaymentRow(*told)


def _statement_name(row: PaymentRow, kind: str) -> str:
    """No name of a person: the reference of the bank's line, as far as a file may be called so."""
    plain = re.sub(r"[^0-9A-Za-z-]+", "-", row.reference).strip("-") or "sans-reference"
    return f"Releve_{plain}.{kind}"


def _told(record: ExportRecord, here: frozenset[str]) -> ExportRow:
    stages = {stage.value: stage for stage in ExportStage}
    ready = record.state == ExportState.READY
    return ExportRow(
        export_id=record.export_id,
        stage=stages.get(record.state, ExportStage.PREPARING),
        spaces=len(record.space_ids),
        format=record.format,
        asked_at=record.asked_at,
        expires_at=record.expires_at,
        name=record.name,
        size=record.size,
        sha256=record.sha256,
        lines=record.lines,
        sentence=record.sentence,
        here=record.sha256 in here,
        path=paths.export(record.export_id) if ready else "",
    )
