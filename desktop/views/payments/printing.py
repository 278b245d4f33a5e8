"""On paper: one payment with all that is told of it, or the list as it is seen."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Final

from desktop.services.allowances import PaymentRow, PaymentSheet
from desktop.views import wording
from desktop.views.payments import saying
from desktop.views.printing import Page, document

PRINTED: Final = 500
"""More lines than that are no list to hold in one's hand; the foot says that there are more."""
_CELL: Final = "padding:3px 8px 3px 0"
_HEADS: Final = ("Payé le", "Salarié", "Période", "Nature", "Jours", "Brut", "Net", "Entreprise")
_RIGHT: Final = frozenset({"Jours", "Brut", "Net"})


def payment_page(sheet: PaymentSheet, now: datetime, *, revealed: bool) -> Page:
    """One payment; the NIR as it is seen on the screen."""
    row = sheet.row
    facts = "".join(
        f"<tr><td style='padding-right:16px'>{escape(label)}</td><td><b>{escape(value)}</b></td></tr>"
        for label, value in saying.facts(row, revealed=revealed)
    )
    beside = ""
    if sheet.beside > 1:
        lines = wording.count(sheet.beside, "ligne")
        beside = f"<p>Payé dans un virement de {lines}, {saying.euros(sheet.net)} net en tout.</p>"
    paid = f"{saying.euros(row.net)} net, le {wording.long_day(row.paid_on)}"
    body = (
        f"<h2 style='margin-bottom:2px'>{escape(row.person)}</h2>"
        f"<p style='margin:0 0 10px 0'>{escape(saying.what(row))} · {paid}</p><table>{facts}</table>{beside}"
    )
    title = "Indemnité journalière"
    return document(title, "Indemnité journalière.pdf", body, f"{title} · imprimé le {wording.moment_said(now)}")


def listing_page(rows: Sequence[PaymentRow], total: int, sums: str, now: datetime) -> Page:
    """Payments as a table; `total` is how many there are, of which these are the first, and `sums` what all come to."""
    title = "Indemnités journalières"
    head = _line(_HEADS, "th")
    lines = "".join(_line(_cells(row), "td") for row in rows)
    first = f"<p>Les {wording.number(len(rows))} premières sont imprimées.</p>" if total > len(rows) else ""
    body = f"<h2>{title}</h2><p>{escape(sums)}</p>{first}<table width='100%'>{head}{lines}</table>"
    foot = f"{title} · {wording.count(len(rows), 'ligne')} · imprimé le {wording.moment_said(now)}"
    return document(title, "Indemnités journalières.pdf", body, foot)


def _line(cells: Sequence[str], tag: str) -> str:
    told = (
        f"<{tag} align='{'right' if name in _RIGHT else 'left'}' style='{_CELL}'>{escape(cell)}</{tag}>"
        for name, cell in zip(_HEADS, cells, strict=True)
    )
    return f"<tr>{''.join(told)}</tr>"


def _cells(row: PaymentRow) -> tuple[str, ...]:
    return (
        wording.day(row.paid_on),
        row.person,
        saying.period(row.start, row.end),
        saying.what(row),
        saying.days(row),
        saying.euros(row.gross),
        saying.euros(row.net),
        row.company,
    )
