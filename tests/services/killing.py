"""The client's store killed (`kill -9`) at random moments of its work: nothing acknowledged is lost.

`python -m tests.services.killing 200` runs the long form.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from contract.contact import SendMessage
from contract.identity import new_id
from desktop.services.outbox import Outbox
from desktop.services.store import Store
from tests.services import powercut

KEY = bytes(range(32))


def write_for_ever(path: Path) -> None:
    """In the process to be killed: wishes, each told on standard output once it is acknowledged."""
    store = Store(path, KEY)
    outbox = Outbox(store, hold_seconds=0)
    turn = 0
    while True:
        turn += 1
        wish = SendMessage(request_id=new_id(), message_id=new_id(), text=f"Message {turn} " + "x" * 500)
        wish_id = outbox.add(wish, lane=f"lane {turn % 3}", topics=["contact"], title="Essai")
        os.write(1, f"{wish_id}\n".encode())
        if turn % 4 == 0 and outbox.sending(wish_id):
            outbox.later(wish_id, 1.0, fault=True)


def kill_once(path: Path, dice: random.Random) -> list[str]:
    """Kills the writer once it has said a few; answers all that it said."""
    command = [sys.executable, "-c", f"from tests.services.killing import *; write_for_ever(Path({str(path)!r}))"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(dice.randrange(1, 40))]
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.read().splitlines(keepends=True)
    return [line.decode().strip() for line in said if line.endswith(b"\n")]


def main(kills: int = 200, folder: Path | None = None, seed: int = 1) -> int:
    """So many kills over one profile; answers how many acknowledged wishes were lost or doubled."""
    dice = random.Random(seed)  # noqa: S311 - the same moments for the same seed
    with tempfile.TemporaryDirectory(prefix="volet-kill-") as name:
        path = (folder or Path(name)) / "store.db"
        acknowledged: list[str] = []
        for _ in range(kills):
            acknowledged += kill_once(path, dice)
        store = Store(path, KEY)
        powercut.check(store)
        held = [waiting.wish_id for waiting in Outbox(store).waiting()]
        store.close()
    return len(set(acknowledged) - set(held)) + len(held) - len(set(held))


if __name__ == "__main__":
    wrong = main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    sys.stdout.write(f"{wrong} lost or doubled\n")
    sys.exit(1 if wrong else 0)
