"""Who is asking. One statement looks the token up, and brings what the pulse needs along."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request
from sqlalchemy import Connection

from contract.wire import ProblemKind
from portal.database import Database, unix
from portal.problems import Refusal
from portal.settings import Settings

Ask = Request[Any, Any, Any]

_LOOK_UP: Final = (
    "SELECT p.person_id, a.family_id, p.portfolio_id, p.profile_version, f.head,"
    " a.expires_at, p.suspended, p.rights_end_at"
    " FROM access_tokens a"
    " JOIN persons p ON p.person_id = a.person_id"
    " JOIN portfolios f ON f.portfolio_id = p.portfolio_id"
    " WHERE a.token_hash = ?"
)

_CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Caller:
    """`head` is her portfolio's. `lapsed`: one of her rights has come to its end and nobody has said so yet."""

    person_id: str
    family_id: str
    portfolio_id: str
    profile_version: int
    head: int
    lapsed: bool


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
        """Raises `Refusal` (`sign-in`, `sign-in-again`)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refusal(ProblemKind.SIGN_IN, headers=_CHALLENGE)
        row = db.exec_driver_sql(self._look_up, (hash_of(token.strip()),)).first()
        now = unix(self._now())
        if row is None or row[5] <= now:
            raise Refusal(ProblemKind.SIGN_IN, headers=_CHALLENGE)
        if row[6]:
            raise Refusal(ProblemKind.SIGN_IN_AGAIN, headers=_CHALLENGE)
        return Caller(row[0], row[1], row[2], row[3], row[4], row[7] is not None and row[7] <= now)
