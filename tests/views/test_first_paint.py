"""At the first paint nothing heavy has been imported, and no keyring, store or network touched."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import App, Options
from desktop.services.vault import Vault
from desktop.views.opening import FIRST_COLOURS, RAIL, Appearance
from desktop.views.tokens import DARK, LIGHT, Look, Size

PROGRAM = """
import json, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from desktop.app import App, Options, keyring_of

qt = QApplication(["volet"])
folder = Path(sys.argv[1])
app = App(qt, Options(folder=folder, vault=keyring_of("test", folder), portal="https://127.0.0.1:9"))
app.window.painted.disconnect(app.dress)

def painted():
    print(json.dumps([sorted(sys.modules), sorted(str(each.relative_to(folder)) for each in folder.rglob("*"))]))
    app.close()

app.window.painted.connect(painted)
app.start()
sys.exit(qt.exec())
"""
HEAVY = {"requests", "urllib3", "keyring", "truststore", "polars", "apsw", "msgspec", "sqlite3", "ssl", "http.client"}
LATER = {"desktop.views.tokens", "desktop.views.icons", "desktop.views.window.keys", "PySide6.QtSvg"}


def test_the_frame_is_painted_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    answer = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    modules, files = json.loads(answer.stdout)
    assert "desktop.app" in modules
    assert (HEAVY | LATER) & set(modules) == set()
    assert [each for each in files if each != "volet.ini"] == []
    if sys.platform != "win32":
        assert (tmp_path / "volet.ini").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_the_first_paint_has_the_colours_and_the_rail_of_what_follows(tokens: object) -> None:
    first = FIRST_COLOURS[tokens is DARK]
    assert first == {name: getattr(tokens, name) for name in first}
    assert RAIL == Size.RAIL


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
def test_the_bare_frame_is_painted_in_the_chosen_appearance(
    qapp: QApplication, tmp_path: Path, appearance: Appearance
) -> None:
    app = App(qapp, Options(folder=tmp_path, vault=_no_keyring, appearance=appearance))
    picture = app.window.page.grab().toImage()
    wanted = FIRST_COLOURS[appearance is Appearance.DARK]
    shown = [picture.pixelColor(x, 5).name().upper() for x in (5, RAIL - 1, RAIL + 5)]
    assert shown == [wanted[name] for name in ("surface", "hairline", "bg")]
    app.close()
    app.window.deleteLater()


def test_a_window_closed_before_anything_else_is_there_closes_cleanly(qapp: QApplication, tmp_path: Path) -> None:
    app = App(qapp, Options(folder=tmp_path, vault=_no_keyring))
    app.start()
    app.window.close()
    qapp.processEvents()
    assert not any(app.has(part) for part in ("look", "icons", "bell", "reader", "errands"))
    assert app.unexpected is None
    app.window.deleteLater()


def test_once_painted_the_window_is_dressed_and_its_keys_work(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, look: Look
) -> None:
    app = App(qapp, Options(folder=tmp_path, vault=_no_keyring, appearance=Appearance.LIGHT, bundled_font=True))
    with qtbot.waitSignal(app.asked, timeout=20_000):
        app.window.show()
    qtbot.waitUntil(lambda: not app.steps)
    assert not app.window.windowIcon().isNull()
    assert app.window.keys["help"] in app.window.actions()
    app.window.close()
    app.window.deleteLater()


def _no_keyring(_address: str) -> Vault:
    raise AssertionError("no keyring is needed here")
