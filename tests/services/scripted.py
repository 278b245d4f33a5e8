"""The machinery of sync over a subject as plain as can be, and a portal that says what it is told to."""

from collections.abc import Callable, Sequence
from pathlib import Path

import apsw
import msgspec

from contract.changes import Change
from contract.contact import MarkRead
from contract.identity import new_id
from contract.portfolio import Me, SpaceRecord
from contract.wishes import Wish
from desktop.services.outbox import Outbox, WishState
from desktop.services.portal import Portal, Raw
from desktop.services.session import Session
from desktop.services.store import Store
from desktop.services.sync import LinkState, Sync
from tests.services.answers import PERSON, json, tokens
from tests.vaults import FileVault
from tests.weather import Fate, Say, Weather

A, B, C = sorted(new_id() for _ in range(3))


def never(_changes: Sequence[Change[Raw]]) -> bool:
    return False


def always(_changes: Sequence[Change[Raw]]) -> bool:
    return True


class Notes:
    """A subject of one table, as plain as can be."""

    topic = "notes"
    right = None

    def __init__(self, store: Store, *kinds: str) -> None:
        self.kinds = frozenset(kinds or ("note", "me", "catalogue"))
        self.failing: Callable[[Sequence[Change[Raw]]], bool] = never
        self.lost: list[str] = []
        self._store = store
        with store.write() as db:
            db.execute("CREATE TABLE IF NOT EXISTS notes (id TEXT PRIMARY KEY, space TEXT, number INT, record TEXT)")

    def apply(self, db: apsw.Connection, changes: Sequence[Change[Raw]]) -> None:
        for change in changes:
            record = msgspec.json.decode(change.record)
            space = record.get("space_id") if record else None
            row = (change.id, space, change.number, bytes(change.record).decode())
            db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?)", row)
        if self.failing(changes):
            raise ZeroDivisionError("canary-of-a-bug")

    def purge(self, db: apsw.Connection, space_id: str, *, lost: bool) -> None:
        self.lost += [space_id] if lost else []
        db.execute("DELETE FROM notes WHERE space = ?", (space_id,))

    def held(self, space_id: str) -> list[str]:
        return [row[0] for row in self._store.query("SELECT id FROM notes WHERE space = ? ORDER BY id", (space_id,))]


class Client:
    """The machinery, a subject of notes, and a portal that says what it is told to."""

    def __init__(self, folder: Path, weather: Weather) -> None:
        self.weather = weather
        self.vault = FileVault(folder / "vault")
        self.store = Store(folder / "store", self.vault.keys().database)
        self.outbox = Outbox(self.store, 0.0)
        self.portal = Portal(weather.address)
        self.session = Session(self.portal, self.vault, lambda: None)
        self.notes = Notes(self.store)
        self.files: dict[str, bytes] = {}
        self.pauses: list[float] = []
        self.links: list[LinkState] = []
        self.sync = self.new_sync()
        self.store.listen(lambda topics: self.links.append(self.sync.link.state) if "link" in topics else None)
        self.vault.keep_refresh_token("r1")

    def new_sync(self) -> Sync:
        return Sync(
            self.store, self.outbox, self.portal, self.session, [self.notes], self.files.get, jitter=self._jitter
        )

    def _jitter(self, longest: float) -> float:
        self.pauses.append(longest)
        return 0.0

    def turn(self, *fates: Fate) -> float:
        """One turn, whose requests meet these fates, exactly."""
        self.weather.fates.extend(fates)
        self.sync.nudge()
        seconds = self.sync.turn()
        assert not self.weather.fates, self.weather.fates
        return seconds

    def first(self, *spaces: str) -> None:
        """Signed in and synchronised over these spaces, without a change in any."""
        pages = [{"space_id": space, "cursor": f"{space}-0"} for space in spaces]
        pull = [json({"pages": pages})] if pages else []
        self.turn(tokens(), pulse(*spaces, me=True, tag='"1"'), me(*spaces), catalogue(), *pull)
        assert self.sync.link.state is LinkState.ONLINE
        self.weather.forget()

    def wish(self, lane: str = "l", wish: Wish | None = None) -> str:
        return self.outbox.add(wish or MarkRead(new_id(), 1), lane=lane, topics=["notes"], title="Lu")

    def state(self, wish_id: str) -> WishState | None:
        return {waiting.wish_id: waiting.state for waiting in self.outbox.waiting()}.get(wish_id)

    def close(self) -> None:
        self.portal.close()
        self.store.close()


def me(*spaces: str, person: str = PERSON) -> Say:
    records = tuple(SpaceRecord(space, new_id(), "1", "2", "", ("contact",)) for space in spaces)
    return json(msgspec.to_builtins(Me(person, "Mme", "Ana", "Petit", "ana@exemple.fr", (), records, ())))


def catalogue() -> Say:
    return json({"themes": []}, 200, ("ETag", '"c1"'))


def leave_terms() -> Say:
    return json({"motives": [], "reasons": [], "documents": []}, 200, ("ETag", '"l1"'))


def pulse(*spaces: str, me: bool = False, tag: str = '"2"') -> Say:
    return json({"me": me, "spaces": spaces}, 200, ("ETag", tag))


def change(space: str, number: int, kind: str = "note", key: str | None = None) -> dict[str, object]:
    key = key or new_id()
    return {"number": number, "kind": kind, "id": key, "record": {"kind": kind, "space_id": space, "text": "x"}}


def page(space: str, cursor: str, *changes: dict[str, object], **more: object) -> dict[str, object]:
    return {"space_id": space, "cursor": cursor, "changes": changes, **more}


def pages(*all_pages: dict[str, object]) -> Say:
    return json({"pages": all_pages})


def outcome(wish_id: str, *touched: dict[str, object]) -> Say:
    return json({"wish_id": wish_id, "at": "2026-11-24T10:00:00Z", "touched": touched})


SAME = Say(304)
