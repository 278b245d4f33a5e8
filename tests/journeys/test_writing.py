"""A clerk writes: on line and off, with answers lost, cut, refused and in conflict."""

from collections.abc import Callable

from contract import limits
from desktop.services.contact import Delivery, Draft, Pill
from desktop.services.outbox import WishState
from desktop.services.sync import LinkState
from tests.journeys.clerk import Clerk
from tests.journeys.residents import Resident
from tests.journeys.town import Block, Town
from tests.weather import CutUp, Lose, Say, Weather


def test_from_the_sign_in_to_the_first_answer_read(
    town: Town, block: Block, ana: Resident, new_clerk: Callable[..., Clerk]
) -> None:
    clerk = new_clerk()
    assert clerk.turn() is LinkState.SIGN_IN_NEEDED
    clerk.sign_in(ana)
    assert clerk.turn() is LinkState.ONLINE
    assert len(clerk.portfolio.spaces()) == 2
    assert clerk.contact.themes(block.spaces[0])
    request_id = clerk.ask(block.spaces[0], "Où en est ma demande ?")
    assert clerk.sheet(request_id).row.pill is Pill.WAITING
    clerk.turn()
    sheet = clerk.sheet(request_id)
    assert (sheet.row.pill, sheet.row.file_number is not None, clerk.waiting()) == (Pill.RECEIVED, True, ())
    town.reply(request_id, "Elle est traitée.")
    clerk.turn()
    assert clerk.sheet(request_id).row.pill is Pill.ANSWERED
    assert clerk.texts(request_id) == ["Où en est ma demande ?", "Elle est traitée."]
    clerk.contact.mark_read(request_id)
    clerk.turn()
    assert clerk.sheet(request_id).row.unread == 0
    assert town.read_through(ana.person_id, request_id) == 2


def test_off_line_everything_can_be_written_and_goes_out_once(
    town: Town, weather: Weather, block: Block, clerk: Clerk
) -> None:
    opened = clerk.ask(block.spaces[0], "Une première")
    clerk.turn()
    town.stop()
    try:
        assert clerk.turn() is LinkState.OFFLINE
        second = clerk.ask(block.spaces[1], "Une seconde")
        clerk.reply(opened, "J’ajoute ceci.")
        clerk.reply(opened, "Et cela.")
        clerk.turn()
        assert clerk.texts(opened) == ["Une première", "J’ajoute ceci.", "Et cela."]
        assert [m.delivery for m in clerk.contact.conversation(opened)][1:] == [Delivery.WAITING, Delivery.WAITING]
        assert len(clerk.waiting()) == 3
    finally:
        town.start()
    weather.target = ("127.0.0.1", town.port)
    assert clerk.turn() is LinkState.ONLINE
    assert clerk.waiting() == ()
    assert town.texts(opened) == ["Une première", "J’ajoute ceci.", "Et cela."]
    assert town.texts(second) == ["Une seconde"]


def test_a_client_started_anew_sends_what_the_former_run_had_not(
    town: Town, weather: Weather, block: Block, clerk: Clerk, new_clerk: Callable[..., Clerk]
) -> None:
    weather.down = True
    request_id = clerk.ask(block.spaces[0], "Avant de fermer")
    clerk.turn()
    clerk.close()
    weather.clear()
    again = new_clerk()
    assert again.turn() is LinkState.ONLINE
    assert town.texts(request_id) == ["Avant de fermer"]
    assert again.waiting() == ()


def test_an_answer_lost_twice_is_one_effect(town: Town, weather: Weather, block: Block, clerk: Clerk) -> None:
    request_id = clerk.ask(block.spaces[0], "Une fois")
    weather.lose_answers(2)
    assert [clerk.turn(), clerk.turn()] == [LinkState.OFFLINE, LinkState.OFFLINE]
    assert clerk.turn() is LinkState.ONLINE
    puts = [seen for seen in weather.seen if seen.method == "PUT"]
    assert len(puts) == 3
    assert len({seen.path for seen in puts}) == 1
    assert town.texts(request_id) == ["Une fois"]
    assert clerk.texts(request_id) == ["Une fois"]
    assert clerk.waiting() == ()


def test_the_portal_fails_for_a_while_and_nothing_is_lost(
    town: Town, weather: Weather, block: Block, clerk: Clerk
) -> None:
    request_id = clerk.ask(block.spaces[0], "Patience")
    weather.fates.extend([Say(500), Say(200), Say(502), Say(200)])
    clerk.turn()
    clerk.turn()
    assert clerk.sync.link.state is LinkState.FAULTY
    weather.clear()
    clerk.until(lambda: not clerk.waiting())
    assert town.texts(request_id) == ["Patience"]


def test_an_upload_cut_at_every_block_sends_no_byte_twice_beyond_one_block(
    town: Town, weather: Weather, block: Block, clerk: Clerk
) -> None:
    content = b"Jour;Montant\n" + b"2026-11-24;12,50\n" * 200_000
    size = len(content)
    assert size > 3 * limits.UPLOAD_CHUNK
    file = clerk.shelf.stage_bytes("decompte.csv", content)
    request_id = clerk.ask(block.spaces[0], "Voici le fichier", file)
    cuts = 0

    def cut_each_block(method: str, _path: str) -> None:
        nonlocal cuts
        if method == "HEAD" and cuts < 4:
            cuts += 1
            weather.fates.append([CutUp(1000), Lose(), CutUp(500_000), Lose()][cuts - 1])

    weather.interrupt = cut_each_block
    clerk.until(lambda: not clerk.waiting())
    assert cuts == 4
    assert sum(seen.up for seen in weather.seen if seen.method == "PATCH") <= size + 4 * limits.UPLOAD_CHUNK
    (message,) = clerk.contact.conversation(request_id)
    (attachment,) = message.attachments
    assert (attachment.sha256, attachment.size) == (file.sha256, size)
    assert town.texts(request_id) == ["Voici le fichier"]


