"""Deliberate bugs, each a slip that somebody could make. The machine must find every one of them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

import apsw
import msgspec
from sqlalchemy import delete

from contract.changes import Change, Outcome
from contract.contact import SendMessage
from contract.identity import new_id
from contract.leave import AnnounceReturn, LeaveRecord, ProlongLeave, WithdrawLeave
from contract.wishes import Wish
from desktop.services.contact import Contact
from desktop.services.leave import Leave, reading
from desktop.services.outbox import Due, Outbox
from desktop.services.portal import Portal, Raw
from desktop.services.problems import PortalFault
from desktop.services.records import Kind
from desktop.services.session import Session
from desktop.services.sync import marks
from desktop.services.sync.downward import Downward, Page, slices
from desktop.services.sync.upward import Upward
from portal import changes as portal_changes
from portal import gate
from portal.tables import outcomes

Bug = Callable[[], AbstractContextManager[None]]


@contextmanager
def _swapped(owner: Any, name: str, made: Callable[[Any], Any]) -> Iterator[None]:  # noqa: ANN401 — any class or module
    """While it lasts, `owner.name` is what `made` makes of it."""
    true = getattr(owner, name)
    setattr(owner, name, made(true))
    try:
        yield
    finally:
        setattr(owner, name, true)


CarryOut = Callable[[Portal, str, str, Wish], Outcome[Raw]]


def a_new_key_at_each_try() -> AbstractContextManager[None]:
    def made(true: CarryOut) -> CarryOut:
        return lambda portal, access, _wish_id, wish: true(portal, access, new_id(), wish)

    return _swapped(Portal, "carry_out", made)


def no_base_version() -> AbstractContextManager[None]:
    def made(true: CarryOut) -> CarryOut:
        def carry_out(portal: Portal, access: str, wish_id: str, wish: Wish) -> Outcome[Raw]:
            if isinstance(wish, SendMessage):
                wish = msgspec.structs.replace(wish, base_version=None)
            return true(portal, access, wish_id, wish)

        return carry_out

    return _swapped(Portal, "carry_out", made)


def done_before_the_answer() -> AbstractContextManager[None]:
    def send(self: Upward, due: Due) -> None:
        with self._store.write(*self._outbox.topics) as db:
            self._outbox.done(db, due.wish_id)
        outcome = self._session.call(lambda access: self._portal.carry_out(access, due.wish_id, due.wish))
        with self._store.write(*self._reception.all_topics) as db:
            self._reception.take(db, self._visible(outcome))

    return _swapped(Upward, "_send", lambda _: send)


def dropped_on_5xx() -> AbstractContextManager[None]:
    def fault(self: Upward, due: Due, _fault: PortalFault) -> None:
        with self._store.write(*self._outbox.topics) as db:
            self._outbox.done(db, due.wish_id)

    return _swapped(Upward, "_fault", lambda _: fault)


def an_outcome_taken_though_the_space_is_lost() -> AbstractContextManager[None]:
    def visible(_self: Upward, outcome: Outcome[Raw]) -> Sequence[Change[Raw]]:
        return outcome.touched

    return _swapped(Upward, "_visible", lambda _: visible)


def lanes_ignored() -> AbstractContextManager[None]:
    def heads(self: Outbox) -> list[tuple[Any, ...]]:
        return self._store.query("SELECT wish_id, state, body, attempts, faults FROM outbox ORDER BY seq DESC")

    return _swapped(Outbox, "_heads", lambda _: heads)


def a_wish_taken_back_is_sent_all_the_same() -> AbstractContextManager[None]:
    def take_back(_self: Outbox, wish_id: str, db: apsw.Connection) -> Wish | None:
        rows = db.execute("SELECT body FROM outbox WHERE wish_id = ? AND attempts = 0", (wish_id,)).fetchall()
        return msgspec.json.decode(str(rows[0][0]), type=Wish) if rows else None  # type: ignore[arg-type]

    return _swapped(Outbox, "take_back", lambda _: take_back)


def the_cursor_kept_before_the_page() -> AbstractContextManager[None]:
    def take_pages(self: Downward, pages: Sequence[Page], _asked: dict[str, str | None]) -> set[str]:
        for page in pages:
            with self._store.write() as db:
                marks.keep_cursor(db, page.space_id, page.cursor)
            with self._store.write(*self._reception.all_topics) as db:
                for part in slices([page]):
                    self._take_slice(db, part)
        return {page.space_id for page in pages if page.gone or not page.more}

    return _swapped(Downward, "_take_pages", lambda _: take_pages)


def the_pulse_kept_before_the_pull() -> AbstractContextManager[None]:
    def bring(
        self: Downward,
        on_progress: Callable[[int, int], None],
        stopped: Callable[[], bool],
        between: Callable[[], object],
    ) -> None:
        etag = marks.mark(self._store, marks.PULSE)
        answer = self._session.call(lambda access: self._portal.pulse(access, etag))
        if answer is None:
            return
        pulse, new_etag = answer
        with self._store.write() as db:
            marks.keep_mark(db, marks.PULSE, new_etag)
        if pulse.me or etag is None:
            self._take_me(self._session.call(self._portal.me))
        self._ask_catalogues(again=False)
        self._pull(frozenset(pulse.spaces), on_progress, stopped, between)

    return _swapped(Downward, "bring", lambda _: bring)


def the_purge_forgotten() -> AbstractContextManager[None]:
    return _swapped(Contact, "purge", lambda _: lambda *_, **__: None)


def numbers_not_compared() -> AbstractContextManager[None]:
    return _swapped(Kind, "is_news", lambda _: lambda *_: True)


def tombstones_ignored() -> AbstractContextManager[None]:
    def made(true: Callable[..., None]) -> Callable[..., None]:
        def apply(self: Contact, db: apsw.Connection, told: Sequence[Change[Raw]]) -> None:
            true(self, db, [change for change in told if bytes(change.record) != b"null"])

        return apply

    return _swapped(Contact, "apply", made)


def a_refresh_token_used_before_it_is_kept() -> AbstractContextManager[None]:
    """It stays in memory only: what a client started anew finds is a spent one."""

    def made(true: Callable[[Session], str]) -> Callable[[Session], str]:
        def renew(self: Session) -> str:
            vault, self._vault = self._vault, _Deaf()  # type: ignore[assignment]
            try:
                return true(self)
            finally:
                self._vault = vault

        return renew

    return _swapped(Session, "_renew", made)


class _Deaf:
    """A vault that keeps nothing."""

    def keep_refresh_token(self, token: str) -> None: ...

    def forget_session(self) -> None: ...


def the_portal_forgets_outcomes() -> AbstractContextManager[None]:
    def made(true: Callable[..., Any]) -> Callable[..., Any]:
        def once(tx: Any, themes: Any, person_id: str, wish_id: str, wish: Wish) -> Any:  # noqa: ANN401 — the portal's own
            answer = true(tx, themes, person_id, wish_id, wish)
            tx.db.execute(delete(outcomes).where(outcomes.c.wish_id == wish_id))
            return answer

        return once

    return _swapped(gate, "once", made)


def the_portals_cursor_at_the_head() -> AbstractContextManager[None]:
    """The cursor of a page cut short names the head of the feed, and not the last change of the page."""

    def made(true: Callable[..., bytes]) -> Callable[..., bytes]:
        return lambda *told, more: true(*told, more=False)  # noqa: ARG005 — that is the bug

    return _swapped(portal_changes._Feeds, "_told", made)


# Of leaves


def a_leave_has_a_new_key_at_each_try() -> AbstractContextManager[None]:
    return a_new_key_at_each_try()


def a_leave_is_done_before_the_answer() -> AbstractContextManager[None]:
    return done_before_the_answer()


def the_portal_forgets_what_was_done_to_a_leave() -> AbstractContextManager[None]:
    return the_portal_forgets_outcomes()


def numbers_of_leaves_not_compared() -> AbstractContextManager[None]:
    return numbers_not_compared()


def no_base_version_of_a_leave() -> AbstractContextManager[None]:
    def made(true: CarryOut) -> CarryOut:
        def carry_out(portal: Portal, access: str, wish_id: str, wish: Wish) -> Outcome[Raw]:
            if isinstance(wish, ProlongLeave | AnnounceReturn | WithdrawLeave):
                wish = msgspec.structs.replace(wish, base_version=None)
            return true(portal, access, wish_id, wish)

        return carry_out

    return _swapped(Portal, "carry_out", made)


def leaves_stay_when_the_right_is_lost() -> AbstractContextManager[None]:
    return _swapped(Leave, "purge", lambda _: lambda *_, **__: None)


def what_was_built_on_a_declaration_stays() -> AbstractContextManager[None]:
    return _swapped(Outbox, "take_lane", lambda _: lambda *_, **__: ())


def the_page_passes_over_a_return() -> AbstractContextManager[None]:
    def made(true: Callable[..., Any]) -> Callable[..., Any]:
        def projected(leave: LeaveRecord, live: Sequence[tuple[Wish, Any]], author: str) -> LeaveRecord:
            return true(leave, [each for each in live if not isinstance(each[0], AnnounceReturn)], author)  # type: ignore[no-any-return]

        return projected

    return _swapped(reading, "projected", made)


_OF_LEAVES: Final = (
    a_leave_has_a_new_key_at_each_try,
    a_leave_is_done_before_the_answer,
    the_portal_forgets_what_was_done_to_a_leave,
    numbers_of_leaves_not_compared,
    no_base_version_of_a_leave,
    leaves_stay_when_the_right_is_lost,
    what_was_built_on_a_declaration_stays,
    the_page_passes_over_a_return,
)
OF_LEAVES: Final = frozenset(bug.__name__ for bug in _OF_LEAVES)
"""Those that the machine of leaves finds; the machine of requests finds the others."""

BUGS: Final[dict[str, Bug]] = {
    bug.__name__: bug
    for bug in (
        a_new_key_at_each_try,
        no_base_version,
        done_before_the_answer,
        dropped_on_5xx,
        an_outcome_taken_though_the_space_is_lost,
        lanes_ignored,
        a_wish_taken_back_is_sent_all_the_same,
        the_cursor_kept_before_the_page,
        the_pulse_kept_before_the_pull,
        the_purge_forgotten,
        numbers_not_compared,
        tombstones_ignored,
        a_refresh_token_used_before_it_is_kept,
        the_portal_forgets_outcomes,
        the_portals_cursor_at_the_head,
        *_OF_LEAVES,
    )
}
