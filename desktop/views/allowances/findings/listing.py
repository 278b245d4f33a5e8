"""The list of findings: search, what is decided, which kind, and the rows, grouped by kind."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.review import saying
from desktop.views import wording
from desktop.views.allowances.criteria import Updating
from desktop.views.allowances.findings.delegate import PointDelegate
from desktop.views.allowances.findings.sieve import Sieve, Sifted
from desktop.views.allowances.verdicts import FACES, Point, Verdict, group_title, verdict_of
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import EmptyState, Label
from desktop.views.icons import Icons
from desktop.views.rows.tables import CardTable
from desktop.views.table import Column, Rows
from desktop.views.tokens import Space

if TYPE_CHECKING:
    from desktop.services.review.archive import Decision

_VERDICTS: Final = (Verdict.OPEN, Verdict.DISPUTED, Verdict.UNDERSTOOD, Verdict.IGNORED, None)
_EVERY: Final = "Toutes les sortes"
_KEYS: Final = "C\u00a0compris · A\u00a0à contester · I\u00a0ignorer · Ctrl+Z\u00a0annuler"


class PointTable(CardTable[Point]):
    """The letters of `FACES` decide: `verdict` says what, and `pressed_verdict` rings. `copied` for what copies."""

    copied = Signal()
    pressed_verdict = Signal()

    def __init__(self, rows: Rows[Point], painter: PointDelegate) -> None:
        super().__init__(rows, "Points relevés", painter)
        self.verdict = Verdict.OPEN

    def current(self) -> Point | None:
        return super().current() if self.selectionModel().selectedRows() else None

    def copy(self) -> None:
        self.copied.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is open beside or below stays in sight."""
        super().resizeEvent(event)
        if self.selectionModel().selectedRows():
            self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        letter = event.text().upper() if plain else ""
        verdicts = [verdict for verdict, face in FACES.items() if face.key and face.key == letter]
        if verdicts:
            self.verdict = verdicts[0]
            self.pressed_verdict.emit()
        else:
            super().keyPressEvent(event)


