"""Every page and dialog of the window, for those who listen and those who read."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.services.problems import Refused
from desktop.views.waiting import Card
from tests.services.world import World
from tests.views.acting import dialog, open_selector, write
from tests.views.conftest import Client
from tests.views.walking import slips, unnamed, visible_strings

PAGES = ("contact", "reading", "form", "waiting", "administrator", "add space", "keys", "again", "selector", "about")


def show(client: Client, qtbot: QtBot, name: str) -> QWidget:  # noqa: C901 - a table of pages
    workplace = client.workplace
    match name:
        case "reading":
            workplace.open_request(write(client, "Bonjour")[1])
        case "form":
            workplace.new_request()
        case "waiting":
            for place, problem in enumerate(("stale", "invalid")):
                wish, _ = write(client, "Bonjour", place)
                client.services.outbox.refused(wish, Refused("Non.", kind=problem, status=422))
            write(client, "Bonjour", 2)
            workplace.show_waiting()
            qtbot.waitUntil(lambda: workplace.waiting.findChild(Card).isVisible())
        case "administrator":
            workplace.become_administrator()
            return dialog(client)
        case "add space":
            workplace.add_space()
            return dialog(client)
        case "keys":
            client.app.window.show_keys()
            return dialog(client)
        case "about":
            workplace._about()
            return dialog(client)
        case "again":
            workplace.sign_in_again()
        case "selector":
            return open_selector(client, qtbot)
    return client.app.window


@pytest.mark.parametrize("name", PAGES)
def test_nothing_that_can_be_used_is_without_a_name(client: Client, qtbot: QtBot, name: str) -> None:
    shown = show(client, qtbot, name)
    qtbot.waitUntil(lambda: client.app.reader.idle)
    assert unnamed(shown) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_word_keeps_to_french_typography(client: Client, qtbot: QtBot, name: str) -> None:
    shown = show(client, qtbot, name)
    qtbot.waitUntil(lambda: client.app.reader.idle)
    theirs = told_by(client.world)
    found = {
        (where, text): slips(text)
        for where, text in visible_strings(shown)
        if slips(text) and not any(each in text for each in theirs)
    }
    assert found == {}


def told_by(world: World) -> frozenset[str]:
    """What people of the world wrote is theirs, slips and all."""
    return frozenset({*(each.text for each in world.messages), *(each.subject for each in world.requests), "http://"})


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("l'envoi", "straight apostrophe"),
        ("Chargement...", "three points"),
        ("Abandonner ?", "no narrow space before ; ! ?"),
        ("Abandonner?", "no narrow space before ; ! ?"),
        ("Portail :", "no space before :"),
        ("Portail: ici", "no space before :"),
        ("« ici »", "bare quotation mark"),
        ("Show Details…", "English"),
        ("A propos", "unaccented capital"),
        ("1234 demandes", "number without narrow spaces"),
    ],
)
def test_the_lint_of_typography_bites(text: str, slip: str) -> None:
    assert slip in slips(text)
    assert (
        slips("Abandonner\u202f? «\u00a0Oui\u00a0»\u00a0: l\u2019envoi de 10\u00a0h\u00a042, 1\u202f234 demandes…")
        == []
    )
