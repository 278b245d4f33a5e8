"""What the person wants of the portal and has not yet got: the only table that an action of hers writes.

A wish is written at the click, in one transaction, and named for ever by its identifier. It leaves the outbox only
when the portal has said a final word, or when the person gives it up. The program never drops one.
"""

import json
import threading
import time
from collections.abc import Callable, Sequence

import apsw
import msgspec

from contract.contact import MarkRead, OpenRequest, SendMessage
from contract.identity import new_id
from contract.leave import AnnounceReturn, CompleteLeave, DeclareLeave, ProlongLeave, WithdrawLeave
from contract.wire import ProblemKind
from contract.wishes import Wish
from desktop.services.outbox.rows import Due, Waiting, WishState, about_which
from desktop.services.problems import Refused
from desktop.services.records import moment
from desktop.services.store import Row, Store

__all__ = ["TOPIC", "Due", "Outbox", "Waiting", "WishState"]

TOPIC = "outbox"
"""Rung with every change of the outbox, beside the topics of the wish itself."""

_FAULTS_TO_PARK = 8
_SECONDS_TO_PARK = 3600.0
"""Both must be reached. A portal that fails altogether parks nothing: it fails at the next refresh too, and nothing is
sent until that goes well."""


_NEEDS_PERSON = frozenset({WishState.CONFLICT, WishState.REFUSED, WishState.PARKED})
_BASED = (SendMessage, ProlongLeave, AnnounceReturn, CompleteLeave, WithdrawLeave)
"""The wishes that rest on what the person saw (`base_version`)."""
_BEGIN = frozenset({OpenRequest.__struct_config__.tag, DeclareLeave.__struct_config__.tag})
"""The kinds of the wishes on which those behind them in their lane build."""
_MEANWHILE = frozenset({ProblemKind.STALE, ProblemKind.GONE})
"""What the portal says when something has changed since the person acted."""


