"""What every answer has in common, what is logged, and how the portal starts and stops."""

import contextlib
import io
import json
import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlcipher3.dbapi2
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from litestar.testing import TestClient
from sqlalchemy import select, text

from contract import paths
from portal import __main__, migrations, profile
from portal.app import start_in_thread
from portal.database import Database, DatabaseTooOld
from portal.tables import audit_log, metadata
from tests.portal.statements import tidied
from tests.portal.world import PASSWORD, Clock, Person, World, make_world, open_client, settings_for

# Refusals that no handler makes


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/", 404, "unknown"),
        ("GET", "/v1/nothing", 404, "unknown"),
        ("GET", "/v1/../etc/passwd", 404, "unknown"),
        ("POST", paths.ME, 405, "invalid"),
        ("DELETE", paths.wish("01a20cde-3ed0-7706-bfb6-66f6375e3682"), 405, "invalid"),
        ("GET", "/openapi.json", 404, "unknown"),
        ("GET", "/schema", 404, "unknown"),
    ],
)
def test_every_refusal_is_a_problem(client: TestClient[Any], method: str, path: str, status: int, kind: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:volet:problem:{kind}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["status"] == status
    assert (status == 405) is ("allow" in answer.headers)


def test_a_fault_tells_nothing_but_its_number(
    clerk: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("Lefèvre 1850675123456")

    monkeypatch.setattr(profile, "me", broken)
    answer = clerk.get(paths.ME)
    assert answer.status_code == 500
    problem = answer.json()
    assert problem["type"] == "urn:volet:problem:fault"
    number = problem["instance"].removeprefix("urn:uuid:")
    assert set(problem) == {"type", "title", "status", "remedy", "instance"}
    assert number in caplog.text
    assert "RuntimeError" in caplog.text
    assert "Lefèvre" not in caplog.text
    assert "1850675123456" not in caplog.text


def test_the_log_carries_method_template_and_status(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "portal")
    with open_client(world.settings) as client:
        clerk = Person(client, world, "all")
        request_id = clerk.opened(text="Lefèvre 1850675123456", attachments=[clerk.attachment(name="Lefèvre.pdf")])
        clerk.get("/v1/Lefèvre")
    lines = [record.getMessage() for record in caplog.records if record.name == "portal"]
    assert "PUT /v1/wishes/{wish_id} 200" in lines
    assert "POST /v1/sign-in 200" in lines
    logged = "\n".join(lines)
    secrets = ["Lefèvre", "1850675123456", PASSWORD, world.email("all"), request_id, *clerk.tokens.values()]
    assert not [secret for secret in secrets if str(secret) in logged and len(str(secret)) > 3]


def test_the_audit_log_never_tells_what_was_written(clerk: Person, world: World) -> None:
    request_id = clerk.opened(text="Lefèvre 1850675123456", subject="Arrêt de Lefèvre")
    clerk.wish(clerk.writes(request_id, "Lefèvre encore"))
    with world.database.read() as db:
        mine = select(audit_log.c.action).where(audit_log.c.subject_id == request_id).order_by(audit_log.c.action)
        assert db.execute(mine).scalars().all() == ["request.open", "request.write"]
        assert "Lefèvre" not in str(db.execute(select(audit_log)).all())


def test_the_catalogue_is_sent_once(clerk: Person) -> None:
    first = clerk.get(paths.CATALOGUE)
    again = clerk.get(paths.CATALOGUE, **{"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


# Starting and stopping


def test_a_portal_in_a_thread_stops_and_starts_again(tmp_path: Path) -> None:
    clock = Clock()
    world = make_world(settings_for(f"sqlite:///{tmp_path / 'portal.db'}", tmp_path / "files", clock), clock)
    running = start_in_thread(world.settings)
    body = {"email": world.email("all"), "password": PASSWORD}
    tokens = requests.post(running.address + paths.SIGN_IN, json=body, timeout=10).json()
    headers = {"Authorization": f"Bearer {tokens['access']}"}
    pulse = requests.get(running.address + paths.PULSE, headers=headers, timeout=10)
    idle = requests.get(
        running.address + paths.PULSE, headers=headers | {"If-None-Match": pulse.headers["ETag"]}, timeout=10
    )
    assert (idle.status_code, idle.raw.tell(), idle.headers.get("Content-Length")) == (304, 0, None)
    port = int(running.address.rsplit(":", 1)[1])
    running.stop()
    running.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(running.address + paths.ME, timeout=10)
    again = start_in_thread(settings_for(world.settings.database, world.settings.files, clock, port=port))
    assert again.address == running.address
    assert requests.get(again.address + paths.ME, headers=headers, timeout=10).status_code == 200
    again.stop()
    world.database.close()
    world.passwords.close()


@pytest.mark.postgresql
def test_a_database_that_restarted_is_found_again(postgresql_url: str, tmp_path: Path) -> None:
    clock = Clock()
    world = make_world(settings_for(postgresql_url, tmp_path / "files", clock), clock)
    with open_client(world.settings) as client:
        clerk = Person(client, world, "all")
        assert clerk.get(paths.PULSE).status_code == 200
        tidied(client)
        with world.database.read() as db:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            db.execute(text(others + " AND application_name <> 'tests'"))
        statuses = {path: [clerk.get(path).status_code for _ in range(3)] for path in (paths.PULSE, paths.ME)}
    assert statuses == {paths.PULSE: [503, 200, 200], paths.ME: [503, 200, 200]}
    world.database.close()
    world.passwords.close()


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlcipher3.dbapi2, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(DatabaseTooOld):
        Database(settings_for(f"sqlite:///{tmp_path / 'portal.db'}", tmp_path, Clock()))


def test_sqlite_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    database = Database(settings_for(f"sqlite:///{tmp_path / 'portal.db'}", tmp_path, Clock()))
    with database.read() as db:
        asked = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        found = [db.execute(text(f"PRAGMA {name}")).scalar() for name in asked]
    database.close()
    assert found == ["wal", 2, 1, 0]
    assert sqlite3.connect(tmp_path / "portal.db").execute("PRAGMA user_version").fetchone() == (0,), "a plain file"


def test_migrations_lead_to_the_tables(world: World) -> None:
    with world.database.read() as db:
        differences = compare_metadata(MigrationContext.configure(db, opts={"compare_type": True}), metadata)
    assert differences == []


def test_the_newest_revision_is_named() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.NEWEST


# The command


def test_the_command_writes_the_document(tmp_path: Path) -> None:
    assert __main__.main(["openapi", str(tmp_path / "openapi.json")]) == 0
    written = (tmp_path / "openapi.json").read_text(encoding="utf-8")
    spoken = io.StringIO()
    with contextlib.redirect_stdout(spoken):
        assert __main__.main(["openapi"]) == 0
    assert spoken.getvalue() == written
    assert json.loads(written)["openapi"] == "3.1.0"


def test_files_lie_beside_the_database() -> None:
    assert __main__.files_beside("sqlite:////srv/a.db") == Path("/srv/a.db.files")
    assert __main__.files_beside("postgresql+psycopg://h/d") == Path("portal.files")
