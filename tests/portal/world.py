"""A small world, made by the portal's own rules: two companies in two portfolios, one person a right, a stranger."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from httpx import Response
from litestar.testing import TestClient

from contract import paths
from contract.identity import new_id
from contract.portfolio import Right
from portal import people
from portal.app import create_app
from portal.database import SYSTEM, Database
from portal.passwords import Passwords
from portal.people import Adviser
from portal.settings import Settings

PASSWORD: Final = "une phrase assez longue"
START: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PDF: Final = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"


@dataclass
class Clock:
    """The portal's clock, moved by hand."""

    moment: datetime = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **time: float) -> None:
        self.moment += timedelta(**time)


@dataclass
class World:
    """`own` is the space that everybody of the group has rights in, `second` another of theirs, `other` a stranger's.
    `people` by name: one a right (`contact`, `leave`, …), `all` with every right, `nobody`, `suspended`, `stranger`."""

    settings: Settings
    clock: Clock
    database: Database
    passwords: Passwords
    own: str = ""
    second: str = ""
    other: str = ""
    company: str = ""
    portfolio: str = ""
    adviser: Adviser | None = None
    people: dict[str, str] = field(default_factory=dict)

    def email(self, name: str) -> str:
        return f"{name.replace('_', '.')}@exemple.fr"

    @property
    def answering(self) -> Adviser:
        assert self.adviser is not None
        return self.adviser


def settings_for(database: str, files: Path, clock: Clock, **more: object) -> Settings:
    """Settings of the tests: a hash that costs nothing, no limit per address."""
    cheap: dict[str, Any] = {"hashing_kib": 8, "address_burst": 1_000_000, "address_seconds": 0.001, "mail_seconds": 0}
    return Settings(database=database, files=files, now=clock, **(cheap | more))


def make_world(settings: Settings, clock: Clock) -> World:
    world = World(settings, clock, Database(settings), Passwords(settings))
    kept = world.passwords.hash(PASSWORD)
    with world.database.write() as tx:
        world.company = people.add_company(tx, "Ateliers du Loir", "732829320")
        world.own = people.add_space(tx, world.company, "1002", "73282932000074", label="Siège")
        world.second = people.add_space(tx, world.company, "997", "73282932000082")
        strange = people.add_company(tx, "Fonderie Vasseur", "356000000")
        world.other = people.add_space(tx, strange, "5001", "35600000000048")
        world.portfolio = people.add_portfolio(tx, "Groupe Loir", [world.own, world.second])
        elsewhere = people.add_portfolio(tx, "Vasseur", [world.other])
        names = [*(right.value for right in Right), "all", "nobody", "suspended"]
        for name in names:
            world.people[name] = people.add_person(
                tx, world.portfolio, "Camille", name.capitalize(), world.email(name), password_hash=kept
            )
        world.people["stranger"] = people.add_person(
            tx, elsewhere, "Dominique", "Vasseur", world.email("stranger"), password_hash=kept
        )
        for right in Right:
            people.grant(tx, SYSTEM, world.people[right.value], world.own, [right])
        for name in ("all", "suspended"):
            people.grant(tx, SYSTEM, world.people[name], world.own, list(Right))
        people.grant(tx, SYSTEM, world.people["all"], world.second, list(Right))
        people.grant(tx, SYSTEM, world.people["stranger"], world.other, list(Right))
        world.adviser = people.add_adviser(tx, "sylvie", "Sylvie", "Aubert")
    return world


def declaration(space_id: str, last_name: str = "Lefèvre", **more: object) -> dict[str, Any]:
    """The body of a `DeclareLeave`: illness, two weeks around `START`."""
    return {
        "wish": "declare_leave",
        "leave_id": new_id(),
        "space_id": space_id,
        "employee": {"last_name": last_name, "first_name": "Anne", "nir": "2 95 10 99 126 111 93"},
        "motive": "01",
        "last_day_worked": "2026-11-16",
        "start": "2026-11-17",
        "expected_end": "2026-11-30",
    } | more


class Person:
    """Somebody signed in, who asks the portal."""

    def __init__(self, client: TestClient[Any], world: World, name: str) -> None:
        self.client, self.world, self.person_id = client, world, world.people[name]
        answer = client.post(paths.SIGN_IN, json={"email": world.email(name), "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        self.headers = {"Authorization": f"Bearer {self.tokens['access']}"}

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=self.headers | headers)

    def wish(self, body: dict[str, Any], wish_id: str | None = None) -> Response:
        return self.client.put(paths.wish(wish_id or new_id()), json=body, headers=self.headers)

    def ask(self, space_id: str | None = None, **more: object) -> dict[str, Any]:
        """The body of an `OpenRequest` of the simplest topic."""
        return {
            "wish": "open_request",
            "request_id": new_id(),
            "message_id": new_id(),
            "space_id": space_id or self.world.own,
            "topic": "autre.autre-question",
            "subject": "Une question",
            "text": "Bonjour.",
        } | more

    def opened(self, space_id: str | None = None, **more: object) -> str:
        body = self.ask(space_id, **more)
        answer = self.wish(body)
        assert answer.status_code == 200, answer.text
        return str(body["request_id"])

    def declared(self, space_id: str | None = None, **more: object) -> str:
        body = declaration(space_id or self.world.own, **more)
        answer = self.wish(body)
        assert answer.status_code == 200, answer.text
        return str(body["leave_id"])

    def writes(self, request_id: str, text: str = "Suite.", **more: object) -> dict[str, Any]:
        return {"wish": "send_message", "request_id": request_id, "message_id": new_id(), "text": text} | more

    def pull(self, *feeds: tuple[str, str | None], **more: object) -> list[dict[str, Any]]:
        body = {"feeds": [{"space_id": space, "cursor": cursor} for space, cursor in feeds]} | more
        answer = self.client.post(paths.CHANGES, json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        pages: list[dict[str, Any]] = answer.json()["pages"]
        return pages

    def send_file(self, content: bytes = PDF) -> str:
        """Uploads it whole, unless it is there; answers its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        if self.client.head(paths.upload(sha256), headers=self.headers).headers.get("upload-offset") == str(
            len(content)
        ):
            return sha256
        answer = self.client.patch(
            paths.upload(sha256),
            content=content,
            headers=self.headers | {"Upload-Offset": "0", "Upload-Length": str(len(content))},
        )
        assert answer.status_code == 204, answer.text
        return sha256

    def attachment(self, content: bytes = PDF, name: str = "avis.pdf") -> dict[str, Any]:
        """Uploads a file and names it as a wish does."""
        return {"attachment_id": new_id(), "name": name, "size": len(content), "sha256": self.send_file(content)}


def open_client(settings: Settings) -> TestClient[Any]:
    return TestClient(create_app(settings), raise_server_exceptions=False)
