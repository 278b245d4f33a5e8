"""The encrypted copy of what the portal says, and of what the person wants of it.

One SQLite file (SQLite3 Multiple Ciphers, chacha20, raw 256-bit key), WAL, synchronous=FULL. Each thread reads through
its own connection; writers take turns behind one Python lock. Every commit rings with the topics it touched.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

Listener = Callable[[frozenset[str]], None]


class Store:
    """Raises `StoreFault` for what the disk, the file or the key does; never for a slip of ours."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Opens or creates the file, migrates its tables, recreates its views."""
        raise NotImplementedError

    def read(self) -> apsw.Connection:
        """This thread's reading connection."""
        raise NotImplementedError

    @contextmanager
    def write(self, *topics: str) -> Iterator[apsw.Connection]:
        """One transaction; rings `topics` once it is committed, from the thread that wrote."""
        raise NotImplementedError

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener(topics)` after each commit, on whatever thread wrote; the answer stops it."""
        raise NotImplementedError

    def close(self) -> None: ...
