"""Many lines are searched and summed before they are judged: what is typed meanwhile stays, and no part says of what
is still looked for that there is nothing."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtWidgets import QWidget

from desktop.services.problems import StoreFault
from desktop.services.review import anomalies
from desktop.views.allowances import glimpse
from desktop.views.allowances.criteria import Criteria
from desktop.views.allowances.findings import Findings
from desktop.views.allowances.giving import Giving
from desktop.views.allowances.hands import Course, Read
from desktop.views.allowances.lines import Lines
from desktop.views.allowances.people import People
from desktop.views.allowances.review import Review
from tests.services.review import making_tables
from tests.views.allowances.conftest import Desktop
from tests.views.walking import slips, unnamed, visible_strings

P = TypeVar("P", bound=QWidget)


class Search:
    """For what is odd: it finds nothing before it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free = threading.Event()
        self.fault: Exception | None = None
        real = anomalies.findings

        def findings(*about: Any) -> Any:  # noqa: ANN401 - as the one it stands before
            self.free.wait(20)
            if self.fault is not None:
                raise self.fault
            return real(*about)

        monkeypatch.setattr(anomalies, "findings", findings)


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> Search:
    monkeypatch.setattr(glimpse, "LONG", 100)
    monkeypatch.setattr(glimpse, "MANY", 10)
    return Search(monkeypatch)


def part(review: Review, kind: type[P]) -> P:
    return next(each for each in review.parts if isinstance(each, kind))


def until_at_hand(desktop: Desktop, review: Review, path: Path) -> Lines:
    """The lines of a file stand in the table, and nobody has judged them."""
    review.give([path])
    desktop.qtbot.waitUntil(lambda: review.reviewed is not None)
    lines = part(review, Lines)
    desktop.qtbot.waitUntil(lambda: lines.isVisible() and lines.grid.rows.at_hand(0) is not None)
    assert review.reviewed is not None
    assert not review.reviewed.judged
    return lines


def typed(desktop: Desktop, lines: Lines, text: str) -> None:
    with desktop.qtbot.waitSignal(lines.search.settled):
        lines.search.setText(text)
    desktop.qtbot.waitUntil(lambda: desktop.later.idle)


def said(widget: QWidget) -> list[str]:
    return [text for _, text in visible_strings(widget)]


def shown(rows: Any) -> Sequence[int]:  # noqa: ANN401 - rows of any table
    return list(rows.ids)


def marked(lines: Lines) -> set[int]:
    """Rows of the sheet that have the sign of an anomaly."""
    seen = (lines.grid.rows.at_hand(at) for at in range(lines.grid.rows.rowCount()))
    return {row.key for row in seen if row is not None and row.marked}


def test_what_is_typed_and_chosen_meanwhile_stays(desktop: Desktop, files: Path, search: Search) -> None:
    review = desktop.review()
    lines = until_at_hand(desktop, review, files / "janvier")
    assert lines.grid.rows.rowCount() == 48
    assert not lines.sums.updating.isVisible(), "no other lines are coming"
    typed(desktop, lines, "dupont")
    lines.grid.sort_by("net", descending=True)
    desktop.qtbot.waitUntil(lambda: desktop.later.idle and lines.grid.rows.rowCount() < 48)
    lines.grid.go_to(3)
    before, current, sheet = shown(lines.grid.rows), lines.grid.current_key, lines._of
    assert len(before) > 4
    assert not marked(lines)
    review.parts.show_part("Synthèse")
    people = part(review, People)
    desktop.qtbot.waitUntil(lambda: people.grid.rows.rowCount() > 0)

    search.free.set()
    desktop.settle(review)
    desktop.qtbot.waitUntil(lambda: desktop.later.idle)
    assert review.reviewed is not None
    assert review.reviewed.judged
    assert sheet is not None
    assert review.reviewed.sheet is sheet.sheet
    assert people.isVisible(), "the part one is in stays"
    review.parts.show_part(lines)
    desktop.qtbot.waitUntil(lambda: lines.grid.rows.at_hand(0) is not None and desktop.later.idle)
    assert lines.search.text() == "dupont"
    assert (lines.grid.order, lines.grid.descending) == ("net", True)
    assert shown(lines.grid.rows) == before
    assert lines.grid.current_key == current
    odd = {row for one in review.reviewed.anomalies for row in one.rows} & set(before)
    assert odd
    desktop.qtbot.waitUntil(lambda: marked(lines) == odd)


