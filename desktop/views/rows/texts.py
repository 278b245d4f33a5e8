"""A table of a few columns of texts, made when they are looked at."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from desktop.views import wording
from desktop.views.rows.tables import RowTable
from desktop.views.table import LEFT, RIGHT, Column, Rows

ONE_LINE: Final = 32
"""How high a row of one line is; of more, the texts break."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The texts of one row, whose place is its key."""

    place: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of one column."""

    column: int

    def __call__(self, row: Cells) -> str:
        return row.texts[self.column]


class TextTable(RowTable[Cells]):
    """`titles` with whether they stand at the right; a text is its own tooltip. Rows copy as a spreadsheet takes
    them."""

    def __init__(self, name: str, titles: Sequence[tuple[str, bool]], high: int = ONE_LINE) -> None:
        self.make: Callable[[int], tuple[str, ...]] = _nothing
        columns = [
            Column[Cells](title, _Text(place), RIGHT if right else LEFT, _Text(place))
            for place, (title, right) in enumerate(titles)
        ]
        super().__init__(Rows(self._fetch, attrgetter("place"), columns, _sentence), name, high)
        self.setWordWrap(high > ONE_LINE)

    def tell(self, count: int, make: Callable[[int], tuple[str, ...]]) -> None:
        """Shows so many rows; `make(place)` gives the texts of one. Nothing of those before is seen any more."""
        self.make = make
        self.rows.set_ids(array("q", range(count)), anew=True)
        self.rows.row(0)  # now: there is no moment at which the first rows are not yet there

    def _fetch(self, keys: Sequence[int]) -> list[Cells]:
        return [Cells(key, self.make(key)) for key in keys]


def _nothing(_place: int) -> tuple[str, ...]:
    return ()


def _sentence(row: Cells) -> str:
    return wording.sentence(*row.texts)
