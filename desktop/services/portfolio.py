"""The person, her companies and their spaces, and her rights on each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import apsw
import msgspec

from contract.catalogue import Catalogue
from contract.changes import Change
from contract.forms import adherent_complaint
from contract.identity import only_digits
from contract.portfolio import Me, Right
from desktop.services import folding
from desktop.services.outbox import Outbox
from desktop.services.store import Row, Store

# Rows


@dataclass(frozen=True, slots=True)
class Person:
    person_id: str
    civility: str
    first_name: str
    last_name: str
    email: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Space:
    """One adhérent's space. `label` is its own name when it has one beside the company's."""

    space_id: str
    company_id: str
    company: str
    siren: str
    siret: str
    member_number: str
    label: str
    rights: frozenset[str]
    administrator: str | None
    favourite: bool


class FormerHint(Enum):
    """Where the former space's requests of a company are, seen from one of its spaces."""

    NONE = "none"
    HERE = "here"
    """This is the smallest member number: they are here."""
    ELSEWHERE = "elsewhere"
    """They are in another space that the person may see: jump."""
    CLOSED = "closed"
    """They are in a space where she has no right: the reason and whom to ask."""


@dataclass(frozen=True, slots=True)
class Former:
    hint: FormerHint
    member_number: str = ""
    space_id: str | None = None
    count: int = 0
    administrator: str | None = None


class AdminStep(Enum):
    """Becoming administrator of a space: which of the two steps applies."""

    ALREADY = "already"
    ASK_USER = "ask_user"
    """Step 1: she is not a user there (or may not write there): the main administrator must add her first."""
    ASK_CONTACT = "ask_contact"
    """Step 2: she is a user: she asks through Contact."""


@dataclass(frozen=True, slots=True)
class AdminPath:
    """`sentence_to_send` is the text to hand to the main administrator at step 1."""

    space: Space
    step: AdminStep
    sentence_to_send: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """Rights that were withdrawn in a space; `whole` when the space is seen no more. Labels are the portal's."""

    company: str
    member_number: str
    administrator: str | None
    rights: tuple[str, ...]
    whole: bool


_BETWEEN: Final = re.compile(r"[;,\t\r\n|]+")
_NUMBER: Final = re.compile(r"[0-9](?:[ .\u00a0\u202f]?[0-9]){4,19}")
_ME: Final = "me"
_CATALOGUE: Final = "catalogue"
_RECENT: Final = 5

_me = msgspec.json.Decoder(Me)
_catalogue = msgspec.json.Decoder(Catalogue)

_SPACES: Final = """
SELECT n.space_id, n.company_id, n.company, n.siren, n.siret, n.member_number, n.label, n.rights, n.administrator,
  f.space_id IS NOT NULL
FROM named_spaces AS n LEFT JOIN favourites AS f ON f.space_id = n.space_id
"""


@dataclass(frozen=True, slots=True)
class _Found:
    space: Space
    words: str


