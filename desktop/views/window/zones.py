"""F6: from one zone of the window to the next."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QWidget

_KEYS = Qt.FocusPolicy.TabFocus


def panes(page: QWidget) -> list[QWidget]:
    """The panes of a page: the parts of its splitter, from left to right; the page itself when it has none."""
    splitter = page.findChild(QSplitter)
    parts = [splitter.widget(place) for place in range(splitter.count())] if splitter is not None else []
    return [part for part in parts if part is not None and part.isVisible()] or [page]


def first_stop(zone: QWidget) -> QWidget | None:
    """Where the focus goes in a zone: to its list, or to the first widget in it at which the Tab key would stop."""
    for view in zone.findChildren(QAbstractItemView):
        if view.isVisible() and view.isEnabled() and view.focusPolicy() & _KEYS:
            return view
    each = zone.nextInFocusChain()
    while each is not None and each is not zone:
        if zone.isAncestorOf(each) and each.isVisible() and each.isEnabled() and each.focusPolicy() & _KEYS:
            return each
        each = each.nextInFocusChain()
    return None


def go(zones: Sequence[QWidget], here: QWidget | None, step: int) -> None:
    """Gives the focus to the next (1) or previous (-1) zone that can have it; `here` has it now."""
    inside = (
        place for place, zone in enumerate(zones) if here is not None and (zone is here or zone.isAncestorOf(here))
    )
    at = next(inside, -1 if step > 0 else 0)
    for turn in range(1, len(zones) + 1):
        stop = first_stop(zones[(at + step * turn) % len(zones)])
        if stop is not None:
            stop.setFocus(Qt.FocusReason.TabFocusReason if step > 0 else Qt.FocusReason.BacktabFocusReason)
            return
