"""What the portal has shown of payments, in the review beside files: one history, nothing twice, nothing lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from contract.allowances import PaymentRecord
from desktop.services.allowances import Allowances
from desktop.services.problems import StoreFault
from desktop.services.review import payments as services_payments
from desktop.services.review.archive import State as Decided
from desktop.services.review.line import TITLES
from desktop.services.review.searching import Selection
from desktop.views.allowances.desk import Paid
from desktop.views.allowances.entries import PAYMENTS, Entry, State
from desktop.views.allowances.findings import Findings
from desktop.views.allowances.lines import Lines
from desktop.views.allowances.review import Review
from desktop.views.allowances.reviewed import PORTAL
from tests.views.allowances.conftest import Desktop
from tests.views.conftest import Watchdog
from tests.views.contact.conftest import office
from tests.views.contact.world import me
from tests.views.payments.conftest import Till, a_payment, till

__all__ = ["office", "till"]

LAST = datetime(2026, 11, 24, 9, 42, tzinfo=UTC)
FIRST, SECOND, OTHER = a_payment(1), a_payment(2), a_payment(3, "Le Goff", nir="281017512345622")


@pytest.fixture
def signed_in(desktop: Desktop, till: Till) -> Iterator[Desktop]:
    """A desktop of somebody with an account, her portal's payments in its real store."""
    told = till.allowances
    desktop.paid = Paid(told.extent, told.canonical, lambda: LAST, till.office.desk.bell)
    yield desktop
    desktop.close()


def portal(review: Review) -> Entry | None:
    return next((each for each in review.loader.entries if each.portal), None)


def an_export(folder: Path, *rows: PaymentRecord, name: str = "releve.csv") -> Path:
    """The same payments as a table of somebody's, with the headings that people use."""
    names = ("company", "person", "nir", "code", "label", "start", "end", "days", "gross", "levies", "net", "paid_on")
    lines = [";".join(TITLES[column] for column in (*names, "payee", "payer", "branch"))]
    for row in rows:
        levies = row.csg + row.crds + row.tax
        euros = [f"{cents // 100},{cents % 100:02d}" for cents in (row.gross, levies, row.net)]
        cells = ["55210055400013", f"{row.last_name} {row.first_name}", row.nir, row.code, row.label]
        days = [f"{day:%d/%m/%Y}" for day in (row.start, row.end) if day is not None]
        lines.append(
            ";".join(
                [*cells, *days, str(row.days), *euros, f"{row.paid_on:%d/%m/%Y}", "Entreprise", "Ponant", "Maladie"]
            )
        )
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_both_name_the_portals_payments_alike() -> None:
    assert PORTAL == services_payments.SOURCE


def test_payments_are_beside_the_files_and_count_once(signed_in: Desktop, till: Till, tmp_path: Path) -> None:
    till.pay(FIRST, SECOND, OTHER)
    review = signed_in.review()
    signed_in.open(review, an_export(tmp_path, FIRST, SECOND))
    entry, reviewed = portal(review), review.reviewed
    assert reviewed is not None
    assert entry is not None
    assert [file.name for file in reviewed.files] == ["Paiements du portail", "releve.csv"]
    assert (entry.state, entry.number) == (State.READ, 0)
    assert reviewed.totals.lines == 3, "what both have counts once"
    assert reviewed.totals.net == FIRST.net + SECOND.net + OTHER.net
    assert [place.name for place in reviewed.history.places(0, 1)] == ["Paiements du portail", "releve.csv"]
    assert review.files.list.model().index(0, 0).data() == "Paiements du portail"
    assert "1\u00a0fichier ·" in review.files._count.text() or review.files._count.text().startswith("1 fichier")


def test_without_an_account_nothing_is_there(desktop: Desktop, till: Till, tmp_path: Path) -> None:
    till.pay(FIRST)
    review = desktop.review()
    assert review.loader.entries == ()
    desktop.open(review, an_export(tmp_path, SECOND))
    assert review.reviewed is not None
    assert review.reviewed.totals.lines == 1


