"""What a person does in the window, for the tests of it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import App
from desktop.services.contact import Draft
from desktop.views.window.selector import SelectorList
from tests.views.conftest import Client


def dialog(client: Client) -> QDialog:
    found = [each for each in client.app.window.findChildren(QDialog) if each.isVisible()]
    assert len(found) == 1
    return found[0]


def button(root: QWidget, text: str) -> QPushButton:
    found = [each for each in root.findChildren(QPushButton) if each.text() == text and each.isVisible()]
    assert found, f"no button says {text}"
    return found[0]


def press(qtbot: QtBot, root: QWidget, text: str) -> None:
    qtbot.mouseClick(button(root, text), Qt.MouseButton.LeftButton)


def write(client: Client, text: str, place: int = 0) -> tuple[str, str]:
    """A reply of the clerk; answers (wish, request)."""
    contact = client.services.contact
    open_ones = [each for each in client.world.requests if contact.sheet(each.request_id).can_reply]
    request_id = open_ones[place].request_id
    sheet = contact.sheet(request_id)
    return contact.reply(Draft(key=request_id, text=text), sheet.state_version), request_id


def open_selector(client: Client | App, qtbot: QtBot) -> SelectorList:
    workplace = client.workplace
    assert workplace is not None
    workplace.choose_space()
    shown = next(each for each in workplace.selector.findChildren(SelectorList) if each.isVisible())
    qtbot.waitUntil(lambda: shown.entries.rowCount() > 0)
    return shown
