"""How commands speak French: options explained by argparse, moments, sizes."""

import argparse
import re
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NoReturn, TextIO

from sqlalchemy.exc import SQLAlchemyError

from portal.database import DatabaseTooOld

_SLIPS: Final = (
    (re.compile(r"the following arguments are required: (.*)"), "Il manque\u00a0: {0}."),
    (re.compile(r"unrecognized arguments: (.*)"), "Je ne connais pas\u00a0: {0}."),
    (re.compile(r"argument ([^:]*): expected .*argument.*"), "Il manque une valeur à {0}."),
    (re.compile(r"argument ([^:]*): invalid choice: '?(.*?)'? \(.*"), "«\u00a0{1}\u00a0» n’est pas un choix de {0}."),
    (re.compile(r"argument ([^:]*): invalid int value: '(.*)'"), "{0}\u00a0: «\u00a0{1}\u00a0» n’est pas un nombre."),
)


class _Help(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "utilisation\u00a0: " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that helps and complains in French; a slip of the pen ends the program with code 2."""

    def __init__(self, prog: str, description: str, **more: Any) -> None:  # noqa: ANN401  what argparse hands on
        super().__init__(prog=prog, description=description, formatter_class=_Help, add_help=False, **more)
        self._positionals.title = "paramètres"
        self._optionals.title = "options"
        self.add_argument("-h", "--help", action="help", help="montre cette aide")

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{_in_french(message)} Voyez «\u00a0{self.prog} --help\u00a0».\n")


def _in_french(message: str) -> str:
    for pattern, sentence in _SLIPS:
        found = pattern.fullmatch(message)
        if found:
            return sentence.format(*found.groups())
    return "Cette commande est mal écrite."


FAULTS: Final = (SQLAlchemyError, DatabaseTooOld, OSError)
"""What may go wrong around a command, whatever it does."""


def fault(error: Exception) -> str:
    """One of `FAULTS`, as two sentences: what is wrong, what to do."""
    match error:
        case DatabaseTooOld():
            return f"La version {error} de SQLite est trop ancienne. Refaites «\u00a0python3 run.py setup\u00a0»."
        case FileNotFoundError():
            return f"Il n’y a pas de fichier {error.filename}. Vérifiez le chemin."
        case PermissionError():
            return f"L’accès à {error.filename} est refusé. Vérifiez vos droits."
        case OSError():
            what = error.filename or "L’adresse demandée"
            return f"{what} ne peut pas servir. Vérifiez le chemin, ou l’hôte et le port."
    return f"La base ne répond pas ({type(error).__name__}). Vérifiez l’adresse donnée à --database."


_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def tell(text: str, to: TextIO | None = None) -> None:
    """Writes a line to a terminal. What others wrote may hold characters that give it orders or turn what one reads:
    they are shown, not sent."""
    shown = _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    (to or sys.stdout).write(f"{shown}\n")


def moment(at: datetime) -> str:
    """« 24/11/2026 10 h 42 », on this computer's clock."""
    here = at.astimezone()
    return f"{here:%d/%m/%Y} {here.hour}\u00a0h\u00a0{here:%M}"


def size(octets: int) -> str:
    """« 12 Ko », « 3,4 Mo »."""
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))}\u00a0Ko"
    return f"{octets / 1_000_000:.1f}\u00a0Mo".replace(".", ",")


def many(number: int, singular: str, plural: str) -> str:
    return f"{number}\u00a0{singular if number < 2 else plural}"
