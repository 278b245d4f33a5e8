"""The real services on an encrypted profile of their own, for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.services.contact import Contact
from desktop.services.files import Shelf
from desktop.services.leave import Leave
from desktop.services.outbox import Outbox
from desktop.services.portfolio import Portfolio
from desktop.services.store import Store
from tests.services.world import World, a_world
from tests.services.world import fill as fill_store

KEY = bytes(range(32))


class Clock:
    """Monotonic seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def key() -> bytes:
    return KEY


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "profile" / "store.db", KEY)
    yield made
    made.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    (tmp_path / "profile").mkdir(exist_ok=True)
    made = Shelf(tmp_path / "profile" / "shelf.db", KEY)
    yield made
    made.close()


@pytest.fixture
def outbox(store: Store, clock: Clock) -> Outbox:
    return Outbox(store, clock=clock)


@pytest.fixture
def contact(store: Store, outbox: Outbox, shelf: Shelf) -> Contact:
    return Contact(store, outbox, shelf)


@pytest.fixture
def portfolio(store: Store, outbox: Outbox) -> Portfolio:
    return Portfolio(store, outbox)


@pytest.fixture
def fill(store: Store, contact: Contact, portfolio: Portfolio) -> Callable[..., World]:
    """Fills the store with a world (by default `a_world()`) and answers it."""

    def filled(world: World | None = None) -> World:
        made = world or a_world()
        fill_store(store, contact, portfolio, made)
        return made

    return filled


@pytest.fixture
def leaves(store: Store, outbox: Outbox, shelf: Shelf) -> Leave:
    return Leave(store, outbox, shelf)
