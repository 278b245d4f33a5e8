"""« Cet ordinateur »: after how long it locks, and « Oublier cet ordinateur »."""

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from desktop.views import wording
from desktop.views.account.desk import Desk
from desktop.views.account.section import Section
from desktop.views.account.settings import CHOICES, MINUTES, lock_minutes
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.shapes import Button
from desktop.views.notices import confirm
from desktop.views.wording import NBSP, NNBSP


class LockSection(Section):
    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            "Verrouillage",
            "Volet verrouillé ne montre rien et demande votre mot de passe. Ce que vous aviez commencé est gardé.",
        )
        self.after = QComboBox()
        for minutes in CHOICES:
            self.after.addItem(f"{minutes}{NBSP}minutes sans activité" if minutes else "Jamais de lui-même", minutes)
        self.after.setCurrentIndex(self.after.findData(lock_minutes(desk.settings)))
        self.after.currentIndexChanged.connect(self._keep)
        row = QHBoxLayout()
        row.addWidget(FieldBox("Verrouiller après", self.after, required=True))
        row.addStretch(1)
        self.column.addLayout(row)
        now = Button("Verrouiller maintenant", icons=desk.icons, icon="lock", does=desk.lock)
        foot = QHBoxLayout()
        foot.addWidget(now)
        foot.addStretch(1)
        self.column.addLayout(foot)

    def _keep(self) -> None:
        self._desk.settings.setValue(MINUTES, self.after.currentData())


class ForgetSection(Section):
    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            "Oublier cet ordinateur",
            "Efface d’ici la copie de vos données, les fichiers gardés, les clés et la connexion, puis vérifie que "
            "plus rien n’en reste et vous en rend compte. Ce qui est au portail y demeure.",
        )
        row = QHBoxLayout()
        self.forget = Button("Oublier cet ordinateur…", icons=desk.icons, icon="trash-2", does=self._ask_forget)
        row.addWidget(self.forget)
        row.addStretch(1)
        self.column.addLayout(row)

    def _ask_forget(self) -> None:
        waiting = self._desk.waiting()
        lost = ""
        if waiting:
            lost = f"{wording.count(waiting, 'envoi')} en attente n’{'est' if waiting == 1 else 'sont'} pas encore au "
            lost += "portail et sera perdu. " if waiting == 1 else "portail et seront perdus. "
        confirm(
            self,
            f"Oublier cet ordinateur{NNBSP}?",
            f"{lost}Les brouillons et les fichiers d’indemnités gardés ici seront effacés aussi. Cela ne peut pas "
            "être annulé.",
            "Effacer et se déconnecter",
            "Ne rien effacer",
            self._desk.forget,
        )
