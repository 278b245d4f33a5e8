"""The way down, the pauses and the thread, against answers written by hand, and such as no good portal gives."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract import limits
from contract.identity import new_id
from desktop.account import enter, open_services
from desktop.services.files import Shelf
from desktop.services.problems import Remedy
from desktop.services.sync import LinkState, marks
from desktop.services.sync.upward import full_jitter, pause
from tests.services.answers import PERSON, tokens
from tests.services.scripted import (
    SAME,
    A,
    B,
    C,
    Client,
    Notes,
    always,
    catalogue,
    change,
    leave_terms,
    me,
    never,
    outcome,
    page,
    pages,
    pulse,
)
from tests.vaults import FileVault
from tests.weather import Refuse, Say, Weather


@pytest.fixture
def weather() -> Iterator[Weather]:
    with Weather("127.0.0.1", 9) as weather:
        yield weather


@pytest.fixture
def client(tmp_path: Path, weather: Weather) -> Iterator[Client]:
    client = Client(tmp_path, weather)
    yield client
    client.close()


def test_idle_is_one_conditional_request_without_a_body(client: Client, weather: Weather) -> None:
    client.first(A, B)
    assert client.turn(SAME) == 20.0
    (seen,) = weather.seen
    assert (seen.method, seen.path, seen.up, seen.down) == ("GET", "/v1/pulse", 0, 0)
    assert 'if-none-match: "1"' in seen.head.lower()


def test_changes_come_in_two_exchanges_and_the_tag_is_kept_last(client: Client, weather: Weather) -> None:
    client.first(A, B, C)
    client.turn(pulse(A, B), pages(page(A, "a1", change(A, 1)), page(B, "b1", change(B, 1))))
    assert len(client.notes.held(A)) == len(client.notes.held(B)) == 1
    assert marks.feeds(client.store) == {A: "a1", B: "b1", C: f"{C}-0"}
    client.turn(SAME)
    assert 'if-none-match: "2"' in weather.seen[-1].head.lower()


def test_a_feed_left_out_or_with_more_is_asked_again(client: Client) -> None:
    client.first(A, B)
    client.turn(
        pulse(A, B),
        pages(page(A, "a1", change(A, 1), more=True)),
        pages(page(A, "a2", change(A, 2))),
        pages(page(B, "b1", change(B, 1))),
    )
    assert (len(client.notes.held(A)), len(client.notes.held(B))) == (2, 1)


def test_a_pull_cut_short_is_told_of_the_same_spaces_again(client: Client, weather: Weather) -> None:
    client.first(A, B)
    client.turn(pulse(A, B), pages(page(A, "a1", change(A, 1))), Refuse())
    assert client.sync.link.state is LinkState.OFFLINE
    assert marks.feeds(client.store)[A] == "a1"
    client.turn(pulse(A, B), pages(page(A, "a1"), page(B, "b1")))
    assert 'if-none-match: "1"' in weather.seen[-2].head.lower()


def test_a_page_and_its_cursor_are_one_transaction(client: Client) -> None:
    client.first(A)
    client.notes.failing = always
    client.turn(pulse(A), pages(page(A, "a1", change(A, 1))))
    assert client.sync.link.state is LinkState.FAULTY
    assert client.notes.held(A) == []
    assert marks.feeds(client.store) == {A: f"{A}-0"}
    client.notes.failing = never
    client.turn(pulse(A), pages(page(A, "a1", change(A, 1))))
    assert (client.sync.link.state, len(client.notes.held(A))) == (LinkState.ONLINE, 1)


def test_a_bug_is_logged_without_data_and_kills_nothing(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.first(A)
    client.notes.failing = always
    client.turn(pulse(A), pages(page(A, "a1", change(A, 1))))
    problem = client.sync.link.problem
    assert problem is not None
    assert (problem.remedy, problem.detail) == (Remedy.RETRY, "ZeroDivisionError")
    assert "Traceback" in caplog.text
    assert '"text":"x"' not in caplog.text


def test_big_answers_are_applied_in_transactions_of_100(client: Client) -> None:
    client.first(A, B, C)
    seen: list[int] = []
    client.notes.failing = lambda changes: bool(seen.append(len(changes)))
    first, second, third = (
        [change(space, n) for n in range(1, many + 1)] for space, many in ((A, 230), (B, 40), (C, 90))
    )
    rung: list[int] = []
    client.store.listen(lambda topics: rung.append(1) if "notes" in topics else None)
    client.turn(pulse(A, B, C), pages(page(A, "a1", *first), page(B, "b1", *second), page(C, "c1", *third)))
    assert seen == [100, 100, 30, 40, 90]
    assert len(rung) == 4
    assert marks.feeds(client.store) == {A: "a1", B: "b1", C: "c1"}


def test_a_page_cut_short_in_its_midst_is_asked_for_again(client: Client) -> None:
    client.first(A)
    many = [change(A, n) for n in range(1, 251)]
    client.notes.failing = lambda changes: len(changes) == 50
    client.turn(pulse(A), pages(page(A, "a1", *many)))
    assert (len(client.notes.held(A)), marks.feeds(client.store)) == (200, {A: f"{A}-0"})
    client.notes.failing = never
    client.turn(pulse(A), pages(page(A, "a1", *many)))
    assert (len(client.notes.held(A)), marks.feeds(client.store)) == (250, {A: "a1"})


def test_a_reset_cut_short_in_its_midst_begins_anew(client: Client) -> None:
    """What its cursor stood for is gone: asked with it, the portal would tell only what changed since."""
    client.first(A)
    client.turn(pulse(A), pages(page(A, "a1", change(A, 1), change(A, 2))))
    fresh = [change(A, n) for n in range(1, 251)]
    client.notes.failing = lambda changes: len(changes) == 50
    client.turn(pulse(A, tag='"3"'), pages(page(A, "z1", *fresh, reset=True)))
    assert (len(client.notes.held(A)), marks.feeds(client.store)) == (200, {A: None})
    client.notes.failing = never
    client.turn(pulse(A, tag='"3"'), pages(page(A, "z1", *fresh)))
    assert (len(client.notes.held(A)), marks.feeds(client.store)) == (250, {A: "z1"})


def test_a_reset_gives_way_in_the_same_transaction(client: Client) -> None:
    client.first(A)
    client.turn(pulse(A), pages(page(A, "a1", change(A, 1), change(A, 2))))
    client.notes.failing = always
    fresh = change(A, 1)
    client.turn(pulse(A, tag='"3"'), pages(page(A, "z1", fresh, reset=True)))
    assert len(client.notes.held(A)) == 2
    client.notes.failing = never
    client.turn(pulse(A, tag='"3"'), pages(page(A, "z1", fresh, reset=True)))
    assert (client.notes.held(A), client.notes.lost) == ([fresh["id"]], [])


def test_a_space_that_is_gone_is_purged(client: Client) -> None:
    client.first(A, B)
    client.turn(pulse(A, B), pages(page(A, "a1", change(A, 1)), page(B, "b1", change(B, 1))))
    client.turn(pulse(A, tag='"3"'), pages({"space_id": A, "gone": True}))
    assert (client.notes.held(A), len(client.notes.held(B)), client.notes.lost) == ([], 1, [A])
    assert marks.feeds(client.store) == {B: "b1"}


def test_a_space_lost_from_me_is_purged_before_anything_is_pulled(client: Client) -> None:
    client.first(A, B)
    client.turn(pulse(A, B), pages(page(A, "a1", change(A, 1)), page(B, "b1", change(B, 1))))
    client.turn(pulse(me=True, tag='"3"'), me(B), catalogue())
    assert (client.notes.held(A), len(client.notes.held(B))) == ([], 1)


def test_a_space_won_is_read_though_the_pulse_does_not_name_it(client: Client) -> None:
    client.first(A)
    client.turn(pulse(me=True, tag='"3"'), me(A, B), catalogue(), pages(page(B, "b1", change(B, 7))))
    assert len(client.notes.held(B)) == 1


def test_a_space_that_the_pulse_names_and_nobody_knows_is_asked_about(client: Client) -> None:
    client.first(A)
    client.turn(pulse(B), me(A, B), pages(page(B, "b1", change(B, 1))))
    assert len(client.notes.held(B)) == 1


def test_files_that_nobody_names_are_swept_once_all_is_here(tmp_path: Path, weather: Weather) -> None:
    vault = FileVault(tmp_path / "vault")
    vault.keep_refresh_token("r1")
    (tmp_path / "account").mkdir()
    shelf = Shelf(tmp_path / "account" / "shelf.db", vault.keys().database)
    sum_ = shelf.stage_bytes("a.txt", b"orphan").sha256
    shelf.close()
    services = open_services(
        tmp_path / "account", enter(weather.address, vault, lambda: None), PERSON, lambda _: None, 0.0, 20.0
    )
    try:
        weather.fates.extend([tokens(), pulse(A), me(A), catalogue(), leave_terms(), Refuse()])
        services.sync.turn()
        assert services.shelf.holds(sum_), "not all is here"
        weather.fates.extend([pulse(A), me(A), pages(page(A, "a1"))])
        services.sync.nudge()
        services.sync.turn()
        assert services.sync.link.state is LinkState.ONLINE
        assert not services.shelf.holds(sum_)
    finally:
        services.close()


def test_a_wish_made_during_a_long_pull_leaves_before_the_next_page(client: Client, weather: Weather) -> None:
    client.first(A, B)
    wishes = [client.wish]
    client.store.listen(lambda topics: wishes.pop()() if "notes" in topics and wishes else None)
    client.turn(pulse(A, B), pages(page(A, "a1", change(A, 1))), outcome(new_id()), pages(page(B, "b1", change(B, 1))))
    assert [seen.method for seen in weather.seen] == ["GET", "POST", "PUT", "POST"]
    assert client.outbox.waiting() == ()
    assert client.sync.link.state is LinkState.ONLINE


def test_a_page_nobody_asked_for_is_not_taken(client: Client) -> None:
    client.first(A)
    client.turn(pulse(A), pages(page(C, "c1", change(C, 1)), page(A, "a1")))
    assert client.sync.link.state is LinkState.FAULTY
    assert client.notes.held(C) == []


@pytest.mark.parametrize(
    "senseless",
    [
        pages(),
        pages(page(A, f"{A}-0", change(A, 1), more=True)),
        pages(page(A, "a1", more=True)),
        pages({"space_id": A, "more": True}),
        pages(page(A, "c" * (limits.CURSOR_CHARACTERS + 1), change(A, 1))),
    ],
)
def test_pages_that_lead_nowhere_are_a_fault_and_no_endless_loop(client: Client, senseless: Say) -> None:
    client.first(A)
    client.turn(pulse(A), senseless)
    assert client.sync.link.state is LinkState.FAULTY


def test_kinds_of_tomorrow_are_skipped_and_asked_anew_once_they_are_known(client: Client) -> None:
    client.first(A)
    later = change(A, 2, kind="novelty")
    client.turn(pulse(A), pages(page(A, "a2", change(A, 1), later)))
    assert len(client.notes.held(A)) == 1
    client.notes = Notes(client.store, "note", "novelty", "me", "catalogue")
    client.sync = client.new_sync()
    client.turn(pulse(A, me=True), me(A), catalogue(), pages(page(A, "a2", later)))
    assert later["id"] in client.notes.held(A)
    assert "if-none-match" not in client.weather.seen[-4].head.lower()


def test_a_long_synchronisation_shows_how_far_it_is(client: Client) -> None:
    spaces = sorted(new_id() for _ in range(250))
    shown: list[tuple[int, int]] = []
    client.store.listen(lambda _: shown.append(client.sync.link.progress) if client.sync.link.progress else None)
    first, second = spaces[:200], spaces[200:]
    client.turn(
        tokens(), pulse(*spaces, me=True), me(*spaces), catalogue(),
        pages(*(page(space, "1") for space in first)), pages(*(page(space, "1") for space in second)),
    )  # fmt: skip
    assert list(dict.fromkeys(shown)) == [(0, 250), (200, 250)]
    assert LinkState.WORKING in client.links
    assert (client.sync.link.state, client.sync.link.progress) == (LinkState.ONLINE, None)


def test_when_it_was_last_up_to_date_survives_a_restart(client: Client) -> None:
    before = datetime.now(UTC)
    client.first(A)
    last = client.new_sync().link.last
    assert last is not None
    assert before <= last <= datetime.now(UTC)
    assert client.new_sync().link.state is LinkState.STARTING


def test_pauses_grow_to_five_minutes_while_nothing_works(client: Client) -> None:
    client.first(A)
    client.pauses.clear()
    for _ in range(10):
        client.turn(Refuse())
    assert client.pauses == [1.0, 3.0, 7.0, 15.0, 31.0, 63.0, 127.0, 255.0, 299.0, 299.0]
    client.turn(SAME)
    client.pauses.clear()
    client.turn(Refuse())
    assert client.pauses == [1.0]


def test_a_wish_made_off_line_is_tried_soon_but_does_not_hammer(client: Client, weather: Weather) -> None:
    client.first(A)
    for _ in range(8):
        client.turn(Refuse())
    client.sync._not_before += 1000.0
    assert client.sync.turn() > 900.0
    client.wish("l1")
    client.wish("l2")
    assert 0.0 < client.sync.turn() <= 2.0
    assert weather.requests == 0
    client.sync._tried_at -= 2.0
    weather.fates.append(Refuse())
    client.sync.turn()
    assert not weather.fates
    client.sync._not_before += 1000.0
    assert client.sync.turn() > 900.0


def test_the_pause_over_one_wish_is_jittered_doubled_and_respects_the_portal() -> None:
    longest: list[float] = []

    def jitter(most: float) -> float:
        longest.append(most)
        return most

    for attempts in (0, 1, 5, 9, 10, 60):
        pause(attempts, jitter)
    assert longest == [1.0, 2.0, 32.0, 512.0, 900.0, 900.0]
    assert pause(0, lambda _: 0.2, 30.0) == 30.0
    drawn = {full_jitter(10.0) for _ in range(50)}
    assert all(0.0 <= seconds <= 10.0 for seconds in drawn)
    assert len(drawn) > 10


def test_the_thread_carries_a_wish_as_soon_as_it_is_made_and_stops(client: Client, weather: Weather) -> None:
    client.first(A)
    asked, done = threading.Event(), threading.Event()
    weather.interrupt = lambda method, _path: asked.set() if method == "GET" else None
    weather.fates.append(SAME)
    client.outbox.sleep(0.0)
    client.sync.start()
    assert asked.wait(10)
    client.store.listen(lambda topics: done.set() if "outbox" in topics and not client.outbox.waiting() else None)
    weather.fates.extend([outcome(new_id()), SAME])
    client.wish()
    assert done.wait(10)
    thread = client.sync._thread
    client.sync.stop()
    assert thread is not None
    assert not thread.is_alive()


def test_a_bug_of_a_listener_does_not_end_the_thread(
    client: Client, weather: Weather, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("desktop.services.sync.FIRST_PAUSE", 0.01)
    client.first(A)
    stumbled, done = threading.Event(), threading.Event()

    def stumble(topics: frozenset[str]) -> None:
        if "link" in topics:
            silence()
            stumbled.set()
            raise ZeroDivisionError

    silence = client.store.listen(stumble)
    weather.fates.append(Refuse())
    client.sync.start()
    assert stumbled.wait(10)
    client.store.listen(lambda topics: done.set() if "outbox" in topics and not client.outbox.waiting() else None)
    weather.fates.extend([outcome(new_id()), SAME])
    client.wish()
    client.sync.nudge()
    assert done.wait(10)
    client.sync.stop()
    assert "stumbled" in caplog.text


def test_a_portal_that_knows_no_leaves_is_no_fault(tmp_path: Path, weather: Weather) -> None:
    vault = FileVault(tmp_path / "vault")
    vault.keep_refresh_token("r1")
    (tmp_path / "account").mkdir()
    services = open_services(
        tmp_path / "account", enter(weather.address, vault, lambda: None), PERSON, lambda _: None, 0.0, 20.0
    )
    try:
        weather.fates.extend([tokens(), pulse(A), me(A), catalogue(), Say(404), pages(page(A, "a1"))])
        services.sync.turn()
        assert services.sync.link.state is LinkState.ONLINE
        assert services.leaves.motives() == ()
    finally:
        services.close()
