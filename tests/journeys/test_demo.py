"""The demonstration: signed in at once, the same at the second start, gone with the client; and the tour, whole."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import __main__ as command
from desktop.demo import Demo, PortalChild, start_afresh
from desktop.tour.arriving import PAPER
from desktop.views.contact.listing import ListPane

PATIENCE = 60_000


@pytest.fixture
def demo(qapp: QApplication, tmp_path: Path) -> Iterator[Demo]:
    made = Demo(qapp, tmp_path, 10.0, None)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """What one demonstration leaves behind is never destroyed on a thread of the next."""
    gc.disable()
    yield
    gc.collect()


def test_no_thread_of_it_collects_garbage(qapp: QApplication, tmp_path: Path) -> None:
    """From its first moment: a thread listens to the child before there is a client."""
    gc.enable()
    made = Demo(qapp, tmp_path, 10.0, None)
    try:
        assert not gc.isenabled()
    finally:
        made.close()
    assert gc.isenabled()


def listed(demo: Demo) -> bool:
    pane = demo.window.findChild(ListPane) if demo.window is not None else None
    return pane is not None and pane.table.rows.rowCount() > 0


def answers(address: str) -> bool:
    """Whether something listens there; a refusal of the API is an answer."""
    try:
        build_opener(ProxyHandler({})).open(f"{address}/v1/me", timeout=5).close()
    except OSError as error:  # a portal that is just ending breaks off its answer
        return hasattr(error, "code")
    return True


def test_opens_signed_in_and_again_with_what_it_kept(demo: Demo, qapp: QApplication, qtbot: QtBot) -> None:
    demo.start()
    qtbot.waitUntil(lambda: listed(demo), timeout=PATIENCE)
    demo.close()
    again = Demo(qapp, demo.folder, 10.0, None)
    again.start()
    try:
        qtbot.waitUntil(lambda: listed(again), timeout=PATIENCE)
    finally:
        again.close()


def world(folder: Path) -> list[Path]:
    """What a demonstration leaves in its folder."""
    kept = [
        folder / "client" / "demo-vault.json",
        folder / "client" / "accounts" / "x",
        folder / "portal" / "portal.db",
    ]
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("ours")
    return kept


def test_afresh_takes_its_own_world_and_nothing_else(tmp_path: Path) -> None:
    kept = world(tmp_path)
    (tmp_path / "tour").mkdir()
    assert start_afresh(tmp_path) is None
    assert not any(path.exists() for path in kept)
    assert (tmp_path / "tour").is_dir()
    assert start_afresh(tmp_path) is None


@pytest.mark.parametrize("name", ["client", "portal"])
def test_afresh_leaves_the_folders_of_others(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--data` may be any folder, with a `client` and a `portal` of its own."""
    theirs = tmp_path / name / "invoices.txt"
    theirs.parent.mkdir()
    theirs.write_text("theirs")
    demo = tmp_path / "demo"
    kept = world(demo)
    (demo / name / {"client": "demo-vault.json", "portal": "portal.db"}[name]).unlink()
    strange = demo / name / "strange"
    strange.write_text("theirs")
    assert command.main(["--demo", "--fresh", "--data", str(tmp_path)]) == 1
    assert f"{demo / name}" in capsys.readouterr().err
    assert theirs.exists()
    assert strange.exists()
    assert sum(path.exists() for path in kept) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets few people make links")
def test_afresh_follows_no_link(tmp_path: Path) -> None:
    kept = world(tmp_path / "elsewhere")
    demo = tmp_path / "demo"
    demo.mkdir()
    (demo / "client").symlink_to(tmp_path / "elsewhere" / "client")
    assert start_afresh(demo) == demo / "client"
    (tmp_path / "linked").symlink_to(tmp_path / "elsewhere")
    assert start_afresh(tmp_path / "linked") == tmp_path / "linked"
    assert all(path.exists() for path in kept)


def test_a_portal_that_cannot_start_is_told(demo: Demo, capsys: pytest.CaptureFixture[str], qtbot: QtBot) -> None:
    (demo.folder / "portal").mkdir()
    (demo.folder / "portal" / "portal.db").write_bytes(b"no database at all" * 100)
    demo.start()
    qtbot.waitUntil(lambda: demo.failed, timeout=PATIENCE)
    assert "n’a pas pu démarrer" in capsys.readouterr().err


KEEPER = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from desktop.demo import PortalChild
qt = QCoreApplication([])
child = PortalChild(Path(sys.argv[1]))
child.ready.connect(lambda: print(child.address, flush=True))
child.start()
qt.exec()
"""


def test_the_portal_ends_with_a_client_that_was_killed(tmp_path: Path, qtbot: QtBot) -> None:
    keeper = subprocess.Popen([sys.executable, "-c", KEEPER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert keeper.stdout is not None
    address = keeper.stdout.readline().strip()
    assert answers(address)
    keeper.kill()
    keeper.wait()
    keeper.stdout.close()
    qtbot.waitUntil(lambda: not answers(address), timeout=PATIENCE)


def test_the_portal_comes_back_where_it_was(tmp_path: Path, qtbot: QtBot) -> None:
    child = PortalChild(tmp_path)
    try:
        with qtbot.waitSignal(child.ready, timeout=PATIENCE):
            child.start()
        first = child.address
        child.stop()
        assert not answers(first)
        with qtbot.waitSignal(child.ready, timeout=PATIENCE):
            child.start()
        assert child.address == first
        assert "7" in child.adviser(["list", "--limit", "3"])
    finally:
        child.stop()


def test_the_tour_shows_what_it_should(tmp_path: Path) -> None:
    """The whole of it, in a process of its own: from the sign-in to the request about what the review of files found,
    with the portal stopped and started in between. In one look: `run.py tour` is the long form, in both."""
    command = [sys.executable, "-m", "desktop", "--demo", "--theme", "clair", "--tour", str(tmp_path / "pictures")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    pictures = list((tmp_path / "pictures").glob("*.png"))
    assert len(pictures) >= 65
    assert {path.stem.rpartition("-")[2] for path in pictures} == {"light"}
    for read in (path for path in pictures if "piece-jointe" in path.stem):
        sheet = QImage(str(read))
        inks = {sheet.pixel(x, y) for y in range(120, 1100, 3) for x in range(350, 1700, 3)}
        assert len(inks) > PAPER, "the sheet is white"
    assert "This plugin does not support" not in done.stderr