class Outbox:
    """`clock` gives monotonic seconds: no decision rests on the time of day."""

    topics = (TOPIC,)
    """What whoever calls `done` rings, beside the topics of what was touched."""

    def __init__(
        self, store: Store, hold_seconds: float = 10.0, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._hold_seconds, self._clock = store, hold_seconds, clock
        self._not_before: dict[str, float] = {}
        self._held: dict[str, float] = {}
        self._slept_from: dict[str, float] = {}
        self._door = threading.Condition()
        self._woken = False
        self._looked = clock()
        with store.write(TOPIC) as db:
            db.execute("UPDATE outbox SET state = 'queued' WHERE state IN ('sending', 'held')")

    # What subjects say

    def add(
        self,
        wish: Wish,
        *,
        lane: str,
        topics: Sequence[str],
        title: str,
        about: str = "",
        hold: bool = False,
        db: apsw.Connection | None = None,
    ) -> str:
        """Writes the wish and wakes the sender; answers its identifier. `hold` gives the person `hold_seconds` to think
        again (by the monotonic clock of this run: after a restart it leaves at once). Inside a transaction of the
        caller's (`db`) it is written there, and the caller rings."""
        if db is None:
            with self._store.write(TOPIC, *topics) as own:
                return self._add(own, wish, lane, topics, title, about, hold)
        return self._add(db, wish, lane, topics, title, about, hold)

    def _add(
        self, db: apsw.Connection, wish: Wish, lane: str, topics: Sequence[str], title: str, about: str, hold: bool
    ) -> str:
        wish_id = new_id()
        body = msgspec.json.encode(wish).decode()
        state = WishState.HELD if hold and self._hold_seconds > 0 else WishState.QUEUED
        db.execute(
            "INSERT INTO outbox (wish_id, lane, kind, body, request_id, state, topics, title, about, made_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                wish_id,
                lane,
                json.loads(body)["wish"],
                body,
                about_which(wish),
                state,
                json.dumps(sorted(topics)),
                title,
                about,
                time.time_ns() // 1000,
            ),
        )
        if state is WishState.HELD:
            self._not_before[wish_id] = self._held[wish_id] = self._clock() + self._hold_seconds
        self._store.afterwards(self.wake)
        return wish_id

    def take_back(self, wish_id: str, db: apsw.Connection) -> Wish | None:
        """Takes a held or not yet sent wish out, within the caller's transaction, and hands it back; None when it has
        left already. The caller rings."""
        rows = db.execute(
            "SELECT lane, seq, body FROM outbox WHERE wish_id = ? AND attempts = 0 AND state IN ('held', 'queued')",
            (wish_id,),
        ).fetchall()
        if not rows:
            return None
        lane, seq, body = rows[0]
        self._take_out(db, [wish_id])
        _hand_down(db, str(lane), int(str(seq)), _wish(body))
        return _wish(body)

    def _take_out(self, db: apsw.Connection, wish_ids: Sequence[str]) -> None:
        for wish_id in wish_ids:
            db.execute("DELETE FROM outbox WHERE wish_id = ?", (wish_id,))
            self._forget(wish_id)

    # What the page « En attente » says

    def waiting(self) -> tuple[Waiting, ...]:
        """In the order in which they were made."""
        rows = self._store.query(
            "SELECT o.wish_id, o.state, o.title, o.about, o.request_id,"
            " coalesce(o.body ->> '$.space_id', r.space_id, l.space_id), o.made_at, o.attempts, o.problem, o.sentence,"
            " EXISTS (SELECT 1 FROM outbox AS e WHERE e.lane = o.lane AND e.seq < o.seq"
            "  AND e.state IN ('conflict', 'refused', 'parked')), o.kind, o.topics"
            " FROM outbox AS o LEFT JOIN requests AS r ON r.request_id = o.request_id"
            " LEFT JOIN leaves AS l ON l.leave_id = o.request_id ORDER BY o.seq"
        )
        return tuple(self._waiting(row) for row in rows)

    def _waiting(self, row: Row) -> Waiting:
        wish_id, state, title, about, request_id, space_id, made_at, attempts, problem, sentence, *rest = row
        behind, kind, topics = rest
        state = WishState(state)
        if state is WishState.HELD and not self.hold_left(wish_id):
            state = WishState.QUEUED
        return Waiting(
            wish_id=wish_id,
            state=state,
            title=title,
            about=about,
            request_id=request_id,
            space_id=space_id,
            made_at=moment(made_at),
            attempts=attempts,
            sentence=sentence,
            behind=bool(behind),
            quiet=kind == MarkRead.__struct_config__.tag,
            uncertain=_is_uncertain(state, attempts, problem),
            topics=tuple(json.loads(topics)),
        )

    def hold_left(self, wish_id: str) -> float:
        """Seconds for which « Annuler l’envoi » still holds the wish back; 0 when it no longer does."""
        return max(0.0, self._held.get(wish_id, 0.0) - self._clock())

    def wish(self, wish_id: str) -> Wish | None:
        rows = self._store.query("SELECT body FROM outbox WHERE wish_id = ?", (wish_id,))
        return _wish(rows[0][0]) if rows else None

    def retry(self, wish_id: str) -> None:
        """A parked wish is tried again, under the same identifier."""
        with self._store.write(TOPIC, *self._topics(wish_id)) as db:
            db.execute(
                "UPDATE outbox SET state = 'queued', faults = 0, waited = 0, sentence = ''"
                " WHERE wish_id = ? AND state = 'parked'",
                (wish_id,),
            )
            self._forget(wish_id)
            self._store.afterwards(self.wake)

    def insist(self, wish_id: str) -> str:
        """A wish in conflict is sent again whatever has changed: a new wish, without its base, in the old one's place.
        Answers the identifier of the wish that stands there now."""
        with self._store.write(TOPIC, *self._topics(wish_id)) as db:
            rows = db.execute("SELECT body FROM outbox WHERE wish_id = ? AND state = 'conflict'", (wish_id,)).fetchall()
            wish = _wish(rows[0][0]) if rows else None
            if not isinstance(wish, _BASED):
                return wish_id
            anew = new_id()
            body = msgspec.json.encode(msgspec.structs.replace(wish, base_version=None)).decode()
            db.execute(
                "UPDATE outbox SET wish_id = ?, body = ?, state = 'queued', attempts = 0, faults = 0, waited = 0,"
                " sentence = '', problem = '', version = NULL WHERE wish_id = ?",
                (anew, body, wish_id),
            )
            self._store.afterwards(self.wake)
            return anew

    def give_up(self, wish_id: str) -> None:
        """The person abandons a wish, and with it the wishes of its lane that build on it (the replies to a request
        that is not opened, the prolongations of a leave that is not declared). Nothing while it is on its way: what
        becomes of it is not known yet."""
        with self._store.write(TOPIC, *self._topics(wish_id)) as db:
            self.remove(db, wish_id)
            self._store.afterwards(self.wake)

    def remove(self, db: apsw.Connection, wish_id: str) -> tuple[Wish, ...]:
        """As `give_up`, within the caller's transaction; hands back what was taken out, in the order it was made."""
        rows = db.execute(
            "SELECT seq, lane, kind, body FROM outbox WHERE wish_id = ? AND state <> 'sending'", (wish_id,)
        ).fetchall()
        if not rows:
            return ()
        seq, lane, kind, body = rows[0]
        gone = [(wish_id, body)]
        if kind in _BEGIN:
            gone += db.execute("SELECT wish_id, body FROM outbox WHERE lane = ? AND seq > ? ORDER BY seq", (lane, seq))
        self._take_out(db, [str(gone_id) for gone_id, _ in gone])
        _hand_down(db, str(lane), int(str(seq)), _wish(body))
        return tuple(_wish(body) for _, body in gone)

    def take_lane(self, db: apsw.Connection, lane: str, *, refused_too: bool = False) -> tuple[Wish, ...]:
        """Takes out, within the caller's transaction, all wishes of a lane that have never left, in their order; those
        that wait for the person only when asked."""
        states = "('held', 'queued', 'conflict', 'refused', 'parked')" if refused_too else "('held', 'queued')"
        rows = db.execute(
            f"SELECT wish_id, body FROM outbox WHERE lane = ? AND state IN {states}"
            " AND (attempts = 0 OR state NOT IN ('held', 'queued')) ORDER BY seq",
            (lane,),
        ).fetchall()
        self._take_out(db, [str(wish_id) for wish_id, _ in rows])
        return tuple(_wish(body) for _, body in rows)

    # What the sender says

    def due(self) -> tuple[Due, ...]:
        """The first wish of each lane that may be sent now; a lane whose first wish needs the person gives none.

        There is one sender, so that a wish found on its way is one of which the portal's answer was lost."""
        now = self._looked = self._clock()
        return tuple(
            Due(wish_id, _wish(body), max(attempts, faults), attempts > 0)
            for wish_id, state, body, attempts, faults in self._heads()
            if state not in _NEEDS_PERSON and self._not_before.get(wish_id, now) <= now
        )

    def _heads(self) -> list[Row]:
        return self._store.query(
            "SELECT wish_id, state, body, attempts, faults FROM outbox"
            " WHERE seq IN (SELECT min(seq) FROM outbox GROUP BY lane) ORDER BY seq"
        )

    def sending(self, wish_id: str) -> bool:
        """Marks it as on its way; False when the person took it back meanwhile."""
        with self._store.write(TOPIC, *self._topics(wish_id)) as db:
            db.execute(
                "UPDATE outbox SET state = 'sending', attempts = attempts + 1, waited = waited + ?"
                " WHERE wish_id = ? AND state IN ('queued', 'held', 'sending')",
                (self._slept(wish_id), wish_id),
            )
            self._forget(wish_id)
            return db.changes() > 0

    def _slept(self, wish_id: str) -> float:
        """Seconds since its last fault. It may never leave at all: a file of it may keep failing on its way."""
        now = self._clock()
        return now - self._slept_from.get(wish_id, now)

    def later(self, wish_id: str, seconds: float, *, fault: bool) -> None:
        """It failed for now; not before `seconds` from now. Faults of the portal are counted, lost connections not."""
        with self._store.write(TOPIC) as db:
            db.execute(
                "UPDATE outbox SET state = 'queued', faults = faults + ?, waited = waited + ?"
                " WHERE wish_id = ? AND state IN ('queued', 'held', 'sending')",
                (int(fault), self._slept(wish_id), wish_id),
            )
            if not db.changes():
                return
            db.execute(
                "UPDATE outbox SET state = 'parked', sentence = iif(attempts > 0, ?, ?) WHERE wish_id = ?"
                " AND state = 'queued' AND faults >= ? AND waited >= ?",
                (_UNCERTAIN_SENTENCE, _PARKED_SENTENCE, wish_id, _FAULTS_TO_PARK, _SECONDS_TO_PARK),
            )
            parked = db.changes() > 0
            self._forget(wish_id)
            now = self._clock()
            self._not_before[wish_id] = now + seconds
            if fault:
                self._slept_from[wish_id] = now
        if parked:
            self._store.announce(*self._topics(wish_id))

    def unsent(self, wish_id: str) -> None:
        """It could not even leave: this try was none, and she may still take it back. The caller says `later`."""
        with self._store.write() as db:
            db.execute("UPDATE outbox SET attempts = attempts - 1 WHERE wish_id = ? AND state = 'sending'", (wish_id,))

    def refused(self, wish_id: str, problem: Refused) -> None:
        """A final no (or, when `stale` or `gone`, a conflict): kept with the portal's sentence."""
        state = WishState.CONFLICT if problem.kind in _MEANWHILE else WishState.REFUSED
        sentence = " ".join([problem.sentence, *(sentence for _, sentence in problem.errors)])
        with self._store.write(TOPIC, *self._topics(wish_id)) as db:
            db.execute(
                "UPDATE outbox SET state = ?, sentence = ? || iif(attempts > 1 AND ? = ?, ?, ''), problem = ?,"
                " version = ? WHERE wish_id = ?",
                (
                    *(state, sentence, problem.kind, ProblemKind.OTHER_WISH, _TAKEN_SENTENCE),
                    *(problem.kind, problem.version, wish_id),
                ),
            )
            self._forget(wish_id)

    def done(self, db: apsw.Connection, wish_id: str) -> None:
        """The portal has carried it out: out it goes, in the transaction that has just applied what it touched. The
        caller rings."""
        self._take_out(db, [wish_id])

    def wake(self) -> None:
        """Wakes whoever sleeps in `sleep`."""
        with self._door:
            self._woken = True
            self._door.notify_all()

    def sleep(self, seconds: float) -> None:
        """Sleeps until `seconds` have passed, a wish was added or is due, or `wake` was called.

        A wish that becomes due ends the sleep once: it does not when `due` has been asked since, so that a sender that
        cannot send (off line, signed out) really sleeps."""
        until = self._clock() + seconds
        for wish_id, state, *_ in self._heads():
            moment = self._not_before.get(wish_id)
            if moment is not None and moment > self._looked and state not in _NEEDS_PERSON:
                until = min(until, moment)
        with self._door:
            self._door.wait_for(lambda: self._woken, max(0.0, until - self._clock()))
            self._woken = False
        self._looked = max(self._looked, self._clock())

    def _topics(self, wish_id: str) -> tuple[str, ...]:
        rows = self._store.query("SELECT topics FROM outbox WHERE wish_id = ?", (wish_id,))
        return tuple(json.loads(rows[0][0])) if rows else ()

    def _forget(self, wish_id: str) -> None:
        self._not_before.pop(wish_id, None)
        self._held.pop(wish_id, None)
        self._slept_from.pop(wish_id, None)


