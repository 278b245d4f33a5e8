"""What the pages read of requests and conversations. Frozen, and free of wire and disk."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from desktop.services.files import Staged


class Pill(StrEnum):
    """What the status pill says, in the order of what asks most of the clerk."""

    REFUSED = "refused"
    """« Envoi refusé »: a wish about it was refused."""
    CONFLICT = "conflict"
    """« À revoir »: a wish about it met other ground than its writer saw."""
    AWAITED = "awaited"
    """« Document attendu »: closed because the insurer waits for a document."""
    ANSWERED = "answered"
    """« Réponse reçue »: open, and the adviser wrote last. Whether that has been read is said otherwise."""
    WAITING = "waiting"
    """« À envoyer »: the request, or a reply to it, was made here and is not yet at the portal."""
    RECEIVED = "received"
    """« Demande reçue »."""
    DONE = "done"
    """« Demande close »."""
    DRAFT = "draft"
    """« Brouillon »: a new request begun and not sent. As a filter it lets through, besides, the requests in which a
    reply is begun, whose pill says how they stand."""


OPEN: Final = frozenset({Pill.REFUSED, Pill.CONFLICT, Pill.ANSWERED, Pill.WAITING, Pill.RECEIVED})
"""« En cours »: what is not closed, or asks something of the clerk all the same."""


class Period(StrEnum):
    ANY = "any"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Query:
    """What the list is asked for. An empty set means: no filter. `space_id` None means all spaces."""

    text: str = ""
    space_id: str | None = None
    mine: bool = False
    unread: bool = False
    pills: frozenset[Pill] = frozenset()
    themes: frozenset[str] = frozenset()
    origin: str | None = None
    period: Period = Period.ANY
    with_files: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Row identifiers, latest movement first, and the rows at which a new day group begins; before all others, the
    requests begun and not sent.

    `groups` holds (index of the first row, title): « Brouillons », « Aujourd’hui », « Hier », « Mars 2026 »."""

    ids: "array[int]"
    groups: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the scope (space, mine), whatever the filters: what the chips show, which is what each would list alone."""

    all: int
    unread: int
    pills: Mapping[Pill, int]

    @property
    def open(self) -> int:
        return sum(self.pills[pill] for pill in OPEN)

    @property
    def awaited(self) -> int:
        return self.pills[Pill.AWAITED]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as the list shows it. `key` is its identifier in `Listing.ids`; no `file_number` while it waits. Of a
    request begun (`Pill.DRAFT`), `request_id` is the key of its draft, and it moved when that was kept."""

    key: int
    request_id: str
    space_id: str
    file_number: str | None
    theme: str
    topic: str
    subject: str
    pill: Pill
    closed: bool
    former: bool
    author: str
    mine: bool
    opened_at: datetime
    moved_at: datetime
    unread: int
    files: int
    company: str
    member_number: str
    drafted: bool = False
    """Something is begun in it that has not been sent."""
    answered: bool = False
    """The insurer has written in it."""


@dataclass(frozen=True, slots=True)
class Awaited:
    awaited_id: str
    label: str


@dataclass(frozen=True, slots=True)
class RequestSheet:
    """A request as the head of the reading pane shows it. `state_version` is what a reply is based on."""

    row: RequestRow
    topic_code: str
    awaited: tuple[Awaited, ...]
    fields: tuple[tuple[str, str], ...]
    state_version: int
    can_reply: bool
    why_not: str
    """When `can_reply` is false: the sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a request has become since a wish about it was made. `at` is None when it has moved again since."""

    closed: bool
    awaited: tuple[str, ...]
    at: datetime | None


class Delivery(StrEnum):
    SENT = "sent"
    HELD = "held"
    WAITING = "waiting"
    REFUSED = "refused"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """`kept`: its bytes are in the encrypted shelf and open off line."""

    attachment_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    kept: bool


@dataclass(frozen=True, slots=True)
class MessageRow:
    """`wish_id` names the wish of a message that has not been confirmed, for « Annuler l’envoi » and the remedies."""

    message_id: str
    mine: bool
    from_adviser: bool
    author: str
    text: str
    at: datetime
    unread: bool
    attachments: tuple[AttachmentRow, ...]
    delivery: Delivery
    wish_id: str | None
    sentence: str
    """Why it was refused or conflicts; empty otherwise."""
    ground: Ground | None = None
    """Of one in conflict: what the request has become, where that is known here."""
    left: bool = False
    """It was sent before, and may have arrived: it can no longer be taken back."""


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a topic's form; kinds are those of `contract.catalogue.FieldKind`."""

    code: str
    label: str
    kind: str
    required: bool
    help: str
    choices: tuple[Choice, ...]
    not_before: str | None


@dataclass(frozen=True, slots=True)
class Topic:
    code: str
    label: str
    theme: str
    intro: str
    subject: str
    fields: tuple[FormField, ...]
    documents: tuple[tuple[str, bool], ...]
    """(label, required)"""
    allowed: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Theme:
    code: str
    label: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and not sent. `key` is a request identifier, or `NEW` for the form of a new request."""

    key: str
    text: str = ""
    space_id: str | None = None
    topic: str = ""
    subject: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    files: tuple[Staged, ...] = ()
    answers: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        typed = [self.text, self.topic, self.subject, *self.fields.values()]
        return not self.files and not any(text.strip() for text in typed)


NEW = "new"


def begins_request(key: str) -> bool:
    """Whether the draft of this key is the form of a new request: `NEW`, or `NEW:topic` for one begun beside it."""
    return key == NEW or key.startswith(f"{NEW}:")
