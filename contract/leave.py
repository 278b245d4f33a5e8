"""Sick leaves as the insurer holds them, what one may wish of them, and the terms under which they are dealt with.

The rules of dates are in `contract.periods`. What is about anybody's illness is told to who has the right of leave in
the space, whatever her other rights.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from contract import limits
from contract.contact import AttachmentRecord, AwaitedDocument, NewAttachment, Origin
from contract.wire import Ask, Id, Instant, Record, Version

PersonName = Annotated[str, Meta(min_length=1, max_length=limits.PERSON_NAME_CHARACTERS)]
MotiveCode = Annotated[str, Meta(pattern=r"^[0-9]{2}$")]
"""S21.G00.60.001 of the DSN: 01 illness, 02 maternity, …"""
DocumentCode = Annotated[str, Meta(max_length=40)]


class LeaveState(StrEnum):
    DECLARED = "declared"
    """Received; nobody at the insurer's has taken it up yet."""
    FOLLOWED = "followed"
    DOCUMENT_AWAITED = "document_awaited"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class ReturnReason(StrEnum):
    """S21.G00.60.011 of the DSN."""

    NORMAL = "01"
    PART_TIME_THERAPEUTIC = "02"
    PART_TIME_PERSONAL = "03"


# What a leave is


class Employee(Record, frozen=True):
    """Who is on leave. `nir` is 13 or 15 characters, empty when nobody told it: it identifies nobody in the client."""

    matricule: str
    last_name: str
    first_name: str
    nir: str = ""


class Prolongation(Record, frozen=True):
    """`start` and `through` are included."""

    prolongation_id: Id
    start: date
    through: date
    declared_at: Instant


class LeaveFile(AttachmentRecord, frozen=True, kw_only=True):
    """A file sent with the leave; `document` is the code of what it is (`LeaveDocument`), "" when it answers none."""

    document: str = ""
    sent_at: Instant
    author_name: str


class Term(Record, frozen=True):
    """One parameter of the contract: its value, the day from which it holds, and the text that says so."""

    value: int
    since: date
    source: str


class LeaveTerms(Record, frozen=True):
    """What the contract says of leaves, in calendar days but for the limitation, in months."""

    waiting_days: Term
    """Days at the beginning that nobody pays."""
    franchise_days: Term
    """Days at the beginning that the insurer does not pay; the waiting days are among them."""
    declaration_days: Term
    """Days after the end of the franchise within which the leave is to be declared."""
    limitation_months: Term
    """Months after which an allowance can no longer be claimed."""


class LeaveRecord(Record, frozen=True, kw_only=True, tag="leave", tag_field="kind"):
    """One leave. `expected_end` is the first prescription's; `prolongations` follow it in order. `version` moves with
    any change: it is what a wish is based on."""

    leave_id: Id
    space_id: Id
    number: str
    employee: Employee
    motive: str
    last_day_worked: date
    start: date
    expected_end: date
    subrogation: bool = False
    subrogation_from: date | None = None
    subrogation_through: date | None = None
    accident_on: date | None = None
    relapse: bool = False
    prolongations: tuple[Prolongation, ...] = ()
    returned_on: date | None = None
    """The first day back at work."""
    return_reason: str | None = None
    state: str
    origin: str = Origin.NEW
    awaited: tuple[AwaitedDocument, ...] = ()
    files: tuple[LeaveFile, ...] = ()
    author_id: Id | None = None
    author_name: str
    declared_at: Instant
    moved_at: Instant
    version: Version
    terms: LeaveTerms


# The catalogue of leaves


class Case(StrEnum):
    """On what occasion a document is wanted."""

    DECLARATION = "declaration"
    SUBROGATION = "subrogation"
    DIRECT = "direct"
    """Without subrogation: the employee is paid."""
    ACCIDENT = "accident"
    RELAPSE = "relapse"
    PROLONGATION = "prolongation"
    RETURN = "return"
    PART_TIME_RETURN = "part_time_return"


