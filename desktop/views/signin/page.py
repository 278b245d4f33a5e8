"""The sign-in page: at the first start, after « Se déconnecter », and in place when the session is over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from desktop.services.accounts import SECOND_FACTOR, Credentials, Known
from desktop.services.problems import Offline, Problem, Refused
from desktop.views.fields.inputs import FieldBox, focus_first
from desktop.views.fields.passwords import PasswordField, code_box
from desktop.views.fields.shapes import Banner, Busy, Button, Label
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.signin.card import Card, Ways
from desktop.views.signin.knowing import KnownAccounts
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_CENTRE = Qt.AlignmentFlag.AlignHCenter
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def read_address(text: str) -> str | None:
    """The portal's address as typed (`espace.assureur.example`), completed by `https://`; None when it cannot be one.

    Plain http is for this computer alone."""
    typed = text.strip().rstrip("/")
    if "://" not in typed:
        typed = f"https://{typed}"
    try:
        parts = urlsplit(typed)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return None
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    named = "." in host or host in _LOOPBACK
    return typed if safe and named and not parts.username and " " not in typed else None


def address_box(field: QLineEdit) -> FieldBox:
    """Around the field of the portal's address."""
    field.setPlaceholderText("espace-entreprise.assureur.fr")
    return FieldBox("Adresse du portail", field, "Celle que votre assureur vous a donnée.", required=True)


