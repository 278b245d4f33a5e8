"""The gate: a wish is carried out once, and its outcome answered to every repetition."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select, text

from contract import limits, paths
from contract.identity import new_id
from portal import people, retention
from portal.contact import rules
from portal.database import SYSTEM, Database
from portal.files import Folder
from portal.tables import messages, outcomes
from tests.portal.world import PDF, Clock, Person, World, make_world, open_client, settings_for

SignIn = Callable[[str], Person]


def count(world: World, table: Table) -> int:
    with world.database.read() as db:
        return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_same_wish_twice_is_one_effect(clerk: Person, world: World, clock: Clock) -> None:
    wish_id, body = new_id(), clerk.ask()
    first = clerk.wish(body, wish_id)
    assert "idempotent-replayed" not in first.headers
    clock.forward(minutes=5)
    second = clerk.wish(body, wish_id)
    assert second.headers["idempotent-replayed"] == "true"
    assert (second.status_code, second.content) == (first.status_code, first.content)
    spaced = clerk.client.put(paths.wish(wish_id), content=json.dumps(body, indent=3), headers=clerk.headers)
    assert spaced.content == first.content, "the order and spaces of JSON are not the wish"
    assert count(world, messages) == 1


def test_another_wish_under_the_same_identifier_is_refused(clerk: Person, world: World) -> None:
    wish_id, body = new_id(), clerk.ask()
    assert clerk.wish(body, wish_id).status_code == 200
    other = clerk.wish(body | {"text": "Autre chose."}, wish_id)
    assert (other.status_code, other.json()["type"]) == (422, "urn:volet:problem:other-wish")
    assert clerk.wish(body, wish_id).status_code == 200
    assert count(world, messages) == 1


def test_identifiers_belong_to_their_person(clerk: Person, sign_in: SignIn) -> None:
    wish_id, other = new_id(), sign_in("contact")
    assert clerk.wish(clerk.ask(), wish_id).status_code == 200
    theirs = other.wish(other.ask(), wish_id)
    assert theirs.status_code == 200
    assert "idempotent-replayed" not in theirs.headers


def test_a_final_no_is_kept(clerk: Person, world: World) -> None:
    wish_id, body = new_id(), clerk.ask(text="", topic="autre.autre-question")
    refused = clerk.wish(body, wish_id)
    assert refused.status_code == 422
    again = clerk.wish(body, wish_id)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["content-type"] == "application/problem+json"
    assert again.content == refused.content
    assert count(world, messages) == 0


def test_a_stale_no_is_kept_even_when_the_ground_moves_back(clerk: Person, world: World) -> None:
    request_id = clerk.opened()
    wish_id, body = new_id(), clerk.writes(request_id, base_version=1)
    assert clerk.wish(body, wish_id).status_code == 412
    assert clerk.wish(body, wish_id).headers["idempotent-replayed"] == "true"


def test_a_refusal_leaves_no_effect_behind(clerk: Person, world: World) -> None:
    """The awaited document is marked before the message is refused for its identifier: the mark is undone."""
    request_id = clerk.opened()
    with world.database.write() as tx:
        rules.ask_document(tx, world.answering, request_id, "Il manque :", ["Avis"])
    page = clerk.pull((world.own, None))[0]
    request = next(c["record"] for c in page["changes"] if c["kind"] == "request")
    taken = next(c["id"] for c in page["changes"] if c["kind"] == "message")
    answers = [request["awaited"][0]["awaited_id"]]
    body = clerk.writes(request_id, answers=answers, attachments=[clerk.attachment()])
    assert clerk.wish(body | {"message_id": taken}).status_code == 422
    after = clerk.pull((world.own, page["cursor"]))[0]
    assert after["changes"] == []
    assert clerk.wish(body).status_code == 200


def test_not_now_is_not_kept(clerk: Person, world: World) -> None:
    wish_id = new_id()
    file = {"attachment_id": new_id(), "name": "avis.pdf", "size": len(PDF), "sha256": ""}
    import hashlib

    file["sha256"] = hashlib.sha256(PDF).hexdigest()
    body = clerk.ask(attachments=[file])
    assert clerk.wish(body, wish_id).json()["type"] == "urn:volet:problem:file-missing"
    clerk.send_file(PDF)
    arrived = clerk.wish(body, wish_id)
    assert arrived.status_code == 200
    assert "idempotent-replayed" not in arrived.headers


def test_a_suspended_person_is_not_answered_even_what_she_did(sign_in: SignIn, world: World) -> None:
    contact = sign_in("contact")
    wish_id, body = new_id(), contact.ask()
    assert contact.wish(body, wish_id).status_code == 200
    with world.database.write() as tx:
        people.suspend(tx, SYSTEM, contact.person_id)
    assert contact.wish(body, wish_id).status_code == 401
    assert count(world, outcomes) == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{", 400, None),
        (b'{"wish":"destroy"}', 422, "wish"),
        (b'{"wish":"mark_read","request_id":"x","through":1}', 422, "request_id"),
        (b'{"wish":"mark_read","request_id":"01a20cde-3ed0-7706-bfb6-66f6375e3682","through":true}', 422, "through"),
        (b'{"wish":"mark_read","request_id":"01a20cde-3ed0-7706-bfb6-66f6375e3682","through":1,"more":1}', 422, ""),
        (b"[" * 100_000, 422, None),
    ],
)
def test_a_body_is_a_wish_and_nothing_else(clerk: Person, body: bytes, status: int, field: str | None) -> None:
    answer = clerk.client.put(paths.wish(new_id()), content=body, headers=clerk.headers)
    assert (answer.status_code, answer.json()["type"]) == (status, "urn:volet:problem:invalid")
    assert field is None or answer.json()["errors"][0]["field"] == field


def test_a_body_too_large_is_refused(clerk: Person) -> None:
    answer = clerk.client.put(paths.wish(new_id()), content=b"x" * (limits.WISH_BYTES + 1), headers=clerk.headers)
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:volet:problem:too-large")


def test_outcomes_are_kept_four_hundred_days(clerk: Person, world: World, clock: Clock) -> None:
    assert clerk.wish(clerk.ask()).status_code == 200
    folder = Folder(world.settings.files)
    for days, left in ((399, 1), (401, 0)):
        retention.purge(world.database, world.settings, folder, clock.moment + timedelta(days=days))
        assert count(world, outcomes) == left


# Two processes at once


def two_portals(url: str, tmp_path: Path) -> tuple[World, Clock]:
    clock = Clock()
    return make_world(settings_for(url, tmp_path / "files", clock), clock), clock


@pytest.mark.postgresql
def test_the_same_wish_in_two_processes_is_busy_then_replayed(postgresql_url: str, tmp_path: Path) -> None:
    world, _ = two_portals(postgresql_url, tmp_path)
    with open_client(world.settings) as client:
        clerk = Person(client, world, "all")
        wish_id, body = new_id(), clerk.ask()
        with world.database.write() as tx:  # the other process, in the middle of this very wish
            lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
            tx.db.execute(lock, {"name": clerk.person_id + wish_id})
            busy = clerk.wish(body, wish_id)
        assert (busy.status_code, busy.json()["type"]) == (409, "urn:volet:problem:busy")
        assert busy.headers["retry-after"] == "1"
        assert clerk.wish(body, wish_id).status_code == 200
    world.database.close()
    world.passwords.close()


@pytest.mark.postgresql
def test_eight_at_once_have_one_effect(postgresql_url: str, tmp_path: Path) -> None:
    """Four portals on one database, two threads each, the same twenty wishes."""
    world, _ = two_portals(postgresql_url, tmp_path)
    clients = [open_client(world.settings) for _ in range(4)]
    statuses: list[tuple[str, int, bytes]] = []

    def send(person: Person, bodies: list[tuple[str, dict[str, Any]]]) -> None:
        for wish_id, body in bodies:
            answer = person.wish(body, wish_id)
            statuses.append((wish_id, answer.status_code, answer.content))

    for client in clients:
        client.__enter__()
    persons = [Person(client, world, "all") for client in clients for _ in range(2)]
    bodies = [(new_id(), persons[0].ask()) for _ in range(20)]
    threads = [threading.Thread(target=send, args=(person, bodies)) for person in persons]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.__exit__(None, None, None)
    assert {status for _, status, _ in statuses} <= {200, 409}
    assert len({content for _, status, content in statuses if status == 200}) == 20
    assert count(world, messages) == 20
    world.database.close()
    world.passwords.close()


def test_a_database_that_is_held_answers_later(tmp_path: Path) -> None:
    """Another process writes for too long: nothing is decided, and the client is told when to come back."""
    clock = Clock()
    url = f"sqlite:///{tmp_path / 'portal.db'}"
    world = make_world(settings_for(url, tmp_path / "files", clock, busy_seconds=0.05), clock)
    other = Database(world.settings)
    with open_client(world.settings) as client:
        clerk = Person(client, world, "all")
        with other.write():
            held = clerk.wish(clerk.ask())
        assert (held.status_code, held.json()["type"]) == (503, "urn:volet:problem:busy")
        assert held.headers["retry-after"]
        assert clerk.wish(clerk.ask()).status_code == 200
    for database in (other, world.database):
        database.close()
    world.passwords.close()
