"""The one thread that carries wishes up and changes down. It sleeps on the outbox."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from desktop.services.outbox import Outbox
from desktop.services.portal import Portal
from desktop.services.problems import Offline, PortalFault, Problem, Remedy, SignInNeeded
from desktop.services.session import Session
from desktop.services.store import Store
from desktop.services.sync import marks
from desktop.services.sync.downward import Downward
from desktop.services.sync.paging import Paged, Paging
from desktop.services.sync.reception import CATALOGUE, ME, Reception, Subject
from desktop.services.sync.roster import Listed, Roster
from desktop.services.sync.upward import Jitter, PortalBusy, Upward, full_jitter

__all__ = ["CATALOGUE", "ME", "Link", "LinkState", "Listed", "Paged", "Subject", "Sync"]

FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 300.0
LONG_PULL: Final = 50
"""From so many spaces on, a synchronisation is shown with its progress."""

_LAST_SECONDS: Final = 60.0
"""How often `last` is written and announced while nothing else happens."""

_logger = logging.getLogger(__name__)


class LinkState(Enum):
    STARTING = "starting"
    ONLINE = "online"
    WORKING = "working"
    OFFLINE = "offline"
    SIGN_IN_NEEDED = "sign_in_needed"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Link:
    """How the client stands with the portal. `last` is when it was last up to date (this computer's clock, to show)."""

    state: LinkState
    last: datetime | None
    problem: Problem | None
    sending: int
    progress: tuple[int, int] | None = None
    """(spaces pulled, spaces to pull) while a long synchronisation runs."""


class Sync:
    """Announces its link as the topic `link`."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        portal: Portal,
        session: Session,
        subjects: Sequence[Subject],
        content: Callable[[str], bytes | None],
        poll_seconds: float = 20.0,
        jitter: Jitter = full_jitter,
        complete: Callable[[], object] = int,
        payments: Paged | None = None,
        *,
        users: Listed | None = None,
    ) -> None:
        """`content` gives the bytes of a staged file by its SHA-256; `jitter` chooses a pause up to the longest;
        `complete` is called once, on the thread, after the first turn of this run that came to its end; `payments`
        keeps what is read page by page, `users` those whose rights one manages."""
        reception = Reception(subjects)
        self._store, self._outbox, self._session = store, outbox, session
        self._up = Upward(store, outbox, portal, session, reception, content, jitter)
        roster = Roster(store, portal, session, users) if users is not None else None
        self._down = Downward(store, portal, session, reception, roster)
        self._pages = Paging(store, portal, session, payments) if payments is not None else None
        self._unread = False
        self._poll, self._jitter = poll_seconds, jitter
        self._complete: Callable[[], object] | None = complete
        self._link = Link(LinkState.STARTING, marks.last(store), None, 0)
        self._last_kept = 0.0
        self._not_before = 0.0
        self._failures = 0
        self._tried: frozenset[str] = frozenset()
        self._tried_at = 0.0
        self._nudged = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def link(self) -> Link:
        return self._link

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._thread.start()

    def nudge(self) -> None:
        """« Réessayer », F5, signed in again: look now."""
        self._nudged.set()
        self._outbox.wake()

    def stop(self, seconds: float = 5.0) -> None:
        """Ends after the exchange under way, waiting for it so long at most: what is cut is done again, once."""
        self._stopped.set()
        self._outbox.wake()
        if self._thread is not None:
            self._thread.join(seconds)

    def turn(self) -> float:
        """One turn of the loop: carry up what is due, bring down what changed; answers how long to sleep. For tests."""
        if (left := self._left()) > 0.0:
            return left
        self._nudged.clear()
        self._tried, self._tried_at = self._due(), time.monotonic()
        try:
            self._up_to_date(self._work())
            complete, self._complete = self._complete, None
            if complete is not None and not self._stopped.is_set():
                complete()
        except PortalBusy as busy:
            return self._failed(busy.fault)
        except Problem as known:
            return self._failed(known)
        except Exception as error:
            if self._stopped.is_set():
                return self._poll  # left behind by `stop`: what it works with is closed
            # A bug of ours: told without the data that it met, and the thread lives on.
            _logger.exception("the synchronisation failed by a bug")
            sentence = "Une erreur interne empêche la mise à jour. Volet réessaiera de lui-même."
            return self._failed(Problem(sentence, Remedy.RETRY, type(error).__name__))
        self._failures, self._not_before = 0, 0.0
        return 0.0 if self._unread else self._poll

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._outbox.sleep(self.turn())
            except Exception:
                if self._stopped.is_set():
                    return  # left behind by `stop`: what it works with is closed
                # The store in the loop itself, or a listener of the bell: whatever it is, the next turn is made.
                _logger.exception("the loop of the synchronisation stumbled")
                self._link = replace(self._link, state=LinkState.FAULTY, sending=0, progress=None)
                self._stopped.wait(FIRST_PAUSE)

    def _work(self) -> Problem | None:
        self._session.access()
        self._same_person()
        problems = [self._carry()]
        # A first synchronisation may be long: a wish made meanwhile leaves before the next question.
        self._down.bring(self._progress, self._stopped.is_set, lambda: problems.append(self._carry()))
        if self._pages is not None:
            self._unread = self._pages.bring(self._stopped.is_set, lambda: problems.append(self._carry()))
        return next((problem for problem in reversed(problems) if problem is not None), None)

    def _carry(self) -> Problem | None:
        return self._up.carry(self._sending, self._stopped.is_set)

    def _same_person(self) -> None:
        """Whoever signs in must be the person whose data and wishes these are."""
        kept, now = marks.mark(self._store, marks.PERSON), self._session.person_id
        if kept is not None and now is not None and kept != now:
            raise SignInNeeded("Cet ordinateur garde ici les données d’un autre compte. Connectez-vous avec ce compte.")

    def _left(self) -> float:
        """Seconds to wait before the next try after a failure: none for who nudges, few for a wish just made."""
        now = time.monotonic()
        left = self._not_before - now
        if left <= 0.0 or self._nudged.is_set():
            return 0.0
        if isinstance(self._link.problem, Offline) and self._due() - self._tried:
            left = min(left, self._tried_at + FIRST_PAUSE - now)
        return max(left, 0.0)

    def _due(self) -> frozenset[str]:
        return frozenset(due.wish_id for due in self._outbox.due())

    def _failed(self, problem: Problem) -> float:
        """Shows the problem; answers the pause, which grows from 2 s to 5 min while tries go on failing."""
        state = LinkState.FAULTY
        if isinstance(problem, Offline):
            state = LinkState.OFFLINE
        elif isinstance(problem, SignInNeeded):
            state = LinkState.SIGN_IN_NEEDED
        wait = problem.retry_after if isinstance(problem, Offline | PortalFault) else None
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures, 30))
        seconds = max(FIRST_PAUSE / 2 + self._jitter(longest - FIRST_PAUSE / 2), wait or 0.0)
        self._failures += 1
        self._not_before = time.monotonic() + seconds
        self._show(replace(self._link, state=state, problem=problem, sending=0, progress=None))
        return seconds

    def _up_to_date(self, problem: Problem | None) -> None:
        state = LinkState.ONLINE if problem is None else LinkState.FAULTY
        now = datetime.now(UTC)
        shown = Link(state, now, problem, 0)
        recent = time.monotonic() - self._last_kept < _LAST_SECONDS and self._last_kept > 0.0
        if recent and replace(shown, last=self._link.last) == self._link:
            self._link = shown
            return
        self._last_kept = time.monotonic()
        self._link = shown
        with self._store.write("link") as db:
            marks.keep_mark(db, marks.LAST, now.isoformat())

    def _sending(self, count: int) -> None:
        if count != self._link.sending:
            self._show(replace(self._link, sending=count))

    def _progress(self, done: int, whole: int) -> None:
        if whole >= LONG_PULL:
            self._show(replace(self._link, state=LinkState.WORKING, progress=(done, whole)))

    def _show(self, link: Link) -> None:
        if link != self._link:
            self._link = link
            self._store.announce("link")
