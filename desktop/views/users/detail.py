"""One person: what waits about her, what should be looked at again, and what she holds in each space."""

from functools import partial
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.services.drafting import Invalid
from desktop.services.users import UserSheet
from desktop.views import wording
from desktop.views.bell import Follow
from desktop.views.fields.shapes import Banner, EmptyState, Label
from desktop.views.notices import confirm
from desktop.views.rows.deliveries import Deliveries
from desktop.views.tokens import Space
from desktop.views.users import saying
from desktop.views.users.deliveries import BEAT_MS, Remedies
from desktop.views.users.desk import Desk
from desktop.views.users.head import Head, HeadDoes
from desktop.views.users.holding import Holding
from desktop.views.users.listing import TOPICS
from desktop.views.wording import NBSP, NNBSP

_SAID_MS: Final = 6000


class Detail(QWidget):
    """`asked_rights` when her rights are to be changed, `asked_correction` when who she is; `edited` when a wish that
    was sent is a draft again."""

    asked_rights = Signal()
    asked_correction = Signal()
    edited = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Utilisateur")
        self._desk, office = desk, desk.office
        self.person_id: str | None = None
        self.sheet: UserSheet | None = None
        does = HeadDoes(
            self.asked_rights.emit, self.asked_correction.emit, self._invite_again, self._ask_suspend, self._ask_remove
        )
        self.head = Head(office.icons, does)
        self.said = Banner(office.icons, "info", "info")
        self.review = Banner(office.icons, "warning", "triangle-alert")
        remedies = Remedies(self._take_back, self._edit, desk.users.retry, self._ask_give_up)
        self.deliveries = Deliveries(office.icons, remedies.card)
        self.facts = Label("", "muted", wrap=True)
        self.holding = Holding()
        hint = "Choisissez une personne dans la liste, ou ajoutez-en une."
        self._nothing = EmptyState(office.icons, "users", "Aucune fiche n\u2019est ouverte", hint)
        self._hush, self._beat = QTimer(self), QTimer(self)
        for timer, milliseconds, what in ((self._hush, _SAID_MS, self.said.hide), (self._beat, BEAT_MS, self.refresh)):
            timer.setSingleShot(True)
            timer.setInterval(milliseconds)
            timer.timeout.connect(what)
        self._build()
        Follow(self, office.bell, TOPICS, self.refresh)

    def _build(self) -> None:
        whole = QWidget()
        body = QVBoxLayout()
        body.setContentsMargins(Space.XL, Space.M, Space.XL, Space.M)
        body.setSpacing(Space.M)
        for part in (self.deliveries, self.facts):
            body.addWidget(part)
        body.addWidget(self.holding, 1)
        page = QVBoxLayout(whole)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        for above in (self.head, self.said, self.review):
            page.addWidget(above)
        page.addLayout(body, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    # What it shows

    def show_person(self, person_id: str | None) -> None:
        if person_id != self.person_id:
            self.person_id = person_id
            self.said.hide()
            self._show(self._read(person_id))  # now: nobody acts on her who was here before
        else:
            self.refresh()

    def refresh(self) -> None:
        """At once where that takes no time; else by the reader, with what was shown until then."""
        if self.person_id is None or self._desk.users.fresh:
            self._show(self._read(self.person_id))
        else:
            answer = partial(self._show_of, self.person_id)
            self._desk.office.later.ask(self, partial(self._read, self.person_id), answer, what="sheet")

    def _show_of(self, person_id: str, sheet: UserSheet | None) -> None:
        """An answer about who is open no more is dropped."""
        if person_id == self.person_id:
            self._show(sheet)

    def _read(self, person_id: str | None) -> UserSheet | None:
        return self._desk.users.sheet(person_id, self._desk.office.today()) if person_id is not None else None

    def _show(self, sheet: UserSheet | None) -> None:
        self.sheet = sheet
        self._pages.setCurrentIndex(0 if sheet is None else 1)
        if sheet is None:
            return
        labels = self._desk.labels()
        self.head.tell(sheet)
        self.deliveries.tell(sheet.deliveries)
        self.facts.setText(self._facts(sheet))
        self.holding.show_held(sheet.held, labels)
        if any(each.state == "held" for each in sheet.deliveries):
            self._beat.start()  # nothing rings when a wish is no longer held: it is looked at
        if told := saying.review(sheet, labels, self._desk.office.today()):
            self.review.tell(" ".join(told))
        else:
            self.review.hide()

    def _facts(self, sheet: UserSheet) -> str:
        row, said = sheet.row, []
        if row.signed_in_at is not None:
            said.append(f"Dernière connexion le {wording.moment_said(row.signed_in_at)}.")
        elif row.invited_at is not None:
            said.append(f"Invitation envoyée le {wording.long_day(row.invited_at)}, accès pas encore activé.")
        if not sheet.whole and not sheet.acts.correct:  # else the head says so
            said.append("D\u2019autres droits existent dans des espaces que vous n\u2019administrez pas.")
        return " ".join(said)

    def _say(self, sentence: str) -> None:
        self.said.tell(sentence)
        self._hush.start()

    # Her access

    def _invite_again(self) -> None:
        sheet = self.sheet
        if sheet is not None and self._tried(partial(self._desk.users.invite_again, sheet.row.person_id)):
            self._say(f"Un nouveau lien part pour {sheet.row.email}. Le précédent ne servira plus.")

    def _ask_suspend(self) -> None:
        sheet = self.sheet
        if sheet is None:
            return
        suspended = not sheet.suspended
        name, suspend = self._name(sheet), partial(self._suspend, sheet.row.person_id, suspended)
        if suspended:
            consequence = (
                "La personne est déconnectée et ne peut plus entrer, jusqu\u2019à ce que vous rétablissiez son accès. "
                "Ses droits sont gardés."
            )
            confirm(
                self, f"Suspendre l\u2019accès de {name}{NNBSP}?", consequence, "Suspendre", "Ne rien changer", suspend
            )
        else:
            question = f"Rétablir l\u2019accès de {name}{NNBSP}?"
            consequence = "La personne pourra de nouveau se connecter, avec les droits qu\u2019elle avait."
            confirm(self, question, consequence, "Rétablir", "Ne rien changer", suspend, danger=False)

    def _suspend(self, person_id: str, suspended: bool) -> None:
        self._tried(partial(self._desk.users.suspend, person_id, suspended=suspended))

    def _ask_remove(self) -> None:
        sheet = self.sheet
        if sheet is None:
            return
        consequence = (
            f"Tous ses droits dans vos espaces sont retirés ({saying.where(sheet.row)}). Ses demandes et ses "
            f"déclarations restent."
        )
        confirm(
            self,
            f"Retirer l\u2019accès de {self._name(sheet)}{NNBSP}?",
            consequence,
            "Retirer l\u2019accès",
            "Ne rien changer",
            partial(self._remove, sheet.row.person_id),
        )

    def _remove(self, person_id: str) -> None:
        self._tried(partial(self._desk.users.remove, person_id))

    def _name(self, sheet: UserSheet) -> str:
        return f"{sheet.row.first_name} {sheet.row.last_name}".strip()

    def _tried(self, what: partial[None]) -> bool:
        try:
            what()
        except Invalid as invalid:
            self._say(invalid.complaints[0].sentence)
            return False
        return True

    # What waits

    def _take_back(self, wish_id: str) -> None:
        if self._desk.users.take_back(wish_id):
            self.edited.emit()
        else:
            self._say(f"Trop tard{NBSP}: cet envoi est déjà parti.")
            self.refresh()

    def _edit(self, wish_id: str) -> None:
        self._desk.users.edit_refused(wish_id)
        self.edited.emit()

    def _ask_give_up(self, wish_id: str) -> None:
        consequence = "Ce que vous avez demandé ne sera pas fait."
        give_up = partial(self._desk.users.give_up, wish_id)
        confirm(self, f"Abandonner cet envoi{NNBSP}?", consequence, "Abandonner l\u2019envoi", "Conserver", give_up)
