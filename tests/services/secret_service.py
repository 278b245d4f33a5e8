"""The vault on a real Secret Service: run by `test_vault.py` in a session of its own, with a keyring made for it."""

import signal
import subprocess
import sys

import pytest

from desktop.services.problems import Remedy, StoreFault
from desktop.services.vault import KeyringVault, Keys


def real_vault(account: str) -> KeyringVault:
    return KeyringVault("portail.exemple.fr", account)


def test_what_is_kept_is_there_at_the_next_start() -> None:
    keys = real_vault("one").keys()
    real_vault("one").remember_device("device")
    for turn in range(4):
        real_vault("one").keep_refresh_token(f"token {turn}")
    assert real_vault("one").keys() == Keys(keys.database, "device")
    assert real_vault("one").refresh_token() == "token 3"
    real_vault("one").forget_everything()
    assert real_vault("one").refresh_token() is None
    assert real_vault("one").keys() != keys


def test_kills_at_any_moment_of_a_rotation_never_lose_the_token() -> None:
    """Each token is told once it is kept; whatever is found after the kill is that one or the one under way."""
    real_vault("killed").keep_refresh_token("token 0")
    key = real_vault("killed").keys()
    code = (
        "import os; from desktop.services.vault import KeyringVault\n"
        "vault = KeyringVault('portail.exemple.fr', 'killed')\n"
        "number = int(vault.refresh_token().split()[1])\n"
        "while True:\n"
        "    number += 1; vault.keep_refresh_token(f'token {number}'); os.write(1, f'{number}\\n'.encode())\n"
    )
    for kill in range(8):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline() for _ in range(kill % 4 + 1)]
            writer.send_signal(signal.SIGKILL)
            said += writer.stdout.read().splitlines(keepends=True)
        last = int([line for line in said if line.endswith(b"\n")][-1])
        assert real_vault("killed").refresh_token() in {f"token {last}", f"token {last + 1}"}
        assert real_vault("killed").keys() == key


def test_a_locked_keyring_says_so() -> None:
    """Last, for it stays locked: without a screen nobody can be asked."""
    import secretstorage  # type: ignore[import-untyped,unused-ignore]

    connection = secretstorage.dbus_init()
    secretstorage.get_default_collection(connection).lock()
    with pytest.raises(StoreFault) as caught:
        real_vault("locked").keys()
    assert (caught.value.detail, caught.value.remedy) == ("keyring: locked", Remedy.UNLOCK)
    connection.close()
