"""A short run of the machine that `python -m tests.journeys.machine` runs long, and some of the bugs it must find."""

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import machine
from tests.journeys.absent import Absent
from tests.journeys.bugs import BUGS
from tests.journeys.town import Town

EXAMPLES = 60
STEPS = 25
SHORT = (
    "a_new_key_at_each_try",
    "done_before_the_answer",
    "lanes_ignored",
    "the_purge_forgotten",
    "the_portals_cursor_at_the_head",
    "a_leave_has_a_new_key_at_each_try",
    "leaves_stay_when_the_right_is_lost",
)
"""One bug of each kind: name, answer, order, rights, changes, and two of leaves. All of them are in the long run."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=machine.in_memory()) as name:
        yield Path(name)


@pytest.fixture(scope="module")
def quiet_town(folder: Path) -> Iterator[Town]:
    """Every refresh brings a new refresh token. Connections are cut on purpose: the log would tell of nothing else."""
    level = logging.getLogger("portal").level
    logging.getLogger("portal").setLevel(logging.CRITICAL)
    with Town(folder / "town", rotation_seconds=0) as town:
        yield town
    logging.getLogger("portal").setLevel(level)


def test_no_promise_is_broken_in_any_weather(quiet_town: Town, folder: Path) -> None:
    machine.run(quiet_town, folder, examples=12, steps=STEPS)


def test_no_promise_is_broken_about_leaves_either(quiet_town: Town, folder: Path) -> None:
    machine.run(quiet_town, folder, of=Absent, examples=5, steps=STEPS)


@pytest.mark.parametrize("bug", SHORT)
def test_a_deliberate_bug_is_found(
    quiet_town: Town, folder: Path, bug: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert machine.finds(quiet_town, folder, bug, EXAMPLES, STEPS) is not None
    capsys.readouterr()


def test_there_are_at_least_ten_bugs_to_find() -> None:
    assert len(BUGS) >= 10
    assert set(SHORT) <= set(BUGS)
