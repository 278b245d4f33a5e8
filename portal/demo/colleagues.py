"""Who else uses the spaces of the demo's group, each in another state: invited, never come, long away, delegated for a
time, suspended, with more rights than she uses. They write nothing, so that the rest of the world stays as it is.

The journal of how they came to their rights is written with them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, update

from contract.portfolio import Right
from portal.database import Actor
from portal.demo.cast import EVERYDAY, Cast, Person
from portal.demo.dice import Ids
from portal.grants import last_day
from portal.tables import audit_log, persons, portfolios, right_uses, rights
from portal.users.authority import end_of
from portal.users.uses import today

_OFFICES: Final = frozenset({Right.USERS, Right.MAIN_ADMINISTRATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Times are days before the moment of the world; `ends_in` days after it. `invited` without a first sign-in and
    without a password: she has not answered yet."""

    name: tuple[str, str, str]
    function: str
    spaces: tuple[str, ...]
    rights: tuple[Right, ...]
    invited: int
    signed_in: int | None = None
    password: bool = True
    suspended: int | None = None
    ends_in: int | None = None
    uses: Mapping[Right, int] = field(default_factory=dict)

    @property
    def email(self) -> str:
        plain = str.maketrans("éèëïç ", "eeeic-")
        return "{}.{}@morvan.example".format(*(part.lower().translate(plain) for part in self.name[1:]))


_MORVAN: Final = ("0412877", "0412878", "0419034")
_LOGISTICS: Final = ("0415520", "0415521")

_COLLEAGUES: Final = (
    Colleague(
        name=("Mme", "Inès", "Kervella"),
        function="Gestionnaire de paie",
        spaces=_MORVAN[:2],
        rights=(Right.CONTACT, Right.LEAVE, Right.ALLOWANCES),
        invited=3,
        password=False,
    ),
    Colleague(
        name=("M.", "Yann", "Le Bihan"),
        function="Responsable du site de Brest",
        spaces=_MORVAN[2:],
        rights=(Right.CONTACT, Right.LEAVE),
        invited=74,
    ),
    Colleague(
        name=("M.", "Bruno", "Castel"),
        function="Comptable",
        spaces=(*_LOGISTICS, "0398241"),
        rights=(Right.CONTACT, Right.ALLOWANCES, Right.CONTRIBUTIONS),
        invited=610,
        signed_in=243,
        uses={Right.CONTACT: 250, Right.ALLOWANCES: 243},
    ),
    Colleague(
        name=("Mme", "Aïcha", "Diallo"),
        function="Assistante RH, remplacement",
        spaces=_MORVAN,
        rights=EVERYDAY,
        invited=41,
        signed_in=1,
        ends_in=20,
        uses={Right.CONTACT: 1, Right.LEAVE: 6},
    ),
    Colleague(
        name=("M.", "Paul", "Hamon"),
        function="Chef d’équipe",
        spaces=_LOGISTICS[:1],
        rights=(Right.CONTACT, Right.LEAVE),
        invited=400,
        signed_in=58,
        suspended=40,
        uses={Right.LEAVE: 61},
    ),
    Colleague(
        name=("Mme", "Maëlle", "Jaouen"),
        function="Expert-comptable, cabinet Jaouen",
        spaces=(*_MORVAN, *_LOGISTICS),
        rights=(Right.AFFILIATION, Right.ALLOWANCES, Right.CONTRIBUTIONS, Right.DOCUMENTS),
        invited=512,
        signed_in=9,
        uses={Right.ALLOWANCES: 20},
    ),
)

_HABITS: Final[Mapping[str, tuple[float, Mapping[Right, int]]]] = {
    "Claire": (0.1, {Right.CONTACT: 0, Right.LEAVE: 4, Right.ALLOWANCES: 1, Right.AFFILIATION: 16}),
    "Mehdi": (1.2, {Right.CONTACT: 2, Right.LEAVE: 31, Right.USERS: 3}),
    "Sophie": (3.3, {Right.LEAVE: 5, Right.CONTACT: 12}),
    "Thomas": (12.1, {Right.CONTACT: 12, Right.DOCUMENTS: 200}),
}
"""Of those who have always been in the world: when they last signed in, and used which right, days ago."""


