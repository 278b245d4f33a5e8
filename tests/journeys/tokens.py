"""Answers with new tokens are lost on the way, and the client starts anew in between: nobody is ever
signed out. A spent token used again, though, ends the session for everybody.

`python -m tests.journeys.tokens 1000` runs the long form.
"""

import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from desktop.services.portal import Portal
from desktop.services.problems import Offline, SignInNeeded
from desktop.services.session import Session
from tests.journeys.residents import PASSWORD
from tests.journeys.town import Town
from tests.vaults import FileVault
from tests.weather import Lose, Weather


@dataclass
class Tally:
    """`signed_out` is what must be 0; `rotated` counts the tokens that were kept."""

    lost: int = 0
    rotated: int = 0
    restarts: int = 0
    signed_out: int = 0
    family_ended: bool = False


def nobody() -> None:
    """Nobody hears that the session changed."""


def run(folder: Path, answers: int, seed: int = 1) -> Tally:
    """Loses so many answers, one to three in a row, each time that the portal has rotated the token."""
    dice, tally = random.Random(seed), Tally()  # noqa: S311 - the same weather for the same seed
    with Town(folder / "town", rotation_seconds=0) as town, Weather("127.0.0.1", town.port) as weather:
        ana = town.person(town.block(1), "Ana")
        portal, vault = Portal(weather.address), FileVault(folder / "vault")
        session = Session(portal, vault, nobody)
        session.sign_in(ana.email, PASSWORD)
        first = vault.refresh_token() or ""
        while tally.lost < answers and not tally.signed_out:
            row = min(dice.randrange(1, 4), answers - tally.lost)
            weather.fates.extend([Lose()] * row)
            for _ in range(row + 1):
                if dice.random() < 0.3:
                    session, tally.restarts = Session(portal, vault, nobody), tally.restarts + 1
                tally.lost += _refresh(session, tally)
        tally.rotated = len(set(vault.written)) - 1
        tally.family_ended = _spent_token_ends(portal, folder, first) and _over(session)
        portal.close()
    return tally


def _refresh(session: Session, tally: Tally) -> int:
    """1 when the answer was lost."""
    try:
        session.expired(session.access())
    except Offline:
        return 1
    except SignInNeeded:
        tally.signed_out += 1
    return 0


def _spent_token_ends(portal: Portal, folder: Path, spent: str) -> bool:
    """Somebody who has a copy of an early token is refused."""
    thief = FileVault(folder / "thief")
    thief.keep_refresh_token(spent)
    return _over(Session(portal, thief, nobody))


def _over(session: Session) -> bool:
    try:
        session.expired(session.access())
    except SignInNeeded:
        return True
    return False


def main(answers: int = 1000) -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="volet-tokens-") as name:
        tally = run(Path(name), answers)
    told = {
        "answers lost": tally.lost,
        "tokens rotated": tally.rotated,
        "restarts": tally.restarts,
        "signed out": tally.signed_out,
        "spent token ends the family": tally.family_ended,
        "seconds": round(time.monotonic() - began, 1),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 0 if not tally.signed_out and tally.family_ended else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
