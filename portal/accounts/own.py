"""One's own account: password, second factor, devices. Whatever changes the account asks for the password again."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from sqlalchemy import select, update

from contract import passwords as rules
from contract import paths
from contract.accounts import (
    AccountRecord,
    BeginSecondFactor,
    ChangePassword,
    ConfirmSecondFactor,
    EndSecondFactor,
    NewRecoveryCodes,
    RecoveryCodes,
    SecondFactorBegun,
)
from contract.wire import ProblemKind
from portal import factors, links, mail, sessions, tries
from portal.answers import Reply, asked, is_id, nothing, say
from portal.caller import Ask, Caller, Doorkeeper
from portal.database import Actor, Database, Transaction
from portal.openapi import Answer, Operation, told
from portal.passwords import Passwords
from portal.problems import Refusal, invalid, unknown
from portal.settings import Settings
from portal.tables import persons

T = TypeVar("T")

_ACCOUNT = Operation(
    name="account", summary="One's own account.", answers={200: Answer("What is known of it.", AccountRecord)}
)
_PASSWORD = Operation(
    name="change_password",
    summary="Choose another password; the other sessions end.",
    asks=ChangePassword,
    answers={204: Answer("It holds.")},
    refuses=(ProblemKind.TOO_MANY_TRIES,),
)
_BEGIN = Operation(
    name="begin_second_factor",
    summary="Get the seed of a second factor; it serves once a code confirms it.",
    asks=BeginSecondFactor,
    answers={200: Answer("The seed.", SecondFactorBegun)},
    refuses=(ProblemKind.TOO_MANY_TRIES,),
)
_CONFIRM = Operation(
    name="confirm_second_factor",
    summary="Show that the application gives the right codes.",
    asks=ConfirmSecondFactor,
    answers={200: Answer("The recovery codes, told this one time.", RecoveryCodes)},
    refuses=(ProblemKind.TOO_MANY_TRIES,),
)
_RENEW = Operation(
    name="new_recovery_codes",
    summary="Get other recovery codes; those of before are void.",
    asks=NewRecoveryCodes,
    answers={200: Answer("The recovery codes, told this one time.", RecoveryCodes)},
    refuses=(ProblemKind.TOO_MANY_TRIES,),
)
_END = Operation(
    name="end_second_factor",
    summary="Go back to the password alone.",
    asks=EndSecondFactor,
    answers={204: Answer("It is over.")},
    refuses=(ProblemKind.TOO_MANY_TRIES,),
)
_DEVICE = Operation(
    name="forget_device",
    summary="Forget a device, and end the session there.",
    answers={204: Answer("It is forgotten.")},
    refuses=(ProblemKind.UNKNOWN,),
)
_TOO_SHORT_ALONE = (
    f"Seul, un mot de passe doit compter au moins {rules.ALONE}\u00a0caractères\u00a0: changez d’abord le vôtre."
)
_NOT_YOURS = "Ce n’est pas votre mot de passe actuel."
_ACTIVE = "La double authentification est déjà activée."
_WRONG_CODE = "Ce code n’est pas le bon, ou il a déjà servi\u00a0: attendez le suivant."


def routes(
    settings: Settings, database: Database, doorkeeper: Doorkeeper, passwords: Passwords
) -> Sequence[HTTPRouteHandler]:
    proof = _Proof(database, doorkeeper, passwords)
    return (
        *_account_routes(settings, database, doorkeeper, passwords, proof),
        *_begin_routes(settings, database, doorkeeper, proof),
        *_factor_routes(settings, database, doorkeeper, proof),
    )


class _Proof:
    """That it is still she who asks: her password, with the tries counted."""

    def __init__(self, database: Database, doorkeeper: Doorkeeper, passwords: Passwords) -> None:
        self._database, self._doorkeeper, self._passwords = database, doorkeeper, passwords

    async def asked(self, request: Ask, kind: type[T]) -> T:
        """The body, read only once it is known who asks. Raises `Refusal`."""
        with self._database.glance() as driver:
            self._doorkeeper.at_a_glance(driver, request)
        return await asked(request, kind)

    async def of(self, request: Ask, password: str, field: str) -> str:
        """What is kept of her password. Raises `Refusal`: the field, when it is not hers."""
        with self._database.write() as tx:
            caller = self._doorkeeper.caller(tx.db, request)
            tries.count(tx, bucket(caller))
            mine = select(persons.c.password_hash).where(persons.c.person_id == caller.person_id)
            kept = tx.db.execute(mine).scalar_one()
        if not await self._passwords.verify(kept, password):
            raise invalid(field, _NOT_YOURS)
        return str(kept)


def bucket(caller: Caller) -> str:
    """Where tries of somebody who is signed in are counted."""
    return f"person:{caller.person_id}"


def _account_routes(
    settings: Settings, database: Database, doorkeeper: Doorkeeper, passwords: Passwords, proof: _Proof
) -> Sequence[HTTPRouteHandler]:
    @get(paths.ACCOUNT, opt=told(_ACCOUNT))
    async def account(request: Ask) -> Reply:
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            mine = select(persons.c.email).where(persons.c.person_id == caller.person_id)
            record = AccountRecord(
                db.execute(mine).scalar_one(),
                factors.stands(db, caller.person_id),
                factors.recovery_codes_left(db, caller.person_id),
                sessions.devices_of(db, settings, caller.person_id, caller.family_id),
            )
        return say(record)

    @post(paths.PASSWORD, opt=told(_PASSWORD))
    async def change(request: Ask) -> Reply:
        wish = await proof.asked(request, ChangePassword)
        former = await proof.of(request, wish.current, "current")
        with database.write() as tx:
            caller = doorkeeper.caller(tx.db, request)
            context = _context(tx, caller)
            factor = factors.stands(tx.db, caller.person_id)
        if wish.password == wish.current:
            raise invalid("password", "Ce mot de passe est l’actuel\u00a0: choisissez-en un autre.")
        complaint = await asyncio.to_thread(rules.complaint, wish.password, context, second_factor=factor)
        if complaint is not None:
            raise invalid("password", complaint)
        kept = await passwords.make(wish.password)
        with database.write() as tx:
            caller = doorkeeper.caller(tx.db, request)
            short = rules.too_short(wish.password, second_factor=factors.stands(tx.db, caller.person_id))
            if short is not None:  # the second factor has been ended meanwhile
                raise invalid("password", short)
            tries.forgive(tx, bucket(caller))
            email = _replace(tx, caller, former, kept)
            links.void(tx, email)
            sessions.end_all(tx, caller.person_id, but=caller.family_id)
            tx.audit(Actor("person", caller.person_id), "password.change", subject=caller.person_id)
            _tell(tx, caller, "changed")
        return nothing()

    @delete(paths.DEVICE.replace("}", ":str}"), status_code=200, opt=told(_DEVICE))
    async def forget(request: Ask, device_id: FromPath[str]) -> Reply:
        with database.write() as tx:
            caller = doorkeeper.caller(tx.db, request)
            if not is_id(device_id) or not sessions.forget(tx, caller.person_id, device_id):
                raise unknown()
        return nothing()

    return (account, change, forget)


def _begin_routes(
    settings: Settings, database: Database, doorkeeper: Doorkeeper, proof: _Proof
) -> Sequence[HTTPRouteHandler]:
    @post(paths.SECOND_FACTOR, status_code=200, opt=told(_BEGIN))
    async def begin(request: Ask) -> Reply:
        wish = await proof.asked(request, BeginSecondFactor)
        await proof.of(request, wish.password, "password")
        with database.write() as tx:
            caller = doorkeeper.caller(tx.db, request)
            tries.forgive(tx, bucket(caller))
            if factors.stands(tx.db, caller.person_id):
                raise Refusal(ProblemKind.INVALID, "Désactivez-la avant d’en activer une autre.", title=_ACTIVE)
            return say(SecondFactorBegun(*factors.begin(tx, settings, caller.person_id)))

    @put(paths.SECOND_FACTOR, status_code=200, opt=told(_CONFIRM))
    async def confirm(request: Ask) -> Reply:
        wish = await proof.asked(request, ConfirmSecondFactor)
        with database.write() as tx:
            caller = doorkeeper.caller(tx.db, request)
            tries.count(tx, bucket(caller))
        with database.write() as tx:
            caller = doorkeeper.caller(tx.db, request)
            if factors.stands(tx.db, caller.person_id):
                detail = "Si ses codes de secours vous manquent, demandez-en d’autres."
                raise Refusal(ProblemKind.INVALID, detail, title=_ACTIVE)
            codes = factors.confirm(tx, settings, caller.person_id, wish.code)
            if codes is None:
                raise invalid("code", _WRONG_CODE)
            tries.forgive(tx, bucket(caller))
            _tell(tx, caller, "factor_begun")
            return say(RecoveryCodes(codes))

    return (begin, confirm)


def _factor_routes(
    settings: Settings, database: Database, doorkeeper: Doorkeeper, proof: _Proof
) -> Sequence[HTTPRouteHandler]:
    """What takes the password and a code."""

    def count(request: Ask) -> None:
        """A try at a code. Raises `Refusal`."""
        with database.write() as tx:
            tries.count(tx, factors.bucket(doorkeeper.caller(tx.db, request).person_id))

    def spend(tx: Transaction, request: Ask, code: str) -> Caller:
        """Whose code it was. Raises `Refusal`."""
        caller = doorkeeper.caller(tx.db, request)
        mine = caller.person_id
        if not factors.stands(tx.db, mine) or not factors.accept(tx, settings, mine, code):
            raise invalid("code", _WRONG_CODE)
        for right in (bucket(caller), factors.bucket(mine)):
            tries.forgive(tx, right)
        return caller

    @post(paths.RECOVERY_CODES, status_code=200, opt=told(_RENEW))
    async def renew(request: Ask) -> Reply:
        wish = await proof.asked(request, NewRecoveryCodes)
        await proof.of(request, wish.password, "password")
        count(request)
        with database.write() as tx:
            caller = spend(tx, request, wish.code)
            codes = factors.new_recovery_codes(tx, settings, caller.person_id)
            tx.audit(Actor("person", caller.person_id), "factor.renew", subject=caller.person_id)
            _tell(tx, caller, "codes_renewed")
            return say(RecoveryCodes(codes))

    @post(paths.SECOND_FACTOR_END, opt=told(_END))
    async def end(request: Ask) -> Reply:
        wish = await proof.asked(request, EndSecondFactor)
        await proof.of(request, wish.password, "password")
        if len(wish.password) < rules.ALONE:
            raise invalid("password", _TOO_SHORT_ALONE)
        count(request)
        with database.write() as tx:
            caller = spend(tx, request, wish.code)
            factors.end(tx, Actor("person", caller.person_id), caller.person_id)
            _tell(tx, caller, "factor_ended")
        return nothing()

    return (renew, end)


def _replace(tx: Transaction, caller: Caller, former: str, kept: str) -> str:
    """Her address. Raises `Refusal` when another password, by a link perhaps, has taken the place of the former."""
    mine = update(persons).where(persons.c.person_id == caller.person_id, persons.c.password_hash == former)
    email = tx.db.execute(mine.values(password_hash=kept).returning(persons.c.email)).scalar_one_or_none()
    if email is None:
        raise invalid("current", _NOT_YOURS)
    return str(email)


def _context(tx: Transaction, caller: Caller) -> tuple[str, ...]:
    """What her password may not be made of."""
    person = tx.db.execute(select(persons).where(persons.c.person_id == caller.person_id)).one()
    return person.first_name, person.last_name, person.email, links.waiting(tx, caller.person_id).company


def _tell(tx: Transaction, caller: Caller, kind: str) -> None:
    """Writes to her own address that the account changed, in case it was not she."""
    person = tx.db.execute(select(persons).where(persons.c.person_id == caller.person_id)).one()
    mail.post(tx, kind, person.email, mail.Telling(first_name=person.first_name))
