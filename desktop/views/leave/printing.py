"""On paper: a leave with its periods and its clocks, or the list of leaves as it is shown."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from html import escape
from typing import Final

from desktop.services.leave import Clock, LeaveRow, LeaveSheet
from desktop.views import wording
from desktop.views.leave import facts, saying
from desktop.views.printing import Page, document
from desktop.views.wording import NBSP

PRINTED: Final = 200
"""More lines than that are no list to hold in one's hand; what is left out is said."""
_CELL: Final = "style='padding:3px 10px 3px 0'"


def sheet_page(sheet: LeaveSheet, now: datetime) -> Page:
    """The pages of one leave, as it was at `now`. Its social-security number stays masked, as on the screen."""
    row = sheet.row
    title = f"{saying.employee(row)} – {saying.numbered(row)}"
    foot = f"{saying.numbered(row)} · {row.company} · imprimé le {wording.moment_said(now)}"
    return document(title, f"Arrêt {row.number or 'sans numéro'}.pdf", html(sheet), foot)


def listing_page(rows: Sequence[LeaveRow], total: int, narrowed: str, now: datetime) -> Page:
    """A list of leaves as a table; `total` is how many there are, of which these are the first, and `narrowed` what
    the list was narrowed to."""
    said = wording.count(total, "arrêt")
    if total > len(rows):
        said = f"{wording.count(len(rows), 'arrêt')} sur {wording.number(total)}"
    heads = (f"N°{NBSP}d’arrêt", "Salarié", "Motif", "Du", "Au", "État", "Entreprise")
    narrow = f" · {escape(narrowed)}" if narrowed else ""
    body = f"<h2>Arrêts de travail</h2><p>{said}{narrow}</p>{_table(heads, map(_cells, rows))}"
    return document("Arrêts de travail", "Arrêts.pdf", body, f"{said} · imprimé le {wording.moment_said(now)}")


def _cells(row: LeaveRow) -> tuple[str, ...]:
    label, company = saying.FACES[row.pill].label, row.company
    return row.number or "–", saying.employee(row), row.motive, _day(row.start), _day(row.last_day), label, company


def _day(day: date | None) -> str:
    return wording.day(day) if day is not None else "–"


def html(sheet: LeaveSheet) -> str:
    """Everything that came from outside is escaped."""
    row = sheet.row
    place = f"{row.company} · {wording.member(row.member_number)}" if row.company else ""
    stands = " · ".join(part for part in (saying.numbered(row), place, saying.FACES[row.pill].label) if part)
    when = " · ".join(part for part in (row.motive, saying.period(row)) if part)
    lines = [
        f"<h2 style='margin-bottom:2px'>{escape(saying.employee(row))}</h2>",
        f"<p style='margin:0'><b>{escape(when)}</b></p><p style='margin:0'>{escape(stands)}</p>",
        _titled("Déclaration", _table((), facts.pairs(sheet, revealed=False))),
        _titled("Périodes", _list(saying.span(span) for span in sheet.course.spans)),
        _titled("Échéances", _clocks(sheet.clocks)),
        _titled("Documents attendus", _list(one.label for one in sheet.awaited)),
        _titled("Documents envoyés", _list(_file(one.document, one.name) for one in sheet.files)),
    ]
    return "".join(lines)


def _file(document_: str, name: str) -> str:
    return f"{document_}{NBSP}: {name}" if document_ else name


def _clocks(clocks: Sequence[Clock]) -> str:
    """Each with the parameter that it follows from, and where that is written."""
    heads = ("Échéance", "Date", "", "Source")
    return _table(
        heads, ((saying.CLOCKS[c.kind], _day(c.day), saying.standing(c)[0], saying.source(c)) for c in clocks)
    )


def _titled(title: str, body: str) -> str:
    return f"<h3 style='margin:14px 0 4px 0'>{title}</h3>{body}" if body else ""


def _list(lines: Iterable[str]) -> str:
    return "".join(f"<p style='margin:2px 0'>{escape(line)}</p>" for line in lines)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Nothing at all without a row."""
    lines = "".join("<tr>" + "".join(f"<td {_CELL}>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    head = "".join(f"<th align='left' {_CELL}>{escape(cell)}</th>" for cell in heads)
    return f"<table width='100%'><tr>{head}</tr>{lines}</table>" if lines else ""
