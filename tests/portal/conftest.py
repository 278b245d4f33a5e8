"""The portal's tests run on SQLite, and on a real PostgreSQL where Debian's is installed; else that half is skipped."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient
from sqlalchemy import RowMapping, Table, insert, select

from portal.database import Database
from portal.passwords import Passwords
from portal.settings import Settings
from portal.tables import facts, metadata
from tests.portal.world import Clock, Person, World, make_world, open_client, settings_for


def _postgresql_folder() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Server:
    """A PostgreSQL of our own in a temporary folder, reached by its socket only. It ends with this process, however
    this process ends."""

    def __init__(self, programs: Path, folder: Path) -> None:
        user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        if user:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        first = ["setpriv", "--pdeathsig=INT", *user]
        made = [programs / "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run([*first, *made, "-D", data], check=True, stdout=subprocess.DEVNULL, cwd="/")
        options = [
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
            "-c",
            "max_connections=60",
            "-c",
            "log_min_messages=log",
        ]
        serving = [*first, programs / "postgres", "-D", data, "-k", folder, *options]
        self._process = subprocess.Popen(serving, stderr=subprocess.PIPE, text=True, cwd="/")
        assert self._process.stderr is not None
        while "ready to accept connections" not in (line := self._process.stderr.readline()):
            assert line, "PostgreSQL did not start"
        self.url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
        migrate(self.url, folder)
        here = f"host={folder} user=postgres dbname=postgres application_name=tests"
        self._cleaner = psycopg.connect(here, autocommit=True)
        self._cleaner.execute("SET session_replication_role = replica")
        self._emptying = "; ".join(f"DELETE FROM {name}" for name in metadata.tables)

    def new_database(self) -> str:
        """The URL of the one database, emptied: making another for each test would take a second each,
        and TRUNCATE, which makes each table's files anew, a tenth."""
        self._cleaner.execute(self._emptying)
        return self.url

    def stop(self) -> None:
        self._cleaner.close()
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=30)


@dataclass(frozen=True)
class Made:
    """A world, and all rows of its database."""

    world: World
    rows: dict[Table, list[RowMapping]]

    def again(self, settings: Settings, clock: Clock) -> World:
        """The same in another database, which is empty."""
        database = Database(settings)
        with database.write() as tx:
            for table, rows in self.rows.items():
                if rows and table is not facts:
                    tx.db.execute(insert(table), [dict(row) for row in rows])
        passwords, names = Passwords(settings), dict(self.world.people)
        return replace(self.world, settings=settings, clock=clock, database=database, passwords=passwords, people=names)


def migrate(url: str, files: Path) -> None:
    Database(settings_for(url, files, Clock())).close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    programs = _postgresql_folder()
    if programs is None:
        pytest.skip(
            "PostgreSQL is not installed here (apt-get install postgresql): this half of the portal is NOT tested"
        )
    folder = Path(tempfile.mkdtemp(prefix="volet-pg-", dir="/tmp"))  # a socket's path must be short
    folder.chmod(0o755)
    server = Server(programs, folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the newest schema, to be copied."""
    folder = tmp_path_factory.mktemp("empty")
    migrate(f"sqlite:///{folder / 'portal.db'}", folder)
    return folder / "portal.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "portal.db")
        return f"sqlite:///{tmp_path / 'portal.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture
def postgresql_url(postgresql: Server) -> str:
    return postgresql.new_database()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The world as the rules make it, to be copied."""
    folder = tmp_path_factory.mktemp("world")
    clock = Clock()
    made = make_world(settings_for(f"sqlite:///{folder / 'portal.db'}", folder, clock), clock)
    try:
        with made.database.read() as db:
            return Made(made, {table: [*db.execute(select(table)).mappings()] for table in metadata.sorted_tables})
    finally:
        made.passwords.close()
        made.database.close()


@pytest.fixture
def world(first_world: Made, database_url: str, tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = first_world.again(settings_for(database_url, tmp_path / "files", clock), clock)
    yield made
    made.passwords.close()
    made.database.close()


@pytest.fixture
def client(world: World) -> Iterator[TestClient[Any]]:
    with open_client(world.settings) as opened:
        yield opened


@pytest.fixture
def sign_in(client: TestClient[Any], world: World) -> Callable[[str], Person]:
    """Signs somebody of the world in, by name."""
    return lambda name: Person(client, world, name)


@pytest.fixture
def clerk(sign_in: Callable[[str], Person]) -> Person:
    """Who has every right in both spaces of the group."""
    return sign_in("all")
