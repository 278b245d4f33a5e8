"""The sign-in page: what is wrong is said beside its field, the window stays alive, the password goes nowhere else."""

import threading
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from desktop.services.problems import Offline, Problem, Refused
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.signin import Credentials, SignIn, read_address
from tests.views.conftest import Watchdog
from tests.views.walking import slips, unnamed, visible_strings

ADDRESS = "https://portail.exemple.fr"


@dataclass
class Door:
    """What the portal answers, when it is let to."""

    problem: Problem | None = None
    asked: list[Credentials] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)

    def __call__(self, credentials: Credentials) -> None:
        self.asked.append(credentials)
        assert self.may_answer.wait(10)
        if self.problem is not None:
            raise self.problem


@dataclass
class Page:
    page: SignIn
    door: Door
    done: list[bool]

    def field(self, name: str) -> QLineEdit:
        found = self.page._boxes[name].field
        assert isinstance(found, QLineEdit)
        return found

    def button(self, text: str) -> QPushButton:
        return next(each for each in self.page.findChildren(QPushButton) if each.text() == text and each.isVisible())

    def says(self, text: str) -> bool:
        return any(text == said for _, said in visible_strings(self.page))


def made(qtbot: QtBot, icons: Icons, later: Later, problem: Problem | None = None, **more: object) -> Page:
    door, done = Door(problem), []
    page = SignIn(icons, later, door, lambda: done.append(True), **more)  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.show()
    return Page(page, door, done)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("portail.exemple.fr", "https://portail.exemple.fr"),
        (" https://portail.exemple.fr/ ", "https://portail.exemple.fr"),
        ("https://portail.exemple.fr:8443", "https://portail.exemple.fr:8443"),
        ("http://127.0.0.1:8440", "http://127.0.0.1:8440"),
        ("http://localhost:8440", "http://localhost:8440"),
        ("http://portail.exemple.fr", None),
        ("ftp://portail.exemple.fr", None),
        ("https://moi:secret@portail.exemple.fr", None),
        ("portail", None),
        ("https://portail.exemple.fr:port", None),
        ("un portail.fr", None),
        ("", None),
    ],
)
def test_addresses_as_people_type_them(typed: str, read: str | None) -> None:
    assert read_address(typed) == read


def test_the_first_time_asks_for_all_three_and_says_what_is_missing(qtbot: QtBot, icons: Icons, later: Later) -> None:
    page = made(qtbot, icons, later)
    qtbot.mouseClick(page.button("Se connecter"), Qt.MouseButton.LeftButton)
    assert page.page._boxes["address"].complaint == "Indiquez l\u2019adresse du portail."
    assert page.page._boxes["email"].complaint
    assert page.page._boxes["password"].complaint
    assert page.door.asked == []
    assert page.page.focusWidget() is page.field("address")
    qtbot.keyClicks(page.field("address"), "portail.exemple.fr")
    qtbot.keyClicks(page.field("email"), "claire@exemple.fr")
    qtbot.keyClicks(page.field("password"), "un long mot de passe")
    qtbot.keyClick(page.field("password"), Qt.Key.Key_Return)
    page.door.may_answer.set()
    qtbot.waitUntil(lambda: page.done == [True])
    assert page.door.asked[0] == Credentials(ADDRESS, "claire@exemple.fr", "un long mot de passe")
    assert page.field("password").text() == "", "the password does not stay"


def test_the_window_lives_while_the_portal_is_slow(
    qtbot: QtBot, icons: Icons, later: Later, watchdog: Watchdog
) -> None:
    page = made(qtbot, icons, later, address=ADDRESS, email="claire@exemple.fr")
    page.field("password").setText("secret")
    threading.Timer(0.4, page.door.may_answer.set).start()
    watchdog.during(page.page.submit)
    assert page.page.findChild(QProgressBar).isVisible()
    assert not page.field("password").isEnabled()
    page.page.submit()
    watchdog.until(lambda: page.done == [True])
    assert len(page.door.asked) == 1, "pressed twice, sent once"


