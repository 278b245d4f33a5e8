"""The adviser's verbs about leaves: reading them, taking them up, asking for documents, ending them, paying."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from contract.allowances import Payee
from contract.contact import Origin
from contract.leave import LeaveRecord, LeaveState
from contract.periods import prescribed_end, said, spoken
from portal.adviser.desk import Complaint, Desk, document_label
from portal.allowances import payments
from portal.allowances.sheets import euros
from portal.catalogue import themes
from portal.leave import records, rules
from portal.tables import leaves, spaces
from portal.wording import Parser, many, moment, tell

_STATES: Final = {
    LeaveState.DECLARED: "déclaré",
    LeaveState.FOLLOWED: "suivi",
    LeaveState.DOCUMENT_AWAITED: "document attendu",
    LeaveState.ENDED: "clos",
    LeaveState.WITHDRAWN: "retiré",
}
_QUERY: Final = select(leaves, spaces.c.member_number).join(spaces, spaces.c.space_id == leaves.c.space_id)
_RATE: Final = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{1,4}))?")
_DAY: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


def add_verbs(verb: Callable[[str, str], Parser]) -> None:
    listing = verb("leaves", "les arrêts, les derniers mus d’abord")
    listing.add_argument("--member", metavar="ADHÉRENT", help="ceux d’un adhérent")
    listing.add_argument(
        "--state", choices=[state.value for state in LeaveState], metavar="ÉTAT", help=", ".join(LeaveState)
    )
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="combien au plus (20)")
    for name, told in (
        ("leave", "un arrêt, avec ses dates et ses documents"),
        ("follow", "prendre un arrêt en charge"),
        ("end", "clore un arrêt"),
    ):
        _numbered(verb(name, told))
    asking = _numbered(verb("ask-document", "attendre des documents pour un arrêt"))
    asking.add_argument("labels", nargs="+", metavar="DOCUMENT")
    paying = _numbered(verb("pay", "verser des indemnités, ou annuler un versement"))
    paying.add_argument("--from", dest="start", required=True, metavar="JJ/MM/AAAA", help="le premier jour")
    paying.add_argument("--through", dest="end", required=True, metavar="JJ/MM/AAAA", help="le dernier jour, compris")
    paying.add_argument("--rate", required=True, metavar="EUROS", help="par jour, 32,51 par exemple")
    paying.add_argument("--to", choices=list(Payee), default=Payee.EMPLOYER, metavar="QUI", help="employer ou employee")
    paying.add_argument("--cancel", action="store_true", help="annule un versement de ces jours à ce taux")


def _numbered(verb: Parser) -> Parser:
    verb.add_argument("number", metavar="ARRÊT", help="son numéro")
    return verb


# Reading


def _leaves(desk: Desk) -> None:
    asked = desk.asked
    query = _QUERY.order_by(leaves.c.moved_at.desc(), leaves.c.number.desc()).limit(asked.limit)
    if asked.member:
        query = query.where(spaces.c.member_number == asked.member)
    if asked.state:
        query = query.where(leaves.c.state == asked.state)
    with desk.database.read() as db:
        rows = db.execute(query).all()
    for row in rows:
        state = _STATES[LeaveState(row.state)] + (", ancien espace" if row.origin == Origin.FORMER else "")
        tell(f"{moment(row.moved_at)}  n°\u00a0{row.number}  adhérent {row.member_number}  {state}")
        tell(f"    {row.last_name} {row.first_name}, {said(row.start, row.last_day)}, motif {row.motive}")
    tell(many(len(rows), "arrêt", "arrêts") if rows else "Aucun arrêt.")


def _leave(desk: Desk) -> None:
    with desk.database.read() as db:
        row = _one(db, desk)
        leave = records.leave_record(db, row.leave_id)
    motive = themes().leaves.catalogue.motive(leave.motive)
    tell(f"Arrêt n°\u00a0{leave.number} – {motive.label if motive else leave.motive}")
    tell(f"Adhérent {row.member_number}, {leave.employee.last_name} {leave.employee.first_name}")
    tell(f"Déclaré le {moment(leave.declared_at)} par {leave.author_name}")
    tell(f"État\u00a0: {_STATES[LeaveState(leave.state)]}")
    tell(f"Prescrit {said(leave.start, leave.expected_end)}")
    for one in leave.prolongations:
        tell(f"  prolongé {said(one.start, one.through)}")
    _tell_end(leave)
    for document in leave.awaited:
        tell(f"Document attendu\u00a0: {document.label}")
    for file in leave.files:
        tell(f"Pièce jointe\u00a0: {file.name}")


def _tell_end(leave: LeaveRecord) -> None:
    if leave.subrogation and leave.subrogation_through is not None:
        tell(f"Subrogation jusqu’au {spoken(leave.subrogation_through)}")
    if leave.returned_on is not None:
        tell(f"Reprise le {spoken(leave.returned_on)}")
    elif leave.prolongations:
        tell(f"Fin prévue le {spoken(prescribed_end(leave))}")


# Acting


def _follow(desk: Desk) -> None:
    with desk.writing() as (tx, adviser):
        row = _one(tx.db, desk)
        rules.follow(tx, adviser, row.leave_id)
    tell(f"Arrêt n°\u00a0{row.number} pris en charge.")


def _end(desk: Desk) -> None:
    with desk.writing() as (tx, adviser):
        row = _one(tx.db, desk)
        rules.end(tx, adviser, row.leave_id)
    tell(f"Arrêt n°\u00a0{row.number} clos.")


def _ask_document(desk: Desk) -> None:
    labels = [document_label(label) for label in desk.asked.labels]
    with desk.writing() as (tx, adviser):
        row = _one(tx.db, desk)
        rules.ask_documents(tx, adviser, row.leave_id, labels)
    tell(f"Arrêt n°\u00a0{row.number}\u00a0: {many(len(labels), 'document attendu', 'documents attendus')}.")


def _pay(desk: Desk) -> None:
    asked = desk.asked
    start, end, rate = _day(asked.start), _day(asked.end), _rate(asked.rate)
    with desk.writing() as (tx, adviser):
        row = _one(tx.db, desk)
        motive = themes().leaves.catalogue.motive(row.motive)
        branch = motive.branch if motive else ""
        line = payments.of_leave(row, start, end, rate, branch=branch, cancelled=asked.cancel)
        transfer = payments.pay(tx, adviser, row.space_id, asked.to, [line])
    verb = "Annulé" if asked.cancel else "Versé"
    tell(f"{verb}\u00a0: {euros(line.net)}\u00a0€ net pour l’arrêt n°\u00a0{row.number}, relevé {transfer.reference}.")


def _one(db: Connection, desk: Desk) -> Row[Any]:
    """The leave of the number that was named."""
    row = db.execute(_QUERY.where(leaves.c.number == desk.number)).one_or_none()
    if row is None:
        raise Complaint(f"Il n’y a pas d’arrêt n°\u00a0{desk.asked.number}.", "Cherchez-le avec «\u00a0leaves\u00a0».")
    return row


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError:
        raise Complaint(f"«\u00a0{text}\u00a0» n’est pas une date.", "Écrivez-la JJ/MM/AAAA.") from None


def _rate(text: str) -> int:
    found = _RATE.fullmatch(text)
    if found is None:
        raise Complaint(f"«\u00a0{text}\u00a0» n’est pas un montant.", "Écrivez par exemple 32,51.")
    return int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))


VERBS: Final[Mapping[str, Callable[[Desk], None]]] = {
    "leaves": _leaves,
    "leave": _leave,
    "follow": _follow,
    "end": _end,
    "ask-document": _ask_document,
    "pay": _pay,
}
