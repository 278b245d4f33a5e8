"""What the portal asks of its database."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from litestar.testing import TestClient
from sqlalchemy import Engine, event

from contract import paths


@contextmanager
def watched(counted: list[str]) -> Iterator[None]:
    """Every statement of the portal's requests; the postman's are another thread's."""
    with _noting(counted, lambda thread: thread != "postman"):
        yield


@contextmanager
def noted(name: str, counted: list[str]) -> Iterator[None]:
    """Every statement of the thread of this name."""
    with _noting(counted, lambda thread: thread == name):
        yield


@contextmanager
def _noting(counted: list[str], wanted: Callable[[str], bool]) -> Iterator[None]:
    def note(_db: object, _cursor: object, statement: str, *_: object) -> None:
        if wanted(threading.current_thread().name):
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
