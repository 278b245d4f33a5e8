"""Physical lines as records of cells: what a quote encloses, line ends included, is one cell.

The many lines are split by columns elsewhere; here are those with quotes that need a closer look.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

MOST_LINES = 200
"""Of one record: a quote that is still open behind so many was never meant to open."""
_MOST_STEPS = 2_000_000
"""Continuation lines looked at in one file: a hostile one must not make every line look at the 200 below it."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of the record that begins at line `first` (from 0) and ends before line `end`."""

    first: int
    end: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class Splitter:
    """Splits records at `separator`; one for each file, since it counts what it spends."""

    separator: str
    open: bool = field(default=False, init=False)
    """Whether the last record that was not found may end on a line further down."""
    steps: int = field(default=0, init=False)

    def record(self, lines: Sequence[str], first: int, width: int = 0) -> Record | None:
        """The record that begins at `first`, or `None` when its quotes do not tell where it ends. With a `width`,
        quotes that stand unescaped inside a quoted cell are taken for text if so many cells come out."""
        cells: list[str] = []
        here = _Place(lines, first)
        while True:
            cell = self._cell(here)
            if cell is None:
                break
            cells.append(cell)
            if here.at_end:
                return Record(first, here.line + 1, tuple(cells))
        self.open = here.open
        loose = None if here.open else self._loose(lines[first])
        return Record(first, first + 1, loose) if loose and len(loose) == width else None

    def _cell(self, here: "_Place") -> str | None:
        """The cell at this place, and the place is then that of the next one."""
        opened = _opening().match(here.text, here.at)
        if not opened:
            end = here.text.find(self.separator, here.at)
            cell = here.text[here.at :] if end < 0 else here.text[here.at : end]
            here.at, here.at_end = end + 1, end < 0
            return cell
        value: list[str] = []
        here.at = opened.end()
        while True:
            quote = here.text.find('"', here.at)
            if quote < 0:
                value.append(here.text[here.at :] + "\n")
                if not self._goes_on(here):
                    return None
            elif here.text.startswith('""', quote):
                value.append(here.text[here.at : quote + 1])
                here.at = quote + 2
            else:
                value.append(here.text[here.at : quote])
                return "".join(value) if self._closed(here, quote + 1) else None

    def _goes_on(self, here: "_Place") -> bool:
        self.steps += 1
        here.line += 1
        here.open = here.line >= len(here.lines)
        if here.open or here.line - here.first >= MOST_LINES or self.steps > _MOST_STEPS:
            return False
        here.text, here.at = here.lines[here.line], 0
        return True

    def _closed(self, here: "_Place", behind: int) -> bool:
        """Whether nothing but spaces stands between a closing quote and the separator or the end of the line."""
        end = here.text.find(self.separator, behind)
        between = here.text[behind:] if end < 0 else here.text[behind:end]
        here.at, here.at_end = end + 1, end < 0
        return not between.strip(" ")

    def _loose(self, line: str) -> tuple[str, ...] | None:
        cells: list[str] = []
        at = 0
        while True:
            if line.startswith('"', at):
                end = line.find('"' + self.separator, at + 1)
                if end < 0:
                    return (*cells, line[at + 1 : -1].replace('""', '"')) if _ends_quoted(line, at) else None
                cells.append(line[at + 1 : end].replace('""', '"'))
                at = end + 2
            else:
                end = line.find(self.separator, at)
                if end < 0:
                    return (*cells, line[at:])
                cells.append(line[at:end])
                at = end + 1


@dataclass(slots=True)
class _Place:
    lines: Sequence[str]
    first: int
    at: int = 0
    at_end: bool = False
    open: bool = False
    line: int = field(init=False)
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.line, self.text = self.first, self.lines[self.first]


def _ends_quoted(line: str, at: int) -> bool:
    return len(line) - at >= 2 and line.endswith('"')


@lru_cache(maxsize=1)
def _opening() -> re.Pattern[str]:
    return re.compile(' *"')
