"""Every shortcut of the program in one table, and the sheet that shows it (F1)."""

import sys
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.views.fields.shapes import Button, Label
from desktop.views.tokens import Space


@dataclass(frozen=True, slots=True)
class Key:
    """One thing done by keyboard. On macOS Qt reads Ctrl as ⌘. `page`: the page with the focus does it by itself, the
    window has no action for it."""

    name: str
    label: str
    keys: tuple[str, ...]
    group: str
    page: bool = False


KEYS: Final = (
    Key("new", "Nouvelle demande", ("Ctrl+N",), "Demandes"),
    Key("find", "Rechercher", ("Ctrl+F", "Ctrl+K"), "Demandes"),
    Key("reply", "Répondre", ("Ctrl+R",), "Demandes"),
    Key("send", "Envoyer", ("Ctrl+Return",), "Demandes", page=True),
    Key("print", "Imprimer", ("Ctrl+P",), "Demandes"),
    Key("contact", "Contact", ("Ctrl+1",), "Aller à"),
    Key("allowances", "Arrêts et indemnités journalières", ("Ctrl+2",), "Aller à"),
    Key("users", "Utilisateurs", ("Ctrl+3",), "Aller à"),
    Key("spaces", "Changer d\u2019entreprise", ("Ctrl+E",), "Aller à"),
    Key("waiting", "En attente", ("Ctrl+B",), "Aller à"),
    Key("next", "Zone suivante", ("F6",), "Aller à"),
    Key("previous", "Zone précédente", ("Shift+F6",), "Aller à"),
    Key("back", "Fermer, effacer ou revenir", ("Esc",), "Aller à", page=True),
    Key("open", "Ouvrir des fichiers d\u2019indemnités", ("Ctrl+O",), "Volet"),
    Key("refresh", "Synchroniser maintenant", ("F5",), "Volet"),
    Key("lock", "Verrouiller", ("Ctrl+L",), "Volet"),
    Key("help", "Raccourcis clavier", ("F1",), "Volet"),
    Key("quit", "Quitter", ("Ctrl+Q",), "Volet"),
)

_FRENCH: Final = {"Shift": "Maj", "Return": "Entrée", "Esc": "Échap", "Del": "Suppr", "Space": "Espace"}


def said(sequence: str) -> str:
    """A shortcut as the person reads it on her keyboard: `Ctrl+Entrée`, `Maj+F6`; in the signs of macOS there."""
    if sys.platform == "darwin":
        return QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText)
    return "+".join(_FRENCH.get(part, part) for part in sequence.split("+"))


def actions(parent: QWidget) -> dict[str, QAction]:
    """An action for each key that the window answers to, hung on `parent`."""
    made = {}
    for key in KEYS:
        if not key.page:
            action = QAction(key.label, parent)
            action.setShortcuts([QKeySequence(each) for each in key.keys])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            parent.addAction(action)
            made[key.name] = action
    return made


class Sheet(QDialog):
    """« Raccourcis clavier »."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Raccourcis clavier")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(Label("Raccourcis clavier", "title"))
        column.addLayout(_table())
        foot = QHBoxLayout()
        foot.addStretch(1)
        close = Button("Fermer", does=self.close)
        close.setDefault(True)
        foot.addWidget(close)
        column.addSpacing(Space.S)
        column.addLayout(foot)


def _table() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(Space.XL * 2)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    row = 0
    for group in dict.fromkeys(key.group for key in KEYS):
        heading = Label(group, "label")
        heading.setContentsMargins(0, Space.S, 0, 0)
        grid.addWidget(heading, row, 0, 1, 2)
        for place, key in enumerate([key for key in KEYS if key.group == group], row + 1):
            grid.addWidget(Label(key.label), place, 0)
            grid.addWidget(Label("  ou  ".join(said(each) for each in key.keys), "muted"), place, 1)
            row = place
        row += 1
    return grid
