"""The Contact tab on a real store, a real outbox and a real shelf; only the portal is far away."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from desktop.services.contact import Contact
from desktop.services.downloads import Downloads
from desktop.services.files import Shelf
from desktop.services.outbox import Outbox
from desktop.services.portal import Portal
from desktop.services.portfolio import Portfolio
from desktop.services.session import Session
from desktop.services.store import Store
from desktop.views.bell import Bell
from desktop.views.contact.desk import Desk
from desktop.views.contact.page import ContactPage
from desktop.views.icons import Icons
from desktop.views.later import Later
from tests.vaults import FileVault
from tests.views.contact.world import NOW, World

KEY = bytes(range(32))


@dataclass
class Chosen:
    """What the person picks in the system's file dialogs."""

    to_attach: tuple[Path, ...] = ()
    to_save: Path | None = None
    asked: list[str] = field(default_factory=list)

    def files(self) -> tuple[Path, ...]:
        return self.to_attach

    def place(self, name: str) -> Path | None:
        self.asked.append(name)
        return self.to_save


@dataclass(frozen=True)
class Office:
    """All that a test may look at."""

    store: Store
    outbox: Outbox
    shelf: Shelf
    contact: Contact
    portfolio: Portfolio
    world: World
    chosen: Chosen
    desk: Desk


@pytest.fixture
def office(tmp_path: Path, bell: Bell, later: Later, icons: Icons) -> Iterator[Office]:
    store = Store(tmp_path / "volet.db", KEY)
    outbox = Outbox(store)
    shelf = Shelf(tmp_path / "files.db", KEY)
    contact, portfolio = Contact(store, outbox, shelf), Portfolio(store, outbox)
    stop = store.listen(bell.ring)
    portal = Portal("http://127.0.0.1:9")
    session = Session(portal, FileVault(tmp_path / "vault"), lambda: None)
    downloads = Downloads(shelf, portal, session, bell.ring_one)
    world = World(store, contact, portfolio)
    world.sign_in()
    chosen, errands = Chosen(), Later("errands")
    settings = QSettings(str(tmp_path / "volet.ini"), QSettings.Format.IniFormat)
    desk = Desk(
        contact=contact,
        portfolio=portfolio,
        shelf=shelf,
        downloads=downloads,
        wishes=outbox,
        bell=bell,
        later=later,
        errands=errands,
        icons=icons,
        settings=settings,
        now=lambda: NOW,
        settled=lambda: True,
        picks=chosen,
        hold=timedelta(seconds=10),
    )
    yield Office(store, outbox, shelf, contact, portfolio, world, chosen, desk)
    errands.stop()
    later.stop()  # before the store it reads is closed
    downloads.stop()
    stop()
    portal.close()
    shelf.close()
    store.close()


@pytest.fixture
def page(office: Office, qtbot: QtBot) -> ContactPage:
    """The tab in a window of 1072 × 800, which is what the rail leaves of 1280."""
    made = ContactPage(office.desk)
    qtbot.addWidget(made)
    made.resize(1072, 740)
    with qtbot.waitExposed(made):
        made.show()
    return made
