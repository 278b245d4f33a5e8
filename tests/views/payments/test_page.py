"""Payments listed, searched and opened; statements saved and checked; exports asked for, announced and opened."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from contract.allowances import ExportState
from desktop.services.allowances import ExportStage, Query
from desktop.services.downloads import DownloadState
from desktop.views.payments import printing
from desktop.views.payments.exports import Card
from desktop.views.payments.listing import cells
from desktop.views.payments.page import PaymentsPage as Page
from desktop.views.printing import Page as Printed
from desktop.views.printing import Preview, printer
from tests.views.contact.world import BREST, LORIENT, NOW, QUIMPER
from tests.views.payments.conftest import Till, a_payment, an_export

CONTENT = b"SIRET;Nom\r\n"


def names(page: Page) -> list[str]:
    rows = page.list.table.rows
    return [str(rows.data(rows.index(place, 1))) for place in range(rows.rowCount())]


def listed(page: Page, qtbot: QtBot, count: int) -> None:
    rows = page.list.table.rows
    qtbot.waitUntil(lambda: rows.rowCount() == count and "…" not in names(page))


def card(page: Page) -> Card:
    (only,) = page.exports.cards.values()
    return only


def test_payments_are_listed_by_day_searched_and_summed(till: Till, page: Page, qtbot: QtBot) -> None:
    assert "portail montre" in page.list.empty._hint.text() or page.list.table.rows.rowCount() == 0
    till.pay(a_payment(1), a_payment(2, "Le Goff"), a_payment(3, "Martin", sense="cancellation", net=-42_462, days=-14))
    till.pay(a_payment(4, "Cloarec"), space_id=QUIMPER)
    listed(page, qtbot, 4)
    assert names(page) == ["Cloarec Anne", "Martin Anne – annulation", "Le Goff Anne", "Lefèvre Anne"]
    assert page.list.totals.text().startswith("4\u00a0lignes · brut 1\u202f820,56\u00a0€")
    page.list.search.setText("LEFEVRE 82000001")
    listed(page, qtbot, 1)
    assert names(page) == ["Lefèvre Anne"]
    page.list.search.setText("personne")
    qtbot.waitUntil(page.list.empty.isVisible)
    assert page.list.totals.text() == ""
    page.list.empty.button.click()
    listed(page, qtbot, 4)
    page.show_space(QUIMPER)
    listed(page, qtbot, 1)
    assert page.list.table.isColumnHidden(6)
    page.show_space(LORIENT)
    qtbot.waitUntil(lambda: "pas accès" in page.list.empty._sentence.text())


def test_one_payment_is_told_whole_its_nir_masked_until_asked(till: Till, page: Page, qtbot: QtBot) -> None:
    till.pay(a_payment(1), a_payment(2, "Le Goff"))
    listed(page, qtbot, 2)
    page.list.table.select(1)
    assert page.detail.title.text() == "Lefèvre Anne"

    def told() -> dict[str, str]:
        texts = [label.text() for label in page.detail._labels]
        return dict(zip(texts[::2], texts[1::2], strict=True))

    facts = told()
    assert facts["Taux journalier"] == "32,51\u00a0€"
    assert facts["Montant net"] == "424,62\u00a0€"
    assert facts["Période"] == "15/10/2026 – 28/10/2026"
    assert "126" not in facts["N°\u00a0de sécurité sociale"]
    page.detail.reveal.click()
    assert told()["N°\u00a0de sécurité sociale"] == "2\u202f95\u202f10\u202f99\u202f126\u202f111\u202f93"
    page.list.table.select(0)
    assert page.detail.title.text() == "Le Goff Anne"
    assert "126" not in told()["N°\u00a0de sécurité sociale"]
    row = till.allowances.rows(page.list.table.rows.ids[:1])[0]
    assert "295109912611193" not in "".join(cells(row))


def test_a_statement_is_saved_and_checked_and_one_out_of_the_window_stays(
    till: Till, page: Page, qtbot: QtBot, tmp_path: Path
) -> None:
    old = a_payment(1, paid_on=date(2026, 2, 3))
    till.pay(old)
    listed(page, qtbot, 1)
    page.list.table.select(0)
    assert not any(button.isVisible() for button in page.detail.buttons.values())
    assert "plus de trois mois" in page.detail.note.text()
    staged = till.office.shelf.stage_bytes("releve.csv", CONTENT)
    till.allowances.keep_statement(old.transfer_id, "csv", staged.sha256, staged.size)
    assert page.detail.buttons["csv"].isVisible()
    assert not page.detail.buttons["pdf"].isVisible()
    till.office.chosen.to_save = tmp_path / "releve.csv"
    page.detail.buttons["csv"].click()
    qtbot.waitUntil(lambda: "enregistré" in page.said.sentence)
    assert (tmp_path / "releve.csv").read_bytes() == CONTENT
    assert till.office.chosen.asked == ["Releve_R-2026-0000001.csv"]
    page.detail.check.click()
    ((name, content),) = till.reviewed
    assert (name, content()) == ("Releve_R-2026-0000001.csv", CONTENT)


def test_an_export_is_asked_for_and_waits_and_can_be_given_up(till: Till, page: Page, qtbot: QtBot) -> None:
    page.list.export.click()
    assert page.exports.isVisible()
    assert "2\u00a0espaces" in page.exports.scope.text()
    page.exports.ask.click()
    waits = card(page)
    assert waits.row is not None
    assert waits.row.stage is ExportStage.WAITING
    assert "partira" in waits.said.text()
    assert not waits.open.isVisible()
    waits.give_up.click()
    assert page.exports.cards == {}
    page.show_space(LORIENT)
    assert not page.exports.ask.isEnabled()
    page.show_space(BREST)
    page.exports.formats["xlsx"].click()
    page.exports.ask.click()
    (row,) = till.allowances.exports()
    assert (row.format, row.spaces) == ("xlsx", 1)
    qtbot.keyClick(page.exports.back, Qt.Key.Key_Space)
    assert page.detail.isVisible()


def test_an_export_that_is_ready_is_announced_once_and_opens_in_the_review(till: Till, page: Page) -> None:
    staged = till.office.shelf.stage_bytes("export.csv", CONTENT)
    asked = an_export(ExportState.PREPARING)
    till.tell(asked)
    page.show_exports()
    assert page.news.sentence == ""
    assert not card(page).bar.isHidden()
    till.tell(an_export(content=CONTENT, export_id=asked.export_id))
    assert page.news.sentence == "Votre export est prêt\u00a0: 2\u202f000\u00a0lignes."
    page.news._remedy.click()
    ((name, content),) = till.reviewed
    assert (name, content()) == ("Indemnites_ancien_espace_2026-11-24.csv", CONTENT)
    assert page.news.sentence == ""
    assert till.allowances.news() == []
    assert card(page).open.text() == "Ouvrir dans la vérification"
    assert staged.sha256 in till.allowances.wanted_files()


def test_an_export_that_was_saved_opens_in_the_review_and_is_no_news(
    till: Till, page: Page, qtbot: QtBot, tmp_path: Path
) -> None:
    ready = an_export(content=CONTENT)
    till.tell(ready)
    assert ready.sha256
    till.office.shelf.add_part(ready.sha256, 0, CONTENT)  # all that was to come had come: the portal is not asked
    page.show_exports()
    one = card(page)
    assert one.open.text() == "Télécharger et vérifier"
    till.office.chosen.to_save = tmp_path / "export.csv"
    one.save.click()
    qtbot.waitUntil(lambda: "enregistré" in page.said.sentence)
    assert (tmp_path / "export.csv").read_bytes() == CONTENT
    qtbot.waitUntil(lambda: one.open.text() == "Ouvrir dans la vérification")
    assert (page.news.sentence, till.allowances.news()) == ("", [])
    one.open.click()
    ((name, content),) = till.reviewed
    assert (name, content()) == ("Indemnites_ancien_espace_2026-11-24.csv", CONTENT)


def test_a_card_that_is_older_than_its_file_opens_it_all_the_same(till: Till, page: Page) -> None:
    till.tell(an_export(content=CONTENT))
    page.show_exports()
    till.office.shelf.stage_bytes("export.csv", CONTENT)
    assert card(page).open.text() == "Télécharger et vérifier"
    card(page).open.click()
    assert [content() for _, content in till.reviewed] == [CONTENT]
    assert card(page).open.text() == "Ouvrir dans la vérification"
    assert page.news.sentence == ""


def test_an_export_wanted_twice_while_it_comes_is_saved_and_opened(
    till: Till, page: Page, qtbot: QtBot, tmp_path: Path
) -> None:
    ready = an_export(content=CONTENT)
    till.tell(ready)
    assert ready.sha256
    till.office.shelf.add_part(ready.sha256, 0, CONTENT)
    (row,) = till.allowances.exports()
    till.office.chosen.to_save = tmp_path / "export.csv"
    page.fetching.save_export(row)
    page.fetching.review_export(row)
    qtbot.waitUntil(lambda: len(till.reviewed) == 1 and (tmp_path / "export.csv").exists())


def test_a_download_that_fails_says_so_and_goes_on_when_asked(till: Till, page: Page, qtbot: QtBot) -> None:
    ready = an_export(content=CONTENT + b"1;2\r\n")
    till.tell(ready)
    assert ready.sha256
    till.office.shelf.add_part(ready.sha256, 0, CONTENT)
    page.show_exports()
    one = card(page)
    assert one.open.text() == "Télécharger et vérifier"
    one.open.click()
    downloads = till.office.desk.downloads

    def state() -> DownloadState | None:
        now = downloads.state(ready.sha256 or "")
        return now.state if now is not None else None

    qtbot.waitUntil(lambda: state() is DownloadState.FAILED, timeout=20_000)
    qtbot.waitUntil(one.open.isVisible)
    assert "Ce qui est arrivé est gardé." in one.said.text()
    assert one.open.text() == "Reprendre le téléchargement"
    assert till.reviewed == []
    assert "n’a pas pu être reçu" in page.said.sentence


def test_an_export_that_failed_says_why(till: Till, page: Page) -> None:
    till.tell(an_export(ExportState.FAILED, sentence="Ces espaces n’ont aucun dossier."))
    assert "Ces espaces n’ont aucun dossier." in page.news.sentence
    page.news._remedy.click()
    assert page.exports.isVisible()
    assert "aucun dossier" in card(page).said.text()
    assert till.reviewed == []


@pytest.mark.parametrize("width", [1072, 792])
def test_amounts_are_in_sight_whatever_room_there_is(till: Till, page: Page, qtbot: QtBot, width: int) -> None:
    """As in windows of 1280 and of 1000 pixels, the exports open beside the list."""
    page.resize(width, 600)
    till.pay(a_payment(1, "Charpentier de la Tour", gross=-1_245_514, net=-1_145_514))
    listed(page, qtbot, 1)
    table = page.list.table
    for space in (None, BREST):
        page.show_space(space)
        page.show_exports()
        edges = {at: table.columnViewportPosition(at) + table.columnWidth(at) for at in (4, 5)}
        assert max(edges.values()) <= table.viewport().width()
        for at in edges:
            text = str(table.rows.data(table.rows.index(0, at)))
            assert table.fontMetrics().horizontalAdvance(text) + 22 <= table.columnWidth(at)
    table.horizontalHeader().resizeSection(1, 260)
    page.resize(width + 20, 600)
    assert table.columnWidth(1) == 260, "what the person has made wide stays so"


def previewed(page: Page) -> Preview:
    (dialog,) = page.findChildren(Preview)
    return dialog


def test_the_list_is_printed_as_it_is_seen_and_a_payment_where_one_is_in_it(
    till: Till, page: Page, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[str] = []
    real = printing.document

    def noted(title: str, name: str, html: str, foot: str) -> Printed:
        bodies.append(html)
        return real(title, name, html, foot)

    monkeypatch.setattr(printing, "document", noted)
    till.pay(a_payment(1), a_payment(2, "Le Goff <b>"))
    listed(page, qtbot, 2)
    page.list.search.setText("goff")
    listed(page, qtbot, 1)
    page.list.table.setFocus()
    page.print_current()
    previewed(page).close()
    assert "Le Goff &lt;b&gt;" in bodies[0]
    assert "Lefèvre" not in bodies[0], "as it is seen"
    assert "<td align='right' style='padding:3px 8px 3px 0'>424,62\u00a0€</td>" in bodies[0]
    page.list.table.select(0)
    qtbot.waitUntil(lambda: page.detail.sheet is not None and page.detail.reveal.isVisible())
    qtbot.waitUntil(lambda: not page.findChildren(Preview))
    page.detail.reveal.setFocus()
    page.print_current()
    previewed(page).close()
    assert "Montant net" in bodies[1]
    assert "295109912611193" not in bodies[1].replace("\u202f", ""), "masked on paper as on the screen"
    page.detail.reveal.click()
    page.detail.print_current()
    assert "295109912611193" in bodies[2].replace("\u202f", "")


def test_a_long_list_says_what_of_it_is_printed(till: Till, tmp_path: Path) -> None:
    till.pay(a_payment(1))
    rows = till.allowances.rows(till.allowances.listing(Query()).ids) * printing.PRINTED
    made = printing.listing_page(rows, 12_000, "12\u202f000\u00a0lignes", NOW)
    on = printer()
    on.setOutputFormat(on.OutputFormat.PdfFormat)
    on.setOutputFileName(str(tmp_path / "liste.pdf"))
    made.paint(on)
    assert (tmp_path / "liste.pdf").stat().st_size > 10_000


def test_nothing_of_a_payment_is_cut_where_there_is_little_room(till: Till, page: Page, qtbot: QtBot) -> None:
    till.pay(a_payment(1))
    listed(page, qtbot, 1)
    page.list.table.select(0)
    qtbot.waitUntil(lambda: page.detail.sheet is not None)
    for wide in (792, 640):
        page.resize(wide, 560)
        qtbot.waitUntil(lambda: page._split.orientation() is Qt.Orientation.Vertical)
        for label in page.detail._labels:
            qtbot.waitUntil(lambda label=label: label.height() >= label.heightForWidth(label.width()))  # type: ignore[misc]
            assert label.fontMetrics().horizontalAdvance(max(label.text().split(), key=len)) <= label.width()
    page.resize(1072, 560)
    qtbot.waitUntil(lambda: page._split.orientation() is Qt.Orientation.Horizontal)
