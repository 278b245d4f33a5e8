"""Somebody who has nothing comes in, through the real windows and the real portal, until she is forgotten."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import App, Options
from desktop.views.account.forgotten import ForgottenPage
from desktop.views.account.sheet import AccountSheet
from desktop.views.opening import Appearance
from desktop.views.signin import SignIn
from desktop.views.signin.creating import Creating
from desktop.views.signin.linking import Choosing, Linking
from desktop.views.tokens import Look
from tests.journeys.residents import PASSWORD
from tests.journeys.town import Block, Town
from tests.portal import post
from tests.vaults import FileVault

EMAIL, CHOSEN = "rose.garnier@premiere.fr", "quatre moutons gris dehors"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path / "town") as town:
        yield town


@pytest.fixture
def block(town: Town) -> Block:
    return town.block(1)


@pytest.fixture
def app(qapp: QApplication, look: Look, tmp_path: Path, town: Town) -> Iterator[App]:
    vault = FileVault(tmp_path / "vault")
    options = Options(
        folder=tmp_path / "profile",
        vault=lambda _address: vault,
        portal=f"http://127.0.0.1:{town.port}",
        poll_seconds=0.2,
        appearance=Appearance.LIGHT,
        bundled_font=True,
    )
    made = App(qapp, options)
    yield made
    made.close()
    made.window.deleteLater()


def press(qtbot: QtBot, page: QWidget, text: str) -> None:
    button = next(each for each in page.findChildren(QPushButton) if each.text() == text and each.isVisible())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def at(qtbot: QtBot, app: App, kind: type[Any]) -> Any:  # noqa: ANN401 - whichever page it is
    qtbot.waitUntil(lambda: isinstance(app.window.page, kind), timeout=20_000)
    return app.window.page


def create(qtbot: QtBot, app: App, town: Town, block: Block) -> None:
    """The three steps, as one does them."""
    press(qtbot, at(qtbot, app, SignIn), "Créer un compte")
    page = at(qtbot, app, Creating)
    siret, member = town.numbers(block.spaces[0])
    typed = {"company_number": siret, "member_number": member, "first_name": "Rose", "last_name": "Garnier"}
    for name, text in {**typed, "email": EMAIL}.items():
        qtbot.keyClicks(page._fields[name], text)
    press(qtbot, page, "Continuer")
    page = at(qtbot, app, Linking)
    assert page.good.sentence
    world: Any = town  # it has what is asked of a world
    page.link.setText(f"{app.options.portal}/link#{post.letter(world, EMAIL).secret}")
    press(qtbot, page, "Continuer")
    page = at(qtbot, app, Choosing)
    qtbot.keyClicks(page.new.field, CHOSEN)
    press(qtbot, page, "Créer mon compte")


def test_from_the_first_form_to_being_forgotten(
    qapp: QApplication, qtbot: QtBot, app: App, town: Town, block: Block
) -> None:
    with qtbot.waitSignal(app.asked, timeout=20_000):
        app.window.show()
    with qtbot.waitSignal(app.opened, timeout=20_000):
        create(qtbot, app, town, block)
    assert app.workplace is not None
    assert app.services is not None
    portfolio = app.services.portfolio
    qtbot.waitUntil(lambda: bool(portfolio.spaces()), timeout=20_000)
    assert [space.space_id for space in portfolio.spaces()] == list(block.spaces)

    assert in_clear(app.options.folder) == []

    town.stop()
    app.window.keys["lock"].trigger()
    assert app.locking is not None
    lock = app.locking.page
    assert lock is not None
    qtbot.keyClicks(lock.password, CHOSEN)
    qtbot.keyClick(lock.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not app.window.covered, timeout=20_000)
    town.start()

    app.workplace._means.own.mine()
    [sheet] = app.window.findChildren(AccountSheet)
    qtbot.waitUntil(lambda: len(sheet.devices.rows) == 1, timeout=20_000)
    press(qtbot, sheet, "Oublier cet ordinateur…")
    press(qtbot, sheet.forget.findChildren(QMessageBox)[0], "Effacer et se déconnecter")
    report = at(qtbot, app, ForgottenPage)
    assert report.whole
    assert not any(each.isVisible() for each in app.window.findChildren(AccountSheet))
    assert "Le portail ne connaît plus cet ordinateur." in report.text()
    press(qtbot, report, "Terminer")
    page = at(qtbot, app, SignIn)
    assert not page.known.many
    assert list((app.options.folder / "accounts").iterdir()) == []
    assert in_clear(app.options.folder) == []
    assert [path.name for path in app.options.folder.parent.glob("vault*")] == [], "no key is left"


def in_clear(folder: Path) -> list[str]:
    """What the disk tells of her to whoever opens its files."""
    held = {path.name: path.read_bytes().lower() for path in folder.rglob("*") if path.is_file()}
    told = (EMAIL, "garnier", CHOSEN)
    return [f"{name}: {word}" for name, content in held.items() for word in told if word.encode() in content]


def test_an_account_that_is_signed_out_is_forgotten_from_the_page_where_one_signs_in(
    qapp: QApplication, qtbot: QtBot, app: App, town: Town, block: Block
) -> None:
    with qtbot.waitSignal(app.asked, timeout=20_000):
        app.window.show()
    ana = town.person(block, "Ana")
    for _ in range(2):  # the second time her name is known from the first
        page = at(qtbot, app, SignIn)
        page._email.setText(ana.email)
        page._password.setText(PASSWORD)
        with qtbot.waitSignal(app.opened, timeout=20_000):
            page.submit()
        with qtbot.waitSignal(app.asked, timeout=20_000):
            app.sign_out()
    page = at(qtbot, app, SignIn)
    qtbot.waitUntil(lambda: page.known.many, timeout=20_000)
    assert page.known.buttons[0].accessibleName() == f"Ana Petit, {ana.email}"
    bin_ = next(each for each in page.known.findChildren(QPushButton) if each.accessibleName().startswith("Oublier"))
    qtbot.mouseClick(bin_, Qt.MouseButton.LeftButton)
    press(qtbot, page.known.findChildren(QMessageBox)[0], "Effacer ce compte")
    report = at(qtbot, app, ForgottenPage)
    assert report.whole
    assert list((app.options.folder / "accounts").iterdir()) == []
