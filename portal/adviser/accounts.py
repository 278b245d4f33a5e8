"""The adviser's verb about an account: for who has lost both the telephone and the recovery codes."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import select

from portal import factors, mail, people, sessions
from portal.adviser.desk import Complaint, Desk
from portal.tables import persons
from portal.wording import Parser, tell


def add_verbs(verb: Callable[[str, str], Parser]) -> None:
    ending = verb(
        "end-factor", "arrêter la double authentification de qui a perdu son téléphone et ses codes de secours"
    )
    ending.add_argument("email", metavar="ADRESSE", help="l’adresse de la personne, dont l’identité a été vérifiée")


def ending_factor(desk: Desk) -> None:
    """Her sessions end, and she is told by mail: whoever asked for it may not have been she."""
    with desk.writing() as (tx, adviser):
        mine = persons.c.email == people.as_kept(desk.asked.email)
        person = tx.db.execute(select(persons).where(mine)).one_or_none()
        if person is None or not factors.stands(tx.db, person.person_id):
            raise Complaint(
                f"Aucun compte à l’adresse {desk.asked.email} n’a la double authentification.", "Vérifiez l’adresse."
            )
        factors.end(tx, adviser.actor, person.person_id)
        sessions.end_all(tx, person.person_id)
        mail.post(tx, "factor_ended", person.email, mail.Telling(first_name=person.first_name))
    tell(f"{person.first_name} {person.last_name} se connecte désormais avec son seul mot de passe.")


VERBS: Final[Mapping[str, Callable[[Desk], None]]] = {"end-factor": ending_factor}