def test_a_wrong_password_is_said_beside_it(qtbot: QtBot, icons: Icons, later: Later) -> None:
    sentence = "Adresse e-mail ou mot de passe incorrect."
    problem = Refused(sentence, kind="credentials", status=401)
    page = made(qtbot, icons, later, problem, address=ADDRESS, email="claire@exemple.fr")
    page.field("password").setText("secret")
    page.door.may_answer.set()
    page.page.submit()
    qtbot.waitUntil(lambda: page.page._boxes["password"].complaint == sentence)
    assert page.page.focusWidget() is page.field("password")
    assert page.button("Se connecter").isEnabled()
    qtbot.keyClicks(page.field("password"), "x")
    assert page.page._boxes["password"].complaint == "", "forgiven as soon as one types again"
    assert page.done == []


def test_no_network_is_a_sentence_and_no_dialog(qtbot: QtBot, icons: Icons, later: Later) -> None:
    page = made(qtbot, icons, later, Offline("Le portail est injoignable."), address=ADDRESS, email="a@b.fr")
    page.field("password").setText("secret")
    page.door.may_answer.set()
    page.page.submit()
    qtbot.waitUntil(
        lambda: page.says("Le portail est injoignable. Vérifiez l\u2019adresse du portail et votre connexion.")
    )
    assert page.field("password").text() == "secret", "what was typed is kept"
    assert page.page.focusWidget() is page.field("password")


def test_the_known_portal_is_a_line_that_can_be_changed(qtbot: QtBot, icons: Icons, later: Later) -> None:
    page = made(qtbot, icons, later, address=ADDRESS)
    assert page.says("Portail\u00a0: portail.exemple.fr")
    assert not page.field("address").isVisible()
    qtbot.mouseClick(page.button("Changer"), Qt.MouseButton.LeftButton)
    assert page.field("address").isVisible()


def test_when_the_session_is_over_only_the_password_is_asked(qtbot: QtBot, icons: Icons, later: Later) -> None:
    page = made(qtbot, icons, later, address=ADDRESS, email="claire@exemple.fr", again=True)
    assert page.field("email").isReadOnly()
    assert not page.field("address").isVisible()
    assert not any(each.text() == "Changer" and each.isVisible() for each in page.page.findChildren(QPushButton))
    page.page.focus_first()
    assert page.page.focusWidget() is page.field("password")


def test_the_password_is_hidden_until_it_is_shown(qtbot: QtBot, icons: Icons, later: Later) -> None:
    page = made(qtbot, icons, later, address=ADDRESS)
    password = page.field("password")
    assert password.echoMode() == QLineEdit.EchoMode.Password
    password.actions()[0].trigger()
    assert password.echoMode() == QLineEdit.EchoMode.Normal
    assert password.actions()[0].text() == "Masquer le mot de passe"


def test_capitals_that_are_locked_are_pointed_out(qtbot: QtBot, icons: Icons, later: Later) -> None:
    page = made(qtbot, icons, later, address=ADDRESS)
    warning = "Les majuscules sont verrouillées."
    qtbot.keyClick(page.field("password"), "a")
    assert not page.says(warning)
    qtbot.keyClick(page.field("password"), "A", Qt.KeyboardModifier.ShiftModifier)
    assert not page.says(warning)
    qtbot.keyClick(page.field("password"), "A")
    assert page.says(warning)
    qtbot.keyClick(page.field("password"), "a")
    assert not page.says(warning)


def test_credentials_never_say_the_password() -> None:
    assert "secret" not in repr(Credentials(ADDRESS, "a@b.fr", "secret"))


@pytest.mark.parametrize("again", [False, True])
def test_it_can_be_heard_and_reads_as_french(qtbot: QtBot, icons: Icons, later: Later, again: bool) -> None:
    page = made(qtbot, icons, later, address=ADDRESS if again else "", email="a@b.fr" if again else "", again=again)
    page.page.submit()
    assert unnamed(page.page) == []
    assert {(where, text): slips(text) for where, text in visible_strings(page.page) if slips(text)} == {}


def test_one_signs_in_again_before_the_portal_has_said_who_one_is(qtbot: QtBot, icons: Icons, later: Later) -> None:
    page = made(qtbot, icons, later, address=ADDRESS, email="", again=True)
    page.page.focus_first()
    qtbot.keyClicks(page.field("email"), "ana@exemple.fr")
    page.field("password").setText("un mot de passe")
    page.page.submit()
    page.door.may_answer.set()
    qtbot.waitUntil(lambda: bool(page.done))
    assert page.door.asked[0].email == "ana@exemple.fr"
    known = made(qtbot, icons, later, address=ADDRESS, email="ana@exemple.fr", again=True)
    assert known.field("email").isReadOnly()
