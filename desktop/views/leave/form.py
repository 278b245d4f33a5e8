"""The form of whatever is wished of a leave: declare, prolong, announce the return, send documents."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from desktop.services.drafting import Complaint
from desktop.services.leave import Act, Document, Draft, Employee, draft_key
from desktop.views.contact.drafting import DraftForm
from desktop.views.contact.staging import Landed, Staging
from desktop.views.contact.whither import Top
from desktop.views.fields.shapes import Banner, ElidedLabel, Label
from desktop.views.leave import questions, saying
from desktop.views.leave.desk import Desk
from desktop.views.wording import NBSP

_DEPENDS: Final = "D\u2019autres documents dépendent de la subrogation\u00a0: dites si vous la demandez pour les voir."
_LATER: Final = "Un document obligatoire qui manque n\u2019empêche pas l\u2019envoi\u00a0: il vous sera demandé."


class LeaveForm(DraftForm):
    """`sent` when it was sent: `leave_id`."""

    def __init__(self, desk: Desk, staging: Staging) -> None:
        super().__init__(desk.office, staging, desk.leaves)
        self._desk = desk
        self.leave_id = ""
        self._draft = Draft(draft_key(Act.DECLARE, ""))
        self._documents: dict[str, str] = {}
        self._checklist: tuple[Document, ...] = ()
        self._known: tuple[Employee, ...] = ()
        self.title, self.whom = Label("", "thread"), ElidedLabel("", "secondary")
        self.wrong = Banner(desk.office.icons, "error", "circle-alert")
        self.helps = Label("", "meta", wrap=True)
        top = Top(desk.office.icons, self.title, self.whom, self.leave)
        parts = (self._space_box, self.answers, self.wanted, self.helps, self.strip)
        self._lay((top, self.note, self.wrong), parts)
        self._area.setAccessibleName("Formulaire de l\u2019arrêt")
        self._join()

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
        self.strip.set_files(draft.files, self._staging.underway(self.key))
        self._complain({})
        self.kept.setText("")
        self._show_asked()
        self._show_wanted()
        self._loading = False
        self._keeper.forget()

    def _focus_first(self) -> None:
        if self._draft.act is Act.DECLARE and self.space.space_id is None:
            self.space.setFocus()
        else:
            next(iter(self.answers.places().values()), self.attach).setFocus()

    def _ask_restart(self) -> None:
        self._ask_to_drop("Ce que vous avez saisi et les fichiers joints seront perdus.", self._restart)

    def _restart(self) -> None:
        self._drop()
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
        super()._answered()

    def _space_chosen(self) -> None:
        self._know_employees()
        super()._space_chosen()

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
        """By the reader: of many leaves it takes longer than the window may be held."""
        space_id = self.space.space_id
        if self._draft.act is Act.DECLARE:
            self._show_known(())
            if space_id is not None:
                work = partial(self._desk.leaves.employees, space_id)
                self._office.later.ask(self, work, self._show_known, what="employees")

    def _show_known(self, known: tuple[Employee, ...]) -> None:
        self._known = known
        if self._draft.act is Act.DECLARE:
            self._names.setStringList([_said(one) for one in known])

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

    # Sending

    def _complaints(self) -> Sequence[Complaint]:
        return self._desk.leaves.complaints(self.draft(), self._office.today())

    def _send(self) -> None:
        self.leave_id = self._desk.leaves.send(self.draft(), self._office.today())

    def _complain(self, said: dict[str, str]) -> None:
        super()._complain(said)
        if told := said.get("leave_id", ""):
            self.wrong.tell(told)
        else:
            self.wrong.hide()

    # Files

    def _show_wanted(self) -> None:
        """The checklist of what is told so far, with the files that answer it ticked off."""
        checklist = self._desk.leaves.checklist(self.draft()) if self._has_days() else ()
        if checklist != self._checklist:
            self._checklist = checklist
            self.wanted.show_documents([(each.label, each.required) for each in checklist])
        lines = [f"{each.label}{NBSP}: {each.help[:1].lower()}{each.help[1:]}" for each in checklist if each.help]
        if self._has_days() and self._desk.leaves.depends(self.draft()):
            lines.append(_DEPENDS)
        self.helps.setText("\n".join(lines))
        labels = {each.code: each.label for each in checklist}
        for sha256, code in self._documents.items():
            self.wanted.brought(labels.get(code, ""), sha256)
        self.wanted.show_files(self.strip.files)
        self.helps.setVisible(bool(self.helps.text()))

    def _has_days(self) -> bool:
        """A declaration wants documents once its motive is known."""
        return self._draft.act is not Act.DECLARE or bool(self.answers.values().get("motive"))

    def land(self, landed: Landed) -> None:
        if landed.file is not None:
            self._documents[landed.file.sha256] = landed.answers
            self.strip.say("")
        super().land(landed)

    def _bring(self, label: str) -> None:
        super()._bring(next((each.code for each in self._checklist if each.label == label), ""))

    def _bring_awaited(self, awaited_id: str) -> None:
        draft = self._draft
        self._draft = Draft(
            *(draft.key, draft.space_id, draft.values, draft.files, draft.documents),
            answers=tuple(dict.fromkeys((*draft.answers, awaited_id))),
            base_version=draft.base_version,
        )
        self._attach()


def _said(one: Employee) -> str:
    name = f"{one.last_name} {one.first_name}"
    return f"{name} ({one.matricule})" if one.matricule else name
