"""One portal for all journeys of a run; each has companies of its own, and weather of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journeys.clerk import Clerk
from tests.journeys.residents import Resident
from tests.journeys.town import Block, Town
from tests.weather import Weather


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Town(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture
def weather(town: Town) -> Iterator[Weather]:
    with Weather("127.0.0.1", town.port) as weather:
        yield weather


@pytest.fixture
def block(town: Town) -> Block:
    return town.block()


@pytest.fixture
def ana(town: Town, block: Block) -> Resident:
    return town.person(block, "Ana")


@pytest.fixture
def new_clerk(weather: Weather, tmp_path: Path) -> Iterator[Callable[..., Clerk]]:
    """Makes a client in a folder of that name; closed at the end."""
    with ExitStack() as stack:

        def new(name: str = "ana", hold_seconds: float = 0.0) -> Clerk:
            return stack.enter_context(Clerk(tmp_path / name, weather.address, hold_seconds=hold_seconds))

        yield new


@pytest.fixture
def clerk(new_clerk: Callable[..., Clerk], ana: Resident) -> Clerk:
    """Ana's client, signed in and up to date."""
    clerk = new_clerk()
    clerk.sign_in(ana)
    clerk.turn()
    return clerk
