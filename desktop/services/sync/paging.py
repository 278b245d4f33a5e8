"""Bringing payments down: a feed tells that a space has new ones, and they are read page by page. Nothing is asked
while no feed has told of any."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Final, Protocol

import apsw

from contract.allowances import PaymentRecord, PaymentsPage
from desktop.services.portal import Portal
from desktop.services.problems import PortalFault, Refused, Remedy
from desktop.services.session import Session
from desktop.services.store import Store

PAGES: Final = 50
"""The most that one turn reads: what else changed meanwhile need not wait for a million payments."""
_WITHDRAWN: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_SENSELESS: Final = "Le portail a répondu quelque chose que Volet ne sait pas lire."


class Paged(Protocol):
    """What sync knows of the subject that keeps payments."""

    topic: str

    def behind(self) -> Sequence[tuple[str, int]]:
        """The spaces with payments still to be read, each with the number to read on from."""
        ...

    def take_page(self, db: apsw.Connection, page: PaymentsPage) -> None: ...


class Paging:
    def __init__(self, store: Store, portal: Portal, session: Session, paged: Paged) -> None:
        self._store, self._portal, self._session, self._paged = store, portal, session, paged

    def bring(self, stopped: Callable[[], bool], between: Callable[[], object] = lambda: None) -> bool:
        """Until all is read, `PAGES` are, or `stopped`; answers whether some are left. Each page is one transaction,
        with how far it leads: what is cut goes on there. `between` is called after each page. Raises what the portal,
        the store and `between` raise."""
        left = PAGES
        for space_id, start in self._paged.behind():
            after, more = start, True
            while more:
                if stopped() or not left:
                    return True
                left -= 1
                page = self._page(space_id, after)
                if page is None:
                    break
                with self._store.write(self._paged.topic) as db:
                    self._paged.take_page(db, page)
                after, more = page.last, page.more
                between()
        return False

    def _page(self, space_id: str, after: int) -> PaymentsPage | None:
        """None where the right has just been withdrawn: the next pulse says so."""
        try:
            page = self._session.call(lambda access: self._portal.payments(access, space_id, after))
        except Refused as refused:
            if refused.status in _WITHDRAWN:
                return None
            raise
        known = PaymentRecord.__struct_fields__
        if page.space_id != space_id or page.columns[: len(known)] != known or (page.more and page.last <= after):
            raise PortalFault(_SENSELESS, Remedy.ASK_SUPPORT, "payments that lead nowhere")
        return page
