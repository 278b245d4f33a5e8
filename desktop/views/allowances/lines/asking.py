"""What the table of lines asks of the sheet. On the reader's thread, all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, overload

import polars as pl

from desktop.services.review.line import COLUMNS
from desktop.services.review.searching import Found, Selection, Sheet, title
from desktop.views.allowances.criteria import Choices, Criteria, Sums, choices
from desktop.views.allowances.grid import Cells, Heading
from desktop.views.wording import NBSP

if TYPE_CHECKING:
    from desktop.services.review.archive import Decision, Place
    from desktop.views.allowances.reviewed import OpenFile, Reviewed

FILE: Final = "file"
MOST_COPIED: Final = 50_000
"""Rows that the clipboard is given; more is what an export is for."""
_AT_ONCE: Final = 2_000
"""Rows written in one go: the window waits for each of the interpreter's own steps."""
_DRESSED: Final = 10_000
"""Rows that are copied as a table too, in which numbers of people stay texts."""
_RIGHT: Final = (pl.Int64(), pl.Int32(), pl.UInt32())
_WIDTHS: Final = {
    "person": 150,
    "label": 180,
    "payer": 160,
    "nir": 168,
    "company": 140,
    "reference": 140,
    "claim": 130,
    "gross": 108,
    "levies": 80,
    "net": 100,
    "days": 60,
    "line": 84,
    "unit": 104,
    "start": 96,
    "end": 96,
    "code": 84,
    "paid_on": 120,
    "payee": 96,
    "kind": 104,
    "sense": 104,
    "branch": 120,
    "leave_start": 120,
    FILE: 160,
}
_SLIM: Final = {"person": 150, "start": 93, "end": 93, "days": 56, "gross": 96, "net": 96}
"""Widths in a small window, beside the list of files."""
_BRIEF: Final = {"gross": "Brut", "net": "Net"}
_SPARE: Final = {"levies": 1, "days": 2, "end": 3, "gross": 4}
"""What of the columns up to the net amount is left out first where there is no room."""
_ORDER: Final[tuple[str, ...]] = (
    *("person", "start", "end", "days", "gross", "levies", "net", "label", "kind", "unit", "payee", "paid_on", "nir"),
    *("employee", "company", FILE, "line", "sense", "code", "payer", "reference", "leave_start", "claim", "branch"),
)
_HIDDEN: Final = frozenset({"csg", "crds", "tax", "member", "branch", "claim", "leave_start", "code"})
"""What there is no room for at first."""


class Numbers(Sequence[int]):
    """Row numbers of a sheet as the table wants its identifiers, without a second copy of a million of them."""

    def __init__(self, series: pl.Series) -> None:
        self._series = series

    def __len__(self) -> int:
        return len(self._series)

    @overload
    def __getitem__(self, place: int) -> int: ...

    @overload
    def __getitem__(self, place: slice) -> list[int]: ...

    def __getitem__(self, place: int | slice) -> int | list[int]:
        if isinstance(place, slice):
            return self._series[place].to_list()
        return int(self._series[place])

    def index(self, value: int, start: int = 0, stop: int | None = None) -> int:  # noqa: ARG002 - as of any sequence
        there = (self._series == value).arg_true()
        if not len(there):
            raise ValueError(value)
        return int(there[0])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines, in which order; `current` is the row that one is at, to be found again."""

    criteria: Criteria
    text: str
    order: str
    descending: bool
    current: int | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.text) or self.criteria != Criteria()


def why_none(wanted: Wanted, *, judged: bool) -> tuple[str, str, str, str]:
    """Why no line is shown: what is said, a hint, the words of the button and the icon. Before all is `judged` no line
    has an anomaly yet."""
    if wanted.criteria.odd and not judged:
        hint = "Les lignes d’une anomalie s’afficheront ici dès que les points auront été relevés."
        return "Vérification en cours…", hint, "Effacer la recherche et les filtres", "hourglass"
    if wanted.narrowed:
        causes = ["cette recherche"] * bool(wanted.text) + ["ces filtres"] * (wanted.criteria != Criteria())
        hint = f"Aucune ligne ne répond à {' et à '.join(causes)}."
        return "Aucun résultat", hint, "Effacer la recherche et les filtres", "search"
    hint = f"Aucune ligne des fichiers ouverts n’a pu être lue. «{NBSP}Fichier{NBSP}» dit pourquoi."
    return "Aucune ligne", hint, "", "inbox"


@dataclass(frozen=True, slots=True)
class Answer:
    """The lines that answer; where the row of `wanted.current` is among them."""

    wanted: Wanted
    found: Found
    place: int | None


def answered(sheet: Sheet, wanted: Wanted) -> Answer:
    order = wanted.order if wanted.order in (*sheet.columns, FILE) else ""
    found = sheet.find(wanted.criteria.selection(wanted.text, order, descending=wanted.descending))
    rows = wanted.criteria.rows
    if rows is not None:
        kept = pl.Series(rows, dtype=pl.UInt32)
        found = Found(sheet, found.numbers.filter(found.numbers.is_in(kept.implode())))
    place = found.place(wanted.current) if wanted.current is not None else None
    return Answer(wanted, found, place)


def summed(found: Found) -> Sums:
    people = found.lines(["person_key"])["person_key"]
    distinct = people.n_unique() - int((people == "").any())
    return Sums(found.totals(), distinct, found.sheet.height)


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known of a sheet before anything is looked for: its columns, what filters may want. `current` is the row
    of the line that was current in the sheet of before."""

    headings: tuple[Heading, ...]
    choices: Choices
    current: int | None = None


