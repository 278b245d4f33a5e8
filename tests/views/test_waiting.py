"""« En attente »: what waits, what it says, and what can be done about it."""

import apsw
import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from contract.contact import ReadMarkRecord, State
from desktop.services.contact import Draft, MessageRow
from desktop.services.problems import Refused
from desktop.views.waiting import Card
from tests.services.matters import a_message, take
from tests.services.world import NOW
from tests.views.acting import dialog, press, write
from tests.views.conftest import Client
from tests.views.walking import visible_strings


def test_a_refused_wish_is_shown_with_its_sentence_and_edited_again(client: Client, qtbot: QtBot) -> None:
    wish, request_id = write(client, "Voici la pièce.")
    client.services.outbox.refused(wish, Refused("La pièce n\u2019est plus acceptée.", kind="invalid", status=422))
    client.workplace.show_waiting()
    assert client.workplace.foot.waiting.accessibleName() == "En attente\u00a0: 1\u00a0envoi, dont 1 à revoir"
    page = client.workplace.waiting
    qtbot.waitUntil(lambda: bool(page.findChildren(Card)) and page.findChild(Card).isVisible())
    assert any(text == "La pièce n\u2019est plus acceptée." for _, text in visible_strings(page))
    press(qtbot, page, "Modifier et renvoyer")
    assert client.workplace.content.currentWidget() is client.workplace.contact
    assert client.workplace.contact.reading.request_id == request_id
    assert client.services.outbox.waiting() == ()
    draft = client.services.contact.draft(request_id)
    assert draft is not None
    assert draft.text == "Voici la pièce."
    assert client.workplace.contact.reading.composer.text.toPlainText() == "Voici la pièce."


@pytest.mark.parametrize("verb", ["Modifier et renvoyer", "Annuler l\u2019envoi"])
def test_a_wish_of_the_request_that_is_open_comes_back_before_what_was_typed_since(
    client: Client, qtbot: QtBot, verb: str
) -> None:
    contact, outbox = client.services.contact, client.services.outbox
    _, request_id = write(client, "un message parti")
    client.workplace.open_request(request_id)
    composer = client.workplace.contact.reading.composer
    wish = contact.reply(Draft(key=request_id, text="Voici la pièce."), contact.sheet(request_id).state_version)
    if verb == "Modifier et renvoyer":
        outbox.refused(wish, Refused("La pièce n\u2019est plus acceptée.", kind="invalid", status=422))
    client.workplace.show_waiting()
    composer.text.setPlainText("tapé depuis")  # as a file that lands while the page is hidden: not kept yet
    page = client.workplace.waiting
    card = next(each for each in page.findChildren(Card) if each._waiting.wish_id == wish)
    qtbot.waitUntil(card.isVisible)
    press(qtbot, card, verb)
    assert client.workplace.content.currentWidget() is client.workplace.contact
    assert composer.text.toPlainText() == "Voici la pièce.\n\ntapé depuis"
    qtbot.keyClicks(composer.text, "!")
    client.workplace.contact.keep_drafts()
    assert contact.draft(request_id).text == "Voici la pièce.\n\ntapé depuis!"


def test_a_card_shows_the_first_words_of_what_it_sends(client: Client, qtbot: QtBot) -> None:
    write(client, "Bonjour,\n\nvoici la pièce demandée.")
    client.workplace.show_waiting()
    qtbot.waitUntil(lambda: client.workplace.waiting.findChild(Card).isVisible())
    assert "Bonjour, voici la pièce demandée." in [text for _, text in visible_strings(client.workplace.waiting)]


def test_taking_back_what_has_left_meanwhile_says_so(client: Client, qtbot: QtBot) -> None:
    wish, _ = write(client, "Bonjour")
    client.workplace.show_waiting()
    page = client.workplace.waiting
    qtbot.waitUntil(lambda: page.findChild(Card).isVisible())
    card = page.findChild(Card)
    client.services.outbox.sending(wish)
    card._take_back()  # pressed in the very moment
    assert client.workplace.content.currentWidget() is page
    assert page.notice.sentence == "Trop tard\u00a0: «\u00a0" + card._waiting.title + "\u00a0» est déjà parti."
    client.services.outbox.later(wish, 0.0, fault=False)
    qtbot.waitUntil(lambda: any(text.startswith("Peut-être déjà reçu") for _, text in visible_strings(page)))
    assert not any(text == "Annuler l\u2019envoi" for _, text in visible_strings(page))


