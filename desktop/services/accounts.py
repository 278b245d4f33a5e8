"""Having an account: creating one, links and codes from an e-mail, password, second factor, devices."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from contract import accounts as wire
from contract import emails, names, passwords, paths
from contract.identity import is_siren, is_siret, only_digits
from contract.wire import Ask, ProblemKind
from desktop.services.portal import Portal
from desktop.services.problems import Offline
from desktop.services.session import Session

GONE: Final = ProblemKind.GONE.value
SECOND_FACTOR: Final = ProblemKind.SECOND_FACTOR.value

# Rows


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the person typed. Lives as long as the one call that uses it. `code` is of the second factor."""

    address: str
    email: str
    password: str
    code: str = ""

    def __repr__(self) -> str:
        return "Credentials(…)"


@dataclass(frozen=True, slots=True)
class Known:
    """An account of this computer. `name` is empty while the portal has not told it."""

    account: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What one says of oneself and of the company, as typed. The fields are named as in the portal's complaints."""

    company_number: str
    member_number: str
    civility: str
    first_name: str
    last_name: str
    email: str
    phone: str = ""
    function: str = ""

    def complaints(self) -> dict[str, str]:
        """What is wrong with it, field by field, as far as one can tell without the portal."""
        number = only_digits(self.company_number)
        found = {
            "company_number": "" if is_siren(number) or is_siret(number) else _NO_NUMBER if number else _MISSING,
            "member_number": "" if self.member_number.strip() else "Indiquez votre numéro d’adhérent.",
            "first_name": _no_name(self.first_name, "Indiquez votre prénom."),
            "last_name": _no_name(self.last_name, "Indiquez votre nom."),
            "email": emails.complaint(self.email.strip()) or "",
        }
        return {name: sentence for name, sentence in found.items() if sentence}


def _no_name(name: str, missing: str) -> str:
    return names.complaint(name.strip()) or "" if name.strip() else missing


_MISSING: Final = "Indiquez le SIREN ou le SIRET de l’entreprise."
_NO_NUMBER: Final = "Ni un SIREN (9\u00a0chiffres), ni un SIRET (14\u00a0chiffres)\u00a0: vérifiez chaque chiffre."


class NextStep(Enum):
    MAIL = wire.NextStep.MAIL.value
    ADMINISTRATOR = wire.NextStep.ADMINISTRATOR.value


class Purpose(Enum):
    CREATE = wire.LinkPurpose.CREATE.value
    INVITATION = wire.LinkPurpose.INVITATION.value
    FORGOTTEN = wire.LinkPurpose.FORGOTTEN.value


@dataclass(frozen=True, slots=True)
class Letter:
    """The secret of a link, or a short code with the address that it was sent to."""

    secret: str = field(default="", repr=False)
    email: str = ""
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A link that still stands. `company` is the name of one company, `spaces` how many spaces wait; `second_factor`:
    the account has one."""

    purpose: Purpose
    email: str
    first_name: str
    company: str = ""
    spaces: int = 0
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Strength:
    """Of a password, as one types. `complaint` is empty when it may be chosen."""

    bits: int
    word: str
    complaint: str

    @property
    def share(self) -> float:
        """Of what is called strong; 1 at most."""
        return min(1.0, self.bits / passwords.STRONG_BITS)


@dataclass(frozen=True, slots=True)
class Device:
    device_id: str
    name: str
    used_at: datetime
    open: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One's own account. `codes` is how many recovery codes are left."""

    email: str
    second_factor: bool
    codes: int
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class Seed:
    """What an authenticator is given: `uri` as a QR code, or `secret` typed by hand."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


# Reading


_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{20,200}", re.ASCII)


def read_link(text: str) -> tuple[str, str] | None:
    """Address of the portal (empty when the text has none) and secret of a link as it was pasted: whole, with
    `volet:`, or the secret alone. None when it is none."""
    before, mark, after = "".join(text.split()).rpartition("#")
    if not _SECRET.fullmatch(after) or (mark and not before.endswith("link")):
        return None
    address = before.removesuffix("link").rstrip("/")
    return (address if address.startswith(("https://", "http://")) else "", after)


def email_complaint(email: str) -> str:
    """What is wrong with a person's own professional address; empty when nothing is."""
    return emails.complaint(email.strip()) or ""


def judge(password: str, context: Iterable[str] = (), *, second_factor: bool = False) -> Strength:
    """Some milliseconds, more at the first call: not on the GUI thread."""
    names = tuple(name for name in context if name)
    found = passwords.strength(password, names)
    said = passwords.complaint(password, names, second_factor=second_factor)
    return Strength(found.bits, found.word, said or "")


def least(*, second_factor: bool) -> int:
    """Characters that a password must have."""
    return passwords.least(second_factor=second_factor)


