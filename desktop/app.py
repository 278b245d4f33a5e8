"""The one place where everything meets: services, pages, window, and the order in which they come and go.

The bare frame of the window is painted first. All else is imported and made after that: keyring, store and network on
the errands' thread, and look, icons and shortcuts at their first use or in short steps between the turns of the event
loop, whichever comes first. So this file imports, at its head, nothing that the first paint can do without.
"""

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication

from desktop.dressing import READER, Dressing, Options, installed_version, keyring_of

if TYPE_CHECKING:
    from desktop.account import Entrance, Found, Services
    from desktop.ownership import Ownership
    from desktop.reception import Reception
    from desktop.services.accounts import Credentials, Letter
    from desktop.services.contact import Contact
    from desktop.services.problems import Problem
    from desktop.views.notices import Unexpected
    from desktop.views.window.apart import Apart
    from desktop.views.window.arrival import Arrival
    from desktop.views.window.locking import Locking
    from desktop.views.window.means import Means
    from desktop.views.window.workplace import Workplace

__all__ = ["App", "Options", "keyring_of"]

PORTAL_SECONDS: Final = 0.4
"""How long the end of the program waits for an answer of the portal; twice at most."""

MENDING_SECONDS: Final = 60.0


class App(Dressing):
    """`start` shows the window and opens the rest; `close` puts everything away. `opened` rings when the workplace is
    there, `asked` when the person is asked to sign in, `reviewing` when the review of files stands by itself, `stopped`
    when a fault fills the window."""

    opened = Signal()
    asked = Signal()
    reviewing = Signal()
    stopped = Signal()

    def __init__(self, qt: QApplication, options: Options) -> None:
        super().__init__(qt, options)
        self.unexpected: Unexpected | None = None
        self.services: Services | None = None
        self.workplace: Workplace | None = None
        self.apart: Apart | None = None
        self.locking: Locking | None = None
        self._files, self._link = options.files, options.link
        self._closed = self._mending = False
        self.steps.extend((self.open, self.lay_look, self.dress_window, self._prepare))
        self.window.closing.connect(self.close)

    def start(self) -> None:
        """Shows the frame; what takes long begins once it is painted."""
        self.steps.append(self._watch)
        self.window.show()

    def _prepare(self) -> None:
        """The page that is shown next is imported while the errands' thread opens the files."""
        from desktop.views.window import locking, workplace  # noqa: F401

    def _watch(self) -> None:
        """What nobody expected is told in a box."""
        from desktop.views.notices import Unexpected

        self.unexpected = Unexpected(self.window, self._qt.clipboard(), installed_version, self.meet)
        self.unexpected.install()

    def interrupt_reader(self) -> None:
        if self.services is not None:
            self.services.store.interrupt(READER)

    # Opening

    @property
    def address(self) -> str:
        """The portal's: as given, or as used last."""
        return self.options.portal or str(self.settings.value("portal", ""))

    @property
    def account(self) -> str:
        """Who was signed in last at this portal; empty when it was another portal. (The port may change: it does in the
        demonstration.)"""
        last = str(self.settings.value("portal", ""))
        same = not last or urlsplit(last).hostname == urlsplit(self.address).hostname
        return str(self.settings.value("account", "")) if same else ""

    def open(self) -> None:
        """Opens what the profile holds; also the remedy of most faults."""
        if self._closed:
            return
        if self.address:
            account = self.account
            before, self.services = self.services, None
            self.errands.ask(self, partial(self._look_up, self.address, account, before), self._found, self._failed)
        else:
            self._ask("", "")

    def _look_up(self, address: str, account: str, before: "Services | None") -> "Found":
        """On the errands' thread. Who was signed in is known without the portal, save where the settings were lost."""
        from desktop.account import Found

        if before is not None:
            before.close()
        entrance, account = self.reception.find(address, account)
        services = self._open_services(entrance, account) if account else None
        return Found(entrance, services, services is not None and entrance.session.signed_in)

    @cached_property
    def reception(self) -> "Reception":
        from desktop.reception import Reception

        return Reception(self.options.folder, self.options.vault, partial(self.bell.ring_one, "session"))

    @cached_property
    def ownership(self) -> "Ownership":
        from desktop.ownership import Ownership

        return Ownership(self, self._qt, self.reception, self.sign_out, self._give_up_services, self._ask, self._failed)

    def _open_services(self, entrance: "Entrance", account: str) -> "Services":
        from desktop.account import open_services

        folder = self.reception.place(account)
        services = open_services(
            folder, entrance, account, self.bell.ring, self.options.undo_seconds, self.options.poll_seconds
        )
        self.reception.introduce(services)
        return services

    def _found(self, found: "Found") -> None:
        self.services = found.services
        if found.signed_in and not self._link:
            self._work()
            return
        person = found.services.portfolio.person() if found.services else None
        self._ask(found.entrance.address, person.email if person else "")

    def _failed(self, error: Exception) -> None:
        from desktop.services.problems import PortalFault, Problem

        self._mending = False
        if self._link and isinstance(error, Problem):
            self._ask(self.address, "")  # it may be another account's, or another window has this one open
            return
        if self._files and isinstance(error, Problem):
            self.review()  # what is wrong with the account keeps nobody from looking at her files
            return
        if not isinstance(error, Problem):
            self.stop_at(PortalFault("Une erreur inattendue a empêché Volet d\u2019ouvrir vos données."))
            raise error
        self.stop_at(error)

    def meet(self, problem: "Problem") -> None:
        """A problem that no page expected. While one works it is said above the page, which stays with all that is
        typed in it; what only a rebuilding can mend takes the whole window."""
        from desktop.services.problems import Remedy

        if self.workplace is not None and problem.remedy is not Remedy.REBUILD:
            self.workplace.tell_problem(problem)
        else:
            self._put_away()
            self.stop_at(problem)

    def stop_at(self, problem: "Problem") -> None:
        """Fills the window with what is wrong, and its remedy."""
        from desktop.services.problems import Remedy
        from desktop.views.faults import FaultPage

        remedy = self._rebuild if problem.remedy is Remedy.REBUILD else self.open
        page = FaultPage(self.icons, self._qt.clipboard(), problem, remedy, self.window.close)
        self.window.show_page(page)
        self.stopped.emit()

    def _rebuild(self) -> None:
        """The damaged file is put aside, what can be read of outbox and drafts is taken over, all else comes from the
        portal again."""
        account = self.account
        before, self.services = self.services, None
        self._mending = True
        self.errands.ask(self, partial(self._rescue, self.address, account, before), self._rescued, self._failed)

    def _rescue(self, address: str, account: str, before: "Services | None") -> str:
        from desktop.account import SHELF, STORE
        from desktop.services.rescue import mend
        from desktop.views import wording

        if before is not None:
            before.close()
        folder = self.reception.place(account)
        mended = mend(folder / STORE, folder / SHELF, self.reception.own_vault(address, account).keys().database)
        said = wording.mended(mended.store.wishes, mended.store.drafts) if mended.store else ""
        asides = [str(aside) for aside in (mended.store and mended.store.aside, mended.shelf) if aside]
        return f"{said}{wording.FILES_MENDED if mended.shelf else ''}Gardé à part\u00a0: {', '.join(asides)}"

    def _rescued(self, sentence: str) -> None:
        from desktop.views import notices

        self._mending = False
        notices.tell(self.window, "Les données locales sont reconstruites", sentence)
        self.open()

    # Signing in and out

    def _arrival(self) -> "Arrival":
        from desktop.views.window.arrival import Arrival, Doors

        come, forget = self.reception, self.ownership.forget_known
        use, done, review = self.use_link, self.signed_in, self.review
        doors = Doors(come.known, self.sign_in, come.begin, come.ask_link, come.look, use, done, review, forget)
        return Arrival(self.window, self.icons, self.errands, self.reader, self._qt.clipboard(), doors)

    def _ask(self, address: str, email: str) -> None:
        if self._files:
            self.review()
            return
        text, self._link = self._link, ""
        if text:
            self._arrival().link(address, text, self.open)
        else:
            self._arrival().ask(address, email)
        self.asked.emit()

    def sign_in(self, credentials: "Credentials") -> None:
        """On the errands' thread. Opens the account of whoever signed in; another person's copy is never shown to her.
        Raises `Problem`."""
        self._take(*self.reception.sign_in(credentials, self.services))

    def use_link(self, letter: "Letter", credentials: "Credentials") -> None:
        """On the errands' thread. The same with the password that the link lets one choose."""
        self._take(*self.reception.use(letter, credentials, self.services))

    def _take(self, entrance: "Entrance", account: str) -> None:
        """The password has just been given."""
        from desktop.services.lock import Lock

        held = self.services
        if held is None or held.account != account or held.entrance is not entrance:
            self.services = None
            if held is not None:
                held.close()
            held = self.services = self._open_services(entrance, account)
        Lock(held.store).unlock()

    def sign_in_again(self, credentials: "Credentials") -> None:
        """On the errands' thread, while the workplace is open: nothing is opened or closed, and nobody else comes in.
        Raises `Problem`."""
        services = self.services
        if services is not None:
            session, code = services.entrance.session, credentials.code or None
            session.sign_in(credentials.email, credentials.password, services.account, code)
            session.prove(credentials.password)

    def signed_in(self) -> None:
        """On the GUI thread, after `sign_in`."""
        if self.services is not None:
            self.settings.setValue("portal", self.services.entrance.address)
            self.settings.setValue("account", self.services.account)
            self._work()

    def sign_out(self) -> None:
        services = self._give_up_services()
        if services is None:
            return
        person = services.portfolio.person()
        self._ask(services.entrance.address, person.email if person else "")
        self.errands.ask(self, services.leave, what="leave")

    def _give_up_services(self) -> "Services | None":
        """The pages go, so that nothing reads what is about to be closed."""
        services, self.services = self.services, None
        if services is not None:
            self._put_away()
        return services

    # Working

    def _work(self) -> None:
        services = self.services
        if services is None:
            return
        self.reader.ask(self, partial(_read_ahead, services.contact), failed=_told_by_the_page, what="ahead")
        from desktop.views.window.workplace import Workplace

        self.workplace = Workplace(self.window, self._means(services))
        self.window.show_page(self.workplace)
        self.locking = self.ownership.locks(services)
        if self._files:
            self.workplace.open_files(self._given_files())
        services.sync.start()
        self.tidying.settle_soon()
        self.opened.emit()

    def review(self) -> None:
        """The review of files by itself, with those of the command line: no account is needed."""
        from desktop import desks
        from desktop.views.window.apart import Apart

        desk = partial(desks.allowances, self, None, self._qt.clipboard())
        self.apart = Apart(self.window, self.icons, self.reader, desk, self._leave_review)
        self.window.show_page(self.apart)
        if self._files:
            self.apart.open_files(self._given_files())
        self.tidying.settle_soon()
        self.reviewing.emit()

    def _given_files(self) -> tuple[Path, ...]:
        """Once."""
        files, self._files = self._files, ()
        return files

    def _leave_review(self) -> None:
        """« Se connecter »: what was opened goes along."""
        self._put_away()
        self.open()

    def _means(self, services: "Services") -> "Means":
        from desktop import desks
        from desktop.views.waiting import WaitingPage
        from desktop.views.window.account import Own
        from desktop.views.window.means import Means

        clipboard = self._qt.clipboard()
        return Means(
            desk=desks.contact(self, services),
            allowances=partial(desks.allowances, self, services, clipboard),
            leaves=services.leaves,
            payments=services.allowances,
            users=services.users,
            journal=services.journal,
            waiting=partial(WaitingPage, self.icons, self.bell, clipboard, services.contact, services.outbox),
            sync=services.sync,
            errands=self.errands,
            clipboard=clipboard,
            own=Own(partial(self.ownership.show, services), self.window.keys["lock"].trigger),
            address=services.entrance.address,
            version=installed_version(),
            sign_in=self.sign_in_again,
            sign_out=self.sign_out,
            meet=self.meet,
        )

    def _put_away(self) -> None:
        locking, self.locking = self.locking, None
        if locking is not None:
            locking.stop()
        apart, self.apart = self.apart, None
        if apart is not None:
            apart.put_away()
        workplace, self.workplace = self.workplace, None
        if workplace is not None:
            workplace.put_away()
            self.window.tell_unread(0)
            self.tidying.settle_soon()

    def close(self) -> None:
        """Everything is put away: what was typed is kept, threads end, files are closed. Once."""
        if self._closed:
            return
        self._closed = True
        self.steps.clear()
        self.window.hide()
        self._put_away()
        if self.has("reader"):
            self.reader.stop()
        # What asks the portal may wait for half a minute: it is left behind. A rebuilding is not.
        if self.has("errands"):
            self.errands.stop(MENDING_SECONDS if self._mending else PORTAL_SECONDS)
        services, self.services = self.services, None
        if services is not None:
            services.close(PORTAL_SECONDS)
        self.settings.sync()
        if self.unexpected is not None:
            self.unexpected.uninstall()
        self.tidying.stop()
        self._qt.quit()


def _read_ahead(contact: "Contact") -> None:
    """On the reader's thread, while the pages are made: the list then finds its order and its counts worked out."""
    from desktop import desks
    from desktop.services.contact import Query

    contact.listing(Query(), desks.now().astimezone().date())
    contact.counts(Query())


def _told_by_the_page(_error: Exception) -> None:
    """The page asks the same in a moment, and tells what is wrong."""
