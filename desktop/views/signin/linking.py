"""A link or a code from an e-mail: asked for, pasted or typed, looked at, and spent with the password one chooses."""

import re
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop.services.accounts import (
    GONE,
    SECOND_FACTOR,
    Credentials,
    Letter,
    LinkSeen,
    Purpose,
    email_complaint,
    read_link,
)
from desktop.services.problems import Refused
from desktop.views import wording
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.passwords import NewPassword
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.signin import steps
from desktop.views.signin.asking import Asking
from desktop.views.signin.page import read_address
from desktop.views.wording import NBSP

_CODE: Final = re.compile(r"[A-Za-z0-9](?:[\s-]?[A-Za-z0-9]){5,15}")
_SENT: Final = (
    "Si {email} peut recevoir un lien, il vient de partir. Regardez aussi parmi les indésirables\u202f; le lien vaut "
    "72\u00a0heures et ne sert qu’une fois."
)


class Forgotten(Asking):
    """« Mot de passe oublié »: a link is asked for. `done(address, email)` leads on, whoever has an account or not."""

    def __init__(
        self,
        icons: Icons,
        errands: Later,
        ask_link: Callable[[str, str], None],
        done: Callable[[str, str], None],
        back: Callable[[], None],
        *,
        address: str,
        email: str,
    ) -> None:
        super().__init__(
            icons,
            errands,
            "Mot de passe oublié",
            "Vous recevrez un lien pour en choisir un nouveau. L’ancien reste valable jusque-là.",
            address,
            back,
        )
        self._ask_link, self._done = ask_link, done
        self.email = QLineEdit(email)
        self.email.setPlaceholderText("prenom.nom@entreprise.fr")
        self.put("email", FieldBox("Adresse e-mail", self.email, required=True))
        self.end("Recevoir un lien")

    def submit(self) -> None:
        email = self.email.text().strip()
        if not self.wrong({} if "@" in email else {"email": email_complaint(email)}):
            address = self.portal()
            self.ask(partial(self._ask_link, address, email), partial(self._asked, address, email))

    def _asked(self, address: str, email: str, _answer: None) -> None:
        self._done(address, email)


class Linking(Asking):
    """« J’ai reçu un lien ou un code ». `look(address, letter)` asks the portal; `done(address, letter, seen)`
    leads on. `sent_to` is the address that a link was just sent to; `creating`: it is step two of an account."""

    def __init__(
        self,
        icons: Icons,
        errands: Later,
        look: Callable[[str, Letter], LinkSeen],
        ask_link: Callable[[str, str], None],
        done: Callable[[str, Letter, LinkSeen], None],
        back: Callable[[], None],
        *,
        address: str,
        text: str = "",
        sent_to: str = "",
        creating: bool = False,
    ) -> None:
        super().__init__(
            icons,
            errands,
            "Consultez votre messagerie" if sent_to else "Vous avez reçu un lien ou un code",
            "Ouvrez le lien de l’e-mail, ou copiez-le ici. Le code de dix caractères convient aussi.",
            address,
            back,
        )
        self._look, self._ask_link, self._done, self._known = look, ask_link, done, address
        if creating:
            self.column.insertWidget(0, steps.Steps(steps.MAIL))
        self.link, self.email = QLineEdit(), QLineEdit(sent_to)
        self.link.setPlaceholderText("https://…/link#… ou ABCDE-FGHJK")
        self.put("link", FieldBox("Lien ou code", self.link, required=True))
        self.put("email", FieldBox("Adresse e-mail qui a reçu le code", self.email, required=True))
        self._again = Button("Renvoyer un lien", does=self._send_again)
        self._again.setVisible(bool(sent_to))
        self.end("Continuer", self._again)
        self.link.textChanged.connect(self._read)
        self.link.setText(text)
        self._read()
        if sent_to:
            self.say_sent(sent_to)

    def say_sent(self, email: str) -> None:
        self.good.tell(_SENT.format(email=email))

    def _read(self) -> None:
        """The e-mail is asked for with a code only; the portal is known from a whole link."""
        found = read_link(self.link.text())
        self.boxes["email"].setVisible(found is None and _CODE.fullmatch(self.link.text().strip()) is not None)
        address = read_address(found[0]) if found is not None and found[0] else None
        if address:
            self.show_address(address)
        there, here = _door(address or ""), _door(self._known)
        if there and here and there != here:
            self.problem.tell(
                f"Ce lien mène à {there}, et non à votre portail ({here}). Ne continuez que si votre assureur vous l’a "
                "annoncé."
            )
        else:
            self.problem.hide()

    def letter(self) -> Letter | None:
        """What was pasted or typed; None when it is neither link nor code."""
        text = self.link.text().strip()
        if (found := read_link(text)) is not None:
            return Letter(secret=found[1])
        if _CODE.fullmatch(text):
            return Letter(email=self.email.text().strip(), code=text)
        return None

    def submit(self) -> None:
        letter = self.letter()
        complaints = {}
        if letter is None:
            complaints["link"] = "Ni un lien, ni un code\u00a0: copiez le lien entier, ou le code de l’e-mail."
        elif letter.code and "@" not in letter.email:
            complaints["email"] = "Indiquez l’adresse qui a reçu ce code."
        if not self.wrong(complaints) and letter is not None:
            address = self.portal()
            self.ask(partial(self._look, address, letter), partial(self._done, address, letter))

    def refused(self, error: Exception) -> None:
        super().refused(error)
        if isinstance(error, Refused) and error.kind == GONE:
            self._again.show()

    def _send_again(self) -> None:
        """To the address that is here; asked for when none is."""
        email = self.email.text().strip()
        self.boxes["email"].show()
        if not self.wrong({} if "@" in email else {"email": "Indiquez l’adresse qui doit recevoir le lien."}):
            self.ask(partial(self._ask_link, self.portal(), email), partial(self._sent, email))

    def _sent(self, email: str, _answer: None) -> None:
        self.say_sent(email)


