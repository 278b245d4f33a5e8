"""What was begun leaves its trace in the list: a mark on its request, a row of its own, and a filter for both."""

from datetime import timedelta

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.services.contact import NEW, Draft, Pill, RequestRow
from desktop.views.contact import delegate
from desktop.views.contact.delegate import cells
from desktop.views.contact.page import ContactPage
from desktop.views.contact.printing import listing_page
from desktop.views.table import ROW
from tests.views.contact.conftest import Office
from tests.views.contact.world import BREST, NOW

DAY = timedelta(days=1)
LEAVE = "prevoyance.arret-de-travail"
BEGUN = Draft(NEW, "Bonjour.", BREST, LEAVE, "Arrêt de Mme Lefèvre")


def listed(page: ContactPage) -> list[str]:
    rows = page.list.table.rows
    return [row.request_id for at in range(rows.rowCount()) if (row := rows.row(at)) is not None]


def painted(page: ContactPage, at: int) -> RequestRow | None:
    """What the row says on screen."""
    row = page.list.table.rows.index(at, 0).data(ROW)
    return row if isinstance(row, RequestRow) else None


def test_a_reply_begun_marks_its_row_and_has_a_filter(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    other, mine = (office.world.request(str(number), ago=number * DAY) for number in (1, 2))
    qtbot.waitUntil(lambda: listed(page) == [other, mine])
    chip = page.list.filters.drafts
    assert not chip.isVisible(), "where nothing is begun there is nothing to filter"
    page.open_request(mine)
    qtbot.keyClicks(page.reading.composer.text, "Je commence")
    qtbot.waitUntil(lambda: chip.isVisible() and chip.text() == "Brouillons · 1")
    qtbot.waitUntil(lambda: (row := painted(page, 1)) is not None and row.drafted)
    row = painted(page, 1)
    assert row is not None
    assert "brouillon de réponse" in delegate.sentence(row)
    chip.click()
    qtbot.waitUntil(lambda: listed(page) == [mine])
    assert page.list.filters.button.text() == "Filtres (1)"
    page.reading.composer.text.clear()
    qtbot.waitUntil(lambda: listed(page) == [])
    assert chip.isVisible(), "what is on can be taken off"
    chip.click()
    qtbot.waitUntil(lambda: listed(page) == [other, mine] and not chip.isVisible())


def test_a_request_begun_is_a_row_that_opens_its_form(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    request_id = office.world.request("1", ago=DAY)
    office.contact.keep_draft(BEGUN)
    qtbot.waitUntil(lambda: listed(page) == [NEW, request_id])
    table = page.list.table
    assert table.rows.group_of(0) == "Brouillons"
    table.setFocus()
    table.select(1)
    assert page.reading.isVisible()
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert page.form.isVisible()
    assert page.form.subject.text() == "Arrêt de Mme Lefèvre"
    assert table.hasFocus(), "who walks through the list stays in it"
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert page.form.isAncestorOf(page.window().focusWidget())
    page.form.leave()
    assert page.reading.isVisible()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.rows.index(0, 0)).center())
    assert page.form.isVisible(), "a click means the row, even when it is current already"
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.rows.index(1, 0)).center())
    assert page.reading.request_id == request_id
    assert page.reading.isVisible()


def test_a_form_begun_beside_another_opens_as_itself(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    office.contact.keep_draft(BEGUN)
    beside = f"{NEW}:{LEAVE}"
    office.contact.keep_draft(Draft(beside, "L\u2019autre.", BREST, LEAVE, "Arrêt de M. Petit"))
    qtbot.waitUntil(lambda: sorted(listed(page)) == [NEW, beside])
    page.list.table.select(listed(page).index(beside))
    assert (page.form.key, page.form.subject.text()) == (beside, "Arrêt de M. Petit")
    page.list.table.select(listed(page).index(NEW))
    assert (page.form.key, page.form.subject.text()) == (NEW, "Arrêt de Mme Lefèvre")


def test_its_row_says_what_is_typed_and_goes_when_it_is_sent(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    page.new_request(space_id=BREST)
    qtbot.keyClicks(page.form.subject, "Une question")
    qtbot.waitUntil(lambda: (row := painted(page, 0)) is not None and row.subject == "Une question")
    qtbot.keyClicks(page.form.subject, " de plus")
    qtbot.waitUntil(lambda: (row := painted(page, 0)) is not None and row.subject == "Une question de plus")
    draft = page.form.draft()
    page.keep_drafts()
    office.contact.drop_draft(draft.key)
    qtbot.waitUntil(lambda: listed(page) == [])


def test_a_request_begun_is_told_everywhere_without_what_it_lacks(office: Office) -> None:
    office.contact.keep_draft(Draft(NEW, "Bonjour"))
    key = office.contact.key_of(NEW)
    assert key is not None
    [row] = office.contact.rows([key])
    assert row.pill is Pill.DRAFT
    assert (delegate.theme_of(row), delegate.subject_of(row)) == ("Nouvelle demande", "Bonjour")
    assert delegate.sentence(row).startswith("Brouillon, Nouvelle demande, Bonjour, pas encore envoyé")
    assert delegate.tooltip(row) == "Nouvelle demande\nBonjour\nBrouillon, pas encore envoyé"
    assert "Brouillon" in cells(row)
    printed = listing_page([row], 1, NOW).paint
    assert "Nouvelle demande – Bonjour" in getattr(printed, "__self__").html  # noqa: B009
