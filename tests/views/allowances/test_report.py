"""The report on paper: what could not be read, what was told by hand, and pages that end where one would end them."""

from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, QThread
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.views.allowances.giving import report as paper
from desktop.views.allowances.giving.report import html, months, report
from desktop.views.allowances.lines.detail import fields_told
from desktop.views.allowances.review import Review
from desktop.views.allowances.verdicts import points
from desktop.views.icons import Icons
from desktop.views.printing import Page, document, preview, printer, unbroken
from desktop.views.tokens import Look
from tests.services.review import making_tables
from tests.views.acting import press
from tests.views.allowances import reviews
from tests.views.allowances.conftest import Desktop
from tests.views.allowances.test_correcting import dialog, fill


@pytest.fixture
def read(desktop: Desktop, tmp_path: Path) -> Review:
    """Two lines that cannot be read, and a picture."""
    rows = making_tables.insurer(making_tables.leaves(8))
    rows[3][11], rows[5][11] = "douze", "treize"
    (tmp_path / "octobre.csv").write_bytes(making_tables.text(rows))
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    review = desktop.review()
    desktop.open(review, tmp_path / "octobre.csv", tmp_path / "photo.png")
    return review


def correct(desktop: Desktop, review: Review, **texts: str) -> None:
    before = review.reviewed
    press(desktop.qtbot, review.detail, "Corriger cette ligne…")
    shown = dialog(review)
    fill(shown, **texts)
    shown.reason.setText("lu sur le bordereau")
    press(desktop.qtbot, shown, "Enregistrer la correction")
    if shown.isVisible():
        shown.submit()
    desktop.qtbot.waitUntil(lambda: review.loader.settled and review.reviewed is not before, timeout=20_000)


def told(review: Review) -> str:
    reviewed = review.reviewed
    assert reviewed is not None
    return html(reviewed, points(reviewed), len(reviewed.keys), months(reviewed), review._doing.unread())


def test_no_number_is_broken_at_its_thin_space(qapp: QApplication) -> None:
    """Qt would end a line at U+202F."""
    text = QTextDocument()
    text.setHtml(unbroken("<p>montant 1\u202f234,56\u00a0€ xx</p>"))
    for wide in range(100, 160):
        text.setTextWidth(wide)
        text.size()
        lay = text.begin().layout()
        ends = [lay.lineAt(at).textStart() + lay.lineAt(at).textLength() for at in range(lay.lineCount())]
        assert len("montant 1 ") not in ends, wide
    assert document("", "", "1\u202f234", "").paint.__self__.html == "1\u00a0234"  # type: ignore[attr-defined]


def test_a_number_is_not_broken_in_two_beside_a_long_text(qapp: QApplication) -> None:
    text = QTextDocument()
    text.setDefaultFont(qapp.font())
    told = (
        ("SIRET", "65464364200014"),
        ("Numéro d’adhérent", "0420316"),
        ("Organisme", "Caisse primaire d’assurance maladie du Finistère " * 4),
        ("Nom et prénom", "LEFÈVRE-DUMONTIER Anne-Charlotte"),
    )
    text.setHtml(fields_told(told, 2, "#000000"))
    text.setTextWidth(500)
    text.size()
    place = text.find("65464364200014")
    assert not place.isNull()
    assert place.block().layout().lineCount() == 1


