"""What may have arrived is never told as not sent."""

from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services.problems import Refused
from desktop.views.waiting import Card
from tests.views.acting import dialog, press, write
from tests.views.conftest import Client


def test_giving_up_says_whether_it_may_have_arrived(client: Client, qtbot: QtBot) -> None:
    outbox, page = client.services.outbox, client.workplace.waiting
    wish, _ = write(client, "Mon texte")
    outbox.sending(wish)  # its answer is lost
    outbox.sending(wish)
    outbox.refused(wish, Refused("Cet identifiant sert déjà.", kind="other-wish", status=422))
    client.workplace.show_waiting()
    qtbot.waitUntil(lambda: any(card.isVisible() for card in page.findChildren(Card)))
    press(qtbot, page, "Abandonner…")
    box = dialog(client)
    assert isinstance(box, QMessageBox)
    assert "est peut-être déjà arrivé au portail\u202f; Volet ne l\u2019enverra plus" in box.informativeText()
    assert "ne sera pas envoyé" not in box.informativeText()
    press(qtbot, box, "Conserver")
