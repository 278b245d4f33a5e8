"""The vault on a real Secret Service: run by `test_vault.py` in a session of its own, with a keyring made for it."""

import pytest

from desktop.services.problems import Remedy, StoreFault
from desktop.services.vault import KeyringVault, Keys
from tests.services import keyring_kills


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


def test_kills_at_any_moment_of_a_write_sign_nobody_out() -> None:
    told = keyring_kills.kill(6)
    assert (told["kills"], told["signed out"], told["keys changed"]) == (6, 0, 0)
    assert told["tokens"] > 0


def test_a_locked_keyring_says_so() -> None:
    """Last, for it stays locked: without a screen nobody can be asked."""
    import secretstorage  # type: ignore[import-untyped,unused-ignore]

    connection = secretstorage.dbus_init()
    secretstorage.get_default_collection(connection).lock()
    with pytest.raises(StoreFault) as caught:
        real_vault("locked").keys()
    assert (caught.value.detail, caught.value.remedy) == ("keyring: locked", Remedy.UNLOCK)
    connection.close()
