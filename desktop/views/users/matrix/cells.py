"""What stands in each cell of the matrix, and the changes that are not sent yet. Nothing here is drawn."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.services.users import GIVE, WITHDRAW, Cell, Edits, Person, Place, Scene
from desktop.services.users.masks import RIGHTS
from desktop.services.users.rules import why_not
from desktop.views import wording
from desktop.views.users import saying

Index = QModelIndex | QPersistentModelIndex
Spot = tuple[Person, int, int]
"""A person, a place, a bit."""


class Face(IntEnum):
    """What a cell shows. `WAITING_…` is on its way to the portal; `GIVE`, `UNTIL`, `TAKE` are still to be applied."""

    EMPTY = 0
    HELD = 1
    HELD_UNTIL = 2
    BARRED = 3
    """Not held, and not hers to give who looks at it."""
    HELD_BARRED = 4
    WAITING_GIVEN = 5
    WAITING_TAKEN = 6
    GIVE = 7
    UNTIL = 8
    TAKE = 9


SAID: Final = {
    Face.EMPTY: "non",
    Face.HELD: "oui",
    Face.HELD_UNTIL: "oui, avec une date de fin",
    Face.BARRED: "non, hors de vos droits",
    Face.HELD_BARRED: "oui, hors de vos droits",
    Face.WAITING_GIVEN: "à donner, en attente d\u2019envoi",
    Face.WAITING_TAKEN: "à retirer, en attente d\u2019envoi",
    Face.GIVE: "à donner, pas encore appliqué",
    Face.UNTIL: "à donner jusqu\u2019à une date, pas encore appliqué",
    Face.TAKE: "à retirer, pas encore appliqué",
}


class Cells(QAbstractTableModel):
    """`bit` chosen: a line for each of `people`, a column for each place. `person` chosen: a line for each place, a
    column for each right."""

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self.people: tuple[Person, ...] = ()
        self.places: tuple[Place, ...] = ()
        self.bit = 0
        self.person: Person | None = None
        self.edits: Edits = {}
        self.refused: frozenset[Cell] = frozenset()
        self._of: Mapping[str, dict[tuple[int, int], str]] = {}
        self._labels: Mapping[str, str] = {}
        self._lines: tuple[int, tuple[str, ...], tuple[int, ...]] | None = None

    # What the page says

    def show_right(self, scene: Scene, people: Sequence[Person], places: Sequence[Place], bit: int) -> None:
        self._show(scene, tuple(people), tuple(places), bit, None)

    def show_person(self, scene: Scene, person: Person, places: Sequence[Place]) -> None:
        self._show(scene, (person,), tuple(places), self.bit, person)

    def _show(
        self, scene: Scene, people: tuple[Person, ...], places: tuple[Place, ...], bit: int, person: Person | None
    ) -> None:
        """What is chosen stays chosen while lines and columns are the same."""
        of = (
            bit if person is None else -1,
            tuple(one.person_id for one in people),
            tuple(one.place for one in places),
        )
        anew = of != self._lines
        if anew:
            self.beginResetModel()
        self.scene, self.people, self.places, self.bit, self.person = scene, people, places, bit, person
        self._lines = of
        if anew:
            self.endResetModel()

    def forget(self) -> None:
        """Nobody, nowhere."""
        self.beginResetModel()
        self.scene, self.people, self.places, self.person, self._lines = None, (), (), None, None
        self.edits, self._of, self.refused = {}, {}, frozenset()
        self.endResetModel()

    def set_labels(self, labels: Mapping[str, str]) -> None:
        self._labels = labels

    def set_edits(self, edits: Edits) -> None:
        """All of them: they are kept by the page."""
        self.edits = edits
        self._index_edits()

    def _index_edits(self) -> None:
        of: dict[str, dict[tuple[int, int], str]] = defaultdict(dict)
        for (person_id, place, bit), wanted in self.edits.items():
            of[person_id][place, bit] = wanted
        self._of = of

    def change(self, spots: Iterable[Spot], wanted: str) -> int:
        """Notes what is wanted of these cells; what is so already needs nothing. Answers how many cannot be."""
        scene, impossible = self.scene, 0
        if scene is None:
            return 0
        for person, place, bit in spots:
            cell = (person.person_id, place, bit)
            held = bool(person.at(place) >> bit & 1)
            idle = held is (wanted != WITHDRAW) and (wanted in (GIVE, WITHDRAW))
            if idle:
                self.edits.pop(cell, None)
            elif why_not(scene, person, place, bit, wanted):
                impossible += 1
            else:
                self.edits[cell] = wanted
        self._index_edits()
        return impossible

    # What stands where

    def spot(self, row: int, column: int) -> Spot | None:
        if self.person is not None:
            return (self.person, self.places[row].place, column) if row < len(self.places) else None
        if row < len(self.people) and column < len(self.places):
            return self.people[row], self.places[column].place, self.bit
        return None

    def face(self, person: Person, place: int, bit: int, mine: int) -> Face:
        """`mine` is what one holds in this place oneself."""
        wanted = self._of.get(person.person_id, {}).get((place, bit)) if self._of else None
        if wanted is not None:
            return Face.GIVE if wanted == GIVE else Face.TAKE if wanted == WITHDRAW else Face.UNTIL
        held, told = person.at(place) >> bit & 1, person.told_at(place) >> bit & 1
        if held != told:
            return Face.WAITING_GIVEN if held else Face.WAITING_TAKEN
        may = mine >> bit & 1
        if not held:
            return Face.EMPTY if may else Face.BARRED
        if bit == len(RIGHTS) - 1 and not may:
            return Face.HELD_BARRED
        return Face.HELD_UNTIL if (place, bit) in person.ends else Face.HELD

    def face_at(self, row: int, column: int) -> Face:
        spot = self.spot(row, column)
        if spot is None or self.scene is None:
            return Face.EMPTY
        return self.face(*spot, self.scene.mine(spot[1]))

    def line_name(self, row: int) -> str:
        if self.person is not None:
            place = self.places[row]
            return place.company
        return self.people[row].name

    def line_note(self, row: int) -> str:
        """The second, quieter line of a heading."""
        if self.person is not None:
            place = self.places[row]
            own = place.label if place.label != place.company else ""
            return " · ".join(part for part in (place.member_number, own) if part)  # the number is never cut
        return self.people[row].function

    def column_name(self, column: int) -> str:
        if self.person is not None:
            return self.right(column)
        return self.places[column].company

    def column_note(self, column: int) -> str:
        return "" if self.person is not None else self.places[column].member_number

    def right(self, bit: int) -> str:
        code = RIGHTS[bit].value
        return self._labels.get(code, code)

    def told(self, row: int, column: int) -> str:
        """All of a cell, as it is said: who, where, which right, and how it stands."""
        spot = self.spot(row, column)
        if spot is None or self.scene is None:
            return ""
        person, place, bit = spot
        space = self.scene.by_place.get(place)
        face = self.face_at(row, column)
        until = person.ends.get((place, bit))
        wanted = self.edits.get((person.person_id, place, bit), "")
        stands = SAID[face]
        if face is Face.HELD_UNTIL and until is not None:
            stands = f"oui, jusqu\u2019au {wording.day(until)}"
        elif face is Face.UNTIL:
            day, month, year = wanted[8:], wanted[5:7], wanted[:4]
            stands = f"à donner jusqu\u2019au {day}/{month}/{year}, pas encore appliqué"
        why = ""
        if face in (Face.BARRED, Face.HELD_BARRED):
            why = why_not(self.scene, person, place, bit, GIVE if face is Face.BARRED else WITHDRAW)
        if (person.person_id, place, bit) in self.refused:
            why = "Un changement de ce droit attend que vous le revoyiez."
        where = saying.space(space) if space is not None else ""
        return f"{person.name}\n{where}\n{self.right(bit)}\u00a0: {stands}" + (f"\n{why}" if why else "")

    # What Qt asks

    def rowCount(self, parent: Index | None = None) -> int:
        if parent is not None and parent.isValid():
            return 0
        return len(self.places) if self.person is not None else len(self.people)

    def columnCount(self, parent: Index | None = None) -> int:
        if parent is not None and parent.isValid():
            return 0
        return len(RIGHTS) if self.person is not None else len(self.places)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        count = self.columnCount() if way is Qt.Orientation.Horizontal else self.rowCount()
        if not 0 <= section < count:
            return None
        across = way is Qt.Orientation.Horizontal
        name = self.column_name(section) if across else self.line_name(section)
        note = self.column_note(section) if across else self.line_note(section)
        said = f"{name}\n{note}" if note else name
        return wording.tip(said) if role == Qt.ItemDataRole.ToolTipRole else said.replace("\n", ", ")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            return wording.tip(self.told(index.row(), index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return wording.sentence(*self.told(index.row(), index.column()).split("\n"))
        if role == Qt.ItemDataRole.DisplayRole:
            return saying.GRANTED if self._is_held(index.row(), index.column()) else ""
        return None

    def _is_held(self, row: int, column: int) -> bool:
        return self.face_at(row, column) in (Face.HELD, Face.HELD_UNTIL, Face.HELD_BARRED, Face.GIVE, Face.UNTIL)
