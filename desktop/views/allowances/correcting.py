"""A line that could not be read, told by hand: the file stays as it is, what is typed stands beside it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent, QTextOption
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
from desktop.services.review.archive.correcting import COLUMNS, begun, doubts, wrong
from desktop.views.allowances.reviewed import meaning
from desktop.views.fields.inputs import FieldBox, whole_lines
from desktop.views.fields.shapes import Banner, Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space

if TYPE_CHECKING:
    from desktop.services.review.whole import Rejected

_FIRST: Final = (
    *("person", "nir", "employee", "company", "start", "end", "days", "gross", "levies", "net"),
    *("paid_on", "payee", "label", "reference"),
)
"""What most lines need; the other columns follow."""
_RAW: Final = 4
_GO: Final = "Enregistrer la correction"
_KEPT: Final = "Gardé avec votre nom et la date."
_KEPT_UNNAMED: Final = "Gardé avec la date, sans nom\u00a0: vous n’êtes pas connecté."
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
    """« Corriger la ligne 11 », begun from what its cells say. `shown` gives a text as it may be seen: a masked NIR
    that is left as it stands is sent as the file has it. `named`: somebody is signed in, whose name is kept with it."""

    def __init__(
        self,
        parent: QWidget,
        icons: Icons,
        rejected: "Rejected",
        shown: Callable[[str], str],
        send: Send,
        *,
        named: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = f"Corriger la ligne {rejected.line}"
        self.setWindowTitle(title)
        self._send = send
        self._doubted: Mapping[str, str] = {}
        self._begun = begun(rejected)
        self._masked = {name: shown(text) for name, text in self._begun.items()}
        self.boxes = {name: _Box(name) for name in (*_FIRST, *(name for name in COLUMNS if name not in _FIRST))}
        self.reason = QLineEdit()
        self._why = FieldBox("Pourquoi cette correction", self.reason, _KEPT if named else _KEPT_UNNAMED)
        self._problem = Banner(icons, "error", "circle-alert")
        self.doubt = Banner(icons, "warning", "triangle-alert")
        self._go = Button(_GO, "primary", does=self.submit)
        self._area = self._fields()
        self._lay_out(title, shown(rejected.reason), shown(rejected.raw))
        self.resize(820, 620)
        self._begin()

    def _lay_out(self, title: str, why: str, raw: str) -> None:
        text = QPlainTextEdit(raw)
        text.setReadOnly(True)
        text.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        text.setFixedHeight(whole_lines(text, _RAW))
        text.setAccessibleName("Texte de la ligne dans le fichier")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(Button("Annuler", does=self.reject))
        foot.addWidget(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(Label(title, "title"))
        column.addWidget(Label(self._told(why), "muted", wrap=True))
        column.addWidget(text)
        column.addWidget(self._problem)
        column.addWidget(self.doubt)
        column.addWidget(self._area, 1)
        column.addWidget(self._why)
        column.addLayout(foot)

    def _told(self, why: str) -> str:
        asked = "Corrigez ce qui est marqué." if self._begun else "Recopiez ce qu’elle dit."
        return f"Elle n’a pas été lue ({why.rstrip('.')}). {asked}"

    def _begin(self) -> None:
        """What the line says stands in its fields already; what keeps it from being one is marked, and has the
        focus."""
        for name, text in self._masked.items():
            self._field(name).setText(text)
            self._field(name).setCursorPosition(0)
        for name in self.boxes:
            self._field(name).textEdited.connect(self._typed)
        if self._begun:
            self._mark(wrong(self._begun))

    def _typed(self) -> None:
        """What is being put right is not called wrong any more; what is sent is judged anew."""
        self.doubt.hide()
        self._go.setText(_GO)
        for box in self.boxes.values():
            if box.field.hasFocus():
                box.complain("")

    def _field(self, name: str) -> QLineEdit:
        return cast("QLineEdit", self.boxes[name].field)

    def showEvent(self, event: QShowEvent) -> None:
        """Fields have their places now."""
        super().showEvent(event)
        marked = next((box for box in self.boxes.values() if box.complaint), None)
        if marked is not None:
            self._area.ensureWidgetVisible(marked)

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
        """What is wrong is said beside its field; of what contradicts itself she is asked once whether it stands so."""
        typed = {name: self._field(name).text() for name in self.boxes}
        typed |= {name: self._begun[name] for name, text in self._masked.items() if typed[name] == text}
        told = {name: text for name, text in typed.items() if text.strip()}
        found = () if told == self._doubted else doubts(told)
        if found:
            self._doubted = told
            self.doubt.tell(f"{' '.join(found)} Vérifiez ces montants dans le document, ou gardez-les ainsi.")
            self._go.setText("Garder quand même")
            return
        self._go.setEnabled(False)
        self._send(told, self.reason.text(), self.accept, self._refuse)

    def _refuse(self, problem: Problem) -> None:
        self._go.setEnabled(True)
        self._mark(problem.fields if isinstance(problem, NotCorrected) else {})
        self._problem.tell(problem.sentence)

    def _mark(self, faults: Mapping[str, str]) -> None:
        """Beside each field what is wrong with it; the first one has the focus."""
        for name, box in self.boxes.items():
            box.complain(f"{faults[name][:1].upper()}{faults[name][1:]}." if name in faults else "")
        first = next((box for name, box in self.boxes.items() if name in faults), None)
        if first is not None:
            first.field.setFocus()


class _Box(FieldBox):
    """What was wrong is so no more once something else is typed; the service judges anew."""

    def __init__(self, name: str) -> None:
        field = QLineEdit()
        field.setPlaceholderText(_EXAMPLES.get(name, ""))
        field.setAccessibleName(meaning(name))
        super().__init__(meaning(name), field, required=True)
        field.textEdited.connect(self._unmark)

    def _unmark(self) -> None:
        self.complain("")
