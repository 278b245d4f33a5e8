"""F6: from one zone of the window to the next, which says its name."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QWidget

from desktop.views.fields.shapes import announce

_KEYS = Qt.FocusPolicy.TabFocus


def panes(page: QWidget) -> list[QWidget]:
    """The panes that the page itself names (`panes`), from left to right and downwards; the page when it names none."""
    named = getattr(page, "panes", None)
    return list(named()) if callable(named) else [page]


def first_stop(zone: QWidget) -> QWidget | None:
    """Where the focus goes in a zone: to itself, to its list, or to the first widget in it at which Tab would stop."""
    if zone.focusPolicy() & _KEYS:
        return zone
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
    at = _place(zones, here, step)
    for turn in range(1, len(zones) + 1):
        zone = zones[(at + step * turn) % len(zones)]
        stop = first_stop(zone)
        if stop is not None:
            stop.setFocus(Qt.FocusReason.TabFocusReason if step > 0 else Qt.FocusReason.BacktabFocusReason)
            if zone.accessibleName():
                announce(zone, zone.accessibleName())
            return


def _place(zones: Sequence[QWidget], here: QWidget | None, step: int) -> int:
    """The zone of `here`. What stands between zones, such as the head of a conversation, belongs before the first of
    those around it."""
    for place, zone in enumerate(zones):
        if here is not None and (zone is here or zone.isAncestorOf(here)):
            return place
    around = here
    while around is not None:
        for place, zone in enumerate(zones):
            if around.isAncestorOf(zone):
                return place - 1 if step > 0 else place
        around = around.parentWidget()
    return -1 if step > 0 else 0
