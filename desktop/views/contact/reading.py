"""The pane where one request is read and answered."""

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.contact import AttachmentRow, Draft, RequestSheet
from desktop.services.drafting import Invalid
from desktop.views import printing, viewer
from desktop.views.bell import Follow
from desktop.views.contact.attachments import Attachments
from desktop.views.contact.bubbles import Remedies
from desktop.views.contact.composer import Composer
from desktop.views.contact.conversation import Conversation, Tools
from desktop.views.contact.desk import Desk
from desktop.views.contact.head import ClosureCard, RequestHead
from desktop.views.contact.printing import conversation_page
from desktop.views.contact.staging import Offered, Staging
from desktop.views.contact.veil import DropPane
from desktop.views.fields.keeper import Keeper
from desktop.views.fields.shapes import Banner, EmptyState, Label
from desktop.views.icons import Icons
from desktop.views.notices import confirm
from desktop.views.tokens import Size, Space
from desktop.views.wording import NBSP

_READ_MS: Final = 1500
_SAID_MS: Final = 6000
_LOW: Final = 620
_ACTS: Final = (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.Wheel)


class Reading(DropPane):
    """`show_request` opens a request; what was being typed in the one before is kept first. `reopened` when a new
    request was taken back, and its form is a draft again."""

    reopened = Signal()

    def __init__(self, desk: Desk, staging: Staging) -> None:
        super().__init__(desk.icons)
        self._desk, self._staging = desk, staging
        self._request_id: str | None = None
        self._sheet: RequestSheet | None = None
        self._left_unread = self._untouched = False
        self._doomed = ""
        self._notice = Banner(desk.icons, "info", "info")
        self._attachments = Attachments(
            desk.shelf,
            desk.downloads,
            desk.later,
            desk.errands,
            desk.bell,
            self._view,
            desk.picks.place,
            self._say_of_file,
            self,
        )
        self.head = RequestHead(desk.icons, self.print_current, self.copy_number, self.mark_unread)
        remedies = Remedies(self._take_back, self._edit_again, self._insist, self._give_up)
        tools = Tools(self._attachments, remedies, desk.icons, desk.now, desk.hold)
        self.conversation = Conversation(tools)
        self.closure = ClosureCard(desk.icons, self._bring)
        self.composer = Composer(desk.icons, staging)
        self._silence = _Silence(desk.icons)
        self._nothing = EmptyState(
            desk.icons,
            "messages-square",
            "Aucune demande ouverte",
            "Choisissez une demande dans la liste pour la lire.",
        )
        self._keeper = Keeper(self, self._write_down)
        self._reader, self._hush = self._timer(_READ_MS), self._timer(_SAID_MS)
        self._build()
        self._listen()

    def _listen(self) -> None:
        desk, staging = self._desk, self._staging
        self._reader.timeout.connect(self._has_read)
        self._hush.timeout.connect(self._notice.hide)
        self.composer.changed.connect(self._typed)
        self.composer.send_asked.connect(self.send)
        self.composer.attach_asked.connect(self._attach)
        staging.settled.connect(self.composer.show_underway)
        Follow(self, desk.bell, {"contact", "portfolio"}, self.refresh)
        Follow(self, desk.bell, {"drafts"}, self._follow_draft)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        return timer

    def _build(self) -> None:
        open_page = QWidget()
        open_page.setProperty("role", "ground")
        page = self._page = QVBoxLayout(open_page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        for part in (self.head, self._notice, self.conversation, self.closure, self.composer, self._silence):
            page.addWidget(part, 1 if part is self.conversation else 0)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(open_page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    # Which request

    @property
    def request_id(self) -> str | None:
        return self._request_id

    @property
    def space_id(self) -> str | None:
        """The space of the request that is open."""
        return self._sheet.row.space_id if self._sheet is not None else None

    def show_request(self, request_id: str | None, *, restored: bool = False) -> None:
        """`restored`: it is open because it was when the program was closed, and nobody has asked to see it yet."""
        if request_id == self._request_id:
            self.attend()
            return
        if restored or self._untouched:
            self._await_her(awaited=restored)
        self.keep_draft()
        self._reader.stop()
        self._notice.hide()
        self._request_id, self._sheet, self._left_unread = request_id, None, False
        self.refresh()

    def refresh(self) -> None:
        """Reads again what is shown."""
        request_id = self._request_id
        sheet = self._desk.contact.sheet(request_id) if request_id is not None else None
        opened = self._sheet is None and sheet is not None
        self._sheet = sheet
        if request_id is None or sheet is None:
            self.conversation.clear()
            self._pages.setCurrentIndex(0)
            return
        self.head.show_sheet(sheet)
        if opened:
            self._load_draft()
        self._show_foot(sheet)
        self._pages.setCurrentIndex(1)
        self.conversation.show_messages(request_id, self._desk.contact.conversation(request_id), sheet.fields)
        self._begin_reading()

    def _show_foot(self, sheet: RequestSheet) -> None:
        self.closure.show_sheet(sheet, self.composer.answered)
        self.composer.setVisible(sheet.can_reply)
        self._silence.setVisible(not sheet.can_reply)
        self._silence.words.setText(sheet.why_not)

    def say(self, sentence: str) -> None:
        """One sentence above the conversation, for a few seconds."""
        self._notice.tell(sentence)
        self._hush.start()

    def _say_of_file(self, sentence: str) -> None:
        """Also in the viewer, which hides what is said here."""
        self.say(sentence)
        for shown in self.findChildren(viewer.Viewer):
            shown.say(sentence)

    # Read, after it has been seen

    def _begin_reading(self) -> None:
        unread = self._sheet is not None and self._sheet.row.unread > 0
        left = self._left_unread or self._untouched
        if not unread:
            self._reader.stop()
        elif self.isVisible() and not left and not self._reader.isActive():
            self._reader.start()

    def _await_her(self, *, awaited: bool) -> None:
        """A restored request is looked at only once the clerk does something in it."""
        self._untouched = awaited
        for part in (self, *self.findChildren(QWidget)):
            if awaited:
                part.installEventFilter(self)
            else:
                part.removeEventFilter(self)

    def attend(self) -> None:
        """The clerk has turned to the request that is open."""
        if self._untouched:
            self._await_her(awaited=False)
            self._begin_reading()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ACTS:
            self.attend()
        return super().eventFilter(watched, event)

    def _has_read(self) -> None:
        if self._request_id is not None and self.isVisible() and not self.window().isMinimized():
            self._desk.contact.mark_read(self._request_id)

    def mark_unread(self) -> None:
        if self._request_id is not None:
            self._left_unread = True
            self._reader.stop()
            self._desk.contact.mark_unread(self._request_id)

    def copy_number(self) -> None:
        number = self._sheet.row.file_number if self._sheet is not None else None
        if number:
            QApplication.clipboard().setText(number)
            self.say(f"Numéro de dossier copié{NBSP}: {number}")
        else:
            self.say("Cette demande n\u2019a pas encore de numéro de dossier.")

    # The draft

    def _load_draft(self) -> None:
        self.keep_draft()
        if self._request_id is not None and self._sheet is not None:
            draft = self._desk.contact.draft(self._request_id) or Draft(key=self._request_id)
            self.composer.show_draft(draft, self._sheet.awaited)

    def _follow_draft(self) -> None:
        """What was to be sent has become the draft again from another page. Whoever does that keeps first what is typed
        here, so that it is in that draft; what has been typed since is never written over."""
        if self._sheet is None or self._keeper.dirty or self._request_id != self.composer.key:
            return
        written = self.composer.draft()
        kept = self._desk.contact.draft(written.key) or Draft(key=written.key)
        if (kept.text.strip(), kept.files) != (written.text.strip(), written.files):
            self.composer.show_draft(kept, self._sheet.awaited)

    def _typed(self) -> None:
        self._keeper.typed()
        if self._sheet is not None:
            self.closure.show_sheet(self._sheet, self.composer.answered)

    def keep_draft(self) -> None:
        """Writes down what has been typed and is not kept yet."""
        self._keeper.keep()

    def _write_down(self) -> None:
        self._desk.contact.keep_draft(self.composer.draft())

    # Sending

    def send(self) -> None:
        """« Envoyer »: the message is on screen when this returns."""
        if self._sheet is None or not self._sheet.can_reply:
            return
        if self._staging.underway(self.composer.key):
            self.composer.complain("Un fichier est encore en cours de lecture. Envoyez dès qu\u2019il est prêt.")
            return
        draft = self.composer.draft()
        try:
            self._desk.contact.reply(draft, self._sheet.state_version)
        except Invalid as invalid:
            self.composer.complain(" ".join(one.sentence for one in invalid.complaints))
            return
        self._keeper.forget()
        self.composer.show_draft(Draft(key=draft.key), self._sheet.awaited)
        self._fit()
        self.conversation.to_end()

    def _fit(self) -> None:
        """The composer has its new height in this turn of the event loop, not two turns later."""
        for layout in (self.composer.layout(), self._page):
            if layout is not None:
                layout.activate()

    def _take_back(self, wish_id: str) -> None:
        self.keep_draft()
        draft = self._desk.contact.take_back(wish_id)
        if draft is None:
            self.say(f"Trop tard{NBSP}: le message est déjà parti.")
        else:
            self._again(draft)

    def _edit_again(self, wish_id: str) -> None:
        self.keep_draft()
        self._again(self._desk.contact.edit_refused(wish_id))

    def _again(self, draft: Draft) -> None:
        if draft.key != self._request_id:
            self.reopened.emit()
            return
        if self._sheet is not None:
            self.composer.show_draft(draft, self._sheet.awaited)
            self._fit()
            self.composer.text.setFocus()

    def _insist(self, wish_id: str) -> None:
        self._desk.wishes.insist(wish_id)

    def _give_up(self, wish_id: str) -> None:
        self._doomed = wish_id
        confirm(
            self,
            "Abandonner ce message\u202f?",
            "Volet ne l\u2019enverra plus, et son texte sera perdu ici.",
            "Abandonner le message",
            "Conserver",
            self._abandon,
        )

    def _abandon(self) -> None:
        self._desk.wishes.give_up(self._doomed)

    # Files

    def _attach(self) -> None:
        self.take(Offered(paths=self._desk.picks.files()))

    def _bring(self, awaited_id: str) -> None:
        self.take(Offered(paths=self._desk.picks.files()), awaited_id)

    def takes_files(self) -> bool:
        return self._sheet is not None and self._sheet.can_reply

    def take(self, given: Offered, answers: str = "") -> None:
        if self._request_id is not None and (given.paths or given.picture is not None or given.sentence):
            self._staging.take(self._request_id, given, answers)

    def _view(self, file: AttachmentRow, content: bytes) -> None:
        save = partial(self._attachments.save, file)
        viewer.show(self, self._desk.icons, self._desk.later, file.name, file.media_type, content, save)

    def print_current(self) -> None:
        """« Imprimer »: the preview of the whole conversation, black on white."""
        if self._sheet is None or self._request_id is None:
            return
        messages = self._desk.contact.conversation(self._request_id)
        page = conversation_page(self._sheet, messages, self._desk.now())
        printing.preview(self, self._desk.icons, page)

    # Coming and going

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin_reading()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._reader.stop()
        self.keep_draft()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = event.size().height() < _LOW
        self.composer.text.set_lowest(2 if low else 3)
        self.head.set_low(low)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowDeactivate:
            self.keep_draft()
        return super().event(event)


class _Silence(QFrame):
    """In the composer's place when one may not answer: why, and what to do."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        self._icons, self._picture = icons, Label()
        icons.look.changed.connect(self._dress)
        self._dress()
        self.words = Label("", "muted", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.XL, Space.L, Space.L, Space.L)
        row.setSpacing(Space.M)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self.hide()

    def _dress(self) -> None:
        self._picture.setPixmap(self._icons.pixmap("lock", "muted", Size.ICON, self.devicePixelRatioF()))
