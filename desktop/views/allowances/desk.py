"""What the parts of the tab « Arrêts et IJ » work with: handed to them once, by the window or by the application."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QSettings
from PySide6.QtGui import QClipboard

from desktop.views.bell import Bell
from desktop.views.icons import Icons
from desktop.views.later import Later

if TYPE_CHECKING:
    from desktop.services.leave import Declared
    from desktop.services.review.keeping import Keeping


class Picks(Protocol):
    """The system's own dialogs for files."""

    def allowance_files(self) -> tuple[Path, ...]:
        """The files to review; none when the person thinks again."""
        ...

    def folder(self) -> Path | None:
        """A folder of files to review."""
        ...

    def place(self, name: str) -> Path | None:
        """Where to save a file of this name."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """A file that lies nowhere in clear: its name, and what gives its bytes, called on the thread that reads them."""

    name: str
    content: Callable[[], bytes]


def no_leaves() -> "tuple[Declared, ...]":
    """Of a review without an account."""
    return ()


Given = Path | Held
"""A file, or a folder of files, that is handed to the review."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A request to the adviser, to be gone on with in the contact form. `fields` are those of the form of allowances;
    `company` (SIRET or SIREN) and `member` say for which space, as far as is known; `content` is a file to attach under
    `file_name`, or empty."""

    subject: str
    text: str
    fields: Mapping[str, str]
    company: str
    member: str
    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Paid:
    """What the portal has shown of payments. `extent` tells how many there are, and a mark that is another one once
    there are others; `columns` all of them, as the review takes lines, by column. Neither on the GUI thread; both raise
    `StoreFault`. `last` is when the client was last up to date; `bell` rings when any of it may be other."""

    extent: Callable[[], tuple[int, str]]
    columns: Callable[[], Mapping[str, Sequence[Any]]]
    last: Callable[[], datetime | None]
    bell: Bell


@dataclass(frozen=True, slots=True)
class Desk:
    """`later` answers what is asked of the sheet, newest first; `errands` writes the person's own files. `now` has its
    zone. `author` is who decides, by name; "" when nobody is signed in. `companies` are the SIREN and SIRET of the
    portfolio, `leaves` what is declared in it, none without one; the latter is called on another thread. `keep` opens
    the folder of kept files, not on the GUI thread; raises `StoreFault`. `mend` makes its damaged register anew, there
    too, and answers where the damaged one is and how many entries were taken over; raises `StoreFault`. `write` opens
    the contact form with a request begun; None where there is no account to write from."""

    later: Later
    errands: Later
    icons: Icons
    settings: QSettings
    clipboard: QClipboard
    picks: Picks
    now: Callable[[], datetime]
    author: Callable[[], str]
    companies: Callable[[], frozenset[str]]
    keep: "Callable[[], Keeping]"
    write: Callable[[Letter], None] | None = None
    mend: Callable[[], tuple[Path, int]] | None = None
    leaves: "Callable[[], tuple[Declared, ...]]" = no_leaves
    paid: Paid | None = None