class Listing(QWidget):
    """`changed` when another selection of findings is asked for: `sieve` is it. `points` are all findings."""

    changed = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.setAccessibleName("Liste des points relevés")
        self.points: Sequence[Point] = ()
        self.decisions: Mapping[str, Decision] = {}
        self._folds: Mapping[int, tuple[Point, tuple[int, ...]]] = {}
        self._opened: frozenset[str] = frozenset()
        columns = [Column[Point]("Point", _explanation, tooltip=_explanation)]
        self.rows = Rows[Point](self._fetch, _number, columns, self._sentence)
        self.table = PointTable(self.rows, PointDelegate(icons, self.verdict, self))
        icons.look.changed.connect(self.table.viewport().update)
        self.search = SearchField(icons, "Rechercher un nom, un montant, une période…")
        self.search.setAccessibleName("Rechercher dans les points relevés")
        self.kinds = _choice("Sorte de point")
        self.kinds.addItem(_EVERY, "")
        self.verdicts = _choice("Décision")
        for verdict in _VERDICTS:
            self.verdicts.addItem(_label(verdict))
        self.count, self.updating = Label("", "meta"), Updating()
        self._keys = Label(_KEYS, "meta", wrap=True)
        self._keys.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        self.empty = EmptyState(icons, "circle-check")
        self.empty.button.clicked.connect(self.show_all)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self._lay_out()
        self.search.textChanged.connect(self.changed)
        for choice in (self.kinds, self.verdicts):
            choice.activated.connect(self.changed)

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(Space.L, Space.M, Space.L, Space.S)
        head.setSpacing(Space.S)
        self._head = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._head.setSpacing(Space.S)
        both = QHBoxLayout()
        both.setSpacing(Space.S)
        both.addWidget(self.verdicts, 2)
        both.addWidget(self.kinds, 3)
        self._head.addWidget(self.search, 3)
        self._head.addLayout(both, 4)
        head.addLayout(self._head)
        said = QHBoxLayout()
        said.addWidget(self.count, 1)
        said.addWidget(self.updating)
        head.addLayout(said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        column.addWidget(self._keys)

    def lay(self, *, across: bool) -> None:
        """Search and choices beside one another, where the list lies above what it leads to."""
        way = QBoxLayout.Direction.LeftToRight if across else QBoxLayout.Direction.TopToBottom
        self._head.setDirection(way)
        self._keys.setVisible(not across)

    @property
    def sieve(self) -> Sieve:
        """What is asked for now."""
        verdict = _VERDICTS[max(0, self.verdicts.currentIndex())]
        return Sieve(self.search.text(), verdict, str(self.kinds.currentData() or ""), self._opened)

    def show_all(self) -> None:
        """Every finding, whatever was decided or looked for."""
        self.search.clear()
        self.kinds.setCurrentIndex(0)
        self.verdicts.setCurrentIndex(_VERDICTS.index(None))
        self.changed.emit()

    def tell(self, told: Sifted) -> None:
        """Shows what was sifted."""
        for place, verdict in enumerate(_VERDICTS):
            count = told.whole if verdict is None else told.verdicts.get(verdict, 0)
            self.verdicts.setItemText(place, f"{_label(verdict)} ({wording.number(count)})")
        self._tell_kinds(told)
        self._folds = told.folds
        self.table.set_rows(told.ids, told.groups)
        count = len(told.ids)
        listed = told.whole if told.sieve.verdict is None else told.verdicts.get(told.sieve.verdict, 0)
        self.count.setText(wording.count(told.shown, "point affiché", "points affichés"))
        self.count.setVisible(told.shown != listed)
        if not count:
            self._say_why(told)
        self._stack.setCurrentIndex(0 if count else 1)

    def wait(self, sentence: str, icon: str) -> None:
        """Nothing can be said yet: neither that there is something, nor that there is nothing, nor how much."""
        for place, verdict in enumerate(_VERDICTS):
            self.verdicts.setItemText(place, _label(verdict))
        for place in range(1, self.kinds.count()):
            self.kinds.setItemText(place, group_title(str(self.kinds.itemData(place))))
        self.count.hide()
        self.empty.say(sentence, icon=icon)
        self._stack.setCurrentIndex(1)

    def _tell_kinds(self, told: Sifted) -> None:
        """The kinds that there are, with their counts; the one chosen stays, with none if need be."""
        chosen = str(self.kinds.currentData() or "")
        names = list(told.kinds)
        if chosen and chosen not in names:
            names.append(chosen)
        with QSignalBlocker(self.kinds):
            self.kinds.clear()
            self.kinds.addItem(_EVERY, "")
            for group in names:
                count = wording.number(told.kinds.get(group, 0))
                self.kinds.addItem(f"{group_title(group)} ({count})", group)
            self.kinds.setCurrentIndex(max(0, self.kinds.findData(chosen)))

    def _say_why(self, told: Sifted) -> None:
        """Nothing found, nothing left, and nothing that answers are three things."""
        sieve = told.sieve
        if not told.whole:
            self.empty.say(
                "Rien à signaler", "Aucune anomalie ni régularisation dans ces fichiers.", icon="circle-check"
            )
        elif sieve.text or sieve.group:
            self.empty.say("Aucun point ne répond à cette recherche", "", "Tout afficher", "search")
        elif sieve.verdict is Verdict.OPEN:
            whole = wording.count(told.whole, "point a été décidé", "points ont été décidés")
            self.empty.say("Il ne reste rien à voir", f"{whole}.", "Tout afficher", "circle-check")
        else:
            label = FACES[sieve.verdict].label.lower() if sieve.verdict else ""
            self.empty.say(f"Aucun point n’est «\u00a0{label}\u00a0»", "", "Tout afficher", "inbox")

    def verdict(self, key: str) -> Verdict:
        """What is decided of a finding."""
        return verdict_of(self.decisions.get(key))

    def tsv(self) -> str:
        """The chosen findings as a spreadsheet takes them."""
        rows = [
            (
                _label(self.verdict(one.key)),
                one.title,
                one.person,
                saying.euros(one.amount),
                one.explanation,
                one.next_step,
            )
            for one in self.chosen()
        ]
        heads = ("Décision", "Sorte", "Personne", "Montant", "Constat", "À faire")
        return "\n".join("\t".join(map(wording.disarmed, row)) for row in (heads, *rows)) if rows else ""

    def _fetch(self, numbers: Sequence[int]) -> list[Point]:
        return [one for number in numbers if (one := self._point(number)) is not None]

    def _point(self, number: int) -> Point | None:
        if number < 0:
            return self._folds[number][0] if number in self._folds else None
        return self.points[number] if number < len(self.points) else None

    def chosen(self) -> list[Point]:
        """What is selected; of what is folded, all that it stands for."""
        chosen = []
        for point in self.table.chosen():
            _, those = self._folds.get(point.number, (point, (point.number,)))
            chosen += [self.points[number] for number in those]
        return chosen

    def unfold(self, fold: Point) -> str:
        """Lists each of those it stands for; answers the key of the first."""
        _, those = self._folds[fold.number]
        self._opened |= {fold.group}
        self.changed.emit()
        return self.points[those[0]].key

    def _sentence(self, point: Point) -> str:
        amount = saying.euros(point.amount) if point.amount else ""
        said = wording.sentence(point.title, FACES[self.verdict(point.key)].label.lower(), amount)
        return f"{said} {point.explanation}"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Échap leaves the search, first what is in it."""
        if event.key() == Qt.Key.Key_Escape and self.search.hasFocus():
            if self.search.text():
                self.search.clear()
            else:
                self.table.setFocus()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return) and self.search.hasFocus():
            self.table.setFocus()
            if self.rows.rowCount() and self.table.current() is None:
                self.table.select(0)
        else:
            super().keyPressEvent(event)


def _explanation(point: Point) -> str:
    return point.explanation


def _number(point: Point) -> int:
    return point.number


def _label(verdict: Verdict | None) -> str:
    return FACES[verdict].label if verdict is not None else "Tous"


def _choice(name: str) -> QComboBox:
    """A choice that gives way to what stands beside it."""
    made = QComboBox()
    made.setAccessibleName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(9)
    return made
