"""What is seen before there is anything to review, and while the first long file is being read: its first lines, at
once, and that the others are coming."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.allowances.entries import Entry
from desktop.views.allowances.glimpse import COLUMNS, Glimpse
from desktop.views.allowances.tables import Table
from desktop.views.fields.shapes import Button, ElidedLabel, EmptyState, announce
from desktop.views.icons import Icons
from desktop.views.tokens import Space

_SAID: Final = "Lecture en cours… Voici les premières lignes\u202f; les autres arrivent."


class StartView(EmptyState):
    """Where files are dropped, or chosen; and what the portal has shown can be looked at without any."""

    def __init__(
        self,
        icons: Icons,
        choose: Callable[[], None],
        choose_folder: Callable[[], None],
        show_payments: Callable[[], None],
    ) -> None:
        super().__init__(
            icons,
            "folder-open",
            "Déposez ici vos fichiers d’indemnités journalières",
            "BPIJ de l’Assurance maladie (ZIP, XML, PDF), exports de l’espace client, tableaux CSV ou XLSX de "
            "n’importe quel assureur ou logiciel de paie. Un dossier entier convient. Rien ne quitte cet ordinateur.",
            "Choisir des fichiers…",
            choose,
        )
        self.button.setProperty("kind", "primary")
        self.payments = Button("", "link", does=show_payments)
        self.payments.hide()
        inside = self.layout()
        if isinstance(inside, QVBoxLayout):
            for link in (Button("Choisir un dossier…", "link", does=choose_folder), self.payments):
                inside.insertWidget(inside.count() - 1, link, 0, Qt.AlignmentFlag.AlignHCenter)

    def tell(self, entries: Sequence[Entry]) -> None:
        """What there is of the portal's."""
        shown = sum(each.file.height for each in entries if each.portal and each.file is not None)
        which = "le paiement" if shown == 1 else f"les {wording.number(shown)} paiements"
        self.payments.setText(f"Vérifier {which} du portail")
        self.payments.setVisible(bool(shown))


class OpeningView(QWidget):
    """`tell` with the first lines, or with None once the whole is there."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Lecture en cours")
        self._shown: Glimpse | None = None
        self.rows = Table("Premières lignes", [(title, right) for _, title, right in COLUMNS])
        said = ElidedLabel(_SAID, "secondary")
        head = QHBoxLayout()
        head.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        head.addWidget(said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.rows, 1)

    @property
    def shows(self) -> bool:
        """There are rows in it."""
        return self._shown is not None

    def tell(self, first: Glimpse | None) -> None:
        if first is self._shown:
            return
        self._shown = first
        texts = first.rows if first is not None else ()
        self.rows.tell(len(texts), texts.__getitem__)
        if first is not None:
            announce(self, _SAID)
