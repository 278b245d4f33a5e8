"""What each wish does to a leave, and what an adviser may do. Every rule begins with what its person may see.

A rule works inside a `Transaction`: it writes, notes the changes, and raises `Refusal` when the answer is no.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from sqlalchemy import and_, insert, select

from contract.contact import Origin
from contract.leave import (
    AnnounceReturn,
    Case,
    CompleteLeave,
    DeclareLeave,
    Employee,
    LeaveAttachment,
    LeaveDocument,
    LeaveFile,
    LeaveRecord,
    LeaveState,
    LeaveWish,
    NewEmployee,
    ProlongLeave,
    ReturnReason,
    WithdrawLeave,
)
from contract.periods import (
    cases_of,
    check_declaration,
    check_prolongation,
    check_return,
    overlap_sentence,
    overlapping,
    prolongation_of,
    same_employee,
    tidy_nir,
    why_closed,
)
from contract.portfolio import Right
from contract.wire import FieldError, ProblemKind
from portal import people
from portal.attachments import refuse_known, sent_files, taken
from portal.database import LEAVE_NUMBER, Actor, Transaction
from portal.leave import records
from portal.leave.terms import Terms
from portal.people import Adviser
from portal.problems import Refusal, invalid, unknown
from portal.tables import leaves, prolongations

_MANY_AWAITED = 20


def carry_out(tx: Transaction, terms: Terms, person_id: str, wish: LeaveWish) -> None:
    """Does what the person wishes. Raises `Refusal`."""
    match wish:
        case DeclareLeave():
            declare(tx, terms, person_id, wish)
        case ProlongLeave():
            prolong(tx, terms, person_id, wish)
        case AnnounceReturn():
            announce_return(tx, terms, person_id, wish)
        case CompleteLeave():
            complete(tx, person_id, wish)
        case WithdrawLeave():
            withdraw(tx, person_id, wish)


# What a clerk may wish


def declare(tx: Transaction, terms: Terms, person_id: str, wish: DeclareLeave) -> None:
    rights = people.rights_in(tx.db, person_id, wish.space_id, tx.now)
    if not rights:
        raise unknown()
    if Right.LEAVE not in rights:
        raise Refusal(ProblemKind.RIGHTS)
    tx.hold([wish.space_id])
    if tx.db.execute(select(leaves.c.leave_id).where(leaves.c.leave_id == wish.leave_id)).first() is not None:
        raise Refusal(ProblemKind.OTHER_WISH, "Cet arrêt a déjà été déclaré par un autre envoi.")
    motive = terms.catalogue.motive(wish.motive)
    if errors := check_declaration(wish, motive, tx.now.date()):
        raise Refusal(ProblemKind.INVALID, errors=tuple(errors))
    _refuse_overlap(tx, wish.space_id, wish.employee, wish.start, wish.expected_end, field="start")
    begun = Begun(
        leave_id=wish.leave_id,
        space_id=wish.space_id,
        number=str(tx.next_fact(LEAVE_NUMBER)),
        employee=_tidy(wish.employee),
        motive=wish.motive,
        last_day_worked=wish.last_day_worked,
        start=wish.start,
        expected_end=wish.expected_end,
        subrogation=(wish.subrogation_from, wish.subrogation_through) if wish.subrogation else None,
        accident_on=wish.accident_on,
        relapse=bool(wish.relapse),
        author_id=person_id,
        author_name=people.name_of(tx.db, person_id),
    )
    write(tx, terms, begun)
    wanted = terms.catalogue.wanted(wish.motive, cases_of(wish, motive))
    _take_documents(tx, person_id, wish.leave_id, wish.attachments, wanted)
    records.settle(tx, wish.leave_id)
    tx.audit(Actor("person", person_id), "leave.declare", space=wish.space_id, subject=wish.leave_id)


def prolong(tx: Transaction, terms: Terms, person_id: str, wish: ProlongLeave) -> None:
    leave = _seen(tx, person_id, wish.leave_id, wish.base_version)
    _refuse(check_prolongation(leave, wish))
    start, through = prolongation_of(leave, wish)
    _refuse_overlap(tx, leave.space_id, leave.employee, start, through, field="through", but=leave.leave_id)
    known = select(prolongations.c.leave_id).where(prolongations.c.prolongation_id == wish.prolongation_id)
    if tx.db.execute(known).first() is not None:
        raise taken()
    add_prolongation(tx, leave.leave_id, wish.prolongation_id, start, through)
    wanted = terms.catalogue.wanted(leave.motive, [Case.PROLONGATION])
    _take_documents(tx, person_id, leave.leave_id, wish.attachments, wanted)
    records.settle(tx, leave.leave_id, ended_at=None)
    tx.audit(Actor("person", person_id), "leave.prolong", space=leave.space_id, subject=leave.leave_id)


def announce_return(tx: Transaction, terms: Terms, person_id: str, wish: AnnounceReturn) -> None:
    leave = _seen(tx, person_id, wish.leave_id, wish.base_version)
    _refuse(check_return(leave, wish))
    cases = [Case.RETURN, *([Case.PART_TIME_RETURN] if wish.reason == ReturnReason.PART_TIME_THERAPEUTIC else [])]
    _take_documents(tx, person_id, leave.leave_id, wish.attachments, terms.catalogue.wanted(leave.motive, cases))
    records.settle(tx, leave.leave_id, returned_on=wish.returned_on, return_reason=wish.reason)
    tx.audit(Actor("person", person_id), "leave.return", space=leave.space_id, subject=leave.leave_id)


def complete(tx: Transaction, person_id: str, wish: CompleteLeave) -> None:
    leave = _seen(tx, person_id, wish.leave_id, wish.base_version)
    if closed := why_closed(leave):
        raise _refused(closed)
    if not wish.attachments:
        raise invalid("attachments", "Joignez le document.")
    _take_documents(tx, person_id, leave.leave_id, wish.attachments, ())
    if wish.answers:
        records.awaited.answer(tx, leave.leave_id, wish.answers)
    records.settle(tx, leave.leave_id)
    tx.audit(Actor("person", person_id), "leave.complete", space=leave.space_id, subject=leave.leave_id)


def withdraw(tx: Transaction, person_id: str, wish: WithdrawLeave) -> None:
    leave = _seen(tx, person_id, wish.leave_id, wish.base_version)
    if closed := why_closed(leave):
        raise _refused(closed)
    if records.leave_row(tx.db, leave.leave_id).paid_at is not None:
        raise _refused("Des indemnités ont déjà été versées pour cet arrêt\u00a0: écrivez à votre conseiller.")
    records.settle(tx, leave.leave_id, withdrawn_at=tx.now)
    tx.audit(Actor("person", person_id), "leave.withdraw", space=leave.space_id, subject=leave.leave_id)


def _seen(tx: Transaction, person_id: str, leave_id: str, base_version: int | None) -> LeaveRecord:
    """The leave, if the person may see it and it stands as she saw it, read once its space is held."""
    visible = people.sees(person_id, leaves.c.space_id, Right.LEAVE, tx.now)
    people.hold_space_of(tx, leaves.c.leave_id, leave_id, visible)
    leave = records.leave_record(tx.db, leave_id)
    if base_version is not None and base_version != leave.version:
        title = "L’arrêt a changé depuis que vous l’avez lu."
        raise Refusal(ProblemKind.STALE, title=title, version=leave.version)
    return leave


def _refuse(errors: Sequence[FieldError]) -> None:
    """What concerns the leave itself is told as the reason of the refusal, the rest beside its field."""
    about_it = [error.sentence for error in errors if error.field == "leave_id"]
    if errors:
        raise Refusal(ProblemKind.INVALID, about_it[0] if about_it else None, errors=tuple(errors))


def _refused(sentence: str) -> Refusal:
    return Refusal(ProblemKind.INVALID, sentence, errors=(FieldError("leave_id", sentence),))


def _tidy(employee: NewEmployee) -> Employee:
    matricule, last, first = (
        " ".join(text.split()) for text in (employee.matricule, employee.last_name, employee.first_name)
    )
    return Employee(matricule, last, first, tidy_nir(employee.nir))


def _refuse_overlap(
    tx: Transaction,
    space_id: str,
    employee: Employee | NewEmployee,
    start: date,
    end: date,
    *,
    field: str,
    but: str = "",
) -> None:
    near = and_(
        leaves.c.space_id == space_id,
        leaves.c.last_day >= start,
        leaves.c.start <= end,
        leaves.c.state != LeaveState.WITHDRAWN,
    )
    rows = tx.db.execute(select(leaves).where(near).order_by(leaves.c.start, leaves.c.number)).all()
    theirs = (row.leave_id for row in rows if same_employee(records.employee_of(row), employee))
    found = overlapping(employee, start, end, (records.leave_record(tx.db, key) for key in theirs), but)
    if found is not None:
        raise invalid(field, overlap_sentence(found))


def _take_documents(
    tx: Transaction,
    person_id: str,
    leave_id: str,
    named: Sequence[LeaveAttachment],
    wanted: Collection[LeaveDocument],
) -> None:
    """Keeps the files, and awaits the required documents that none of them is."""
    files = sent_files(tx, person_id, named)
    refuse_known(tx, files)
    author = people.name_of(tx.db, person_id)
    sent = [
        LeaveFile(
            **msgspec.structs.asdict(file),
            document=one.document if any(one.document == document.code for document in wanted) else "",
            sent_at=tx.now,
            author_name=author,
        )
        for file, one in zip(files, named, strict=True)
    ]
    records.add_files(tx, leave_id, sent)
    brought = {file.document for file in sent}
    lacking = [one for one in wanted if one.required and one.code not in brought]
    records.awaited.ask(tx, leave_id, [one.label for one in lacking])


# What an adviser may do


def follow(tx: Transaction, adviser: Adviser, leave_id: str) -> LeaveRecord:
    """Takes the leave up. Raises `Refusal` for one that was withdrawn."""
    leave = _opened(tx, leave_id)
    tx.audit(adviser.actor, "leave.follow", space=leave.space_id, subject=leave_id)
    return records.settle(tx, leave_id, followed_at=tx.now, ended_at=None)


def ask_documents(tx: Transaction, adviser: Adviser, leave_id: str, labels: Sequence[str]) -> LeaveRecord:
    leave = _opened(tx, leave_id)
    if len(leave.awaited) + len(labels) > _MANY_AWAITED:
        raise _refused("Trop de documents sont attendus à la fois.")
    records.awaited.ask(tx, leave_id, labels)
    tx.audit(adviser.actor, "leave.ask_document", space=leave.space_id, subject=leave_id)
    return records.settle(tx, leave_id, followed_at=tx.now)


def end(tx: Transaction, adviser: Adviser, leave_id: str) -> LeaveRecord:
    """Closes the file. Nothing is awaited any more."""
    leave = _opened(tx, leave_id)
    records.awaited.end(tx, leave_id)
    tx.audit(adviser.actor, "leave.end", space=leave.space_id, subject=leave_id)
    return records.settle(tx, leave_id, ended_at=tx.now)


def _opened(tx: Transaction, leave_id: str) -> LeaveRecord:
    people.hold_space_of(tx, leaves.c.leave_id, leave_id)
    leave = records.leave_record(tx.db, leave_id)
    if closed := why_closed(leave):
        raise _refused(closed)
    return leave


# Writing a leave, whoever declares it


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A leave as it begins. `subrogation`: its first and last day, None without; `author_id` None: declared in the
    former space by somebody without an account here."""

    leave_id: str
    space_id: str
    number: str
    employee: Employee
    motive: str
    last_day_worked: date
    start: date
    expected_end: date
    subrogation: tuple[date | None, date | None] | None = None
    accident_on: date | None = None
    relapse: bool = False
    origin: str = Origin.NEW
    author_id: str | None = None
    author_name: str


def write(tx: Transaction, terms: Terms, begun: Begun) -> None:
    """Its row, with the terms of its first day; `records.settle` is to follow."""
    row = {name: getattr(begun, name) for name in Begun.__dataclass_fields__ if name not in ("employee", "subrogation")}
    first, last = begun.subrogation or (None, None)
    held = terms.of_leave(tx.db, begun.space_id, begun.motive, begun.start)
    tx.db.execute(
        insert(leaves).values(
            **row,
            **msgspec.structs.asdict(begun.employee),
            subrogation=begun.subrogation is not None,
            subrogation_from=first,
            subrogation_through=last,
            last_day=begun.expected_end,
            state=LeaveState.DECLARED,
            declared_at=tx.now,
            moved_at=tx.now,
            version=0,
            terms=msgspec.json.encode(held).decode(),
        )
    )


def add_prolongation(tx: Transaction, leave_id: str, prolongation_id: str, start: date, through: date) -> None:
    values = {"prolongation_id": prolongation_id, "leave_id": leave_id, "start": start, "through": through}
    tx.db.execute(insert(prolongations).values(**values, declared_at=tx.now))
