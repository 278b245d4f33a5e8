"""`volet-portal adviser`: the insurer's side, over the same rules as the API, on the database of a running portal.

The portal keeps nothing in memory, so that what is written here is told to the clients at their next question.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Row, ScalarSelect, Select, and_, select

from contract import limits
from contract.contact import AttachmentRecord, Author, Closing, State
from contract.files import safe_name
from contract.forms import is_plain
from contract.portfolio import Right
from portal import people
from portal.__main__ import DEFAULT_DATABASE, files_beside, keep_to_oneself
from portal.contact import rules
from portal.contact.records import awaited
from portal.database import Database, Transaction
from portal.files import Folder, NotKept
from portal.people import Adviser, NotAllowed
from portal.problems import Refusal
from portal.settings import Settings
from portal.tables import advisers, attachments, companies, messages, persons, requests, spaces
from portal.wording import FAULTS, Parser, fault, many, moment, size, tell

_EVERYDAY: Final = ("contact", "affiliation", "leave", "allowances", "contributions", "documents")
_SEPARATORS: Final = str.maketrans("", "", " .\u00a0\u202f")


class Complaint(Exception):
    """Why a command was not carried out, and what to do: two French sentences."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a verb works with."""

    database: Database
    settings: Settings
    asked: argparse.Namespace

    @contextmanager
    def writing(self) -> Iterator[tuple[Transaction, Adviser]]:
        """A transaction, and the adviser in whose name it is."""
        with self.database.write() as tx:
            login = self.asked.login
            adviser = people.adviser(tx.db, login)
            if adviser is None:
                known = ", ".join(tx.db.execute(select(advisers.c.login).order_by(advisers.c.login)).scalars())
                raise Complaint(
                    f"Il n’y a pas de conseiller «\u00a0{login}\u00a0».",
                    f"Choisissez avec --as parmi\u00a0: {known}." if known else "Cette base n’en contient aucun.",
                )
            yield tx, adviser

    def files(self) -> list[AttachmentRecord]:
        """The files named on the command line, kept, ready to be attached."""
        folder = Folder(self.settings.files)
        return [folder.keep(path.name, path.read_bytes()) for path in self.asked.file]


def main(argv: Sequence[str]) -> int:
    """Answers the exit code: 0 done, 1 not done, 2 badly written."""
    asked = _parser().parse_args(argv)
    keep_to_oneself()
    settings = Settings(database=asked.database, files=asked.files or files_beside(asked.database))
    path = Path(asked.database.removeprefix("sqlite:///"))
    try:
        if asked.database.startswith("sqlite:") and not path.exists():
            raise Complaint(f"Il n’y a pas de base {path}.", "Démarrez d’abord le portail, ou voyez --database.")
        database = Database(settings)
        try:
            _VERBS[asked.verb](_Desk(database, settings, asked))
        finally:
            database.close()
    except _EXPECTED as error:
        tell(_sentence(error), sys.stderr)
        return 1
    return 0


_EXPECTED: Final = (Complaint, NotAllowed, NotKept, Refusal, *FAULTS)


def _sentence(error: Exception) -> str:
    """What went wrong and what to do."""
    match error:
        case Complaint():
            return str(error)
        case Refusal(problem=problem):
            return " ".join(filter(None, (problem.title, problem.detail, problem.remedy)))
        case NotAllowed():
            return f"{error} Vérifiez l’adhérent, l’adresse et les numéros donnés."
        case NotKept():
            return f"{error} Joignez un PDF, une image, un document bureautique ou un texte."
    return fault(error)


# Reading


def _list(desk: _Desk) -> None:
    asked = desk.asked
    query = (
        select(requests, spaces.c.member_number)
        .join(spaces, spaces.c.space_id == requests.c.space_id)
        .order_by(requests.c.moved_at.desc(), requests.c.file_number.desc())
        .limit(asked.limit)
    )
    if asked.member:
        query = query.where(spaces.c.member_number == asked.member)
    if asked.unanswered:
        query = query.where(requests.c.state == State.RECEIVED, _last_author() == Author.CLERK)
    with desk.database.read() as db:
        rows = db.execute(query).all()
    for row in rows:
        state = _state(row)
        tell(f"{moment(row.moved_at)}  n°\u00a0{row.file_number}  adhérent {row.member_number}  {state}")
        tell(f"    {row.theme_label} › {row.topic_label} – {row.subject}")
        tell(f"    {row.author_name}, {many(row.message_count, 'message', 'messages')}")
    tell(many(len(rows), "demande", "demandes") if rows else "Aucune demande.")


