"""One finding: what was found in a sentence, what to do, its lines with their places, and a picture."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.services.review import saying
from desktop.views import wording
from desktop.views.allowances.desk import Desk
from desktop.views.allowances.findings.deciding import DecisionBar
from desktop.views.allowances.findings.lines import MOST, Lines, Raw, Stood, stood
from desktop.views.allowances.picture import LeavePicture, MonthPicture
from desktop.views.allowances.reviewed import Doing, Reviewed
from desktop.views.allowances.verdicts import Point, Verdict
from desktop.views.fields.shapes import Button, Chip, EmptyState, Label
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

if TYPE_CHECKING:
    from datetime import date

    from desktop.services.review.archive import Decision
    from desktop.services.review.searching import Sheet


@dataclass(frozen=True, slots=True)
class DetailDoes:
    """What the detail leads to. `write` begins a request to the adviser; `unfold` lists those that one stands for."""

    decide: Callable[[Verdict, str], None]
    write: Callable[[], None]
    unfold: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Around:
    """What the reader tells of a finding: its lines, and the leave and month of the first."""

    rows: tuple[Stood, ...]
    leave: int | None
    month: "date | None"


class Detail(QWidget):
    def __init__(self, desk: Desk, doing: Doing, raw: Raw, does: DetailDoes) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Point relevé")
        self._desk, self._doing, self._unfold = desk, doing, does.unfold
        self._reviewed: Reviewed | None = None
        self._point: Point | None = None
        self._revealed = False
        self._stack = QStackedWidget()
        self._empty = EmptyState(desk.icons, "inbox", "Choisissez un point dans la liste")
        self._kind, self._title = Label("", "meta"), Label("", "brand", wrap=True)
        self._amount = Label("", "brand")
        self._step = Label("", "", wrap=True)
        self._arrow = QLabel()
        self._count = Label("", "label")
        self.open_lines = Button("Voir les lignes", icons=desk.icons, icon="list", does=self.show_rows)
        self.write = Button("Écrire au conseiller…", icons=desk.icons, icon="send", does=does.write)
        self.lines = Lines(desk, raw)
        self.leave, self.month = LeavePicture(desk.icons.look, desk.later), MonthPicture(desk.icons.look, desk.later)
        self.by_leave, self.by_month = Chip("L’arrêt"), Chip("Le mois")
        self.bar = DecisionBar(desk.icons, does.decide)
        self._lay_out()
        desk.icons.look.changed.connect(self._dress)
        self._dress()

    def _lay_out(self) -> None:
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setAccessibleName("Détail du point")
        self.area.setWidget(self._inside())
        page = QWidget()
        both = QVBoxLayout(page)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self.area, 1)
        both.addWidget(self.bar)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def _inside(self) -> QWidget:
        inside = QWidget()
        inside.setProperty("role", "page")
        inside.setMinimumWidth(1)
        head, step, row = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._kind, 1)
        head.addWidget(self._amount)
        step.setSpacing(Space.S)
        step.addWidget(self._arrow, 0, Qt.AlignmentFlag.AlignTop)
        step.addWidget(self._step, 1)
        row.setSpacing(Space.S)
        row.addWidget(self.open_lines)
        row.addWidget(self.write)
        row.addStretch(1)
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.L)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._title)
        column.addLayout(step)
        column.addLayout(row)
        column.addSpacing(Space.S)
        column.addWidget(self._count)
        column.addWidget(self.lines)
        column.addSpacing(Space.S)
        column.addLayout(self._pictures())
        column.addStretch(1)
        return inside

    def _pictures(self) -> QVBoxLayout:
        """One of the two, by the chips above them."""
        self._chosen = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for chip in (self.by_leave, self.by_month):
            self._chosen.addButton(chip)
            row.addWidget(chip)
            chip.clicked.connect(self._draw)
        row.addStretch(1)
        self.by_leave.setChecked(True)
        column = QVBoxLayout()
        column.setSpacing(Space.S)
        column.addLayout(row)
        column.addWidget(self.leave)
        column.addWidget(self.month)
        return column

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 150)

    # What the pane asks

    def tell(self, reviewed: Reviewed | None, point: Point | None, decision: "Decision | None", chosen: int) -> None:
        """This finding, as it is decided of now; showing the same again only tells the decision."""
        fresh = point is not None and (point is not self._point or reviewed is None)
        if point is None or reviewed is None:
            self._point = None
            self._stack.setCurrentIndex(0)
            return
        changed = self._reviewed is None or reviewed.sheet is not self._reviewed.sheet
        self._reviewed, self._point = reviewed, point
        self._stack.setCurrentIndex(1)
        self.bar.tell(decision, chosen)
        if fresh or changed:
            self.bar.write(decision.reason if decision is not None else "")
            self._show(point)

    def reveal(self, *, revealed: bool) -> None:
        self._revealed = revealed
        if self._point is not None:
            self._ask(self._point)

    def show_rows(self) -> None:
        """« Voir les lignes »; a total has none: then its file is shown; one that stands for many lists them."""
        point = self._point
        if point is not None and point.folded:
            self._unfold()
        elif point is not None and point.rows:
            self._doing.open_rows(point.rows)
        elif point is not None and point.files:
            self._doing.open_file(point.files[0], point.lines[0] if point.lines else None)

    # Showing

    def _show(self, point: Point) -> None:
        self._kind.setText(point.title)
        self._title.setText(point.explanation)
        self._amount.setText(saying.euros(point.amount) if point.amount else "")
        self._step.setText(point.next_step)
        leads = "Voir les lignes" if point.rows else "Voir le fichier"
        self.open_lines.setText("Afficher ces points" if point.folded else leads)
        self.write.setVisible(not point.folded)
        self._count.setText(self._counted(point))
        self.area.verticalScrollBar().setValue(0)
        self._around = _Around((), None, None)
        self.lines.tell((), None, revealed=self._revealed)
        self._draw()
        self._ask(point)

    def _counted(self, point: Point) -> str:
        if point.folded:
            return ""
        count = wording.count(len(point.lines), "ligne concernée", "lignes concernées")
        if not point.rows and self._reviewed is not None and point.files:
            name = self._reviewed.files[point.files[0]].name
            return f"Total annoncé à la ligne {wording.number(point.lines[0])} de «{NBSP}{name}{NBSP}»"
        return f"{count}, dont les {wording.number(MOST)} premières" if len(point.rows) > MOST else count

    def _ask(self, point: Point) -> None:
        if self._reviewed is not None and point.rows:
            numbers = tuple(zip(point.files, point.lines, strict=True))
            work = partial(_around, self._reviewed, point.rows, numbers, self._revealed)
            self._desk.later.ask(self, work, self._told, what="lines")

    def _told(self, around: _Around) -> None:
        self._around = around
        history = self._reviewed.history if self._reviewed is not None else None
        self.lines.tell(around.rows, history, revealed=self._revealed)
        self._draw()

    def _draw(self) -> None:
        """The picture that is chosen; none where there is nothing to draw."""
        sheet: Sheet | None = self._reviewed.sheet if self._reviewed is not None else None
        around = self._around
        for chip, there in ((self.by_leave, around.leave is not None), (self.by_month, around.month is not None)):
            chip.setVisible(there)
        of_leave = self.by_leave.isChecked()
        expected = self._reviewed.expected if self._reviewed is not None else {}
        self.leave.tell(sheet, around.leave if of_leave else None, expected.get(around.leave or 0))
        self.month.tell(sheet, None if of_leave else around.month)

    def _dress(self) -> None:
        self._arrow.setPixmap(self._desk.icons.pixmap("arrow-right", "accent", 18, self.devicePixelRatioF()))


def _around(reviewed: Reviewed, rows: tuple[int, ...], numbers: tuple[tuple[int, int], ...], revealed: bool) -> _Around:
    import polars as pl

    told = stood(reviewed.sheet, reviewed.files, rows, numbers, revealed)
    names = [name for name in ("leave", "paid_on", "start") if name in reviewed.sheet.every_column]
    first = reviewed.sheet.values(pl.Series([rows[0]], dtype=pl.UInt32), names).row(0, named=True)
    day = first.get("paid_on") or first.get("start")
    return _Around(told, first.get("leave"), day.replace(day=1) if day else None)
