"""A file that was read: its lines, what could not be read of it, and what it says of its own sums."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import polars as pl

from desktop.services.problems import Problem, Remedy

PrintedText = Callable[[bytes], tuple[str, ...]]
"""The text of each page of a PDF, in reading order; raises `Unreadable`. Given from outside: services know no Qt."""


class FileKind(Enum):
    """What a file is, found by its content and not by its name."""

    PORTAL_CSV = "portal-csv"
    PORTAL_XLSX = "portal-xlsx"
    PORTAL_PDF = "portal-pdf"
    BPIJ_XML = "bpij-xml"
    """Alone or in its ZIP."""
    BPIJ_PDF = "bpij-pdf"
    CSV = "csv"
    XLSX = "xlsx"
    PORTAL = "portal"
    """No file: the payments that the portal has shown."""


@dataclass(eq=False)
class Unreadable(Problem):
    """A file that cannot be read at all: the sentence names why and what helps. None of its lines count. `sha256` names
    what is kept of it; empty when nothing is."""

    remedy: Remedy = Remedy.RETRY
    sha256: str = ""


@dataclass(eq=False)
class Unrecognised(Unreadable):
    """A table whose columns must be taught first: `headings` as they stand, and some rows for the dialog."""

    headings: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that could not be read: its number in the file from 1, why (a French sentence), and its text as it is.
    `cells` are what its cells say as far as they can be told apart: column of ours (or one of `headings.HALVES`) and
    text, as « 1234,56 » and « 05/01/2018 » where it could be read, as it stands where not."""

    line: int
    reason: str
    raw: str
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A sum that the file states of itself, in cents, and what its lines come to. `level` is sender, company, person,
    page or file; `name` what it is of (never a NIR); `line` where it stands; `measure` is gross, levies, net, days or
    lines. `covers` are the first and last line of what it is the sum of, rejected ones included; None when not told.
    `printed` is the sum of the column as it stands, where it is another: days of a cancellation without their minus."""

    level: str
    name: str
    line: int
    measure: str
    stated: int
    computed: int
    covers: tuple[int, int] | None = None
    printed: int | None = None

    @property
    def holds(self) -> bool:
        return self.stated in (self.computed, self.printed)


class Apart(Enum):
    """What else stands in a file, set apart and counted: it holds no line of ours."""

    PREAMBLE = "lignes avant l’en-tête"
    HEADINGS = "lignes d’en-tête"
    TOTAL = "lignes de total"
    BLANK = "lignes vides"
    REMARK = "remarques"
    CONTINUATION = "suites de lignes"
    """Line ends inside a cell: the record counts where it begins."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """`frame` has the columns of `line.COLUMNS`. `columns` says which heading became which column of ours (tables).
    `notes` are French sentences about what was understood on the way (encoding, preamble, total lines set apart). In a
    table, `lines` is how many lines (or rows) the file has, and it is the sum of those read, rejected and set apart."""

    name: str
    sha256: str
    kind: FileKind
    frame: pl.DataFrame
    rejected: tuple[Rejected, ...] = ()
    controls: tuple[ControlTotal, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    apart: tuple[tuple[Apart, int], ...] = ()
    lines: int = 0