# Asking


class Admission:
    """What one asks before one is signed in. All raise `Offline`, `PortalFault`, and `Refused` (with `errors` by the
    fields' names, or of kind `GONE` for a link that is spent, void or too old). Off the GUI thread."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def begin(self, new: NewAccount) -> NextStep:
        wanted = wire.BeginAccount(
            company_number=only_digits(new.company_number),
            member_number=new.member_number.strip(),
            civility=new.civility,
            first_name=new.first_name.strip(),
            last_name=new.last_name.strip(),
            email=new.email.strip(),
            phone=new.phone.strip(),
            function=new.function.strip(),
        )
        begun = self._portal.ask("POST", paths.NEW_ACCOUNT, wanted, wire.Begun)
        return NextStep.ADMINISTRATOR if begun.step == NextStep.ADMINISTRATOR.value else NextStep.MAIL

    def ask_link(self, email: str) -> None:
        self._portal.tell("POST", paths.NEW_LINK, wire.AskLink(email=email.strip()))

    def look(self, letter: Letter) -> LinkSeen:
        """Spends nothing."""
        told = self._portal.ask("POST", paths.LINK_SHOWN, _link(letter), wire.LinkRecord)
        known = {purpose.value: purpose for purpose in Purpose}
        purpose = known.get(told.purpose, Purpose.FORGOTTEN)
        return LinkSeen(purpose, told.email, told.first_name, told.company, told.spaces, told.second_factor)

    def use(self, letter: Letter, password: str) -> None:
        """Spends the link: this is the password from now on."""
        self._portal.tell("POST", paths.LINK_USED, wire.UseLink(link=_link(letter), password=password))


class OwnAccount:
    """What one asks about one's own account, signed in. Raises what `Session.call` raises; a wrong password or code is
    `Refused`. Off the GUI thread."""

    def __init__(self, portal: Portal, session: Session) -> None:
        self._portal, self._session = portal, session

    def standing(self) -> Standing:
        told = self._session.call(self._portal.account)
        devices = (Device(each.device_id, each.name, each.used_at, each.open, each.current) for each in told.devices)
        ordered = sorted(devices, key=lambda each: (not each.current, not each.open, -each.used_at.timestamp()))
        return Standing(told.email, told.second_factor, told.recovery_codes, tuple(ordered))

    def change_password(self, current: str, password: str) -> None:
        wanted = wire.ChangePassword(current=current, password=password)
        try:
            self._tell("POST", paths.PASSWORD, wanted)
        except Offline as lost:
            if not lost.unsent:  # the former one must not open the lock then
                self._session.doubt()
            raise
        self._session.prove(password)

    def begin_second_factor(self, password: str) -> Seed:
        wanted = wire.BeginSecondFactor(password=password)

        def ask(access: str) -> wire.SecondFactorBegun:
            return self._portal.ask("POST", paths.SECOND_FACTOR, wanted, wire.SecondFactorBegun, access)

        begun = self._session.call(ask)
        return Seed(begun.secret, begun.uri)

    def confirm_second_factor(self, code: str) -> tuple[str, ...]:
        """The recovery codes, which are told this one time."""
        return self._codes("PUT", paths.SECOND_FACTOR, wire.ConfirmSecondFactor(code=code))

    def new_recovery_codes(self, password: str, code: str) -> tuple[str, ...]:
        """Others in place of those that are left; told this one time. `code` is of the application, or one of those."""
        return self._codes("POST", paths.RECOVERY_CODES, wire.NewRecoveryCodes(password=password, code=code))

    def end_second_factor(self, password: str, code: str) -> None:
        self._tell("POST", paths.SECOND_FACTOR_END, wire.EndSecondFactor(password=password, code=code))

    def revoke(self, device_id: str) -> None:
        """Who is signed in on that computer is signed out."""
        self._tell("DELETE", paths.DEVICE.format(device_id=device_id))

    def revoke_this(self) -> None:
        """The same of this very computer, whose session ends with it."""
        for device in self.standing().devices:
            if device.current:
                self.revoke(device.device_id)

    def _codes(self, method: str, path: str, wanted: Ask) -> tuple[str, ...]:
        def ask(access: str) -> wire.RecoveryCodes:
            return self._portal.ask(method, path, wanted, wire.RecoveryCodes, access)

        return self._session.call(ask).codes

    def _tell(self, method: str, path: str, wanted: Ask | None = None) -> None:
        def tell(access: str) -> None:
            self._portal.tell(method, path, wanted, access)

        self._session.call(tell)


def _link(letter: Letter) -> wire.Link:
    if letter.secret:
        return wire.Link(secret=letter.secret)
    return wire.Link(email=letter.email.strip(), code=letter.code.strip())
