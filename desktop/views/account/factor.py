"""« Double authentification »: a code of the telephone beside the password, and codes for the day it is lost."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.services.accounts import OwnAccount, Seed, Standing
from desktop.services.problems import Offline
from desktop.views import wording
from desktop.views.account.desk import Desk
from desktop.views.account.qr import Dots, QrCode, dots
from desktop.views.account.section import Section
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.passwords import PasswordField
from desktop.views.fields.shapes import Button, Label, announce
from desktop.views.printing import Preview, document
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_FILE = "Codes de secours Volet.txt"


class FactorSection(Section):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Double authentification")
        self.begin, self.end = Button("Activer…", does=self._ask_begin), Button("Désactiver…", does=self._ask_end)
        for button in (self.begin, self.end):
            self.column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.proof, self.scan, self.codes = _Proof(desk, self._prove), _Scan(desk, self._confirm), _Codes(desk)
        self.codes.done.clicked.connect(self._kept)
        for part in (self.proof, self.scan, self.codes):
            self.column.addWidget(part)
            part.hide()
        self.boxes |= {"password": self.proof.box, "code": self.scan.box}
        self._standing: Standing | None = None
        self._rest()

    def tell(self, standing: Standing) -> None:
        """As the portal says; what is under way here goes on."""
        self._standing = standing
        if all(part.isHidden() for part in (self.proof, self.scan, self.codes)):
            self._rest()

    def _rest(self) -> None:
        standing = self._standing
        on = standing is not None and standing.second_factor
        for part in (self.proof, self.scan, self.codes):
            part.hide()
        self.begin.setVisible(standing is not None and not on)
        self.end.setVisible(on)
        if standing is None:
            self.why.setText("En attente du portail…")
        elif on:
            left = wording.count(standing.codes, "code") if standing.codes else "aucun code"
            self.why.setText(f"Activée. Il vous reste {left} de secours.")
        else:
            self.why.setText(
                "En plus du mot de passe, un code à six chiffres que donne une application de votre téléphone. Votre "
                "mot de passe peut alors être plus court."
            )

    def _ask_begin(self) -> None:
        self._open(self.proof)
        self.proof.open(coded=False)

    def _ask_end(self) -> None:
        self._open(self.proof)
        self.proof.open(coded=True)

    def _open(self, shown: QWidget) -> None:
        self.good.hide()
        self.show_only(shown, self.begin, self.end, self.proof, self.scan, self.codes)
        shown.show()

    def _prove(self) -> None:
        password, code = self.proof.password.text(), self.proof.code.text().strip()
        if self.proof.coded:
            self.ask(partial(self._desk.own.end_second_factor, password, code), self._ended)
        else:
            self.ask(_Begin(self._desk.own, password), self._begun)

    def _begun(self, begun: tuple[Seed, Dots]) -> None:
        self.proof.forget()
        self._open(self.scan)
        self.scan.open(*begun)

    def _confirm(self) -> None:
        self.ask(partial(self._desk.own.confirm_second_factor, self.scan.code.text().strip()), self._confirmed)

    def _confirmed(self, codes: tuple[str, ...]) -> None:
        self.scan.forget()
        self._open(self.codes)
        self.codes.open(codes)
        self.why.setText("Activée. Voici vos codes de secours\u00a0: ils ne seront plus jamais montrés.")

    def _kept(self) -> None:
        self.codes.forget()
        self._read_again()

    def _ended(self, _answer: None) -> None:
        self.proof.forget()
        self._read_again()

    def _read_again(self) -> None:
        for part in (self.proof, self.scan, self.codes):
            part.hide()
        self.ask(self._desk.own.standing, self.tell)

    def cancel(self) -> None:
        self.proof.forget()
        self.scan.forget()
        self._rest()

    def refused(self, error: Exception) -> None:
        super().refused(error)
        if isinstance(error, Offline) and not error.unsent and not self.scan.isHidden():
            self.problem.tell(
                "La réponse du portail s’est perdue. Rouvrez cette page\u00a0: si la double authentification y est "
                "activée, désactivez-la puis réactivez-la pour recevoir vos codes de secours."
            )


@dataclass(frozen=True, slots=True, repr=False)
class _Begin:
    """Run on the errands' thread: the seed, and the drawing of its code."""

    own: OwnAccount
    password: str

    def __call__(self) -> tuple[Seed, Dots]:
        seed = self.own.begin_second_factor(self.password)
        return seed, dots(seed.uri)


