"""Bringing changes down: one question whether anything changed, then only the spaces that did."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import apsw
import msgspec

from contract import limits
from contract.catalogue import Catalogue
from contract.changes import Change, Feed, FeedPage, Pull
from contract.leave import LeaveCatalogue
from contract.portfolio import Me
from desktop.services.portal import Portal, Raw
from desktop.services.problems import PortalFault, Refused, Remedy
from desktop.services.session import Session
from desktop.services.store import Store
from desktop.services.sync import marks
from desktop.services.sync.reception import CATALOGUE, LEAVES, ME, Reception
from desktop.services.sync.roster import Roster

Progress = Callable[[int, int], None]
Page = FeedPage[Raw]

SLICE: Final = 100
"""The most changes that one transaction takes in: for so long the person waits who presses « Envoyer » meanwhile."""

_SENSELESS: Final = "Le portail a répondu quelque chose que Volet ne sait pas lire."


@dataclass(frozen=True, slots=True)
class Slice:
    """The changes of a page that one transaction takes in."""

    page: Page
    changes: Sequence[Change[Raw]]
    first: bool
    last: bool


class Downward:
    def __init__(
        self, store: Store, portal: Portal, session: Session, reception: Reception, roster: Roster | None = None
    ) -> None:
        self._store, self._portal, self._session, self._reception = store, portal, session, reception
        self._roster = roster
        self._catalogue_asked = False

    def bring(
        self, on_progress: Progress, stopped: Callable[[], bool], between: Callable[[], object] = lambda: None
    ) -> None:
        """Until the copy is what the portal says, or `stopped`. `between` is called after each answer but the last, for
        what should not wait until all is here. Raises what the portal, the store and `between` raise."""
        self._learn_kinds()
        etag = marks.mark(self._store, marks.PULSE)
        answer = self._session.call(lambda access: self._portal.pulse(access, etag))
        if answer is None:
            self._ask_catalogues(again=False)
            return
        pulse, new_etag = answer
        known = marks.feeds(self._store)
        if pulse.me or etag is None or not known or any(space not in known for space in pulse.spaces):
            self._take_me(self._session.call(self._portal.me))
        self._ask_catalogues(again=pulse.me)
        told = pulse.users or pulse.me or etag is None
        if self._pull(frozenset(pulse.spaces), on_progress, stopped, between) and self._list_users(told, stopped):
            # Only now: a turn cut short is told of the same spaces again.
            with self._store.write() as db:
                marks.keep_mark(db, marks.PULSE, new_etag or None)

    def _list_users(self, told: bool, stopped: Callable[[], bool]) -> bool:
        """After all else, which more people wait for. What may be seen of them follows from one's own rights, and a
        reading that was cut is gone on with."""
        return self._roster is None or self._roster.bring(stopped, told=told)

    def _learn_kinds(self) -> None:
        """A newer client keeps kinds that it skipped before: everything is asked for anew, and applied over what is
        there."""
        kinds = " ".join(sorted(self._reception.kinds))
        if marks.mark(self._store, marks.KINDS) == kinds:
            return
        with self._store.write() as db:
            for space_id in marks.feeds(self._store):
                marks.keep_cursor(db, space_id, None)
            marks.keep_mark(db, marks.PULSE, None)
            marks.keep_mark(db, marks.KINDS, kinds)

    def _take_me(self, me: Me) -> None:
        """`Me` and all that follows from it, in one transaction: spaces lost are purged, spaces won wait to be read."""
        change = Change(number=0, kind=ME, id=me.person_id, record=Raw(msgspec.json.encode(me)))
        mine = {space.space_id for space in me.spaces}
        with self._store.write(*self._reception.all_topics) as db:
            for space_id in marks.feeds(self._store).keys() - mine:
                self._reception.purge(db, space_id, lost=True)
                marks.drop_feed(db, space_id)
            marks.add_feeds(db, mine)
            marks.keep_mark(db, marks.PERSON, me.person_id)
            self._reception.take(db, [change])

    def _ask_catalogues(self, *, again: bool) -> None:
        """Once a run, and whenever the person's rights have moved."""
        if self._catalogue_asked and not again:
            return
        etag = marks.mark(self._store, marks.CATALOGUE)
        answer = self._session.call(lambda access: self._portal.catalogue(access, etag))
        if answer is not None:
            self._take_catalogue(CATALOGUE, marks.CATALOGUE, *answer)
        if LEAVES in self._reception.kinds:
            self._ask_leaves()
        self._catalogue_asked = True

    def _ask_leaves(self) -> None:
        etag = marks.mark(self._store, marks.LEAVES)
        try:
            answer = self._session.call(lambda access: self._portal.leave_terms(access, etag))
        except (Refused, PortalFault) as fault:
            if fault.status != HTTPStatus.NOT_FOUND:
                raise
            return  # a portal older than leaves, whatever it answers with
        if answer is not None:
            self._take_catalogue(LEAVES, marks.LEAVES, *answer)

    def _take_catalogue(self, kind: str, kept: str, catalogue: Catalogue | LeaveCatalogue, etag: str) -> None:
        change = Change(number=0, kind=kind, id=kind, record=Raw(msgspec.json.encode(catalogue)))
        with self._store.write(*self._reception.topics([change])) as db:
            self._reception.take(db, [change])
            marks.keep_mark(db, kept, etag or None)

    def _pull(
        self, told: frozenset[str], on_progress: Progress, stopped: Callable[[], bool], between: Callable[[], object]
    ) -> bool:
        """The spaces told, and those never read to their end; False when stopped before."""
        feeds = marks.feeds(self._store)
        waiting = [space for space, cursor in feeds.items() if space in told or cursor is None]
        whole = len(waiting)
        while waiting:
            on_progress(whole - len(waiting), whole)
            if stopped():
                return False
            cursors = marks.feeds(self._store)
            asked = {space: cursors[space] for space in waiting[: limits.FEEDS_PER_PULL]}
            pull = Pull(feeds=tuple(Feed(space_id=space, cursor=cursor) for space, cursor in asked.items()))
            pages = self._session.call(lambda access, pull=pull: self._portal.pull(access, pull)).pages  # type: ignore[misc]
            finished = self._take_pages(pages, asked)
            waiting = [space for space in waiting if space not in finished]
            if waiting:
                between()
        return True

    def _take_pages(self, pages: Sequence[Page], asked: dict[str, str | None]) -> set[str]:
        """Applies an answer; answers the spaces that need no further question."""
        if not pages or not all(_leads_on(page, asked) for page in pages):
            raise PortalFault(_SENSELESS, Remedy.ASK_SUPPORT, "pages that lead nowhere")
        for batch in _batches(slices(pages)):
            changes = [change for part in batch for change in part.changes]
            drastic = any(part.first and (part.page.reset or part.page.gone) for part in batch)
            topics = self._reception.all_topics if drastic else self._reception.topics(changes)
            with self._store.write(*topics) as db:
                for part in batch:
                    self._take_slice(db, part)
        return {page.space_id for page in pages if page.gone or not page.more}

    def _take_slice(self, db: apsw.Connection, part: Slice) -> None:
        """In the caller's transaction. The cursor of a page is kept with its last slice: cut short before, the page is
        asked for again and applied again. That of a page that begins anew is forgotten with its first, since what it
        was the cursor of is no longer there."""
        page = part.page
        if part.first and (page.reset or page.gone):
            self._reception.purge(db, page.space_id, lost=page.gone)
            marks.keep_cursor(db, page.space_id, None)
        self._reception.take(db, part.changes)
        if page.gone:
            marks.drop_feed(db, page.space_id)
        elif part.last:
            marks.keep_cursor(db, page.space_id, page.cursor)


def slices(pages: Sequence[Page]) -> Iterator[Slice]:
    """At least one of each page, in their order."""
    for page in pages:
        size = 0 if page.gone else len(page.changes)
        for start in range(0, max(size, 1), SLICE):
            end = min(start + SLICE, size)
            yield Slice(page, page.changes[start:end], first=start == 0, last=end == size)


def _leads_on(page: Page, asked: dict[str, str | None]) -> bool:
    """It was asked for, its cursor is one that can be asked with, and it is the last of its feed for now or moves on:
    to another cursor, and with something to tell."""
    if page.space_id not in asked:
        return False
    if page.gone:
        return True
    if page.cursor is None or len(page.cursor) > limits.CURSOR_CHARACTERS:
        return False
    return not page.more or (page.cursor != asked[page.space_id] and bool(page.changes))


def _batches(parts: Iterable[Slice]) -> Iterator[list[Slice]]:
    """As many as stay within `SLICE` changes: a transaction each."""
    batch: list[Slice] = []
    size = 0
    for part in parts:
        if batch and size + len(part.changes) > SLICE:
            yield batch
            batch, size = [], 0
        batch.append(part)
        size += len(part.changes)
    if batch:
        yield batch
