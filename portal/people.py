"""Persons, companies, spaces and rights: what the caller may see, and who may change it.

Every query of the portal about companies begins with `sees` or `rights_in`.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Column, ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from contract.identity import is_siren, is_siret, new_id
from contract.portfolio import CompanyRecord, Me, Right, RightLabel, SpaceRecord
from portal.database import Actor, Transaction, unix
from portal.problems import unknown
from portal.tables import (
    access_tokens,
    advisers,
    companies,
    families,
    persons,
    portfolio_spaces,
    portfolios,
    requests,
    rights,
    spaces,
)

LABELS: Final = (
    RightLabel(Right.CONTACT, "Échanger avec un conseiller"),
    RightLabel(Right.AFFILIATION, "Affilier et radier des salariés"),
    RightLabel(Right.LEAVE, "Déclarer les arrêts de travail"),
    RightLabel(Right.ALLOWANCES, "Consulter les indemnités journalières"),
    RightLabel(Right.CONTRIBUTIONS, "Suivre les cotisations"),
    RightLabel(Right.DOCUMENTS, "Consulter les documents du contrat"),
    RightLabel(Right.USERS, "Gérer les utilisateurs"),
    RightLabel(Right.MAIN_ADMINISTRATOR, "Administrateur principal"),
)


@dataclass(frozen=True, slots=True)
class Adviser:
    """The insurer's person who answers."""

    adviser_id: str
    name: str

    @property
    def actor(self) -> Actor:
        return Actor("adviser", self.adviser_id)


class NotAllowed(Exception):
    """What was asked makes no sense for these persons and spaces; the message says why, in French."""


# What the caller may see


def live(now: datetime) -> ColumnElement[bool]:
    """The rights that hold at this moment."""
    return or_(rights.c.ends_at.is_(None), rights.c.ends_at > unix(now))


def sees(
    person_id: str, space: ColumnElement[str], right: Right | ColumnElement[str], now: datetime
) -> ColumnElement[bool]:
    """The condition that the person has this right in the space that the column names."""
    mine = and_(rights.c.person_id == person_id, rights.c.space_id == space, rights.c.right == right, live(now))
    return select(rights.c.right).where(mine).exists()


def alone(right: Right) -> str:
    """The subject, in the feed, of what one sees with this right and no other; the plain right is that of requests
    about it, which want contact too."""
    return f"+{right}"


def sees_request(person_id: str, now: datetime) -> ColumnElement[bool]:
    """The condition that the person may see a row of `requests`: the right of contact and the one of its topic."""
    space = requests.c.space_id
    return and_(sees(person_id, space, Right.CONTACT, now), sees(person_id, space, requests.c.right, now))


def rights_in(db: Connection, person_id: str, space_id: str, now: datetime) -> frozenset[str]:
    """Her rights in one space; none for a space that does not exist."""
    mine = and_(rights.c.person_id == person_id, rights.c.space_id == space_id, live(now))
    return frozenset(db.execute(select(rights.c.right).where(mine)).scalars())


def hold_space_of(tx: Transaction, key: Column[str], thing: str, *visible: ColumnElement[bool]) -> None:
    """Holds the space of the row that has this key: what is read after it stays so. Raises `Refusal` when there is no
    such row, or none that may be seen."""
    query = select(key.table.c.space_id).where(key == thing, *visible)
    space_id = tx.db.execute(query).scalar_one_or_none()
    if space_id is None:
        raise unknown()
    tx.hold([space_id])


def me(db: Connection, person_id: str, now: datetime) -> Me:
    """The person and all that she may see."""
    person = db.execute(select(persons).where(persons.c.person_id == person_id)).one()
    held: dict[str, list[str]] = {}
    query = select(rights.c.space_id, rights.c.right).where(rights.c.person_id == person_id, live(now))
    for space_id, right in db.execute(query.order_by(rights.c.right)):
        held.setdefault(space_id, []).append(right)
    mine = select(rights.c.space_id).where(rights.c.person_id == person_id, live(now))
    rows = db.execute(select(spaces).where(spaces.c.space_id.in_(mine)).order_by(spaces.c.member_number)).all()
    administrators = _administrators(db, mine.scalar_subquery(), now)
    return Me(
        person_id=person.person_id,
        civility=person.civility,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        companies=_companies(db, mine.scalar_subquery()),
        spaces=tuple(
            SpaceRecord(
                space_id=row.space_id,
                company_id=row.company_id,
                member_number=row.member_number,
                siret=row.siret,
                label=row.label,
                rights=tuple(held[row.space_id]),
                administrator=administrators.get(row.space_id),
            )
            for row in rows
            if row.space_id in held
        ),
        rights=LABELS,
    )


