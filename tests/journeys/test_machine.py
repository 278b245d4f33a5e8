"""A short run of the machine that `python -m tests.journeys.machine` runs long, and some of the bugs it must find."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import machine
from tests.journeys.bugs import BUGS
from tests.journeys.town import Town

EXAMPLES = 60
SHORT = (
    "a_new_key_at_each_try",
    "done_before_the_answer",
    "lanes_ignored",
    "the_purge_forgotten",
    "tombstones_ignored",
)
"""One bug of each kind: name, answer, order, rights, changes. All of them are in the long run."""


@pytest.fixture(scope="module")
def quiet_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Every refresh brings a new refresh token. Connections are cut on purpose: the log would tell of nothing else."""
    level = logging.getLogger("portal").level
    logging.getLogger("portal").setLevel(logging.CRITICAL)
    with Town(tmp_path_factory.mktemp("machine") / "town", rotation_seconds=0) as town:
        yield town
    logging.getLogger("portal").setLevel(level)


def test_no_promise_is_broken_in_any_weather(quiet_town: Town, tmp_path: Path) -> None:
    machine.run(quiet_town, tmp_path, examples=15)


@pytest.mark.parametrize("bug", SHORT)
def test_a_deliberate_bug_is_found(
    quiet_town: Town, tmp_path: Path, bug: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert machine.finds(quiet_town, tmp_path, bug, EXAMPLES) is not None
    capsys.readouterr()


def test_there_are_at_least_ten_bugs_to_find() -> None:
    assert len(BUGS) >= 10
    assert set(SHORT) <= set(BUGS)
