"""Attachments come to the shelf whole or not at all, two at a time, from where they were cut."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from contract.identity import new_id
from desktop.services.downloads import AT_ONCE, TRIES, Download, Downloads, DownloadState
from desktop.services.files import Shelf
from desktop.services.portal import Portal
from desktop.services.problems import Offline, PortalFault, Refused, SignInNeeded
from desktop.services.session import Session
from tests.services.answers import no, tokens
from tests.serving import Serving
from tests.vaults import FileVault
from tests.weather import Refuse, Say, Stall, Weather

CONTENT = bytes(range(256)) * 8192
SUM = hashlib.sha256(CONTENT).hexdigest()
STALLED = 1_200_000
_ENDED = (DownloadState.DONE, DownloadState.FAILED, DownloadState.CANCELLED)


class Ticking:
    """A clock that goes on by as much at each look."""

    def __init__(self, tick: float) -> None:
        self.now, self.tick = 0.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


class WatchedShelf(Shelf):
    """Says when a part was kept."""

    kept: Callable[[], None] = staticmethod(lambda: None)

    def add_part(self, sha256: str, offset: int, content: bytes) -> None:
        super().add_part(sha256, offset, content)
        self.kept()


class Desk:
    """A shelf, a session and the downloads between them; each ring is noted with the state that it announced."""

    def __init__(self, folder: Path, weather: Weather) -> None:
        self.weather = weather
        self.shelf = WatchedShelf(folder / "shelf.db", bytes(32))
        self.shelf.kept = self._wake
        self.portal = Portal(weather.address)
        vault = FileVault(folder / "vault")
        vault.keep_refresh_token("r1")
        self.session = Session(self.portal, vault, lambda: None)
        self.clock = Ticking(0.05)
        self.downloads = Downloads(self.shelf, self.portal, self.session, self._ring, clock=self.clock)
        self.rings: list[tuple[float, Download | None]] = []
        self._rung = threading.Condition()

    def _ring(self, topic: str) -> None:
        assert topic == "downloads"
        with self._rung:
            self.rings.append((self.clock.now, self.downloads.state(SUM)))
            self._rung.notify_all()

    def _wake(self) -> None:
        with self._rung:
            self._rung.notify_all()

    def fetch(self, sha256: str = SUM, size: int = len(CONTENT)) -> None:
        self.downloads.fetch(new_id(), sha256, "décompte.pdf", size)

    def until(self, happened: Callable[[Download], bool], sha256: str = SUM) -> Download:
        def now() -> Download | None:
            state = self.downloads.state(sha256)
            return state if state is not None and happened(state) else None

        with self._rung:
            assert self._rung.wait_for(lambda: now() is not None, 20), self.downloads.state(sha256)
        found = self.downloads.state(sha256)
        assert found is not None
        return found

    def ended(self) -> Download:
        return self.until(lambda download: download.state in _ENDED)

    def until_stalled(self) -> None:
        """All that comes has come: nothing but a shut connection ends the reading now."""
        self.clock.tick = 1.0  # each block rings
        self.until(lambda now: now.received > STALLED - 65536)

    def join_workers(self) -> None:
        """They have ended of themselves: long before the portal's silence would have ended them."""
        for _ in self.downloads._workers._threads:
            self.downloads._workers._work.put(None)
        for thread in self.downloads._workers._threads:
            thread.join(20)
            assert not thread.is_alive()

    def close(self) -> None:
        self.downloads.stop()
        self.downloads._workers.shutdown(wait=True)
        self.portal.close()
        self.shelf.close()


@pytest.fixture
def weather() -> Iterator[Weather]:
    with Weather("127.0.0.1", 9) as weather:
        yield weather


