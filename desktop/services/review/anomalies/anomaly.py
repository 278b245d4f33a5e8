"""What an anomaly is, and what the clerk knows beside the files."""

from dataclasses import dataclass
from datetime import date
from enum import Enum


class AnomalyKind(Enum):
    """The value is the word of the command line and of the archive; `title` is for the screen."""

    DUPLICATE = "duplicate"
    OVERLAP = "overlap"
    GAP = "gap"
    ORPHAN = "orphan-cancellation"
    RATE = "daily-rate-change"
    ARITHMETIC = "arithmetic"
    TOTALS = "totals"
    PAYEE = "wrong-payee"
    RECOVERY = "recovery"
    DAY_60 = "day-60"
    YEAR_END = "year-end"
    COMPANY = "unknown-company"
    PROLONGATION = "prolongation"

    @property
    def title(self) -> str:
        return _TITLES[self.value]


_TITLES = {
    "duplicate": "Doublon",
    "overlap": "Périodes qui se chevauchent",
    "gap": "Jours non indemnisés",
    "orphan-cancellation": "Annulation sans paiement",
    "daily-rate-change": "Taux journalier changé",
    "arithmetic": "Calcul inexact",
    "totals": "Total de contrôle inexact",
    "wrong-payee": "Destinataire à vérifier",
    "recovery": "Trop-perçu",
    "day-60": "60ᵉ jour de l’arrêt",
    "year-end": "Période sur deux années",
    "unknown-company": "Entreprise inconnue",
    "prolongation": "Prolongation non prise en compte",
}


@dataclass(frozen=True, slots=True)
class Anomaly:
    """`explanation` and `next_step` are French sentences without NIR. `lines` are numbers in their files, each in the
    file of the same place in `files` (the `file` column; 0 for one file); `rows` are the rows of the frame, none where
    no line is meant but a sum that the file states. `amount` is in cents: what is at stake, negative when it was taken
    back."""

    kind: AnomalyKind
    explanation: str
    next_step: str
    lines: tuple[int, ...]
    files: tuple[int, ...]
    rows: tuple[int, ...]
    amount: int
    person: str = ""


@dataclass(frozen=True, slots=True)
class KnownLeave:
    """A leave that the clerk or the portal declared. One of `nir` (13 or 15 characters) and `employee` names the
    person, the latter in the company (SIREN or SIRET; "" when not told). `subrogated` is what days the employer is to
    be paid for, both ends included, None when not told; the end is None while it is open. `expected_end` counts
    prolongations, and is the eve of the return once that is announced."""

    start: date
    nir: str = ""
    employee: str = ""
    expected_end: date | None = None
    subrogated: tuple[date, date | None] | None = None
    company: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """`companies` are the SIREN or SIRET of the portfolio; empty when there is none to compare with. `today` is the day
    of the review; without it, the last day of payment of the lines."""

    companies: frozenset[str] = frozenset()
    leaves: tuple[KnownLeave, ...] = ()
    today: date | None = None