def test_a_card_stops_saying_that_a_wish_leaves_at_once_when_it_cannot(
    client: Client, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = client.services.outbox
    write(client, "Bonjour")
    client.workplace.show_waiting()
    page = client.workplace.waiting
    qtbot.waitUntil(lambda: any(text == "Part dans quelques secondes" for _, text in visible_strings(page)))
    monkeypatch.setattr(outbox, "_clock", lambda now=outbox._clock: now() + 11)
    qtbot.waitUntil(lambda: any(text.startswith("Partira dès que") for _, text in visible_strings(page)))


def test_a_draft_that_could_not_be_kept_is_kept_later(client: Client) -> None:
    contact, request_id = client.services.contact, write(client, "Bonjour")[1]
    client.workplace.open_request(request_id)
    client.workplace.contact.reading.composer.text.setPlainText("à moitié écr")
    with client.services.store.write("drafts") as db:
        db.execute("CREATE TEMP TRIGGER stuck BEFORE INSERT ON drafts BEGIN SELECT raise(FAIL, 'no room'); END")
    with pytest.raises(apsw.Error):
        client.workplace.contact.keep_drafts()
    with client.services.store.write("drafts") as db:
        db.execute("DROP TRIGGER stuck")
    client.workplace.contact.keep_drafts()
    assert contact.draft(request_id).text == "à moitié écr"


def test_a_conflict_shows_both_versions_and_is_sent_anyway(client: Client, qtbot: QtBot) -> None:
    wish, _ = write(client, "Mon texte que voici")
    client.services.outbox.refused(wish, Refused("La demande a changé.", kind="stale", status=412))
    client.workplace.show_waiting()
    page = client.workplace.waiting
    qtbot.waitUntil(lambda: page.findChild(Card).isVisible())
    assert any(text == "Mon texte que voici" for _, text in visible_strings(page))
    press(qtbot, page, "Envoyer quand même")
    assert [each.state.value for each in client.services.outbox.waiting()] == ["queued"]


def test_a_conflict_says_what_the_portal_holds_now_and_not_what_was_answered(client: Client, qtbot: QtBot) -> None:
    contact, store = client.services.contact, client.services.store
    request = next(each for each in client.world.requests if contact.sheet(each.request_id).row.answered)
    told = replace(request, state=State.RECEIVED, state_version=5_000)
    answer = a_message(told, 90, text="Ce que vous aviez lu.", sent_at=NOW)
    take(store, contact, told, answer, ReadMarkRecord(told.request_id, told.space_id, 90), start=500_000)
    wish = contact.reply(Draft(key=told.request_id, text="Ma réponse"), 5_000)
    client.services.outbox.refused(wish, Refused("La demande a changé.", kind="stale", status=412))
    client.workplace.show_waiting()
    page = client.workplace.waiting

    def said() -> list[str]:
        return [text for _, text in visible_strings(page)]

    qtbot.waitUntil(lambda: "L\u2019état de la demande a changé." in said())
    assert "1\u00a0envoi demande votre attention." in said()
    closed = replace(told, state=State.CLOSED, state_version=600_000)
    take(store, contact, closed, start=600_000)
    qtbot.waitUntil(lambda: any(text.startswith("La demande a été close le ") for text in said()))
    assert "Au portail" in said()
    assert not any("Ce que vous aviez lu." in text for text in said())
    answer = a_message(told, 91, text="Le versement part demain.", sent_at=NOW)
    take(store, contact, answer, closed, start=700_000)
    qtbot.waitUntil(lambda: any("Le versement part demain." in text for text in said()))
    assert any(text.startswith("La demande a été close") for text in said())


def test_giving_up_asks_first_and_keeping_is_the_default(client: Client, qtbot: QtBot) -> None:
    wish, _ = write(client, "Mon texte")
    client.services.outbox.refused(wish, Refused("Non.", kind="invalid", status=422))
    client.workplace.show_waiting()
    qtbot.waitUntil(lambda: client.workplace.waiting.findChild(Card).isVisible())
    press(qtbot, client.workplace.waiting, "Abandonner…")
    box = dialog(client)
    assert isinstance(box, QMessageBox)
    assert box.defaultButton().text() == "Conserver"
    press(qtbot, box, "Conserver")
    assert len(client.services.outbox.waiting()) == 1
    press(qtbot, client.workplace.waiting, "Abandonner…")
    press(qtbot, dialog(client), "Abandonner l\u2019envoi")
    assert client.services.outbox.waiting() == ()
    assert any(text == "Tout est parti" for _, text in visible_strings(client.workplace.waiting))


def test_a_conversation_is_read_once_for_all_that_waits_in_it(
    client: Client, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, read = client.services.contact, list[str]()
    inner = contact.conversation

    def conversation(request_id: str) -> tuple[MessageRow, ...]:
        read.append(request_id)
        return inner(request_id)

    monkeypatch.setattr(contact, "conversation", conversation)
    requests = {write(client, f"Message {number}", place)[1] for number in range(4) for place in (0, 1)}
    assert read == [], "the page is not there to be seen"
    client.workplace.show_waiting()
    qtbot.waitUntil(lambda: len(client.workplace.waiting.findChildren(Card)) == 8)
    assert sorted(read) == sorted(requests)


def test_the_text_of_a_wish_is_copied(client: Client, qtbot: QtBot, qapp: QApplication) -> None:
    wish, _ = write(client, "À garder")
    client.services.outbox.refused(wish, Refused("Non.", kind="invalid", status=422))
    client.workplace.show_waiting()
    qtbot.waitUntil(lambda: client.workplace.waiting.findChild(Card).isVisible())
    press(qtbot, client.workplace.waiting, "Copier")
    assert qapp.clipboard().text() == "À garder"


def test_having_read_something_does_not_count_as_waiting(client: Client, qtbot: QtBot) -> None:
    contact = client.services.contact
    unread = next(each for each in client.world.requests if contact.sheet(each.request_id).row.unread)
    contact.mark_read(unread.request_id)
    assert [each.quiet for each in client.services.outbox.waiting()] == [True]
    assert client.workplace.foot.waiting.text() == "En attente"
    write(client, "Bonjour")
    assert client.workplace.foot.waiting.text() == "En attente (1)"
    wish = next(each.wish_id for each in client.services.outbox.waiting() if each.quiet)
    client.services.outbox.refused(wish, Refused("Non.", kind="invalid", status=422))
    assert client.workplace.foot.waiting.text() == "En attente (2)", "what was refused is never hidden"
