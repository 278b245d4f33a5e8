"""What is forgotten, and that nothing which goes wrong meanwhile stops it or loses a file."""

import logging
import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import Table, event, func, insert, select

from contract import paths
from contract.identity import new_id
from portal import factors, retention, tries
from portal.database import SYSTEM
from portal.files import Folder
from portal.tables import audit_log, changes, devices, families, links, mails, second_factors, spaces, uploads
from tests.portal.post import letters
from tests.portal.test_transfers import PNG, sum_of
from tests.portal.world import PDF, Clock, Person, World, open_client


def count(world: World, table: Table) -> int:
    with world.database.read() as db:
        return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def purge(world: World, **later: float) -> None:
    folder, now = Folder(world.settings.files), world.clock.moment + timedelta(**later)
    retention.purge(world.database, world.settings, folder, now)


def placed(world: World, content: bytes, days: int) -> Path:
    """A whole file that no row speaks of, placed so many days ago."""
    Folder(world.settings.files).place(content, sum_of(content))
    whole = Folder(world.settings.files).whole(sum_of(content))
    written = (world.clock.moment - timedelta(days=days)).timestamp()
    os.utime(whole, (written, written))
    return whole


def test_the_audit_log_is_kept_four_hundred_days(world: World) -> None:
    with world.database.write() as tx:
        for _ in range(450):
            tx.audit(SYSTEM, "test")
    before = count(world, audit_log)
    purge(world, days=399)
    assert count(world, audit_log) == before
    purge(world, days=401)
    assert count(world, audit_log) == 0


def test_a_device_that_nobody_signs_in_from_is_forgotten(clerk: Person, world: World) -> None:
    purge(world, days=399)
    assert count(world, devices) == 1
    purge(world, days=401)
    assert count(world, devices) == 0


def test_links_and_mails_are_forgotten_after_thirty_days(client: TestClient[Any], world: World) -> None:
    client.post(paths.NEW_LINK, json={"email": world.email("all")})
    assert len(letters(world)) == 1
    [written] = world.settings.mails.iterdir()
    moment = world.clock.moment.timestamp()
    os.utime(written, (moment, moment))
    purge(world, days=29)
    assert (count(world, links), count(world, mails), written.exists()) == (1, 1, True)
    purge(world, days=31)
    assert (count(world, links), count(world, mails), written.exists()) == (1, 0, False)
    purge(world, days=34)
    assert count(world, links) == 0


def test_a_second_factor_that_nobody_confirmed_is_forgotten(world: World) -> None:
    with world.database.write() as tx:
        factors.begin(tx, world.settings, world.people["all"])
        factors.begin(tx, world.settings, world.people["contact"])
        mine = second_factors.c.person_id == world.people["all"]
        tx.db.execute(second_factors.update().where(mine).values(confirmed_at=tx.now))
    purge(world, hours=23)
    assert count(world, second_factors) == 2
    purge(world, hours=25)
    assert count(world, second_factors) == 1


def test_the_latest_devices_of_a_person_are_remembered(client: TestClient[Any], world: World, clock: Clock) -> None:
    stranger = Person(client, world, "stranger")
    made = []
    for _ in range(world.settings.devices_kept + 3):
        clock.forward(minutes=1)
        made.append(Person(client, world, "all"))
    assert stranger.tokens["device"], "what another person signs in from is left alone"
    with world.database.read() as db:
        kept = select(devices.c.person_id, func.count()).group_by(devices.c.person_id)
        assert {(row[0], row[1]) for row in db.execute(kept)} == {(stranger.person_id, 1), (made[0].person_id, 20)}
        latest = select(families.c.device_id).order_by(families.c.created_at.desc()).limit(20)
        assert set(db.execute(latest).scalars()) <= set(db.execute(select(devices.c.device_id)).scalars())


def test_tombstones_of_many_steps_leave_the_highest_floor(world: World) -> None:
    with world.database.write() as tx:
        for _ in range(450):
            tx.change(world.own, "request", new_id(), None)
    purge(world, days=401)
    with world.database.read() as db:
        assert db.execute(select(func.count()).where(changes.c.body.is_(None))).scalar_one() == 0
        floors = select(spaces.c.floor).where(spaces.c.space_id.in_([world.own, world.second])).order_by(spaces.c.floor)
        none, highest = db.execute(floors).scalars()
        assert none == 0
        assert highest >= 450


def test_sessions_that_are_long_over_are_forgotten(clerk: Person, world: World) -> None:
    purge(world, days=179)
    assert count(world, families) == 1
    purge(world, days=181)
    assert count(world, families) == 0


def test_a_commit_that_fails_keeps_the_file_of_the_row(clerk: Person, world: World) -> None:
    clerk.send_file(PNG)

    def full(_connection: object) -> None:
        raise OSError(28, "No space left on device")

    folder = Folder(world.settings.files)
    event.listen(world.database._writing, "commit", full)
    try:
        with pytest.raises(OSError, match="No space"):
            purge(world, days=31)
    finally:
        event.remove(world.database._writing, "commit", full)
    assert (count(world, uploads), folder.whole(sum_of(PNG)).exists()) == (1, True)
    purge(world, days=31)
    assert (count(world, uploads), folder.whole(sum_of(PNG)).exists()) == (0, False)


def test_files_that_no_row_speaks_of_are_swept_once_they_are_old(clerk: Person, world: World) -> None:
    clerk.opened(attachments=[clerk.attachment(PDF)])
    kept = placed(world, PDF, 31)
    old, new = placed(world, b"old", 31), placed(world, b"new", 29)
    part = Folder(world.settings.files).part(clerk.person_id, sum_of(b"part"))
    part.write_bytes(b"p")
    os.utime(part, (1, 1))
    purge(world)
    assert [file.exists() for file in (kept, old, new, part)] == [True, False, True, False]


def test_a_file_placed_anew_counts_as_new(world: World) -> None:
    whole = placed(world, PDF, 31)
    long_ago = whole.stat().st_mtime
    Folder(world.settings.files).place(PDF, sum_of(PDF))
    assert whole.stat().st_mtime > long_ago


def test_what_fails_is_logged_and_stops_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The portal tidies when it starts: the tries come before the files, and these go all the same."""
    reached = threading.Event()

    def denied(*_: object) -> None:
        raise PermissionError(13, "denied", "/srv/Lefèvre")

    def swept(*_: object) -> None:
        reached.set()

    monkeypatch.setattr(tries, "purge", denied)
    monkeypatch.setattr(Folder, "sweep", swept)
    with world.database.write() as tx:
        tx.db.execute(insert(uploads).values(person_id=world.people["all"], sha256="0" * 64, size=1, created_at=tx.now))
    world.clock.forward(days=31)
    with open_client(world.settings):
        assert reached.wait(10)
    assert count(world, uploads) == 0
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert [line.partition("\n")[0] for line in lines] == ["tidying: PermissionError"]
    assert "retention.py" in lines[0]
    assert "Lefèvre" not in lines[0]
