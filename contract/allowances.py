"""Daily allowances: what was paid in the last three months, its statements, and exports of the former space.

Payments do not go through the feeds, which would have to hold a million of them: a feed tells that there are new ones
(`PaymentsRecord`), and they are read page by page, by their number. What was paid is never changed: a correction is a
cancellation, then another payment. The portal shows a payment for three months after its date; clients keep what they
have read.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from contract import limits
from contract.wire import Ask, Id, Instant, Record, Sha256, Version

WINDOW_MONTHS = 3
"""Payments are shown from the same day so many months ago on."""
EXPORT_DAYS = 7
"""How long an export is kept once it is ready."""


class Sense(StrEnum):
    PAYMENT = "payment"
    CANCELLATION = "cancellation"
    """The mirror image of an earlier payment: its days and amounts are negative, its daily rate is not."""


class Payee(StrEnum):
    EMPLOYER = "employer"
    EMPLOYEE = "employee"


class StatementFormat(StrEnum):
    PDF = "pdf"
    CSV = "csv"
    XLSX = "xlsx"


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class PaymentRecord(Record, frozen=True, kw_only=True, array_like=True):
    """One line of a payment, told as an array in this order. `number` counts within the space, from 1: of two lines the
    greater was made later. Amounts are in cents, `rate` in ten-thousandths of a euro a day; what is withheld (`csg`,
    `crds`, `tax`) is positive on a payment, and `net` is gross less all three. `start` and `end` are included; they are
    null on a recovery that names no period. `code` as BPIJ writes it, "" for none; `branch` is AS, AT, MA or ""."""

    number: Version
    payment_id: Id
    transfer_id: Id
    """What was paid at once to the same payee: one line of the bank, one statement."""
    leave_number: str
    matricule: str
    last_name: str
    first_name: str
    nir: str
    branch: str
    code: str
    label: str
    sense: str
    leave_start: date | None
    start: date | None
    end: date | None
    days: int
    rate: int
    gross: int
    csg: int
    crds: int
    tax: int
    net: int
    payee: str
    paid_on: date
    reference: str


class PaymentsPage(Record, frozen=True):
    """Payments of a space after the number asked for, in their order. `since` is the first day of the window today.
    `more`: ask again after `last`, the number of the last row (or the one asked for, when there is none). `insurer` is
    who paid, as statements name it."""

    space_id: Id
    since: date
    last: Version
    more: bool
    columns: tuple[str, ...]
    rows: tuple[PaymentRecord, ...]
    insurer: str = ""


class PaymentsRecord(Record, frozen=True, tag="payments", tag_field="kind"):
    """That the space has payments up to the number `last`, the latest of them dated `paid_on`."""

    space_id: Id
    last: Version
    paid_on: date


class ExportState(StrEnum):
    ASKED = "asked"
    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class ExportRecord(Record, frozen=True, kw_only=True, tag="export", tag_field="kind"):
    """An export of the files begun in the former space, told to who asked for it alone, in the feed of the first of its
    spaces. `size`, `sha256`, `lines`, `name` and `expires_at` are there once it is ready; `sentence` when it failed."""

    export_id: Id
    space_id: Id
    space_ids: tuple[Id, ...]
    format: str
    state: str
    asked_at: Instant
    ready_at: Instant | None = None
    expires_at: Instant | None = None
    name: str = ""
    media_type: str = ""
    size: int = 0
    sha256: Sha256 | None = None
    lines: int = 0
    sentence: str = ""


class RequestExport(Ask, frozen=True, tag="request_export", tag_field="wish"):
    """« Exporter mes dossiers initiés dans l’ancien espace client »: prepared in the background."""

    export_id: Id
    space_ids: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=limits.SPACES_PER_EXPORT)]
    format: ExportFormat = ExportFormat.CSV


HEADINGS = (
    *("SIRET", "N° adhérent", "Organisme", "Nom", "Prénom", "NIR", "Matricule", "N° dossier", "Risque", "Code"),
    *("Libellé", "Sens", "Début de l’arrêt", "Du", "Au", "Jours", "Taux journalier", "Montant brut", "CSG", "CRDS"),
    *("PAS", "Montant net", "Payé à", "Date de paiement", "Référence du paiement"),
)
"""The headings of statements and exports in CSV and XLSX, in order: by them a client recognises a portal's file."""


def window_start(today: date) -> date:
    """The first day of payment that is shown today."""
    year, month = divmod(today.year * 12 + today.month - 1 - WINDOW_MONTHS, 12)
    for day in range(today.day, 0, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:  # the month is shorter
            continue
    raise ValueError(today)
