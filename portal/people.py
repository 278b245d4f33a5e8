"""Persons, companies, spaces and rights: what the caller may see, and who may change it.

Every query of the portal about companies begins with `sees` or `rights_in`.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    and_,
    delete,
    insert,
    or_,
    select,
    text,
    update,
)

from contract.identity import is_siren, is_siret, new_id
from contract.portfolio import Right
from portal import grants
from portal.database import Actor, Deed, Transaction, unix
from portal.grants import NotAllowed
from portal.problems import unknown
from portal.tables import (
    MAIN,
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


@dataclass(frozen=True, slots=True)
class Adviser:
    """The insurer's person who answers."""

    adviser_id: str
    name: str

    @property
    def actor(self) -> Actor:
        return Actor("adviser", self.adviser_id)


# What the caller may see


def live(now: datetime, held: FromClause = rights) -> ColumnElement[bool]:
    """The rights that hold at this moment; `held` is the table, or another name of it."""
    return or_(held.c.ends_at.is_(None), held.c.ends_at > unix(now))


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


def mailbox(email: str) -> str:
    """Where the mails to an address arrive, whatever she sorts them by (`anne+volet@…`)."""
    local, _, domain = as_kept(email).rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


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
    """`password_hash` by `portal.passwords.Passwords.hash`; without one the person cannot sign in yet. Who had this
    address and did nothing with it loses it; the journal keeps her name."""
    person_id = person_id or new_id()
    unclaimed = and_(persons.c.email == as_kept(email), ~claimed(tx.now))
    tx.db.execute(update(persons).where(unclaimed).values(email=persons.c.person_id))
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


def claimed(now: datetime) -> ColumnElement[bool]:
    """The condition that a row of `persons` holds its address: she has chosen a password, or has a right somewhere. Who
    was invited and taken away again is nobody: else anybody could keep an address from its owner for ever."""
    mine = and_(rights.c.person_id == persons.c.person_id, live(now))
    return or_(persons.c.password_hash.is_not(None), select(rights.c.person_id).where(mine).exists())


def owner(tx: Transaction, email: str) -> Row[Any] | None:
    """Whose address it is (`as_kept`)."""
    return tx.db.execute(select(persons).where(persons.c.email == email, claimed(tx.now))).one_or_none()


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

    Raises `NotAllowed` when the space is not in her portfolio, and `LastAdministrator`."""
    tx.hold([space_id])
    mine = and_(portfolio_spaces.c.portfolio_id == persons.c.portfolio_id, portfolio_spaces.c.space_id == space_id)
    query = select(persons.c.person_id).join(portfolio_spaces, mine).where(persons.c.person_id == person_id)
    if tx.db.execute(query).first() is None:
        raise NotAllowed("Cet espace n’est pas parmi les entreprises de cette personne.")
    end = None if ends_at is None else unix(ends_at)
    grants.change(tx, actor, {(person_id, space_id, str(right)): end for right in granted})


def withdraw(tx: Transaction, actor: Actor, person_id: str, space_id: str, withdrawn: Iterable[str]) -> None:
    """Takes rights away; it acts at her next request. Raises `LastAdministrator`."""
    grants.change(tx, actor, {}, [(person_id, space_id, str(right)) for right in withdrawn])


def make_administrator(tx: Transaction, actor: Actor, person_id: str, space_id: str) -> None:
    """Makes the person the main administrator of the space; who was it before keeps managing its users. Raises
    `LastAdministrator` when she cannot act and who was it can."""
    tx.hold([space_id])
    main = and_(rights.c.space_id == space_id, rights.c.right == Right.MAIN_ADMINISTRATOR)
    former = set(tx.db.execute(select(rights.c.person_id).where(main)).scalars()) - {person_id}
    given: dict[grants.Cell, int | None] = {(each, space_id, Right.USERS.value): None for each in (*former, person_id)}
    given[person_id, space_id, Right.MAIN_ADMINISTRATOR.value] = None
    grants.change(tx, actor, given, [(each, space_id, Right.MAIN_ADMINISTRATOR.value) for each in former])


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
    """Shuts the person out at her next request, or lets her sign in again: in either case no session of before
    lives on. Raises `LastAdministrator`."""
    mine = persons.c.person_id == person_id
    main = select(rights.c.space_id).where(rights.c.person_id == person_id, text(MAIN))
    space_ids = set(tx.db.execute(main).scalars())
    tx.hold(space_ids)
    with grants.keeping_administrators(tx, space_ids):
        tx.db.execute(update(persons).where(mine).values(suspended=suspended))
    sign_out(tx, person_id)
    if not suspended:  # a token of before must not come to life again
        tx.db.execute(delete(access_tokens).where(access_tokens.c.person_id == person_id))
    grants.rights_changed(tx, [person_id], space_ids)
    about(tx, actor, "person.suspend" if suspended else "person.restore", person_id)


def sign_out(tx: Transaction, person_id: str) -> None:
    """Ends all her sessions: she cannot renew them. Who is to be out at her next request loses her tokens as well."""
    ours = and_(families.c.person_id == person_id, families.c.revoked_at.is_(None))
    tx.db.execute(update(families).where(ours).values(revoked_at=tx.now))


def signed_in(tx: Transaction, person_id: str) -> None:
    """She has just begun a session: her administrators are told when it was."""
    tx.db.execute(update(persons).where(persons.c.person_id == person_id).values(signed_in_at=tx.now))
    tx.tell_administrators([person_id])


def about(tx: Transaction, actor: Actor, action: str, person_id: str, space_ids: Iterable[str] | None = None) -> None:
    """Writes in the journal what was done about a person, for those to read who administer one of these spaces; by
    default, of those where she has a right."""
    if space_ids is None:
        hers = and_(rights.c.person_id == person_id, live(tx.now))
        space_ids = tx.db.execute(select(rights.c.space_id).where(hers).distinct()).scalars()
    places = tuple(sorted(space_ids))
    query = select(persons.c.portfolio_id).where(persons.c.person_id == person_id)
    portfolio_id = tx.db.execute(query).scalar_one()
    tx.audit_all(actor, [Deed(action, subject_id=person_id, portfolio_id=portfolio_id, places=places)])


def company_changed(tx: Transaction, company_id: str) -> None:
    """What `Me` tells of the company changed: all who have a right in it are to ask again."""
    ours = select(spaces.c.space_id).where(spaces.c.company_id == company_id)
    there = select(rights.c.person_id).where(rights.c.space_id.in_(ours)).distinct()
    grants.profile_changed(tx, set(tx.db.execute(there).scalars()))