def test_the_points_and_what_tells_them_say_that_they_are_still_looked_for(
    desktop: Desktop, files: Path, search: Search
) -> None:
    review = desktop.review()
    until_at_hand(desktop, review, files / "janvier")
    points, giving = part(review, Findings), part(review, Giving)
    review.parts.show_part(points)
    points.list.search.setText("dupont")
    points.list.changed.emit()
    desktop.qtbot.waitUntil(lambda: desktop.later.idle)
    assert points.list.empty.isVisible()
    assert "Vérification en cours…" in said(points.list.empty)
    texts = [points.list.verdicts.itemText(at) for at in range(points.list.verdicts.count())]
    assert not any("(" in text for text in texts), "nobody knows how many"
    points.list.search.clear()
    review.parts.show_part(giving)
    waiting = (giving.report.print, giving.report.workbook, giving.letter.write, giving.letter.save)
    assert not any(button.isEnabled() for button in waiting)
    assert all("Vérification en cours" in button.toolTip() for button in waiting)
    assert giving.payroll.button.isEnabled(), "lines are all that it takes"
    review.print_current()
    assert review.notice.sentence == "Le rapport pourra être imprimé dès que la vérification sera terminée."
    assert not unnamed(review)
    assert not [text for text in said(review) if slips(text)]

    search.free.set()
    desktop.settle(review)
    review.parts.show_part(points)
    desktop.qtbot.waitUntil(lambda: points.list.rows.rowCount() > 0)
    assert points.list.table.isVisible()
    assert giving.report.print.isEnabled()
    assert not giving.report.print.toolTip()
    assert review.reviewed is not None
    assert points.list.verdicts.itemText(4) == f"Tous ({len(review.reviewed.keys)})"


def test_lines_of_an_anomaly_are_said_to_be_coming(desktop: Desktop, files: Path, search: Search) -> None:
    """The filter is kept from one run to the next: it must not make the file look empty."""
    review = desktop.review()
    part(review, Lines).filters.set_criteria(Criteria(odd=True))
    review.give([files / "janvier"])
    lines = part(review, Lines)
    desktop.qtbot.waitUntil(lambda: "Vérification en cours…" in said(lines.empty))
    assert review.reviewed is not None
    search.free.set()
    desktop.settle(review)
    desktop.qtbot.waitUntil(lambda: lines.grid.isVisible() and lines.grid.rows.rowCount() > 0)


def test_another_file_and_annuler_meanwhile(desktop: Desktop, files: Path, search: Search) -> None:
    review = desktop.review()
    lines = until_at_hand(desktop, review, files / "janvier")
    typed(desktop, lines, "dupont")
    found = lines.grid.rows.rowCount()
    other = files / "autre.csv"
    other.write_bytes(making_tables.text([list(row) for row in making_tables.insurer(making_tables.leaves(20))]))
    review.give([other])
    desktop.qtbot.waitUntil(lambda: review.loader.can_stop)
    review.loader.stop_reading()
    assert review.loader.said == "Ouverture annulée."
    assert lines.grid.rows.rowCount() == found, "what is there can be searched on"
    search.free.set()
    desktop.settle(review)
    desktop.qtbot.waitUntil(lambda: desktop.later.idle)
    assert review.reviewed is not None
    assert review.reviewed.judged
    assert [file.name for file in review.reviewed.files] == ["releve.csv"]
    assert review.reviewed.keys
    assert (lines.search.text(), lines.grid.rows.rowCount()) == ("dupont", found)

    desktop.open(review, other)
    assert len(review.reviewed.files) == 2


def test_a_file_taken_out_meanwhile_does_not_come_back(desktop: Desktop, files: Path, search: Search) -> None:
    review = desktop.review()
    until_at_hand(desktop, review, files / "janvier")
    assert review.reviewed is not None
    those: list[Read] = []
    course = Course(early=(those, review.reviewed))
    assert course.early_of(list(those)) is None, "of files that are no more those"
    review.loader.forget(review.loader.entries[0].ticket)
    search.free.set()
    desktop.settle(review)
    assert review.reviewed is None


def test_points_that_are_known_stay_while_others_are_looked_for(desktop: Desktop, files: Path, search: Search) -> None:
    search.free.set()
    review = desktop.review()
    desktop.open(review, files / "bpij.zip")
    before = review.reviewed
    search.free.clear()
    seen = []
    review.loader.moved.connect(lambda: seen.append(review.loader.reviewed is before))
    review.give([files / "janvier"])
    desktop.qtbot.waitUntil(lambda: bool(review.loader._course.early) or review.loader._judging)
    rung = len(seen)
    desktop.qtbot.waitUntil(lambda: len(seen) > rung + 4)
    assert all(seen)
    search.free.set()
    desktop.settle(review)
    assert review.reviewed is not None
    assert len(review.reviewed.files) == 2


def test_a_short_file_is_judged_in_one_go(desktop: Desktop, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = Search(monkeypatch)
    review = desktop.review()
    seen = []
    review.loader.moved.connect(lambda: seen.append(review.loader.reviewed))
    review.give([files / "janvier"])
    desktop.qtbot.waitUntil(lambda: review.loader._judging and len(seen) > 5)
    search.free.set()
    desktop.settle(review)
    assert all(each is None or each.judged for each in seen)


def test_what_could_not_be_judged_is_not_waited_for(desktop: Desktop, files: Path, search: Search) -> None:
    review = desktop.review()
    lines = until_at_hand(desktop, review, files / "janvier")
    search.fault = StoreFault("Le disque est plein.")
    search.free.set()
    desktop.settle(review)
    points = part(review, Findings)
    review.parts.show_part(points)
    assert "La vérification n’a pas abouti" in said(points.list.empty)
    assert review.notice.sentence == "Le disque est plein."
    assert lines.grid.rows.rowCount() == 48
