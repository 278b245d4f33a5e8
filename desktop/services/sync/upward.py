"""Carrying wishes up: files first, then the wish; lanes independent; a final word or another try."""

import logging
import secrets
from collections.abc import Callable, Sequence
from typing import Final

from contract.changes import Change, Outcome
from contract.contact import NewAttachment
from contract.wire import ProblemKind
from contract.wishes import Wish
from desktop.services.outbox import Due, Outbox
from desktop.services.portal import Portal, Raw
from desktop.services.problems import Offline, PortalFault, Problem, Refused, Remedy
from desktop.services.session import Session
from desktop.services.store import Store
from desktop.services.sync import marks
from desktop.services.sync.reception import Reception, space_of

LONGEST_PAUSE: Final = 900.0
BUSY_STATUSES: Final = (429, 503)
"""With `Retry-After`, these speak of the portal as a whole and not of one wish."""

Jitter = Callable[[float], float]
"""Given the longest pause, answers the one to make."""

_logger = logging.getLogger(__name__)


def full_jitter(longest: float) -> float:
    """Anywhere between nothing and the longest pause, so that clients cut off together do not come back together."""
    return longest * secrets.randbelow(1_000_001) / 1_000_000


def pause(attempts: int, jitter: Jitter, wait: float | None = None) -> float:
    """Seconds before the next try: full jitter over 1 s doubled at each attempt up to 15 min, and never before what
    the portal asked for."""
    return max(jitter(min(LONGEST_PAUSE, 2.0 ** min(attempts, 30))), wait or 0.0)


class PortalBusy(Exception):
    """The portal as a whole asks to be left alone for a while."""

    def __init__(self, fault: PortalFault) -> None:
        super().__init__(fault.sentence)
        self.fault = fault


class _TakenBack(Exception):
    """The person took the wish back while its files went up."""


class Upward:
    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        portal: Portal,
        session: Session,
        reception: Reception,
        content: Callable[[str], bytes | None],
        jitter: Jitter,
    ) -> None:
        self._store, self._outbox, self._portal, self._session = store, outbox, portal, session
        self._reception, self._content, self._jitter = reception, content, jitter

    def carry(self, on_count: Callable[[int], None], stopped: Callable[[], bool]) -> Problem | None:
        """All that is due. Raises `Offline`, `SignInNeeded`, `StoreFault` and `PortalBusy`, which concern all wishes;
        what concerns one alone is kept with it. Answers the last fault of ours, if any."""
        tried: set[str] = set()
        bug: Problem | None = None
        try:
            while not stopped():
                batch = [due for due in self._outbox.due() if due.wish_id not in tried]
                if not batch:
                    return bug
                on_count(len(batch))
                for due in batch:
                    if stopped():
                        break
                    tried.add(due.wish_id)
                    bug = self._try(due) or bug
        finally:
            on_count(0)
        return bug

    def _try(self, due: Due) -> Problem | None:
        try:
            self._send(due)
        except _TakenBack:
            return None
        except PortalFault as fault:
            self._fault(due, fault)
        except Refused as refused:
            self._outbox.refused(due.wish_id, refused)
        except Problem:
            # It concerns all wishes: nothing is known of this one, and it is due as soon as it can be sent again.
            self._outbox.later(due.wish_id, 0.0, fault=False)
            raise
        except Exception as error:
            # A bug of ours over one wish: the others go on, and this one is tried again, in vain but visibly.
            _logger.exception("a wish could not be sent because of a bug")
            self._outbox.later(due.wish_id, pause(due.attempts, self._jitter), fault=True)
            return Problem("Une erreur interne a empêché un envoi.", Remedy.RETRY, type(error).__name__)
        return None

    def _fault(self, due: Due, fault: PortalFault) -> None:
        being_carried_out = fault.status == 409
        seconds = pause(due.attempts, self._jitter, fault.retry_after)
        self._outbox.later(due.wish_id, seconds, fault=not being_carried_out)
        if fault.status in BUSY_STATUSES and fault.retry_after is not None:
            raise PortalBusy(fault)

    def _send(self, due: Due) -> None:
        """What becomes of a file refuses a wish only when that has never left. One that has may be carried out already:
        the portal's word on the wish itself is asked for."""
        lacking: Refused | None = None
        try:
            for file in _files(due.wish):
                self._upload(due, file)
        except Refused as refused:
            if not due.left:
                raise
            lacking = refused
        if not self._outbox.sending(due.wish_id):
            return
        try:
            outcome = self._session.call(lambda access: self._portal.carry_out(access, due.wish_id, due.wish))
        except Refused as refused:
            if lacking is not None and refused.kind == ProblemKind.FILE_MISSING:
                raise lacking from None  # not carried out, then; it says which file
            raise
        except Offline as offline:
            if offline.unsent:
                self._outbox.unsent(due.wish_id)
            raise
        with self._store.write(*self._reception.topics(outcome.touched), *self._outbox.topics) as db:
            self._reception.take(db, self._visible(outcome))
            self._outbox.done(db, due.wish_id)

    def _upload(self, due: Due, file: NewAttachment) -> None:
        content = self._content(file.sha256)
        if content is None:
            sentence = f"Le fichier «\u00a0{file.name}\u00a0» n’est plus sur cet ordinateur. Joignez-le de nouveau."
            raise Refused(sentence, Remedy.EDIT, kind=ProblemKind.FILE_MISSING.value)

        def progress(_done: int, _whole: int) -> None:
            if self._outbox.wish(due.wish_id) is None:
                raise _TakenBack

        self._session.call(lambda access: self._portal.upload(access, file.sha256, content, progress))

    def _visible(self, outcome: Outcome[Raw]) -> Sequence[Change[Raw]]:
        """An outcome answered again, long after, may tell of a space that the person has lost since, or of a leave
        where she may no longer see any: that stays out."""
        placed = [(change, space_of(change)) for change in outcome.touched]
        mine = marks.mine(self._store, frozenset(space for _, space in placed if space is not None))
        return [
            change
            for change, space in placed
            if space is None or (space in mine and self._reception.may_be_told(change.kind, mine[space]))
        ]


def _files(wish: Wish) -> tuple[NewAttachment, ...]:
    return getattr(wish, "attachments", ())
