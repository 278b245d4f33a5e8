"""The eyes of the tour: pictures are of what is laid out, and what flashes beside the window is seen."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.tour.camera import Camera

RED = QColor(255, 0, 0)


def painted(within: QWidget | None = None) -> QWidget:
    made = QWidget(within)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    made.setStyleSheet(f"background: {RED.name()};")
    return made


def colour_at(picture: QImage, at: QPoint) -> QColor:
    ratio = picture.devicePixelRatio()
    return picture.pixelColor(round(at.x() * ratio), round(at.y() * ratio))


def test_takes_what_came_into_the_window_only_now(qapp: QApplication, qtbot: QtBot) -> None:
    """A widget put into a layout is shown in the next turn of the loop, and has its place in the one after."""
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    window.resize(300, 200)
    window.show()
    qtbot.waitUntil(window.isVisible)
    column.addWidget(painted())
    picture = Camera(qapp, window).still()
    assert colour_at(picture, window.rect().center()) == RED


def test_a_dialog_stands_in_the_middle_however_small_the_screen(qapp: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1600, 1200)
    window.show()
    qtbot.waitUntil(window.isVisible)
    dialog = QDialog(window)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(painted())
    dialog.resize(100, 60)
    dialog.open()
    dialog.move(0, 0)
    picture = Camera(qapp, window).still()
    middle = window.rect().center()
    assert colour_at(picture, middle) == RED
    assert colour_at(picture, middle - QPoint(60, 0)) != RED
    dialog.close()
