"""The pulse and the feeds: nothing missed, nothing told to who may not see it, nothing sent when nothing changed."""

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text, update

from contract import paths
from contract.changes import AnyRecord, Pulled
from contract.identity import new_id
from contract.portfolio import Right
from portal import people, retention
from portal.changes import Cursor
from portal.contact import rules
from portal.database import SYSTEM, Database, Driver, Transaction
from portal.files import Folder
from portal.tables import changes, facts, spaces
from tests.portal.world import Clock, Person, World, make_world, open_client, settings_for

SignIn = Callable[[str], Person]


def pulse(person: Person, etag: str | None = None) -> Response:
    return person.get(paths.PULSE, **({"If-None-Match": etag} if etag else {}))


def read_all(person: Person, space_id: str, cursor: str | None = None, limit: int = 500) -> dict[str, dict[str, Any]]:
    """The whole feed from a cursor on, folded as a client does: the latest state by kind and identifier."""
    held: dict[str, dict[str, Any]] = {}
    more = True
    while more:
        (page,) = person.pull((space_id, cursor), limit=limit)
        numbers = [change["number"] for change in page["changes"]]
        assert numbers == sorted(set(numbers))
        if page["reset"]:
            held.clear()
        for change in page["changes"]:
            held[f"{change['kind']} {change['id']}"] = change
        cursor, more = page["cursor"], page["more"]
    return held


# The pulse


def test_nothing_changed_is_nothing_sent(clerk: Person) -> None:
    etag = pulse(clerk).headers["etag"]
    idle = pulse(clerk, etag)
    assert (idle.status_code, idle.content, idle.headers["etag"]) == (304, b"", etag)
    assert "content-type" not in idle.headers
    assert idle.headers["cache-control"] == "no-store"


