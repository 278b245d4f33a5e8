"""Around the matrix: what is looked at, above, and what is still to be applied, below."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from desktop.services.users import WITHDRAW, Cell, Colleague
from desktop.views import wording
from desktop.views.contact.inputs import Combo
from desktop.views.fields.flow import Flow
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Button, Chip, Ground, Label, announce
from desktop.views.tokens import Space
from desktop.views.users.sheet import PersonChoice

_KEPT: Final = "users/right"
_SEARCH: Final = 230


class Choices(QWidget):
    """One right of everybody, or all rights of one person. `changed` when it is another."""

    changed = Signal()

    def __init__(self, settings: QSettings, search: SearchField) -> None:
        """`search` narrows what is looked at, and stands in the same row."""
        super().__init__()
        self._settings = settings
        self.person_id = ""
        self._people: tuple[Colleague, ...] = ()
        self.by_right, self.by_person = Chip("Par droit"), Chip("Par personne")
        self.right, self.person = Combo(), PersonChoice("Personne")
        self.right.setAccessibleName("Droit")
        self.right.setMinimumContentsLength(24)
        self.by_right.setToolTip("Un droit, pour tout le monde")
        self.by_person.setToolTip("Tous les droits d\u2019une personne")
        self._way = QButtonGroup(self)
        row = Flow(self, gap=Space.S)
        for place, chip in enumerate((self.by_right, self.by_person)):
            self._way.addButton(chip, place)
            row.addWidget(chip)
        search.setFixedWidth(_SEARCH)
        for choice in (self.right, self.person, search):
            row.addWidget(choice)
        self.by_right.setChecked(True)
        self.person.hide()
        self._way.idClicked.connect(self._turned)
        self.right.activated.connect(self._right_chosen)
        self.person.chosen.connect(self._person_chosen)

    @property
    def alone(self) -> bool:
        """One person is looked at."""
        return self.by_person.isChecked()

    @property
    def bit(self) -> int:
        return max(0, self.right.currentIndex())

    def choose_person(self, person_id: str) -> None:
        self.person_id = person_id
        self.person.show_people(self._people, person_id)
        self.by_person.setChecked(True)
        self._turned()

    def fill(self, rights: Sequence[str], people: Sequence[Colleague]) -> None:
        if [self.right.itemText(place) for place in range(self.right.count())] != list(rights):
            kept = str(self._settings.value(_KEPT, "0") or "0")
            self.right.clear()
            self.right.addItems(list(rights))
            self.right.setCurrentIndex(int(kept) if kept.isdigit() and int(kept) < len(rights) else 0)
        self._people = tuple(people)
        if not self.person_id and people:
            self.person_id = people[0].person_id
        if not self.person.hasFocus():
            self.person.show_people(people, self.person_id)

    def _turned(self) -> None:
        self.person.setVisible(self.alone)
        self.right.setVisible(not self.alone)
        self.updateGeometry()
        self.changed.emit()

    def _right_chosen(self) -> None:
        self._settings.setValue(_KEPT, str(self.right.currentIndex()))
        self.changed.emit()

    def _person_chosen(self) -> None:
        self.person_id = self.person.person_id or self.person_id
        self.changed.emit()


class Foot(Ground):
    """What is chosen and not applied; hidden while there is nothing."""

    def __init__(self, drop: Callable[[], object], review: Callable[[], object]) -> None:
        super().__init__("foot")
        self.pending = Label("", "label", wrap=True)
        self.drop = Button("Tout annuler", "flat", does=drop)
        self.apply = Button("Voir et appliquer…", "primary", does=review)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        row.addWidget(self.pending, 1)
        row.addWidget(self.drop)
        row.addWidget(self.apply)
        self.hide()

    def tell(self, edits: Mapping[Cell, str]) -> None:
        self.setVisible(bool(edits))
        if not edits:
            self.pending.setText("")
            return
        taken = sum(wanted == WITHDRAW for wanted in edits.values())
        given, people = len(edits) - taken, len({cell[0] for cell in edits})
        parts = [f"{wording.count(given, 'droit')} à donner"] if given else []
        parts += [f"{wording.count(taken, 'droit')} à retirer"] if taken else []
        said = f"{' et '.join(parts)}, pour {wording.count(people, 'personne')}. Pas encore appliqué."
        if said != self.pending.text():
            self.pending.setText(said)
            announce(self, said)
