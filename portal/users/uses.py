"""Which rights people use: the last day of each, by space, so that administrators see what nobody needs."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, select, text

from contract.allowances import RequestExport
from contract.contact import OpenRequest, SendMessage
from contract.leave import AnnounceReturn, CompleteLeave, DeclareLeave, ProlongLeave, WithdrawLeave
from contract.portfolio import Right
from contract.wishes import Wish
from portal.catalogue import Themes
from portal.database import Transaction
from portal.grants import PARIS
from portal.tables import leaves, persons, requests, right_uses

Use = tuple[str, str]
"""A space, and a right there."""

_TOLD_AFTER: Final = timedelta(days=7)
"""Administrators are told of a use when the one before is so old."""

_NOTE: Final = text(
    'INSERT INTO right_uses (person_id, space_id, "right", used_on) VALUES (:person_id, :space_id, :code, :used_on)'
    ' ON CONFLICT (person_id, space_id, "right") DO UPDATE SET used_on = excluded.used_on'
).bindparams(bindparam("used_on", type_=right_uses.c.used_on.type))


def today(now: datetime) -> date:
    """The day in Paris."""
    return now.astimezone(PARIS).date()


def needed(db: Connection, themes: Themes, wish: Wish) -> set[Use]:
    """The rights that a wish about requests, leaves or allowances was carried out under."""
    match wish:
        case OpenRequest():
            found = themes.topic(wish.topic)
            return {(wish.space_id, Right.CONTACT), (wish.space_id, found[1].right if found else Right.CONTACT)}
        case SendMessage():
            query = select(requests.c.space_id, requests.c.right).where(requests.c.request_id == wish.request_id)
            row = db.execute(query).one()
            return {(row.space_id, Right.CONTACT), (row.space_id, row.right)}
        case DeclareLeave():
            return {(wish.space_id, Right.LEAVE)}
        case ProlongLeave() | AnnounceReturn() | CompleteLeave() | WithdrawLeave():
            query = select(leaves.c.space_id).where(leaves.c.leave_id == wish.leave_id)
            return {(db.execute(query).scalar_one(), Right.LEAVE)}
        case RequestExport():
            return {(space_id, Right.ALLOWANCES) for space_id in wish.space_ids}
        case _:
            return set()


def fresh(db: Connection, person_id: str, used: Collection[Use], now: datetime) -> dict[Use, date | None]:
    """Those of the uses that are not noted today yet, with the day noted before."""
    spaces, codes = {space_id for space_id, _ in used}, {code for _, code in used}
    mine = right_uses.c.person_id == person_id, right_uses.c.space_id.in_(spaces), right_uses.c.right.in_(codes)
    noted = {(row.space_id, row.right): row.used_on for row in db.execute(select(right_uses).where(*mine))}
    return {use: noted.get(use) for use in used if noted.get(use) != today(now)}


def note(tx: Transaction, person_id: str, used: Iterable[Use]) -> None:
    """She used these rights today."""
    new = fresh(tx.db, person_id, {(space_id, str(code)) for space_id, code in used}, tx.now)
    if not new:
        return
    day = today(tx.now)
    rows = [{"person_id": person_id, "space_id": space, "code": code, "used_on": day} for space, code in sorted(new)]
    tx.db.execute(_NOTE, rows)
    if any(before is None or day - before >= _TOLD_AFTER for before in new.values()):
        _lock(tx, person_id)
        tx.tell_administrators([person_id])


def _lock(tx: Transaction, person_id: str) -> None:
    """Before the portfolio that counts what is told: who changes her holds her and waits for it."""
    tx.db.execute(select(persons.c.person_id).where(persons.c.person_id == person_id).with_for_update())