class SignIn(Card):
    """`sign_in` is run on the errands' thread and raises `Problem`; `done` is called once it has answered.

    `known` fixes the address; `again` says that the session is over: the e-mail is fixed too, when it is known, and
    nothing else moves. `review` opens the review of files, which needs no account. `ways` lead to who has no account
    yet, or no password any more."""

    def __init__(
        self,
        icons: Icons,
        errands: Later,
        sign_in: Callable[[Credentials], None],
        done: Callable[[], None],
        *,
        address: str = "",
        email: str = "",
        again: bool = False,
        leave: Callable[[], None] | None = None,
        review: Callable[[], None] | None = None,
        ways: Ways | None = None,
    ) -> None:
        super().__init__(icons, brand=not again)
        self._errands, self._sign_in, self._done, self._again = errands, sign_in, done, again
        self._address, self._email, self._password = QLineEdit(address), QLineEdit(email), PasswordField(icons)
        self._code, self._proven, self._ways = QLineEdit(), "", ways
        self._asked: Credentials | None = None
        self._known_at = address
        self.known = KnownAccounts(icons, self._choose, self._forget if ways is not None else None)
        self._boxes = {
            "address": address_box(self._address),
            "email": FieldBox("Adresse e-mail", self._email, required=True),
            "password": FieldBox("Mot de passe", self._password, required=True),
            "code": code_box(self._code),
        }
        self._caps = Label("Les majuscules sont verrouillées.", "secondary")
        self._problem = Banner(icons, "error", "circle-alert")
        self._go = Button("Se connecter", "primary", does=self.submit)
        self._leave = Button("Plus tard", "flat", does=leave)
        if leave is None:
            self._leave.hide()
        self._busy = Busy("Connexion en cours", keeps=True)
        self._review = review
        self._lay_out(address)
        for field in (self._address, self._email, self._password, self._code):
            field.returnPressed.connect(self.submit)
            field.textEdited.connect(self._forgive)
        self._password.installEventFilter(self)
        self._email.setInputMethodHints(Qt.InputMethodHint.ImhEmailCharactersOnly)

    # What one sees

    def _lay_out(self, address: str) -> None:
        self._email.setPlaceholderText("prenom.nom@entreprise.fr")
        column = self.column
        self._title, self._reason = Label("", "title", wrap=True), Label("", "muted", wrap=True)
        for part in (self._title, self._reason, self._problem, self.known):
            column.addWidget(part)
        column.addLayout(self._where(address))
        for name in ("address", "email", "password", "code"):
            column.addWidget(self._boxes[name])
        self._lost = Button("Mot de passe oublié", "link", does=self._forgotten)
        self._back = Button("Revenir au mot de passe", "link", does=self._ask_password)
        for link in (self._lost, self._back):
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._caps)
        buttons = QHBoxLayout()
        buttons.addWidget(self._go, 1)
        buttons.addWidget(self._leave)
        column.addLayout(buttons)
        column.addWidget(self._busy)
        self._boxes["address"].setVisible(not address)
        self._email.setReadOnly(self._again and bool(self._email.text()))
        self._caps.hide()
        self._offer()
        self._ask_password()

    def _offer(self) -> None:
        """What stands below the card: an account to be made, a link that came, files to be reviewed."""
        if self._ways is not None:
            row = QHBoxLayout()
            row.setSpacing(Space.S)
            row.addStretch(1)
            row.addWidget(Button("Créer un compte", does=self._create))
            row.addWidget(Button("J’ai reçu un lien ou un code", does=self._link))
            row.addStretch(1)
            self.below.addLayout(row)
        if self._review is not None:
            named = "Vérifier des fichiers d’indemnités"
            files = Button(named, "flat", icons=self._icons, icon="receipt-euro", does=self._review)
            self.below.addWidget(files, 0, _CENTRE)
            self.below.addWidget(Label("Sans compte\u202f; rien ne quitte cet ordinateur.", "meta"), 0, _CENTRE)

    # Accounts known here, and other ways in

    def tell_known(self, known: Sequence[Known]) -> None:
        """The accounts of this computer at the portal that was shown first, to choose from."""
        if not self._again:
            self.known.tell(known)

    def _choose(self, one: Known | None) -> None:
        self._email.setText(one.email if one is not None else "")
        self._password.clear()
        (self._password if one is not None else self._email).setFocus()

    def _forget(self, one: Known) -> None:
        if self._ways is not None:
            self._ways.forget(self._known_at, one)

    @property
    def typed_address(self) -> str:
        """The portal's, as far as it is one."""
        return read_address(self._address.text()) or ""

    def _create(self) -> None:
        if self._ways is not None:
            self._ways.create(self.typed_address)

    def _link(self) -> None:
        if self._ways is not None:
            self._ways.link(self.typed_address, "")

    def _forgotten(self) -> None:
        if self._ways is not None:
            self._ways.forgotten(self.typed_address, self._email.text().strip())

    # The second factor

    def ask_code(self, credentials: Credentials) -> None:
        """The password is right; it is not asked for again."""
        self._address.setText(credentials.address)
        self._email.setText(credentials.email)
        self._proven = credentials.password
        self._show_step()
        self._code.setFocus()

    def _ask_password(self) -> None:
        self._proven = ""
        self._code.clear()
        self._show_step()
        self.focus_first()

    def _show_step(self) -> None:
        coded = bool(self._proven)
        title = "Reconnectez-vous" if self._again else "Connectez-vous à votre espace"
        self._title.setText("Confirmez que c’est vous" if coded else title)
        self._reason.setText(f"Votre mot de passe est bon, {self._email.text()}." if coded else self._why())
        for name in ("email", "password"):
            self._boxes[name].setVisible(not coded)
        self._boxes["code"].setVisible(coded)
        self._back.setVisible(coded)
        self._lost.setVisible(not coded and self._ways is not None)
        self.known.setVisible(not coded and self.known.many)

    def _where(self, address: str) -> QHBoxLayout:
        """The known portal in a line, with « Changer »."""
        row = QHBoxLayout()
        host = urlsplit(address).netloc if address else ""
        self._host = Label(f"Portail{NBSP}: {host}", "secondary")
        self._change = Button("Changer", "link", does=self._change_address)
        # Only hidden here: what is shown before it has its place is a window of its own for a moment.
        if not address:
            self._host.hide()
        if not address or self._again:
            self._change.hide()
        row.addWidget(self._host)
        row.addWidget(self._change)
        row.addStretch(1)
        return row

    def _why(self) -> str:
        if self._again:
            return "Votre session a expiré. Ce que vous avez saisi est gardé et vous attend."
        return "Avec l’adresse e-mail et le mot de passe de votre espace client entreprise."

    def _change_address(self) -> None:
        self._host.hide()
        self._change.hide()
        self._boxes["address"].show()
        self._address.selectAll()
        self._address.setFocus()

    def focus_first(self) -> None:
        """To the first field that is not filled in."""
        focus_first(self._boxes.values())

    # What one does

    def submit(self) -> None:
        """« Se connecter »: what is wrong here is said beside its field; the rest is the portal's to say."""
        if not self._go.isEnabled():
            return
        address = read_address(self._address.text())
        no_address = (
            "Cette adresse n’est pas celle d’un portail (https://…)."
            if self._address.text().strip()
            else "Indiquez l’adresse du portail."
        )
        password = self._proven or self._password.text()
        complaints = {
            "address": "" if address else no_address,
            "email": "" if "@" in self._email.text() else "Indiquez votre adresse e-mail complète.",
            "password": "" if password else "Indiquez votre mot de passe.",
            "code": "" if self._code.text().strip() or not self._proven else "Indiquez le code.",
        }
        for name, sentence in complaints.items():
            self._boxes[name].complain(sentence)
        wrong = [name for name, sentence in complaints.items() if sentence]
        if wrong:
            if wrong[0] == "address":
                self._boxes["address"].show()
            self._boxes[wrong[0]].field.setFocus()
            return
        self._wait(waiting=True)
        credentials = Credentials(address or "", self._email.text().strip(), password, self._code.text().strip())
        self._asked = credentials
        self._errands.ask(self, _Call(self._sign_in, credentials), self._signed_in, self._refused)

    def _signed_in(self, _answer: None) -> None:
        self._asked, self._proven = None, ""
        self._password.clear()
        self._code.clear()
        self._wait(waiting=False)
        self._done()

    def _refused(self, error: Exception) -> None:
        self._wait(waiting=False)
        asked, self._asked = self._asked, None
        if not isinstance(error, Problem):
            raise error
        if isinstance(error, Refused) and error.kind == SECOND_FACTOR and asked is not None:
            self.ask_code(replace(asked, code=""))
            self._boxes["code"].complain(error.sentence if asked.code else "")
            self._code.selectAll()
            return
        if self._proven and isinstance(error, Refused) and error.status in {400, 401, 403}:
            self._ask_password()
        if isinstance(error, Refused) and error.status in {400, 401, 403}:
            self._boxes["password"].complain(error.sentence)
            self._password.selectAll()
            self._password.setFocus()
            return
        sentence = error.sentence
        if isinstance(error, Offline) and not self._again:
            sentence += " Vérifiez l’adresse du portail et votre connexion."
        self._problem.tell(sentence)
        (self._code if self._proven else self._password).setFocus()

    def _forgive(self) -> None:
        self._problem.hide()
        for box in self._boxes.values():
            if box.field is self.focusWidget():
                box.complain("")

    def _wait(self, *, waiting: bool) -> None:
        if waiting:
            self._problem.hide()
        self._go.setEnabled(not waiting)
        self._go.setText("Connexion…" if waiting else "Se connecter")
        self._busy.setVisible(waiting)
        for field in (self._address, self._email, self._password, self._code):
            field.setEnabled(not waiting)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._password and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            typed = event.text()
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if event.key() == Qt.Key.Key_CapsLock:
                self._caps.hide()
            elif len(typed) == 1 and typed.isalpha():
                self._caps.setVisible(typed.isupper() != shifted)
        return False


@dataclass(frozen=True, slots=True)
class _Call:
    """The one call that needs the password, made on the errands' thread."""

    sign_in: Callable[[Credentials], None]
    credentials: Credentials

    def __call__(self) -> None:
        self.sign_in(self.credentials)
