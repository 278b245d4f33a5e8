"""Files that wishes name: sent before by the same person, and attached once under an identifier for ever."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select

from contract.contact import AttachmentRecord, NewAttachment
from contract.files import agrees, media_type, safe_name
from contract.forms import UNREADABLE, is_straight
from contract.wire import FieldError, ProblemKind
from portal.database import Transaction
from portal.problems import Refusal, invalid
from portal.tables import attachments, leave_files, uploads


def sent_files(tx: Transaction, person_id: str, named: Sequence[NewAttachment]) -> list[AttachmentRecord]:
    """The files that a wish names. Only who sent a file whole may attach it: to know a sum is not to own the file."""
    files = []
    for place, file in enumerate(named):
        mine = and_(uploads.c.person_id == person_id, uploads.c.sha256 == file.sha256, uploads.c.complete)
        sent = tx.db.execute(select(uploads.c.size, uploads.c.media_type).where(mine)).one_or_none()
        if sent is None or sent.size != file.size:
            raise Refusal(ProblemKind.FILE_MISSING, errors=(FieldError(f"attachments.{place}", "Ce fichier manque."),))
        name = f"attachments.{place}.name"
        if not is_straight(file.name):
            raise invalid(name, UNREADABLE)
        if not agrees(file.name, sent.media_type):
            sentence = "Le contenu de ce fichier n’est pas ce que son nom annonce."
            raise Refusal(ProblemKind.FILE_TYPE, errors=(FieldError(name, sentence),))
        kind = media_type(file.name) or sent.media_type
        files.append(AttachmentRecord(file.attachment_id, safe_name(file.name), kind, file.size, file.sha256))
    return files


def refuse_known(tx: Transaction, files: Iterable[AttachmentRecord]) -> None:
    """Identifiers are made by the client and unique for ever: one used before names another thing."""
    ids = [file.attachment_id for file in files]
    known = any(
        tx.db.execute(select(table.c.attachment_id).where(table.c.attachment_id.in_(ids))).first() is not None
        for table in ((attachments, leave_files) if ids else ())
    )
    if known or len(set(ids)) < len(ids):
        raise taken()


def taken() -> Refusal:
    return Refusal(ProblemKind.OTHER_WISH, "Un identifiant de cet envoi sert déjà à autre chose.")


def attached(sha256: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that the file of this sum is attached somewhere."""
    return or_(*(exists().where(table.c.sha256 == sha256) for table in (attachments, leave_files)))
