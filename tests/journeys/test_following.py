"""What happens elsewhere reaches the client: answers, rights, other computers, a portal begun anew, odd clocks."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from contract.portfolio import Right
from desktop.services.contact import Pill
from desktop.services.downloads import DownloadState
from desktop.services.outbox import WishState
from desktop.services.problems import SignInNeeded
from desktop.services.sync import LinkState, marks
from portal import people
from portal.database import SYSTEM
from tests.journeys.clerk import Clerk
from tests.journeys.residents import Resident
from tests.journeys.town import Block, Town
from tests.weather import CutDown, Lose, Weather


def test_a_token_that_expires_is_renewed_unseen(
    town: Town, weather: Weather, block: Block, ana: Resident, clerk: Clerk
) -> None:
    request_id = clerk.ask(block.spaces[0], "Après dix minutes")
    town.expire_access(ana.person_id)
    assert clerk.turn() is LinkState.ONLINE
    assert town.texts(request_id) == ["Après dix minutes"]
    assert [seen.path for seen in weather.seen].count("/v1/refresh") == 1


def test_a_session_revoked_keeps_the_wish_until_the_person_is_back(
    town: Town, block: Block, ana: Resident, clerk: Clerk
) -> None:
    request_id = clerk.ask(block.spaces[0], "Gardée")
    town.revoke(ana.person_id)
    assert clerk.turn() is LinkState.SIGN_IN_NEEDED
    assert clerk.turn() is LinkState.SIGN_IN_NEEDED
    assert not clerk.session.signed_in
    assert [waiting.state for waiting in clerk.waiting()] == [WishState.QUEUED]
    assert clerk.texts(request_id) == ["Gardée"]
    clerk.sign_in(ana)
    assert clerk.turn() is LinkState.ONLINE
    assert town.texts(request_id) == ["Gardée"]


def test_a_refresh_answer_lost_over_and_over_signs_nobody_out(tmp_path: Path) -> None:
    """The refresh token is due for rotation each time, and each new one is lost on its way down."""
    with Town(tmp_path / "town") as town, Weather("127.0.0.1", town.port) as weather:
        ana = town.person(town.block(), "Ana")
        with Clerk(tmp_path / "ana", weather.address) as clerk:
            clerk.sign_in(ana)
            for day in range(1, 11):
                town.shift = timedelta(days=day)
                town.expire_access(ana.person_id)
                clerk.session.expired(clerk.session.access())
                weather.fates.append(Lose())
                assert clerk.turn() is LinkState.OFFLINE
                assert clerk.turn() is LinkState.ONLINE
            assert len(set(clerk.vault.written)) > 5


def test_a_right_withdrawn_between_two_clicks_refuses_the_wish_and_purges_the_space(
    town: Town, block: Block, ana: Resident, clerk: Clerk
) -> None:
    lost, kept = block.spaces
    one = clerk.ask(lost, "Dans l’espace perdu")
    two = clerk.ask(kept, "Dans l’espace gardé")
    clerk.turn()
    wish_id = clerk.reply(one, "Encore un mot")
    town.withdraw(ana.person_id, lost)
    clerk.turn()
    assert clerk.state(wish_id) is WishState.REFUSED
    assert clerk.rows_of(lost) == 0
    assert clerk.requests() == [two]
    assert [space.space_id for space in clerk.portfolio.spaces()] == [kept]
    assert town.texts(one) == ["Dans l’espace perdu"]
    town.grant(ana.person_id, lost)
    clerk.turn()
    assert clerk.rows_of(lost) > 0


def test_losing_the_right_to_write_alone_purges_too(town: Town, block: Block, ana: Resident, clerk: Clerk) -> None:
    """She stays a user of the space, but its requests are no longer hers to see."""
    request_id = clerk.ask(block.spaces[0], "Bientôt invisible")
    clerk.turn()
    town.grant(ana.person_id, block.spaces[0], [Right.DOCUMENTS])
    clerk.turn()
    with town.database.write() as tx:
        people.withdraw(tx, SYSTEM, ana.person_id, block.spaces[0], [Right.CONTACT, Right.AFFILIATION, Right.LEAVE])
    clerk.turn()
    assert clerk.rows_of(block.spaces[0]) == 0
    assert clerk.contact.sheet(request_id) is None
    assert len(clerk.portfolio.spaces()) == 2


def test_an_outcome_answered_again_after_the_right_is_gone_leaves_no_trace(
    town: Town, weather: Weather, block: Block, ana: Resident, clerk: Clerk
) -> None:
    request_id = clerk.ask(block.spaces[0], "Réponse perdue")
    weather.lose_answers(1)
    clerk.turn()
    town.withdraw(ana.person_id, block.spaces[0])
    clerk.turn()
    clerk.turn()
    assert (clerk.waiting(), clerk.rows_of(block.spaces[0])) == ((), 0)
    assert town.texts(request_id) == ["Réponse perdue"]


def test_what_one_colleague_does_the_other_sees_but_not_what_she_has_read(
    town: Town, block: Block, ana: Resident, new_clerk: Callable[..., Clerk], clerk: Clerk
) -> None:
    luc = town.person(block, "Luc", block.spaces[:1])
    other = new_clerk("luc")
    other.sign_in(luc)
    shared, private = clerk.ask(block.spaces[0], "Pour tous"), clerk.ask(block.spaces[1], "Pour Ana")
    clerk.turn()
    town.reply(shared)
    clerk.turn()
    clerk.contact.mark_read(shared)
    clerk.turn()
    other.turn()
    assert other.requests() == [shared]
    assert (other.sheet(shared).row.unread, clerk.sheet(shared).row.unread) == (1, 0)
    assert other.rows_of(block.spaces[1]) == 0
    assert private in clerk.requests()


def test_read_marks_travel_between_two_computers_of_one_person(
    town: Town, block: Block, ana: Resident, new_clerk: Callable[..., Clerk], clerk: Clerk
) -> None:
    home = new_clerk("home")
    home.sign_in(ana)
    request_id = clerk.ask(block.spaces[0])
    clerk.turn()
    town.reply(request_id)
    for each in (clerk, home):
        each.turn()
        assert each.sheet(request_id).row.unread == 1
    clerk.contact.mark_read(request_id)
    clerk.turn()
    home.turn()
    assert home.sheet(request_id).row.unread == 0
    home.contact.mark_unread(request_id)
    home.turn()
    clerk.turn()
    assert clerk.sheet(request_id).row.unread == 1


def test_what_the_portal_erases_goes(town: Town, block: Block, clerk: Clerk) -> None:
    gone, stays = clerk.ask(block.spaces[0], "Effacée"), clerk.ask(block.spaces[0], "Gardée")
    clerk.turn()
    town.erase(gone)
    clerk.turn()
    assert clerk.requests() == [stays]
    assert clerk.store.query("SELECT count(*) FROM messages") == [(1,)]


def test_a_portal_begun_anew_is_read_anew(town: Town, weather: Weather, block: Block, clerk: Clerk) -> None:
    request_id = clerk.ask(block.spaces[0], "Avant la panne")
    clerk.turn()
    with clerk.store.write() as db:  # of the time before the backup that was restored: the portal knows nothing of it
        db.execute("UPDATE requests SET subject = 'jamais dit', number = 4000")
    town.stop()
    town.new_epoch()
    town.start()
    weather.target = ("127.0.0.1", town.port)
    clerk.turn()
    assert clerk.sync.link.state is LinkState.ONLINE
    assert clerk.sheet(request_id).row.subject == "Une question"
    assert clerk.texts(request_id) == ["Avant la panne"]


def test_a_first_synchronisation_cut_anywhere_comes_to_the_same_end(
    town: Town, weather: Weather, block: Block, ana: Resident, clerk: Clerk, new_clerk: Callable[..., Clerk]
) -> None:
    asked = {clerk.ask(block.spaces[place % 2], f"Numéro {place}") for place in range(6)}
    clerk.turn()
    for cut in range(1, 8):
        other = new_clerk(f"cut{cut}")
        other.sign_in(ana)
        weather.forget()
        weather.interrupt = lambda _method, _path, cut=cut: (  # type: ignore[misc]
            weather.fates.append(CutDown(10)) if weather.requests == cut - 2 else None
        )
        other.until(lambda other=other: other.sync.link.state is LinkState.ONLINE)  # type: ignore[misc]
        weather.interrupt = lambda _method, _path: None
        weather.clear()
        other.turn()
        assert set(other.requests()) == asked
        assert set(marks.feeds(other.store)) == set(block.spaces)


@pytest.mark.parametrize("days", [-400, 400])
def test_clocks_a_year_apart_change_nothing(tmp_path: Path, days: int) -> None:
    with Town(tmp_path / "town") as town, Weather("127.0.0.1", town.port) as weather:
        town.shift = timedelta(days=days)
        block = town.block()
        ana = town.person(block, "Ana")
        with Clerk(tmp_path / "ana", weather.address) as clerk:
            clerk.sign_in(ana)
            assert clerk.turn() is LinkState.ONLINE
            request_id = clerk.ask(block.spaces[0], "Quelle heure est-il ?")
            clerk.turn()
            wish_id = clerk.reply(request_id, "Et le jour ?")
            clerk.turn()
            town.reply(request_id)
            clerk.turn()
            assert clerk.state(wish_id) is None
            assert clerk.texts(request_id) == ["Quelle heure est-il ?", "Et le jour ?", "Bonjour, voici."]
            assert clerk.sheet(request_id).row.pill is Pill.ANSWERED


def test_a_download_cut_goes_on_where_it_was_and_comes_whole(
    town: Town, weather: Weather, block: Block, clerk: Clerk, new_clerk: Callable[..., Clerk], ana: Resident
) -> None:
    content = b"Jour;Montant\n" + b"2026-11-24;12,50\n" * 200_000
    file = clerk.shelf.stage_bytes("decompte.csv", content)
    request_id = clerk.ask(block.spaces[0], "Voici", file)
    clerk.turn()
    other = new_clerk("other")
    other.sign_in(ana)
    other.turn()
    ((attachment,),) = [message.attachments for message in other.contact.conversation(request_id)]
    assert not attachment.kept
    weather.forget()
    weather.fates.extend([CutDown(1_500_000), CutDown(10), CutDown(700_000)])
    rung = _Bell(other)
    other.downloads.fetch(attachment.attachment_id, attachment.sha256, attachment.name, attachment.size)
    download = rung.until(lambda: other.downloads.state(attachment.sha256))
    assert (download.state, download.received) == (DownloadState.DONE, len(content))
    assert other.shelf.content(attachment.sha256) == content
    assert sum(seen.down for seen in weather.seen) <= len(content) + 3 * 1024 * 1024


class _Bell:
    """Waits for the end of a download by the bell alone."""

    def __init__(self, clerk: Clerk) -> None:
        self._rung = threading.Event()
        clerk.store.listen(lambda topics: self._rung.set() if "downloads" in topics else None)

    def until(self, state: Callable[[], object]) -> object:
        ended = (DownloadState.DONE, DownloadState.FAILED, DownloadState.CANCELLED)
        while (now := state()).state not in ended:  # type: ignore[attr-defined]
            assert self._rung.wait(20), now
            self._rung.clear()
        return now


def test_a_sign_out_leaves_the_wishes_and_the_copy(town: Town, block: Block, ana: Resident, clerk: Clerk) -> None:
    request_id = clerk.ask(block.spaces[0], "À demain")
    clerk.session.sign_out()
    assert clerk.turn() is LinkState.SIGN_IN_NEEDED
    with pytest.raises(SignInNeeded):
        clerk.session.access()
    assert clerk.texts(request_id) == ["À demain"]
    clerk.sign_in(ana)
    clerk.turn()
    assert town.texts(request_id) == ["À demain"]
