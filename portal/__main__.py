"""`volet-portal`: serve the portal, write its OpenAPI document, make a demonstration world, answer as an adviser."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from portal.settings import Settings

DEFAULT_DATABASE: Final = "sqlite:///portal.db"
SMTP_VARIABLE: Final = "VOLET_SMTP"


def main(argv: Sequence[str] | None = None) -> int:
    """Answers the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["demo"]:
        from portal import demo

        return demo.main(words[1:])
    if words[:1] == ["adviser"]:
        from portal import adviser

        return adviser.main(words[1:])
    return _main(words)


def _main(words: Sequence[str]) -> int:
    from portal.wording import Parser

    parser = Parser("volet-portal", "Le portail de référence de Volet.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERBE", title="verbes")
    serve = verbs.add_parser("serve", help="sert le portail", description="Sert le portail jusqu’à l’interruption.")
    serve.add_argument("--database", default=DEFAULT_DATABASE, metavar="URL", help=_URLS)
    serve.add_argument("--host", default="127.0.0.1", metavar="HÔTE", help="l’adresse à laquelle il écoute (127.0.0.1)")
    serve.add_argument("--port", type=int, default=8440, metavar="N", help="0\u00a0: un port libre (8440)")
    serve.add_argument(
        "--files", type=Path, metavar="DOSSIER", help="où sont les pièces jointes\u202f; à côté de la base par défaut"
    )
    serve.add_argument(
        "--behind-proxy",
        default="",
        metavar="ADRESSES",
        help="les mandataires, séparés par des virgules, qui disent par X-Forwarded-For qui demande",
    )
    serve.add_argument(
        "--smtp",
        default=os.environ.get(SMTP_VARIABLE, ""),
        metavar="URL",
        help="le serveur d’e-mail, smtp://nom:motdepasse@hôte:port\u202f; sans lui, les e-mails sont des fichiers. "
        f"La variable {SMTP_VARIABLE} le dit sans que la liste des programmes le montre",
    )
    serve.add_argument("--mail-from", default="", metavar="ADRESSE", help="l’adresse d’où viennent les e-mails")
    serve.add_argument(
        "--public-address",
        default="",
        metavar="URL",
        help="l’adresse du portail dans les e-mails, https://…\u202f; celle où il écoute par défaut",
    )
    serve.add_argument("--verbose", action="store_true", help="note chaque requête\u00a0: méthode, modèle, statut")
    document = verbs.add_parser("openapi", help="écrit le document OpenAPI", description="Écrit le document OpenAPI.")
    document.add_argument("file", nargs="?", type=Path, metavar="FICHIER", help="la sortie standard par défaut")
    for name, told in (("demo", "un portail de démonstration"), ("adviser", "le côté du conseiller")):
        verbs.add_parser(name, help=f"{told} ({name} --help)", description=told)
    asked = parser.parse_args(words)
    return _write_document(asked.file) if asked.verb == "openapi" else _serve(asked)


_URLS: Final = f"sqlite:///fichier ou postgresql+psycopg://… ({DEFAULT_DATABASE})"


def files_beside(database: str) -> Path:
    """The folder of attachments that goes with a database when none is named."""
    prefix = "sqlite:///"
    if database.startswith(prefix):
        return Path(database.removeprefix(prefix) + ".files")
    return Path("portal.files")


def keep_to_oneself() -> None:
    """What this process writes from here on (database, attachments) is for its own user alone."""
    os.umask(0o077)


def _serve(asked: argparse.Namespace) -> int:
    from portal.app import serve
    from portal.mail import Unsendable
    from portal.settings import Settings

    logging.basicConfig(level=logging.INFO if asked.verbose else logging.WARNING, format="%(asctime)s %(message)s")
    files = asked.files or files_beside(asked.database)
    settings = Settings(
        database=asked.database,
        files=files,
        host=asked.host,
        port=asked.port,
        proxies=asked.behind_proxy,
        smtp=asked.smtp,
        sender=asked.mail_from,
        public_address=asked.public_address,
    )
    keep_to_oneself()
    try:
        serve(
            settings,
            lambda address: print("\n".join([f"Portail prêt sur {address}", *mail_told(settings)]), flush=True),
        )
    except Unsendable as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def mail_told(settings: "Settings") -> list[str]:
    """Where mails go when no server sends them."""
    return [] if settings.smtp else [f"E-mails écrits dans {settings.mails.absolute()}"]


def _write_document(file: Path | None) -> int:
    from portal.app import openapi

    text = openapi()
    if file is None:
        print(text, end="")
    else:
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
