"""What the pages read: rows, and one leave whole, the outbox laid over the copy."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec

from contract.catalogue import Topics
from contract.contact import Origin
from contract.files import safe_name
from contract.leave import (
    AnnounceReturn,
    CompleteLeave,
    DeclareLeave,
    LeaveFile,
    LeaveRecord,
    LeaveState,
    LeaveWish,
    ProlongLeave,
)
from contract.periods import last_day, why_closed, why_not_prolonged
from contract.portfolio import Right
from desktop.services.files import Shelf
from desktop.services.leave.catalogue import Known
from desktop.services.leave.course import Days, course, told_clocks, without_terms
from desktop.services.leave.listing import Index
from desktop.services.leave.projecting import declared, projected
from desktop.services.leave.rows import (
    Acts,
    Awaited,
    ByContact,
    Counts,
    Declared,
    Delivery,
    Employee,
    FileRow,
    LeaveRow,
    LeaveSheet,
    Listing,
    Motive,
    Pill,
    ProlongationRow,
    Query,
    Reason,
    Standing,
)
from desktop.services.outbox import Outbox, WishState
from desktop.services.records import moment
from desktop.services.store import Row, Store

_ROW: Final = """
SELECT
  s.key, s.leave_id, s.space_id, s.file_number, s.last_name, s.first_name, s.matricule,
  coalesce(m.label, s.motive), s.start, s.last_day, s.pill, s.origin, s.subrogation, s.files, s.moved_at,
  coalesce(n.company, ''), coalesce(n.member_number, '')
FROM shown_leaves AS s
LEFT JOIN leave_motives AS m ON m.code = s.motive LEFT JOIN named_spaces AS n ON n.space_id = s.space_id
"""
_DECLARED: Final = """
SELECT
  coalesce(n.siret, ''), s.nir, s.matricule, s.start, s.last_day, s.subrogation,
  s.body ->> '$.subrogation_from', s.body ->> '$.subrogation_through'
FROM shown_leaves AS s LEFT JOIN named_spaces AS n ON n.space_id = s.space_id
WHERE s.pill NOT IN ('withdrawn', 'draft') AND (s.pill <> 'refused' OR s.file_number IS NOT NULL)
  AND NOT EXISTS (
    SELECT 1 FROM leave_wishes AS w
    WHERE w.leave_id = s.leave_id AND w.kind = 'withdraw_leave' AND w.state NOT IN ('refused', 'conflict')
  )
