"""The pulse and the feeds: how a client learns what changed.

These are the portal's two most frequent questions, so their statements are written for the driver, and the records
go out as they lie in the database.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import Connection

from contract import paths
from contract.changes import AnyRecord, Change, FeedPage, Pull, Pulled, Pulse
from contract.portfolio import Right
from portal import people
from portal.answers import asked, nothing, say
from portal.caller import Ask, Caller, Doorkeeper
from portal.database import Database, unix
from portal.openapi import Answer, Operation, Parameter, told
from portal.settings import Settings

SUBJECTS: Final[dict[str, str]] = {Right.CONTACT: "contact"}
"""Which right opens which subject of a space's feed."""

Page = FeedPage[msgspec.Raw]

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
_PAGE: Final = (
    "SELECT number, kind, entity_id, body FROM changes"
    " WHERE space_id = ? AND number > ? AND subject IN ({places}) AND person_id IN ('', ?)"
    " ORDER BY number LIMIT ?"
)

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
    """What the caller may see of a space, and where its feed stands."""

    head: int
    floor: int
    subjects: tuple[str, ...]


def routes(settings: Settings, database: Database, doorkeeper: Doorkeeper) -> Sequence[HTTPRouteHandler]:
    touched = database.native(_TOUCHED)

    @get(paths.PULSE, opt=told(_PULSE))
    async def pulse(request: Ask) -> Response[Any]:
        with database.glance() as db:
            caller = doorkeeper.caller(db, request)
        if caller.lapsed:
            with database.write() as tx:
                people.lapse(tx, caller.person_id)
            with database.glance() as db:
                caller = doorkeeper.caller(db, request)
        etag = f'"{database.epoch}.{caller.profile_version}.{caller.head}"'
        known = request.headers.get("if-none-match", "")
        if known == etag:
            return nothing(304, {"ETag": etag})
        profile, head = _known(known, database.epoch)
        since = (caller.portfolio_id, head, caller.person_id, unix(settings.now()))
        with database.glance() as db:
            spaces = tuple(row[0] for row in db.exec_driver_sql(touched, since))
        return say(Pulse(profile != caller.profile_version, spaces), headers={"ETag": etag})

    @post(paths.CHANGES, status_code=200, opt=told(_PULL))
    async def pull(request: Ask) -> Response[bytes]:
        wish = await asked(request, Pull)
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            reader = _Reader(database, db, caller, unix(settings.now()))
            return say(Pulled(reader.pages(wish)))

    return (pulse, pull)


def _known(etag: str, epoch: str) -> tuple[int, int]:
    """The profile version and the portfolio's head of an earlier pulse; (-1, -1) when it was not of this database."""
    parts = etag.strip('"').split(".")
    if len(parts) != 3 or parts[0] != epoch or not (parts[1] + parts[2]).isdigit():
        return -1, -1
    return int(parts[1]), int(parts[2])


class _Reader:
    """Reads the feeds of one pull. Heads are read before changes: what is committed in between comes with the page or
    with the next, never not at all."""

    def __init__(self, database: Database, db: Connection, caller: Caller, now: int) -> None:
        self._database, self._db, self._person_id, self._now = database, db, caller.person_id, now

    def pages(self, wish: Pull) -> tuple[Page, ...]:
        standings = self._standings(sorted({feed.space_id for feed in wish.feeds}))
        pages: list[Page] = []
        left = wish.limit
        for feed in wish.feeds:
            standing = standings.get(feed.space_id)
            page = (
                Page(feed.space_id, gone=True)
                if standing is None
                else self._page(feed.space_id, feed.cursor, standing, left)
            )
            pages.append(page)
            left -= len(page.changes)
            if left <= 0:
                break
        return tuple(pages)

    def _standings(self, space_ids: list[str]) -> dict[str, _Standing]:
        statement = self._database.native(_STANDING.format(places=",".join("?" * len(space_ids))))
        rights: dict[str, set[str]] = {}
        marks: dict[str, tuple[int, int]] = {}
        for space_id, head, floor, right in self._db.exec_driver_sql(
            statement, (self._person_id, self._now, *space_ids)
        ):
            rights.setdefault(space_id, set()).add(right)
            marks[space_id] = head, floor
        return {
            space_id: _Standing(*marks[space_id], tuple(sorted(SUBJECTS[r] for r in held if r in SUBJECTS)))
            for space_id, held in rights.items()
        }

    def _page(self, space_id: str, cursor: str | None, standing: _Standing, limit: int) -> Page:
        start = self._start(cursor, standing)
        reset = cursor is not None and start is None
        rows = self._rows(space_id, start or 0, standing.subjects, limit)
        more = len(rows) == limit
        number = rows[-1][0] if more else max(standing.head, rows[-1][0] if rows else 0)
        changes = tuple(Change(row[0], row[1], row[2], msgspec.Raw((row[3] or "null").encode())) for row in rows)
        following = Cursor(self._database.epoch, number, standing.floor, standing.subjects)
        return Page(space_id, str(following), more=more, reset=reset, changes=changes)

    def _start(self, text: str | None, standing: _Standing) -> int | None:
        """The number to go on from; None when the feed must be read anew."""
        cursor = Cursor.read(text) if text is not None else None
        if cursor is None or cursor.epoch != self._database.epoch or cursor.subjects != standing.subjects:
            return None
        read = max(cursor.number, cursor.floor)
        return cursor.number if standing.floor <= read and cursor.number <= standing.head else None

    def _rows(self, space_id: str, start: int, subjects: tuple[str, ...], limit: int) -> Sequence[Any]:
        if not subjects:
            return ()
        statement = self._database.native(_PAGE.format(places=",".join("?" * len(subjects))))
        return self._db.exec_driver_sql(statement, (space_id, start, *subjects, self._person_id, limit)).all()