@pytest.fixture
def desk(tmp_path: Path, weather: Weather, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr("desktop.services.downloads._FIRST_PAUSE", 0.01)
    monkeypatch.setattr("desktop.services.portal.door.READ_SECONDS", 3600.0)  # a portal that is silent ends nothing
    desk = Desk(tmp_path, weather)
    weather.fates.append(tokens())
    yield desk
    desk.close()


def part(offset: int, content: bytes = CONTENT) -> Say:
    told = f"bytes {offset}-{len(content) - 1}/{len(content)}"
    return Say(206, (("Content-Range", told),), content[offset:], "application/pdf")


WHOLE = Say(200, (), CONTENT, "application/pdf")


def test_a_file_comes_and_is_there(desk: Desk) -> None:
    desk.weather.fates.append(WHOLE)
    desk.fetch()
    download = desk.ended()
    assert (download.state, download.received, download.problem) == (DownloadState.DONE, len(CONTENT), None)
    assert desk.shelf.content(SUM) == CONTENT
    states = list(dict.fromkeys(shown.state for _, shown in desk.rings if shown is not None))
    assert states[:2] == [DownloadState.QUEUED, DownloadState.RUNNING]


def test_what_is_there_is_not_fetched_again(desk: Desk) -> None:
    desk.weather.fates.append(WHOLE)
    desk.fetch()
    desk.ended()
    requests = desk.weather.requests
    desk.fetch()
    assert desk.weather.requests == requests
    assert desk.rings[-1][1] == desk.downloads.state(SUM)


def test_it_goes_on_where_it_was_cut(desk: Desk) -> None:
    desk.shelf.add_part(SUM, 0, CONTENT[:700_000])
    desk.weather.fates.append(part(700_000))
    desk.fetch()
    assert desk.ended().state is DownloadState.DONE
    head = desk.weather.seen[-1].head.lower()
    assert f'range: bytes=700000-\r\nif-range: "{SUM}"' in head
    assert "accept-encoding: identity" in head
    assert desk.shelf.content(SUM) == CONTENT


def test_a_portal_that_starts_again_from_the_beginning_is_understood(desk: Desk) -> None:
    desk.shelf.add_part(SUM, 0, CONTENT[:700_000])
    desk.weather.fates.append(WHOLE)
    desk.fetch()
    assert desk.ended().state is DownloadState.DONE
    assert desk.shelf.content(SUM) == CONTENT


def test_a_file_that_is_wrong_is_thrown_away_and_fetched_anew(desk: Desk) -> None:
    wrong = CONTENT[:-1] + b"!"
    desk.weather.fates.extend([Say(200, (), wrong, "application/pdf"), WHOLE])
    desk.fetch()
    assert desk.ended().state is DownloadState.DONE
    assert desk.shelf.content(SUM) == CONTENT


def test_a_file_that_stays_wrong_fails_and_is_never_shown(desk: Desk) -> None:
    wrong = CONTENT[:-1] + b"!"
    desk.weather.fates.extend([Say(200, (), wrong, "application/pdf")] * TRIES)
    desk.fetch()
    download = desk.ended()
    assert download.state is DownloadState.FAILED
    assert isinstance(download.problem, PortalFault)
    assert desk.shelf.content(SUM) is None


@pytest.mark.parametrize(
    ("said", "problem"),
    [(Refuse(), Offline), (Say(500), PortalFault), (part(3), PortalFault)],
    ids=["refuse", "500", "other range"],
)
def test_it_fails_after_some_tries_in_vain_and_can_be_asked_for_again(
    desk: Desk, said: Say | Refuse, problem: type[Exception]
) -> None:
    desk.weather.fates.extend([said] * TRIES)
    if isinstance(said, Say) and said.status == 206:
        desk.shelf.add_part(SUM, 0, CONTENT[:9])
    desk.fetch()
    download = desk.ended()
    assert (download.state, type(download.problem)) == (DownloadState.FAILED, problem)
    assert not desk.weather.fates
    desk.weather.fates.append(WHOLE)
    desk.fetch()
    assert desk.until(lambda now: now.state is DownloadState.DONE).problem is None


@pytest.mark.parametrize(("said", "problem"), [(no("unknown", 404), Refused), (no("sign-in-again", 401), SignInNeeded)])
def test_a_final_no_is_not_tried_again(desk: Desk, said: Say, problem: type[Exception]) -> None:
    desk.weather.fates.append(said)
    desk.fetch()
    download = desk.ended()
    assert (download.state, type(download.problem)) == (DownloadState.FAILED, problem)
    assert desk.weather.requests == 2


def test_an_expired_token_is_renewed_on_the_way(desk: Desk) -> None:
    desk.weather.fates.extend([no("sign-in", 401), tokens("a2"), WHOLE])
    desk.fetch()
    assert desk.ended().state is DownloadState.DONE


def test_more_bytes_than_announced_never_enter_the_shelf(desk: Desk) -> None:
    desk.weather.fates.append(Say(200, (), CONTENT + b"+" * 100_000, "application/pdf"))
    desk.fetch()
    assert desk.ended().received == len(CONTENT)
    assert desk.shelf.content(SUM) == CONTENT


def test_a_cancel_stops_a_stalled_download_by_itself_and_keeps_what_came(desk: Desk) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: {len(CONTENT)}\r\n\r\n".encode()
    with Serving(head + CONTENT) as port:
        desk.weather.target = ("127.0.0.1", port)
        desk.weather.fates.append(Stall(STALLED))
        desk.fetch()
        desk.until_stalled()
        desk.downloads.cancel(SUM)
        assert desk.downloads.state(SUM).state is DownloadState.CANCELLED  # type: ignore[union-attr]
        desk.join_workers()
    assert 1_000_000 < desk.shelf.received(SUM) <= 1_200_000
    assert desk.downloads.state(SUM).state is DownloadState.CANCELLED  # type: ignore[union-attr]


def test_a_cancelled_download_is_fetched_on_from_where_it_was(desk: Desk) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: {len(CONTENT)}\r\n\r\n".encode()
    with Serving(head + CONTENT) as port:
        desk.weather.target = ("127.0.0.1", port)
        desk.weather.fates.append(Stall(STALLED))
        desk.fetch()
        desk.until(lambda _: desk.shelf.received(SUM) > 0)
        desk.downloads.cancel(SUM)
        desk.until(lambda now: now.state is DownloadState.CANCELLED)
        desk.weather.fates.append(WHOLE)
        desk.fetch()
        assert desk.until(lambda now: now.state is DownloadState.DONE).received == len(CONTENT)
    assert desk.shelf.content(SUM) == CONTENT


def test_a_download_still_in_the_queue_can_be_cancelled(desk: Desk) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: {len(CONTENT)}\r\n\r\n".encode()
    with Serving(head + CONTENT) as port:
        desk.weather.target = ("127.0.0.1", port)
        desk.weather.fates.extend([Stall(STALLED)] * AT_ONCE)
        others = [f"{place:064d}" for place in range(AT_ONCE)]
        for sha256 in others:
            desk.fetch(sha256)
        for sha256 in others:
            desk.until(lambda _, sha256=sha256: desk.shelf.received(sha256) > 0, sha256)  # type: ignore[misc]
        desk.fetch()
        assert desk.downloads.state(SUM).state is DownloadState.QUEUED  # type: ignore[union-attr]
        desk.downloads.cancel(SUM)
        desk.downloads.stop()
        desk.downloads._workers.shutdown(wait=True)
    assert desk.weather.requests <= 1 + AT_ONCE
    assert desk.downloads.state(SUM).state is DownloadState.CANCELLED  # type: ignore[union-attr]


def test_progress_is_told_at_most_five_times_a_second_with_a_rate(desk: Desk) -> None:
    desk.weather.fates.append(WHOLE)
    desk.fetch()
    desk.ended()
    running = [(at, shown) for at, shown in desk.rings if shown is not None and shown.state is DownloadState.RUNNING]
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(running)]
    assert len(running) >= 4
    assert min(gaps) > 0.2 - 1e-6
    rates = [(at, shown.received, shown.rate) for at, shown in running if shown.rate is not None]
    assert rates
    begun = running[0][0]
    for at, received, rate in rates:
        assert rate == pytest.approx(received / (at - begun), rel=0.2)


def test_a_stop_ends_everything_at_once(desk: Desk) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: {len(CONTENT)}\r\n\r\n".encode()
    with Serving(head + CONTENT) as port:
        desk.weather.target = ("127.0.0.1", port)
        desk.weather.fates.append(Stall(STALLED))
        desk.fetch()
        desk.until_stalled()
        desk.downloads.stop()
        desk.join_workers()
