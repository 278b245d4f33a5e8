"""Leaves in the whole window: their tab, the space chosen, what waits, and the way to Contact."""

from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from desktop.services.leave import NEW, Draft
from desktop.views.leave.page import LeavesPage
from desktop.views.waiting.card import Card
from tests.services.absences import AVIS, EMPLOYEE, a_leave, take, take_catalogue
from tests.views.conftest import Client
from tests.views.leave.test_leaves import press

VALUES = EMPLOYEE | {
    "motive": "01", "last_day_worked": "2026-11-13", "start": "2026-11-16", "expected_end": "2026-11-30",
    "subrogation": "no",
}  # fmt: skip


@pytest.fixture
def tab(client: Client, qtbot: QtBot) -> LeavesPage:
    """The tab is open, on a world whose leaves can be declared."""
    services = client.services
    take_catalogue(services.store, services.leaves, client.world)
    client.app.window.keys["allowances"].trigger()
    allowances = client.workplace.allowances
    qtbot.waitUntil(lambda: allowances.page is not None, timeout=20_000)
    assert allowances.leaves is not None
    assert allowances.leaves.isVisible()
    return allowances.leaves


def declare(client: Client) -> str:
    draft = Draft(NEW, client.world.space_ids[0], dict(VALUES), (AVIS,), {AVIS.sha256: "avis"})
    return client.services.leaves.send(draft, date(2026, 11, 24))


def test_the_space_chosen_in_the_rail_is_that_of_the_leaves(client: Client, tab: LeavesPage, qtbot: QtBot) -> None:
    services, spaces = client.services, client.world.space_ids
    take(services.store, services.leaves, a_leave(client.world), a_leave(client.world, space_id=spaces[1]))
    qtbot.waitUntil(lambda: tab.list.table.rows.rowCount() == 2)
    client.workplace.show_space(spaces[1])
    qtbot.waitUntil(lambda: tab.list.table.rows.rowCount() == 1)
    assert tab.isVisible(), "one stays where one was"


def test_what_waits_leads_to_its_leave_and_offers_nothing_that_would_lose_it(
    client: Client, tab: LeavesPage, qtbot: QtBot
) -> None:
    leave_id = declare(client)
    client.workplace.show_waiting()
    qtbot.waitUntil(lambda: len(client.workplace.waiting.findChildren(Card)) > 0)
    card = client.workplace.waiting.findChildren(Card)[-1]
    qtbot.waitUntil(card.isVisible)
    press(card, "Voir l’arrêt")
    assert tab.isVisible()
    assert tab.detail.leave_id == leave_id
    assert tab.detail.head.pill.label == "À envoyer"


def test_the_keys_of_the_window_go_to_the_leaves(client: Client, tab: LeavesPage) -> None:
    client.app.window.keys["find"].trigger()
    assert client.app.window.focusWidget() is tab.list.search
    assert client.workplace._zones()[2] is tab.list, "after the rail and the row of views"


def test_a_leave_of_the_former_space_opens_the_form_of_contact(client: Client, tab: LeavesPage, qtbot: QtBot) -> None:
    former = a_leave(client.world, origin="former", number="70012304")
    take(client.services.store, client.services.leaves, former)
    tab.open_leave(former.leave_id)
    tab.detail.head.by_contact.click()
    form = client.workplace.contact.form
    assert form.isVisible()
    assert (form.topic.code, form.space.space_id) == ("prevoyance.arret-de-travail", former.space_id)
    assert form.answers.values()["employee"] == "Lefèvre Anne"
