"""A new request, drawn from the catalogue: for whom, about what, the fields and documents it wants, the message."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.services.contact import NEW, Draft, Theme, Topic, propose_subject
from desktop.services.drafting import Complaint
from desktop.views.contact.composer import Writing
from desktop.views.contact.desk import Desk
from desktop.views.contact.drafting import DraftForm
from desktop.views.contact.staging import Landed, Staging, offered
from desktop.views.contact.whither import Head, TopicChoice
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.shapes import Label
from desktop.views.wording import NBSP

RESUMED: Final = "Votre brouillon a été repris."
_TEXT: Final = "text"


class NewRequest(DraftForm):
    """`sent` when a request has been opened: `request_id`."""

    def __init__(self, desk: Desk, staging: Staging) -> None:
        super().__init__(desk, staging, desk.contact)
        self.setAccessibleName("Nouvelle demande")
        self._desk = desk
        self.request_id = ""
        self.key = NEW
        self._topic: Topic | None = None
        self._proposed = self._asked = ""
        self._around: str | None = None
        self.head, self.topic = Head(desk.icons, self.leave), TopicChoice(desk.icons)
        self.intro = Label("", "muted", wrap=True)
        self.subject = QLineEdit()
        self.subject.setMaxLength(160)
        self.text = Writing("Votre message…", "Message", lowest=4, highest=14)
        self.send_button.setToolTip("Envoyer (Ctrl+Entrée)")
        self._build()
        self._join()

    def _build(self) -> None:
        self._subject_box = FieldBox("Objet", self.subject, required=True)
        self._text_box = FieldBox("Message", self.text)
        self._text_label = self._text_box.findChildren(Label)[0]
        upper = (self._space_box, self.topic, self.intro, self.answers)
        lower = (self._subject_box, self._text_box, self.wanted, self.strip)
        self._lay((self.head, self.note), (*upper, *lower))

    def _join(self) -> None:
        super()._join()
        self.topic.chosen.connect(self._topic_chosen)
        for signal in (self.subject.textEdited, self.text.textChanged):
            signal.connect(self._typed)
        self.subject.textChanged.connect(self._forgive_subject)
        self.text.textChanged.connect(self._forgive_text)
        self.text.sent.connect(self.send)
        self.text.brought.connect(self._pasted)

    # Opening

    def open(self, space_id: str | None, topic_code: str | None = None, fields: dict[str, str] | None = None) -> None:
        """The form as it was left; with a topic, that topic's form, filled in as far as is known, beside the draft.
        Under `text`, `fields` may hold the beginning of the message."""
        self.keep_draft()
        self.key = NEW if topic_code is None else f"{NEW}:{topic_code}"
        kept = self._desk.contact.draft(self.key)
        text = (fields or {}).get(_TEXT, "").replace(NBSP, " ")  # as Qt gives back what stands in the field
        told = {code: value for code, value in (fields or {}).items() if code != _TEXT}
        if kept is None:
            self.note.hide()
            self._load(Draft(key=self.key, text=text, space_id=space_id, topic=topic_code or "", fields=told))
        else:
            whole = kept.text if text in kept.text else f"{text}\n{kept.text}".rstrip()
            known = {**kept.fields, **told}
            self._load(replace(kept, text=whole, space_id=kept.space_id or space_id, fields=known))
            if fields is None or _holds_more(kept, told, text):
                self.note.tell(RESUMED, "Recommencer à vide", partial(self._restart, space_id))
            else:
                self.note.hide()
        if topic_code is not None and self._desk.contact.draft(NEW) is not None:
            self.note.tell("Une autre demande est commencée.", "Reprendre le brouillon", self._resume)
        self._area.verticalScrollBar().setValue(0)
        self._focus_first()

    def tell_made(self) -> None:
        """Nobody had begun what is in it: it is no draft of hers."""
        if self.note.sentence == RESUMED:
            whom = "choisissez l’entreprise, puis " if self.space.space_id is None else ""
            self.note.tell(f"Demande préparée par Volet\u00a0: {whom}relisez-la avant de l’envoyer.")

    def show_around(self, space_id: str | None) -> None:
        """The space chosen in the window, None for all: the form stays for its own, and says so when it is another."""
        self._around = space_id
        self.head.tell(self.space.name_of(self.space.space_id), self.space.name_of(space_id))

    def _resume(self) -> None:
        self.open(self.space.space_id)

    def _restart(self, space_id: str | None) -> None:
        gone = "Ce que vous avez écrit et les fichiers joints seront perdus."
        self._ask_to_drop(gone, partial(self._wipe, space_id))

    def _wipe(self, space_id: str | None) -> None:
        self._drop()
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
        self.strip.set_files(draft.files, self._staging.underway(self.key))
        self._show_wanted()
        self.kept.setText("")
        self._complain({})
        self._loading = False
        self._keeper.forget()

    def _themes(self) -> tuple[Theme, ...]:
        return self._desk.contact.themes(self.space.space_id)

    # Topic and fields

    def _space_chosen(self) -> None:
        self.show_around(self._around)
        values = self.answers.values()
        self.topic.show_themes(self._themes(), self.topic.code)
        self._show_topic(values)
        super()._space_chosen()

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

    def _answered(self) -> None:
        self._forgive_text()  # what is answered may be all there is to say
        self._propose()
        super()._answered()

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

    # Sending

    def _complaints(self) -> Sequence[Complaint]:
        return self._desk.contact.complaints(self.draft())

    def _send(self) -> None:
        self.request_id = self._desk.contact.open_request(self.draft())

    def _sent(self) -> None:
        self._load(Draft(key=NEW))
        self.note.hide()

    def _wrong(self) -> dict[str, str]:
        said = super()._wrong()
        if self._staging.underway(self.key) and not self.text.toPlainText().strip():
            said.pop("text", None)  # the file may be all there is to say
        return said

    def _complain(self, said: dict[str, str]) -> None:
        super()._complain(said)
        self._subject_box.complain(said.get("subject", ""))
        self._text_box.complain(said.get("text", ""))
        if self._topic is None:  # else it is chosen, and the reason why it may not be stands below it
            self.topic.complain(said.get("topic", ""))
        self._asked = said.get("files", "")

    def _places(self) -> dict[str, QWidget]:
        places: dict[str, QWidget] = {"space": self.space, "topic": self.topic, **self.answers.places()}
        return places | {"subject": self.subject, "text": self.text, "files": self.wanted.missing or self.attach}

    def _forgive_subject(self) -> None:
        self._subject_box.complain("")

    def _forgive_text(self) -> None:
        self._text_box.complain("")

    # Files

    def land(self, landed: Landed) -> None:
        if landed.file is not None:
            self.wanted.brought(landed.answers, landed.file.sha256)
            self._forgive_text()
            if self.strip.sentence == self._asked:  # not what was said of another file
                self.strip.say("")
        super().land(landed)

    def _files_changed(self) -> None:
        super()._files_changed()
        self._forgive_text()

    def _show_wanted(self) -> None:
        self.wanted.show_files(self.strip.files)

    def _pasted(self) -> None:
        for mime in self.text.taken():
            given = offered(mime)
            if given is not None:
                self.take(given)


def _holds_more(draft: Draft, fields: dict[str, str], text: str) -> bool:
    """Whether something is in it beside the fields and the message that are filled in now."""
    hers = draft.text.replace(text, "") if text else draft.text
    return bool(hers.strip() or draft.subject.strip() or draft.files or draft.fields.keys() - fields.keys())
