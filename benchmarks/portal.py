"""The portal, one process: a page of 50 changes and an idle poll, each beside what it cannot be faster than."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.load import rate
from contract import paths
from contract.contact import RequestRecord, State
from contract.identity import new_id
from contract.portfolio import Right
from portal import people, sessions
from portal.database import SYSTEM, Database
from portal.settings import Settings

REQUESTS = 20_000
ROUNDS = 5
SECONDS = 2.0


def make_world(settings: Settings) -> tuple[str, str]:
    """A company with one space and its requests; answers (access token, space)."""
    database = Database(settings)
    with database.write() as tx:
        company = people.add_company(tx, "Ateliers du Loir", "732829320")
        space_id = people.add_space(tx, company, "1002", "73282932000074")
        portfolio = people.add_portfolio(tx, "Groupe Loir", [space_id])
        person = people.add_person(tx, portfolio, "Claire", "Martin", "claire.martin@exemple.fr")
        people.grant(tx, SYSTEM, person, space_id, [Right.CONTACT])
        access = sessions.begin(tx, settings, person, None, "bench").access
    for start in range(0, REQUESTS, 2000):
        with database.write() as tx:
            for index in range(start, start + 2000):
                record = request(space_id, person, index)
                tx.change(space_id, "request", record.request_id, record)
    database.close()
    return access, space_id


def request(space_id: str, person_id: str, index: int) -> RequestRecord:
    now = datetime.now(UTC)
    return RequestRecord(
        request_id=new_id(),
        space_id=space_id,
        file_number=str(7_000_000 + index),
        topic="prevoyance.arret-de-travail",
        theme_label="Mes prestations de prévoyance",
        topic_label="Déclaration d’un arrêt de travail",
        subject=f"Arrêt du 3 au 17 février, dossier {index}",
        state=State.RECEIVED,
        author_id=person_id,
        author_name="Claire Martin",
        opened_at=now,
        moved_at=now,
        state_version=index + 1,
        fields=(("Salarié", "Camille Lefèvre"), ("Premier jour", "03/02/2026")),
    )


@contextmanager
def server(kind: str, database: Path, files: Path) -> Iterator[int]:
    """The port of a server of that kind, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.servers", kind, str(database), str(files)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield int(child.stdout.readline())
    finally:
        child.stdin.close()
        child.wait(20)
        child.stdout.close()


def message(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def etag(port: int, bearer: dict[str, str]) -> str:
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", paths.PULSE, headers=bearer)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.getheader("ETag") or ""


def measure() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        database, files = Path(folder) / "portal.db", Path(folder) / "files"
        access, space_id = make_world(Settings(database=f"sqlite:///{database}", files=files, hashing_kib=8))
        ports = {kind: stack.enter_context(server(kind, database, files)) for kind in ("portal", "bare", "constant")}
        bearer = {"Authorization": f"Bearer {access}"}
        page = message(
            "POST", paths.CHANGES, bearer, json.dumps({"feeds": [{"space_id": space_id}], "limit": 50}).encode()
        )
        poll = message("GET", paths.PULSE, bearer | {"If-None-Match": etag(ports["portal"], bearer)})
        pages, polls = [], []
        for _ in range(ROUNDS):
            pages.append(rate(ports["portal"], page, SECONDS) / rate(ports["bare"], page, SECONDS))
            polls.append(rate(ports["portal"], poll, SECONDS) / rate(ports["constant"], poll, SECONDS))
    return {
        "page of 50 changes ÷ hand-written on bare ASGI": limit(statistics.median(pages), 0.65),
        "idle poll ÷ the same framework answering a constant": limit(statistics.median(polls), 0.5),
    }


def limit(value: float, least: float) -> dict[str, Any]:
    return {"value": round(value, 3), "limit": least, "unit": "×", "at_least": True}
