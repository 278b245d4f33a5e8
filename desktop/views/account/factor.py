"""« Double authentification »: a code of the telephone beside the password, and codes for the day it is lost."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.services.accounts import OwnAccount, Seed, Standing
from desktop.services.problems import Offline, Problem, Refused
from desktop.views import wording
from desktop.views.account.desk import Desk
from desktop.views.account.qr import Dots, QrCode, dots
from desktop.views.account.section import Section
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.passwords import PasswordField, code_box
from desktop.views.fields.shapes import Button, Label, announce
from desktop.views.printing import Preview, document
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_FILE = "Codes de secours Volet.txt"


class Wanted(Enum):
    """What the password is asked for; the value is what the button says."""

    SEED = "Continuer"
    CODES = "Créer les codes"
    END = "Désactiver"


class FactorSection(Section):
    """`read` has the whole page told anew."""

    def __init__(self, desk: Desk, read: Callable[[], None]) -> None:
        super().__init__(desk, "Double authentification")
        self._read = read
        self.begin = Button("Activer…", does=partial(self._prove_for, Wanted.SEED))
        self.renew = Button("Nouveaux codes de secours…", does=partial(self._prove_for, Wanted.CODES))
        self.end = Button("Désactiver…", does=partial(self._prove_for, Wanted.END))
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        self.column.addLayout(row)
        for button in (self.begin, self.renew, self.end):
            row.addWidget(button)
        row.addStretch(1)
        self.proof = _Proof(desk, self._prove, self.cancel)
        self.scan, self.codes = _Scan(desk, self._confirm, self.cancel), _Codes(desk, self.problem.tell)
        self.codes.done.clicked.connect(self._end)
        for part in self._parts:
            self.column.addWidget(part)
            part.hide()
        self._standing: Standing | None = None
        self._rest()

    @property
    def _parts(self) -> "tuple[_Proof, _Scan, _Codes]":
        return self.proof, self.scan, self.codes

    def tell(self, standing: Standing) -> None:
        """As the portal says; what is under way here goes on."""
        self._standing = standing
        if all(part.isHidden() for part in self._parts):
            self._rest()

    def _rest(self) -> None:
        standing = self._standing
        on = standing is not None and standing.second_factor
        for part in self._parts:
            part.hide()
        self.begin.setVisible(standing is not None and not on)
        self.renew.setVisible(on)
        self.end.setVisible(on)
        if standing is None:
            self.why.setText("En attente du portail…")
        elif on:
            self.why.setText(f"Activée. {_left(standing.codes)}")
        else:
            self.why.setText(
                "En plus du mot de passe, un code à six chiffres que donne une application de votre téléphone. Votre "
                "mot de passe peut alors être plus court."
            )

    def _open(self, shown: "_Part") -> None:
        self.good.hide()
        self.show_only(shown, self.begin, self.renew, self.end, *self._parts)

    # The password first

    def _prove_for(self, wanted: Wanted) -> None:
        self.problem.hide()
        self._open(self.proof)
        self.boxes |= {"password": self.proof.box, "code": self.proof.code_box}
        self.proof.open(wanted)
        if wanted is Wanted.CODES:
            self.why.setText("Les nouveaux codes remplaceront tous ceux qui vous restent.")

    def _prove(self) -> None:
        password, code = self.proof.password.text(), self.proof.code.text().strip()
        if self.proof.wanted is Wanted.SEED:
            self.ask(_Begin(self._desk.own, password), self._begun)
        elif self.proof.wanted is Wanted.CODES:
            self.ask(partial(self._desk.own.new_recovery_codes, password, code), self._show_codes)
        else:
            self.ask(partial(self._desk.own.end_second_factor, password, code), self._ended)

    def _begun(self, begun: tuple[Seed, Dots]) -> None:
        self.proof.forget()
        self._open(self.scan)
        self.boxes["code"] = self.scan.box
        self.scan.open(*begun)

    def _confirm(self) -> None:
        self.ask(partial(self._desk.own.confirm_second_factor, self.scan.code.text().strip()), self._show_codes)

    def _show_codes(self, codes: tuple[str, ...]) -> None:
        self.proof.forget()
        self.scan.forget()
        self._open(self.codes)
        self.codes.open(codes)
        self.why.setText(
            "Activée. Voici vos codes de secours, les seuls valables\u00a0: ils ne seront plus jamais montrés."
        )

    def _ended(self, _answer: None) -> None:
        self._end()

    def _end(self) -> None:
        """How it stands now, the portal knows."""
        self._standing = None
        self.cancel()
        self._read()

    def cancel(self) -> None:
        """Back to how it stands; nothing that was typed or shown stays."""
        for part in self._parts:
            part.forget()
        self.problem.hide()
        self._rest()

    # Answers that were lost

    def refused(self, error: Exception) -> None:
        """Where the portal may have done it, one can look."""
        super().refused(error)
        lost = isinstance(error, Offline) and not error.unsent
        active = isinstance(error, Refused) and not error.errors and not self.scan.isHidden()
        if isinstance(error, Problem) and (lost or active):
            self.problem.tell(error.sentence, "Vérifier", self._look)

    def _look(self) -> None:
        self.ask(self._desk.own.standing, self._looked)

    def _looked(self, standing: Standing) -> None:
        self._standing = standing
        ended = self.proof.wanted is Wanted.END and not standing.second_factor
        if not self.scan.isHidden() and standing.second_factor:
            self.scan.forget()
            self._prove_for(Wanted.CODES)
            self.why.setText("Activée, mais les codes de secours se sont perdus en chemin. Demandez-en d’autres ici.")
        elif not self.proof.isHidden() and ended:
            self._end()
        else:
            self.problem.tell(
                "Le portail n’en sait rien. Recommencez, avec le code que montre maintenant l’application."
            )


def _left(codes: int) -> str:
    return (
        f"Il vous reste {wording.count(codes, 'code')} de secours."
        if codes
        else "Il ne vous reste aucun code de secours."
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


class _Proof(_Part):
    """The password, and where there is a factor already also a code."""

    def __init__(self, desk: Desk, go: Callable[[], None], cancel: Callable[[], None]) -> None:
        super().__init__(desk)
        self.wanted = Wanted.SEED
        self.password, self.code = PasswordField(desk.icons), QLineEdit()
        self.box = FieldBox("Mot de passe", self.password, required=True)
        self.code_box = code_box(self.code)
        self.column.addWidget(self.box)
        self.column.addWidget(self.code_box)
        self._go = Button("Continuer", "primary", does=go)
        self._go.setProperty("acts", "yes")
        self.foot(self._go, Button("Annuler", "flat", does=cancel))
        for field in (self.password, self.code):
            field.returnPressed.connect(go)

    def open(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.code_box.setVisible(wanted is not Wanted.SEED)
        self._go.setText(wanted.value)
        self.password.setFocus()

    def forget(self) -> None:
        self.password.clear()
        self.code.clear()


class _Scan(_Part):
    """The QR code, the secret in letters, and the first code as a proof."""

    def __init__(self, desk: Desk, go: Callable[[], None], cancel: Callable[[], None]) -> None:
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
        self.foot(confirm, Button("Annuler", "flat", does=cancel))
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
    """The recovery codes, this one time. `failed` takes a sentence."""

    def __init__(self, desk: Desk, failed: Callable[[str], None]) -> None:
        super().__init__(desk)
        self._failed = failed
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
        self._failed("Le fichier n’a pas pu être enregistré. Choisissez un autre endroit.")


def _write(path: Path, text: str) -> None:
    """For its owner's eyes alone, where the system knows that."""
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
