"""What one decides of a finding: « Compris », « À contester », « Ignorer », why, and what was decided before."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout

from desktop.views import wording
from desktop.views.allowances.verdicts import FACES, Verdict, said, verdict_of
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Size, Space

if TYPE_CHECKING:
    from desktop.services.review.archive import Decision

_ONE_ROW: Final = 520
_WORDS: Final = {
    Verdict.UNDERSTOOD: "Compris",
    Verdict.DISPUTED: "À contester",
    Verdict.IGNORED: "Ignorer",
}


class DecisionBar(QFrame):
    """At the foot of a finding. `decide(verdict, reason)` for the buttons; Verdict.OPEN takes a decision back."""

    def __init__(self, icons: Icons, decide: Callable[[Verdict, str], None]) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        self._icons, self._decide = icons, decide
        self._sign, self._words = QLabel(), Label("", "secondary", wrap=True)
        self._verdict = Verdict.OPEN
        self.undo = Button("Annuler la décision", "link", does=self._take_back)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Motif (facultatif)")
        self.reason.setAccessibleName("Motif de la décision (facultatif)")
        self.reason.setMaxLength(500)
        self.buttons = {
            Verdict.UNDERSTOOD: Button(_WORDS[Verdict.UNDERSTOOD], does=self._understood),
            Verdict.DISPUTED: Button(_WORDS[Verdict.DISPUTED], does=self._disputed),
            Verdict.IGNORED: Button(_WORDS[Verdict.IGNORED], does=self._ignored),
        }
        for verdict, button in self.buttons.items():
            face = FACES[verdict]
            icons.dress(button, face.icon, face.ink, gap=6)
            button.setToolTip(wording.tip(f"{_WORDS[verdict]} (touche {face.key} dans la liste)"))
        self._lay_out()
        icons.look.changed.connect(self._dress)

    def _lay_out(self) -> None:
        told = QHBoxLayout()
        told.setSpacing(Space.S)
        told.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        told.addWidget(self._words, 1)
        told.addWidget(self.undo, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        for button in self.buttons.values():
            buttons.addWidget(button)
        self._row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(Space.S)
        row.addWidget(self.reason, 1)
        row.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.S, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(told)
        column.addLayout(row)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The reason above the buttons where they would leave it no room."""
        super().resizeEvent(event)
        narrow = event.size().width() < _ONE_ROW
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def tell(self, decision: "Decision | None", chosen: int) -> None:
        """What is decided of the current finding; `chosen` is of how many one decides now."""
        self._verdict = verdict_of(decision)
        words = said(decision) if decision is not None else ""
        if chosen > 1:
            several = wording.count(chosen, "point choisi", "points choisis")
            words = f"La décision vaudra pour les {several}."
        self._words.setText(words)
        for part in (self._words, self._sign):
            part.setVisible(bool(words))
        self.undo.setVisible(decision is not None and chosen <= 1)
        for verdict, button in self.buttons.items():
            button.setEnabled(chosen > 0)
            chosen_now = decision is not None and verdict is self._verdict and chosen <= 1
            button.setText(_WORDS[verdict] if not chosen_now else FACES[verdict].label)
        self._dress()

    def write(self, reason: str) -> None:
        """Another finding, another reason."""
        self.reason.setText(reason)
        self.reason.setCursorPosition(0)

    def _dress(self) -> None:
        face = FACES[self._verdict]
        self._sign.setPixmap(self._icons.pixmap(face.icon, face.ink, Size.ICON, self.devicePixelRatioF()))

    def _understood(self) -> None:
        self._decide(Verdict.UNDERSTOOD, self.reason.text().strip())

    def _disputed(self) -> None:
        self._decide(Verdict.DISPUTED, self.reason.text().strip())

    def _ignored(self) -> None:
        self._decide(Verdict.IGNORED, self.reason.text().strip())

    def _take_back(self) -> None:
        self._decide(Verdict.OPEN, "")
