"""The matrix of rights of 300 people in 2,000 spaces: how soon it is seen, how long it scrolls, and how long 10,000
cells take from « Appliquer » to the wish. One GUI thread, no portal; the store is a real one, encrypted."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract.users import AuditPage

if TYPE_CHECKING:
    from desktop.services.users import Users
    from desktop.views.users.matrix import MatrixPage

PEOPLE, SPACES = 300, 2_000
CELLS = 10_000
_STEPS = 60


def _fill(store: Any, portfolio: Any, users: "Users") -> None:  # noqa: ANN401 - the services, imported late
    """Everybody holds some right in a third of the spaces; a hundred of them have an end."""
    from tests.services.people import TODAY, a_me, a_user, grant, myself, put, tell

    rights = ("contact", "leave", "allowances", "documents")
    tell(store, portfolio, users, a_me(SPACES))
    people = []
    for number in range(PEOPLE - 1):
        ends = (None, None, TODAY if number < 100 else None)
        places = [range((number + part) % 9, SPACES, 9) for part in range(3)]
        held = [grant(rights[: 1 + part], places[part], ends[part]) for part in range(3)]
        people.append(a_user(f"Personne{number:03d}", grants=tuple(held)))
    put(store, users, myself(SPACES), *people)


def _until(seen: Callable[[], bool]) -> None:
    from PySide6.QtWidgets import QApplication

    deadline = time.perf_counter() + 30
    while not seen():
        QApplication.processEvents()
        if time.perf_counter() > deadline:
            raise RuntimeError("it does not come")


def measure() -> dict[str, Any]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from desktop.views.opening import Appearance
    from desktop.views.tokens import Look

    app = QApplication.instance() or QApplication([])
    look = Look(app, Appearance.LIGHT, bundled_font=True)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        return _measured(Path(folder), look)


def _measured(folder: Path, look: Any) -> dict[str, Any]:  # noqa: ANN401
    from desktop.services.contact import Contact
    from desktop.services.files import Shelf
    from desktop.services.outbox import Outbox
    from desktop.services.portfolio import Portfolio
    from desktop.services.store import Store
    from desktop.services.users import Users

    key = bytes(range(32))
    store, shelf = Store(folder / "store.db", key), Shelf(folder / "shelf.db", key)
    outbox = Outbox(store)
    portfolio, users = Portfolio(store, outbox), Users(store, outbox)
    _fill(store, portfolio, users)
    desk, put_away = _desk(folder, look, store, shelf, outbox, Contact(store, outbox, shelf), portfolio, users)
    try:
        return _run(desk, users)
    finally:
        put_away()
        shelf.close()
        store.close()


def _desk(
    folder: Path,
    look: Any,  # noqa: ANN401
    store: Any,  # noqa: ANN401
    shelf: Any,  # noqa: ANN401
    outbox: Any,  # noqa: ANN401
    contact: Any,  # noqa: ANN401
    portfolio: Any,  # noqa: ANN401
    users: "Users",
) -> tuple[Any, Callable[[], None]]:
    """What the page works with, and how that is put away."""
    from PySide6.QtCore import QSettings

    from desktop.services.downloads import Downloads
    from desktop.services.portal import Portal
    from desktop.services.session import Session
    from desktop.services.users import Journal
    from desktop.views.bell import Bell
    from desktop.views.contact.desk import Desk as Office
    from desktop.views.icons import Icons
    from desktop.views.later import Later
    from desktop.views.users.desk import Desk
    from tests.vaults import FileVault
    from tests.views.contact.conftest import Chosen

    portal, bell, reader, errands = Portal("http://127.0.0.1:9"), Bell(), Later("reader"), Later("errands")
    downloads = Downloads(shelf, portal, Session(portal, FileVault(folder / "vault"), lambda: None), bell.ring_one)
    settings = QSettings(str(folder / "volet.ini"), QSettings.Format.IniFormat)
    office = Office(
        contact, portfolio, shelf, downloads, outbox, bell, reader, errands, Icons(look), settings,
        lambda: datetime.now(UTC), lambda: True, Chosen(),
    )  # fmt: skip
    stop = store.listen(bell.ring)

    def put_away() -> None:
        stop()
        for each in (reader, errands, downloads):
            each.stop()

    return Desk(users, Journal(store, lambda _before: AuditPage(more=False)), office, lambda: None), put_away


def _run(desk: Any, users: "Users") -> dict[str, Any]:  # noqa: ANN401
    from PySide6.QtWidgets import QApplication

    from desktop.views.users.matrix import MatrixPage

    begun = time.perf_counter()
    page = MatrixPage(desk)
    page.resize(1600, 1000)
    page.show()
    _until(lambda: page.grid.cells.rowCount() == PEOPLE)
    page.grid.viewport().repaint()
    opened = (time.perf_counter() - begun) * 1000
    across, down = _scrolled(page, horizontal=True), _scrolled(page, horizontal=False)
    applied = _applied(page, users)
    page.hide()
    page.deleteLater()
    QApplication.processEvents()
    return {
        "the matrix of 300 people × 2,000 spaces is seen": {"value": opened, "limit": 500, "unit": "ms"},
        "a page of it to the right, 95 of 100": {"value": across, "limit": 16, "unit": "ms"},
        "a page of it downwards, 95 of 100": {"value": down, "limit": 16, "unit": "ms"},
        **applied,
        "the list of 5,000 spaces is seen": {"value": _selected(desk), "limit": 100, "unit": "ms"},
    }


def _selected(desk: Any) -> float:  # noqa: ANN401
    """Milliseconds from the click on the selector to its rows."""
    from desktop.views.window.selector import SelectorButton, SelectorList
    from tests.services.people import a_me

    office = desk.office
    with office.portfolio._store.write("portfolio") as db:
        office.portfolio.take_in(db, a_me(5_000))
    office.portfolio.spaces()  # as when one has worked for a moment
    button = SelectorButton(office.icons)
    button.tell(None, 5_000)
    _until(lambda: office.later.idle)
    begun = time.perf_counter()
    popup = SelectorList(office.icons, office.later, office.portfolio, {}, print, print, button, None)
    popup.open_under(button)
    _until(lambda: popup.entries.rowCount() == 5_001)
    popup.list.viewport().repaint()
    taken = (time.perf_counter() - begun) * 1000
    popup.close()
    button.deleteLater()
    return taken


def _scrolled(page: "MatrixPage", *, horizontal: bool) -> float:
    """Milliseconds of the GUI thread for each page, painted whole."""
    bar = page.grid.horizontalScrollBar() if horizontal else page.grid.verticalScrollBar()
    bar.setValue(0)
    taken = []
    for step in range(1, _STEPS + 1):
        before = time.thread_time()
        bar.setValue(step * bar.maximum() // _STEPS)
        page.grid.viewport().repaint()
        (page.grid.across if horizontal else page.grid.down).viewport().repaint()
        taken.append((time.thread_time() - before) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


def _applied(page: "MatrixPage", users: "Users") -> dict[str, Any]:
    """From choosing the cells to the wish in the outbox."""
    from PySide6.QtCore import QItemSelection, QItemSelectionModel
    from PySide6.QtWidgets import QApplication

    cells = page.grid.cells
    chosen = QItemSelection(cells.index(0, 0), cells.index(CELLS // SPACES - 1, SPACES - 1))
    page.grid.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    begun = time.perf_counter()
    page.until.setFocus()
    page.give.click()
    QApplication.processEvents()
    changed = (time.perf_counter() - begun) * 1000
    begun = time.perf_counter()
    plan = users.plan(cells.edits)
    planned = (time.perf_counter() - begun) * 1000
    begun = time.perf_counter()
    users.change(plan)
    wished = (time.perf_counter() - begun) * 1000
    return {
        "10,000 cells are chosen and changed": {"value": changed, "limit": 100, "unit": "ms"},
        "what they come to is known (reader's thread)": {"value": planned, "limit": 500, "unit": "ms"},
        "they are one wish": {"value": wished, "limit": 100, "unit": "ms"},
    }
