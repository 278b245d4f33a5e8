"""The person, her companies and their spaces, and her rights on each."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from desktop.services.outbox import Outbox
from desktop.services.store import Store

# Rows


@dataclass(frozen=True, slots=True)
class Person:
    person_id: str
    civility: str
    first_name: str
    last_name: str
    email: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Space:
    """One adhérent's space. `label` is its own name when it has one beside the company's."""

    space_id: str
    company_id: str
    company: str
    siren: str
    siret: str
    member_number: str
    label: str
    rights: frozenset[str]
    administrator: str | None
    favourite: bool


class FormerHint(Enum):
    """Where the former space's requests of a company are, seen from one of its spaces."""

    NONE = "none"
    HERE = "here"
    """This is the smallest member number: they are here."""
    ELSEWHERE = "elsewhere"
    """They are in another space that the person may see: jump."""
    CLOSED = "closed"
    """They are in a space where she has no right: the reason and whom to ask."""


@dataclass(frozen=True, slots=True)
class Former:
    hint: FormerHint
    member_number: str = ""
    space_id: str | None = None
    count: int = 0
    administrator: str | None = None


class AdminStep(Enum):
    """Becoming administrator of a space: which of the two steps applies."""

    ALREADY = "already"
    ASK_USER = "ask_user"
    """Step 1: she is not a user there (or may not write there): the main administrator must add her first."""
    ASK_CONTACT = "ask_contact"
    """Step 2: she is a user: she asks through Contact."""


@dataclass(frozen=True, slots=True)
class AdminPath:
    """`sentence_to_send` is the text to hand to the main administrator at step 1."""

    space: Space
    step: AdminStep
    sentence_to_send: str = ""


class Portfolio:
    topic = "portfolio"

    def __init__(self, store: Store, outbox: Outbox) -> None:
        raise NotImplementedError

    # Reading

    def person(self) -> Person | None: ...

    def spaces(self, text: str = "") -> tuple[Space, ...]:
        """Favourites first, then by company name (French order) and member number; `text` filters as one types, over
        names, SIREN, SIRET and member numbers, without accents or spaces."""
        raise NotImplementedError

    def space(self, space_id: str) -> Space | None: ...

    def recent(self) -> tuple[Space, ...]: ...

    def former(self, space_id: str) -> Former:
        raise NotImplementedError

    def admin_paths(self) -> tuple[AdminPath, ...]:
        raise NotImplementedError

    def right_labels(self) -> dict[str, str]:
        raise NotImplementedError

    def check_added(self, lines: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """For *Ajouter un espace*: each SIRET or member number that cannot be right, with the reason in French."""
        raise NotImplementedError

    # What only this computer remembers

    def set_favourite(self, space_id: str, favourite: bool) -> None: ...

    def visited(self, space_id: str) -> None: ...
