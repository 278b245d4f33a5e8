"""Lost token answers, in the short form of `tokens.py`."""

from pathlib import Path

from tests.journeys import tokens


def test_lost_answers_sign_nobody_out_and_a_spent_token_ends_the_session(tmp_path: Path) -> None:
    tally = tokens.run(tmp_path, 30)
    assert (tally.lost, tally.signed_out, tally.family_ended) == (30, 0, True)
    assert tally.rotated > 8
    assert tally.restarts > 4
