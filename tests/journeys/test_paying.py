"""Payments that stay when the portal shows them no more; statements and exports, cut and gone on with; and what goes
when the right to see allowances goes."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from contract import limits
from contract.contact import Origin
from contract.leave import Employee
from contract.portfolio import Right
from desktop.services.allowances import ExportRow, ExportStage, NotAskable, PaymentRow, Query
from desktop.services.downloads import Download, DownloadState
from desktop.services.rescue import rescue
from desktop.services.review.archive import Part, merged
from desktop.services.review.payments import part
from desktop.services.review.reading import opening
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import FileKind
from desktop.services.sync import LinkState
from portal.allowances.payments import Paid, amounts
from tests.journeys.clerk import Clerk
from tests.journeys.residents import Resident
from tests.journeys.town import Block, Town
from tests.weather import CutDown, Fate, Lose, Pass, Refuse, Say, Spoil, Weather

ANNE = Employee("M-12", "Lefèvre", "Anne-Marie", "295109912611193")
START = date(2026, 1, 5)
ENDED = (DownloadState.DONE, DownloadState.FAILED, DownloadState.CANCELLED)


def a_line(place: int = 0, days: int = 14, rate: int = 325_100, origin: str = Origin.NEW, name: str = "") -> Paid:
    gross, csg, crds = amounts(rate, days)
    start = START + timedelta(days=14 * place)
    return Paid(
        leave_number="82000012",
        employee=Employee(ANNE.matricule, name or ANNE.last_name, ANNE.first_name, ANNE.nir),
        branch="AS",
        code="IJNOR",
        label="I.J. normales",
        leave_start=START,
        start=start,
        end=start + timedelta(days=abs(days) - 1),
        days=days,
        rate=rate,
        gross=gross,
        csg=csg,
        crds=crds,
        origin=origin,
    )


def payments(clerk: Clerk, text: str = "", space_id: str | None = None) -> list[PaymentRow]:
    return clerk.allowances.rows(clerk.allowances.listing(Query(text, space_id)).ids)


def on_payments(weather: Weather, *fates: Fate) -> None:
    """What becomes of the next questions about payments."""
    left = iter(fates)

    def spoil(_method: str, path: str) -> None:
        if path.startswith("/v1/payments"):
            weather.fates.append(next(left, Pass()))

    weather.interrupt = spoil


def asked(weather: Weather, path: str) -> int:
    return sum(seen.path.startswith(path) for seen in weather.seen)


def brought(clerk: Clerk, key: str, fetch: Callable[[], None]) -> Download:
    """What became of the download that `fetch` begins; waits by the bell alone."""
    rung = threading.Event()
    stop = clerk.store.listen(lambda topics: rung.set() if "downloads" in topics else None)
    try:
        fetch()
        while (now := clerk.downloads.state(key)) is None or now.state not in ENDED:
            assert rung.wait(20), now
            rung.clear()
    finally:
        stop()
    return now


def test_payments_come_once_are_searched_and_cost_nothing_when_nothing_is_new(
    town: Town, weather: Weather, block: Block, clerk: Clerk
) -> None:
    here, there = block.spaces
    town.pay(here, a_line(0), a_line(1))
    town.pay(there, a_line(2, name="Le Goff"))
    clerk.turn()
    rows = payments(clerk)
    assert sorted(row.last_name for row in rows) == ["Le Goff", "Lefèvre", "Lefèvre"]
    assert [row.space_id for row in payments(clerk, "le goff")] == [there]
    assert len(payments(clerk, "LEFEVRE anne 8200", here)) == 2
    assert payments(clerk, "lefevre", there) == []
    listing = clerk.allowances.listing(Query(space_id=here))
    mine = [row for row in rows if row.space_id == here]
    assert (listing.gross, listing.net) == (sum(row.gross for row in mine), sum(row.net for row in mine))
    weather.forget()
    clerk.turn()
    assert asked(weather, "/v1/payments") == 0
    town.pay(here, a_line(3))
    clerk.turn()
    assert asked(weather, "/v1/payments") == 1
    assert len(payments(clerk)) == 4


@pytest.mark.parametrize("fates", [[Lose()], [Refuse(), Lose()], [CutDown(400)], [Say(503), Spoil()]])
def test_whatever_the_weather_each_payment_is_there_once(
    town: Town, weather: Weather, block: Block, clerk: Clerk, monkeypatch: pytest.MonkeyPatch, fates: list[Fate]
) -> None:
    monkeypatch.setattr(limits, "PAYMENTS_PER_PAGE", 3)
    town.pay(block.spaces[0], *(a_line(place) for place in range(8)))
    on_payments(weather, Pass(), *fates)
    clerk.until(lambda: len(payments(clerk)) == 8 and clerk.sync.link.state is LinkState.ONLINE)
    assert sorted(row.start for row in payments(clerk) if row.start) == [
        START + timedelta(days=14 * place) for place in range(8)
    ]


def test_a_turn_reads_so_many_pages_and_the_next_goes_on(
    town: Town, weather: Weather, block: Block, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.services.sync.paging.PAGES", 2)
    monkeypatch.setattr(limits, "PAYMENTS_PER_PAGE", 3)
    town.pay(block.spaces[0], *(a_line(place) for place in range(8)))
    clerk.sync.nudge()
    assert clerk.sync.turn() == 0.0
    assert len(payments(clerk)) == 6
    assert clerk.sync.turn() > 0.0
    assert len(payments(clerk)) == 8


def test_the_window_passes_and_nothing_is_lost(tmp_path: Path) -> None:
    """In a town of its own, whose clock goes on."""
    with ExitStack() as stack:
        town = stack.enter_context(Town(tmp_path / "town"))
        block = town.block()
        ana = town.person(block, "Ana")
        clerk, other = (
            stack.enter_context(Clerk(tmp_path / name, f"http://127.0.0.1:{town.port}"))
            for name in ("ana", "elsewhere")
        )
        clerk.sign_in(ana)
        town.pay(block.spaces[0], a_line(0), a_line(1))
        clerk.turn()
        before = payments(clerk)
        town.shift = timedelta(days=120)
        today = datetime.now(UTC).date() + town.shift
        clerk.sign_in(ana)
        town.pay(block.spaces[0], a_line(2))
        clerk.turn()
        rows = payments(clerk)
        assert (len(rows), rows[1:]) == (3, before)
        old, new = (clerk.allowances.sheet(row.key, today) for row in (rows[2], rows[0]))
        assert old is not None
        assert new is not None
        assert (old.shown_by_portal, old.statements) == (False, ())
        assert [statement.kind for statement in new.statements] == ["pdf", "csv", "xlsx"]
        other.sign_in(ana)
        other.turn()
        assert len(payments(other)) == 1, "what the portal shows today"
        town.stop()
        town.new_epoch()
        town.start()
        clerk.until(lambda: clerk.turn() is LinkState.ONLINE)
        assert clerk.allowances.behind() == []
        assert payments(clerk) == rows, "its feed is read anew"


def test_what_the_portal_showed_and_its_own_files_are_one_history(town: Town, block: Block, clerk: Clerk) -> None:
    transfer = town.pay(block.spaces[0], a_line(0), a_line(1), a_line(1, -14))
    clerk.turn()
    (first, *_) = payments(clerk)
    sheet = clerk.allowances.sheet(first.key, datetime.now(UTC).date())
    assert sheet is not None
    assert sheet.beside == 3
    statement = next(each for each in sheet.statements if each.kind == "csv")
    assert (statement.here, statement.name) == (False, f"Releve_{transfer.reference}.csv")
    keep = partial(clerk.allowances.keep_statement, first.transfer_id, statement.kind)
    fetch = partial(clerk.downloads.fetch_untold, statement.path, statement.name, keep)
    assert brought(clerk, statement.path, fetch).state is DownloadState.DONE
    again = clerk.allowances.sheet(first.key, datetime.now(UTC).date())
    assert again is not None
    known = next(each for each in again.statements if each.kind == "csv")
    assert known.here
    assert known.sha256
    content = clerk.allowances.content(known.sha256)
    assert content is not None
    read = opening.read(Source(known.name, content), printed_text=None)
    assert (read.kind, read.frame.height) == (FileKind.PORTAL_CSV, 3)
    told = part(clerk.allowances.canonical())
    assert told.frame.height == 3
    history = merged([Part(read.sha256, read.name, read.frame), told])
    assert history.frame.height == 3
    assert set(history.frame["file"]) == {0}
    assert history.sources[0].source == "portal"
    assert history.frame["net"].sum() == sum(row.net for row in payments(clerk))
    assert clerk.allowances.paid_periods(block.spaces[0], "82000012") == ((START, START + timedelta(days=13)),)


def test_a_rebuilt_store_still_has_what_the_portal_shows_no_more(
    block: Block, town: Town, ana: Resident, new_clerk: Callable[..., Clerk], tmp_path: Path
) -> None:
    clerk = new_clerk("damaged")
    clerk.sign_in(ana)
    town.pay(block.spaces[0], a_line(0), a_line(1))
    clerk.turn()
    rows = payments(clerk)
    clerk.close()
    rescue(tmp_path / "damaged" / "store.db", clerk.vault.keys().database)
    again = new_clerk("damaged")
    assert [row.payment_id for row in payments(again)] == [row.payment_id for row in rows]
    again.turn()
    assert payments(again) == rows


def an_export(clerk: Clerk) -> ExportRow:
    (row,) = clerk.allowances.exports()
    return row


def ready(clerk: Clerk, export_id: str) -> ExportRow:
    def stage() -> ExportStage:
        return next(row.stage for row in clerk.allowances.exports() if row.export_id == export_id)

    under_way = (ExportStage.WAITING, ExportStage.ASKED, ExportStage.PREPARING)
    clerk.until(lambda: stage() not in under_way, turns=5_000)
    return next(row for row in clerk.allowances.exports() if row.export_id == export_id)


def test_an_export_is_asked_prepared_announced_cut_and_gone_on_with(
    town: Town, weather: Weather, block: Block, clerk: Clerk
) -> None:
    space_id = block.spaces[0]
    town.pay(space_id, *(a_line(place % 20, rate=300_000 + place, origin=Origin.FORMER) for place in range(2_000)))
    clerk.turn()
    weather.down = True
    clerk.turn()
    export_id = clerk.allowances.ask_export([space_id, "0" * 32])
    waits = an_export(clerk)
    assert (waits.stage, waits.export_id, waits.spaces) == (ExportStage.WAITING, export_id, 1)
    weather.clear()
    weather.down = False
    row = ready(clerk, export_id)
    assert (row.stage, row.lines, clerk.waiting()) == (ExportStage.READY, 2_000, ())
    assert [news.export_id for news in clerk.allowances.news()] == [export_id]
    clerk.allowances.heard([export_id])
    assert clerk.allowances.news() == []
    assert row.sha256
    weather.fates.append(CutDown(150_000))
    weather.forget()
    fetch = partial(clerk.downloads.fetch_at, row.path, row.sha256, row.name, row.size)
    assert brought(clerk, row.sha256, fetch).state is DownloadState.DONE
    cut, rest = (seen.down for seen in weather.seen if seen.path.startswith("/v1/exports"))
    assert 0 < cut < row.size
    assert rest < row.size, "all of it came once more"
    assert an_export(clerk).here
    content = clerk.allowances.content(row.sha256)
    assert content is not None
    read = opening.read(Source(row.name, content), printed_text=None)
    assert (read.kind, read.lines - 2, read.rejected) == (FileKind.PORTAL_CSV, 2_000, ())
    # It stays when the portal's has expired, and nothing sweeps it.
    clerk.shelf.sweep(clerk.allowances.wanted_files())
    assert an_export(clerk).here


def test_an_export_of_nothing_fails_and_one_that_nobody_may_ask_is_not_asked(block: Block, clerk: Clerk) -> None:
    export_id = clerk.allowances.ask_export(block.spaces)
    row = ready(clerk, export_id)
    assert (row.stage, row.path, row.here) == (ExportStage.FAILED, "", False)
    assert row.sentence
    assert [news.export_id for news in clerk.allowances.news()] == [export_id]
    with pytest.raises(NotAskable):
        clerk.allowances.ask_export(["0" * 32])
    with pytest.raises(NotAskable):
        clerk.allowances.ask_export([])


def test_what_the_portal_gave_goes_with_the_right_and_comes_again_with_it(
    town: Town, block: Block, ana: Resident, clerk: Clerk
) -> None:
    here, there = block.spaces
    town.pay(here, a_line(0, origin=Origin.FORMER))
    town.pay(there, a_line(1, origin=Origin.FORMER))
    clerk.turn()
    export_id = clerk.allowances.ask_export(block.spaces)
    ready(clerk, export_id)
    request = clerk.ask(here)
    clerk.turn()
    town.withdraw_right(ana.person_id, here, Right.ALLOWANCES)
    clerk.turn()
    assert [row.space_id for row in payments(clerk)] == [there]
    assert clerk.allowances.exports() == []
    assert clerk.allowances.spaces() == {there}
    assert clerk.requests() == [request], "what another right shows stays"
    town.grant(ana.person_id, here, [Right.ALLOWANCES])
    clerk.turn()
    assert {row.space_id for row in payments(clerk)} == {here, there}
    town.withdraw(ana.person_id, there)
    clerk.turn()
    assert [row.space_id for row in payments(clerk)] == [here]
    assert clerk.rows_of(there) == 0
