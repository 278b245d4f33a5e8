"""« Journal des droits »: who did what to whose rights, the latest first. It is read on line."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.problems import Problem
from desktop.services.users import Entries, Entry
from desktop.views import wording
from desktop.views.fields.shapes import Banner, Button, EmptyState, Label
from desktop.views.rows.texts import TextTable
from desktop.views.tokens import Space
from desktop.views.users import saying
from desktop.views.users.desk import Desk

_TITLES: Final = tuple((title, False) for title in ("Date", "Par", "Ce qui a été fait", "Pour", "Espace"))
_WIDTHS: Final = (152, 120, 320, 120, 170)
_ROW: Final = 46
"""Two lines: the rights of a change seldom fit into one."""


class Log(TextTable):
    """The lines of the log; more of them stand below those that are there."""

    def __init__(self) -> None:
        super().__init__("Journal des droits", _TITLES, _ROW)
        self.entries: tuple[Entry, ...] = ()
        self._labels: Mapping[str, str] = {}
        self.setProperty("role", "lines")
        across = self.horizontalHeader()
        for place, width in enumerate(_WIDTHS):
            across.resizeSection(place, width)
        across.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        across.setMinimumSectionSize(90)

    def show_entries(self, entries: Sequence[Entry], labels: Mapping[str, str]) -> None:
        self.entries, self._labels = tuple(entries), dict(labels)
        self.tell(len(self.entries), self._texts)

    def add(self, entries: Sequence[Entry]) -> None:
        bar = self.verticalScrollBar()
        place = bar.value()
        self.show_entries((*self.entries, *entries), self._labels)
        bar.setValue(place)

    def _texts(self, place: int) -> tuple[str, ...]:
        entry = self.entries[place]
        return (
            f"{wording.day(entry.at)} {wording.hour(entry.at)}",
            entry.actor,
            saying.action(entry, self._labels),
            entry.subject,
            saying.entry_space(entry),
        )


class JournalPage(QWidget):
    """Asked for anew each time it is shown."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Journal des droits")
        self._desk, icons = desk, desk.office.icons
        self.table = Log()
        self.log = self.table.rows
        self.more = Button("Afficher plus ancien", does=self._ask_more)
        self.again = Button("Actualiser", "flat", icons=icons, icon="refresh-cw", does=self.refresh)
        self.problem = Banner(icons, "warning", "wifi-off")
        self.empty = EmptyState(icons, "history", "Un instant…", does=self.refresh)
        self._build()

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
        self.table.show_entries((), {})

    def refresh(self) -> None:
        self._desk.office.errands.ask(self, self._desk.journal.entries, self._show, self._failed, what="log")

    def _ask_more(self) -> None:
        if self.table.entries:
            work = partial(self._desk.journal.entries, self.table.entries[-1].entry_id)
            self._desk.office.errands.ask(self, work, self._add, self._failed, what="log")

    def _show(self, told: Entries) -> None:
        self.problem.hide()
        self.table.show_entries(told.entries, self._desk.labels())
        self.more.setVisible(told.more)
        self._pages.setCurrentIndex(1 if told.entries else 0)
        if not told.entries:
            self.empty.say("Rien dans le journal", "Chaque changement de droits y sera noté.", "", "history")

    def _add(self, told: Entries) -> None:
        self.problem.hide()
        if told.entries:
            self.table.add(told.entries)
        self.more.setVisible(told.more)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, Problem):
            raise error
        if self.table.entries:
            self.problem.tell(error.sentence, "Réessayer", self.refresh)
        else:
            self.empty.say("Le journal se lit en ligne", error.sentence, "Réessayer", "wifi-off")
