"""A conversation on paper: who, what, when, every message and the names of its files."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from desktop.services.contact import Delivery, MessageRow, RequestSheet
from desktop.views import wording
from desktop.views.contact import pill
from desktop.views.contact.bubbles import signed
from desktop.views.contact.delegate import numbered, subject_of
from desktop.views.contact.head import opened
from desktop.views.printing import Page, document
from desktop.views.wording import NBSP

_NOT_YET = {
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


def html(sheet: RequestSheet, messages: Sequence[MessageRow]) -> str:
    """Everything that came from outside is escaped."""
    row = sheet.row
    lines = [
        f"<h2 style='margin-bottom:2px'>{escape(row.theme)}</h2>",
        f"<p style='margin:0'><b>{escape(subject_of(row))}</b></p>",
        f"<p style='margin:4px 0 0 0'>{escape(opened(row))}</p>",
        f"<p style='margin:0'>{escape(row.company)} · adhérent n°{NBSP}{escape(row.member_number)} · "
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
