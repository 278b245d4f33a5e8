"""Lost token answers, in the short form of `tokens.py`."""

from pathlib import Path

from tests.journeys import tokens


def test_lost_answers_sign_nobody_out_and_a_spent_token_ends_the_session(tmp_path: Path) -> None:
    tally = tokens.run(tmp_path, 40)
    assert (tally.lost, tally.signed_out, tally.family_ended) == (40, 0, True)
    assert tally.rotated > 10
    assert tally.restarts > 5
