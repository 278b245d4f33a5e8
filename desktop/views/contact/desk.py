"""What the pages of the Contact tab work with: handed to them once, by the window."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QSettings

from desktop.services.contact import Contact
from desktop.services.downloads import Downloads
from desktop.services.files import Shelf
from desktop.services.portfolio import Portfolio
from desktop.views import wording
from desktop.views.bell import Bell
from desktop.views.icons import Icons
from desktop.views.later import Later


class Wishes(Protocol):
    """What the person may say about a wish that was refused or conflicts; the outbox does it."""

    def insist(self, wish_id: str) -> str: ...

    def give_up(self, wish_id: str) -> None: ...


class Picks(Protocol):
    """The system's own dialogs for files."""

    def files(self) -> tuple[Path, ...]:
        """The files to attach; none when the person thinks again."""
        ...

    def place(self, name: str) -> Path | None:
        """Where to save a file of this name."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """`later` answers what is asked of the store; `errands` reads and writes the person's own files, which may be slow
    to come from another computer: no search waits for them. `settled()` is false until the first synchronisation has
    come to its end. `now` has its zone. `hold` is how long « Annuler l’envoi » is offered."""

    contact: Contact
    portfolio: Portfolio
    shelf: Shelf
    downloads: Downloads
    wishes: Wishes
    bell: Bell
    later: Later
    errands: Later
    icons: Icons
    settings: QSettings
    now: Callable[[], datetime]
    settled: Callable[[], bool]
    picks: Picks
    hold: timedelta = timedelta(seconds=10)

    def today(self) -> date:
        return wording.local(self.now()).date()
