"""What a review gives: files for payroll that add up, a report on paper, a request with the disputed lines."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook

from desktop.services.problems import Problem
from desktop.services.review.archive import State
from desktop.views.allowances import hands
from desktop.views.allowances.desk import Letter
from desktop.views.allowances.giving import Giving, payroll
from desktop.views.allowances.giving.letter import _company, disputed, letter, places, text
from desktop.views.allowances.giving.payroll import Export
from desktop.views.allowances.giving.report import html, months, report
from desktop.views.allowances.reviewed import Reviewed
from desktop.views.allowances.verdicts import Point, points
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.opening import Appearance
from desktop.views.printing import printer
from tests.services.review.making_lines import paid
from tests.views.allowances import reviews
from tests.views.allowances.reviews import Picks, Place
from tests.views.walking import slips, unnamed, visible_strings


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[hands.Shelf]:
    made = reviews.shelf(tmp_path)
    yield made
    made.close()


@pytest.fixture
def errands() -> Iterator[Later]:
    made = Later("errands")
    yield made
    made.stop()


@pytest.fixture
def place(kept: hands.Shelf) -> Place:
    return Place(kept, reviews.a_review(kept))


@pytest.fixture
def picks(tmp_path: Path) -> Picks:
    return Picks(tmp_path / "given")


class Letters:
    def __init__(self) -> None:
        self.written: list[Letter] = []

    def write(self, one: Letter) -> None:
        self.written.append(one)


@pytest.fixture
def letters() -> Letters:
    return Letters()


def made(
    qtbot: QtBot,
    icons: Icons,
    readers: tuple[Later, Later],
    place: Place,
    folder: Path,
    picks: Picks,
    letters: Letters | None,
) -> Giving:
    desk = reviews.desk(icons, *readers, folder, picks, letters.write if letters is not None else None)
    part = Giving(desk, place.doing)
    qtbot.addWidget(part)
    part.resize(784, 700)
    part.show()
    place.parts.append(part.tell)
    part.tell(place.told)
    qtbot.waitUntil(part.payroll.isVisible)
    return part


@pytest.fixture
def part(
    qtbot: QtBot,
    icons: Icons,
    later: Later,
    errands: Later,
    place: Place,
    tmp_path: Path,
    picks: Picks,
    letters: Letters,
) -> Giving:
    return made(qtbot, icons, (later, errands), place, tmp_path, picks, letters)


def of_kind(told: Reviewed, group: str) -> tuple[Point, ...]:
    return tuple(point for point in points(told) if point.group == group)


def dispute(place: Place, *groups: str) -> None:
    keys = [point.key for group in groups for point in of_kind(place.told, group)]
    place.doing.decide(keys, State.DISPUTED, "Reçu deux fois")


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def cents(text_: str) -> int:
    return round(float(text_.replace(",", ".")) * 100)


# For payroll


def test_payroll_gets_every_line_split_at_its_limits_to_the_cent(
    qtbot: QtBot, part: Giving, picks: Picks, place: Place
) -> None:
    part.payroll.csv.setChecked(True)
    part.payroll.maintained.setText("30")
    qtbot.mouseClick(part.payroll.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: part.said.sentence.startswith("Enregistré"))
    assert picks.asked == "Indemnités journalières pour la paie.csv"
    assert picks.where is not None
    rows = rows_of(picks.where.read_bytes())
    assert sum(cents(row["Montant brut"]) for row in rows) == place.told.totals.indemnity
    assert sum(cents(row["Montant net"]) for row in rows) == place.told.totals.net
    cuts = [row["Séparée à"] for row in rows if row["Séparée à"]]
    assert cuts == ["fin du maintien", "31 décembre"]
    assert {row["Au"] for row in rows} >= {"19/12/2017", "31/12/2017"}, "the 30th day of a leave begun on 20/11"
    assert rows[0]["NIR"] == "2950199126111"
    assert part.payroll.bar.isHidden()


def test_it_can_be_left_whole_with_nirs_masked(place: Place, tmp_path: Path) -> None:
    frame = payroll.lines(place.told)
    path = tmp_path / "paie.xlsx"
    count = payroll.write(path, frame, Export(xlsx=True, split=False, nirs=False), hands.Course())
    assert count == frame.height == place.told.totals.lines
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert len(sheet) == count + 1
    assert isinstance(sheet[1][sheet[0].index("Du")], date)
    assert not any("126111" in str(cell) for row in sheet for cell in row)


def test_choices_are_remembered(part: Giving) -> None:
    part.payroll.csv.setChecked(True)
    part.payroll.nirs.setChecked(False)
    part.payroll.maintained.setText("90")
    assert part.payroll.wanted == Export(xlsx=False, split=True, maintained=90, nirs=False)
    part.payroll.xlsx.setChecked(True)
    part.payroll.maintained.setText("")
    part.payroll._restore()
    assert part.payroll.wanted == Export(xlsx=False, split=True, maintained=90, nirs=False)


def test_writing_can_be_ended_and_leaves_nothing(place: Place, tmp_path: Path) -> None:
    course = hands.Course(stopped=True)
    with pytest.raises(hands.Stopped):
        payroll.write(tmp_path / "paie.csv", payroll.lines(place.told), Export(xlsx=False), course)
    assert not (tmp_path / "paie.csv").exists()


def test_a_file_that_cannot_be_written_says_why(qtbot: QtBot, part: Giving, picks: Picks, tmp_path: Path) -> None:
    picks.where = tmp_path / "nowhere" / "paie.xlsx"
    part.payroll.button.click()
    qtbot.waitUntil(lambda: "n’a pas pu être écrit" in part.wrong.sentence)
    picks.where = tmp_path / "paie.xlsx"
    part.payroll.button.click()
    qtbot.waitUntil(lambda: part.said.sentence.startswith("Enregistré"))
    assert not part.wrong.sentence
    picks.where = None
    part.payroll.button.click()
    assert part.payroll.button.isEnabled(), "thinking again begins nothing"


def test_the_workbook_tells_the_whole_review(qtbot: QtBot, part: Giving, picks: Picks, tmp_path: Path) -> None:
    picks.where = tmp_path / "v.xlsx"
    part.report.workbook.click()
    qtbot.waitUntil(lambda: part.said.sentence.startswith("Enregistré"))
    book = CalamineWorkbook.from_path(str(picks.where))
    assert book.sheet_names[0] == "Synthèse"
    assert len(book.get_sheet_by_name("Anomalies").to_python()) == 1 + 6


# On paper


def test_the_report_tells_files_totals_months_and_points_with_decisions(place: Place) -> None:
    dispute(place, "duplicate")
    told = place.told
    text_ = html(told, points(told), 7, months(told))
    for words in (
        "fichier 1.csv", "1 total inexact".replace(" ", "\u00a0", 1), "Février 2018", "6 à voir", "1 à contester",
        "Doublons", "Lignes 7 et 8 de «\u00a0fichier 1.csv\u00a0»", "À contester, par Claire Martin", "Reçu deux fois",
    ):  # fmt: skip
        assert words in text_, words
    assert "126111" not in text_


def test_nothing_of_a_file_is_markup(kept: hands.Shelf) -> None:
    odd = paid(date(2018, 2, 1), date(2018, 2, 14), person="<img src=x> & Cie")
    told = reviews.reviewed(kept, [odd, odd])
    note = replace(told.files[0], notes=("Ce fichier <b>ne dit que</b> le net.",))
    told = replace(told, files=(note, *told.files[1:]))
    text_ = html(told, points(told), len(told.keys), months(told))
    assert "Ce fichier &lt;b&gt;ne dit que&lt;/b&gt; le net." in text_
    assert "<img" not in text_
    assert "&lt;img src=x&gt; &amp; Cie" in text_


def test_it_is_printed_black_on_white_whatever_the_look(place: Place, icons: Icons, tmp_path: Path) -> None:
    icons.look.choose(Appearance.DARK)
    page = report(place.told, points(place.told), months(place.told), "Claire Martin", reviews.NOW)
    paper = printer()
    paper.setOutputFormat(paper.OutputFormat.PdfFormat)
    paper.setOutputFileName(str(tmp_path / "report.pdf"))
    page.paint(paper)
    pdf, octets = QPdfDocument(), QBuffer()
    octets.setData((tmp_path / "report.pdf").read_bytes())
    octets.open(QIODevice.OpenModeFlag.ReadOnly)
    pdf.load(octets)
    assert pdf.pageCount() >= 1
    words = pdf.getAllText(0).text()
    assert "Vérification des indemnités journalières" in words
    assert "imprimé le 24 novembre 2026" in words.replace("\u00a0", " ")
    picture = pdf.render(0, pdf.pagePointSize(0).toSize())
    there = (picture.pixelColor(x, y) for x in range(0, picture.width(), 2) for y in range(picture.height()))
    inks = [each.lightness() for each in there if each.alpha() == 255]
    assert min(inks) < 60, "the text is black"
    assert picture.pixelColor(2, 2).alpha() == 0, "no ground is painted"


def test_a_long_report_says_what_it_leaves_out(place: Place) -> None:
    one = of_kind(place.told, "duplicate")[0]
    page = report(place.told, [one] * 100, (), "", reviews.NOW)
    assert page.preview is not None
    assert page.note == "l’aperçu montre les 60 premiers points sur 100"
    assert "40\u00a0autres points" in html(place.told, [one] * 60, 100, ())


def test_the_preview_opens(qtbot: QtBot, part: Giving) -> None:
    part.report.print.click()
    qtbot.waitUntil(lambda: hasattr(part, "pages") and part.pages.isVisible())
    assert part.pages.pages.pageCount() >= 1
    part.pages.reject()


# To the adviser


def test_the_letter_tells_each_point_and_brings_its_lines(
    qtbot: QtBot, part: Giving, place: Place, letters: Letters
) -> None:
    assert not part.letter.write.isEnabled()
    dispute(place, "duplicate", "gap")
    qtbot.waitUntil(part.letter.write.isEnabled)
    assert part.letter.why.text().startswith(
        "2\u00a0points à contester\u00a0: LEFÈVRE-DUMONTIER Anne-Charlotte, MARTIN"
    )
    part.letter.write.click()
    qtbot.waitUntil(lambda: bool(letters.written))
    one = letters.written[0]
    assert one.subject == "Indemnités journalières\u00a0: 2\u00a0points relevés"
    assert "1. LEFÈVRE-DUMONTIER Anne-Charlotte\u00a0: " in one.text
    assert "Motif\u00a0: Reçu deux fois" in one.text
    assert one.text.endswith("Cordialement,\nClaire Martin\n")
    assert (one.company, one.file_name) == ("73282932000074", "Lignes contestées.csv")
    rows = rows_of(one.content)
    assert [row["Point"] for row in rows] == ["1", "1", "2", "2"]
    assert [row["Ligne"] for row in rows] == ["7", "8", "5", "6"]
    assert rows[0]["Fichier"] == "fichier 1.csv"
    assert rows[0]["Montant brut"] == "462,00"
    assert "123456" not in one.content.decode("utf-8-sig"), "NIRs are masked"
    assert slips(one.text) == []


def test_none_is_said_to_be_disputed_before_it_is_known(qtbot: QtBot, part: Giving, place: Place) -> None:
    dispute(place, "duplicate", "gap")
    qtbot.waitUntil(part.letter.write.isEnabled)
    part.tell(place.told)  # as when another file has come
    assert part.letter.why.text() == "Recherche des points à contester…"
    assert not part.letter.write.isEnabled()
    assert not part.letter.save.isEnabled()
    qtbot.waitUntil(part.letter.write.isEnabled)
    assert part.letter.why.text().startswith("2\u00a0points à contester")


def test_of_one_point_the_fields_are_filled_in(place: Place) -> None:
    about = of_kind(place.told, "duplicate")
    one = letter(about, {}, place.told.files, disputed(place.told, about), "Claire Martin")
    assert one.subject == "Indemnités journalières\u00a0: doublon"
    assert dict(one.fields) == {
        "employee": "LEFÈVRE-DUMONTIER Anne-Charlotte",
        "period_start": "2018-02-01",
        "period_end": "2018-02-14",
        "amount": "462.00",
    }


def test_a_letter_is_for_a_company_only_if_its_lines_are_all_of_one() -> None:
    assert _company(["12345678900011", None, "12345678900011"]) == "12345678900011"
    assert _company(["12345678900011", "12345678900029", "123456789"]) == "123456789"
    assert not _company(["12345678900011", "98765432100011"])
    assert not _company([None, ""])


def test_a_total_has_no_lines_to_bring(place: Place) -> None:
    about = of_kind(place.told, "totals")
    one = letter(about, {}, place.told.files, disputed(place.told, about), "")
    assert (one.file_name, one.content) == ("", b"")
    assert "Ligne 11 de «\u00a0fichier 1.csv\u00a0»" in one.text
    assert "jointes" not in one.text


def test_a_long_letter_stays_within_what_a_message_may_have(place: Place) -> None:
    about = of_kind(place.told, "duplicate") * 300
    told = text(about, {}, place.told.files, "Claire Martin", attached=True)
    assert len(told) < 10_000
    assert "autres points, dans le fichier joint." in told


def test_many_lines_are_told_in_short(place: Place) -> None:
    one = of_kind(place.told, "duplicate")[0]

    many = replace(one, lines=tuple(range(1, 31)), files=(0,) * 30)
    assert places(many, place.told.files).endswith("11, 12 et 18\u00a0autres de «\u00a0fichier 1.csv\u00a0»")
    two = replace(one, lines=(3, 3), files=(0, 1))
    files = (place.told.files[0], replace(place.told.files[0], name="fichier 2.csv"))
    assert places(two, files) == "Ligne 3 de «\u00a0fichier 1.csv\u00a0»\u202f; ligne 3 de «\u00a0fichier 2.csv\u00a0»"


def test_without_an_account_the_lines_are_offered_as_a_file(
    qtbot: QtBot, icons: Icons, later: Later, errands: Later, place: Place, tmp_path: Path, picks: Picks
) -> None:
    part = made(qtbot, icons, (later, errands), place, tmp_path, picks, None)
    dispute(place, "duplicate")
    qtbot.waitUntil(part.letter.save.isEnabled)
    assert "Vous n’êtes pas connecté" in part.letter.why.text()
    assert part.letter.write.isVisible(), "as under the points, it says what there is to do"
    qtbot.mouseClick(part.letter.write, Qt.MouseButton.LeftButton)
    (box,) = part.findChildren(QMessageBox)
    assert "Vous n’êtes pas connecté" in box.informativeText()
    (save,) = (each for each in box.findChildren(QPushButton) if each.text() == "Enregistrer les lignes…")
    save.click()
    qtbot.waitUntil(lambda: part.said.sentence.startswith("Enregistré"))
    assert picks.where is not None
    assert len(rows_of(picks.where.read_bytes())) == 2


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(784, 700), (572, 500)], ids=["wide", "narrow"])
def test_everything_is_named_and_set_in_french(
    qtbot: QtBot, part: Giving, icons: Icons, size: tuple[int, int], appearance: Appearance, place: Place
) -> None:
    icons.look.choose(appearance)
    part.resize(*size)
    dispute(place, "duplicate")
    qtbot.waitUntil(part.letter.write.isEnabled)
    assert unnamed(part) == []
    assert [(where, text_, slips(text_)) for where, text_ in visible_strings(part) if slips(text_)] == []
    for button in (part.payroll.button, part.report.print, part.report.workbook, part.letter.write, part.letter.save):
        assert button.width() >= button.sizeHint().width(), button.text()


def test_a_problem_is_a_problem_and_a_slip_is_ours(part: Giving) -> None:
    part._failed(Problem("Le disque est plein."))
    assert part.wrong.sentence == "Le disque est plein."
    with pytest.raises(ValueError, match="ours"):
        part._failed(ValueError("ours"))
