"""A long file: its first lines are seen long before all of it is read, and make room for the table of all lines."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from desktop.views.allowances import glimpse, hands
from desktop.views.allowances.glimpse import COLUMNS
from desktop.views.allowances.page import AllowancesPage
from desktop.views.allowances.reviewed import Reviewed
from tests.views.allowances.conftest import Desktop


class Held:
    """What was read is not put together before it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free = threading.Event()
        real = hands.judged

        def judged(
            shelf: hands.Shelf, reads: Sequence[hands.Read], beside: hands.Beside, course: hands.Course
        ) -> Reviewed | None:
            self.free.wait(20)
            return real(shelf, reads, beside, course)

        monkeypatch.setattr(hands, "judged", judged)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    monkeypatch.setattr(glimpse, "LONG", 100)
    monkeypatch.setattr(glimpse, "MANY", 10)
    return Held(monkeypatch)


def test_the_first_lines_are_seen_while_all_is_being_read(desktop: Desktop, files: Path, held: Held) -> None:
    review = desktop.review()
    review.give([files / "janvier"])
    desktop.qtbot.waitUntil(lambda: review.first.isVisible() and review.first.shows)
    rows, names = review.first.rows, [name for name, _, _ in COLUMNS]
    assert rows.rows.rowCount() == 48
    desktop.qtbot.waitUntil(lambda: str(rows.rows.index(0, 0).data()) == "2")
    assert rows.rows.index(0, names.index("gross")).data()
    assert review.first in review.panes()
    held.free.set()
    desktop.settle(review)
    assert not review.first.isVisible()
    assert review.part.accessibleName() == "Lignes", "the lines stay under one's eyes"
    assert review.reviewed is not None
    assert review.reviewed.totals.lines == 48


def test_a_kept_file_shows_its_first_lines_as_soon_as_it_is_open(desktop: Desktop, files: Path, held: Held) -> None:
    held.free.set()
    review = desktop.review()
    desktop.open(review, files / "janvier")
    desktop.close()
    for made in (desktop.folder / "review").glob("*.made"):
        made.unlink()  # what it came to is not there, as after an update: its lines are read again
    held.free.clear()
    page = AllowancesPage(desktop.desk())
    desktop.opened.append(page)
    page.show()
    again = page.review
    desktop.qtbot.waitUntil(lambda: again.first.isVisible() and again.first.shows)
    held.free.set()
    desktop.settle(again)
    assert again.reviewed is not None


def test_what_is_given_up_leaves_no_lines_behind(desktop: Desktop, files: Path, held: Held) -> None:
    review = desktop.review()
    review.give([files / "janvier"])
    desktop.qtbot.waitUntil(lambda: review.first.isVisible() and review.first.shows)
    review.loader.stop_reading()
    assert not review.first.shows
    held.free.set()
    desktop.settle(review)


def test_a_short_file_and_one_that_cannot_be_read_show_none(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    seen = []
    review.loader.moved.connect(lambda: seen.append(review.first.shows))
    desktop.open(review, files)
    assert seen
    assert not any(seen)
