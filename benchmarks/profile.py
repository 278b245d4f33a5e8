"""A profile of the client with 100,000 requests stored, made once for the measurements that need a window on it."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from benchmarks.search import fill, made_portfolio
from desktop.app import App, Options
from desktop.demo import vault_in
from desktop.services.contact import Contact
from desktop.services.lock import Lock
from desktop.services.outbox import Outbox
from desktop.services.portfolio import Portfolio
from desktop.services.store import Store
from desktop.services.vault import DemoVault
from desktop.views.opening import Appearance

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

NOWHERE = "http://127.0.0.1:9"
"""Where no portal answers: what is measured is the client's own."""


def make(folder: Path, requests: int) -> None:
    """The encrypted store with its requests, the keys, and who was signed in."""
    vault = DemoVault(folder)
    vault.keep_refresh_token("none that a portal knows")
    account = made_portfolio(random.Random(1)).person_id  # noqa: S311 - the same world for the same seed
    place = folder / "accounts" / account
    place.mkdir(parents=True)
    store = Store(place / "store.db", vault.keys().database)
    outbox = Outbox(store)
    fill(store, Contact(store, outbox), Portfolio(store, outbox), requests)
    Lock(store).unlock()
    store.close()
    settings = QSettings(str(folder / "volet.ini"), QSettings.Format.IniFormat)
    settings.setValue("account", account)
    settings.setValue("portal", NOWHERE)
    settings.sync()


@contextmanager
def client(qt: "QApplication", folder: Path) -> Iterator[App]:
    """The client on that profile, as `volet` opens it."""
    app = App(
        qt, Options(folder, partial(vault_in, folder), portal=NOWHERE, appearance=Appearance.LIGHT, bundled_font=True)
    )
    try:
        app.start()
        yield app
    finally:
        app.close()
