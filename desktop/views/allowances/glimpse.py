"""The first lines of a long file, as texts, to be seen while all of it is being read. On the loader's thread."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop.services.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from desktop.services.review.reading.headings import Taught
    from desktop.services.review.reading.source import Source
    from desktop.services.review.whole import ReadFile

COLUMNS: Final = (
    ("line", "Ligne", True),
    ("person", "Nom et prénom", False),
    ("start", "Du", False),
    ("end", "Au", False),
    ("days", "Jours", True),
    ("gross", "Montant brut", True),
    ("levies", "Retenues", True),
    ("net", "Montant net", True),
    ("label", "Libellé", False),
    ("paid_on", "Date de paiement", False),
)
"""What is shown of them: name, title, whether at the right."""
LONG: Final = 4 * 1024 * 1024
"""Bytes of a table from which on one waits for it."""
MANY: Final = 50_000
"""Lines of a kept file from which on one waits for it."""
_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class Glimpse:
    """`rows` have the texts of `COLUMNS`, NIRs in them masked."""

    rows: tuple[tuple[str, ...], ...]


def of_lines(frame: "pl.DataFrame") -> Glimpse:
    from desktop.services.review.searching import Selection, Sheet

    names = [name for name, _, _ in COLUMNS]
    first = frame.head(_ROWS)
    return Glimpse(tuple(Sheet(first).find(Selection()).rows(0, first.height, names)))


def of_source(source: "Source", taught: "Mapping[str, Taught]") -> Glimpse | None:
    """None for what is short, or cannot be read in part; why it cannot be read at all, reading it will tell."""
    from desktop.services.review.searching import preview

    if len(source.data) < LONG:
        return None
    return _of(lambda: preview(source, taught=taught))


def of_file(path: Path, taught: "Mapping[str, Taught]") -> Glimpse | None:
    """The same of a file, before all its bytes are read."""
    from desktop.services.review.searching import first_lines

    return _of(lambda: first_lines(path, taught=taught, beyond=LONG - 1))


def _of(read: "Callable[[], ReadFile | None]") -> Glimpse | None:
    try:
        first = read()
    except Problem:
        return None
    return of_lines(first.frame) if first is not None and first.frame.height else None