class Portfolio:
    """`kinds` are those under which sync hands on `Me` and the catalogue."""

    topic = "portfolio"
    kinds = frozenset({_ME, _CATALOGUE})
    right = None

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store, self._outbox = store, outbox
        self._latest: tuple[int, tuple[_Found, ...]] = (-1, ())
        """One thing, put in place whole: several threads ask."""

    # Reading

    def person(self) -> Person | None:
        rows = self._store.query("SELECT person_id, civility, first_name, last_name, email FROM person")
        return Person(*rows[0]) if rows else None

    def spaces(self, text: str = "") -> tuple[Space, ...]:
        """Favourites first, then by company name (French order) and member number; `text` filters as one types, over
        names, SIREN, SIRET and member numbers, without accents or spaces."""
        found = self._all()
        if not text.strip():
            return tuple(one.space for one in found)
        return tuple(one.space for one in found if folding.found_in(text, one.words))

    def space(self, space_id: str) -> Space | None:
        return next((one.space for one in self._all() if one.space.space_id == space_id), None)

    def recent(self) -> tuple[Space, ...]:
        """The last five spaces that were chosen, the latest first."""
        rows = self._store.query("SELECT space_id FROM visits ORDER BY turn DESC")
        spaces = [space for (space_id,) in rows if (space := self.space(space_id)) is not None]
        return tuple(spaces[:_RECENT])

    def former(self, space_id: str) -> Former:
        """Where the requests of the former space of this space's company are, and whether she may see them."""
        here = self.space(space_id)
        rows = self._store.query(
            "SELECT c.former_member_number, c.former_count FROM spaces AS s JOIN companies AS c USING (company_id)"
            " WHERE s.space_id = ?",
            (space_id,),
        )
        if here is None or not rows or rows[0][0] is None or not rows[0][1]:
            return Former(FormerHint.NONE)
        number, count = rows[0]
        there = [one.space for one in self._all() if one.space.company_id == here.company_id]
        holder = next((space for space in there if space.member_number == number), None)
        administrator = here.administrator if holder is None else holder.administrator
        if holder is None or Right.CONTACT not in holder.rights:
            return Former(FormerHint.CLOSED, number, None, count, administrator)
        hint = FormerHint.HERE if holder.space_id == space_id else FormerHint.ELSEWHERE
        return Former(hint, number, holder.space_id, count, administrator)

    def admin_paths(self) -> tuple[AdminPath, ...]:
        """For each space: whether she is administrator, asks through Contact, or must first be added as a user."""
        person = self.person()
        return tuple(_admin_path(one.space, person) for one in self._all())

    def right_labels(self) -> dict[str, str]:
        """In the portal's order."""
        return dict(self._store.query('SELECT "right", label FROM right_labels ORDER BY position'))

    def check_added(self, lines: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """For *Ajouter un espace*: each SIRET or member number that cannot be right, with the reason in French."""
        numbers = {number for one in self._all() for number in (one.space.siret, one.space.member_number)}
        wrong: list[tuple[str, str]] = []
        seen: set[str] = set()
        for line in lines:
            digits = only_digits(line)
            if not digits:
                continue
            if complaint := adherent_complaint(line):
                wrong.append((line, complaint))
            elif digits in numbers:
                wrong.append((line, f"«\u00a0{line.strip()}\u00a0» est déjà dans vos espaces."))
            elif digits in seen:
                wrong.append((line, f"«\u00a0{line.strip()}\u00a0» est indiqué deux fois."))
            seen.add(digits)
        return tuple(wrong)

    def _all(self) -> tuple[_Found, ...]:
        """All spaces in their order, kept in memory until something about them is committed."""
        version = self._store.version(self.topic)
        read_at, found = self._latest
        if version != read_at:
            spaces = [_space(row) for row in self._store.query(_SPACES)]
            spaces.sort(key=lambda space: (not space.favourite, folding.collated(space.company), space.member_number))
            found = tuple(_Found(space, _words(space)) for space in spaces)
            self._latest = version, found
        return found

    def lost(self) -> tuple[Lost, ...]:
        """What was withdrawn since the person last said that she had read it."""
        rows = self._store.query(
            "SELECT company, member_number, administrator, rights, whole FROM lost_rights ORDER BY company, space_id"
        )
        return tuple(Lost(row[0], row[1], row[2], tuple(msgspec.json.decode(row[3])), bool(row[4])) for row in rows)

    def heard_of_lost(self) -> None:
        """She has read it."""
        with self._store.write(self.topic) as db:
            db.execute("DELETE FROM lost_rights")

    # What only this computer remembers

    def set_favourite(self, space_id: str, favourite: bool) -> None:
        with self._store.write(self.topic) as db:
            if favourite:
                db.execute("INSERT OR IGNORE INTO favourites (space_id) VALUES (?)", (space_id,))
            else:
                db.execute("DELETE FROM favourites WHERE space_id = ?", (space_id,))

    def visited(self, space_id: str) -> None:
        with self._store.write() as db:
            db.execute(
                "INSERT INTO visits (space_id, turn) SELECT ?, coalesce(max(turn), 0) + 1 FROM visits WHERE true"
                " ON CONFLICT DO UPDATE SET turn = excluded.turn",
                (space_id,),
            )

    # Taking in

    def apply(self, db: apsw.Connection, changes: Sequence[Change[msgspec.Raw]]) -> None:
        """`Me` and the catalogue, as sync hands them on."""
        for change in changes:
            if change.kind == _ME:
                self.take_in(db, _me.decode(change.record))
            elif change.kind == _CATALOGUE:
                self.take_catalogue(db, _catalogue.decode(change.record))

    def purge(self, db: apsw.Connection, space_id: str, *, lost: bool = False) -> None:
        """Nothing: what may be seen of the portfolio is told anew by each `Me`."""

    def take_in(self, db: apsw.Connection, me: Me) -> None:
        """Puts the person, her companies, spaces and rights in the place of what was known."""
        _note_lost(db, me)
        for table in ("person", "companies", "spaces", "right_labels"):
            db.execute(f"DELETE FROM {table}")
        person = (me.person_id, me.civility, me.first_name, me.last_name, me.email)
        db.execute(
            "INSERT INTO person (one, person_id, civility, first_name, last_name, email) VALUES (1, ?, ?, ?, ?, ?)",
            person,
        )
        db.executemany(
            "INSERT OR REPLACE INTO companies (company_id, name, siren, former_member_number, former_count)"
            " VALUES (?, ?, ?, ?, ?)",
            [(c.company_id, c.name, c.siren, c.former_member_number, c.former_count) for c in me.companies],
        )
        db.executemany(
            "INSERT OR REPLACE INTO spaces (space_id, company_id, member_number, siret, label, rights, administrator)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (s.space_id, s.company_id, s.member_number, s.siret, s.label, _json(s.rights), s.administrator)
                for s in me.spaces
            ],
        )
        db.executemany(
            'INSERT OR REPLACE INTO right_labels ("right", label, position) VALUES (?, ?, ?)',
            [(label.right, label.label, position) for position, label in enumerate(me.rights)],
        )

    def take_catalogue(self, db: apsw.Connection, catalogue: Catalogue) -> None:
        """Puts the themes and topics in the place of those that were known."""
        topics = [(theme, topic) for theme in catalogue.themes for topic in theme.topics]
        db.execute("DELETE FROM topics")
        db.executemany(
            "INSERT OR REPLACE INTO topics (code, position, theme, theme_label, label, body) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (topic.code, position, theme.code, theme.label, topic.label, _json(topic))
                for position, (theme, topic) in enumerate(topics)
            ],
        )


