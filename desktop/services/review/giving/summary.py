"""The review as a small workbook to read, print and keep: Synthèse, Par personne, Anomalies, Régularisations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from desktop.services.review import saying, totals
from desktop.services.review.anomalies import Anomaly
from desktop.services.review.checks import controlled
from desktop.services.review.giving.placing import placed
from desktop.services.review.regularising import Regularisation
from desktop.services.review.whole import FileKind, ReadFile

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

_KINDS: Final = {
    FileKind.PORTAL_CSV: "Espace client, CSV",
    FileKind.PORTAL_XLSX: "Espace client, XLSX",
    FileKind.PORTAL_PDF: "Espace client, PDF",
    FileKind.BPIJ_XML: "BPIJ, XML",
    FileKind.BPIJ_PDF: "BPIJ, PDF",
    FileKind.CSV: "CSV",
    FileKind.XLSX: "XLSX",
    FileKind.PORTAL: "Espace client, en ligne",
}
_SHOWN: Final = 40
"""Line numbers told of one finding; the others are counted."""
_MOST: Final = 100_000
"""Rows of one sheet: this workbook is to be read; all lines are given elsewhere."""
_Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Review:
    """What is told: `frame` holds the lines of all `files` as `leaves.leaves` gives them, in whose order the findings
    count their files. NIRs are masked unless `revealed`."""

    files: Sequence[ReadFile]
    frame: pl.DataFrame
    anomalies: Sequence[Anomaly]
    regularisations: Sequence[Regularisation]
    revealed: bool = False


@dataclass(frozen=True, slots=True)
class _Cents:
    """An amount, written as a number of euros."""

    cents: int


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: int


def write_summary(path: Path, review: Review) -> None:
    """Raises `Problem` when the file cannot be written."""
    import xlsxwriter

    with placed(path) as file:
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False})
        sheets = _Sheets(book)
        _synthesis(sheets, review)
        _people(sheets, review)
        _anomalies(sheets, review)
        _regularisations(sheets, review)
        book.close()


class _Sheets:
    """The workbook with its formats."""

    def __init__(self, book: "xlsxwriter.Workbook") -> None:
        self.book = book
        self.heading = book.add_format({"bold": True, "bg_color": "#E6ECF2", "text_wrap": True, "valign": "top"})
        self.big = book.add_format({"bold": True, "font_size": 14})
        self.text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        self.money = book.add_format({"num_format": "#,##0.00\u00a0€", "valign": "top"})
        self.number = book.add_format({"num_format": "#,##0", "valign": "top"})

    def table(self, name: str, columns: Sequence[_Column], rows: Sequence[_Row]) -> None:
        """A sheet that is one table, its headings in sight."""
        sheet = self.book.add_worksheet(name)
        self.rows(sheet, 0, columns, rows[:_MOST])
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, min(len(rows), _MOST)), len(columns) - 1)
        self.printed(sheet)

    def rows(self, sheet: "Worksheet", first: int, columns: Sequence[_Column], rows: Sequence[_Row]) -> int:
        """Headings and rows from a row on; the first free row."""
        for place, column in enumerate(columns):
            sheet.write_string(first, place, column.title, self.heading)
        for number, row in enumerate(rows, first + 1):
            for place, value in enumerate(row):
                self._cell(sheet, number, place, value)
        return first + 1 + len(rows)

    def _cell(self, sheet: "Worksheet", row: int, place: int, value: object) -> None:
        if isinstance(value, _Cents):
            sheet.write_number(row, place, value.cents / 100, self.money)
        elif isinstance(value, int):
            sheet.write_number(row, place, value, self.number)
        else:
            sheet.write_string(row, place, str(value), self.text)

    def printed(self, sheet: "Worksheet") -> None:
        """On paper: across, one page wide, headings on each page."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&A&R&P / &N")


