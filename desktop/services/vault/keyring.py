"""Where secrets are kept: the operating system's keyring, its backend pinned in code.

Each account has items of its own, so that forgetting one forgets no other. One item holds the key and is written once;
the refresh token alternates between two slots, so that a write cut short never loses it (keyring on macOS replaces an
item by deleting it first).
"""

import base64
import binascii
import os
import sys
import threading
from collections.abc import Callable
from typing import Final, Protocol, TypeVar

import msgspec

from desktop.services.problems import Remedy, StoreFault
from desktop.services.vault.secrets import Keys, Who

T = TypeVar("T")

LONGEST: Final = 1_000
"""Characters of one item: Windows keeps 1,280, and refuses more with a message that nobody understands."""
_USER: Final = "v1"
_SLOTS: Final = ("session.0", "session.1")


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


class _Who(msgspec.Struct, frozen=True):
    email: str
    name: str = ""


class KeyringVault:
    """The keyring of the operating system. `keyring` is imported at the first call."""

    def __init__(self, service_host: str, account: str, backend: Backend | None = None) -> None:
        self._host, self._account = service_host, account
        self._prefix = f"volet/{service_host}/{account}/"
        self._backend = backend
        self._turn = threading.RLock()
        self._anchor: bytes | None = None

    def of(self, account: str) -> "KeyringVault":
        return KeyringVault(self._host, f"{self._account}/{account}", self._backend)

    def made(self) -> bool:
        with self._turn:
            if self._anchor is None:
                self._anchor = self._read_anchor()
            return self._anchor is not None

    def take_key(self, database: bytes) -> None:
        with self._turn:
            if not self.made():
                self._write_anchor(database)

    def introduce(self, who: Who) -> None:
        """What would not fit into an item is cut: it is only shown."""
        with self._turn:
            if self.who() != (kept := Who(who.email[:254], who.name[:200])):
                self._replace("who", msgspec.json.encode(_Who(kept.email, kept.name)).decode())

    def who(self) -> Who | None:
        with self._turn:
            text = self._get("who")
        try:
            kept = msgspec.json.decode(text or "", type=_Who)
        except msgspec.MsgspecError:
            return None
        return Who(kept.email, kept.name)

    def keys(self) -> Keys:
        with self._turn:
            if not self.made():
                self._write_anchor(os.urandom(32))
            return Keys(self._anchor or b"", self._get("device"))

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

    def forget_secrets(self) -> None:
        with self._turn:
            self._delete("vault")
            self._anchor = None
            for name in (*_SLOTS, "device"):
                self._delete(name)

    def forget_everything(self) -> None:
        with self._turn:
            self.forget_secrets()
            self._delete("who")

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

    def _write_anchor(self, key: bytes) -> None:
        self._set("vault", msgspec.json.encode(_Anchor(1, base64.b64encode(key).decode())).decode())
        self._anchor = key

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
    if names & set(_ABSENT) or (isinstance(error, OSError) and not isinstance(error, TimeoutError)):
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
