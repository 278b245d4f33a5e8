"""What was paid in the seeded world: a fortnight at a time once the franchise is over, with what goes wrong in real.

Regularised: the second period is cancelled and paid again at another rate. With a gap: five days are left out. Too
much: an overpayment is taken back. To the wrong one: the employee is paid although the employer maintains the wage.
Twice the same: two lines that are alike, and both due. Long leaves go past day 60 and over the end of a year. And one
file of 2017 is the example of a regularisation that is published with Coog, to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import insert

from contract.allowances import Payee, Sense
from contract.contact import Origin
from contract.leave import Employee
from contract.periods import clocks
from portal.allowances import records
from portal.allowances.payments import Paid, Transfer, amounts, daily, row_of, transfer_row
from portal.database import TRANSFER_NUMBER, Transaction
from portal.demo.absences import Absence
from portal.demo.cast import Space
from portal.demo.dice import Dice, Ids
from portal.leave.terms import Terms
from portal.tables import payments, transfers

_BATCH: Final = 5_000
_FORTNIGHT: Final = timedelta(days=13)
_DAY: Final = timedelta(days=1)
_PUBLISHED: Final = (
    ("CAR", "Carence", "2017-12-19", "2017-12-22", 4, 0, 0, 0),
    ("IJNOR", "I.J. normales", "2017-12-23", "2018-01-04", 13, 325_100, 42_263, 4_776),
    ("IJNOR", "I.J. normales", "2018-01-05", "2018-04-10", 96, 325_100, 312_096, 35_267),
    ("IJNOR", "I.J. normales", "2018-01-05", "2018-04-10", -96, 325_100, -312_096, -35_267),
    ("IJNOR", "I.J. normales", "2018-01-05", "2018-04-10", 96, 350_000, 336_000, 37_968),
)
"""(code, label, from, to, days, rate, gross, levies) in the units of `PaymentRecord`."""
_PUBLISHED_ON: Final = date(2018, 4, 20)
_EXAMPLE: Final = Employee("M0417", "Kermarrec", "Yann", "181062901512385")


@dataclass(frozen=True, slots=True)
class Payout:
    """A line, with the day and the payee of its transfer."""

    paid_on: date
    payee: str
    line: Paid


def of_leaves(numbered: Mapping[str, Absence], tx: Transaction, terms: Terms, today: date) -> dict[str, list[Payout]]:
    """The payouts of these leaves by space, in no order."""
    found: dict[str, list[Payout]] = defaultdict(list)
    for number, absence in numbered.items():
        if absence.story.state == "withdrawn":
            continue
        held = terms.of_leave(tx.db, absence.space.space_id, absence.story.motive, absence.start)
        first = clocks(absence.start, held).first_paid
        branch = _branch(terms, absence.story.motive)
        found[absence.space.space_id] += _of_leave(number, absence, first, branch, today)
    return found


def _branch(terms: Terms, code: str) -> str:
    motive = terms.catalogue.motive(code)
    return motive.branch if motive else ""


def published() -> list[Payout]:
    """The example of 2017, of the former space."""
    told = []
    for code, label, start, end, days, rate, gross, levies in _PUBLISHED:
        csg = round(levies * 62 / 67)
        line = Paid(
            leave_number="70001207",
            employee=_EXAMPLE,
            branch="AS",
            code=code,
            label=label,
            leave_start=date(2017, 12, 19),
            start=date.fromisoformat(start),
            end=date.fromisoformat(end),
            days=days,
            rate=rate,
            gross=gross,
            csg=csg,
            crds=levies - csg,
            sense=Sense.CANCELLATION if days < 0 else Sense.PAYMENT,
            origin=Origin.FORMER,
        )
        told.append(Payout(_PUBLISHED_ON, Payee.EMPLOYER, line))
    return told


def _of_leave(number: str, absence: Absence, first: date, branch: str, today: date) -> list[Payout]:
    payee = Payee.EMPLOYER if absence.story.subrogated else Payee.EMPLOYEE
    told = []
    for place, (start, end) in enumerate(_periods(absence, first)):
        paid_on = _working(end + timedelta(days=5))
        if paid_on > today:
            break
        line = _line(number, absence, branch, start, end)
        told.append(Payout(paid_on, payee, line))
        if absence.story.paid == "regularised" and place == 2:
            told += [replace(told[-1], line=line) for line in _again(told[1].line)]
        elif absence.story.paid == "to the wrong one" and place == 1:
            told[-1] = replace(told[-1], payee=Payee.EMPLOYEE)
    if absence.story.paid == "twice the same" and told:
        told.append(told[-1])
    if absence.story.paid == "too much" and told and (on := _working(told[-1].paid_on + _FORTNIGHT)) <= today:
        told.append(Payout(on, payee, _taken_back(told[-1].line)))
    return told


def _periods(absence: Absence, first: date) -> Iterator[tuple[date, date]]:
    start, place = first, 0
    while start <= absence.last_day:
        if absence.story.paid == "with a gap" and place == 1:
            start += timedelta(days=5)
        end = min(start + _FORTNIGHT, absence.last_day)
        if start <= end:
            yield start, end
        start, place = end + _DAY, place + 1


def _line(number: str, absence: Absence, branch: str, start: date, end: date) -> Paid:
    return daily(number, absence.employee, branch, absence.start, start, end, absence.rate, absence.origin)


def _again(line: Paid) -> list[Paid]:
    """The line cancelled, and paid again at a higher rate."""
    rate = line.rate * 350 // 325
    gross, csg, crds = amounts(rate, line.days)
    off = {name: -getattr(line, name) for name in ("days", "gross", "csg", "crds", "tax")}
    return [
        replace(line, sense=Sense.CANCELLATION, **off),
        replace(line, rate=rate, gross=gross, csg=csg, crds=crds),
    ]


def _taken_back(line: Paid) -> Paid:
    """Three days too many, taken back."""
    gross, _, _ = amounts(line.rate, -min(3, line.days))
    return replace(line, code="RPR", label="Récupération d’indu", days=0, rate=0, gross=gross, csg=0, crds=0, tax=0)


def _working(day: date) -> date:
    """The day, or the Monday after."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


