"""Leaves of the portal beside the files: what is declared longer than it is paid is a finding, and in the picture."""

from datetime import date
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.services.leave import Act
from desktop.services.review.anomalies import AnomalyKind
from desktop.views.allowances.findings import Findings
from desktop.views.allowances.picture import LeavePicture
from desktop.views.allowances.review import Review
from desktop.views.leave.page import LeavesPage
from tests.services.absences import a_leave, about, take
from tests.services.review import making_tables
from tests.services.review.making_tables import INSURER, Leave
from tests.views.conftest import Client
from tests.views.leave.test_tab import tab

__all__ = ["tab"]
D = date


@pytest.fixture
def paid(tmp_path: Path) -> Path:
    """An insurer's statement: fourteen days of November, of the employee whose leave goes on."""
    line = Leave("Lefèvre", "Anne", leave_start=D(2026, 10, 1), start=D(2026, 10, 4), end=D(2026, 10, 17))
    path = tmp_path / "releve.csv"
    path.write_bytes(making_tables.text([INSURER, making_tables.insurer_row(line)]))
    return path


def judged(review: Review, qtbot: QtBot) -> list[str]:
    qtbot.waitUntil(lambda: review.loader.settled and review.loader._keeper.idle, timeout=20_000)
    assert review.reviewed is not None
    return [one.explanation for one in review.reviewed.anomalies if one.kind is AnomalyKind.PROLONGATION]


def test_a_leave_that_goes_on_unpaid_is_found_and_forgotten_when_its_end_is_told(
    client: Client, tab: LeavesPage, paid: Path, qtbot: QtBot
) -> None:
    services = client.services
    leave = a_leave(client.world, last_day_worked=D(2026, 9, 30), start=D(2026, 10, 1), expected_end=D(2026, 12, 20))
    take(services.store, services.leaves, leave)
    client.workplace.open_files([paid])
    page = client.workplace.allowances.page
    assert page is not None
    review = page.review
    (told,) = judged(review, qtbot)
    assert "l’arrêt est prévu jusqu’au 20/12/2026, mais rien n’est payé après le 17/10/2026" in told

    review.parts.show_part("Points relevés")
    findings = review.part
    assert isinstance(findings, Findings)
    picture = findings.findChild(LeavePicture)
    assert picture is not None
    qtbot.waitUntil(lambda: "Fin prévue le 20/12/2026" in picture.strip.accessibleDescription(), timeout=10_000)

    client.workplace.show_space(client.world.space_ids[0])
    page.show_view(tab)
    services.leaves.send(about(Act.RETURN, leave, returned_on="2026-10-20", reason="01"), D(2026, 11, 24))
    page.show_view(review)
    qtbot.waitUntil(lambda: judged(review, qtbot) == [], timeout=20_000)