def _administrators(db: Connection, mine: ColumnElement[str], now: datetime) -> dict[str, str]:
    query = (
        select(rights.c.space_id, persons.c.first_name, persons.c.last_name)
        .join(persons, persons.c.person_id == rights.c.person_id)
        .where(rights.c.space_id.in_(mine), rights.c.right == Right.MAIN_ADMINISTRATOR, live(now))
        .where(~persons.c.suspended)
        .order_by(rights.c.granted_at.desc())
    )
    return {space_id: f"{first} {last}" for space_id, first, last in db.execute(query)}


def _companies(db: Connection, mine: ColumnElement[str]) -> tuple[CompanyRecord, ...]:
    ours = select(spaces.c.company_id).where(spaces.c.space_id.in_(mine))
    former: dict[str, tuple[str, int]] = {}
    query = (
        select(spaces.c.company_id, spaces.c.member_number, func.count())
        .join(requests, requests.c.space_id == spaces.c.space_id)
        .where(spaces.c.company_id.in_(ours), requests.c.origin == "former")
        .group_by(spaces.c.company_id, spaces.c.member_number)
    )
    for company_id, member_number, count in db.execute(query):
        smallest, total = former.get(company_id, (member_number, 0))
        former[company_id] = (min(smallest, member_number, key=member_order), total + count)
    rows = db.execute(select(companies).where(companies.c.company_id.in_(ours)).order_by(companies.c.name)).all()
    return tuple(
        CompanyRecord(row.company_id, row.name, row.siren, *former.get(row.company_id, (None, 0))) for row in rows
    )


def member_order(member_number: str) -> tuple[int, str]:
    """Sorts member numbers as numbers, whatever their zeros."""
    bare = member_number.lstrip("0")
    return len(bare), bare


def smallest_space(db: Connection, company_id: str) -> str:
    """The space of the company's smallest member number, where the requests of the former space sit."""
    query = select(spaces.c.space_id, spaces.c.member_number).where(spaces.c.company_id == company_id)
    return str(min(db.execute(query), key=lambda row: member_order(row.member_number)).space_id)


# Who there is


def readable(text: str) -> str:
    """Without control characters, which PostgreSQL would refuse, and without what is not seen."""
    return "".join(char for char in text if char.isprintable())


def as_kept(email: str) -> str:
    """The one spelling of an e-mail: a person is looked up by it and the tries at her account are counted under it."""
    return unicodedata.normalize("NFC", readable(email).strip().lower())


def add_company(tx: Transaction, name: str, siren: str, *, company_id: str | None = None) -> str:
    """Raises `NotAllowed` when the SIREN cannot be one. Answers the company's identifier."""
    if not is_siren(siren):
        raise NotAllowed(f"{siren} n’est pas un numéro SIREN.")
    company_id = company_id or new_id()
    tx.db.execute(insert(companies).values(company_id=company_id, name=name, siren=siren))
    return company_id


def add_space(
    tx: Transaction, company_id: str, member_number: str, siret: str, *, label: str = "", space_id: str | None = None
) -> str:
    """Raises `NotAllowed` when the SIRET cannot be one of the company's. Answers the space's identifier."""
    siren = tx.db.execute(select(companies.c.siren).where(companies.c.company_id == company_id)).scalar_one()
    if not is_siret(siret) or not siret.startswith(siren):
        raise NotAllowed(f"{siret} n’est pas un numéro SIRET de l’entreprise.")
    space_id = space_id or new_id()
    values = {
        "space_id": space_id,
        "company_id": company_id,
        "member_number": member_number,
        "siret": siret,
        "label": label,
    }
    tx.db.execute(insert(spaces).values(values))
    return space_id


