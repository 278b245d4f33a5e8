"""« Journal des droits »: who did what to whose rights, the latest first. It is read on line."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QHeaderView, QStackedWidget, QTableView, QVBoxLayout, QWidget

from desktop.services.problems import Problem
from desktop.services.users import Entries, Entry
from desktop.views import wording
from desktop.views.fields.shapes import Banner, Button, EmptyState, Label
from desktop.views.tokens import Space
from desktop.views.users import saying
from desktop.views.users.desk import Desk

Index = QModelIndex | QPersistentModelIndex
_TITLES: Final = ("Date", "Par", "Ce qui a été fait", "Pour", "Espace")
_WIDTHS: Final = (152, 120, 320, 120, 170)
_ROW: Final = 46
"""Two lines: the rights of a change seldom fit into one."""


class _Log(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.entries: tuple[Entry, ...] = ()
        self._labels: Mapping[str, str] = {}

    def tell(self, entries: Sequence[Entry], labels: Mapping[str, str]) -> None:
        self.beginResetModel()
        self.entries, self._labels = tuple(entries), dict(labels)
        self.endResetModel()

    def add(self, entries: Sequence[Entry]) -> None:
        first = len(self.entries)
        self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
        self.entries = (*self.entries, *entries)
        self.endInsertRows()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_TITLES)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and way is Qt.Orientation.Horizontal:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        told = (
            f"{wording.day(entry.at)} {wording.hour(entry.at)}",
            entry.actor,
            saying.action(entry, self._labels),
            entry.subject,
            saying.entry_space(entry),
        )
        if role == Qt.ItemDataRole.DisplayRole:
            return told[index.column()]
        return wording.tip(told[index.column()]) if role == Qt.ItemDataRole.ToolTipRole else None


class JournalPage(QWidget):
    """Asked for anew each time it is shown."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Journal des droits")
        self._desk, icons = desk, desk.office.icons
        self.log = _Log()
        self.table = QTableView()
        self.log.setParent(self.table)
        self.more = Button("Afficher plus ancien", does=self._ask_more)
        self.again = Button("Actualiser", "flat", icons=icons, icon="refresh-cw", does=self.refresh)
        self.problem = Banner(icons, "warning", "wifi-off")
        self.empty = EmptyState(icons, "history", "Un instant…", does=self.refresh)
        self._dress()
        self._build()

    def _dress(self) -> None:
        table = self.table
        table.setModel(self.log)
        table.setAccessibleName("Journal des droits")
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setProperty("role", "lines")
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW)
        across = table.horizontalHeader()
        across.setHighlightSections(False)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place, width in enumerate(_WIDTHS):
            across.resizeSection(place, width)
        across.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        across.setMinimumSectionSize(90)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(Space.L, Space.M, Space.L, Space.S)
        head.addWidget(Label("Journal des droits", "title"), 1)
        head.addWidget(self.again)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        foot.addStretch(1)
        foot.addWidget(self.more)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.problem)
        column.addWidget(self._pages, 1)
        column.addLayout(foot)
        self.more.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def forget(self) -> None:
        """What was read is gone."""
        self.log.tell((), {})

    def refresh(self) -> None:
        self._desk.office.errands.ask(self, self._desk.journal.entries, self._show, self._failed, what="log")

    def _ask_more(self) -> None:
        if self.log.entries:
            work = partial(self._desk.journal.entries, self.log.entries[-1].entry_id)
            self._desk.office.errands.ask(self, work, self._add, self._failed, what="log")

    def _show(self, told: Entries) -> None:
        self.problem.hide()
        self.log.tell(told.entries, self._desk.labels())
        self.more.setVisible(told.more)
        self._pages.setCurrentIndex(1 if told.entries else 0)
        if not told.entries:
            self.empty.say("Rien dans le journal", "Chaque changement de droits y sera noté.", "", "history")

    def _add(self, told: Entries) -> None:
        self.problem.hide()
        if told.entries:
            self.log.add(told.entries)
        self.more.setVisible(told.more)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, Problem):
            raise error
        if self.log.entries:
            self.problem.tell(error.sentence, "Réessayer", self.refresh)
        else:
            self.empty.say("Le journal se lit en ligne", error.sentence, "Réessayer", "wifi-off")
