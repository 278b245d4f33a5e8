"""Allowance lines made by code: a quiet world in which nothing is odd, and faults to plant in it."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import polars as pl

from desktop.services.review.line import frame

CPAM, INSURER = "CPAM 75 PARIS", "Prévoyance Exemple"
COMPANIES = ("73282932000074", "35600000000048")


@dataclass(frozen=True)
class Line:
    """One line before it is in a frame; amounts in cents, `unit` in ten-thousandths."""

    start: date | None = None
    end: date | None = None
    unit: int | None = None
    gross: int = 0
    levies: int = 0
    days: int | None = None
    code: str = "IJNOR"
    label: str = ""
    kind: str = "indemnity"
    sense: str = "payment"
    payee: str = "employer"
    paid_on: date | None = None
    person: str = "MARTIN Zoé"
    nir: str = "2950199126111"
    employee: str = ""
    company: str = COMPANIES[0]
    payer: str = CPAM
    branch: str = "AS"
    claim: str = ""
    reference: str = ""
    leave_start: date | None = None
    file: int = 0
    net: int | None = None

    @property
    def worth(self) -> int:
        return self.gross - self.levies if self.net is None else self.net


def paid(start: date, end: date, rate: int = 4000, levies: int = 0, **more: object) -> Line:
    """A payment of each day from start to end at `rate` cents."""
    days = (end - start).days + 1
    made = Line(start, end, rate * 100, rate * days, levies, days, paid_on=end + timedelta(3))
    return replace(made, **more)  # type: ignore[arg-type]


def cancelled(line: Line, **more: object) -> Line:
    """What takes a line back."""
    back = replace(
        line,
        sense="cancellation",
        gross=-line.gross,
        levies=-line.levies,
        days=-line.days if line.days is not None else None,
        unit=-line.unit if line.unit is not None else None,
        net=None if line.net is None else -line.net,
    )
    return replace(back, **more)  # type: ignore[arg-type]


def withheld(line: Line) -> list[Line]:
    """The CSG and CRDS lines of a payment of the Assurance maladie, or of its cancellation."""
    amounts = (int(line.gross * 62 / 1000), int(line.gross * 5 / 1000))  # of a cancellation, the same with its sign
    return [
        replace(line, code=code, kind="levy", gross=0, levies=amount, days=0, unit=None)
        for code, amount in zip(("RETCSJ", "RETCRD"), amounts, strict=True)
    ]


def lines(*made: Line) -> pl.DataFrame:
    """A frame of these lines, numbered from 1 in each file."""
    numbers: dict[int, int] = {}
    count = []
    for one in made:
        numbers[one.file] = numbers.get(one.file, 0) + 1
        count.append(numbers[one.file])
    names = [name for name in Line.__dataclass_fields__ if name not in ("file", "net")]
    columns: dict[str, object] = {name: [getattr(one, name) for one in made] for name in names}
    told = frame({"line": count, "net": [one.worth for one in made], **columns})
    return told.with_columns(pl.Series("file", [one.file for one in made], dtype=pl.UInt32))


@dataclass
class World:
    """Files of several months with what really happens in them, and nothing that a clerk should look at: no period
    crosses a year's end or the 60th day."""

    seed: int
    rng: random.Random = field(init=False)
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311
        for number in range(self.rng.randint(3, 8)):
            self._person(number)
        if self.rng.random() < 0.5:
            self.rng.shuffle(self.lines)

    def _person(self, number: int) -> None:
        who: dict[str, object] = {
            "person": f"NOM{number} Prénom",
            "nir": f"1{60 + number}0175{100000 + number:06d}",
            "company": self.rng.choice(COMPANIES),
        }
        start = date(2023, 1, 9) + timedelta(self.rng.randint(0, 60))
        rate = self.rng.randint(2000, 4147)
        for _ in range(self.rng.randint(1, 2)):
            start = self.rng.choice((self._ill, self._hurt, self._insured))(start, rate, who)
            start += timedelta(self.rng.choice((12, 25, 60)))  # the waiting period tells that it is another leave

    def _ill(self, start: date, rate: int, who: dict[str, object]) -> date:
        """Waiting period, fortnights with their levies, now and then one that is taken back and paid anew."""
        fourth = start + timedelta(3)
        self.lines.append(
            Line(start, fourth - timedelta(1), 0, 0, 0, 3, "CAR", kind="waiting", paid_on=fourth, **who)  # type: ignore[arg-type]
        )
        start = fourth
        for _ in range(self.rng.randint(1, 4)):
            end = start + timedelta(self.rng.choice((1, 6, 13)) - 1)
            payment = paid(start, end, rate, **who)
            self._add(payment)
            if self.rng.random() < 0.25:
                later = end + timedelta(self.rng.choice((3, 17)))
                self._add(cancelled(payment, paid_on=later))
                new = rate + self.rng.choice((-150, 0, 250))
                self._add(paid(start, end, new, paid_on=later, **who))
                rate = new
            start = end + timedelta(1)
        return start

    def _add(self, payment: Line) -> None:
        self.lines += [payment, *withheld(payment)]

    def _hurt(self, start: date, rate: int, who: dict[str, object]) -> date:
        """A work accident: no waiting period, 60 % then 80 % of the wage from the 29th day on."""
        wage = rate * 2
        more: dict[str, object] = {**who, "branch": "AT"}
        for length, each in ((14, wage * 6 // 10), (14, wage * 6 // 10), (14, wage * 8 // 10)):
            end = start + timedelta(length - 1)
            self._add(paid(start, end, each, **more))
            start = end + timedelta(1)
        return start + timedelta(32)  # nothing would tell another accident from days that were not paid

    def _insured(self, start: date, rate: int, who: dict[str, object]) -> date:
        """What the Assurance maladie and the insurer pay for the same days; the insurer's part of one month is shared
        between employer and person."""
        self._ill(start, rate, who)
        more: dict[str, object] = {
            **who, "payer": INSURER, "code": "", "label": "Complément IJ", "claim": f"S{start:%y%m%d}", "branch": "",
        }  # fmt: skip
        first = start
        for _ in range(2):
            end = start + timedelta(27)
            self.lines.append(paid(start, end, rate // 2, levies=28, leave_start=first, **more))
            start = end + timedelta(1)
        self.lines.append(paid(start, start + timedelta(9), rate // 4, leave_start=first, **more))
        self.lines.append(
            paid(start, start + timedelta(9), rate // 4, leave_start=first, **{**more, "payee": "employee"})
        )
        return start + timedelta(10)
