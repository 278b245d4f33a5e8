"""Having an account: creating one, links sent by e-mail, password, second factor, devices.

A link is 256 random bits in the fragment of an address, or a short code beside the e-mail: it works once, for 72
hours, and only by a deliberate act (`USE`): who merely looks at it, as mail scanners do, spends nothing. Asking for
another voids the former. No answer tells whether an address has an account.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from contract.limits import PASSWORD_CHARACTERS, PERSON_NAME_CHARACTERS
from contract.signin import Code, Email, Token
from contract.wire import Ask, Id, Instant, Record

Name = Annotated[str, Meta(min_length=1, max_length=PERSON_NAME_CHARACTERS)]
Civility = Annotated[str, Meta(max_length=10)]
Phone = Annotated[str, Meta(max_length=30)]
Function = Annotated[str, Meta(max_length=100)]
Password = Annotated[str, Meta(min_length=1, max_length=PASSWORD_CHARACTERS)]


class BeginAccount(Ask, frozen=True):
    """Step one of three: the company, by a SIREN or SIRET and a member number that go together, and the person.
    `email` is a professional address of her own (`emails.complaint`)."""

    company_number: Annotated[str, Meta(min_length=9, max_length=20)]
    member_number: Annotated[str, Meta(min_length=1, max_length=20)]
    civility: Civility
    first_name: Name
    last_name: Name
    email: Email
    phone: Phone = ""
    function: Function = ""


class NextStep(StrEnum):
    MAIL = "mail"
    """A link goes to the address (to one that has an account already: what to do instead)."""
    ADMINISTRATOR = "administrator"
    """Somebody administers the company's space already: she adds users. Who it is is not told."""


class Begun(Record, frozen=True):
    step: str


class AskLink(Ask, frozen=True):
    """A new link: for a forgotten password, or in place of one that is lost or too old. Answered alike for all."""

    email: Email


class Link(Ask, frozen=True):
    """The link, or the short code with the address it was sent to."""

    secret: Token | None = None
    email: Email | None = None
    code: Code | None = None


class LinkPurpose(StrEnum):
    CREATE = "create"
    INVITATION = "invitation"
    FORGOTTEN = "forgotten"


class LinkRecord(Record, frozen=True):
    """What a link that still stands is for, told to who holds it. `company` is the name of one company, `spaces` how
    many spaces wait; `second_factor`: the account has one, so that its password may be shorter."""

    purpose: str
    email: str
    first_name: str
    expires_seconds: int
    company: str = ""
    spaces: int = 0
    second_factor: bool = False


class UseLink(Ask, frozen=True):
    """Spends the link: the password is set, every former session of the person ends. A second factor stays."""

    link: Link
    password: Password


class ChangePassword(Ask, frozen=True):
    """Every other session of the person ends."""

    current: Password
    password: Password


class BeginSecondFactor(Ask, frozen=True):
    password: Password


class SecondFactorBegun(Record, frozen=True):
    """`uri` is the `otpauth:` address that the QR code holds; `secret` the same for who types it (base 32)."""

    secret: str
    uri: str


class ConfirmSecondFactor(Ask, frozen=True):
    code: Code


class RecoveryCodes(Record, frozen=True):
    """Each replaces the second factor once. Told this one time."""

    codes: tuple[str, ...]


class NewRecoveryCodes(Ask, frozen=True):
    """Others in place of those that are left. `code` is of the application, or one that is left."""

    password: Password
    code: Code


class EndSecondFactor(Ask, frozen=True):
    password: Password
    code: Code


class DeviceRecord(Record, frozen=True):
    """A computer that the person has signed in from. `open`: a session stands there; `current`: it is this one."""

    device_id: Id
    name: str
    created_at: Instant
    used_at: Instant
    open: bool
    current: bool


class AccountRecord(Record, frozen=True):
    email: str
    second_factor: bool
    recovery_codes: int
    """How many are left."""
    devices: tuple[DeviceRecord, ...]