class Motive(Record, frozen=True):
    """Why one is on leave. `branch` as BPIJ codes the risk: AS, AT or MA. `accident`: the day of the accident, or of
    the first medical finding, must be told. One that is not `offered` is known, but cannot be declared here."""

    code: str
    label: str
    branch: str
    accident: bool = False
    offered: bool = True


class Reason(Record, frozen=True):
    code: str
    label: str


class LeaveDocument(Record, frozen=True):
    """A document wanted in one case, for all motives or for those named. A `required` one that is missing does not keep
    a leave from being declared: it is awaited."""

    code: str
    label: str
    case: str
    required: bool = False
    motives: tuple[str, ...] = ()
    help: str = ""


class SpaceTerms(Record, frozen=True):
    space_id: Id
    terms: LeaveTerms


class LeaveCatalogue(Record, frozen=True):
    """`spaces`: the terms of the spaces in which the caller has the right of leave."""

    motives: tuple[Motive, ...]
    reasons: tuple[Reason, ...]
    documents: tuple[LeaveDocument, ...]
    spaces: tuple[SpaceTerms, ...] = ()

    def motive(self, code: str) -> Motive | None:
        return next((motive for motive in self.motives if motive.code == code), None)

    def wanted(self, motive: str, cases: Iterable[str]) -> tuple[LeaveDocument, ...]:
        """The checklist of these cases, in the catalogue's order."""
        held = set(cases)
        return tuple(
            document
            for document in self.documents
            if document.case in held and (not document.motives or motive in document.motives)
        )


# What one may wish


class NewEmployee(Ask, frozen=True):
    last_name: PersonName
    first_name: PersonName
    matricule: Annotated[str, Meta(max_length=limits.MATRICULE_CHARACTERS)] = ""
    nir: Annotated[str, Meta(max_length=25)] = ""


class LeaveAttachment(NewAttachment, frozen=True):
    """`document`: the code of the document that this file is, if it is one of those wanted."""

    document: DocumentCode = ""


LeaveAttachments = Annotated[tuple[LeaveAttachment, ...], Meta(max_length=limits.FILES_PER_MESSAGE)]


class DeclareLeave(Ask, frozen=True, kw_only=True, tag="declare_leave", tag_field="wish"):
    """`relapse` None: the question was left unanswered, which counts as no."""

    leave_id: Id
    space_id: Id
    employee: NewEmployee
    motive: MotiveCode
    last_day_worked: date
    start: date
    expected_end: date
    subrogation: bool = False
    subrogation_from: date | None = None
    subrogation_through: date | None = None
    accident_on: date | None = None
    relapse: bool | None = None
    attachments: LeaveAttachments = ()


class ProlongLeave(Ask, frozen=True, kw_only=True, tag="prolong_leave", tag_field="wish"):
    """`start` None: the day after the leave's end. `base_version` here and below is the record's `version` that the
    person saw: when it has changed since, the portal answers 412 `stale`; None means: whatever has happened."""

    leave_id: Id
    prolongation_id: Id
    through: date
    start: date | None = None
    attachments: LeaveAttachments = ()
    base_version: Version | None = None


class AnnounceReturn(Ask, frozen=True, kw_only=True, tag="announce_return", tag_field="wish"):
    """`returned_on` is the first day back at work, past or to come."""

    leave_id: Id
    returned_on: date
    reason: Annotated[str, Meta(pattern=r"^[0-9]{2}$")] = ReturnReason.NORMAL
    attachments: LeaveAttachments = ()
    base_version: Version | None = None


class CompleteLeave(Ask, frozen=True, kw_only=True, tag="complete_leave", tag_field="wish"):
    """Sends documents. `answers` names the awaited ones that the attachments are."""

    leave_id: Id
    attachments: LeaveAttachments
    answers: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    base_version: Version | None = None


class WithdrawLeave(Ask, frozen=True, kw_only=True, tag="withdraw_leave", tag_field="wish"):
    """Takes back a leave declared by mistake, as long as nothing was paid for it."""

    leave_id: Id
    base_version: Version | None = None


LeaveWish = DeclareLeave | ProlongLeave | AnnounceReturn | CompleteLeave | WithdrawLeave
