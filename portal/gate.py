"""The gate of wishes: each is carried out once, and its outcome answered to every repetition.

Looking for the outcome, the rule, its changes and the outcome itself are one transaction. A final no is an outcome as
well; what only means « not now » (sign-in, busy, a fault, a file that has not arrived) is not.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, cast

import msgspec
from litestar import put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from sqlalchemy import and_, insert, select, text
from sqlalchemy.exc import IntegrityError

from contract import limits, paths
from contract.allowances import RequestExport
from contract.changes import AnyRecord, Outcome
from contract.contact import MarkRead, OpenRequest, SendMessage
from contract.users import ChangeRights, CorrectUser, InviteAgain, InviteUser, RemoveUser, SuspendUser
from contract.wire import ProblemKind
from contract.wishes import Wish
from portal.allowances import exports
from portal.answers import Reply, asked, is_id
from portal.caller import Ask, Doorkeeper
from portal.catalogue import Themes
from portal.contact import rules as contact
from portal.database import Database, Transaction
from portal.leave import rules as leave
from portal.openapi import PROBLEM_JSON, Answer, Operation, told
from portal.problems import Refusal, invalid
from portal.settings import Settings
from portal.tables import outcomes
from portal.users import rules as users
from portal.users import uses

_NOT_FINAL: Final = frozenset({ProblemKind.FILE_MISSING, ProblemKind.BUSY})

_CARRY_OUT: Final = Operation(
    name="carry_out",
    summary="Carry out a wish, once.",
    asks=Wish,
    answers={
        200: Answer("It is done; the same answer for ever.", Outcome[AnyRecord], headers=("Idempotent-Replayed",))
    },
    refuses=(
        ProblemKind.RIGHTS,
        ProblemKind.UNKNOWN,
        ProblemKind.STALE,
        ProblemKind.BUSY,
        ProblemKind.OTHER_WISH,
        ProblemKind.FILE_MISSING,
        ProblemKind.FILE_TYPE,
    ),
)


def routes(
    settings: Settings, database: Database, doorkeeper: Doorkeeper, themes: Themes, export_asked: Callable[[], None]
) -> Sequence[HTTPRouteHandler]:
    """`export_asked` is called once a wish for an export is committed."""

    @put(paths.WISH.replace("}", ":str}"), opt=told(_CARRY_OUT), request_max_body_size=limits.WISH_BYTES)
    async def carry_out(request: Ask, wish_id: FromPath[str]) -> Reply:
        with database.glance() as driver:
            doorkeeper.at_a_glance(driver, request)  # before anything of the body is told to a stranger
        if not is_id(wish_id):
            raise invalid("wish_id", "Cet identifiant n’en est pas un.")
        wish = await asked(request, cast("type[Wish]", Wish))
        with database.write() as tx:
            caller = doorkeeper.caller(tx.db, request)
            answer = once(tx, settings, themes, caller.person_id, wish_id, wish)
        if isinstance(wish, RequestExport):
            export_asked()
        return answer

    return (carry_out,)


def once(tx: Transaction, settings: Settings, themes: Themes, person_id: str, wish_id: str, wish: Wish) -> Reply:
    """The outcome of the wish, by doing it or by finding it done. Raises `Refusal` for what is no outcome."""
    _alone(tx, person_id, wish_id)
    fingerprint = hashlib.sha256(msgspec.json.encode(wish, order="deterministic")).hexdigest()
    mine = and_(outcomes.c.person_id == person_id, outcomes.c.wish_id == wish_id)
    found = tx.db.execute(select(outcomes).where(mine)).one_or_none()
    if found is not None:
        if found.fingerprint != fingerprint:
            raise Refusal(ProblemKind.OTHER_WISH, "Un autre envoi a déjà été fait sous cet identifiant.")
        return _answer(found.status, found.body, replayed=True)
    status, body = _outcome(tx, settings, themes, person_id, wish_id, wish)
    tx.db.execute(
        insert(outcomes).values(
            person_id=person_id, wish_id=wish_id, fingerprint=fingerprint, status=status, body=body, at=tx.now
        )
    )
    return _answer(status, body, replayed=False)


def _alone(tx: Transaction, person_id: str, wish_id: str) -> None:
    """On PostgreSQL two processes may be handed the same wish at once: the second is told to come back."""
    if tx.db.dialect.name != "postgresql":
        return
    lock = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
    if not tx.db.execute(lock, {"name": person_id + wish_id}).scalar_one():
        raise Refusal(ProblemKind.BUSY, headers={"Retry-After": "1"})


def _outcome(
    tx: Transaction, settings: Settings, themes: Themes, person_id: str, wish_id: str, wish: Wish
) -> tuple[int, bytes]:
    try:
        with tx.savepoint():
            _carry_out(tx, settings, themes, person_id, wish)
            uses.note(tx, person_id, uses.needed(tx.db, themes, wish))
            changed = tx.flush()
    except Refusal as refusal:
        if refusal.kind in _NOT_FINAL:
            raise
        return refusal.status, refusal.body()
    except IntegrityError:  # another transaction took one of the identifiers since the rule looked
        taken = Refusal(ProblemKind.OTHER_WISH, "Un identifiant de cet envoi sert déjà à autre chose.")
        return taken.status, taken.body()
    return 200, msgspec.json.encode(Outcome(wish_id, tx.now, changed))


def _carry_out(tx: Transaction, settings: Settings, themes: Themes, person_id: str, wish: Wish) -> None:
    match wish:
        case OpenRequest() | SendMessage() | MarkRead():
            contact.carry_out(tx, themes, person_id, wish)
        case RequestExport():
            exports.ask(tx, person_id, wish)
        case InviteUser() | ChangeRights() | CorrectUser() | SuspendUser() | RemoveUser() | InviteAgain():
            users.carry_out(tx, settings, person_id, wish)
        case _:
            leave.carry_out(tx, themes.leaves, person_id, wish)


def _answer(status: int, body: bytes, *, replayed: bool) -> Reply:
    media = "application/json" if status < 400 else PROBLEM_JSON
    headers = {"Idempotent-Replayed": "true"} if replayed else {}
    return Reply(status, body, headers, media)
