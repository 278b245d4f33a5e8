"""A sick leave, from its declaration off line to its prolongation; and what goes when the right to see leaves goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contract.portfolio import Right
from desktop.services.leave import NEW, Act, Draft, Pill, Stage, Standing, draft_key
from desktop.services.sync import LinkState
from tests.journeys.clerk import Clerk
from tests.journeys.residents import Resident
from tests.journeys.town import Block, Town
from tests.weather import CutUp, Fate, Lose, Say, Spoil, Weather

TODAY = datetime.now(UTC).date()
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"


def a_declaration(clerk: Clerk, space_id: str, last_name: str = "Lefèvre") -> Draft:
    file = clerk.shelf.stage_bytes("avis.pdf", PDF + last_name.encode())
    values = {
        "last_name": last_name,
        "first_name": "Anne",
        "motive": "01",
        "last_day_worked": (TODAY - timedelta(days=6)).isoformat(),
        "start": (TODAY - timedelta(days=5)).isoformat(),
        "expected_end": (TODAY + timedelta(days=5)).isoformat(),
        "subrogation": "no",
    }
    return Draft(NEW, space_id, values, (file,), {file.sha256: "avis"})


def prolonged(clerk: Clerk, leave_id: str, days: int) -> Draft:
    sheet = clerk.leave(leave_id)
    through = (TODAY + timedelta(days=days)).isoformat()
    file = clerk.shelf.stage_bytes("prolongation.pdf", PDF + through.encode())
    key, documents = draft_key(Act.PROLONG, leave_id), {file.sha256: "prolongation"}
    return Draft(key, sheet.row.space_id, {"through": through}, (file,), documents, base_version=sheet.version)


def test_declared_off_line_followed_by_the_adviser_then_prolonged(
    town: Town, weather: Weather, block: Block, clerk: Clerk
) -> None:
    space_id = block.spaces[0]
    assert len(clerk.leaves.motives()) > 5
    weather.down = True
    assert clerk.turn() is LinkState.OFFLINE
    leave_id = clerk.leaves.send(a_declaration(clerk, space_id), TODAY)
    clerk.turn()
    sheet = clerk.leave(leave_id)
    assert (sheet.row.pill, sheet.row.number, len(clerk.waiting())) == (Pill.WAITING, None, 1)
    weather.clear()
    assert clerk.turn() is LinkState.ONLINE
    sheet = clerk.leave(leave_id)
    assert (sheet.row.pill, sheet.deliveries, clerk.waiting()) == (Pill.DECLARED, (), ())
    assert sheet.row.number
    assert [file.document for file in sheet.files] == ["Avis d’arrêt de travail, volet 3"]
    town.follow(leave_id)
    clerk.turn()
    assert clerk.leave(leave_id).row.pill is Pill.FOLLOWED
    clerk.leaves.send(prolonged(clerk, leave_id, 20), TODAY)
    clerk.turn()
    sheet = clerk.leave(leave_id)
    assert (sheet.row.last_day, len(sheet.prolongations)) == (TODAY + timedelta(days=20), 1)
    assert town.leaves(space_id) == [(leave_id, 1)]


@pytest.mark.parametrize("fates", [[Lose(), Lose()], [CutUp(10)], [Say(500), Say(503)], [Lose(), Say(502)]])
def test_whatever_the_weather_each_wish_is_carried_out_once(
    town: Town, weather: Weather, block: Block, clerk: Clerk, fates: list[Fate]
) -> None:
    leave_id = clerk.leaves.send(a_declaration(clerk, block.spaces[0]), TODAY)
    clerk.leaves.send(prolonged(clerk, leave_id, 20), TODAY)
    spoilt = iter(fates)

    def spoil_wishes(method: str, path: str) -> None:
        if method == "PUT" and path.startswith("/v1/wishes") and (fate := next(spoilt, None)):
            weather.fates.append(fate)

    weather.interrupt = spoil_wishes
    clerk.until(lambda: not clerk.waiting())
    assert town.leaves(block.spaces[0]) == [(leave_id, 1)]
    assert clerk.leave(leave_id).row.pill is Pill.DECLARED


def test_what_the_adviser_did_meanwhile_makes_a_conflict_that_the_clerk_settles(
    town: Town, weather: Weather, block: Block, clerk: Clerk
) -> None:
    leave_id = clerk.leaves.send(a_declaration(clerk, block.spaces[0]), TODAY)
    clerk.turn()
    weather.down = True
    clerk.leaves.send(prolonged(clerk, leave_id, 20), TODAY)
    clerk.turn()
    town.ask_leave_document(leave_id, "RIB de l’entreprise")
    weather.clear()
    clerk.until(lambda: clerk.leave(leave_id).row.pill is Pill.CONFLICT)
    sheet = clerk.leave(leave_id)
    assert [awaited.label for awaited in sheet.awaited] == ["RIB de l’entreprise"]
    assert [each.standing for each in sheet.deliveries] == [Standing.CONFLICT]
    clerk.outbox.insist(sheet.deliveries[0].wish_id)
    clerk.until(lambda: not clerk.waiting())
    assert town.leaves(block.spaces[0]) == [(leave_id, 1)]
    assert clerk.leave(leave_id).row.pill is Pill.AWAITED


def test_who_may_no_longer_see_leaves_holds_none_and_keeps_her_requests(
    town: Town, block: Block, ana: Resident, clerk: Clerk
) -> None:
    space_id = block.spaces[0]
    request_id = clerk.ask(space_id)
    leave_id = clerk.leaves.send(a_declaration(clerk, space_id), TODAY)
    other = clerk.leaves.send(a_declaration(clerk, block.spaces[1], "Garcia"), TODAY)
    clerk.turn()
    assert clerk.leaves.counts(None).all == 2
    town.withdraw_right(ana.person_id, space_id, Right.LEAVE)
    clerk.until(lambda: clerk.leaves.spaces() == {block.spaces[1]})
    clerk.turn()
    assert clerk.store.query("SELECT leave_id FROM leaves") == [(other,)]
    assert clerk.leaves.sheet(leave_id, TODAY) is None
    assert request_id in clerk.requests()
    town.grant(ana.person_id, space_id, [Right.LEAVE])
    clerk.until(lambda: clerk.leaves.counts(None).all == 2)


def test_the_answer_that_comes_after_the_right_is_lost_brings_no_leave_back(
    town: Town, weather: Weather, block: Block, ana: Resident, clerk: Clerk
) -> None:
    """The portal answers a wish as often as it is said, with the leave as it was; the space itself is still hers."""
    space_id = block.spaces[0]
    clerk.leaves.send(replace(a_declaration(clerk, space_id), files=(), documents={}), TODAY)
    weather.fates.append(Spoil())
    clerk.turn()
    assert len(town.leaves(space_id)) == len(clerk.waiting()) == 1
    town.withdraw_right(ana.person_id, space_id, Right.LEAVE)
    weather.fates.append(Say(503))
    clerk.turn()
    assert (clerk.leaves.spaces(), len(clerk.waiting())) == ({block.spaces[1]}, 1)
    clerk.until(lambda: not clerk.waiting())
    assert clerk.store.query("SELECT leave_id FROM leaves") == []


def test_a_leave_overlapping_one_declared_elsewhere_is_refused_with_its_sentence(
    town: Town, block: Block, new_clerk: Callable[..., Clerk], ana: Resident, clerk: Clerk
) -> None:
    """The portal knows of it, this client not yet."""
    space_id = block.spaces[0]
    second = new_clerk("other computer")
    second.sign_in(ana)
    second.turn()
    clerk.leaves.send(a_declaration(clerk, space_id), TODAY)
    late = second.leaves.send(a_declaration(second, space_id), TODAY)
    clerk.turn()
    second.until(lambda: second.leave(late).row.pill is Pill.REFUSED)
    [delivery] = second.leave(late).deliveries
    assert "déjà déclaré" in delivery.sentence
    assert second.leaves.counts(None).stages[Stage.INCOMPLETE] == 1
    draft = second.leaves.edit_refused(delivery.wish_id)
    assert draft is not None
    assert draft.values["last_name"] == "Lefèvre"
    assert len(town.leaves(space_id)) == 1
