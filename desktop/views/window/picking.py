"""The system's own dialogs for files, in French where Qt draws them."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

_ALLOWANCES = "Fichiers d\u2019indemnités (*.zip *.xml *.pdf *.csv *.tsv *.txt *.xlsx);;Tous les fichiers (*)"
_ATTACHABLE = "Documents et images (*.pdf *.png *.jpg *.jpeg *.docx *.xlsx *.odt *.txt *.csv);;Tous les fichiers (*)"


class Picking:
    """Remembers the folder of this run; a folder's name is nothing to write down."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    def files(self) -> tuple[Path, ...]:
        """The files to attach; none when the person thinks again."""
        return self._files("Joindre des fichiers", _ATTACHABLE)

    def allowance_files(self) -> tuple[Path, ...]:
        """The files to review."""
        return self._files("Ouvrir des fichiers d\u2019indemnités", _ALLOWANCES)

    def _files(self, title: str, kinds: str) -> tuple[Path, ...]:
        chosen, _ = QFileDialog.getOpenFileNames(self._window, title, self._folder, kinds)
        paths = tuple(Path(each) for each in chosen)
        if paths:
            self._folder = str(paths[0].parent)
        return paths

    def folder(self) -> Path | None:
        """A folder of files to review."""
        chosen = QFileDialog.getExistingDirectory(self._window, "Ouvrir un dossier", self._folder)
        if not chosen:
            return None
        self._folder = chosen
        return Path(chosen)

    def place(self, name: str) -> Path | None:
        """Where to save a file of this name."""
        proposed = str(Path(self._folder) / name)
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Enregistrer sous", proposed)
        if not chosen:
            return None
        self._folder = str(Path(chosen).parent)
        return Path(chosen)
