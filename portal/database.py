"""The database, and the only place that commits.

A `Transaction` collects what changed and, before it commits, gives each thing its number in its space's feed. The
locks are always taken in one order (spaces sorted, persons, facts, portfolios sorted), so that no two transactions
can wait for each other on PostgreSQL.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import msgspec
import sqlcipher3.dbapi2
from sqlalchemy import BigInteger, String, bindparam, cast, create_engine, event, insert, literal, select, text, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from contract.changes import Change
from contract.identity import new_id
from contract.wire import Record
from portal import migrations
from portal.settings import Settings
from portal.tables import audit_log, changes, facts, persons, portfolio_spaces, portfolios, spaces
from portal.tables.users import audit_places, departures

OLDEST_SQLITE: Final = (3, 51, 3)
"""3.7.0 to 3.51.2 can lose committed writes when two connections write and checkpoint a WAL at once."""

FILE_NUMBER: Final = "next_file_number"
LEAVE_NUMBER: Final = "next_leave_number"
TRANSFER_NUMBER: Final = "next_transfer_number"
"""The facts that number requests, leaves and transfers."""
FIRST_FILE_NUMBER: Final = 7611111
FIRST_LEAVE_NUMBER: Final = 82000001

_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA temp_store=MEMORY",
)

_UPSERT_CHANGE: Final = text(
    "INSERT INTO changes (space_id, number, subject, kind, entity_id, person_id, body, at)"
    " VALUES (:space_id, :number, :subject, :kind, :entity_id, :person_id, :body, :at)"
    " ON CONFLICT (space_id, kind, entity_id, person_id)"
    " DO UPDATE SET number = excluded.number, body = excluded.body, subject = excluded.subject, at = excluded.at"
).bindparams(bindparam("at", type_=changes.c.at.type))


class Driver(Protocol):
    """What the drivers of both databases can do alike."""

    def execute(self, statement: str, values: Sequence[object] = (), /) -> Any:  # noqa: ANN401  a cursor of either
        ...


class Unreachable(Exception):
    """The database did not answer a glance; the message is the driver's class of error."""


class DatabaseTooOld(Exception):
    """The SQLite in use can corrupt a database in WAL mode."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: `kind` is `person`, `adviser` or `system`."""

    kind: str
    actor_id: str | None = None


SYSTEM: Final = Actor("system")


@dataclass(frozen=True, slots=True)
class Deed:
    """What the audit log keeps of something done: `portfolio_id` when its administrators may read it; when it was done
    in several spaces, only those who administer one of `places`."""

    action: str
    space_id: str | None = None
    subject_id: str | None = None
    detail: str = ""
    portfolio_id: str | None = None
    places: tuple[str, ...] = ()


@dataclass(slots=True)
class _Counter:
    """A space's counter within one transaction: the last number written to its row, and the last one given out."""

    stored: int
    given: int
    touched: bool = False


