"""The portal's tests run on SQLite, and on a real PostgreSQL where Debian's is installed (else that half is skipped)."""

import itertools
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from contract.identity import new_id
from tests.portal.world import Clock, Person, World, make_world, open_client, settings_for


def _postgresql_folder() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Server:
    """A PostgreSQL of our own in a temporary folder, reached by its socket only."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self.folder = programs, folder
        self._as = ["runuser", "-u", "postgres", "--"] if Path("/root").owner() == "root" and _is_root() else []
        if self._as:
            shutil.chown(folder, "postgres")
        self._run(
            "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "-D", self._data
        )
        options = f"-c listen_addresses='' -k {folder} -c fsync=off -c max_connections=60"
        self._run("pg_ctl", "-D", self._data, "-w", "-o", options, "-l", str(folder / "log"), "start")
        self._names = (f"volet_{number}" for number in itertools.count())

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *words: str) -> None:
        subprocess.run([*self._as, self._programs / program, *words], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def new_database(self) -> str:
        """The URL of a fresh database."""
        name = next(self._names)
        self._run("createdb", "-h", str(self.folder), "-U", "postgres", name)
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")


def _is_root() -> bool:
    import os

    return os.geteuid() == 0


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    programs = _postgresql_folder()
    if programs is None:
        pytest.skip(
            "PostgreSQL is not installed here (apt-get install postgresql): this half of the portal is NOT tested"
        )
    folder = Path(tempfile.mkdtemp(prefix="volet-pg-", dir="/tmp"))  # noqa: S108  a socket's path must be short
    folder.chmod(0o755)
    server = Server(programs, folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'portal.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture
def postgresql_url(postgresql: Server) -> str:
    return postgresql.new_database()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = make_world(settings_for(database_url, tmp_path / "files", clock), clock)
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


@pytest.fixture
def fresh_id() -> str:
    return new_id()
