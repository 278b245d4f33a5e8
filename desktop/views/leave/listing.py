"""The list of leaves: search, « En cours / À compléter / Terminés », and the rows."""

from datetime import date
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.leave import Counts, LeaveRow, Listing, Query, Stage
from desktop.views import printing, wording
from desktop.views.bell import Follow
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Button, Chip, EmptyState, IconButton, Label
from desktop.views.leave import saying
from desktop.views.leave.delegate import LeaveDelegate
from desktop.views.leave.desk import Desk
from desktop.views.leave.printing import PRINTED, listing_page
from desktop.views.rows.current import Current, Filled, Found, stand
from desktop.views.rows.tables import CardTable
from desktop.views.table import Column, Rows
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_KEPT: Final = "leave/stage"
_NAMES: Final = {
    None: "Tous",
    Stage.RUNNING: "En cours",
    Stage.INCOMPLETE: "À compléter",
    Stage.OVER: "Terminés",
}


class LeaveList(QWidget):
    """`current` tells which leave is; `asked_new` for « Déclarer un arrêt »."""

    asked_new = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Liste des arrêts de travail")
        self._desk, office = desk, desk.office
        self._space_id: str | None = None
        self._counts: Counts | None = None
        self.new = Button("Déclarer un arrêt", "primary", icons=office.icons, icon="plus", does=self.asked_new.emit)
        self.print = IconButton(office.icons, "printer", "Imprimer la liste", does=self.print_list)
        self.search = SearchField(office.icons, "Rechercher un salarié, un matricule, un n° d\u2019arrêt…")
        self.chips = {stage: Chip(name) for stage, name in _NAMES.items()}
        self._group = QButtonGroup(self)
        self.count = Found()
        self.painter = LeaveDelegate(office.icons)
        column = Column("Arrêt", saying.employee, tooltip=saying.tooltip)
        rows = Rows(desk.leaves.rows, _key, [column], saying.sentence)
        self.table = CardTable(rows, "Arrêts de travail", self.painter, saying.cells)
        self.current = Current(self.table, _leave_id, desk.leaves.key_of)
        self.empty = EmptyState(office.icons, "stethoscope", does=self._next_step)
        self._build()
        self._join()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(Label("Arrêts de travail", "title"), 1)
        top.addWidget(self.new, 0, Qt.AlignmentFlag.AlignVCenter)
        kept = str(self._desk.office.settings.value(_KEPT, "") or "")
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        for place, (stage, chip) in enumerate(self.chips.items()):
            chip.setChecked((stage or "") == kept)
            self._group.addButton(chip, place)
            row.addWidget(chip)
        row.addStretch(1)
        if self._group.checkedButton() is None:
            self.chips[None].setChecked(True)
        upper = QVBoxLayout()
        upper.setContentsMargins(Space.L, Space.M + 2, Space.L, Space.S)
        upper.setSpacing(Space.S)
        upper.addLayout(top)
        find = QHBoxLayout()
        find.addWidget(self.search, 1)
        find.addWidget(self.print)  # not above: there is no room beside « Déclarer un arrêt » in a small window
        upper.addLayout(find)
        upper.addLayout(row)
        upper.addWidget(self.count)
        self._pages = Filled(self.table, self.empty, self._desk.office.bell)
        stand(self, upper, self._pages)

    def _join(self) -> None:
        self.search.settled.connect(self.refresh)
        self.search.returnPressed.connect(self.table.setFocus)
        self._group.idClicked.connect(self._narrowed)
        Follow(self, self._desk.office.bell, {"leave", "portfolio", "drafts"}, self._follow)

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
        self._counts = counts
        self._count_chips()
        self.current.show_rows(listing.ids, listing.groups, query.space_id)
        number = len(listing.ids)
        self.count.tell(number, "arrêt", searched=bool(query.text))
        self._pages.fill(number, partial(self._say_why, query))
        self.current.seek()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._count_chips()

    def _count_chips(self) -> None:
        """On one row: with their numbers, or, where these have no room, told by the tooltips."""
        counts = self._counts
        numbers = {stage: counts.all if stage is None else counts.stages[stage] for stage in _NAMES} if counts else {}
        told = {
            stage: (name, wording.number(numbers[stage])) if numbers.get(stage) else (name,)
            for stage, name in _NAMES.items()
        }
        for stage, chip in self.chips.items():
            said = " · ".join(told[stage])
            chip.setAccessibleName(said)
            chip.setToolTip(wording.tip(said))
        for between in (" · ", NBSP, None):
            for stage, chip in self.chips.items():
                chip.setText(told[stage][0] if between is None else between.join(told[stage]))
            wide = sum(chip.sizeHint().width() + Space.XS for chip in self.chips.values()) - Space.XS
            if wide + 2 * Space.L <= self.width():
                break

    def _say_why(self, query: Query) -> None:
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

    def print_list(self) -> None:
        """The chosen rows when there are several, else the first of the list; what is left out is said."""
        rows, total = self.table.printed(PRINTED)
        query = self.query
        narrowed = [
            _NAMES[query.stage] if query.stage is not None else "",
            f"«{NBSP}{query.text}{NBSP}»" if query.text else "",
        ]
        said = " · ".join(part for part in narrowed if part)
        office = self._desk.office
        printing.preview(self, office.icons, listing_page(rows, total, said, office.now()))

    def _next_step(self) -> None:
        if self.search.text() or self.stage is not None:
            self.search.clear()
            self.chips[None].setChecked(True)
            self._narrowed()
        else:
            self.asked_new.emit()


def _key(row: LeaveRow) -> int:
    return row.key


def _leave_id(row: LeaveRow) -> str:
    return row.leave_id
