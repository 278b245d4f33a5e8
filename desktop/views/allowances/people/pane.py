"""The part « Synthèse »: one of four tables, searched as one types; Entrée opens the lines of what is chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.allowances.criteria import Updating
from desktop.views.allowances.desk import Desk
from desktop.views.allowances.grid import Cells, Grid
from desktop.views.allowances.people.tallies import Answer, By, Wanted, answered, cells, copied, headings, rows_of
from desktop.views.fields.flow import Flow
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Button, Chip, EmptyState, Label, announce
from desktop.views.table import Read
from desktop.views.tokens import Space

if TYPE_CHECKING:
    import polars as pl

    from desktop.views.allowances.reviewed import Doing, Reviewed

_CHOSEN: Final = "allowances/people/by"
_COLUMNS_SAID, _NARROW = "Colonnes", 640
_ROOM: Final = (702, 610, 552, 458)
"""Narrower, one rank more of columns is left out, so that the sums stay in sight."""
_COLUMNS: Final = "allowances/people/columns"
_CHIPS: Final = {
    By.PERSON: "Par salarié",
    By.LEAVE: "Par arrêt",
    By.MONTH: "Par mois",
    By.TRANSFER: "Par virement",
}
_COUNTED: Final = {
    By.PERSON: ("salarié", "salariés"),
    By.LEAVE: ("arrêt", "arrêts"),
    By.MONTH: ("mois", "mois"),
    By.TRANSFER: ("virement", "virements"),
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What rows are read of."""

    answer: Answer
    revealed: bool


