"""A small office for the tests of the Contact tab: two companies, three spaces, requests of every state."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from contract.catalogue import Catalogue
from contract.changes import Change
from contract.contact import AttachmentRecord, AwaitedDocument, MessageRecord, ReadMarkRecord, RequestRecord
from contract.portfolio import CompanyRecord, Me, RightLabel, SpaceRecord
from contract.wire import Record
from desktop.services.contact import Contact
from desktop.services.portfolio import Portfolio
from desktop.services.store import Store

NOW: Final = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)


def made_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012d}"


CLAIRE, MEHDI, JULIE = made_id(1), made_id(2), made_id(3)
MORVAN, KERLEO = made_id(11), made_id(12)
BREST, QUIMPER, LORIENT = made_id(21), made_id(22), made_id(23)
PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
CATALOGUE: Final = Path(__file__).parents[3] / "portal" / "catalogue.json"


def me(*, rights: tuple[str, ...] = ("contact", "leave", "allowances", "affiliation"), former: bool = True) -> Me:
    """Claire; the requests of Morvan's former space are under the smallest number, Quimper's."""
    return Me(
        person_id=CLAIRE,
        civility="Mme",
        first_name="Claire",
        last_name="Martin",
        email="claire.martin@morvan.example",
        companies=(
            CompanyRecord(MORVAN, "Ateliers Morvan SAS", "552100554", "104220", 3 if former else 0),
            CompanyRecord(KERLEO, "Kerléo Distribution", "443061841"),
        ),
        spaces=(
            SpaceRecord(BREST, MORVAN, "200311", "55210055400013", "Usine de Brest", rights, "Anne Le Gall"),
            SpaceRecord(QUIMPER, MORVAN, "104220", "55210055400021", "Siège de Quimper", rights, "Anne Le Gall"),
            SpaceRecord(LORIENT, KERLEO, "310077", "44306184100047", "", ("contact",), "Paul Kerléo"),
        ),
        rights=(
            RightLabel("contact", "Échanger avec un conseiller"),
            RightLabel("leave", "Déclarer un arrêt de travail"),
            RightLabel("allowances", "Indemnités journalières"),
            RightLabel("affiliation", "Affilier et radier des salariés"),
        ),
    )


def catalogue() -> Catalogue:
    return msgspec.convert(json.loads(CATALOGUE.read_text(encoding="utf-8")), Catalogue)


class World:
    """Feeds records to the subjects as sync would; each a later number."""

    def __init__(self, store: Store, contact: Contact, portfolio: Portfolio) -> None:
        self.store, self.contact, self.portfolio = store, contact, portfolio
        self._number = 0
        self._count = 100

    def sign_in(self, who: Me | None = None) -> None:
        with self.store.write("portfolio", "contact") as db:
            self.portfolio.take_in(db, who or me())
            self.portfolio.take_catalogue(db, catalogue())

    def put(self, *records: Record) -> None:
        """Applies requests, messages and read marks."""
        changes = [self._change(record) for record in records]
        with self.store.write("contact") as db:
            self.contact.apply(db, changes)

    def _change(self, record: Record) -> "Change[msgspec.Raw]":
        self._number += 1
        kind = {RequestRecord: "request", MessageRecord: "message", ReadMarkRecord: "read_mark"}[type(record)]
        name = record.message_id if isinstance(record, MessageRecord) else record.request_id  # type: ignore[attr-defined]
        return Change(self._number, kind, name, msgspec.Raw(msgspec.json.encode(record)))

    def new_id(self) -> str:
        self._count += 1
        return made_id(self._count)

    def request(
        self,
        number: str = "7611111",
        *,
        theme: str = "Mes prestations de prévoyance",
        topic: str = "Déclaration d\u2019un arrêt de travail",
        subject: str = "Justificatif IJSS manquant pour la période du 3 au 17 février",
        space: str = BREST,
        ago: timedelta = timedelta(),
        mine: bool = True,
        author: str = "Mehdi Benali",
        closed: bool = False,
        awaited: Sequence[str] = (),
        origin: str = "new",
        said: Sequence[tuple[str, str, timedelta]] = (),
        files: Sequence[AttachmentRecord] = (),
        fields: tuple[tuple[str, str], ...] = (),
        read: bool = True,
    ) -> str:
        """A request with its messages, `said` being (author, text, how long ago); answers its identifier."""
        request_id = self.new_id()
        moved = min((NOW - back for _, _, back in said), default=NOW - ago)
        last = max((NOW - back for _, _, back in said), default=NOW - ago)
        closing = ("document_awaited" if awaited else "done") if closed else None
        self.put(
            RequestRecord(
                request_id=request_id,
                space_id=space,
                file_number=number,
                topic="prevoyance.arret-de-travail",
                theme_label=theme,
                topic_label=topic,
                subject=subject,
                state="closed" if closed else "received",
                closing=closing,
                awaited=tuple(AwaitedDocument(self.new_id(), label) for label in awaited),
                origin=origin,
                author_id=CLAIRE if mine else MEHDI,
                author_name="Claire Martin" if mine else author,
                opened_at=moved,
                moved_at=last,
                state_version=1,
                fields=fields,
            ),
            *(
                MessageRecord(
                    message_id=self.new_id(),
                    request_id=request_id,
                    space_id=space,
                    position=position,
                    author="adviser" if who == "Julie Renaud" else "clerk",
                    author_id=JULIE if who == "Julie Renaud" else CLAIRE if who == "Claire Martin" else MEHDI,
                    author_name=who,
                    text=text,
                    sent_at=NOW - back,
                    attachments=tuple(files) if position == 1 else (),
                )
                for position, (who, text, back) in enumerate(said, 1)
            ),
            *([ReadMarkRecord(request_id, space, len(said))] if read else []),
        )
        return request_id

    def answer(self, request_id: str, text: str, position: int, ago: timedelta = timedelta()) -> None:
        """The adviser writes."""
        row = self.contact.sheet(request_id)
        assert row is not None
        self.put(
            MessageRecord(
                message_id=self.new_id(),
                request_id=request_id,
                space_id=row.row.space_id,
                position=position,
                author="adviser",
                author_id=JULIE,
                author_name="Julie Renaud",
                text=text,
                sent_at=NOW - ago,
            )
        )


def file(name: str, content: bytes, media_type: str = "application/pdf") -> AttachmentRecord:
    return AttachmentRecord(
        made_id(int(hashlib.sha256(content).hexdigest()[:8], 16)),
        name,
        media_type,
        len(content),
        hashlib.sha256(content).hexdigest(),
    )