_PARKED_SENTENCE = (
    "L’espace client n’arrive pas à traiter cet envoi, malgré plusieurs essais. Il est gardé ici\u00a0: réessayez, ou "
    "prévenez votre conseiller."
)
_UNCERTAIN_SENTENCE = (
    "L’espace client n’arrive pas à traiter cet envoi, malgré plusieurs essais. Cet envoi est peut-être déjà "
    "arrivé\u00a0: réessayez d’abord."
)
_TAKEN_SENTENCE = " Cet envoi est peut-être déjà arrivé\u00a0: regardez la demande avant de le renvoyer."

_decoder: msgspec.json.Decoder[Wish] = msgspec.json.Decoder(Wish)


def _is_uncertain(state: WishState, attempts: int, problem: str) -> bool:
    """Whether it may have arrived, for all that is known here. A portal that refuses has looked first whether it was
    carried out; when its name is taken although an earlier answer was lost, it may be by itself."""
    if state is WishState.REFUSED:
        return attempts > 1 and problem == ProblemKind.OTHER_WISH
    return attempts > 0 and state is not WishState.CONFLICT


def _hand_down(db: apsw.Connection, lane: str, seq: int, gone: Wish) -> None:
    """A wish that was made behind another rests on what the person saw before that one. When that one goes, it is the
    one to be held to it, unless it was made on other ground or has left."""
    if isinstance(gone, _BASED) and gone.base_version is not None:
        db.execute(
            "UPDATE outbox SET body = json_set(body, '$.base_version', ?) WHERE attempts = 0"
            " AND seq = (SELECT min(seq) FROM outbox WHERE lane = ? AND seq > ?) AND body ->> '$.base_version' IS NULL",
            (gone.base_version, lane, seq),
        )


def _wish(body: object) -> Wish:
    return _decoder.decode(str(body))