def test_what_could_not_be_read_is_told(read: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    text = told(read)
    (entry,) = [each for each in read.loader.entries if each.name == "photo.png"]
    assert entry.problem is not None
    assert ">photo.png</td><td align='left' style='padding:3px 10px 3px 0'>Non lu</td>" in text
    assert entry.problem.sentence in text.replace("&#x27;", "'")
    assert "Lignes rejetées" in text
    assert text.count("Montant brut\u00a0: montant illisible") == 2
    assert "Corrections à la main" not in text
    monkeypatch.setattr(paper, "REJECTED", 1)
    text = told(read)
    assert text.count("Montant brut\u00a0: montant illisible") == 1
    assert "Et 1\u00a0autre ligne." in text


def test_a_correction_is_told_and_is_what_a_finding_leads_to_first(desktop: Desktop, read: Review) -> None:
    correct(desktop, read, gross="9999,00")
    text = told(read)
    assert "Corrections à la main" in text
    for words in (
        "Rejetée\u00a0: ",
        "douze",
        "Montant brut\u00a0: 9\u202f999,00\u00a0€",
        "Zoé Martin",
        "lu sur le bord",
    ):
        assert words in text, words
    reviewed = read.reviewed
    assert reviewed is not None
    nirs = {line.nir for line in making_tables.leaves(8)}
    assert not [nir for nir in nirs if nir[:13] in text]
    (wrong,) = [each for each in points(reviewed) if each.group == "arithmetic"]
    assert wrong.next_step.startswith("Cette ligne a été corrigée à la main le ")
    assert " par Zoé Martin\u00a0: vérifiez d’abord la correction. Si elle est juste\u00a0: demandez" in wrong.next_step
    assert "vérifiez d’abord la correction" in text


def test_what_nobody_typed_leads_where_it_did(desktop: Desktop, read: Review) -> None:
    line = making_tables.leaves(8)[2]
    correct(desktop, read, gross=making_tables.french(line.gross))
    reviewed = read.reviewed
    assert reviewed is not None
    others = [each for each in points(reviewed) if 4 not in each.lines]
    assert not [each for each in others if "corrigée à la main" in each.next_step]


def painted(page: Page, folder: Path) -> None:
    made = printer()
    made.setOutputFormat(made.OutputFormat.PdfFormat)
    made.setOutputFileName(str(folder / "pages.pdf"))
    page.paint(made)


def drawn(page: Page, folder: Path) -> list[QImage]:
    painted(page, folder)
    pdf = QPdfDocument()
    pdf.load(str(folder / "pages.pdf"))
    size = QSize(595 * 2, 842 * 2)
    pages = [pdf.render(number, size) for number in range(pdf.pageCount())]
    pdf.close()
    return pages


def letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isalpha())


def words_of(folder: Path) -> list[str]:
    pdf = QPdfDocument()
    pdf.load(str(folder / "pages.pdf"))
    found = ["".join(pdf.getAllText(page).text().split()) for page in range(pdf.pageCount())]
    pdf.close()
    return found


_LINE = "<p style='margin:0'>ÀÉÂ ligne.</p>"
_HEAD = "<h3>Points</h3><p>Constats.</p>"
_PART = "<h4>ÀÉ – Titre</h4><p>Constat.</p><p><small>Suite.</small></p>"


def _table(rows: int) -> str:
    return f"<h3>Titre</h3><table width='100%'>{'<tr><td>Un</td><td>Deux</td></tr>' * rows}</table>"


@pytest.mark.parametrize("count", range(30, 36))
def test_no_heading_ends_a_page(qtbot: QtBot, tmp_path: Path, count: int) -> None:
    del qtbot
    painted(document("Essai", "", _LINE * count + _PART * 24, "Pied"), tmp_path)
    for text in words_of(tmp_path):
        assert text.count("Titre") == text.count("Constat") == text.count("Suite"), text


@pytest.mark.parametrize("count", range(24, 48, 2))
def test_what_follows_a_break_is_printed(qtbot: QtBot, tmp_path: Path, count: int) -> None:
    del qtbot
    table = _table(12)
    end = f"{_HEAD}{_PART * 10}<p>Fin.</p>"
    painted(document("Essai", "", f"{_LINE * count}{table}{table}{end}", "Pied"), tmp_path)
    words = "".join(words_of(tmp_path))
    assert (words.count("Deux"), words.count("Suite"), words.count("Fin.")) == (24, 10, 1)


