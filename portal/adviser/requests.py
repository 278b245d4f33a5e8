"""The adviser's verbs about requests: reading them, answering, asking for documents, closing."""

import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, ScalarSelect, and_, select

from contract import limits
from contract.contact import Author, Closing, State
from contract.files import safe_name
from contract.forms import is_plain
from portal.adviser.desk import Complaint, Desk, document_label
from portal.contact import rules
from portal.contact.records import awaited
from portal.files import Folder
from portal.tables import attachments, companies, messages, requests, spaces
from portal.wording import many, moment, size, tell


def listing(desk: Desk) -> None:
    asked = desk.asked
    query = (
        select(requests, spaces.c.member_number)
        .join(spaces, spaces.c.space_id == requests.c.space_id)
        .order_by(requests.c.moved_at.desc(), requests.c.file_number.desc())
        .limit(asked.limit)
    )
    if asked.member:
        query = query.where(spaces.c.member_number == asked.member)
    if asked.unanswered:
        query = query.where(requests.c.state == State.RECEIVED, _last_author() == Author.CLERK)
    with desk.database.read() as db:
        rows = db.execute(query).all()
    for row in rows:
        state = _state(row)
        tell(f"{moment(row.moved_at)}  n°\u00a0{row.file_number}  adhérent {row.member_number}  {state}")
        tell(f"    {row.theme_label} › {row.topic_label} – {row.subject}")
        tell(f"    {row.author_name}, {many(row.message_count, 'message', 'messages')}")
    tell(many(len(rows), "demande", "demandes") if rows else "Aucune demande.")


def _last_author() -> ScalarSelect[str]:
    last = and_(messages.c.request_id == requests.c.request_id, messages.c.position == requests.c.message_count)
    return select(messages.c.author).where(last).scalar_subquery()


def _state(row: Row[Any]) -> str:
    if row.state == State.RECEIVED:
        return "demande reçue"
    return "document attendu" if row.closing == Closing.DOCUMENT_AWAITED else "demande close"


def showing(desk: Desk) -> None:
    import msgspec

    with desk.database.read() as db:
        request = _request(db, desk)
        tell(f"Dossier n°\u00a0{request.file_number} – {request.theme_label} › {request.topic_label}")
        tell(request.subject)
        tell(f"Adhérent {request.member_number}, {request.name}")
        tell(f"Émise le {moment(request.opened_at)} par {request.author_name}")
        tell(f"État\u00a0: {_state(request)}")
        for document in awaited.still(db, request.request_id):
            tell(f"Document attendu\u00a0: {document.label}")
        for label, value in msgspec.json.decode(request.fields, type=list[tuple[str, str]]):
            tell(f"  {label}\u00a0: {value}")
        told = select(messages).where(messages.c.request_id == request.request_id).order_by(messages.c.position)
        files = select(attachments).where(attachments.c.request_id == request.request_id)
        by_message: dict[str, list[Row[Any]]] = {}
        for file in db.execute(files.order_by(attachments.c.attachment_id)):
            by_message.setdefault(file.message_id, []).append(file)
        for message in db.execute(told):
            tell(f"\n{message.position}. {message.author_name}, {moment(message.sent_at)}")
            for line in message.text.splitlines():
                tell(f"   {line}".rstrip())
            for file in by_message.get(message.message_id, ()):
                tell(f"   Pièce jointe\u00a0: {file.name} ({size(file.size)}){_saved(desk, message.position, file)}")


def _saved(desk: Desk, position: int, file: Row[Any]) -> str:
    """Writes the file into the folder asked for, if one was; answers what to say of it."""
    folder: Path | None = desk.asked.save
    if folder is None:
        return ""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{position}-{safe_name(file.name)}"
    path.write_bytes(Folder(desk.settings.files).read(file.sha256, 0, file.size))
    return f" → {path}"


def _request(db: Connection, desk: Desk) -> Row[Any]:
    """The request of the number that was named."""
    query = (
        select(requests, spaces.c.member_number, companies.c.name)
        .join(spaces, spaces.c.space_id == requests.c.space_id)
        .join(companies, companies.c.company_id == spaces.c.company_id)
        .where(requests.c.file_number == desk.number)
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise Complaint(f"Il n’y a pas de dossier n°\u00a0{desk.asked.number}.", "Cherchez-le avec «\u00a0list\u00a0».")
    return row


# Answering


def replying(desk: Desk) -> None:
    text = _text(desk.asked.text)
    if not text and not desk.asked.file:
        raise Complaint("Il n’y a rien à envoyer.", "Écrivez un texte ou joignez un fichier avec --file.")
    files = desk.files()
    with desk.writing() as (tx, adviser):
        request = _request(tx.db, desk)
        rules.reply(tx, adviser, request.request_id, text, files)
    tell(f"Réponse envoyée dans le dossier n°\u00a0{request.file_number}.")


def asking(desk: Desk) -> None:
    label = document_label(desk.asked.label)
    text = _text(desk.asked.text) or f"Pour poursuivre, il nous faut le document suivant\u00a0: {label}."
    files = desk.files()
    with desk.writing() as (tx, adviser):
        request = _request(tx.db, desk)
        rules.ask_document(tx, adviser, request.request_id, text, [label], files)
    tell(f"Dossier n°\u00a0{request.file_number} clos dans l’attente du document\u00a0: {label}.")


def closing(desk: Desk) -> None:
    text = _text(desk.asked.text)
    files = desk.files()
    with desk.writing() as (tx, adviser):
        request = _request(tx.db, desk)
        rules.close(tx, adviser, request.request_id, text, files)
    tell(f"Dossier n°\u00a0{request.file_number} clos.")


def _text(given: str) -> str:
    """What was typed, or the standard input for « - »."""
    text = (sys.stdin.read() if given == "-" else given).strip()
    if len(text) > limits.TEXT_CHARACTERS or not is_plain(text):
        raise Complaint("Ce texte ne convient pas.", f"{limits.TEXT_CHARACTERS} caractères lisibles au plus.")
    return text
