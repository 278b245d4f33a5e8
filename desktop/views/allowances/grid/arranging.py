"""Which columns a table shows, in which order and how wide: chosen by the person, kept between runs by their names."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.views.fields.shapes import Button, Label
from desktop.views.tokens import Space

_NARROWEST, _WIDEST = 40, 900
_HIGH = 30


@dataclass(frozen=True, slots=True)
class Heading:
    """A column before anyone has touched it. `width` is in logical pixels. Where there is little room it is `slim` wide
    (as ever: 0), `brief` is its title, and the columns of the lowest `spare` rank are the first that are not shown (0:
    it always is)."""

    name: str
    title: str
    right: bool = False
    width: int = 120
    shown: bool = True
    slim: int = 0
    brief: str = ""
    spare: int = 0

    def within(self, lacking: int) -> "Heading":
        """As it stands where so many ranks of spare columns have no room; 0: there is room for all."""
        if not lacking:
            return self
        shown = self.shown and not 0 < self.spare <= lacking
        return replace(self, title=self.brief or self.title, width=self.slim or self.width, shown=shown)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the person has done to the columns of a table: nothing, at first."""

    order: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    shown: Mapping[str, bool] = field(default_factory=dict)

    def laid(self, headings: Sequence[Heading]) -> list[Heading]:
        """The columns as they are to stand. One that was never seen before comes after its neighbour."""
        of = {heading.name: heading for heading in headings}
        names = [name for name in self.order if name in of]
        before = None
        for name in of:
            if name not in names:
                names.insert(names.index(before) + 1 if before is not None else 0, name)
            before = name
        return [
            replace(
                of[name],
                width=self.widths.get(name, of[name].width),
                shown=self.shown.get(name, of[name].shown),
            )
            for name in names
        ]

    def to_text(self) -> str:
        return json.dumps({"order": self.order, "widths": dict(self.widths), "shown": dict(self.shown)})


def from_text(text: str) -> Arrangement:
    """What was kept; nothing when it cannot be read, as from another version."""
    try:
        kept = json.loads(text)
        widths = {str(name): min(max(int(width), _NARROWEST), _WIDEST) for name, width in kept["widths"].items()}
        shown = {str(name): bool(on) for name, on in kept["shown"].items()}
        return Arrangement(tuple(str(name) for name in kept["order"]), widths, shown)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Arrangement()


class ColumnSheet(QFrame):
    """« Colonnes »: a box for each, in their order; acts at once. Alt with an arrow moves the current one."""

    changed = Signal()

    def __init__(self, parent: QWidget, headings: Iterable[Heading]) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self.setAccessibleName("Colonnes")
        self.back_to_first = False
        self.list = QListWidget()
        self.list.setAccessibleName("Colonnes affichées, dans leur ordre")
        self.list.setProperty("role", "choices")
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setMinimumSize(280, 300)
        self.tell(headings)
        buttons = QHBoxLayout()
        buttons.addWidget(Button("Monter", does=self.up))
        buttons.addWidget(Button("Descendre", does=self.down))
        buttons.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(Button("Colonnes d’origine", "link", does=self.restore))
        foot.addStretch(1)
        foot.addWidget(Button("Fermer", "primary", does=self._shut))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(Label("Colonnes", "heading"))
        column.addWidget(self.list, 1)
        column.addLayout(buttons)
        column.addLayout(foot)
        self.list.itemChanged.connect(self.changed)
        self.list.model().rowsMoved.connect(self.changed)
        self.setFocusProxy(self.list)

    def tell(self, headings: Iterable[Heading]) -> None:
        with QSignalBlocker(self.list):
            self.list.clear()
            for heading in headings:
                item = QListWidgetItem(heading.title)
                item.setSizeHint(QSize(0, _HIGH))
                item.setData(Qt.ItemDataRole.UserRole, heading.name)
                item.setCheckState(Qt.CheckState.Checked if heading.shown else Qt.CheckState.Unchecked)
                self.list.addItem(item)
            self.list.setCurrentRow(0)

    def chosen(self) -> list[tuple[str, bool]]:
        """Each column and whether it is shown, in their order."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [(item.data(Qt.ItemDataRole.UserRole), item.checkState() == Qt.CheckState.Checked) for item in items]

    def restore(self) -> None:
        """As if nobody had ever touched a column."""
        self.back_to_first = True
        self.changed.emit()
        self.back_to_first = False

    def up(self) -> None:
        self._move(-1)

    def down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        row = self.list.currentRow()
        if row >= 0 and 0 <= row + by < self.list.count():
            with QSignalBlocker(self.list):
                self.list.insertItem(row + by, self.list.takeItem(row))
                self.list.setCurrentRow(row + by)
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def _shut(self) -> None:
        self.close()


WIDE: Final = (_NARROWEST, _WIDEST)
