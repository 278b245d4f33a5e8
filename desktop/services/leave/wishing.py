"""What the person writes: drafts kept as they are typed, and wishes made of them."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import apsw

from contract.identity import new_id
from contract.leave import Case, DeclareLeave, Employee, LeaveRecord, LeaveWish, WithdrawLeave
from contract.periods import (
    overlap_sentence,
    overlapping,
    said,
    same_employee,
    signs_of,
    why_closed,
)
from contract.wishes import Wish
from desktop.services.drafting import Complaint, Drafting, Invalid, drop, keep, placed
from desktop.services.files import Shelf
from desktop.services.leave import forms
from desktop.services.leave.reading import Reading
from desktop.services.leave.rows import Act, Document, Draft
from desktop.services.outbox import Outbox
from desktop.services.store import Store

TOPIC: Final = "leave"
_WITHIN: Final = "employee."
_COMPARED: Final = {"last_name", "first_name", "matricule", "nir", "start", "expected_end"}
"""What must be known to tell whether the employee is on leave already."""
_NEAR: Final = """
WITH hers (key) AS (
  SELECT key FROM leaves WHERE space_id = ?1 AND matricule_sign = ?4 AND matricule_sign <> ''
  UNION SELECT key FROM leaves WHERE space_id = ?1 AND nir_sign = ?5 AND nir_sign <> ''
  UNION SELECT key FROM leaves WHERE space_id = ?1 AND name_sign = ?6
)
SELECT l.leave_id, l.matricule, l.last_name, l.first_name, l.nir, FALSE, l.start FROM hers JOIN leaves AS l USING (key)
WHERE l.last_day >= ?2 AND l.start <= ?3 AND l.state <> 'withdrawn'
  AND l.leave_id NOT IN (SELECT request_id FROM outbox)
UNION ALL
SELECT s.leave_id, '', '', '', '', TRUE, s.start FROM shown_leaves AS s
WHERE s.leave_id IN (SELECT request_id FROM outbox) AND s.space_id = ?1 AND s.last_day >= ?2 AND s.start <= ?3
  AND s.pill NOT IN ('withdrawn', 'draft') AND (s.pill <> 'refused' OR s.file_number IS NOT NULL)
ORDER BY 7
"""
"""Leaves that have a day of a period and may be of an employee (`signs_of`), with whose they are; those that are wished
of are taken whoever's they are, for only they are projected, which takes long for thousands."""
_GONE: Final = "Cet arrêt n’est plus visible\u00a0: vos droits ont peut-être changé."
_NO_SPACE: Final = "Choisissez pour quelle entreprise vous déclarez cet arrêt."
_NO_RIGHT: Final = "Il vous manque le droit de déclarer des arrêts dans cet espace."


