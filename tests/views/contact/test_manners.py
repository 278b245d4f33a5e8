"""What holds for the whole tab: names for assistive tools, French typography, nothing cut, never a frozen window."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.views import viewer
from desktop.views.contact import pill
from desktop.views.contact.criteria import ORIGINS, PERIODS
from desktop.views.contact.filters import FilterSheet
from desktop.views.contact.page import ContactPage
from desktop.views.opening import Appearance
from desktop.views.tokens import Look
from tests.house.typography import is_english, slips
from tests.views.conftest import Watchdog
from tests.views.contact.conftest import Office
from tests.views.contact.world import BREST, QUIMPER, file

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLAIRE, JULIE = "Claire Martin", "Julie Renaud"
INTERACTIVE = {
    QAccessible.Role.Button,
    QAccessible.Role.PushButton,
    QAccessible.Role.CheckBox,
    QAccessible.Role.RadioButton,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.Table,
    QAccessible.Role.List,
    QAccessible.Role.Cell,
    QAccessible.Role.Link,
}


def tree(node: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    yield node
    for at in range(node.childCount()):
        child = node.child(at)
        if child is not None and child.isValid() and not child.state().invisible:
            yield from tree(child)


def unnamed(widget: QWidget) -> list[str]:
    root = QAccessible.queryAccessibleInterface(widget)
    found = []
    for node in tree(root):
        if node.role() in INTERACTIVE and not node.text(QAccessible.Text.Name).strip():
            owner: QObject | None = node.object()
            while isinstance(owner, QLineEdit) and isinstance(owner.parent(), QComboBox):
                owner = owner.parent()  # the editor of a combo speaks by its combo
                if owner.property("accessibleName") or QAccessible.queryAccessibleInterface(owner).text(
                    QAccessible.Text.Name
                ):
                    break
            else:
                found.append(f"{node.role()} {owner}")
    return found


def said(widget: QWidget) -> Iterator[str]:
    """Every string that a person may meet on this widget and inside it."""
    for each in [widget, *widget.findChildren(QWidget)]:
        yield from (each.toolTip(), each.accessibleName(), each.accessibleDescription(), each.windowTitle())
        if isinstance(each, QLabel | QAbstractButton):
            yield each.text()
        if isinstance(each, QLineEdit | QPlainTextEdit):
            yield each.placeholderText()
        if isinstance(each, QComboBox):
            yield from (each.itemText(at) for at in range(each.count()))


@pytest.fixture
def full(office: Office, page: ContactPage, qtbot: QtBot) -> ContactPage:
    """Every part of the tab has something to show."""
    office.shelf.stage_bytes("note.txt", b"abc")
    files = [file("note.txt", b"abc", "text/plain"), file("loin.pdf", b"%PDF-1.4 loin")]
    office.world.request("1", origin="former", space=QUIMPER, said=[(CLAIRE, "Bonjour", 400 * DAY)])
    office.world.request("2", closed=True, said=[(CLAIRE, "Bonjour", 9 * DAY)])
    request_id = office.world.request(
        "7611111",
        closed=True,
        awaited=["Attestation de salaire", "RIB"],
        said=[(CLAIRE, "Bonjour", DAY), (JULIE, "Il manque un document.", HOUR)],
        files=files,
        fields=(("Salarié", "Lefèvre"),),
        read=False,
    )
    page.show_space(BREST)
    page.open_request(request_id)
    qtbot.waitUntil(lambda: page.list.table.rows.rowCount() == 2)
    qtbot.waitUntil(lambda: page.list.table.rows.row(0) is not None)
    return page


def states(office: Office, page: ContactPage) -> Iterator[QWidget]:
    """The tab in each of its states, and what opens over it."""
    yield page
    page.reading.composer.text.setPlainText("Voici")
    page.reading.send()
    yield page
    page.new_request("prevoyance.arret-de-travail", {}, BREST)
    page.form.send()
    yield page
    page.list.filters.open_sheet()
    sheet = page.list.filters.findChild(FilterSheet)
    assert sheet is not None
    yield sheet
    sheet.close()
    for name, kind, content in (
        ("a.pdf", "application/pdf", b"%PDF-1.4"),
        ("a.csv", "text/csv", b"a;b"),
        ("a.xlsx", "application/x", b"PK"),
    ):
        shown = viewer.show(page, office.desk.icons, office.desk.later, name, kind, content, page.print_current)
        yield shown
        shown.close()


def test_everything_that_acts_has_a_name(office: Office, full: ContactPage) -> None:
    for widget in states(office, full):
        assert unnamed(widget) == []


def test_rows_and_messages_are_sentences(full: ContactPage) -> None:
    names = [node.text(QAccessible.Text.Name) for node in tree(QAccessible.queryAccessibleInterface(full))]
    assert any("dossier n°\u00a07611111" in name and name.endswith(".") for name in names)
    assert any(name.startswith("Julie Renaud") and "Il manque un document" in name for name in names)


def test_every_string_keeps_french_typography(office: Office, full: ContactPage) -> None:
    met = {text for widget in states(office, full) for text in said(widget) if text}
    met |= {face.label for face in pill.FACES.values()} | set(PERIODS.values()) | set(ORIGINS.values())
    assert len(met) > 80
    assert {text: slips(text) for text in met if slips(text)} == {}
    assert [text for text in met if is_english(text)] == []


def test_nothing_is_cut_at_1000_by_640(office: Office, full: ContactPage, qtbot: QtBot) -> None:
    """The rail takes 208 of the width, the top bar 49 of the height."""
    assert full.minimumSizeHint().width() <= 792
    assert full.minimumSizeHint().height() <= 560
    full.resize(792, 560)
    for new in (False, True):
        if new:
            full.new_request("prevoyance.arret-de-travail", {}, BREST)
        qtbot.waitUntil(lambda: full.width() == 792)
        for one in full.findChildren(QAbstractButton):
            if one.isVisible() and one.text():
                assert one.width() >= one.minimumSizeHint().width(), one.text()
                inside = one.mapTo(full, one.rect().topRight()).x()
                assert inside <= full.width(), one.text()


def test_follows_light_and_dark_live(full: ContactPage, look: Look) -> None:
    light = full.grab().toImage().pixelColor(900, 400).lightness()
    look.choose(Appearance.DARK)
    QApplication.processEvents()
    dark = full.grab().toImage().pixelColor(900, 400).lightness()
    assert dark < 80
    assert light > 200


def test_the_window_never_freezes(office: Office, full: ContactPage, watchdog: Watchdog) -> None:
    """A conversation of 200 messages opens, is answered and searched around within 100 ms a turn."""
    said = [
        (JULIE if n % 3 else CLAIRE, "Bonjour,\n\nUne phrase assez longue. " * 4, (300 - n) * HOUR) for n in range(200)
    ]
    request_id = office.world.request("7777777", said=said)
    watchdog.until(lambda: full.list.table.rows.rowCount() == 3)
    watchdog.during(lambda: full.open_request(request_id))
    watchdog.during(lambda: full.reading.composer.text.setPlainText("Voici"))
    watchdog.during(full.reading.send)
    watchdog.during(full.reading.conversation.show_earlier)
    watchdog.during(lambda: full.list.search.setText("phrase"))
    watchdog.until(lambda: full.list.table.rows.rowCount() == 1)


def test_all_of_it_by_keyboard(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    office.world.request("1", said=[(CLAIRE, "Un", DAY)])
    office.world.request("2", said=[(CLAIRE, "Deux", 2 * DAY)])
    qtbot.waitUntil(lambda: page.list.table.rows.rowCount() == 2)
    page.focus_search()
    assert page.list.search.hasFocus()
    qtbot.keyClick(page.list.search, Qt.Key.Key_Return)
    assert page.list.table.hasFocus()
    qtbot.keyClick(page.list.table, Qt.Key.Key_Down)
    assert [bubble.message.text for bubble in page.reading.conversation.bubbles] == ["Deux"]
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    assert page.reading.composer.text.hasFocus()
    stops: Callable[[QWidget], bool] = page.isAncestorOf
    seen = {page.reading.composer.text}
    here: QWidget = page.reading.composer.text
    while (here := here.nextInFocusChain()) is not page.reading.composer.text:
        if stops(here) and here.isVisible() and here.focusPolicy() & Qt.FocusPolicy.TabFocus:
            seen.add(here)
    for wanted in (
        page.list.new,
        page.list.search,
        page.list.table,
        page.reading.composer.send,
        page.reading.head.print,
    ):
        assert wanted in seen


def test_a_row_is_as_high_as_it_says(page: ContactPage) -> None:
    height = page.list.painter.height
    assert (height(opens_group=False), height(opens_group=True)) == (84, 114)
