"""What the pages of one's own account work with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QClipboard

from desktop.services.accounts import OwnAccount
from desktop.services.portfolio import Person
from desktop.views.icons import Icons
from desktop.views.later import Later


@dataclass(frozen=True, slots=True)
class Desk:
    """`errands` carries what is asked of the portal, `reader` what is worked out here. `place(name)` asks where to save
    a file. `waiting` counts what has not been sent; `lock` and `forget` do so at once."""

    own: OwnAccount
    person: Callable[[], Person | None]
    errands: Later
    reader: Later
    icons: Icons
    clipboard: QClipboard
    settings: QSettings
    place: Callable[[str], Path | None]
    waiting: Callable[[], int]
    lock: Callable[[], None]
    forget: Callable[[], None]
