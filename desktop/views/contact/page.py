"""The Contact tab: the list, and beside it a request or the form of a new one."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.services.contact import NEW, Draft, begins_request
from desktop.views.contact.criteria import Criteria
from desktop.views.contact.desk import Desk
from desktop.views.contact.form import NewRequest
from desktop.views.contact.listing import ListPane
from desktop.views.contact.reading import Reading
from desktop.views.contact.staging import Landed, Staging
from desktop.views.fields.shapes import announce
from desktop.views.rows.beside import Beside

_KEPT_SPLIT: Final = "contact/split"
_KEPT_REQUEST: Final = "contact/request"
_LIST: Final = 432
_NARROWEST: Final = 428


class ContactPage(QWidget):
    """Which space is shown is the window's to say (`show_space`), save when the person jumps to where the requests of
    the former space are: then `space_changed` rings, and `space_id` tells which."""

    space_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setAccessibleName("Contact")
        self._desk = desk
        self._space_id: str | None = None
        staging = Staging(desk.shelf, desk.errands, desk.now, self)
        self._staging = staging
        self.list = ListPane(desk)
        self.list.setAccessibleName("Demandes")
        self.reading = Reading(desk, staging)
        self.form = NewRequest(desk, staging)
        self._right = QStackedWidget()
        self._right.addWidget(self.reading)
        self._right.addWidget(self.form)
        split = Beside(self.list, self._right, desk.settings, _KEPT_SPLIT, _NARROWEST, _LIST)
        self._last = str(desk.settings.value(_KEPT_REQUEST, "") or "")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self.list.current.opened.connect(self._open_current)
        self.list.table.clicked.connect(self._point)
        self.list.current.entered.connect(self._enter)
        self.list.asked_new.connect(self.new_request)
        self.list.asked_unread.connect(self._mark_unread)
        self.list.asked_jump.connect(self._jump)
        self.reading.reopened.connect(self.new_request)
        self.form.sent.connect(self._sent)
        self.form.left.connect(self._back)
        self.reading.composer.left.connect(self._leave_reply)
        staging.settled.connect(self._land)

    # What the window asks

    def show_space(self, space_id: str | None) -> None:
        """The requests of this space; of all of them when None. What is being written is kept, and a request of another
        space is closed: nobody should answer for one company while looking at another."""
        self._go_to(space_id)
        self.list.show_space(space_id)

    def new_request(
        self, topic_code: str | None = None, fields: dict[str, str] | None = None, space_id: str | None = None
    ) -> None:
        """Opens the form, filled in as far as is known."""
        self.reading.keep_draft()
        self._right.setCurrentWidget(self.form)
        self.form.open(space_id or self._space_id, topic_code or None, fields)

    def open_request(self, request_id: str) -> None:
        """Shows this request, and selects it in the list when it is there."""
        self._open(request_id)

    def _open(self, request_id: str, *, restored: bool = False) -> None:
        self.form.keep_draft()
        self._right.setCurrentWidget(self.reading)
        self.reading.show_request(request_id, restored=restored)
        self._remember(request_id)
        self.list.current.want(request_id)

    def panes(self) -> list[QWidget]:
        """Those of the page that are shown, for the key that goes from one to the next."""
        reading = self.reading
        return [part for part in (self.list, reading.conversation, reading.composer, self.form) if part.isVisible()]

    def focus_search(self) -> None:
        self.list.search.setFocus()
        self.list.search.selectAll()

    def reply(self) -> None:
        """Puts the cursor where one answers."""
        self._right.setCurrentWidget(self.reading)
        if self.reading.composer.isVisible():
            self.reading.composer.text.setFocus()

    def print_current(self) -> None:
        self.reading.print_current()

    @property
    def space_id(self) -> str | None:
        """The space whose requests are listed; None for all."""
        return self._space_id

    def keep_drafts(self) -> None:
        """Before the window closes."""
        self.reading.keep_draft()
        self.form.keep_draft()

    # Between the panes

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, what was open when the program was last closed is open again."""
        super().showEvent(event)
        kept, self._last = self._last, ""
        if kept and self.reading.request_id is None and self._desk.contact.key_of(kept) is not None:
            self._open(kept, restored=True)

    def _remember(self, request_id: str) -> None:
        self._desk.settings.setValue(_KEPT_REQUEST, request_id)

    def _open_current(self) -> None:
        key = self.list.current.id
        if key is None:
            return
        if begins_request(key):
            self._resume(key)
            return
        self.form.keep_draft()
        self._right.setCurrentWidget(self.reading)
        self.reading.show_request(key)
        self._remember(key)

    def _resume(self, key: str) -> None:
        """The form of a request that was begun. Who walks through the list stays in it."""
        if self._right.currentWidget() is self.form and self.form.key == key:
            return
        walking = self.list.table.hasFocus()
        self.new_request(key.partition(":")[2])
        if walking:
            self.list.table.setFocus()

    def _point(self) -> None:
        """A click on a row means its request, even when that is current already."""
        row = self.list.table.current()
        if row is not None and row.request_id == self.list.current.id:
            self._open_current()

    def _enter(self) -> None:
        key = self.list.current.id
        if key is not None and begins_request(key):
            self.new_request(key.partition(":")[2])
        else:
            self._open_current()
            self.reply()

    def _mark_unread(self) -> None:
        row = self.list.table.current()
        if row is None:
            return
        if row.request_id == self.reading.request_id:
            self.reading.mark_unread()
        else:
            self._desk.contact.mark_unread(row.request_id)

    def _sent(self) -> None:
        self.open_request(self.form.request_id)
        self.list.table.setFocus()

    def _jump(self) -> None:
        """« Voir ces demandes »: the space where the former requests are, narrowed to them."""
        former = self.list.former
        if former is not None and former.space_id is not None:
            self._go_to(former.space_id)
            self.list.show_space(former.space_id, Criteria(origin="former"))
            self.space_changed.emit()

    def _go_to(self, space_id: str | None) -> None:
        self._space_id = space_id
        self.form.show_around(space_id)
        if space_id is not None and self.reading.space_id not in (None, space_id):
            self.reading.show_request(None)
            self.list.current.forget()

    def _leave_reply(self) -> None:
        """Échap in a reply: back to the list; what is written waits there."""
        written = not self.reading.composer.empty
        self.reading.keep_draft()
        (self.list.table if self.list.table.isVisible() else self.reading.conversation).setFocus()
        if written:
            announce(self, "Brouillon enregistré")

    def _back(self) -> None:
        self._right.setCurrentWidget(self.reading)
        self.list.table.setFocus()

    def _land(self) -> None:
        """Each file goes to the draft it was given for, on screen or not."""
        for key, landed in self._staging.collect():
            if key == self.form.key and key.startswith(NEW):
                self.form.land(landed)
            elif key == self.reading.composer.key:
                self.reading.composer.land(landed)
            elif landed.file is not None:
                self._put_away(key, landed)

    def _put_away(self, key: str, landed: Landed) -> None:
        draft = self._desk.contact.draft(key) or Draft(key=key)
        if landed.file is not None:
            answers = (*draft.answers, landed.answers) if landed.answers else draft.answers
            self._desk.contact.keep_draft(replace(draft, files=(*draft.files, landed.file), answers=answers))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.keep_drafts()
