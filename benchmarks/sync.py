"""What staying up to date costs, and sending: 100,000 requests in 1,000 spaces, the real client, the real portal.

`python -m benchmarks.sync` prints the figures. The portal is a process of its own; bytes are counted by the proxy of
the tests, times are taken without it.
"""

import http.client
import json
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import insert, select

from benchmarks.portal import server
from contract import paths
from contract.contact import Origin, RequestRecord, SendMessage, State
from contract.identity import new_id
from contract.portfolio import Right
from contract.wishes import Wish
from desktop.services.contact import Contact, Draft
from desktop.services.outbox import Outbox
from desktop.services.portal import Portal
from desktop.services.portfolio import Portfolio
from desktop.services.session import Session
from desktop.services.store import Store
from desktop.services.sync import LinkState, Sync
from portal import people, sessions
from portal.contact import rules
from portal.database import SYSTEM, Database
from portal.people import Adviser
from portal.settings import Settings
from portal.tables import changes, requests
from tests.vaults import FileVault
from tests.weather import Weather

REQUESTS = 100_000
SPACES = 1_000
CHANGED = 10
SENDS = 40


@dataclass(frozen=True, slots=True)
class World:
    """The portal's database, and what a client needs to be signed in there."""

    settings: Settings
    database: Database
    person_id: str
    adviser: Adviser
    refresh: str
    access: str


def make_world(folder: Path, count: int, spaces: int) -> World:
    settings = Settings(database=f"sqlite:///{folder}/portal.db", files=folder / "files", hashing_kib=8)
    database = Database(settings)
    with database.write() as tx:
        company = people.add_company(tx, "Ateliers du Loir", "732829320")
        ids = [people.add_space(tx, company, f"{100_000 + n}", "73282932000074") for n in range(spaces)]
        portfolio = people.add_portfolio(tx, "Groupe Loir", ids)
        person_id = people.add_person(tx, portfolio, "Claire", "Martin", "claire.martin@exemple.fr")
        adviser = people.add_adviser(tx, "julie", "Julie", "Renaud")
        for space_id in ids:
            people.grant(tx, SYSTEM, person_id, space_id, [Right.CONTACT])
        tokens = sessions.begin(tx, settings, person_id, None, "bench")
    each = count // spaces
    for start in range(0, spaces, 50):
        with database.write() as tx:
            for place, space_id in enumerate(ids[start : start + 50], start):
                records = [_request(space_id, person_id, place * each + n) for n in range(each)]
                tx.db.execute(insert(requests), [_row(record) for record in records])
                for record in records:
                    tx.change(space_id, "request", record.request_id, record)
    return World(settings, database, person_id, adviser, tokens.refresh or "", tokens.access)


def _request(space_id: str, person_id: str, index: int) -> RequestRecord:
    moved = datetime.now(UTC) - timedelta(minutes=index * 10 % 1_000_000)
    return RequestRecord(
        request_id=new_id(),
        space_id=space_id,
        file_number=str(8_000_000 + index),
        topic="prevoyance.arret-de-travail",
        theme_label="Mes prestations de prévoyance",
        topic_label="Déclaration d’un arrêt de travail",
        subject=f"Arrêt du 3 au 17 février, dossier {index}",
        state=State.RECEIVED,
        origin=Origin.NEW,
        author_id=person_id,
        author_name="Claire Martin",
        opened_at=moved,
        moved_at=moved,
        state_version=1,
        fields=(("Salarié", "Camille Lefèvre"), ("Premier jour", "03/02/2026")),
    )


def _row(record: RequestRecord) -> dict[str, object]:
    told = msgspec.structs.asdict(record)
    told.pop("awaited")
    return told | {"fields": msgspec.json.encode(record.fields).decode()}


class Client:
    """The machinery of the client over an encrypted store, signed in."""

    def __init__(self, folder: Path, address: str, refresh: str, poll_seconds: float = 3600.0) -> None:
        vault = FileVault(folder / "vault")
        if vault.refresh_token() is None:
            vault.keep_refresh_token(refresh)
        self.store = Store(folder / "store.db", vault.keys().database)
        self.outbox = Outbox(self.store, 0.0)
        self.portal = Portal(address)
        session = Session(self.portal, vault, lambda: None)
        self.contact = Contact(self.store, self.outbox)
        subjects = [Portfolio(self.store, self.outbox), self.contact]
        self.sync = Sync(self.store, self.outbox, self.portal, session, subjects, lambda _: None, poll_seconds)

    def turn(self) -> None:
        self.sync.nudge()
        self.sync.turn()
        if self.sync.link.state is not LinkState.ONLINE:
            raise RuntimeError(f"not on line: {self.sync.link}")

    def close(self) -> None:
        self.sync.stop()
        self.portal.close()
        self.store.close()


