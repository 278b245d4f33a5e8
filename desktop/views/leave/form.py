"""The form of whatever is wished of a leave: declare, prolong, announce the return, send documents."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QCompleter, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.services.drafting import Complaint, Invalid
from desktop.services.leave import Act, Document, Draft, Employee, draft_key
from desktop.views import wording
from desktop.views.contact.answers import Answers
from desktop.views.contact.composer import DROP_HERE, FileStrip
from desktop.views.contact.inputs import Area
from desktop.views.contact.staging import Landed, Offered, Staging
from desktop.views.contact.veil import DropPane
from desktop.views.contact.wanted import Wanted
from desktop.views.contact.whither import SpaceChoice
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.order import put_in_order
from desktop.views.fields.shapes import Banner, Button, ElidedLabel, IconButton, Label, announce
from desktop.views.leave import questions, saying
from desktop.views.leave.desk import Desk
from desktop.views.notices import confirm
from desktop.views.tokens import Space
from desktop.views.wording import NBSP, NNBSP

_KEEP_MS: Final = 500
_LATER: Final = "Un document obligatoire qui manque n\u2019empêche pas l\u2019envoi\u00a0: il vous sera demandé."


class LeaveForm(DropPane):
    """`sent` when it was sent (`leave_id`), `left` when it is closed: its draft is kept."""

    sent = Signal()
    left = Signal()

    def __init__(self, desk: Desk, staging: Staging) -> None:
        office = desk.office
        super().__init__(office.icons)
        self.setProperty("role", "page")
        self._desk, self._staging = desk, staging
        self.leave_id = self.key = ""
        self._draft = Draft(draft_key(Act.DECLARE, ""))
        self._documents: dict[str, str] = {}
        self._checklist: tuple[Document, ...] = ()
        self._known: tuple[Employee, ...] = ()
        self._dirty = self._loading = False
        self._keeper = QTimer(self)
        self._keeper.setSingleShot(True)
        self._keeper.setInterval(_KEEP_MS)
        self.title, self.whom = Label("", "thread"), ElidedLabel("", "secondary")
        self.note = Banner(office.icons, "info", "pencil")
        self.wrong = Banner(office.icons, "error", "circle-alert")
        self.space = SpaceChoice(office.portfolio)
        self.answers = Answers(office.icons, office.portfolio)
        self.wanted = Wanted(office.icons, self._bring)
        self.helps = Label("", "meta", wrap=True)
        self.strip = FileStrip(office.icons)
        self.attach = Button("Joindre un fichier", icons=office.icons, icon="paperclip", does=self._attach)
        self.send_button = Button("Envoyer", "primary", icons=office.icons, icon="send", does=self.send)
        self._build()
        self._join()

    def _build(self) -> None:
        self._space_box = FieldBox("Entreprise et adhérent", self.space, required=True)
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(self.attach)
        row.addWidget(ElidedLabel(DROP_HERE, "secondary"), 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        for part in (self._space_box, self.answers, self.wanted, self.helps, self.strip):
            column.addWidget(part)
        column.addLayout(row)
        column.addStretch(1)
        self._area = Area(inside)
        self._area.setAccessibleName("Formulaire de l\u2019arrêt")
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self._top())
        page.addWidget(self.note)
        page.addWidget(self.wrong)
        page.addWidget(self._area, 1)
        page.addWidget(self._foot())

    def _top(self) -> QFrame:
        top = QFrame()
        top.setProperty("role", "top")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.whom)
        row = QHBoxLayout(top)
        row.setContentsMargins(Space.XL, Space.M, Space.L, Space.M)
        row.addLayout(words, 1)
        name = "Fermer le formulaire, le brouillon est gardé"
        close = IconButton(self._desk.office.icons, "x", name, "Échap", does=self.leave)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        return top

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
        self.answers.changed.connect(self._answered)
        self.strip.changed.connect(self._files_changed)
        self._staging.settled.connect(self._show_underway)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.send, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for signal in (self.strip.drawn, self.wanted.drawn):
            signal.connect(self._order)

    # Opening

    def open(self, act: Act, leave_id: str = "", space_id: str | None = None, answers: str = "") -> None:
        """The form as it was left, or a new one; `answers` is the awaited document to be brought first."""
        self.keep_draft()
        self.key = draft_key(act, leave_id)
        sheet = self._desk.leaves.sheet(leave_id, self._desk.office.today()) if leave_id else None
        kept = self._desk.leaves.draft(self.key)
        draft = kept or Draft(
            self.key,
            space_id,
            {"reason": "01"} if act is Act.RETURN else {},
            base_version=sheet.version if sheet is not None else None,
        )
        self.note.hide()
        if kept is not None:
            self.note.tell("Votre brouillon a été repris.", "Recommencer à vide", self._ask_restart)
        self.title.setText(questions.TITLES[act])
        self.setAccessibleName(questions.TITLES[act])
        self.send_button.setText(questions.VERBS[act])
        row = sheet.row if sheet is not None else None
        self.whom.setText(f"{saying.employee(row)} · {saying.period(row)}" if row is not None else _LATER)
        self._space_box.setVisible(act is Act.DECLARE)
        self.answers.show_topic(questions.form(act, self._desk.leaves))
        self._complete_names()
        self._load(draft)
        self._area.verticalScrollBar().setValue(0)
        self._focus_first()
        if answers and act is Act.COMPLETE:
            self._bring_awaited(answers)

    def _load(self, draft: Draft) -> None:
        self._loading = True
        self._draft, self._documents = draft, dict(draft.documents)
        self.space.choose(draft.space_id)
        self._know_employees()
        self.answers.fill(draft.values)
        self.strip.say("")
        self.strip.set_files(draft.files, self._staging.underway(self.key))
        self._complain({})
        self.kept.setText("")
        self._show_asked()
        self._show_wanted()
        self._loading = self._dirty = False

    def _focus_first(self) -> None:
        if self._draft.act is Act.DECLARE and self.space.space_id is None:
            self.space.setFocus()
        else:
            next(iter(self.answers.places().values()), self.attach).setFocus()

    def _ask_restart(self) -> None:
        gone = "Ce que vous avez saisi et les fichiers joints seront perdus."
        confirm(self, f"Effacer ce brouillon{NNBSP}?", gone, "Effacer le brouillon", "Conserver", self._restart)

    def _restart(self) -> None:
        self._dirty = False
        self._desk.leaves.drop_draft(self.key)
        self.note.hide()
        self._load(Draft(self.key, self._draft.space_id, base_version=self._draft.base_version))

    # What is asked

    def _show_asked(self) -> None:
        """The dates of what is not the case are not asked."""
        values = self.answers.values()
        accident = {motive.code for motive in self._desk.leaves.motives() if motive.accident}
        shown = {questions.ACCIDENT: values.get("motive") in accident}
        shown |= dict.fromkeys(questions.SUBROGATED, values.get("subrogation") == "yes")
        for one in self.answers.inputs:
            if one.field.code in shown:
                one.box.setVisible(shown[one.field.code])
                if (holder := one.box.parentWidget()) is not None:
                    holder.updateGeometry()

    def _answered(self) -> None:
        self._show_asked()
        self._show_wanted()
        self._typed()

    def _space_chosen(self) -> None:
        self._space_box.complain("")
        self._know_employees()
        self._typed()

    def _complete_names(self) -> None:
        """The employees of whom a leave is known are proposed as their name is typed."""
        field = self.answers.places().get("last_name")
        if isinstance(field, QLineEdit):
            self._names = QStringListModel(field)
            completer = QCompleter(self._names, field)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            field.setCompleter(completer)
            completer.activated.connect(self._take_employee, Qt.ConnectionType.QueuedConnection)

    def _know_employees(self) -> None:
        space_id = self.space.space_id
        if self._draft.act is Act.DECLARE:
            self._known = self._desk.leaves.employees(space_id) if space_id is not None else ()
            self._names.setStringList([_said(one) for one in self._known])

    def _take_employee(self) -> None:
        """Once the completer has written the whole line into the field."""
        typed = self.answers.values().get("last_name", "")
        found = next((one for one in self._known if _said(one) == typed), None)
        if found is not None:
            told = {name: getattr(found, name) for name in ("last_name", "first_name", "matricule", "nir")}
            self.answers.fill(self.answers.values() | told)
            self._answered()

    # The draft

    def draft(self) -> Draft:
        here = {file.sha256 for file in self.strip.files}
        documents = {sha256: code for sha256, code in self._documents.items() if sha256 in here and code}
        draft = self._draft
        space_id = self.space.space_id if draft.act is Act.DECLARE else draft.space_id
        return Draft(
            self.key, space_id, self.answers.values(), self.strip.files, documents, draft.answers, draft.base_version
        )

    def _typed(self) -> None:
        if not self._loading:
            self._dirty = True
            if not self._keeper.isActive():
                self._keeper.start()

    def keep_draft(self) -> None:
        """Writes down what has been typed and is not kept yet."""
        self._keeper.stop()
        if self._dirty:
            self._desk.leaves.keep_draft(self.draft())
            self._dirty = False
            self.kept.setText("Brouillon enregistré")

    def leave(self) -> None:
        self.keep_draft()
        self.left.emit()

    # Sending

    def send(self) -> None:
        """All that is wrong is told in one round, each beside its field; the first has the focus."""
        draft, today = self.draft(), self._desk.office.today()
        said = _by_field(self._desk.leaves.complaints(draft, today)) | self.answers.complaints()
        if self._staging.underway(self.key):
            said["files"] = "Un fichier est encore en cours de lecture. Envoyez dès qu\u2019il est prêt."
        if not said:
            try:
                self.leave_id = self._desk.leaves.send(draft, today)
            except Invalid as invalid:
                said = _by_field(invalid.complaints)
        self._complain(said)
        if said:
            self._point(said)
            return
        self._dirty = False
        self._keeper.stop()
        self.sent.emit()

    def _complain(self, said: dict[str, str]) -> None:
        self._space_box.complain(said.get("space", ""))
        self.answers.complain(said)
        self.strip.say(said.get("files", ""))
        if told := said.get("leave_id", ""):
            self.wrong.tell(told)
        else:
            self.wrong.hide()

    def _point(self, said: dict[str, str]) -> None:
        places: dict[str, QWidget] = {"space": self.space, **self.answers.places(), "files": self.attach}
        first = next((place for code, place in places.items() if code in said), self.attach)
        self.kept.setText(wording.count(len(said), "point à corriger", "points à corriger"))
        first.setFocus()
        self._area.ensureWidgetVisible(first, 0, 80)
        announce(self, self.kept.text())

    # Files

    def _show_wanted(self) -> None:
        """The checklist of what is told so far, with the files that answer it ticked off."""
        checklist = self._desk.leaves.checklist(self.draft()) if self._has_days() else ()
        if checklist != self._checklist:
            self._checklist = checklist
            self.wanted.show_documents([(each.label, each.required) for each in checklist])
            lines = [f"{each.label}{NBSP}: {each.help[:1].lower()}{each.help[1:]}" for each in checklist if each.help]
            self.helps.setText("\n".join(lines))
        labels = {each.code: each.label for each in checklist}
        for sha256, code in self._documents.items():
            self.wanted.brought(labels.get(code, ""), sha256)
        self.wanted.show_files(self.strip.files)
        self.helps.setVisible(bool(self.helps.text()))

    def _has_days(self) -> bool:
        """A declaration wants documents once its motive is known."""
        return self._draft.act is not Act.DECLARE or bool(self.answers.values().get("motive"))

    def _files_changed(self) -> None:
        self._show_wanted()
        self._typed()

    def _show_underway(self) -> None:
        self.strip.set_files(self.strip.files, self._staging.underway(self.key))

    def land(self, landed: Landed) -> None:
        """A file of this form has been read, or could not be."""
        if landed.file is not None:
            if landed.file not in self.strip.files:
                self.strip.set_files((*self.strip.files, landed.file), self._staging.underway(self.key))
            self._documents[landed.file.sha256] = landed.answers
            self.strip.say("")
            self._show_wanted()
            self._typed()
        self._show_underway()
        if landed.sentence:
            self.strip.say(landed.sentence)

    def _attach(self) -> None:
        self.take(Offered(paths=self._desk.office.picks.files()))

    def _bring(self, label: str) -> None:
        code = next((each.code for each in self._checklist if each.label == label), "")
        self.take(Offered(paths=self._desk.office.picks.files()), code)

    def _bring_awaited(self, awaited_id: str) -> None:
        draft = self._draft
        self._draft = Draft(
            *(draft.key, draft.space_id, draft.values, draft.files, draft.documents),
            answers=tuple(dict.fromkeys((*draft.answers, awaited_id))),
            base_version=draft.base_version,
        )
        self.take(Offered(paths=self._desk.office.picks.files()))

    def take(self, given: Offered, answers: str = "") -> None:
        if given.paths or given.picture is not None or given.sentence:
            self._staging.take(self.key, given, answers)

    def _order(self) -> None:
        put_in_order(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.keep_draft()


def _said(one: Employee) -> str:
    name = f"{one.last_name} {one.first_name}"
    return f"{name} ({one.matricule})" if one.matricule else name


def _by_field(complaints: Sequence[Complaint]) -> dict[str, str]:
    """The first complaint of each field."""
    return {one.field: one.sentence for one in reversed(complaints)}
