"""Bringing users down: a feed of its own, for who administers some space. Nothing is asked while the pulse tells of
nothing new."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final, Protocol

import apsw

from contract import limits
from contract.users import UsersPage
from desktop.services.portal import Portal
from desktop.services.problems import PortalFault, Refused, Remedy
from desktop.services.session import Session
from desktop.services.store import Store

_NOT_TOLD: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
"""The right has just been withdrawn, or the portal is older than users."""
_SENSELESS: Final = "Le portail a répondu quelque chose que Volet ne sait pas lire."


class Listed(Protocol):
    """What sync knows of the subject that keeps users."""

    topic: str

    def administers(self) -> bool: ...

    def cursor(self) -> str | None:
        """None when the feed was never read."""
        ...

    def take_page(self, db: apsw.Connection, page: UsersPage) -> None: ...


class Roster:
    def __init__(self, store: Store, portal: Portal, session: Session, listed: Listed) -> None:
        self._store, self._portal, self._session, self._listed = store, portal, session, listed

    def bring(self, stopped: Callable[[], bool], *, told: bool) -> bool:
        """Until all is read; False when `stopped` before. `told`: there is something new. Each page is one transaction,
        with how far it leads. Raises what the portal and the store raise."""
        if not self._listed.administers():
            return True
        cursor = self._listed.cursor()
        more = told or cursor is None
        while more:
            if stopped():
                return False
            page = self._page(cursor)
            if page is None:
                return True
            with self._store.write(self._listed.topic) as db:
                self._listed.take_page(db, page)
            cursor, more = page.cursor, page.more
        return True

    def _page(self, cursor: str | None) -> UsersPage | None:
        try:
            page = self._session.call(lambda access: self._portal.users(access, cursor))
        except (Refused, PortalFault) as fault:
            if fault.status in _NOT_TOLD:
                return None
            raise
        if len(page.cursor) > limits.CURSOR_CHARACTERS or (page.more and page.cursor == cursor):
            raise PortalFault(_SENSELESS, Remedy.ASK_SUPPORT, "users that lead nowhere")
        return page
