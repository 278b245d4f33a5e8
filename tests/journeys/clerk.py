"""One side of each journey: the client's real machinery, all of it, without its windows."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from desktop.services.allowances import Allowances
from desktop.services.contact import NEW, Contact, Draft, Query, RequestSheet
from desktop.services.downloads import Downloads
from desktop.services.files import Shelf, Staged
from desktop.services.leave import Leave, LeaveSheet
from desktop.services.leave import Query as LeaveQuery
from desktop.services.outbox import Outbox, Waiting, WishState
from desktop.services.portal import Portal
from desktop.services.portfolio import Portfolio
from desktop.services.session import Session
from desktop.services.store import Store
from desktop.services.sync import LinkState, Sync
from desktop.services.users import Users
from tests.journeys.residents import PASSWORD, Resident
from tests.vaults import FileVault

OTHER_QUESTION = "autre.autre-question"


def at_once(_longest: float) -> float:
    """No pause: a journey waits for nothing."""
    return 0.0


class Clerk:
    """A client in a folder. Closed and opened again on the same folder it is the same client, started anew."""

    store_class = Store
    portal_class = Portal

    def __init__(
        self,
        folder: Path,
        address: str,
        *,
        hold_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.vault = FileVault(folder / "vault")
        key = self.vault.keys().database
        self.store = self.store_class(folder / "store.db", key)
        self.shelf = Shelf(folder / "shelf.db", key)
        self.outbox = Outbox(self.store, hold_seconds, clock=clock)
        self.portal = self.portal_class(address)
        self.session = Session(self.portal, self.vault, lambda: None)
        self.portfolio = Portfolio(self.store, self.outbox)
        self.contact = Contact(self.store, self.outbox, self.shelf)
        self.leaves = Leave(self.store, self.outbox, self.shelf)
        self.allowances = Allowances(self.store, self.outbox, self.shelf)
        self.users = Users(self.store, self.outbox)
        self.sync = Sync(
            self.store,
            self.outbox,
            self.portal,
            self.session,
            [self.portfolio, self.contact, self.leaves, self.allowances, self.users],
            self.shelf.content,
            jitter=at_once,
            payments=self.allowances,
            users=self.users,
        )
        self.downloads = Downloads(self.shelf, self.portal, self.session, self.store.announce)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.sync.stop()
        self.downloads.stop()
        self.portal.close()
        self.shelf.close()
        self.store.close()

    # What a person does

    def sign_in(self, person: Resident) -> None:
        self.session.sign_in(person.email, PASSWORD)

    def turn(self) -> LinkState:
        """« Réessayer »."""
        self.sync.nudge()
        self.sync.turn()
        return self.sync.link.state

    def until(self, happened: Callable[[], bool], turns: int = 30) -> None:
        """Turns until it has happened."""
        for _ in range(turns):
            if happened():
                return
            self.turn()
        assert happened()

    def ask(self, space_id: str, text: str = "Bonjour, une question.", *files: Staged, **fields: str) -> str:
        """Opens a request about anything; answers its identifier."""
        subject = fields.pop("subject", "Une question")
        return self.contact.open_request(Draft(NEW, text, space_id, OTHER_QUESTION, subject, fields, files))

    def reply(self, request_id: str, text: str, *files: Staged, answers: tuple[str, ...] = ()) -> str:
        """Answers in a conversation as it is seen now; answers the wish's identifier."""
        draft = Draft(request_id, text, files=files, answers=answers)
        return self.contact.reply(draft, self.sheet(request_id).state_version)

    # What a person sees

    def sheet(self, request_id: str) -> RequestSheet:
        sheet = self.contact.sheet(request_id)
        assert sheet is not None
        return sheet

    def leave(self, leave_id: str) -> LeaveSheet:
        sheet = self.leaves.sheet(leave_id, datetime.now(UTC).date())
        assert sheet is not None
        return sheet

    def requests(self) -> list[str]:
        listing = self.contact.listing(Query(), datetime.now(UTC).date())
        return [row.request_id for row in self.contact.rows(listing.ids)]

    def leave_ids(self) -> list[str]:
        listing = self.leaves.listing(LeaveQuery(), datetime.now(UTC).date())
        return [row.leave_id for row in self.leaves.rows(listing.ids)]

    def texts(self, request_id: str) -> list[str]:
        return [message.text for message in self.contact.conversation(request_id)]

    def waiting(self) -> tuple[Waiting, ...]:
        return self.outbox.waiting()

    def state(self, wish_id: str) -> WishState | None:
        return {waiting.wish_id: waiting.state for waiting in self.waiting()}.get(wish_id)

    def rows_of(self, space_id: str) -> int:
        """How much is held of a space, in every table that could."""
        tables = ("requests", "messages", "read_marks", "leaves")
        return sum(self.store.query(f"SELECT count(*) FROM {t} WHERE space_id = ?", (space_id,))[0][0] for t in tables)
