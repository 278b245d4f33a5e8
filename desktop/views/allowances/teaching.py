"""What the columns of a table are: asked once, and remembered for all files with the same headings."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.services.review.reading.headings import MEANINGS, Taught, fingerprint, recognise
from desktop.services.review.saying import without_nir
from desktop.views.allowances.entries import Table
from desktop.views.allowances.reviewed import meaning
from desktop.views.fields.shapes import Banner, Button, ElidedLabel, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

UNUSED: Final = "Ne pas utiliser"
_EXAMPLES: Final = 3
_USUAL: Final = (
    *("person", "surname", "first_name", "nir", "employee", "company", "period", "start", "end", "days"),
    *("amount", "gross", "levies", "net", "unit", "paid_on", "payee", "sense", "reference", "leave_start"),
)
"""What tables hold most comes first in the choice."""


class Teaching(QDialog):
    """« Indiquer les colonnes »: for each heading, examples of what stands below it and the choice of what it is.

    What is recognised is chosen already. `teach(lesson)` is called once, when the
    person is done and nothing that a table needs is missing."""

    def __init__(
        self,
        parent: QWidget,
        icons: Icons,
        name: str,
        table: Table,
        teach: Callable[[Taught], None],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Indiquer les colonnes")
        self._headings, self._sample, self._teach = table.headings, table.sample, teach
        firsts = {heading: place for place, heading in reversed(list(enumerate(table.headings)))}
        self._places = tuple(sorted(firsts.values()))
        """Of each heading the first: two of the same words mean the same."""
        self._meanings = ("", *_USUAL, *sorted(set(MEANINGS) - set(_USUAL), key=meaning))
        self._words = QStringListModel([UNUSED, *(meaning(each) for each in self._meanings[1:])], self)
        self.choices: list[QComboBox] = []
        self._lacking = Banner(icons, "warning", "triangle-alert")
        self._enough = Banner(icons, "ok", "circle-check")
        self._go = Button("Lire le fichier", "primary", does=self._done)
        self._lay_out(without_nir(name))
        guessed = recognise(self._headings, self._sample).mapping
        for place, choice in zip(self._places, self.choices, strict=True):
            chosen = guessed.get(place, "")
            choice.setCurrentIndex(self._meanings.index(chosen) if chosen in self._meanings else 0)
            choice.currentIndexChanged.connect(self._judge)
        self._judge()

    def _lay_out(self, name: str) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.L)
        grid.setVerticalSpacing(Space.S)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 4)
        for across, title in enumerate(("Dans le fichier", "Exemples", "Dans Volet")):
            grid.addWidget(Label(title, "label"), 0, across)
        for place in self._places:
            self._add_row(grid, place)
        grid.setRowStretch(len(self._headings) + 1, 1)
        inside = QWidget()
        inside.setLayout(grid)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(Button("Plus tard", does=self.reject))
        foot.addWidget(self._go)
        why = (
            f"Volet ne reconnaît pas toutes les colonnes de «{NBSP}{name}{NBSP}». Dites ce que chacune contient\u202f; "
            "Volet s’en souviendra pour les fichiers qui ont les mêmes titres."
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(Label("Que contient chaque colonne\u202f?", "title"))
        column.addWidget(Label(why, "muted", wrap=True))
        column.addWidget(self._lacking)
        column.addWidget(self._enough)
        column.addWidget(area, 1)
        column.addLayout(foot)
        self.resize(760, 560)

    def _add_row(self, grid: QGridLayout, place: int) -> None:
        said = without_nir(self._headings[place]) or f"Colonne {place + 1}, sans titre"
        choice = QComboBox()
        choice.setModel(self._words)
        choice.setAccessibleName(f"Ce que contient la colonne «{NBSP}{said}{NBSP}»")
        choice.setMaxVisibleItems(16)
        choice.setMinimumContentsLength(20)
        self.choices.append(choice)
        said_there = (row[place].strip() for row in self._sample if place < len(row))
        examples = list(dict.fromkeys(text for text in said_there if text))[:_EXAMPLES]
        grid.addWidget(ElidedLabel(said, "heading"), place + 1, 0)
        grid.addWidget(ElidedLabel(without_nir(" · ".join(examples)) or "(vide)", "secondary"), place + 1, 1)
        grid.addWidget(choice, place + 1, 2)

    @property
    def lesson(self) -> Taught:
        """What is chosen now."""
        chosen = (self._meanings[choice.currentIndex()] for choice in self.choices)
        headings = (self._headings[place] for place in self._places)
        return Taught(dict(zip(headings, chosen, strict=True)))

    def _judge(self) -> None:
        """Says what is still missing, or chosen twice."""
        taught = {fingerprint(self._headings): self.lesson}
        missing = recognise(self._headings, self._sample, taught).missing
        twice = self._twice()
        self._go.setEnabled(not missing and not twice)
        if missing or twice:
            self._enough.hide()
            lacks = f"Il manque{NBSP}: {', '.join(missing)}." if missing else ""
            doubled = f"Choisi deux fois{NBSP}: {', '.join(twice)}." if twice else ""
            self._lacking.tell(" ".join(part for part in (lacks, doubled) if part))
        else:
            self._lacking.hide()
            self._enough.tell("Volet a ce qu’il lui faut\u00a0: une date, un montant et le salarié.")

    def _twice(self) -> list[str]:
        chosen = [each for each in self.lesson.meanings.values() if each]
        return [meaning(each) for each in dict.fromkeys(chosen) if chosen.count(each) > 1]

    def _done(self) -> None:
        lesson = self.lesson
        self.accept()
        self._teach(lesson)
