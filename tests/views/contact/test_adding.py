"""« Ajouter un espace »: what is wrong with the lines never covers them."""

from pathlib import Path

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.views.fields.shapes import Label
from desktop.views.opening import Appearance
from desktop.views.portfolio import AddSpaceDialog
from tests.views.contact.conftest import Office


def place(widget: QWidget, dialog: QWidget) -> QRect:
    return QRect(widget.mapTo(dialog, QPoint(0, 0)), widget.size())


def test_the_dialog_grows_with_what_is_wrong(office: Office, qtbot: QtBot) -> None:
    asked: list[tuple[str, ...]] = []
    kept: list[str] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = AddSpaceDialog(
        parent, office.desk.icons, office.desk.later, office.portfolio, asked.append, kept="", keep=kept.append
    )
    with qtbot.waitExposed(dialog):
        dialog.show()
    before = dialog.height()
    dialog.lines.setPlainText("12345678901234\n98765432109876\n11111111111111\n12")

    def told() -> list[Label]:
        return [one for one in dialog._found.findChildren(Label) if one.property("role") == "error"]

    qtbot.waitUntil(lambda: len(told()) == 4 and dialog.height() > before)
    lines = place(dialog.lines, dialog)
    below = [one for one in dialog._box.findChildren(QLabel) if one.text().startswith("Un par ligne")]
    assert len(below) == 1
    for words in (*below, *told()):
        here = place(words, dialog)
        assert here.top() > lines.bottom()
        assert here.height() >= words.heightForWidth(here.width())
        assert dialog.rect().contains(here)
    assert lines.height() >= 130


def test_what_was_found_is_drawn_anew_in_another_look(office: Office, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    icons = office.desk.icons
    dialog = AddSpaceDialog(parent, icons, office.desk.later, office.portfolio, print, kept="12\n7000123", keep=print)
    with qtbot.waitExposed(dialog):
        dialog.show()

    def drawn() -> list[QImage]:
        labels = dialog._found.findChildren(QLabel)
        return [one.pixmap().toImage() for one in labels if not one.pixmap().isNull()]

    qtbot.waitUntil(lambda: len(drawn()) == 2)
    light = drawn()
    icons.look.choose(Appearance.DARK)
    try:
        assert all(before != after for before, after in zip(light, drawn(), strict=True))
    finally:
        icons.look.choose(Appearance.LIGHT)


def test_numbers_come_from_a_file_and_what_is_there_twice_is_told(office: Office, qtbot: QtBot, tmp_path: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    file = tmp_path / "espaces.csv"
    file.write_bytes("Société;SIRET;Depuis\nÉlan;732 829 320 00074;2019\nCôte;7000124;01/02/2020\n".encode("cp1252"))
    picked = [(file,), (tmp_path / "nulle-part.txt",)]
    asked: list[tuple[str, ...]] = []
    desk = office.desk
    dialog = AddSpaceDialog(
        parent, desk.icons, desk.later, office.portfolio, asked.append, kept="73282932000074", keep=print,
        pick=lambda: picked.pop(0),
    )  # fmt: skip
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.file.click()
    qtbot.waitUntil(lambda: dialog.read() == ("73282932000074", "732 829 320 00074", "7000124"))
    qtbot.waitUntil(lambda: "deux fois" in "".join(one.text() for one in dialog._found.findChildren(Label)))
    dialog.file.click()
    qtbot.waitUntil(lambda: "n’a pas pu être lu" in dialog._box.complaint)
