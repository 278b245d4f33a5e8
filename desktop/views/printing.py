"""Printing with a preview of our own: black on white whatever the look of the screen, a foot with the page's number.

(QPrintPreviewDialog shows grey drawings that ignore the dark.)
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMarginsF, QObject, QRectF, QSizeF, Qt, QThread
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrintPreviewWidget
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.views.fields.shapes import Button, ElidedLabel, IconButton, announce
from desktop.views.icons import Icons
from desktop.views.tokens import Size, Space, font
from desktop.views.wording import NBSP, NNBSP

_POINTS: Final = 10
_OVER: Final = 4.0
"""Ninety-sixths of an inch: as far as accents reach over a line."""
_FEW: Final = 0.2
_MOST_LEFT: Final = 0.3
"""Of a page: a last one so low is filled up, unless the one before would end so high."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is to be printed: `title` heads the dialog. `paint` draws it all on a printer; `preview`, where that would
    fill the memory, what of it the preview shows, and `note` says so."""

    title: str
    file_name: str
    paint: Callable[[QPrinter], None]
    preview: Callable[[QPrinter], None] | None = None
    note: str = ""


def document(title: str, file_name: str, html: str, foot: str) -> Page:
    """A text of ours as pages. `html` comes from our own templates, never from outside unescaped."""
    return Page(title, file_name, _Document(unbroken(html), foot).paint)


def unbroken(html: str) -> str:
    """The same with its thin spaces as plain no-break ones: Qt ends a line at U+202F, in the middle of a number."""
    return html.replace(NNBSP, NBSP)


@dataclass(frozen=True, slots=True)
class _Document:
    html: str
    foot: str

    def paint(self, printer: QPrinter) -> None:
        text = QTextDocument()
        face = font(Size.BODY)
        face.setPointSizeF(_POINTS)
        face.setFeature(QFont.Tag("calt"), 0)  # Inter's own marks (« 30 − 4 ») are no letters to who copies from a PDF
        text.setDefaultFont(face)
        text.documentLayout().setPaintDevice(printer)
        room = printer.pageLayout().paintRectPixels(printer.resolution())
        low = round(printer.resolution() / 2.2)
        body = QSizeF(room.width(), room.height() - low)
        text.setPageSize(body)
        text.setDocumentMargin(0)
        text.setHtml(f'<body style="color:#000000">{self.html}</body>')
        head = text.rootFrame().frameFormat()
        head.setTopMargin(_OVER)
        text.rootFrame().setFrameFormat(
            head
        )  # of each page: an accent over its first line is not cut to the page before
        _keep_together(text, body.height())
        painter = QPainter(printer)
        pages = text.pageCount()
        for page in range(pages):
            if page:
                printer.newPage()
            self._paint_page(painter, text, page, pages, body)
        painter.end()

    def _paint_page(self, painter: QPainter, text: QTextDocument, page: int, pages: int, body: QSizeF) -> None:
        ink = QAbstractTextDocumentLayout.PaintContext()
        ink.palette.setColor(QPalette.ColorRole.Text, QColor(Qt.GlobalColor.black))
        sheet = QRectF(0, page * body.height(), body.width(), body.height())
        ink.clip = sheet.adjusted(0, _OVER, 0, -_OVER)  # a line that only touches the edge is of the other page
        painter.save()
        painter.translate(0, -page * body.height())
        painter.setClipRect(sheet)
        text.documentLayout().draw(painter, ink)
        painter.restore()
        small = font(Size.META)
        small.setPointSizeF(8)
        painter.setFont(small)
        painter.setPen(QColor("#404040"))
        low = QRectF(0, body.height(), body.width(), painter.fontMetrics().height() * 2.4)
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(low, bottom | Qt.AlignmentFlag.AlignLeft, self.foot)
        painter.drawText(low, bottom | Qt.AlignmentFlag.AlignRight, f"Page{NBSP}{page + 1}/{pages}")


def _keep_together(text: QTextDocument, height: float) -> None:
    """No heading stands alone at the foot of a page, and the last page has more than a few lines where what stands
    before them can go with them: Qt knows neither. Each break moves what follows it, so the way is from the top."""
    block = text.begin()
    while block.isValid():
        alone = block.blockFormat().headingLevel() and _page(text, block, height) != _page(text, _held(block), height)
        if alone or _cut(block, height):
            _break_before(text, block)
        block = block.next()
    last, low = text.pageCount() - 1, _bottom(text, text.lastBlock())
    if last < 1 or low - last * height > _FEW * height:
        return
    block = text.lastBlock()
    while block.isValid() and _page(text, block, height) >= last:
        block = block.previous()
    while block.isValid() and not block.blockFormat().headingLevel():
        block = block.previous()
    if block.isValid() and _bottom(text, block) > (last - 1 + _MOST_LEFT) * height:
        _break_before(text, block)
        while (block := block.next()).isValid():
            if block.blockFormat().pageBreakPolicy() != QTextFormat.PageBreakFlag.PageBreak_Auto:
                _break_before(text, block, QTextFormat.PageBreakFlag.PageBreak_Auto)


def _cut(block: QTextBlock, height: float) -> bool:
    """Whether the end of a page goes through its first line: below a table Qt may leave one there."""
    if not block.layout().lineCount() or QTextCursor(block).currentTable() is not None:
        return False
    line = block.layout().lineAt(0).rect().translated(block.layout().position())
    return line.top() // height != (line.bottom() - 1) // height


def _held(heading: QTextBlock) -> QTextBlock:
    """What must stand on the page of this heading: of a table the row below its own headings, else two paragraphs."""
    table = QTextCursor(heading.next()).currentTable() if heading.next().isValid() else None
    if table is not None:
        return table.cellAt(min(1, table.rows() - 1), 0).firstCursorPosition().block()
    after = heading.next().next()
    return next((block for block in (after, heading.next()) if block.isValid()), heading)


def _bottom(text: QTextDocument, block: QTextBlock) -> float:
    return text.documentLayout().blockBoundingRect(block).bottom()


def _page(text: QTextDocument, block: QTextBlock, height: float) -> int:
    """Where it ends: a block whose first line did not fit begins, for Qt, on the page before."""
    return int((_bottom(text, block) - 1) // height)


def _break_before(
    text: QTextDocument,
    block: QTextBlock,
    policy: QTextFormat.PageBreakFlag = QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore,
) -> None:
    made = QTextBlockFormat()
    made.setPageBreakPolicy(policy)
    QTextCursor(block).mergeBlockFormat(made)
    text.markContentsDirty(0, text.characterCount())  # else what follows may be laid out no more, and is not drawn


class Preview(QDialog):
    """The pages as they will be, then « Imprimer… » or « Enregistrer en PDF… »."""

    def __init__(self, parent: QWidget, icons: Icons, page: Page) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The taskbar and every screen that is shared show the title of a window: it names nobody.
        self.setWindowTitle("Aperçu avant impression")
        self.resize(880, 760)
        self._page = page
        self._writing: _Writing | None = None
        self._pdf = Button("Enregistrer en PDF…", icons=icons, icon="save", does=self._ask_pdf)
        self._said = self._heading(page)
        self.printer = printer()
        self.pages = QPrintPreviewWidget(self.printer)
        self.pages.setAccessibleName("Aperçu des pages")
        self.pages.paintRequested.connect(page.preview or page.paint)
        self.pages.setZoomMode(QPrintPreviewWidget.ZoomMode.FitToWidth)
        row = QHBoxLayout()
        row.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        row.setSpacing(Space.S)
        row.addWidget(IconButton(icons, "zoom-out", "Réduire", does=self.pages.zoomOut))
        row.addWidget(IconButton(icons, "zoom-in", "Agrandir", does=self.pages.zoomIn))
        row.addWidget(Button("Largeur de page", "flat", does=self.pages.fitToWidth))
        row.addWidget(Button("Page entière", "flat", does=self.pages.fitInView))
        row.addStretch(1)
        row.addWidget(Button("Fermer", does=self.reject))
        row.addWidget(self._pdf)
        row.addWidget(Button("Imprimer…", "primary", icons=icons, icon="printer", does=self._print))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._said)
        column.addWidget(self.pages, 1)
        self.pages.setFocus()

    def _heading(self, page: Page) -> ElidedLabel:
        said = ElidedLabel(" · ".join(part for part in (page.title, page.note) if part), "secondary")
        said.setContentsMargins(Space.M, 0, Space.M, Space.S)
        return said

    def _print(self) -> None:
        dialog = QPrintDialog(self.printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._printed)
        dialog.show()

    def _printed(self) -> None:
        self._page.paint(self.printer)
        self.accept()

    def _ask_pdf(self) -> None:
        name = self._page.file_name
        chosen, _ = QFileDialog.getSaveFileName(self, "Enregistrer en PDF", name, "Document PDF (*.pdf)")
        if chosen:
            self.save_soon(chosen)

    def save_soon(self, path: str) -> None:
        """Writes the pages as a PDF file while the window goes on answering; `saving` as long as that takes."""
        try:
            with Path(path).open("ab"):
                pass
        except OSError:
            self._say("Ce fichier ne peut pas être écrit ici\u00a0: choisissez un autre nom ou un autre dossier.")
            return
        self._say("Enregistrement en PDF…")
        self._pdf.setEnabled(False)
        self._writing = _Writing(self, partial(self.save, path))
        self._writing.finished.connect(self._saved)
        self._writing.start()

    @property
    def saving(self) -> bool:
        """A PDF file is being written."""
        return self._writing is not None

    def _saved(self) -> None:
        self._writing = None
        self._pdf.setEnabled(True)
        self._say("Enregistré en PDF.")

    def _say(self, sentence: str) -> None:
        self._said.setText(sentence)
        announce(self, sentence)

    def done(self, result: int) -> None:
        """What is being written is written whole."""
        if self._writing is not None:
            self._writing.wait()
        super().done(result)

    def save(self, path: str) -> None:
        """Writes the pages as a PDF file, before it returns. On any thread of Qt's."""
        made = printer()
        made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        made.setOutputFileName(path)
        made.setDocName(self._page.title)
        self._page.paint(made)


class _Writing(QThread):
    """Lays out and writes a long report: half a second, in which the window is not to stand still. A thread of Qt's
    own: its texts want timers."""

    def __init__(self, parent: QObject, work: Callable[[], None]) -> None:
        super().__init__(parent)
        self._work = work

    def run(self) -> None:
        self._work()


def printer() -> QPrinter:
    """A4, upright, margins of 15 mm."""
    made = QPrinter(QPrinter.PrinterMode.HighResolution)
    made.setResolution(300)
    upright = QPageLayout.Orientation.Portrait
    margins = QMarginsF(15, 15, 15, 12)
    made.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), upright, margins, QPageLayout.Unit.Millimeter))
    return made


def preview(parent: QWidget, icons: Icons, page: Page) -> Preview:
    """Opens the preview of these pages."""
    dialog = Preview(parent, icons, page)
    dialog.open()
    return dialog
