"""Kills at random moments of the writes to a real Secret Service, in a session of its own: nobody is signed out, and
the key is never another one.

`python -m tests.services.keyring_kills 500` runs the long form; it needs `dbus-run-session` and `gnome-keyring-daemon`.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from desktop.services.problems import StoreFault
from desktop.services.vault import KeyringVault, hand_over

TOOLS: Final = ("dbus-run-session", "gnome-keyring-daemon")
_PASSWORD: Final = b"test-login-password"
_HOST: Final = "portail.exemple.fr"
_ACCOUNT: Final = "01a20f2a-63ad-7fc5-8964-eeae23b720eb"


def whole() -> KeyringVault:
    return KeyringVault(_HOST, "killed")


def own() -> KeyringVault:
    return whole().of(_ACCOUNT)


def write_for_ever() -> None:
    """In the process to be killed: tokens one after the other, each told once it is kept. The first one comes out of
    the vault of a profile of before, which is handed over."""
    if not own().made():
        hand_over(whole(), own())
    vault = own()
    number = _number(vault)
    os.write(1, f"{number}\n".encode())
    while True:
        number += 1
        vault.keep_refresh_token(f"token {number}")
        vault.remember_device(f"device {number}")
        os.write(1, f"{number}\n".encode())


def _number(vault: KeyringVault) -> int:
    return int((vault.refresh_token() or "token -1").split()[1])


def kill(kills: int, seed: int = 1) -> dict[str, int]:
    """Within a session with a keyring. Answers how many tokens were said, and how often one was lost."""
    dice = random.Random(seed)  # noqa: S311 - the same moments for the same seed
    whole().keep_refresh_token("token 0")
    key = whole().keys().database
    told = {"kills": kills, "tokens": 0, "signed out": 0, "keys changed": 0, "keyring died": 0}
    last = 0
    for _ in range(kills):
        last = max([last, *_life(dice)])
        try:
            found, kept = _held()
        except StoreFault:
            # Now and then the daemon itself goes down with a client that is killed while it speaks.
            told["keyring died"] += 1
            unlock()
            found, kept = _held()
        told["signed out"] += found not in {last, last + 1}
        told["keys changed"] += kept != key
        last = found
    told["tokens"] = last
    return told


def _held() -> tuple[int, bytes]:
    """The number of the token, and the key, as a client that starts now finds them."""
    vault = own() if own().made() else whole()
    return _number(vault), vault.keys().database


def unlock() -> None:
    """A keyring daemon as after a login, in the place of the one that is there, if any."""
    command = ["gnome-keyring-daemon", "--replace", "--unlock", "--components=secrets"]
    subprocess.run(command, input=_PASSWORD, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def _life(dice: random.Random) -> list[int]:
    """One writer, killed after some words or, now and then, before its first one."""
    command = [sys.executable, "-c", "from tests.services.keyring_kills import *; write_for_ever()"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as writer:
        assert writer.stdout is not None
        words = dice.choice((0, 1, 1, 2, 3, 5))
        said = [writer.stdout.readline() for _ in range(words)]
        time_left = dice.random() * 0.8 if not words else dice.random() * 0.03
        try:
            writer.wait(time_left)
        except subprocess.TimeoutExpired:
            writer.send_signal(signal.SIGKILL)
        said += writer.stdout.read().splitlines(keepends=True)
    return [int(line) for line in said if line.endswith(b"\n")]


def in_session(program: str) -> subprocess.CompletedProcess[str]:
    """Runs a shell command in a session of its own, with a keyring made for it."""
    with tempfile.TemporaryDirectory(prefix="volet-home-") as home:
        (Path(home) / "run").mkdir(mode=0o700)
        (Path(home) / ".local/share/keyrings").mkdir(parents=True)
        (Path(home) / ".cache").mkdir()
        environment = os.environ | {
            "HOME": home,
            "XDG_RUNTIME_DIR": f"{home}/run",
            "XDG_DATA_HOME": f"{home}/.local/share",
        }
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        script = (
            f"printf %s {_PASSWORD.decode()} | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
            f"exec {program}"
        )
        return subprocess.run(
            ["dbus-run-session", "--", "bash", "-c", script],
            env=environment, capture_output=True, text=True, timeout=3600, check=False, cwd=Path(__file__).parents[2],
        )  # fmt: skip


def main(kills: int = 500) -> int:
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        sys.stdout.write(f"not installed: {', '.join(missing)}\n")
        return 1
    began = time.monotonic()
    ran = in_session(f"{sys.executable} -m tests.services.keyring_kills within {kills}")
    sys.stdout.write(ran.stdout or ran.stderr)
    sys.stdout.write(f"{time.monotonic() - began:.0f} s\n")
    return ran.returncode


def within(kills: int) -> int:
    told = kill(kills)
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if told["signed out"] or told["keys changed"] else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["within"]:
        sys.exit(within(int(sys.argv[2])))
    sys.exit(main(*map(int, sys.argv[1:2])))
