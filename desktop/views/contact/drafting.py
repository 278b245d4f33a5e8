"""What every form of a draft has: the space, the fields asked, the documents wanted, its files. It is kept as it is
typed, and all that is wrong is told in one round."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.drafting import Complaint, Drafting, Invalid, Typed
from desktop.views import wording
from desktop.views.contact.answers import Answers
from desktop.views.contact.composer import DROP_HERE, FileStrip
from desktop.views.contact.desk import Desk
from desktop.views.contact.inputs import Area
from desktop.views.contact.staging import Landed, Offered, Staging
from desktop.views.contact.veil import DropPane
from desktop.views.contact.wanted import Wanted
from desktop.views.contact.whither import SpaceChoice
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.keeper import Keeper
from desktop.views.fields.order import put_in_order
from desktop.views.fields.shapes import Banner, Button, ElidedLabel, Label, announce
from desktop.views.notices import confirm
from desktop.views.tokens import Space


class DraftForm(DropPane):
    """`sent` when it was sent, `left` when it is closed: its draft is kept. Each form lays its parts, and says what its
    draft is, what is wrong with it and how it is sent."""

    sent = Signal()
    left = Signal()

    def __init__(self, office: Desk, staging: Staging, drafts: Drafting[Any]) -> None:
        super().__init__(office.icons)
        self.setProperty("role", "page")
        self._office, self._staging, self._drafts = office, staging, drafts
        self.key = ""
        self._loading = False
        self._keeper = Keeper(self, self._write_down)
        self.note = Banner(office.icons, "info", "pencil")
        self.space = SpaceChoice(office.portfolio)
        self._space_box = FieldBox("Entreprise et adhérent", self.space, required=True)
        self.answers = Answers(office.icons, office.portfolio)
        self.wanted = Wanted(office.icons, self._bring)
        self.strip = FileStrip(office.icons)
        self.attach = Button("Joindre un fichier", icons=office.icons, icon="paperclip", does=self._attach)
        self.kept = Label("", "meta")
        self.send_button = Button("Envoyer", "primary", icons=office.icons, icon="send", does=self.send)

    # What each form says

    def draft(self) -> Typed:
        """What is written now."""
        raise AssertionError(self)

    def _complaints(self) -> Sequence[Complaint]:
        raise AssertionError(self)

    def _send(self) -> None:
        """Raises `Invalid`."""
        raise AssertionError(self)

    def _show_wanted(self) -> None:
        raise AssertionError(self)

    # Its parts

    def _lay(self, top: Sequence[QWidget], parts: Sequence[QWidget]) -> None:
        """`top` does not scroll, `parts` do."""
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(self.attach)
        row.addWidget(ElidedLabel(DROP_HERE, "secondary"), 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        for part in parts:
            column.addWidget(part)
        column.addLayout(row)
        column.addStretch(1)
        self._area = Area(inside)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        for part in top:
            page.addWidget(part)
        page.addWidget(self._area, 1)
        page.addWidget(self._foot())

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setProperty("role", "foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(Space.XL, Space.M, Space.L, Space.M)
        row.setSpacing(Space.M)
        row.addWidget(self.kept, 1)
        row.addWidget(self.send_button)
        return foot

    def _join(self) -> None:
        self.space.chosen.connect(self._space_chosen)
        self.answers.changed.connect(self._answered)
        self.strip.changed.connect(self._files_changed)
        self._staging.settled.connect(self._show_underway)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.send, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for signal in (self.strip.drawn, self.wanted.drawn):
            signal.connect(self._order)

    def _space_chosen(self) -> None:
        self._space_box.complain("")
        self._typed()

    def _answered(self) -> None:
        self._typed()

    def _order(self) -> None:
        put_in_order(self)

    # The draft

    def _typed(self) -> None:
        if not self._loading:
            self._keeper.typed()

    def keep_draft(self) -> None:
        """Writes down what has been typed and is not kept yet."""
        self._keeper.keep()

    def _write_down(self) -> None:
        self._drafts.keep_draft(self.draft())
        self.kept.setText("Brouillon enregistré")

    def _ask_to_drop(self, gone: str, drop: Callable[[], None]) -> None:
        confirm(self, "Effacer ce brouillon\u202f?", gone, "Effacer le brouillon", "Conserver", drop)

    def _drop(self) -> None:
        self._keeper.forget()
        self._drafts.drop_draft(self.key)
        self.note.hide()

    def leave(self) -> None:
        self.keep_draft()
        self.left.emit()

    # Sending

    def send(self) -> None:
        """« Envoyer »: all that is wrong is told in one round, each beside its field; the first has the focus."""
        said = self._wrong()
        if not said:
            try:
                self._send()
            except Invalid as invalid:
                said = _by_field(invalid.complaints)
        self._complain(said)
        if said:
            self._point(said)
            return
        self._keeper.forget()
        self._sent()
        self.sent.emit()

    def _sent(self) -> None:
        """Before others hear of it."""

    def _wrong(self) -> dict[str, str]:
        """What the rules refuse, and what the fields themselves know better."""
        said = _by_field(self._complaints()) | self.answers.complaints()
        if self._staging.underway(self.key):
            said["files"] = "Un fichier est encore en cours de lecture. Envoyez dès qu\u2019il est prêt."
        return said

    def _complain(self, said: dict[str, str]) -> None:
        self._space_box.complain(said.get("space", ""))
        self.answers.complain(said)
        self.strip.say(said.get("files", ""))

    def _places(self) -> dict[str, QWidget]:
        """Where what is wrong is put right, in the order of the form."""
        return {"space": self.space, **self.answers.places(), "files": self.attach}

    def _point(self, said: dict[str, str]) -> None:
        first = next((place for code, place in self._places().items() if code in said), self.attach)
        self.kept.setText(wording.count(len(said), "point à corriger", "points à corriger"))
        first.setFocus()
        self._area.ensureWidgetVisible(first, 0, 80)
        announce(self, self.kept.text())

    # Files

    def land(self, landed: Landed) -> None:
        """A file of this form has been read, or could not be."""
        if landed.file is not None:
            self.strip.add(landed.file, self._staging.underway(self.key))
            self._show_wanted()
            self._typed()
        self._show_underway()
        if landed.sentence:
            self.strip.say(landed.sentence)

    def _files_changed(self) -> None:
        self._show_wanted()
        self._typed()

    def _show_underway(self) -> None:
        self.strip.set_files(self.strip.files, self._staging.underway(self.key))

    def _attach(self) -> None:
        self.take(Offered(paths=self._office.picks.files()))

    def _bring(self, label: str) -> None:
        """The document of the checklist that is said so."""
        self.take(Offered(paths=self._office.picks.files()), label)

    def take(self, given: Offered, answers: str = "") -> None:
        if given.paths or given.picture is not None or given.sentence:
            self._staging.take(self.key, given, answers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.keep_draft()


def _by_field(complaints: Sequence[Complaint]) -> dict[str, str]:
    """The first complaint of each field."""
    return {one.field: one.sentence for one in reversed(complaints)}
