"""Whether an account is locked: kept in its encrypted store, beside what it hides, where no word in a file of settings
changes it."""

from typing import Final

from desktop.services.store import Store

OPEN: Final = "lock.open"


class Lock:
    """A store that has just been made is locked until the password is given: nobody gets past it by deleting the file.

    Each call is one small statement, and raises `StoreFault`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def locked(self) -> bool:
        return not self._store.query("SELECT 1 FROM facts WHERE name = ?", (OPEN,))

    def lock(self) -> None:
        with self._store.write() as db:
            db.execute("DELETE FROM facts WHERE name = ?", (OPEN,))

    def unlock(self) -> None:
        """The password has just been given."""
        with self._store.write() as db:
            db.execute("INSERT OR IGNORE INTO facts (name, value) VALUES (?, '')", (OPEN,))
