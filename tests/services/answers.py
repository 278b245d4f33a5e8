"""Answers as a portal writes them, said by the weather in its stead."""

import msgspec

from contract.identity import new_id
from contract.signin import Tokens
from contract.wire import PROBLEM_PREFIX, Problem
from tests.weather import Say

PERSON = new_id()

ME = {
    "person_id": new_id(), "civility": "Mme", "first_name": "Ana", "last_name": "Petit", "email": "ana@exemple.fr",
    "companies": [], "spaces": [], "rights": [],
}  # fmt: skip


def json(body: object, status: int = 200, *headers: tuple[str, str]) -> Say:
    return Say(status, headers, msgspec.json.encode(body), "application/json")


def no(kind: str, status: int, *headers: tuple[str, str], **more: object) -> Say:
    told = Problem(type=PROBLEM_PREFIX + kind, title="Non.", status=status, **more)  # type: ignore[arg-type]
    return Say(status, headers, msgspec.json.encode(told), "application/problem+json")


def tokens(access: str = "a1", refresh: str | None = None, device: str | None = None, seconds: int = 600) -> Say:
    return json(msgspec.to_builtins(Tokens(PERSON, access, seconds, refresh, device)))
