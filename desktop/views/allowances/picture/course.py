"""The course of a leave, day by day: what was waited for, paid, taken back, or left without pay. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from desktop.services.review import saying
from desktop.views.wording import NBSP, NNBSP

if TYPE_CHECKING:
    import polars as pl

COLUMNS: Final = (
    *("person", "nir", "employee", "payer", "code", "label", "kind", "sense", "payee"),
    *("leave_start", "start", "end", "days", "gross"),
)
"""What a picture of a leave wants of its lines."""
TAXED_DAYS: Final = 60
MOST_LINES: Final = 5_000
"""Of one leave; more is no leave."""
_LANES: Final = 4
_LONGEST: Final = 3_660


class Stretch(Enum):
    """What days are; the value is how they are called."""

    WAITING = "Carence"
    PAID = "Payé"
    TO_PERSON = "Payé au salarié"
    RENEWED = "Payé après régularisation"
    TWICE = "Payé deux fois"
    CANCELLED = "Annulé"
    GAP = "Non indemnisé"


class MarkKind(Enum):
    START = "Début de l’arrêt"
    DAY_60 = "60ᵉ jour"
    YEAR_END = "Fin d’année"
    EXPECTED = "Fin prévue"


@dataclass(frozen=True, slots=True)
class Segment:
    """Days from `first` to `last`, both counted, and what was paid for them in cents."""

    stretch: Stretch
    first: date
    last: date
    amount: int = 0

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def words(self) -> str:
        """« Payé du 04/02/2018 au 28/02/2018, 25 jours, 812,75 € »."""
        parts = [f"{self.stretch.value} {saying.period(self.first, self.last)}", saying.days(self.days)]
        return ", ".join([*parts, saying.euros(self.amount)] if self.amount else parts)


@dataclass(frozen=True, slots=True)
class Lane:
    """What one organism pays; `name` as the file prints it."""

    name: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    kind: MarkKind
    day: date

    @property
    def words(self) -> str:
        return f"{self.kind.value} le {saying.day(self.day)}"


@dataclass(frozen=True, slots=True)
class Course:
    """`lanes` have at least one segment each; `first` and `last` are the ends of the picture."""

    who: str
    first: date
    last: date
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]

    @property
    def words(self) -> str:
        """The whole picture as a text."""
        told = [f"Arrêt de {self.who} {saying.period(self.first, self.last)}."]
        for lane in self.lanes:
            head = f"{lane.name}{NBSP}: " if lane.name else ""
            told.append(head + f"{NNBSP}; ".join(each.words for each in _joined(lane.segments)) + ".")
        told += [f"{mark.words}." for mark in self.marks]
        return " ".join(told)


@dataclass(frozen=True, slots=True)
class _Line:
    """One dated line that counts: `share` is 1 for what is paid, -1 for what is taken back; both ends as ordinals."""

    payer: str
    nature: tuple[str, str]
    waiting: bool
    share: int
    first: int
    last: int
    gross: int


def course(lines: "pl.DataFrame", expected_end: date | None = None) -> Course | None:
    """The course of the leave that these lines are of (`COLUMNS`); None when none has dates. `expected_end` is what was
    declared, prolongations counted."""
    rows = list(lines.head(MOST_LINES).iter_rows(named=True))
    found = [one for row in rows if (one := _line(row)) is not None]
    if not found:
        return None
    begun = [row["leave_start"] for row in rows if row["leave_start"] is not None]
    first = date.fromordinal(min(one.first for one in found))
    last = date.fromordinal(max(one.last for one in found))
    start = min([first, *(day for day in begun if (first - day).days <= _LONGEST)])
    names = sorted({one.payer for one in found}, key=lambda name: min(x.first for x in found if x.payer == name))
    lanes = [Lane(name, _segments([one for one in found if one.payer == name])) for name in names[:_LANES]]
    end = max(last, expected_end) if expected_end is not None else last
    head = rows[0]
    return Course(
        who=saying.who(head["person"], head["nir"], head["employee"]),
        first=start,
        last=end,
        lanes=tuple(lane for lane in lanes if lane.segments),
        marks=tuple(_marks(start, end, expected_end)),
    )


def _line(row: dict[str, object]) -> _Line | None:
    """None for withholdings, recoveries, and what has no dates."""
    start, end, days = row["start"], row["end"], row["days"]
    if row["kind"] not in ("indemnity", "waiting") or not isinstance(start, date):
        return None
    if not isinstance(end, date):
        end = start + timedelta(max(0, min(abs(days), _LONGEST) - 1)) if isinstance(days, int) else start
    last = min(max(start, end), start + timedelta(_LONGEST))
    back = row["sense"] == "cancellation"
    return _Line(
        payer=str(row["payer"]),
        nature=(str(row["code"] or row["label"]), str(row["payee"])),
        waiting=row["kind"] == "waiting",
        share=-1 if back else 1,
        first=start.toordinal(),
        last=last.toordinal(),
        gross=int(str(row["gross"])),
    )


def _segments(lines: Sequence[_Line]) -> tuple[Segment, ...]:
    """The days of one lane, from its first to its last: a segment ends where a line begins or ends."""
    bounds = sorted({day for one in lines for day in (one.first, one.last + 1)})
    told = []
    for first, after in pairwise(bounds):
        over = [one for one in lines if one.first <= first <= one.last]
        amount = sum(_share_of(one, first, after) for one in over)
        told.append(Segment(_stretch(over), date.fromordinal(first), date.fromordinal(after - 1), amount))
    return tuple(told)


def _share_of(line: _Line, first: int, after: int) -> int:
    """Of its amount, what falls on some of its days: the parts of a line sum up to it, to the cent."""
    whole = line.last - line.first + 1
    return line.gross * (after - line.first) // whole - line.gross * (first - line.first) // whole


def _stretch(over: Sequence[_Line]) -> Stretch:
    """What the days are that these lines all hold."""
    if not over:
        return Stretch.GAP
    paid = [one for one in over if not one.waiting]
    by_nature = [list(group) for _, group in groupby(sorted(paid, key=_nature), key=_nature)]
    sums = [sum(one.share for one in group) for group in by_nature]
    taken_back = any(one.share < 0 for one in paid)
    if any(each > 1 for each in sums):
        return Stretch.TWICE
    if any(each > 0 for each in sums):
        if taken_back:
            return Stretch.RENEWED
        return Stretch.TO_PERSON if all(one.nature[1] == "employee" for one in paid) else Stretch.PAID
    if sum(one.share for one in over if one.waiting) > 0:
        return Stretch.WAITING
    return Stretch.CANCELLED


def _nature(line: _Line) -> tuple[str, str]:
    return line.nature


def _joined(segments: Sequence[Segment]) -> Iterator[Segment]:
    """What follows without a change told as one, or a year of fortnights would be a page of words."""
    for stretch, group in groupby(segments, key=lambda each: each.stretch):
        parts = list(group)
        yield Segment(stretch, parts[0].first, parts[-1].last, sum(part.amount for part in parts))


def _marks(start: date, end: date, expected_end: date | None) -> Iterator[Mark]:
    yield Mark(MarkKind.START, start)
    limit = start + timedelta(TAXED_DAYS - 1)
    if limit <= end:
        yield Mark(MarkKind.DAY_60, limit)
    for year in range(start.year, end.year):
        yield Mark(MarkKind.YEAR_END, date(year, 12, 31))
    if expected_end is not None:
        yield Mark(MarkKind.EXPECTED, expected_end)
