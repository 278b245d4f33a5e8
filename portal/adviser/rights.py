"""The adviser's verbs about spaces and rights."""

import argparse
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from portal import people, profile
from portal.adviser.desk import SEPARATORS, Complaint, Desk, one_space
from portal.database import Transaction
from portal.tables import companies, persons, spaces
from portal.wording import tell


def attaching(desk: Desk) -> None:
    asked = desk.asked
    with desk.writing() as (tx, adviser):
        person = _person(tx, asked.to)
        query = select(spaces.c.space_id).where(spaces.c.member_number == asked.member)
        space_id = tx.db.execute(query).scalar_one_or_none() or _new_space(tx, asked)
        people.attach_space(tx, adviser.actor, person.portfolio_id, space_id, person.person_id, asked.rights)
    tell(f"L’adhérent {asked.member} est rattaché aux entreprises de {person.first_name} {person.last_name}.")


def _new_space(tx: Transaction, asked: argparse.Namespace) -> str:
    siret = (asked.siret or "").translate(SEPARATORS)
    siren = (asked.company_siren or siret[:9]).translate(SEPARATORS)
    if not siret:
        raise Complaint(f"L’adhérent {asked.member} n’existe pas encore.", "Donnez --siret pour le créer.")
    company = tx.db.execute(select(companies.c.company_id).where(companies.c.siren == siren)).scalar_one_or_none()
    if company is None:
        if not asked.company_name:
            raise Complaint(f"Aucune entreprise n’a le SIREN {siren}.", "Donnez --company-name pour la créer.")
        company = people.add_company(tx, asked.company_name, siren)
    return people.add_space(tx, company, asked.member, siret, label=asked.label)


def naming(desk: Desk) -> None:
    asked = desk.asked
    with desk.writing() as (tx, adviser):
        person, space_id = _person(tx, asked.email), one_space(tx, asked.member)
        if not people.rights_in(tx.db, person.person_id, space_id, tx.now):
            raise Complaint(
                f"{person.first_name} {person.last_name} n’a aucun droit sur l’adhérent {asked.member}.",
                "L’administrateur principal doit d’abord l’ajouter parmi les utilisateurs.",
            )
        people.make_administrator(tx, adviser.actor, person.person_id, space_id)
    tell(f"L’adhérent {asked.member} a pour administrateur principal\u00a0: {person.first_name} {person.last_name}.")


def granting(desk: Desk) -> None:
    with desk.writing() as (tx, adviser):
        person, space_id = _person(tx, desk.asked.email), one_space(tx, desk.asked.member)
        people.grant(tx, adviser.actor, person.person_id, space_id, desk.asked.rights)
    tell(f"Accordé à {person.first_name} {person.last_name}\u00a0: {_labels(desk.asked.rights)}.")


def withdrawing(desk: Desk) -> None:
    with desk.writing() as (tx, adviser):
        person, space_id = _person(tx, desk.asked.email), one_space(tx, desk.asked.member)
        people.withdraw(tx, adviser.actor, person.person_id, space_id, desk.asked.rights)
    tell(f"Retiré à {person.first_name} {person.last_name}\u00a0: {_labels(desk.asked.rights)}.")


def _labels(codes: Sequence[str]) -> str:
    return ", ".join(label.label.lower() for label in profile.LABELS if label.right in codes)


def _person(tx: Transaction, email: str) -> Row[Any]:
    row = tx.db.execute(select(persons).where(persons.c.email == people.as_kept(email))).one_or_none()
    if row is None:
        raise Complaint(f"Personne n’a l’adresse {email}.", "Vérifiez-la auprès de l’entreprise.")
    return row
