"""What the pages read of the users of the spaces that one administers. Frozen, and free of wire and disk."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

NEW: Final = "users:new"
"""The key of the draft of an invitation."""
RIGHTS_DRAFT: Final = "users:rights"
"""The key of the draft of changes of rights."""


class Pill(StrEnum):
    """What the status pill says, in the order of what asks most of the administrator."""

    REFUSED = "refused"
    CONFLICT = "conflict"
    WAITING = "waiting"
    """« À envoyer »: something was done here that is not yet at the portal."""
    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Reason(StrEnum):
    """Why somebody's access should be looked at again."""

    NEVER = "never"
    """Has never signed in, a week after the invitation."""
    INACTIVE = "inactive"
    """Has not signed in for six months."""
    UNUSED = "unused"
    """Holds rights that she has not used for six months."""
    ENDING = "ending"
    """A right ends within thirty days."""


class Filter(StrEnum):
    REVIEW = "review"
    """« À revoir »."""
    INVITED = "invited"
    SUSPENDED = "suspended"
    ADMINISTRATORS = "administrators"


@dataclass(frozen=True, slots=True)
class Query:
    """What the list is asked for; None means: no filter. `reason` narrows « À revoir » further."""

    text: str = ""
    space_id: str | None = None
    filter: Filter | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Row identifiers in French alphabetical order."""

    ids: "array[int]"
    groups: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the space, whatever the other filters."""

    all: int
    filters: Mapping[Filter, int]
    reasons: Mapping[Reason, int]


@dataclass(frozen=True, slots=True)
class UserRow:
    """`spaces` counts the spaces where she has a right, of those that one administers; `company` is their company when
    it is but one."""

    key: int
    person_id: str
    civility: str
    first_name: str
    last_name: str
    email: str
    function: str
    pill: Pill
    me: bool
    administrator: bool
    signed_in_at: datetime | None
    invited_at: datetime | None
    spaces: int
    companies: int
    company: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """The rights held in one space, in the portal's order, with the last day of those that have one."""

    space_id: str
    company: str
    label: str
    member_number: str
    rights: tuple[str, ...]
    ends: Mapping[str, date]
    waiting: frozenset[str]
    """Of them, or of those taken away, what is not at the portal yet."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A wish about her that waits. `sentence` says why it does, when the person has to do something."""

    wish_id: str
    state: str
    title: str
    sentence: str
    attempts: int
    cells: int = 0
    """How many rights it changes; of a change of rights only."""
    left: int = 0
    """Of them, of a change that was refused or met other ground, how many are still otherwise than was wanted."""
    editable: bool = False
    """It can be taken up again: what was typed or chosen is a draft then."""


@dataclass(frozen=True, slots=True)
class Acts:
    """Why not, for each thing that can be done; "" when it can."""

    change: str
    correct: str
    suspend: str
    remove: str
    invite_again: str


@dataclass(frozen=True, slots=True)
class UserSheet:
    row: UserRow
    version: int | None
    """None while she is not known to the portal."""
    phone: str
    suspended: bool
    whole: bool
    held: tuple[Held, ...]
    uses: Mapping[str, date]
    unused: tuple[str, ...]
    deliveries: tuple[Delivery, ...]
    acts: Acts


@dataclass(frozen=True, slots=True)
class Draft:
    """An invitation being written. `like` is a person whose rights she shall have; then `rights` and `space_ids` are
    not looked at. Under another key than `NEW` it corrects a person: then only who she is counts."""

    key: str = NEW
    civility: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    function: str = ""
    rights: tuple[str, ...] = ()
    space_ids: tuple[str, ...] = ()
    ends_on: date | None = None
    like: str = ""

    @property
    def empty(self) -> bool:
        told = (self.first_name, self.last_name, self.email, self.phone, self.function, self.like)
        return not any(text.strip() for text in told) and not self.rights


GIVE: Final = "+"
WITHDRAW: Final = "-"


@dataclass(frozen=True, slots=True)
class RightsDraft:
    """Cells of the matrix that were changed and are not sent: of each person the place, the bit, and what is wanted:
    `+`, `-`, or the ISO date of the last day."""

    key: str = RIGHTS_DRAFT
    cells: dict[str, tuple[tuple[int, int, str], ...]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not self.cells


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person as one chooses her to copy her rights from."""

    person_id: str
    name: str
    function: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log of rights. `company` and `member_number` are empty when it concerns no space known here."""

    entry_id: str
    at: datetime
    actor: str
    action: str
    subject: str
    company: str
    member_number: str
    rights: tuple[str, ...]
    until: date | None


@dataclass(frozen=True, slots=True)
class Entries:
    """The latest first; `more` when older ones can be asked for."""

    entries: tuple[Entry, ...]
    more: bool
