"""Signing in, staying signed in, signing out.

Tokens are opaque. The access token lives ten minutes, in memory. The refresh token is kept by the client in the
keyring; when the portal answers with a new one, the former stays good until the new one is first used, so that a
lost answer never signs anyone out. A spent one used again revokes the whole family (RFC 9700, section 4.14).
"""

from typing import Annotated

from msgspec import Meta

from contract.limits import PASSWORD_CHARACTERS
from contract.wire import Ask, Id, Record

Email = Annotated[str, Meta(min_length=3, max_length=254)]
Token = Annotated[str, Meta(min_length=1, max_length=200)]
Code = Annotated[str, Meta(min_length=1, max_length=60)]
"""Of a second factor, of recovery, or beside a link: spaces, dashes and case do not matter."""


class SignIn(Ask, frozen=True):
    """Asks for a session. `device` is the secret this computer was given at an earlier sign-in of the same person:
    who shows it is not slowed down by strangers who guess at the account. `code`: six digits of the second factor, or a
    recovery code; asked for by the problem `second-factor`."""

    email: Email
    password: Annotated[str, Meta(min_length=1, max_length=PASSWORD_CHARACTERS)]
    device_name: Annotated[str, Meta(max_length=80)] = ""
    device: Token | None = None
    code: Code | None = None


class Refresh(Ask, frozen=True):
    refresh: Token


class Tokens(Record, frozen=True):
    """A session. Times are seconds from now: no clock is compared. `refresh` and `device` are None when unchanged."""

    person_id: Id
    access: str
    access_seconds: int
    refresh: str | None = None
    device: str | None = None
