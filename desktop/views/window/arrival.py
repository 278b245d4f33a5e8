"""The pages before one is signed in, and how one leads to another."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QClipboard

from desktop.services.accounts import Credentials, Known, Letter, LinkSeen, NewAccount, NextStep
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.signin import SignIn
from desktop.views.signin.card import Ways
from desktop.views.signin.creating import AskAdministrator, Creating, Typed
from desktop.views.signin.linking import Choosing, Forgotten, Linking
from desktop.views.window.frame import Window


@dataclass(frozen=True, slots=True)
class Doors:
    """What the pages ask; each is run on the errands' thread and raises `Problem`. `done` is called once somebody is
    signed in, `review` opens the review of files, `forget` erases an account of this computer: those are not run
    there."""

    known: Callable[[str], tuple[Known, ...]]
    sign_in: Callable[[Credentials], None]
    begin: Callable[[str, NewAccount], NextStep]
    ask_link: Callable[[str, str], None]
    look: Callable[[str, Letter], LinkSeen]
    use: Callable[[Letter, Credentials], None]
    done: Callable[[], None]
    review: Callable[[], None]
    forget: Callable[[str, Known], None]


class Arrival:
    """`errands` carries what is asked of the portal, `reader` what is worked out here."""

    def __init__(
        self, window: Window, icons: Icons, errands: Later, reader: Later, clipboard: QClipboard, doors: Doors
    ) -> None:
        self._window, self._icons, self._errands, self._reader = window, icons, errands, reader
        self._clipboard, self._doors = clipboard, doors
        self._address = self._email = ""

    def ask(self, address: str, email: str) -> SignIn:
        """Shows the sign-in page; the accounts known here come as soon as the keyring has told them."""
        self._address, self._email = address, email
        page = SignIn(
            self._icons,
            self._errands,
            self._doors.sign_in,
            self._doors.done,
            address=address,
            email=email,
            review=self._doors.review,
            ways=Ways(self.create, self.link, self.forgotten, self._doors.forget),
        )
        self._window.show_page(page)
        page.focus_first()
        if address:
            known = partial(self._doors.known, address)
            self._errands.ask(page, known, page.tell_known, _not_known, what="known")
        return page

    def _back(self) -> None:
        self.ask(self._address, self._email)

    # Creating an account

    def create(self, address: str, before: NewAccount | None = None) -> None:
        self._address = address or self._address
        page = Creating(
            self._icons,
            self._errands,
            self._doors.begin,
            self._begun,
            self._back,
            address=self._address,
            before=before,
        )
        self._window.show_page(page)
        page.focus_first()

    def _begun(self, typed: Typed, step: NextStep) -> None:
        back = partial(self.create, typed.address, typed.new)
        if step is NextStep.ADMINISTRATOR:
            self._window.show_page(AskAdministrator(self._icons, self._clipboard, typed.new, back))
        else:
            self._link(typed.address, "", typed.new.email.strip(), back, creating=True)

    # Links and codes

    def link(self, address: str, text: str, back: Callable[[], None] | None = None) -> None:
        """« J'ai reçu un lien ou un code », with what was given on the command line."""
        self._address = address or self._address
        self._link(self._address, text, "", back or self._back)

    def forgotten(self, address: str, email: str) -> None:
        page = Forgotten(
            self._icons,
            self._errands,
            self._doors.ask_link,
            self._asked,
            self._back,
            address=address or self._address,
            email=email,
        )
        self._window.show_page(page)
        page.focus_first()

    def _asked(self, address: str, email: str) -> None:
        self._email = email
        self._link(address, "", email, self._back)

    def _link(self, address: str, text: str, sent_to: str, back: Callable[[], None], *, creating: bool = False) -> None:
        page = Linking(
            self._icons,
            self._errands,
            self._doors.look,
            self._doors.ask_link,
            self._choose,
            back,
            address=address,
            text=text,
            sent_to=sent_to,
            creating=creating,
        )
        self._window.show_page(page)
        page.focus_first()

    def _choose(self, address: str, letter: Letter, seen: LinkSeen) -> None:
        self._address, self._email = address, seen.email
        page = Choosing(
            self._icons,
            self._errands,
            self._reader,
            self._doors.use,
            self._doors.done,
            self._ask_code,
            self._back,
            address=address,
            letter=letter,
            seen=seen,
        )
        self._window.show_page(page)
        page.focus_first()

    def _ask_code(self, credentials: Credentials) -> None:
        """The link is spent and the password stands; the second factor is still wanted."""
        self.ask(credentials.address, credentials.email).ask_code(credentials)


def _not_known(_error: Exception) -> None:
    """Without the keyring one signs in as on a new computer; what is wrong with it is told then."""