def opened(reviewed: "Reviewed", before: "Reviewed | None" = None, row: int | None = None) -> Opening:
    """`row` was current in `before`."""
    sheet = reviewed.sheet
    files = tuple((file.name, file.height) for file in reviewed.files)
    current = same_line(before, row, reviewed) if before is not None and row is not None else None
    return Opening(_headings(sheet, several=len(files) > 1), choices(sheet, files), current)


def same_line(before: "Reviewed", row: int, now: "Reviewed") -> int | None:
    """The row of the same payment in another review: it may be taken from another file there. None when it is gone."""
    number, line = Found(before.sheet, pl.Series([row], dtype=pl.UInt32)).lines([FILE, "line"]).row(0)
    numbers = {file.sha256: place for place, file in enumerate(now.files)}
    known = ((numbers.get(place.source), place.line) for place in before.history.places(number, line))
    at = next(((file, where) for file, where in known if file is not None), None)
    if at is None:
        return None
    there = pl.DataFrame(
        [(numbers[place.source], place.line) for place in now.history.places(*at)],
        schema={FILE: pl.UInt32, "line": pl.UInt32},
        orient="row",
    )
    lines = now.sheet.find(Selection()).lines([FILE, "line"]).with_row_index("row")
    rows = lines.join(there, on=[FILE, "line"], how="semi")["row"]
    return int(rows[0]) if len(rows) else None


def _headings(sheet: Sheet, *, several: bool) -> tuple[Heading, ...]:
    told = frozenset(sheet.told())
    names = [name for name in _ORDER if name in sheet.columns or name == FILE]
    names += [name for name in sheet.columns if name not in names]
    return tuple(
        Heading(
            name=name,
            title="Fichier" if name == FILE else title(name),
            right=COLUMNS.get(name) in _RIGHT,
            width=_WIDTHS.get(name, 120),
            shown=several if name == FILE else name in told and name not in _HIDDEN and name in COLUMNS,
            slim=_SLIM.get(name, 0),
            brief=_BRIEF.get(name, ""),
            spare=_SPARE.get(name, 0),
        )
        for name in names
    )


@dataclass(frozen=True, slots=True)
class View:
    """What rows are read for: these columns of them, as they may be seen now."""

    sheet: Sheet
    names: tuple[str, ...]
    files: tuple[str, ...]
    revealed: bool

    def rows(self, keys: Sequence[int]) -> list[Cells]:
        """Texts for the screen."""
        numbers = pl.Series(list(keys), dtype=pl.UInt32)
        texts = Found(self.sheet, numbers).rows(0, len(numbers), self.names, revealed=self.revealed)
        marked = self.sheet.marked(numbers)
        made = []
        for key, row, mark in zip(keys, texts, marked, strict=True):
            told = dict(zip(self.names, row, strict=True))
            if FILE in told:
                told[FILE] = self.files[int(told[FILE])]
            made.append(Cells(key, told, mark))
        return made


