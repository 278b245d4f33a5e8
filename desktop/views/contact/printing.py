"""On paper: a conversation with every message and the names of its files, or a list of requests."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Final

from desktop.services.contact import Delivery, MessageRow, RequestRow, RequestSheet
from desktop.views import wording
from desktop.views.contact import pill
from desktop.views.contact.bubbles import signed
from desktop.views.contact.delegate import numbered, subject_of, theme_of
from desktop.views.contact.head import opened
from desktop.views.printing import Page, document
from desktop.views.wording import NBSP

PRINTED: Final = 200
"""More lines than that are no list to hold in one's hand; the foot says that there are more."""

_NOT_YET: Final = {
    Delivery.HELD: "pas encore envoyé",
    Delivery.WAITING: "pas encore envoyé",
    Delivery.REFUSED: "refusé",
    Delivery.CONFLICT: "à revoir",
}


def conversation_page(sheet: RequestSheet, messages: Sequence[MessageRow], now: datetime) -> Page:
    """The pages of one request, as they were at `now`."""
    row = sheet.row
    foot = f"{numbered(row)} · {row.company} · imprimé le {wording.moment_said(now)}"
    number = row.file_number or "sans numéro"
    return document(numbered(row), f"Dossier {number}.pdf", html(sheet, messages), foot)


def listing_page(rows: Sequence[RequestRow], total: int, now: datetime) -> Page:
    """A list of requests as a table; `total` is how many there are, of which these are the first."""
    heads = ("Dossier", "Mouvement", "Thème et objet", "État", "Entreprise")
    lines = "".join(
        "<tr>" + "".join(f"<td style='padding:3px 8px 3px 0'>{escape(cell)}</td>" for cell in _cells(row)) + "</tr>"
        for row in rows
    )
    head = "".join(f"<th align='left' style='padding:3px 8px 3px 0'>{cell}</th>" for cell in heads)
    said = wording.count(total, "demande")
    if total > len(rows):
        said = f"{wording.count(len(rows), 'demande')} sur {wording.number(total)}"
    body = f"<h2>Récapitulatif de mes demandes</h2><p>{said}</p><table width='100%'><tr>{head}</tr>{lines}</table>"
    foot = f"{said} · imprimé le {wording.moment_said(now)}"
    return document("Récapitulatif de mes demandes", "Demandes.pdf", body, foot)


def _cells(row: RequestRow) -> tuple[str, ...]:
    about = f"{theme_of(row)} – {subject_of(row)}"
    return row.file_number or "–", wording.day(row.moved_at), about, pill.FACES[row.pill].label, row.company


def html(sheet: RequestSheet, messages: Sequence[MessageRow]) -> str:
    """Everything that came from outside is escaped."""
    row = sheet.row
    about = f"{NBSP}› ".join(dict.fromkeys(part for part in (row.theme, row.topic) if part))
    lines = [
        f"<h2 style='margin-bottom:2px'>{escape(about)}</h2>",
        f"<p style='margin:0'><b>{escape(row.subject)}</b></p>" if row.subject not in ("", row.topic) else "",
        f"<p style='margin:4px 0 0 0'>{escape(opened(row))}</p>",
        f"<p style='margin:0'>{escape(row.company)} · {escape(wording.member(row.member_number))} · "
        f"{escape(pill.FACES[row.pill].label)}</p>",
    ]
    if sheet.awaited:
        labels = ", ".join(one.label for one in sheet.awaited)
        lines.append(f"<p style='margin:0'>En attente de{NBSP}: {escape(labels)}</p>")
    if sheet.fields:
        cells = "".join(
            f"<tr><td style='padding-right:16px'>{escape(label)}</td><td><b>{_broken(value)}</b></td></tr>"
            for label, value in sheet.fields
        )
        lines.append(f"<table style='margin-top:10px'>{cells}</table>")
    lines.extend(_message(message) for message in messages)
    return "".join(lines)


def _message(message: MessageRow) -> str:
    state = _NOT_YET.get(message.delivery, "")
    said = f"{signed(message)} – {wording.moment_said(message.at)}" + (f" ({state})" if state else "")
    files = "".join(
        f"<p style='margin:2px 0 0 0'>Pièce jointe{NBSP}: {escape(file.name)} ({wording.size(file.size)})</p>"
        for file in message.attachments
    )
    return (
        f"<hr><p style='margin:6px 0 2px 0'><b>{escape(said)}</b></p>"
        f"<p style='margin:0; line-height:130%; white-space:pre-wrap'>{_broken(message.text)}</p>{files}"
    )


def _broken(text: str) -> str:
    return escape(text).replace("\n", "<br>")
