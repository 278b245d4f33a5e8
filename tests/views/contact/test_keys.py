"""By keyboard: Tab goes in the order of reading, Échap leaves a reply, F6 goes from pane to pane."""

from collections.abc import Iterator
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.views.contact.page import ContactPage
from desktop.views.window import zones
from tests.views.contact.conftest import Office
from tests.views.contact.world import BREST, file

DAY = timedelta(days=1)
SAID = [("Claire Martin", "Bonjour", DAY), ("Julie Renaud", "Il manque un document.", DAY)]


def round_of(start: QWidget, inside: QWidget) -> Iterator[QWidget]:
    """Where the Tab key stops inside a part, from `start` on and once round."""
    here = start
    while True:
        if inside.isAncestorOf(here) and here.isVisible() and here.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield here
        here = here.nextInFocusChain()
        if here is start:
            return


def test_tab_comes_to_the_files_before_sending(office: Office, page: ContactPage) -> None:
    page.open_request(office.world.request(said=SAID))
    composer = page.reading.composer
    composer.strip.set_files([office.shelf.stage_bytes(f"note {n}.txt", b"%d" % n) for n in range(2)])
    removals = [chip.findChildren(QPushButton)[0] for chip in composer.strip.chips]
    chips = [each for pair in zip(composer.strip.chips, removals, strict=True) for each in pair]
    assert list(round_of(composer.text, composer)) == [composer.text, *chips, composer.attach, composer.send]


def test_tab_goes_through_a_conversation_before_the_reply(office: Office, page: ContactPage) -> None:
    page.open_request(office.world.request(said=SAID, files=[file("note.txt", b"abc", "text/plain")]))
    reading = page.reading
    (chip,) = reading.conversation.bubbles[0].chips
    seen = [each for each in round_of(reading.conversation, reading) if each in (chip, reading.composer.text)]
    assert seen == [chip, reading.composer.text]


def test_tab_goes_through_the_form_as_one_reads_it(office: Office, page: ContactPage) -> None:
    page.new_request("prevoyance.arret-de-travail", {}, BREST)
    form = page.form
    form.strip.set_files([office.shelf.stage_bytes("note.txt", b"abc")])
    seen = list(round_of(form.space, form))
    wanted = [
        form.space,
        form.topic.theme,
        form.topic.topic,
        form.answers.inputs[0].widget,
        form.answers.inputs[2].widget,
        form.subject,
        form.text,
        next(each for each in form.wanted.findChildren(QPushButton) if each.isVisible()),
        form.strip.chips[0],
        form.attach,
        form.send_button,
    ]
    assert [each for each in seen if each in wanted] == wanted


def test_escape_leaves_a_reply_and_keeps_it(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    request_id = office.world.request(said=SAID)
    page.open_request(request_id)
    qtbot.waitUntil(page.list.table.isVisible)
    text = page.reading.composer.text
    text.setFocus()
    qtbot.keyClicks(text, "Pas fini")
    qtbot.keyClick(text, Qt.Key.Key_Escape)
    assert page.list.table.hasFocus()
    assert text.toPlainText() == "Pas fini"
    draft = office.contact.draft(request_id)
    assert draft is not None
    assert draft.text == "Pas fini"


def test_f6_goes_from_the_list_to_the_conversation_and_the_reply(
    office: Office, page: ContactPage, qtbot: QtBot
) -> None:
    page.open_request(office.world.request(said=SAID))
    qtbot.waitUntil(page.list.table.isVisible)
    reading = page.reading
    assert page.panes() == [page.list, reading.conversation, reading.composer]
    assert all(pane.accessibleName() for pane in page.panes())
    page.list.table.setFocus()
    for stop in (reading.conversation, reading.composer.text, page.list.table):
        zones.go(page.panes(), page.focusWidget(), 1)
        assert page.focusWidget() is stop
    zones.go(page.panes(), page.focusWidget(), -1)
    assert page.focusWidget() is reading.composer.text
    reading.head.print.setFocus()
    zones.go(page.panes(), page.focusWidget(), 1)
    assert page.focusWidget() is reading.conversation
    reading.head.print.setFocus()
    zones.go(page.panes(), page.focusWidget(), -1)
    assert page.focusWidget() is page.list.table
    page.new_request()
    assert page.panes() == [page.list, page.form]


def test_the_list_has_the_focus_after_the_page_one_comes_from(office: Office, qtbot: QtBot) -> None:
    """As after signing in; and it keeps it when the first requests come."""
    window, before = QStackedWidget(), QWidget()
    qtbot.addWidget(window)
    column, password, go = QVBoxLayout(before), QLineEdit(), QPushButton("Se connecter")
    column.addWidget(password)
    column.addWidget(go)
    workplace, page = QWidget(), ContactPage(office.desk)
    row = QHBoxLayout(workplace)
    row.addWidget(QPushButton("Toutes mes entreprises"))
    row.addWidget(page)
    window.addWidget(before)
    window.addWidget(workplace)
    window.show()
    window.activateWindow()
    password.setFocus()
    window.setCurrentWidget(workplace)
    window.removeWidget(before)
    office.world.request(said=SAID)
    page.list.refresh()
    qtbot.waitUntil(page.list.table.isVisible)
    qtbot.waitUntil(lambda: window.focusWidget() is page.list.table)
    before.deleteLater()
