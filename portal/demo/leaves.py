"""Writes the leaves of the seeded world, and the terms of its contracts, as the portal's rules would have."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Table, insert

from contract.contact import AwaitedDocument
from contract.identity import is_nir
from contract.leave import LeaveFile, LeaveRecord, LeaveTerms, Prolongation
from portal.database import LEAVE_NUMBER, Transaction
from portal.demo.absences import Absence
from portal.demo.cast import Cast
from portal.demo.dice import Ids
from portal.files import Folder
from portal.leave import records
from portal.leave.terms import Terms
from portal.pdf import MARGIN, Page, bound
from portal.tables import contract_terms, leave_documents, leave_files, leaves, prolongations

FORMER_NUMBER: Final = 70_012_301
"""Of the first leave of the former space; those declared here follow the portal's own."""

_OWN_TERMS: Final = (
    (
        "0412878",
        "franchise_days",
        90,
        "2019-01-01",
        "Accord du 12 décembre 2018, art. 4 (cadres)\u00a0: franchise de 90 jours",
    ),
    (
        "0415520",
        "declaration_days",
        60,
        "2015-01-01",
        "Conditions particulières, art. 3\u00a0: 60 jours après la franchise",
    ),
    (
        "0415521",
        "declaration_days",
        60,
        "2015-01-01",
        "Conditions particulières, art. 3\u00a0: 60 jours après la franchise",
    ),
    (
        "0398241",
        "franchise_days",
        15,
        "2022-07-01",
        "Avenant n° 2 du 1er juin 2022, art. 1\u00a0: franchise de 15 jours",
    ),
)
"""(member number, term, days, since, source)"""


def write_terms(db: Connection, group: Cast) -> None:
    """The contracts whose terms are their own."""
    spaces = {space.member_number: space.space_id for space in group.spaces}
    rows = [
        {
            "space_id": spaces[number],
            "code": code,
            "value": value,
            "since": date.fromisoformat(since),
            "source": source.replace("n° ", "n°\u00a0").replace(" jours", "\u00a0jours"),
        }
        for number, code, value, since, source in _OWN_TERMS
        if number in spaces
    ]
    if rows:
        db.execute(insert(contract_terms), rows)


