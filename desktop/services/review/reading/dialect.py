"""How a text lays its table out: the separator, and the line of headings with whatever stands above it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.services.review.reading.headings import Recognised, Taught, recognise
from desktop.services.review.reading.records import Record, Splitter
from desktop.services.review.whole import Unreadable, Unrecognised

MOST_COLUMNS = 256
_SEPARATORS = (";", "\t", ",", "|")
_FIRST_ROWS = 60
"""Among so many rows the headings are looked for."""
_SAMPLE = 20
_SHOWN = 10
"""Rows given for the dialog in which a table's columns are taught."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`headings` stand on row `row` (from 0) and the table begins on row `below`."""

    headings: tuple[str, ...]
    row: int
    below: int
    recognised: Recognised


def dialect(lines: Sequence[str], taught: Mapping[str, Taught]) -> tuple[str, Layout]:
    """The separator and the layout of a text by its first lines. Raises `Unreadable`, `Unrecognised`."""
    found: list[tuple[str, Layout]] = []
    refusals: list[Unrecognised] = []
    for separator in _SEPARATORS:
        rows = _rows(lines, separator)
        if max((len(row.cells) for row in rows), default=0) < 2:
            continue
        try:
            found.append((separator, layout([row.cells for row in rows], taught)))
        except Unrecognised as refusal:
            refusals.append(refusal)
            continue
        first, end = next((row.first, row.end) for place, row in enumerate(rows) if place == found[-1][1].row)
        found[-1] = (separator, Layout(found[-1][1].headings, first, end, found[-1][1].recognised))
    if found:
        return max(found, key=lambda one: len(one[1].recognised.mapping))
    if refusals:
        raise max(refusals, key=lambda one: (-len(one.missing), len(one.headings)))
    raise Unreadable("Ce texte n’est pas un tableau\u00a0: aucun séparateur de colonnes n’y est reconnu.")


def layout(rows: Sequence[Sequence[str]], taught: Mapping[str, Taught]) -> Layout:
    """The row of headings among the first ones: the one most of which is recognised. Raises `Unrecognised` with what
    looks most like headings, `Unreadable` when there are too many columns."""
    best: Layout | None = None
    for place, row in enumerate(rows[:_FIRST_ROWS]):
        if len(row) > MOST_COLUMNS:
            raise Unreadable(
                f"Ce tableau a plus de {MOST_COLUMNS} colonnes\u00a0: ce n’est pas un relevé d’indemnités."
            )
        known = recognise(row, rows[place + 1 : place + 1 + _SAMPLE], taught)
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


def _rows(lines: Sequence[str], separator: str) -> list[Record]:
    splitter = Splitter(separator)
    rows: list[Record] = []
    at = 0
    while at < len(lines) and len(rows) < _FIRST_ROWS + _SAMPLE:
        row = splitter.record(lines, at) or Record(at, at + 1, tuple(lines[at].split(separator)))
        rows.append(row)
        at = row.end
    return rows
