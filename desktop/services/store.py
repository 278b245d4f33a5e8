"""The encrypted copy of what the portal says, and of what the person wants of it.

One SQLite file (SQLite3 Multiple Ciphers, chacha20, raw 256-bit key), WAL, synchronous=FULL. Each thread reads through
its own connection; writers take turns behind one Python lock. Every commit rings with the topics it touched.
"""

import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Any

import apsw

from contract.leave import Employee
from contract.periods import signs_of
from desktop.services import cipher

Listener = Callable[[frozenset[str]], None]
Row = tuple[Any, ...]
Bindings = tuple[Any, ...] | dict[str, Any]


class Store:
    """Raises `StoreFault` for what the disk, the file or the key does; never for a slip of ours."""

    def __init__(self, path: Path, key: bytes, *, vfs: str | None = None) -> None:
        """Opens or creates the file, migrates its tables, recreates its views. `vfs` names another SQLite VFS, for
        the tests that cut the power."""
        self._path, self._key, self._vfs = path, key, vfs
        self._door, self._turn, self._holder = threading.Lock(), threading.Lock(), 0
        self._mine = threading.local()
        self._readers: weakref.WeakValueDictionary[str, apsw.Connection] = weakref.WeakValueDictionary()
        self._listeners: list[Listener] = []
        self._versions: Counter[str] = Counter()
        self._after: list[Callable[[], None]] = []
        self._closed = False
        self._claim = cipher.Claim(path, key)
        try:
            if not path.exists():
                cipher.create(path, key, _migrate, vfs=vfs)
            self._db = cipher.open_whole(path, key, self._claim, vfs=vfs)
        except BaseException:
            self._claim.release()
            raise
        try:
            with cipher.faults():
                _migrate(self._db)
                _show(self._db)
        except BaseException:
            self._put_away()
            raise

    # Reading

    def read(self) -> apsw.Connection:
        """This thread's reading connection."""
        db: apsw.Connection | None = getattr(self._mine, "db", None)
        if db is None:
            if self._closed:
                raise RuntimeError("the store is closed")
            db = cipher.connect(self._path, self._key, reading=True, vfs=self._vfs)
            self._mine.db = db
            self._readers[threading.current_thread().name] = db
        return db

    def query(self, sql: str, bindings: Bindings = ()) -> list[Row]:
        """All rows of one reading; faults of disk and file as `StoreFault`."""
        with cipher.faults():
            return self.read().execute(sql, bindings).fetchall()

    def interrupt(self, thread: str) -> None:
        """Cuts short what the thread of that name is reading: it sees `apsw.InterruptError`."""
        if (db := self._readers.get(thread)) is not None:
            with suppress(apsw.ConnectionClosedError):
                db.interrupt()

    def version(self, *topics: str) -> int:
        """Grows with each commit that rang one of the topics: for answers kept in memory."""
        return sum(self._versions[topic] for topic in topics)

    # Writing

    @contextmanager
    def write(self, *topics: str) -> Iterator[apsw.Connection]:
        """One transaction; rings `topics` once it is committed, from the thread that wrote."""
        if self._holder == threading.get_ident():
            raise RuntimeError("a transaction inside a transaction")
        with self._next():
            self._holder = threading.get_ident()
            try:
                with cipher.transaction(self._db) as db:
                    yield db
                self._versions.update(topics)
                after, self._after = self._after, []
            finally:
                self._holder, self._after = 0, []
        for call in after:
            call()
        self.announce(*topics)

    @contextmanager
    def _next(self) -> Iterator[None]:
        """A turn to write. Whoever waits for it stands in the door, past which one who has just written does not get:
        a lock alone goes to the thread that asks for it again at once, time after time."""
        with self._door:
            self._turn.acquire()
        try:
            yield
        finally:
            self._turn.release()

    def afterwards(self, call: Callable[[], None]) -> None:
        """Inside `write`: calls once the transaction is committed, before the bell; never when it is rolled back."""
        if self._holder != threading.get_ident():
            raise RuntimeError("no transaction of this thread is open")
        self._after.append(call)

    def announce(self, *topics: str) -> None:
        """Rings for what changed without a commit (the link, a download)."""
        if topics:
            rung = frozenset(topics)
            for listener in tuple(self._listeners):
                listener(rung)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener(topics)` after each commit, on whatever thread wrote; the answer stops it."""
        self._listeners.append(listener)

        def stop() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return stop

    # Care

    def close(self) -> None:
        """Readers are cut short; the write-ahead log is brought home; the profile is free for another process."""
        with self._turn:
            if self._closed:
                return
            self._closed = True
            for db in list(self._readers.values()):
                with suppress(apsw.Error):
                    db.interrupt()
                    db.close()
            with suppress(apsw.Error):
                self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            self._put_away()

    def _put_away(self) -> None:
        with suppress(apsw.Error):
            self._db.close()
        self._claim.release()


# Schema


def _migrations() -> list[tuple[int, str]]:
    folder = resources.files("desktop.services") / "schema"
    found = [(int(file.name[:3]), file.read_text("utf-8")) for file in folder.iterdir() if file.name[:3].isdigit()]
    return sorted(found)


def _migrate(db: apsw.Connection) -> None:
    """Each step in its own transaction, with the number it leads to."""
    steps = _migrations()
    db.create_scalar_function("employee_sign", _employee_sign, 5, deterministic=True)
    stands = int(db.pragma("user_version"))
    if stands > steps[-1][0]:
        raise cipher.newer(stands)
    for number, sql in steps:
        if number > stands:
            with db:
                db.execute(sql)
                db.pragma("user_version", number)


def _employee_sign(*told: Any) -> str:  # noqa: ANN401  as SQLite hands it on: which sign, and the employee
    """What 004 cannot say in SQL."""
    place, *employee = told
    return signs_of(Employee(*employee))[place]


def _show(db: apsw.Connection) -> None:
    """The projected views are code: they are made anew at each start, never migrated."""
    sql = (resources.files("desktop.services") / "schema" / "shown.sql").read_text("utf-8")
    with db:
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall():
            db.execute(f'DROP VIEW "{name}"')
        db.execute(sql)
