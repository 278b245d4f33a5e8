"""The rules of dates of a leave, its clocks, and who is the same employee. Pure.

Both sides use them: the client tells of a slip beside its field before anything is sent, the portal refuses it with the
same sentence. Periods include both ends. `today` is the day of whoever asks; the portal's decides.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from contract.calendar import MONTHS
from contract.contact import Origin
from contract.forms import UNREADABLE, is_straight
from contract.identity import is_nir, only_digits
from contract.leave import (
    AnnounceReturn,
    Case,
    DeclareLeave,
    Employee,
    LeaveRecord,
    LeaveState,
    LeaveTerms,
    Motive,
    NewEmployee,
    ProlongLeave,
    ReturnReason,
)
from contract.wire import FieldError

LONGEST_DAYS: Final = 1095
"""Contracts commonly stop there."""
AHEAD_DAYS: Final = 200
"""How early a leave may be declared: a maternity leave is known months before."""
CONTINUOUS_DAYS: Final = 2
"""A gap of that many days, a weekend, does not make another leave of a prolongation."""
LATE_RETURN_DAYS: Final = 7
"""Beyond the prescribed end, a return needs a prolongation first."""

FORMER: Final = (
    "Cet arrêt a été commencé dans l’ancien espace client\u00a0: il se prolonge par une demande, thème «\u00a0Mes "
    "prestations de prévoyance\u00a0», sous-thème «\u00a0Déclaration d’un arrêt de travail\u00a0»."
)
_CENTURY: Final = "Cette date n’est pas plausible."
_DAY: Final = timedelta(days=1)


def spoken(day: date) -> str:
    """« 3 février 2026 », « 1ᵉʳ mars 2026 »."""
    number = "1ᵉʳ" if day.day == 1 else str(day.day)
    return f"{number}\u00a0{MONTHS[day.month - 1]}\u00a0{day.year}"


def said(start: date, end: date) -> str:
    """« du 3 au 17 février 2026 »."""
    if (start.year, start.month) == (end.year, end.month):
        return f"du {'1ᵉʳ' if start.day == 1 else start.day} au {spoken(end)}"
    return f"du {spoken(start)} au {spoken(end)}"


# Declaring


def check_declaration(wish: DeclareLeave, motive: Motive | None, today: date) -> list[FieldError]:
    """All that is wrong, in the order of the form. `motive` is the catalogue's for the wish's code."""
    errors = check_employee(wish.employee)
    if motive is None or not motive.offered:
        errors.append(FieldError("motive", "Ce motif n’est pas proposé."))
    errors += check_days(wish.last_day_worked, wish.start, wish.expected_end, today)
    subrogated = (wish.subrogation_from, wish.subrogation_through)
    errors += check_subrogation(subrogated, wish.start, held=wish.subrogation)
    return errors + check_accident(wish.accident_on, wish.start, motive)


def check_employee(employee: NewEmployee) -> list[FieldError]:
    errors = []
    for name, text in (("last_name", employee.last_name), ("first_name", employee.first_name)):
        if not text.strip():
            errors.append(FieldError(f"employee.{name}", "Ce champ est obligatoire."))
    for name in ("last_name", "first_name", "matricule", "nir"):
        text = getattr(employee, name)
        if not is_straight(text) or len(text.splitlines()) > 1:
            errors.append(FieldError(f"employee.{name}", UNREADABLE))
    if employee.nir.strip() and not is_nir(tidy_nir(employee.nir)):
        errors.append(
            FieldError("employee.nir", "Ce numéro de sécurité sociale n’est pas valable\u00a0: vérifiez ses chiffres.")
        )
    return errors


def tidy_nir(text: str) -> str:
    """Without the spaces that people put between its groups, in capitals."""
    return only_digits(text).upper()


def check_days(worked: date | None, start: date | None, end: date | None, today: date) -> list[FieldError]:
    """A day that is not told, here and below, is compared with nothing: what is wrong with the others is told."""
    told = {"last_day_worked": worked, "start": start, "expected_end": end}
    errors = [FieldError(name, _CENTURY) for name, day in told.items() if day is not None and _plausible(day) is None]
    worked, start, end = _plausible(worked), _plausible(start), _plausible(end)
    if start is None:
        return errors
    if worked is not None and start < worked:
        sentence = f"L’arrêt ne peut pas commencer avant le dernier jour travaillé, le {spoken(worked)}."
        errors.append(FieldError("start", sentence))
    elif start > today + timedelta(days=AHEAD_DAYS):
        errors.append(FieldError("start", f"Un arrêt se déclare au plus {AHEAD_DAYS}\u00a0jours à l’avance."))
    return errors + (_check_end("expected_end", start, end) if end is not None else [])


def _plausible(day: date | None) -> date | None:
    return day if day is not None and 1990 <= day.year <= 2199 else None


def _check_end(field: str, start: date, end: date) -> list[FieldError]:
    if end < start:
        return [FieldError(field, f"La fin ne peut pas précéder le début, le {spoken(start)}.")]
    if (end - start).days >= LONGEST_DAYS:
        return [FieldError(field, "Un arrêt dure au plus 1\u202f095\u00a0jours (trois ans).")]
    return []


def check_subrogation(days: tuple[date | None, date | None], start: date | None, *, held: bool) -> list[FieldError]:
    """`days` are its first and its last; `held`: whether there is one."""
    first, last = days
    if not held:
        told = (("subrogation_from", first), ("subrogation_through", last))
        return [FieldError(name, "Sans subrogation, laissez cette date vide.") for name, day in told if day is not None]
    errors = []
    if first is None:
        errors.append(FieldError("subrogation_from", "Donnez le premier jour de la subrogation."))
    elif (begun := _plausible(start)) is not None and first < begun:
        sentence = f"La subrogation ne peut pas commencer avant l’arrêt, le {spoken(begun)}."
        errors.append(FieldError("subrogation_from", sentence))
    if last is None:
        errors.append(FieldError("subrogation_through", "Donnez le dernier jour du maintien prévu par l’accord."))
    elif first is not None and last < first:
        errors.append(FieldError("subrogation_through", f"Elle ne peut pas finir avant le {spoken(first)}."))
    return errors


def check_accident(day: date | None, start: date | None, motive: Motive | None) -> list[FieldError]:
    if motive is None:
        return []
    if not motive.accident:
        return [] if day is None else [FieldError("accident_on", "Ce motif ne demande pas de date d’accident.")]
    if day is None:
        return [FieldError("accident_on", "Donnez la date de l’accident, ou de la première constatation.")]
    begun = _plausible(start)
    if begun is not None and day > begun:
        return [FieldError("accident_on", f"L’accident ne peut pas suivre le début de l’arrêt, le {spoken(begun)}.")]
    return []


def cases_of(wish: DeclareLeave, motive: Motive | None) -> frozenset[Case]:
    """On which occasions a declaration wants documents."""
    return cases_told(motive, subrogation=wish.subrogation, relapse=wish.relapse)


def cases_told(motive: Motive | None, *, subrogation: bool | None, relapse: bool | None) -> frozenset[Case]:
    """The same of what is told so far: `subrogation` None wants neither its documents nor those of its absence."""
    cases = {Case.DECLARATION}
    if subrogation is not None:
        cases.add(Case.SUBROGATION if subrogation else Case.DIRECT)
    if motive is not None and motive.accident:
        cases.add(Case.ACCIDENT)
    if relapse:
        cases.add(Case.RELAPSE)
    return frozenset(cases)


# What becomes of a leave


def prescribed_end(leave: LeaveRecord) -> date:
    """The last day prescribed so far."""
    return max((leave.expected_end, *(each.through for each in leave.prolongations)))


def last_day(leave: LeaveRecord) -> date:
    """The last day of absence: the eve of the return, or the last day prescribed."""
    return leave.returned_on - _DAY if leave.returned_on is not None else prescribed_end(leave)


def prolongation_of(leave: LeaveRecord, wish: ProlongLeave) -> tuple[date, date]:
    """The days that the wish adds."""
    return (wish.start or prescribed_end(leave) + _DAY), wish.through


def why_closed(leave: LeaveRecord) -> str:
    """Why nothing can be done to this leave any more, as a sentence; "" when it is open."""
    return "Cet arrêt a été retiré." if leave.state == LeaveState.WITHDRAWN else ""


def why_not_prolonged(leave: LeaveRecord) -> str:
    """Why this leave cannot be prolonged here, whatever the dates; "" when it can. `FORMER` leads to the contact
    form."""
    if leave.origin == Origin.FORMER:
        return FORMER
    if leave.returned_on is not None:
        return f"Le salarié a repris le {spoken(leave.returned_on)}\u00a0: déclarez un nouvel arrêt."
    return why_closed(leave)


def check_prolongation(leave: LeaveRecord, wish: ProlongLeave) -> list[FieldError]:
    """Under `leave_id`, `start` and `through`."""
    return check_longer(leave, *prolongation_of(leave, wish))


def check_longer(leave: LeaveRecord, start: date | None, through: date | None) -> list[FieldError]:
    """All that is wrong with the days that a prolongation would add, whichever of them are told."""
    if reason := why_not_prolonged(leave):
        return [FieldError("leave_id", reason)]
    end, errors = prescribed_end(leave), []
    if start is not None and start <= end:
        errors.append(FieldError("start", f"L’arrêt court déjà jusqu’au {spoken(end)}."))
    elif start is not None and (start - end).days - 1 > CONTINUOUS_DAYS:
        sentence = f"Il y a plus de deux jours depuis le {spoken(end)}\u00a0: déclarez un nouvel arrêt."
        errors.append(FieldError("start", sentence))
    if through is None:
        return errors
    if through <= end:
        return [*errors, FieldError("through", f"La prolongation doit finir après le {spoken(end)}.")]
    if start is not None and through < start and not errors:
        return [FieldError("through", f"La fin ne peut pas précéder le début, le {spoken(start)}.")]
    return errors + _check_end("through", leave.start, through)


def check_return(leave: LeaveRecord, wish: AnnounceReturn) -> list[FieldError]:
    """Under `leave_id`, `returned_on` and `reason`."""
    return check_back(leave, wish.returned_on, wish.reason)


def check_back(leave: LeaveRecord, returned_on: date | None, reason: str) -> list[FieldError]:
    """The same of a return whose day may not be told yet."""
    if closed := why_closed(leave):
        return [FieldError("leave_id", closed)]
    errors = []
    end = prescribed_end(leave)
    if returned_on is not None and returned_on <= leave.start:
        sentence = (
            f"La reprise doit suivre le début de l’arrêt, le {spoken(leave.start)}\u202f; sinon, retirez l’arrêt."
        )
        errors.append(FieldError("returned_on", sentence))
    elif returned_on is not None and returned_on > end + timedelta(days=1 + LATE_RETURN_DAYS):
        sentence = f"L’arrêt finissait le {spoken(end)}\u00a0: prolongez-le d’abord."
        errors.append(FieldError("returned_on", sentence))
    if reason not in {*ReturnReason}:
        errors.append(FieldError("reason", "Ce motif de reprise n’est pas proposé."))
    return errors


def same_employee(one: Employee | NewEmployee, other: Employee | NewEmployee) -> bool:
    """By what is most certain of what both tell: matricule, NIR (without its key), else the names."""
    told = zip(signs_of(one), signs_of(other), strict=True)
    return next((mine == theirs for mine, theirs in told if mine and theirs), False)


def signs_of(who: Employee | NewEmployee) -> tuple[str, str, str]:
    """Matricule, NIR and names as they are compared, the most certain first, "" where one is not told. Two employees
    that have none of them in common are two."""
    return _plain(who.matricule), tidy_nir(who.nir)[:13], f"{_plain(who.last_name)}\n{_plain(who.first_name)}"


def _plain(text: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", bare.casefold()))


def overlapping(
    employee: Employee | NewEmployee, start: date, end: date, leaves: Iterable[LeaveRecord], but: str = ""
) -> LeaveRecord | None:
    """The first of these leaves of the same employee that shares a day with the period, `but` the one of this
    identifier. One that was withdrawn counts for nothing."""
    for leave in leaves:
        live = leave.leave_id != but and leave.state != LeaveState.WITHDRAWN
        if live and leave.start <= end and start <= last_day(leave) and same_employee(leave.employee, employee):
            return leave
    return None


def overlap_sentence(leave: LeaveRecord) -> str:
    days = said(leave.start, last_day(leave))
    return (
        f"Un arrêt de ce salarié est déjà déclaré {days} (n°\u00a0{leave.number}). Prolongez-le, ou changez les dates."
    )


# Clocks


@dataclass(frozen=True, slots=True)
class Clocks:
    """When things are due. `waiting_through` and `franchise_through` are the last days that are not paid; None when
    there are none. `declare_by` and `claim_by` are the last days to declare the leave, and to claim its first paid
    day."""

    waiting_through: date | None
    franchise_through: date | None
    first_paid: date
    declare_by: date
    claim_by: date


def clocks(start: date, terms: LeaveTerms) -> Clocks:
    """The clocks of a leave that starts on this day."""
    waiting, franchise = terms.waiting_days.value, terms.franchise_days.value
    first_paid = start + timedelta(days=max(waiting, franchise))
    return Clocks(
        waiting_through=start + timedelta(days=waiting - 1) if waiting else None,
        franchise_through=start + timedelta(days=franchise - 1) if franchise else None,
        first_paid=first_paid,
        declare_by=first_paid - _DAY + timedelta(days=terms.declaration_days.value),
        claim_by=_months_later(first_paid, terms.limitation_months.value),
    )


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(following - _DAY, date(year, month + 1, 1) + timedelta(days=day.day - 1))
