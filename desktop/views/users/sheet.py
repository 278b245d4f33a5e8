"""A dialog with a title, a body, and its buttons at the foot; and the choice of a person among hundreds."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.services import folding
from desktop.services.users import Colleague
from desktop.views import wording
from desktop.views.contact.inputs import Combo
from desktop.views.fields.dates import DateField
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space

Index = QModelIndex | QPersistentModelIndex
_LONGEST: Final = timedelta(days=3650)
"""A right that lasts longer has no end."""


class Sheet(QDialog):
    """`body` and `foot` are filled by each."""

    def __init__(self, parent: QWidget, title: str, why: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(520)
        self.body, self.foot = QVBoxLayout(), QHBoxLayout()
        self.body.setSpacing(Space.M)
        self.foot.setSpacing(Space.S)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(Label(title, "title", wrap=True))
        self.why = Label(why, "muted", wrap=True)
        self.why.setVisible(bool(why))
        column.addWidget(self.why)
        column.addLayout(self.body, 1)
        column.addSpacing(Space.S)
        column.addLayout(self.foot)
        self.foot.addStretch(1)


class _People(QStringListModel):
    """Names; folded under `UserRole`, where what is typed is looked for."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.UserRole:
            return folding.collated(str(super().data(index, Qt.ItemDataRole.DisplayRole)))
        return super().data(index, role)


class _Finder(QCompleter):
    """« lefe » finds Lefèvre."""

    def __init__(self, people: _People, parent: QObject) -> None:
        super().__init__(people, parent)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompletionRole(Qt.ItemDataRole.UserRole)

    def splitPath(self, path: str) -> list[str]:  # noqa: N802 - Qt's name
        return [folding.collated(path)]

    def pathFromIndex(self, index: Index) -> str:  # noqa: N802 - Qt's name
        return str(index.data(Qt.ItemDataRole.DisplayRole))


class PersonChoice(Combo):
    """A combo to type in: any part of a name finds the person, and what only one name answers to is enough."""

    chosen = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._ids: list[str] = []
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumContentsLength(26)
        self._typed = QLineEdit()
        self._typed.setPlaceholderText("Choisir une personne…")
        self._typed.setStyleSheet("border: none; padding: 0; min-height: 0;")  # the combo draws the field
        self._typed.setAccessibleName(name)
        self.setAccessibleName(name)
        self.setLineEdit(self._typed)
        self._names = _People(self)
        self.setModel(self._names)
        self.setCompleter(_Finder(self._names, self))
        self.activated.connect(self.chosen)
        self._typed.editingFinished.connect(self._settle)
        self.currentTextChanged.connect(self._tip)

    @property
    def person_id(self) -> str:
        """ "" when nobody is chosen."""
        place = self.currentIndex()
        chosen = 0 <= place < len(self._ids) and self.currentText() == self.itemText(place)
        return self._ids[place] if chosen else ""

    def show_people(self, people: Sequence[Colleague], person_id: str = "") -> None:
        """These, with this one chosen when she is among them."""
        names = [f"{one.name} · {one.function}" if one.function else one.name for one in people]
        ids = [one.person_id for one in people]
        if (names, ids) != (self._names.stringList(), self._ids):
            self._ids = ids
            self._names.setStringList(names)
        place = ids.index(person_id) if person_id in ids else -1
        self.setCurrentIndex(place)
        if place < 0:
            self.setEditText("")
        self._typed.setCursorPosition(0)

    def _settle(self) -> None:
        """Who was typed and not picked from the list."""
        typed = folding.collated(self.currentText())
        names = [folding.collated(name) for name in self._names.stringList()]
        places = [place for place, name in enumerate(names) if name == typed]
        places = places or [place for place, name in enumerate(names) if typed and typed in name]
        if not self.person_id and len(places) == 1:
            self.setCurrentIndex(places[0])
            self.setEditText(self.itemText(places[0]))  # it may have been current, with something else typed over it
            self.chosen.emit()

    def _tip(self, text: str) -> None:
        """The whole name: the field may be too narrow for it."""
        self.setToolTip(wording.tip(text))


class CopySheet(Sheet):
    """« Copier les droits de… »: from whom."""

    def __init__(self, parent: QWidget, people: Sequence[Colleague], whom: str, copy: Callable[[str], None]) -> None:
        super().__init__(
            parent,
            "Copier les droits d\u2019une personne",
            f"{whom} aura les mêmes droits, dans les mêmes espaces. Vous verrez ce qui change avant d\u2019appliquer.",
        )
        self._copy = copy
        self.choice = PersonChoice("Copier les droits de")
        self.choice.show_people(people)
        self.go = Button("Copier", "primary", does=self._go)
        self.go.setEnabled(False)
        self.body.addWidget(FieldBox("Copier les droits de", self.choice, required=True))
        self.body.addStretch(1)
        for button in (Button("Annuler", does=self.reject), self.go):
            self.foot.addWidget(button)
        self.choice.currentTextChanged.connect(self._look)
        self.choice.chosen.connect(self._look)  # the text of who is picked comes before she is current

    def _look(self) -> None:
        self.go.setEnabled(bool(self.choice.person_id))

    def _go(self) -> None:
        person_id = self.choice.person_id
        self.accept()
        self._copy(person_id)


class UntilSheet(Sheet):
    """« Donner jusqu’au… »: the last day of a delegation."""

    def __init__(self, parent: QWidget, icons: Icons, today: date, give: Callable[[date], None]) -> None:
        super().__init__(
            parent, "Donner jusqu\u2019à une date", "Les droits finissent d\u2019eux-mêmes le soir de ce jour."
        )
        self._today, self._give = today, give
        self.day = DateField(icons)
        self._box = FieldBox("Dernier jour", self.day, "Par exemple 31/12/2026.", required=True)
        self.body.addWidget(self._box)
        self.body.addStretch(1)
        for button in (Button("Annuler", does=self.reject), Button("Donner", "primary", does=self._go)):
            self.foot.addWidget(button)

    def _go(self) -> None:
        day = self.day.value()
        if day is None:
            self._box.complain(self.day.complaint() or "Donnez le dernier jour.")
        elif day < self._today:
            self._box.complain("Ce jour est passé.")
        elif day > self._today + _LONGEST:
            self._box.complain("Choisissez un jour dans les dix ans.")
        else:
            self.accept()
            self._give(day)
