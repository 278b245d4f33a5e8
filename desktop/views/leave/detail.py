"""One leave: who and when, what it stands at, its line of time, its clocks, its documents."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.services.contact import AttachmentRow
from desktop.services.drafting import Invalid
from desktop.services.leave import Act, LeaveSheet, Standing
from desktop.views import printing, viewer, wording
from desktop.views.bell import Follow
from desktop.views.contact.attachments import Attachments
from desktop.views.contact.inputs import Area
from desktop.views.fields.shapes import Banner, EmptyState, Label
from desktop.views.leave import saying
from desktop.views.leave.clocks import Clocks
from desktop.views.leave.deliveries import Remedies
from desktop.views.leave.desk import Desk
from desktop.views.leave.facts import Facts
from desktop.views.leave.head import Head
from desktop.views.leave.papers import Papers
from desktop.views.leave.printing import sheet_page
from desktop.views.leave.timeline import Timeline
from desktop.views.notices import confirm
from desktop.views.rows.deliveries import Deliveries
from desktop.views.tokens import Space
from desktop.views.wording import NBSP, NNBSP

_SAID_MS: Final = 6000


class Detail(QWidget):
    """`asked` when the form of an act is wanted (`act`, `answers`), `edited` when what was sent is a draft again
    (`key`)."""

    asked = Signal()
    edited = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Arrêt de travail")
        self._desk, office = desk, desk.office
        self._leave_id: str | None = None
        self.sheet: LeaveSheet | None = None
        self.act, self.answers, self.key = Act.PROLONG, "", ""
        self.head = Head(office.icons, self._want, self._ask_withdraw, self._by_contact, self.print_current)
        self.note = Banner(office.icons, "warning", "triangle-alert")
        self.said = Banner(office.icons, "info", "info")
        remedies = Remedies(self._take_back, self._edit, self._insist, self._retry, self._ask_give_up)
        self.deliveries = Deliveries(office.icons, remedies.card)
        self.caption = Label("", "meta", wrap=True)
        self.timeline = Timeline(office.icons.look, self.caption)
        self.facts, self.clocks = Facts(office.icons), Clocks()
        self._attachments = Attachments(
            *(office.shelf, office.downloads, office.later, office.errands, office.bell),
            self._view,
            office.picks.place,
            self._say,
            self,
        )
        self.papers = Papers(office.icons, self._attachments, self._bring)
        hint = "Choisissez un arrêt dans la liste, ou déclarez-en un."
        self._nothing = EmptyState(office.icons, "stethoscope", "Aucun arrêt ouvert", hint)
        self._hush, self._beat = self._timer(_SAID_MS), self._timer(500)
        self._hush.timeout.connect(self.said.hide)
        self._beat.timeout.connect(self.refresh)
        self._build()
        Follow(self, office.bell, {"leave", "portfolio"}, self.refresh)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        return timer

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.XL)
        column.setSpacing(Space.M)
        for part in (self.deliveries, self.timeline, self.caption, self.facts, self.clocks, self.papers):
            column.addWidget(part)
        column.addStretch(1)
        self._area = Area(inside)
        self._area.setAccessibleName("Détail de l\u2019arrêt")
        inside.setMaximumWidth(820)
        whole = QWidget()
        page = QVBoxLayout(whole)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        for above in (self.head, self.note, self.said):
            page.addWidget(above)
        page.addWidget(self._area, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    # What it shows

    @property
    def leave_id(self) -> str | None:
        return self._leave_id

    def show_leave(self, leave_id: str | None) -> None:
        """Opens this leave; none when None."""
        if leave_id != self._leave_id:
            self._leave_id = leave_id
            self.said.hide()
            self.facts.hide_nir()
            self._area.verticalScrollBar().setValue(0)
        self.refresh()

    def refresh(self) -> None:
        today = self._desk.office.today()
        sheet = self._desk.leaves.sheet(self._leave_id, today) if self._leave_id is not None else None
        if sheet is not None and (paid := tuple(self._desk.paid(sheet.row))):
            sheet = self._desk.leaves.sheet(sheet.row.leave_id, today, paid)
        self.sheet = sheet
        self._pages.setCurrentIndex(0 if sheet is None else 1)
        if sheet is None:
            return
        self.head.tell(sheet)
        self.deliveries.tell(sheet.deliveries)
        self.timeline.tell(sheet.course, today)
        self.facts.tell(sheet)
        self.clocks.tell(sheet.clocks)
        self.papers.tell(sheet.awaited, sheet.files, open_=not sheet.acts.complete and sheet.version is not None)
        self._tell_note(sheet)
        if any(each.standing is Standing.HELD for each in sheet.deliveries):
            self._beat.start()  # nothing rings when a wish is no longer held: it is looked at

    def _tell_note(self, sheet: LeaveSheet) -> None:
        if sheet.overdue and sheet.row.last_day is not None:
            ended = wording.long_day(sheet.row.last_day)
            self.note.tell(f"Cet arrêt finissait le {ended}{NBSP}: prolongez-le, ou annoncez la reprise.")
        else:
            self.note.hide()

    def _say(self, sentence: str) -> None:
        self.said.tell(sentence)
        self._hush.start()

    # What is asked

    def _want(self, act: Act) -> None:
        self.act, self.answers = act, ""
        self.asked.emit()

    def _bring(self, awaited_id: str, _checked: bool = False) -> None:
        self.act, self.answers = Act.COMPLETE, awaited_id
        self.asked.emit()

    def _by_contact(self) -> None:
        """A leave of the former space is prolonged by a request, whose form is opened filled in."""
        opened = self._desk.leaves.by_contact(self._leave_id or "")
        if opened is not None:
            self._desk.write(opened.topic, opened.fields, opened.space_id)

    def print_current(self) -> None:
        """The open leave, with a preview."""
        if self.sheet is not None:
            printing.preview(self, self._desk.office.icons, sheet_page(self.sheet, self._desk.office.now()))

    def _ask_withdraw(self) -> None:
        sheet = self.sheet
        if sheet is None:
            return
        confirm(
            self,
            f"Retirer cet arrêt{NNBSP}?",
            f"L\u2019arrêt de {sheet.row.employee} ({saying.period(sheet.row)}) sera retiré "
            "auprès de l\u2019assureur, comme s\u2019il n\u2019avait pas été déclaré.",
            "Retirer l\u2019arrêt",
            "Conserver",
            partial(self._withdraw, sheet.row.leave_id, sheet.version),
        )

    def _withdraw(self, leave_id: str, version: int | None) -> None:
        try:
            self._desk.leaves.withdraw(leave_id, version)
        except Invalid as invalid:
            self._say(invalid.complaints[0].sentence)

    # What waits

    def _take_back(self, wish_id: str) -> None:
        taken, draft = self._desk.leaves.take_back(wish_id)
        if not taken:
            self._say("Trop tard\u00a0: cet envoi est déjà parti.")
            self.refresh()
        elif draft is not None:
            self._reopen(draft.key)

    def _edit(self, wish_id: str) -> None:
        draft = self._desk.leaves.edit_refused(wish_id)
        if draft is not None:
            self._reopen(draft.key)

    def _reopen(self, key: str) -> None:
        self.key = key
        self.edited.emit()

    def _insist(self, wish_id: str) -> None:
        self._desk.office.wishes.insist(wish_id)

    def _retry(self, wish_id: str) -> None:
        self._desk.leaves.retry(wish_id)

    def _ask_give_up(self, wish_id: str) -> None:
        consequence = "Ce que vous avez envoyé ne sera pas pris en compte, et son contenu sera perdu ici."
        give_up = _GiveUp(self._desk, wish_id)
        confirm(self, f"Abandonner cet envoi{NNBSP}?", consequence, "Abandonner l\u2019envoi", "Conserver", give_up)

    # Files

    def _view(self, file: AttachmentRow, content: bytes) -> None:
        office = self._desk.office
        save = partial(self._attachments.save, file)
        viewer.show(self, office.icons, office.later, file.name, file.media_type, content, save)

    def focus_first(self) -> None:
        self.head.setFocus(Qt.FocusReason.OtherFocusReason)


@dataclass(frozen=True, slots=True)
class _GiveUp:
    desk: Desk
    wish_id: str

    def __call__(self) -> None:
        self.desk.office.wishes.give_up(self.wish_id)
