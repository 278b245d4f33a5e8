"""The view « Arrêts de travail »: the list, and beside it a leave or the form of what is wished of one."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.services.leave import NEW, Act, Draft
from desktop.views.contact.staging import Landed, Staging
from desktop.views.fields.shapes import announce
from desktop.views.leave.desk import Desk
from desktop.views.leave.detail import Detail
from desktop.views.leave.form import LeaveForm
from desktop.views.leave.listing import LeaveList
from desktop.views.rows.beside import Beside

_KEPT_SPLIT: Final = "leave/split"
_LIST: Final = 440
_NARROWEST: Final = 380


class LeavesPage(QWidget):
    """Which space is shown is the window's to say (`show_space`)."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setAccessibleName("Arrêts de travail")
        self._desk, office = desk, desk.office
        self._space_id: str | None = None
        self._staging = Staging(office.shelf, office.errands, office.now, self)
        self.list, self.detail = LeaveList(desk), Detail(desk)
        self._form: LeaveForm | None = None
        self._right = QStackedWidget()
        self._right.addWidget(self.detail)
        split = Beside(self.list, self._right, office.settings, _KEPT_SPLIT, _NARROWEST, _LIST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self.list.current.opened.connect(self._open_current)
        self.list.current.entered.connect(self._enter)
        self.list.asked_new.connect(self.declare)
        self.detail.asked.connect(self._act)
        self.detail.edited.connect(self._edit)
        self._staging.settled.connect(self._land)
        QTimer.singleShot(0, self, self._ready)  # a turn of its own: all at once would hold the window

    def _ready(self) -> None:
        """The form, before it is asked for."""
        _ = self.form

    @property
    def form(self) -> LeaveForm:
        if self._form is None:
            self._form = LeaveForm(self._desk, self._staging)
            self._right.addWidget(self._form)
            self._form.sent.connect(self._sent)
            self._form.left.connect(self._back)
        return self._form

    # What the window asks

    def show_space(self, space_id: str | None) -> None:
        """The leaves of this space; of all of them when None. A leave of another space is closed."""
        if space_id == self._space_id:
            return
        self._space_id = space_id
        shown = self.detail.sheet
        if space_id is not None and shown is not None and shown.row.space_id != space_id:
            self.detail.show_leave(None)
            self.list.current.forget()
        self.list.show_space(space_id)

    def declare(self) -> None:
        """« Déclarer un arrêt »."""
        self._right.setCurrentWidget(self.form)
        self.form.open(Act.DECLARE, space_id=self._space_id)

    def open_leave(self, leave_id: str) -> None:
        """Shows this leave, and selects it in the list when it is there."""
        self.keep_drafts()
        self._right.setCurrentWidget(self.detail)
        self.detail.show_leave(leave_id)
        self.list.current.want(leave_id)

    def panes(self) -> list[QWidget]:
        parts: tuple[QWidget | None, ...] = (self.list, self.detail, self._form)
        return [part for part in parts if part is not None and part.isVisible()]

    def focus_search(self) -> None:
        self.list.search.setFocus()
        self.list.search.selectAll()

    def print_current(self) -> None:
        """The open leave; the list when there is none, or while it is being searched."""
        opened = self.detail.isVisible() and self.detail.sheet is not None
        if opened and self.window().focusWidget() is not self.list.search:
            self.detail.print_current()
        else:
            self.list.print_list()

    def keep_drafts(self) -> None:
        """Before the window closes."""
        if self._form is not None:
            self._form.keep_draft()

    # Between the panes

    def _open_current(self) -> None:
        leave_id = self.list.current.id
        if leave_id == NEW:
            walking = self.list.table.hasFocus()
            self.declare()
            if walking:
                self.list.table.setFocus()
        elif leave_id is not None:
            self.keep_drafts()
            self._right.setCurrentWidget(self.detail)
            self.detail.show_leave(leave_id)

    def _enter(self) -> None:
        self._open_current()
        (self.form if self.list.current.id == NEW else self.detail).setFocus()

    def _act(self) -> None:
        sheet = self.detail.sheet
        if sheet is not None:
            self._right.setCurrentWidget(self.form)
            self.form.open(self.detail.act, sheet.row.leave_id, sheet.row.space_id, self.detail.answers)

    def _edit(self) -> None:
        """What was sent is a draft again: shown where it was written."""
        draft = self._desk.leaves.draft(self.detail.key)
        if draft is not None:
            self._right.setCurrentWidget(self.form)
            self.form.open(draft.act, draft.leave_id, draft.space_id)

    def _sent(self) -> None:
        self.open_leave(self.form.leave_id)
        self.list.table.setFocus()

    def _back(self) -> None:
        self._right.setCurrentWidget(self.detail)
        if self.list.current.id == NEW:
            self.list.current.forget()
        self.list.table.setFocus()
        announce(self, "Brouillon enregistré")

    def _land(self) -> None:
        """Each file goes to the draft it was given for, on screen or not."""
        for key, landed in self._staging.collect():
            if key == self.form.key:
                self.form.land(landed)
            elif landed.file is not None:
                self._put_away(key, landed)

    def _put_away(self, key: str, landed: Landed) -> None:
        draft = self._desk.leaves.draft(key) or Draft(key)
        if landed.file is not None:
            documents = draft.documents | ({landed.file.sha256: landed.answers} if landed.answers else {})
            self._desk.leaves.keep_draft(replace(draft, files=(*draft.files, landed.file), documents=documents))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.keep_drafts()