def add_portfolio(tx: Transaction, name: str, space_ids: Iterable[str] = (), *, portfolio_id: str | None = None) -> str:
    portfolio_id = portfolio_id or new_id()
    tx.db.execute(insert(portfolios).values(portfolio_id=portfolio_id, name=name))
    rows = [{"portfolio_id": portfolio_id, "space_id": space_id} for space_id in space_ids]
    if rows:
        tx.db.execute(insert(portfolio_spaces), rows)
    return portfolio_id


def add_person(
    tx: Transaction,
    portfolio_id: str,
    first_name: str,
    last_name: str,
    email: str,
    *,
    civility: str = "",
    password_hash: str | None = None,
    person_id: str | None = None,
) -> str:
    """`password_hash` by `portal.passwords.Passwords.hash`; without one the person cannot sign in yet."""
    person_id = person_id or new_id()
    tx.db.execute(
        insert(persons).values(
            person_id=person_id,
            portfolio_id=portfolio_id,
            civility=civility,
            first_name=first_name,
            last_name=last_name,
            email=as_kept(email),
            password_hash=password_hash,
        )
    )
    return person_id


def add_adviser(
    tx: Transaction, login: str, first_name: str, last_name: str, *, adviser_id: str | None = None
) -> Adviser:
    adviser_id = adviser_id or new_id()
    values = {"adviser_id": adviser_id, "first_name": first_name, "last_name": last_name, "login": login}
    tx.db.execute(insert(advisers).values(values))
    return Adviser(adviser_id, f"{first_name} {last_name}")


def adviser(db: Connection, login: str) -> Adviser | None:
    row = db.execute(select(advisers).where(advisers.c.login == login)).one_or_none()
    return Adviser(row.adviser_id, f"{row.first_name} {row.last_name}") if row else None


def name_of(db: Connection, person_id: str) -> str:
    row = db.execute(select(persons.c.first_name, persons.c.last_name).where(persons.c.person_id == person_id)).one()
    return f"{row.first_name} {row.last_name}"


# What changes rights


def grant(
    tx: Transaction,
    actor: Actor,
    person_id: str,
    space_id: str,
    granted: Iterable[str],
    *,
    ends_at: datetime | None = None,
) -> None:
    """Gives rights in a space of the person's portfolio, until `ends_at` when given; it acts at her next request.

    Raises `NotAllowed` when the space is not in her portfolio."""
    tx.hold([space_id])
    mine = and_(portfolio_spaces.c.portfolio_id == persons.c.portfolio_id, portfolio_spaces.c.space_id == space_id)
    query = select(persons.c.person_id).join(portfolio_spaces, mine).where(persons.c.person_id == person_id)
    if tx.db.execute(query).first() is None:
        raise NotAllowed("Cet espace n’est pas parmi les entreprises de cette personne.")
    wanted = sorted(set(granted))
    held = and_(rights.c.person_id == person_id, rights.c.space_id == space_id, rights.c.right.in_(wanted))
    tx.db.execute(delete(rights).where(held))
    end = None if ends_at is None else unix(ends_at)
    for right in wanted:
        values = {"person_id": person_id, "space_id": space_id, "right": right, "granted_at": tx.now, "ends_at": end}
        tx.db.execute(insert(rights).values(values))
    tx.audit(actor, "rights.grant", space=space_id, subject=person_id, detail=" ".join(wanted))
    _rights_changed(tx, person_id, space_id, wanted)


def withdraw(tx: Transaction, actor: Actor, person_id: str, space_id: str, withdrawn: Iterable[str]) -> None:
    """Takes rights away; it acts at her next request."""
    tx.hold([space_id])
    wanted = sorted(set(withdrawn))
    held = and_(rights.c.person_id == person_id, rights.c.space_id == space_id, rights.c.right.in_(wanted))
    tx.db.execute(delete(rights).where(held))
    tx.audit(actor, "rights.withdraw", space=space_id, subject=person_id, detail=" ".join(wanted))
    _rights_changed(tx, person_id, space_id, wanted)


