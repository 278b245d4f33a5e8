"""Sessions: opaque tokens, kept as SHA-256. The refresh token rotates rarely and is confirmed on use.

The token in hand (`current`) stays good until the new one (`next`) is first used; asking again with `current` voids a
`next` whose answer was lost and makes another. A spent token means that somebody has a copy: the family is revoked.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from contract.accounts import DeviceRecord
from contract.identity import new_id
from contract.signin import Tokens
from portal.caller import hash_of, new_secret
from portal.database import Actor, Transaction, unix
from portal.settings import Settings
from portal.tables import access_tokens, devices, families, persons, spent_tokens


def device_of(tx: Transaction, person_id: str, secret: str | None) -> str | None:
    """The device of this secret, if it is the person's."""
    if secret is None:
        return None
    mine = and_(devices.c.secret_hash == hash_of(secret), devices.c.person_id == person_id)
    device_id = tx.db.execute(select(devices.c.device_id).where(mine)).scalar_one_or_none()
    return str(device_id) if device_id is not None else None


def begin(tx: Transaction, settings: Settings, person_id: str, device_id: str | None, device_name: str) -> Tokens:
    """A session after a sign-in. A new device gets its secret; the former session of a known one ends."""
    secret = None
    if device_id is None:
        device_id, secret = new_id(), new_secret()
        values = {"device_id": device_id, "person_id": person_id, "secret_hash": hash_of(secret), "name": device_name}
        tx.db.execute(insert(devices).values(values | {"created_at": tx.now, "used_at": tx.now}))
        _forget_devices(tx, settings, person_id)
    else:
        tx.db.execute(update(devices).where(devices.c.device_id == device_id).values(used_at=tx.now))
        former = and_(families.c.device_id == device_id, families.c.revoked_at.is_(None))
        for family_id in tx.db.execute(select(families.c.family_id).where(former)).scalars().all():
            revoke(tx, family_id)
    refresh, family_id = new_secret(), new_id()
    tx.db.execute(
        insert(families).values(
            family_id=family_id,
            person_id=person_id,
            device_id=device_id,
            current_hash=hash_of(refresh),
            rotated_at=tx.now,
            used_at=tx.now,
            created_at=tx.now,
        )
    )
    tx.audit(Actor("person", person_id), "session.begin", subject=device_id)
    return Tokens(person_id, _new_access(tx, settings, family_id, person_id), settings.access_seconds, refresh, secret)


def refresh(tx: Transaction, settings: Settings, token: str) -> Tokens | None:
    """A new access token; None when the session is over. The transaction is to be committed in both cases."""
    shown = hash_of(token)
    query = select(families).where(or_(families.c.current_hash == shown, families.c.next_hash == shown))
    family = tx.db.execute(query.with_for_update()).one_or_none()
    if family is None:
        _spent(tx, shown)
        return None
    if not _stands(tx, settings, family):
        return None
    values: dict[str, Any] = {"used_at": tx.now}
    renewed = None
    if shown == family.next_hash:
        tx.db.execute(insert(spent_tokens).values(token_hash=family.current_hash, family_id=family.family_id))
        values |= {"current_hash": shown, "next_hash": None, "rotated_at": tx.now}
    elif tx.now - family.rotated_at >= timedelta(seconds=settings.rotation_seconds):
        renewed = new_secret()  # a `next` that was answered before and never used is void from here on
        values |= {"next_hash": hash_of(renewed)}
    tx.db.execute(update(families).where(families.c.family_id == family.family_id).values(values))
    expired = and_(access_tokens.c.family_id == family.family_id, access_tokens.c.expires_at <= unix(tx.now))
    tx.db.execute(delete(access_tokens).where(expired))
    access = _new_access(tx, settings, family.family_id, family.person_id)
    return Tokens(family.person_id, access, settings.access_seconds, renewed)


def revoke(tx: Transaction, family_id: str) -> None:
    """The session is over, its access tokens included."""
    tx.db.execute(update(families).where(families.c.family_id == family_id).values(revoked_at=tx.now))
    tx.db.execute(delete(access_tokens).where(access_tokens.c.family_id == family_id))


