"""The tab « Utilisateurs »: people, their rights, and the log of rights; or why one sees none of it."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.drafting import Invalid
from desktop.services.problems import Problem, Remedy
from desktop.services.users import NEW
from desktop.views import wording
from desktop.views.bell import Follow
from desktop.views.fields.shapes import Banner, Chip, EmptyState, Ground, announce
from desktop.views.rows.beside import Beside
from desktop.views.tokens import Space
from desktop.views.users.desk import Desk
from desktop.views.users.detail import Detail
from desktop.views.users.form import UserForm
from desktop.views.users.journal import JournalPage
from desktop.views.users.listing import UserList
from desktop.views.users.matrix import MatrixPage

_KEPT_SPLIT: Final = "users/split"
_LIST, _NARROWEST = 420, 360
_WHY: Final = (
    "Les utilisateurs d\u2019un espace sont gérés par ses administrateurs. Demandez ce rôle si vous en avez besoin."
)


class UsersPage(QWidget):
    """Which space is shown is the window's to say (`show_space`)."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setAccessibleName("Utilisateurs")
        self._desk, office = desk, desk.office
        self._space_id: str | None = None
        self.list, self.detail, self.form = UserList(desk), Detail(desk), UserForm(desk)
        self.matrix, self.journal = MatrixPage(desk), JournalPage(desk)
        self._right = QStackedWidget()
        self._right.addWidget(self.detail)
        self._right.addWidget(self.form)
        self.people = Beside(self.list, self._right, office.settings, _KEPT_SPLIT, _NARROWEST, _LIST)
        self.said = Banner(office.icons, "ok", "circle-check")
        self.wrong = Banner(office.icons, "error", "circle-x")
        nothing = "Vous n\u2019administrez aucun espace"
        self.closed = EmptyState(office.icons, "lock", nothing, _WHY, "Devenir administrateur…", desk.become)
        self._views, self._whole = QStackedWidget(), QStackedWidget()
        self._chosen = QButtonGroup(self)
        self._build()
        self._join()
        Follow(self, office.bell, {"users", "portfolio"}, self._look)

    def _build(self) -> None:
        self._row = Ground("top")
        chips = QHBoxLayout(self._row)
        chips.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        chips.setSpacing(Space.S)
        for name, view in (("Personnes", self.people), ("Droits", self.matrix), ("Journal", self.journal)):
            place = self._views.addWidget(view)
            chip = Chip(name)
            chip.setChecked(place == 0)
            self._chosen.addButton(chip, place)
            chips.addWidget(chip)
        chips.addStretch(1)
        open_ = QWidget()
        inside = QVBoxLayout(open_)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        for part in (self._row, self.said, self.wrong):
            inside.addWidget(part)
        inside.addWidget(self._views, 1)
        self._whole.addWidget(self.closed)
        self._whole.addWidget(open_)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._whole)

    def _join(self) -> None:
        self._chosen.idClicked.connect(self._views.setCurrentIndex)
        self.list.current.opened.connect(self._open_current)
        self.list.current.entered.connect(self._enter)
        self.list.asked_new.connect(self.add)
        for each in (self.list.asked_export, self.matrix.asked_export):
            each.connect(self.export)
        self.detail.asked_rights.connect(self._change_rights)
        self.detail.asked_correction.connect(self._correct)
        self.detail.edited.connect(self._edited)
        self.form.sent.connect(self._sent)
        self.form.left.connect(self._back)

    def _look(self) -> None:
        """Whether one administers anything by now. Of who does not, nothing of anybody stays behind the page."""
        administers = self._desk.users.administers()
        self._whole.setCurrentIndex(1 if administers else 0)
        if not administers:
            self.detail.show_person(None)
            for view in (self.list, self.matrix, self.journal):
                view.forget()

    # What the window asks

    def show_space(self, space_id: str | None) -> None:
        if space_id != self._space_id:
            self._space_id = space_id
            self.list.show_space(space_id)
            self.matrix.show_space(space_id)

    def add(self) -> None:
        """« Ajouter un utilisateur »."""
        self._look()
        self.show_view(self.people)
        self._right.setCurrentWidget(self.form)
        self.form.open_new(self._space_id)

    def open_person(self, person_id: str) -> None:
        self.show_view(self.people)
        self._right.setCurrentWidget(self.detail)
        self.detail.show_person(person_id)
        self.list.current.want(person_id)

    def show_view(self, view: QWidget) -> None:
        place = self._views.indexOf(view)
        self._views.setCurrentIndex(place)
        self._chosen.button(place).setChecked(True)

    def panes(self) -> list[QWidget]:
        view = self._views.currentWidget()
        if view is self.people:
            return [self._row, *(part for part in (self.list, self.detail, self.form) if part.isVisible())]
        if view is self.matrix:
            return [self._row, *self.matrix.panes()]
        return [self._row, self.journal]

    def focus_search(self) -> None:
        if self._views.currentWidget() is self.matrix:
            self.matrix.focus_search()
        else:
            self.show_view(self.people)
            self.list.search.setFocus()
            self.list.search.selectAll()

    def keep_drafts(self) -> None:
        """Before the window closes."""
        self.form.keep_draft()
        self.matrix.keep_drafts()

    # Between the panes

    def _open_current(self) -> None:
        if self.list.current.id is not None:
            self.form.keep_draft()
            self._right.setCurrentWidget(self.detail)
            self.detail.show_person(self.list.current.id)

    def _enter(self) -> None:
        self._open_current()
        self.detail.setFocus()

    def _change_rights(self) -> None:
        if self.detail.person_id is not None:
            self.show_view(self.matrix)
            self.matrix.show_person(self.detail.person_id)

    def _correct(self) -> None:
        if self.detail.person_id is None:
            return
        try:
            self.form.open_correction(self.detail.person_id)
        except Invalid as invalid:
            self.wrong.tell(invalid.complaints[0].sentence, "Fermer", self.wrong.hide)
        else:
            self._right.setCurrentWidget(self.form)

    def _edited(self) -> None:
        """What was sent is a draft again: shown where it was written."""
        if self._desk.users.kept_edits():
            self.matrix.take_up()
            if self.detail.person_id is not None:
                self._change_rights()
        elif self.detail.person_id is not None and self._desk.users.draft(f"users:{self.detail.person_id}") is not None:
            self._correct()
        elif not self._desk.users.knows(self.detail.person_id or "") and self._desk.users.draft(NEW) is not None:
            self.add()

    def _sent(self) -> None:
        self.open_person(self.form.person_id)
        self.list.table.setFocus()

    def _back(self) -> None:
        self._right.setCurrentWidget(self.detail)
        self.list.table.setFocus()
        announce(self, "Brouillon enregistré")

    # Exporting

    def export(self) -> None:
        """« Exporter les droits de tous »: made and written off the GUI thread."""
        name = f"Droits des utilisateurs {self._desk.office.today().isoformat()}.xlsx"
        place = self._desk.office.picks.place(name)
        if place is None:
            return
        work = partial(_write, partial(self._desk.users.workbook, self._desk.labels()), place)
        self._desk.office.errands.ask(self, work, partial(self._written, place), self._failed, what="export")

    def _written(self, place: Path, size: int) -> None:
        said = f"«\u00a0{place.name}\u00a0» est enregistré ({wording.size(size)})."
        self.said.tell(said, "Fermer", self.said.hide)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, Problem):
            raise error
        self.wrong.tell(error.sentence, "Fermer", self.wrong.hide)


def _write(make: Callable[[], bytes], place: Path) -> int:
    """Aside first, so that the file is there only once it is whole. Raises `Problem`."""
    content = make()
    aside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        aside.write_bytes(content)
        aside.replace(place)
    except OSError as error:
        aside.unlink(missing_ok=True)
        sentence = "Le fichier n\u2019a pas pu être écrit\u00a0: fermez-le s\u2019il est ouvert dans votre tableur."
        raise Problem(sentence, Remedy.RETRY, type(error).__name__) from error
    return len(content)
