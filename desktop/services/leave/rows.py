"""What the pages read of sick leaves. Frozen, and free of wire and disk."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from desktop.services.files import Staged


class Pill(StrEnum):
    """What the status pill says, in the order of what asks most of the clerk."""

    REFUSED = "refused"
    """« Envoi refusé »: a wish about it was refused."""
    CONFLICT = "conflict"
    """« À revoir »: it has changed since a wish about it was made."""
    AWAITED = "document_awaited"
    """« Document attendu »."""
    WAITING = "waiting"
    """« À envoyer »: something was done here that is not yet at the portal."""
    DECLARED = "declared"
    """« Déclaré »: received; nobody at the insurer's has taken it up yet."""
    FOLLOWED = "followed"
    """« Suivi »."""
    ENDED = "ended"
    """« Terminé »."""
    WITHDRAWN = "withdrawn"
    """« Retiré »."""
    DRAFT = "draft"
    """« Brouillon »: a declaration begun and not sent."""


class Stage(StrEnum):
    """The filters of the list."""

    RUNNING = "running"
    """« En cours »."""
    INCOMPLETE = "incomplete"
    """« À compléter »: the clerk has something to do about it."""
    OVER = "over"
    """« Terminés »."""


OF_STAGE: Final[Mapping[Stage, frozenset[Pill]]] = {
    Stage.RUNNING: frozenset({Pill.REFUSED, Pill.CONFLICT, Pill.AWAITED, Pill.WAITING, Pill.DECLARED, Pill.FOLLOWED}),
    Stage.INCOMPLETE: frozenset({Pill.REFUSED, Pill.CONFLICT, Pill.AWAITED, Pill.DRAFT}),
    Stage.OVER: frozenset({Pill.ENDED, Pill.WITHDRAWN}),
}