class _Part(QWidget):
    """A part of the section that comes and goes."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(Space.M)

    def foot(self, *buttons: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)

    def cancelled(self) -> None:
        section = self.parent()
        if isinstance(section, FactorSection):
            section.cancel()


class _Proof(_Part):
    """The password, and to take the factor off also a code."""

    def __init__(self, desk: Desk, go: Callable[[], None]) -> None:
        super().__init__(desk)
        self.coded = False
        self.password, self.code = PasswordField(desk.icons), QLineEdit()
        self.box = FieldBox("Mot de passe", self.password, required=True)
        help_line = "Celui de l’application, ou un code de secours."
        self._code_box = FieldBox("Code de vérification", self.code, help_line, required=True)
        self.column.addWidget(self.box)
        self.column.addWidget(self._code_box)
        self._go = Button("Continuer", "primary", does=go)
        self._go.setProperty("acts", "yes")
        self.foot(self._go, Button("Annuler", "flat", does=self.cancelled))
        for field in (self.password, self.code):
            field.returnPressed.connect(go)

    def open(self, *, coded: bool) -> None:
        self.coded = coded
        self._code_box.setVisible(coded)
        self._go.setText("Désactiver" if coded else "Continuer")
        self.password.setFocus()

    def forget(self) -> None:
        self.password.clear()
        self.code.clear()


class _Scan(_Part):
    """The QR code, the secret in letters, and the first code as a proof."""

    def __init__(self, desk: Desk, go: Callable[[], None]) -> None:
        super().__init__(desk)
        self.qr, self.code = QrCode(), QLineEdit()
        self.code.setMaxLength(12)
        self.code.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._secret = Label("", "label", wrap=True)
        self._secret.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        beside = QVBoxLayout()
        beside.setSpacing(Space.S)
        beside.addWidget(Label("1. Photographiez ce code avec votre application d’authentification.", wrap=True))
        beside.addWidget(Label("Ou tapez-y ce secret\u00a0:", "secondary", wrap=True))
        beside.addWidget(self._secret)
        beside.addWidget(Label("2. Recopiez le code à six chiffres qu’elle affiche.", wrap=True))
        self.box = FieldBox("Code à six chiffres", self.code, required=True)
        beside.addWidget(self.box)
        beside.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(Space.L)
        row.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(beside, 1)
        self.column.addLayout(row)
        confirm = Button("Activer", "primary", does=go)
        confirm.setProperty("acts", "yes")
        self.foot(confirm, Button("Annuler", "flat", does=self.cancelled))
        self.code.returnPressed.connect(go)

    def open(self, seed: Seed, drawn: Dots) -> None:
        self.qr.tell(drawn)
        self._secret.setText(" ".join(seed.secret[place : place + 4] for place in range(0, len(seed.secret), 4)))
        self.code.setFocus()

    def forget(self) -> None:
        self.qr.tell(())
        self._secret.clear()
        self.code.clear()


class _Codes(_Part):
    """The recovery codes, this one time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.codes: tuple[str, ...] = ()
        self.column.addWidget(
            Label(
                "Chacun remplace une fois le code du téléphone, le jour où vous ne l’avez plus. Gardez-les hors de "
                "cet ordinateur, dans un coffre de mots de passe par exemple.",
                "muted",
                wrap=True,
            )
        )
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.XL)
        self._grid.setVerticalSpacing(Space.XS)
        self.column.addLayout(self._grid)
        self._labels: list[Label] = []
        self.done = Button("Je les ai notés", "primary")
        self._copy = Button("Copier", icons=desk.icons, icon="copy", does=self._copy_all)
        self.foot(
            self.done,
            self._copy,
            Button("Imprimer…", icons=desk.icons, icon="printer", does=self._print),
            Button("Enregistrer…", icons=desk.icons, icon="save", does=self._save),
        )

    def open(self, codes: tuple[str, ...]) -> None:
        self.codes = codes
        self._copy.setText("Copier")
        while len(self._labels) < len(codes):
            label = Label("", "choice")
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            place = len(self._labels)
            self._grid.addWidget(label, place // 2, place % 2)
            self._labels.append(label)
        for label, code in zip(self._labels, codes, strict=False):
            label.setText(code)

    def forget(self) -> None:
        self.codes = ()
        for label in self._labels:
            label.clear()

    def text(self) -> str:
        """What is copied, saved and printed."""
        return "Codes de secours de l’espace client entreprise (Volet)\n" + "\n".join(self.codes) + "\n"

    def _copy_all(self) -> None:
        self._desk.clipboard.setText(self.text())
        self._copy.setText("Copiés")
        announce(self, "Codes copiés")

    def _print(self) -> None:
        lines = "".join(f"<p>{escape(code)}</p>" for code in self.codes)
        title = "Codes de secours"
        page = document(title, title, f"<h2>{title}</h2>{lines}", f"Volet{NBSP}: {title}")
        Preview(self.window(), self._desk.icons, page).open()

    def _save(self) -> None:
        path = self._desk.place(_FILE)
        if path is not None:
            self._desk.errands.ask(self, partial(_write, path, self.text()), failed=self._not_saved, what="save")

    def _not_saved(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        section = self.parent()
        if isinstance(section, FactorSection):
            section.problem.tell("Le fichier n’a pas pu être enregistré. Choisissez un autre endroit.")


def _write(path: Path, text: str) -> None:
    """For its owner's eyes alone, where the system knows that."""
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
