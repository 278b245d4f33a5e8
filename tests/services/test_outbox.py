"""The outbox: nothing dropped, each lane in order, one sender, the person's word at each standstill."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.contact import MarkRead, OpenRequest, SendMessage
from contract.identity import new_id
from contract.wire import ProblemKind
from contract.wishes import Wish
from desktop.services.outbox import Outbox, WishState
from desktop.services.problems import Refused
from desktop.services.store import Store
from desktop.services.sync.upward import pause
from tests.services.conftest import KEY, Clock

REQUEST = "00000000-0000-7000-8000-000000000001"


def message(text: str = "Bonjour", request_id: str = REQUEST, base: int | None = 7) -> SendMessage:
    return SendMessage(request_id=request_id, message_id=new_id(), text=text, base_version=base)


def opening(request_id: str = REQUEST) -> OpenRequest:
    return OpenRequest(request_id, new_id(), new_id(), "autre.autre-question", "Objet")


def put(outbox: Outbox, wish: Wish | None = None, lane: str = "a", *, hold: bool = False) -> str:
    return outbox.add(wish or message(), lane=lane, topics=["contact"], title="Réponse", about="Élan", hold=hold)


def due(outbox: Outbox) -> list[str]:
    return [one.wish_id for one in outbox.due()]


def state(outbox: Outbox, wish_id: str) -> WishState:
    return next(one.state for one in outbox.waiting() if one.wish_id == wish_id)


def finish(store: Store, outbox: Outbox, wish_id: str) -> None:
    with store.write(*outbox.topics) as db:
        outbox.done(db, wish_id)


def back(store: Store, outbox: Outbox, wish_id: str) -> Wish | None:
    with store.write(*outbox.topics) as db:
        return outbox.take_back(wish_id, db)


STALE = Refused("La demande a changé.", kind=ProblemKind.STALE, status=412, version=9)
REFUSED = Refused("Non.", kind=ProblemKind.INVALID, status=422, errors=(("text", "Trop long."),))


def test_a_wish_is_kept_as_it_was_made_and_told(outbox: Outbox, store: Store) -> None:
    heard: list[frozenset[str]] = []
    store.listen(heard.append)
    wish = message("Voilà")
    wish_id = put(outbox, wish)
    assert outbox.wish(wish_id) == wish
    assert heard == [frozenset({"outbox", "contact"})]
    [waiting] = outbox.waiting()
    assert (waiting.wish_id, waiting.state, waiting.title, waiting.about) == (
        wish_id,
        WishState.QUEUED,
        "Réponse",
        "Élan",
    )
    assert (waiting.request_id, waiting.attempts, waiting.behind, waiting.sentence) == (REQUEST, 0, False, "")


def test_the_first_of_each_lane_is_due_and_the_next_only_after_it(outbox: Outbox, store: Store) -> None:
    first, second, other = put(outbox), put(outbox), put(outbox, lane="b")
    assert due(outbox) == [first, other]
    assert outbox.sending(first)
    finish(store, outbox, first)
    assert due(outbox) == [second, other]


def test_a_held_wish_leaves_after_its_seconds(outbox: Outbox, clock: Clock) -> None:
    wish_id = put(outbox, hold=True)
    assert (due(outbox), state(outbox, wish_id), outbox.hold_left(wish_id)) == ([], WishState.HELD, 10.0)
    clock.now += 10
    assert (due(outbox), state(outbox, wish_id), outbox.hold_left(wish_id)) == ([wish_id], WishState.QUEUED, 0.0)


def test_a_held_wish_leaves_at_once_after_a_restart(outbox: Outbox, store: Store) -> None:
    wish_id = put(outbox, hold=True)
    assert due(Outbox(store)) == [wish_id]


def test_a_wish_on_its_way_is_due_again_under_the_same_identifier_after_a_restart(outbox: Outbox, store: Store) -> None:
    wish_id = put(outbox)
    assert outbox.sending(wish_id)
    anew = Outbox(store)
    assert state(anew, wish_id) is WishState.QUEUED
    [again] = anew.due()
    assert (again.wish_id, again.attempts) == (wish_id, 1)


def test_what_has_not_left_can_be_taken_back_and_what_has_cannot(outbox: Outbox, store: Store) -> None:
    wish = message()
    wish_id = put(outbox, wish)
    assert back(store, outbox, wish_id) == wish
    assert outbox.waiting() == ()
    assert not outbox.sending(wish_id)
    tried = put(outbox)
    outbox.sending(tried)
    assert back(store, outbox, tried) is None
    outbox.later(tried, 1.0, fault=False)
    assert back(store, outbox, tried) is None
    assert outbox.wish(tried) is not None


def test_a_wish_that_failed_waits_and_its_lane_with_it(outbox: Outbox, clock: Clock) -> None:
    first, _ = put(outbox), put(outbox)
    outbox.sending(first)
    outbox.later(first, 30.0, fault=True)
    assert due(outbox) == []
    clock.now += 30
    assert due(outbox) == [first]


def test_a_failure_before_it_left_counts_for_the_next_pause(outbox: Outbox, clock: Clock) -> None:
    wish_id = put(outbox)
    for _ in range(3):
        outbox.later(wish_id, 1.0, fault=True)
    clock.now += 1
    assert [one.attempts for one in outbox.due()] == [3]


def fail(outbox: Outbox, clock: Clock, wish_id: str, times: int, seconds: float, *, fault: bool = True) -> None:
    for _ in range(times):
        clock.now += seconds
        assert outbox.sending(wish_id)
        outbox.later(wish_id, seconds, fault=fault)


def test_eight_faults_and_an_hour_slept_park_a_wish_and_only_both(outbox: Outbox, clock: Clock, store: Store) -> None:
    often, long, lost = put(outbox, lane="often"), put(outbox, lane="long"), put(outbox, lane="lost")
    fail(outbox, clock, often, 35, 100.0)
    fail(outbox, clock, long, 7, 600.0)
    fail(outbox, clock, lost, 100, 900.0, fault=False)
    assert {one.state for one in outbox.waiting()} == {WishState.QUEUED}
    heard: list[frozenset[str]] = []
    store.listen(heard.append)
    fail(outbox, clock, long, 1, 1.0)
    assert state(outbox, long) is WishState.PARKED
    assert frozenset({"contact"}) in heard
    behind = put(outbox, lane="long")
    clock.now += 1000
    assert due(outbox) == [often, lost]
    assert [one.behind for one in outbox.waiting() if one.wish_id == behind] == [True]
    told = {one.wish_id: one for one in outbox.waiting()}
    assert (told[long].uncertain, told[behind].uncertain) == (True, False)
    assert told[long].sentence.endswith("Cet envoi est peut-être déjà arrivé\u00a0: réessayez d’abord.")
    outbox.retry(long)
    assert long in due(outbox)
    fail(outbox, clock, long, 7, 20_000.0)
    assert state(outbox, long) is WishState.QUEUED


def test_a_wish_that_fails_is_parked_within_a_morning_and_goes_once_it_is_taken_up(
    outbox: Outbox, clock: Clock, store: Store
) -> None:
    """With the pauses that are made: as many tries as one may well see in the portal's own logs, and no more."""
    wish_id, began, tries = put(outbox), clock.now, 0
    while state(outbox, wish_id) is not WishState.PARKED:
        [one] = outbox.due()
        seconds = pause(one.attempts, lambda longest: longest / 2)
        assert outbox.sending(wish_id)
        outbox.later(wish_id, seconds, fault=True)
        clock.now, tries = clock.now + seconds, tries + 1
    assert 8 <= tries <= 20
    assert 3600 <= clock.now - began <= 2 * 3600
    wish = outbox.wish(wish_id)
    again = Outbox(store, clock=clock)
    assert again.due() == ()
    again.retry(wish_id)
    [one] = again.due()
    assert (one.wish_id, one.wish) == (wish_id, wish)