class Wishing(Reading, Drafting[Draft]):
    topic = TOPIC

    def __init__(self, store: Store, outbox: Outbox, shelf: Shelf | None = None) -> None:
        Reading.__init__(self, store, outbox, shelf)
        Drafting.__init__(self, store, outbox, Draft)

    # Checking

    def complaints(self, draft: Draft, today: date) -> tuple[Complaint, ...]:
        """All that is wrong with what is drafted, once for each field, in the order of the form."""
        found = forms.asked(draft)
        if draft.act is Act.DECLARE:
            return forms.in_order([*self._about_space(draft), *found, *self._about_declaration(draft, today, found)])
        leave = self.as_wished(draft.leave_id)
        if leave is None:
            return (Complaint("leave_id", _GONE),)
        about = self._about_leave(draft, leave)
        closed = [each for each in about if each.field == "leave_id"]
        return forms.in_order(closed or [*found, *about])

    def _about_space(self, draft: Draft) -> list[Complaint]:
        if draft.space_id is None:
            return [Complaint("space", _NO_SPACE)]
        return [] if draft.space_id in self.spaces() else [Complaint("space", _NO_RIGHT)]

    def _about_declaration(self, draft: Draft, today: date, asked: Sequence[Complaint]) -> list[Complaint]:
        motive = self._known.catalogue().motive(draft.values.get("motive", ""))
        found = placed(forms.wrong(draft, motive, today), _WITHIN)
        if draft.space_id is not None and not {each.field for each in (*asked, *found)} & _COMPARED:
            wish = forms.declaration(draft, "", motive)
            if why := self._shared_day(wish, wish.space_id, wish.start, wish.expected_end, ""):
                found.append(Complaint("start", why))
        return found

    def _about_leave(self, draft: Draft, leave: LeaveRecord) -> list[Complaint]:
        match draft.act:
            case Act.PROLONG:
                errors, days = forms.wrong_with_longer(draft, leave)
                why = self._shared_day(leave, leave.space_id, *days, leave.leave_id) if days is not None else ""
                return placed(errors, _WITHIN) + ([Complaint("through", why)] if why else [])
            case Act.RETURN:
                return placed(forms.wrong_with_return(draft, leave), _WITHIN)
            case _:
                closed = why_closed(leave)
                return [Complaint("leave_id", closed)] if closed else []

    def _shared_day(self, who: DeclareLeave | LeaveRecord, space_id: str, start: date, end: date, but: str) -> str:
        """Why it cannot be: another leave of the same employee has a day of this period; "" when none has."""
        rows = self._store.query(_NEAR, (space_id, start.isoformat(), end.isoformat(), *signs_of(who.employee)))
        theirs = (row[0] for row in rows if row[5] or same_employee(Employee(*row[1:5]), who.employee))
        leaves = (leave for leave_id in theirs if (leave := self.as_wished(leave_id)) is not None)
        found = overlapping(who.employee, start, end, leaves, but)
        if found is None:
            return ""
        if found.number:
            return overlap_sentence(found)
        days = said(found.start, found.expected_end)
        return f"Une déclaration pour ce salarié, {days}, attend déjà d’être envoyée."

    def checklist(self, draft: Draft) -> tuple[Document, ...]:
        """The documents that what is drafted wants, in the catalogue's order."""
        catalogue = self._known.catalogue()
        code = draft.values.get("motive", "")
        if draft.act is not Act.DECLARE:
            leave = self.as_wished(draft.leave_id)
            code = leave.motive if leave is not None else ""
        wanted = catalogue.wanted(code, forms.cases(draft, catalogue.motive(code)))
        return tuple(Document(one.code, one.label, one.required, one.help) for one in wanted)

    def depends(self, draft: Draft) -> bool:
        """Whether more documents may be wanted of a declaration, once it is said whether there is subrogation."""
        if draft.act is not Act.DECLARE or forms.told(draft.values, "subrogation") is not None:
            return False
        return bool(self._known.catalogue().wanted(draft.values.get("motive", ""), (Case.SUBROGATION, Case.DIRECT)))

    # Sending

    def send(self, draft: Draft, today: date) -> str:
        """Sends what is drafted and drops its draft in the same transaction; answers the leave's identifier. Raises
        `Invalid`."""
        if complaints := self.complaints(draft, today):
            raise Invalid(complaints)
        leave = self.as_wished(draft.leave_id) if draft.act is not Act.DECLARE else None
        with self._writing() as db:
            wish = self._wish_of(db, draft)
            who = leave.employee if leave is not None else forms.employee(draft.values)
            space_id = leave.space_id if leave is not None else draft.space_id
            self._add(db, wish, f"{who.last_name} {who.first_name}", space_id or "")
            drop(db, draft.key)
        return wish.leave_id

    def _wish_of(self, db: apsw.Connection, draft: Draft) -> LeaveWish:
        if draft.act is Act.DECLARE:
            motive = self._known.catalogue().motive(draft.values.get("motive", ""))
            return forms.declaration(draft, new_id(), motive)
        base = None if _follows_another(db, draft.leave_id) else draft.base_version
        match draft.act:
            case Act.PROLONG:
                return forms.prolongation(draft, base)
            case Act.RETURN:
                return forms.announcement(draft, base)
            case _:
                return forms.completion(draft, base)

    def withdraw(self, leave_id: str, base_version: int | None) -> str:
        """Takes the leave back; answers the wish's identifier. One that is still here to be sent is to be taken back
        (`take_back`) instead. Raises `Invalid`."""
        leave = self.as_wished(leave_id)
        if leave is None:
            raise Invalid([Complaint("leave_id", _GONE)])
        if closed := why_closed(leave):
            raise Invalid([Complaint("leave_id", closed)])
        with self._writing() as db:
            base = None if _follows_another(db, leave_id) else base_version
            who = leave.employee
            wish = WithdrawLeave(leave_id=leave_id, base_version=base)
            return self._add(db, wish, f"{who.last_name} {who.first_name}", leave.space_id)

    def _add(self, db: apsw.Connection, wish: LeaveWish, employee: str, space_id: str) -> str:
        return self._outbox.add(
            wish,
            lane=lane(wish.leave_id),
            topics=[TOPIC],
            title=f"{_TITLES[type(wish).__name__]}\u00a0: {employee.strip()}",
            about=self._company(space_id),
            hold=True,
            db=db,
        )

    # Taking back

    def take_back(self, wish_id: str) -> tuple[bool, Draft | None]:
        """« Annuler l’envoi »: whether the wish is out of the outbox, and the draft that it is again, which replaces
        one typed since; with a declaration go the wishes that built on it. (False, None) when it has left already."""
        with self._writing() as db:
            wish = self._outbox.take_back(wish_id, db)
            if wish is None:
                return False, None
            if isinstance(wish, DeclareLeave):
                self._outbox.take_lane(db, lane(wish.leave_id))
            return True, _redraft(db, wish)

    def edit_refused(self, wish_id: str) -> Draft | None:
        """« Modifier et renvoyer »: as `take_back`, for a wish refused, in conflict or parked."""
        with self._writing() as db:
            wishes = self._outbox.remove(db, wish_id)
            return _redraft(db, wishes[0]) if wishes else None

    def retry(self, wish_id: str) -> None:
        """A parked wish is tried again."""
        self._outbox.retry(wish_id)

    # Files

    def wanted_files(self) -> frozenset[str]:
        """Sums of all files that a leave names: with those of Contact, which answers for wishes and drafts too, what
        the shelf must keep."""
        rows = self._store.query("SELECT f.value ->> '$.sha256' FROM leaves, json_each(body, '$.files') AS f")
        return frozenset(value for (value,) in rows)


_TITLES: Final = {
    "DeclareLeave": "Déclaration d’arrêt",
    "ProlongLeave": "Prolongation d’arrêt",
    "AnnounceReturn": "Reprise du travail",
    "CompleteLeave": "Documents d’un arrêt",
    "WithdrawLeave": "Retrait d’un arrêt",
}


def lane(leave_id: str) -> str:
    return f"leave:{leave_id}"


def _follows_another(db: apsw.Connection, leave_id: str) -> bool:
    """Whether an earlier wish about this leave waits: it changes the ground itself, and it is the one that is held to
    what the person saw."""
    found = db.execute(
        "SELECT 1 FROM leave_wishes WHERE leave_id = ? AND state NOT IN ('refused', 'conflict') LIMIT 1", (leave_id,)
    ).fetchone()
    return found is not None


def _redraft(db: apsw.Connection, wish: Wish) -> Draft | None:
    if not isinstance(wish, LeaveWish):
        return None
    draft = forms.draft_of(wish)
    if draft is not None:
        keep(db, draft)
    return draft
