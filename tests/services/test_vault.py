"""Keys and tokens in the keyring: on the real Secret Service, and under the limits of Windows and macOS.

The real one runs in a session of its own: `dbus-run-session` and `gnome-keyring-daemon` of Debian, in a home made for
it, where `secret_service.py` is run.
"""

import contextlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import keyring.backends.null
import keyring.errors
import pytest

from desktop.services import vault as vaults
from desktop.services.problems import Remedy, StoreFault
from desktop.services.vault import LONGEST, DemoVault, KeyringVault, Keys, Vault, Who, hand_over
from tests.services.keyring_kills import TOOLS, in_session


class Shut(Exception):
    """The process was killed here."""


class MemoryKeyring:
    """A keyring of an operating system, by what the code of the library `keyring` does to it. `cut` ends the process at
    the n-th step that changes something."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}
        self.cut: int | None = None
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.cut:
            raise Shut

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.step()
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.step()
        if self.items.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError(service)


class WindowsKeyring(MemoryKeyring):
    """2,560 bytes of UTF-16 at most; a value written over another leaves a copy of the former."""

    def __init__(self) -> None:
        super().__init__()
        self.copies: list[str] = []

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2_560:
            raise OSError(1783, "The stub received bad data")
        if (service, username) in self.items:
            self.copies.append(self.items[service, username])
        super().set_password(service, username, password)


class MacKeyring(MemoryKeyring):
    """An item is replaced by deleting it, then adding it: two steps."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if (service, username) in self.items:
            self.delete_password(service, username)
        super().set_password(service, username, password)


def a_vault(backend: vaults.Backend) -> KeyringVault:
    return KeyringVault("portail.exemple.fr", "compte", backend)


@pytest.mark.parametrize("kind", [MemoryKeyring, WindowsKeyring, MacKeyring])
def test_what_is_kept_is_there_at_the_next_start(kind: Callable[[], MemoryKeyring]) -> None:
    backend = kind()
    vault = a_vault(backend)
    keys = vault.keys()
    assert len(keys.database) == 32
    assert keys.device is None
    vault.remember_device("d" * 43)
    for turn in range(5):
        vault.keep_refresh_token(f"token {turn}")
    again = a_vault(backend)
    assert again.keys() == Keys(keys.database, "d" * 43)
    assert again.refresh_token() == "token 4"
    again.forget_session()
    assert again.refresh_token() is None
    assert again.keys() == Keys(keys.database, "d" * 43)
    again.forget_everything()
    assert backend.items == {}
    assert again.keys().database != keys.database


def test_accounts_and_portals_have_their_own_items() -> None:
    backend = MemoryKeyring()
    one, other = KeyringVault("a.fr", "x", backend), KeyringVault("b.fr", "x", backend)
    assert one.keys() != other.keys()
    assert {service for service, _ in backend.items} == {"volet/a.fr/x/vault", "volet/b.fr/x/vault"}
    assert {user for _, user in backend.items} == {"v1"}


def test_each_account_has_its_own_secrets_and_one_is_forgotten_alone() -> None:
    backend = MemoryKeyring()
    whole = a_vault(backend)
    one, other = whole.of("one"), whole.of("other")
    assert not one.made()
    for vault, who in ((one, Who("ana@exemple.fr", "Ana Petit")), (other, Who("luc@exemple.fr"))):
        vault.keys()
        vault.keep_refresh_token("token")
        vault.introduce(who)
    assert one.keys() != other.keys()
    one.forget_everything()
    assert (one.made(), one.refresh_token(), one.who()) == (False, None, None)
    assert (other.made(), other.refresh_token(), other.who()) == (True, "token", Who("luc@exemple.fr"))
    assert not [service for service, _ in backend.items if "/one/" in service]


@pytest.mark.parametrize("cut", range(1, 8))
def test_a_profile_of_before_hands_over_what_it_holds_whenever_it_is_cut_short(cut: int) -> None:
    backend = MacKeyring()
    former, own = a_vault(backend), a_vault(backend).of("one")
    key = former.keys().database
    former.remember_device("device")
    former.keep_refresh_token("token")
    backend.steps, backend.cut = 0, cut
    with contextlib.suppress(StoreFault):
        hand_over(former, own)
    backend.cut = None
    if not a_vault(backend).of("one").made():
        hand_over(a_vault(backend), a_vault(backend).of("one"))
    again = a_vault(backend).of("one")
    assert (again.keys(), again.refresh_token()) == (Keys(key, "device"), "token")
    assert a_vault(backend).keys().database == key


def test_the_keys_are_written_once_and_never_again() -> None:
    backend = WindowsKeyring()
    vault = a_vault(backend)
    vault.keys()
    kept = dict(backend.items)
    for turn in range(4):
        vault.remember_device(f"device {turn}")
        vault.keep_refresh_token(f"token {turn}")
    a_vault(backend).keys()
    assert backend.items.items() >= kept.items()
    assert backend.copies == []