def test_without_files_they_can_be_looked_at_alone(signed_in: Desktop, till: Till) -> None:
    till.pay(FIRST, SECOND)
    review = signed_in.review()
    start = review._start
    assert start.isVisible(), "files can still be dropped"
    assert start.payments.text() == "Vérifier les 2 paiements du portail"
    start.payments.click()
    assert not start.isVisible()
    assert review.files.current is not None
    assert review.files.current.portal
    assert review.reviewed is not None
    assert review.reviewed.totals.lines == 2
    assert "2 lignes, à jour le 24 novembre 2026 à" in review.detail._kind.text().replace("\u00a0", " ")
    assert "même quand il ne le montre plus" in review.detail._verdict.text()


def test_without_payments_or_the_right_there_is_no_such_entry(signed_in: Desktop, till: Till) -> None:
    review = signed_in.review()
    assert review.loader.entries == ()
    assert not review._start.payments.isVisible()


def test_what_comes_by_sync_is_taken_in_and_the_place_kept(
    signed_in: Desktop, till: Till, tmp_path: Path, watchdog: Watchdog
) -> None:
    review = signed_in.review()
    signed_in.open(review, an_export(tmp_path, FIRST, SECOND))
    review.show_lines()
    lines = review.part
    assert isinstance(lines, Lines)
    signed_in.qtbot.waitUntil(lambda: lines.grid.rows.rowCount() == 2)
    lines.grid.go_to(1)
    row = lines.grid.current_key
    assert row is not None
    file = review.files.current
    assert file is not None
    before = review.reviewed
    watchdog.during(lambda: till.pay(replaced(OTHER, number=0), FIRST, SECOND))
    watchdog.until(lambda: review.reviewed is not before and review.loader.settled)
    assert review.reviewed is not None
    assert review.reviewed.totals.lines == 3
    assert review.files.current is not None
    assert review.files.current.name == file.name, "the same file is current, though it stands elsewhere"
    assert review.part is lines
    watchdog.until(lambda: lines.grid.rows.rowCount() == 3 and lines.grid.current_key is not None)
    assert lines.grid.current_key is not None
    (start,) = review.reviewed.sheet.find(_all()).lines(["start"])["start"].gather([lines.grid.current_key]).to_list()
    assert start == SECOND.start, "the same payment is current, though the portal's now stands for it"


def test_the_point_one_is_at_stays_when_others_come(signed_in: Desktop, till: Till) -> None:
    recovery = a_payment(5, "Durand", code="CIN", label="Trop-perçu", gross=-9_000, csg=0, crds=0, net=-9_000, days=0)
    till.pay(recovery)
    review = signed_in.review()
    review.show_payments()
    review.parts.show_part(next(each for each in review.parts if isinstance(each, Findings)))
    findings = review.part
    assert isinstance(findings, Findings)
    signed_in.qtbot.waitUntil(lambda: findings.list.table.current() is not None)
    current = findings.list.table.current()
    assert current is not None
    more = [
        replaced(
            recovery,
            number=6 + place,
            last_name=f"Avant {place}",
            nir=f"28101751234{place}{place}",
            gross=-90_000 - place,
            net=-90_000 - place,
        )
        for place in range(3)
    ]
    till.pay(
        *(replaced(each, payment_id=f"00000000-0000-7000-8000-00000000000{place}") for place, each in enumerate(more))
    )
    signed_in.qtbot.waitUntil(lambda: findings.list.rows.rowCount() >= 4)
    again = findings.list.table.current()
    assert again is not None
    assert again.key == current.key


def test_what_goes_with_the_right_leaves_the_review(signed_in: Desktop, till: Till, tmp_path: Path) -> None:
    till.pay(FIRST, OTHER)
    review = signed_in.review()
    signed_in.open(review, an_export(tmp_path, FIRST))
    assert review.reviewed is not None
    assert review.reviewed.totals.lines == 2
    with till.office.store.write("allowances") as db:
        till.allowances.apply(db, [till._change("me", "me", me(rights=("contact",)))])
    signed_in.qtbot.waitUntil(lambda: portal(review) is None and review.loader.settled)
    assert review.reviewed.totals.lines == 1 or review.reviewed is None
    signed_in.qtbot.waitUntil(lambda: review.reviewed is not None and review.reviewed.totals.lines == 1)


