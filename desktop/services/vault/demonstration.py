"""Where the demonstration keeps its secrets: a file, for it must start on a machine without a keyring."""

import base64
import os
import threading
from pathlib import Path
from typing import Final

import msgspec

from desktop.services.problems import Remedy, StoreFault
from desktop.services.vault.secrets import Keys, Who

_MARK: Final = "demo-vault.json"


class _Demo(msgspec.Struct, frozen=True):
    db: str = ""
    device: str | None = None
    refresh: str | None = None
    email: str = ""
    name: str = ""


class DemoVault:
    """A file that only its owner may read, in the demonstration's own folder, for the demonstration alone: its people
    are invented. No real account is ever kept this way. Each account has a file of its own beside it."""

    def __init__(self, folder: Path, name: str = "demo-vault") -> None:
        self._path = folder / f"{name}.json"
        self._turn = threading.Lock()

    def of(self, account: str) -> "DemoVault":
        return DemoVault(self._path.parent, f"{self._path.stem}.{account}")

    def made(self) -> bool:
        with self._turn:
            return bool(self._read().db)

    def take_key(self, database: bytes) -> None:
        with self._turn:
            kept = self._read()
            if not kept.db:
                self._write(msgspec.structs.replace(kept, db=base64.b64encode(database).decode()))

    def introduce(self, who: Who) -> None:
        with self._turn:
            self._write(msgspec.structs.replace(self._read(), email=who.email, name=who.name))

    def who(self) -> Who | None:
        with self._turn:
            kept = self._read()
        return Who(kept.email, kept.name) if kept.email else None

    def keys(self) -> Keys:
        with self._turn:
            kept = self._read()
            if not kept.db:
                kept = msgspec.structs.replace(kept, db=base64.b64encode(os.urandom(32)).decode())
                self._write(kept)
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
            if self._path.exists():
                self._write(msgspec.structs.replace(self._read(), refresh=None))

    def forget_secrets(self) -> None:
        with self._turn:
            if self._path.exists():
                self._write(msgspec.structs.replace(self._read(), db="", device=None, refresh=None))

    def forget_everything(self) -> None:
        """The profile's file stays, empty: by it one knows that the folder is a demonstration's."""
        with self._turn:
            if self._path.name == _MARK and self._path.exists():
                self._write(_Demo())
            else:
                self._path.unlink(missing_ok=True)

    def _read(self) -> _Demo:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Demo)
        except FileNotFoundError:
            return _Demo()
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
