"""The lock over the window, and being forgotten by this computer."""

from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from contract.contact import SendMessage
from contract.identity import new_id
from desktop.app import App
from desktop.reception import Reception
from desktop.services.accounts import SECOND_FACTOR, Credentials, Known, Letter
from desktop.services.erasure import Trace, erase, forget_shared
from desktop.services.lock import Lock
from desktop.services.problems import Offline, Problem, Refused
from desktop.services.rescue import rescue
from desktop.services.store import Store
from desktop.services.vault import KeyringVault, Who
from desktop.views import notices, viewer
from desktop.views.account.forgotten import ForgottenPage
from desktop.views.account.lock import LockPage
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.opening import Appearance
from desktop.views.signin import SignIn
from desktop.views.signin.linking import Linking
from desktop.views.tokens import Look
from desktop.views.window.frame import Window
from tests.services.test_vault import MemoryKeyring
from tests.services.world import a_world
from tests.vaults import FileVault
from tests.views.conftest import NOBODY, Client, Watchdog, profile
from tests.views.test_account import ADDRESS, ANA, SECRET, nothing, press, shown, sound
from tests.views.walking import visible_strings

# Being forgotten


def test_what_is_erased_is_looked_at_again(tmp_path: Path) -> None:
    folder, vault = tmp_path / "accounts" / "1", FileVault(tmp_path / "vault-1")
    for name in ("store.db", "store.db-wal", "shelf.db", "review/register.db", "autre"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x" * 100)
    vault.keys()
    vault.remember_device("device")
    vault.keep_refresh_token("token")
    done = erase(folder, vault)
    assert all(trace.gone for trace in done)
    assert {trace.what: trace.files for trace in done if trace.files} == {
        "Copie de vos échanges, arrêts, versements et brouillons": 2,
        "Pièces jointes et documents téléchargés": 1,
        "Fichiers d’indemnités gardés": 1,
        "Autres fichiers du compte": 1,
    }
    assert sum(not trace.files for trace in done) == 3
    assert not folder.exists()
    assert (vault.made(), vault.refresh_token()) == (False, None)


def test_what_a_profile_of_before_kept_for_all_is_told_when_it_goes(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "vault")
    assert forget_shared(vault) is None
    vault.keys()
    told = forget_shared(vault)
    assert told is not None
    assert told.gone
    assert not vault.made()


class Unplugged(MemoryKeyring):
    """The computer goes off at the n-th deletion."""

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.cut:
            raise KeyboardInterrupt


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_forgetting_that_is_cut_short_leaves_no_key_and_is_done_again(tmp_path: Path, cut: int) -> None:
    backend = Unplugged()
    reception = Reception(tmp_path, lambda _address: KeyringVault("portail", "compte", backend), nothing)
    vault, store = reception.own_vault(ADDRESS, "one"), reception.place("one") / "store.db"
    vault.remember_device("device")
    vault.keep_refresh_token("token")
    vault.introduce(Who(ANA.email, "Ana"))
    Store(store, vault.keys().database).close()
    backend.steps, backend.cut = 0, cut
    with pytest.raises(KeyboardInterrupt):
        reception.forget_known(ADDRESS, "one", None)
    backend.cut = None
    assert any("/vault" in service for service, _ in backend.items) is (cut == 1), "the key goes first"
    assert store.exists() is (cut < 4), "and the name after the files"
    assert reception.find(ADDRESS, "")[1] == ("one" if cut == 1 else ""), "what is half erased is not opened"
    assert [one.email for one in reception.known(ADDRESS)] == [ANA.email]
    assert reception.forget_known(ADDRESS, "one", None).whole
    assert (backend.items, reception.place("one").exists()) == ({}, False)


def test_nobody_is_let_in_at_random_where_the_settings_were_lost(tmp_path: Path) -> None:
    reception = Reception(tmp_path, lambda _address: FileVault(tmp_path / "vault"), nothing)
    for account in ("one", "two"):
        vault = reception.own_vault(NOBODY, account)
        Store(reception.place(account) / "store.db", vault.keys().database).close()
        vault.keep_refresh_token("token")
    assert reception.find(NOBODY, "")[1] == ""
    assert reception.forget_known(NOBODY, "two", None).others == 1
    assert reception.find(NOBODY, "")[1] == "one"


def test_what_waits_behind_a_lock_is_not_erased_without_the_password(client: Client, qtbot: QtBot) -> None:
    wish = SendMessage(new_id(), new_id(), "Bonjour")
    client.services.outbox.add(wish, lane="a", topics=["contact"], title="Réponse")
    me, owns = client.world.me, client.app.ownership
    one = Known(me.person_id, me.email, "")
    place = client.folder / "accounts" / me.person_id / "store.db"
    Lock(client.services.store).lock()
    owns.forget_known(NOBODY, one)
    qtbot.waitUntil(lambda: bool(dialogs(client)), timeout=20_000)
    [said] = dialogs(client)
    assert isinstance(said, QMessageBox)
    assert "laissé verrouillé" in said.informativeText()
    assert isinstance(client.app.window.page, SignIn)
    sound(said)
    key = client.app.options.vault("").of(me.person_id).keys().database
    with closing(Store(place, key)) as store:
        Lock(store).unlock()
    owns.forget_known(NOBODY, one)
    qtbot.waitUntil(lambda: isinstance(client.app.window.page, ForgottenPage), timeout=20_000)
    assert not place.exists()


def test_the_report_says_what_is_gone_and_what_stays(qtbot: QtBot, icons: Icons, qapp: QApplication) -> None:
    traces = (Trace("Copie locale", 2, 2048, gone=True), Trace("Clé de ces fichiers", 0, 0, gone=False))
    done: list[bool] = []
    page = ForgottenPage(icons, qapp.clipboard(), traces, lambda: done.append(True), told=False, others=1)
    shown(qtbot, page)
    sound(page)
    assert not page.whole
    press(qtbot, page, "Copier le compte rendu")
    text = qapp.clipboard().text()
    assert "Copie locale\u00a0: effacé (2\u00a0fichiers" in text
    assert "Clé de ces fichiers\u00a0: reste" in text
    assert "1\u00a0autre compte" in text
    press(qtbot, page, "Terminer")
    assert done == [True]


# The lock


def test_a_store_is_locked_until_the_password_was_given(tmp_path: Path) -> None:
    path, key = tmp_path / "store.db", bytes(32)
    with closing(Store(path, key)) as store:
        assert Lock(store).locked, "who deletes the file gets past nothing"
        Lock(store).unlock()
    rescue(path, key)
    with closing(Store(path, key)) as store:
        assert not Lock(store).locked
        Lock(store).lock()
    rescue(path, key)
    with closing(Store(path, key)) as store:
        assert Lock(store).locked
    path.write_bytes(b"damaged" * 1000)
    rescue(path, key)
    with closing(Store(path, key)) as store:
        assert Lock(store).locked, "nobody can tell any more"


def test_the_lock_asks_for_the_code_when_the_portal_does_and_says_what_it_cannot_know(
    qtbot: QtBot, icons: Icons, later: Later
) -> None:
    answers: list[Problem] = [
        Offline("Le portail ne répond pas."),
        Refused("Mot de passe incorrect.", kind="credentials", status=401),
        Refused("Donnez le code.", kind=SECOND_FACTOR, status=401),
    ]
    asked: list[Credentials] = []

    def unlock(credentials: Credentials) -> None:
        asked.append(credentials)
        if answers:
            raise answers.pop(0)

    done: list[bool] = []
    page = LockPage(icons, later, unlock, lambda: done.append(True), nothing, name="Ana Petit", email=ANA.email)
    shown(qtbot, page)
    page.submit()
    assert page.box.complaint
    page.password.setText("mot de passe")
    page.submit()
    qtbot.waitUntil(lambda: "lui seul peut vérifier" in page.problem.sentence)
    sound(page)
    page.submit()
    qtbot.waitUntil(lambda: page.box.complaint == "Mot de passe incorrect.")
    page.submit()
    qtbot.waitUntil(page.code_box.isVisible)
    assert page.code_box.complaint == ""
    page.code.setText("123456")
    page.submit()
    qtbot.waitUntil(lambda: done == [True])
    assert asked[-1] == Credentials("", ANA.email, "mot de passe", "123456")
    assert (page.password.text(), page.code.text()) == ("", "")


def dialogs(client: Client) -> list[QDialog]:
    return [each for each in client.app.window.findChildren(QDialog) if each.isVisible()]


def test_the_lock_covers_all_and_gives_all_back(client: Client, qtbot: QtBot) -> None:
    window, locking, contact = client.app.window, client.app.locking, client.workplace.contact
    assert locking is not None
    window.keys["lock"].trigger()
    [instead] = dialogs(client)
    assert not window.covered, "nobody could unlock it: off line, without a password of this run"
    instead.close()
    client.services.entrance.session.prove("mot de passe")
    contact.new_request()
    contact.form.text.setPlainText("à moitié écr")
    window.keys["help"].trigger()
    assert len(dialogs(client)) == 1
    window.keys["lock"].trigger()
    page = locking.page
    assert isinstance(page, LockPage)
    sound(page)
    assert not contact.isVisible()
    assert dialogs(client) == []
    assert not window.keys["new"].isEnabled()
    for typed, opened in (("faux", False), ("mot de passe", True)):
        page.password.setText(typed)
        qtbot.keyClick(page.password, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: client.app.errands.idle)
        assert window.covered is not opened
    assert contact.isVisible()
    assert contact.form.text.toPlainText() == "à moitié écr"
    assert len(dialogs(client)) == 1
    assert window.keys["new"].isEnabled()
    locking.presence._last_by_clock -= 15 * 60 + 1
    locking.look()
    assert window.covered, "the time that the computer slept counts"


def test_nothing_comes_over_what_covers_the_window(qtbot: QtBot, icons: Icons, later: Later, tmp_path: Path) -> None:
    window = Window(QSettings(str(tmp_path / "volet.ini"), QSettings.Format.IniFormat), Appearance.LIGHT)
    shown(qtbot, window)
    cover, asks = QLineEdit(), QFileDialog(window)
    asks.setOption(QFileDialog.Option.DontUseNativeDialog)
    ended: list[int] = []
    asks.finished.connect(ended.append)
    asks.open()
    window.cover(cover)
    assert ended == [QDialog.DialogCode.Rejected], "whoever waits for the dialog is not held up behind the lock"
    came = (
        viewer.show(window.page, icons, later, "a.txt", "text/plain", b"Roux", nothing),
        notices.tell(window, "A", "B"),
    )
    qtbot.waitUntil(lambda: not any(each.isVisible() for each in came))
    window.keys["help"].trigger()
    [keys] = cover.findChildren(QDialog)
    menu = cover.createStandardContextMenu()
    menu.popup(cover.mapToGlobal(cover.rect().center()))
    turned: list[str] = []
    QTimer.singleShot(20, partial(turned.append, "turned"))
    qtbot.waitUntil(lambda: bool(turned))
    assert (keys.isVisible(), menu.isVisible()) == (True, True), "what belongs to the cover stays"
    menu.close()
    window.uncover()
    assert all(each.isVisible() for each in came)
    box = notices.tell(window, "C", "D")
    turned.clear()
    QTimer.singleShot(20, partial(turned.append, "turned"))
    qtbot.waitUntil(lambda: bool(turned))
    assert box.isVisible()


def test_it_locks_by_itself_when_nobody_is_there_and_stays_so_after_a_restart(client: Client, qtbot: QtBot) -> None:
    locking, window = client.app.locking, client.app.window
    assert locking is not None
    client.services.entrance.session.prove("mot de passe")
    locking.look()
    assert not window.covered
    qtbot.keyClick(window, Qt.Key.Key_Shift)
    before = locking.presence.last
    locking.presence.last -= 14 * 60
    locking.look()
    assert not window.covered
    window.keys["help"].trigger()
    locking.presence.last = before - 15 * 60 - 1
    locking.look()
    assert window.covered
    assert Lock(client.services.store).locked
    client.app.settings.clear()
    client.app._put_away()
    client.app._work()
    assert window.covered, "what is locked stays locked, whatever becomes of the settings"
    assert client.app.locking is not None
    page = client.app.locking.page
    assert page is not None
    with qtbot.waitSignal(client.app.asked):
        press(qtbot, page, "Se déconnecter")
    assert not window.covered
    assert dialogs(client) == [], "what was open over the window does not come back"
    qtbot.waitUntil(lambda: client.app.errands.idle)
    key = client.app.options.vault("").of(client.world.me.person_id).keys().database
    with closing(Store(client.folder / "accounts" / client.world.me.person_id / "store.db", key)) as store:
        assert Lock(store).locked, "no password was given"


def test_a_link_on_the_command_line_opens_its_page_whoever_is_signed_in(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, look: Look
) -> None:
    options = replace(profile(qapp, tmp_path, a_world(3)), link=f"volet:link#{SECRET}")
    app = App(qapp, options)
    with qtbot.waitSignal(app.asked, timeout=20_000):
        app.window.show()
    page = app.window.page
    assert isinstance(page, Linking)
    assert page.letter() == Letter(secret=SECRET)
    with qtbot.waitSignal(app.opened, timeout=20_000):
        press(qtbot, page, "Retour")
    app.close()
    app.window.deleteLater()


def test_forgetting_this_computer_ends_at_the_report(client: Client, qtbot: QtBot, watchdog: Watchdog) -> None:
    place = client.folder / "accounts" / client.world.me.person_id
    assert (place / "store.db").exists()
    client.app.settings.setValue("contact/filters", "quelque chose")
    client.app.ownership.forget()
    watchdog.until(lambda: isinstance(client.app.window.page, ForgottenPage), 20)
    page = client.app.window.page
    assert isinstance(page, ForgottenPage)
    assert page.whole
    assert not place.exists()
    assert any("n’a pas pu être prévenu" in text for _, text in visible_strings(page))
    assert set(client.app.settings.allKeys()) <= {"appearance", "notify", "portal", "window/geometry", "lock/minutes"}
    with qtbot.waitSignal(client.app.asked):
        press(qtbot, page, "Terminer")
    assert isinstance(client.app.window.page, SignIn)
    field_of = client.app.window.page._email
    assert isinstance(field_of, QLineEdit)
    assert field_of.text() == ""
