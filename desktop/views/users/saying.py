"""People and rights in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from desktop.services.users import Entry, Filter, Held, Pill, Place, Reason, UserRow, UserSheet
from desktop.services.users.masks import RIGHTS
from desktop.views import wording
from desktop.views.contact.pill import Face
from desktop.views.wording import NBSP

FACES: Final = {
    Pill.REFUSED: Face("Envoi refusé", "error", "error_ground", "circle-x"),
    Pill.CONFLICT: Face("À revoir", "error", "error_ground", "split"),
    Pill.WAITING: Face("À envoyer", "closed", "closed_ground", "clock"),
    Pill.INVITED: Face("Invité", "info", "info_ground", "mail"),
    Pill.ACTIVE: Face("Actif", "ok", "ok_ground", "circle-check"),
    Pill.SUSPENDED: Face("Suspendu", "going", "going_ground", "lock"),
}
FILTERS: Final = {
    None: "Tous",
    Filter.REVIEW: "À revoir",
    Filter.INVITED: "Invités",
    Filter.SUSPENDED: "Suspendus",
    Filter.ADMINISTRATORS: "Administrateurs",
}
REASONS: Final = {
    Reason.NEVER: "Jamais connecté",
    Reason.INACTIVE: "Inactif depuis six mois",
    Reason.UNUSED: "Droits non utilisés depuis six mois",
    Reason.ENDING: "Droit qui finit sous trente jours",
}
_ACTIONS: Final = {
    "rights.grant": "Droits donnés",
    "rights.withdraw": "Droits retirés",
    "rights.end": "Droits arrivés à leur fin",
    "account.open": "Compte créé",
    "person.invite": "Invitation",
    "person.invite_again": "Nouvelle invitation",
    "person.correct": "Coordonnées corrigées",
    "person.suspend": "Accès suspendu",
    "person.restore": "Accès rétabli",
    "person.remove": "Accès retiré",
}
GRANTED: Final = "Oui"
_FEW_MISSING: Final = 2


def name(row: UserRow) -> str:
    """Last name first, as lists are ordered."""
    said = f"{row.last_name} {row.first_name}".strip()
    return f"{said} (vous)" if row.me else said


def where(row: UserRow) -> str:
    """In which spaces she has rights."""
    if not row.spaces:
        return "Aucun droit"
    spaces = wording.count(row.spaces, "espace")
    if row.company:
        return row.company if row.spaces == 1 else f"{row.company} · {spaces}"
    return f"{wording.count(row.companies, 'entreprise')} · {spaces}"


def last_seen(row: UserRow, today: date) -> str:
    if row.signed_in_at is not None:
        return f"connexion {_day(row.signed_in_at, today)}"
    if row.invited_at is not None:
        return f"invitation {_day(row.invited_at, today)}"
    return "jamais connecté"


def _day(at: datetime, today: date) -> str:
    days = (today - wording.local(at).date()).days
    if days <= 0:
        return "aujourd\u2019hui"
    if days == 1:
        return "hier"
    return f"le {wording.day(at)}"


def reasons(row: UserRow) -> str:
    return ", ".join(REASONS[reason].lower() for reason in row.reasons)


def sentence(row: UserRow) -> str:
    """What a screen reader says of a row."""
    review = f"à revoir{NBSP}: {reasons(row)}" if row.reasons else ""
    return wording.sentence(name(row), row.function, FACES[row.pill].label, where(row), review)


def cells(row: UserRow) -> list[str]:
    """For a spreadsheet."""
    seen = wording.day(row.signed_in_at) if row.signed_in_at is not None else ""
    told = [row.last_name, row.first_name, row.email, row.function, FACES[row.pill].label, seen, str(row.spaces)]
    return [wording.disarmed(text) for text in told]


def space(held: Held | Place) -> str:
    """« Ateliers Morvan · Usine · adhérent n° 123 »."""
    return wording.place(held.member_number, held.label, held.company)


def rights(held: Held, labels: Mapping[str, str]) -> str:
    """« Contact, Arrêts de travail (jusqu’au 31/12/2026) »; an end that all of them share comes first, and once."""
    ends = {held.ends.get(right) for right in held.rights}
    if len(ends) == 1:
        until = ends.pop()
        return (f"Jusqu\u2019au {wording.day(until)}{NBSP}: " if until else "") + _all_or(held.rights, labels)
    said = []
    for right in held.rights:
        until = held.ends.get(right)
        label = labels.get(right, right)
        said.append(f"{label} (jusqu\u2019au {wording.day(until)})" if until is not None else label)
    return ", ".join(said) or "Plus aucun droit"


def _all_or(held: Sequence[str], labels: Mapping[str, str]) -> str:
    """The labels; of nearly all, « Tous les droits sauf : … »."""
    missing = [right.value for right in RIGHTS if right.value not in held]
    if not missing:
        return "Tous les droits"
    if len(missing) <= _FEW_MISSING:
        return f"Tous les droits sauf{NBSP}: {labelled(missing, labels)}"
    return labelled(held, labels)


def review(sheet: UserSheet, labels: Mapping[str, str], today: date) -> list[str]:
    """Why her access should be looked at again, and what about it, a sentence each."""
    said = []
    for reason in sheet.row.reasons:
        match reason:
            case Reason.NEVER:
                said.append("N\u2019a jamais activé son accès. Renvoyez l\u2019invitation, ou retirez l\u2019accès.")
            case Reason.INACTIVE if sheet.row.signed_in_at is not None:
                seen = wording.day(sheet.row.signed_in_at)
                said.append(f"Ne s\u2019est pas connecté depuis le {seen}. Cet accès est-il encore utile\u202f?")
            case Reason.UNUSED:
                unused = ", ".join(labels.get(right, right) for right in sheet.unused)
                who = "Vous n\u2019avez" if sheet.row.me else "N\u2019a"
                said.append(f"{who} pas utilisé ces droits depuis six mois\u00a0: {unused}.")
            case Reason.ENDING:
                ends = sorted({until for held in sheet.held for until in held.ends.values() if until >= today})
                said.append(f"Un droit finit le {wording.day(ends[0])}." if ends else "Un droit finit bientôt.")
            case _:
                said.append(f"{REASONS[reason]}.")
    return said


def action(entry: Entry, labels: Mapping[str, str]) -> str:
    """« Droits donnés : Contact, Documents, jusqu’au 31/12/2026 »."""
    what = _ACTIONS.get(entry.action, entry.action)
    told = [_all_or(entry.rights, labels)] if entry.rights else []
    if entry.until is not None:
        told.append(f"jusqu\u2019au {wording.day(entry.until)}")
    return f"{what}{NBSP}: {', '.join(told)}" if told else what


def entry_space(entry: Entry) -> str:
    """On two lines."""
    return "\n".join(part for part in (entry.company, entry.member_number) if part)


def labelled(codes: Iterable[str], labels: Mapping[str, str]) -> str:
    return ", ".join(labels.get(code, code) for code in codes)
