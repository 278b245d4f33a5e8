"""The part « Lignes »: search, filters, the table, what its lines come to, and the current one below."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.allowances.criteria import Criteria, Filters, Sums, SumsBar
from desktop.views.allowances.desk import Desk
from desktop.views.allowances.grid import Cells, Grid
from desktop.views.allowances.lines.asking import (
    MOST_COPIED,
    Answer,
    Copied,
    Numbers,
    Opening,
    Told,
    View,
    Wanted,
    answered,
    copied,
    opened,
    summed,
    told,
    why_none,
)
from desktop.views.allowances.lines.detail import LineDetail, Raw
from desktop.views.allowances.lines.menu import open_menu
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Banner, Chip, EmptyState, announce
from desktop.views.table import Read
from desktop.views.tokens import Space

if TYPE_CHECKING:
    from desktop.services.review.searching import Found
    from desktop.views.allowances.reviewed import Doing, Reviewed

_FILTERS: Final = "allowances/lines/filters"
_COLUMNS: Final = "allowances/lines/columns"
_DETAIL: Final = "allowances/lines/detail"
_COLUMNS_SAID, _DETAIL_SAID, _NARROW = "Colonnes", "Détail", 680
_LEAST = 400
"""With its chips without words, which a pane that is not shown has not heard of yet."""
_ROOM: Final = (702, 610, 552, 458)
"""What it takes to have the net amount in sight: narrower, one rank more of columns is left out."""
_SPLIT: Final = "allowances/lines/split"


class Lines(QWidget):
    """`raw(sha256, line)` gives the file's own text of a line, not on the GUI thread."""

    def __init__(self, desk: Desk, doing: "Doing", raw: Raw) -> None:
        super().__init__()
        self.setAccessibleName("Lignes")
        self._desk, self._doing = desk, doing
        self._reviewed: Reviewed | None = None
        self._of: Reviewed | None = None
        """What is shown: the same, once that has been looked into."""
        self._coming = False
        self._found: Found | None = None
        self._view: View | None = None
        self._opening: Opening | None = None
        self._asked: Wanted | None = None
        self._at: tuple[Reviewed | None, int | None] = None, None
        """Where one was when another sheet came, until one is there again."""
        self._revealed = False
        self.search = SearchField(desk.icons, "Nom, NIR, montant, date…")
        self.search.setAccessibleName("Rechercher un nom, un NIR, un montant, une date")
        self.filters = Filters(desk.icons, str(desk.settings.value(_FILTERS, "")))
        self.columns = Chip(_COLUMNS_SAID, icons=desk.icons, icon="layout-grid")
        self.detail_chip = Chip(_DETAIL_SAID, icons=desk.icons, icon="info")
        self.grid = Grid(
            "Lignes", desk.icons, desk.settings, _COLUMNS, self._fetch, self._through, self._sentence, signs=True
        )
        self.empty = EmptyState(desk.icons, "inbox", does=self._widen)
        self.notice = Banner(desk.icons, "info", "copy")
        self.sums = SumsBar()
        self.detail = LineDetail(desk, raw, self._open_file, self._shut_detail)
        self._build()
        self._head.setMinimumWidth(_LEAST)
        self._join()

    def _build(self) -> None:
        self.columns.setCheckable(False)
        self.columns.setAccessibleName(_COLUMNS_SAID)
        self.detail_chip.setAccessibleName("Détail de la ligne")
        self.detail_chip.setToolTip("Montrer en bas toute la ligne choisie")
        self.columns.setToolTip("Choisir, ordonner et remettre les colonnes")
        self.detail_chip.setChecked(self._desk.settings.value(_DETAIL, "true") == "true")
        first = QHBoxLayout()
        first.setSpacing(Space.S)
        first.addWidget(self.search, 1)
        for chip in (self.filters.odd, self.filters.button, self.columns, self.detail_chip):
            first.addWidget(chip)
        self._head = QWidget()
        head = QVBoxLayout(self._head)
        head.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        head.setSpacing(Space.S)
        head.addLayout(first)
        head.addWidget(self.filters)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.grid)
        self._pages.addWidget(self.empty)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(self.sums)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(above)
        self._split.addWidget(self.detail)
        self._split.setStretchFactor(0, 1)
        self._split.setSizes([400, 180])
        if (kept := self._desk.settings.value(_SPLIT)) is not None:
            self._split.restoreState(kept)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.notice)
        whole.addWidget(self._head)
        whole.addWidget(self._split, 1)

    def _join(self) -> None:
        self.search.settled.connect(self.refresh)
        self.search.returnPressed.connect(self._to_rows)
        self.filters.changed.connect(self._narrowed)
        self.columns.clicked.connect(self._choose_columns)
        self.detail_chip.toggled.connect(self._toggle_detail)
        self._split.splitterMoved.connect(self._keep_split)
        grid = self.grid
        grid.ordered.connect(self.refresh)
        grid.arranged.connect(self._rearranged)
        grid.moved.connect(self._moved)
        grid.opened.connect(self._enter)
        grid.asked_copy.connect(self.copy)
        grid.asked_menu.connect(self._open_menu)
        self._toggle_detail(self.detail_chip.isChecked())
        self._show_nothing()

    # What the page says

    def tell(self, reviewed: "Reviewed | None") -> None:
        """Another sheet is looked into before anything of it is shown; of the same one, marks and the current line."""
        before, self._reviewed = self._reviewed, reviewed
        if reviewed is None:
            self._found = self._view = self._opening = self._of = None
            self._at = None, None
            self.grid.show_rows((), anew=True)
            self._tell_nothing()
            self._show_nothing()
        elif before is not None and before.sheet is reviewed.sheet:
            self._of = reviewed if self._newest else self._of
            if reviewed.judged and not before.judged:
                self.grid.rows.refresh()
                if self.filters.criteria.odd:
                    self.refresh()
            self._moved()
        else:
            if self._found is not None:
                self._at = (self._of, self.grid.current_key)
            self._ask_opening(reviewed)
        self._date()

    def expect(self, *, coming: bool) -> None:
        """Whether a newer sheet is being made: until its lines are here, those shown are said to be old."""
        self._coming = coming
        self._date()

    @property
    def _newest(self) -> bool:
        return self._of is not None and self._reviewed is not None and self._of.sheet is self._reviewed.sheet

    def _date(self) -> None:
        of = self._reviewed
        self.sums.wait(newer=of is not None and ((self._coming and of.judged) or not self._newest))

    def reveal(self, *, revealed: bool) -> None:
        """What was read before is let go at once: a NIR that is hidden is not seen a moment longer."""
        if revealed != self._revealed:
            self._revealed = revealed
            self._look()
            self.grid.rows.forget()
            self._tell_nothing()
            self._moved()

    def show_rows(self, rows: Iterable[int]) -> None:
        """These rows of the sheet and no others, whatever was looked for."""
        with QSignalBlocker(self.search):
            self.search.clear()
        self.filters.set_criteria(Criteria(rows=tuple(rows)))

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def panes(self) -> list[QWidget]:
        shown = self._pages.currentWidget() or self.grid
        return [self.search, shown, *([self.detail.text] if self.detail.isVisible() else [])]

    # Asking

    def _ask_opening(self, reviewed: "Reviewed") -> None:
        work = partial(opened, reviewed, *self._at)
        self._desk.later.ask(self, work, partial(self._open, reviewed), what="opened")

    def _open(self, reviewed: "Reviewed", opening: Opening) -> None:
        if self._reviewed is None or self._reviewed.sheet is not reviewed.sheet:
            return
        if self._found is not None and self.grid.current_key != self._at[1]:  # she has gone on meanwhile
            self._at = self._at[0], self.grid.current_key
            self._ask_opening(reviewed)
            return
        self._of, self._opening, self._found = self._reviewed, opening, None
        self.filters.tell(opening.choices)
        self.grid.show_rows((), anew=True)
        self.grid.set_headings(opening.headings)
        if self.filters.criteria.rows is not None or self.filters.criteria.file is not None:
            self.filters.set_criteria(replace(self.filters.criteria, rows=None, file=None))  # of the former sheet
        self._look()
        self.refresh(opening.current)

    def _look(self) -> None:
        """What rows are read for is other from now on."""
        if self._of is not None and self._opening is not None:
            names = self._opening.choices.names
            shown = self.grid.read or ("line",)
            self._view = View(self._of.sheet, shown, names, self._revealed)

    def refresh(self, current: int | None = None) -> None:
        """Asks which lines answer; the newest question wins. `current` is the row to be at, that of now by default."""
        if self._of is None:
            return
        grid = self.grid
        text = self.search.text().strip()
        wanted = Wanted(
            self.filters.criteria, text, grid.order, grid.descending, grid.current_key if current is None else current
        )
        self._desk.later.ask(self, partial(answered, self._of.sheet, wanted), self._show, what="lines")

    def _show(self, answer: Answer) -> None:
        if self._of is None or answer.found.sheet is not self._of.sheet:
            return
        wanted, before = answer.wanted, self._asked
        other = before is None or replace(before, current=None) != replace(wanted, current=None)
        self._asked, self._found = wanted, answer.found
        self.grid.show_rows(Numbers(answer.found.numbers), answer.place, top=other and answer.place is None)
        back, self._at = self._at[1] is not None, (None, None)
        if back and answer.place is not None:
            self.grid.go_to(answer.place)
        count = answer.found.count
        said = f"{wording.count(count, 'ligne')} sur {wording.number(self._of.sheet.height)}" if wanted.narrowed else ""
        if said != self.filters.count.text():
            self.filters.say(said)
            if said:
                announce(self, said)
        self._show_empty(wanted, count)
        self.sums.tell(None)
        self._desk.later.ask(self, partial(summed, answer.found), self._show_sums, what="sums")

    def _show_sums(self, sums: Sums) -> None:
        self.sums.tell(sums)
        self._date()

    def _show_empty(self, wanted: Wanted, count: int) -> None:
        self._pages.setCurrentIndex(0 if count else 1)
        if not count:
            self.empty.say(*why_none(wanted, judged=self._of is not None and self._of.judged))

    def _show_nothing(self) -> None:
        self._pages.setCurrentIndex(1)
        self.filters.say("")
        hint = "Les lignes de tous les fichiers que vous ouvrez s’affichent ici, ensemble."
        self.empty.say("Aucun fichier ouvert", hint, "", "folder-open")
        self.sums.tell(None)

    def _widen(self) -> None:
        with QSignalBlocker(self.search):
            self.search.clear()
        if self.filters.criteria == Criteria():
            self.refresh()
        self.filters.clear_all()

    def _narrowed(self) -> None:
        self._desk.settings.setValue(_FILTERS, self.filters.criteria.to_text())
        self.refresh()

    # Rows

    def _fetch(self, keys: Sequence[int]) -> list[Cells]:
        """On the reader's thread."""
        view = self._view
        return view.rows(keys) if view is not None else []

    def _through(self, work: Callable[[], Read[Cells]], then: Callable[[Read[Cells]], None]) -> None:
        self._desk.later.ask(self, work, then, what="rows")

    def _sentence(self, row: Cells) -> str:
        heads = {heading.name: heading.title for heading in self.grid.headings}
        texts = (f"{heads[name]} {row.texts[name]}" for name in self.grid.shown if row.texts.get(name))
        return wording.sentence("Anomalie" if row.marked else "", *texts)

    def _rearranged(self) -> None:
        self._look()
        self.grid.rows.refresh()

    def _moved(self) -> None:
        """Another line is current: told whole, if that is wanted."""
        key = self.grid.current_key
        if self._of is None or key is None or not self.detail_chip.isChecked():
            self._tell_nothing()
            return
        work = partial(told, self._of, key, revealed=self._revealed)
        self._desk.later.ask(self.detail, work, self._tell_detail, what="told")

    def _tell_detail(self, one: Told) -> None:
        if one.row == self.grid.current_key and one.revealed == self._revealed:
            self.detail.tell(one)
            self.detail.setVisible(self.detail_chip.isChecked())

    def _tell_nothing(self) -> None:
        """What holds nothing takes no room."""
        self.detail.tell(None)
        self.detail.hide()

    def _to_rows(self) -> None:
        if self.grid.rows.rowCount():
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
            if self.grid.current_key is None or not self.grid.chosen_count:
                self.grid.go_to(0)

    def _enter(self) -> None:
        self.detail_chip.setChecked(True)
        self.detail.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _toggle_detail(self, shown: bool) -> None:
        self._desk.settings.setValue(_DETAIL, "true" if shown else "false")
        self._moved()

    def _shut_detail(self) -> None:
        self.detail_chip.setChecked(False)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_file(self, number: int) -> None:
        self._doing.open_file(number, None)

    def _keep_split(self) -> None:
        self._desk.settings.setValue(_SPLIT, self._split.saveState())

    def _choose_columns(self) -> None:
        self.grid.choose_columns(self.columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, it is the search's."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self.filters.odd.setText("" if narrow else self.filters.odd.accessibleName())
        self.columns.setText("" if narrow else _COLUMNS_SAID)
        self.detail_chip.setText("" if narrow else _DETAIL_SAID)
        self.grid.set_lacking(sum(self.width() < room for room in _ROOM))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Échap from the table empties the search; ↓ from the search goes to the table."""
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        elif event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self._to_rows()
        else:
            super().keyPressEvent(event)

    # Copying

    def copy(self) -> None:
        """The chosen rows, with their headings, as they paste into Excel."""
        places = self.grid.spans()
        if places and self._found is not None and self._view is not None:
            work = partial(copied, self._found, self._view, places)
            self._desk.later.ask(self, work, self._to_clipboard, what="copy")

    def _to_clipboard(self, made: Copied) -> None:
        mime = QMimeData()
        mime.setText(made.text)
        if made.html:
            mime.setHtml(made.html)
        self._desk.clipboard.setMimeData(mime)
        said = wording.count(made.rows, "ligne copiée", "lignes copiées")
        announce(self, said)
        if made.rows < made.of:
            most = wording.number(MOST_COPIED)
            sentence = f"Les {most} premières lignes choisies ont été copiées\u202f; pour toutes, exportez-les."
            self.notice.tell(sentence, "Fermer", self.notice.hide)

    def _open_menu(self) -> None:
        open_menu(self.grid, self._enter, self.copy, self._choose_columns)
