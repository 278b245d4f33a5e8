"""A PDF: pages to scroll, zoom, search, copy and print."""

from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QModelIndex, QObject, QPointF, QRect, Qt
from PySide6.QtGui import QKeySequence, QPainter, QShortcut, QWheelEvent
from PySide6.QtPdf import QPdfDocument, QPdfSearchModel
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from desktop.views import printing
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Chip, IconButton, Label, announce
from desktop.views.icons import Icons
from desktop.views.viewer.excuses import unreadable
from desktop.views.wording import NBSP, count, number, tip

_STEP: Final = 1.2
_PREVIEWED: Final = 40
_PREVIEW_DPI: Final = 100
_PRINT_DPI: Final = 200
_FITS: Final = ("Largeur\u00a0: ajuster les pages", "Page\u00a0: la voir entière")


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
            column.addWidget(unreadable(icons, self.document.error() is QPdfDocument.Error.IncorrectPassword))
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
        self.field = SearchField(icons, "Rechercher…")
        self.field.setAccessibleName("Rechercher dans le document")
        self.field.setMaximumWidth(240)
        self.field.settled.connect(self._search)
        self.field.returnPressed.connect(self.next_hit)
        self._fits = (Chip("Largeur"), Chip("Page"))
        for fit, name, does in zip(self._fits, _FITS, (self.fit_width, self.fit_page), strict=True):
            fit.setAccessibleName(name)
            fit.setToolTip(tip(name))
            fit.clicked.connect(does)
        self._tell_zoom()
        self.view.zoomModeChanged.connect(self._tell_zoom)
        self.before = IconButton(icons, "chevron-up", "Page précédente", does=self.previous_page)
        self.after = IconButton(icons, "chevron-down", "Page suivante", does=self.next_page)
        for widget in (
            self.before,
            self.after,
            self.page_label,
            IconButton(icons, "zoom-out", "Réduire", "Ctrl+-", does=self.zoom_out),
            IconButton(icons, "zoom-in", "Agrandir", "Ctrl++", does=self.zoom_in),
            *self._fits,
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
        self.before.setEnabled(self.page > 0)
        self.after.setEnabled(self.page + 1 < self.document.pageCount())

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
        self._tell_zoom()

    def fit_page(self) -> None:
        self.view.setZoomMode(QPdfView.ZoomMode.FitInView)
        self._tell_zoom()

    def _tell_zoom(self) -> None:
        """The buttons show which way the pages are fitted; a press on the one that is on leaves it on."""
        modes = (QPdfView.ZoomMode.FitToWidth, QPdfView.ZoomMode.FitInView)
        for fit, mode in zip(self._fits, modes, strict=True):
            fit.setChecked(self.view.zoomMode() is mode)

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
