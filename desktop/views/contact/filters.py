"""Quick chips, « Filtres (n) » and what it opens, and the removable chips of what is on."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.services.contact import OPEN, Counts, Period, Pill
from desktop.views import wording
from desktop.views.contact.criteria import ORIGINS, PERIODS, Criteria, from_text
from desktop.views.contact.pill import FACES
from desktop.views.fields import filters
from desktop.views.fields.filters import FilterBar
from desktop.views.fields.flow import Flow
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.shapes import Chip, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space

_QUICK: Final = frozenset({"unread", "open", f"pill:{Pill.AWAITED}", f"pill:{Pill.DRAFT}"})
"""Parts that a quick chip shows already."""


class Filters(FilterBar[Criteria]):
    """Over the list: the quick chips, and below them the removable ones."""

    def __init__(self, icons: Icons, kept: str, themes: Callable[[], Sequence[str]]) -> None:
        super().__init__(icons, from_text(kept), Criteria())
        self._themes = themes
        self.unread, self.open, self.awaited = Chip("Non lues"), Chip("En cours"), Chip("Document attendu")
        self.drafts = Chip("Brouillons")
        self._quick_chips = (self.unread, self.open, self.awaited, self.drafts)
        self._counts: Counts | None = None
        self._row = Flow(gap=6)
        for chip in self._quick_chips:
            self._row.addWidget(chip)
            chip.clicked.connect(self._quick)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        result = QHBoxLayout()
        result.setContentsMargins(2, 0, 0, 0)
        result.addWidget(self.count, 1)
        result.addWidget(self.clear)
        column.addLayout(self._row)
        column.addLayout(self._chips)
        column.addLayout(result)
        self.say("")
        self._draw()

    def show_counts(self, counts: Counts) -> None:
        """What each quick chip would list alone; what is begun has a chip as long as there is some."""
        self._counts = counts
        for chip, words, number in (
            (self.unread, "Non lues", counts.unread),
            (self.open, "En cours", counts.open),
            (self.awaited, "Document attendu", counts.awaited),
            (self.drafts, "Brouillons", counts.pills[Pill.DRAFT]),
        ):
            chip.setText(_counted(words, number))
        self._show_drafts()
        self._row.invalidate()
        self.updateGeometry()

    def _show_drafts(self) -> None:
        some = self._counts is not None and self._counts.pills[Pill.DRAFT] > 0
        self.drafts.setVisible(some or self.drafts.isChecked())

    def _make_sheet(self) -> "FilterSheet":
        return FilterSheet(self, tuple(self._themes()), self._criteria, self._counts)

    def _quick(self) -> None:
        pills = self._criteria.pills - OPEN if self._criteria.open else self._criteria.pills
        pills = pills - {Pill.AWAITED, Pill.DRAFT}
        pills |= OPEN if self.open.isChecked() else frozenset()
        pills |= frozenset({Pill.AWAITED}) if self.awaited.isChecked() else frozenset()
        pills |= frozenset({Pill.DRAFT}) if self.drafts.isChecked() else frozenset()
        self.set_criteria(replace(self._criteria, unread=self.unread.isChecked(), pills=pills))

    def _draw(self) -> None:
        criteria = self._criteria
        self.unread.setChecked(criteria.unread)
        self.open.setChecked(criteria.open)
        self.awaited.setChecked(Pill.AWAITED in criteria.pills)
        self.drafts.setChecked(Pill.DRAFT in criteria.pills)
        self._show_drafts()
        self._row.invalidate()
        self._draw_parts(criteria.parts(), _QUICK)


def _counted(words: str, number: int) -> str:
    return f"{words} · {wording.number(number)}" if number else words


def _column(*parts: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(Space.S)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return column


class FilterSheet(filters.FilterSheet[Criteria]):
    """State, theme, period, origin, attachments."""

    def __init__(
        self, parent: QWidget, themes: Sequence[str], criteria: Criteria, counts: Counts | None = None
    ) -> None:
        super().__init__(parent)
        self.unread = QCheckBox("Non lues seulement")
        numbers = counts.pills if counts is not None else {}
        self.pills = {pill: QCheckBox(_counted(FACES[pill].label, numbers.get(pill, 0))) for pill in Pill}
        self.themes = {theme: QCheckBox(theme.replace("&", "&&")) for theme in sorted({*themes, *criteria.themes})}
        self.period, self.origin = QComboBox(), QComboBox()
        for period, words in PERIODS.items():
            self.period.addItem(words, str(period))
        for origin, words in ORIGINS.items():
            self.origin.addItem(words, origin)
        self.files = QCheckBox("Avec pièces jointes")
        self._build()
        self._show(criteria)
        for box in (self.unread, self.files, *self.pills.values(), *self.themes.values()):
            box.toggled.connect(self.changed)
        self.period.currentIndexChanged.connect(self.changed)
        self.origin.currentIndexChanged.connect(self.changed)

    def _build(self) -> None:
        states = _column(Label("État", "heading"), self.unread, *self.pills.values())
        more: list[QWidget] = [Label("Thème", "heading"), self._theme_list()] if self.themes else []
        fields = (FieldBox("Période", self.period, required=True), FieldBox("Origine", self.origin, required=True))
        both = QHBoxLayout()
        both.setSpacing(Space.XL)
        both.addLayout(states)
        both.addLayout(_column(*more, *fields, self.files))
        self._lay(both, self.clear_all)

    def _theme_list(self) -> QScrollArea:
        inside = QWidget()
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(0, 0, 0, 0)
        for box in self.themes.values():
            lines.addWidget(box)
        area = QScrollArea()
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        area.setWidgetResizable(True)
        area.setAccessibleName("Thèmes")
        area.setFixedHeight(min(inside.sizeHint().height(), 152))
        area.setMinimumWidth(280)
        return area

    def criteria(self) -> Criteria:
        return Criteria(
            unread=self.unread.isChecked(),
            pills=frozenset(pill for pill, box in self.pills.items() if box.isChecked()),
            themes=frozenset(theme for theme, box in self.themes.items() if box.isChecked()),
            origin=self.origin.currentData() or None,
            period=Period(self.period.currentData()),
            with_files=self.files.isChecked(),
        )

    def clear_all(self) -> None:
        self._show(Criteria())
        self.changed.emit()

    def _show(self, criteria: Criteria) -> None:
        with QSignalBlocker(self):
            self.unread.setChecked(criteria.unread)
            self.files.setChecked(criteria.with_files)
            for pill, box in self.pills.items():
                box.setChecked(pill in criteria.pills)
            for theme, box in self.themes.items():
                box.setChecked(theme in criteria.themes)
            self.period.setCurrentIndex(list(PERIODS).index(criteria.period))
            self.origin.setCurrentIndex(list(ORIGINS).index(criteria.origin))