@pytest.mark.parametrize("count", range(54, 62))
def test_no_head_of_a_table_ends_a_page(look: Look, tmp_path: Path, count: int) -> None:
    del look
    rows = "<tr><td>Rang</td><td>Deux</td></tr>" * 12
    table = f"<h3>Titre</h3><table width='100%'><tr><th>Tête</th><th>Deux</th></tr>{rows}</table>"
    painted(document("Essai", "", _LINE * count + table, "Pied"), tmp_path)
    (begun,) = (text for text in words_of(tmp_path) if "Titre" in text)
    assert "Rang" in begun, begun


@pytest.mark.parametrize(
    "html",
    [
        f"{_HEAD}{_PART * 6}{_LINE * 37}{_HEAD}{_PART * 8}",
        f"{_table(30)}{_table(20)}{_LINE * 20}{_PART * 12}{_table(34)}",
    ],
    ids=["touching the edge", "cut below a table"],
)
def test_no_line_stands_on_two_pages(look: Look, tmp_path: Path, html: str) -> None:
    del look
    painted(document("Essai", "", html, "Pied"), tmp_path)
    assert "".join(words_of(tmp_path)).count("ligne.") == html.count("ligne.")


@pytest.mark.parametrize("parts", range(6, 14))
def test_the_last_page_does_not_hold_one_finding_alone(qtbot: QtBot, tmp_path: Path, parts: int) -> None:
    del qtbot
    painted(document("Essai", "", _LINE * 30 + _PART * parts, "Pied"), tmp_path)
    pages = words_of(tmp_path)
    assert len(pages) == 1 or pages[-1].count("Titre") > 1, pages
    assert sum(page.count("Titre") for page in pages) == parts


def test_no_mark_of_the_next_page_stands_at_the_foot(qtbot: QtBot, tmp_path: Path) -> None:
    """Its accents reach over its first line."""
    del qtbot
    heading = "<p style='margin:0'><b>À voir ÀÉÂ</b></p>"
    pages = drawn(document("Essai", "", heading * 140, "Pied"), tmp_path)
    assert len(pages) > 2
    for page in pages[:-1]:
        rows = [
            any(page.pixelColor(x, y).alpha() > 0 and page.pixelColor(x, y).lightness() < 250 for x in range(70, 260))
            for y in range(page.height())
        ]
        runs = [len(run) for run in "".join("x" if row else " " for row in rows).split()]
        assert min(runs) > 8, runs


def test_a_report_is_printed_whole(desktop: Desktop, read: Review, tmp_path: Path) -> None:
    correct(desktop, read, gross="9999,00")
    reviewed = read.reviewed
    assert reviewed is not None
    unread = read._doing.unread()
    found = points(reviewed)
    painted(report(reviewed, found, months(reviewed), "Zoé", reviews.NOW, unread), tmp_path)
    words = "".join(words_of(tmp_path))
    for said in ("Fichiers", "Non lu", "Lignes rejetées", "Corrections à la main", "Par mois", "Points relevés"):
        assert "".join(said.split()) in words, said
    plain = letters(words)
    for point in found:
        assert letters(point.explanation) in plain


def test_a_pdf_is_written_while_the_window_goes_on(
    qtbot: QtBot, icons: Icons, tmp_path: Path, qapp: QApplication
) -> None:
    whole = document("Rapport", "r.pdf", "<p>Bonjour</p>", "")
    threads: list[QThread] = []

    def paint(on: QPrinter) -> None:
        threads.append(QThread.currentThread())
        whole.paint(on)

    parent = QWidget()
    qtbot.addWidget(parent)
    writing = attrgetter("saving")
    shown = preview(parent, icons, replace(whole, paint=paint, preview=whole.paint))
    shown.save_soon(str(tmp_path / "r.pdf"))
    assert writing(shown)
    assert not shown._pdf.isEnabled()
    qtbot.waitUntil(lambda: not writing(shown))
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF-")
    assert len(threads) == 1
    assert threads[0] is not qapp.thread()
    assert (shown._pdf.isEnabled(), shown._said.text()) == (True, "Enregistré en PDF.")
    shown.save_soon(str(tmp_path / "nulle part" / "r.pdf"))
    assert not writing(shown)
    assert shown._said.text().startswith("Ce fichier ne peut pas être écrit ici")
    shown.reject()