def _note_lost(db: apsw.Connection, me: Me) -> None:
    """Notes what the person had until now and has no more; what she has again is not lost any more."""
    known = db.execute("SELECT person_id FROM person").fetchone()
    if known is None or known[0] != me.person_id:
        db.execute("DELETE FROM lost_rights")
        return
    now = {space.space_id: frozenset(space.rights) for space in me.spaces}
    before = db.execute(
        "SELECT n.space_id, coalesce(n.company, ''), n.member_number, n.administrator, n.rights, l.rights"
        " FROM named_spaces AS n LEFT JOIN lost_rights AS l ON l.space_id = n.space_id"
    ).fetchall()
    for space_id, company, number, administrator, rights, noted in before:
        had = [*msgspec.json.decode(str(rights)), *msgspec.json.decode(str(noted or "[]"))]
        held = now.get(str(space_id), frozenset())
        lost = [right for right in dict.fromkeys(had) if right not in held]
        db.execute("DELETE FROM lost_rights WHERE space_id = ?", (space_id,))
        if lost:
            row = (space_id, company, number, administrator, _json(lost), str(space_id) not in now)
            db.execute("INSERT INTO lost_rights VALUES (?, ?, ?, ?, ?, ?)", row)


def numbers_in(content: bytes) -> tuple[str, ...]:
    """What may be a SIRET or a member number in a text or CSV file, each once, as it is written: cells of digits,
    whatever parts them. Headings, names and dates are passed over."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    cells = (cell.strip(" \"'\u00a0\u202f") for cell in _BETWEEN.split(text))
    return tuple(dict.fromkeys(cell for cell in cells if _NUMBER.fullmatch(cell)))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _space(row: Row) -> Space:
    space_id, company_id, company, siren, siret, member_number, label, rights, administrator, favourite = row
    return Space(
        space_id=space_id,
        company_id=company_id,
        company=company or "",
        siren=siren or "",
        siret=siret,
        member_number=member_number,
        label=label,
        rights=frozenset(msgspec.json.decode(rights)),
        administrator=administrator,
        favourite=bool(favourite),
    )


def _words(space: Space) -> str:
    parts: Iterable[str] = (space.company, space.label, space.siren, space.siret, space.member_number)
    return folding.searchable(list(parts))


def _admin_path(space: Space, person: Person | None) -> AdminPath:
    if space.rights & {Right.USERS, Right.MAIN_ADMINISTRATOR}:
        return AdminPath(space, AdminStep.ALREADY)
    if Right.CONTACT in space.rights:
        return AdminPath(space, AdminStep.ASK_CONTACT)
    return AdminPath(space, AdminStep.ASK_USER, _request_to_administrator(space, person))


def _request_to_administrator(space: Space, person: Person | None) -> str:
    """What she can send, as it is, to the main administrator."""
    who = f" ({person.name}, {person.email})" if person is not None else ""
    greeting = f"Bonjour {space.administrator}," if space.administrator else "Bonjour,"
    return (
        f"{greeting}\n\nPourriez-vous m’ajouter{who} comme utilisateur de l’espace client de {space.company}, numéro "
        f"d’adhérent {space.member_number}, avec le droit d’échanger avec un conseiller\u202f? Dans l’espace "
        "client\u00a0: Utilisateurs, puis Ajouter. Je pourrai ensuite demander à devenir administrateur.\n\nMerci."
    )
