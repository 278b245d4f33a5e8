"""Where the headings of a table stand among its first rows, with whatever stands above them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.services.review.reading.headings import Recognised, Taught, recognise
from desktop.services.review.whole import Unreadable, Unrecognised

MOST_COLUMNS = 256
FIRST_ROWS = 60
"""Among so many rows the headings are looked for."""
SAMPLE = 20
_SHOWN = 10
"""Rows given for the dialog in which a table's columns are taught."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`headings` stand on row `row` (from 0) and the table begins on row `below`."""

    headings: tuple[str, ...]
    row: int
    below: int
    recognised: Recognised


def layout(rows: Sequence[Sequence[str]], taught: Mapping[str, Taught]) -> Layout:
    """The row of headings among the first ones: the one most of which is recognised. Raises `Unrecognised` with what
    looks most like headings, `Unreadable` when there are too many columns."""
    best: Layout | None = None
    for place, row in enumerate(rows[:FIRST_ROWS]):
        if len(row) > MOST_COLUMNS:
            raise Unreadable(
                f"Ce tableau a plus de {MOST_COLUMNS} colonnes\u00a0: ce n’est pas un relevé d’indemnités."
            )
        known = recognise(row, rows[place + 1 : place + 1 + SAMPLE], taught)
        if best is None or _worth(row, known) > _worth(best.headings, best.recognised):
            best = Layout(tuple(cell.strip() for cell in row), place, place + 1, known)
    if best is None:
        raise Unreadable("Ce fichier est vide.")
    if not best.recognised.usable:
        raise _unrecognised(best, rows)
    return best


def _worth(row: Sequence[str], known: Recognised) -> tuple[bool, int, int]:
    texts = sum(any(char.isalpha() for char in cell) for cell in row)
    return known.usable, len(known.mapping), texts


def _unrecognised(best: Layout, rows: Sequence[Sequence[str]]) -> Unrecognised:
    lacking = ", ".join(best.recognised.missing)
    return Unrecognised(
        f"Les colonnes de ce tableau ne sont pas toutes reconnues. Il manque\u00a0: {lacking}. Indiquez-les une fois.",
        headings=best.headings,
        sample=tuple(tuple(row) for row in rows[best.below : best.below + _SHOWN]),
        missing=best.recognised.missing,
    )
