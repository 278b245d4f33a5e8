"""`volet`: the client."""

import argparse
import gc
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from desktop.views.opening import Appearance

LINK = "volet:"
"""What a link from an e-mail begins with, when the system hands it over."""

_THEMES = {"systeme": Appearance.SYSTEM, "clair": Appearance.LIGHT, "sombre": Appearance.DARK}


class _Help(argparse.HelpFormatter):
    """« Utilisation » where argparse says « usage »."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "Utilisation\u00a0: " if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """Helps and complains in French: `slip` is what it says of a command that it does not understand."""

    def __init__(self, prog: str, description: str, slip: str) -> None:
        super().__init__(prog=prog, description=description, formatter_class=_Help, add_help=False)
        self._slip = slip
        self._positionals.title = "Paramètres\u00a0"  # argparse puts the colon
        self._optionals.title = "Options\u00a0"
        self.add_argument("-h", "--help", action="help", help="afficher cette aide")

    def error(self, message: str) -> NoReturn:
        del message
        self.exit(2, f"{self._slip}\n")


def parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    made = _Parser(
        "volet",
        "Votre espace client entreprise, sur votre bureau.",
        "Volet ne comprend pas cette commande. Voyez «\u00a0volet --help\u00a0».",
    )
    made.add_argument("--portal", default="", metavar="URL", help="adresse du portail (https://…)")
    made.add_argument(
        "--profile", default="principal", metavar="NOM", help="profil à ouvrir (par défaut\u00a0: principal)"
    )
    made.add_argument("--data", type=Path, metavar="DOSSIER", help="dossier des données, au lieu de celui du système")
    made.add_argument("--demo", action="store_true", help="ouvrir un monde d\u2019essai, avec son propre portail")
    made.add_argument(
        "--fresh", action="store_true", help="avec --demo\u00a0: repartir d\u2019un monde d\u2019essai neuf"
    )
    made.add_argument("--tour", type=Path, metavar="DOSSIER", help="jouer la visite et y enregistrer ses images")
    made.add_argument(
        "--undo-seconds", type=float, default=10.0, metavar="N", help="durée de «\u00a0Annuler l\u2019envoi\u00a0»"
    )
    made.add_argument("--theme", choices=sorted(_THEMES), help="apparence, pour cette fois")
    made.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FICHIER",
        help="fichiers d’indemnités à vérifier, ou lien «\u00a0volet:…\u00a0» reçu par e-mail",
    )
    made.epilog = "volet review --json FICHIER…\u00a0: contrôler des fichiers d’indemnités, sans fenêtre"
    return made


def folder(data: Path | None, profile: str) -> Path:
    """Where the profile lies."""
    if data is not None:
        return data / profile
    from platformdirs import user_data_path

    return user_data_path("Volet", appauthor=False) / profile


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the client until its window is closed; answers the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["review"]:
        return review(given[1:])
    args = parser().parse_args(given)
    if args.tour is not None:
        from desktop import tour

        return tour.main(args.tour, _THEMES.get(args.theme))
    if args.demo:
        from desktop import demo

        return demo.main(args, _THEMES.get(args.theme))
    return run(args)


def review(arguments: Sequence[str]) -> int:
    """`volet review --json FILE…`: the review of allowance files without a window. Answers the exit status."""
    made = _Parser(
        "volet review",
        "Contrôler des fichiers d’indemnités journalières.",
        "Écrivez\u00a0: volet review --json FICHIER…",
    )
    made.add_argument("--json", action="store_true", required=True, help="écrire le résultat en JSON")
    made.add_argument("files", nargs="+", type=Path, metavar="FICHIER", help="fichier à contrôler")
    args = made.parse_args(arguments)
    from desktop.services.review import report

    return report.main(args.files, _printed_text)


def _printed_text(pdf: bytes) -> tuple[str, ...]:
    """The text of a PDF's pages. Qt is loaded for the first PDF only, and needs no screen for it."""
    from desktop.views.printed import printed_text

    return printed_text(pdf)


def run(args: argparse.Namespace) -> int:
    """The client proper, on the profile and portal of the command line."""
    gc.disable()  # what is imported stays: to look through it takes 10 ms. `Tidying` collects from the first window on
    from PySide6.QtWidgets import QApplication

    from desktop.app import App, Options, keyring_of

    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Volet")
    qt.setDesktopFileName("volet")
    options = Options(
        folder=folder(args.data, args.profile),
        vault=keyring_of(args.profile, args.data),
        portal=args.portal,
        undo_seconds=args.undo_seconds,
        appearance=_THEMES.get(args.theme) if args.theme else None,
        files=tuple(path for path in args.files if not str(path).startswith(LINK)),
        link=next((str(path) for path in args.files if str(path).startswith(LINK)), ""),
    )
    app = App(qt, options)
    app.start()
    return qt.exec()


if __name__ == "__main__":
    sys.exit(main())
