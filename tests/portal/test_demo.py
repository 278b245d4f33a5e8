"""The seeded world: the same each time, and as the demonstration needs it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from contract import limits, paths
from contract.identity import LA_POSTE, is_siren, is_siret
from portal import catalogue, demo
from portal.app import create_app
from portal.database import Database
from portal.demo.cast import TooSmall
from portal.tables import persons
from portal.users import records
from tests.house.typography import slips
from tests.portal.seeded import CLERK, NOW, Seeded, cheap, everything, seeded

EVERYDAY = {"contact", "affiliation", "leave", "allowances", "contributions", "documents"}
CLERKS_REQUESTS = (
    "SELECT r.*, m.through FROM requests r JOIN rights g ON g.space_id = r.space_id AND g.person_id = :me"
    " AND g.\"right\" = 'contact' LEFT JOIN read_marks m ON m.request_id = r.request_id AND m.person_id = :me"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    one = seeded(tmp_path_factory.mktemp("demo"))
    yield one
    one.database.close()


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient[Any], dict[str, str]]]:
    """The same world in a portal of its own: signing in writes."""
    one = seeded(tmp_path_factory.mktemp("signed-in"))
    one.database.close()
    with TestClient(create_app(one.settings), raise_server_exceptions=False) as client:
        answer = client.post(paths.SIGN_IN, json={"email": CLERK, "password": demo.PASSWORD})
        yield client, {"Authorization": f"Bearer {answer.json()['access']}"}


def at(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


# The same each time


def test_the_same_seed_makes_the_same_rows_and_files(made: Seeded, tmp_path: Path) -> None:
    again = seeded(tmp_path)
    with made.database.read() as before, again.database.read() as after:
        first, second = everything(before), everything(after)
    again.database.close()
    assert first == second
    assert {path.name for path in (tmp_path / "files" / "whole").rglob("*") if path.is_file()} == {
        path.name for path in (made.settings.files / "whole").rglob("*") if path.is_file()
    }


def test_another_seed_makes_another_world(made: Seeded, tmp_path: Path) -> None:
    other = seeded(tmp_path, seed=7, requests=40)
    ids = {row[0] for row in other.rows("SELECT person_id FROM persons")}
    assert not ids & {row[0] for row in made.rows("SELECT person_id FROM persons")}
    assert other.number("SELECT count(*) FROM requests") == 40 + 4
    other.database.close()


def test_a_world_is_not_put_upon_another(made: Seeded) -> None:
    with pytest.raises(demo.NotEmpty):
        demo.seed(made.database, made.settings)


@pytest.mark.parametrize("size", [{"spaces": 9}, {"spaces": 12, "companies": 6}, {"companies": 5}])
def test_a_world_too_small_is_refused(size: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(TooSmall):
        seeded(tmp_path, **size)


# Who is there


def test_six_companies_have_ten_adherents(made: Seeded) -> None:
    rows = made.rows(
        "SELECT c.name, c.siren, s.member_number, s.siret FROM spaces s JOIN companies c USING (company_id)"
        " JOIN portfolio_spaces USING (space_id) JOIN portfolios p USING (portfolio_id) WHERE p.name = 'Groupe Morvan'"
    )
    assert len(rows) == 10
    assert sorted(Counter(row.name for row in rows).values()) == [1, 1, 1, 2, 2, 3]
    assert all(is_siren(row.siren) and is_siret(row.siret) and row.siret.startswith(row.siren) for row in rows)
    assert "0412877" in {row.member_number for row in rows}
    assert LA_POSTE in {row.siren for row in rows}


def rights_of(made: Seeded, email: str) -> dict[str, set[str]]:
    held: dict[str, set[str]] = {}
    rows = made.rows(
        'SELECT s.member_number, g."right" FROM rights g JOIN spaces s USING (space_id) WHERE g.person_id = :me',
        me=made.person(email),
    )
    for number, right in rows:
        held.setdefault(number, set()).add(right)
    return held


def test_the_clerk_is_a_plain_user_of_nine_spaces(made: Seeded) -> None:
    held = rights_of(made, CLERK)
    assert len(held) == 9
    assert all(rights == EVERYDAY for rights in held.values())


def test_her_colleagues_have_other_rights(made: Seeded) -> None:
    mehdi = rights_of(made, "mehdi.benali@morvan.example")
    assert sum("main_administrator" in rights for rights in mehdi.values()) > 5
    sophie = rights_of(made, "sophie.lefevre-dubois@morvan.example")
    assert list(sophie.values()) == [{"contact", "leave"}] * 2
    thomas = rights_of(made, "thomas.nguyen@morvan.example")
    assert "0415520" not in thomas
    assert "0415521" in thomas  # so that he is told why he does not see the former requests of that company


def test_there_is_a_user_in_every_state(made: Seeded) -> None:
    """What an administrator should review: each of it is there once at least."""
    mehdi = made.person("mehdi.benali@morvan.example")
    with made.database.read() as db:
        rows = db.execute(select(persons).where(persons.c.users_number > 0)).all()
        group = next(row.portfolio_id for row in rows if row.person_id == mehdi)
        viewer = records.viewer(db, mehdi, group, NOW)
        seen = [records.record(db, viewer, row, NOW) for row in rows if row.portfolio_id == group]
    told = {user.first_name: user for user in seen if user is not None}
    assert len(told) == 10
    assert told["Inès"].state == "invited"
    assert (told["Yann"].state, told["Yann"].signed_in_at) == ("active", None)
    away = told["Bruno"].signed_in_at
    assert away is not None
    assert (NOW - away).days > 180
    assert [str(grant.ends_on) for grant in told["Aïcha"].grants] == ["2026-12-14"]
    assert told["Paul"].state == "suspended"
    assert {use.right for use in told["Maëlle"].uses} < set(told["Maëlle"].grants[0].rights)
    assert told["Aïcha"].whole
    assert not told["Thomas"].whole, "he administers a space of his own"
    journal = made.rows("SELECT action FROM audit_log WHERE portfolio_id IS NOT NULL")
    assert {row.action for row in journal} == {"person.invite", "person.suspend", "rights.grant"}


def test_two_advisers_answer(made: Seeded) -> None:
    assert sorted(row.login for row in made.rows("SELECT login FROM advisers")) == ["julie", "karim"]
    answering = made.rows("SELECT DISTINCT author_name FROM messages WHERE author = 'adviser'")
    assert {row[0] for row in answering} == {"Julie Renaud", "Karim Haddad"}


# What has happened


def test_three_hundred_requests_over_two_years(made: Seeded) -> None:
    rows = made.rows(
        "SELECT r.* FROM requests r JOIN portfolio_spaces x USING (space_id) JOIN portfolios p USING (portfolio_id)"
        " WHERE p.name = 'Groupe Morvan'"
    )
    assert len(rows) == 300
    assert sum(row.origin == "former" for row in rows) == 70
    assert all(NOW - timedelta(days=731) < at(row.opened_at) <= at(row.moved_at) <= NOW for row in rows)
    assert min(at(row.opened_at) for row in rows) < NOW - timedelta(days=600)
    colleagues = Counter(row.author_name for row in rows if row.author_id)
    assert set(colleagues) == {"Claire Martin", "Mehdi Benali", "Sophie Lefèvre-Dubois", "Thomas Nguyen"}
    assert any(row.author_id is None for row in rows if row.origin == "former")
    assert all(row.author_id for row in rows if row.origin == "new")


def test_every_topic_and_every_state_occurs(made: Seeded) -> None:
    topics = {topic.code for theme in catalogue.themes().catalogue.themes for topic in theme.topics}
    rows = made.rows("SELECT * FROM requests")
    assert {row.topic for row in rows} == topics
    assert {row.topic for row in rows if row.origin == "former"} == topics
    last = dict(
        tuple(row)
        for row in made.rows(
            "SELECT m.request_id, m.author FROM messages m JOIN requests r USING (request_id)"
            " WHERE m.position = r.message_count"
        )
    )
    states = Counter((row.state, row.closing, last[row.request_id]) for row in rows)
    for state in (
        ("received", None, "clerk"),
        ("received", None, "adviser"),
        ("closed", "done", "adviser"),
        ("closed", "document_awaited", "adviser"),
    ):
        assert states[state] >= 8, state
    assert set(states) <= {
        ("received", None, "clerk"),
        ("received", None, "adviser"),
        ("closed", "done", "adviser"),
        ("closed", "document_awaited", "adviser"),
    }
    lengths = Counter(row.message_count for row in rows)
    assert sum(many for length, many in lengths.items() if length >= 10) >= 8
    assert lengths[1] >= 5
    assert lengths[2] >= 50


def test_what_is_awaited_is_named(made: Seeded) -> None:
    waiting = made.rows(
        "SELECT r.state, r.closing, a.label FROM awaited_documents a JOIN requests r USING (request_id)"
        " WHERE a.answered_at IS NULL"
    )
    assert all((row.state, row.closing) == ("closed", "document_awaited") for row in waiting)
    assert len(waiting) == made.number("SELECT count(*) FROM requests WHERE closing = 'document_awaited'")
    labels = {row.label for row in waiting}
    assert "Attestation de salaire" in labels
    assert any(re.match(r"Bulletins de paie d[e’]", label) for label in labels)


def test_former_requests_sit_under_the_smallest_number(made: Seeded) -> None:
    smallest = dict(
        tuple(row) for row in made.rows("SELECT company_id, min(member_number) FROM spaces GROUP BY company_id")
    )
    former = made.rows(
        "SELECT DISTINCT s.company_id, s.member_number FROM requests r JOIN spaces s USING (space_id)"
        " WHERE r.origin = 'former'"
    )
    assert all(smallest[row.company_id] == row.member_number for row in former)
    assert {"0431102", "0412877", "0415520"} <= {row.member_number for row in former}


def test_file_numbers_rise_with_time(made: Seeded) -> None:
    numbers = [int(row[0]) for row in made.rows("SELECT file_number FROM requests ORDER BY opened_at, file_number")]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] < made.number("SELECT value FROM facts WHERE name = 'next_file_number'")


def test_twelve_requests_are_unread(made: Seeded) -> None:
    rows = made.rows(CLERKS_REQUESTS, me=made.person(CLERK))
    unread = [row for row in rows if (row.through or 0) < row.message_count]
    assert len(unread) == 12
    for row in unread:
        after = "SELECT author FROM messages WHERE request_id = :key AND position > :through"
        authors = made.rows(after, key=row.request_id, through=row.through)
        assert [author[0] for author in authors] == ["adviser"]
    assert len({row.state for row in unread}) == 2


def test_something_moved_today_and_yesterday(made: Seeded) -> None:
    days = Counter(at(row.moved_at).date() for row in made.rows(CLERKS_REQUESTS, me=made.person(CLERK)))
    assert days[NOW.date()] >= 4
    assert days[NOW.date() - timedelta(days=1)] >= 4
    assert len(days) > 100


# How it reads


def spoken(made: Seeded) -> list[str]:
    """Every text of the world that somebody reads on screen."""
    texts = [row[0] for row in made.rows("SELECT text FROM messages")]
    for table, column in (("requests", "subject"), ("awaited_documents", "label"), ("spaces", "label")):
        texts += [row[0] for row in made.rows(f"SELECT {column} FROM {table}")]
    for row in made.rows("SELECT fields FROM requests"):
        texts += [part for pair in json.loads(row[0]) for part in pair]
    return texts


def test_texts_are_set_as_french_is(made: Seeded) -> None:
    texts = spoken(made)
    assert {text: found for text in texts if (found := slips(text))} == {}
    assert [text for text in texts if re.search(r"['\"]|[ \w][;:!?»]|« |\.\.\.", text)] == []


def test_words_are_elided(made: Seeded) -> None:
    open_vowel = re.compile(r"\b(?:de|le|la|que|ne) [aàâeéèêiîoôuAÂEÉIOU]")
    assert [text for text in spoken(made) if open_vowel.search(text)] == []


def test_no_template_shows_through(made: Seeded) -> None:
    assert [text for text in spoken(made) if any(mark in text for mark in "{}[]|@")] == []


def test_sizes_are_kept(made: Seeded) -> None:
    assert made.number("SELECT max(length(subject)) FROM requests") <= limits.SUBJECT_CHARACTERS
    assert made.number("SELECT max(length(text)) FROM messages") <= limits.TEXT_CHARACTERS
    assert made.number("SELECT max(length(name)) FROM attachments") <= 80


def test_neighbours_do_not_say_the_same(made: Seeded) -> None:
    rows = made.rows(
        "SELECT r.subject, m.text, m.request_id FROM requests r JOIN messages m USING (request_id)"
        " WHERE m.position = 1 ORDER BY r.moved_at DESC"
    )
    assert all(one.subject != two.subject for one, two in pairwise(rows))
    bodies = [row.text.split("\n\n")[1] for row in rows]
    assert all(one != two for one, two in pairwise(bodies))
    assert len(set(bodies)) > 0.9 * len(bodies)


def test_no_diagnosis_and_no_nir(made: Seeded) -> None:
    everything_said = " ".join(spoken(made)).lower()
    assert not re.search(r"[12]\s?\d\d\s?(0[1-9]|1[0-2])\s?\d\d\s?\d{3}\s?\d{3}", everything_said)
    for word in ("cancer", "dépression", "grippe", "fracture", "lombalgie", "burn-out", "diagnostic", "covid"):
        assert word not in everything_said


# What the API tells of it


def test_the_clerk_sees_her_nine_spaces_and_why_the_tenth_is_hidden(
    signed_in: tuple[TestClient[Any], dict[str, str]],
) -> None:
    client, headers = signed_in
    me = client.get(paths.ME, headers=headers).json()
    assert len(me["spaces"]) == 9
    numbers = {space["member_number"] for space in me["spaces"]}
    companies = {company["name"]: company for company in me["companies"]}
    assert len(companies) == 6
    services = companies["Morvan Services"]
    assert services["former_member_number"] == "0431102"
    assert services["former_member_number"] not in numbers
    assert services["former_count"] > 0
    assert companies["Ateliers Morvan SAS"]["former_member_number"] == "0412877"
    assert "0412877" in numbers
    assert all(space["administrator"] for space in me["spaces"])


def test_the_feeds_tell_every_request_message_and_mark(
    made: Seeded, signed_in: tuple[TestClient[Any], dict[str, str]]
) -> None:
    client, headers = signed_in
    me = client.get(paths.ME, headers=headers).json()
    kinds: Counter[str] = Counter()
    for space in me["spaces"]:
        cursor, more = None, True
        while more:
            body = {"feeds": [{"space_id": space["space_id"], "cursor": cursor}]}
            page = client.post(paths.CHANGES, json=body, headers=headers).json()["pages"][0]
            kinds.update(change["kind"] for change in page["changes"])
            cursor, more = page["cursor"], page["more"]
    mine = made.rows(CLERKS_REQUESTS, me=made.person(CLERK))
    assert kinds["request"] == kinds["read_mark"] == len(mine)
    assert kinds["message"] == sum(row.message_count for row in mine)


def test_another_portfolio_stays_closed(made: Seeded, signed_in: tuple[TestClient[Any], dict[str, str]]) -> None:
    client, headers = signed_in
    space = made.world.strangers.spaces[0].space_id
    answer = client.post(paths.CHANGES, json={"feeds": [{"space_id": space}]}, headers=headers).json()
    assert answer["pages"][0]["gone"] is True
    pulse = client.get(paths.PULSE, headers=headers).json()
    assert space not in pulse["spaces"]
    assert len(pulse["spaces"]) == 9
    assert made.number("SELECT count(*) FROM requests WHERE space_id = :space", space=space) > 0


# Any size


def test_a_bigger_world_keeps_the_first_ten_spaces(tmp_path: Path) -> None:
    big = seeded(tmp_path, requests=1_500, spaces=60)
    assert big.number("SELECT count(*) FROM requests WHERE file_number IS NOT NULL") == 1_504
    spaces = big.rows("SELECT s.*, c.siren FROM spaces s JOIN companies c USING (company_id)")
    assert len(spaces) == 62
    assert all(is_siret(row.siret) and row.siret.startswith(row.siren) for row in spaces)
    rows = big.rows(CLERKS_REQUESTS, me=big.person(CLERK))
    assert sum((row.through or 0) < row.message_count for row in rows) == 12
    assert len({row.space_id for row in rows}) > 50
    unheld = big.number(
        "SELECT count(*) FROM changes c JOIN spaces s USING (space_id) WHERE c.number > s.head OR c.number < 1"
    )
    assert unheld == 0
    big.database.close()


def test_it_seeds_either_database(database_url: str, tmp_path: Path) -> None:
    settings = cheap(database_url, tmp_path / "files")
    database = Database(settings)
    world = demo.seed(database, settings, requests=30)
    assert Seeded(settings, database, world).number("SELECT count(*) FROM requests") == 34
    database.close()
