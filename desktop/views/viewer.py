"""What an attachment holds, shown inside the program and from memory: nothing is written to disk to be looked at.

PDF by QtPdf; pictures by the reader of their declared format and no other; text as text. The rest can only be saved.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QModelIndex, QObject, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QKeySequence, QPainter, QPixmap, QShortcut, QWheelEvent
from PySide6.QtPdf import QPdfDocument, QPdfSearchModel
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.views import printing
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Button, ElidedLabel, EmptyState, IconButton, Label, announce
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.tokens import Space
from desktop.views.wording import NBSP, count, number

_PICTURES: Final = {"image/png": b"png", "image/jpeg": b"jpeg"}
_TEXTS: Final = frozenset({"text/plain", "text/csv"})
_TEXT_SHOWN: Final = 400_000
_PICTURE_MB: Final = 192
_LONGEST_SIDE: Final = 6000
_STEP: Final = 1.2
_ZOOMED_PIXELS: Final = 36_000_000
"""Of a picture as it is drawn, four bytes each: 144 MB."""

_PREVIEWED: Final = 40
_PREVIEW_DPI: Final = 100
_PRINT_DPI: Final = 200


class Viewer(QDialog):
    """One file. `save` asks where to save it and does so."""

    def __init__(
        self,
        parent: QWidget,
        icons: Icons,
        later: Later,
        name: str,
        media_type: str,
        content: bytes,
        save: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The taskbar and every screen that is shared show the title of a window: the file's name stands inside.
        self.setWindowTitle("Pièce jointe")
        self.setAccessibleName(f"Pièce jointe{NBSP}: {name}")
        self.resize(min(980, parent.window().width()), max(600, parent.window().height() - 40))
        self._icons, self._later, self._name = icons, later, name
        self.bar = QHBoxLayout()
        self.bar.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        self.bar.setSpacing(Space.XS)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        heading = ElidedLabel(name, "heading")
        heading.setContentsMargins(Space.M, Space.S, Space.M, 0)
        self._column.addWidget(heading)
        self._column.addLayout(self.bar)
        self.pane = self._make(media_type, content, save)
        self.bar.addStretch(1)
        self.bar.addWidget(Button("Enregistrer sous…", icons=icons, icon="save", does=save))
        self.bar.addWidget(Button("Fermer", does=self.reject))
        self._column.addWidget(self.pane, 1)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self).activated.connect(save)

    def _make(self, media_type: str, content: bytes, save: Callable[[], None]) -> QWidget:
        if media_type == "application/pdf":
            return PdfPane(self._icons, self.bar, self._name, content, self)
        if media_type in _PICTURES:
            return PicturePane(self._icons, self.bar, self._later, _PICTURES[media_type], content)
        if media_type in _TEXTS:
            return _text_pane(content, self.bar)
        return EmptyState(
            self._icons,
            "file",
            "Ce type de fichier ne s\u2019affiche pas ici",
            "Enregistrez-le, puis ouvrez-le avec le logiciel qui convient.",
            "Enregistrer sous…",
            save,
        )


def show(
    parent: QWidget, icons: Icons, later: Later, name: str, media_type: str, content: bytes, save: Callable[[], None]
) -> Viewer:
    """Opens the viewer beside the window."""
    viewer = Viewer(parent, icons, later, name, media_type, content, save)
    viewer.show()
    return viewer


# PDF


class PdfPane(QWidget):
    """Pages to scroll, zoom, search, copy and print."""

    def __init__(self, icons: Icons, bar: QHBoxLayout, name: str, content: bytes, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons, self._name, self._content = icons, name, content
        self._buffer = QBuffer(self)
        self._buffer.setData(QByteArray(content))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document = QPdfDocument(self)
        self.view = QPdfView(self)
        self.search = QPdfSearchModel(self)
        self._hit = -1
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.document.load(self._buffer)
        if self.document.error() is not QPdfDocument.Error.None_:
            column.addWidget(_unreadable(icons, self.document.error() is QPdfDocument.Error.IncorrectPassword))
            self.view.hide()
            return
        self.search.setDocument(self.document)
        self.view.setDocument(self.document)
        self.view.setSearchModel(self.search)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setAccessibleName(f"Pages de {name}")
        self.view.viewport().installEventFilter(self)
        column.addWidget(self.view)
        self._build(bar)
        self._tell_page()
        self.view.pageNavigator().currentPageChanged.connect(self._tell_page)
        self.search.countChanged.connect(self._found)

    def _build(self, bar: QHBoxLayout) -> None:
        icons = self._icons
        self.page_label = Label("", "secondary")
        self.hits_label = Label("", "secondary")
        self.field = SearchField(icons, "Rechercher dans le document…")
        self.field.setMaximumWidth(240)
        self.field.settled.connect(self._search)
        self.field.returnPressed.connect(self.next_hit)
        for widget in (
            IconButton(icons, "chevron-up", "Page précédente", does=self.previous_page),
            IconButton(icons, "chevron-down", "Page suivante", does=self.next_page),
            self.page_label,
            IconButton(icons, "zoom-out", "Réduire", "Ctrl+-", does=self.zoom_out),
            IconButton(icons, "zoom-in", "Agrandir", "Ctrl++", does=self.zoom_in),
            Button("Largeur", "flat", does=self.fit_width),
            Button("Page", "flat", does=self.fit_page),
            self.field,
            self.hits_label,
            IconButton(icons, "copy", "Copier le texte de la page", does=self.copy_page),
            IconButton(icons, "printer", "Imprimer", "Ctrl+P", does=self.print),
        ):
            bar.addWidget(widget)
        for keys, does in (
            (QKeySequence.StandardKey.ZoomIn, self.zoom_in),
            (QKeySequence.StandardKey.ZoomOut, self.zoom_out),
            (QKeySequence.StandardKey.Print, self.print),
            (QKeySequence.StandardKey.Find, self.field.setFocus),
            (QKeySequence.StandardKey.FindNext, self.next_hit),
        ):
            QShortcut(QKeySequence(keys), self.window()).activated.connect(does)

    # Pages

    @property
    def page(self) -> int:
        """The page in view, from 0."""
        return self.view.pageNavigator().currentPage()

    def next_page(self) -> None:
        self._go(self.page + 1)

    def previous_page(self) -> None:
        self._go(self.page - 1)

    def _go(self, page: int) -> None:
        if 0 <= page < self.document.pageCount():
            self.view.pageNavigator().jump(page, QPointF(), self.view.pageNavigator().currentZoom())

    def _tell_page(self) -> None:
        self.page_label.setText(f"Page{NBSP}{self.page + 1}/{self.document.pageCount()}")

    def copy_page(self) -> None:
        """The text of the page: QPdfView lets nothing be selected."""
        QApplication.clipboard().setText(self.document.getAllText(self.page).text())
        announce(self, "Texte de la page copié")

    # Zoom

    def zoom_in(self) -> None:
        self._zoom(_STEP)

    def zoom_out(self) -> None:
        self._zoom(1 / _STEP)

    def _zoom(self, by: float) -> None:
        now = self.view.zoomFactor()
        if self.view.zoomMode() is not QPdfView.ZoomMode.Custom:
            width = self.document.pagePointSize(self.page).width() * self.logicalDpiX() / 72
            now = self.view.viewport().width() / max(1.0, width)
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(max(0.2, min(6.0, now * by)))

    def fit_width(self) -> None:
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    def fit_page(self) -> None:
        self.view.setZoomMode(QPdfView.ZoomMode.FitInView)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)
            return True
        return super().eventFilter(watched, event)

    # Search

    def _search(self) -> None:
        self._hit = -1
        self.search.setSearchString(self.field.text())
        self._found()

    def _hits(self) -> int:
        return self.search.rowCount(QModelIndex())

    def _found(self) -> None:
        found = self._hits()
        self.hits_label.setText(count(found, "résultat") if self.field.text() else "")
        if found and self._hit < 0:
            self.next_hit()

    def next_hit(self) -> None:
        """Goes to the next place found, and round again."""
        found = self._hits()
        if found:
            self._hit = (self._hit + 1) % found
            self.view.setCurrentSearchResultIndex(self._hit)
            link = self.search.resultAtIndex(self._hit)
            self.view.pageNavigator().jump(link.page(), link.location(), self.view.pageNavigator().currentZoom())

    # Printing

    def print(self) -> None:
        pages = self.document.pageCount()
        note = f"les {_PREVIEWED} premières pages sur {number(pages)}" if pages > _PREVIEWED else ""
        page = printing.Page(self._name, self._name, self._paint, self._paint_preview, note)
        printing.preview(self, self._icons, page)

    def _paint(self, printer: QPrinter) -> None:
        self._paint_pages(printer, self.document.pageCount(), _PRINT_DPI)

    def _paint_preview(self, printer: QPrinter) -> None:
        """The preview keeps its pages as pictures: a thousand of them, as dense as on paper, are more than a computer
        holds."""
        self._paint_pages(printer, min(_PREVIEWED, self.document.pageCount()), _PREVIEW_DPI)

    def _paint_pages(self, printer: QPrinter, pages: int, dots_an_inch: int) -> None:
        painter = QPainter(printer)
        room = printer.pageLayout().paintRectPixels(printer.resolution()).size()
        for page in range(pages):
            if page:
                printer.newPage()
            size = self.document.pagePointSize(page).toSize().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            dense = size * min(1.0, dots_an_inch / printer.resolution())
            painter.drawImage(QRect(0, 0, size.width(), size.height()), self.document.render(page, dense))
        painter.end()


def _unreadable(icons: Icons, locked: bool) -> EmptyState:
    why = "Il est protégé par un mot de passe." if locked else "Il est peut-être endommagé."
    hint = f"{why} Vous pouvez l\u2019enregistrer pour l\u2019ouvrir autrement."
    return EmptyState(icons, "circle-alert", "Ce fichier ne peut pas être affiché", hint)


# Pictures


def decode(form: bytes, content: bytes) -> QImage:
    """The picture, by the reader of that format alone; null when it is not one. Very large ones are read smaller."""
    octets = QByteArray(content)
    buffer = QBuffer(octets)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(form))
    reader.setAutoDetectImageFormat(False)
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > _LONGEST_SIDE:
        reader.setScaledSize(size.scaled(QSize(_LONGEST_SIDE, _LONGEST_SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class PicturePane(QScrollArea):
    """A picture, decoded off the GUI thread, fitted to the window or zoomed."""

    def __init__(self, icons: Icons, bar: QHBoxLayout, later: Later, form: bytes, content: bytes) -> None:
        super().__init__()
        self._icons = icons
        self._picture = QPixmap()
        self._scale: float | None = None
        self._label = QLabel("Lecture de l\u2019image…")
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(self._label)
        self.setWidgetResizable(True)
        self.setAccessibleName("Image")
        bar.addWidget(IconButton(icons, "zoom-out", "Réduire", "Ctrl+-", does=self.zoom_out))
        bar.addWidget(IconButton(icons, "zoom-in", "Agrandir", "Ctrl++", does=self.zoom_in))
        bar.addWidget(Button("Ajuster", "flat", does=self.fit))
        QImageReader.setAllocationLimit(_PICTURE_MB)
        later.ask(self, partial(decode, form, content), self._shown, what="picture")

    @property
    def picture(self) -> QPixmap:
        """What is shown; null before it is decoded, or when it cannot be."""
        return self._picture

    def _shown(self, image: QImage) -> None:
        if image.isNull():
            self.setWidget(_unreadable(self._icons, locked=False))
            return
        self._picture = QPixmap.fromImage(image)
        self._draw()

    def zoom_in(self) -> None:
        self._scale = self._now() * _STEP
        self._draw()

    def zoom_out(self) -> None:
        self._scale = self._now() / _STEP
        self._draw()

    def fit(self) -> None:
        self._scale = None
        self._draw()

    def _now(self) -> float:
        if self._scale is not None:
            return self._scale
        room, size = self.viewport().size(), self._picture.size()
        return min(1.0, room.width() / max(1, size.width()), room.height() / max(1, size.height()))

    def _draw(self) -> None:
        if not self._picture.isNull():
            if self._scale is not None:
                area = self._picture.width() * self._picture.height()
                self._scale = max(0.05, min(8.0, math.sqrt(_ZOOMED_PIXELS / area), self._scale))
            size = self._picture.size() * self._now()
            smooth = Qt.TransformationMode.SmoothTransformation
            self._label.setPixmap(self._picture.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, smooth))
            self._label.setMinimumSize(size if self._scale is not None else QSize(0, 0))

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._scale is None:
            self._draw()


# Text


def _text_pane(content: bytes, bar: QHBoxLayout) -> QPlainTextEdit:
    """UTF-8 as it should be, else the code page of French Windows. Never interpreted."""
    shown = content[:_TEXT_SHOWN]
    try:
        text = content.decode("utf-8-sig")[:_TEXT_SHOWN]
    except UnicodeDecodeError:
        text = shown.decode("cp1252", errors="replace")
    pane = QPlainTextEdit(text.replace("\0", "\ufffd"))
    pane.setReadOnly(True)
    pane.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    pane.setAccessibleName("Contenu du fichier")
    if len(content) > _TEXT_SHOWN:
        bar.addWidget(Label("Début du fichier\u202f; enregistrez-le pour le lire en entier.", "secondary"))
    return pane