def end_all(tx: Transaction, person_id: str, *, but: str | None = None) -> None:
    """All sessions of the person are over, except this one."""
    standing = and_(families.c.person_id == person_id, families.c.revoked_at.is_(None))
    for family_id in tx.db.execute(select(families.c.family_id).where(standing)).scalars().all():
        if family_id != but:
            revoke(tx, family_id)


def forget(tx: Transaction, person_id: str, device_id: str) -> bool:
    """The device is known no more, and its session is over. Whether it was the person's."""
    mine = and_(devices.c.device_id == device_id, devices.c.person_id == person_id)
    if tx.db.execute(delete(devices).where(mine)).rowcount == 0:
        return False
    there = and_(families.c.device_id == device_id, families.c.revoked_at.is_(None))
    for family_id in tx.db.execute(select(families.c.family_id).where(there)).scalars().all():
        revoke(tx, family_id)
    tx.audit(Actor("person", person_id), "device.forget", subject=device_id)
    return True


def devices_of(db: Connection, settings: Settings, person_id: str, family_id: str) -> tuple[DeviceRecord, ...]:
    """Those last used first. `family_id` is the session of who asks."""
    now = settings.now()
    there = and_(
        families.c.device_id == devices.c.device_id,
        families.c.revoked_at.is_(None),
        families.c.used_at >= now - timedelta(seconds=settings.idle_seconds),
        families.c.created_at >= now - timedelta(seconds=settings.absolute_seconds),
    )
    query = select(devices, families.c.family_id, families.c.used_at.label("lately"))
    rows = db.execute(query.outerjoin(families, there).where(devices.c.person_id == person_id)).all()
    records = (
        DeviceRecord(
            row.device_id,
            row.name,
            row.created_at,
            max(row.used_at, row.lately or row.used_at),
            open=row.family_id is not None,
            current=row.family_id == family_id,
        )
        for row in rows
    )
    return tuple(sorted(records, key=lambda record: record.used_at, reverse=True))


def _forget_devices(tx: Transaction, settings: Settings, person_id: str) -> None:
    """Whoever signs in without a secret is a new device each time: only the latest are remembered."""
    latest = select(devices.c.device_id).where(devices.c.person_id == person_id)
    latest = latest.order_by(devices.c.used_at.desc(), devices.c.created_at.desc()).limit(settings.devices_kept)
    others = and_(devices.c.person_id == person_id, devices.c.device_id.not_in(latest))
    tx.db.execute(delete(devices).where(others))


def _stands(tx: Transaction, settings: Settings, family: Row[Any]) -> bool:
    if family.revoked_at is not None:
        return False
    idle = tx.now - family.used_at > timedelta(seconds=settings.idle_seconds)
    old = tx.now - family.created_at > timedelta(seconds=settings.absolute_seconds)
    suspended = tx.db.execute(select(persons.c.suspended).where(persons.c.person_id == family.person_id)).scalar_one()
    return not (idle or old or suspended)


def _spent(tx: Transaction, shown: str) -> None:
    """A token of before its successor was used: whoever shows it has a copy, so nobody keeps the session."""
    query = (
        select(spent_tokens.c.family_id, families.c.person_id)
        .join(families, families.c.family_id == spent_tokens.c.family_id)
        .where(spent_tokens.c.token_hash == shown, families.c.revoked_at.is_(None))
    )
    found = tx.db.execute(query).one_or_none()
    if found is not None:
        revoke(tx, found.family_id)
        tx.audit(Actor("person", found.person_id), "session.revoke", subject=found.family_id, detail="spent token")


def _new_access(tx: Transaction, settings: Settings, family_id: str, person_id: str) -> str:
    access = new_secret()
    expires_at = unix(tx.now) + settings.access_seconds
    values = {"token_hash": hash_of(access), "family_id": family_id, "person_id": person_id, "expires_at": expires_at}
    tx.db.execute(insert(access_tokens).values(values))
    return access