def _last_author() -> ScalarSelect[str]:
    last = and_(messages.c.request_id == requests.c.request_id, messages.c.position == requests.c.message_count)
    return select(messages.c.author).where(last).scalar_subquery()


def _state(row: Row[Any]) -> str:
    if row.state == State.RECEIVED:
        return "demande reçue"
    return "document attendu" if row.closing == Closing.DOCUMENT_AWAITED else "demande close"


def _show(desk: _Desk) -> None:
    import msgspec

    with desk.database.read() as db:
        request = _request(db.execute(_by_number(desk.asked.number)).one_or_none(), desk.asked.number)
        tell(f"Dossier n°\u00a0{request.file_number} – {request.theme_label} › {request.topic_label}")
        tell(request.subject)
        tell(f"Adhérent {request.member_number}, {request.name}")
        tell(f"Émise le {moment(request.opened_at)} par {request.author_name}")
        tell(f"État\u00a0: {_state(request)}")
        for document in awaited(db, request.request_id):
            tell(f"Document attendu\u00a0: {document.label}")
        for label, value in msgspec.json.decode(request.fields, type=list[tuple[str, str]]):
            tell(f"  {label}\u00a0: {value}")
        told = select(messages).where(messages.c.request_id == request.request_id).order_by(messages.c.position)
        files = select(attachments).where(attachments.c.request_id == request.request_id)
        by_message: dict[str, list[Row[Any]]] = {}
        for file in db.execute(files.order_by(attachments.c.attachment_id)):
            by_message.setdefault(file.message_id, []).append(file)
        for message in db.execute(told):
            tell(f"\n{message.position}. {message.author_name}, {moment(message.sent_at)}")
            for line in message.text.splitlines():
                tell(f"   {line}".rstrip())
            for file in by_message.get(message.message_id, ()):
                tell(f"   Pièce jointe\u00a0: {file.name} ({size(file.size)}){_saved(desk, message.position, file)}")


def _saved(desk: _Desk, position: int, file: Row[Any]) -> str:
    """Writes the file into the folder asked for, if one was; answers what to say of it."""
    folder: Path | None = desk.asked.save
    if folder is None:
        return ""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{position}-{safe_name(file.name)}"
    path.write_bytes(Folder(desk.settings.files).read(file.sha256, 0, file.size))
    return f" → {path}"


def _by_number(number: str) -> Select[Any]:
    """« 7611111 », with spaces or a « n° » before it if one likes."""
    bare = number.translate(_SEPARATORS).removeprefix("n°")
    return (
        select(requests, spaces.c.member_number, companies.c.name)
        .join(spaces, spaces.c.space_id == requests.c.space_id)
        .join(companies, companies.c.company_id == spaces.c.company_id)
        .where(requests.c.file_number == bare)
    )


def _request(row: Row[Any] | None, number: str) -> Row[Any]:
    if row is None:
        raise Complaint(f"Il n’y a pas de dossier n°\u00a0{number}.", "Cherchez-le avec «\u00a0list\u00a0».")
    return row


# Answering


def _reply(desk: _Desk) -> None:
    text = _text(desk.asked.text)
    if not text and not desk.asked.file:
        raise Complaint("Il n’y a rien à envoyer.", "Écrivez un texte ou joignez un fichier avec --file.")
    files = desk.files()
    with desk.writing() as (tx, adviser):
        request = _request(tx.db.execute(_by_number(desk.asked.number)).one_or_none(), desk.asked.number)
        rules.reply(tx, adviser, request.request_id, text, files)
    tell(f"Réponse envoyée dans le dossier n°\u00a0{request.file_number}.")


