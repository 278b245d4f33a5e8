"""The way up against answers written by hand: what becomes of a wish after each thing that a portal can say."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract import limits
from contract.contact import NewAttachment, SendMessage
from contract.identity import new_id
from desktop.services.outbox import WishState
from desktop.services.portal import Portal
from desktop.services.sync import LinkState
from tests.services.answers import json, no, tokens
from tests.services.scripted import SAME, A, C, Client, always, change, never, outcome
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


def test_an_outcome_and_the_end_of_its_wish_are_one_transaction(client: Client) -> None:
    client.first(A)
    wish_id = client.wish()
    touched = change(A, 4)
    client.notes.failing = always
    client.turn(outcome(wish_id, touched), SAME)
    assert client.state(wish_id) is WishState.QUEUED
    assert client.notes.held(A) == []
    assert client.sync.link.state is LinkState.FAULTY
    client.notes.failing = never
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


def test_a_wish_that_could_not_leave_may_still_be_taken_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Off line for a while, with a session that is still good: what has left nowhere is not uncertain."""
    client.first(A)
    wish_id = client.wish()
    nowhere = Portal("http://127.0.0.1:1")
    monkeypatch.setattr(client.portal, "carry_out", nowhere.carry_out)
    for _ in range(2):
        client.turn()
        assert client.sync.link.state is LinkState.OFFLINE
        (waiting,) = client.outbox.waiting()
        assert (waiting.state, waiting.attempts, waiting.uncertain) == (WishState.QUEUED, 0, False)
    monkeypatch.undo()
    client.turn(Refuse())  # cut after it was said: it may have arrived
    (waiting,) = client.outbox.waiting()
    assert (waiting.attempts, waiting.uncertain) == (1, True)
    monkeypatch.setattr(client.portal, "carry_out", nowhere.carry_out)
    client.turn()
    assert client.outbox.waiting() == (waiting,), "an earlier try has left"
    nowhere.close()
    with client.store.write() as db:
        assert client.outbox.take_back(wish_id, db) is None


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
        (no("gone", 410), WishState.CONFLICT),
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


def test_an_upload_follows_the_portal_to_another_offset(client: Client, weather: Weather) -> None:
    client.first(A)
    sha, size = "3" * 64, limits.UPLOAD_CHUNK + 10
    client.files[sha] = b"x" * size
    wish_id = client.wish(wish=SendMessage(new_id(), new_id(), "", (NewAttachment(new_id(), "a.txt", size, sha),)))
    elsewhere = no("offset", 409, ("Upload-Offset", str(size - 4)))
    client.turn(Say(404), elsewhere, Say(204, (("Upload-Offset", str(size)),)), outcome(wish_id), SAME)
    assert [seen.method for seen in weather.seen] == ["HEAD", "PATCH", "PATCH", "PUT", "GET"]
    assert f"upload-offset: {size - 4}\r\n" in weather.seen[2].head.lower()
    assert client.state(wish_id) is None


@pytest.mark.parametrize("said", [Say(204, (("Upload-Offset", "0"),)), no("offset", 409)])
def test_an_upload_that_does_not_move_is_left_for_later(client: Client, said: Say) -> None:
    client.first(A)
    sha = "4" * 64
    client.files[sha] = b"x" * 10
    wish_id = client.wish(wish=SendMessage(new_id(), new_id(), "", (NewAttachment(new_id(), "a.txt", 10, sha),)))
    client.turn(Say(404), said, SAME)
    assert client.state(wish_id) is not None


def test_a_file_that_is_no_longer_here_is_a_refusal_to_edit(client: Client) -> None:
    client.first(A)
    file = NewAttachment(new_id(), "certificat.pdf", 5, "1" * 64)
    client.wish(wish=SendMessage(new_id(), new_id(), "Voici", (file,)))
    client.turn(SAME)
    (waiting,) = client.outbox.waiting()
    assert waiting.state is WishState.REFUSED
    assert "certificat.pdf" in waiting.sentence


GONE = "1" * 64
GONE_MESSAGE = SendMessage(new_id(), new_id(), "Voici", (NewAttachment(new_id(), "certificat.pdf", 5, GONE),))


def sent_without_an_answer(client: Client) -> str:
    """A wish whose answer was lost, and whose file is lost here since."""
    client.files[GONE] = b"%PDF-"
    wish_id = client.wish(wish=GONE_MESSAGE)
    client.turn(Say(204, (("Upload-Offset", "5"),)), Say(204, (("Upload-Offset", "5"),)), Refuse())
    client.files.clear()
    return wish_id


def test_a_wish_that_may_have_arrived_is_asked_for_though_its_file_is_gone(client: Client) -> None:
    client.first(A)
    wish_id = sent_without_an_answer(client)
    (waiting,) = client.outbox.waiting()
    assert waiting.uncertain
    client.turn(outcome(wish_id), SAME)
    assert client.outbox.waiting() == ()


@pytest.mark.parametrize(
    ("said", "sentence"), [(no("file-missing", 422), "certificat.pdf"), (no("rights", 403), "Non.")]
)
def test_it_is_refused_for_its_file_once_the_portal_says_that_it_has_not_arrived(
    client: Client, said: Say, sentence: str
) -> None:
    client.first(A)
    sent_without_an_answer(client)
    client.turn(Refuse())
    (waiting,) = client.outbox.waiting()
    assert (waiting.state, waiting.uncertain) == (WishState.QUEUED, True)
    client.turn(said, SAME)
    (waiting,) = client.outbox.waiting()
    assert (waiting.state, waiting.uncertain) == (WishState.REFUSED, False)
    assert sentence in waiting.sentence


def test_a_file_refused_at_the_second_time_leaves_the_last_word_to_the_wish(client: Client) -> None:
    client.first(A)
    wish_id = sent_without_an_answer(client)
    client.files[GONE] = b"%PDF-"
    client.turn(Say(404), no("too-large", 413), outcome(wish_id), SAME)
    assert client.outbox.waiting() == ()


def test_a_name_taken_after_a_lost_answer_is_told_as_perhaps_arrived(client: Client) -> None:
    client.first(A)
    client.wish()
    client.turn(no("other-wish", 422), SAME)
    (waiting,) = client.outbox.waiting()
    assert (waiting.state, waiting.uncertain, waiting.sentence) == (WishState.REFUSED, False, "Non.")
    client.outbox.give_up(waiting.wish_id)
    client.wish()
    client.turn(Refuse())
    client.turn(no("other-wish", 422), SAME)
    (waiting,) = client.outbox.waiting()
    assert (waiting.state, waiting.uncertain) == (WishState.REFUSED, True)
    assert "peut-être déjà arrivé" in waiting.sentence


def test_a_wish_taken_back_while_its_file_goes_up_is_not_sent(client: Client, weather: Weather) -> None:
    client.first(A)
    sha = "2" * 64
    client.files[sha] = b"x" * (2 * limits.UPLOAD_CHUNK)
    file = NewAttachment(new_id(), "a.txt", 2 * limits.UPLOAD_CHUNK, sha)
    wish_id = client.wish(wish=SendMessage(new_id(), new_id(), "Voici", (file,)))

    def take_back(method: str, _path: str) -> None:
        if method == "PATCH":
            with client.store.write(*client.outbox.topics) as db:
                assert client.outbox.take_back(wish_id, db) is not None

    weather.interrupt = take_back
    client.turn(Say(404), Say(204, (("Upload-Offset", str(limits.UPLOAD_CHUNK)),)), SAME)
    assert [seen.method for seen in weather.seen] == ["HEAD", "PATCH", "GET"]
