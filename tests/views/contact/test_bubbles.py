"""How a message that has not arrived stands, said under it."""

from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtWidgets import QLabel

from desktop.services.contact import Delivery, Ground, MessageRow
from desktop.views.contact.bubbles import Bubble
from desktop.views.contact.page import ContactPage

WAITING = MessageRow(
    message_id="m",
    mine=True,
    from_adviser=False,
    author="Claire Martin",
    text="Bonjour.",
    at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    unread=False,
    attachments=(),
    delivery=Delivery.WAITING,
    wish_id="w",
    sentence="",
)


def bubble_of(message: MessageRow, page: ContactPage) -> Bubble:
    bubble = page.reading.conversation._bubble(message, ())
    wide = bubble.natural_width(520)
    bubble.resize(wide, bubble.arrange(wide))
    return bubble


def test_what_waits_says_so_on_one_line(page: ContactPage) -> None:
    bubble = bubble_of(WAITING, page)
    (state,) = (one for one in bubble.findChildren(QLabel) if one.text() == "À envoyer dès que le portail répond")
    assert state.width() >= state.fontMetrics().horizontalAdvance(state.text())
    (undo,) = bubble.buttons
    assert state.geometry().right() < undo.x()
    assert undo.geometry().right() <= bubble.width()


def test_a_refusal_says_whose_it_is_in_two_sentences(page: ContactPage) -> None:
    refused = replace(WAITING, delivery=Delivery.REFUSED, sentence="Vous n\u2019avez pas le droit nécessaire.")
    bubble = bubble_of(refused, page)
    assert "Refusée par le portail. Vous n\u2019avez pas le droit nécessaire." in [
        one.text() for one in bubble.findChildren(QLabel)
    ]


def test_what_may_have_arrived_is_not_offered_to_be_taken_back(page: ContactPage) -> None:
    bubble = bubble_of(replace(WAITING, left=True), page)
    assert bubble.buttons == []
    assert "Envoi à confirmer par le portail" in [one.text() for one in bubble.findChildren(QLabel)]
    assert [one.text() for one in bubble_of(WAITING, page).buttons] == ["Annuler l\u2019envoi"]


def test_a_conflict_says_what_the_request_has_become(page: ContactPage) -> None:
    noon = datetime(2026, 11, 24, 12, 6).astimezone()
    ground = Ground(closed=True, awaited=("Bulletin de paie",), at=noon)
    message = replace(WAITING, delivery=Delivery.CONFLICT, sentence="La demande a changé.", ground=ground)
    bubble = bubble_of(message, page)
    said = (
        "La demande a été close le 24\u00a0novembre\u00a02026 à 12\u00a0h\u00a006. Un document est attendu\u00a0: "
        "Bulletin de paie. Relisez-la, puis confirmez votre envoi."
    )
    assert said in [one.text() for one in bubble.findChildren(QLabel)]
