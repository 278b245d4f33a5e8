"""The tab « Utilisateurs » in the window: its page comes when it is first shown."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.services.users import Journal, Users
from desktop.views.contact.desk import Desk as Office
from desktop.views.fields.shapes import EmptyState

if TYPE_CHECKING:
    from desktop.views.users.page import UsersPage


class UsersTab(QStackedWidget):
    """`made` rings once the page is there; what was asked of it before then is done at once."""

    made = Signal()

    def __init__(self, office: Office, users: Users, journal: Journal, become: Callable[[], None]) -> None:
        super().__init__()
        self.setAccessibleName("Utilisateurs")
        self._office, self._users, self._journal, self._become = office, users, journal, become
        self._space_id: str | None = None
        self._asked = self._gone = False
        self._then: list[Callable[[UsersPage], None]] = []
        self.page: UsersPage | None = None
        self.addWidget(EmptyState(office.icons, "hourglass", "Un instant…"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._want()

    def _want(self) -> None:
        if not self._asked:
            self._asked = True
            self._office.later.ask(self, _imported, self._soon, what="import")

    def _soon(self, _imported: None) -> None:
        QTimer.singleShot(0, self, self._make)

    def _make(self) -> None:
        from desktop.views.users.desk import Desk
        from desktop.views.users.page import UsersPage

        if self._gone:
            return
        self.page = UsersPage(Desk(self._users, self._journal, self._office, self._become))
        self.page.show_space(self._space_id)
        self.addWidget(self.page)
        self.setCurrentWidget(self.page)
        for then in self._then:
            then(self.page)
        self._then.clear()
        self.made.emit()

    # What the window asks

    def _ask(self, then: "Callable[[UsersPage], None]") -> None:
        if self.page is not None:
            then(self.page)
        else:
            self._then.append(then)
            self._want()

    def add(self) -> None:
        """« Ajouter un utilisateur »."""
        self._ask(_add)

    def open_person(self, person_id: str) -> None:
        self._ask(_Open(person_id))

    def show_space(self, space_id: str | None) -> None:
        self._space_id = space_id
        if self.page is not None:
            self.page.show_space(space_id)

    def panes(self) -> list[QWidget]:
        return self.page.panes() if self.page is not None else [self]

    def focus_search(self) -> None:
        if self.page is not None:
            self.page.focus_search()

    def print_current(self) -> None:
        """The rights of everybody, as a workbook: a screen of them says too little on paper."""
        if self.page is not None:
            self.page.export()

    def keep_drafts(self) -> None:
        if self.page is not None:
            self.page.keep_drafts()

    def put_away(self) -> None:
        """Before the window goes."""
        self._gone = True
        self.keep_drafts()


def _add(page: "UsersPage") -> None:
    page.add()


class _Open:
    def __init__(self, person_id: str) -> None:
        self._person_id = person_id

    def __call__(self, page: "UsersPage") -> None:
        page.open_person(self._person_id)


def _imported() -> None:
    """On the reader's thread."""
    from desktop.views.users import page  # noqa: F401
