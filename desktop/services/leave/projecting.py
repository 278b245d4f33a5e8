"""A leave as it will be when what waits is carried out. Pure.

The list reads the same from `shown_leaves`; `tests/services/test_leave_wishing.py` holds the two together.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from contract.contact import Origin
from contract.files import media_type, safe_name
from contract.leave import (
    AnnounceReturn,
    CompleteLeave,
    DeclareLeave,
    Employee,
    LeaveAttachment,
    LeaveFile,
    LeaveRecord,
    LeaveState,
    LeaveTerms,
    LeaveWish,
    Prolongation,
    ProlongLeave,
    WithdrawLeave,
)
from contract.periods import prolongation_of


def declared(wish: DeclareLeave, terms: LeaveTerms, author: str, at: datetime) -> LeaveRecord:
    """What the portal will make of a declaration; its number and its version are still to come."""
    who = wish.employee
    return LeaveRecord(
        leave_id=wish.leave_id,
        space_id=wish.space_id,
        number="",
        employee=Employee(who.matricule, who.last_name, who.first_name, who.nir),
        motive=wish.motive,
        last_day_worked=wish.last_day_worked,
        start=wish.start,
        expected_end=wish.expected_end,
        subrogation=wish.subrogation,
        subrogation_from=wish.subrogation_from,
        subrogation_through=wish.subrogation_through,
        accident_on=wish.accident_on,
        relapse=bool(wish.relapse),
        state=LeaveState.DECLARED,
        origin=Origin.NEW,
        files=_files(wish.attachments, author, at),
        author_name=author,
        declared_at=at,
        moved_at=at,
        version=0,
        terms=terms,
    )


def projected(leave: LeaveRecord, wishes: Iterable[tuple[LeaveWish, datetime]], author: str) -> LeaveRecord:
    """`wishes` are those still to be carried out, in their order, with the moment each was made."""
    for wish, at in wishes:
        leave = _after(leave, wish, author, at)
    return leave


def _after(leave: LeaveRecord, wish: LeaveWish, author: str, at: datetime) -> LeaveRecord:
    match wish:
        case ProlongLeave():
            start, through = prolongation_of(leave, wish)
            longer = (*leave.prolongations, Prolongation(wish.prolongation_id, start, through, at))
            leave = msgspec.structs.replace(leave, prolongations=longer)
        case AnnounceReturn():
            leave = msgspec.structs.replace(leave, returned_on=wish.returned_on, return_reason=wish.reason)
        case CompleteLeave():
            left = tuple(awaited for awaited in leave.awaited if awaited.awaited_id not in wish.answers)
            leave = msgspec.structs.replace(leave, awaited=left)
        case WithdrawLeave():
            return msgspec.structs.replace(leave, state=LeaveState.WITHDRAWN)
        case DeclareLeave():
            return leave
    return msgspec.structs.replace(leave, files=leave.files + _files(wish.attachments, author, at))


def _files(attachments: Iterable[LeaveAttachment], author: str, at: datetime) -> tuple[LeaveFile, ...]:
    return tuple(
        LeaveFile(
            attachment_id=file.attachment_id,
            name=safe_name(file.name),
            media_type=media_type(file.name) or "",
            size=file.size,
            sha256=file.sha256,
            document=file.document,
            sent_at=at,
            author_name=author,
        )
        for file in attachments
    )
