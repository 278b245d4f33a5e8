"""The tab « Arrêts et IJ » in the window: its page, and all that it stands on, come when it is first shown."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.views.allowances.desk import Desk, Given, Held
from desktop.views.fields.shapes import EmptyState
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.leave.desk import Desk as LeavesDesk
from desktop.views.payments.desk import Desk as PaymentsDesk

if TYPE_CHECKING:
    from desktop.services.allowances import Allowances
    from desktop.views.allowances.page import AllowancesPage
    from desktop.views.leave.page import LeavesPage
    from desktop.views.payments.page import PaymentsPage


class AllowancesTab(QStackedWidget):
    """`made` rings once the page is there; what was asked of it before then is done at once. What it stands on takes a
    third of a second to import, which `reader` does."""

    made = Signal()

    def __init__(
        self,
        icons: Icons,
        reader: Later,
        desk: Callable[[], Desk],
        leaves: LeavesDesk | None = None,
        payments: "Allowances | None" = None,
    ) -> None:
        """`leaves` is what their view works with, and `payments` what theirs shows: they stand before the review;
        without an account there are none."""
        super().__init__()
        self.setAccessibleName("Arrêts et indemnités journalières")
        self._reader, self._desk, self._leaves_desk = reader, desk, leaves
        self._space_id: str | None = None
        self._leave_id: str | None = None
        self.leaves: LeavesPage | None = None
        self.payments: PaymentsPage | None = None
        self._payments_desk: PaymentsDesk | None = None
        if leaves is not None and payments is not None:
            self._payments_desk = PaymentsDesk(payments, leaves.office, self._review)
        self._asked = self._gone = False
        self._waiting: list[Given] = []
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
        """A turn of the event loop for each view, another to lay all out."""
        from desktop.views.leave.page import LeavesPage

        if not self._gone:
            if self._leaves_desk is not None:
                self.leaves = LeavesPage(self._leaves_desk)
                self.leaves.setParent(self)
                self.leaves.hide()
            QTimer.singleShot(0, self, self._make_payments)

    def _make_payments(self) -> None:
        from desktop.views.payments.page import PaymentsPage

        if not self._gone:
            if self._payments_desk is not None:
                self.payments = PaymentsPage(self._payments_desk)
                self.payments.setParent(self)
                self.payments.hide()
            QTimer.singleShot(0, self, self._make_page)

    def _make_page(self) -> None:
        from desktop.views.allowances.page import AllowancesPage

        if not self._gone:
            made = {"Arrêts de travail": self.leaves, "Indemnités journalières": self.payments}
            views = [(name, view) for name, view in made.items() if view is not None]
            self._coming = AllowancesPage(self._desk(), views)
            QTimer.singleShot(0, self, self._show_page)

    def _show_page(self) -> None:
        if self._gone or self._coming is None:
            return
        self.page, self._coming = self._coming, None
        self.addWidget(self.page)
        self.setCurrentWidget(self.page)
        self.show_space(self._space_id)
        if self.leaves is not None:
            if self._leave_id is not None:
                self.leaves.open_leave(self._leave_id)
        elif self.isVisible():
            self.page.review.take_focus()
        if self._waiting:
            self.page.open_files(self._waiting)
            self._waiting.clear()
        if self._choosing:
            self.choose_files()
        self.made.emit()

    # What the window asks

    def _review(self, name: str, content: Callable[[], bytes]) -> None:
        """A file that lies nowhere in clear."""
        self.open_files([Held(name, content)])

    def open_files(self, paths: Sequence[Given]) -> None:
        """In the review."""
        if self.page is not None:
            self.page.open_files(paths)
        else:
            self._waiting.extend(paths)
            self._want()

    def choose_files(self) -> None:
        """« Ouvrir des fichiers »: the system's dialog."""
        if self.page is not None:
            self.page.show_view(self.page.review)
            self.page.review.choose()
        else:
            self._choosing = True
            self._want()

    def show_space(self, space_id: str | None) -> None:
        """The leaves and payments of this space; of all when None."""
        self._space_id = space_id
        for view in (self.leaves, self.payments):
            if view is not None and self.page is not None:
                view.show_space(space_id)

    def open_leave(self, leave_id: str) -> None:
        if self.leaves is not None and self.page is not None:
            self.page.show_view(self.leaves)
            self.leaves.open_leave(leave_id)
        else:
            self._leave_id = leave_id
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
        if self.leaves is not None:
            self.leaves.keep_drafts()
        for page in (self.page, self._coming):
            if page is not None:
                page.put_away()


def _imported() -> None:
    """On the reader's thread: the page and the libraries under it."""
    from desktop.services.review import archive, searching  # noqa: F401
    from desktop.views.allowances import page as _  # noqa: F401
    from desktop.views.leave import page as __  # noqa: F401
    from desktop.views.payments import page  # noqa: F401
