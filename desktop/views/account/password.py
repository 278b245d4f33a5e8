"""« Mot de passe »: changed by who knows it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.accounts import Standing
from desktop.services.problems import Offline
from desktop.views.account.desk import Desk
from desktop.views.account.section import Section
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.passwords import NewPassword, PasswordField
from desktop.views.fields.shapes import Button
from desktop.views.tokens import Space


class PasswordSection(Section):
    """`read` has the whole page told anew."""

    def __init__(self, desk: Desk, read: Callable[[], None]) -> None:
        super().__init__(desk, "Mot de passe", "Le changer ferme vos connexions sur les autres ordinateurs.")
        self._read = read
        self.change = Button("Changer le mot de passe…", does=self._open)
        self.column.addWidget(self.change, 0, Qt.AlignmentFlag.AlignLeft)
        self.form = QWidget()
        self._column = QVBoxLayout(self.form)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.M)
        self.current = PasswordField(desk.icons)
        self.boxes["current"] = FieldBox("Mot de passe actuel", self.current, required=True)
        self._column.addWidget(self.boxes["current"])
        self.new: NewPassword | None = None
        self._buttons = QHBoxLayout()
        self.keep = Button("Changer le mot de passe", "primary", does=self._submit)
        self.keep.setProperty("acts", "yes")
        self._buttons.addWidget(self.keep)
        self._buttons.addWidget(Button("Annuler", "flat", does=self._close))
        self._buttons.addStretch(1)
        self._second_factor = False
        self.column.addWidget(self.form)
        self.form.hide()

    def tell(self, standing: Standing) -> None:
        self._second_factor = standing.second_factor
        if self.new is not None:
            self.new.allow(second_factor=standing.second_factor)

    def _open(self) -> None:
        if self.new is None:
            person = self._desk.person()
            names = (person.email, person.first_name, person.last_name) if person is not None else ()
            self.new = NewPassword(self._desk.icons, self._desk.reader, names, second_factor=self._second_factor)
            self.boxes["password"] = self.new.box
            self._column.addWidget(self.new)
            self._column.addLayout(self._buttons)
        self.show_only(self.form, self.change)
        self.good.hide()
        self.current.setFocus()

    def _close(self) -> None:
        self.current.clear()
        if self.new is not None:
            self.new.field.clear()
        self.show_only(self.change, self.form)

    def _submit(self) -> None:
        if not self.current.text():
            self.boxes["current"].complain("Indiquez votre mot de passe actuel.")
            self.current.setFocus()
        elif self.new is not None:
            self.new.demand(self._send)

    def _send(self) -> None:
        if self.new is not None:
            self.ask(partial(self._desk.own.change_password, self.current.text(), self.new.password), self._changed)

    def _changed(self, _answer: None) -> None:
        self._close()
        self.good.tell("Votre mot de passe est changé. Vos autres connexions sont fermées.")
        self._read()

    def refused(self, error: Exception) -> None:
        super().refused(error)
        if isinstance(error, Offline) and not error.unsent:
            self.problem.tell(
                "La réponse du portail s’est perdue\u00a0: le changement a peut-être eu lieu. Réessayez\u202f; si "
                "le mot de passe actuel est refusé, c’est que le nouveau vaut déjà."
            )
