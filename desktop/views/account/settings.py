"""What one sets about the lock."""

from contextlib import suppress
from typing import Final

from PySide6.QtCore import QSettings

MINUTES: Final = "lock/minutes"
CHOICES: Final = (5, 15, 30, 60, 0)
"""Minutes; 0: never by itself."""
_USUAL: Final = 15


def lock_minutes(settings: QSettings) -> int:
    """After how long it locks by itself; 0: never."""
    with suppress(ValueError):
        minutes = int(str(settings.value(MINUTES, _USUAL)))
        return minutes if minutes in CHOICES else _USUAL
    return _USUAL
