"""Who is asking, and on behalf of whom: the person, her companies, their spaces, and her rights on each.

A *space* is what one adhérent (member number) has at the insurer; a company has one or several.
"""

from enum import StrEnum

from contract.wire import Id, Record


class Right(StrEnum):
    """What a person may do in a space. Labels are the portal's data (`RightLabel`)."""

    CONTACT = "contact"
    """Needed for every request; which of them are seen is by the right of their topic (`TopicRecord.right`)."""
    AFFILIATION = "affiliation"
    LEAVE = "leave"
    ALLOWANCES = "allowances"
    CONTRIBUTIONS = "contributions"
    DOCUMENTS = "documents"
    USERS = "users"
    """Administrator: manages the users of the space."""
    MAIN_ADMINISTRATOR = "main_administrator"


class RightLabel(Record, frozen=True):
    right: str
    label: str


class CompanyRecord(Record, frozen=True):
    """A company of the portfolio. `former_member_number` is the smallest member number of the company, under which all
    its requests of the former space sit; None when it has none. It is told even to who has no right there, because
    she must know whom to ask."""

    company_id: Id
    name: str
    siren: str
    former_member_number: str | None = None
    former_count: int = 0


class SpaceRecord(Record, frozen=True):
    """A space on which the person has at least one right. `rights` are codes of `Right` (unknown ones are ignored)."""

    space_id: Id
    company_id: Id
    member_number: str
    siret: str
    label: str
    rights: tuple[str, ...]
    administrator: str | None = None
    """Name of the main administrator, told to the users of the space."""


class Me(Record, frozen=True):
    """The person and all that she may see; asked for again when the pulse says so."""

    person_id: Id
    civility: str
    first_name: str
    last_name: str
    email: str
    companies: tuple[CompanyRecord, ...]
    spaces: tuple[SpaceRecord, ...]
    rights: tuple[RightLabel, ...]
