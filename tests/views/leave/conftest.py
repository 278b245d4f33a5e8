"""The view of leaves on a real store, a real outbox and a real shelf; only the portal is far away."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from contract.changes import Change
from contract.contact import AwaitedDocument, Origin
from contract.identity import new_id
from contract.leave import (
    Employee,
    LeaveFile,
    LeaveRecord,
    LeaveState,
    Prolongation,
    SpaceTerms,
)
from desktop.services.leave import Leave, LeaveRow
from desktop.views.leave.desk import Desk
from desktop.views.leave.page import LeavesPage
from desktop.views.table import rest
from portal.leave.terms import terms
from tests.services.absences import TERMS
from tests.views.contact.conftest import Office, office
from tests.views.contact.world import BREST, CLAIRE, LORIENT, NOW, QUIMPER

__all__ = ["office"]
D = date
NOVEMBER, NOVEMBER_30 = D(2026, 11, 2), D(2026, 11, 30)


@dataclass
class Ward:
    """All that a test may look at. `written` is what was handed to Contact, `paid` what is known to be paid."""

    office: Office
    leaves: Leave
    desk: Desk
    written: list[tuple[str, dict[str, str], str | None]] = field(default_factory=list)
    paid: dict[str, list[tuple[date, date]]] = field(default_factory=dict)
    _number: int = 10

    def put(self, *records: LeaveRecord) -> None:
        changes = []
        for record in records:
            self._number += 1
            changes.append(Change(self._number, "leave", record.leave_id, msgspec.Raw(msgspec.json.encode(record))))
        with self.office.store.write("leave") as db:
            self.leaves.apply(db, changes)

    def row(self, leave_id: str) -> LeaveRow:
        key = self.leaves.key_of(leave_id)
        assert key is not None
        return self.leaves.rows([key])[0]


def a_leave(
    last: str = "Lefèvre",
    first: str = "Anne",
    start: date = NOVEMBER,
    end: date = NOVEMBER_30,
    **told: object,
) -> LeaveRecord:
    record = LeaveRecord(
        leave_id=new_id(), space_id=BREST, number="82000001",
        employee=Employee("A-042", last, first, "295109912611193"), motive="01", last_day_worked=start - timedelta(1),
        start=start, expected_end=end, state=LeaveState.FOLLOWED, author_id=CLAIRE, author_name="Claire Martin",
        declared_at=NOW, moved_at=NOW, version=7, terms=TERMS,
    )  # fmt: skip
    return msgspec.structs.replace(record, **told)


def leaves_of_all_kinds() -> tuple[LeaveRecord, ...]:
    """Prolonged with a gap and returned; awaited; former; coming; ended; withdrawn."""
    longer = (
        Prolongation(new_id(), D(2026, 10, 1), D(2026, 10, 20), NOW),
        Prolongation(new_id(), D(2026, 10, 23), D(2026, 11, 30), NOW),
    )
    file = LeaveFile(
        new_id(), "avis.pdf", "application/pdf", 90_210, "c" * 64, document="avis", sent_at=NOW,
        author_name="Claire Martin",
    )  # fmt: skip
    return (
        a_leave(start=D(2026, 8, 17), end=D(2026, 9, 30), prolongations=longer, returned_on=D(2026, 11, 16),
                return_reason="02", state=LeaveState.ENDED, files=(file,), subrogation=True,
                subrogation_from=D(2026, 8, 20), subrogation_through=D(2027, 2, 28)),
        a_leave("Garcia", "Hugo", D(2026, 11, 9), D(2026, 12, 20), number="82000002", motive="06",
                accident_on=D(2026, 11, 8), state=LeaveState.DOCUMENT_AWAITED,
                awaited=(AwaitedDocument(new_id(), "Déclaration d’accident du travail ou de trajet"),)),
        a_leave("Bérenger", "Noémie", D(2026, 9, 1), D(2026, 11, 15), number="70012304", origin=Origin.FORMER),
        a_leave("Müller", "Zoé", D(2026, 12, 21), D(2027, 4, 11), number="82000004", motive="02",
                state=LeaveState.DECLARED, space_id=QUIMPER),
        a_leave("Roux", "Loïc", D(2026, 3, 2), D(2026, 3, 20), number="82000005", state=LeaveState.ENDED),
        a_leave("Petit", "Inès", D(2026, 2, 2), D(2026, 2, 6), number="82000006", state=LeaveState.WITHDRAWN),
    )  # fmt: skip


@pytest.fixture
def ward(office: Office) -> Ward:
    leaves = Leave(office.store, office.outbox, office.shelf)
    spaces = tuple(SpaceTerms(space_id, TERMS) for space_id in (BREST, QUIMPER, LORIENT))
    catalogue = msgspec.structs.replace(terms().catalogue, spaces=spaces)
    with office.store.write("leave") as db:
        raw = msgspec.Raw(msgspec.json.encode(catalogue))
        leaves.apply(db, [Change(0, "leave_catalogue", "leave_catalogue", raw)])
    written: list[tuple[str, dict[str, str], str | None]] = []
    paid: dict[str, list[tuple[date, date]]] = {}

    def write(topic: str, fields: dict[str, str], space_id: str | None) -> None:
        written.append((topic, fields, space_id))

    def of(row: LeaveRow) -> Iterable[tuple[date, date]]:
        return paid.get(row.leave_id, ())

    return Ward(office, leaves, Desk(leaves, office.desk, write, of), written, paid)


@pytest.fixture
def page(ward: Ward, qtbot: QtBot) -> Iterator[LeavesPage]:
    """The view in a window of 1072 × 740, which is what the rail leaves of 1280."""
    made = LeavesPage(ward.desk)
    qtbot.addWidget(made)
    made.resize(1072, 740)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    rest(made)  # as the window does, before the store it reads is closed


@pytest.fixture
def listed(ward: Ward, page: LeavesPage, qtbot: QtBot) -> Callable[[int], None]:
    """Waits until so many leaves are listed."""

    def wait(number: int) -> None:
        qtbot.waitUntil(lambda: page.list.table.rows.rowCount() == number)

    return wait
