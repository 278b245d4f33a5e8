"""The sign-in page: at the first start, after « Se déconnecter », and in place when the session is over."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from desktop.services.problems import Offline, Problem, Refused
from desktop.views import wording
from desktop.views.fields.brand import Brand
from desktop.views.fields.inputs import FieldBox, name_actions
from desktop.views.fields.shapes import Banner, Button, Label
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_CENTRE = Qt.AlignmentFlag.AlignHCenter
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the person typed. Lives as long as the one call that uses it."""

    address: str
    email: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(…)"


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


class SignIn(QWidget):
    """`sign_in` is run on the errands' thread and raises `Problem`; `done` is called once it has answered.

    `known` fixes the address; `again` says that the session is over: the e-mail is fixed too, when it is known, and
    nothing else moves. `review` opens the review of files, which needs no account."""

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
    ) -> None:
        super().__init__()
        self.setProperty("role", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icons, self._errands, self._sign_in, self._done, self._again = icons, errands, sign_in, done, again
        self._address, self._email, self._password = QLineEdit(address), QLineEdit(email), _Password(icons)
        self._boxes = {
            "address": FieldBox(
                "Adresse du portail", self._address, "Celle que votre assureur vous a donnée.", required=True
            ),
            "email": FieldBox("Adresse e-mail", self._email, required=True),
            "password": FieldBox("Mot de passe", self._password, required=True),
        }
        self._caps = Label("Les majuscules sont verrouillées.", "secondary")
        self._problem = Banner(icons, "error", "circle-alert")
        self._go = Button("Se connecter", "primary", does=self.submit)
        self._leave = Button("Plus tard", "flat", does=leave)
        if leave is None:
            self._leave.hide()
        self._busy = QProgressBar()
        self._review = review
        self._lay_out(address)
        for field in (self._address, self._email, self._password):
            field.returnPressed.connect(self.submit)
            field.textEdited.connect(self._forgive)
        self._password.installEventFilter(self)
        self._email.setInputMethodHints(Qt.InputMethodHint.ImhEmailCharactersOnly)

    # What one sees

    def _lay_out(self, address: str) -> None:
        self._address.setPlaceholderText("espace-entreprise.assureur.fr")
        self._email.setPlaceholderText("prenom.nom@entreprise.fr")
        self._busy.setRange(0, 0)
        self._busy.setAccessibleName("Connexion en cours")
        self._busy.setTextVisible(False)
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(440)
        column = QVBoxLayout(card)
        column.setContentsMargins(Space.XL + Space.S, Space.XL, Space.XL + Space.S, Space.L)
        column.setSpacing(Space.L)
        title = "Reconnectez-vous" if self._again else "Connectez-vous à votre espace"
        column.addWidget(Label(title, "title", wrap=True))
        column.addWidget(Label(self._why(), "muted", wrap=True))
        column.addWidget(self._problem)
        column.addLayout(self._where(address))
        for name in ("address", "email", "password"):
            column.addWidget(self._boxes[name])
        column.addWidget(self._caps)
        buttons = QHBoxLayout()
        buttons.addWidget(self._go, 1)
        buttons.addWidget(self._leave)
        column.addLayout(buttons)
        column.addWidget(self._busy)
        self._boxes["address"].setVisible(not address)
        self._email.setReadOnly(self._again and bool(self._email.text()))
        self._caps.hide()
        self._keep_place(self._busy)
        self._busy.hide()
        self._place(card)

    def _place(self, card: QFrame) -> None:
        row = QHBoxLayout(self)
        row.addStretch(1)
        middle = QVBoxLayout()
        middle.addStretch(2)
        if not self._again:
            middle.addWidget(Brand(self._icons))
            middle.addSpacing(Space.M)
        middle.addWidget(card)
        if self._review is not None:
            named = "Vérifier des fichiers d\u2019indemnités"
            files = Button(named, icons=self._icons, icon="receipt-euro", does=self._review)
            middle.addSpacing(Space.L)
            middle.addWidget(files, 0, _CENTRE)
            middle.addWidget(Label("Sans compte\u202f; rien ne quitte cet ordinateur.", "meta"), 0, _CENTRE)
        middle.addStretch(3)
        row.addLayout(middle)
        row.addStretch(1)

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
        return "Avec l\u2019adresse e-mail et le mot de passe de votre espace client entreprise."

    @staticmethod
    def _keep_place(widget: QWidget) -> None:
        policy = widget.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        policy.setVerticalPolicy(QSizePolicy.Policy.Fixed)
        widget.setSizePolicy(policy)

    def _change_address(self) -> None:
        self._host.hide()
        self._change.hide()
        self._boxes["address"].show()
        self._address.selectAll()
        self._address.setFocus()

    def focus_first(self) -> None:
        """To the first field that is not filled in."""
        for box in self._boxes.values():
            field = box.field
            if isinstance(field, QLineEdit) and not box.isHidden() and not field.isReadOnly() and not field.text():
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    # What one does

    def submit(self) -> None:
        """« Se connecter »: what is wrong here is said beside its field; the rest is the portal's to say."""
        if not self._go.isEnabled():
            return
        address = read_address(self._address.text())
        no_address = (
            "Cette adresse n\u2019est pas celle d\u2019un portail (https://…)."
            if self._address.text().strip()
            else "Indiquez l\u2019adresse du portail."
        )
        complaints = {
            "address": "" if address else no_address,
            "email": "" if "@" in self._email.text() else "Indiquez votre adresse e-mail complète.",
            "password": "" if self._password.text() else "Indiquez votre mot de passe.",
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
        credentials = Credentials(address or "", self._email.text().strip(), self._password.text())
        self._errands.ask(self, _Call(self._sign_in, credentials), self._signed_in, self._refused)

    def _signed_in(self, _answer: None) -> None:
        self._password.clear()
        self._wait(waiting=False)
        self._done()

    def _refused(self, error: Exception) -> None:
        self._wait(waiting=False)
        if not isinstance(error, Problem):
            raise error
        if isinstance(error, Refused) and error.status in {400, 401, 403}:
            self._boxes["password"].complain(error.sentence)
            self._password.selectAll()
            self._password.setFocus()
            return
        sentence = error.sentence
        if isinstance(error, Offline) and not self._again:
            sentence += " Vérifiez l\u2019adresse du portail et votre connexion."
        self._problem.tell(sentence)
        self._password.setFocus()

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
        for field in (self._address, self._email, self._password):
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


class _Password(QLineEdit):
    """Hidden, with an eye that shows it."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye = self.addAction(icons.icon("eye", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        self._eye.triggered.connect(self._toggle)
        self._dress()

    def _toggle(self) -> None:
        hidden = self.echoMode() == QLineEdit.EchoMode.Password
        self.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self._dress()

    def _dress(self) -> None:
        hidden = self.echoMode() == QLineEdit.EchoMode.Password
        self._icons.dress(self._eye, "eye" if hidden else "eye-off", "muted")
        name = "Afficher le mot de passe" if hidden else "Masquer le mot de passe"
        self._eye.setText(name)
        self._eye.setToolTip(wording.tip(name))
        name_actions(self)
