"""The second factor: codes that change every 30 seconds (TOTP, RFC 6238), and recovery codes.

A code opens once: the step of the last one accepted is kept, and nothing at or before it is accepted again (ASVS 5.0,
6.5.1). One step of the clock is tolerated on either side.
"""

import hmac
import os
import secrets
from base64 import b32encode
from typing import Final

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from portal import safe
from portal.database import Actor, Transaction, unix
from portal.settings import Settings
from portal.tables import persons, recovery_codes, second_factors

RECOVERY_CODES: Final = 10
_SEED_BYTES: Final = 20
_RECOVERY_BYTES: Final = 10
_STEP_SECONDS: Final = 30
_DIGITS: Final = 6


def bucket(owner: str) -> str:
    """Where tries at codes are counted, which nothing but a right code forgives: a mailbox is enough for a new
    password, and a new password forgives the tries at it. `owner`: a known device, or the person for all others."""
    return f"factor:{owner}"


def stands(db: Connection, person_id: str) -> bool:
    """Whether the person has one that was confirmed."""
    mine = and_(second_factors.c.person_id == person_id, second_factors.c.confirmed_at.is_not(None))
    return db.execute(select(second_factors.c.person_id).where(mine)).first() is not None


def recovery_codes_left(db: Connection, person_id: str) -> int:
    mine = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.person_id == person_id)
    return int(db.execute(mine).scalar_one())


def begin(tx: Transaction, settings: Settings, person_id: str) -> tuple[str, str]:
    """A new seed, which serves once it is confirmed: in base 32, and as the address that a QR code holds. One begun
    before and not confirmed is void."""
    import pyotp

    seed = os.urandom(_SEED_BYTES)
    tx.db.execute(delete(second_factors).where(second_factors.c.person_id == person_id))
    sealed = safe.seal(settings, seed, person_id)
    tx.db.execute(
        insert(second_factors).values(person_id=person_id, sealed_seed=sealed, created_at=tx.now, last_step=0)
    )
    email = tx.db.execute(select(persons.c.email).where(persons.c.person_id == person_id)).scalar_one()
    secret = b32encode(seed).decode()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=settings.insurer)


def confirm(tx: Transaction, settings: Settings, person_id: str, code: str) -> tuple[str, ...] | None:
    """The recovery codes, when the code is of the seed that was begun: from here on it is asked for."""
    if not _accept_step(tx, settings, person_id, _digits_of(code)):
        return None
    mine = second_factors.c.person_id == person_id
    tx.db.execute(update(second_factors).where(mine).values(confirmed_at=tx.now))
    tx.audit(Actor("person", person_id), "factor.begin", subject=person_id)
    return new_recovery_codes(tx, settings, person_id)


def new_recovery_codes(tx: Transaction, settings: Settings, person_id: str) -> tuple[str, ...]:
    """In place of those that are left."""
    told = tuple(_new_recovery_code() for _ in range(RECOVERY_CODES))
    sums = [safe.sum_of(settings, person_id, safe.as_typed(each)) for each in told]
    tx.db.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
    tx.db.execute(insert(recovery_codes), [{"person_id": person_id, "code_hash": each} for each in sums])
    return told


def accept(tx: Transaction, settings: Settings, person_id: str, code: str) -> bool:
    """Whether the code, of the application or of recovery, is right. It is spent then."""
    digits = _digits_of(code)
    if len(digits) == _DIGITS:
        return _accept_step(tx, settings, person_id, digits)
    shown = safe.sum_of(settings, person_id, safe.as_typed(code))
    mine = and_(recovery_codes.c.person_id == person_id, recovery_codes.c.code_hash == shown)
    spent = tx.db.execute(delete(recovery_codes).where(mine)).rowcount == 1
    if spent:
        tx.audit(Actor("person", person_id), "factor.recover", subject=person_id)
    return spent


def end(tx: Transaction, actor: Actor, person_id: str) -> None:
    """The password alone opens from here on."""
    for table in (second_factors, recovery_codes):
        tx.db.execute(delete(table).where(table.c.person_id == person_id))
    tx.audit(actor, "factor.end", subject=person_id)


def _accept_step(tx: Transaction, settings: Settings, person_id: str, digits: str) -> bool:
    import pyotp

    mine = second_factors.c.person_id == person_id
    row = tx.db.execute(select(second_factors).where(mine).with_for_update()).one_or_none()
    if row is None:
        return False
    try:
        totp = pyotp.TOTP(b32encode(safe.unseal(settings, row.sealed_seed, person_id)).decode())
    except safe.Unsealed:
        return False
    now = unix(tx.now) // _STEP_SECONDS
    fitting = [
        step
        for step in (now - 1, now, now + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode())
    ]
    accepted = [step for step in fitting if step > row.last_step]
    if not accepted:
        return False
    tx.db.execute(update(second_factors).where(mine).values(last_step=accepted[0]))
    return True


def _digits_of(code: str) -> str:
    """The six digits, empty when it is something else."""
    bare = safe.as_typed(code)
    return bare if len(bare) == _DIGITS and bare.isascii() and bare.isdigit() else ""


def _new_recovery_code() -> str:
    letters = b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
