"""« Filtres (n) », the sheet that it opens, and a removable chip for each thing that is narrowed to."""

from collections.abc import Callable
from typing import Generic, Protocol, Self, TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from desktop.views.fields.flow import Flow
from desktop.views.fields.shapes import Button, Chip, Label, RemovableChip, on_screen
from desktop.views.icons import Icons
from desktop.views.tokens import Space


class Criteria(Protocol):
    """What a list is narrowed to. `without` one of its parts, by its code."""

    def without(self, code: str) -> Self: ...


C = TypeVar("C", bound=Criteria)


class FilterSheet(QFrame, Generic[C]):
    """What « Filtres (n) » opens; acts at once."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self.setAccessibleName("Filtres")

    def criteria(self) -> C:
        """What is chosen on it."""
        raise AssertionError(self)  # each sheet says its own

    def _lay(self, inside: QLayout, clear_all: Callable[[], None]) -> None:
        """Two columns inside, low enough for a window of 640 pixels."""
        foot = QHBoxLayout()
        foot.addWidget(Button("Tout effacer", "link", does=clear_all))
        foot.addStretch(1)
        foot.addWidget(Button("Fermer", "primary", does=self._shut))
        column = QVBoxLayout(self)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.M)
        column.addLayout(inside)
        column.addLayout(foot)

    def _shut(self) -> None:
        self.close()


class FilterBar(QWidget, Generic[C]):
    """Owns the criteria; `changed` when they are others. `button` (« Filtres (n) ») stands where the list puts it.
    `nothing` lets all pass."""

    changed = Signal()

    def __init__(self, icons: Icons, criteria: C, nothing: C) -> None:
        super().__init__()
        self._icons, self._criteria, self._nothing = icons, criteria, nothing
        self._removable: list[RemovableChip] = []
        self.button = Chip("Filtres (0)", icons=icons, icon="list-filter")
        self.button.setCheckable(False)
        self.button.clicked.connect(self.open_sheet)
        self.clear = Button("Tout effacer", "link", does=self.clear_all)
        self.count = Label("", "meta")
        self._chips = Flow(gap=6)

    @property
    def criteria(self) -> C:
        return self._criteria

    @property
    def removable(self) -> list[RemovableChip]:
        return self._removable

    def set_criteria(self, criteria: C) -> None:
        """From outside (a jump) or from the sheet; `changed` rings."""
        if criteria != self._criteria:
            self._criteria = criteria
            self._draw()
            self.changed.emit()

    def clear_all(self) -> None:
        self.set_criteria(self._nothing)

    def say(self, words: str) -> None:
        """How many answer, when they are narrowed down; else nothing."""
        self.count.setText(words)
        self.count.setVisible(bool(words))

    def open_sheet(self) -> None:
        self._sheet = sheet = self._make_sheet()
        sheet.changed.connect(self._from_sheet)
        size = sheet.sizeHint()
        sheet.move(on_screen(QRect(self._below(size), size), self.screen().availableGeometry()))
        self.button.setFocus(Qt.FocusReason.PopupFocusReason)  # where the focus is again once the sheet is closed
        sheet.show()
        sheet.setFocus(Qt.FocusReason.PopupFocusReason)

    def _make_sheet(self) -> FilterSheet[C]:
        raise AssertionError(self)  # each list says its own

    def _below(self, size: QSize) -> QPoint:
        """Where a sheet of this size lies: below the button, ending with it."""
        return self.button.mapToGlobal(QPoint(self.button.width() - size.width(), 36))

    def _from_sheet(self) -> None:
        self.set_criteria(self._sheet.criteria())

    def _remove(self) -> None:
        for chip in self._removable:
            if chip.gone:
                self.set_criteria(self._criteria.without(chip.code))
                return

    def _draw(self) -> None:
        """What depends on the criteria; each list has more of it."""
        raise AssertionError(self)

    def _draw_parts(self, parts: list[tuple[str, str]], quick: frozenset[str]) -> None:
        """`parts` are (code, words); those of `quick` have a chip of their own already."""
        self.button.setText(f"Filtres ({len(parts)})")
        while self._chips.takeAt(0) is not None:
            pass
        for old in self._removable:
            old.hide()
            old.deleteLater()
        self._removable = [RemovableChip(self._icons, *part) for part in parts if part[0] not in quick]
        for chip in self._removable:
            chip.clicked.connect(self._remove)
            self._chips.addWidget(chip)
            chip.show()
        self.clear.setVisible(bool(parts))
        self._chips.invalidate()
        self.updateGeometry()
