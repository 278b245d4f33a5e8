"""What the portal asks of its database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from litestar.testing import TestClient
from sqlalchemy import Engine, event

from contract import paths


@contextmanager
def watched(counted: list[str]) -> Iterator[None]:
    """Every statement of the portal's requests; the postman's are another thread's."""

    def note(_db: object, _cursor: object, statement: str, *_: object) -> None:
        if threading.current_thread().name != "postman":
            counted.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def tidied(client: TestClient[Any]) -> None:
    """Until the portal has tidied up after its start: it takes a step at each turn of its loop."""
    quiet = 0
    while quiet < 3:
        statements: list[str] = []
        with watched(statements):
            client.get(paths.ME)
        quiet = 0 if statements else quiet + 1