def test_the_idle_pulse_is_one_statement(clerk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is asked once, the token included."""
    asked: list[str] = []
    glance = Database.glance

    class Counting:
        def __init__(self, driver: Driver) -> None:
            self._driver = driver

        def execute(self, statement: str, values: Sequence[object] = ()) -> object:
            asked.append(statement)
            return self._driver.execute(statement, values)

    @contextmanager
    def counted(database: Database) -> Iterator[Counting]:
        with glance(database) as driver:
            yield Counting(driver)

    etag = pulse(clerk).headers["etag"]
    monkeypatch.setattr(Database, "glance", counted)
    assert pulse(clerk, etag).status_code == 304
    assert len(asked) == 1


def test_the_pulse_names_the_spaces_that_changed(clerk: Person, sign_in: SignIn, world: World) -> None:
    first = pulse(clerk)
    assert first.json() == {"me": True, "spaces": sorted([world.own, world.second]), "users": True}
    clerk.opened(world.second)
    second = pulse(clerk, first.headers["etag"])
    assert second.json() == {"me": False, "spaces": [world.second], "users": True}, (
        "she used a right for the first time"
    )
    clerk.opened(world.own)
    assert pulse(clerk, second.headers["etag"]).json()["spaces"] == [world.own]
    assert pulse(clerk, first.headers["etag"]).json()["spaces"] == sorted([world.own, world.second])
    contact, stranger = sign_in("contact"), sign_in("stranger")
    assert pulse(contact).json()["spaces"] == [world.own], "only the spaces she may see"
    assert pulse(stranger).json()["spaces"] == [world.other]


@pytest.mark.parametrize("spelled", ["W/{}", '"x", {}', '{},W/"y"', '"a,b" ,\t W/{}', "*"])
def test_a_known_etag_is_known_however_it_is_told(clerk: Person, spelled: str) -> None:
    """A proxy that compresses answers makes their tags weak; the catalogue is asked for alike."""
    for path in (paths.PULSE, paths.CATALOGUE):
        etag = clerk.get(path).headers["etag"]
        answer = clerk.get(path, **{"If-None-Match": spelled.format(etag)})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


def test_of_several_known_etags_the_first_pulse_counts(clerk: Person, world: World) -> None:
    before = pulse(clerk).headers["etag"]
    clerk.opened(world.second)
    between = pulse(clerk).headers["etag"]
    clerk.opened()
    assert pulse(clerk, f"W/{between}").json()["spaces"] == [world.own]
    assert pulse(clerk, f"W/{between}, {before}").json()["spaces"] == sorted([world.own, world.second])


@pytest.mark.parametrize("etag", ["W/{} {}", "{}, x", '{}"', "w/{}", "*, {}"])
def test_a_list_of_etags_that_is_none_names_nothing(clerk: Person, etag: str) -> None:
    known = pulse(clerk).headers["etag"]
    assert pulse(clerk, etag.replace("{}", known)).status_code == 200


@pytest.mark.parametrize("etag", ["x", '"x"', '"a.1.1"', '"1.1.1"', 'W/"1"', '"..."', '"\xb2.\xb2.\xb2"'])
def test_an_unknown_etag_gives_all(clerk: Person, etag: str) -> None:
    answer = clerk.client.get(paths.PULSE, headers={**clerk.headers, "If-None-Match": etag.encode("latin-1")})  # type: ignore[dict-item]
    assert (answer.status_code, answer.json()["me"], len(answer.json()["spaces"])) == (200, True, 2)


@pytest.mark.parametrize(
    "rest", ["..12", ".1.", ".1." + "9" * 30, ".1." + "9" * 5000, ".-1.1", ".1.1.1.1", ".1.1.", ""]
)
def test_an_etag_that_is_almost_one_gives_all(clerk: Person, rest: str) -> None:
    epoch = pulse(clerk).headers["etag"].strip('"').split(".")[0]
    headers: dict[str, Any] = {**clerk.headers, "If-None-Match": f'"{epoch}{rest}"'.encode("latin-1")}
    answer = clerk.client.get(paths.PULSE, headers=headers)
    assert (answer.status_code, answer.json()["me"], len(answer.json()["spaces"])) == (200, True, 2)


def test_rights_act_at_once_and_are_told(sign_in: SignIn, world: World) -> None:
    contact = sign_in("contact")
    request_id = contact.opened()
    before = pulse(contact).headers["etag"]
    (page,) = contact.pull((world.own, None))
    with world.database.write() as tx:
        people.withdraw(tx, SYSTEM, contact.person_id, world.own, [Right.CONTACT])
    assert pulse(contact, before).json() == {"me": True, "spaces": [], "users": False}
    (gone,) = contact.pull((world.own, page["cursor"]))
    assert gone == {
        "space_id": world.own, "cursor": None, "more": False, "reset": False, "gone": True, "changes": []
    }  # fmt: skip
    assert contact.wish(contact.writes(request_id)).status_code == 404
    with world.database.write() as tx:
        people.grant(tx, SYSTEM, contact.person_id, world.own, [Right.CONTACT])
    assert pulse(contact, before).json() == {"me": True, "spaces": [world.own], "users": False}
    assert len(read_all(contact, world.own)) == 2


def test_a_right_that_shrinks_resets_what_is_held(clerk: Person, world: World) -> None:
    clerk.opened()
    (page,) = clerk.pull((world.own, None))
    with world.database.write() as tx:
        people.withdraw(tx, SYSTEM, clerk.person_id, world.own, [Right.CONTACT])
    (shrunk,) = clerk.pull((world.own, page["cursor"]))
    assert (shrunk["reset"], shrunk["gone"], shrunk["changes"]) == (True, False, [])
    (again,) = clerk.pull((world.own, shrunk["cursor"]))
    assert again["reset"] is False
    with world.database.write() as tx:
        people.grant(tx, SYSTEM, clerk.person_id, world.own, [Right.CONTACT])
    (back,) = clerk.pull((world.own, again["cursor"]))
    assert back["reset"] is True
    assert len(back["changes"]) == 2


def test_who_has_no_need_to_know_is_told_nothing(clerk: Person, sign_in: SignIn, world: World) -> None:
    """Of a request about an illness: the request, its messages and one's own marks, as the right comes and goes."""
    contact = sign_in("contact")
    fields = {"employee": "Anne Lefèvre", "resumed_on": "2026-11-02", "part_time": "no"}
    plain, ill = clerk.opened(), clerk.opened(topic="prevoyance.reprise", fields=fields)
    with world.database.write() as tx:
        rules.reply(tx, world.answering, ill, "Merci.")
    (blind,) = contact.pull((world.own, None))
    assert {change["record"]["request_id"] for change in blind["changes"]} == {plain}
    assert len(blind["changes"]) == 2
    with world.database.write() as tx:
        people.grant(tx, SYSTEM, contact.person_id, world.own, [Right.LEAVE])
    (seeing,) = contact.pull((world.own, blind["cursor"]))
    assert (seeing["reset"], len(seeing["changes"])) == (True, 5)
    assert contact.wish({"wish": "mark_read", "request_id": ill, "through": 2}).status_code == 200
    (marked,) = contact.pull((world.own, seeing["cursor"]))
    assert [change["kind"] for change in marked["changes"]] == ["read_mark"]
    with world.database.write() as tx:
        people.withdraw(tx, SYSTEM, contact.person_id, world.own, [Right.LEAVE])
    (after,) = contact.pull((world.own, marked["cursor"]))
    assert after["reset"]
    assert {change["record"]["request_id"] for change in after["changes"]} == {plain}


TABLES_SINCE = (
    *("statements", "payments", "transfers", "exports"),
    *("contract_terms", "leave_files", "leave_documents", "prolongations", "leaves"),
    *("links", "mails", "second_factors", "recovery_codes", "right_uses", "departures", "audit_places"),
)
INDICES_SINCE = (
    *("ix_changes_gone", "ix_persons_users_number", "ix_audit_log_portfolio_id"),
    *("ix_rights_ending", "ix_rights_administering", "ix_rights_main"),
)
COLUMNS_SINCE = (
    *(("persons", name) for name in ("phone", "function", "invited_at", "signed_in_at")),
    *(("persons", name) for name in ("version", "users_number", "administers")),
    *(("portfolios", "users_head"), ("audit_log", "portfolio_id")),
)


def test_a_database_of_before_the_need_to_know_is_brought_to_it(clerk: Person, sign_in: SignIn, world: World) -> None:
    """What was told to all who have the right of contact is told to them no more, whatever their cursor."""
    contact = sign_in("contact")
    fields = {"employee": "Anne Lefèvre", "resumed_on": "2026-11-02", "part_time": "no"}
    plain, ill = clerk.opened(), clerk.opened(topic="prevoyance.reprise", fields=fields)
    clerk.wish({"wish": "mark_read", "request_id": ill, "through": 1})
    (known,) = clerk.pull((world.own, None))
    (before,) = contact.pull((world.own, None))
    with world.database.write() as tx:
        tx.db.execute(text("UPDATE changes SET subject = 'contact'"))
        tx.db.execute(text('ALTER TABLE requests DROP COLUMN "right"'))
        for index in INDICES_SINCE:
            tx.db.execute(text(f"DROP INDEX {index}"))
        for table in TABLES_SINCE:
            tx.db.execute(text(f"DROP TABLE {table}"))
        for table, column in COLUMNS_SINCE:
            tx.db.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        tx.db.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    with open_client(world.settings) as upgraded:
        contact.client = clerk.client = upgraded
        (after,) = contact.pull((world.own, before["cursor"]))
        assert after["reset"]
        assert {change["record"]["request_id"] for change in after["changes"]} == {plain}
        (all_of_it,) = clerk.pull((world.own, known["cursor"]))
        assert all_of_it["changes"] == known["changes"]
        assert pulse(clerk).json()["users"], "whom she administers is told as well"
        assert not pulse(contact).json()["users"]


def test_a_right_that_ends_by_itself_is_told(sign_in: SignIn, world: World, clock: Clock) -> None:
    nobody = sign_in("nobody")
    with world.database.write() as tx:
        ends = clock.moment + timedelta(minutes=5)
        people.grant(tx, SYSTEM, nobody.person_id, world.own, [Right.CONTACT], ends_at=ends)
    nobody.opened()
    first = pulse(nobody)
    clock.forward(minutes=4)
    assert pulse(nobody, first.headers["etag"]).status_code == 304
    clock.forward(minutes=1)
    assert nobody.wish(nobody.ask()).status_code == 404
    second = pulse(nobody, first.headers["etag"])
    assert second.json() == {"me": True, "spaces": [], "users": False}
    assert pulse(nobody, second.headers["etag"]).status_code == 304
    assert nobody.pull((world.own, None))[0]["gone"] is True


# The feeds


def test_a_feed_is_read_in_pages(clerk: Person, world: World) -> None:
    for _ in range(4):
        clerk.opened()
    (whole,) = clerk.pull((world.own, None))
    assert (len(whole["changes"]), whole["more"], whole["reset"]) == (8, False, False)
    (first,) = clerk.pull((world.own, None), limit=3)
    assert (len(first["changes"]), first["more"]) == (3, True)
    assert read_all(clerk, world.own, limit=3) == read_all(clerk, world.own)
    assert clerk.pull((world.own, whole["cursor"]))[0]["changes"] == []


def test_a_thing_has_one_row_and_its_latest_state(clerk: Person, world: World) -> None:
    request_id = clerk.opened()
    (page,) = clerk.pull((world.own, None))
    clerk.wish(clerk.writes(request_id))
    (later,) = clerk.pull((world.own, page["cursor"]))
    assert [change["kind"] for change in later["changes"]] == ["message", "request"]
    assert min(change["number"] for change in later["changes"]) > max(c["number"] for c in page["changes"])
    assert len(read_all(clerk, world.own)) == 3


def test_feeds_after_the_one_that_fills_the_limit_are_left_out(clerk: Person, world: World) -> None:
    clerk.opened(world.own)
    clerk.opened(world.second)
    pages = clerk.pull((world.own, None), (world.second, None), limit=2)
    assert [page["space_id"] for page in pages] == [world.own]
    pages = clerk.pull((world.own, None), (new_id(), None), (world.second, None), limit=3)
    assert [(page["gone"], page["more"], len(page["changes"])) for page in pages] == [
        (False, False, 2),
        (True, False, 0),
        (False, True, 1),
    ]


def test_tombstones_are_told_then_forgotten(clerk: Person, world: World, clock: Clock) -> None:
    """What is gone is told as null for four hundred days; a cursor of before that must begin anew, once."""
    first, second = clerk.opened(), clerk.opened()
    (page,) = clerk.pull((world.own, None), limit=2)
    with world.database.write() as tx:
        tx.change(world.own, "request", first, None)
    (told,) = clerk.pull((world.own, page["cursor"]))
    assert [c["record"] for c in told["changes"] if c["id"] == first] == [None]
    retention.purge(world.database, world.settings, Folder(world.settings.files), clock.moment + timedelta(days=399))
    clerk = Person(clerk.client, world, "all")
    assert clerk.pull((world.own, page["cursor"]))[0]["reset"] is False
    retention.purge(world.database, world.settings, Folder(world.settings.files), clock.moment + timedelta(days=401))
    clerk = Person(clerk.client, world, "all")
    assert clerk.pull((world.own, told["cursor"]))[0]["reset"] is False, "this one has seen the tombstone"
    (anew,) = clerk.pull((world.own, page["cursor"]), limit=1)
    assert (anew["reset"], anew["more"]) == (True, True)
    (next_page,) = clerk.pull((world.own, anew["cursor"]), limit=1)
    assert next_page["reset"] is False, "paging on from there must not begin anew for ever"
    assert f"request {second}" in read_all(clerk, world.own, page["cursor"], limit=1)
    assert f"request {first}" not in read_all(clerk, world.own, page["cursor"], limit=1)


def test_a_cursor_of_another_database_begins_anew(clerk: Person, world: World) -> None:
    clerk.opened()
    (page,) = clerk.pull((world.own, None))
    etag = pulse(clerk).headers["etag"]
    with world.database.write() as tx:
        tx.db.execute(update(facts).where(facts.c.name == "epoch").values(value="restored"))
    with open_client(world.settings) as restored:
        again = Person(restored, world, "all")
        assert again.pull((world.own, page["cursor"]))[0]["reset"] is True
        assert pulse(again, etag).json()["me"] is True


def test_a_cursor_ahead_of_the_feed_begins_anew(clerk: Person, world: World) -> None:
    """A database put back to a copy of before, under the same epoch: better all again than something missed."""
    clerk.opened()
    (page,) = clerk.pull((world.own, None))
    with world.database.write() as tx:
        tx.db.execute(update(spaces).where(spaces.c.space_id == world.own).values(head=1))
    assert clerk.pull((world.own, page["cursor"]))[0]["reset"] is True


@pytest.mark.parametrize("cursor", ["", "x", "é", "AAAA", "\u0000"])
def test_a_cursor_that_nobody_wrote_begins_anew(clerk: Person, world: World, cursor: str) -> None:
    assert clerk.pull((world.own, cursor))[0]["reset"] is True


@given(
    st.from_regex(r"[0-9a-f]{1,16}", fullmatch=True),
    st.integers(0, 2**53),
    st.integers(0, 2**53),
    st.lists(st.sampled_from(["contact", "leave", "users"]), unique=True).map(tuple),
)
def test_a_cursor_is_read_as_it_was_written(epoch: str, number: int, floor: int, subjects: tuple[str, ...]) -> None:
    cursor = Cursor(epoch, number, floor, subjects)
    assert Cursor.read(str(cursor)) == cursor
    assert len(str(cursor)) <= 200


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_none(text: str) -> None:
    cursor = Cursor.read(text)
    assert cursor is None or str(cursor) == text


def test_every_kind_of_change_fits_what_the_contract_says(clerk: Person, world: World) -> None:
    request_id = clerk.opened(attachments=[clerk.attachment()])
    clerk.wish({"wish": "mark_read", "request_id": request_id, "through": 1})
    with world.database.write() as tx:
        tx.change(world.own, "message", new_id(), None)
    body = {"feeds": [{"space_id": world.own}, {"space_id": new_id()}]}
    raw = clerk.client.post(paths.CHANGES, json=body, headers=clerk.headers).content
    pulled = msgspec.json.decode(raw, type=Pulled[AnyRecord], strict=True)
    assert [type(change.record).__name__ for change in pulled.pages[0].changes] == [
        "RequestRecord", "MessageRecord", "ReadMarkRecord", "NoneType"
    ]  # fmt: skip
    assert pulled.pages[1].gone


# Nothing is missed while others write


def write_often(world: World, number: int, written: list[str]) -> None:
    """One writer with a connection of its own; every fifth time it writes in two spaces, named in the wrong order."""
    database = Database(world.settings)
    for turn in range(25):
        both = [world.own, world.second] if (turn + number) % 5 == 0 else [world.own]
        things = [(space, new_id()) for space in both]
        with database.write() as tx:
            tx.hold(reversed(both))
            for space, thing in things:
                tx.change(space, "message", thing, None)
        written.append(things[0][1])
    database.close()


@pytest.mark.postgresql
def test_nothing_is_missed_under_eight_writers(postgresql_url: str, tmp_path: Path) -> None:
    """Eight writers, two spaces and two portfolios, while a reader follows by cursor."""
    clock = Clock()
    world = make_world(settings_for(postgresql_url, tmp_path / "files", clock), clock)
    with world.database.write() as tx:
        people.add_portfolio(tx, "Expert-comptable", [world.second, world.own])
    written: list[str] = []
    seen: set[str] = set()
    cursor: str | None = None
    with open_client(world.settings) as client, ThreadPoolExecutor(8) as writers:
        reader = Person(client, world, "all")
        going = [writers.submit(write_often, world, number, written) for number in range(8)]
        more = True
        while more:
            more = not all(writer.done() for writer in going)
            (page,) = reader.pull((world.own, cursor), limit=7)
            assert page["reset"] is False
            seen.update(change["id"] for change in page["changes"])
            cursor, more = page["cursor"], more or page["more"]
        for writer in going:
            writer.result()
    assert len(written) == 200
    assert seen == set(written)
    world.database.close()
    world.passwords.close()


class Undone(Exception):
    """Raised to undo."""


def change_then_undo(tx: Transaction, space_id: str) -> None:
    tx.change(space_id, "message", new_id(), None)
    raise Undone


def test_what_is_undone_takes_no_number(world: World) -> None:
    with contextlib.suppress(Undone), world.database.write() as tx:
        change_then_undo(tx, world.own)
    with world.database.write() as tx:
        before = tx.number(world.own)
        with contextlib.suppress(Undone), tx.savepoint():
            change_then_undo(tx, world.own)
        tx.change(world.own, "message", "kept", None, number=before)
    with world.database.read() as db:
        assert db.execute(select(spaces.c.head).where(spaces.c.space_id == world.own)).scalar_one() == before
        assert db.execute(select(changes.c.entity_id)).scalars().all() == ["kept"]


def test_locks_are_taken_in_one_order(world: World) -> None:
    """Spaces sorted, then portfolios sorted, whatever the order in which a rule names them."""
    locked: list[str] = []
    with world.database.write() as tx:
        people.add_portfolio(tx, "Autre", [world.second, world.own])

    def note(_db: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        named = re.findall(r"[0-9a-f-]{36}", str(parameters))
        if statement.startswith("SELECT spaces.space_id") and "ORDER BY spaces.space_id" in statement:
            assert world.database.kind == "sqlite" or "FOR UPDATE" in statement
            locked.append("1 all of them")
        if statement.startswith(("UPDATE spaces", "UPDATE portfolios")):
            locked.append(f"{'2' if 'spaces' in statement.split()[1] else '3'} {named[-1]}")

    with world.database.write() as tx:
        event.listen(tx.db, "before_cursor_execute", note)
        tx.hold([max(world.own, world.second), min(world.own, world.second)])
        tx.change(world.second, "message", new_id(), None)
        tx.change(world.own, "message", new_id(), None)
        tx.flush()
    assert locked == sorted(locked)
    assert [entry[0] for entry in locked] == ["1", "2", "3", "3"]
