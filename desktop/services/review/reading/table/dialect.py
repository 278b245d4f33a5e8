"""How a text lays its table out: by which separator."""

from collections.abc import Mapping, Sequence

from desktop.services.review.reading.headings import Taught
from desktop.services.review.reading.layout import FIRST_ROWS, SAMPLE, Layout, layout
from desktop.services.review.reading.table.records import Record, Splitter
from desktop.services.review.whole import Unreadable, Unrecognised

_SEPARATORS = (";", "\t", ",", "|")


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
            refusals.append(refusal.with_traceback(None))  # which would keep the whole file alive
            continue
        first, end = next((row.first, row.end) for place, row in enumerate(rows) if place == found[-1][1].row)
        found[-1] = (separator, Layout(found[-1][1].headings, first, end, found[-1][1].recognised))
    if found:
        return max(found, key=lambda one: len(one[1].recognised.mapping))
    if refusals:
        raise max(refusals, key=lambda one: (-len(one.missing), len(one.headings)))
    raise Unreadable("Ce texte n’est pas un tableau\u00a0: aucun séparateur de colonnes n’y est reconnu.")


def _rows(lines: Sequence[str], separator: str) -> list[Record]:
    splitter = Splitter(separator)
    rows: list[Record] = []
    at = 0
    while at < len(lines) and len(rows) < FIRST_ROWS + SAMPLE:
        row = splitter.record(lines, at) or Record(at, at + 1, tuple(lines[at].split(separator)))
        rows.append(row)
        at = row.end
    return rows
