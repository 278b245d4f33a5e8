"""What administrators read afterwards: the journal of rights, the last use of each, and rights that ended."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from contract import paths
from portal import retention
from portal.files import Folder
from portal.tables import persons, rights
from portal.users import uses
from tests.portal.test_allowances import former, paid
from tests.portal.test_users import ON_ONE, SignIn, about, changed, journal, page, problem, users, version
from tests.portal.world import Clock, Person, World

ON_POSTGRESQL = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""What SQLite, which has one writer, cannot do wrong."""

# The journal


@ON_ONE
def test_the_journal_says_who_did_what(sign_in: SignIn, clerk: Person, world: World) -> None:
    changed(clerk, "contact", add=["leave", "users"], space_ids=[world.own, world.second], ends_on="2026-12-31")
    told = [entry for entry in journal(clerk)["entries"] if entry["action"] == "rights.grant"]
    ours = [entry for entry in told if entry["actor"] == "Camille All"]
    assert {entry["space_id"] for entry in ours} == {world.own, world.second}
    assert {(entry["subject"], entry["detail"]) for entry in ours} == {
        ("Camille Contact", "leave users until:2026-12-31")
    }  # fmt: skip
    assert told[-1]["actor"] == "Système", "nobody gave the first rights by hand"
    clerk.wish(about("suspend_user", world, "leave", version(clerk, "leave"), suspended=True))
    elsewhere = {entry["space_id"] for entry in journal(sign_in("stranger"))["entries"]}
    assert elsewhere == {world.other}
    seen = journal(sign_in("users"))["entries"]
    assert world.second not in {entry["space_id"] for entry in seen}
    assert seen[0] | {"entry_id": ""} == {
        "entry_id": "", "at": "2026-11-24T09:00:00Z", "actor": "Camille All", "action": "person.suspend",
        "subject": "Camille Leave", "space_id": None, "detail": "",
    }  # fmt: skip


def test_the_journal_is_read_in_pages(clerk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = journal(clerk)["entries"]
    assert len(whole) > 6
    monkeypatch.setattr("portal.users.audit.limits.AUDIT_PER_PAGE", 3)
    read, before, more = list[Any](), None, True
    while more:
        told = journal(clerk, before)
        read += told["entries"]
        before, more = told["entries"][-1]["entry_id"], told["more"]
    assert read == whole
    assert problem(clerk.client.get(paths.AUDIT, headers=clerk.headers, params={"before": "x"})) == (422, "invalid")


# What rights are used for


def test_the_last_use_of_each_right_is_told(sign_in: SignIn, clerk: Person, world: World, clock: Clock) -> None:
    assert users(clerk)[world.people["leave"]]["uses"] == []
    leave, allowances = sign_in("leave"), sign_in("allowances")
    leave.declared()
    transfer_id = paid(world, former())
    assert allowances.get(paths.statement(transfer_id, "csv")).status_code == 200
    seen = users(clerk)
    assert seen[leave.person_id]["uses"] == [{"right": "leave", "on": "2026-11-24"}]
    assert seen[allowances.person_id]["uses"] == [{"right": "allowances", "on": "2026-11-24"}]
    cursor = page(clerk)["cursor"]
    for days, told in ((1, 0), (7, 1)):
        clock.forward(days=days)
        leave, clerk = sign_in("leave"), sign_in("all")
        cursor = page(clerk, cursor)["cursor"]
        leave.declared(employee={"last_name": f"Nom {days}", "first_name": "Anne"})
        after = page(clerk, cursor)
        assert [user["person_id"] for user in after["users"]] == [leave.person_id] * told
    assert users(clerk)[leave.person_id]["uses"] == [{"right": "leave", "on": "2026-12-02"}]


@ON_POSTGRESQL
def test_who_uses_a_right_is_held_before_her_portfolio(world: World, clock: Clock) -> None:
    """Who changes her holds her and waits for the portfolio: the other way round they would wait for each other."""
    hers = select(persons.c.person_id).where(persons.c.person_id == world.people["leave"])
    with world.database.write() as tx:
        uses.note(tx, world.people["leave"], {(world.own, "leave")})
    clock.forward(days=8)  # the row is there already, so that nothing but the rule itself holds her
    with world.database.write() as tx:
        uses.note(tx, world.people["leave"], {(world.own, "leave")})
        with world.database.read() as db, pytest.raises(OperationalError):
            db.execute(hers.with_for_update(nowait=True))


@ON_ONE
def test_rights_that_ended_are_gone_for_administrators_too(clerk: Person, world: World, clock: Clock) -> None:
    assert changed(clerk, "contact", add=["leave"], ends_on="2026-11-30").status_code == 200
    cursor = page(clerk)["cursor"]
    clock.forward(days=8)
    retention.purge(world.database, world.settings, Folder(world.settings.files), clock.moment)
    clerk = Person(clerk.client, world, "all")
    told = {user["person_id"]: user for user in page(clerk, cursor)["users"]}
    assert told[world.people["contact"]]["grants"] == [
        {"rights": ["contact"], "space_ids": [world.own], "ends_on": None}
    ]  # fmt: skip
    entry = journal(clerk)["entries"][0]
    assert (entry["actor"], entry["action"], entry["subject"], entry["space_id"], entry["detail"]) == (
        "Système", "rights.end", "Camille Contact", world.own, "leave"
    )  # fmt: skip
    with world.database.read() as db:
        ended = select(rights.c.right).where(rights.c.person_id == world.people["contact"])
        assert db.execute(ended).scalars().all() == ["contact"]