@dataclass(frozen=True, slots=True)
class Copied:
    """For the clipboard: `html` is "" when there are too many rows for it. `rows` are copied of `of`."""

    text: str
    html: str
    rows: int
    of: int


def copied(found: Found, view: View, places: Sequence[range]) -> Copied:
    """Rows below their headings, as they paste into a spreadsheet: numbers as numbers, NIRs and SIRETs as texts."""
    whole = sum(len(span) for span in places)
    chosen = list(islice(chain.from_iterable(places), MOST_COPIED))
    lines: list[str] = []
    for at in range(0, max(1, len(chosen)), _AT_ONCE):
        some = found.tsv(chosen[at : at + _AT_ONCE], view.names, revealed=view.revealed).splitlines()
        lines += some[bool(at) :]  # headings once
    if FILE in view.names:
        column = view.names.index(FILE)
        lines = [
            _in_place(line, column, view.files[int(line.split("\t")[column])] if row else "Fichier")
            for row, line in enumerate(lines)
        ]
    html = _as_table([line.split("\t") for line in lines], view.names) if len(chosen) <= _DRESSED else ""
    text = "\n".join([*lines, ""])
    return Copied(text, html, len(chosen), whole)


def _in_place(line: str, column: int, name: str) -> str:
    """Line by line: to let go of a table of a million cells at once would hold the window."""
    cells = line.split("\t")
    cells[column] = name
    return "\t".join(cells)


def _as_table(table: Sequence[Sequence[str]], names: Sequence[str]) -> str:
    texts = [name == FILE or COLUMNS.get(name, pl.String()) == pl.String() for name in names]
    ways = ["<td style=\"mso-number-format:'\\@'\">" if text else "<td>" for text in texts]
    body = (
        "<tr>" + "".join(f"{way}{escape(cell)}</td>" for way, cell in zip(ways, row, strict=True)) + "</tr>"
        for row in table
    )
    return f"<table>{''.join(body)}</table>"


@dataclass(frozen=True, slots=True)
class Said:
    """A finding that a line has its part in."""

    title: str
    explanation: str
    next_step: str
    decision: "Decision | None"


@dataclass(frozen=True, slots=True)
class Told:
    """One line, whole: its file and number there, every column that tells something, where else it stands, what was
    found of it."""

    row: int
    number: int
    file: "OpenFile"
    line: int
    fields: tuple[tuple[str, str], ...]
    elsewhere: "tuple[Place, ...]"
    findings: tuple[Said, ...]
    revealed: bool


def told(reviewed: "Reviewed", row: int, *, revealed: bool) -> Told:
    sheet = reviewed.sheet
    one = Found(sheet, pl.Series([row], dtype=pl.UInt32))
    (texts,) = one.rows(0, 1, sheet.columns, revealed=revealed)
    number, line = one.lines([FILE, "line"]).row(0)
    places = reviewed.history.places(number, line)
    told_, portal = zip(sheet.columns, texts, strict=True), reviewed.files[number].portal
    return Told(
        row=row,
        number=number,
        file=reviewed.files[number],
        line=line,
        fields=tuple((title(name), text) for name, text in told_ if text and not (portal and name == "line")),
        elsewhere=places[1:],
        findings=tuple(_findings(reviewed, row)),
        revealed=revealed,
    )


def _findings(reviewed: "Reviewed", row: int) -> list[Said]:
    found = []
    for key, one in zip(reviewed.keys, reviewed.findings, strict=True):
        if row in one.rows:
            kind = getattr(one, "kind", None)
            label = kind.title if kind is not None else "Régularisation"
            found.append(Said(label, one.explanation, getattr(one, "next_step", ""), reviewed.decisions.get(key)))
    return found
