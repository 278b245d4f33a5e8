"""The folder of attachments: whole files under their SHA-256, once for all who sent them; parts apart, per person.

The folder is written before the row that speaks of it, so that after a crash the row is the truth.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from contract.contact import AttachmentRecord
from contract.files import agrees, media_type, recognise, safe_name
from contract.identity import new_id
from contract.limits import FILE_BYTES

_APART: Final = "apart."


def _older(folder: Path, before: datetime) -> Iterator[Path]:
    for file in folder.iterdir():
        with suppress(FileNotFoundError):  # finished or dropped while we look
            if file.stat().st_mtime < before.timestamp():
                yield file


class NotKept(Exception):
    """A file that may not be an attachment; the message is a French sentence."""


class Folder:
    """Content-addressed. Blocking: a handler keeps its calls short or sends them to a thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        for part in ("whole", "parts"):
            (path / part).mkdir(parents=True, exist_ok=True, mode=0o700)

    def whole(self, sha256: str) -> Path:
        """Where the whole file lies, or would."""
        return self._path / "whole" / sha256[:2] / sha256

    def part(self, person_id: str, sha256: str) -> Path:
        """Where what the person has sent so far lies, or would."""
        return self._path / "parts" / f"{person_id}.{sha256}"

    def keep(self, name: str, content: bytes) -> AttachmentRecord:
        """Keeps a file of the insurer's side, ready to be attached. Raises `NotKept`."""
        if not 0 < len(content) <= FILE_BYTES:
            raise NotKept(f"«\u00a0{name}\u00a0» est vide ou dépasse 10\u00a0Mo.")
        if not agrees(name, recognise(content)):
            raise NotKept(
                f"«\u00a0{name}\u00a0» n’est pas d’un type accepté, ou son contenu n’est pas ce que son nom annonce."
            )
        sha256 = hashlib.sha256(content).hexdigest()
        self.place(content, sha256)
        return AttachmentRecord(new_id(), safe_name(name), media_type(name) or "", len(content), sha256)

    def write(self, part: Path, offset: int, content: bytes) -> None:
        """Puts the bytes at their place and on the disk; what stood after them is cut off."""
        with part.open("r+b" if part.exists() else "w+b") as file:
            file.truncate(offset)
            file.seek(offset)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def place(self, content: bytes, sha256: str) -> None:
        """Keeps a whole file whose sum was checked. It is written apart under a name of its own and takes its place in
        one step; a whole file that lies there is left alone, for others may be reading it."""
        home = self.whole(sha256)
        if home.exists() and hashlib.sha256(home.read_bytes()).hexdigest() == sha256:
            home.touch()  # as new, so that it is not swept before a row speaks of it
            return
        home.parent.mkdir(exist_ok=True, mode=0o700)
        apart = self.apart()
        try:
            self.write(apart, 0, content)
            apart.replace(home)
        finally:
            self.drop(apart)

    def apart(self) -> Path:
        """Where a file may be written before its sum is known; `adopt` or `drop` is to follow."""
        return self._path / "parts" / f"{_APART}{new_id()}"

    def adopt(self, apart: Path) -> tuple[int, str]:
        """Keeps a file that was written apart, whatever its size; answers its size and sum."""
        with apart.open("rb+") as file:
            os.fsync(file.fileno())
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
        home = self.whole(sha256)
        home.parent.mkdir(exist_ok=True, mode=0o700)
        apart.replace(home)
        return size, sha256

    def sweep(self, before: datetime) -> None:
        """Drops what a crash left written apart, if it was last written before this moment: no row speaks of it."""
        for part in _older(self._path / "parts", before):
            if part.name.startswith(_APART):
                self.drop(part)

    def old_parts(self, before: datetime) -> Iterator[tuple[str, str]]:
        """(person, sum) of the parts last written before this moment."""
        for part in _older(self._path / "parts", before):
            person_id, _, sha256 = part.name.partition(".")
            if not part.name.startswith(_APART):
                yield person_id, sha256

    def old_wholes(self, before: datetime) -> Iterator[str]:
        """Sums of the whole files placed before this moment, also by who placed one that was there."""
        for shelf in (self._path / "whole").iterdir():
            for whole in _older(shelf, before):
                yield whole.name

    def drop(self, part: Path) -> None:
        with suppress(FileNotFoundError):
            part.unlink()

    def read(self, sha256: str, start: int, size: int) -> bytes:
        with self.whole(sha256).open("rb") as file:
            file.seek(start)
            return file.read(size)
