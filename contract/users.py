"""The users of the spaces that one administers, and their rights.

An administrator (right `users` or `main_administrator`) sees, of each person of her portfolio, the rights in the spaces
that she administers; who has none there she does not see. Nobody gives a right that she does not hold herself in that
space, nor for longer than she holds it; only a main administrator gives or takes `main_administrator`, which never has
an end, suspends who is one, and takes or shortens her rights; a space that has a main administrator who can act keeps
one.

The outcome of a wish tells the persons it touched, as far as a page of `GET /v1/users` reaches (record null: the author
sees her no more); the pulse tells of the others.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from contract import limits
from contract.accounts import Civility, Function, Name, Phone
from contract.portfolio import Right
from contract.signin import Email
from contract.wire import Ask, Id, Instant, Record, Version

SpaceIds = Annotated[tuple[Id, ...], Meta(min_length=1, max_length=limits.SPACES_PER_CHANGE)]
Rights = Annotated[tuple[Right, ...], Meta(max_length=len(Right))]


class UserState(StrEnum):
    INVITED = "invited"
    """Has not chosen a password yet."""
    ACTIVE = "active"
    SUSPENDED = "suspended"


class GrantRecord(Record, frozen=True):
    """The same rights, with the same end, in several spaces. `ends_on` is the last day on which they hold."""

    rights: tuple[str, ...]
    space_ids: tuple[Id, ...]
    ends_on: date | None = None


class RightUse(Record, frozen=True):
    """The last day on which she did something that needs this right in a space that the caller administers. Told anew
    once a week at most."""

    right: str
    on: date


class UserRecord(Record, frozen=True, tag="user", tag_field="kind"):
    """A person as an administrator sees her. `version` grows with each change of who she is, of her state and of her
    rights anywhere: a sign-in, a use or another invitation leaves it, so that no wish is refused for that. `whole`: the
    caller administers every space where she has a right, so that she may correct or suspend her."""

    person_id: Id
    version: Version
    civility: str
    first_name: str
    last_name: str
    email: str
    phone: str
    function: str
    state: str
    whole: bool
    invited_at: Instant | None = None
    signed_in_at: Instant | None = None
    grants: tuple[GrantRecord, ...] = ()
    uses: tuple[RightUse, ...] = ()


class UsersPage(Record, frozen=True):
    """`GET /v1/users?cursor=…`: who changed since the cursor, and who is no longer to be seen. `reset`: what the client
    holds gives way to what follows. Ask again with the new cursor while `more`."""

    cursor: str
    reset: bool = False
    more: bool = False
    users: tuple[UserRecord, ...] = ()
    gone: tuple[Id, ...] = ()


class Grant(Ask, frozen=True):
    rights: Annotated[tuple[Right, ...], Meta(min_length=1, max_length=len(Right))]
    space_ids: SpaceIds
    ends_on: date | None = None


class InviteUser(Ask, frozen=True, tag="invite_user", tag_field="wish"):
    """`person_id` is made by the client. A link goes to `email`, her own professional address. Who has an account among
    these companies already, with no right that the caller sees, gets the rights under the identifier she has (it is in
    the outcome), and a link only when she has not chosen a password. `limits.INVITATIONS_PER_DAY` from one
    administrator, `limits.INVITATIONS_TO_ONE_PER_DAY` to one person: those sent again count."""

    person_id: Id
    civility: Civility
    first_name: Name
    last_name: Name
    email: Email
    grants: Annotated[tuple[Grant, ...], Meta(min_length=1, max_length=limits.GRANTS_PER_WISH)]
    phone: Phone = ""
    function: Function = ""


class RightsChange(Ask, frozen=True):
    """In each of the spaces the person gets `add` (until `ends_on`, when given) and loses `remove`. A right that she
    holds and is added again takes the new end."""

    person_id: Id
    base_version: Version
    space_ids: SpaceIds
    add: Rights = ()
    remove: Rights = ()
    ends_on: date | None = None


class ChangeRights(Ask, frozen=True, tag="change_rights", tag_field="wish"):
    """All of it or nothing, `limits.RIGHTS_PER_WISH` rights at most. `stale` when one of the persons has changed since
    her `base_version`: `errors` names each such change."""

    changes: Annotated[tuple[RightsChange, ...], Meta(min_length=1, max_length=limits.GRANTS_PER_WISH)]


class CorrectUser(Ask, frozen=True, tag="correct_user", tag_field="wish"):
    """Of a person who is `whole` to the caller."""

    person_id: Id
    base_version: Version
    civility: Civility
    first_name: Name
    last_name: Name
    phone: Phone = ""
    function: Function = ""


class SuspendUser(Ask, frozen=True, tag="suspend_user", tag_field="wish"):
    """Shuts her out at her next request, or lets her sign in again (`suspended` false). Of a person who is `whole` to
    the caller, and never of oneself."""

    person_id: Id
    base_version: Version
    suspended: bool


class RemoveUser(Ask, frozen=True, tag="remove_user", tag_field="wish"):
    """Takes all her rights in the spaces that the caller administers; who has none left anywhere is signed out. Never
    of oneself."""

    person_id: Id
    base_version: Version


class InviteAgain(Ask, frozen=True, tag="invite_again", tag_field="wish"):
    """A new link to a person who has not chosen her password yet; the former is void."""

    person_id: Id


class AuditRecord(Record, frozen=True):
    """Who did what to whose rights. `actor` and `subject` are names; `action` is a word of the portal's
    (`rights.grant`, `rights.withdraw`, `rights.end`, `person.invite`, `person.invite_again`, `person.correct`,
    `person.suspend`, `person.restore`, `person.remove`, `account.open`); `detail` its codes of rights, then
    `until:2026-12-31` when they have an end. `Système` did what nobody did by hand, as the end of a right."""

    entry_id: Id
    at: Instant
    actor: str
    action: str
    subject: str = ""
    space_id: Id | None = None
    detail: str = ""


class AuditPage(Record, frozen=True):
    """`GET /v1/audit?before=…`, the latest first: the spaces that the caller administers. `before` is the last entry's
    identifier; none left when `more` is false."""

    more: bool
    entries: tuple[AuditRecord, ...] = ()
