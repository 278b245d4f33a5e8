"""`volet --demo --tour DIR`: plays the main job in the real windows against the real portal, and pictures each step.

Everything starts afresh each time, in a folder of its own. A step that did not show what it should ends the tour, with
its name, a sentence, and a picture of what was there instead.
"""

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desktop.demo import PortalChild
from desktop.tour.camera import crisp
from desktop.tour.patience import NotSeen
from desktop.tour.stage import Stage
from desktop.views.opening import Appearance


def main(pictures: Path, look: Appearance | None = None) -> int:
    """Answers the exit status: 0 when every step showed what it should. `look`: in this one alone, in half the time."""
    crisp()
    former = qInstallMessageHandler(_hush)
    try:
        return _in_a_folder(pictures, look)
    finally:
        qInstallMessageHandler(former)


def _hush(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """What the screenless platform cannot do is no news; everything else is."""
    if "This plugin does not support" not in message:
        sys.stderr.write(f"{kind.name} {message}\n")


def _in_a_folder(pictures: Path, look: Appearance | None) -> int:
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Volet")
    qt.setCursorFlashTime(0)
    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob("[0-9][0-9]-*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="volet-tour-", ignore_cleanup_errors=True) as folder:
        child = PortalChild(Path(folder) / "portal")
        try:
            return _play(child, Stage(qt, child, Path(folder) / "client", pictures, look))
        finally:
            child.stop()


def _play(child: PortalChild, stage: Stage) -> int:
    from desktop.tour.steps import STEPS

    told = ""
    try:
        for number, step in enumerate(STEPS, 1):
            told = step.told
            sys.stdout.write(f"{number:2}/{len(STEPS)} {told}\n")
            sys.stdout.flush()
            step.play(stage)
    except NotSeen as wrong:
        stage.mishap()
        sys.stderr.write(f"La visite s’arrête à «\u00a0{told}\u00a0»\u00a0: {wrong}\n")
        if not child.running:
            sys.stderr.write(child.last_words)
        return 1
    finally:
        stage.leave()
    return 0
