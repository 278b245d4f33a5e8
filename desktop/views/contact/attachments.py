"""The files of a conversation: a chip for each, opened and saved from the shelf, fetched first when not there."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from desktop.services.contact import AttachmentRow
from desktop.services.downloads import Download, Downloads, DownloadState
from desktop.services.files import Shelf
from desktop.views import wording
from desktop.views.bell import Bell
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.tokens import Radius, Size, font
from desktop.views.wording import NBSP, NNBSP

_ON_ITS_WAY: Final = (DownloadState.QUEUED, DownloadState.RUNNING)


def icon_of(media_type: str) -> str:
    """The drawing that stands for a kind of file."""
    if media_type.startswith("image/"):
        return "file-image"
    if media_type in ("application/pdf", "text/plain"):
        return "file-text"
    if "sheet" in media_type or media_type == "text/csv":
        return "file-spreadsheet"
    return "file"


class Attachments(QObject):
    """`show(file, content)` opens the viewer; `place(name)` asks where to save, None when the person thinks again;
    `say` tells what went wrong. `moved` rings when the progress of a file did."""

    moved = Signal()

    def __init__(
        self,
        shelf: Shelf,
        downloads: Downloads,
        later: Later,
        errands: Later,
        bell: Bell,
        show: Callable[[AttachmentRow, bytes], None],
        place: Callable[[str], Path | None],
        say: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shelf, self._downloads, self._later, self._errands = shelf, downloads, later, errands
        self._show, self._place, self._say = show, place, say
        self._wanted: dict[str, tuple[AttachmentRow, Path | None]] = {}
        bell.rung.connect(self._heard)

    def progress(self, file: AttachmentRow) -> Download | None:
        return self._downloads.state(file.sha256)

    def open(self, file: AttachmentRow) -> None:
        """In the viewer; fetched in place first when it is not kept."""
        self._want(file, None)

    def save(self, file: AttachmentRow) -> None:
        """« Enregistrer sous… »: the only way in which a file leaves the encrypted shelf."""
        where = self._place(file.name)
        if where is not None:
            self._want(file, where)

    def cancel(self, file: AttachmentRow) -> None:
        self._wanted.pop(file.sha256, None)
        self._downloads.cancel(file.sha256)
        self.moved.emit()

    def _want(self, file: AttachmentRow, where: Path | None) -> None:
        self._wanted[file.sha256] = (file, where)
        work = partial(self._shelf.content, file.sha256)
        self._later.ask(self, work, partial(self._found, file), what=file.sha256)

    def _found(self, file: AttachmentRow, content: bytes | None) -> None:
        if content is None:
            self._downloads.fetch(file.attachment_id, file.sha256, file.name, file.size)
            self.moved.emit()
            return
        wanted = self._wanted.pop(file.sha256, None)
        if wanted is None:
            return
        where = wanted[1]
        if where is None:
            self._show(file, content)
        else:
            self._errands.ask(self, partial(_write, where, content), self._written, self._not_written, what=str(where))

    def _written(self, where: Path) -> None:
        self._say(f"Fichier enregistré{NBSP}: {where.name}")

    def _not_written(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        self._say(
            "Le fichier n\u2019a pas pu être enregistré à cet endroit. Choisissez un autre dossier, puis recommencez."
        )

    def _heard(self, topics: frozenset[str]) -> None:
        if "downloads" not in topics:
            return
        for sha256, (file, where) in list(self._wanted.items()):
            download = self._downloads.state(sha256)
            if download is None or download.state in _ON_ITS_WAY:
                continue
            if download.state is DownloadState.DONE:
                self._want(file, where)
            else:
                del self._wanted[sha256]
                if download.problem is not None:
                    self._say(f"«{NBSP}{file.name}{NBSP}» n\u2019a pas pu être reçu. {download.problem.sentence}")
        self.moved.emit()


def _write(where: Path, content: bytes) -> Path:
    """Written aside, then renamed: a file of that name is whole or is the old one."""
    aside = where.with_name(where.name + ".partiel")
    aside.write_bytes(content)
    aside.replace(where)
    return where


class FileChip(QAbstractButton):
    """One file: name and size; a click opens it. While it comes, a bar and « Annuler » in its menu."""

    _HEIGHT: Final = 38
    _WIDEST: Final = 340

    def __init__(self, file: AttachmentRow, attachments: Attachments, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self.file = file
        self._attachments, self._icons = attachments, icons
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)
        attachments.moved.connect(self._follow)
        self._follow()

    @property
    def status(self) -> str:
        """What is said after the name: the size, or how far it has come."""
        download = self._attachments.progress(self.file)
        if download is not None and download.state in _ON_ITS_WAY:
            part = 100 * download.received // max(1, download.size)
            speed = f" · {wording.rate(download.rate)}" if download.rate else ""
            return f"{part}{NNBSP}%{speed}"
        if download is not None and download.state is DownloadState.FAILED:
            return "échec – réessayer"
        return wording.size(self.file.size)

    @property
    def kept(self) -> bool:
        """It opens off line."""
        download = self._attachments.progress(self.file)
        return self.file.kept or (download is not None and download.state is DownloadState.DONE)

    def sizeHint(self) -> QSize:
        name = QFontMetricsF(font(Size.SECONDARY, 500)).horizontalAdvance(self.file.name)
        status = QFontMetricsF(font(Size.META)).horizontalAdvance(f" · {self.status}")
        wide = 12 + 16 + 8 + name + status + 12 + (0 if self.kept else 20)
        return QSize(min(self._WIDEST, round(wide) + 1), self._HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._menu(event.globalPos())

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Ouvrir").triggered.connect(self._open)
        menu.addAction("Enregistrer sous…").triggered.connect(self._save)
        download = self._attachments.progress(self.file)
        if download is not None and download.state in _ON_ITS_WAY:
            menu.addAction("Annuler le téléchargement").triggered.connect(self._cancel)
        menu.popup(at)

    def _open(self) -> None:
        self._attachments.open(self.file)

    def _save(self) -> None:
        self._attachments.save(self.file)

    def _cancel(self) -> None:
        self._attachments.cancel(self.file)

    def _follow(self) -> None:
        download = self._attachments.progress(self.file)
        failed = download is not None and download.state is DownloadState.FAILED
        why = download.problem.sentence if failed and download and download.problem else ""
        self.setAccessibleName(f"Pièce jointe{NBSP}: {self.file.name}, {self.status}")
        self.setAccessibleDescription(why)
        here = "" if self.kept else f"{NBSP}– à télécharger"
        tip = f"{self.file.name} · {wording.size(self.file.size)}{here}"
        self.setToolTip(wording.tip(f"{tip}\n{why}".strip()))
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - the chip is small: all of it
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = self._icons.look
        download = self._attachments.progress(self.file)
        failed = download is not None and download.state is DownloadState.FAILED
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        edge = "accent" if self.hasFocus() else "error" if failed else "input_border"
        painter.setPen(QPen(look.colour(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(look.colour("press" if self.isDown() else "hover" if self.underMouse() else "surface"))
        if self.hasFocus():
            box.adjust(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Radius.FIELD, Radius.FIELD)
        if download is not None and download.state in _ON_ITS_WAY:
            done = box.width() * download.received / max(1, download.size)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent"))
            painter.drawRoundedRect(QRectF(box.left(), box.bottom() - 3, done, 3), 1.5, 1.5)
        self._paint_words(painter, QRectF(self.rect()).adjusted(12, 0, -12, 0), "error" if failed else "muted")
        painter.end()

    def _paint_words(self, painter: QPainter, box: QRectF, ink: str) -> None:
        look, ratio = self._icons.look, self.devicePixelRatioF()
        middle = box.center().y()
        drawing = self._icons.pixmap(icon_of(self.file.media_type), "accent", 16, ratio)
        painter.drawPixmap(QPoint(round(box.left()), round(middle - 8)), drawing)
        box.adjust(24, 0, 0, 0)
        if not self.kept and ink != "error":
            arrow = self._icons.pixmap("download", "muted", 14, ratio)
            painter.drawPixmap(QPoint(round(box.right() - 14), round(middle - 7)), arrow)
            box.adjust(0, 0, -20, 0)
        status = f" · {self.status}"
        small, face = font(Size.META), font(Size.SECONDARY, 500)
        wide = QFontMetricsF(small).horizontalAdvance(status)
        metrics = QFontMetricsF(face)
        name = metrics.elidedText(self.file.name, Qt.TextElideMode.ElideMiddle, box.width() - wide)
        painter.setFont(face)
        painter.setPen(look.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(small)
        painter.setPen(look.colour(ink))
        rest = box.adjusted(metrics.horizontalAdvance(name), 0, 2, 0)
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, status)
