"""How the client learns what changed.

1. `GET /v1/pulse` with `If-None-Match`: 304 and no body when nothing changed in the whole portfolio; else the spaces
   that did, and a new `ETag` to keep once all of them have been pulled.
2. `POST /v1/changes` with the cursor of each of those spaces: pages of upserts and tombstones, in the order of the
   space's own counter, which is the order of commits.
"""

from typing import Annotated, Generic, TypeVar

from msgspec import Meta

from contract import limits
from contract.allowances import ExportRecord, PaymentsRecord
from contract.contact import MessageRecord, ReadMarkRecord, RequestRecord
from contract.leave import LeaveRecord
from contract.users import UserRecord
from contract.wire import Ask, Id, Instant, Record, Version

R = TypeVar("R")

AnyRecord = (
    RequestRecord | MessageRecord | ReadMarkRecord | LeaveRecord | PaymentsRecord | ExportRecord | UserRecord | None
)
"""Every kind of record that a feed or an outcome may carry today. A client reads `msgspec.Raw` and skips kinds it does
not know. `UserRecord` comes in outcomes only: users have a feed of their own (`GET /v1/users`)."""


class Change(Record, Generic[R], frozen=True):
    """The latest state of one thing. `record` is null when it is gone. Of two changes to the same thing, the one with
    the greater `number` holds; applying one twice changes nothing."""

    number: Version
    kind: str
    id: Id
    record: R


class Pulse(Record, frozen=True):
    """`me` true: ask for `Me` again. `spaces`: those with changes; all of the caller's when her `ETag` was unknown.
    `users`: she administers something, and `GET /v1/users` has something new."""

    me: bool
    spaces: tuple[Id, ...]
    users: bool = False


class Feed(Ask, frozen=True):
    """`cursor` is the portal's own word, None for the first time."""

    space_id: Id
    cursor: Annotated[str, Meta(max_length=limits.CURSOR_CHARACTERS)] | None = None


class Pull(Ask, frozen=True):
    feeds: Annotated[tuple[Feed, ...], Meta(min_length=1, max_length=limits.FEEDS_PER_PULL)]
    limit: Annotated[int, Meta(ge=1, le=limits.CHANGES_PER_PAGE)] = limits.CHANGES_PER_PAGE


class FeedPage(Record, Generic[R], frozen=True):
    """`reset`: the cursor was too old, of another portal or of other rights; what the client holds of this space must
    give way to what follows from here. `gone`: the caller may see nothing there any more."""

    space_id: Id
    cursor: str | None = None
    more: bool = False
    reset: bool = False
    gone: bool = False
    changes: tuple[Change[R], ...] = ()


class Pulled(Record, Generic[R], frozen=True):
    """Pages in the order asked for. Feeds after the one that filled the limit are left out: ask again for them."""

    pages: tuple[FeedPage[R], ...]


class Outcome(Record, Generic[R], frozen=True):
    """A wish carried out, with what it touched, so that the client need not ask. The same for ever for one wish."""

    wish_id: Id
    at: Instant
    touched: tuple[Change[R], ...] = ()
