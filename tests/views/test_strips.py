"""The strips above the pages: off line, out of order, and a disk that is full."""

from dataclasses import replace
from datetime import datetime

import apsw
import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services.cipher import full_disk
from desktop.services.contact import Draft
from desktop.services.problems import PortalFault, Problem, Remedy
from desktop.services.sync import Link, LinkState
from desktop.views.icons import Icons
from desktop.views.window.strips import StripDoes, Strips
from tests.views.acting import button, press, write
from tests.views.conftest import Client


def test_off_line_is_one_banner_and_never_a_dialog(client: Client, qtbot: QtBot) -> None:
    workplace = client.workplace
    assert workplace.link.sentence.startswith("Hors connexion – ")
    assert not workplace.strips.fault.isVisible()
    assert client.app.window.findChildren(QMessageBox) == []


@pytest.mark.parametrize("by_key", [False, True])
def test_a_new_try_off_line_is_seen_and_answered(client: Client, qtbot: QtBot, by_key: bool) -> None:
    workplace, before = client.workplace, client.services.sync.link.problem
    if by_key:
        client.app.window.keys["refresh"].trigger()
    else:
        press(qtbot, workplace.link, "Réessayer")
    assert workplace.link.sentence == "Nouvel essai…"
    assert button(workplace.link, "Réessayer"), "the focus may be on it"
    qtbot.waitUntil(lambda: workplace.link.sentence.startswith("Toujours pas de connexion – "))
    assert client.services.sync.link.problem is not before, "no try was made"
    assert button(workplace.link, "Réessayer")
    assert client.app.window.findChildren(QMessageBox) == []
    workplace.strips.show_link(Link(LinkState.ONLINE, None, None, 0), asking=False)
    assert workplace.link.sentence == ""
    workplace.strips.show_link(Link(LinkState.OFFLINE, None, before, 0), asking=False)
    assert workplace.link.sentence.startswith("Hors connexion – ")


def test_the_banner_tells_of_when_the_data_are(client: Client, qtbot: QtBot) -> None:
    services = client.services
    link = services.sync.link
    strips = client.workplace.strips
    strips.show_link(replace(link, state=LinkState.OFFLINE, last=datetime(2026, 11, 23, 10, 42)), asking=False)  # noqa: DTZ001
    dated = "Hors connexion – affichage des données du 23\u00a0novembre\u00a02026 à 10\u00a0h\u00a042."
    assert strips.link.sentence == dated
    strips.show_link(replace(link, state=LinkState.OFFLINE, last=None), asking=False)
    assert strips.link.sentence == "Hors connexion – rien n\u2019a encore été reçu du portail."
    strips.show_link(replace(link, state=LinkState.SIGN_IN_NEEDED), asking=False)
    assert strips.link.sentence.startswith("Votre session a expiré.")
    strips.show_link(replace(link, state=LinkState.ONLINE), asking=False)
    assert strips.link.sentence == ""
    strips.show_link(replace(link, state=LinkState.SIGN_IN_NEEDED), asking=True)
    assert strips.link.sentence == "", "the sign-in page is there already"
    fault = PortalFault("Le portail est en panne.")
    strips.show_link(replace(link, state=LinkState.FAULTY, problem=fault), asking=False)
    assert strips.fault.sentence == "Le portail est en panne."