def _synthesis(sheets: _Sheets, review: Review) -> None:
    sheet = sheets.book.add_worksheet("Synthèse")
    for place, width in enumerate((46, 22, 14, 16, 22, 22)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, "Relecture des indemnités journalières", sheets.big)
    whole = totals.whole(review.frame)
    sums: list[_Row] = [
        ("Lignes lues", whole.lines),
        ("Indemnités brutes", _Cents(whole.indemnity)),
        ("Retenues", _Cents(whole.levies)),
        ("Net", _Cents(whole.net)),
        ("Jours", whole.days),
        ("dont carence", whole.waiting_days),
        ("Régularisations", len(review.regularisations)),
        ("Anomalies", len(review.anomalies)),
    ]
    row = sheets.rows(sheet, 2, (_Column("Total", 46), _Column("", 22)), sums)
    titles = ("Fichier", "Nature", "Lignes lues", "Lignes rejetées", "Totaux de contrôle", "dont inexacts")
    files = [_file(one) for one in review.files]
    row = sheets.rows(sheet, row + 1, [_Column(title, 0) for title in titles], files)
    notes = [(saying.without_nir(one.name), saying.without_nir(note)) for one in review.files for note in one.notes]
    if notes:
        row = sheets.rows(sheet, row + 1, (_Column("Fichier", 0), _Column("Ce que Volet a compris", 0)), notes)
    counts: dict[str, int] = {}
    for one in review.anomalies:
        counts[one.kind.title] = counts.get(one.kind.title, 0) + 1
    sheets.rows(sheet, row + 1, (_Column("Anomalies par nature", 0), _Column("Nombre", 0)), list(counts.items()))
    sheets.printed(sheet)


def _file(one: ReadFile) -> _Row:
    controls = controlled(one.controls)
    name = saying.without_nir(one.name)
    return name, _KINDS[one.kind], one.frame.height, len(one.rejected), controls.checked, len(controls.failed)


def _people(sheets: _Sheets, review: Review) -> None:
    columns = (
        *(_Column("Personne", 34), _Column("NIR", 24), _Column("Matricule", 14), _Column("SIRET", 18)),
        *(_Column("Lignes", 9), _Column("Brut", 14), _Column("Retenues", 14), _Column("Net", 14)),
        *(_Column("Jours", 9), _Column("dont carence", 12)),
    )
    table = totals.by_person(review.frame)
    shown: Callable[[str], str] = str if review.revealed else saying.masked
    rows = [
        (
            saying.who(row["person"], row["nir"], row["employee"]),
            shown(row["nir"]),
            saying.without_nir(row["employee"]),
            row["company"],
            row["lines"],
            *(_Cents(row[name]) for name in ("indemnity", "levies", "net")),
            row["days"],
            row["waiting_days"],
        )
        for row in table.head(_MOST).iter_rows(named=True)
    ]
    sheets.table("Par personne", columns, rows)


def _anomalies(sheets: _Sheets, review: Review) -> None:
    columns = (
        *(_Column("Nature", 24), _Column("Personne", 28), _Column("Explication", 70), _Column("À faire", 50)),
        *(_Column("Montant", 14), _Column("Lignes", 30)),
    )
    rows = [
        (one.kind.title, one.person, one.explanation, one.next_step, _Cents(one.amount), _places(one, review))
        for one in review.anomalies[:_MOST]
    ]
    sheets.table("Anomalies", columns, rows)


def _regularisations(sheets: _Sheets, review: Review) -> None:
    columns = (
        *(_Column("Personne", 28), _Column("Explication", 80), _Column("Brut", 14), _Column("Retenues", 14)),
        *(_Column("Net", 14), _Column("Lignes", 30)),
    )
    rows = [
        (one.person, one.explanation, _Cents(one.gross), _Cents(one.levies), _Cents(one.net), _places(one, review))
        for one in review.regularisations[:_MOST]
    ]
    sheets.table("Régularisations", columns, rows)


def _places(finding: Anomaly | Regularisation, review: Review) -> str:
    """« 12, 13 », with the names of the files where there are several."""
    shown = list(zip(finding.files, finding.lines, strict=True))[:_SHOWN]
    if len(review.files) < 2:
        text = ", ".join(str(line) for _, line in shown)
    else:
        each = {file: [str(line) for other, line in shown if other == file] for file, _ in shown}
        names = {file: saying.without_nir(review.files[file].name) for file in each}
        text = "\u202f; ".join(f"{names[file]}\u00a0: {', '.join(numbers)}" for file, numbers in each.items())
    rest = len(finding.lines) - len(shown)
    return f"{text} et {saying.counted(rest, 'autre', 'autres')}" if rest > 0 else text
