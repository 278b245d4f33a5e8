"""A dozen of the kills that `python -m tests.journeys.killing` makes by the hundred."""

from pathlib import Path

from tests.journeys import killing
from tests.journeys.town import Town


def test_a_client_killed_at_any_step_loses_nothing_and_sends_nothing_twice(tmp_path: Path, town: Town) -> None:
    tally = killing.run(tmp_path, town, 12)
    assert tally.steps > 60
    assert tally.kills == 12
    assert tally.acknowledged > 12
    assert tally.clean, tally