def test_every_item_is_under_the_limit_of_windows_and_a_longer_one_is_refused() -> None:
    backend = WindowsKeyring()
    vault = a_vault(backend)
    vault.keys()
    vault.remember_device("d" * 200)
    vault.keep_refresh_token("t" * 200)
    assert max(map(len, backend.items.values())) < LONGEST
    with pytest.raises(ValueError, match="too long"):
        vault.keep_refresh_token("t" * LONGEST)
    assert vault.refresh_token() == "t" * 200


def test_a_kill_between_any_two_steps_loses_neither_token_nor_key_on_macos() -> None:
    backend = MacKeyring()
    key = a_vault(backend).keys()
    held = ""
    for turn in range(40):
        backend.steps, backend.cut = 0, turn % 3 + 1
        try:
            a_vault(backend).keep_refresh_token(f"token {turn}")
        except StoreFault:
            pass
        except Shut:
            pass
        backend.cut = None
        found = a_vault(backend).refresh_token()
        assert found in {held, f"token {turn}"} if held else found in {None, f"token {turn}"}
        held = found or ""
        assert a_vault(backend).keys() == key
    assert held


def test_a_slot_that_cannot_be_read_does_not_hide_the_other() -> None:
    backend = MemoryKeyring()
    vault = a_vault(backend)
    vault.keep_refresh_token("one")
    vault.keep_refresh_token("two")
    backend.items["volet/portail.exemple.fr/compte/session.1", "v1"] = "{nonsense"
    assert a_vault(backend).refresh_token() == "one"
    vault.keep_refresh_token("three")
    assert a_vault(backend).refresh_token() == "three"


def raising(error: Exception) -> vaults.Backend:
    class Broken(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            raise error

    return Broken()


@pytest.mark.parametrize(
    ("error", "detail", "remedy"),
    [
        (keyring.errors.KeyringLocked("x"), "keyring: locked", Remedy.UNLOCK),
        (keyring.errors.NoKeyringError("x"), "keyring: none", Remedy.ASK_SUPPORT),
        (keyring.errors.InitError("x"), "keyring: none", Remedy.ASK_SUPPORT),
        (ConnectionRefusedError("x"), "keyring: none", Remedy.ASK_SUPPORT),
        (TimeoutError("x"), "keyring: TimeoutError", Remedy.RETRY),
        (KeyError("secret token"), "keyring: KeyError", Remedy.RETRY),
    ],
)
def test_faults_of_the_keyring_are_told_apart_and_quote_nothing(error: Exception, detail: str, remedy: Remedy) -> None:
    with pytest.raises(StoreFault) as caught:
        a_vault(raising(error)).keys()
    assert (caught.value.detail, caught.value.remedy) == (detail, remedy)
    assert caught.value.sentence.endswith(".")
    assert "secret" not in f"{caught.value!r}{caught.value.__cause__!r}"


def test_a_keyring_that_forgets_is_found_out_at_once() -> None:
    with pytest.raises(StoreFault) as caught:
        a_vault(keyring.backends.null.Keyring()).keys()
    assert caught.value.detail == "keyring: value not kept"


def test_a_key_that_cannot_be_read_is_not_replaced() -> None:
    backend = MemoryKeyring()
    for wrong in ("nonsense", '{"v":1,"db":"AAAA"}', '{"v":1,"db":"%%%"}'):
        backend.items["volet/portail.exemple.fr/compte/vault", "v1"] = wrong
        with pytest.raises(StoreFault, match="illisible"):
            a_vault(backend).keys()
        assert backend.items["volet/portail.exemple.fr/compte/vault", "v1"] == wrong


def test_the_demonstration_keeps_its_secrets_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    vault: Vault = DemoVault(folder)
    keys = vault.keys()
    vault.remember_device("device")
    vault.keep_refresh_token("token")
    again = DemoVault(folder)
    assert (again.keys(), again.refresh_token()) == (Keys(keys.database, "device"), "token")
    [path] = folder.iterdir()
    assert sys.platform == "win32" or path.stat().st_mode & 0o777 == 0o600
    again.forget_session()
    assert again.refresh_token() is None
    again.forget_everything()
    assert DemoVault(folder).keys() != keys
    path.write_bytes(b"nonsense")
    with pytest.raises(StoreFault):
        DemoVault(folder).keys()


def test_without_a_bus_there_is_no_keyring_and_no_other_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever the environment says: the backend is pinned in the code."""
    if sys.platform != "linux":
        pytest.skip("the Secret Service is of Linux")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with pytest.raises(StoreFault) as caught:
        KeyringVault("portail.exemple.fr", "compte").keys()
    assert caught.value.detail == "keyring: none"


# The real Secret Service


@pytest.mark.secret_service
def test_the_real_secret_service_in_a_session_of_its_own() -> None:
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"not installed, so NOT tested on a real keyring: {', '.join(missing)}")
    # The library forgets to close its connection when a keyring cannot be unlocked.
    leak = "-W ignore::ResourceWarning -W ignore::pytest.PytestUnraisableExceptionWarning"
    ran = in_session(
        f"{sys.executable} -m pytest -q -p no:randomly {leak} {Path(__file__).with_name('secret_service.py')}"
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 passed" in ran.stdout
