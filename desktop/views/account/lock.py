"""The lock: who is away is asked for the password, and nothing of the pages is seen meanwhile."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from desktop.services.accounts import SECOND_FACTOR, Credentials
from desktop.services.problems import Offline, Problem, Refused
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.passwords import PasswordField, code_box
from desktop.views.fields.shapes import Banner, Busy, Button, Label
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.signin.card import Card

_OFFLINE: Final = (
    "Le portail ne répond pas, et lui seul peut vérifier ce mot de passe\u00a0: Volet n’en garde rien sur cet "
    "ordinateur. Réessayez dès que la connexion est revenue\u202f; ce que vous avez saisi est gardé."
)


class LockPage(Card):
    """`unlock(credentials)` runs on the errands' thread and raises `Problem`; `done` is called once it has answered.
    `leave` signs out instead."""

    def __init__(
        self,
        icons: Icons,
        errands: Later,
        unlock: Callable[[Credentials], None],
        done: Callable[[], None],
        leave: Callable[[], None],
        *,
        name: str,
        email: str,
    ) -> None:
        super().__init__(icons)
        self.setAccessibleName("Volet est verrouillé")
        self._errands, self._unlock, self._done, self._email = errands, unlock, done, email
        self.password, self.code = PasswordField(icons), QLineEdit()
        self.box = FieldBox("Mot de passe", self.password, required=True)
        self.code_box = code_box(self.code)
        self.problem = Banner(icons, "error", "circle-alert")
        self.go = Button("Déverrouiller", "primary", icons=icons, icon="lock-open", does=self.submit)
        self.busy = Busy("Vérification en cours")
        for part in (
            Label("Volet est verrouillé", "title", wrap=True),
            Label(f"{name}, {email}" if name else email, "muted", wrap=True),
            self.problem,
            self.box,
            self.code_box,
        ):
            self.column.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(self.go, 1)
        row.addWidget(Button("Se déconnecter", "flat", does=leave))
        self.column.addLayout(row)
        self.column.addWidget(self.busy)
        self.code_box.hide()
        for field in (self.password, self.code):
            field.returnPressed.connect(self.submit)
            field.textEdited.connect(self._forgive)

    def focus_first(self) -> None:
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        if not self.go.isEnabled():
            return
        if not self.password.text():
            self.box.complain("Indiquez votre mot de passe.")
            self.password.setFocus()
            return
        self._wait(waiting=True)
        credentials = Credentials("", self._email, self.password.text(), self.code.text().strip())
        self._errands.ask(self, partial(self._unlock, credentials), self._unlocked, self._refused)

    def _unlocked(self, _answer: None) -> None:
        self.password.clear()
        self.code.clear()
        self._done()

    def _refused(self, error: Exception) -> None:
        self._wait(waiting=False)
        if not isinstance(error, Problem):
            raise error
        if isinstance(error, Refused) and error.kind == SECOND_FACTOR:
            first = self.code_box.isHidden()
            self.code_box.show()
            self.code_box.complain("" if first else error.sentence)
            self.code.setFocus()
        elif isinstance(error, Refused):
            self.box.complain(error.sentence)
            self.password.selectAll()
            self.password.setFocus()
        else:
            self.problem.tell(_OFFLINE if isinstance(error, Offline) else error.sentence)
            self.password.setFocus()

    def _forgive(self) -> None:
        self.problem.hide()
        self.box.complain("")
        self.code_box.complain("")

    def _wait(self, *, waiting: bool) -> None:
        if waiting:
            self.problem.hide()
        for part in (self.go, self.password, self.code):
            part.setEnabled(not waiting)
        self.busy.setVisible(waiting)
