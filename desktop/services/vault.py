"""Where secrets are kept: the operating system's keyring, its backend pinned in code.

One item holds the keys and is written once; the refresh token alternates between two slots, so that a write cut
short never loses it (keyring on macOS replaces an item by deleting it first).
"""

import base64
import binascii
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeVar

import msgspec

from desktop.services.problems import Remedy, StoreFault

T = TypeVar("T")

LONGEST: Final = 1_000
"""Characters of one item: Windows keeps 1,280, and refuses more with a message that nobody understands."""
_USER: Final = "v1"
_SLOTS: Final = ("session.0", "session.1")


@dataclass(frozen=True, slots=True)
class Keys:
    """`database`: 32 bytes, for the encrypted store. `device`: the secret by which the portal knows this computer, or
    None before the first sign-in."""

    database: bytes
    device: str | None = None


class Vault(Protocol):
    """Raises `StoreFault` (no keyring, locked keyring, value not kept) and nothing else. Called off the GUI thread."""

    def keys(self) -> Keys:
        """The account's keys; made and written, read back and compared, when there are none."""

    def remember_device(self, device: str) -> None: ...

    def refresh_token(self) -> str | None: ...

    def keep_refresh_token(self, token: str) -> None:
        """Returns once the token has been read back from the keyring."""

    def forget_session(self) -> None:
        """Deletes the refresh token; the keys stay."""

    def forget_everything(self) -> None: ...


class Backend(Protocol):
    """What a keyring backend does; those of the library `keyring` do."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


class _Anchor(msgspec.Struct, frozen=True):
    """What is written once and never again: losing it means losing what was not sent."""

    v: int
    db: str


class _Slot(msgspec.Struct, frozen=True):
    n: int
    t: str


class KeyringVault:
    """The keyring of the operating system. `keyring` is imported at the first call."""

    def __init__(self, service_host: str, account: str, backend: Backend | None = None) -> None:
        self._prefix = f"volet/{service_host}/{account}/"
        self._backend = backend
        self._turn = threading.RLock()
        self._anchor: bytes | None = None

    def keys(self) -> Keys:
        with self._turn:
            if self._anchor is None:
                self._anchor = self._read_anchor() or self._make_anchor()
            return Keys(self._anchor, self._get("device"))

    def remember_device(self, device: str) -> None:
        with self._turn:
            if self._get("device") != device:
                self._replace("device", device)

    def refresh_token(self) -> str | None:
        with self._turn:
            slots = self._read_slots()
            return max(slots.values(), key=lambda slot: slot.n).t if slots else None

    def keep_refresh_token(self, token: str) -> None:
        """The slot that holds the present token is left alone: whatever cuts this short, one of the two is there."""
        with self._turn:
            slots = self._read_slots()
            present = max(slots, key=lambda name: slots[name].n) if slots else _SLOTS[1]
            count = slots[present].n + 1 if slots else 1
            other = _SLOTS[1 - _SLOTS.index(present)]
            self._replace(other, msgspec.json.encode(_Slot(count, token)).decode())

    def forget_session(self) -> None:
        with self._turn:
            for name in _SLOTS:
                self._delete(name)

    def forget_everything(self) -> None:
        with self._turn:
            for name in (*_SLOTS, "device", "vault"):
                self._delete(name)
            self._anchor = None

    # The keys

    def _read_anchor(self) -> bytes | None:
        text = self._get("vault")
        if text is None:
            return None
        try:
            key = base64.b64decode(msgspec.json.decode(text, type=_Anchor).db, validate=True)
        except (msgspec.MsgspecError, binascii.Error, ValueError):
            key = b""
        if len(key) != 32:
            raise StoreFault(
                "La clé des données locales est dans le trousseau de l’ordinateur, mais elle est illisible. Volet "
                "n’y touche pas.",
                Remedy.ASK_SUPPORT,
                "keyring: unreadable key",
            )
        return key

    def _make_anchor(self) -> bytes:
        key = os.urandom(32)
        self._set("vault", msgspec.json.encode(_Anchor(1, base64.b64encode(key).decode())).decode())
        return key

    def _read_slots(self) -> dict[str, _Slot]:
        found = {}
        for name in _SLOTS:
            text = self._get(name)
            if text is not None:
                try:
                    found[name] = msgspec.json.decode(text, type=_Slot)
                except msgspec.MsgspecError:
                    continue
        return found

    # Items

    def _get(self, item: str) -> str | None:
        return self._ask(lambda backend: backend.get_password(self._prefix + item, _USER))

    def _set(self, item: str, value: str) -> None:
        """Writes, reads back, compares: a keyring that forgets is found out now and not at the next start."""
        if len(value) >= LONGEST:
            raise ValueError(f"the item {item} is too long for the keyring of Windows")
        self._ask(lambda backend: backend.set_password(self._prefix + item, _USER, value))
        if self._get(item) != value:
            raise StoreFault(
                "Le trousseau de l’ordinateur n’a pas gardé ce que Volet lui a confié.",
                Remedy.ASK_SUPPORT,
                "keyring: value not kept",
            )

    def _replace(self, item: str, value: str) -> None:
        """Deleted first: on Windows a value written over another leaves a copy of the former behind."""
        self._delete(item)
        self._set(item, value)

    def _delete(self, item: str) -> None:
        if self._get(item) is not None:
            self._ask(lambda backend: backend.delete_password(self._prefix + item, _USER))

    def _ask(self, what: Callable[[Backend], T]) -> T:
        """Whatever a backend raises is a fault of the keyring; its words may hold the value, and are not passed on."""
        try:
            if self._backend is None:
                self._backend = _backend_of_system()
            return what(self._backend)
        except StoreFault:
            raise
        except Exception as error:  # noqa: BLE001 - five libraries, each with exceptions of its own
            fault = _fault(error)
        raise fault


def _backend_of_system() -> Backend:
    """The backend of this operating system, whatever environment or configuration files say: a configuration file can
    make `keyring` run foreign code. Raises what `priority` raises when it cannot work here."""
    if sys.platform == "win32":
        from keyring.backends import Windows

        _ = Windows.WinVaultKeyring.priority
        vault = Windows.WinVaultKeyring()
        vault.persist = "local machine"  # the default would let the key roam with the domain profile
        return vault
    if sys.platform == "darwin":
        from keyring.backends import macOS

        _ = macOS.Keyring.priority
        return macOS.Keyring()
    from keyring.backends import SecretService

    _ = SecretService.Keyring.priority
    made: Callable[[], Backend] = SecretService.Keyring
    return made()


_LOCKED: Final = ("KeyringLocked", "LockedException", "PromptDismissedException")
_ABSENT: Final = (
    "NoKeyringError",
    "InitError",
    "RuntimeError",
    "ImportError",
    "ModuleNotFoundError",
    "SecretServiceNotAvailableException",
)


def _fault(error: Exception) -> StoreFault:
    """Told apart by the name of the exception's class, so that none of these libraries need be imported for it."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & set(_LOCKED):
        return StoreFault(
            "Le trousseau de l’ordinateur est verrouillé. Volet y garde la clé de vos données et votre connexion.",
            Remedy.UNLOCK,
            "keyring: locked",
        )
    if names & set(_ABSENT) or isinstance(error, OSError):
        return StoreFault(
            "Cet ordinateur n’a pas de trousseau en service. Volet y garde la clé de vos données, et ne la garde nulle "
            "part ailleurs.",
            Remedy.ASK_SUPPORT,
            "keyring: none",
        )
    return StoreFault(
        "Le trousseau de l’ordinateur n’a pas répondu comme il le devait.",
        Remedy.RETRY,
        f"keyring: {type(error).__name__}",
    )


