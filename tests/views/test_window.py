"""The whole window, off line on a filled profile: what it says, how it is reached, what it remembers."""

import threading
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import App
from desktop.views.opening import Appearance
from desktop.views.window.keys import KEYS, said
from tests.services.matters import a_message, take
from tests.services.world import a_world, fill
from tests.views.acting import button, dialog, open_selector, press, write
from tests.views.conftest import Client, Watchdog, profile
from tests.views.walking import visible_strings

# Where one is


def test_what_was_written_off_line_is_counted_at_once_and_waits(client: Client, qtbot: QtBot) -> None:
    write(client, "Bonjour")
    assert client.workplace.foot.waiting.text() == "En attente (1)"
    qtbot.mouseClick(client.workplace.foot.waiting, Qt.MouseButton.LeftButton)
    assert client.workplace.content.currentWidget() is client.workplace.waiting
    qtbot.keyClick(client.workplace, Qt.Key.Key_Escape)
    assert client.workplace.content.currentWidget() is client.workplace.contact


def test_the_rail_shows_where_one_is(client: Client, qtbot: QtBot) -> None:
    workplace = client.workplace
    tabs, waiting = workplace.tabs, workplace.foot.waiting

    def lit() -> tuple[bool, bool]:
        ground = tabs.grab().toImage().pixelColor(tabs.tabRect(0).right() - 60, tabs.tabRect(0).center().y())
        return ground == client.app.look.colour("selection"), waiting.isChecked()

    assert lit() == (True, False)
    for _ in range(2):  # a second click leaves it as it is
        qtbot.mouseClick(waiting, Qt.MouseButton.LeftButton)
        assert lit() == (False, True)
    workplace.sign_in_again()
    assert lit() == (False, True), "she comes back to it"
    workplace.again.leave()
    tabs.setFocus()
    qtbot.keyClick(tabs, Qt.Key.Key_Return)
    assert workplace.content.currentWidget() is workplace.contact
    assert lit() == (True, False)


# The selector


def test_a_company_is_found_by_typing_and_chosen_by_enter(client: Client, qtbot: QtBot) -> None:
    popup = open_selector(client, qtbot)
    qtbot.keyClicks(popup.search, "elan")
    qtbot.waitUntil(lambda: 0 < popup.entries.rowCount() < len(client.world.me.spaces))
    wanted = popup.entries.entry(popup.list.currentIndex()).space
    assert wanted is not None
    assert wanted.company == "Élan Logistique"
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert client.workplace.space_id == wanted.space_id
    assert "Élan Logistique" in client.workplace.selector.accessibleName()
    assert client.services.portfolio.recent()[0].space_id == wanted.space_id


def test_enter_waits_for_the_answer_to_what_was_typed(client: Client, qtbot: QtBot) -> None:
    popup = open_selector(client, qtbot)
    before, wanted = popup.entries.rowCount(), client.services.portfolio.spaces()[-1]
    qtbot.keyClicks(popup.search, wanted.member_number)
    assert popup.entries.rowCount() == before, "the list has answered already: nothing is tested"
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: client.workplace.space_id == wanted.space_id)


def test_what_is_not_found_says_so(client: Client, qtbot: QtBot) -> None:
    popup = open_selector(client, qtbot)
    qtbot.keyClicks(popup.search, "zzzz")
    qtbot.waitUntil(lambda: popup.entries.rowCount() == 0)
    assert any(text == "Aucune entreprise pour «\u00a0zzzz\u00a0»" for _, text in visible_strings(popup))
    popup.close()


