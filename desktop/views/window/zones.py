"""F6: from one zone of the window to the next."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

_KEYS = Qt.FocusPolicy.TabFocus


def first_stop(zone: QWidget) -> QWidget | None:
    """Where the focus goes in a zone: the zone itself, or the first widget in it at which the Tab key would stop."""
    if zone.isVisible() and zone.focusPolicy() & _KEYS:
        return zone
    each = zone.nextInFocusChain()
    while each is not None and each is not zone:
        if zone.isAncestorOf(each) and each.isVisible() and each.isEnabled() and each.focusPolicy() & _KEYS:
            return each
        each = each.nextInFocusChain()
    return None


def go(zones: Sequence[QWidget], here: QWidget | None, step: int) -> None:
    """Gives the focus to the next (1) or previous (-1) zone that can have it; `here` has it now."""
    inside = (place for place, zone in enumerate(zones) if here is not None and (zone is here or zone.isAncestorOf(here)))
    at = next(inside, -1 if step > 0 else 0)
    for turn in range(1, len(zones) + 1):
        stop = first_stop(zones[(at + step * turn) % len(zones)])
        if stop is not None:
            stop.setFocus(Qt.FocusReason.TabFocusReason if step > 0 else Qt.FocusReason.BacktabFocusReason)
            return
