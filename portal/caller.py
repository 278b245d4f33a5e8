"""Who is asking. One statement looks the token up, and brings what the pulse needs along."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request
from sqlalchemy import Connection

from contract.wire import ProblemKind
from portal.database import Database, Driver, unix
from portal.problems import Refusal
from portal.settings import Settings

Ask = Request[Any, Any, Any]

_LOOK_UP: Final = (
    "SELECT p.person_id, a.family_id, p.portfolio_id, p.profile_version, f.head,"
    " a.expires_at, p.suspended, p.rights_end_at, p.administers, f.users_head"
    " FROM access_tokens a"
    " JOIN persons p ON p.person_id = a.person_id"
    " JOIN portfolios f ON f.portfolio_id = p.portfolio_id"
    " WHERE a.token_hash = ?"
)

_CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Caller:
    """`head` is her portfolio's, and `users_head` too when she administers something, else None. `lapsed`: one of her
    rights has come to its end and nobody has said so yet."""

    person_id: str
    family_id: str
    portfolio_id: str
    profile_version: int
    head: int
    lapsed: bool
    users_head: int | None


def header(request: Ask, name: str) -> str:
    """The header's value, empty when there is none. The framework would first sort out all of them."""
    wanted = name.lower().encode()
    for key, value in request.scope["headers"]:
        if key == wanted:
            return value.decode("latin-1")
    return ""


def hash_of(token: str) -> str:
    """What the portal keeps of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_secret() -> str:
    """256 random bits, as they go out."""
    return secrets.token_urlsafe(32)


class Doorkeeper:
    """Tells who is asking, or refuses."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._now = settings.now
        self._look_up = database.native(_LOOK_UP)

    def caller(self, db: Connection, request: Ask) -> Caller:
        """Within a transaction. Raises `Refusal` (`sign-in`, `sign-in-again`)."""
        return self._judge(db.exec_driver_sql(self._look_up, (_token_hash(request),)).first())

    def at_a_glance(self, driver: Driver, request: Ask) -> Caller:
        """As `caller`, in one statement of the driver."""
        return self._judge(driver.execute(self._look_up, (_token_hash(request),)).fetchone())

    def _judge(self, row: Sequence[Any] | None) -> Caller:
        now = unix(self._now())
        if row is None or row[5] <= now:
            raise Refusal(ProblemKind.SIGN_IN, headers=_CHALLENGE)
        if row[6]:
            raise Refusal(ProblemKind.SIGN_IN_AGAIN, headers=_CHALLENGE)
        lapsed, users_head = row[7] is not None and row[7] <= now, row[9] if row[8] else None
        return Caller(row[0], row[1], row[2], row[3], row[4], lapsed, users_head)


def _token_hash(request: Ask) -> str:
    scheme, _, token = header(request, "authorization").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal(ProblemKind.SIGN_IN, headers=_CHALLENGE)
    return hash_of(token.strip())
