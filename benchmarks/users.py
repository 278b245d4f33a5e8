"""The users of a large portfolio, at the portal: a change of ten thousand rights in one wish, and reading them all.

Two thousand spaces and three hundred people, each with a right in every space: 600,000 rows, asked over HTTP.
"""

import json
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.portal import server
from contract import paths
from contract.identity import new_id
from contract.portfolio import Right
from portal import grants, people, sessions
from portal.database import SYSTEM, Database
from portal.settings import Settings
from portal.tables import rights, spaces

SPACES = 2_000
PEOPLE = 300
WISH_SECONDS = 2.0


def make_world(settings: Settings) -> tuple[str, list[str], list[str]]:
    """Answers the main administrator's access token, the spaces and the people."""
    database = Database(settings)
    with database.write() as tx:
        company = people.add_company(tx, "Groupe Loir", "732829320")
        space_ids = [new_id() for _ in range(SPACES)]
        rows = [{"space_id": key, "member_number": f"{place:07d}"} for place, key in enumerate(space_ids)]
        tx.db.execute(insert(spaces), [{"company_id": company, "siret": "73282932000074"} | row for row in rows])
        portfolio = people.add_portfolio(tx, "Groupe Loir", space_ids)
        admin = people.add_person(tx, portfolio, "Claire", "Martin", "claire@exemple.fr", password_hash="x")
        grants.change(tx, SYSTEM, {(admin, key, right.value): None for key in space_ids for right in Right})
        person_ids = [
            people.add_person(tx, portfolio, "Anne", f"Nom {place}", f"anne{place}@exemple.fr", password_hash="x")
            for place in range(PEOPLE)
        ]
        for person_id in person_ids:
            held = [{"person_id": person_id, "space_id": key, "right": "contact"} for key in space_ids]
            tx.db.execute(insert(rights), [row | {"granted_at": tx.now} for row in held])
        tx.tell_administrators(person_ids)
        access = sessions.begin(tx, settings, admin, None, "bench").access
    database.close()
    return access, space_ids, person_ids


class Door:
    """Asks the portal, and says how long it took."""

    def __init__(self, port: int, access: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port)
        self._connect(time.monotonic() + 20)
        self._headers = {"Authorization": f"Bearer {access}"}

    def _connect(self, until: float) -> None:
        """The port is told before anybody listens."""
        while True:
            try:
                return self._connection.connect()
            except ConnectionRefusedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def ask(self, method: str, path: str, body: object = None) -> tuple[float, dict[str, Any]]:
        content = None if body is None else json.dumps(body).encode()
        begun = time.perf_counter()
        self._connection.request(method, path, content, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        seconds = time.perf_counter() - begun
        assert answer.status == 200, text[:500]
        return seconds, json.loads(text)

    def all_users(self) -> tuple[float, int, dict[str, int]]:
        """How long the slowest page took, how many there were, and everybody's version."""
        slowest, pages, versions, query, more = 0.0, 0, dict[str, int](), "", True
        while more:
            seconds, page = self.ask("GET", paths.USERS + query)
            slowest, pages, more = max(slowest, seconds), pages + 1, page["more"]
            versions |= {user["person_id"]: user["version"] for user in page["users"]}
            query = f"?cursor={page['cursor']}"
        return slowest, pages, versions

    def change(self, versions: dict[str, int], person_ids: list[str], space_ids: list[str], right: str) -> float:
        changes = [
            {"person_id": key, "base_version": versions[key], "space_ids": space_ids, "add": [right]}
            for key in person_ids
        ]
        return self.ask("PUT", paths.wish(new_id()), {"wish": "change_rights", "changes": changes})[0]


def measure() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        database, files = Path(folder) / "portal.db", Path(folder) / "files"
        settings = Settings(database=f"sqlite:///{database}", files=files, hashing_kib=8)
        access, space_ids, person_ids = make_world(settings)
        with server("portal", database, files) as port:
            door = Door(port, access)
            slowest, pages, versions = door.all_users()
            wide = door.change(versions, person_ids[:5], space_ids, Right.LEAVE)
            tall = door.change(versions, person_ids[5:], space_ids[:34], Right.LEAVE)
            bare = door.ask("GET", paths.PULSE)[0]
    return {
        "10,000 rights in one wish: 5 people × 2,000 spaces": limit(wide),
        "10,030 rights in one wish: 295 people × 34 spaces": limit(tall),
        "users of 600,000 rights: the slowest page": {"value": round(slowest * 1000, 1), "unit": "ms"},
        "users of 600,000 rights: pages": {"value": pages, "unit": ""},
        "first pulse of 2,000 spaces": {"value": round(bare * 1000, 1), "unit": "ms"},
    }


def limit(seconds: float) -> dict[str, Any]:
    return {"value": round(seconds, 3), "limit": WISH_SECONDS, "unit": "s", "at_least": False}
