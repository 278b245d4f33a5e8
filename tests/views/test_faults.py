"""What stops the program from opening is a page with a way out, and nothing is lost on the way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import App, Options
from desktop.services import cipher
from desktop.services.contact import Draft
from desktop.services.problems import Offline, Problem, Remedy, StoreFault
from desktop.services.vault import Keys, Who
from desktop.views.faults import FaultPage
from desktop.views.icons import Icons
from desktop.views.signin import Credentials
from tests.services.world import World, a_world
from tests.vaults import FileVault
from tests.views.conftest import NOBODY, profile
from tests.views.walking import slips, unnamed, visible_strings

FAULTS: tuple[Callable[[], StoreFault], ...] = (
    cipher.damaged,
    cipher.foreign,
    cipher.wrong_key,
    cipher.owned,
    cipher.full_disk,
    cipher.read_only,
    lambda: StoreFault("Le trousseau est verrouillé.", Remedy.UNLOCK, "locked"),
    lambda: StoreFault("Aucun trousseau n\u2019est disponible.", Remedy.ASK_SUPPORT, "no-keyring"),
)


@dataclass
class MovingVault:
    """A keyring that can be locked, and unlocked again."""

    inner: FileVault
    problem: StoreFault | None = None
    key: bytes | None = None

    def keys(self) -> Keys:
        if self.problem is not None:
            raise self.problem
        return Keys(self.key, None) if self.key is not None else self.inner.keys()

    def refresh_token(self) -> str | None:
        if self.problem is not None:
            raise self.problem
        return self.inner.refresh_token()

    def remember_device(self, device: str) -> None:
        self.inner.remember_device(device)

    def keep_refresh_token(self, token: str) -> None:
        self.inner.keep_refresh_token(token)

    def forget_session(self) -> None:
        self.inner.forget_session()

    def forget_everything(self) -> None:
        self.inner.forget_everything()

    def of(self, account: str) -> "MovingVault":
        """Of one profile with one account: there is nothing to keep apart."""
        del account
        return self

    def made(self) -> bool:
        if self.problem is not None:
            raise self.problem
        return self.inner.made()

    def take_key(self, database: bytes) -> None:
        self.inner.take_key(database)

    def introduce(self, who: Who) -> None:
        self.inner.introduce(who)

    def who(self) -> Who | None:
        return self.inner.who()


@dataclass
class Stage:
    """A profile, its vault, and the applications opened on it."""

    qapp: QApplication
    qtbot: QtBot
    options: Options
    vault: MovingVault
    world: World
    apps: list[App]

    @property
    def store(self) -> Path:
        return self.options.folder / "accounts" / self.world.me.person_id / "store.db"

    def start(self, signal: str) -> App:
        app = App(self.qapp, self.options)
        self.apps.append(app)
        with self.qtbot.waitSignal(getattr(app, signal), timeout=20_000):
            app.window.show()
        return app

    def remedy(self, app: App, signal: str) -> None:
        page = app.window.page
        assert isinstance(page, FaultPage)
        with self.qtbot.waitSignal(getattr(app, signal), timeout=20_000):
            self.qtbot.mouseClick(page.remedy, Qt.MouseButton.LeftButton)


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> object:
    world = a_world(12)
    options = profile(qapp, tmp_path, world)
    inner = options.vault("")
    assert isinstance(inner, FileVault)
    vault = MovingVault(inner)
    made = Stage(qapp, qtbot, replace(options, vault=lambda _address: vault), vault, world, [])
    yield made
    for app in made.apps:
        app.close()
        app.window.deleteLater()


def heading(app: App) -> str:
    page = app.window.page
    assert isinstance(page, FaultPage)
    return " ".join(text for _, text in visible_strings(page))


def test_a_locked_keyring_is_unlocked_and_all_is_there(stage: Stage) -> None:
    stage.vault.problem = StoreFault("Le trousseau est verrouillé.", Remedy.UNLOCK, "locked")
    app = stage.start("stopped")
    assert "trousseau de votre ordinateur est verrouillé" in heading(app)
    stage.remedy(app, "stopped")
    stage.vault.problem = None
    stage.remedy(app, "opened")
    assert app.services is not None
    assert app.services.contact.unread_by_space()


def test_a_wrong_key_touches_nothing_and_the_right_one_opens(stage: Stage) -> None:
    stage.start("opened").close()
    before = stage.store.read_bytes()
    stage.vault.key = bytes(32)
    app = stage.start("stopped")
    assert "clé de vos données n\u2019est pas la bonne" in heading(app)
    assert stage.store.read_bytes() == before
    stage.vault.key = None
    stage.remedy(app, "opened")


def test_a_profile_that_is_open_elsewhere_waits_for_the_other(stage: Stage) -> None:
    first = stage.start("opened")
    second = stage.start("stopped")
    assert "Volet est déjà ouvert" in heading(second)
    first.close()
    stage.remedy(second, "opened")


def test_a_damaged_store_is_put_aside_and_what_can_be_read_is_kept(stage: Stage) -> None:
    app = stage.start("opened")
    assert app.services is not None
    contact, request_id = app.services.contact, write_here(app, stage.world)
    contact.keep_draft(Draft(key=request_id, text="à moitié écrit"))
    app.meet(cipher.damaged())
    assert "ne peuvent pas être lues" in heading(app)
    stage.remedy(app, "opened")
    told = app.window.findChild(QMessageBox)
    assert told is not None
    assert "store.damaged-1.db" in told.informativeText()
    assert (stage.store.parent / "store.damaged-1.db").exists(), "nothing is deleted"
    assert app.services is not None
    assert len(app.services.outbox.waiting()) == 1
    draft = app.services.contact.draft(request_id)
    assert draft is not None
    assert draft.text == "à moitié écrit"


def test_a_store_damaged_at_its_head_is_put_aside_whole(stage: Stage) -> None:
    stage.start("opened").close()
    damage(stage.store)
    spoiled = stage.store.read_bytes()
    app = stage.start("stopped")
    stage.remedy(app, "opened")
    assert (stage.store.parent / "store.damaged-1.db").read_bytes() == spoiled


def test_a_file_that_is_no_store_is_put_aside(stage: Stage) -> None:
    for tail in ("-wal", "-shm"):
        stage.store.with_name(stage.store.name + tail).unlink(missing_ok=True)
    stage.store.write_bytes(b"not a database at all " * 1000)
    app = stage.start("stopped")
    stage.remedy(app, "opened")
    assert (stage.store.parent / "store.damaged-1.db").read_bytes().startswith(b"not a database")


def write_here(app: App, world: World) -> str:
    assert app.services is not None
    contact = app.services.contact
    request_id = next(each.request_id for each in world.requests if contact.sheet(each.request_id).can_reply)
    contact.reply(Draft(key=request_id, text="Bonjour"), contact.sheet(request_id).state_version)
    return request_id


def damage(path: Path) -> None:
    """Spoils the first page behind its clear head: the schema can no longer be read by that file alone."""
    content = bytearray(path.read_bytes())
    content[40:200] = bytes(160)
    path.write_bytes(bytes(content))


def test_a_full_disk_while_one_works_is_said_above_the_page_which_stays(stage: Stage) -> None:
    app = stage.start("opened")
    workplace = app.workplace
    assert workplace is not None
    app.meet(cipher.full_disk())
    strip = workplace.strips.problem
    assert "disque est plein" in strip.sentence
    assert app.window.page is workplace
    retry = next(each for each in strip.findChildren(QPushButton) if each.isVisible())
    stage.qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    assert strip.sentence == ""


def test_damage_found_while_one_works_takes_the_window(stage: Stage) -> None:
    app = stage.start("opened")
    with stage.qtbot.waitSignal(app.stopped):
        app.meet(cipher.damaged())
    assert app.workplace is None
    stage.remedy(app, "opened")


def test_without_an_address_the_person_is_asked(stage: Stage) -> None:
    stage.options = replace(stage.options, portal="")
    app = stage.start("asked")
    assert any(field.isVisible() for field in app.window.page.findChildren(QLineEdit))


def test_without_a_session_the_person_is_asked_with_her_address_known(stage: Stage) -> None:
    stage.vault.forget_session()
    app = stage.start("asked")
    emails = [field.text() for field in app.window.page.findChildren(QLineEdit)]
    assert stage.world.me.email in emails


@pytest.mark.parametrize("make", FAULTS)
def test_each_fault_says_what_happened_and_what_to_do_in_french(
    qtbot: QtBot, qapp: QApplication, icons: Icons, make: Callable[[], StoreFault]
) -> None:
    done: list[str] = []
    problem: Problem = make()
    page = FaultPage(icons, qapp.clipboard(), problem, lambda: done.append("remedy"), lambda: done.append("left"))
    qtbot.addWidget(page)
    page.show()
    assert {text: slips(text) for _, text in visible_strings(page) if slips(text)} == {}
    assert unnamed(page) == []
    buttons = {each.text(): each for each in page.findChildren(QPushButton)}
    qtbot.mouseClick(page.remedy, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(buttons["Quitter"], Qt.MouseButton.LeftButton)
    assert done == ["remedy", "left"]
    qtbot.mouseClick(buttons["Copier les détails"], Qt.MouseButton.LeftButton)
    assert problem.detail in qapp.clipboard().text()
    assert page.minimumSizeHint().width() <= 1000
    assert isinstance(page, QWidget)


def test_the_account_of_another_portal_is_not_opened(stage: Stage) -> None:
    stage.vault.forget_session()
    app = stage.start("asked")
    assert app.account == stage.world.me.person_id
    app.settings.setValue("portal", "http://127.0.0.1:1234")
    assert app.account == stage.world.me.person_id, "another port is the same portal"
    app.settings.setValue("portal", "https://ailleurs.exemple.fr")
    assert app.account == ""


def test_an_address_is_the_same_however_it_is_written(stage: Stage, qtbot: QtBot) -> None:
    stage.options = replace(stage.options, portal=f"{NOBODY}/")
    stage.vault.keep_refresh_token("a token that the portal would know")
    app = stage.start("opened")
    assert app.services.entrance.address == NOBODY
    entrance = app.services.entrance
    with pytest.raises(Offline):
        app.sign_in(Credentials(NOBODY, "ana@exemple.fr", "un mot de passe"))
    assert app.services.entrance is entrance
