"""How one comes to the review: by the rail, from the sign-in page, and from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.__main__ import main, parser
from desktop.app import App, Options
from desktop.services.problems import StoreFault
from desktop.services.vault import Vault
from desktop.views.allowances.entries import State
from desktop.views.allowances.review import Review
from desktop.views.opening import Appearance
from desktop.views.window.allowances import AllowancesTab
from tests.services.world import a_world
from tests.vaults import FileVault
from tests.views.acting import press
from tests.views.conftest import Client, Watchdog, profile

PROGRAM = """
import json, sys
from desktop.views.window import workplace, apart
print(json.dumps(sorted(sys.modules)))
"""


def options(folder: Path, *files: Path, portal: str = "") -> Options:
    vault = FileVault(folder / "vault.json")
    return Options(
        folder=folder / "profile",
        vault=lambda _address: vault,
        portal=portal,
        appearance=Appearance.LIGHT,
        bundled_font=True,
        files=files,
    )


def reviewed(tab: AllowancesTab, qtbot: QtBot) -> Review:
    qtbot.waitUntil(lambda: tab.page is not None, timeout=20_000)
    assert tab.page is not None
    review = tab.page.review
    qtbot.waitUntil(lambda: review.loader.settled, timeout=20_000)
    return review


def close(app: App, qapp: QApplication) -> None:
    app.close()
    app.window.deleteLater()
    qapp.processEvents()


def test_the_engine_is_not_imported_with_the_window() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, env=environment, capture_output=True, text=True
    )
    modules = set(json.loads(answer.stdout))
    assert "desktop.views.window.workplace" in modules
    assert not {"polars", "python_calamine", "desktop.views.allowances.page"} & modules
    assert not {name for name in modules if name.startswith("desktop.services.review")}


def test_the_rail_leads_to_the_review_and_back(client: Client, qtbot: QtBot, files: Path) -> None:
    workplace, window = client.workplace, client.app.window
    assert workplace.allowances.page is None
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert workplace.content.currentWidget() is workplace.allowances
    assert workplace.tabs.currentIndex() == 1
    review = reviewed(workplace.allowances, qtbot)
    workplace.open_files([files / "bpij.zip"])
    qtbot.waitUntil(lambda: review.reviewed is not None, timeout=20_000)
    kept = client.folder / "accounts" / client.world.me.person_id / "review"
    assert len(list(kept.glob("*.kept"))) == 1
    assert review.loader._desk.author() == client.services.portfolio.person().name  # type: ignore[union-attr]
    workplace.tabs.setFocus()
    qtbot.keyClick(workplace.tabs, Qt.Key.Key_Up)
    assert workplace.content.currentWidget() is workplace.allowances, "Entrée opens it"
    qtbot.keyClick(workplace.tabs, Qt.Key.Key_Return)
    assert workplace.content.currentWidget() is workplace.contact


def test_f6_goes_through_the_panes_of_the_review(client: Client, qtbot: QtBot, files: Path) -> None:
    workplace = client.workplace
    workplace.open_files([files / "bpij.zip"])
    review = reviewed(workplace.allowances, qtbot)
    qtbot.waitUntil(lambda: review.reviewed is not None, timeout=20_000)
    assert workplace._zones()[2] is review.files, "after the row of views"
    workplace.rail.tabs.setFocus()
    workplace._next_zone()
    workplace._next_zone()
    assert client.app.window.focusWidget() is review.files.list


def test_the_window_answers_while_the_tab_comes(client: Client, watchdog: Watchdog) -> None:
    workplace = client.workplace
    watchdog.during(workplace.show_allowances)
    watchdog.until(lambda: workplace.allowances.page is not None)


def test_files_are_reviewed_without_an_account_from_the_sign_in_page(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, files: Path
) -> None:
    app = App(qapp, options(tmp_path))
    with qtbot.waitSignal(app.asked, timeout=20_000):
        app.window.show()
    press(qtbot, app.window, "Vérifier des fichiers d’indemnités")
    assert app.apart is not None
    review = reviewed(app.apart.allowances, qtbot)
    review.give([files / "bpij.zip"])
    qtbot.waitUntil(lambda: review.reviewed is not None, timeout=20_000)
    assert (tmp_path / "vault.json").exists(), "the key was made"
    with qtbot.waitSignal(app.asked, timeout=20_000):
        press(qtbot, app.window, "Se connecter")
    assert app.apart is None
    close(app, qapp)


def test_files_of_the_command_line_are_opened_by_themselves(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, files: Path
) -> None:
    app = App(qapp, options(tmp_path, files / "bpij.zip", files / "nulle-part.csv"))
    with qtbot.waitSignal(app.reviewing, timeout=20_000):
        app.window.show()
    assert app.apart is not None
    review = reviewed(app.apart.allowances, qtbot)
    qtbot.waitUntil(lambda: review.reviewed is not None, timeout=20_000)
    states = {each.name: each.state for each in review.loader.entries}
    assert states == {"bpij.zip": State.READ, "nulle-part.csv": State.UNREADABLE}
    close(app, qapp)


def test_no_fault_of_the_account_keeps_one_from_ones_files(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, files: Path
) -> None:
    def no_keyring(_address: str) -> Vault:
        raise StoreFault("Le trousseau est verrouillé.")

    locked = Options(
        folder=tmp_path / "profile",
        vault=no_keyring,
        portal="http://127.0.0.1:9",
        appearance=Appearance.LIGHT,
        bundled_font=True,
        files=(files / "bpij.zip",),
    )
    app = App(qapp, locked)
    with qtbot.waitSignal(app.reviewing, timeout=20_000):
        app.window.show()
    assert app.apart is not None
    review = reviewed(app.apart.allowances, qtbot)
    qtbot.waitUntil(lambda: review.reviewed is not None, timeout=20_000)
    assert "Le trousseau est verrouillé." in review.kept_not.sentence
    close(app, qapp)


def test_who_signs_in_finds_what_was_opened_before(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, files: Path
) -> None:
    signed_in = profile(qapp, tmp_path, a_world(4, companies=1, spaces=1))
    before = App(qapp, options(tmp_path, files / "bpij.zip"))
    with qtbot.waitSignal(before.reviewing, timeout=20_000):
        before.window.show()
    assert before.apart is not None
    review = reviewed(before.apart.allowances, qtbot)
    qtbot.waitUntil(lambda: review.reviewed is not None, timeout=20_000)
    close(before, qapp)
    app = App(qapp, signed_in)
    with qtbot.waitSignal(app.opened, timeout=20_000):
        app.window.show()
    assert app.workplace is not None
    app.workplace.show_allowances()
    hers = reviewed(app.workplace.allowances, qtbot)
    assert [each.name for each in hers.loader.entries] == ["bpij.zip"]
    close(app, qapp)
    assert not list((tmp_path / "profile" / "review").glob("*.kept"))


@pytest.mark.parametrize("words", [["a.csv", "b.zip"], ["--profile", "paie", "a.csv", "b.zip"]])
def test_the_command_line_takes_files(words: list[str]) -> None:
    assert parser().parse_args(words).files == [Path("a.csv"), Path("b.zip")]


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--help"], "Options\u00a0:"), (["review", "--help"], "Options\u00a0:"), (["--loin"], "volet --help")],
)
def test_the_command_line_speaks_french(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(words)
    told = "".join(capsys.readouterr())
    assert said in told
    for english in ("usage", "positional", "arguments", "error", "show this", "unrecognized"):
        assert english not in told.lower(), told
