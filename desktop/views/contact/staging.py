"""Files on their way into a message: chosen, dropped or pasted, read whole into the shelf off the GUI thread."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QObject, Signal
from PySide6.QtGui import QImage, QImageWriter

from desktop.services.files import NotAttachable, Shelf, Staged
from desktop.views.later import Later
from desktop.views.wording import NBSP

_OUTLOOK: Final = "FileGroupDescriptor"
_FROM_OUTLOOK: Final = (
    "Outlook n\u2019a pas remis le fichier lui-même. Enregistrez d\u2019abord la pièce jointe sur votre poste "
    f"(«{NBSP}Enregistrer sous{NBSP}»), puis glissez-la ici ou choisissez-la avec «{NBSP}Joindre un fichier{NBSP}»."
)


@dataclass(frozen=True, slots=True)
class Offered:
    """What a drop or a paste holds. `sentence` says what to do instead when nothing of it can be taken."""

    paths: tuple[Path, ...] = ()
    picture: QImage | None = None
    sentence: str = ""


def offered(mime: QMimeData) -> Offered | None:
    """None when it is nothing for a message: text, or nothing at all."""
    paths = tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())
    if paths:
        return Offered(paths=paths)
    if any(_OUTLOOK in form for form in mime.formats()):
        return Offered(sentence=_FROM_OUTLOOK)
    if mime.hasImage() and not mime.hasText():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return Offered(picture=image)
    if any(not url.isLocalFile() for url in mime.urls()) and not mime.hasText():
        return Offered(sentence="Seul un fichier de votre poste peut être joint, pas un lien.")
    return None


@dataclass(frozen=True, slots=True)
class Landed:
    """A file that has been read (`file`), or cannot be attached (`sentence`). `answers`: the awaited document it is."""

    file: Staged | None
    sentence: str = ""
    answers: str = ""


class Staging(QObject):
    """`key` is that of the draft for which a file was given: it stays that draft's, wherever the clerk has gone."""

    settled = Signal()
    """Something has landed, or has begun: ask `collect` and `underway`."""

    def __init__(self, shelf: Shelf, errands: Later, now: Callable[[], datetime], parent: QObject) -> None:
        super().__init__(parent)
        self._shelf, self._errands, self._now = shelf, errands, now
        self._ticket = 0
        self._pending: dict[int, tuple[str, str, str]] = {}
        self._landed: list[tuple[str, Landed]] = []

    def take(self, key: str, given: Offered, answers: str = "") -> None:
        """Begins to read what was given for the draft `key`."""
        if given.sentence:
            self._landed.append((key, Landed(None, given.sentence)))
        for path in given.paths:
            if path.is_dir():
                said = f"«{NBSP}{path.name}{NBSP}» est un dossier{NBSP}: joignez les fichiers qu\u2019il contient."
                self._landed.append((key, Landed(None, said)))
            else:
                self._begin(key, path.name, answers, partial(self._shelf.stage, path))
        if given.picture is not None:
            name = f"Capture {self._now():%Y-%m-%d %H-%M}.png"
            self._begin(key, name, answers, partial(_stage_picture, self._shelf, name, given.picture))
        self.settled.emit()

    def underway(self, key: str) -> tuple[str, ...]:
        """The names of the files of this draft that are being read."""
        return tuple(name for its, name, _ in self._pending.values() if its == key)

    def collect(self) -> list[tuple[str, Landed]]:
        """What has landed since last asked, with the draft each is for."""
        landed, self._landed = self._landed, []
        return landed

    def _begin(self, key: str, name: str, answers: str, work: Callable[[], Staged]) -> None:
        self._ticket += 1
        ticket = self._ticket
        self._pending[ticket] = (key, name, answers)
        self._errands.ask(self, work, partial(self._done, ticket), partial(self._failed, ticket), what=str(ticket))

    def _done(self, ticket: int, file: Staged) -> None:
        key, _, answers = self._pending.pop(ticket)
        self._landed.append((key, Landed(file, answers=answers)))
        self.settled.emit()

    def _failed(self, ticket: int, error: Exception) -> None:
        key, name, _ = self._pending.pop(ticket)
        if isinstance(error, NotAttachable):
            said = error.sentence
        elif isinstance(error, OSError):
            said = f"«{NBSP}{name}{NBSP}» ne peut pas être lu. Vérifiez que le fichier existe et qu\u2019il est fermé."
        else:
            self.settled.emit()
            raise error
        self._landed.append((key, Landed(None, said)))
        self.settled.emit()


def _stage_picture(shelf: Shelf, name: str, picture: QImage) -> Staged:
    octets = QByteArray()
    buffer = QBuffer(octets)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(picture)
    return shelf.stage_bytes(name, bytes(octets.data()))