# The demonstration


class _Demo(msgspec.Struct, frozen=True):
    db: str
    device: str | None = None
    refresh: str | None = None


class DemoVault:
    """A file that only its owner may read, in the demonstration's own folder, for the demonstration alone: its people
    are invented, and it must start on a machine without a keyring. No real account is ever kept this way."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "demo-vault.json"
        self._turn = threading.Lock()

    def keys(self) -> Keys:
        with self._turn:
            kept = self._read()
        return Keys(base64.b64decode(kept.db), kept.device)

    def remember_device(self, device: str) -> None:
        with self._turn:
            self._write(msgspec.structs.replace(self._read(), device=device))

    def refresh_token(self) -> str | None:
        with self._turn:
            return self._read().refresh

    def keep_refresh_token(self, token: str) -> None:
        with self._turn:
            self._write(msgspec.structs.replace(self._read(), refresh=token))

    def forget_session(self) -> None:
        with self._turn:
            self._write(msgspec.structs.replace(self._read(), refresh=None))

    def forget_everything(self) -> None:
        with self._turn:
            self._path.unlink(missing_ok=True)

    def _read(self) -> _Demo:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Demo)
        except FileNotFoundError:
            kept = _Demo(base64.b64encode(os.urandom(32)).decode())
            self._write(kept)
            return kept
        except (OSError, msgspec.MsgspecError) as error:
            raise _demo_fault() from error

    def _write(self, kept: _Demo) -> None:
        """Aside, then in the place of the former: a kill at any moment leaves one of the two whole."""
        aside = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(file, "wb") as stream:
                stream.write(msgspec.json.encode(kept))
                stream.flush()
                os.fsync(stream.fileno())
            aside.replace(self._path)
        except OSError as error:
            raise _demo_fault() from error


def _demo_fault() -> StoreFault:
    return StoreFault("Le dossier de la démonstration ne peut pas être utilisé.", Remedy.RETRY, "demo vault")