def test_a_wish_whose_file_keeps_failing_is_parked_too(outbox: Outbox, clock: Clock) -> None:
    """It never leaves: the files go up before it."""
    wish_id = put(outbox)
    for _ in range(7):
        outbox.later(wish_id, 600.0, fault=True)
        clock.now += 600.0
    assert state(outbox, wish_id) is WishState.QUEUED
    outbox.later(wish_id, 900.0, fault=True)
    [parked] = outbox.waiting()
    assert (parked.state, parked.uncertain) == (WishState.PARKED, False)
    assert "peut-être déjà arrivé" not in parked.sentence
    other = put(outbox, lane="b")
    outbox.later(other, 1.0, fault=True)
    for _ in range(9):
        clock.now += 1_000.0
        outbox.later(other, 1.0, fault=False)
    fail(outbox, clock, other, 7, 1.0)
    assert state(outbox, other) is WishState.QUEUED


def test_the_time_of_day_decides_nothing(outbox: Outbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    wish_id = put(outbox, hold=True)
    year = 365 * 86_400 * 10**9
    moments = iter(range(0, 20 * year, year))
    monkeypatch.setattr(time, "time_ns", lambda: next(moments))
    fail(outbox, clock, wish_id, 12, 60.0)
    assert state(outbox, wish_id) is WishState.QUEUED


def test_a_refusal_is_kept_with_its_sentences_and_stops_its_lane(outbox: Outbox) -> None:
    first, second, other = put(outbox), put(outbox), put(outbox, lane="b")
    outbox.sending(first)
    outbox.refused(first, REFUSED)
    told = {one.wish_id: one for one in outbox.waiting()}
    assert (told[first].state, told[first].sentence) == (WishState.REFUSED, "Non. Trop long.")
    assert not told[first].uncertain
    assert told[second].behind
    assert due(outbox) == [other]
    outbox.give_up(first)
    assert due(outbox) == [second, other]


def test_insisting_makes_a_new_wish_in_the_old_ones_place(outbox: Outbox) -> None:
    first, second = put(outbox, message("un")), put(outbox, message("deux"))
    outbox.sending(first)
    outbox.refused(first, STALE)
    assert state(outbox, first) is WishState.CONFLICT
    anew = outbox.insist(first)
    assert anew != first
    assert outbox.wish(first) is None
    wish = outbox.wish(anew)
    assert isinstance(wish, SendMessage)
    assert (wish.text, wish.base_version) == ("un", None)
    assert [one.wish_id for one in outbox.waiting()] == [anew, second]
    assert due(outbox) == [anew]
    assert outbox.insist(second) == second


def test_giving_up_a_request_gives_up_the_replies_that_build_on_it_and_no_others(outbox: Outbox) -> None:
    opened, reply, other = put(outbox, opening()), put(outbox), put(outbox, lane="b")
    outbox.sending(opened)
    outbox.give_up(opened)
    assert len(outbox.waiting()) == 3
    outbox.refused(opened, REFUSED)
    outbox.give_up(opened)
    assert [one.wish_id for one in outbox.waiting()] == [other]
    first, second = put(outbox), put(outbox)
    outbox.give_up(first)
    assert outbox.wish(second) is not None
    assert outbox.wish(reply) is None


def test_a_transaction_of_the_callers_that_fails_leaves_no_wish_and_wakes_nobody(outbox: Outbox, store: Store) -> None:
    def fail_after_adding() -> None:
        with store.write("contact") as db:
            outbox.add(MarkRead(REQUEST, 1), lane="a", topics=["contact"], title="", db=db)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_adding()
    assert outbox.waiting() == ()
    assert not outbox._woken


# Sleeping


def sleeps(outbox: Outbox, seconds: float, meanwhile: Callable[[], object] | None = None) -> float:
    begun = time.monotonic()
    thread = threading.Thread(target=outbox.sleep, args=(seconds,))
    thread.start()
    if meanwhile is not None:
        meanwhile()
    thread.join(60)
    assert not thread.is_alive()
    return time.monotonic() - begun


def test_a_wish_added_wakes_the_sleeper(store: Store) -> None:
    outbox = Outbox(store)
    assert sleeps(outbox, 50, lambda: put(outbox)) < 10
    assert sleeps(outbox, 50, outbox.wake) < 10


def test_a_wake_before_the_sleep_is_not_lost_and_counts_once(store: Store) -> None:
    outbox = Outbox(store)
    outbox.wake()
    assert sleeps(outbox, 50) < 10
    assert sleeps(outbox, 0.2) >= 0.2


def test_the_end_of_a_hold_ends_the_sleep_once(store: Store) -> None:
    outbox = Outbox(store, hold_seconds=0.3)
    wish_id = put(outbox, hold=True)
    outbox.sleep(50)
    assert due(outbox) == []
    assert 0.1 < sleeps(outbox, 50) < 10
    assert due(outbox) == [wish_id]
    assert sleeps(outbox, 0.2) >= 0.2


# Order, whatever happens


class Sender:
    """A sender over one outbox, that meets whatever it is told to meet."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, Clock()
        self.outbox = Outbox(store, clock=self.clock)
        self.made: dict[str, list[str]] = {"0": [], "1": [], "2": []}
        self.sent: list[str] = []
        self.given_up: set[str] = set()

    def step(self, what: str, which: int) -> None:
        self.clock.now += 100
        ready = self.outbox.due()
        if what == "add":
            self.made[str(which)].append(put(self.outbox, lane=str(which), hold=which == 1))
        elif what == "restart":
            self.outbox = Outbox(self.store, clock=self.clock)
        elif ready:
            self.meet(what, ready[which % len(ready)].wish_id)

    def meet(self, what: str, wish_id: str) -> None:
        """« lost » leaves it on its way: nobody knows what became of it."""
        if what == "back":
            if back(self.store, self.outbox, wish_id):
                self.given_up.add(wish_id)
            return
        assert self.outbox.sending(wish_id)
        if what == "send":
            self.sent.append(wish_id)
            finish(self.store, self.outbox, wish_id)
        elif what == "refuse":
            self.outbox.refused(wish_id, REFUSED)
            self.outbox.give_up(wish_id)
            self.given_up.add(wish_id)
        elif what == "fail":
            self.outbox.later(wish_id, 50, fault=True)


STEPS = st.tuples(
    st.sampled_from(["add", "send", "fail", "lose", "refuse", "back", "restart"]), st.integers(min_value=0, max_value=2)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS))
def test_each_lane_is_sent_in_the_order_it_was_made_and_each_wish_once(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.db", KEY)
        sender = Sender(store)
        for what, which in [*steps, *[("send", 0)] * (3 * len(steps))]:
            sender.step(what, which)
        left = sender.outbox.waiting()
        store.close()
        assert left == ()
        for lane in sender.made.values():
            sent = [wish_id for wish_id in sender.sent if wish_id in lane]
            assert sent == [wish_id for wish_id in lane if wish_id not in sender.given_up]
