"""What one person holds, a row for each space."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from desktop.services.users import Held
from desktop.views import wording
from desktop.views.users import saying

Index = QModelIndex | QPersistentModelIndex
_TITLES: Final = ("Espace", "Droits")
_ROW: Final = 62
"""Three lines: rights are what is looked for here, and seldom fit into one."""
_SPACE: Final = 0.42
"""Of the width."""


class _Holding(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self._held: tuple[Held, ...] = ()
        self._labels: Mapping[str, str] = {}

    def tell(self, held: Sequence[Held], labels: Mapping[str, str]) -> None:
        if (tuple(held), dict(labels)) != (self._held, dict(self._labels)):
            self.beginResetModel()
            self._held, self._labels = tuple(held), dict(labels)
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._held)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_TITLES)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and way is Qt.Orientation.Horizontal:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        held = self._held[index.row()]
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        waits = " (à envoyer)" if held.waiting else ""
        own = f" · {held.label}" if held.label != held.company else ""
        told = (f"{held.company}\n{held.member_number}{own}", f"{saying.rights(held, self._labels)}{waits}")
        text = told[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        return wording.tip(text)


class Holding(QTableView):
    """To read and to copy from; rights are changed in the matrix."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = _Holding()
        self.rows.setParent(self)
        self.setModel(self.rows)
        self.setAccessibleName("Droits par espace")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setProperty("role", "lines")
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setHighlightSections(False)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        across.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        down.hide()
        down.setDefaultSectionSize(_ROW)

    def tell(self, held: Sequence[Held], labels: Mapping[str, str]) -> None:
        self.rows.tell(held, labels)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.horizontalHeader().resizeSection(0, int(self.viewport().width() * _SPACE))
