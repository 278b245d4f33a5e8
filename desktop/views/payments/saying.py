"""Payments and exports in French."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final

from desktop.services.allowances import ExportRow, ExportStage, PaymentRow
from desktop.views import wording
from desktop.views.wording import NBSP, NNBSP

_BRANCHES = {"AS": "Maladie", "AT": "Accident du travail", "MA": "Maternité"}
_PARTS = (0, 1, 3, 5, 7, 10, 13, 15)


def euros(cents: int) -> str:
    return wording.amount(Decimal(cents).scaleb(-2))


def rate(row: PaymentRow) -> str:
    """`32,51 €`, or with as many decimals as the contract has."""
    whole, part = divmod(row.rate, 10_000)
    digits = f"{part:04d}"
    return f"{wording.number(whole)},{digits[:2]}{digits[2:].rstrip('0')}{NBSP}€"


def period(start: date | None, end: date | None) -> str:
    if start is None or end is None:
        return ""
    return wording.day(start) if start == end else f"{wording.day(start)} – {wording.day(end)}"


def days(row: PaymentRow) -> str:
    sign = "−" if row.days < 0 else ""
    return f"{sign}{wording.number(abs(row.days))}"


def what(row: PaymentRow) -> str:
    """« Annulation · I.J. normales »."""
    return " · ".join(part for part in ("Annulation" if row.cancels else "", row.label or row.code) if part)


def branch(row: PaymentRow) -> str:
    return _BRANCHES.get(row.branch, "")


def nir(text: str, *, revealed: bool) -> str:
    """In its groups; all but the first figure hidden until asked for."""
    if not text:
        return ""
    if not revealed:
        return f"{text[0]}{NNBSP}••{NNBSP}••{NNBSP}••{NNBSP}•••{NNBSP}•••"
    return NNBSP.join(text[first:last] for first, last in pairwise(_PARTS) if text[first:last])


def sentence(row: PaymentRow) -> str:
    """The row as assistive tools read it."""
    return wording.sentence(
        row.person,
        what(row),
        f"payé le {wording.long_day(row.paid_on)}",
        period(row.start, row.end),
        f"net {euros(row.net)}",
        row.company,
    )


def facts(row: PaymentRow, *, revealed: bool) -> Iterator[tuple[str, str]]:
    """Label and value of all that is told of a payment."""
    told = (
        ("Entreprise", wording.place(row.member_number, "", row.company)),
        ("N° de dossier", row.leave_number),
        ("Matricule", row.matricule),
        ("N° de sécurité sociale", nir(row.nir, revealed=revealed)),
        ("Risque", branch(row)),
        ("Nature", what(row)),
        ("Début de l’arrêt", wording.day(row.leave_start) if row.leave_start else ""),
        ("Période", period(row.start, row.end)),
        ("Jours", days(row) if row.days else ""),
        ("Taux journalier", rate(row) if row.rate else ""),
        ("Montant brut", euros(row.gross)),
        ("CSG", euros(-row.csg) if row.csg else ""),
        ("CRDS", euros(-row.crds) if row.crds else ""),
        ("Prélèvement à la source", euros(-row.tax) if row.tax else ""),
        ("Montant net", euros(row.net)),
        ("Payé à", "Salarié" if row.to_employee else "Entreprise"),
        ("Date de paiement", wording.day(row.paid_on)),
        ("Référence du paiement", row.reference),
    )
    for label, value in told:
        if value:
            yield label.replace("n° ", f"n°{NBSP}").replace("N° ", f"N°{NBSP}"), value


# Exports

_STAGES: Final = {
    ExportStage.WAITING: "Votre demande partira dès que le portail répondra.",
    ExportStage.REFUSED: "Le portail a refusé cette demande.",
    ExportStage.ASKED: "Demandé. Le portail va le préparer.",
    ExportStage.PREPARING: "En préparation sur le portail. Vous pouvez faire autre chose\u00a0: Volet vous préviendra.",
    ExportStage.FAILED: "Le portail n’a pas pu le préparer. Demandez-le de nouveau.",
}


def stage(row: ExportRow, now: datetime) -> str:
    """Where an export stands, in a sentence."""
    if row.stage is ExportStage.READY:
        return _ready(row, now)
    if row.stage is ExportStage.EXPIRED:
        return f"Le portail ne le garde plus. {'Il reste sur cet ordinateur.' if row.here else 'Demandez-en un autre.'}"
    return row.sentence or _STAGES[row.stage]


def _ready(row: ExportRow, now: datetime) -> str:
    told = f"Prêt{NBSP}: {wording.count(row.lines, 'ligne')}, {wording.size(row.size)}."
    if row.here or row.expires_at is None or row.expires_at <= now:
        return told
    return f"{told} Le portail le garde jusqu’au {wording.long_day(row.expires_at)}."


def title(row: ExportRow) -> str:
    return f"Export {row.format.upper()} demandé le {wording.moment_said(row.asked_at)}"