class LeaveWriter:
    """Writes leaves a group at a time. The feed is told by the transaction, each leave as it stands in the end."""

    def __init__(self, tx: Transaction, ids: Ids, terms: Terms, folder: Folder) -> None:
        self._tx, self._ids, self._terms, self._folder = tx, ids, terms, folder
        self._rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._held: dict[tuple[str, str, date], LeaveTerms] = {}
        self._former = FORMER_NUMBER

    def write(self, absences: Iterable[Absence], moment: datetime) -> dict[str, Absence]:
        """Answers the leaves by their number."""
        numbered = {}
        for absence in absences:
            numbered[self._write(absence, moment)] = absence
        return numbered

    def flush(self, first_paid: dict[str, datetime]) -> None:
        """Writes the rows; `first_paid`: when each number was first paid for."""
        for row in self._rows[leaves]:
            row["paid_at"] = first_paid.get(row["number"])
        for table in (leaves, prolongations, leave_documents, leave_files):
            if rows := self._rows.pop(table, []):
                self._tx.db.execute(insert(table), rows)

    def _write(self, absence: Absence, moment: datetime) -> str:
        record = self._told(absence, moment)
        self._add(record, absence)
        where = record.space_id, "leave", record.leave_id
        self._tx.change(*where, record, number=record.version, subject=records.FEED)
        return record.number

    def _told(self, absence: Absence, moment: datetime) -> LeaveRecord:
        story, space_id = absence.story, absence.space.space_id
        declared_at = _morning(min(absence.start + timedelta(days=3), moment.date()), moment)
        unsent = any("volet 3" in label for label in story.awaited)
        return LeaveRecord(
            leave_id=self._ids.new("leave"),
            space_id=space_id,
            number=self._number(absence),
            employee=absence.employee,
            motive=story.motive,
            last_day_worked=absence.start - timedelta(days=1),
            start=absence.start,
            expected_end=absence.expected_end,
            subrogation=story.subrogated,
            subrogation_from=absence.start if story.subrogated else None,
            subrogation_through=absence.start + timedelta(days=180) if story.subrogated else None,
            accident_on=absence.accident_on,
            relapse=story.relapse,
            prolongations=self._longer(absence, moment),
            returned_on=absence.returned_on,
            return_reason=story.back[0] if story.back else None,
            state=story.state,
            origin=absence.origin,
            awaited=tuple(AwaitedDocument(self._ids.new("leave document"), label) for label in story.awaited),
            files=() if unsent else (self._notice(absence, declared_at),),
            author_id=absence.author.person_id if absence.author else None,
            author_name=absence.author_name,
            declared_at=declared_at,
            moved_at=min(moment, declared_at + timedelta(days=9)),
            version=self._tx.number(space_id),
            terms=self._terms_of(absence),
        )

    def _longer(self, absence: Absence, moment: datetime) -> tuple[Prolongation, ...]:
        return tuple(
            Prolongation(self._ids.new("prolongation"), start, through, _morning(min(start, moment.date()), moment))
            for start, through in absence.prolongations
        )

    def _add(self, record: LeaveRecord, absence: Absence) -> None:
        """Its rows, as they lie in the tables."""
        if not is_nir(record.employee.nir):
            raise ValueError(record.employee.nir)
        state = record.state
        told = msgspec.structs.asdict(record)
        for name in ("employee", "prolongations", "awaited", "files", "terms"):
            told.pop(name)
        key = {"leave_id": record.leave_id}
        followed = state in ("followed", "ended") or bool(record.awaited)
        self._rows[leaves].append(
            {
                **told,
                **msgspec.structs.asdict(record.employee),
                "last_day": absence.last_day,
                "followed_at": record.moved_at if followed else None,
                "ended_at": record.moved_at if state == "ended" else None,
                "withdrawn_at": record.moved_at if state == "withdrawn" else None,
                "terms": msgspec.json.encode(record.terms).decode(),
            }
        )
        self._rows[prolongations] += [msgspec.structs.asdict(one) | key for one in record.prolongations]
        self._rows[leave_files] += [msgspec.structs.asdict(one) | key for one in record.files]
        self._rows[leave_documents] += [
            {"awaited_id": one.awaited_id, "place": place, "label": one.label, "asked_at": record.moved_at, **key}
            for place, one in enumerate(record.awaited)
        ]

    def _number(self, absence: Absence) -> str:
        if absence.story.former:
            self._former += 7
            return str(self._former)
        return str(self._tx.next_fact(LEAVE_NUMBER))

    def _terms_of(self, absence: Absence) -> LeaveTerms:
        key = absence.space.space_id, absence.story.motive, absence.start
        if key not in self._held:
            self._held[key] = self._terms.of_leave(self._tx.db, *key)
        return self._held[key]

    def _notice(self, absence: Absence, sent_at: datetime) -> LeaveFile:
        """The employer's slip of the notice: one specimen for all."""
        page = Page()
        page.text(MARGIN, 90, "Avis d’arrêt de travail", 16, bold=True)
        page.text(MARGIN, 114, "Volet 3, à adresser à l’employeur – spécimen", 11)
        page.paragraph(MARGIN, 150, "Ce volet ne porte aucune information médicale.", 400)
        kept = self._folder.keep("avis-arret-volet-3.pdf", bound("Avis d’arrêt de travail", [page]))
        return LeaveFile(
            attachment_id=self._ids.new("leave file"),
            name=kept.name,
            media_type=kept.media_type,
            size=kept.size,
            sha256=kept.sha256,
            document="avis",
            sent_at=sent_at,
            author_name=absence.author_name,
        )


def _morning(day: date, moment: datetime) -> datetime:
    """Nine o'clock of that day, or the moment of the world if that comes first."""
    return min(moment, datetime.combine(day, time(9, 0), moment.tzinfo))
