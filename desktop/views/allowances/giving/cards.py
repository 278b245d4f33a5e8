"""The three things that a review gives, each on a card of its own: what it is, its choices, its button."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSettings
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QProgressBar, QRadioButton, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.allowances.giving.payroll import MOST_DAYS, Export
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.shapes import Button, Ground, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space

_KEPT: Final = "allowances/export"
_PARTS: Final = 1000
_NOT_YET: Final = "Vérification en cours\u00a0: disponible dès que les points auront été relevés"


class Card(Ground):
    """A title, a sentence, `body` for the choices, `foot` for the buttons."""

    def __init__(self, title: str, why: str) -> None:
        super().__init__("card")
        self.why = Label(why, "muted", wrap=True)
        self.body, self.foot = QVBoxLayout(), QHBoxLayout()
        self.body.setSpacing(Space.S)
        self.foot.setSpacing(Space.S)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.S)
        column.addWidget(Label(title, "heading"))
        column.addWidget(self.why)
        column.addLayout(self.body)
        column.addLayout(self.foot)


class PayrollCard(Card):
    """Which file payroll gets. The choices are remembered."""

    def __init__(self, icons: Icons, settings: QSettings, give: Callable[[], None], stop: Callable[[], None]) -> None:
        super().__init__(
            "Fichier pour la paie",
            "Toutes les lignes, avec de vraies dates et de vrais nombres. Une période qui chevauche une limite est "
            "séparée en deux lignes\u202f; les montants sont répartis au centime.",
        )
        self._settings = settings
        self.xlsx, self.csv = QRadioButton("Classeur XLSX"), QRadioButton("CSV")
        self.split = QCheckBox("Séparer au 31 décembre et après le 60ᵉ jour de l’arrêt")
        self.maintained = QLineEdit()
        self.maintained.setValidator(QIntValidator(1, MOST_DAYS, self))
        self.maintained.setMaximumWidth(120)
        self._days = FieldBox(
            "Maintien de salaire, en jours d’arrêt", self.maintained, "Les lignes sont séparées aussi à sa fin."
        )
        self.nirs = QCheckBox("Écrire les NIR en entier")
        self.button = Button("Enregistrer le fichier…", "primary", icons=icons, icon="save", does=give)
        self.stop = Button("Annuler", "flat", does=stop)
        self.bar = QProgressBar()
        self.bar.setRange(0, _PARTS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Avancement de l’enregistrement")
        self._lay_out()
        self._restore()
        self.split.toggled.connect(self._days.setEnabled)
        self.tell_share(None)

    def _lay_out(self) -> None:
        forms = QHBoxLayout()
        forms.setSpacing(Space.L)
        forms.addWidget(self.xlsx)
        forms.addWidget(self.csv)
        forms.addStretch(1)
        self.body.addLayout(forms)
        for part in (self.split, self._days, self.nirs, self.bar):
            self.body.addWidget(part)
        self.foot.addWidget(self.button)
        self.foot.addWidget(self.stop)
        self.foot.addStretch(1)

    @property
    def wanted(self) -> Export:
        """As chosen; remembered for the next time."""
        days = self.maintained.text()
        made = Export(
            xlsx=self.xlsx.isChecked(),
            split=self.split.isChecked(),
            maintained=int(days) if days and self.maintained.hasAcceptableInput() else None,
            nirs=self.nirs.isChecked(),
        )
        self._settings.setValue(_KEPT, f"{made.xlsx:d}{made.split:d}{made.nirs:d}{made.maintained or ''}")
        return made

    def _restore(self) -> None:
        kept = str(self._settings.value(_KEPT, "") or "111")
        xlsx, split, nirs = (sign == "1" for sign in kept[:3].ljust(3, "1"))
        self.xlsx.setChecked(xlsx)
        self.csv.setChecked(not xlsx)
        self.split.setChecked(split)
        self.nirs.setChecked(nirs)
        self.maintained.setText(kept[3:] if kept[3:].isdigit() else "")
        self._days.setEnabled(split)

    def tell_share(self, share: float | None) -> None:
        """How far the writing has come, from 0 to 1; None when nothing is written."""
        self.bar.setVisible(share is not None)
        self.stop.setVisible(share is not None)
        self.button.setEnabled(share is None)
        self.bar.setValue(round(_PARTS * (share or 0.0)))


class ReportCard(Card):
    """The report on paper or as PDF, and the workbook."""

    def __init__(self, icons: Icons, show: Callable[[], None], save: Callable[[], None]) -> None:
        super().__init__(
            "Rapport de vérification",
            "Ce qui a été lu, ce que cela représente, mois par mois, et chaque point relevé avec votre décision. "
            "L’aperçu permet d’imprimer ou d’enregistrer en PDF.",
        )
        self.print = Button("Aperçu et impression…", "primary", icons=icons, icon="printer", does=show)
        self.workbook = Button("Enregistrer le classeur…", icons=icons, icon="file-spreadsheet", does=save)
        self.foot.addWidget(self.print)
        self.foot.addWidget(self.workbook)
        self.foot.addStretch(1)

    def offer(self, *, judged: bool) -> None:
        """Both tell the points: while these are still looked for, they say so."""
        for button in (self.print, self.workbook):
            button.setEnabled(judged)
            button.setToolTip(wording.tip("" if judged else _NOT_YET))


class LetterCard(Card):
    """The request to the adviser, with the disputed lines."""

    def __init__(self, icons: Icons, write: Callable[[], None], save: Callable[[], None], *, account: bool) -> None:
        super().__init__("Demande à mon conseiller", "")
        self._account = account
        self.write = Button("Écrire au conseiller…", "primary", icons=icons, icon="send", does=write)
        self.save = Button("Enregistrer les lignes (CSV)…", icons=icons, icon="save", does=save)
        self.foot.addWidget(self.write)
        self.foot.addWidget(self.save)
        self.foot.addStretch(1)
        self.tell(0, "")

    def look(self, *, judged: bool = True) -> None:
        """It is not known yet which are disputed, or even which there are."""
        self._say("Recherche des points à contester…", offered=False, why="" if judged else _NOT_YET)

    def tell(self, count: int, listed: str) -> None:
        """How many points are disputed, and which, in short."""
        if not count:
            said = "Aucun point n’est «\u00a0à contester\u00a0» pour l’instant. Décidez-en dans les points relevés."
        elif self._account:
            said = (
                f"{listed} La demande s’ouvre dans Contact, déjà rédigée, avec les lignes jointes. Rien ne part seul."
            )
        else:
            said = (
                f"{listed} Vous n’êtes pas connecté\u00a0: enregistrez les lignes, et joignez-les à votre message. Une "
                "fois connecté, Volet ouvre la demande déjà rédigée."
            )
        self._say(said, offered=count > 0)

    def _say(self, said: str, *, offered: bool, why: str = "") -> None:
        self.why.setText(said)
        for button in (self.write, self.save):
            button.setEnabled(offered)
            button.setToolTip(wording.tip(why))


def stacked(cards: list[Card]) -> QWidget:
    """One below the other, as wide as is good to read."""
    inside = QWidget()
    inside.setProperty("role", "page")
    inside.setMaximumWidth(760)
    inside.setMinimumWidth(1)
    column = QVBoxLayout(inside)
    column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
    column.setSpacing(Space.L)
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
    return inside
