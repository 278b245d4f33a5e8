"""The three steps of creating an account, in a line, with the one where one is."""

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.views.fields.shapes import Label
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

COMPANY: Final = 0
MAIL: Final = 1
PASSWORD: Final = 2
_STEPS: Final = ("Entreprise et vous", "E-mail", "Mot de passe")


class Steps(QWidget):
    """`here` is one of the constants above."""

    def __init__(self, here: int) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.L)
        for place, step in enumerate(_STEPS):
            row.addWidget(Label(f"{place + 1}{NBSP}{NBSP}{step}", "choice" if place == here else "secondary"))
        row.addStretch(1)
        self.setAccessibleName(f"Étape {here + 1} sur {len(_STEPS)}{NBSP}: {_STEPS[here]}")
