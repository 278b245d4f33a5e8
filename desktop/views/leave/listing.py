"""The list of leaves: search, « En cours / À compléter / Terminés », and the rows."""

from datetime import date
from functools import partial
from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.leave import Counts, LeaveRow, Listing, Query, Stage
from desktop.views import wording
from desktop.views.bell import Follow
from desktop.views.fields.flow import Flow
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Button, Chip, EmptyState, Label, announce
from desktop.views.leave import saying
from desktop.views.leave.delegate import LeaveDelegate
from desktop.views.leave.desk import Desk
from desktop.views.leave.table import LeaveTable
from desktop.views.table import Column, Rows
from desktop.views.tokens import Space

_KEPT: Final = "leave/stage"
_NAMES: Final = {
    None: "Tous",
    Stage.RUNNING: "En cours",
    Stage.INCOMPLETE: "À compléter",
    Stage.OVER: "Terminés",
}


class LeaveList(QWidget):
    """`opened` when another leave is current (`leave_id`); `entered` when the person means it; `asked_new` for
    « Déclarer un arrêt »."""

    opened = Signal()
    entered = Signal()
    asked_new = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Liste des arrêts de travail")
        self._desk, office = desk, desk.office
        self._space_id: str | None = None
        self._wanted: str | None = None
        self._quiet = False
        self.leave_id: str | None = None
        self.new = Button("Déclarer un arrêt", "primary", icons=office.icons, icon="plus", does=self.asked_new.emit)
        self.search = SearchField(office.icons, "Rechercher un salarié, un matricule, un n° d\u2019arrêt…")
        self.chips = {stage: Chip(name) for stage, name in _NAMES.items()}
        self._group = QButtonGroup(self)
        self.count = Label("", "meta")
        self.painter = LeaveDelegate(office.icons)
        column = Column("Arrêt", saying.employee, tooltip=saying.tooltip)
        self.table = LeaveTable(Rows(desk.leaves.rows, _key, [column], saying.sentence), self.painter)
        self.empty = EmptyState(office.icons, "stethoscope", does=self._next_step)
        self._build()
        self._join()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(Label("Arrêts de travail", "title"), 1)
        top.addWidget(self.new, 0, Qt.AlignmentFlag.AlignVCenter)
        kept = str(self._desk.office.settings.value(_KEPT, "") or "")
        row = Flow(gap=6)
        for place, (stage, chip) in enumerate(self.chips.items()):
            chip.setChecked((stage or "") == kept)
            self._group.addButton(chip, place)
            row.addWidget(chip)
        if self._group.checkedButton() is None:
            self.chips[None].setChecked(True)
        upper = QVBoxLayout()
        upper.setContentsMargins(Space.L, Space.M + 2, Space.L, Space.S)
        upper.setSpacing(Space.S)
        upper.addLayout(top)
        upper.addWidget(self.search)
        upper.addLayout(row)
        upper.addWidget(self.count)
        self.count.hide()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper)
        column.addWidget(self._pages, 1)

    def _join(self) -> None:
        self.search.settled.connect(self.refresh)
        self.search.returnPressed.connect(self.table.setFocus)
        self._group.idClicked.connect(self._narrowed)
        self.table.selectionModel().currentChanged.connect(self._moved)
        self.table.selectionModel().selectionChanged.connect(self._moved)
        self.table.opened.connect(self._enter)
        self.table.doubleClicked.connect(self._enter)
        bell = self._desk.office.bell
        Follow(self, bell, {"leave", "portfolio", "drafts"}, self._follow)
        Follow(self._pages, bell, {"link"}, self._reconsider)

    # What it shows

    def sizeHint(self) -> QSize:
        return QSize(430, 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(380, 320)

    @property
    def stage(self) -> Stage | None:
        return next((stage for stage, chip in self.chips.items() if chip.isChecked()), None)

    @property
    def query(self) -> Query:
        return Query(self.search.text().strip(), self._space_id, self.stage)

    def show_space(self, space_id: str | None) -> None:
        self._space_id = space_id
        self.painter.with_company = space_id is None
        self.search.clear()
        self.refresh()

    def _narrowed(self) -> None:
        self._desk.office.settings.setValue(_KEPT, self.stage or "")
        self.refresh()

    def _follow(self) -> None:
        self.table.rows.refresh()
        self.refresh()

    def refresh(self) -> None:
        """Asks for the rows again; the newest question wins."""
        query = self.query
        work = partial(self._read, query, self._desk.office.today())
        self._desk.office.later.ask(self, work, partial(self._show, query), what="leaves")

    def _read(self, query: Query, today: date) -> tuple[Listing, Counts]:
        """On the reader's thread."""
        return self._desk.leaves.listing(query, today), self._desk.leaves.counts(query.space_id)

    def _show(self, query: Query, answer: tuple[Listing, Counts]) -> None:
        listing, counts = answer
        for stage, chip in self.chips.items():
            number = counts.all if stage is None else counts.stages[stage]
            chip.setText(f"{_NAMES[stage]} · {wording.number(number)}" if number else _NAMES[stage])
        self._quiet = True
        self.table.show_listing(listing)
        self._quiet = False
        number = len(listing.ids)
        said = wording.count(number, "arrêt") if query.text else ""
        if self.count.text() != said:
            self.count.setText(said)
            self.count.setVisible(bool(said))
            if said:
                announce(self, wording.count(number, "résultat"))
        self._show_empty(query, number)
        self._select_wanted()

    def _show_empty(self, query: Query, number: int) -> None:
        self._pages.setCurrentIndex(0 if number else 1)
        if number:
            return
        if query.text or query.stage is not None:
            causes = ["cette recherche"] * bool(query.text) + ["ce filtre"] * (query.stage is not None)
            hint = f"Aucun arrêt ne répond à {' et à '.join(causes)}."
            self.empty.say("Aucun résultat", hint, "Effacer la recherche et le filtre", "search")
        elif not self._desk.office.settled():
            hint = "Les arrêts arrivent du portail et s\u2019affichent au fur et à mesure."
            self.empty.say("Première synchronisation en cours…", hint, "", "refresh-cw")
        elif not self._desk.leaves.spaces():
            hint = "Demandez à l\u2019administrateur principal le droit de déclarer des arrêts de travail."
            self.empty.say("Vous n\u2019avez pas accès aux arrêts de travail", hint, "", "lock")
        else:
            hint = "Déclarez un arrêt dès que vous le connaissez\u00a0: il part tout seul, même préparé hors connexion."
            self.empty.say("Aucun arrêt pour l\u2019instant", hint, "Déclarer un arrêt", "stethoscope")

    def _reconsider(self) -> None:
        if self._pages.currentWidget() is self.empty:
            self._show_empty(self.query, 0)

    def _next_step(self) -> None:
        if self.search.text() or self.stage is not None:
            self.search.clear()
            self.chips[None].setChecked(True)
            self._narrowed()
        else:
            self.asked_new.emit()

    # Which leave is current

    def want(self, leave_id: str) -> None:
        """Selects this leave as soon as it is listed."""
        self._wanted = self.leave_id = leave_id
        self._select_wanted()

    def _select_wanted(self) -> None:
        if self._wanted is None:
            return
        key = self._desk.leaves.key_of(self._wanted)
        place = self.table.rows.index_of(key) if key is not None else None
        if place is not None:
            self._wanted = None
            self.table.select(place)

    def forget_current(self) -> None:
        self._quiet = True
        self.table.clearSelection()
        self.table.setCurrentIndex(QModelIndex())
        self._quiet = False
        self.leave_id = None

    def _moved(self) -> None:
        """A row that is only current, because the list got the focus, is not opened."""
        row = self.table.current()
        chosen = self.table.selectionModel().isRowSelected(self.table.currentIndex().row(), QModelIndex())
        if row is not None and chosen and row.leave_id != self.leave_id:
            self.leave_id = row.leave_id
            if not self._quiet:
                self.opened.emit()

    def _enter(self) -> None:
        row = self.table.current()
        if row is not None:
            self.table.select(self.table.currentIndex().row())
            self.leave_id = row.leave_id
            self.entered.emit()


def _key(row: LeaveRow) -> int:
    return row.key
