"""How often one may try to sign in, or have mail sent by whoever knows nothing or by an administrator.

Strangers who guess at an account slow each other down, not the person: a device that she has signed in from has a
bucket of its own. A try is counted before the password is verified and given back when it was right, so that many
tries at once are many tries.
"""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

from sqlalchemy import bindparam, delete, insert, or_, select, text, update

from contract.wire import ProblemKind
from portal.database import Transaction, day
from portal.problems import Refusal
from portal.settings import Settings
from portal.tables import tries

FREE: Final = 5
A_DAY: Final = 25
_FIRST_DELAY: Final = 15
_LONGEST_DELAY: Final = 15 * 60

_USE: Final = text(
    "INSERT INTO tries (bucket, failures, not_before, day) VALUES (:bucket, 1, :now, :day)"
    " ON CONFLICT (bucket) DO UPDATE SET day = excluded.day, not_before = excluded.not_before,"
    " failures = CASE WHEN tries.day = excluded.day THEN tries.failures + 1 ELSE 1 END RETURNING failures"
).bindparams(bindparam("now", type_=tries.c.not_before.type))


def delay_after(failures: int) -> int:
    """Seconds to wait after so many failures in a day: none for the free ones, then doubling."""
    if failures <= FREE:
        return 0
    return int(min(_FIRST_DELAY * 2 ** min(failures - FREE - 1, 10), _LONGEST_DELAY))


def look(tx: Transaction, bucket: str) -> None:
    """Counts nothing. Raises `Refusal` when it is too soon for another try."""
    not_before = tx.db.execute(select(tries.c.not_before).where(tries.c.bucket == bucket)).scalar_one_or_none()
    if not_before is not None and not_before > tx.now:
        raise _too_soon(tx.now, not_before)


def count(tx: Transaction, bucket: str) -> None:
    """Counts one failure. Raises `Refusal` (`too-many-tries`) when it is too soon for another."""
    mine = tries.c.bucket == bucket
    row = tx.db.execute(select(tries).where(mine).with_for_update()).one_or_none()
    if row is not None and row.not_before > tx.now:
        raise _too_soon(tx.now, row.not_before)
    today = day(tx.now)
    failures = row.failures + 1 if row is not None and row.day == today else 1
    later = tx.now + timedelta(seconds=delay_after(failures))
    if failures >= A_DAY:
        later = max(later, tx.now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1))
    values = {"failures": failures, "not_before": later, "day": today}
    if row is None:
        tx.db.execute(insert(tries).values(bucket=bucket, **values))
    else:
        tx.db.execute(update(tries).where(mine).values(values))


def forgive(tx: Transaction, bucket: str) -> None:
    """The password was right: the failures of this bucket are forgotten."""
    tx.db.execute(delete(tries).where(tries.c.bucket == bucket))


def count_address(tx: Transaction, settings: Settings, address: str) -> None:
    """A token bucket per address. `not_before` is when the bucket would be full again. Raises `Refusal`."""
    bucket = f"address:{subscriber(address)}"
    mine = tries.c.bucket == bucket
    row = tx.db.execute(select(tries).where(mine).with_for_update()).one_or_none()
    full = max(row.not_before, tx.now) if row is not None else tx.now
    full += timedelta(seconds=settings.address_seconds)
    longest = timedelta(seconds=settings.address_seconds * settings.address_burst)
    if full - tx.now > longest:
        raise _too_soon(tx.now, full - longest)
    values = {"failures": 0, "not_before": full, "day": day(tx.now)}
    if row is None:
        tx.db.execute(insert(tries).values(bucket=bucket, **values))
    else:
        tx.db.execute(update(tries).where(mine).values(values))


def used_today(tx: Transaction, bucket: str) -> int:
    """Counts one more of what may be done so often in a day, and answers how many that makes. What is refused then is
    undone with the count."""
    values = {"bucket": bucket, "now": tx.now, "day": day(tx.now)}
    return int(tx.db.execute(_USE, values).scalar_one())


def purge(tx: Transaction) -> None:
    """Forgets the buckets that say nothing any more: an address whose bucket is full, failures of another day."""
    spent = or_(tries.c.bucket.startswith("address:"), tries.c.day < day(tx.now))
    tx.db.execute(delete(tries).where(tries.c.not_before <= tx.now, spent))


def subscriber(address: str) -> str:
    """The address itself; of IPv6 its network of 64 bits, within which one subscriber may take any address."""
    try:
        told = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(told, IPv4Address):
        return str(told)
    return str(told.ipv4_mapped or ip_network((told, 64), strict=False))


def _too_soon(now: datetime, not_before: datetime) -> Refusal:
    seconds = max(1, round((not_before - now).total_seconds() + 0.5))
    return Refusal(ProblemKind.TOO_MANY_TRIES, headers={"Retry-After": str(seconds)})
