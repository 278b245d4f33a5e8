"""What stops the program from opening: each a whole page that says what happened, what is safe, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.services.problems import Problem, Remedy
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.wording import NBSP


@dataclass(frozen=True, slots=True)
class _Face:
    icon: str
    title: str
    hint: str
    verb: str


_RETRY: Final = "Réessayer"
_BY_REMEDY: Final = {
    Remedy.UNLOCK: _Face(
        "lock",
        "Le trousseau de votre ordinateur est verrouillé",
        "Volet y garde la clé de vos données. Rien n\u2019est perdu.",
        _RETRY,
    ),
    Remedy.FREE_SPACE: _Face(
        "hard-drive",
        "Le disque est plein",
        "Libérez de la place, puis réessayez.",
        _RETRY,
    ),
    Remedy.REBUILD: _Face(
        "database",
        "Les données locales ne peuvent pas être lues",
        "L\u2019ancien fichier reste dans le dossier de vos données, à côté du nouveau.",
        Remedy.REBUILD.value,
    ),
    Remedy.ASK_SUPPORT: _Face(
        "key-round",
        "Volet ne peut pas ouvrir vos données",
        "Transmettez les détails à votre support informatique. Rien n\u2019a été effacé.",
        _RETRY,
    ),
}
_OTHERWISE: Final = _Face("circle-alert", "Volet ne peut pas s\u2019ouvrir", "Rien n\u2019est perdu.", _RETRY)
_ALREADY: Final = _Face(
    "app-window",
    "Volet est déjà ouvert",
    "Elle est peut-être sur un autre bureau, ou dans la session d\u2019une autre personne.",
    _RETRY,
)
_WRONG_KEY: Final = _Face(
    "key-round",
    "La clé de vos données n\u2019est pas la bonne",
    "Cela arrive quand le trousseau de l\u2019ordinateur a été remplacé. Retrouvez l\u2019ancien, puis réessayez.",
    _RETRY,
)
_BY_CODE: Final = {"owned": _ALREADY, "wrong-key": _WRONG_KEY}
"""By the code that the problem carries for support."""


class FaultPage(QWidget):
    """One problem, its remedy, « Copier les détails » for the support, « Quitter »."""

    def __init__(
        self,
        icons: Icons,
        clipboard: QClipboard,
        problem: Problem,
        remedy: Callable[[], object],
        leave: Callable[[], object],
    ) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        face = _BY_CODE.get(problem.detail) or _BY_REMEDY.get(problem.remedy, _OTHERWISE)
        self._icons, self._face, self._clipboard = icons, face, clipboard
        self._details = f"{face.title}\n{problem.sentence}\n{problem.detail}".strip()
        self._picture = QLabel()
        self.remedy = Button(face.verb, "primary", does=remedy)
        self._copy = Button("Copier les détails", icons=icons, icon="copy", does=self._copy_details)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        for button in (self.remedy, self._copy, Button("Quitter", "flat", does=leave)):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(Space.M)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addWidget(Label(face.title, "title", wrap=True))
        column.addWidget(Label(problem.sentence, wrap=True))
        column.addWidget(Label(face.hint, "muted", wrap=True))
        if problem.detail:
            column.addWidget(Label(f"Code pour le support{NBSP}: {problem.detail}", "meta", wrap=True))
        column.addSpacing(Space.S)
        column.addLayout(buttons)
        column.addStretch(3)
        card = QWidget()
        card.setMaximumWidth(620)
        card.setLayout(column)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        row.addStretch(1)
        row.addWidget(card, 20)
        row.addStretch(1)
        icons.look.changed.connect(self._dress)
        self._dress()

    def _copy_details(self) -> None:
        self._clipboard.setText(self._details)
        self._copy.setText("Détails copiés")

    def _dress(self) -> None:
        self._picture.setPixmap(self._icons.pixmap(self._face.icon, "accent", 40, self.devicePixelRatioF()))
