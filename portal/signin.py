"""Signing in, staying signed in, signing out."""

from collections.abc import Sequence
from typing import Any

from litestar import post
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import Row, select, update

from contract import paths
from contract.signin import Refresh, SignIn, Tokens
from contract.wire import ProblemKind
from portal import factors, people, sessions, tries
from portal.answers import Reply, asked, nothing, say
from portal.caller import Ask, Doorkeeper, hash_of
from portal.database import Actor, Database, Transaction
from portal.openapi import Answer, Operation, told
from portal.passwords import Passwords
from portal.problems import Refusal
from portal.settings import Settings
from portal.tables import persons

_SIGN_IN = Operation(
    name="sign_in",
    summary="Begin a session with e-mail and password.",
    asks=SignIn,
    answers={200: Answer("The session.", Tokens)},
    refuses=(ProblemKind.CREDENTIALS, ProblemKind.SECOND_FACTOR, ProblemKind.TOO_MANY_TRIES),
    signed_in=False,
)
_REFRESH = Operation(
    name="refresh",
    summary="Get a new access token.",
    asks=Refresh,
    answers={200: Answer("The session.", Tokens)},
    refuses=(ProblemKind.SIGN_IN_AGAIN,),
    signed_in=False,
)
_SIGN_OUT = Operation(name="sign_out", summary="End the session.", answers={204: Answer("It is over.")})


def routes(
    settings: Settings, database: Database, doorkeeper: Doorkeeper, passwords: Passwords
) -> Sequence[HTTPRouteHandler]:
    @post(paths.SIGN_IN, status_code=200, opt=told(_SIGN_IN))
    async def sign_in(request: Ask) -> Reply:
        wish = await asked(request, SignIn)
        address = request.client.host if request.client else ""
        with database.write() as tx:
            tries.count_address(tx, settings, address)
        with database.write() as tx:
            person, device_id, bucket = _count_try(tx, wish)
        kept = person.password_hash if person is not None else None
        right = await passwords.verify(kept, wish.password)
        if person is None or not right:
            raise Refusal(ProblemKind.CREDENTIALS)
        if person.suspended:
            raise Refusal(
                ProblemKind.CREDENTIALS,
                "L’administrateur principal peut le rétablir.",
                title="Votre compte est suspendu.",
            )
        renewed = await passwords.rehash(kept, wish.password)
        codes = _count_code(database, device_id or person.person_id, wish.code)
        with database.write() as tx:
            if not _stands(tx, person):
                raise Refusal(ProblemKind.CREDENTIALS)
            _check_second_factor(tx, settings, person.person_id, wish.code)
            for right_now in (bucket, codes):
                tries.forgive(tx, right_now)
            if renewed is not None:
                mine = persons.c.person_id == person.person_id
                tx.db.execute(update(persons).where(mine).values(password_hash=renewed))
            people.signed_in(tx, person.person_id)
            return say(sessions.begin(tx, settings, person.person_id, device_id, people.readable(wish.device_name)))

    @post(paths.REFRESH, status_code=200, opt=told(_REFRESH))
    async def refresh(request: Ask) -> Reply:
        wish = await asked(request, Refresh)
        with database.write() as tx:
            tokens = sessions.refresh(tx, settings, wish.refresh)
        if tokens is None:
            raise Refusal(ProblemKind.SIGN_IN_AGAIN)
        return say(tokens)

    @post(paths.SIGN_OUT, opt=told(_SIGN_OUT))
    async def sign_out(request: Ask) -> Reply:
        with database.write() as tx:
            caller = doorkeeper.caller(tx.db, request)
            sessions.revoke(tx, caller.family_id)
            tx.audit(Actor("person", caller.person_id), "session.end")
        return nothing()

    return (sign_in, refresh, sign_out)


def _count_try(tx: Transaction, wish: SignIn) -> tuple[Row[Any, Any, Any] | None, str | None, str]:
    """The person, her device and the bucket in which this try was counted. An account that is none has one too."""
    email = people.as_kept(wish.email)
    query = select(persons.c.person_id, persons.c.password_hash, persons.c.suspended).where(persons.c.email == email)
    person: Row[Any, Any, Any] | None = tx.db.execute(query).one_or_none()
    device_id = sessions.device_of(tx, person.person_id, wish.device) if person is not None else None
    bucket = f"device:{device_id}" if device_id is not None else f"account:{hash_of(email)}"
    tries.count(tx, bucket)
    return person, device_id, bucket


def _stands(tx: Transaction, person: Row[Any, Any, Any]) -> bool:
    """Whether the password that was looked at is hers still: a new one, or a suspension, has ended all sessions while
    this one was about to begin."""
    mine = select(persons.c.password_hash, persons.c.suspended).where(persons.c.person_id == person.person_id)
    now = tx.db.execute(mine.with_for_update()).one_or_none()
    return now is not None and now.password_hash == person.password_hash and not now.suspended


def _count_code(database: Database, owner: str, code: str | None) -> str:
    """The bucket in which this try at a code was counted, if it was one. Raises `Refusal`."""
    bucket = factors.bucket(owner)
    if code is not None:
        with database.write() as tx:
            tries.count(tx, bucket)
    return bucket


def _check_second_factor(tx: Transaction, settings: Settings, person_id: str, code: str | None) -> None:
    """Spends the code of whoever has a second factor. Both tries stay counted until it is right: that the password was
    right, or is a new one, is no reason to guess at codes faster. Raises `Refusal`."""
    if not factors.stands(tx.db, person_id):
        return
    if code is None:
        raise Refusal(ProblemKind.SECOND_FACTOR)
    if not factors.accept(tx, settings, person_id, code):
        title = "Ce code n’est pas le bon, ou il a déjà servi."
        raise Refusal(ProblemKind.SECOND_FACTOR, "Attendez le code suivant, ou prenez un code de secours.", title=title)
