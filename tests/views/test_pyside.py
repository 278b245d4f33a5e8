"""The binding is the one that keeps its references.

PySide6 6.12.0 on Python 3.11 loses a reference to None with almost each call that returns nothing, and aborts after
some thousand of them.
"""

import sys

import PySide6
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot


def test_the_version_is_the_one_that_was_measured() -> None:
    assert PySide6.__version__ == "6.11.3"


def test_twenty_thousand_calls_lose_no_none(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(20_000):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 1_000
