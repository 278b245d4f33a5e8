"""A vault for tests: a file in a folder of its own, with the promises of the real one."""

import os
from pathlib import Path

import msgspec

from desktop.services.vault import Keys


class _Kept(msgspec.Struct, frozen=True):
    database: bytes
    device: str | None = None
    refresh: str | None = None


class FileVault:
    """Each write is on the disk before it returns; a kill between any two steps loses nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.written: list[str] = []
        """Every refresh token kept, in order."""

    def keys(self) -> Keys:
        if not self._path.exists():
            self._write(_Kept(os.urandom(32)))
        kept = self._read()
        return Keys(kept.database, kept.device)

    def remember_device(self, device: str) -> None:
        self.keys()
        self._write(msgspec.structs.replace(self._read(), device=device))

    def refresh_token(self) -> str | None:
        return self._read().refresh if self._path.exists() else None

    def keep_refresh_token(self, token: str) -> None:
        self.keys()
        self._write(msgspec.structs.replace(self._read(), refresh=token))
        self.written.append(token)

    def forget_session(self) -> None:
        if self._path.exists():
            self._write(msgspec.structs.replace(self._read(), refresh=None))

    def forget_everything(self) -> None:
        self._path.unlink(missing_ok=True)

    def _read(self) -> _Kept:
        return msgspec.json.decode(self._path.read_bytes(), type=_Kept)

    def _write(self, kept: _Kept) -> None:
        aside = self._path.with_suffix(".new")
        with aside.open("wb") as file:
            file.write(msgspec.json.encode(kept))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._path)
