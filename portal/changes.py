"""The pulse and the feeds: how a client learns what changed.

These are the portal's two most frequent questions, so their statements are written for the driver, and the records
go out as they lie in the database.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from litestar import get, post
from litestar.handlers import HTTPRouteHandler

from contract import paths
from contract.changes import AnyRecord, Feed, Pull, Pulled, Pulse
from contract.portfolio import Right
from portal import grants, people
from portal.answers import Reply, asked, entity_tags, nothing, one_of, say
from portal.caller import Ask, Doorkeeper
from portal.database import Database, Driver, unix
from portal.openapi import Answer, Operation, Parameter, told
from portal.settings import Settings

_JSON: Final = {True: "true", False: "false"}

_TOUCHED: Final = (
    "SELECT s.space_id FROM portfolio_spaces s WHERE s.portfolio_id = ? AND s.touched > ?"
    " AND EXISTS (SELECT 1 FROM rights r"
    " WHERE r.person_id = ? AND r.space_id = s.space_id AND (r.ends_at IS NULL OR r.ends_at > ?))"
    " ORDER BY s.space_id"
)
_STANDING: Final = (
    'SELECT s.space_id, s.head, s.floor, r."right" FROM rights r JOIN spaces s ON s.space_id = r.space_id'
    " WHERE r.person_id = ? AND (r.ends_at IS NULL OR r.ends_at > ?) AND r.space_id IN ({places})"
)
_CHANGE: Final = (
    """'{"number":' || number || ',"kind":"' || kind || '","id":"' || entity_id || '","record":'"""
    """ || COALESCE(body, 'null') || '}'"""
)
"""A `Change` as it goes out: the record lies in the database as it is told, and what is put around it is of our own
alphabet and needs no escaping."""

_BYTES: Final = {"sqlite": "CAST({text} AS BLOB)", "postgresql": "convert_to({text}, 'UTF8')"}

_PAGE: Final = (
    "SELECT number, {change} FROM changes"
    " WHERE space_id = ? AND number > ? AND subject IN ({places}) AND person_id IN ('', ?)"
    " ORDER BY number LIMIT ?"
)

_ETAG: Final = re.compile(r'"([0-9a-f]{1,40})\.([0-9]{1,18})\.([0-9]{1,18})(?:\.([0-9]{1,18}))?"')
"""Eighteen digits: any such number is one for both databases."""

_PULSE: Final = Operation(
    name="pulse",
    summary="Ask whether anything changed in the whole portfolio.",
    answers={
        200: Answer("What changed.", Pulse, headers=("ETag",)),
        304: Answer("Nothing changed.", headers=("ETag",)),
    },
    headers=(Parameter("If-None-Match", "The `ETag` kept from the last pulse whose spaces were all pulled."),),
)
_PULL: Final = Operation(
    name="pull",
    summary="Read the feeds of spaces from their cursors on.",
    asks=Pull,
    answers={200: Answer("The pages, in the order asked for.", Pulled[AnyRecord])},
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a feed was read: of which database, up to which number, seeing which subjects. `floor` was the space's
    when the page was read, so that whoever reads a feed anew is not sent back for tombstones from before."""

    epoch: str
    number: int
    floor: int
    subjects: tuple[str, ...]

    def __str__(self) -> str:
        text = f"{self.epoch}.{self.number}.{self.floor}.{','.join(self.subjects)}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """None for what this portal never wrote."""
        try:
            plain = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
            epoch, number, floor, subjects = plain.split(".")
            cursor = cls(epoch, int(number), int(floor), tuple(subjects.split(",")) if subjects else ())
        except (ValueError, binascii.Error):
            return None
        return cursor if str(cursor) == text and min(cursor.number, cursor.floor) >= 0 else None


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the caller may see of a space, and where its feed stands. The subject of a request is the right that its
    topic needs; without the right of contact one sees none. Leaves and allowances have subjects of their own."""

    head: int
    floor: int
    subjects: tuple[str, ...]


def routes(settings: Settings, database: Database, doorkeeper: Doorkeeper) -> Sequence[HTTPRouteHandler]:
    touched, feeds = database.native(_TOUCHED), _Feeds(settings, database)

    @get(paths.PULSE, opt=told(_PULSE))
    async def pulse(request: Ask) -> Reply:
        with database.glance() as driver:
            caller = doorkeeper.at_a_glance(driver, request)
        if caller.lapsed:
            with database.write() as tx:
                grants.lapse(tx, caller.person_id)
                tx.flush()
                caller = doorkeeper.caller(tx.db, request)
        users_head = "" if caller.users_head is None else f".{caller.users_head}"
        etag = f'"{database.epoch}.{caller.profile_version}.{caller.head}{users_head}"'
        known = entity_tags(request)
        if one_of(etag, known):
            return nothing(304, {"ETag": etag})
        profile, head, users = _known(known, database.epoch)
        since = (caller.portfolio_id, head, caller.person_id, unix(settings.now()))
        with database.glance() as driver:
            spaces = tuple(row[0] for row in driver.execute(touched, since).fetchall())
        pulse = Pulse(profile != caller.profile_version, spaces, users=caller.users_head not in (None, users))
        return say(pulse, headers={"ETag": etag})

    @post(paths.CHANGES, status_code=200, opt=told(_PULL))
    async def pull(request: Ask) -> Reply:
        wish = await asked(request, Pull)
        with database.glance() as driver:
            caller = doorkeeper.at_a_glance(driver, request)
            return say(feeds.pulled(driver, caller.person_id, wish))

    return (pulse, pull)


