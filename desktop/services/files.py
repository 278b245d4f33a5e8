"""The encrypted shelf of files: what is to be sent, and what was downloaded.

A second SQLite file beside the store, with the same key, so that big files never hold up the small rows. Nothing is
ever written to disk in clear, save where the person says « Enregistrer sous ».
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Staged:
    """A file the clerk chose, read whole and kept as it was at that moment."""

    sha256: str
    name: str
    media_type: str
    size: int


class NotAttachable(Exception):
    """A file that cannot be attached: `sentence` says which and why, in French."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.sentence = name, sentence


class Shelf:
    def __init__(self, path: Path, key: bytes) -> None:
        raise NotImplementedError

    def stage(self, path: Path) -> Staged:
        """Checks name, kind and size, and keeps the bytes. Raises `NotAttachable`. Not on the GUI thread."""
        raise NotImplementedError

    def stage_bytes(self, name: str, content: bytes) -> Staged:
        """The same for what was pasted."""
        raise NotImplementedError

    def content(self, sha256: str) -> bytes | None:
        """The whole file; None when it is not (wholly) here."""
        raise NotImplementedError

    def holds(self, sha256: str) -> bool:
        raise NotImplementedError

    # Downloads: parts are kept as they come, so that what was cut goes on where it was

    def received(self, sha256: str) -> int:
        """How many bytes of it are here."""
        raise NotImplementedError

    def add_part(self, sha256: str, offset: int, content: bytes) -> None: ...

    def finish(self, sha256: str) -> bool:
        """Checks the sum; False, and the parts are thrown away, when it is wrong."""
        raise NotImplementedError

    def sweep(self, wanted: frozenset[str]) -> int:
        """Deletes the files that no request, draft or wish names any more; answers how many."""
        raise NotImplementedError

    def close(self) -> None: ...
