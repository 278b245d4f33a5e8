"""Leaves on paper: the list as it is seen, and one leave with its periods, its clocks and their sources."""

from datetime import date
from pathlib import Path

import msgspec
from PySide6.QtPdf import QPdfDocument

from contract.contact import AwaitedDocument
from contract.identity import new_id
from desktop.services.leave import Stage
from desktop.views.fields.shapes import Label
from desktop.views.leave.page import LeavesPage
from desktop.views.leave.printing import listing_page
from desktop.views.printing import Preview, printer
from tests.views.contact.world import NOW
from tests.views.leave.conftest import Ward, leaves_of_all_kinds
from tests.views.leave.test_leaves import Listed


def printed(page: LeavesPage, path: Path) -> str:
    """Ctrl+P, kept as a PDF: all that is on its pages."""
    page.print_current()
    preview = page.findChildren(Preview)[-1]
    preview.save(str(path))
    preview.close()
    return text_of(path)


def text_of(path: Path) -> str:
    read = QPdfDocument()
    read.load(str(path))
    return " ".join(" ".join(read.getAllText(at).text() for at in range(read.pageCount())).split())


def test_one_leave_is_printed_with_its_periods_its_clocks_and_their_sources(
    ward: Ward, page: LeavesPage, listed: Listed, tmp_path: Path
) -> None:
    awaited = (AwaitedDocument(new_id(), "Décision de prise en charge"),)
    leave = msgspec.structs.replace(leaves_of_all_kinds()[0], author_name="Claire <b>Martin", awaited=awaited)
    ward.put(leave)
    listed(1)
    ward.paid[leave.leave_id] = [(date(2026, 9, 16), date(2026, 9, 30))]
    page.open_leave(leave.leave_id)
    text = printed(page, tmp_path / "arret.pdf")
    for wanted in (
        "Carence : du 17/08/2026 au 19/08/2026, 3 jours",
        "Jours indemnisés : du 16/09/2026 au 30/09/2026, 15 jours",
        "À déclarer au plus tard",
        "Conditions générales, art. 9",
        "Documents attendus Décision de prise en charge",
        "avis.pdf",
        "Claire <b>Martin",
    ):
        assert wanted in text, wanted
    assert "295" not in text.replace(" ", ""), "as on the screen, the number is masked"


def test_the_list_is_printed_as_it_is_seen(ward: Ward, page: LeavesPage, listed: Listed, tmp_path: Path) -> None:
    ward.put(*leaves_of_all_kinds())
    listed(6)
    page.list.chips[Stage.OVER].click()
    listed(3)
    text = printed(page, tmp_path / "liste.pdf")
    assert "3 arrêts · Terminés" in text
    assert "Roux" in text
    assert "Garcia" not in text, "it is not in the list"
    page.list.chips[None].click()
    page.list.search.setText("garcia")
    listed(1)
    row = page.list.table.rows.row(0)
    assert row is not None
    page.open_leave(row.leave_id)
    assert "Échéances" in printed(page, tmp_path / "un.pdf"), "the open leave"
    page.focus_search()
    assert "1 arrêt · « garcia »" in printed(page, tmp_path / "recherche.pdf")


def test_a_list_says_how_much_of_it_is_printed(tmp_path: Path) -> None:
    paper = printer()
    paper.setOutputFormat(paper.OutputFormat.PdfFormat)
    paper.setOutputFileName(str(tmp_path / "liste.pdf"))
    listing_page([], 1_234, "", NOW).paint(paper)
    assert "0 arrêt sur 1 234" in text_of(tmp_path / "liste.pdf")


def test_nothing_above_the_list_is_cut_in_a_small_window(page: LeavesPage) -> None:
    page.list.setFixedWidth(page.list.minimumSizeHint().width())
    page.list.ensurePolished()
    page.list.layout().activate()  # type: ignore[union-attr]
    for part in (page.list.new, page.list.print, *page.list.findChildren(Label)):
        if part.isVisible():
            assert part.width() >= part.minimumSizeHint().width(), part
            assert part.width() >= part.sizeHint().width(), part
