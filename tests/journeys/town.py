"""The other side of each journey: the real portal in a thread, its companies and people, and an adviser who acts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Self

from sqlalchemy import ColumnElement, Connection, func, select, update

from contract.allowances import Payee
from contract.identity import new_id
from contract.portfolio import Right
from portal import people
from portal.allowances import payments
from portal.app import RunningPortal, start_in_thread
from portal.contact import rules
from portal.database import SYSTEM, Database
from portal.leave import rules as leave_rules
from portal.passwords import Passwords
from portal.settings import Settings
from portal.tables import (
    access_tokens,
    audit_log,
    changes,
    facts,
    families,
    leaves,
    messages,
    outcomes,
    prolongations,
    read_marks,
    requests,
    spaces,
)
from tests.journeys.residents import PASSWORD, Resident

_serial = count(1)
Told = dict[tuple[str, str], tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Block:
    """A group of companies with spaces of its own, which no other journey touches."""

    portfolio_id: str
    company_id: str
    spaces: tuple[str, ...]


class Town:
    """`settings.port` stays the same over restarts once the portal has run."""

    def __init__(self, folder: Path, rotation_seconds: int = 12 * 3600) -> None:
        self.shift = timedelta(0)
        """How far the portal's clock is from this computer's."""
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(
            database=f"sqlite:///{folder}/portal.db",
            files=folder / "files",
            now=lambda: datetime.now(UTC) + self.shift,
            hashing_kib=8,
            address_burst=100_000,
            mail_seconds=0,
            rotation_seconds=rotation_seconds,
        )
        self.running: RunningPortal | None = None
        self.database = Database(self.settings)
        self._passwords = Passwords(self.settings)
        self._hash = self._passwords.hash(PASSWORD)
        with self.database.write() as tx:
            self.adviser = people.add_adviser(tx, "paul", "Paul", "Roux")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._passwords.close()
        self.database.close()

    # The portal itself

    @property
    def port(self) -> int:
        assert self.running is not None
        return int(self.running.address.rpartition(":")[2])

    def start(self) -> None:
        self.running = start_in_thread(self.settings)
        self.settings = replace(self.settings, port=self.port)

    def stop(self) -> None:
        if self.running is not None:
            self.running.stop()
            self.running = None

    def new_epoch(self) -> None:
        """As after a restored backup: no cursor of before means anything. While the portal is stopped."""
        with self.database.write() as tx:
            tx.db.execute(update(facts).where(facts.c.name == "epoch").values(value=new_id()[:8]))

    def numbers(self, space_id: str) -> tuple[str, str]:
        """SIRET and member number of a space."""
        query = select(spaces.c.siret, spaces.c.member_number).where(spaces.c.space_id == space_id)
        with self.database.read() as db:
            row = db.execute(query).one()
        return str(row[0]), str(row[1])

    # People

    def block(self, spaces: int = 2) -> Block:
        """A company with so many spaces, in a portfolio of its own."""
        number = next(_serial)
        with self.database.write() as tx:
            company_id = people.add_company(tx, f"Compagnie {number}", _siren(number))
            ids = tuple(
                people.add_space(tx, company_id, f"{number:05d}{k}", f"{_siren(number)}{_nic(number, k)}")
                for k in range(spaces)
            )
            return Block(people.add_portfolio(tx, f"Groupe {number}", ids), company_id, ids)

    def person(self, block: Block, first_name: str, spaces: Iterable[str] | None = None) -> Resident:
        """Somebody with the right to write in these spaces (all by default) and to ask about anything there."""
        number = next(_serial)
        email = f"{first_name.lower()}{number}@exemple.fr"
        rights = [Right.CONTACT, Right.AFFILIATION, Right.LEAVE, Right.ALLOWANCES]
        with self.database.write() as tx:
            person_id = people.add_person(
                tx, block.portfolio_id, first_name, "Petit", email, civility="Mme", password_hash=self._hash
            )
        for space_id in block.spaces if spaces is None else spaces:
            self.grant(person_id, space_id, rights)
        return Resident(person_id, email, f"{first_name} Petit")

    def grant(self, person_id: str, space_id: str, rights: Iterable[str] = (Right.CONTACT,)) -> None:
        with self.database.write() as tx:
            people.grant(tx, SYSTEM, person_id, space_id, rights)

    def withdraw(self, person_id: str, space_id: str) -> None:
        with self.database.write() as tx:
            people.withdraw(tx, SYSTEM, person_id, space_id, list(Right))

    def expire_access(self, person_id: str) -> None:
        """Every access token of the person is out of date."""
        mine = access_tokens.c.person_id == person_id
        with self.database.write() as tx:
            tx.db.execute(update(access_tokens).where(mine).values(expires_at=0))

    def revoke(self, person_id: str) -> None:
        """Her sessions are over, as when she says so on another computer."""
        with self.database.write() as tx:
            tx.db.execute(update(families).where(families.c.person_id == person_id).values(revoked_at=tx.now))
        self.expire_access(person_id)

    # The adviser

    def reply(self, request_id: str, text: str = "Bonjour, voici.") -> None:
        with self.database.write() as tx:
            rules.reply(tx, self.adviser, request_id, text)

    def close(self, request_id: str, text: str = "") -> None:
        with self.database.write() as tx:
            rules.close(tx, self.adviser, request_id, text)

    def ask_document(self, request_id: str, *labels: str) -> None:
        with self.database.write() as tx:
            rules.ask_document(tx, self.adviser, request_id, "Il nous manque un document.", labels or ("RIB",))

    def follow(self, leave_id: str) -> None:
        with self.database.write() as tx:
            leave_rules.follow(tx, self.adviser, leave_id)

    def end(self, leave_id: str) -> None:
        with self.database.write() as tx:
            leave_rules.end(tx, self.adviser, leave_id)

    def ask_leave_document(self, leave_id: str, *labels: str) -> None:
        with self.database.write() as tx:
            leave_rules.ask_documents(tx, self.adviser, leave_id, labels)

    def pay(self, space_id: str, *lines: payments.Paid, payee: Payee = Payee.EMPLOYER) -> payments.Transfer:
        """Pays the lines today, by the portal's clock, at once."""
        with self.database.write() as tx:
            return payments.pay(tx, self.adviser, space_id, payee, lines)

    def erase(self, request_id: str) -> None:
        """The request and its messages are gone, as by a retention rule: the feed has tombstones."""
        with self.database.write() as tx:
            space_id = tx.db.execute(
                select(requests.c.space_id).where(requests.c.request_id == request_id)
            ).scalar_one()
            tx.hold([space_id])
            query = select(messages.c.message_id).where(messages.c.request_id == request_id)
            for message_id in tx.db.execute(query).scalars().all():
                tx.change(space_id, "message", message_id, None)
            tx.change(space_id, "request", request_id, None)

    def hide_message(self, request_id: str) -> None:
        """The last message of the adviser is told no more: the feed has a tombstone in its place."""
        with self.database.write() as tx:
            space_id = tx.db.execute(
                select(requests.c.space_id).where(requests.c.request_id == request_id)
            ).scalar_one()
            tx.hold([space_id])
            mine = (messages.c.request_id == request_id, messages.c.author == "adviser")
            query = select(messages.c.message_id).where(*mine).order_by(messages.c.position.desc()).limit(1)
            for message_id in tx.db.execute(query).scalars().all():
                tx.change(space_id, "message", message_id, None)

    # What the portal knows

    def effects(self, message_id: str) -> int:
        """How often a message was written: 0 or 1, as the database alone would not let it be more."""
        with self.database.read() as db:
            return len(db.execute(select(messages.c.message_id).where(messages.c.message_id == message_id)).all())

    def leaves(self, space_id: str) -> list[tuple[str, int]]:
        """Of each leave of a space: its identifier, and how often it was prolonged."""
        longer = select(func.count()).where(prolongations.c.leave_id == leaves.c.leave_id).scalar_subquery()
        with self.database.read() as db:
            rows = db.execute(select(leaves.c.leave_id, longer).where(leaves.c.space_id == space_id)).all()
        return [(row[0], row[1]) for row in rows]

    def leave_state(self, leave_id: str) -> str | None:
        with self.database.read() as db:
            return db.execute(select(leaves.c.state).where(leaves.c.leave_id == leave_id)).scalar_one_or_none()

    def withdraw_right(self, person_id: str, space_id: str, right: Right) -> None:
        with self.database.write() as tx:
            people.withdraw(tx, SYSTEM, person_id, space_id, [right])

    def texts(self, request_id: str) -> list[str]:
        """What was written in a conversation, in its order."""
        query = select(messages.c.text).where(messages.c.request_id == request_id).order_by(messages.c.position)
        with self.database.read() as db:
            return [str(text) for text in db.execute(query).scalars()]

    def outcome_status(self, wish_id: str) -> int | None:
        with self.database.read() as db:
            return db.execute(select(outcomes.c.status).where(outcomes.c.wish_id == wish_id)).scalar_one_or_none()

    def read_through(self, person_id: str, request_id: str) -> int | None:
        mine = (read_marks.c.person_id == person_id, read_marks.c.request_id == request_id)
        with self.database.read() as db:
            return db.execute(select(read_marks.c.through).where(*mine)).scalar_one_or_none()

    def standing(self, space_ids: Iterable[str]) -> dict[str, tuple[int, tuple[str, ...]]]:
        """Of each request of these spaces: its `state_version`, and what was written in it, in its order."""
        inside = requests.c.space_id.in_(list(space_ids))
        found: dict[str, tuple[int, tuple[str, ...]]] = {}
        query = (
            select(requests.c.request_id, requests.c.state_version, messages.c.text)
            .join(messages, messages.c.request_id == requests.c.request_id)
            .where(inside)
            .order_by(requests.c.request_id, messages.c.position)
        )
        with self.database.read() as db:
            for request_id, version, text in db.execute(query):
                found[request_id] = (version, (*found.get(request_id, (0, ()))[1], text))
        return found

    def standing_leaves(self, space_ids: Iterable[str]) -> dict[str, tuple[int, tuple[tuple[str, str], ...]]]:
        """Of each leave of these spaces: its `version`, and what was done to it by whom, in its order: the person's
        identifier and the action (`leave.prolong`)."""
        inside = leaves.c.space_id.in_(list(space_ids))
        done = audit_log.outerjoin(leaves, leaves.c.leave_id == audit_log.c.subject_id)
        query = (
            select(leaves.c.leave_id, leaves.c.version, audit_log.c.actor_id, audit_log.c.action)
            .select_from(done)
            .where(inside, audit_log.c.actor_kind == "person", audit_log.c.action.like("leave.%"))
            .order_by(audit_log.c.at, audit_log.c.entry_id)
        )
        found: dict[str, tuple[int, tuple[tuple[str, str], ...]]] = {}
        with self.database.read() as db:
            for leave_id, version, person_id, action in db.execute(query):
                found[leave_id] = (version, (*found.get(leave_id, (0, ()))[1], (person_id, action)))
        return found

    def feed(self, person_id: str, space_id: str) -> Told:
        """What the space's feed tells the person, (kind, id) to (number, record); nothing without the right."""
        with self.database.read() as db:
            held = people.rights_in(db, person_id, space_id, self.settings.now())
            if Right.CONTACT not in held:
                return {}
            return _told(db, space_id, changes.c.person_id.in_(("", person_id)), changes.c.subject.in_(held))

    def leave_feed(self, person_id: str, space_id: str) -> Told:
        """The same of leaves, which need their own right alone."""
        with self.database.read() as db:
            held = people.rights_in(db, person_id, space_id, self.settings.now())
            return _told(db, space_id, changes.c.kind == "leave") if Right.LEAVE in held else {}


def _told(db: Connection, space_id: str, *these: ColumnElement[bool]) -> Told:
    query = select(changes).where(changes.c.space_id == space_id, changes.c.body.is_not(None), *these)
    return {(row.kind, row.entity_id): (row.number, row.body) for row in db.execute(query)}


def _luhn_digit(digits: str) -> str:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _siren(number: int) -> str:
    return f"{70000000 + number:08d}" + _luhn_digit(f"{70000000 + number:08d}")


def _nic(number: int, place: int) -> str:
    head = f"{place + 1:04d}"
    return head + _luhn_digit(_siren(number) + head)
