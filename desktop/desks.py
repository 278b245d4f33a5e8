"""What the pages are handed, made of the services of an account, or of none."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QClipboard

from desktop.dressing import Dressing

if TYPE_CHECKING:
    from desktop.account import Services
    from desktop.services.outbox import Outbox
    from desktop.services.portfolio import Portfolio
    from desktop.services.review.keeping import Keeping
    from desktop.services.sync import Sync
    from desktop.views.account.desk import Desk as AccountDesk
    from desktop.views.allowances.desk import Desk as AllowancesDesk
    from desktop.views.allowances.desk import Paid
    from desktop.views.contact.desk import Desk


def contact(dressing: Dressing, services: "Services") -> "Desk":
    """For the pages of the Contact tab."""
    from desktop.views.contact.desk import Desk
    from desktop.views.window.picking import Picking

    return Desk(
        contact=services.contact,
        portfolio=services.portfolio,
        shelf=services.shelf,
        downloads=services.downloads,
        wishes=services.outbox,
        bell=dressing.bell,
        later=dressing.reader,
        errands=dressing.errands,
        icons=dressing.icons,
        settings=dressing.settings,
        now=now,
        settled=partial(_settled, services.sync),
        picks=Picking(dressing.window),
        hold=timedelta(seconds=dressing.options.undo_seconds),
    )


def allowances(dressing: Dressing, services: "Services | None", clipboard: QClipboard) -> "AllowancesDesk":
    """For the tab « Arrêts et IJ »; without services, for the review by itself."""
    from desktop.views.allowances.desk import Desk, no_leaves
    from desktop.views.window.picking import Picking

    return Desk(
        later=dressing.reader,
        errands=dressing.errands,
        icons=dressing.icons,
        settings=dressing.settings,
        clipboard=clipboard,
        picks=Picking(dressing.window),
        now=now,
        author=partial(_author, services.portfolio) if services is not None else _nobody,
        companies=partial(_companies, services.portfolio) if services is not None else _none,
        keep=_keeper(dressing, services),
        mend=_mender(dressing, services),
        leaves=services.leaves.declared if services is not None else no_leaves,
        paid=_paid(dressing, services) if services is not None else None,
    )


def account(
    dressing: Dressing,
    services: "Services",
    clipboard: QClipboard,
    lock: Callable[[], None],
    forget: Callable[[], None],
) -> "AccountDesk":
    """For « Mon compte et cet ordinateur »."""
    from desktop.services.accounts import OwnAccount
    from desktop.views.account.desk import Desk
    from desktop.views.window.picking import Picking

    return Desk(
        own=OwnAccount(services.entrance.portal, services.entrance.session),
        person=services.portfolio.person,
        errands=dressing.errands,
        reader=dressing.reader,
        icons=dressing.icons,
        clipboard=clipboard,
        settings=dressing.settings,
        place=Picking(dressing.window).place,
        waiting=partial(_waiting, services.outbox),
        lock=lock,
        forget=forget,
    )


def _waiting(outbox: "Outbox") -> int:
    return len(outbox.waiting())


def _keeper(dressing: Dressing, services: "Services | None") -> "Callable[[], Keeping]":
    from desktop.account import NO_PORTAL, keep_apart, keep_files

    folder, vault = dressing.options.folder, dressing.options.vault
    if services is None:
        return partial(keep_apart, folder, vault, NO_PORTAL)
    return partial(keep_files, services, folder, vault, NO_PORTAL)


def _mender(dressing: Dressing, services: "Services | None") -> "Callable[[], tuple[Path, int]]":
    from desktop.account import NO_PORTAL, mend_apart, mend_files

    folder = dressing.options.folder
    if services is None:
        return partial(mend_apart, folder, dressing.options.vault, NO_PORTAL)
    return partial(mend_files, services, folder)


def _paid(dressing: Dressing, services: "Services") -> "Paid":
    from desktop.views.allowances.desk import Paid

    told, sync = services.allowances, services.sync
    return Paid(told.extent, told.canonical, partial(_last, sync), dressing.bell)


def _last(sync: "Sync") -> datetime | None:
    return sync.link.last


def _author(portfolio: "Portfolio") -> str:
    person = portfolio.person()
    return person.name if person is not None else ""


def _nobody() -> str:
    return ""


def _companies(portfolio: "Portfolio") -> frozenset[str]:
    return frozenset(space.siret for space in portfolio.spaces())


def _none() -> frozenset[str]:
    return frozenset()


def now() -> datetime:
    return datetime.now(UTC)


def _settled(sync: "Sync") -> bool:
    """The first synchronisation has come to its end, now or in an earlier run."""
    return sync.link.last is not None
