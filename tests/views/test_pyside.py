"""The binding is the one that keeps its references, and none is kept to what Qt deletes by itself.

PySide6 6.12.0 on Python 3.11 loses a reference to None with almost each call that returns nothing, and aborts after
some thousand of them.
"""

import sys

import PySide6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QLayoutItem, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from desktop.views.fields.order import put_in_order


def test_the_version_is_the_one_that_was_measured() -> None:
    assert PySide6.__version__ == "6.11.3"


def test_twenty_thousand_calls_lose_no_none(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(20_000):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 1_000


def test_an_item_that_qt_deletes_with_its_widget_has_no_wrapper(qtbot: QtBot) -> None:
    """Such a wrapper stays in the binding's table under an address that the next object may get; destroying that one
    then reads freed memory (seen: about one run of the tour in eight ended there)."""
    before = _items()
    part = QWidget()
    qtbot.addWidget(part)
    column, line = QVBoxLayout(part), QHBoxLayout()
    column.addLayout(line)
    for layout in (column, line):
        for words in ("Envoyer", "Annuler"):
            layout.addWidget(QPushButton(words))
    put_in_order(part)
    for button in part.findChildren(QPushButton):
        button.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert (column.count(), line.count()) == (1, 0)
    assert _items() <= before


def _items() -> set[int]:
    wrappers = Shiboken.getAllValidWrappers()
    return {id(each) for each in wrappers if isinstance(each, QLayoutItem) and not isinstance(each, QLayout)}
