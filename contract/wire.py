"""The two manners of speaking, and how a refusal is told.

Answers (`Record`) tolerate fields they do not know, so that an old client can talk with a newer portal.
Requests (`Ask`) refuse them, so that a slip of the pen is an error and never silently lost.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", max_length=36)]
"""A UUID in lower case. What a person creates is named by the client (UUIDv7), so that a retry names the same thing."""

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", max_length=64)]
Instant = Annotated[datetime, Meta(tz=True)]
"""A moment with its time zone; the portal writes UTC."""

Version = Annotated[int, Meta(ge=0, le=2**53)]
"""A number of the space's own counter: of two states of one thing, the greater is the later."""


class Record(msgspec.Struct, frozen=True):
    """Base of what the portal answers."""


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of what the client asks."""


class ProblemKind(StrEnum):
    """Why the portal said no. Each becomes `urn:volet:problem:<kind>` (RFC 9457, section 3.1.1)."""

    SIGN_IN = "sign-in"
    """The access token is missing, unknown or expired; a refresh may help."""
    SIGN_IN_AGAIN = "sign-in-again"
    """The session is over (signed out, revoked, a spent token used again); only the password helps."""
    CREDENTIALS = "credentials"
    """E-mail and password do not go together, or the account does not exist: never told apart."""
    SECOND_FACTOR = "second-factor"
    """The password is right; the code of the second factor is missing, wrong, or was used before."""
    TOO_MANY_TRIES = "too-many-tries"
    BUSY = "busy"
    """The same wish is being carried out; ask again after `Retry-After`."""
    RIGHTS = "rights"
    UNKNOWN = "unknown"
    """No such thing, or none that the caller may see: never told apart."""
    GONE = "gone"
    STALE = "stale"
    """What the wish was based on has changed since (`base_version`)."""
    OTHER_WISH = "other-wish"
    """The wish's identifier was already used for another wish."""
    INVALID = "invalid"
    TOO_LARGE = "too-large"
    FILE_TYPE = "file-type"
    FILE_MISSING = "file-missing"
    """The wish names a file that its author has not sent whole."""
    CHECKSUM = "checksum"
    OFFSET = "offset"
    """The upload must go on at `Upload-Offset`."""
    RANGE = "range"
    FAULT = "fault"
    """The portal failed; nothing was decided."""


class FieldError(Record, frozen=True):
    """One field that is wrong, named as in the request body (`fields.start_date`), and why, in French."""

    field: str
    sentence: str


class Problem(Record, frozen=True, omit_defaults=True):
    """A refusal as RFC 9457 (`application/problem+json`). `title` and `detail` are French sentences, shown as such."""

    type: str
    title: str
    status: int
    detail: str | None = None
    remedy: str | None = None
    instance: str | None = None
    errors: tuple[FieldError, ...] = ()
    version: Version | None = None
    """With `stale`: the version that stands now."""


PROBLEM_PREFIX = "urn:volet:problem:"


def problem_kind(problem: Problem) -> ProblemKind | None:
    """The kind behind `type`; None for one that this client does not know."""
    try:
        return ProblemKind(problem.type.removeprefix(PROBLEM_PREFIX))
    except ValueError:
        return None
