"""The signed-in window: rail, top bar, the one banner, and the pages; what leads from one to another is here."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.contact import NEW, Draft
from desktop.services.leave import LeaveRow
from desktop.services.problems import Problem
from desktop.views import wording
from desktop.views.allowances.desk import Desk as AllowancesDesk
from desktop.views.bell import Follow
from desktop.views.contact.page import ContactPage
from desktop.views.leave.desk import Desk as LeavesDesk
from desktop.views.notices import confirm
from desktop.views.portfolio import AdminDialog
from desktop.views.table import rest
from desktop.views.waiting import TOPICS, Doing
from desktop.views.window import zones
from desktop.views.window.account import Account, AccountDoes, about
from desktop.views.window.adding import KEY, Adding
from desktop.views.window.again import Again
from desktop.views.window.allowances import AllowancesTab
from desktop.views.window.disputing import Disputing
from desktop.views.window.exporting import Exporting
from desktop.views.window.frame import Window
from desktop.views.window.means import Means
from desktop.views.window.noticing import Noticing
from desktop.views.window.rail import Rail
from desktop.views.window.selector import SelectorList
from desktop.views.window.strips import StripDoes, Strips
from desktop.views.window.top import Top
from desktop.views.window.users import UsersTab
from desktop.views.wording import NNBSP

_ADMINISTRATOR: Final = "espace.devenir-administrateur"
_SPACE: Final = "space"


class Workplace(QWidget):
    """`contact` is the page of the Contact tab, `waiting` the page « En attente »; `content` shows one of the pages."""

    def __init__(self, window: Window, means: Means) -> None:
        super().__init__()
        self._window, self._means, self._desk = window, means, means.desk
        self._icons = means.desk.icons
        self._space_id: str | None = None
        self._unread: dict[str, int] = {}
        self._build_rail()
        self._build_top()
        self.contact, self.content = ContactPage(means.desk), QStackedWidget()
        self.again = Again(self.content, means, self._show_page, self._show_link, self._hush, self)
        does = StripDoes(means.sync.nudge, self.sign_in_again, self.contact.keep_drafts, means.meet)
        self.strips = Strips(self._icons, does, means.clipboard)
        self.link = self.strips.link
        self.contact.space_changed.connect(self._follow_jump)
        doing = Doing(self.open_request, self.contact.keep_drafts, self._edit, self.show_contact)
        self.waiting = means.waiting(doing)
        self._disputing = Disputing(means.desk, self.contact, self._open_draft, self)
        leaves = LeavesDesk(means.leaves, means.desk, self._write, self._paid)
        self.allowances = AllowancesTab(self._icons, means.desk.later, self._allowances_desk, leaves, means.payments)
        self.users = UsersTab(means.desk, means.users, means.journal, self.become_administrator)
        for page in (*self._tabbed, self.waiting):
            self.content.addWidget(page)
        self._lay_out()
        icon = QIcon(self._icons.pixmap("messages-square", "accent", 64))
        self.noticing = Noticing(window, self.account.notify.isChecked, window.come_forward, icon)
        self._exporting = Exporting(self, means.desk, means.payments, self.tabs.tell_exports, self.noticing.say)
        window.fronted.connect(self.noticing.seen)
        self._connect_keys(window.keys)
        Follow(self, means.desk.bell, {"link"}, self._show_link)
        Follow(self, means.desk.bell, {"drafts"}, self.strips.tell_kept)
        Follow(self, means.desk.bell, TOPICS, self._show_waiting)
        Follow(self, means.desk.bell, {"contact"}, self._read_unread)
        Follow(self, means.desk.bell, {"portfolio"}, self._show_portfolio)
        self._restore_space()

    @property
    def _tabbed(self) -> tuple[ContactPage, AllowancesTab, UsersTab]:
        """The pages of the rail, from above to below."""
        return self.contact, self.allowances, self.users

    # What one sees

    def _build_rail(self) -> None:
        self.rail = Rail(self._icons)
        self.selector, self.tabs, self.foot = self.rail.selector, self.rail.tabs, self.rail.foot
        self.selector.clicked.connect(self.choose_space)
        self.tabs.add("Contact", "messages-square", "Ctrl+1")
        self.tabs.add("Arrêts et IJ", "stethoscope", "Ctrl+2")
        self.tabs.add("Utilisateurs", "users", "Ctrl+3")
        self.tabs.tabBarClicked.connect(self._open_tab)
        self.foot.waiting.clicked.connect(self.show_waiting)
        self.foot.keys.clicked.connect(self._window.show_keys)

    def _build_top(self) -> None:
        does = AccountDoes(
            self.become_administrator, self.add_space, self._window.show_keys, self._ask_sign_out, self._about
        )
        self.account = Account(self._icons, self._desk.settings, does, self._means.own)
        self.top = Top(self.account, self._icons, self.add_user)

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(0)
        for part in (self.top, self.strips):
            column.addWidget(part)
        column.addWidget(self.content, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(column, 1)

    def _connect_keys(self, keys: dict[str, QAction]) -> None:
        does: dict[str, Callable[[], object]] = {
            "new": self.new_request,
            "find": self._find,
            "reply": self._reply,
            "print": self._print,
            "contact": self.show_contact,
            "allowances": self.show_allowances,
            "users": self.show_users,
            "open": self._choose_files,
            "spaces": self.choose_space,
            "waiting": self.show_waiting,
            "next": self._next_zone,
            "previous": self._previous_zone,
            "refresh": self.strips.look_now,
        }
        for name, what in does.items():
            keys[name].triggered.connect(what)
        self._keys = {name: (keys[name], what) for name, what in does.items()}

    def put_away(self) -> None:
        """Before the workplace goes: nothing reads any more, the keys of the window are free, the tray icon is gone."""
        self.contact.keep_drafts()
        self.allowances.put_away()
        self.users.put_away()
        rest(self)
        for action, what in self._keys.values():
            action.triggered.disconnect(what)
        self.noticing.close()

    # Reading again

    def _show_link(self) -> None:
        link = self._means.sync.link
        self.foot.tell_link(link)
        self.strips.show_link(link, asking=self.again.asking)

    def tell_problem(self, problem: Problem) -> None:
        """A problem that no page expected: said above the page, with all that is typed in it."""
        self.strips.tell_problem(problem)

    def _show_waiting(self) -> None:
        self.foot.tell_waiting(*self.waiting.counts())

    def _read_unread(self) -> None:
        self._desk.later.ask(self, self._desk.contact.unread_by_space, self._show_unread, what="unread")
        self._desk.later.ask(self, self._desk.contact.unread_messages, self.noticing.count, what="messages")

    def _show_unread(self, unread: dict[str, int]) -> None:
        self._unread = unread
        whole = sum(unread.values())
        self.tabs.tell_unread(0, whole)
        self._window.tell_unread(whole)

    def _show_portfolio(self) -> None:
        portfolio = self._desk.portfolio
        self.strips.tell_lost(portfolio.lost(), portfolio.right_labels(), portfolio.heard_of_lost)
        self.account.tell(portfolio.person())
        space = portfolio.space(self._space_id) if self._space_id else None
        if space is None and self._space_id is not None:
            self.show_space(None)
            return
        spaces = len(portfolio.spaces())
        self.selector.tell(space, spaces)
        self.top.tell(space, spaces)
        self.top.add.setVisible(self._means.users.administers())

    # Going from one to another

    @property
    def space_id(self) -> str | None:
        return self._space_id

    def show_space(self, space_id: str | None) -> None:
        """This space's requests, or those of all; remembered for the next time."""
        self._remember_space(space_id)
        for page in self._tabbed:
            page.show_space(space_id)
        if self.content.currentWidget() not in (self.allowances, self.users):
            self.show_contact()

    def _follow_jump(self) -> None:
        """The page itself went to another space, where the requests of the former space are; the others follow."""
        self._remember_space(self.contact.space_id)
        for page in (self.allowances, self.users):
            page.show_space(self._space_id)

    def _remember_space(self, space_id: str | None) -> None:
        self._space_id = space_id
        self._desk.settings.setValue(_SPACE, space_id or "")
        if space_id is not None:
            self._desk.portfolio.visited(space_id)
        self._show_portfolio()

    def _restore_space(self) -> None:
        space_id = str(self._desk.settings.value(_SPACE, "") or "") or None
        if space_id is not None and self._desk.portfolio.space(space_id) is not None:
            self._space_id = space_id
            for page in self._tabbed:
                page.show_space(space_id)

    def choose_space(self) -> None:
        """The list of spaces, under the button."""
        SelectorList(
            self._icons,
            self._desk.later,
            self._desk.portfolio,
            self._unread,
            self.show_space,
            self.add_space,
            self.selector,
            self._space_id,
        ).open_under(self.selector)

    def show_contact(self) -> None:
        self._go_to(self.contact)

    def show_allowances(self) -> None:
        self._go_to(self.allowances)

    def show_users(self) -> None:
        self._go_to(self.users)

    def add_user(self) -> None:
        """« Ajouter un utilisateur », from anywhere."""
        self.show_users()
        self.users.add()

    def _go_to(self, page: QWidget) -> None:
        self._show_page(page)
        self.again.elsewhere()

    def open_files(self, paths: Sequence[Path]) -> None:
        """Allowance files, in the review."""
        self.show_allowances()
        self.allowances.open_files(paths)

    def _choose_files(self) -> None:
        self.show_allowances()
        self.allowances.choose_files()

    def _open_tab(self, tab: int) -> None:
        self._go_to(self._tabbed[tab])

    def _show_page(self, page: QWidget) -> None:
        """And the rail shows it too."""
        self.content.setCurrentWidget(page)
        self.tabs.tell_shown(next((tab for tab, each in enumerate(self._tabbed) if each is page), None))
        self.foot.tell_shown(page is self.waiting)

    def show_waiting(self) -> None:
        self._show_page(self.waiting)
        self.waiting.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_request(self, request_id: str) -> None:
        """The request, the leave or the person of this identifier."""
        if self._means.users.knows(request_id):
            self.show_users()
            self.users.open_person(request_id)
        elif self._means.leaves.key_of(request_id) is not None:
            self.show_allowances()
            self.allowances.open_leave(request_id)
        else:
            self.show_contact()
            self.contact.open_request(request_id)

    def new_request(self) -> None:
        self.show_contact()
        self.contact.new_request(space_id=self._space_id)

    def _edit(self, draft: Draft) -> None:
        """A wish taken back is a draft again: shown where it was written."""
        self.show_contact()
        if draft.key == NEW:
            self.contact.new_request()
        else:
            self.contact.open_request(draft.key)
            self.contact.reply()

    def _meant(self) -> ContactPage | AllowancesTab | UsersTab:
        """The page that is searched and printed."""
        for page in self._tabbed:
            if self.content.currentWidget() is page:
                return page
        self.show_contact()
        return self.contact

    def _find(self) -> None:
        self._meant().focus_search()

    def _reply(self) -> None:
        self.show_contact()
        self.contact.reply()

    def _print(self) -> None:
        self._meant().print_current()

    def _next_zone(self) -> None:
        zones.go(self._zones(), self._window.focusWidget(), 1)

    def _previous_zone(self) -> None:
        zones.go(self._zones(), self._window.focusWidget(), -1)

    def _zones(self) -> list[QWidget]:
        page = self.content.currentWidget()
        return [self.rail, *(zones.panes(page) if page is not None else []), self.top]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.content.currentWidget() is self.waiting:
            self.show_contact()
        else:
            super().keyPressEvent(event)

    # Spaces and rights

    def become_administrator(self) -> None:
        """S5: the step that applies, made ready."""
        AdminDialog(
            self,
            self._icons,
            self._means.clipboard,
            self._desk.portfolio.admin_paths(),
            self._space_id,
            self._ask_administrator,
        ).open()

    def _ask_administrator(self, space_id: str) -> None:
        self._write(_ADMINISTRATOR, None, space_id)

    def add_space(self) -> None:
        """S7: the adhérents to add, checked, then the request made ready."""
        if self.contact.form.key == KEY and self.contact.form.isVisible():
            self.contact.form.leave()  # it holds the same draft
        Adding(self._desk, self._space_id, self._write).open(self)

    def _paid(self, row: LeaveRow) -> tuple[tuple[date, date], ...]:
        return self._means.payments.paid_periods(row.space_id, row.number) if row.number else ()

    def _allowances_desk(self) -> AllowancesDesk:
        """Whence a request may be begun, as there is an account."""
        return replace(self._means.allowances(), write=self._disputing.write)

    def _open_draft(self, topic: str, space_id: str | None) -> None:
        self._write(topic or None, None, space_id)

    def _write(self, topic: str | None, fields: dict[str, str] | None, space_id: str | None) -> None:
        self.show_contact()
        self.contact.new_request(topic, fields, space_id)

    # Signing in again, and out

    def sign_in_again(self) -> None:
        """In place: the pages stay as they are behind it."""
        self.again.open()

    def _hush(self) -> None:
        self.link.hide()

    def _ask_sign_out(self) -> None:
        waiting, _ = self.waiting.counts()
        if not waiting:
            self._means.sign_out()
            return
        stay = "Il partira" if waiting == 1 else "Ils partiront"
        confirm(
            self,
            f"Se déconnecter avec {wording.count(waiting, 'envoi')} en attente{NNBSP}?",
            f"{stay} à votre prochaine connexion sur cet ordinateur. Rien n\u2019est perdu.",
            "Se déconnecter",
            "Rester connecté",
            self._means.sign_out,
            danger=False,
        )

    def _about(self) -> None:
        about(self, self._means.address, self._means.version)
