"""What the pages are given of payments, statements and exports."""

from array import array
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

KINDS = ("pdf", "csv", "xlsx")
"""In which a statement can be downloaded."""
FORMATS = ("csv", "xlsx")
"""In which an export can be asked for."""


@dataclass(frozen=True, slots=True)
class Query:
    """`text` as typed; `space_id` None for all companies."""

    text: str = ""
    space_id: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """`ids` are keys of payments in the order shown, the latest first; `groups` the first row of each month and its
    title. The sums, in cents, are those of all of them."""

    ids: "array[int]"
    groups: tuple[tuple[int, str], ...]
    gross: int = 0
    net: int = 0


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One line of a payment. Amounts are in cents, `rate` in ten-thousandths of a euro a day; what is withheld is
    positive on a payment. `branch` is AS, AT, MA or ""; `cancels`: its days and amounts are negative."""

    key: int
    payment_id: str
    transfer_id: str
    space_id: str
    company: str
    member_number: str
    leave_number: str
    matricule: str
    last_name: str
    first_name: str
    nir: str
    branch: str
    code: str
    label: str
    cancels: bool
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
    to_employee: bool
    paid_on: date
    reference: str

    @property
    def person(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()


@dataclass(frozen=True, slots=True)
class StatementFile:
    """The statement of a transfer in one format. `sha256` and `size` are known once it has been downloaded; `here`: it
    is on this computer. `path` is where the portal has it; "" once the portal shows it no more."""

    kind: str
    path: str
    name: str
    sha256: str | None
    size: int
    here: bool


@dataclass(frozen=True, slots=True)
class PaymentSheet:
    """One payment whole: what was paid with it at once (`beside`, itself included, in cents `net` together), and the
    statement of that in each format that can be had."""

    row: PaymentRow
    beside: int
    net: int
    statements: tuple[StatementFile, ...]
    shown_by_portal: bool


class ExportStage(StrEnum):
    """`WAITING`: still to be sent to the portal; `REFUSED`: the portal said no."""

    WAITING = "waiting"
    REFUSED = "refused"
    ASKED = "asked"
    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ExportRow:
    """`spaces` is how many spaces it covers. `name`, `size`, `sha256`, `lines` and `expires_at` are there once it is
    ready; `sentence` says why it failed or was refused. `wish_id` as long as the wish is in the outbox; `here`: it is
    on this computer, and stays when the portal's has expired. `path` is where the portal has it, "" when it has not."""

    export_id: str
    stage: ExportStage
    spaces: int
    format: str
    asked_at: datetime
    expires_at: datetime | None = None
    name: str = ""
    size: int = 0
    sha256: str | None = None
    lines: int = 0
    sentence: str = ""
    wish_id: str | None = None
    here: bool = False
    path: str = ""


class NotAskable(Exception):
    """The export cannot be asked for: `sentence` says why, in French."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
