"""What a person does about her own account on this computer: its page, the lock, and being forgotten."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QApplication

from desktop import desks
from desktop.dressing import Dressing

if TYPE_CHECKING:
    from desktop.account import Services
    from desktop.reception import Forgotten, Reception
    from desktop.services.accounts import Credentials, Known
    from desktop.views.window.locking import Locking

_NOT_PERSONAL: Final = ("appearance", "notify", "portal", "window/geometry", "lock/minutes")
"""What stays of the settings when a person is forgotten."""


class Ownership:
    """`sign_out` begins the way out; `give_up` takes the pages away and hands over what the account worked with;
    `ask(address, email)` shows the sign-in page; `failed` takes a fault that fills the window."""

    def __init__(
        self,
        dressing: Dressing,
        qt: QApplication,
        reception: "Reception",
        sign_out: Callable[[], None],
        give_up: "Callable[[], Services | None]",
        ask: Callable[[str, str], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._dressing, self._qt, self._reception = dressing, qt, reception
        self._sign_out, self._give_up, self._ask, self._failed = sign_out, give_up, ask, failed

    def locks(self, services: "Services") -> "Locking":
        """The lock of a window in which this account is open."""
        from desktop.services.lock import Lock
        from desktop.views.window.locking import Keyhole, Locking

        wears, person, lock = self._dressing, services.portfolio.person, Lock(services.store)
        keyhole = Keyhole(partial(_unlock, services), partial(_unlockable, services), person, self._sign_out, lock)
        return Locking(wears.window, self._qt, wears.icons, wears.errands, wears.settings, keyhole)

    def show(self, services: "Services") -> None:
        """« Mon compte et cet ordinateur »."""
        from desktop.views.account.sheet import AccountSheet

        wears = self._dressing
        lock = wears.window.keys["lock"].trigger
        AccountSheet(wears.window, desks.account(wears, services, self._qt.clipboard(), lock, self.forget)).open()

    def forget(self) -> None:
        """« Oublier cet ordinateur »: the pages go, then the account is erased, then what became of it is told."""
        from desktop.views.account.sheet import AccountSheet

        services = self._give_up()
        if services is not None:
            for sheet in self._dressing.window.findChildren(AccountSheet):
                sheet.done(0)
            self._erase(services.entrance.address, "", partial(self._reception.forget, services))

    def forget_known(self, address: str, one: "Known") -> None:
        """The same of an account that is not open, from the page where one signs in."""
        self._erase(address, one.email, partial(self._reception.forget_known, address, one.account, self._give_up()))

    def _erase(self, address: str, email: str, work: "Callable[[], Forgotten]") -> None:
        """Cut short, the next start asks who one is: what is half erased is not opened."""
        from desktop.views.fields.shapes import EmptyState

        wears = self._dressing
        wears.settings.remove("account")
        wears.settings.sync()
        wears.window.show_page(EmptyState(wears.icons, "hourglass", "Effacement en cours…"))
        not_done = partial(self._not_forgotten, address, email)
        wears.errands.ask(wears, work, partial(self._forgotten, address), not_done, what="forget")

    def _not_forgotten(self, address: str, email: str, error: Exception) -> None:
        from desktop.services.problems import Refused
        from desktop.views.notices import tell

        if isinstance(error, Refused):
            self._ask(address, email)
            tell(self._dressing.window, "Ce compte n’a pas été effacé", error.sentence)
        else:
            self._failed(error)

    def _forgotten(self, address: str, done: "Forgotten") -> None:
        from desktop.views.account.forgotten import ForgottenPage

        wears = self._dressing
        kept = {name: wears.settings.value(name) for name in _NOT_PERSONAL if wears.settings.contains(name)}
        wears.settings.clear()
        for name, value in kept.items():
            wears.settings.setValue(name, value)
        wears.settings.sync()
        again = partial(self._ask, address, "")
        page = ForgottenPage(wears.icons, self._qt.clipboard(), done.traces, again, told=done.told, others=done.others)
        wears.window.show_page(page)


def _unlock(services: "Services", credentials: "Credentials") -> None:
    """On the errands' thread."""
    session, code = services.entrance.session, credentials.code or None
    session.unlock(credentials.email, credentials.password, services.account, code)


def _unlockable(services: "Services") -> bool:
    """Whether a password could be checked now: by what was typed in this run, or by the portal."""
    from desktop.services.sync import LinkState

    if services.portfolio.person() is None:
        return False  # nobody knows whose password it would be
    here = {LinkState.ONLINE, LinkState.WORKING, LinkState.SIGN_IN_NEEDED}
    return services.entrance.session.proven or services.sync.link.state in here
