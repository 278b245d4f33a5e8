"""Allowances from the text of a PDF: the BPIJ that clerks download, and the portal's own statement."""

import re
from collections.abc import Sequence
from typing import Final

from desktop.services.problems import Remedy
from desktop.services.review.reading.printed import bordereau, statement
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import ReadFile, Unreadable

_RETURNS: Final = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def read(source: Source, pages: Sequence[str]) -> ReadFile:
    """Reads the text of the pages. `line` counts the lines of text over all pages, from 1. Raises `Unreadable`."""
    text = "\n".join(_RETURNS.sub("\n", page) for page in pages).replace("\u02bc", "’")  # as Inter gives it
    if not text.strip():
        raise Unreadable(
            "Ce PDF ne contient que des images, sans texte à lire\u00a0: donnez l’original, ou le fichier CSV.",
            Remedy.EDIT,
        )
    if statement.is_one(text):
        return statement.read(source, text)
    if bordereau.is_one(text):
        return bordereau.read(source, text)
    raise Unreadable(
        "Ce PDF n’est ni un BPIJ ni un relevé du portail\u00a0: donnez le fichier CSV, XLSX ou XML correspondant.",
        Remedy.EDIT,
    )
