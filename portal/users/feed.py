"""The users whom one administers, as a feed of their own: who changed since a cursor, and who is seen no more.

Persons are told in the order of the portfolio's `users_head` at which they last changed. A cursor names the spaces that
its owner administered, by a sum: with others she reads anew.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from litestar import get
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import Connection, Row, select, text, tuple_

from contract import limits, paths
from contract.users import UserRecord, UsersPage
from contract.wire import ProblemKind
from portal.answers import Reply, only_query, say
from portal.caller import Ask, Doorkeeper
from portal.database import Database
from portal.openapi import Answer, Operation, Parameter, told
from portal.people import live
from portal.problems import Refusal
from portal.settings import Settings
from portal.tables import ADMINISTERING, departures, persons, portfolios, rights
from portal.users import records
from portal.users.records import Viewer

_CURSOR: Final = re.compile(r"([0-9a-f]{1,40})\.([0-9a-f]{16})\.([0-9]{1,18})\.([0-9]{1,18})\.([0-9a-f-]{36})?")

_USERS: Final = Operation(
    name="users",
    summary="Read the persons whom one administers, from a cursor on.",
    answers={200: Answer("A page of those who changed.", UsersPage)},
    refuses=(ProblemKind.RIGHTS, ProblemKind.INVALID),
    headers=(Parameter("cursor", "That of the last page; none for the first time.", place="query"),),
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """All is read up to `number`, and of what has this number, up to `person_id` (empty: nothing is left). `start` is
    where a reading anew began: who left before was never told."""

    epoch: str
    spaces: str
    start: int
    number: int
    person_id: str = ""

    def __str__(self) -> str:
        return f"{self.epoch}.{self.spaces}.{self.start}.{self.number}.{self.person_id}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """None for what no portal ever wrote."""
        found = _CURSOR.fullmatch(text)
        return cls(found[1], found[2], int(found[3]), int(found[4]), found[5] or "") if found is not None else None


def routes(settings: Settings, database: Database, doorkeeper: Doorkeeper) -> Sequence[HTTPRouteHandler]:
    @get(paths.USERS, opt=told(_USERS))
    async def users(request: Ask) -> Reply:
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            asked = only_query(request, "cursor") or ""
            viewer = records.viewer(db, caller.person_id, caller.portfolio_id, settings.now())
            if not viewer.spaces:
                raise Refusal(ProblemKind.RIGHTS)
            return say(Feed(settings, database.epoch, db, viewer).page(Cursor.read(asked)))

    return (users,)


class Feed:
    """What one administrator is told."""

    def __init__(self, settings: Settings, epoch: str, db: Connection, viewer: Viewer) -> None:
        self._db, self._viewer, self._now = db, viewer, settings.now()
        mine = portfolios.c.portfolio_id == viewer.portfolio_id
        self._head: int = db.execute(select(portfolios.c.users_head).where(mine)).scalar_one()
        spaces = hashlib.sha256("".join(sorted(viewer.spaces)).encode()).hexdigest()[:16]
        self._anew = Cursor(epoch, spaces, self._head, 0)

    def page(self, cursor: Cursor | None) -> UsersPage:
        """From the cursor on, or anew."""
        anew, since = self._anew, cursor
        reset = since is None or (since.epoch, since.spaces) != (anew.epoch, anew.spaces) or since.number > self._head
        if since is None or reset:
            since = anew
        seen: list[UserRecord] = []
        last = since
        left = records.SPACES_TOLD
        rows = self._changed(since, anew=reset)
        for place, person in enumerate(rows):
            if left <= 0 or place == limits.USERS_PER_PAGE:
                return UsersPage(str(last), reset, more=True, users=tuple(seen), gone=self._gone(since, last.number))
            record = records.record(self._db, self._viewer, person, self._now)
            if record is not None:
                seen.append(record)
                left -= records.told(record)
            last = Cursor(anew.epoch, anew.spaces, since.start, person.users_number, person.person_id)
        # Who moved while this was read has a number beyond the head, and is told once more.
        done = Cursor(anew.epoch, anew.spaces, since.start, self._head)
        return UsersPage(str(done), reset, users=tuple(seen), gone=self._gone(since, self._head))

    def _gone(self, since: Cursor, through: int) -> tuple[str, ...]:
        """Who lost her last right in a space of the viewer's meanwhile, and is seen no more. Of others she is told
        nothing: neither that they are there, nor when something changes about them."""
        mine = rights.c.person_id == self._viewer.person_id, text(ADMINISTERING), live(self._now)
        administered = select(rights.c.space_id).where(*mine)
        meanwhile = departures.c.number.between(max(since.number, since.start) + 1, through)
        held = rights.alias("held")
        hers = held.c.person_id == departures.c.person_id, held.c.space_id.in_(administered), live(self._now, held)
        back = select(held.c.person_id).where(*hers).exists()
        query = select(departures.c.person_id).where(departures.c.portfolio_id == self._viewer.portfolio_id)
        query = query.where(meanwhile, departures.c.space_id.in_(administered), ~back)
        return tuple(self._db.execute(query.distinct()).scalars())

    def _changed(self, since: Cursor, *, anew: bool) -> Sequence[Row[Any]]:
        order = persons.c.users_number, persons.c.person_id
        query = select(persons).where(persons.c.portfolio_id == self._viewer.portfolio_id)
        if since.person_id:
            query = query.where(tuple_(*order) > (since.number, since.person_id))
        elif not anew:
            query = query.where(persons.c.users_number > since.number)
        return self._db.execute(query.order_by(*order).limit(limits.USERS_PER_PAGE + 1)).all()