def test_a_conflict_is_shown_and_the_person_insists(town: Town, block: Block, clerk: Clerk) -> None:
    request_id, wish_id = _in_conflict(town, block, clerk)
    assert town.texts(request_id) == ["Une question", "C’est réglé."]
    again = clerk.outbox.insist(wish_id)
    clerk.turn()
    assert clerk.state(again) is None
    assert town.texts(request_id) == ["Une question", "C’est réglé.", "Merci encore"]
    assert clerk.sheet(request_id).row.closed is False


def test_a_conflict_is_edited_and_sent_again(town: Town, block: Block, clerk: Clerk) -> None:
    request_id, wish_id = _in_conflict(town, block, clerk)
    draft = clerk.contact.edit_refused(wish_id)
    assert (draft.key, draft.text) == (request_id, "Merci encore")
    clerk.reply(request_id, draft.text + " et bonne journée")
    clerk.turn()
    assert town.texts(request_id)[-1] == "Merci encore et bonne journée"
    assert clerk.waiting() == ()


def test_a_conflict_is_given_up(town: Town, block: Block, clerk: Clerk) -> None:
    request_id, wish_id = _in_conflict(town, block, clerk)
    clerk.outbox.give_up(wish_id)
    clerk.turn()
    assert (clerk.waiting(), clerk.texts(request_id)) == ((), ["Une question", "C’est réglé."])


def _in_conflict(town: Town, block: Block, clerk: Clerk) -> tuple[str, str]:
    """A reply to what was open when it was written; the adviser has closed it meanwhile."""
    request_id = clerk.ask(block.spaces[0], "Une question")
    clerk.turn()
    wish_id = clerk.reply(request_id, "Merci encore")
    town.close(request_id, "C’est réglé.")
    clerk.turn()
    assert clerk.state(wish_id) is WishState.CONFLICT
    return request_id, wish_id


def test_a_refused_request_is_edited_and_sent_again(town: Town, block: Block, clerk: Clerk) -> None:
    """The catalogue that the client holds allows what the portal does not any more."""
    with clerk.store.write("portfolio") as db:
        db.execute("UPDATE topics SET code = 'autre.disparu' WHERE code = 'autre.autre-question'")
    request_id = clerk.contact.open_request(
        Draft("new", "Bonjour", block.spaces[0], "autre.disparu", "Une question", {})
    )
    clerk.turn()
    (waiting,) = clerk.waiting()
    assert (waiting.state, waiting.request_id) == (WishState.REFUSED, request_id)
    assert "sous-thème" in waiting.sentence
    assert clerk.sheet(request_id).row.pill is Pill.REFUSED
    draft = clerk.contact.edit_refused(waiting.wish_id)
    assert draft.text == "Bonjour"
    with clerk.store.write("portfolio") as db:
        db.execute("UPDATE topics SET code = 'autre.autre-question' WHERE code = 'autre.disparu'")
    again = clerk.ask(block.spaces[0], draft.text)
    clerk.turn()
    assert (clerk.waiting(), town.texts(again)) == ((), ["Bonjour"])


def test_a_send_undone_leaves_no_trace_and_one_that_waits_long_enough_goes(
    town: Town, weather: Weather, block: Block, ana: Resident, new_clerk: Callable[..., Clerk]
) -> None:
    clerk = new_clerk(hold_seconds=3600.0)
    clerk.sign_in(ana)
    clerk.turn()
    weather.forget()
    clerk.ask(block.spaces[0], "Trop vite")
    clerk.turn()
    assert [seen.method for seen in weather.seen] == ["GET"]
    (waiting,) = clerk.waiting()
    draft = clerk.contact.take_back(waiting.wish_id)
    assert draft is not None
    assert draft.text == "Trop vite"
    clerk.ask(block.spaces[0], "Réfléchi")
    clerk.close()
    again = new_clerk(hold_seconds=3600.0)
    again.turn()
    assert again.waiting() == ()
    assert [town.texts(request_id) for request_id in again.requests()] == [["Réfléchi"]]


def test_a_document_awaited_is_sent_and_opens_the_request_again(town: Town, block: Block, clerk: Clerk) -> None:
    request_id = clerk.ask(block.spaces[0], "Une question")
    clerk.turn()
    town.ask_document(request_id, "RIB de l’entreprise")
    clerk.turn()
    sheet = clerk.sheet(request_id)
    assert (sheet.row.pill, [awaited.label for awaited in sheet.awaited]) == (Pill.AWAITED, ["RIB de l’entreprise"])
    file = clerk.shelf.stage_bytes("rib.txt", b"FR76 ...")
    clerk.reply(request_id, "Le voici", file, answers=(sheet.awaited[0].awaited_id,))
    clerk.turn()
    sheet = clerk.sheet(request_id)
    assert (sheet.row.closed, sheet.awaited, clerk.waiting()) == (False, (), ())
