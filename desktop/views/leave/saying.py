"""A leave in words: its days, its clocks, the periods of its line of time."""

from datetime import date
from itertools import pairwise
from typing import Final

from desktop.services.leave import Clock, ClockKind, LeaveRow, Pill, Span, SpanKind
from desktop.views import wording
from desktop.views.contact.pill import Face
from desktop.views.wording import NBSP, NNBSP

FACES: Final = {
    Pill.REFUSED: Face("Envoi refusé", "error", "error_ground", "circle-x"),
    Pill.CONFLICT: Face("À revoir", "error", "error_ground", "split"),
    Pill.AWAITED: Face("Document attendu", "going", "going_ground", "hourglass"),
    Pill.WAITING: Face("À envoyer", "closed", "closed_ground", "clock"),
    Pill.DECLARED: Face("Déclaré", "info", "info_ground", "circle-dot"),
    Pill.FOLLOWED: Face("Suivi", "ok", "ok_ground", "circle-check"),
    Pill.ENDED: Face("Terminé", "closed", "closed_ground", "check"),
    Pill.WITHDRAWN: Face("Retiré", "closed", "closed_ground", "undo-2"),
    Pill.DRAFT: Face("Brouillon", "going", "going_ground", "pencil"),
}
SPANS: Final = {
    SpanKind.WITHDRAWN: "Arrêt retiré",
    SpanKind.PRESCRIBED: "Arrêt prescrit",
    SpanKind.PROLONGATION: "Prolongation",
    SpanKind.BETWEEN: "Entre deux prescriptions",
    SpanKind.WAITING: "Carence",
    SpanKind.FRANCHISE: "Franchise",
    SpanKind.PAID: "Jours indemnisés",
    SpanKind.UNPAID: "Jours non indemnisés",
}
CLOCKS: Final = {
    ClockKind.WAITING: "Fin de la carence",
    ClockKind.FRANCHISE: "Fin de la franchise",
    ClockKind.FIRST_PAID: "Premier jour indemnisable",
    ClockKind.DECLARE_BY: "À déclarer au plus tard",
    ClockKind.CLAIM_BY: "Prescription",
}


def days(first: date, last: date) -> str:
    """« du 02/11/2026 au 30/11/2026 »."""
    return f"du {wording.day(first)} au {wording.day(last)}" if first != last else f"le {wording.day(first)}"


def length(first: date, last: date) -> str:
    return wording.count((last - first).days + 1, "jour")


def period(row: LeaveRow) -> str:
    """What a row says of its days; a draft may not have them yet."""
    if row.start is None:
        return "Dates à compléter"
    if row.last_day is None or row.last_day < row.start:
        return f"à partir du {wording.day(row.start)}"
    return f"{days(row.start, row.last_day)} · {length(row.start, row.last_day)}"


def numbered(row: LeaveRow) -> str:
    if row.pill is Pill.DRAFT:
        return "Pas encore envoyé"
    return f"Arrêt n°{NBSP}{row.number}" if row.number else "Pas encore de numéro"


def employee(row: LeaveRow) -> str:
    return row.employee or "Nouvel arrêt"


def span(told: Span) -> str:
    """« Franchise : du 05/11/2026 au 01/12/2026, 27 jours »."""
    waits = ", en attente d\u2019envoi" if told.pending else ""
    return f"{SPANS[told.kind]}{NBSP}: {days(told.start, told.end)}, {length(told.start, told.end)}{waits}"


def value(clock: Clock) -> str:
    """What the clock follows from."""
    if clock.kind is ClockKind.CLAIM_BY:
        years, months = divmod(clock.value, 12)
        return wording.count(years, "an") if not months else f"{clock.value}{NBSP}mois"
    return wording.count(clock.value, "jour")


def source(clock: Clock) -> str:
    """The parameter behind a clock: its value, its text, and since when it holds."""
    return f"{value(clock)} · {clock.source} · depuis le {wording.day(clock.since)}"


def standing(clock: Clock) -> tuple[str, str]:
    """How far it is, and the ink to say it in."""
    if clock.kind is ClockKind.DECLARE_BY and clock.kept is not None:
        return ("déclaré à temps", "ok") if clock.kept else ("hors délai", "error")
    if clock.kind is ClockKind.CLAIM_BY and clock.left < 0:
        return f"prescrit depuis {wording.count(-clock.left, 'jour')}", "error"
    if clock.left < 0:
        return "passé", "muted"
    if clock.left == 0:
        return "aujourd\u2019hui", "going"
    urgent = clock.kind in (ClockKind.DECLARE_BY, ClockKind.CLAIM_BY) and clock.left <= 30
    return f"dans {wording.count(clock.left, 'jour')}", "going" if urgent else "muted"


def nir(text: str, *, revealed: bool) -> str:
    """In its groups; all but the first figure hidden until asked for."""
    if not text:
        return ""
    if not revealed:
        return f"{text[0]}{NNBSP}••{NNBSP}••{NNBSP}••{NNBSP}•••{NNBSP}•••"
    cuts = (0, 1, 3, 5, 7, 10, 13, 15)
    groups = [text[first:last] for first, last in pairwise(cuts)]
    return NNBSP.join(group for group in groups if group)


def sentence(row: LeaveRow) -> str:
    """The row as assistive tools read it."""
    return wording.sentence(
        employee(row),
        row.motive,
        period(row).replace(" · ", ", "),
        FACES[row.pill].label.lower(),
        numbered(row).lower(),
        "subrogation" if row.subrogation else "",
        wording.count(row.files, "pièce jointe", "pièces jointes") if row.files else "",
        f"{row.company}, {wording.member(row.member_number)}" if row.company else "",
        "ancien espace client" if row.former else "",
    )


def tooltip(row: LeaveRow) -> str:
    """All of what a row may have had to shorten."""
    head = " – ".join(part for part in (employee(row), row.motive) if part)
    place = f"{row.company} · {wording.member(row.member_number)}" if row.company else ""
    former = "Commencé dans l\u2019ancien espace client" if row.former else ""
    return "\n".join(part for part in (head, period(row), numbered(row), place, former) if part)


def cells(row: LeaveRow) -> list[str]:
    """The row as the columns of a spreadsheet."""
    texts = [
        row.number or "",
        row.last_name,
        row.first_name,
        row.matricule,
        row.motive,
        wording.day(row.start) if row.start else "",
        wording.day(row.last_day) if row.last_day else "",
        FACES[row.pill].label,
        row.company,
        row.member_number,
    ]
    return [wording.disarmed(text) for text in texts]
