"""The client killed (`kill -9`) between any two steps of a send, then begun anew: nothing lost, nothing twice.

`python -m tests.journeys.killing 200` kills 200 times, spread evenly over all the steps there are: before and after
each commit of the store and of the shelf, each request and its answer, each write of the vault.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.services.files import Shelf
from desktop.services.portal.door import Door
from desktop.services.store import Store
from tests.journeys.clerk import Clerk
from tests.journeys.residents import Resident
from tests.vaults import FileVault
from tests.weather import Weather

if TYPE_CHECKING:  # the process that is killed must not wait for the portal's libraries
    from tests.journeys.town import Town

_FILE = b"Jour;Montant\n" + b"2026-11-24;12,50\n" * 80_000
_TEXTS = ("Bonjour, une question", "Voici le fichier", "J’ajoute ceci", "Et cela")


# The process that is killed


class Steps:
    """Counts the steps of this process and ends it, without a word, at the one named; 0: at none."""

    def __init__(self, last: int) -> None:
        self._left = last
        self.taken = 0

    def __call__(self) -> None:
        self.taken += 1
        if self.taken == self._left:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: type, name: str) -> None:
        """A step before each call of the method, and one after."""
        method: Callable[..., object] = getattr(owner, name)

        def stepping(*args: object, **named: object) -> object:
            self()
            answer = method(*args, **named)
            self()
            return answer

        setattr(owner, name, stepping)

    def around_transactions(self, owner: type, name: str) -> None:
        """A step before each transaction, one before its commit, and one after."""
        method: Callable[..., AbstractContextManager[object]] = getattr(owner, name)

        @contextmanager
        def stepping(*args: object, **named: object) -> Iterator[object]:
            self()
            with method(*args, **named) as db:
                yield db
                self()
            self()

        setattr(owner, name, stepping)


def live(folder: Path, address: str, email: str, space_id: str, last: int) -> None:
    """A morning of a clerk. Says each thing written once it has been acknowledged to her."""
    steps = Steps(last)
    steps.around_transactions(Store, "write")
    steps.around_transactions(Shelf, "_transaction")
    steps.around(Door, "open")
    steps.around(Door, "ask")
    steps.around(FileVault, "_write")
    with Clerk(folder, address) as clerk:
        clerk.sign_in(Resident("", email, ""))
        clerk.turn()
        request_id = clerk.ask(space_id, _TEXTS[0])
        _say(request_id)
        file = clerk.shelf.stage_bytes("decompte.csv", _FILE)
        clerk.reply(request_id, _TEXTS[1], file)
        _say(_TEXTS[1])
        clerk.turn()
        clerk.reply(request_id, _TEXTS[2])
        _say(_TEXTS[2])
        clerk.reply(request_id, _TEXTS[3])
        _say(_TEXTS[3])
        clerk.turn()
    _say(str(steps.taken))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


# The one who kills, begins anew and counts


@dataclass(slots=True)
class Tally:
    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    untrue: int = 0
    steps: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return self.lost == self.doubled == self.untrue == 0


def run(folder: Path, town: "Town", kills: int) -> Tally:
    """So many kills, evenly over the steps of a morning; the first run is left alone, to count them."""
    tally = Tally()
    with Weather("127.0.0.1", town.port) as weather:
        said = _morning(folder / "whole", weather.address, town, 0, tally)
        tally.steps = int(said[-1])
        for place in range(kills):
            step = 1 + place * tally.steps // kills
            _morning(folder / f"killed{place}", weather.address, town, step, tally)
            tally.kills += 1
    return tally


def _morning(folder: Path, address: str, town: "Town", last: int, tally: Tally) -> list[str]:
    block = town.block(1)
    ana = town.person(block, "Ana")
    command = [sys.executable, "-m", "tests.journeys.killing", "live", str(folder), address, ana.email, block.spaces[0]]
    ended = subprocess.run([*command, str(last)], stdout=subprocess.PIPE, text=True, check=False, timeout=60)
    if ended.returncode != (-signal.SIGKILL if last else 0):
        raise AssertionError(f"the client ended by itself: {ended.returncode}")
    said = ended.stdout.splitlines()
    _begin_anew(folder, address, town, ana, said, last, tally)
    return said


def _begin_anew(
    folder: Path, address: str, town: "Town", ana: Resident, said: list[str], last: int, tally: Tally
) -> None:
    """A fresh client on the same folder finishes; then the portal and the copy are compared with what was said."""
    with Clerk(folder, address) as clerk:
        if not clerk.session.signed_in:
            clerk.sign_in(ana)
        clerk.turn()
        clerk.until(lambda: not clerk.waiting())
        requests = clerk.requests()
        written = [(request_id, text) for request_id in requests for text in town.texts(request_id)]
        held = [(request_id, text) for request_id in requests for text in clerk.texts(request_id)]
    count = min(len(said), len(_TEXTS))
    expected = [(said[0], text) for text in _TEXTS[:count]] if said else []
    one_more = [(requests[0], text) for text in _TEXTS[: count + 1]] if requests else []
    tally.acknowledged += count
    tally.lost += len([each for each in expected if each not in written])
    tally.doubled += len(written) - len(set(written)) + max(0, len(requests) - 1)
    if written not in (expected, one_more) or held != written:
        tally.untrue += 1
        tally.notes.append(f"step {last}: said {len(said)}, written {len(written)}, held {len(held)}")


def main(kills: int = 200) -> int:
    from tests.journeys.town import Town

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="volet-kills-") as name, Town(Path(name) / "town") as town:
        tally = run(Path(name), town, kills)
    figures = {
        "kills": tally.kills,
        "steps": tally.steps,
        "acknowledged": tally.acknowledged,
        "lost": tally.lost,
        "doubled": tally.doubled,
        "untrue": tally.untrue,
        "seconds": round(time.monotonic() - began, 1),
    }
    _say(json.dumps(figures))
    for note in tally.notes:
        _say(note)
    return 0 if tally.clean else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["live"]:
        live(Path(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5], int(sys.argv[6]))
    else:
        sys.exit(main(*map(int, sys.argv[1:2])))
