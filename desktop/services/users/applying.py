"""Users from the portal into the copy: pages of their feed, and what outcomes tell of those that a wish touched."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import apsw
import msgspec

from contract.changes import Change
from contract.portfolio import Me
from contract.users import ChangeRights, CorrectUser, RemoveUser, SuspendUser, UserRecord, UsersPage
from contract.wishes import Wish
from desktop.services.records import is_gone, microseconds
from desktop.services.users import masks

Raw = msgspec.Raw
_ME: Final = "me"
_USER: Final = "user"
KINDS: Final = frozenset({_ME, _USER})
CURSOR: Final = "users.cursor"
"""The fact under which it is kept how far the feed was read."""
_BASED: Final = "('change_rights', 'correct_user', 'suspend_user', 'remove_user')"

_me = msgspec.json.Decoder(Me)
_records = msgspec.json.Decoder(UserRecord)
_wishes: msgspec.json.Decoder[Wish] = msgspec.json.Decoder(Wish)


def apply(db: apsw.Connection, changes: Sequence[Change[Raw]]) -> None:
    """Takes in what follows from `Me`, and what an outcome tells; others are passed over."""
    for change in changes:
        if change.kind == _ME:
            _narrow(db, _me.decode(change.record))
        elif change.kind == _USER:
            _take_outcome(db, change)


def take_page(db: apsw.Connection, page: UsersPage) -> None:
    """A page of the feed, and how far it leads."""
    if page.reset:
        clear(db)
    for record in page.users:
        db.execute("DELETE FROM users_gone WHERE person_id = ?", (record.person_id,))
        _put(db, record)
    for person_id in page.gone:
        _remove(db, person_id)
    db.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (CURSOR, page.cursor))


def clear(db: apsw.Connection) -> None:
    """Nothing is known of anybody. Places stay: what waits to be sent counts by them."""
    for table in ("users", "user_ends", "users_gone"):
        db.execute(f"DELETE FROM {table}")
    db.execute("DELETE FROM facts WHERE name = ?", (CURSOR,))


def places(db: apsw.Connection, space_ids: Iterable[str]) -> dict[str, int]:
    """The place of each of these spaces, given now where it has none."""
    wanted = msgspec.json.encode(list(space_ids)).decode()
    db.execute(
        "INSERT INTO user_places (place, space_id)"
        " SELECT (SELECT coalesce(max(place), -1) FROM user_places) + row_number() OVER (), j.value"
        " FROM (SELECT DISTINCT value FROM json_each(?1)) AS j"
        " WHERE j.value NOT IN (SELECT space_id FROM user_places)",
        (wanted,),
    )
    found = db.execute(
        "SELECT space_id, place FROM user_places WHERE space_id IN (SELECT value FROM json_each(?))", (wanted,)
    )
    return {str(space_id): int(str(place)) for space_id, place in found}


def _take_outcome(db: apsw.Connection, change: Change[Raw]) -> None:
    """Who went out of sight stays out of sight until the feed tells of her again."""
    _rebase(db, change.id, change.number)
    hidden = db.execute("SELECT 1 FROM users_gone WHERE person_id = ?", (change.id,)).fetchone()
    known = db.execute("SELECT number FROM users WHERE person_id = ?", (change.id,)).fetchone()
    if hidden or (known is not None and int(str(known[0])) > change.number):
        return
    if is_gone(change.record):
        _remove(db, change.id)
    elif _administered(db):
        _put(db, _records.decode(change.record))


def _rebase(db: apsw.Connection, person_id: str, number: int) -> None:
    """A wish that has just been carried out had its ground looked at by the portal: between that ground and what the
    outcome tells lies nothing but this wish. What was made meanwhile on the same ground now rests on the outcome."""
    rows = db.execute(f"SELECT wish_id, state, body FROM outbox WHERE kind IN {_BASED} ORDER BY seq").fetchall()
    wishes = [(str(wish_id), str(state), _wishes.decode(str(body))) for wish_id, state, body in rows]
    bases = {base for _, state, wish in wishes if state == "sending" for base in _bases(wish, person_id)}
    if not bases:
        return
    for wish_id, state, wish in wishes:
        if state != "sending" and bases & set(_bases(wish, person_id)):
            body = msgspec.json.encode(_moved(wish, person_id, bases, number)).decode()
            db.execute("UPDATE outbox SET body = ? WHERE wish_id = ? AND attempts = 0", (body, wish_id))


def _bases(wish: Wish, person_id: str) -> list[int]:
    match wish:
        case ChangeRights():
            return [change.base_version for change in wish.changes if change.person_id == person_id]
        case CorrectUser() | SuspendUser() | RemoveUser():
            return [wish.base_version] if wish.person_id == person_id else []
        case _:
            return []


def _moved(wish: Wish, person_id: str, bases: set[int], number: int) -> Wish:
    if isinstance(wish, ChangeRights):
        changes = tuple(
            msgspec.structs.replace(change, base_version=number)
            if change.person_id == person_id and change.base_version in bases
            else change
            for change in wish.changes
        )
        return msgspec.structs.replace(wish, changes=changes)
    if isinstance(wish, CorrectUser | SuspendUser | RemoveUser):
        return msgspec.structs.replace(wish, base_version=number)
    return wish


# One person


def _put(db: apsw.Connection, record: UserRecord) -> None:
    spaces = dict.fromkeys(space_id for grant in record.grants for space_id in grant.space_ids)
    held, ends = _laid(record, places(db, spaces))
    db.execute(
        _PUT,
        (
            record.person_id,
            record.version,
            record.civility,
            record.first_name,
            record.last_name,
            record.email,
            record.phone,
            record.function,
            record.state,
            record.whole,
            microseconds(record.invited_at) if record.invited_at else None,
            microseconds(record.signed_in_at) if record.signed_in_at else None,
            held,
            msgspec.json.encode(record.uses).decode(),
        ),
    )
    db.execute("DELETE FROM user_ends WHERE person_id = ?", (record.person_id,))
    db.executemany(
        "INSERT INTO user_ends (person_id, place, ends_on, mask) VALUES (?, ?, ?, ?)",
        [(record.person_id, place, day.isoformat(), mask) for (place, day), mask in ends.items()],
    )


def _laid(record: UserRecord, where: dict[str, int]) -> tuple[bytes, dict[tuple[int, date], int]]:
    """What she holds, by place; and what of it ends, by place and day."""
    held = bytearray(max(where.values(), default=-1) + 1)
    ends: dict[tuple[int, date], int] = {}
    for grant in record.grants:
        mask = masks.mask(grant.rights)
        for space_id in grant.space_ids:
            place = where[space_id]
            held[place] |= mask
            if grant.ends_on is not None and mask:
                ends[place, grant.ends_on] = ends.get((place, grant.ends_on), 0) | mask
    return bytes(held), ends


def _remove(db: apsw.Connection, person_id: str) -> None:
    db.execute("DELETE FROM users WHERE person_id = ?", (person_id,))
    db.execute("DELETE FROM user_ends WHERE person_id = ?", (person_id,))
    db.execute("INSERT OR IGNORE INTO users_gone (person_id) VALUES (?)", (person_id,))


# Who one is


def _administered(db: apsw.Connection) -> bool:
    rows = db.execute("SELECT rights FROM spaces").fetchall()
    return any(masks.mask(msgspec.json.decode(str(rights))) & masks.ADMINISTERS for (rights,) in rows)


def _narrow(db: apsw.Connection, me: Me) -> None:
    """Of the spaces that she administers no longer nothing is kept; of nobody anything when she administers none."""
    mine = [space.space_id for space in me.spaces if masks.mask(space.rights) & masks.ADMINISTERS]
    if not mine:
        clear(db)
        return
    places(db, mine)
    told = msgspec.json.encode(mine).decode()
    rows = db.execute(
        "SELECT place FROM user_places WHERE space_id NOT IN (SELECT value FROM json_each(?))", (told,)
    ).fetchall()
    lost = [int(str(place)) for (place,) in rows]
    if not lost:
        return
    db.executemany("DELETE FROM user_ends WHERE place = ?", [(place,) for place in lost])
    for key, held in db.execute("SELECT key, masks FROM users").fetchall():
        kept = bytearray(held if isinstance(held, bytes) else b"")
        for place in lost:
            if place < len(kept):
                kept[place] = 0
        if any(kept):
            db.execute("UPDATE users SET masks = ? WHERE key = ?", (bytes(kept), key))
        else:
            db.execute("DELETE FROM users WHERE key = ?", (key,))


_PUT: Final = """
INSERT INTO users (
  person_id, number, civility, first_name, last_name, email, phone, function, state, whole, invited_at, signed_in_at,
  masks, uses
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (person_id) DO UPDATE SET
  number = excluded.number, civility = excluded.civility, first_name = excluded.first_name,
  last_name = excluded.last_name, email = excluded.email, phone = excluded.phone, function = excluded.function,
  state = excluded.state, whole = excluded.whole, invited_at = excluded.invited_at,
  signed_in_at = excluded.signed_in_at, masks = excluded.masks, uses = excluded.uses
"""