def test_the_list_of_a_few_companies_is_as_high_as_they_are(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    app = open_app(qapp, qtbot, profile(qapp, tmp_path, a_world(10, companies=2, spaces=3)))
    popup = open_selector(app, qtbot)
    last = popup.entries.index(popup.entries.rowCount() - 1)
    qtbot.waitUntil(lambda: popup.list.visualRect(last).isValid())
    assert popup.entries.rowCount() == 4
    assert popup.list.verticalScrollBar().maximum() == 0
    assert 0 <= popup.list.viewport().height() - popup.list.visualRect(last).bottom() < 12
    popup.close()
    app.close()


def test_the_list_of_many_companies_stays_on_the_screen(client: Client, qtbot: QtBot) -> None:
    popup = open_selector(client, qtbot)
    assert popup.list.verticalScrollBar().maximum() > 0
    assert 300 < popup.list.height() < 400
    popup.close()
    bottom = client.app.window.screen().availableGeometry().bottom()
    client.app.window.move(0, bottom - 400)
    popup = open_selector(client, qtbot)
    assert popup.geometry().bottom() <= bottom
    popup.close()


def test_a_favourite_comes_first(client: Client, qtbot: QtBot) -> None:
    popup = open_selector(client, qtbot)
    last = popup.entries.rowCount() - 1
    wanted = popup.entries.entry(popup.entries.index(last)).space
    assert wanted is not None
    popup.list.setCurrentIndex(popup.entries.index(last))
    press(qtbot, popup, "Favori")
    assert client.services.portfolio.spaces()[0].space_id == wanted.space_id
    popup.close()


# Spaces and rights


def test_a_space_is_asked_for_with_its_lines_checked(client: Client, qtbot: QtBot) -> None:
    client.workplace.add_space()
    sheet = dialog(client)
    go = button(sheet, "Préparer la demande")
    sheet.lines.setPlainText("abc")
    qtbot.waitUntil(lambda: any("abc" in text for _, text in visible_strings(sheet) if text != "abc"))
    assert not go.isEnabled()
    sheet.lines.setPlainText("552 100 554 00013\n552 100 554 00013\n7000123\n")
    qtbot.waitUntil(go.isEnabled)
    qtbot.mouseClick(go, Qt.MouseButton.LeftButton)
    form = client.workplace.contact.form
    assert form.isVisible()
    assert any("552" in each.toPlainText() for each in form.findChildren(type(sheet.lines)))


def test_the_lines_of_a_space_to_add_are_kept_as_typed(client: Client, qtbot: QtBot) -> None:
    client.workplace.add_space()
    sheet = dialog(client)
    qtbot.keyClicks(sheet.lines, "7000123")
    qtbot.waitUntil(lambda: bool(client.workplace.contact._desk.contact.drafts()))
    qtbot.keyClicks(sheet.lines, "4")
    qtbot.keyClick(sheet.lines, Qt.Key.Key_Escape)
    client.workplace.add_space()
    again = dialog(client)
    assert again is not sheet
    assert again.lines.toPlainText() == "70001234"
    go = button(again, "Préparer la demande")
    qtbot.waitUntil(go.isEnabled)
    qtbot.mouseClick(go, Qt.MouseButton.LeftButton)
    form = client.workplace.contact.form
    assert "70001234" in form.answers.values().values()
    assert form.note.isHidden()
    client.workplace.add_space()
    assert not form.isVisible()
    assert dialog(client).lines.toPlainText() == "70001234"
    dialog(client).lines.clear()
    qtbot.keyClick(dialog(client).lines, Qt.Key.Key_Escape)
    assert client.workplace.contact._desk.contact.drafts() == frozenset()


def test_becoming_administrator_knows_the_step(client: Client, qtbot: QtBot) -> None:
    client.workplace.become_administrator()
    sheet = dialog(client)
    assert any("déjà administrateur" in text for _, text in visible_strings(sheet))
    press(qtbot, sheet, "Fermer")


# By keyboard


def test_no_two_shortcuts_are_the_same() -> None:
    keys = [QKeySequence(each).toString() for key in KEYS for each in key.keys]
    assert len(keys) == len(set(keys))
    assert all(keys)
    assert len({key.name for key in KEYS}) == len(KEYS)


def test_no_shortcut_is_typed_with_alt_gr() -> None:
    assert not [each for key in KEYS for each in key.keys if "Ctrl+Alt" in each]


def test_shortcuts_are_said_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert [said(each) for each in ("Ctrl+Return", "Shift+F6", "Esc")] == ["Ctrl+Entrée", "Maj+F6", "Échap"]


def test_f6_goes_round_and_back(client: Client, qtbot: QtBot) -> None:
    window = client.app.window
    window.activateWindow()
    client.workplace.open_request(write(client, "Bonjour")[1])
    zones = client.workplace._zones()

    def zone() -> int:
        here = window.focusWidget()
        return next(place for place, each in enumerate(zones) if here is each or each.isAncestorOf(here))

    seen = []
    for _ in zones:
        client.workplace._next_zone()
        seen.append(zone())
    assert sorted(seen) == list(range(len(zones)))
    client.workplace._previous_zone()
    assert zone() == seen[-2]


def test_every_key_of_the_window_does_something(client: Client, qtbot: QtBot) -> None:
    for key in KEYS:
        if not key.page:
            action = client.app.window.keys[key.name]
            assert [each.toString() for each in action.shortcuts()] == [
                QKeySequence(each).toString() for each in key.keys
            ]
    client.app.window.keys["waiting"].trigger()
    assert client.workplace.content.currentWidget() is client.workplace.waiting
    client.app.window.keys["new"].trigger()
    assert client.workplace.contact.form.isVisible()
    client.app.window.keys["find"].trigger()
    assert client.app.window.focusWidget() is client.workplace.contact.list.search


# Signing in again, and out


def test_signing_in_again_is_in_place_and_loses_nothing(client: Client, qtbot: QtBot) -> None:
    workplace = client.workplace
    _, request_id = write(client, "un premier message")
    workplace.open_request(request_id)
    workplace.contact.reading.composer.text.setPlainText("à moitié écr")
    workplace.sign_in_again()
    page = workplace.content.currentWidget()
    assert any(text == "Reconnectez-vous" for _, text in visible_strings(page))
    assert not any(text == "Changer" for _, text in visible_strings(page))
    press(qtbot, page, "Plus tard")
    assert workplace.content.currentWidget() is workplace.contact
    assert workplace.contact.reading.composer.text.toPlainText() == "à moitié écr"


def test_signing_out_with_wishes_left_says_how_many(client: Client, qtbot: QtBot) -> None:
    write(client, "Bonjour")
    client.workplace._ask_sign_out()
    box = dialog(client)
    assert "1\u00a0envoi en attente" in box.text()
    with qtbot.waitSignal(client.app.asked):
        press(qtbot, box, "Se déconnecter")
    assert client.app.workplace is None
    qtbot.waitUntil(lambda: client.app.errands.idle)


def test_the_pages_of_a_session_that_is_over_leave_the_memory(client: Client, qtbot: QtBot) -> None:
    client.app.tidying.settle()
    gone = weakref.ref(client.workplace.contact)
    with qtbot.waitSignal(client.app.asked):
        client.app.sign_out()
    qtbot.waitUntil(lambda: gone() is None, timeout=10_000)


# What it remembers


def test_window_and_space_come_back(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    world = a_world(10)
    options = profile(qapp, tmp_path, world)
    space_id = world.me.spaces[1].space_id
    first = open_app(qapp, qtbot, options)
    first.window.resize(1111, 666)
    first.workplace.show_space(space_id)
    first.window.close()
    second = open_app(qapp, qtbot, options)
    assert second.workplace.space_id == space_id
    assert second.window.height() == 666, "the screen of the tests is narrower than the window; its height tells"
    second.close()


def test_a_window_left_on_a_screen_that_is_gone_comes_back_on_one_that_is_there(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    options = profile(qapp, tmp_path, a_world(3))
    first = App(qapp, options)
    first.window.show()
    first.window.move(20_000, 20_000)
    first.window.close()
    second = App(qapp, options)
    second.window.show()
    area = qapp.primaryScreen().availableGeometry()
    assert area.intersects(second.window.frameGeometry())
    second.close()


def open_app(qapp: QApplication, qtbot: QtBot, options: object) -> App:
    app = App(qapp, options)  # type: ignore[arg-type]
    with qtbot.waitSignal(app.opened, timeout=20_000):
        app.window.show()
    return app


def test_it_is_usable_at_1000_by_640(client: Client, qtbot: QtBot) -> None:
    assert client.app.window.minimumSizeHint().width() <= 1000
    assert client.workplace.minimumSizeHint().width() <= 1000
    assert client.workplace.minimumSizeHint().height() <= 640
    client.app.window.resize(1000, 640)
    assert (client.app.window.width(), client.app.window.height()) == (1000, 640)


# Unread


def test_unread_is_counted_on_the_tab_and_in_the_title(client: Client, qtbot: QtBot) -> None:
    whole = sum(client.services.contact.unread_by_space().values())
    assert whole > 0
    qtbot.waitUntil(lambda: client.app.window.windowTitle() == f"({whole}) Volet")
    assert client.workplace.tabs.accessibleTabName(0) == f"Contact, {whole}\u00a0non lues"


def test_new_answers_are_told_together_and_name_nobody(client: Client, qtbot: QtBot) -> None:
    noticing = client.workplace.noticing
    qtbot.waitUntil(lambda: noticing._known is not None)
    known = noticing._known
    with qtbot.waitSignal(noticing.told, timeout=5000):
        noticing.count(known + 1)
        noticing.count(known + 2)
        noticing._window.clearFocus()
        noticing._wanted = lambda: True
        noticing._window = QWidget()
    assert noticing.last == "2\u00a0réponses de votre conseiller"


def test_a_second_answer_in_an_unread_request_is_noticed(client: Client, qtbot: QtBot) -> None:
    services, noticing = client.services, client.workplace.noticing
    qtbot.waitUntil(lambda: noticing._known is not None)
    unread = sum(services.contact.unread_by_space().values())
    request = next(each for each in client.world.requests if services.contact.sheet(each.request_id).row.unread)
    noticing._wanted = lambda: True
    noticing._window = QWidget()
    with qtbot.waitSignal(noticing.told, timeout=5000):
        take(services.store, services.contact, a_message(request, 900))
    assert noticing.last == "1\u00a0réponse de votre conseiller"
    assert sum(services.contact.unread_by_space().values()) == unread, "it is the same request"


def test_notifications_have_an_off_switch(client: Client, qtbot: QtBot) -> None:
    client.workplace.account.notify.setChecked(False)
    settings = QSettings(str(client.folder / "volet.ini"), QSettings.Format.IniFormat)
    client.app.settings.sync()
    settings.sync()
    assert str(settings.value("notify")) in {"false", "False"}
    assert not client.workplace.noticing._wanted()


def test_the_look_is_chosen_and_kept(client: Client, qtbot: QtBot) -> None:
    menus = [each.menu() for each in client.workplace.account.menu().actions() if each.menu() is not None]
    next(each for each in menus[0].actions() if each.text() == "Sombre").trigger()
    assert client.app.look.tokens.dark
    assert client.app.settings.value("appearance") == "dark"
    client.app.look.choose(Appearance.LIGHT)


def test_the_window_lives_while_thousands_of_changes_come_in(client: Client, qtbot: QtBot, watchdog: Watchdog) -> None:
    qtbot.waitUntil(lambda: client.app.reader.idle)
    world = a_world(800, seed=7, companies=4, spaces=7)
    services = client.services
    done: list[bool] = []

    def come_in() -> None:
        fill(services.store, services.contact, services.portfolio, world)
        done.append(True)

    thread = threading.Thread(target=come_in)
    watchdog.during(thread.start)
    watchdog.until(lambda: bool(done), 60)
    thread.join()
    watchdog.until(lambda: client.app.reader.idle)
    watchdog.until(lambda: client.workplace.contact.list.table.model().rowCount() > 700)


def test_the_password_has_the_focus_when_one_signs_in_again(client: Client, qtbot: QtBot) -> None:
    client.workplace.open_request(write(client, "Bonjour")[1])
    client.workplace.contact.reading.composer.text.setFocus()
    client.workplace.sign_in_again()
    focused = client.app.window.focusWidget()
    assert isinstance(focused, QLineEdit)
    assert focused.echoMode() == QLineEdit.EchoMode.Password