def make_administrator(tx: Transaction, actor: Actor, person_id: str, space_id: str) -> None:
    """Makes the person the main administrator of the space; who was it before keeps managing its users."""
    tx.hold([space_id])
    main = and_(rights.c.space_id == space_id, rights.c.right == Right.MAIN_ADMINISTRATOR)
    for former in sorted(tx.db.execute(select(rights.c.person_id).where(main)).scalars()):
        if former != person_id:
            withdraw(tx, actor, former, space_id, [Right.MAIN_ADMINISTRATOR])
            grant(tx, actor, former, space_id, [Right.USERS])
    grant(tx, actor, person_id, space_id, [Right.MAIN_ADMINISTRATOR, Right.USERS])


def attach_space(
    tx: Transaction,
    actor: Actor,
    portfolio_id: str,
    space_id: str,
    person_id: str | None = None,
    granted: Iterable[str] = (),
) -> None:
    """Puts the space among the portfolio's, and gives the person who asked for it these rights there."""
    tx.hold([space_id])
    inside = and_(portfolio_spaces.c.portfolio_id == portfolio_id, portfolio_spaces.c.space_id == space_id)
    if tx.db.execute(select(portfolio_spaces.c.space_id).where(inside)).first() is None:
        tx.db.execute(insert(portfolio_spaces).values(portfolio_id=portfolio_id, space_id=space_id))
    tx.touch(space_id)
    tx.audit(actor, "space.attach", space=space_id, subject=portfolio_id)
    if person_id is not None:
        grant(tx, actor, person_id, space_id, granted)


def suspend(tx: Transaction, actor: Actor, person_id: str, *, suspended: bool = True) -> None:
    """Shuts the person out at her next request, or lets her sign in again."""
    tx.db.execute(update(persons).where(persons.c.person_id == person_id).values(suspended=suspended))
    if suspended:
        ours = and_(families.c.person_id == person_id, families.c.revoked_at.is_(None))
        tx.db.execute(update(families).where(ours).values(revoked_at=tx.now))
    else:  # a token of before must not come to life again
        tx.db.execute(delete(access_tokens).where(access_tokens.c.person_id == person_id))
    tx.audit(actor, "person.suspend" if suspended else "person.restore", subject=person_id)


def lapse(tx: Transaction, person_id: str) -> None:
    """One of her rights has come to its end: what she is told must be asked for again."""
    ended = and_(rights.c.person_id == person_id, rights.c.ends_at.is_not(None), rights.c.ends_at <= unix(tx.now))
    touched = sorted(set(tx.db.execute(select(rights.c.space_id).where(ended)).scalars()))
    tx.hold(touched)
    for space_id in touched:
        tx.touch(space_id)
    tx.db.execute(delete(rights).where(ended))
    _profile_changed(tx, [person_id])


def _rights_changed(tx: Transaction, person_id: str, space_id: str, changed: list[str]) -> None:
    told = {person_id}
    if Right.MAIN_ADMINISTRATOR in changed:  # everybody in the space is told who it is
        told.update(tx.db.execute(select(rights.c.person_id).where(rights.c.space_id == space_id)).scalars())
    tx.touch(space_id)
    _profile_changed(tx, told)


def _profile_changed(tx: Transaction, person_ids: Iterable[str]) -> None:
    for person_id in sorted(person_ids):
        ahead = and_(rights.c.person_id == person_id, rights.c.ends_at > unix(tx.now))
        first_end = select(func.min(rights.c.ends_at)).where(ahead).scalar_subquery()
        values = {"profile_version": persons.c.profile_version + 1, "rights_end_at": first_end}
        tx.db.execute(update(persons).where(persons.c.person_id == person_id).values(values))


def company_changed(tx: Transaction, company_id: str) -> None:
    """What `Me` tells of the company changed: all who have a right in it are to ask again."""
    ours = select(spaces.c.space_id).where(spaces.c.company_id == company_id)
    _profile_changed(tx, set(tx.db.execute(select(rights.c.person_id).where(rights.c.space_id.in_(ours))).scalars()))
