"""The viewer: what an attachment holds, from memory."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter, QPageSize, QPainter, QPdfWriter
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.views import viewer
from desktop.views.fields.shapes import ElidedLabel, EmptyState
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.printing import Preview
from desktop.views.viewer import PdfPane, PicturePane, Viewer, decode


def pdf(*pages: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setResolution(96)
    painter = QPainter(writer)
    for place, text in enumerate(pages):
        if place:
            writer.newPage()
        painter.drawText(60, 100, text)
    painter.end()
    return bytes(buffer.data().data())


def picture(form: bytes, width: int = 60, height: int = 40) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    octets = QByteArray()
    buffer = QBuffer(octets)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(form)).write(image)
    return bytes(octets.data())


class Opening:
    def __init__(self, parent: QWidget, icons: Icons, later: Later) -> None:
        self._parent, self._icons, self._later = parent, icons, later
        self.saved = 0

    def __call__(self, name: str, media_type: str, content: bytes) -> Viewer:
        return viewer.show(self._parent, self._icons, self._later, name, media_type, content, self._save)

    def _save(self) -> None:
        self.saved += 1


@pytest.fixture
def opening(icons: Icons, later: Later, qtbot: QtBot) -> Iterator[Opening]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(1000, 640)
    yield Opening(parent, icons, later)
    for one in parent.findChildren(Viewer):
        one.close()


def test_a_page_that_is_the_only_one_has_none_before_or_after_it(opening: Opening) -> None:
    pane = opening("avis.pdf", "application/pdf", pdf("Une seule page")).pane
    assert isinstance(pane, PdfPane)
    assert not pane.before.isEnabled()
    assert not pane.after.isEnabled()


def test_a_pdf_is_read_searched_copied_and_turned(opening: Opening, qtbot: QtBot) -> None:
    shown = opening("attestation.pdf", "application/pdf", pdf("Attestation de salaire", "Suite", "Le salaire encore"))
    pane = shown.pane
    assert isinstance(pane, PdfPane)
    assert pane.page_label.text() == "Page\u00a01/3"
    assert (pane.before.isEnabled(), pane.after.isEnabled()) == (False, True)
    pane.next_page()
    qtbot.waitUntil(lambda: pane.page_label.text() == "Page\u00a02/3")
    assert (pane.before.isEnabled(), pane.after.isEnabled()) == (True, True)
    pane.copy_page()
    assert QApplication.clipboard().text().strip() == "Suite"
    pane.previous_page()
    pane.previous_page()
    assert pane.page == 0
    qtbot.keyClicks(pane.field, "salaire")
    qtbot.waitUntil(lambda: pane.hits_label.text() == "2\u00a0résultats")
    qtbot.keyClick(pane.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.page == 2)
    wide, whole = pane._fits
    assert (wide.isChecked(), whole.isChecked()) == (True, False)
    pane.zoom_in()
    assert pane.view.zoomMode() is QPdfView.ZoomMode.Custom
    assert (wide.isChecked(), whole.isChecked()) == (False, False)
    for _ in range(2):
        qtbot.mouseClick(whole, Qt.MouseButton.LeftButton)
        assert pane.view.zoomMode() is QPdfView.ZoomMode.FitInView
        assert (wide.isChecked(), whole.isChecked()) == (False, True)


def test_a_pdf_is_printed_after_a_preview(opening: Opening, qtbot: QtBot) -> None:
    shown = opening("attestation.pdf", "application/pdf", pdf("Un", "Deux"))
    pane = shown.pane
    assert isinstance(pane, PdfPane)
    pane.print()
    preview = pane.findChild(Preview)
    assert preview is not None
    preview.pages.updatePreview()
    qtbot.waitUntil(lambda: preview.pages.pageCount() == 2)
    preview.close()


def test_a_preview_keeps_few_pages_and_says_so(opening: Opening, qtbot: QtBot) -> None:
    pane = opening("convention.pdf", "application/pdf", pdf(*(str(page) for page in range(45)))).pane
    assert isinstance(pane, PdfPane)
    pane.print()
    preview = pane.findChild(Preview)
    assert preview is not None
    preview.pages.updatePreview()
    qtbot.waitUntil(lambda: preview.pages.pageCount() == 40)
    assert "convention.pdf" not in preview.windowTitle()
    assert any("les 40 premières pages sur 45" in label.text() for label in preview.findChildren(QLabel))
    preview.close()


def test_the_title_of_the_window_names_no_file(opening: Opening) -> None:
    shown = opening("Arrêt de Mme Lefèvre.txt", "text/plain", b"a")
    assert shown.windowTitle() == "Pièce jointe"
    assert "Arrêt de Mme Lefèvre.txt" in [label.text() for label in shown.findChildren(QLabel)]


def test_a_picture_is_never_drawn_larger_than_memory_allows(opening: Opening, qtbot: QtBot) -> None:
    pane = opening("plan.png", "image/png", picture(b"png", 2000, 2000)).pane
    assert isinstance(pane, PicturePane)
    qtbot.waitUntil(lambda: not pane.picture.isNull())
    for _ in range(25):
        pane.zoom_in()
    drawn = pane.findChild(QLabel).pixmap()  # type: ignore[union-attr]
    assert 4_000_000 < drawn.width() * drawn.height() <= 36_100_000


def test_a_pdf_that_cannot_be_read_says_so(opening: Opening) -> None:
    shown = opening("abime.pdf", "application/pdf", b"%PDF-1.4 rien")
    assert "Ce fichier ne peut pas être affiché" in [label.text() for label in shown.findChildren(QLabel)]


def test_a_picture_is_decoded_off_the_gui_thread(opening: Opening, qtbot: QtBot) -> None:
    shown = opening("photo.png", "image/png", picture(b"png"))
    pane = shown.pane
    assert isinstance(pane, PicturePane)
    qtbot.waitUntil(lambda: not pane.picture.isNull())
    assert pane.picture.width() == 60
    pane.zoom_in()
    pane.zoom_out()
    pane.fit()


@pytest.mark.qt_log_ignore("Not a JPEG file")
def test_a_picture_is_read_as_what_it_says_it_is_and_nothing_else(opening: Opening, qtbot: QtBot) -> None:
    assert decode(b"jpeg", picture(b"png")).isNull()
    assert decode(b"png", picture(b"bmp")).isNull()
    assert not decode(b"jpeg", picture(b"jpeg")).isNull()
    shown = opening("faux.jpg", "image/jpeg", picture(b"png"))
    qtbot.waitUntil(lambda: isinstance(shown.pane, PicturePane) and isinstance(shown.pane.widget(), EmptyState))


def test_text_is_text(opening: Opening) -> None:
    for content, said in (("é;1\n<b>".encode(), "é;1\n<b>"), ("é".encode("cp1252"), "é"), (b"\xef\xbb\xbfa", "a")):
        pane = opening("tableau.csv", "text/csv", content).pane
        assert isinstance(pane, QPlainTextEdit)
        assert pane.toPlainText() == said
        assert pane.isReadOnly()


def test_a_long_text_shows_its_beginning(opening: Opening) -> None:
    shown = opening("long.txt", "text/plain", b"a\n" * 300_000)
    assert isinstance(shown.pane, QPlainTextEdit)
    assert len(shown.pane.toPlainText()) == 400_000
    assert any("Début du fichier" in label.text() for label in shown.findChildren(QLabel))


def test_other_kinds_can_be_saved(opening: Opening) -> None:
    shown = opening("tableau.xlsx", "application/vnd.openxmlformats", b"PK")
    assert isinstance(shown.pane, EmptyState)
    said = [label.text() for label in shown.pane.findChildren(QLabel)]
    assert "«\u00a0tableau.xlsx\u00a0»\nne s\u2019affiche pas ici" in said
    shown.pane.button.click()
    assert opening.saved == 1


def test_the_end_of_a_long_name_is_seen(opening: Opening, qtbot: QtBot) -> None:
    name = "Attestation_de_salaire_" + 20 * "des_salariés_" + "novembre.xlsx"
    shown = opening(name, "application/vnd.openxmlformats", b"PK")
    (said,) = [label.text() for label in shown.pane.findChildren(QLabel) if "ne s\u2019affiche pas ici" in label.text()]
    assert said.startswith("«\u00a0Attestation")
    assert "…" in said
    assert "novembre.xlsx\u00a0»" in said
    heading = next(label for label in shown.findChildren(ElidedLabel) if label.text() == name)
    assert heading.elided.endswith("novembre.xlsx")
