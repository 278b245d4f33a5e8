"""The page of the review: what it says of each file, how files come to it, what it hides."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QStyleOptionViewItem, QWidget

from desktop.views import wording
from desktop.views.allowances.entries import State
from desktop.views.allowances.review import Review
from desktop.views.allowances.reviewed import Reviewed
from desktop.views.allowances.teaching import Teaching
from desktop.views.fields.shapes import Chip
from desktop.views.opening import Appearance
from tests.services.review import making_bpij
from tests.views.acting import button, press
from tests.views.allowances.conftest import Desktop, entry
from tests.views.walking import slips, unnamed, visible_strings

NIR = "295109912611193"


def show(review: Review, desktop: Desktop, name: str) -> None:
    review.files.go_to(entry(review, name).ticket)
    review.detail.show_entry(review.files.current)
    desktop.qapp.processEvents()


def texts(root: QWidget) -> list[str]:
    return [text for _, text in visible_strings(root)]


def test_an_empty_review_says_what_to_do_and_does_it(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    assert "Déposez ici vos fichiers d’indemnités journalières" in texts(review)
    desktop.picks.paths = (files / "bpij.zip",)
    press(desktop.qtbot, review, "Choisir des fichiers…")
    desktop.settle(review)
    assert entry(review, "bpij.zip").state is State.READ
    review.loader.forget(entry(review, "bpij.zip").ticket)
    desktop.settle(review)
    desktop.picks.directory = files
    press(desktop.qtbot, review, "Choisir un dossier…")
    desktop.settle(review)
    assert len(review.loader.entries) == 5


def drop(review: Review, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(10, 10), Qt.DropAction.CopyAction, mime, left, none)
    review.dragEnterEvent(enter)
    assert enter.isAccepted()
    assert review.veil.isVisible()
    review.dropEvent(QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, mime, left, none))
    assert not review.veil.isVisible()


def test_files_and_folders_are_dropped_on_the_page(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    drop(review, files / "janvier", files / "bpij.zip")
    desktop.settle(review)
    assert [each.name for each in review.loader.entries] == ["releve.csv", "bpij.zip"]


def test_a_message_of_outlook_says_how_to_go_about_it(desktop: Desktop) -> None:
    review = desktop.review()
    mime = QMimeData()
    mime.setData("FileGroupDescriptorW", b"x")
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    review.dropEvent(QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, mime, left, none))
    assert "Enregistrez d’abord la pièce jointe" in review.notice.sentence


def test_a_file_says_what_was_not_read_and_why(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files)
    show(review, desktop, "releve.csv")
    assert "2\u00a0lignes n’ont pas pu être lues, les autres comptent." in texts(review.detail)
    table = review.detail.rejected
    assert table.rows.row(0) is not None
    shown = [table.rows.index(0, column).data() for column in range(3)]
    assert shown[:2] == ["11", "Montant brut\u00a0: montant illisible"]
    assert "douze" in shown[2]
    show(review, desktop, "bpij.zip")
    said = (
        "Ce fichier a été lu en entier. 3\u00a0totaux annoncés par le fichier, au centime près\u00a0: tout correspond."
    )
    assert said in texts(review.detail)
    assert review.detail.controls.rows.rowCount() == 3


def test_sums_that_do_not_come_out_stand_first(desktop: Desktop, files: Path) -> None:
    (files / "faux.zip").write_bytes(
        making_bpij.zipped(("data.xml", making_bpij.xml(making_bpij.regularised()).replace(b"3355.19", b"3355.20", 1)))
    )
    review = desktop.review()
    desktop.open(review, files / "faux.zip")
    show(review, desktop, "faux.zip")
    rows = review.detail.controls.rows
    assert rows.row(0) is not None
    first = [rows.index(0, column).data() for column in range(7)]
    assert first[3:] == ["3\u202f355,20\u00a0€", "3\u202f355,19\u00a0€", "−0,01\u00a0€", "Inexact"]
    wrong = QStyleOptionViewItem()
    review.detail.controls.itemDelegateForColumn(6).initStyleOption(wrong, rows.index(0, 6))
    assert not wrong.icon.isNull()
    assert wrong.palette.text().color() == desktop.icons.look.colour("going")
    assert wording.siret("73282932000074") in {rows.index(row, 1).data() for row in range(3) if rows.row(row)}
    assert any("dont 1 ne correspond pas aux lignes lues" in text for text in texts(review.detail))


def test_nirs_are_masked_until_asked_for_and_again_once_one_leaves(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files)
    show(review, desktop, "releve.csv")

    def seen() -> str:
        table = review.detail.rejected
        return f"{table.rows.index(0, 2).data()} {review.detail._raw.toPlainText()}"

    review.detail.rejected.rows.row(0)
    assert NIR not in seen()
    desktop.qtbot.mouseClick(review.parts.revealing, Qt.MouseButton.LeftButton)
    review.detail.rejected.rows.row(0)
    assert seen().count(NIR) == 2
    review.hide()
    review.show()
    review.detail.rejected.rows.row(0)
    assert NIR not in seen()
    assert review.parts.revealing.accessibleName() == "Afficher les NIR"


def test_the_eye_has_its_words_where_there_is_room(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files / "bpij.zip")
    assert review.parts.revealing.text() == "Afficher les NIR"
    desktop.qtbot.mouseClick(review.parts.revealing, Qt.MouseButton.LeftButton)
    assert review.parts.revealing.text() == "Masquer les NIR"
    review.window().resize(792, 591)
    desktop.qtbot.waitUntil(lambda: not review.parts.revealing.text())
    assert review.parts.revealing.accessibleName() == "Masquer les NIR"
    review.window().resize(1072, 591)
    desktop.qtbot.waitUntil(lambda: review.parts.revealing.text() == "Masquer les NIR")


def test_a_file_that_is_none_gives_its_reason_and_its_way_out(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files)
    show(review, desktop, "rien.txt")
    assert "Ce fichier est vide\u00a0: téléchargez-le de nouveau." in texts(review.detail)
    press(desktop.qtbot, review.detail, "Retirer ce fichier")
    assert "rien.txt" not in [each.name for each in review.loader.entries]


def test_a_file_that_counts_is_asked_about_before_it_goes(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files / "bpij.zip")
    desktop.qtbot.keyClick(review.files.list, Qt.Key.Key_Delete)
    box = next(each for each in review.findChildren(QMessageBox) if each.isVisible())
    assert box.text() == "Retirer «\u00a0bpij.zip\u00a0» de la vérification\u202f?"
    press(desktop.qtbot, box, "Conserver")
    assert review.loader.entries
    desktop.qtbot.keyClick(review.files.list, Qt.Key.Key_Delete)
    box = next(each for each in review.findChildren(QMessageBox) if each.isVisible())
    press(desktop.qtbot, box, "Retirer ce fichier")
    desktop.settle(review)
    assert review.loader.entries == ()


def test_columns_are_chosen_in_a_dialog_that_says_what_is_missing(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files)
    show(review, desktop, "inconnu.csv")
    press(desktop.qtbot, review.detail, "Indiquer les colonnes…")
    dialog = next(each for each in review.findChildren(Teaching) if each.isVisible())
    go = button(dialog, "Lire le fichier")
    assert not go.isEnabled()
    assert "DUPONT Zoé · LE GOFF Yann" in texts(dialog)
    for choice, words in zip(dialog.choices, ("Nom et prénom", "Nom et prénom", "Montant net"), strict=True):
        choice.setCurrentIndex(choice.findText(words))
    assert any("Choisi deux fois\u00a0: Nom et prénom." in text for text in texts(dialog))
    dialog.choices[1].setCurrentIndex(dialog.choices[1].findText("Date de paiement"))
    assert go.isEnabled()
    assert unnamed(dialog) == []
    assert [(text, found) for text in texts(dialog) if (found := slips(text))] == []
    press(desktop.qtbot, dialog, "Lire le fichier")
    desktop.settle(review)
    assert entry(review, "inconnu.csv").state is State.READ


def test_examples_of_a_column_are_different_ones_and_rows_stand_close(desktop: Desktop, tmp_path: Path) -> None:
    names = "".join(f"{name};12/01/2024;123,45\n" for name in ("HAMEL Zoé", "HAMEL Zoé", "HAMEL Zoé", "OLIVIER Yann"))
    (tmp_path / "noms.csv").write_text(f"Truc;Machin;Bidule\n{names}", encoding="utf-8")
    review = desktop.review()
    desktop.open(review, tmp_path / "noms.csv")
    press(desktop.qtbot, review.detail, "Indiquer les colonnes…")
    dialog = next(each for each in review.findChildren(Teaching) if each.isVisible())
    assert "HAMEL Zoé · OLIVIER Yann" in texts(dialog)
    tops = [choice.mapTo(dialog, QPoint(0, 0)).y() for choice in dialog.choices]
    assert tops[1] - tops[0] <= dialog.choices[0].height() + 12
    title = next(each for each in dialog.findChildren(QLabel) if each.text() == "Dans Volet")
    assert tops[0] - title.mapTo(dialog, QPoint(0, title.height())).y() <= 12


def test_everything_is_named_and_set_in_french(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    assert unnamed(review) == []
    assert [(text, found) for text in texts(review) if (found := slips(text))] == []
    desktop.open(review, files)
    for each in review.loader.entries:
        show(review, desktop, each.name)
        assert unnamed(review) == []
        assert [(text, found) for text in texts(review) if (found := slips(text))] == []


def test_a_row_reads_as_a_sentence(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files)
    model = review.files.list.model()
    said = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]
    assert said[0] == "bpij.zip, 13\u00a0lignes, 3\u00a0totaux justes."
    assert "releve.csv, 2\u00a0rejetées, 48\u00a0lignes." in said
    assert "rien.txt, Illisible, Ce fichier est vide\u00a0: téléchargez-le de nouveau." in said


def test_it_stands_in_a_small_window_and_in_the_dark(desktop: Desktop, files: Path) -> None:
    desktop.icons.look.choose(Appearance.DARK)
    review = desktop.review()
    desktop.open(review, files)
    review.window().resize(792, 591)
    desktop.qapp.processEvents()
    assert review.width() == 792, "it does not ask for more"
    for part in (review.files, review.detail):
        assert review.rect().contains(part.mapTo(review, part.rect().bottomRight()))
    picture = review.grab().toImage()
    assert picture.pixelColor(4, 300) == desktop.icons.look.colour("surface")


@pytest.mark.parametrize(("wide", "way"), [(640, Qt.Orientation.Horizontal), (432, Qt.Orientation.Vertical)])
def test_it_stands_on_a_screen_of_twice_the_size(desktop: Desktop, files: Path, wide: int, way: Qt.Orientation) -> None:
    """1280 pixels at 200 %, alone and beside the rail: the names wrap, the files lie above where there is no room."""
    review = desktop.review()
    desktop.open(review, files)
    review.window().resize(wide, 520)
    desktop.qapp.processEvents()
    assert review.width() == wide, "it does not ask for more"
    assert review._split.orientation() is way
    chips = [chip for chip in review.parts.findChildren(Chip) if chip.isVisible() and chip.parent() is not review.part]
    for widget in (review.files, review.parts, review.parts.revealing, *chips):
        assert review.rect().contains(widget.mapTo(review, widget.rect().bottomRight())), widget
    review.window().resize(1072, 591)
    desktop.qapp.processEvents()
    assert review._split.orientation() is Qt.Orientation.Horizontal
    assert review.files.width() == 288


class Listening(QWidget):
    """A part that writes down what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Reviewed | None] = []
        self.coming: list[bool] = []
        self.rows: list[int] = []
        self.revealed = False

    def tell(self, reviewed: Reviewed | None) -> None:
        self.told.append(reviewed)

    def reveal(self, *, revealed: bool) -> None:
        self.revealed = revealed

    def expect(self, *, coming: bool) -> None:
        self.coming.append(coming)

    def show_rows(self, rows: Iterable[int]) -> None:
        self.rows = list(rows)


