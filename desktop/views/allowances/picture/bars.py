"""A month as bars: what was paid each day, or by each transfer."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.review import saying
from desktop.views import wording
from desktop.views.fields.picture import Picture
from desktop.views.fields.shapes import Chip, Label
from desktop.views.later import Later
from desktop.views.tokens import Look, Size, Space, font
from desktop.views.wording import NBSP, NNBSP

if TYPE_CHECKING:
    import polars as pl

    from desktop.services.review.searching import Sheet

COLUMNS: Final = (
    *(
        "payer",
        "kind",
        "sense",
        "start",
        "end",
        "days",
        "gross",
        "levies",
        "net",
        "paid_on",
        "reference",
        "leave_start",
    ),
)
"""What a picture of a month wants of its lines."""
MOST_BARS: Final = 31
_HIGH: Final = 132
_FOOT: Final = 20
_HEAD: Final = 18
_WIDEST: Final = 56.0
_FEW: Final = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """`mark` stands below it, `name` says which it is; `amount` is net, in cents. One without lines is a day of which
    there is nothing to show."""

    mark: str
    name: str
    amount: int
    lines: int

    @property
    def words(self) -> str:
        return f"{self.name}{NBSP}: {saying.euros(self.amount)}, {wording.count(self.lines, 'ligne')}"


@dataclass(frozen=True, slots=True)
class Month:
    """The bars of a month, by day and by transfer, each summing up to `net`."""

    first: date
    net: int
    by_day: tuple[Bar, ...]
    by_transfer: tuple[Bar, ...]

    def words(self, bars: tuple[Bar, ...]) -> str:
        """The picture as a text."""
        told = f"{saying.month(self.first).capitalize()}{NBSP}: {saying.euros(self.net)} nets."
        return f"{told} {f'{NNBSP}; '.join(bar.words for bar in bars if bar.lines)}."


def month(lines: "pl.DataFrame", first: date) -> Month:
    """The bars of the lines (`COLUMNS`) of one month of payment. Not on the GUI thread."""
    import polars as pl

    from desktop.services.review import totals

    days = lines.group_by("paid_on").agg(pl.col("net").cast(pl.Int128).sum(), pl.len().alias("lines"))
    sums = {day: (net, count) for day, net, count in days.iter_rows()}
    by_day = [_day(first.replace(day=day), sums) for day in range(1, monthrange(first.year, first.month)[1] + 1)]
    if None in sums:
        by_day.append(Bar("?", "Sans date de paiement", *sums[None]))
    transfers = totals.by_transfer(lines).select("payer", "reference", "paid_on", "net", "lines")
    by_transfer = [
        Bar(str(place), _transfer(*who), net, count)
        for place, (*who, net, count) in enumerate(transfers.iter_rows(), 1)
    ]
    net = sum(bar.amount for bar in by_day)
    return Month(first, net, tuple(by_day), _few(by_transfer, "autres virements"))


def _day(day: date, sums: dict[date | None, tuple[int, int]]) -> Bar:
    return Bar(str(day.day), f"Le {saying.day(day)}", *sums.get(day, (0, 0)))


def _transfer(payer: str, reference: str, day: date | None) -> str:
    ref = f"n°{NBSP}{reference}" if reference else ""
    parts = [payer, ref, f"le {saying.day(day)}" if day else ""]
    return saying.without_nir(", ".join(part for part in parts if part)) or "Virement sans référence"


def _few(bars: list[Bar], rest: str) -> tuple[Bar, ...]:
    """As many as can be told apart: the smallest are put together, the order is kept."""
    if len(bars) <= MOST_BARS:
        return tuple(bars)
    kept = set(sorted(bars, key=lambda bar: -abs(bar.amount))[: MOST_BARS - 1])
    others = [bar for bar in bars if bar not in kept]
    told = f"{wording.number(len(others))}{NBSP}{rest}"
    last = Bar("…", told, sum(bar.amount for bar in others), sum(bar.lines for bar in others))
    return (*(bar for bar in bars if bar in kept), last)


class Bars(Picture):
    """The picture itself."""

    def __init__(self, look: Look, caption: Label) -> None:
        super().__init__(look, caption)
        self._bars: tuple[Bar, ...] = ()
        self.setFixedHeight(_HEAD + _HIGH + _FOOT)

    def tell(self, told: Month, bars: tuple[Bar, ...]) -> None:
        """Shows these bars of a month."""
        self._bars, self._at = bars, -1
        self.setAccessibleName(f"Image du mois, {saying.month(told.first)}")
        self.setAccessibleDescription(told.words(bars))
        self.update()

    def _zero(self) -> float:
        """Where nothing is: lower down the less was taken back."""
        top = max([0, *(bar.amount for bar in self._bars)])
        low = min([0, *(bar.amount for bar in self._bars)])
        return _HEAD + _HIGH * (top / (top - low) if top - low else 1.0)

    def box(self, place: int) -> QRectF:
        """Where a bar is drawn; one of a few cents is still seen."""
        amounts = [0, *(bar.amount for bar in self._bars)]
        room = max(amounts) - min(amounts) or 1
        wide = self._wide()
        high = max(2.0 if self._bars[place].lines else 0.0, _HIGH * abs(self._bars[place].amount) / room)
        zero = self._zero()
        return QRectF(
            place * wide + 2, zero - high if self._bars[place].amount >= 0 else zero, max(2.0, wide - 4), high
        )

    def _wide(self) -> float:
        return min(_WIDEST, (self.width() - 1) / max(1, len(self._bars)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font(Size.META, tabular=True))
        for place, bar in enumerate(self._bars):
            box = self.box(place)
            painter.fillRect(box, self._look.colour("accent" if bar.amount >= 0 else "error"))
            painter.setPen(self._look.colour("muted"))
            below = QRectF(box.left() - 2, _HEAD + _HIGH + 2, box.width() + 4, _FOOT - 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, bar.mark)
            self._paint_amount(painter, box, bar)
            if place == self._at and self.hasFocus():
                painter.setPen(QPen(self._look.colour("text"), 2))
                painter.drawRect(box.adjusted(-1, -1, 1, 1))
        painter.setPen(QPen(self._look.colour("input_border"), 1))
        painter.drawLine(QPointF(0, self._zero()), QPointF(self.width(), self._zero()))
        self._paint_focus(painter)

    def _paint_amount(self, painter: QPainter, box: QRectF, bar: Bar) -> None:
        """Above the bar, where it is wide enough or has few neighbours."""
        said = saying.euros(bar.amount)
        wide = QFontMetricsF(painter.font()).horizontalAdvance(said)
        alone = sum(1 for each in self._bars if each.lines) <= _FEW
        if bar.lines and bar.amount >= 0 and (wide <= box.width() + 4 or alone):
            left = min(max(0.0, box.center().x() - wide / 2), self.width() - wide)
            above = QRectF(left, box.top() - _HEAD, wide + 1, _HEAD)
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, said)

    def _words(self, place: int) -> str:
        return self._bars[place].words

    def _stops(self) -> list[int]:
        return [place for place, bar in enumerate(self._bars) if bar.lines]

    def _under(self, at: QPointF) -> int:
        place = int(at.x() // self._wide())
        return place if place in self._stops() else -1


class MonthPicture(QWidget):
    """A month of the sheet, by day or by transfer; hidden while there is nothing to show."""

    def __init__(self, look: Look, later: Later) -> None:
        super().__init__()
        self._later = later
        self._asked: tuple[Sheet, date] | None = None
        self._month: Month | None = None
        self._title, self._caption = Label("", "label"), Label("", "meta", wrap=True)
        self.bars = Bars(look, self._caption)
        self.by_day, self.by_transfer = Chip("Par jour"), Chip("Par virement")
        group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for chip in (self.by_day, self.by_transfer):
            group.addButton(chip)
            row.addWidget(chip)
            chip.clicked.connect(self._draw)
        row.addStretch(1)
        self.by_day.setChecked(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self._title)
        column.addLayout(row)
        column.addWidget(self.bars)
        column.addWidget(self._caption)
        self.hide()

    def tell(self, sheet: "Sheet | None", first: date | None) -> None:
        """Shows the month that begins at `first`; None for none."""
        if sheet is None or first is None:
            self._asked = None
            self.hide()
        elif (sheet, first) != self._asked:
            self._asked = sheet, first
            self._later.ask(self, partial(_month_of, sheet, first), self._show, what="month")

    def _show(self, told: Month) -> None:
        if self._asked is not None:
            self._month = told
            self._draw()
            self.show()

    def _draw(self) -> None:
        told = self._month
        if told is not None:
            self._title.setText(f"{saying.month(told.first).capitalize()}{NBSP}: {saying.euros(told.net)} nets")
            self._caption.setText("")
            self.bars.tell(told, told.by_day if self.by_day.isChecked() else told.by_transfer)


def _month_of(sheet: "Sheet", first: date) -> Month:
    from desktop.services.review.searching import Selection

    return month(sheet.find(Selection(month=first)).lines(COLUMNS), first)
