"""A line that could not be read, told by hand: the file stays as it is, what is typed stands beside it."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.services.problems import Problem
from desktop.services.review.archive import NotCorrected
from desktop.services.review.archive.correcting import COLUMNS
from desktop.views.allowances.reviewed import meaning
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.shapes import Banner, Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_FIRST: Final = (
    *("person", "nir", "employee", "company", "start", "end", "days", "gross", "levies", "net"),
    *("paid_on", "payee", "label", "reference"),
)
"""What most lines need; the other columns follow."""
_RAW: Final = 84
_ACROSS: Final = 3
_EXAMPLES: Final[Mapping[str, str]] = {
    "start": "05/01/2026",
    "end": "18/01/2026",
    "gross": "1\u202f234,56",
    "payee": "Entreprise ou Salarié",
}

Send = Callable[[Mapping[str, str], str, Callable[[], None], Callable[[Problem], None]], None]
"""Keeps texts by column and the reason; calls back that it is done, or why not."""


class Correcting(QDialog):
    """« Corriger la ligne 11 ». `raw` is the line as it may be shown, `why` it was rejected."""

    def __init__(self, parent: QWidget, icons: Icons, line: int, why: str, raw: str, send: Send) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Corriger la ligne {line}")
        self._send = send
        self.boxes = {name: _box(name) for name in (*_FIRST, *(name for name in COLUMNS if name not in _FIRST))}
        self.reason = QLineEdit()
        self._why = FieldBox("Pourquoi cette correction", self.reason, "Gardé avec votre nom et la date.")
        self._problem = Banner(icons, "error", "circle-alert")
        self._go = Button("Enregistrer la correction", "primary", does=self.submit)
        text = QPlainTextEdit(raw)
        text.setReadOnly(True)
        text.setFixedHeight(_RAW)
        text.setAccessibleName("Texte de la ligne dans le fichier")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(Button("Annuler", does=self.reject))
        foot.addWidget(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(Label(f"Corriger la ligne {line}", "title"))
        column.addWidget(Label(f"Elle n’a pas été lue{NBSP}: {why}. Recopiez ce qu’elle dit.", "muted", wrap=True))
        column.addWidget(text)
        column.addWidget(self._problem)
        column.addWidget(self._fields(), 1)
        column.addWidget(self._why)
        column.addLayout(foot)
        self.resize(820, 620)

    def _fields(self) -> QScrollArea:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, Space.M, 0)
        grid.setHorizontalSpacing(Space.L)
        grid.setVerticalSpacing(Space.M)
        for place, box in enumerate(self.boxes.values()):
            grid.addWidget(box, place // _ACROSS, place % _ACROSS, Qt.AlignmentFlag.AlignTop)
        grid.setRowStretch(len(self.boxes) // _ACROSS + 1, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        return area

    def submit(self) -> None:
        """What is wrong is said beside its field."""
        fields = {name: box.field for name, box in self.boxes.items()}
        typed = {name: field.text() for name, field in fields.items() if isinstance(field, QLineEdit)}
        self._go.setEnabled(False)
        self._send(
            {name: text for name, text in typed.items() if text.strip()},
            self.reason.text(),
            self.accept,
            self._refuse,
        )

    def _refuse(self, problem: Problem) -> None:
        self._go.setEnabled(True)
        wrong = problem.fields if isinstance(problem, NotCorrected) else {}
        for name, box in self.boxes.items():
            box.complain(f"{wrong[name][:1].upper()}{wrong[name][1:]}." if name in wrong else "")
        self._problem.tell(problem.sentence)
        first = next((box for name, box in self.boxes.items() if name in wrong), None)
        if first is not None:
            first.field.setFocus()


def _box(name: str) -> FieldBox:
    field = QLineEdit()
    field.setPlaceholderText(_EXAMPLES.get(name, ""))
    field.setAccessibleName(meaning(name))
    return FieldBox(meaning(name), field, required=True)