def test_they_are_no_file_to_be_taken_out_or_corrected(signed_in: Desktop, till: Till, tmp_path: Path) -> None:
    till.pay(FIRST)
    review = signed_in.review()
    signed_in.open(review, an_export(tmp_path, OTHER))
    review.files.go_to(PAYMENTS)
    signed_in.qtbot.keyClick(review.files.list, Qt.Key.Key_Delete)
    box = review.files.list.visualRect(review.files.list.currentIndex()).center()
    where = review.files.list.viewport().mapToGlobal(box)
    QApplication.sendEvent(review.files.list.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, box, where))
    assert not review.files.list.findChildren(QMenu)
    review.forget(PAYMENTS)
    review.correct(PAYMENTS, 1)
    assert QApplication.activeModalWidget() is None
    assert portal(review) is not None
    assert not review.detail._out.isVisible()
    assert review.loader.raw(PORTAL, 1) is None, "there is no text of it anywhere"


def test_a_line_says_that_it_is_the_portals(signed_in: Desktop, till: Till, tmp_path: Path) -> None:
    till.pay(FIRST)
    review = signed_in.review()
    signed_in.open(review, an_export(tmp_path, FIRST))
    review.show_lines()
    lines = review.part
    assert isinstance(lines, Lines)
    signed_in.qtbot.waitUntil(lambda: lines.grid.rows.rowCount() == 1)
    lines.grid.go_to(0)
    said = "Paiement montré par le portail, aussi ligne 2 de «\u00a0releve.csv\u00a0»"
    signed_in.qtbot.waitUntil(lambda: lines.detail._where.text() == said)


def test_a_store_that_cannot_be_read_leaves_the_files(signed_in: Desktop, till: Till, tmp_path: Path) -> None:
    def broken() -> tuple[int, str]:
        raise StoreFault("Le disque ne répond pas.")

    assert signed_in.paid is not None
    signed_in.paid = replace(signed_in.paid, extent=broken)
    review = signed_in.review()
    signed_in.open(review, an_export(tmp_path, FIRST))
    entry = portal(review)
    assert entry is not None
    assert entry.state is State.UNREADABLE
    assert review.reviewed is not None
    assert review.reviewed.totals.lines == 1


def test_a_decision_on_a_file_holds_when_the_portal_shows_the_same(
    signed_in: Desktop, till: Till, tmp_path: Path
) -> None:
    recovery = a_payment(5, "Durand", code="CIN", label="Trop-perçu", gross=-9_000, csg=0, crds=0, net=-9_000, days=0)
    till.pay(recovery)
    review = signed_in.review()
    reviewed = review.reviewed
    assert reviewed is not None
    (key,) = reviewed.keys
    review.loader.decide([key], Decided.DISPUTED, "Pas d’accord")
    signed_in.qtbot.waitUntil(lambda: bool(review.loader.reviewed and review.loader.reviewed.decisions))
    till.pay(replaced(FIRST, number=9))
    signed_in.qtbot.waitUntil(lambda: bool(review.reviewed and review.reviewed.totals.lines == 2))
    assert review.reviewed is not None
    assert review.reviewed.decisions[key].reason == "Pas d’accord"


def replaced(row: PaymentRecord, **more: object) -> PaymentRecord:
    return msgspec.structs.replace(row, **more)


def _all() -> Selection:
    return Selection()


def test_how_many_and_whether_others(till: Till) -> None:
    told: Allowances = till.allowances
    none = told.extent()
    till.pay(FIRST)
    one = told.extent()
    till.pay(FIRST)
    assert (none[0], one[0]) == (0, 1)
    assert told.extent() == one, "the same once more is the same"
    till.pay(SECOND)
    assert told.extent()[0] == 2
    assert told.extent()[1] != one[1]
    assert date(2026, 11, 3) in told.canonical()["paid_on"]
