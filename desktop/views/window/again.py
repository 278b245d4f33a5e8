"""Signing in again, in place: the pages stay as they are behind it."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.services.portfolio import Portfolio
from desktop.views.fields.shapes import announce
from desktop.views.icons import Icons
from desktop.views.signin import SignIn
from desktop.views.window.means import Means


class Again(QObject):
    """`shows` shows a page and what leads to it; `looks` tells anew how it stands with the portal; `hush` says no more
    that the session is over."""

    def __init__(
        self,
        content: QStackedWidget,
        means: Means,
        shows: Callable[[QWidget], object],
        looks: Callable[[], object],
        hush: Callable[[], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._content, self._means, self._shows, self._looks, self._hush = content, means, shows, looks, hush
        self._around = parent
        self._page: SignIn | None = None
        self._before: QWidget | None = None

    @property
    def asking(self) -> bool:
        return self._page is not None

    def open(self) -> None:
        desk, means = self._means.desk, self._means
        if self._page is None:
            self._page = self._made(desk.icons, desk.portfolio, means)
            self._before = self._content.currentWidget()
            self._content.addWidget(self._page)
        self._content.setCurrentWidget(self._page)
        self._page.focus_first()
        self._hush()

    def _made(self, icons: Icons, portfolio: Portfolio, means: Means) -> SignIn:
        person = portfolio.person()
        email = person.email if person else ""
        return SignIn(
            icons,
            means.errands,
            means.sign_in,
            self._done,
            address=means.address,
            email=email,
            again=True,
            leave=self.leave,
        )

    def elsewhere(self) -> None:
        """The person went to another page by herself: that is where she stays."""
        self._before = None

    def leave(self) -> None:
        page, self._page = self._page, None
        if page is not None:
            if self._content.currentWidget() is page:
                self._shows(self._before or self._first_page())
            self._content.removeWidget(page)
            page.deleteLater()
        self._looks()

    def _first_page(self) -> QWidget:
        """The first of the pages."""
        first = self._content.widget(0)
        return first if first is not None else self._content

    def _done(self) -> None:
        self.leave()
        self._hush()
        announce(self._around, "Votre session est rouverte.")
        self._means.sync.nudge()
