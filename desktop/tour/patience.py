"""Waiting for something to be seen, never for a while; in vain, it ends the tour with a sentence."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QTimer

PATIENCE: Final = 30_000
"""Milliseconds after which what was to be seen is given up."""
LOOK_AGAIN: Final = 10
"""Milliseconds between two looks at the screen."""


class NotSeen(Exception):
    """A step did not show what it should: a French sentence."""


def until(seen: Callable[[], object], otherwise: str, patience: int = PATIENCE) -> None:
    """Goes on as soon as `seen()` is true. Raises `NotSeen` with `otherwise`."""
    deadline = QDeadlineTimer(patience)
    while not seen():
        if deadline.hasExpired():
            raise NotSeen(otherwise)
        go_on()


def go_on() -> None:
    """Lets the program do what it has to: what is asked of a layout is done in the next turn of the loop."""
    turn = QEventLoop()
    QTimer.singleShot(LOOK_AGAIN, turn.quit)
    turn.exec()