"""
_CAUSES: Final = {
    **dict.fromkeys(("02", "03", "07", "09"), "maternity"),
    **dict.fromkeys(("04", "06", "16", "17"), "work_accident"),
    **dict.fromkeys(("05", "18"), "occupational_disease"),
}
"""How the form of Contact names the motives; all others are illness."""
_EDITABLE: Final = (DeclareLeave, ProlongLeave, AnnounceReturn, CompleteLeave)
_records = msgspec.json.Decoder(LeaveRecord)
_wishes: msgspec.json.Decoder[LeaveWish] = msgspec.json.Decoder(LeaveWish)


class Reading:
    def __init__(self, store: Store, outbox: Outbox, shelf: Shelf | None = None) -> None:
        """`shelf` tells which files are on this computer; without it none is, but those waiting to be sent."""
        self._store, self._outbox, self._shelf = store, outbox, shelf
        self._index, self._known = Index(store), Known(store)

    # Lists

    def listing(self, query: Query, today: date) -> Listing:
        """May be long with many leaves: called through `later`."""
        return self._index.listing(query, today)

    def counts(self, space_id: str | None) -> Counts:
        return self._index.counts(space_id)

    def rows(self, keys: Sequence[int]) -> list[LeaveRow]:
        """In the order of `keys`; a row that is gone is left out."""
        wanted = f"{_ROW} WHERE s.key IN ({','.join('?' * len(keys))})"
        found = {row[0]: row for row in self._store.query(wanted, tuple(keys))}
        return [_row(found[key]) for key in keys if key in found]

    def key_of(self, leave_id: str) -> int | None:
        found = self._store.query("SELECT key FROM shown_leaves WHERE leave_id = ?", (leave_id,))
        return found[0][0] if found else None

    def spaces(self) -> frozenset[str]:
        """Those in which the person may declare leaves."""
        held = self._store.query("SELECT space_id, rights FROM spaces")
        return frozenset(space_id for space_id, rights in held if Right.LEAVE in msgspec.json.decode(rights))

    def declared(self) -> tuple[Declared, ...]:
        """All leaves that hold, of all spaces. May be long with many."""
        return tuple(_declared(row) for row in self._store.query(_DECLARED))

    # One leave

    def sheet(self, leave_id: str, today: date, paid: Iterable[Days] = ()) -> LeaveSheet | None:
        """`paid` are the periods of which a payment is known."""
        found = self._store.query(f"{_ROW} WHERE s.leave_id = ? AND s.pill <> 'draft'", (leave_id,))
        leave = self.as_wished(leave_id)
        if not found or leave is None:
            return None
        waits = self._waiting(leave_id)
        known = self._kept_record(leave_id)
        return self._sheet(_row(found[0]), leave, known, waits, today, paid)

    def _sheet(
        self,
        row: LeaveRow,
        leave: LeaveRecord,
        known: LeaveRecord | None,
        waits: Sequence[tuple[Row, LeaveWish]],
        today: date,
        paid: Iterable[Days],
    ) -> LeaveSheet:
        catalogue = self._known.catalogue()
        motive = catalogue.motive(leave.motive)
        reasons = {reason.code: reason.label for reason in catalogue.reasons}
        pending = frozenset(_made_by(wish) for _, wish in waits)
        has_terms = known is not None or self._known.terms(leave.space_id, motive) is not None
        declared_on = known.declared_at.astimezone().date() if known is not None else None
        gone = leave.state == LeaveState.WITHDRAWN
        if gone and known is not None and known.state != LeaveState.WITHDRAWN:
            pending |= {leave.leave_id}
        over = leave.state in (LeaveState.ENDED, LeaveState.WITHDRAWN) or leave.returned_on is not None
        return LeaveSheet(
            row=row,
            nir=leave.employee.nir,
            motive_code=leave.motive,
            branch=motive.branch if motive is not None else "",
            last_day_worked=leave.last_day_worked,
            expected_end=leave.expected_end,
            subrogation=(leave.subrogation_from, leave.subrogation_through) if leave.subrogation else None,
            accident_on=leave.accident_on,
            relapse=leave.relapse,
            returned_on=leave.returned_on,
            return_reason=reasons.get(leave.return_reason or "", ""),
            prolongations=tuple(
                ProlongationRow(one.start, one.through, None if one.prolongation_id in pending else one.declared_at)
                for one in leave.prolongations
            ),
            awaited=tuple(Awaited(one.awaited_id, one.label) for one in leave.awaited),
            files=self._files(leave.files, frozenset(file.attachment_id for file in known.files) if known else None),
            author=leave.author_name,
            declared_at=known.declared_at if known is not None else None,
            version=known.version if known is not None else None,
            course=course(leave, paid, pending),
            clocks=told_clocks(leave, today, declared_on) if has_terms and not gone else (),
            acts=_acts(leave),
            deliveries=tuple(self._delivery(row, wish) for row, wish in waits),
            overdue=not over and last_day(leave) < today,
        )

    def as_wished(self, leave_id: str) -> LeaveRecord | None:
        """As it will be when what waits is carried out; what was refused, or met other ground, promises nothing."""
        waits = self._waiting(leave_id)
        person = self._store.query("SELECT first_name || ' ' || last_name FROM person")
        author = person[0][0] if person else ""
        leave = self._kept_record(leave_id)
        if leave is None:
            begun = next(((row, wish) for row, wish in waits if isinstance(wish, DeclareLeave)), None)
            if begun is None:
                return None
            row, wish = begun
            terms = self._known.terms(wish.space_id, self._known.catalogue().motive(wish.motive))
            leave = declared(wish, terms or without_terms(wish.start), author, moment(row[5]))
        live = [(wish, moment(row[5])) for row, wish in waits if row[2] not in (WishState.REFUSED, WishState.CONFLICT)]
        return projected(leave, live, author)

    def _kept_record(self, leave_id: str) -> LeaveRecord | None:
        found = self._store.query("SELECT body FROM leaves WHERE leave_id = ?", (leave_id,))
        return _records.decode(found[0][0]) if found else None

    def _waiting(self, leave_id: str) -> list[tuple[Row, LeaveWish]]:
        """(wish_id, title, state, sentence, attempts, made_at) and the wish, in their order."""
        found = self._store.query(
            "SELECT wish_id, title, state, sentence, attempts, made_at, body FROM leave_wishes WHERE leave_id = ?"
            " ORDER BY seq",
            (leave_id,),
        )
        return [(row[:6], _wishes.decode(row[6])) for row in found]

    def _delivery(self, row: Row, wish: LeaveWish) -> Delivery:
        wish_id, title, state, sentence, attempts, _ = row
        standing = _STANDINGS.get(state, Standing.WAITING)
        if standing is Standing.HELD and not self._outbox.hold_left(wish_id):
            standing = Standing.WAITING
        left = attempts > (state == WishState.SENDING)
        return Delivery(wish_id, title, standing, sentence, isinstance(wish, _EDITABLE), left)

    def _files(self, files: Sequence[LeaveFile], sent: frozenset[str] | None) -> tuple[FileRow, ...]:
        """`sent` are those that the portal has; None when it has none."""
        labels = self._known.labels()
        kept = self._shelf.held(file.sha256 for file in files) if self._shelf is not None else frozenset()
        return tuple(
            FileRow(
                attachment_id=file.attachment_id,
                name=safe_name(file.name),
                media_type=file.media_type,
                size=file.size,
                sha256=file.sha256,
                kept=file.sha256 in kept or file.attachment_id not in (sent or ()),
                document=labels.get(file.document, ""),
                sent_at=file.sent_at if file.attachment_id in (sent or ()) else None,
                author=file.author_name,
            )
            for file in files
        )

    def by_contact(self, leave_id: str) -> ByContact | None:
        """The request by which a leave of the former space is prolonged; None for any other."""
        leave = self._kept_record(leave_id)
        if leave is None or leave.origin != Origin.FORMER:
            return None
        who = leave.employee
        fields = {
            "employee": f"{who.last_name} {who.first_name}",
            "cause": _CAUSES.get(leave.motive, "illness"),
            "last_day_worked": leave.last_day_worked.isoformat(),
            "start_date": leave.start.isoformat(),
            "end_date": "",
            "extension": "yes",
            "subrogation": "yes" if leave.subrogation else "no",
            "text": f"Prolongation de l’arrêt n°\u00a0{leave.number}, commencé dans l’ancien espace client.",
        }
        return ByContact(leave.space_id, Topics.LEAVE, fields)

    # The catalogue

    def motives(self) -> tuple[Motive, ...]:
        """Those that can be declared."""
        offered = (motive for motive in self._known.catalogue().motives if motive.offered)
        return tuple(Motive(one.code, one.label, one.accident) for one in offered)

    def reasons(self) -> tuple[Reason, ...]:
        return tuple(Reason(one.code, one.label) for one in self._known.catalogue().reasons)

    def employees(self, space_id: str) -> tuple[Employee, ...]:
        """Of whom a leave is known here, by name: what is told of each most completely."""
        found = self._store.query(
            "SELECT last_name, first_name, max(matricule), max(nir) FROM shown_leaves"
            " WHERE space_id = ? AND pill <> 'draft' GROUP BY last_name, first_name, matricule"
            " ORDER BY last_name, first_name",
            (space_id,),
        )
        return tuple(Employee(*row) for row in found)


_STANDINGS: Final = {
    WishState.HELD: Standing.HELD,
    WishState.REFUSED: Standing.REFUSED,
    WishState.CONFLICT: Standing.CONFLICT,
    WishState.PARKED: Standing.PARKED,
}


def _made_by(wish: LeaveWish) -> str:
    match wish:
        case ProlongLeave():
            return wish.prolongation_id
        case DeclareLeave():
            return wish.leave_id
        case _:
            return ""


def _acts(leave: LeaveRecord) -> Acts:
    """A return may be announced again, to correct its day."""
    closed = why_closed(leave)
    return Acts(prolong=why_not_prolonged(leave), announce_return=closed, complete=closed, withdraw=closed)


def _row(row: Row) -> LeaveRow:
    key, leave_id, space_id, number, last, first, matricule, motive, start, end, pill, origin, *rest = row
    subrogation, files, moved_at, company, member_number = rest
    return LeaveRow(
        key=key,
        leave_id=leave_id,
        space_id=space_id,
        number=number,
        last_name=last,
        first_name=first,
        matricule=matricule,
        motive=motive,
        start=_day(start),
        last_day=_day(end),
        pill=Pill(pill),
        former=origin == Origin.FORMER,
        subrogation=bool(subrogation),
        files=files,
        moved_at=moment(moved_at),
        company=company,
        member_number=member_number,
    )


def _declared(row: Row) -> Declared:
    siret, nir, matricule, start, last_day, subrogation, first, last = row
    begun = date.fromisoformat(start)
    subrogated = (_day(first or "") or begun, _day(last or "")) if subrogation else None
    return Declared(siret, nir, matricule, begun, date.fromisoformat(last_day), subrogated)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None  # as it was typed, in a draft
