"""A new request, drawn from the catalogue: for whom, about what, the fields and documents it wants, the message."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.services.contact import NEW, Draft, Theme, Topic, propose_subject
from desktop.services.drafting import Complaint, Invalid
from desktop.views import wording
from desktop.views.contact.answers import Answers
from desktop.views.contact.composer import DROP_HERE, FileStrip, Writing
from desktop.views.contact.desk import Desk
from desktop.views.contact.inputs import Area
from desktop.views.contact.staging import Landed, Offered, Staging, offered
from desktop.views.contact.veil import DropPane
from desktop.views.contact.wanted import Wanted
from desktop.views.contact.whither import Head, SpaceChoice, TopicChoice
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.order import put_in_order
from desktop.views.fields.shapes import Banner, Button, ElidedLabel, Label, announce
from desktop.views.notices import confirm
from desktop.views.tokens import Space

_KEEP_MS: Final = 500


class NewRequest(DropPane):
    """`sent` when a request has been opened (`request_id`), `left` when the form is closed: its draft is kept."""

    sent = Signal()
    left = Signal()

    def __init__(self, desk: Desk, staging: Staging) -> None:
        super().__init__(desk.icons)
        self.setProperty("role", "page")
        self.setAccessibleName("Nouvelle demande")
        self._desk, self._staging = desk, staging
        self.request_id = ""
        self.key = NEW
        self._topic: Topic | None = None
        self._proposed = self._asked = ""
        self._dirty = False
        self._loading = False
        self._keeper = QTimer(self)
        self._keeper.setSingleShot(True)
        self._keeper.setInterval(_KEEP_MS)
        self._around: str | None = None
        self.head = Head(desk.icons, self.leave)
        self.note = Banner(desk.icons, "info", "pencil")
        self.space, self.topic = SpaceChoice(desk.portfolio), TopicChoice(desk.icons)
        self.intro = Label("", "muted", wrap=True)
        self.answers = Answers(desk.icons, desk.portfolio)
        self.subject = QLineEdit()
        self.subject.setMaxLength(160)
        self.text = Writing("Votre message…", "Message", lowest=4, highest=14)
        self.strip = FileStrip(desk.icons)
        self.wanted = Wanted(desk.icons, self._bring)
        self.attach = Button("Joindre un fichier", icons=desk.icons, icon="paperclip", does=self._attach)
        self.send_button = Button("Envoyer", "primary", icons=desk.icons, icon="send", does=self.send)
        self.send_button.setToolTip("Envoyer (Ctrl+Entrée)")
        self._build()
        self._join()

    def _build(self) -> None:
        self._space_box = FieldBox("Entreprise et adhérent", self.space, required=True)
        self._subject_box = FieldBox("Objet", self.subject, required=True)
        self._text_box = FieldBox("Message", self.text)
        self._text_label = self._text_box.findChildren(Label)[0]
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(self.attach)
        row.addWidget(ElidedLabel(DROP_HERE, "secondary"), 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        upper = (self._space_box, self.topic, self.intro, self.answers)
        lower = (self._subject_box, self._text_box, self.wanted, self.strip)
        for part in (*upper, *lower):
            column.addWidget(part)
        column.addLayout(row)
        column.addStretch(1)
        self._area = Area(inside)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.head)
        page.addWidget(self.note)
        page.addWidget(self._area, 1)
        page.addWidget(self._foot())

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setProperty("role", "foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(Space.XL, Space.M, Space.L, Space.M)
        row.setSpacing(Space.M)
        self.kept = Label("", "meta")
        row.addWidget(self.kept, 1)
        row.addWidget(self.send_button)
        return foot

    def _join(self) -> None:
        self._keeper.timeout.connect(self.keep_draft)
        self.space.chosen.connect(self._space_chosen)
        self.topic.chosen.connect(self._topic_chosen)
        self.answers.changed.connect(self._field_changed)
        for signal in (self.subject.textEdited, self.text.textChanged, self.strip.changed):
            signal.connect(self._typed)
        self.strip.changed.connect(self._show_wanted)
        self.subject.textChanged.connect(self._forgive_subject)
        for signal in (self.text.textChanged, self.strip.changed):
            signal.connect(self._forgive_text)
        self.text.sent.connect(self.send)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.send, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.text.brought.connect(self._pasted)
        self._staging.settled.connect(self._show_underway)
        for signal in (self.strip.drawn, self.wanted.drawn):
            signal.connect(self._order)

    # Opening

    def open(self, space_id: str | None, topic_code: str | None = None, fields: dict[str, str] | None = None) -> None:
        """The form as it was left; with a topic, that topic's form, filled in as far as is known, beside the draft."""
        self.keep_draft()
        self.key = NEW if topic_code is None else f"{NEW}:{topic_code}"
        kept = self._desk.contact.draft(self.key)
        if kept is None:
            self.note.hide()
            self._load(Draft(key=self.key, space_id=space_id, topic=topic_code or "", fields=dict(fields or {})))
        else:
            known = {**kept.fields, **(fields or {})}
            self._load(replace(kept, space_id=kept.space_id or space_id, fields=known))
            if fields is None or _holds_more(kept, fields):
                self.note.tell("Votre brouillon a été repris.", "Recommencer à vide", partial(self._restart, space_id))
            else:
                self.note.hide()
        if topic_code is not None and self._desk.contact.draft(NEW) is not None:
            self.note.tell("Une autre demande est commencée.", "Reprendre le brouillon", self._resume)
        self._area.verticalScrollBar().setValue(0)
        self._focus_first()

    def show_around(self, space_id: str | None) -> None:
        """The space chosen in the window, None for all: the form stays for its own, and says so when it is another."""
        self._around = space_id
        self.head.tell(self.space.name_of(self.space.space_id), self.space.name_of(space_id))

    def _resume(self) -> None:
        self.open(self.space.space_id)

    def _restart(self, space_id: str | None) -> None:
        gone = "Ce que vous avez écrit et les fichiers joints seront perdus."
        wipe = partial(self._wipe, space_id)
        confirm(self, "Effacer ce brouillon\u202f?", gone, "Effacer le brouillon", "Conserver", wipe)

    def _wipe(self, space_id: str | None) -> None:
        self._dirty = False
        self._desk.contact.drop_draft(self.key)
        self.note.hide()
        self._load(Draft(key=self.key, space_id=space_id))
        self._focus_first()

    def _focus_first(self) -> None:
        if self.space.space_id is None:
            self.space.setFocus()
        elif self._topic is None:
            self.topic.setFocus()
        else:
            next(iter(self.answers.places().values()), self.text).setFocus()

    def _load(self, draft: Draft) -> None:
        self._loading = True
        self._topic = None
        self.space.choose(draft.space_id)
        self.show_around(self._around)
        self.topic.show_themes(self._themes(), draft.topic)
        self._show_topic(draft.fields)
        proposed = propose_subject(self._topic.subject, self.answers.values()) if self._topic is not None else ""
        self._proposed = proposed
        self.subject.setText(draft.subject or proposed)
        self.text.setPlainText(draft.text)
        self.strip.say("")
        self.strip.set_files(draft.files, self._staging.underway(self.key))
        self._show_wanted()
        self.kept.setText("")
        for box in (self._space_box, self._subject_box, self._text_box):
            box.complain("")
        self.answers.complain({})
        self._loading = False
        self._dirty = False

    def _themes(self) -> tuple[Theme, ...]:
        return self._desk.contact.themes(self.space.space_id)

    # Topic and fields

    def _space_chosen(self) -> None:
        self._space_box.complain("")
        self.show_around(self._around)
        values = self.answers.values()
        self.topic.show_themes(self._themes(), self.topic.code)
        self._show_topic(values)
        self._typed()

    def _topic_chosen(self) -> None:
        values = self.answers.values()
        self._show_topic(values)
        self._propose()
        self._typed()

    def _show_topic(self, values: dict[str, str]) -> None:
        topic = self._desk.contact.topic_form(self.topic.code, self.space.space_id) if self.topic.code else None
        if topic != self._topic or topic is None:
            self.answers.show_topic(topic)
            self.wanted.show_documents(topic.documents if topic is not None else ())
        self._topic = topic
        self.answers.fill(values)
        alone = topic is not None and not any(field.required for field in topic.fields)
        self._text_label.setText(f"Message (facultatif{' si vous joignez un fichier' if alone else ''})")
        allowed = topic is not None and topic.allowed
        self.topic.explain(topic.why_not if topic is not None and not topic.allowed else "")
        self.intro.setText(topic.intro if topic is not None else "")
        self.intro.setVisible(bool(self.intro.text()) and allowed)
        for part in (self._subject_box, self._text_box, self.attach, self.answers):
            part.setEnabled(topic is None or allowed)
        self.send_button.setEnabled(topic is None or allowed)
        self._show_wanted()

    def _field_changed(self) -> None:
        self._forgive_text()  # what is answered may be all there is to say
        self._propose()
        self._typed()

    def _propose(self) -> None:
        """The topic's subject, as long as the person has not written her own."""
        if self._topic is None:
            return
        if self.subject.text().strip() in ("", self._proposed):
            self._proposed = propose_subject(self._topic.subject, self.answers.values())
            self.subject.setText(self._proposed)

    # The draft

    def draft(self) -> Draft:
        return Draft(
            key=self.key,
            text=self.text.toPlainText(),
            space_id=self.space.space_id,
            topic=self.topic.code,
            subject=self.subject.text().strip(),
            fields=self.answers.values(),
            files=self.strip.files,
        )

    def _typed(self) -> None:
        if not self._loading:
            self._dirty = True
            if not self._keeper.isActive():
                self._keeper.start()

    def keep_draft(self) -> None:
        """Writes down what has been typed and is not kept yet. What cannot be written now is still to be kept."""
        self._keeper.stop()
        if self._dirty:
            self._desk.contact.keep_draft(self.draft())
            self._dirty = False
            self.kept.setText("Brouillon enregistré")

    def leave(self) -> None:
        self.keep_draft()
        self.left.emit()

    # Sending

    def send(self) -> None:
        """« Envoyer »: all that is wrong is told in one round, each beside its field; the first has the focus."""
        draft = self.draft()
        said = self._wrong(draft)
        if not said:
            try:
                self.request_id = self._desk.contact.open_request(draft)
            except Invalid as invalid:
                said = _by_field(invalid.complaints)
        if said:
            self._complain(said)
            return
        self._dirty = False
        self._keeper.stop()
        self._load(Draft(key=NEW))
        self.note.hide()
        self.sent.emit()

    def _wrong(self, draft: Draft) -> dict[str, str]:
        """What the rules refuse, and what the fields themselves know better."""
        said = _by_field(self._desk.contact.complaints(draft))
        said |= self.answers.complaints()
        if self._staging.underway(self.key):
            said["files"] = "Un fichier est encore en cours de lecture. Envoyez dès qu\u2019il est prêt."
            if not draft.text.strip():
                said.pop("text", None)  # the file may be all there is to say
        return said

    def _complain(self, said: dict[str, str]) -> None:
        places: dict[str, QWidget] = {"space": self.space, "topic": self.topic}
        places |= self.answers.places()
        places |= {"subject": self.subject, "text": self.text, "files": self.wanted.missing or self.attach}
        boxes = {"space": self._space_box, "subject": self._subject_box, "text": self._text_box}
        for code, box in boxes.items():
            box.complain(said.get(code, ""))
        self.answers.complain(said)
        if self._topic is None:  # else it is chosen, and the reason why it may not be stands below it
            self.topic.complain(said.get("topic", ""))
        self._asked = said.get("files", "")
        self.strip.say(self._asked)
        first = next((place for code, place in places.items() if code in said), self.attach)
        self.kept.setText(wording.count(len(said), "point à corriger", "points à corriger"))
        self._point(first)

    def _forgive_subject(self) -> None:
        self._subject_box.complain("")

    def _forgive_text(self) -> None:
        self._text_box.complain("")

    def _point(self, widget: QWidget) -> None:
        widget.setFocus()
        self._area.ensureWidgetVisible(widget, 0, 80)
        announce(self, self.kept.text())

    # Files

    def land(self, landed: Landed) -> None:
        """A file of this form has been read, or could not be."""
        if landed.file is not None:
            known = {(file.sha256, file.name) for file in self.strip.files}
            if (landed.file.sha256, landed.file.name) not in known:
                self.strip.set_files((*self.strip.files, landed.file), self._staging.underway(self.key))
            self.wanted.brought(landed.answers, landed.file.sha256)
            self._forgive_text()
            if self.strip.sentence == self._asked:  # not what was said of another file
                self.strip.say("")
            self._show_wanted()
            self._typed()
        self._show_underway()
        if landed.sentence:
            self.strip.say(landed.sentence)

    def _show_underway(self) -> None:
        self.strip.set_files(self.strip.files, self._staging.underway(self.key))

    def _order(self) -> None:
        put_in_order(self)

    def _show_wanted(self) -> None:
        self.wanted.show_files(self.strip.files)

    def _attach(self) -> None:
        self.take(Offered(paths=self._desk.picks.files()))

    def _bring(self, label: str) -> None:
        self.take(Offered(paths=self._desk.picks.files()), label)

    def take(self, given: Offered, answers: str = "") -> None:
        if given.paths or given.picture is not None or given.sentence:
            self._staging.take(self.key, given, answers)

    def _pasted(self) -> None:
        for mime in self.text.taken():
            given = offered(mime)
            if given is not None:
                self.take(given)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.keep_draft()


def _holds_more(draft: Draft, fields: dict[str, str]) -> bool:
    """Whether something is in it beside the fields that are filled in now."""
    return bool(draft.text.strip() or draft.subject.strip() or draft.files or draft.fields.keys() - fields.keys())


def _by_field(complaints: Sequence[Complaint]) -> dict[str, str]:
    """The first complaint of each field."""
    return {one.field: one.sentence for one in reversed(complaints)}
