"""A portal that hangs holds neither the window that closes nor the process."""

import gc
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import App
from desktop.views.table import Rows
from desktop.views.tokens import Look
from tests.services.world import a_world
from tests.views.conftest import Client, profile

DOWNLOADING = """
import sys
from pathlib import Path
from desktop.services.downloads import Downloads
from desktop.services.files import Shelf
from desktop.services.portal import Portal
from desktop.services.session import Session
from tests.vaults import FileVault

vault = FileVault(Path(sys.argv[2]) / "vault")
vault.keep_refresh_token("r")
portal, shelf = Portal(sys.argv[1]), Shelf(Path(sys.argv[2]) / "shelf.db", bytes(32))
downloads = Downloads(shelf, portal, Session(portal, vault, print), lambda topic: None)
downloads.fetch("a", "0" * 64, "a.pdf", 10)
sys.stdin.readline()
downloads.stop()
shelf.close()
"""


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Takes every call, and answers none."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20.0)
        yield listening


def address(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_the_window_closes_while_the_portal_hangs(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, look: Look, silent: socket.socket
) -> None:
    options = replace(profile(qapp, tmp_path, a_world(4, companies=1, spaces=1)), portal=address(silent))
    app = App(qapp, options)
    with qtbot.waitSignal(app.opened, timeout=20_000):
        app.window.show()
    assert app.services is not None
    sync = app.services.sync._thread
    call, _ = silent.accept()
    with call:
        app.close()
        assert sync is not None
        assert sync.is_alive(), "the window waited until the exchange was given up"
    sync.join(20.0)
    assert not sync.is_alive(), "what was left behind ends with its exchange"
    app.window.deleteLater()
    qapp.processEvents()
    gc.collect()


def test_nothing_is_read_once_the_files_are_closed(client: Client, qtbot: QtBot, qapp: QApplication) -> None:
    """A timer of the list was due when the window was closed, or Qt laid it out once more: it read a closed store."""
    table = client.workplace.contact.list.table
    rows = table.model()
    assert isinstance(rows, Rows)
    qtbot.waitUntil(lambda: rows.rowCount() > 0)
    rows.refresh()
    assert rows.index(0, 0).data() is not None, "it is missed, and will be brought in the next turn of the event loop"
    client.app.close()
    qapp.processEvents()
    rows.refresh()
    table.doItemsLayout()
    assert rows.index(0, 0).data() is not None
    qapp.processEvents()


def test_a_download_without_an_answer_does_not_hold_the_process(tmp_path: Path, silent: socket.socket) -> None:
    command = [sys.executable, "-c", DOWNLOADING, address(silent), str(tmp_path)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    call, _ = silent.accept()
    with call:
        try:
            _, errors = child.communicate("end\n", timeout=15)
        finally:
            child.kill()
    assert (child.returncode, errors) == (0, "")
