"""The way up and the way down against answers written by hand: what the reference portal never says, and each state."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import apsw
import msgspec
import pytest

from contract import limits
from contract.changes import Change
from contract.contact import MarkRead, NewAttachment, SendMessage
from contract.identity import new_id
from contract.portfolio import Me, SpaceRecord
from contract.wishes import Wish
from desktop.services.outbox import Outbox, WishState
from desktop.services.portal import Portal, Raw
from desktop.services.problems import Remedy
from desktop.services.session import Session
from desktop.services.store import Store
from desktop.services.sync import LinkState, Sync, marks
from desktop.services.sync.upward import full_jitter, pause
from tests.services.test_portal import json, no
from tests.services.test_session import PERSON, tokens
from tests.vaults import FileVault
from tests.weather import Fate, Refuse, Say, Weather

A, B, C = sorted(new_id() for _ in range(3))


def _never(_changes: Sequence[Change[Raw]]) -> bool:
    return False


def _always(_changes: Sequence[Change[Raw]]) -> bool:
    return True


class Notes:
    """A subject of one table, as plain as can be."""

    topic = "notes"

    def __init__(self, store: Store, *kinds: str) -> None:
        self.kinds = frozenset(kinds or ("note", "me", "catalogue"))
        self.failing: Callable[[Sequence[Change[Raw]]], bool] = _never
        self._store = store
        with store.write() as db:
            db.execute("CREATE TABLE IF NOT EXISTS notes (id TEXT PRIMARY KEY, space TEXT, number INT, record TEXT)")

    def apply(self, db: apsw.Connection, changes: Sequence[Change[Raw]]) -> None:
        for change in changes:
            record = msgspec.json.decode(change.record)
            space = record.get("space_id") if record else None
            row = (change.id, space, change.number, bytes(change.record).decode())
            db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?)", row)
        if self.failing(changes):
            raise ZeroDivisionError("canary-of-a-bug")

    def purge(self, db: apsw.Connection, space_id: str) -> None:
        db.execute("DELETE FROM notes WHERE space = ?", (space_id,))

    def held(self, space_id: str) -> list[str]:
        return [row[0] for row in self._store.query("SELECT id FROM notes WHERE space = ? ORDER BY id", (space_id,))]


class Client:
    """The machinery, a subject of notes, and a portal that says what it is told to."""

    def __init__(self, folder: Path, weather: Weather) -> None:
        self.weather = weather
        self.vault = FileVault(folder / "vault")
        self.store = Store(folder / "store", self.vault.keys().database)
        self.outbox = Outbox(self.store, 0.0)
        self.portal = Portal(weather.address)
        self.session = Session(self.portal, self.vault, lambda: None)
        self.notes = Notes(self.store)
        self.files: dict[str, bytes] = {}
        self.pauses: list[float] = []
        self.links: list[LinkState] = []
        self.sync = self.new_sync()
        self.store.listen(lambda topics: self.links.append(self.sync.link.state) if "link" in topics else None)
        self.vault.keep_refresh_token("r1")

    def new_sync(self) -> Sync:
        return Sync(
            self.store, self.outbox, self.portal, self.session, [self.notes], self.files.get, jitter=self._jitter
        )

    def _jitter(self, longest: float) -> float:
        self.pauses.append(longest)
        return 0.0

    def turn(self, *fates: Fate) -> float:
        """One turn, whose requests meet these fates, exactly."""
        self.weather.fates.extend(fates)
        self.sync.nudge()
        seconds = self.sync.turn()
        assert not self.weather.fates, self.weather.fates
        return seconds

    def first(self, *spaces: str) -> None:
        """Signed in and synchronised over these spaces, without a change in any."""
        pages = [{"space_id": space, "cursor": f"{space}-0"} for space in spaces]
        pull = [json({"pages": pages})] if pages else []
        self.turn(tokens(), pulse(*spaces, me=True, tag='"1"'), me(*spaces), catalogue(), *pull)
        assert self.sync.link.state is LinkState.ONLINE
        self.weather.forget()

    def wish(self, lane: str = "l", wish: Wish | None = None) -> str:
        return self.outbox.add(wish or MarkRead(new_id(), 1), lane=lane, topics=["notes"], title="Lu")

    def state(self, wish_id: str) -> WishState | None:
        return {waiting.wish_id: waiting.state for waiting in self.outbox.waiting()}.get(wish_id)

    def close(self) -> None:
        self.portal.close()
        self.store.close()


def me(*spaces: str, person: str = PERSON) -> Say:
    records = tuple(SpaceRecord(space, new_id(), "1", "2", "", ("contact",)) for space in spaces)
    return json(msgspec.to_builtins(Me(person, "Mme", "Ana", "Petit", "ana@exemple.fr", (), records, ())))


def catalogue() -> Say:
    return json({"themes": []}, 200, ("ETag", '"c1"'))


def pulse(*spaces: str, me: bool = False, tag: str = '"2"') -> Say:
    return json({"me": me, "spaces": spaces}, 200, ("ETag", tag))


def change(space: str, number: int, kind: str = "note", key: str | None = None) -> dict[str, object]:
    key = key or new_id()
    return {"number": number, "kind": kind, "id": key, "record": {"kind": kind, "space_id": space, "text": "x"}}


def page(space: str, cursor: str, *changes: dict[str, object], **more: object) -> dict[str, object]:
    return {"space_id": space, "cursor": cursor, "changes": changes, **more}


def pages(*all_pages: dict[str, object]) -> Say:
    return json({"pages": all_pages})


def outcome(wish_id: str, *touched: dict[str, object]) -> Say:
    return json({"wish_id": wish_id, "at": "2026-11-24T10:00:00Z", "touched": touched})


SAME = Say(304)


@pytest.fixture
def weather() -> Iterator[Weather]:
    with Weather("127.0.0.1", 9) as weather:
        yield weather


@pytest.fixture
def client(tmp_path: Path, weather: Weather) -> Iterator[Client]:
    client = Client(tmp_path, weather)
    yield client
    client.close()


# Down


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
    client.notes.failing = _always
    client.turn(pulse(A), pages(page(A, "a1", change(A, 1))))
    assert client.sync.link.state is LinkState.FAULTY
    assert client.notes.held(A) == []
    assert marks.feeds(client.store) == {A: f"{A}-0"}
    client.notes.failing = _never
    client.turn(pulse(A), pages(page(A, "a1", change(A, 1))))
    assert (client.sync.link.state, len(client.notes.held(A))) == (LinkState.ONLINE, 1)


def test_a_bug_is_logged_without_data_and_kills_nothing(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.first(A)
    client.notes.failing = _always
    client.turn(pulse(A), pages(page(A, "a1", change(A, 1))))
    problem = client.sync.link.problem
    assert problem is not None
    assert (problem.remedy, problem.detail) == (Remedy.RETRY, "ZeroDivisionError")
    assert "Traceback" in caplog.text
    assert '"text":"x"' not in caplog.text


def test_big_answers_are_applied_in_transactions_of_500(client: Client) -> None:
    client.first(A, B)
    seen: list[int] = []
    client.notes.failing = lambda changes: bool(seen.append(len(changes)))
    first, second = ([change(space, n) for n in range(1, 301)] for space in (A, B))
    rung: list[int] = []
    client.store.listen(lambda topics: rung.append(1) if "notes" in topics else None)
    client.turn(pulse(A, B), pages(page(A, "a1", *first), page(B, "b1", *second)))
    assert seen == [300, 300]
    assert len(rung) == 2
    assert limits.CHANGES_PER_PAGE == 500


def test_a_reset_gives_way_in_the_same_transaction(client: Client) -> None:
    client.first(A)
    client.turn(pulse(A), pages(page(A, "a1", change(A, 1), change(A, 2))))
    client.notes.failing = _always
    fresh = change(A, 1)
    client.turn(pulse(A, tag='"3"'), pages(page(A, "z1", fresh, reset=True)))
    assert len(client.notes.held(A)) == 2
    client.notes.failing = _never
    client.turn(pulse(A, tag='"3"'), pages(page(A, "z1", fresh, reset=True)))
    assert client.notes.held(A) == [fresh["id"]]


def test_a_space_that_is_gone_is_purged(client: Client) -> None:
    client.first(A, B)
    client.turn(pulse(A, B), pages(page(A, "a1", change(A, 1)), page(B, "b1", change(B, 1))))
    client.turn(pulse(A, tag='"3"'), pages({"space_id": A, "gone": True}))
    assert (client.notes.held(A), len(client.notes.held(B))) == ([], 1)
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


def test_a_page_nobody_asked_for_is_not_taken(client: Client) -> None:
    client.first(A)
    client.turn(pulse(A), pages(page(C, "c1", change(C, 1)), page(A, "a1")))
    assert client.sync.link.state is LinkState.FAULTY
    assert client.notes.held(C) == []


@pytest.mark.parametrize(
    "senseless", [pages(), pages(page(A, f"{A}-0", more=True)), pages({"space_id": A, "more": True})]
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


# Up


def test_an_outcome_and_the_end_of_its_wish_are_one_transaction(client: Client) -> None:
    client.first(A)
    wish_id = client.wish()
    touched = change(A, 4)
    client.notes.failing = _always
    client.turn(outcome(wish_id, touched), SAME)
    assert client.state(wish_id) is WishState.QUEUED
    assert client.notes.held(A) == []
    assert client.sync.link.state is LinkState.FAULTY
    client.notes.failing = _never
    client.turn(outcome(wish_id, touched), SAME)
    assert client.state(wish_id) is None
    assert client.notes.held(A) == [touched["id"]]


def test_an_outcome_of_a_space_lost_since_leaves_nothing_behind(client: Client) -> None:
    client.first(A)
    wish_id = client.wish()
    client.turn(outcome(wish_id, change(C, 4)), SAME)
    assert client.state(wish_id) is None
    assert client.notes.held(C) == []


def test_a_lost_answer_is_asked_for_again_under_the_same_name(client: Client, weather: Weather) -> None:
    client.first(A)
    wish_id = client.wish()
    client.turn(Refuse())
    assert client.sync.link.state is LinkState.OFFLINE
    client.turn(outcome(wish_id), SAME)
    assert [seen.path for seen in weather.seen if seen.method == "PUT"] == [f"/v1/wishes/{wish_id}"]
    assert client.state(wish_id) is None


def test_a_lost_connection_pauses_all_and_counts_as_nobodys_fault(client: Client, weather: Weather) -> None:
    client.first(A)
    one, two = client.wish("l1"), client.wish("l2")
    for _ in range(20):
        client.turn(Refuse())
    assert {client.state(one), client.state(two)} == {WishState.QUEUED}
    assert client.store.query("SELECT sum(faults) FROM outbox") == [(0,)]
    client.turn(outcome(one), outcome(two), SAME)
    assert client.outbox.waiting() == ()


def test_a_fault_over_one_wish_lets_other_lanes_go_on_and_its_own_wait(client: Client, weather: Weather) -> None:
    client.first(A)
    one, behind, other = client.wish("l1"), client.wish("l1"), client.wish("l2")
    client.turn(Say(500), outcome(other), SAME)
    assert (client.state(one), client.state(behind), client.state(other)) == (WishState.QUEUED, WishState.QUEUED, None)
    assert client.store.query("SELECT faults FROM outbox ORDER BY seq") == [(1,), (0,)]
    weather.forget()
    client.turn(outcome(one), outcome(behind), SAME)
    assert [seen.path.rpartition("/")[2] for seen in weather.seen[:2]] == [one, behind]


def test_a_busy_portal_is_left_alone_for_as_long_as_it_says(client: Client, weather: Weather) -> None:
    client.first(A)
    one, other = client.wish("l1"), client.wish("l2")
    assert client.turn(Say(503, (("Retry-After", "90"),))) == 90.0
    assert (client.state(one), client.state(other)) == (WishState.QUEUED, WishState.QUEUED)
    assert 80.0 < client.sync.turn() <= 90.0
    assert weather.requests == 1


def test_a_wish_being_carried_out_is_asked_for_again_and_is_no_fault(client: Client) -> None:
    client.first(A)
    wish_id = client.wish()
    client.turn(no("busy", 409, ("Retry-After", "0")), SAME)
    assert client.store.query("SELECT faults FROM outbox") == [(0,)]
    client.turn(outcome(wish_id), SAME)
    assert client.state(wish_id) is None


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (no("stale", 412, version=9), WishState.CONFLICT),
        (no("invalid", 422), WishState.REFUSED),
        (no("rights", 403), WishState.REFUSED),
        (no("unknown", 404), WishState.REFUSED),
        (no("of-tomorrow", 418), WishState.REFUSED),
    ],
)
def test_a_final_no_is_kept_with_its_wish(client: Client, said: Say, state: WishState) -> None:
    client.first(A)
    wish_id = client.wish()
    client.turn(said, SAME)
    (waiting,) = client.outbox.waiting()
    assert (waiting.wish_id, waiting.state, waiting.sentence) == (wish_id, state, "Non.")
    client.turn(SAME)


def test_a_4xx_of_a_machine_in_between_is_not_final(client: Client) -> None:
    client.first(A)
    wish_id = client.wish()
    client.turn(Say(403, (), b"<h1>Blocked by your company</h1>"), SAME)
    assert client.state(wish_id) is WishState.QUEUED


def test_an_expired_token_costs_one_refresh(client: Client, weather: Weather) -> None:
    client.first(A)
    one, two = client.wish("l1"), client.wish("l2")
    client.turn(no("sign-in", 401), tokens("a2"), outcome(one), outcome(two), SAME)
    assert client.outbox.waiting() == ()
    assert [seen.path for seen in weather.seen].count("/v1/refresh") == 1


def test_a_session_that_is_over_keeps_every_wish(client: Client, weather: Weather) -> None:
    client.first(A)
    wish_id = client.wish()
    client.turn(no("sign-in-again", 401))
    assert client.sync.link.state is LinkState.SIGN_IN_NEEDED
    assert client.state(wish_id) is not None
    weather.forget()
    client.turn()
    weather.fates.append(tokens("b1", "s1"))
    client.session.sign_in("ana@exemple.fr", "x")
    client.turn(outcome(wish_id), SAME)
    assert client.state(wish_id) is None


def test_another_person_sends_nothing_and_reads_nothing(client: Client, weather: Weather) -> None:
    client.first(A)
    wish_id = client.wish()
    other = json({"person_id": new_id(), "access": "b1", "access_seconds": 600, "refresh": "s1"})
    weather.fates.append(other)
    client.session.sign_in("luc@exemple.fr", "x")
    weather.forget()
    client.turn()
    assert (client.sync.link.state, weather.requests) == (LinkState.SIGN_IN_NEEDED, 0)
    assert client.state(wish_id) is WishState.QUEUED


def test_files_go_up_before_their_wish(client: Client, weather: Weather) -> None:
    client.first(A)
    content = b"%PDF-1.7 " + b"x" * limits.UPLOAD_CHUNK
    sha = "0" * 64
    client.files[sha] = content
    file = NewAttachment(new_id(), "a.pdf", len(content), sha)
    wish_id = client.wish(wish=SendMessage(new_id(), new_id(), "Voici", (file,)))
    rest = len(content) - limits.UPLOAD_CHUNK
    moved = Say(204, (("Upload-Offset", str(limits.UPLOAD_CHUNK)),))
    client.turn(Say(404), moved, Say(204, (("Upload-Offset", str(len(content))),)), outcome(wish_id), SAME)
    assert [seen.method for seen in weather.seen] == ["HEAD", "PATCH", "PATCH", "PUT", "GET"]
    assert f"content-length: {rest}\r\n" in weather.seen[2].head.lower()
    assert f"upload-offset: {limits.UPLOAD_CHUNK}\r\n" in weather.seen[2].head.lower()
    assert client.state(wish_id) is None


def test_a_file_that_is_no_longer_here_is_a_refusal_to_edit(client: Client) -> None:
    client.first(A)
    file = NewAttachment(new_id(), "certificat.pdf", 5, "1" * 64)
    client.wish(wish=SendMessage(new_id(), new_id(), "Voici", (file,)))
    client.turn(SAME)
    (waiting,) = client.outbox.waiting()
    assert waiting.state is WishState.REFUSED
    assert "certificat.pdf" in waiting.sentence


def test_a_wish_taken_back_while_its_file_goes_up_is_not_sent(client: Client, weather: Weather) -> None:
    client.first(A)
    sha = "2" * 64
    client.files[sha] = b"x" * (2 * limits.UPLOAD_CHUNK)
    file = NewAttachment(new_id(), "a.txt", 2 * limits.UPLOAD_CHUNK, sha)
    wish_id = client.wish(wish=SendMessage(new_id(), new_id(), "Voici", (file,)))

    def take_back(method: str, _path: str) -> None:
        if method == "PATCH":
            assert client.outbox.take_back(wish_id) is not None

    weather.interrupt = take_back
    client.turn(Say(404), Say(204, (("Upload-Offset", str(limits.UPLOAD_CHUNK)),)), SAME)
    assert [seen.method for seen in weather.seen] == ["HEAD", "PATCH", "GET"]


# Pauses


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