class Transaction:
    """One unit of work. `now` is its moment (a seeder may move it); `db` the connection to read and write."""

    def __init__(self, db: Connection, now: datetime) -> None:
        self.db = db
        self.now = now
        self._counters: dict[str, _Counter] = {}
        self._pending: dict[tuple[str, str, str, str], dict[str, Any]] = {}
        self._told: set[str] = set()
        self._answers: list[Change[msgspec.Raw]] = []
        self._deeds: list[dict[str, Any]] = []
        self.posted = False
        """There is mail to be sent."""

    def hold(self, space_ids: Iterable[str]) -> None:
        """Locks these spaces for writing, in the one order. Whoever changes several spaces names them all at once.

        Raises `LookupError` for a space that does not exist."""
        wanted = sorted(set(space_ids) - self._counters.keys())
        if not wanted:
            return
        these = spaces.c.space_id.in_(wanted)
        if len(wanted) > 1:  # one statement that changes many rows locks them in an order of its own
            self.db.execute(select(spaces.c.space_id).where(these).order_by(spaces.c.space_id).with_for_update())
        bump = update(spaces).where(these).values(head=spaces.c.head + 1)
        heads = {row.space_id: row.head for row in self.db.execute(bump.returning(spaces.c.space_id, spaces.c.head))}
        if len(heads) < len(wanted):
            raise LookupError(next(space_id for space_id in wanted if space_id not in heads))
        for space_id, head in heads.items():
            self._counters[space_id] = _Counter(stored=head, given=head - 1)

    def number(self, space_id: str) -> int:
        """The next number of the space's counter, for a change to come."""
        self.hold([space_id])
        counter = self._counters[space_id]
        counter.given += 1
        return counter.given

    def change(
        self,
        space_id: str,
        kind: str,
        entity_id: str,
        record: Record | None,
        *,
        number: int | None = None,
        person_id: str = "",
        subject: str = "contact",
    ) -> None:
        """Notes the latest state of one thing for the space's feed; None: it is gone. `person_id`: only she is told."""
        self._pending[space_id, kind, entity_id, person_id] = {
            "space_id": space_id,
            "number": self.number(space_id) if number is None else number,
            "subject": subject,
            "kind": kind,
            "entity_id": entity_id,
            "person_id": person_id,
            "body": None if record is None else msgspec.json.encode(record).decode(),
            "at": self.now,
        }

    def touch(self, space_id: str) -> None:
        """Something about the space changed that is in no feed (rights): the pulse tells of it."""
        self.hold([space_id])
        self._counters[space_id].touched = True

    def tell_administrators(self, person_ids: Iterable[str]) -> None:
        """What those who administer a space are told of these persons changed. Their rows are written already."""
        self._told.update(person_ids)

    def answer(self, kind: str, entity_id: str, version: int, record: Record | None) -> None:
        """Tells whose wish it is of a thing that is in no space's feed."""
        self._answers.append(Change(version, kind, entity_id, msgspec.Raw(msgspec.json.encode(record))))

    def next_fact(self, name: str) -> int:
        """The number that the fact of this name stands at; it stands one further then."""
        mine = facts.c.name == name
        following = cast(cast(facts.c.value, BigInteger) + 1, String(200))
        bumped = self.db.execute(update(facts).where(mine).values(value=following).returning(facts.c.value))
        return int(bumped.scalar_one()) - 1

    def audit(
        self, actor: Actor, action: str, *, space: str | None = None, subject: str | None = None, detail: str = ""
    ) -> None:
        """Writes who did what, where. Never what was written."""
        self.audit_all(actor, [Deed(action, space, subject, detail)])

    def audit_all(self, actor: Actor, deeds: Iterable[Deed]) -> None:
        """As `audit`, many at a time."""
        self._deeds += [
            {
                **asdict(deed),
                "at": self.now,
                "actor_kind": actor.kind,
                "actor_id": actor.actor_id,
                "detail": deed.detail[:200],
            }
            for deed in deeds
        ]

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is done inside is undone, locks and numbers included, when it raises."""
        counters = {key: _Counter(c.stored, c.given, c.touched) for key, c in self._counters.items()}
        pending, told, answers = dict(self._pending), set(self._told), list(self._answers)
        deeds = len(self._deeds)
        try:
            with self.db.begin_nested():
                yield
        except BaseException:
            self._counters, self._pending, self._told, self._answers = counters, pending, told, answers
            del self._deeds[deeds:]
            raise

    def flush(self) -> tuple[Change[msgspec.Raw], ...]:
        """Writes the feeds: heads of spaces, heads of portfolios, then the changes, and answers these in order, before
        what else is to be answered. The journal with them, in the order in which things were done."""
        rows = sorted(self._pending.values(), key=lambda row: (row["space_id"], row["number"]))
        touched = {row["space_id"] for row in rows} | {key for key, c in self._counters.items() if c.touched}
        for space_id in sorted(self._counters):
            counter = self._counters[space_id]
            if counter.given > counter.stored:
                self.db.execute(update(spaces).where(spaces.c.space_id == space_id).values(head=counter.given))
                counter.stored = counter.given
            counter.touched = False
        self._tell_portfolios(touched)
        if rows:
            self.db.execute(_UPSERT_CHANGE, rows)
        self._pending.clear()
        self._write_journal()
        answers, self._answers = self._answers, []
        return (
            *(
                Change(row["number"], row["kind"], row["entity_id"], msgspec.Raw((row["body"] or "null").encode()))
                for row in rows
            ),
            *answers,
        )

    def _write_journal(self) -> None:
        """All at once: identifiers made within one millisecond are in no order until they are put in one."""
        if self._deeds:
            ids = sorted(new_id() for _ in self._deeds)
            rows = [{"entry_id": entry_id, **deed} for entry_id, deed in zip(ids, self._deeds, strict=True)]
            there = [{"entry_id": row["entry_id"], "space_id": place} for row in rows for place in row.pop("places")]
            self.db.execute(insert(audit_log), rows)
            if there:
                self.db.execute(insert(audit_places), there)
            self._deeds.clear()

    def _tell_portfolios(self, touched: set[str]) -> None:
        """Moves the heads of the portfolios that have these spaces, or whose administrators are told of somebody."""
        inside, among = portfolio_spaces.c.space_id.in_(touched), persons.c.person_id.in_(self._told)
        moved, told = select(portfolio_spaces.c.portfolio_id).where(inside), select(persons.c.portfolio_id).where(among)
        with_spaces = set(self.db.execute(moved.distinct()).scalars()) if touched else set[str]()
        with_users = set(self.db.execute(told.distinct()).scalars()) if self._told else set[str]()
        for portfolio_id in sorted(with_spaces | with_users):
            mine = portfolios.c.portfolio_id == portfolio_id
            steps = {
                portfolios.c.head: portfolios.c.head + int(portfolio_id in with_spaces),
                portfolios.c.users_head: portfolios.c.users_head + int(portfolio_id in with_users),
            }
            bump = update(portfolios).where(mine).values(steps).returning(portfolios.c.head, portfolios.c.users_head)
            head, users_head = self.db.execute(bump).one()
            if portfolio_id in with_spaces:
                owned = portfolio_spaces.c.portfolio_id == portfolio_id
                self.db.execute(update(portfolio_spaces).where(owned, inside).values(touched=head))
            if portfolio_id in with_users:
                hers = persons.c.portfolio_id == portfolio_id
                self.db.execute(update(persons).where(hers, among).values(users_number=users_head))
                left = departures.c.portfolio_id == portfolio_id, departures.c.number.is_(None)
                self.db.execute(update(departures).where(*left).values(number=users_head))
        self._told.clear()


class Database:
    """The engine, brought to the newest schema. `epoch` makes cursors of another database void."""

    def __init__(self, settings: Settings) -> None:
        """Raises `DatabaseTooOld`."""
        self._now = settings.now
        self.mail_written: Callable[[], None] = lambda: None
        """Called after a commit that leaves mail to be sent, by whatever thread wrote it."""
        self._engine = _engine(settings)
        self.kind = self._engine.dialect.name
        self._writing = self._engine.execution_options(volet_begin="BEGIN IMMEDIATE")
        self._glancing = _engine(settings, autocommit=True)
        self._glance: PoolProxiedConnection | None = None
        self._driver_error: type[Exception] = self._glancing.dialect.loaded_dbapi.OperationalError
        with self._writing.begin() as db:
            migrations.upgrade(db)
            self.epoch = _remember(db, "epoch", secrets.token_hex(4))
            _remember(db, FILE_NUMBER, str(FIRST_FILE_NUMBER))
            _remember(db, LEAVE_NUMBER, str(FIRST_LEAVE_NUMBER))
            _remember(db, TRANSFER_NUMBER, "1")

    @contextmanager
    def write(self, now: datetime | None = None) -> Iterator[Transaction]:
        """Commits at the end, or undoes everything when the block raises. `now` is for who tells of the past."""
        with self._writing.begin() as db:
            transaction = Transaction(db, now or self._now())
            yield transaction
            transaction.flush()
        if transaction.posted:
            self.mail_written()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """For several queries in a row."""
        with self._engine.connect() as db:
            yield db

    @contextmanager
    def glance(self) -> Iterator[Driver]:
        """The driver's own connection, for the questions asked all day: each statement stands alone, spelled by
        `native`, and its rows are plain tuples. Kept open, for one thread. Raises `Unreachable`."""
        if self._glance is None:
            self._glance = self._glancing.raw_connection()
        driver: Any = self._glance.driver_connection
        try:
            yield driver
        except self._driver_error as error:  # the connection may be lost: the next glance makes another
            self._glance.invalidate()
            self._glance = None
            raise Unreachable(type(error).__name__) from error

    def native(self, sql: str) -> str:
        """The driver's own spelling of a statement written with `?`."""
        return sql if self.kind == "sqlite" else sql.replace("?", "%s")

    def close(self) -> None:
        if self._glance is not None:
            self._glance.close()
        self._engine.dispose()
        self._glancing.dispose()


