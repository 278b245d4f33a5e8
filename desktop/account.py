"""All that one account works with: how it is opened, and closed again. Off the GUI thread, and without Qt.

The heavy libraries are imported here at the first call, after the window has been painted.
"""

from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contract.users import AuditPage
    from desktop.services.allowances import Allowances
    from desktop.services.contact import Contact
    from desktop.services.downloads import Downloads
    from desktop.services.files import Shelf
    from desktop.services.leave import Leave
    from desktop.services.outbox import Outbox
    from desktop.services.portal import Portal
    from desktop.services.portfolio import Portfolio
    from desktop.services.review.keeping import Keeping
    from desktop.services.session import Session
    from desktop.services.store import Store
    from desktop.services.sync import Sync
    from desktop.services.users import Journal, Users
    from desktop.services.vault import Vault

STORE: Final = "store.db"
SHELF: Final = "shelf.db"
REVIEW: Final = "review"
"""The folder of kept allowance files."""
NO_PORTAL: Final = "volet://sans-compte"
"""Names in the keyring the key of the files that were opened without an account."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """The way in to one portal, before it is known who comes."""

    address: str
    portal: "Portal"
    vault: "Vault"
    session: "Session"


@dataclass(frozen=True, slots=True)
class Services:
    """All that one account works with, open."""

    entrance: Entrance
    account: str
    store: "Store"
    shelf: "Shelf"
    outbox: "Outbox"
    contact: "Contact"
    leaves: "Leave"
    allowances: "Allowances"
    portfolio: "Portfolio"
    users: "Users"
    journal: "Journal"
    sync: "Sync"
    downloads: "Downloads"

    def close(self, seconds: float = 5.0) -> None:
        """Not on the GUI thread while the window is alive: it waits for what is under way, so long at most for the
        portal. A write is always waited for; an exchange that is left behind meets closed files, and is made again."""
        self.sync.stop(seconds)
        self.downloads.stop()
        self.entrance.portal.close()
        self.shelf.close()
        self.store.close()

    def leave(self) -> None:
        """Signs out: the portal is told when it can be reached; the token is forgotten in any case."""
        try:
            self.entrance.session.sign_out()
        finally:
            self.close()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at the start: the way in; the services when the account is known; whether it is signed in."""

    entrance: Entrance
    services: Services | None
    signed_in: bool


def portal_address(typed: str) -> str:
    """The same for one portal, however its address was written. Raises `Refused` when a portal cannot have it."""
    from desktop.services.portal.door import checked_address

    return checked_address(typed)


def vault_of(folder: Path, whole: "Vault", account: str) -> "Vault":
    """The account's own secrets. An account of the time when a profile had one vault for all takes over what that one
    holds. `folder` is the account's."""
    from desktop.services.vault import hand_over

    own = whole.of(account)
    if not own.made() and (folder / STORE).exists() and whole.made():
        hand_over(whole, own)
    return own


def enter(address: str, vault: "Vault", changed: Callable[[], None]) -> Entrance:
    """Raises `Refused` when the address is none that a portal may have."""
    from desktop.services.portal import Portal
    from desktop.services.session import Session

    portal = Portal(address)
    return Entrance(address, portal, vault, Session(portal, vault, changed))


