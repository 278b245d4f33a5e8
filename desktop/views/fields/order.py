"""The order in which the Tab key goes through a part: that in which one reads it.

Qt goes by the order of making, so that what is made later, such as the chip of a file, comes after « Envoyer ».
"""

from collections.abc import Iterator
from itertools import pairwise
from operator import itemgetter

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
    for inside in _inside(part):
        yield from stops(inside)


def _inside(layout: QLayout) -> list[QWidget | QLayout]:
    """What a layout holds, in its order, asked without `itemAt`: PySide keeps the item it answers as long as the
    layout, Qt deletes it with its widget, and what is made next at its address then crashes when it is destroyed."""
    around = layout.parentWidget()
    widgets = () if around is None else around.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    layouts = (each for each in layout.children() if isinstance(each, QLayout))
    held = [(layout.indexOf(each), each) for each in (*widgets, *layouts)]
    return [each for place, each in sorted(held, key=itemgetter(0)) if place >= 0]


def put_in_order(part: QWidget) -> None:
    """Said again whenever something in it has been made anew."""
    for before, after in pairwise(list(stops(part))):
        QWidget.setTabOrder(before, after)