def _engine(settings: Settings, *, autocommit: bool = False) -> Engine:
    url, patience = settings.database, int(settings.busy_seconds * 1000)
    if not url.startswith("sqlite"):
        options: dict[str, Any] = {"options": f"-c lock_timeout={patience} -c timezone=UTC"}
        if autocommit:
            return create_engine(
                url, pool_size=8, pool_reset_on_return=None, connect_args=options | {"autocommit": True}
            )
        return create_engine(url, pool_size=8, connect_args=options)
    if sqlcipher3.dbapi2.sqlite_version_info < OLDEST_SQLITE:
        raise DatabaseTooOld(sqlcipher3.dbapi2.sqlite_version)
    engine = create_engine(
        url,
        module=sqlcipher3.dbapi2,
        pool_reset_on_return=None if autocommit else "rollback",
        connect_args={"check_same_thread": False, "isolation_level": None, "cached_statements": 500},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in (f"PRAGMA busy_timeout={patience}", *_PRAGMAS):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(db: Connection) -> None:
        db.exec_driver_sql(db.get_execution_options().get("volet_begin", "BEGIN"))

    return engine


def _remember(db: Connection, name: str, value: str) -> str:
    """The fact of this name, which is `value` when nobody has said it before."""
    absent = ~select(facts.c.name).where(facts.c.name == name).exists()
    db.execute(insert(facts).from_select(["name", "value"], select(literal(name), literal(value)).where(absent)))
    return str(db.execute(select(facts.c.value).where(facts.c.name == name)).scalar_one())


def unix(moment: datetime) -> int:
    """Seconds of the Unix epoch."""
    return int(moment.timestamp())


def day(moment: datetime) -> str:
    """The UTC day, as 2026-11-24."""
    return moment.astimezone(UTC).date().isoformat()
