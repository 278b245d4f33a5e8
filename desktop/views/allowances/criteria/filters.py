"""« Filtres (n) » and what it opens, the quick chip, the removable chips of what is on, and how many lines answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.allowances.criteria.narrowing import Criteria, company_said, from_text, month_said, word_alone
from desktop.views.fields import filters
from desktop.views.fields.filters import FilterBar
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.shapes import Chip
from desktop.views.icons import Icons
from desktop.views.tokens import Space

if TYPE_CHECKING:
    from desktop.services.review.searching import Sheet

_WORDS: Final = {"kind": "Sorte de ligne", "sense": "Sens", "payee": "Destinataire"}


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose among: values with how many lines have each. `files` are names."""

    files: tuple[tuple[str, int], ...] = ()
    companies: tuple[tuple[str, int], ...] = ()
    months: tuple[tuple[date, int], ...] = ()
    words: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.files)


def choices(sheet: "Sheet", files: tuple[tuple[str, int], ...]) -> Choices:
    """Asked on the reader's thread. The newest month first."""
    companies = [(str(value), count) for value, count in sheet.choices("company") if value]
    months = [(value, count) for value, count in sheet.choices("month") if isinstance(value, date)]
    words = {name: tuple((str(value), count) for value, count in sheet.choices(name)) for name in _WORDS}
    return Choices(files, tuple(companies), tuple(reversed(months)), words)


class Filters(FilterBar[Criteria]):
    """`odd` (« Anomalies ») and `button` stand where the table puts them; the rest takes a row only while something is
    narrowed."""

    def __init__(self, icons: Icons, kept: str) -> None:
        super().__init__(icons, from_text(kept), Criteria())
        self.setAccessibleName("Filtres appliqués")
        self._choices = Choices()
        self.odd = Chip("Anomalies", icons=icons, icon="triangle-alert")
        self.odd.setAccessibleName("Anomalies")
        self.odd.setToolTip("N’afficher que les lignes d’une anomalie")
        self.odd.clicked.connect(self._quick)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        row.addLayout(self._chips, 1)
        row.addWidget(self.count, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignTop)
        self.count.setMinimumHeight(28)
        self._draw()

    def tell(self, choices: Choices) -> None:
        """Other files, other choices; what is chosen stays."""
        self._choices = choices
        self._draw()

    def _make_sheet(self) -> "FilterSheet":
        return FilterSheet(self, self._choices, self._criteria)

    def _below(self, size: QSize) -> QPoint:
        """What stands beside the table stays in sight."""
        place = super()._below(size)
        beside = self.parentWidget() or self
        place.setX(max(place.x(), beside.mapToGlobal(QPoint(Space.S, 0)).x()))
        return place

    def _quick(self) -> None:
        self.set_criteria(replace(self._criteria, odd=self.odd.isChecked()))

    def _draw(self) -> None:
        self.odd.setChecked(self._criteria.odd)
        self._draw_parts(self._criteria.parts(self._choices.names), frozenset({"odd"}))
        self._draw_row()

    def _draw_row(self) -> None:
        """Without a filter there is none: the table neither stands lower for nothing nor jumps as one searches (the
        sums say how many answer). Before it has a place, it would be a window of its own."""
        wanted = self._criteria != Criteria()
        if not wanted or self.parentWidget() is not None:
            self.setVisible(wanted)


class FilterSheet(filters.FilterSheet[Criteria]):
    """File, company, month, kind, sense, payee."""

    def __init__(self, parent: QWidget, choices: Choices, criteria: Criteria) -> None:
        super().__init__(parent)
        self._rows = criteria.rows
        self.odd = QCheckBox("Seulement les lignes d’une anomalie")
        self.file, self.company, self.month = QComboBox(), QComboBox(), QComboBox()
        self.words = {name: QComboBox() for name in _WORDS}
        _fill(self.file, "Tous les fichiers", [(at, *each) for at, each in enumerate(choices.files)])
        companies = [(value, company_said(value), count) for value, count in choices.companies]
        _fill(self.company, "Toutes les entreprises", companies)
        months = [(value.isoformat(), month_said(value), count) for value, count in choices.months]
        _fill(self.month, "Tous les mois", months)
        for name, box in self.words.items():
            there = [(value, word_alone(name, value), count) for value, count in choices.words.get(name, ())]
            _fill(box, "Toutes" if name == "kind" else "Tous", there)
        self._build()
        self._show(criteria)
        self.odd.toggled.connect(self.changed)
        for box in (self.file, self.company, self.month, *self.words.values()):
            box.currentIndexChanged.connect(self.changed)

    def _build(self) -> None:
        boxes = [("Fichier", self.file), ("Entreprise", self.company), ("Mois de paiement", self.month)]
        boxes += [(_WORDS[name], box) for name, box in self.words.items()]
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.L)
        grid.setVerticalSpacing(Space.S)
        for place, (label, box) in enumerate(boxes):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(18)
            grid.addWidget(FieldBox(label, box, required=True), place % 3, place // 3)
        inside = QVBoxLayout()
        inside.setSpacing(Space.M)
        inside.addWidget(self.odd)
        inside.addLayout(grid)
        self._lay(inside, self.clear_all)

    def criteria(self) -> Criteria:
        month = self.month.currentData()
        return Criteria(
            odd=self.odd.isChecked(),
            kind=self.words["kind"].currentData() or "",
            sense=self.words["sense"].currentData() or "",
            payee=self.words["payee"].currentData() or "",
            company=self.company.currentData() or "",
            month=date.fromisoformat(month) if month else None,
            file=self.file.currentData(),
            rows=self._rows,
        )

    def clear_all(self) -> None:
        self._rows = None
        self._show(Criteria())
        self.changed.emit()

    def _show(self, criteria: Criteria) -> None:
        with QSignalBlocker(self):
            self.odd.setChecked(criteria.odd)
            _choose(self.file, criteria.file, "Un fichier retiré")
            _choose(self.company, criteria.company or None, company_said(criteria.company))
            if criteria.month is not None:
                _choose(self.month, criteria.month.isoformat(), month_said(criteria.month))
            else:
                _choose(self.month, None, "")
            for name, box in self.words.items():
                value = getattr(criteria, name)
                _choose(box, value or None, word_alone(name, value))


def _fill(box: QComboBox, every: str, there: Sequence[tuple[object, str, int]]) -> None:
    box.addItem(every, None)
    for value, words, count in there:
        box.addItem(f"{words} ({wording.number(count)})", value)
    box.setMaxVisibleItems(16)


def _choose(box: QComboBox, value: object, words: str) -> None:
    """One that no line has any more is there all the same, or it could not be taken off."""
    place = next((at for at in range(box.count()) if box.itemData(at) == value), -1)
    if place < 0:
        box.addItem(f"{words} (0)", value)
        place = box.count() - 1
    box.setCurrentIndex(place)
