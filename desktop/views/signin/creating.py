"""« Créer un compte », step one: the company and the person; or whom to ask when somebody administers the space."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QClipboard, QDesktopServices
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit

from desktop.services.accounts import NewAccount, NextStep
from desktop.views.fields.inputs import FieldBox, whole_lines
from desktop.views.fields.shapes import Banner, Button, Label, announce
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.signin import steps
from desktop.views.signin.asking import Asking
from desktop.views.signin.card import Card
from desktop.views.tokens import Space
from desktop.views.wording import NBSP, NNBSP

_SUBJECT = "Accès à l’espace client entreprise de notre assureur"
_LINES = 13
"""Of the sentence to the administrator, with telephone and function."""
_CIVILITIES = ("Mme", "M.", "")
_COMPANY = (
    ("company_number", "SIREN ou SIRET", f"552{NNBSP}100{NNBSP}554"),
    ("member_number", "Numéro d’adhérent", "7000123"),
)
_NAMES = (("first_name", "Prénom", ""), ("last_name", "Nom", ""))
_REACHED = (("phone", "Téléphone", ""), ("function", "Fonction", "Responsable paie"))


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed on this page, and where it goes."""

    address: str
    new: NewAccount


class Creating(Asking):
    """`begin(address, new)` asks the portal; `done(typed, step)` leads on. `before` is what was typed already."""

    def __init__(
        self,
        icons: Icons,
        errands: Later,
        begin: Callable[[str, NewAccount], NextStep],
        done: Callable[[Typed, NextStep], None],
        back: Callable[[], None],
        *,
        address: str,
        before: NewAccount | None = None,
    ) -> None:
        super().__init__(
            icons,
            errands,
            "Créez votre compte",
            "Munissez-vous de votre numéro d’adhérent\u00a0: il figure sur votre contrat et sur les courriers de "
            "votre assureur.",
            address,
            back,
        )
        self._begin, self._done = begin, done
        self.column.insertWidget(0, steps.Steps(steps.COMPANY))
        self._fields: dict[str, QLineEdit] = {}
        self.civility = QComboBox()
        for civility in _CIVILITIES:
            self.civility.addItem(civility or "Non précisée", civility)
        self._pair(*(self._box(*each) for each in _COMPANY))
        self._pair(FieldBox("Civilité", self.civility, required=True), *(self._box(*each) for each in _NAMES))
        help_line = "La vôtre\u202f; pas une adresse partagée comme contact@ ou rh@."
        self.put("email", self._box("email", "Adresse e-mail professionnelle", "prenom.nom@entreprise.fr", help_line))
        self._pair(*(self._box(*each, needed=False) for each in _REACHED))
        self.end("Continuer")
        if before is not None:
            self._fill(before)

    def _box(self, name: str, label: str, example: str, help_line: str = "", *, needed: bool = True) -> FieldBox:
        field = QLineEdit()
        field.setPlaceholderText(example)
        field.setMaxLength(254 if name == "email" else 100)
        self._fields[name] = field
        box = FieldBox(label, field, help_line, required=needed)
        if name != "email":
            self.take(name, box)
        return box

    def _pair(self, *boxes: FieldBox) -> None:
        """Side by side, their labels on one line."""
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        for box in boxes:
            row.addWidget(box, 0 if box.field is self.civility else 1, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(row)

    def _fill(self, new: NewAccount) -> None:
        for name, field in self._fields.items():
            field.setText(getattr(new, name))
        self.civility.setCurrentIndex(max(0, self.civility.findData(new.civility)))

    def typed(self) -> NewAccount:
        """As it stands in the fields."""
        texts = {name: field.text() for name, field in self._fields.items()}
        return NewAccount(civility=str(self.civility.currentData()), **texts)

    def submit(self) -> None:
        new = self.typed()
        if not self.wrong(new.complaints()):
            typed = Typed(self.portal(), new)
            self.ask(partial(self._begin, typed.address, new), partial(self._done, typed))


class AskAdministrator(Card):
    """Somebody administers the space already: the sentence to send her, whoever she is."""

    def __init__(self, icons: Icons, clipboard: QClipboard, new: NewAccount, back: Callable[[], None]) -> None:
        super().__init__(icons, width=520)
        self._clipboard = clipboard
        title = "Demandez à votre administrateur"
        self.setAccessibleName(title)
        self.column.addWidget(Label(title, "title", wrap=True))
        self.column.addWidget(
            Label(
                "Votre entreprise a déjà un administrateur dans cet espace, qui seul peut ajouter des "
                "utilisateurs. Le portail ne dit pas qui c’est. Voici le message à lui transmettre.",
                "muted",
                wrap=True,
            )
        )
        self.text = QPlainTextEdit(message(new))
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Message à transmettre à l’administrateur")
        self.text.setMinimumHeight(whole_lines(self.text, _LINES))
        self.column.addWidget(self.text)
        self.problem = Banner(icons, "warning", "mail")
        self.column.addWidget(self.problem)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        self.copy = Button("Copier le message", "primary", icons=icons, icon="copy", does=self._copy)
        row.addWidget(self.copy, 1)
        row.addWidget(Button("Écrire un e-mail", icons=icons, icon="mail", does=self._write), 1)
        row.addWidget(Button("Retour", "flat", does=back))
        self.column.addLayout(row)

    def _copy(self) -> None:
        self._clipboard.setText(self.text.toPlainText())
        self.copy.setText("Message copié")
        announce(self, "Message copié")

    def _write(self) -> None:
        """In the mail program of the computer, which knows the administrator's address better than we."""
        if not QDesktopServices.openUrl(mailto(self.text.toPlainText())):
            self.problem.tell("Aucune messagerie ne s’ouvre depuis cet ordinateur. Copiez le message.")


def mailto(text: str) -> QUrl:
    """A letter to nobody yet, with this text; its lines end as RFC 6068 wants."""
    lines = text.replace("\n", "\r\n")
    return QUrl.fromEncoded(f"mailto:?subject={quote(_SUBJECT)}&body={quote(lines)}".encode())


def message(new: NewAccount) -> str:
    """What one sends to one's administrator."""
    reached = f"Téléphone{NBSP}: {new.phone.strip()}\n" if new.phone.strip() else ""
    does = f"Fonction{NBSP}: {new.function.strip()}\n" if new.function.strip() else ""
    return (
        "Bonjour,\n\n"
        "Pouvez-vous m’ajouter aux utilisateurs de l’espace client entreprise de notre assureur (bouton "
        f"«{NBSP}Ajouter{NBSP}», en haut à droite){NNBSP}?\n\n"
        f"Numéro d’adhérent{NBSP}: {new.member_number.strip()}\n"
        f"{' '.join(part for part in (new.civility, new.first_name.strip(), new.last_name.strip()) if part)}\n"
        f"Adresse e-mail{NBSP}: {new.email.strip()}\n{reached}{does}\nMerci."
    )
