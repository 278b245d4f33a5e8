"""« Ajouter un utilisateur »: who, where, what; then the summary before it is sent. Also who somebody is, corrected."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QRadioButton, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.drafting import Complaint, Invalid
from desktop.services.users import NEW, Draft
from desktop.views.contact.inputs import Area, Combo
from desktop.views.contact.whither import Top
from desktop.views.fields.dates import DateField
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.keeper import Keeper
from desktop.views.fields.shapes import Banner, Button, ElidedLabel, Ground, Label, announce
from desktop.views.notices import confirm
from desktop.views.tokens import Space
from desktop.views.users.desk import Desk
from desktop.views.users.picking import RightPicker, SpacePicker
from desktop.views.users.review import Changes, impossible, invitation
from desktop.views.users.sheet import PersonChoice
from desktop.views.wording import NNBSP

_CIVILITIES: Final = ("", "Mme", "M.")
_WHY_MAIL: Final = (
    "Sa propre adresse professionnelle\u00a0: ni contact@, ni rh@. Un lien valable 72 heures y est envoyé."
)


class UserForm(QWidget):
    """`sent` when it was sent (`person_id`), `left` when one goes back; what is typed is kept."""

    sent = Signal()
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._desk, office = desk, desk.office
        self.person_id = ""
        self._draft = Draft()
        self._loading = False
        self.title, self.whom = Label("", "thread"), ElidedLabel("", "secondary")
        self.note = Banner(office.icons, "info", "pencil")
        self.civility = Combo()
        self.civility.addItems(list(_CIVILITIES))
        self.civility.setMinimumContentsLength(4)
        self.lines = {code: QLineEdit() for code in ("first_name", "last_name", "email", "phone", "function")}
        self.choose, self.like = QRadioButton("Choisir les droits"), QRadioButton("Les mêmes droits que…")
        self._how = QButtonGroup(self)
        self.rights, self.spaces = RightPicker(), SpacePicker(office.icons)
        self.ends_on, self.person = DateField(office.icons), PersonChoice("Les mêmes droits que")
        self.boxes = self._boxed()
        self.send = Button("Continuer", "primary", does=self._continue)
        self.back = Button("Modifier", does=self._modify)
        self.kept = Label("", "meta")
        self.changes, self.who = Changes(), Label("", wrap=True)
        self.impossible = Banner(office.icons, "error", "circle-x")
        self._keeper = Keeper(self, self._keep)
        self._build()
        self._join()

    def _boxed(self) -> dict[str, FieldBox]:
        line = self.lines
        return {
            "civility": FieldBox("Civilité", self.civility),
            "first_name": FieldBox("Prénom", line["first_name"], required=True),
            "last_name": FieldBox("Nom", line["last_name"], required=True),
            "email": FieldBox("Adresse e-mail", line["email"], _WHY_MAIL, required=True),
            "phone": FieldBox("Téléphone", line["phone"]),
            "function": FieldBox("Fonction", line["function"], "Par exemple gestionnaire de paie."),
            "rights": FieldBox("Droits", self.rights, required=True),
            "spaces": FieldBox("Espaces", self.spaces, required=True),
            "like": FieldBox(
                "Personne", self.person, "Les droits que vous n\u2019avez pas ne sont pas repris.", required=True
            ),
            "ends_on": FieldBox(
                "Jusqu\u2019au", self.ends_on, "Pour une délégation\u00a0: les droits finissent ce jour-là."
            ),
        }

    def _build(self) -> None:
        self._area = Area(self._inside())
        self._area.setAccessibleName("Formulaire de l\u2019utilisateur")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._area)
        self._pages.addWidget(self._summary())
        foot = Ground("foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(Space.XL, Space.S, Space.L, Space.S)
        row.addWidget(self.kept, 1)
        row.addWidget(self.back)
        row.addWidget(self.send)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        for part in (Top(self._desk.office.icons, self.title, self.whom, self.leave), self.note):
            outer.addWidget(part)
        outer.addWidget(self._pages, 1)
        outer.addWidget(foot)

    def _inside(self) -> QWidget:
        """What is asked."""
        names = QHBoxLayout()
        names.setSpacing(Space.M)
        reached = QHBoxLayout()
        reached.setSpacing(Space.M)
        for row, codes in ((names, ("civility", "first_name", "last_name")), (reached, ("function", "phone"))):
            for code in codes:  # at the top: what is wrong with one leaves the others where they are
                row.addWidget(self.boxes[code], 0 if code == "civility" else 1, Qt.AlignmentFlag.AlignTop)
        self._ways = QWidget()
        ways = QHBoxLayout(self._ways)
        ways.setContentsMargins(0, 0, 0, 0)
        ways.setSpacing(Space.XL)
        for way in (self.choose, self.like):
            self._how.addButton(way)
            ways.addWidget(way)
        ways.addStretch(1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.XL, Space.M, Space.XL, Space.XL)
        column.setSpacing(Space.M)
        column.addLayout(names)
        column.addWidget(self.boxes["email"])
        column.addLayout(reached)
        column.addWidget(self._ways)
        for code in ("like", "rights", "spaces", "ends_on"):
            column.addWidget(self.boxes[code])
        column.addStretch(1)
        return inside

    def _summary(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.XL, Space.M, Space.XL, Space.M)
        column.setSpacing(Space.M)
        column.addWidget(Label("Vérifiez avant l\u2019envoi", "heading"))
        column.addWidget(self.who)
        column.addWidget(self.changes, 1)
        column.addWidget(self.impossible)
        return page

    def _join(self) -> None:
        for line in self.lines.values():
            line.textEdited.connect(self._typed)
        self.civility.activated.connect(self._typed)
        self.ends_on.changed.connect(self._typed)
        self.rights.changed.connect(self._typed)
        self.spaces.changed.connect(self._typed)
        self.person.chosen.connect(self._typed)
        self._how.buttonClicked.connect(self._turned)

    # Opening

    def open_new(self, space_id: str | None) -> None:
        """The invitation as it was left, or a new one."""
        kept = self._desk.users.draft(NEW)
        self._open(kept or Draft(space_ids=(space_id,) if space_id else ()), "")
        self.note.hide()
        if kept is not None:
            self.note.tell("Votre brouillon a été repris.", "Recommencer à vide", self._ask_restart)

    def open_correction(self, person_id: str) -> None:
        """Who she is. Raises `Invalid` when she is seen no more."""
        self._open(self._desk.users.correction(person_id), person_id)
        self.note.hide()

    def _open(self, draft: Draft, person_id: str) -> None:
        self.keep_draft()
        self.person_id = person_id
        self.title.setText("Corriger une fiche" if person_id else "Ajouter un utilisateur")
        self.setAccessibleName(self.title.text())
        self.whom.setText(draft.email if person_id else "Un lien pour choisir son mot de passe lui sera envoyé.")
        self._load(draft)
        self._modify()
        self._area.verticalScrollBar().setValue(0)
        self.lines["first_name"].setFocus()

    def _load(self, draft: Draft) -> None:
        self._loading = True
        self._draft = draft
        scene, new = self._desk.users.scene(), not self.person_id
        self.civility.setCurrentText(draft.civility)
        for code, line in self.lines.items():
            line.setText(str(getattr(draft, code)))
        self.rights.show_rights(self._desk.labels(), draft.rights, main=scene.main_somewhere)
        self.spaces.show_places(scene.places, draft.space_ids)
        self.person.show_people(self._desk.users.colleagues(), draft.like)
        self.ends_on.set_value(draft.ends_on)
        (self.like if draft.like else self.choose).setChecked(True)
        for code in ("email", "rights", "spaces", "ends_on", "like"):
            self.boxes[code].setVisible(new)
        self._ways.setVisible(new)
        self._show_way()
        self._complain(())
        self.kept.setText("")
        self._loading = False
        self._keeper.forget()

    def _turned(self) -> None:
        self._show_way()
        self._typed()

    def _show_way(self) -> None:
        if not self.person_id:
            self.boxes["like"].setVisible(self.like.isChecked())
            for code in ("rights", "spaces"):
                self.boxes[code].setVisible(not self.like.isChecked())

    # The draft

    def draft(self) -> Draft:
        like = self.person.person_id if self.like.isChecked() else ""
        return replace(
            self._draft,
            civility=self.civility.currentText(),
            **{code: line.text() for code, line in self.lines.items()},
            rights=self.rights.rights,
            space_ids=self.spaces.space_ids,
            ends_on=self.ends_on.value(),
            like=like,
        )

    def _typed(self) -> None:
        if not self._loading:
            self._keeper.typed()
            if any(box.complaint for box in self.boxes.values()):
                self._complain(())

    def _keep(self) -> None:
        self._desk.users.keep_draft(self.draft())
        self.kept.setText("Brouillon enregistré")

    def keep_draft(self) -> None:
        self._keeper.keep()

    def _ask_restart(self) -> None:
        consequence = "Ce que vous avez saisi sera perdu."
        confirm(self, f"Recommencer à vide{NNBSP}?", consequence, "Recommencer", "Conserver", self._restart)

    def _restart(self) -> None:
        self._desk.users.drop_draft(NEW)
        self.note.hide()
        self._load(Draft())

    # Sending

    def _complain(self, complaints: Sequence[Complaint]) -> None:
        """Each beside its field; what has no field of its own beside the rights."""
        said = {each.field: each.sentence for each in complaints}
        if self.like.isChecked() and "rights" in said:
            said["like"] = said.pop("rights")
        for code, box in self.boxes.items():
            box.complain(said.get(code, ""))
        first = next((box for code, box in self.boxes.items() if code in said), None)
        if first is not None:
            first.field.setFocus()
            self._area.ensureWidgetVisible(first)
            announce(self, next(iter(said.values())))

    def _continue(self) -> None:
        draft = self.draft()
        if self.ends_on.complaint():
            self.boxes["ends_on"].complain(self.ends_on.complaint())
            return
        complaints = list(self._desk.users.complaints(draft, self._desk.office.today()))
        if self.like.isChecked() and not self.person_id and not draft.like:
            complaints = [each for each in complaints if each.field not in ("rights", "spaces")]
            complaints.append(Complaint("like", "Choisissez une personne."))
        self._complain(complaints)
        if complaints:
            return
        if self.person_id:
            self._sent(partial(self._desk.users.correct, self.person_id, draft))
        elif self._pages.currentIndex() == 0:
            self._show_summary(draft)
        else:
            self._invite(draft)

    def _show_summary(self, draft: Draft) -> None:
        plan = self._desk.users.invited(draft)
        name = " ".join(part for part in (draft.civility, draft.first_name, draft.last_name) if part)
        more = f" ({draft.function})" if draft.function else ""
        self.who.setText(
            f"{name}{more} reçoit une invitation à l\u2019adresse {draft.email.strip()}.\n{invitation(plan)}"
        )
        self.changes.tell(plan, self._desk.users.scene(), self._desk.labels())
        if plan.impossible:
            self.impossible.tell(impossible(plan))
        else:
            self.impossible.hide()
        self._pages.setCurrentIndex(1)
        self.back.show()
        self.send.setText("Envoyer l\u2019invitation")
        self.send.setFocus()
        announce(self, self.who.text())

    def _modify(self) -> None:
        self._pages.setCurrentIndex(0)
        self.back.hide()
        self.send.setText("Enregistrer" if self.person_id else "Continuer")

    def _invite(self, draft: Draft) -> None:
        self._keeper.forget()
        try:
            self.person_id = self._desk.users.invite(draft, self._desk.office.today())
        except Invalid as invalid:
            self._modify()
            self._complain(invalid.complaints)
            return
        self.sent.emit()

    def _sent(self, what: partial[None]) -> None:
        self._keeper.forget()
        try:
            what()
        except Invalid as invalid:
            self._complain(invalid.complaints)
            return
        self.sent.emit()

    # Leaving

    def leave(self) -> None:
        self.keep_draft()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & _CTRL:
            self._continue()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.keep_draft()


_CTRL: Final = Qt.KeyboardModifier.ControlModifier
