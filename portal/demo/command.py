"""`volet-portal demo`: a portal with people, companies and two years of correspondence, at once."""

import shutil
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import delete, make_url, select

from portal.__main__ import DEFAULT_DATABASE, files_beside, keep_to_oneself, mail_told
from portal.app import serve
from portal.database import Database
from portal.demo.cast import TooSmall
from portal.demo.world import PASSWORD, is_empty, seed
from portal.settings import Settings
from portal.tables import companies, metadata, persons, portfolios, rights, spaces
from portal.wording import FAULTS, Parser, fault

_DEMO_CLERK: Final = "claire.martin@morvan.example"


class NotDemo(Exception):
    """The database holds something else than the demo."""


def main(argv: Sequence[str]) -> int:
    """Seeds an empty database or takes the demo that is there, then serves it until it is interrupted. Answers the exit
    code."""
    asked = _parser().parse_args(argv)
    if asked.with_parent:
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    keep_to_oneself()
    files = asked.files or files_beside(asked.database)
    settings = Settings(database=asked.database, files=files, host=asked.host, port=asked.port)
    try:
        accounts = prepare(
            settings,
            requests=asked.requests,
            spaces=asked.spaces,
            payments=asked.payments,
            fresh=asked.fresh,
            number=asked.seed,
        )
        vacancy = _vacancy(settings)
        serve(settings, lambda address: _tell(address, accounts, vacancy, settings))
    except KeyboardInterrupt:
        return 0
    except NotDemo:
        _complain("Cette base contient autre chose que la démonstration.", "Choisissez-en une autre avec --database.")
    except TooSmall:
        _complain("Ce monde est trop petit.", "Demandez au moins dix espaces avec --spaces.")
    except FAULTS as error:
        _complain(fault(error))
    else:
        return 0
    return 1


def prepare(
    settings: Settings,
    *,
    requests: int = 300,
    spaces: int = 10,
    payments: int = 0,
    fresh: bool = False,
    number: int = 2026,
) -> list[tuple[str, str, str]]:
    """Makes sure that the demo is there; answers (name, e-mail, portfolio) of its accounts. Raises `NotDemo`."""
    database = Database(settings)
    try:
        if not is_empty(database) and not _is_demo(database):
            raise NotDemo
        if fresh and not is_empty(database):
            _erase(database, settings.files)
            database.close()
            database = Database(settings)  # under a new epoch: what clients remember of the former world is void
        if is_empty(database):
            _complain("Création du monde de démonstration…")
            seed(database, settings, seed=number, requests=requests, spaces=spaces, payments=payments)
        return _accounts(database)
    finally:
        database.close()


def _parser() -> Parser:
    parser = Parser("volet-portal demo", "Un portail de démonstration.")
    parser.add_argument("--database", default=DEFAULT_DATABASE, metavar="URL", help="vide, ou une démonstration faite")
    parser.add_argument("--files", type=Path, metavar="DOSSIER", help="où sont les pièces jointes")
    parser.add_argument("--requests", type=int, default=300, metavar="N", help="nombre de demandes (300)")
    parser.add_argument("--spaces", type=int, default=10, metavar="N", help="nombre d’espaces (10 au moins)")
    parser.add_argument(
        "--payments", type=int, default=0, metavar="N", help="lignes d’indemnités de l’ancien espace en plus (0)"
    )
    parser.add_argument("--seed", type=int, default=2026, metavar="N", help="même nombre, même monde (2026)")
    parser.add_argument("--host", default="127.0.0.1", metavar="HÔTE")
    parser.add_argument("--port", type=int, default=8440, metavar="N", help="0\u00a0: un port libre")
    parser.add_argument("--with-parent", action="store_true", help="s’arrête quand l’entrée standard se ferme")
    parser.add_argument("--fresh", action="store_true", help="efface la démonstration et la refait")
    return parser


def _is_demo(database: Database) -> bool:
    with database.read() as db:
        query = select(persons.c.person_id).where(persons.c.email == _DEMO_CLERK)
        return db.execute(query).first() is not None


def _erase(database: Database, files: Path) -> None:
    with database.write() as tx:
        for table in reversed(metadata.sorted_tables):
            tx.db.execute(delete(table))
    for part in ("whole", "parts"):
        shutil.rmtree(files / part, ignore_errors=True)


def _accounts(database: Database) -> list[tuple[str, str, str]]:
    query = (
        select(persons.c.first_name, persons.c.last_name, persons.c.email, portfolios.c.name)
        .join(portfolios, portfolios.c.portfolio_id == persons.c.portfolio_id)
        .where(persons.c.password_hash.is_not(None), persons.c.invited_at.is_(None))
        .order_by(portfolios.c.name.desc(), persons.c.person_id)
    )
    with database.read() as db:
        return [(f"{first} {last}", email, name) for first, last, email, name in db.execute(query)]


def _vacancy(settings: Settings) -> str:
    """The numbers with which one may make an account; empty once somebody has."""
    query = (
        select(companies.c.name, companies.c.siren, spaces.c.member_number)
        .join(spaces, spaces.c.company_id == companies.c.company_id)
        .where(~select(rights.c.person_id).where(rights.c.space_id == spaces.c.space_id).exists())
    )
    database = Database(settings)
    try:
        with database.read() as db:
            found = db.execute(query.order_by(spaces.c.member_number.desc()).limit(1)).one_or_none()
    finally:
        database.close()
    return "" if found is None else f"{found.name}\u00a0: SIREN {found.siren}, numéro d’adhérent {found.member_number}"


def _tell(address: str, accounts: Sequence[tuple[str, str, str]], vacancy: str, settings: Settings) -> None:
    database = make_url(settings.database).render_as_string(hide_password=True)
    lines = [f"Portail prêt sur {address}", f"Comptes (mot de passe de tous\u00a0: {PASSWORD})\u00a0:"]
    lines += [f"  {email:<42}{PASSWORD:<24}{name}, {portfolio}" for name, email, portfolio in accounts]
    lines.append("Répondre en conseiller (--as julie, ou karim)\u00a0:")
    lines.append(f"  volet-portal adviser --database {database} --files {settings.files} list --unanswered")
    if vacancy:
        lines += ["Créer un compte, pour une entreprise que personne n’administre encore\u00a0:", f"  {vacancy}"]
    lines += mail_told(settings)
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    """The standard input closes with the program that started this one, however that ends."""
    sys.stdin.buffer.read()
    signal.raise_signal(signal.SIGINT)


def _complain(*sentences: str) -> None:
    """To the standard error, so that the standard output begins with the address."""
    sys.stderr.write(" ".join(sentences) + "\n")
    sys.stderr.flush()