class Treasurer:
    """Writes payouts in the order of their days, so that numbers rise with them."""

    def __init__(self, tx: Transaction, ids: Ids) -> None:
        self._tx, self._ids = tx, ids
        self._last: dict[str, int] = defaultdict(int)
        self.first_paid: dict[str, datetime] = {}
        """By number of leave."""

    def write(self, space_id: str, payouts: Iterable[Payout]) -> None:
        """All of one space that fits in memory; a transfer for each day and payee."""
        grouped: dict[tuple[date, str], list[Paid]] = defaultdict(list)
        for payout in payouts:
            grouped[payout.paid_on, payout.payee].append(payout.line)
        for (paid_on, payee), lines in sorted(grouped.items(), key=lambda item: item[0]):
            self._pay(space_id, paid_on, payee, lines)
        if grouped:
            records.tell(self._tx, space_id, self._last[space_id], max(grouped)[0])

    def _pay(self, space_id: str, paid_on: date, payee: str, lines: list[Paid]) -> None:
        reference = f"R-{paid_on.year}-{self._tx.next_fact(TRANSFER_NUMBER):07d}"
        transfer = Transfer(self._ids.new("transfer"), space_id, reference, paid_on, payee, self._last[space_id] + 1)
        rows = [row_of(transfer, self._ids.new("payment"), place, line) for place, line in enumerate(lines)]
        self._tx.db.execute(insert(transfers).values(transfer_row(transfer, rows)))
        for at in range(0, len(rows), _BATCH):
            self._tx.db.execute(insert(payments), rows[at : at + _BATCH])
        self._last[space_id] = rows[-1]["number"]
        noon = datetime.combine(paid_on, time(12), UTC)
        for line in lines:
            self.first_paid.setdefault(line.leave_number, noon)


def bulk(seed: int, space: Space, lines: int, before: date) -> Iterator[list[Payout]]:
    """So many payouts of the former space, a month of payment at a time, all before a day: for a world of any size.
    Each employee has one leave of a year, paid a fortnight at a time."""
    dice = Dice(seed, "bulk", space.space_id)
    monthly = max(1, lines // 60)
    month = date(before.year - 6, before.month, 1)
    left, people = lines, 0
    while left:
        wanted = min(left, monthly if month < date(before.year - 1, before.month, 1) else left)
        made: list[Payout] = []
        while len(made) < wanted:
            people += 1
            made += _year(dice, space, people, month)[: wanted - len(made)]
        yield made
        left -= wanted
        month = (month + timedelta(days=32)).replace(day=1)


def _year(dice: Dice, space: Space, rank: int, month: date) -> list[Payout]:
    begun = month - timedelta(days=400)
    start = begun - timedelta(days=dice.randrange(30))
    rate = dice.randrange(280_000, 620_000)
    last, first = dice.choice(space.company.employees), dice.choice(space.company.employees)
    born = f"{dice.randrange(1, 3)}{dice.randrange(62, 100)}{dice.randrange(1, 13):02d}"
    nir = f"{born}29{rank % 990:03d}{rank // 990 % 999:03d}"
    employee = Employee(f"A{rank:06d}", last.last_name, first.first_name, f"{nir}{97 - int(nir) % 97:02d}")
    number = f"6{space.staff:03d}{rank:06d}"
    line = daily(number, employee, "AS", start, start, start + _FORTNIGHT, rate, Origin.FORMER)
    periods = [start + timedelta(days=14 * place) for place in range(26)]
    return [
        Payout(month, Payee.EMPLOYER, replace(line, start=first_day, end=first_day + _FORTNIGHT))
        for first_day in periods
    ]
