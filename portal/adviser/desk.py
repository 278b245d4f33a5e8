"""What a verb of the adviser works with, and how it says that it cannot."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from contract.contact import AttachmentRecord
from contract.forms import is_plain
from portal import people
from portal.database import Database, Transaction
from portal.files import Folder
from portal.people import Adviser
from portal.settings import Settings
from portal.tables import advisers, spaces

SEPARATORS: Final = str.maketrans("", "", " .\u00a0\u202f")
"""What people put between groups of digits."""


class Complaint(Exception):
    """Why a command was not carried out, and what to do: two French sentences."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")


@dataclass(frozen=True, slots=True)
class Desk:
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

    @property
    def number(self) -> str:
        """« 7611111 », with spaces or a « n° » before it if one likes."""
        return str(self.asked.number).translate(SEPARATORS).removeprefix("n°")

    def files(self) -> list[AttachmentRecord]:
        """The files named on the command line, kept, ready to be attached."""
        folder = Folder(self.settings.files)
        return [folder.keep(path.name, path.read_bytes()) for path in self.asked.file]


def document_label(text: str) -> str:
    label = text.strip()
    if not 0 < len(label) <= 200 or not is_plain(label) or "\n" in label:
        raise Complaint("Le nom du document ne convient pas.", "Nommez-le sur une ligne, en 200 caractères au plus.")
    return label


def one_space(tx: Transaction, member: str) -> str:
    query = select(spaces.c.space_id).where(spaces.c.member_number == member)
    space_id = tx.db.execute(query).scalar_one_or_none()
    if space_id is None:
        raise Complaint(f"Il n’y a pas d’adhérent {member}.", "Rattachez-le d’abord avec «\u00a0attach\u00a0».")
    return str(space_id)
