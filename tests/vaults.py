"""A vault for tests: a file in a folder of its own, with the promises of the real one."""

import os
from pathlib import Path

import msgspec

from desktop.services.vault import Keys, Who


class _Kept(msgspec.Struct, frozen=True):
    database: bytes = b""
    device: str | None = None
    refresh: str | None = None
    email: str = ""
    name: str = ""


class FileVault:
    """Each write is on the disk before it returns; a kill between any two steps loses nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.written: list[str] = []
        """Every refresh token kept, in order."""

    def of(self, account: str) -> "FileVault":
        return FileVault(self._path.with_name(f"{self._path.name}-{account}"))

    def made(self) -> bool:
        return bool(self._read().database)

    def take_key(self, database: bytes) -> None:
        if not self.made():
            self._write(msgspec.structs.replace(self._read(), database=database))

    def introduce(self, who: Who) -> None:
        self._write(msgspec.structs.replace(self._read(), email=who.email, name=who.name))

    def who(self) -> Who | None:
        kept = self._read()
        return Who(kept.email, kept.name) if kept.email else None

    def keys(self) -> Keys:
        self.take_key(os.urandom(32))
        kept = self._read()
        return Keys(kept.database, kept.device)

    def remember_device(self, device: str) -> None:
        self._write(msgspec.structs.replace(self._read(), device=device))

    def refresh_token(self) -> str | None:
        return self._read().refresh

    def keep_refresh_token(self, token: str) -> None:
        self._write(msgspec.structs.replace(self._read(), refresh=token))
        self.written.append(token)

    def forget_session(self) -> None:
        if self._path.exists():
            self._write(msgspec.structs.replace(self._read(), refresh=None))

    def forget_secrets(self) -> None:
        if self._path.exists():
            self._write(msgspec.structs.replace(self._read(), database=b"", device=None, refresh=None))

    def forget_everything(self) -> None:
        self._path.unlink(missing_ok=True)

    def _read(self) -> _Kept:
        return msgspec.json.decode(self._path.read_bytes(), type=_Kept) if self._path.exists() else _Kept()

    def _write(self, kept: _Kept) -> None:
        aside = self._path.with_suffix(".new")
        with aside.open("wb") as file:
            file.write(msgspec.json.encode(kept))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._path)