def _ask(desk: _Desk) -> None:
    label = desk.asked.label.strip()
    if not 0 < len(label) <= 200 or not is_plain(label) or "\n" in label:
        raise Complaint("Le nom du document ne convient pas.", "Nommez-le sur une ligne, en 200 caractères au plus.")
    text = _text(desk.asked.text) or f"Pour poursuivre, il nous faut le document suivant\u00a0: {label}."
    files = desk.files()
    with desk.writing() as (tx, adviser):
        request = _request(tx.db.execute(_by_number(desk.asked.number)).one_or_none(), desk.asked.number)
        rules.ask_document(tx, adviser, request.request_id, text, [label], files)
    tell(f"Dossier n°\u00a0{request.file_number} clos dans l’attente du document\u00a0: {label}.")


def _close(desk: _Desk) -> None:
    text = _text(desk.asked.text)
    files = desk.files()
    with desk.writing() as (tx, adviser):
        request = _request(tx.db.execute(_by_number(desk.asked.number)).one_or_none(), desk.asked.number)
        rules.close(tx, adviser, request.request_id, text, files)
    tell(f"Dossier n°\u00a0{request.file_number} clos.")


def _text(given: str) -> str:
    """What was typed, or the standard input for « - »."""
    text = (sys.stdin.read() if given == "-" else given).strip()
    if len(text) > limits.TEXT_CHARACTERS or not is_plain(text):
        raise Complaint("Ce texte ne convient pas.", f"{limits.TEXT_CHARACTERS} caractères lisibles au plus.")
    return text


# Spaces and rights


def _attach(desk: _Desk) -> None:
    asked = desk.asked
    with desk.writing() as (tx, adviser):
        person = _person(tx, asked.to)
        query = select(spaces.c.space_id).where(spaces.c.member_number == asked.member)
        space_id = tx.db.execute(query).scalar_one_or_none() or _new_space(tx, asked)
        people.attach_space(tx, adviser.actor, person.portfolio_id, space_id, person.person_id, asked.rights)
    tell(f"L’adhérent {asked.member} est rattaché aux entreprises de {person.first_name} {person.last_name}.")


def _new_space(tx: Transaction, asked: argparse.Namespace) -> str:
    siret = (asked.siret or "").translate(_SEPARATORS)
    siren = (asked.company_siren or siret[:9]).translate(_SEPARATORS)
    if not siret:
        raise Complaint(f"L’adhérent {asked.member} n’existe pas encore.", "Donnez --siret pour le créer.")
    company = tx.db.execute(select(companies.c.company_id).where(companies.c.siren == siren)).scalar_one_or_none()
    if company is None:
        if not asked.company_name:
            raise Complaint(f"Aucune entreprise n’a le SIREN {siren}.", "Donnez --company-name pour la créer.")
        company = people.add_company(tx, asked.company_name, siren)
    return people.add_space(tx, company, asked.member, siret, label=asked.label)


def _make_administrator(desk: _Desk) -> None:
    asked = desk.asked
    with desk.writing() as (tx, adviser):
        person, space_id = _person(tx, asked.email), _space(tx, asked.member)
        if not people.rights_in(tx.db, person.person_id, space_id, tx.now):
            raise Complaint(
                f"{person.first_name} {person.last_name} n’a aucun droit sur l’adhérent {asked.member}.",
                "L’administrateur principal doit d’abord l’ajouter parmi les utilisateurs.",
            )
        people.make_administrator(tx, adviser.actor, person.person_id, space_id)
    tell(f"L’adhérent {asked.member} a pour administrateur principal\u00a0: {person.first_name} {person.last_name}.")


def _grant(desk: _Desk) -> None:
    with desk.writing() as (tx, adviser):
        person, space_id = _person(tx, desk.asked.email), _space(tx, desk.asked.member)
        people.grant(tx, adviser.actor, person.person_id, space_id, desk.asked.rights)
    tell(f"Accordé à {person.first_name} {person.last_name}\u00a0: {_labels(desk.asked.rights)}.")


def _withdraw(desk: _Desk) -> None:
    with desk.writing() as (tx, adviser):
        person, space_id = _person(tx, desk.asked.email), _space(tx, desk.asked.member)
        people.withdraw(tx, adviser.actor, person.person_id, space_id, desk.asked.rights)
    tell(f"Retiré à {person.first_name} {person.last_name}\u00a0: {_labels(desk.asked.rights)}.")


def _labels(codes: Sequence[str]) -> str:
    return ", ".join(label.label.lower() for label in people.LABELS if label.right in codes)


