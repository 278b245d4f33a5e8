"""Users in the window: their tab, « Ajouter » from anywhere, and rights that vanish while one works."""

import msgspec
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from contract.portfolio import Right
from tests.services.people import tell
from tests.views.acting import press
from tests.views.conftest import Client


def test_adding_is_one_click_away_and_losing_rights_is_told(client: Client, qtbot: QtBot) -> None:
    workplace, services, me = client.workplace, client.services, client.world.me
    tell(services.store, services.portfolio, services.users, me)
    QApplication.processEvents()
    assert workplace.top.add.isVisible()
    workplace.top.add.click()
    qtbot.waitUntil(lambda: workplace.users.page is not None and workplace.users.page.form.isVisible(), timeout=10_000)
    assert workplace.content.currentWidget() is workplace.users
    workplace.show_contact()
    client.app.window.keys["users"].trigger()
    assert workplace.content.currentWidget() is workplace.users

    first, *others = me.spaces
    kept = msgspec.structs.replace(first, rights=(Right.CONTACT,))
    spaces = (kept, *(msgspec.structs.replace(each, rights=(Right.CONTACT,)) for each in others[:-1]))
    tell(services.store, services.portfolio, services.users, msgspec.structs.replace(me, spaces=spaces))
    qtbot.waitUntil(lambda: bool(workplace.strips.lost.sentence))
    assert first.member_number in workplace.strips.lost.sentence
    assert "brouillons" in workplace.strips.lost.sentence
    assert not workplace.top.add.isVisible()
    page = workplace.users.page
    assert page is not None
    qtbot.waitUntil(page.closed.isVisible)
    press(qtbot, workplace.strips.lost, "J’ai compris")
    assert workplace.strips.lost.sentence == ""
    assert services.portfolio.lost() == ()
