"""The system's own dialogs for files, in French where Qt draws them."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

_ATTACHABLE = "Documents et images (*.pdf *.png *.jpg *.jpeg *.docx *.xlsx *.odt *.txt *.csv);;Tous les fichiers (*)"


class Picking:
    """Remembers the folder of this run; a folder's name is nothing to write down."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    def files(self) -> tuple[Path, ...]:
        """The files to attach; none when the person thinks again."""
        chosen, _ = QFileDialog.getOpenFileNames(self._window, "Joindre des fichiers", self._folder, _ATTACHABLE)
        paths = tuple(Path(each) for each in chosen)
        if paths:
            self._folder = str(paths[0].parent)
        return paths

    def place(self, name: str) -> Path | None:
        """Where to save a file of this name."""
        proposed = str(Path(self._folder) / name)
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Enregistrer sous", proposed)
        if not chosen:
            return None
        self._folder = str(Path(chosen).parent)
        return Path(chosen)
