"""What was typed as the wish it makes, and all that is wrong with it before it is sent. Pure.

The rules are those of `contract.periods`, which the portal keeps too; here a slip is told at once, beside its field.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from contract import limits
from contract.identity import new_id
from contract.leave import (
    AnnounceReturn,
    Case,
    CompleteLeave,
    DeclareLeave,
    LeaveAttachment,
    LeaveRecord,
    LeaveWish,
    Motive,
    NewEmployee,
    ProlongLeave,
    ReturnReason,
    WithdrawLeave,
)
from contract.periods import (
    cases_told,
    check_accident,
    check_back,
    check_days,
    check_employee,
    check_longer,
    check_subrogation,
    prescribed_end,
)
from contract.wire import FieldError
from desktop.services.drafting import Complaint, staged
from desktop.services.leave.rows import NEW, Act, Draft, draft_key

_YES: Final = "yes"
_NO: Final = "no"
_ASKED: Final = {
    "last_name": "Donnez le nom du salarié.",
    "first_name": "Donnez son prénom.",
    "motive": "Choisissez le motif de l’arrêt.",
    "last_day_worked": "Donnez le dernier jour travaillé.",
    "start": "Donnez le premier jour d’arrêt.",
    "expected_end": "Donnez le dernier jour prescrit.",
    "subrogation": "Dites si vous demandez la subrogation\u00a0: oui ou non.",
    "through": "Donnez le nouveau dernier jour prescrit.",
    "returned_on": "Donnez le premier jour de reprise.",
}
_ORDER: Final = (
    *("leave_id", "space", "last_name", "first_name", "matricule", "nir", "motive"),
    *("last_day_worked", "through", "start", "expected_end", "accident_on", "relapse"),
    *("subrogation", "subrogation_from", "subrogation_through", "returned_on", "reason", "files"),
)
NOT_READ: Final = "Cette date ne se lit pas."


def asked(draft: Draft) -> list[Complaint]:
    """What is not answered, or cannot be read, in the order of the form."""
    fields = {
        Act.DECLARE: ("last_name", "first_name", "motive", "last_day_worked", "start", "expected_end", "subrogation"),
        Act.PROLONG: ("through",),
        Act.RETURN: ("returned_on",),
        Act.COMPLETE: (),
    }[draft.act]
    found = [Complaint(code, _ASKED[code]) for code in fields if not draft.values.get(code, "").strip()]
    days = ("last_day_worked", "start", "expected_end", "subrogation_from", "subrogation_through", "accident_on")
    for code in (*days, "through", "returned_on"):
        text = draft.values.get(code, "").strip()
        if text and day(draft.values, code) is None:
            found.append(Complaint(code, NOT_READ))
    if draft.act is Act.COMPLETE and not draft.files:
        found.append(Complaint("files", "Joignez le document."))
    if len(draft.files) > limits.FILES_PER_MESSAGE:
        found.append(Complaint("files", f"Joignez {limits.FILES_PER_MESSAGE}\u00a0fichiers au plus à la fois."))
    return found


def wrong(draft: Draft, motive: Motive | None, today: date) -> list[FieldError]:
    """What is wrong with what is answered of a declaration, whatever is not answered yet; under the fields of the
    form."""
    values = draft.values
    errors = check_employee(employee(values))
    if motive is None or not motive.offered:
        errors.append(FieldError("motive", "Ce motif n’est pas proposé."))
    start = day(values, "start")
    errors += check_days(day(values, "last_day_worked"), start, day(values, "expected_end"), today)
    if motive is not None and motive.accident:
        errors += check_accident(day(values, "accident_on"), start, motive)
    if values.get("subrogation") == _YES:
        days = (day(values, "subrogation_from"), day(values, "subrogation_through"))
        errors += check_subrogation(days, start, held=True)
    return errors


def wrong_with_longer(draft: Draft, leave: LeaveRecord) -> tuple[list[FieldError], tuple[date, date] | None]:
    """The same of a prolongation; and the days that it adds, None as long as they are not all told, or not right."""
    start, through = day(draft.values, "start"), day(draft.values, "through")
    if not draft.values.get("start", "").strip():
        start = prescribed_end(leave) + timedelta(days=1)
    errors = check_longer(leave, start, through)
    return errors, (start, through) if start is not None and through is not None and not errors else None


def wrong_with_return(draft: Draft, leave: LeaveRecord) -> list[FieldError]:
    """The same of the announcement of a return."""
    return check_back(leave, day(draft.values, "returned_on"), _reason(draft))


def in_order(complaints: Iterable[Complaint]) -> tuple[Complaint, ...]:
    """One for each field, the first that is told, in the order of the form."""
    found: dict[str, Complaint] = {}
    for each in complaints:
        found.setdefault(each.field, each)
    return tuple(sorted(found.values(), key=lambda each: _ORDER.index(each.field)))


def day(values: Mapping[str, str], code: str) -> date | None:
    try:
        return date.fromisoformat(values.get(code, "").strip())
    except ValueError:
        return None


def told(values: Mapping[str, str], code: str) -> bool | None:
    """What was answered to a question of yes or no; None while it was not."""
    return {_YES: True, _NO: False}.get(values.get(code, ""))


# What was typed as a wish


def declaration(draft: Draft, leave_id: str, motive: Motive | None) -> DeclareLeave:
    """Of a draft of which `asked` found nothing. What the form does not show counts for nothing: no dates of
    subrogation without one, no accident for a motive that has none."""
    values = draft.values
    subrogated = values.get("subrogation") == _YES
    start = day(values, "start") or date.min
    return DeclareLeave(
        leave_id=leave_id,
        space_id=draft.space_id or "",
        employee=employee(values),
        motive=values.get("motive", ""),
        last_day_worked=day(values, "last_day_worked") or start,
        start=start,
        expected_end=day(values, "expected_end") or start,
        subrogation=subrogated,
        subrogation_from=day(values, "subrogation_from") if subrogated else None,
        subrogation_through=day(values, "subrogation_through") if subrogated else None,
        accident_on=day(values, "accident_on") if motive is not None and motive.accident else None,
        relapse=told(values, "relapse"),
        attachments=attachments(draft),
    )


def employee(values: Mapping[str, str]) -> NewEmployee:
    return NewEmployee(*(values.get(code, "").strip() for code in ("last_name", "first_name", "matricule", "nir")))


def prolongation(draft: Draft, base: int | None) -> ProlongLeave:
    return ProlongLeave(
        leave_id=draft.leave_id,
        prolongation_id=new_id(),
        through=day(draft.values, "through") or date.min,
        start=day(draft.values, "start"),
        attachments=attachments(draft),
        base_version=base,
    )


def announcement(draft: Draft, base: int | None) -> AnnounceReturn:
    return AnnounceReturn(
        leave_id=draft.leave_id,
        returned_on=day(draft.values, "returned_on") or date.min,
        reason=_reason(draft),
        attachments=attachments(draft),
        base_version=base,
    )


def _reason(draft: Draft) -> str:
    return draft.values.get("reason") or ReturnReason.NORMAL


def completion(draft: Draft, base: int | None) -> CompleteLeave:
    return CompleteLeave(
        leave_id=draft.leave_id, attachments=attachments(draft), answers=draft.answers, base_version=base
    )


def attachments(draft: Draft) -> tuple[LeaveAttachment, ...]:
    return tuple(
        LeaveAttachment(new_id(), file.name, file.size, file.sha256, draft.documents.get(file.sha256, ""))
        for file in draft.files
    )


# A wish as it was typed


def draft_of(wish: LeaveWish) -> Draft | None:
    """None for one in which nothing was written."""
    match wish:
        case DeclareLeave():
            who = wish.employee
            values = {
                "last_name": who.last_name,
                "first_name": who.first_name,
                "matricule": who.matricule,
                "nir": who.nir,
                "motive": wish.motive,
                **_days(wish, "last_day_worked", "start", "expected_end"),
                **_days(wish, "subrogation_from", "subrogation_through", "accident_on"),
                "subrogation": _YES if wish.subrogation else _NO,
                "relapse": {True: _YES, False: _NO, None: ""}[wish.relapse],
            }
            return _redraft(NEW, wish.space_id, values, wish.attachments)
        case ProlongLeave():
            key = draft_key(Act.PROLONG, wish.leave_id)
            return _redraft(key, None, _days(wish, "start", "through"), wish.attachments, base=wish.base_version)
        case AnnounceReturn():
            key = draft_key(Act.RETURN, wish.leave_id)
            values = {**_days(wish, "returned_on"), "reason": wish.reason}
            return _redraft(key, None, values, wish.attachments, base=wish.base_version)
        case CompleteLeave():
            key = draft_key(Act.COMPLETE, wish.leave_id)
            return _redraft(key, None, {}, wish.attachments, wish.answers, base=wish.base_version)
        case WithdrawLeave():
            return None


def _days(wish: LeaveWish, *codes: str) -> dict[str, str]:
    return {code: told.isoformat() for code in codes if (told := getattr(wish, code)) is not None}


def _redraft(
    key: str,
    space_id: str | None,
    values: Mapping[str, str],
    files: Sequence[LeaveAttachment],
    answers: tuple[str, ...] = (),
    base: int | None = None,
) -> Draft:
    """On the ground on which it was wished: what has changed since must not be passed over the second time."""
    kept = {code: value for code, value in values.items() if value}
    documents = {file.sha256: file.document for file in files if file.document}
    return Draft(key, space_id, kept, staged(files), documents, answers, base)


# Checklists


def cases(draft: Draft, motive: Motive | None) -> frozenset[Case]:
    """On which occasions what is drafted wants documents."""
    match draft.act:
        case Act.DECLARE:
            subrogation, relapse = told(draft.values, "subrogation"), told(draft.values, "relapse")
            return cases_told(motive, subrogation=subrogation, relapse=relapse)
        case Act.PROLONG:
            return frozenset({Case.PROLONGATION})
        case Act.RETURN:
            part_time = draft.values.get("reason") == ReturnReason.PART_TIME_THERAPEUTIC
            return frozenset({Case.RETURN, *([Case.PART_TIME_RETURN] if part_time else [])})
        case Act.COMPLETE:
            return frozenset()
