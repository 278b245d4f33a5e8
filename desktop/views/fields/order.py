"""The order in which the Tab key goes through a part: that in which one reads it.

Qt goes by the order of making, so that what is made later, such as the chip of a file, comes after « Envoyer ».
"""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def stops(part: QWidget | QLayout) -> Iterator[QWidget]:
    """The widgets at which the Tab key may stop, shown or not, in the order of the layouts."""
    if isinstance(part, QWidget):
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield part
        inside = part.widget() if isinstance(part, QScrollArea) else part.layout()
        if inside is not None:
            yield from stops(inside)
        return
    for place in range(part.count()):
        item = part.itemAt(place)
        inside = None if item is None else item.widget() or item.layout()
        if inside is not None:
            yield from stops(inside)


def put_in_order(part: QWidget) -> None:
    """Said again whenever something in it has been made anew."""
    for before, after in pairwise(list(stops(part))):
        QWidget.setTabOrder(before, after)
