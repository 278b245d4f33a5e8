"""`volet --demo --tour DIR`: plays the main job in the real windows against the real portal, and pictures each step.

Everything starts afresh each time, in a folder of its own. A step that did not show what it should ends the tour, with
its name, a sentence, and a picture of what was there instead.
"""

import sys
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.demo import PortalChild
from desktop.tour.stage import NotSeen, Stage, crisp


def main(pictures: Path) -> int:
    """Answers the exit status: 0 when every step showed what it should."""
    crisp()
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Volet")
    qt.setCursorFlashTime(0)
    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob("[0-9][0-9]-*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="volet-tour-", ignore_cleanup_errors=True) as folder:
        child = PortalChild(Path(folder) / "portal")
        try:
            return _play(qt, child, Path(folder), pictures)
        finally:
            child.stop()


def _play(qt: QApplication, child: PortalChild, folder: Path, pictures: Path) -> int:
    from desktop.tour.steps import STEPS

    stage = Stage(qt, child, folder / "client", pictures)
    name = ""
    try:
        for step in STEPS:
            name = step.__name__
            step(stage)
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()
    except NotSeen as wrong:
        stage.mishap(name)
        sys.stderr.write(f"La visite s’arrête à «\u00a0{name}\u00a0»\u00a0: {wrong}\n{child.last_words}\n")
        return 1
    finally:
        stage.leave()
    return 0