def write(db: Connection, ids: Ids, group: Cast, password_hash: str, moment: datetime) -> None:
    """The colleagues, and what is told of those who are there already."""
    hired = [(ids.new("colleague"), colleague) for colleague in _COLLEAGUES]
    places = {space.member_number: space.space_id for space in group.spaces}
    db.execute(insert(persons), [_row(group, key, one, password_hash, moment) for key, one in hired])
    db.execute(insert(rights), [row for key, one in hired for row in _rights(places, key, one, moment)])
    used = [use for key, one in hired for use in _uses(key, one.uses, places[one.spaces[0]], moment)]
    for person in group.persons:
        since, habits = _HABITS[person.first_name]
        values = {"signed_in_at": moment - timedelta(days=since), **_standing(group, person)}
        db.execute(update(persons).where(persons.c.person_id == person.person_id).values(values))
        used += _uses(person.person_id, habits, _first(group, person), moment)
    db.execute(insert(right_uses), used)
    mine = portfolios.c.portfolio_id == group.portfolio_id
    db.execute(update(portfolios).where(mine).values(users_head=1))
    entries = sorted(_journal(group, places, hired, moment), key=lambda entry: entry["at"])
    db.execute(insert(audit_log), [{"entry_id": ids.new("journal"), **entry} for entry in entries])


def write_strangers(db: Connection, group: Cast) -> None:
    """What is told of them to their own administrator."""
    for person in group.persons:
        values = _standing(group, person)
        db.execute(update(persons).where(persons.c.person_id == person.person_id).values(values))
    db.execute(update(portfolios).where(portfolios.c.portfolio_id == group.portfolio_id).values(users_head=1))


def _standing(group: Cast, person: Person) -> dict[str, Any]:
    held = {right for (person_id, _), codes in group.rights.items() if person_id == person.person_id for right in codes}
    return {"users_number": 1, "administers": not held.isdisjoint(_OFFICES)}


def _first(group: Cast, person: Person) -> str:
    return next(space_id for person_id, space_id in group.rights if person_id == person.person_id)


def _row(group: Cast, person_id: str, one: Colleague, password_hash: str, moment: datetime) -> dict[str, Any]:
    civility, first_name, last_name = one.name
    return {
        "person_id": person_id,
        "portfolio_id": group.portfolio_id,
        "civility": civility,
        "first_name": first_name,
        "last_name": last_name,
        "email": one.email,
        "function": one.function,
        "password_hash": password_hash if one.password else None,
        "suspended": one.suspended is not None,
        "invited_at": moment - timedelta(days=one.invited),
        "signed_in_at": None if one.signed_in is None else moment - timedelta(days=one.signed_in),
        "rights_end_at": _end(one, moment),
        "users_number": 1,
    }


def _end(one: Colleague, moment: datetime) -> int | None:
    if one.ends_in is None:
        return None
    return end_of(today(moment) + timedelta(days=one.ends_in), moment, "")


def _rights(places: Mapping[str, str], person_id: str, one: Colleague, moment: datetime) -> Iterator[dict[str, Any]]:
    for member_number in one.spaces:
        for right in one.rights:
            yield {
                "person_id": person_id,
                "space_id": places[member_number],
                "right": right,
                "granted_at": moment - timedelta(days=one.invited),
                "ends_at": _end(one, moment),
            }


def _uses(person_id: str, uses: Mapping[Right, int], space_id: str, moment: datetime) -> list[dict[str, Any]]:
    return [
        {
            "person_id": person_id,
            "space_id": space_id,
            "right": right,
            "used_on": today(moment - timedelta(days=days)),
        }
        for right, days in uses.items()
    ]


def _journal(
    group: Cast, places: Mapping[str, str], hired: Sequence[tuple[str, Colleague]], moment: datetime
) -> Iterable[dict[str, Any]]:
    """Mehdi, who administers these spaces, brought them in."""
    mehdi = next(person for person in group.persons if person.first_name == "Mehdi")
    actor = Actor("person", mehdi.person_id)
    for person_id, one in hired:
        at = moment - timedelta(days=one.invited)
        end = _end(one, moment)
        until = "" if end is None else f" until:{last_day(end)}"
        told: list[tuple[str, str | None, str, datetime]] = [("person.invite", None, "", at)]
        told += [("rights.grant", places[number], " ".join(one.rights) + until, at) for number in one.spaces]
        if one.suspended is not None:
            told.append(("person.suspend", None, "", moment - timedelta(days=one.suspended)))
        for action, space_id, detail, when in told:
            yield {
                "at": when,
                "actor_kind": actor.kind,
                "actor_id": actor.actor_id,
                "action": action,
                "space_id": space_id,
                "subject_id": person_id,
                "detail": detail,
                "portfolio_id": group.portfolio_id,
            }
