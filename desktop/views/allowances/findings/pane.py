"""Findings: the list, beside it (or below, where there is little room) what is current, and what is decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QLayout, QMenu, QSplitter, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.allowances.desk import Desk
from desktop.views.allowances.findings.detail import Detail, DetailDoes
from desktop.views.allowances.findings.lines import Raw
from desktop.views.allowances.findings.listing import Listing
from desktop.views.allowances.findings.sieve import Searchable, Sifted, searchable, sifted
from desktop.views.allowances.reviewed import Doing, Reviewed
from desktop.views.allowances.verdicts import FACES, Point, Verdict, state_of, verdict_of
from desktop.views.fields.shapes import Banner, announce
from desktop.views.wording import NBSP

if TYPE_CHECKING:
    from desktop.services.review.archive import Decision

_LOW, _DETAIL_HIGH = 560, 196
"""What the open point takes of a low window: the explanation, the next step and the decision; the rest is scrolled
to."""
_ACROSS: Final = 720
"""Narrower, the list lies above what it leads to."""


@dataclass(frozen=True, slots=True)
class _Done:
    """What was decided last, to be undone: of which keys, and all that stood before."""

    verdict: Verdict
    keys: tuple[str, ...]
    before: "Mapping[str, Decision]"


class Findings(QWidget):
    """A part of the review. `write(points)` begins a request to the adviser about these findings; `print_current` is
    given by whoever prints the report."""

    def __init__(
        self, desk: Desk, doing: Doing, raw: Raw, write: Callable[[Sequence[Point]], None], report: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setAccessibleName("Points relevés")
        self._desk, self._doing, self._write, self._report = desk, doing, write, report
        self._reviewed: Reviewed | None = None
        self._all = Searchable()
        self._of: Reviewed | None = None
        """What the points that are listed are of."""
        self._coming = False
        self._undoable: list[_Done] = []
        self._place: int | None = None
        self._moved = False
        self._key = ""
        """Of the point that was current when other points came."""
        self.list = Listing(desk.icons)
        self.detail = Detail(desk, doing, raw, DetailDoes(self.decide, self._write_chosen, self._unfold))
        self.notice = Banner(desk.icons, "ok", "circle-check")
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self.setFocusProxy(self.list.table)
        self._split.addWidget(self.list)
        self._split.addWidget(self.detail)
        self._split.setStretchFactor(0, 2)
        self._split.setStretchFactor(1, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.setSizeConstraint(
            QLayout.SizeConstraint.SetNoConstraint
        )  # it may become narrow, and then lies otherwise
        column.addWidget(self.notice)
        column.addWidget(self._split, 1)
        self._join()

    def _join(self) -> None:
        self._split.splitterMoved.connect(self._hold)
        self.list.changed.connect(self._sift)
        table = self.list.table
        table.selectionModel().selectionChanged.connect(self._show_current)
        table.pressed_verdict.connect(self._decide_by_key)
        table.opened.connect(self.detail.show_rows)
        table.copied.connect(self._copy)
        table.asked_menu.connect(self._open_menu)
        near = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence.StandardKey.Undo, table, self.undo, context=near)

    # What the page asks

    def tell(self, reviewed: Reviewed | None) -> None:
        """The whole review; after a decision only the decisions differ, and the points stay what they are."""
        before, self._reviewed = self._reviewed, reviewed
        if reviewed is None:
            self._empty()
            self.list.wait("Ouvrez d’abord des fichiers à vérifier", "files")
        elif not reviewed.judged:
            if before is None or before.judged:
                self._empty()
            self._wait()
        elif before is None or not before.judged or reviewed.sheet is not before.sheet or reviewed.keys != before.keys:
            if before is None:
                self._wait()
            self._desk.later.ask(self, partial(searchable, reviewed), partial(self._take, reviewed), what="points")
        else:
            self.list.decisions = reviewed.decisions
            self._sift()
        self._date()

    def _empty(self) -> None:
        """No point is known; what was current is so again if it is among those to come."""
        current = self.list.table.current()
        self._all, self._of, self._undoable = Searchable(), None, []
        self.notice.hide()
        self._listed(self._all, sifted(self._all, {}, self.list.sieve))
        self._key = current.key if current is not None and self._reviewed is not None else ""

    def _wait(self) -> None:
        self.list.wait("Vérification en cours…", "hourglass")

    def expect(self, *, coming: bool) -> None:
        """Whether a newer review is being made: until its points are here, those listed are said to be old."""
        self._coming = coming
        if not coming and self._reviewed is not None and not self._reviewed.judged:
            self.list.wait("La vérification n’a pas abouti", "circle-alert")
        self._date()

    def _newest(self, reviewed: Reviewed) -> bool:
        return self._of is not None and self._of.sheet is reviewed.sheet

    def _date(self) -> None:
        newest = self._reviewed is not None and self._newest(self._reviewed)
        self.list.updating.wait(newer=self._of is not None and (self._coming or not newest))

    def reveal(self, *, revealed: bool) -> None:
        self.detail.reveal(revealed=revealed)

    def panes(self) -> list[QWidget]:
        return [self.list, self.detail]

    def focus_search(self) -> None:
        self.list.search.setFocus()
        self.list.search.selectAll()

    def print_current(self) -> None:
        self._report()

    @property
    def chosen(self) -> tuple[Point, ...]:
        """What is selected."""
        return tuple(self.list.chosen())

    # Reading

    def _take(self, of: Reviewed, found: Searchable) -> None:
        if self._reviewed is not None:
            self._of, current = of, self.list.table.current()
            self._date()
            self._all, self._key = found, current.key if current is not None else self._key
            self.list.decisions = self._reviewed.decisions
            self._sift()

    def _sift(self) -> None:
        """What answers the criteria, off the GUI thread: there may be a hundred thousand. Nothing does before they are
        known."""
        if self._reviewed is not None and self._of is not None:
            work = partial(sifted, self._all, self._reviewed.decisions, self.list.sieve)
            self._desk.later.ask(self, work, partial(self._listed, self._all), what="sift")

    def _listed(self, of: Searchable, told: Sifted) -> None:
        if of is not self._all:
            return  # of another review: the next answer is on its way
        self.list.points = of.points
        self.list.tell(told)
        table, count = self.list.table, self.list.rows.rowCount()
        place, self._place = self._place, None
        key, self._key = self._key, ""
        again = next(
            (row for row, number in enumerate(told.ids) if key and number >= 0 and of.points[number].key == key), None
        )
        if again is not None:
            table.select(again)
        elif table.current() is None and count:
            table.select(min(place, count - 1) if place is not None else 0)
        self._show_current()

    def _show_current(self) -> None:
        current, chosen = self.list.table.current(), len(self.list.chosen())
        decision = self._decision(current.key) if current is not None else None
        self.detail.tell(self._reviewed, current, decision, chosen)

    def _decision(self, key: str) -> "Decision | None":
        return self._reviewed.decisions.get(key) if self._reviewed is not None else None

    def _copy(self) -> None:
        self._desk.clipboard.setText(self.list.tsv())

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        bar = self.detail.bar.buttons
        for verdict, button in bar.items():
            menu.addAction(f"{button.text()}\t{FACES[verdict].key}").triggered.connect(button.click)
        menu.addSeparator()
        for button in (self.detail.open_lines, self.detail.write):
            menu.addAction(button.text()).triggered.connect(button.click)
        menu.addAction("Copier\tCtrl+C").triggered.connect(self._copy)
        menu.popup(self.list.table.menu_at)

    # Deciding

    def _decide_by_key(self) -> None:
        self.decide(self.list.table.verdict, self.detail.bar.reason.text().strip())

    def decide(self, verdict: Verdict, reason: str) -> None:
        """Of all that is chosen. The row below is next, so that one key after another goes through the list."""
        chosen = self.list.chosen()
        if not chosen:
            return
        keys = tuple(point.key for point in chosen)
        before = self._reviewed.decisions if self._reviewed is not None else {}
        places = [index.row() for index in self.list.table.selectionModel().selectedRows()]
        self._place = min(places)
        self._undoable.append(_Done(verdict, keys, before))
        self._doing.decide(keys, state_of(verdict), reason)
        self._say(verdict, len(chosen))

    def _say(self, verdict: Verdict, count: int) -> None:
        if verdict is Verdict.OPEN:
            said = f"{wording.count(count, 'point')}{NBSP}: décision annulée."
        else:
            classed = wording.count(count, "point classé", "points classés")
            said = f"{classed} «{NBSP}{FACES[verdict].label.lower()}{NBSP}»."
        self.notice.tell(said, "Rétablir" if verdict is Verdict.OPEN else "Annuler", self.undo)

    def undo(self) -> None:
        """The last decision is as if it had not been; what stood before stands again, with its reason."""
        if not self._undoable:
            return
        done = self._undoable.pop()
        former: dict[tuple[Verdict, str], list[str]] = {}
        for key in done.keys:
            decision = done.before.get(key)
            what = verdict_of(decision), decision.reason if decision is not None else ""
            former.setdefault(what, []).append(key)
        for (verdict, reason), keys in former.items():
            self._doing.decide(keys, state_of(verdict), reason)
        self.notice.hide()
        announce(self, "Décision annulée.")

    def _unfold(self) -> None:
        """Those that one stands for, the first of them current."""
        current = self.list.table.current()
        if current is not None and current.folded:
            self._key = self.list.unfold(current)

    def _write_chosen(self) -> None:
        self._write(self.chosen)

    # Room

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < _ACROSS
        way = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self._split.orientation() != way:
            self._moved = False
            self._split.setOrientation(way)
            self.list.lay(across=narrow)
            self._split.setStretchFactor(1, 0 if narrow else 3)  # below the list, the list grows and shrinks
            if not narrow:
                whole = event.size().width()
                self._split.setSizes([whole * 2 // 5, whole - whole * 2 // 5])
        self._share()

    def _hold(self) -> None:
        """She has moved the edge herself."""
        self._moved = True

    def _share(self) -> None:
        """One below the other, half each, and where half is little the list has more than what it leads to."""
        whole = self._split.height()
        if self._split.orientation() is Qt.Orientation.Vertical and not self._moved:
            low = min(max(whole // 2, 1), _DETAIL_HIGH) if whole < _LOW else whole // 2
            self._split.setSizes([whole - low, low])
