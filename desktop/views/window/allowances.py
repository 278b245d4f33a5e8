"""The tab « Arrêts et IJ » in the window: its page, and all that it stands on, come when it is first shown."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.views.allowances.desk import Desk
from desktop.views.fields.shapes import EmptyState
from desktop.views.icons import Icons
from desktop.views.later import Later

if TYPE_CHECKING:
    from desktop.views.allowances.page import AllowancesPage


class AllowancesTab(QStackedWidget):
    """`made` rings once the page is there; what was asked of it before then is done at once. What it stands on takes a
    third of a second to import, which `reader` does."""

    made = Signal()

    def __init__(self, icons: Icons, reader: Later, desk: Callable[[], Desk]) -> None:
        super().__init__()
        self.setAccessibleName("Arrêts et indemnités journalières")
        self._reader, self._desk = reader, desk
        self._asked = self._gone = False
        self._waiting: list[Path] = []
        self._choosing = False
        self.page: AllowancesPage | None = None
        self._coming: AllowancesPage | None = None
        self.addWidget(EmptyState(icons, "hourglass", "Un instant…"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._want()

    def _want(self) -> None:
        if not self._asked:
            self._asked = True
            self._reader.ask(self, _imported, self._make, what="import")

    def _make(self, _imported: None) -> None:
        from desktop.views.allowances.page import AllowancesPage

        if not self._gone:
            self._coming = AllowancesPage(self._desk())
            QTimer.singleShot(0, self, self._show_page)  # a turn of the event loop to make it, another to lay it out

    def _show_page(self) -> None:
        if self._gone or self._coming is None:
            return
        self.page, self._coming = self._coming, None
        self.addWidget(self.page)
        self.setCurrentWidget(self.page)
        if self.isVisible():
            self.page.review.take_focus()
        if self._waiting:
            self.page.open_files(self._waiting)
            self._waiting.clear()
        if self._choosing:
            self.page.review.choose()
        self.made.emit()

    # What the window asks

    def open_files(self, paths: Sequence[Path]) -> None:
        """In the review."""
        if self.page is not None:
            self.page.open_files(paths)
        else:
            self._waiting.extend(paths)
            self._want()

    def choose_files(self) -> None:
        """« Ouvrir des fichiers »: the system's dialog."""
        if self.page is not None:
            self.page.review.choose()
        else:
            self._choosing = True
            self._want()

    def panes(self) -> list[QWidget]:
        return self.page.panes() if self.page is not None else [self]

    def focus_search(self) -> None:
        if self.page is not None:
            self.page.focus_search()

    def print_current(self) -> None:
        if self.page is not None:
            self.page.print_current()

    def put_away(self) -> None:
        """Before the window goes: the threads of the page end, its files are closed."""
        self._gone = True
        for page in (self.page, self._coming):
            if page is not None:
                page.put_away()


def _imported() -> None:
    """On the reader's thread: the page and the libraries under it."""
    from desktop.services.review import archive, searching  # noqa: F401
    from desktop.views.allowances import page  # noqa: F401
