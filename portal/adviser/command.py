"""The command line of the adviser."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from contract.portfolio import Right
from portal.__main__ import DEFAULT_DATABASE, files_beside, keep_to_oneself
from portal.adviser import accounts, leaves, requests, rights
from portal.adviser.desk import Complaint, Desk
from portal.database import Database
from portal.files import NotKept
from portal.grants import LastAdministrator, NotAllowed
from portal.problems import Refusal
from portal.settings import Settings
from portal.wording import FAULTS, Parser, fault, tell

_EVERYDAY: Final = ("contact", "affiliation", "leave", "allowances", "contributions", "documents")


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
            _VERBS[asked.verb](Desk(database, settings, asked))
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
        case LastAdministrator():
            return f"{error} Nommez d’abord quelqu’un d’autre, qui a déjà choisi son mot de passe."
        case NotAllowed():
            return f"{error} Vérifiez l’adhérent, l’adresse et les numéros donnés."
        case NotKept():
            return f"{error} Joignez un PDF, une image, un document bureautique ou un texte."
    return fault(error)


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
    accounts.add_verbs(verb)
    leaves.add_verbs(verb)
    return parser


def _answering(verb: Parser) -> Parser:
    """With what every answer has."""
    verb.add_argument("number", metavar="DOSSIER", help="son numéro")
    verb.add_argument("--file", type=Path, nargs="+", default=[], metavar="FICHIER", help="à joindre")
    return verb


_DASH: Final = "le message\u202f; «\u00a0-\u00a0»\u00a0: l’entrée standard"
_RIGHTS_VERBS: Final = (("grant", "accorder des droits"), ("withdraw", "retirer des droits"))

_VERBS: Final[Mapping[str, Callable[[Desk], None]]] = {
    "list": requests.listing,
    "show": requests.showing,
    "reply": requests.replying,
    "ask": requests.asking,
    "close": requests.closing,
    "attach": rights.attaching,
    "make-admin": rights.naming,
    "grant": rights.granting,
    "withdraw": rights.withdrawing,
    **accounts.VERBS,
    **leaves.VERBS,
}
