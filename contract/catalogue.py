"""The catalogue of themes: what one can ask about, the right it needs, the fields and documents it wants.

It is the portal's data: the client draws its forms from it and knows no theme by heart, save the few codes
(`Topics`) that other parts of the client lead to.
"""

from enum import StrEnum
from typing import Final

from contract.wire import Record


class FieldKind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    """ISO 8601, YYYY-MM-DD."""
    AMOUNT = "amount"
    """Euros with two decimals and a point: 1234.56."""
    CHOICE = "choice"
    YES_NO = "yes_no"
    """`yes` or `no`."""
    SIRETS_OR_MEMBERS = "sirets_or_members"
    """SIRETs or member numbers, one a line."""


class FieldChoice(Record, frozen=True):
    code: str
    label: str


class FieldAsked(Record, frozen=True):
    code: str
    label: str
    kind: str
    required: bool = False
    help: str = ""
    choices: tuple[FieldChoice, ...] = ()
    not_before: str | None = None
    """With a date: the code of the field that it must not precede."""


class DocumentWanted(Record, frozen=True):
    code: str
    label: str
    required: bool = False


class TopicRecord(Record, frozen=True):
    """A sub-theme. `code` is `<theme>.<sub-theme>`; `right` is what one needs in the space, beside
    `contact`, to ask about it and to see what others asked: conversations, files and marks alike."""

    code: str
    label: str
    right: str
    intro: str = ""
    subject: str = ""
    """The subject proposed; `{employee}` is replaced by the field of that code."""
    fields: tuple[FieldAsked, ...] = ()
    documents: tuple[DocumentWanted, ...] = ()


class ThemeRecord(Record, frozen=True):
    code: str
    label: str
    topics: tuple[TopicRecord, ...]


class Catalogue(Record, frozen=True):
    themes: tuple[ThemeRecord, ...]


class Topics:
    """Codes that the client itself leads to."""

    LEAVE: Final = "prevoyance.arret-de-travail"
    AFFILIATION: Final = "salaries.affiliation"
    RADIATION: Final = "salaries.radiation"
    BECOME_ADMINISTRATOR: Final = "espace.devenir-administrateur"
    ADD_SPACE: Final = "espace.ajouter-un-espace"
    OTHER: Final = "autre.autre-question"