@dataclass(frozen=True, slots=True)
class Query:
    """What the list is asked for; None means: no filter."""

    text: str = ""
    space_id: str | None = None
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Row identifiers, the latest start first, a declaration begun before all; `groups` holds (index of the first row,
    title): « Brouillon », « À venir », « Novembre 2026 »."""

    ids: "array[int]"
    groups: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the space, whatever the other filters."""

    all: int
    stages: Mapping[Stage, int]


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """A leave as the list shows it. `key` is its identifier in `Listing.ids`; no `number` while it waits. `start` and
    `last_day` (included) are None only in a draft."""

    key: int
    leave_id: str
    space_id: str
    number: str | None
    last_name: str
    first_name: str
    matricule: str
    motive: str
    start: date | None
    last_day: date | None
    pill: Pill
    former: bool
    subrogation: bool
    files: int
    moved_at: datetime
    company: str
    member_number: str

    @property
    def employee(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()


# One leave


class SpanKind(StrEnum):
    WITHDRAWN = "withdrawn"
    """« Arrêt retiré »: the only period of a leave that was taken back."""
    PRESCRIBED = "prescribed"
    PROLONGATION = "prolongation"
    BETWEEN = "between"
    """Days between two prescriptions."""
    WAITING = "waiting"
    """« Carence »."""
    FRANCHISE = "franchise"
    PAID = "paid"
    UNPAID = "unpaid"
    """Days that could be paid, before others that were, and were not."""


@dataclass(frozen=True, slots=True)
class Span:
    """A period of the line of time, both days included. `pending`: wished here, not yet at the portal."""

    kind: SpanKind
    start: date
    end: date
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """A leave on one line of time. `spans` are in the order of time within their kind; `returned_on` is the first day
    back at work."""

    start: date
    end: date
    spans: tuple[Span, ...]
    returned_on: date | None


class ClockKind(StrEnum):
    WAITING = "waiting"
    FRANCHISE = "franchise"
    FIRST_PAID = "first_paid"
    DECLARE_BY = "declare_by"
    CLAIM_BY = "claim_by"


@dataclass(frozen=True, slots=True)
class Clock:
    """When something is due: the day, the value it follows from (days, or months for the limitation), since when and by
    which text. `kept`: whether it was met, where that is known; `left` counts the days from today on, negative once it
    is past."""

    kind: ClockKind
    day: date
    value: int
    since: date
    source: str
    left: int
    kept: bool | None = None


@dataclass(frozen=True, slots=True)
class ProlongationRow:
    """`declared_at` is None while it waits to be sent."""

    start: date
    through: date
    declared_at: datetime | None


@dataclass(frozen=True, slots=True)
class Awaited:
    awaited_id: str
    label: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """`document` is what it is, in words, "" when it answers nothing that was asked. `kept`: it opens off line."""

    attachment_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    kept: bool
    document: str
    sent_at: datetime | None
    author: str


class Standing(StrEnum):
    HELD = "held"
    WAITING = "waiting"
    REFUSED = "refused"
    CONFLICT = "conflict"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A wish about the leave that is not confirmed. `editable`: what was written can be had back as a draft; `left`: it
    may have arrived."""

    wish_id: str
    title: str
    standing: Standing
    sentence: str
    editable: bool
    left: bool


@dataclass(frozen=True, slots=True)
class Acts:
    """What can be done to it: "" when it can, else the sentence that says why not."""

    prolong: str
    announce_return: str
    complete: str
    withdraw: str


@dataclass(frozen=True, slots=True)
class LeaveSheet:
    """A leave as its page shows it, as it will be when what waits is carried out. `version` is what a wish is based on,
    None while the portal does not know it. `overdue`: its prescribed end is past, and nothing says what came of it."""

    row: LeaveRow
    nir: str
    motive_code: str
    branch: str
    last_day_worked: date
    expected_end: date
    subrogation: tuple[date | None, date | None] | None
    accident_on: date | None
    relapse: bool
    returned_on: date | None
    return_reason: str
    prolongations: tuple[ProlongationRow, ...]
    awaited: tuple[Awaited, ...]
    files: tuple[FileRow, ...]
    author: str
    declared_at: datetime | None
    version: int | None
    course: Course
    clocks: tuple[Clock, ...]
    acts: Acts
    deliveries: tuple[Delivery, ...]
    overdue: bool


@dataclass(frozen=True, slots=True)
class Declared:
    """A leave as files of allowances are compared with it, with what waits to be sent. `siret` is "" where the company
    is not known; `last_day` counts prolongations, and is the eve of the return once that is announced. `subrogated`
    has its first and last day, the latter None while it is not told; None without subrogation."""

    siret: str
    nir: str
    matricule: str
    start: date
    last_day: date
    subrogated: tuple[date, date | None] | None


# The catalogue


@dataclass(frozen=True, slots=True)
class Motive:
    code: str
    label: str
    accident: bool


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Document:
    """One line of a checklist."""

    code: str
    label: str
    required: bool
    help: str


@dataclass(frozen=True, slots=True)
class Employee:
    """An employee of whom a leave is known in this space."""

    last_name: str
    first_name: str
    matricule: str
    nir: str


# Writing


class Act(StrEnum):
    """What a draft is of; its key is made of it (`draft_key`)."""

    DECLARE = "new"
    PROLONG = "prolong"
    RETURN = "return"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and not sent. `values` holds texts by the code of their field, days as ISO dates, yes as "yes";
    `documents` tells by SHA-256 what a file is; `answers` names awaited documents. `base_version` is that of the leave
    when it was begun."""

    key: str
    space_id: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    files: tuple[Staged, ...] = ()
    documents: dict[str, str] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    base_version: int | None = None

    @property
    def act(self) -> Act:
        return Act(self.key.split(":")[1])

    @property
    def leave_id(self) -> str:
        """Of the leave that it is about; "" for a declaration."""
        return self.key.split(":", 2)[2] if self.act is not Act.DECLARE else ""

    @property
    def empty(self) -> bool:
        return not self.files and not any(value.strip() for value in self.values.values())


NEW: Final = f"leave:{Act.DECLARE}"


def draft_key(act: Act, leave_id: str) -> str:
    return NEW if act is Act.DECLARE else f"leave:{act}:{leave_id}"


@dataclass(frozen=True, slots=True)
class ByContact:
    """The form of Contact, filled in, by which a leave of the former space is prolonged; under `text`,
    the beginning of its message."""

    space_id: str
    topic: str
    fields: dict[str, str]