class People(QWidget):
    """Nothing is summed before the part is looked at. `doing.open_rows` shows the lines of what is chosen."""

    def __init__(self, desk: Desk, doing: "Doing") -> None:
        super().__init__()
        self.setAccessibleName("Synthèse")
        self._desk, self._doing = desk, doing
        self._reviewed: Reviewed | None = None
        self._ready: dict[By, pl.DataFrame] = {}
        self._seen: _Seen | None = None
        self._asked: Wanted | None = None
        self._stale, self._revealed = True, False
        self._coming = False
        kept = str(desk.settings.value(_CHOSEN, By.PERSON.value))
        self.by = By(kept) if kept in {each.value for each in By} else By.PERSON
        self.chips = {by: Chip(words) for by, words in _CHIPS.items()}
        self.search = SearchField(desk.icons, "Rechercher un nom, une entreprise, une référence…")
        self.columns = Chip(_COLUMNS_SAID, icons=desk.icons, icon="layout-grid")
        self.lines = Button("Voir les lignes", does=self.open_lines)
        self.count = Label("", "meta")
        self.updating = Updating()
        self.grid = Grid("Synthèse", desk.icons, desk.settings, _COLUMNS, self._fetch, self._through, _sentence)
        self.empty = EmptyState(desk.icons, "inbox", does=self._widen)
        self._build()
        self._join()

    def _build(self) -> None:
        self.columns.setCheckable(False)
        self.columns.setAccessibleName(_COLUMNS_SAID)
        self.columns.setToolTip("Choisir, ordonner et remettre les colonnes")
        self.count.setMinimumHeight(28)
        self._group = QButtonGroup(self)
        flow = Flow(gap=6)
        for place, (by, chip) in enumerate(self.chips.items()):
            self._group.addButton(chip, place)
            chip.setChecked(by is self.by)
            flow.addWidget(chip)
        first = QHBoxLayout()
        first.setSpacing(Space.S)
        first.addWidget(self.search, 1)
        first.addWidget(self.columns)
        first.addWidget(self.lines)
        second = QHBoxLayout()
        second.setSpacing(Space.M)
        second.addLayout(flow, 1)
        second.addWidget(self.updating, 0, Qt.AlignmentFlag.AlignTop)
        second.addWidget(self.count, 0, Qt.AlignmentFlag.AlignTop)
        head = QVBoxLayout()
        head.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        head.setSpacing(Space.S)
        head.addLayout(first)
        head.addLayout(second)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.grid)
        self._pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._pages, 1)

    def _join(self) -> None:
        self._group.idClicked.connect(self._choose)
        self.search.settled.connect(self.refresh)
        self.search.returnPressed.connect(self._to_rows)
        self.columns.clicked.connect(self._choose_columns)
        self.grid.ordered.connect(self.refresh)
        self.grid.opened.connect(self.open_lines)
        self.grid.moved.connect(self._moved)
        self.grid.picked.connect(self._moved)
        self.grid.asked_copy.connect(self.copy)
        self.grid.asked_menu.connect(self._open_menu)
        self.grid.set_headings(headings(self.by), f"{_COLUMNS}/{self.by.value}")
        self._show_empty(None)
        self._moved()

    # What the page says

    def tell(self, reviewed: "Reviewed | None") -> None:
        before, self._reviewed = self._reviewed, reviewed
        if reviewed is not None and before is not None and before.sheet is reviewed.sheet:
            self._date()
            return
        self._ready.clear()
        self._seen, self._stale = None, True
        self._date()
        self.grid.show_rows((), anew=True)
        self._show_empty(None)
        if self.isVisible():
            self.refresh()

    def expect(self, *, coming: bool) -> None:
        """Whether a newer review is being made: until its sums are here, those shown are said to be old."""
        self._coming = coming
        self._date()

    def _date(self) -> None:
        judged = self._reviewed is not None and self._reviewed.judged  # until then, no other sums are coming
        self.updating.wait(newer=self._coming and judged and self._seen is not None)

    def reveal(self, *, revealed: bool) -> None:
        self._revealed = revealed
        if self._seen is not None:
            self._seen = replace(self._seen, revealed=revealed)
            self.grid.rows.forget()

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def panes(self) -> list[QWidget]:
        return [self.search, self._pages.currentWidget() or self.grid]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, it is the search's."""
        super().resizeEvent(event)
        self.columns.setText("" if self.width() < _NARROW else _COLUMNS_SAID)
        self.grid.set_lacking(sum(self.width() < room for room in _ROOM))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    # Asking

    def choose(self, by: By) -> None:
        """Another of the four; each has its own order and columns."""
        self.chips[by].setChecked(True)
        if by is self.by:
            return
        self.by = by
        self._desk.settings.setValue(_CHOSEN, by.value)
        self._seen = None
        with QSignalBlocker(self.grid):
            self.grid.sort_by("")
        self.grid.show_rows((), anew=True)
        self.grid.set_headings(headings(by), f"{_COLUMNS}/{by.value}")
        self.refresh()

    def _choose(self, place: int) -> None:
        self.choose(list(self.chips)[place])

    def refresh(self) -> None:
        """Asks for the rows; the newest question wins."""
        if self._reviewed is None:
            return
        self._stale = False
        grid = self.grid
        current = grid.current_key if self._seen is not None else None
        wanted = Wanted(self.by, self.search.text().strip(), grid.order, grid.descending, current)
        work = partial(answered, self._reviewed.sheet, wanted, self._ready.get(self.by))
        self._desk.later.ask(self, work, partial(self._show, self._reviewed), what="rows of sums")

    def _show(self, reviewed: "Reviewed", answer: Answer) -> None:
        if self._reviewed is None or self._reviewed.sheet is not reviewed.sheet or answer.wanted.by is not self.by:
            return
        before, self._asked = self._asked, answer.wanted
        other = before is None or replace(before, current=None) != replace(answer.wanted, current=None)
        self._ready[self.by] = answer.tally
        self._seen = _Seen(answer, self._revealed)
        self._date()
        self.grid.show_rows(answer.rows, answer.place, top=other and answer.place is None)
        said = wording.count(len(answer.rows), *_COUNTED[self.by])
        if answer.wanted.text:
            said += f" sur {wording.number(answer.tally.height)}"
        if said != self.count.text():
            self.count.setText(said)
            announce(self, said)
        self._show_empty(answer)

    def _show_empty(self, answer: Answer | None) -> None:
        self._pages.setCurrentIndex(0 if answer is not None and answer.rows else 1)
        self.count.setVisible(answer is not None)
        if answer is not None and answer.wanted.text:
            hint = "Aucune ligne de cette synthèse ne répond à cette recherche."
            self.empty.say("Aucun résultat", hint, "Effacer la recherche", "search")
        elif answer is not None:
            self.empty.say("Aucune ligne", "Aucune ligne des fichiers ouverts n’a pu être lue.", "", "inbox")
        elif self._reviewed is not None:
            self.empty.say("Les lignes sont additionnées…", "", "", "hourglass")
        else:
            hint = "Ce que versent les fichiers que vous ouvrez s’additionne ici."
            self.empty.say("Aucun fichier ouvert", hint, "", "folder-open")

    def _widen(self) -> None:
        with QSignalBlocker(self.search):
            self.search.clear()
        self.refresh()

    # Rows

    def _fetch(self, keys: Sequence[int]) -> list[Cells]:
        """On the reader's thread."""
        seen = self._seen
        return cells(seen.answer, keys, revealed=seen.revealed) if seen is not None else []

    def _through(self, work: Callable[[], Read[Cells]], then: Callable[[Read[Cells]], None]) -> None:
        self._desk.later.ask(self, work, then, what="rows")

    def _moved(self) -> None:
        self.lines.setEnabled(self.grid.current_key is not None or self.grid.chosen_count > 0)

    def _to_rows(self) -> None:
        if self.grid.rows.rowCount():
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self.grid.chosen_count:
                self.grid.go_to(0)

    def _choose_columns(self) -> None:
        self.grid.choose_columns(self.columns)

    def open_lines(self) -> None:
        """Of what is chosen, be it one or several."""
        if self._seen is None or self._reviewed is None:
            return
        answer = self._seen.answer
        numbers = [answer.rows[place] for span in self.grid.spans() for place in span]
        if not numbers and self.grid.current_key is not None:
            numbers = [self.grid.current_key]
        if numbers:
            work = partial(rows_of, self._reviewed.sheet, answer, numbers)
            self._desk.later.ask(self, work, self._doing.open_rows, what="open")

    def copy(self) -> None:
        """The chosen rows, with their headings, as they paste into Excel."""
        places = self.grid.spans()
        if places and self._seen is not None:
            work = partial(copied, self._seen.answer, self.grid.shown, places, revealed=self._revealed)
            self._desk.later.ask(self, work, self._to_clipboard, what="copy")

    def _to_clipboard(self, made: tuple[str, str]) -> None:
        mime = QMimeData()
        mime.setText(made[0])
        mime.setHtml(made[1])
        self._desk.clipboard.setMimeData(mime)
        announce(self, "Lignes copiées")

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        many = self.grid.chosen_count > 1
        menu.addAction("Voir les lignes").triggered.connect(self.open_lines)
        menu.addAction("Copier les lignes" if many else "Copier la ligne").triggered.connect(self.copy)
        menu.addSeparator()
        order = menu.addMenu("Trier par")
        for heading in self.grid.headings:
            if heading.shown:
                order.addAction(heading.title).triggered.connect(partial(self._sort_by, heading.name))
        menu.addAction("Colonnes…").triggered.connect(self._choose_columns)
        menu.popup(self.grid.menu_at)

    def _sort_by(self, name: str) -> None:
        grid = self.grid
        grid.sort_by(name, descending=grid.order == name and not grid.descending)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Échap from the table empties the search; ↓ from the search goes to the table."""
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        elif event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self._to_rows()
        else:
            super().keyPressEvent(event)


def _sentence(row: Cells) -> str:
    return wording.sentence(*row.texts.values())