def _page_of(
    space_id: str,
    cursor: str | None = None,
    *,
    more: bool = False,
    reset: bool = False,
    gone: bool = False,
    changes: bytes = b"",
) -> bytes:
    """A `FeedPage` as it goes out."""
    told = "null" if cursor is None else f'"{cursor}"'
    marks = f'"more":{_JSON[more]},"reset":{_JSON[reset]},"gone":{_JSON[gone]}'
    return b'{"space_id":"%b","cursor":%b,%b,"changes":[%b]}' % (
        space_id.encode(),
        told.encode(),
        marks.encode(),
        changes,
    )


def _known(etags: Sequence[str], epoch: str) -> tuple[int, int, int]:
    """The profile version and the portfolio's heads of an earlier pulse, the first of those named so that nothing is
    missed; -1 for what this database never wrote."""
    found = [_ETAG.fullmatch(etag) for etag in etags]
    ours = [(int(one[2]), int(one[3]), int(one[4] or -1)) for one in found if one is not None and one[1] == epoch]
    return min(ours, default=(-1, -1, -1))


_BY_THEMSELVES: Final = {right: people.alone(right) for right in (Right.LEAVE, Right.ALLOWANCES)}


def _subjects(mine: set[str]) -> tuple[str, ...]:
    """What one is told with these rights: requests with contact alone, leaves and allowances each with its own."""
    requests = sorted(mine) if Right.CONTACT in mine else []
    return (*requests, *(subject for right, subject in _BY_THEMSELVES.items() if right in mine))


class _Feeds:
    """Reads feeds. Heads are read before changes: what is committed in between comes with the page or with the next,
    never not at all. Statements are put together once for each number of places."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._now, self._epoch = settings.now, database.epoch
        change = _BYTES[database.kind].format(text=_CHANGE)

        @cache
        def standing(spaces: int) -> str:
            return database.native(_STANDING.format(places=",".join("?" * spaces)))

        @cache
        def page(subjects: int) -> str:
            return database.native(_PAGE.format(change=change, places=",".join("?" * subjects)))

        self._standing, self._page = standing, page

    def pulled(self, driver: Driver, person_id: str, wish: Pull) -> bytes:
        """`Pulled`, with the pages asked for up to the one that fills the limit."""
        standings = self._standings(driver, person_id, sorted({feed.space_id for feed in wish.feeds}))
        pages: list[bytes] = []
        left = wish.limit
        for feed in wish.feeds:
            standing = standings.get(feed.space_id)
            if standing is None:
                pages.append(_page_of(feed.space_id, gone=True))
                continue
            start = self._start(feed.cursor, standing)
            rows = self._rows(driver, person_id, feed.space_id, start or 0, standing.subjects, left)
            pages.append(self._told(feed, standing, start, rows, more=len(rows) == left))
            left -= len(rows)
            if left <= 0:
                break
        return b'{"pages":[%b]}' % b",".join(pages)

    def _standings(self, driver: Driver, person_id: str, space_ids: list[str]) -> dict[str, _Standing]:
        rights: dict[str, set[str]] = {}
        marks: dict[str, tuple[int, int]] = {}
        held = driver.execute(self._standing(len(space_ids)), (person_id, unix(self._now()), *space_ids))
        for space_id, head, floor, right in held.fetchall():
            rights.setdefault(space_id, set()).add(right)
            marks[space_id] = head, floor
        return {space_id: _Standing(*marks[space_id], _subjects(mine)) for space_id, mine in rights.items()}

    def _start(self, text: str | None, standing: _Standing) -> int | None:
        """The number to go on from; None when the feed must be read anew."""
        cursor = Cursor.read(text) if text is not None else None
        if cursor is None or cursor.epoch != self._epoch or cursor.subjects != standing.subjects:
            return None
        read = max(cursor.number, cursor.floor)
        return cursor.number if standing.floor <= read and cursor.number <= standing.head else None

    def _rows(
        self, driver: Driver, person_id: str, space_id: str, start: int, subjects: tuple[str, ...], limit: int
    ) -> Sequence[tuple[int, bytes]]:
        if not subjects:
            return ()
        values = (space_id, start, *subjects, person_id, limit)
        rows: Sequence[tuple[int, bytes]] = driver.execute(self._page(len(subjects)), values).fetchall()
        return rows

    def _told(
        self, feed: Feed, standing: _Standing, start: int | None, rows: Sequence[tuple[int, bytes]], *, more: bool
    ) -> bytes:
        last = rows[-1][0] if rows else 0
        cursor = Cursor(self._epoch, last if more else max(standing.head, last), standing.floor, standing.subjects)
        reset = feed.cursor is not None and start is None
        return _page_of(
            feed.space_id, str(cursor), more=more, reset=reset, changes=b",".join([change for _, change in rows])
        )