def _door(address: str) -> str:
    """Host and port: at another port of one's own host somebody else may listen."""
    return urlsplit(address).netloc.casefold().removesuffix(":443")


_TITLES: Final = {
    Purpose.CREATE: "Choisissez votre mot de passe",
    Purpose.INVITATION: "Bienvenue",
    Purpose.FORGOTTEN: "Choisissez un nouveau mot de passe",
}
_VERBS: Final = {
    Purpose.CREATE: "Créer mon compte",
    Purpose.INVITATION: "Activer mon compte",
    Purpose.FORGOTTEN: "Changer le mot de passe",
}


class Choosing(Asking):
    """The password, and with it the link is spent. `use(letter, credentials)` also signs in; `done` leads on, or
    `code(credentials)` when a second factor is wanted for it."""

    def __init__(
        self,
        icons: Icons,
        errands: Later,
        reader: Later,
        use: Callable[[Letter, Credentials], None],
        done: Callable[[], None],
        code: Callable[[Credentials], None],
        back: Callable[[], None],
        *,
        address: str,
        letter: Letter,
        seen: LinkSeen,
    ) -> None:
        super().__init__(icons, errands, _TITLES[seen.purpose], _why(seen), address, back)
        self._use, self._done, self._code, self._letter, self._seen = use, done, code, letter, seen
        self._typed = Credentials(address, seen.email, "")
        if seen.purpose is Purpose.CREATE:
            self.column.insertWidget(0, steps.Steps(steps.PASSWORD))
        self.column.addWidget(Label(f"Votre identifiant{NBSP}: {seen.email}", "secondary", wrap=True))
        names = (seen.email, seen.first_name, seen.company)
        self.new = NewPassword(icons, reader, names, second_factor=seen.second_factor)
        self.column.addWidget(self.new)
        self.take("password", self.new.box)
        self.end(_VERBS[seen.purpose])

    def focus_first(self) -> None:
        self.new.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        if self.go.isEnabled():
            self.new.demand(self._spend)

    def _spend(self) -> None:
        self._typed = Credentials(self.portal(), self._seen.email, self.new.password)
        self.ask(partial(self._use, self._letter, self._typed), self._used)

    def _used(self, _answer: None) -> None:
        self.new.field.clear()
        self._done()

    def refused(self, error: Exception) -> None:
        if isinstance(error, Refused) and error.kind == SECOND_FACTOR:
            self.answered()
            self._code(self._typed)
            return
        super().refused(error)


def _why(seen: LinkSeen) -> str:
    hello = f"Bonjour {seen.first_name}. " if seen.first_name else ""
    if seen.purpose is Purpose.FORGOTTEN:
        return f"{hello}Vos autres connexions seront fermées."
    if not seen.company:
        return f"{hello}C’est la dernière étape."
    more = f" et {wording.count(seen.spaces - 1, 'autre espace', 'autres espaces')}" if seen.spaces > 1 else ""
    return f"{hello}Votre compte ouvrira {seen.company}{more}."
