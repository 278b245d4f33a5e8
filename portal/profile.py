"""What a person is told of herself: who she is, her companies, their spaces and her rights."""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from contract.portfolio import CompanyRecord, Me, Right, RightLabel, SpaceRecord
from portal.people import live, member_order
from portal.tables import companies, persons, requests, rights, spaces

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