def _person(tx: Transaction, email: str) -> Row[Any]:
    row = tx.db.execute(select(persons).where(persons.c.email == people.as_kept(email))).one_or_none()
    if row is None:
        raise Complaint(f"Personne n’a l’adresse {email}.", "Vérifiez-la auprès de l’entreprise.")
    return row


def _space(tx: Transaction, member: str) -> str:
    query = select(spaces.c.space_id).where(spaces.c.member_number == member)
    space_id = tx.db.execute(query).scalar_one_or_none()
    if space_id is None:
        raise Complaint(f"Il n’y a pas d’adhérent {member}.", "Rattachez-le d’abord avec «\u00a0attach\u00a0».")
    return str(space_id)


# The command line


def _parser() -> Parser:
    parser = Parser("volet-portal adviser", "Le côté du conseiller, sur la base d’un portail en marche ou arrêté.")
    parser.add_argument("--database", default=DEFAULT_DATABASE, metavar="URL", help="la base du portail")
    parser.add_argument("--files", type=Path, metavar="DOSSIER", help="où sont les pièces jointes du portail")
    parser.add_argument("--as", dest="login", default="julie", metavar="NOM", help="le conseiller qui parle (julie)")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERBE", title="verbes")

    def verb(name: str, told: str) -> Parser:
        made: Parser = verbs.add_parser(name, help=told, description=f"{told[0].upper()}{told[1:]}.")
        return made

    listing = verb("list", "les demandes, les dernières mues d’abord")
    listing.add_argument("--unanswered", action="store_true", help="celles qui attendent une réponse")
    listing.add_argument("--member", metavar="ADHÉRENT", help="celles d’un adhérent")
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="combien au plus (20)")
    showing = verb("show", "une demande et sa conversation")
    showing.add_argument("number", metavar="DOSSIER")
    showing.add_argument("--save", type=Path, metavar="DOSSIER", help="y écrire les pièces jointes")
    replying = _answering(verb("reply", "répondre"))
    replying.add_argument("text", nargs="?", default="", metavar="TEXTE", help=_DASH)
    asking = _answering(verb("ask", "clore dans l’attente d’un document"))
    asking.add_argument("label", metavar="DOCUMENT")
    for each in (asking, _answering(verb("close", "clore"))):
        each.add_argument("--text", default="", metavar="TEXTE", help=_DASH)
    attaching = verb("attach", "rattacher un espace aux entreprises d’une personne")
    attaching.add_argument("member", metavar="ADHÉRENT")
    attaching.add_argument("--to", required=True, metavar="ADRESSE", help="l’adresse électronique de la personne")
    attaching.add_argument("--siret", help="de l’établissement, si l’adhérent est nouveau")
    attaching.add_argument("--company-siren", metavar="SIREN", help="de l’entreprise (celui du SIRET)")
    attaching.add_argument("--company-name", metavar="NOM", help="si l’entreprise est nouvelle")
    attaching.add_argument("--label", default="", help="nom de l’espace")
    attaching.add_argument("--rights", nargs="+", choices=list(Right), default=_EVERYDAY, metavar="DROIT")
    for name, told in (("make-admin", "nommer l’administrateur principal"), *_RIGHTS_VERBS):
        each = verb(name, told)
        each.add_argument("email", metavar="ADRESSE")
        each.add_argument("member", metavar="ADHÉRENT")
        if name != "make-admin":
            each.add_argument("rights", nargs="+", choices=list(Right), metavar="DROIT", help=", ".join(Right))
    return parser


def _answering(verb: Parser) -> Parser:
    """With what every answer has."""
    verb.add_argument("number", metavar="DOSSIER", help="son numéro")
    verb.add_argument("--file", type=Path, nargs="+", default=[], metavar="FICHIER", help="à joindre")
    return verb


_DASH: Final = "le message\u202f; «\u00a0-\u00a0»\u00a0: l’entrée standard"
_RIGHTS_VERBS: Final = (("grant", "accorder des droits"), ("withdraw", "retirer des droits"))

_VERBS: Final[Mapping[str, Callable[[_Desk], None]]] = {
    "list": _list,
    "show": _show,
    "reply": _reply,
    "ask": _ask,
    "close": _close,
    "attach": _attach,
    "make-admin": _make_administrator,
    "grant": _grant,
    "withdraw": _withdraw,
}