def open_services(
    folder: Path,
    entrance: Entrance,
    account: str,
    ring: Callable[[Iterable[str]], None],
    undo_seconds: float,
    poll_seconds: float,
) -> Services:
    """Opens what `folder` holds, or makes it. Raises `StoreFault`. Synchronisation is not started yet."""
    from desktop.services.allowances import Allowances
    from desktop.services.contact import Contact
    from desktop.services.downloads import Downloads
    from desktop.services.leave import Leave
    from desktop.services.outbox import Outbox
    from desktop.services.portfolio import Portfolio
    from desktop.services.users import Journal, Users

    store, shelf = _open_files(folder, entrance.vault.keys().database)
    store.listen(ring)
    outbox = Outbox(store, undo_seconds)
    contact, leaves, portfolio = Contact(store, outbox, shelf), Leave(store, outbox, shelf), Portfolio(store, outbox)
    allowances, users = Allowances(store, outbox, shelf), Users(store, outbox)

    def sweep() -> None:
        """Only once all is here: before, a file may be wanted by a request that is still to come."""
        shelf.sweep(contact.wanted_files() | leaves.wanted_files() | allowances.wanted_files())

    subjects = (contact, leaves, allowances, portfolio, users)
    sync = _sync(entrance, store, shelf, outbox, subjects, poll_seconds, sweep)
    downloads = Downloads(shelf, entrance.portal, entrance.session, lambda topic: ring((topic,)))
    return Services(
        entrance=entrance,
        account=account,
        store=store,
        shelf=shelf,
        outbox=outbox,
        contact=contact,
        leaves=leaves,
        allowances=allowances,
        portfolio=portfolio,
        users=users,
        journal=Journal(store, partial(_audit, entrance)),
        sync=sync,
        downloads=downloads,
    )


def _open_files(folder: Path, key: bytes) -> "tuple[Store, Shelf]":
    """Both, or neither."""
    from desktop.services.files import Shelf
    from desktop.services.store import Store

    store = Store(folder / STORE, key)
    try:
        return store, Shelf(folder / SHELF, key)
    except BaseException:
        store.close()
        raise


def _sync(
    entrance: Entrance,
    store: "Store",
    shelf: "Shelf",
    outbox: "Outbox",
    subjects: "tuple[Contact, Leave, Allowances, Portfolio, Users]",
    poll_seconds: float,
    complete: Callable[[], None],
) -> "Sync":
    from desktop.services.sync import Sync

    _, _, allowances, _, users = subjects
    return Sync(
        store,
        outbox,
        entrance.portal,
        entrance.session,
        subjects,
        shelf.content,
        poll_seconds,
        complete=complete,
        payments=allowances,
        users=users,
    )


def _audit(entrance: Entrance, before: str | None) -> "AuditPage":
    """Off the GUI thread."""
    return entrance.session.call(lambda access: entrance.portal.audit(access, before))


def keep_apart(folder: Path, vault: "Callable[[str], Vault]", address: str) -> "Keeping":
    """The allowance files of the profile in `folder` that were opened without an account; their key lies in the keyring
    under `address`, and is made when there is none. Raises `StoreFault`."""
    from desktop.services.review.keeping import Keeping

    return Keeping(folder / REVIEW, vault(address).keys().database)


def keep_files(services: Services, folder: Path, vault: "Callable[[str], Vault]", address: str) -> "Keeping":
    """The allowance files of the account, to which those opened without one are added. Raises `StoreFault`."""
    from desktop.services.problems import StoreFault
    from desktop.services.review.adopting import adopt
    from desktop.services.review.keeping import Keeping

    place = folder / "accounts" / services.account / REVIEW
    keeping = Keeping(place, services.entrance.vault.keys().database)
    if (folder / REVIEW).is_dir():
        with suppress(StoreFault), closing(keep_apart(folder, vault, address)) as stray:  # else they stay there
            adopt(keeping, stray)
    return keeping


def mend_apart(folder: Path, vault: "Callable[[str], Vault]", address: str) -> tuple[Path, int]:
    """Makes the damaged register of `keep_apart` anew; answers where the damaged one is, and how many entries were
    taken over. Raises `StoreFault`."""
    from desktop.services.review.keeping import mend

    return mend(folder / REVIEW, vault(address).keys().database)


def mend_files(services: Services, folder: Path) -> tuple[Path, int]:
    """The same for the register of `keep_files`."""
    from desktop.services.review.keeping import mend

    return mend(folder / "accounts" / services.account / REVIEW, services.entrance.vault.keys().database)
