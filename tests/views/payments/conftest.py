"""The view of payments on a real store, a real outbox and a real shelf; only the portal is far away."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from contract.allowances import ExportRecord, ExportState, PaymentRecord, PaymentsPage, PaymentsRecord
from contract.changes import Change
from contract.identity import new_id
from desktop.services.allowances import Allowances
from desktop.views.payments.desk import Desk
from desktop.views.payments.page import PaymentsPage as Page
from tests.views.contact.conftest import Office, office
from tests.views.contact.world import BREST, NOW

__all__ = ["office"]


@dataclass
class Till:
    """All that a test may look at. `reviewed` is what was opened in the review."""

    office: Office
    allowances: Allowances
    desk: Desk
    reviewed: list[tuple[str, Callable[[], bytes]]] = field(default_factory=list)
    _number: int = 0

    def pay(self, *rows: PaymentRecord, space_id: str = BREST) -> None:
        last = max(row.number for row in rows)
        head = PaymentsRecord(space_id, last, rows[-1].paid_on)
        columns = PaymentRecord.__struct_fields__
        page = PaymentsPage(space_id, date(2026, 8, 24), last, more=False, columns=columns, rows=rows, insurer="Ponant")
        with self.office.store.write("allowances") as db:
            self.allowances.apply(db, [self._change("payments", space_id, head)])
            self.allowances.take_page(db, page)

    def tell(self, *records: ExportRecord) -> None:
        with self.office.store.write("allowances") as db:
            self.allowances.apply(db, [self._change("export", record.export_id, record) for record in records])

    def _change(self, kind: str, name: str, record: msgspec.Struct) -> Change[msgspec.Raw]:
        self._number += 1
        return Change(self._number, kind, name, msgspec.Raw(msgspec.json.encode(record)))


def a_payment(number: int = 1, last_name: str = "Lefèvre", **more: object) -> PaymentRecord:
    start = date(2026, 10, 1) + timedelta(days=14 * number)
    told: dict[str, object] = {
        "number": number,
        "payment_id": new_id(),
        "transfer_id": new_id(),
        "leave_number": f"8200{number:04d}",
        "matricule": f"M{number}",
        "last_name": last_name,
        "first_name": "Anne",
        "nir": "295109912611193",
        "branch": "AS",
        "code": "IJNOR",
        "label": "I.J. normales",
        "sense": "payment",
        "leave_start": date(2026, 10, 1),
        "start": start,
        "end": start + timedelta(days=13),
        "days": 14,
        "rate": 325_100,
        "gross": 45_514,
        "csg": 2_828,
        "crds": 224,
        "tax": 0,
        "net": 42_462,
        "payee": "employer",
        "paid_on": date(2026, 11, number % 20 + 1),
        "reference": f"R-2026-{number:07d}",
    }
    return msgspec.convert(list((told | more).values()), PaymentRecord)


def an_export(state: ExportState = ExportState.READY, content: bytes = b"", **more: object) -> ExportRecord:
    told: dict[str, object] = {
        "export_id": new_id(),
        "space_id": BREST,
        "space_ids": (BREST,),
        "format": "csv",
        "state": state.value,
        "asked_at": NOW,
    }
    if state is ExportState.READY:
        told |= {
            "ready_at": NOW,
            "expires_at": NOW + timedelta(days=7),
            "name": "Indemnites_ancien_espace_2026-11-24.csv",
            "media_type": "text/csv",
            "size": len(content) or 12_000,
            "sha256": hashlib.sha256(content).hexdigest(),
            "lines": 2_000,
        }
    return ExportRecord(**(told | more))  # type: ignore[arg-type]


@pytest.fixture
def till(office: Office) -> Till:
    allowances = Allowances(office.store, office.outbox, office.shelf)
    reviewed: list[tuple[str, Callable[[], bytes]]] = []
    desk = Desk(allowances, office.desk, lambda name, content: reviewed.append((name, content)))
    return Till(office, allowances, desk, reviewed)


@pytest.fixture
def page(till: Till, qtbot: QtBot) -> Page:
    """As in a window of 1280 × 800."""
    made = Page(till.desk)
    qtbot.addWidget(made)
    made.resize(1072, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made
