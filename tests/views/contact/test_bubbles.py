"""How a message that has not arrived stands, said under it."""

from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtWidgets import QLabel

from desktop.services.contact import Delivery, MessageRow
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