@pytest.mark.parametrize(
    ("remedy", "words"),
    [
        (Remedy.RETRY, "Réessayer"),
        (Remedy.SIGN_IN, "Se connecter"),
        (Remedy.FREE_SPACE, "Libérer de la place, puis réessayer"),
        (Remedy.UNLOCK, "Déverrouiller le trousseau, puis réessayer"),
        (Remedy.REBUILD, "Reconstruire les données locales"),
        (Remedy.ASK_SUPPORT, "Copier le détail"),
    ],
)
def test_the_strip_of_a_fault_has_the_button_of_its_remedy(
    qtbot: QtBot, qapp: QApplication, icons: Icons, remedy: Remedy, words: str
) -> None:
    done: list[str] = []
    does = StripDoes(
        lambda: done.append("retry"),
        lambda: done.append("sign in"),
        lambda: done.append("keep"),
        lambda problem: done.append(problem.detail),
    )
    strips = Strips(icons, does, qapp.clipboard())
    qtbot.addWidget(strips)
    strips.show()
    problem = Problem("Une panne.", remedy, "code")
    strips.show_link(Link(LinkState.FAULTY, None, problem, 0), asking=False)
    strips.tell_problem(problem)
    assert [strip.sentence for strip in (strips.link, strips.fault, strips.problem)] == ["", "", "Une panne."]
    strips.show_link(Link(LinkState.ONLINE, None, None, 0), asking=False)
    assert strips.problem.sentence == "Une panne.", "that the portal is there does not mend it"
    press(qtbot, strips, words)
    again = ["keep", "retry"]
    others = {Remedy.SIGN_IN: ["sign in"], Remedy.REBUILD: ["code"], Remedy.ASK_SUPPORT: []}
    assert done == others.get(remedy, again)
    if remedy is Remedy.ASK_SUPPORT:
        assert qapp.clipboard().text() == "Une panne.\ncode"
        assert strips.problem.sentence == "Une panne. Le détail est copié."
        press(qtbot, strips, "Fermer")
    assert strips.problem.sentence == ("Une panne." if remedy is Remedy.REBUILD else "")


def test_a_full_disk_is_said_until_what_is_typed_is_kept_again(
    client: Client, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, request_id = write(client, "Bonjour")
    client.workplace.open_request(request_id)
    store, strips, contact = client.services.store, client.workplace.strips, client.services.contact
    strips._room.setInterval(1)
    with store.write() as db:
        db.execute("CREATE TEMP TRIGGER stuck BEFORE INSERT ON drafts BEGIN SELECT raise(FAIL, 'no room'); END")
    tries: list[bool] = []
    keep = contact.keep_draft

    def kept(draft: Draft) -> None:
        try:
            keep(draft)
        except apsw.Error as error:
            tries.append(False)
            raise full_disk() from error

    monkeypatch.setattr(contact, "keep_draft", kept)
    client.workplace.contact.reading.composer.text.setPlainText("à moitié écr")
    client.app.meet(full_disk())
    qtbot.waitUntil(lambda: len(tries) > 2)
    assert strips.problem.sentence.startswith("Le disque est plein")
    with store.write() as db:
        db.execute("DROP TRIGGER stuck")
    qtbot.waitUntil(lambda: not strips.problem.sentence)
    assert contact.draft(request_id).text == "à moitié écr"


def test_a_fault_of_the_portal_is_tried_again_in_sight(qtbot: QtBot, qapp: QApplication, icons: Icons) -> None:
    done: list[str] = []
    does = StripDoes(lambda: done.append("retry"), list, lambda: done.append("keep"), list)
    strips = Strips(icons, does, qapp.clipboard())
    qtbot.addWidget(strips)
    strips.show()
    strips.show_link(Link(LinkState.FAULTY, None, PortalFault("En panne."), 0), asking=False)
    press(qtbot, strips, "Réessayer")
    assert (strips.fault.sentence, done) == ("Nouvel essai…", ["keep", "retry"])
    strips.show_link(Link(LinkState.FAULTY, None, PortalFault("Encore en panne."), 0), asking=False)
    assert strips.fault.sentence == "Nouvel essai…", "gone too soon to be seen"
    qtbot.waitUntil(lambda: strips.fault.sentence == "Encore en panne.")
    strips.tell_problem(Problem("Le disque est plein.", Remedy.FREE_SPACE))
    assert strips.fault.sentence == "Encore en panne."
    assert strips.problem.sentence == "Le disque est plein."