@contextmanager
def client(folder: Path, address: str, refresh: str) -> Iterator[Client]:
    one = Client(folder, address, refresh)
    try:
        yield one
    finally:
        one.close()


def measure(count: int = REQUESTS, spaces: int = SPACES) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = make_world(folder, count, spaces)
        with server("portal", folder / "portal.db", folder / "files") as port:
            _wait_for(port)
            figures = _following(folder, world, port)
            figures |= _sending(folder, world, port)
        world.database.close()
    return figures


def _wait_for(port: int, seconds: float = 30.0) -> None:
    """The server says its port before it listens there."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


# Following


def _following(folder: Path, world: World, port: int) -> dict[str, Any]:
    with Weather("127.0.0.1", port) as weather, client(folder, weather.address, world.refresh) as one:
        began = time.monotonic()
        one.turn()
        first = time.monotonic() - began
        asked = weather.requests
        told = _move(world)
        weather.forget()
        one.turn()
        trips, down, up = weather.requests, weather.bytes_down, weather.bytes_up
        weather.forget()
        one.turn()
        return {
            "first synchronisation of all requests": _figure(first, "s"),
            "first synchronisation: round trips": _figure(asked, ""),
            f"{CHANGED} changes among all: round trips": _figure(trips, "", 3),
            f"{CHANGED} changes among all: bytes down": _figure(down, "bytes"),
            f"{CHANGED} changes among all: bytes up": _figure(up, "bytes"),
            f"{CHANGED} changes among all: bytes ÷ bytes of the records": _figure((down + up) / told, "×", 2.0),
            "idle poll: requests": _figure(weather.requests, "", 1),
            "idle poll: bytes of bodies": _figure(weather.bytes_down + weather.bytes_up, "bytes", 0),
        }


def _move(world: World) -> int:
    """The adviser answers in as many spaces as `CHANGED`; answers how many bytes the records that changed have."""
    database = world.database
    with database.read() as db:
        spread = select(requests.c.request_id).group_by(requests.c.space_id).order_by(requests.c.space_id)
        chosen = db.execute(spread.limit(CHANGED)).scalars().all()
    moment = world.settings.now()
    for request_id in chosen:
        with database.write() as tx:
            rules.reply(tx, world.adviser, request_id, "Bonjour, votre dossier est complet. Bien à vous.")
    with database.read() as db:
        bodies = db.execute(select(changes.c.body).where(changes.c.at >= moment)).scalars()
        return sum(len(body.encode()) for body in bodies)


# Sending


def _sending(folder: Path, world: World, port: int) -> dict[str, Any]:
    """Each send of the client beside one bare exchange of the same kind, in turns, on the same portal."""
    with world.database.read() as db:
        request_id = str(db.execute(select(requests.c.request_id).limit(1)).scalar_one())
    ours, bare = [], []
    with client(folder, f"http://127.0.0.1:{port}", world.refresh) as one:
        one.turn()
        confirmed = threading.Event()
        one.store.listen(lambda topics: confirmed.set() if "outbox" in topics and not one.outbox.waiting() else None)
        one.sync.start()
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for place in range(SENDS):
            bare.append(_exchange(connection, world.access, request_id))
            ours.append(_send(one, request_id, place, confirmed))
        connection.close()
    mine, theirs = statistics.median(ours), statistics.median(bare)
    return {
        "send to confirmed": _figure(1000 * mine, "ms"),
        "bare HTTP round trip of the same": _figure(1000 * theirs, "ms"),
        "send to confirmed ÷ bare HTTP round trip": _figure(mine / theirs, "×", 3.0),
    }


def _send(one: Client, request_id: str, place: int, confirmed: threading.Event) -> float:
    confirmed.clear()
    began = time.perf_counter()
    one.contact.reply(Draft(request_id, f"Message {place}"), 1)
    if not confirmed.wait(30):
        raise RuntimeError(f"not confirmed: {one.outbox.waiting()}")
    return time.perf_counter() - began


def _exchange(connection: http.client.HTTPConnection, access: str, request_id: str) -> float:
    wish: Wish = SendMessage(request_id=request_id, message_id=new_id(), text="Message")
    body = msgspec.json.encode(wish)
    headers = {"Authorization": f"Bearer {access}", "Content-Type": "application/json"}
    began = time.perf_counter()
    connection.request("PUT", paths.wish(new_id()), body, headers)
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - began
    if answer.status != 200:
        raise RuntimeError(f"HTTP {answer.status}")
    return took


def _figure(value: float, unit: str, limit: float | None = None) -> dict[str, Any]:
    return {"value": round(value, 3), "unit": unit, "limit": limit}


if __name__ == "__main__":
    print(json.dumps(measure(), ensure_ascii=False, indent=2))