def test_parts_are_told_of_each_state_and_lead_to_each_other(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    part = Listening()
    review.parts.add("Écoute", part)
    desktop.open(review, files / "janvier")
    assert part.told == [None, review.reviewed]
    assert part.coming == [False, True, False], "while it was made, what was shown was old"
    review.parts.show_part(part)
    review.open_rows([3, 4])
    assert (part.rows, review.part) == ([3, 4], part)
    review.open_file(0, 21)
    assert review.part is review.detail
    assert review.detail.rejected.currentIndex().row() == 1
    desktop.qtbot.mouseClick(review.parts.revealing, Qt.MouseButton.LeftButton)
    assert part.revealed
    review.loader.forget(entry(review, "releve.csv").ticket)
    desktop.settle(review)
    assert part.told[-1] is None


def test_cells_stand_below_their_titles(desktop: Desktop, files: Path, qapp: QApplication) -> None:
    """By the very pixels: the first ink of a column, in its title and in its cells."""
    review = desktop.review()
    desktop.open(review, files)
    show(review, desktop, "releve.csv")
    table = review.detail.rejected
    table.rows.row(0)
    table.clearSelection()
    qapp.processEvents()
    left, width = table.columnViewportPosition(1), table.columnWidth(1)
    title = table.horizontalHeader().viewport().grab().toImage().copy(left, 0, width, table.horizontalHeader().height())
    cell = table.viewport().grab().toImage().copy(left, 0, width, table.rowHeight(0))
    assert abs(first_ink(title) - first_ink(cell)) <= 1


def first_ink(picture: QImage) -> int:
    ground = picture.pixelColor(1, 2)
    for x in range(picture.width()):
        if any(
            abs(picture.pixelColor(x, y).lightness() - ground.lightness()) > 80 for y in range(picture.height() - 3)
        ):
            return x
    return -1
