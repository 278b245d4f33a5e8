"""What the portal has shown and its own export of the same are one history on the screen, to the cent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from contract.allowances import Sense
from contract.contact import Origin
from desktop.services.downloads import DownloadState
from desktop.services.review.keeping import Keeping
from desktop.views.allowances.desk import Desk, Held, Paid
from desktop.views.allowances.entries import State
from desktop.views.allowances.review import Review
from desktop.views.bell import Bell
from desktop.views.icons import Icons
from desktop.views.later import Later
from tests.journeys.clerk import Clerk
from tests.journeys.test_paying import a_line, brought, payments, ready
from tests.journeys.town import Block, Town
from tests.views.allowances.conftest import Chosen
from tests.views.conftest import icons, later, look, tidy

__all__ = ["icons", "later", "look", "tidy"]

pytestmark = [pytest.mark.usefixtures("tidy"), pytest.mark.qt_log_ignore("^This plugin does not support ")]


@pytest.fixture
def new_review(
    clerk: Clerk, icons: Icons, later: Later, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> Iterator[Callable[[], Review]]:
    """Opens the review of Ana's client, as each start of the program would."""
    bell = Bell()
    stop = clerk.store.listen(bell.ring)
    opened: list[Review] = []

    def new() -> Review:
        told = clerk.allowances
        desk = Desk(
            later=later,
            errands=later,
            icons=icons,
            settings=QSettings(str(tmp_path / "volet.ini"), QSettings.Format.IniFormat),
            clipboard=qapp.clipboard(),
            picks=Chosen(),
            now=lambda: datetime.now(UTC),
            author=lambda: "Ana Petit",
            companies=lambda: frozenset(space.siret for space in clerk.portfolio.spaces()),
            keep=lambda: Keeping(tmp_path / "review", bytes(32)),
            paid=Paid(told.extent, told.canonical, lambda: clerk.sync.link.last, bell),
        )
        while opened:
            put_away(opened.pop())
        made = Review(desk)
        opened.append(made)
        made.resize(1072, 700)
        made.show()
        settle(made)
        return made

    def settle(review: Review) -> None:
        qtbot.waitUntil(lambda: review.loader.settled and review.parts.complete, timeout=20_000)

    def put_away(review: Review) -> None:
        review.put_away()
        review.deleteLater()
        qapp.processEvents()

    yield new
    while opened:
        put_away(opened.pop())
    stop()


def totals(review: Review) -> tuple[int, int, int]:
    assert review.reviewed is not None
    whole = review.reviewed.totals
    return whole.lines, whole.levies, whole.net


def of_portal(clerk: Clerk) -> tuple[int, int, int]:
    rows = payments(clerk)
    return len(rows), sum(row.csg + row.crds + row.tax for row in rows), sum(row.net for row in rows)


def statements(clerk: Clerk) -> list[Held]:
    """Of each transfer, in each of its forms, as they are downloaded."""
    today, held = datetime.now(UTC).date(), []
    for one in {each.transfer_id: each for each in payments(clerk)}.values():
        sheet = clerk.allowances.sheet(one.key, today)
        assert sheet is not None
        for statement in sheet.statements:
            keep = partial(clerk.allowances.keep_statement, one.transfer_id, statement.kind)
            ask = partial(clerk.downloads.fetch_untold, statement.path, statement.name, keep)
            assert brought(clerk, statement.path, ask).state is DownloadState.DONE
        told = clerk.allowances.sheet(one.key, today)
        assert told is not None
        for statement in told.statements:
            content = clerk.allowances.content(statement.sha256 or "")
            assert content is not None
            held.append(Held(statement.name, partial(bytes, content)))
    return held


def test_an_export_of_what_the_portal_shows_changes_nothing_but_where_it_stands(
    town: Town, block: Block, clerk: Clerk, new_review: Callable[[], Review], qtbot: QtBot
) -> None:
    here, there = block.spaces
    twin = a_line(4)
    town.pay(
        here,
        a_line(0, origin=Origin.FORMER),
        a_line(1, origin=Origin.FORMER),
        replace(a_line(1, -14, origin=Origin.FORMER), sense=Sense.CANCELLATION),
        a_line(1, 14, 340_000, origin=Origin.FORMER),
    )
    town.pay(there, a_line(2, name="Le Goff", origin=Origin.FORMER), twin, twin)
    clerk.turn()
    review = new_review()
    assert totals(review) == of_portal(clerk)
    assert totals(review)[0] == 7

    row = ready(clerk, clerk.allowances.ask_export(block.spaces))
    fetch = partial(clerk.downloads.fetch_at, row.path, row.sha256, row.name, row.size)
    assert brought(clerk, row.sha256, fetch).state is DownloadState.DONE
    content = clerk.allowances.content(row.sha256)
    assert content is not None
    review.give([Held(row.name, lambda: content)])
    qtbot.waitUntil(lambda: len(review.loader.entries) == 2 and review.loader.settled, timeout=20_000)
    portal, export = review.loader.entries
    assert (portal.state, export.state) == (State.READ, State.READ)
    assert export.file is not None
    assert (export.file.height, export.file.rejected) == (5, ())
    assert totals(review) == of_portal(clerk), "what both tell counts once, and the true twins are two"
    assert review.reviewed is not None
    assert len(review.reviewed.regularisations) == 1

    review.give(statements(clerk))
    qtbot.waitUntil(lambda: len(review.loader.entries) == 8 and review.loader.settled, timeout=30_000)
    assert {each.state for each in review.loader.entries} == {State.READ}
    assert totals(review) == of_portal(clerk)

    # What comes later is taken in without being asked for, and all of it is there at the next start.
    town.pay(here, a_line(7, name="Martin"))
    clerk.turn()
    qtbot.waitUntil(lambda: totals(review)[0] == 8, timeout=20_000)
    assert totals(review) == of_portal(clerk)
    again = new_review()
    assert totals(again) == of_portal(clerk)
    assert again.reviewed is not None
    assert again.reviewed.files[0].portal
