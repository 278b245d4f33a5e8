"""What one conversation is about: the people, dates and sums that all its messages and files share."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.demo.french import slug

INSURER = "Ponant Prévoyance"
"""The insurer of the seeded world."""


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody who works in a company of the seeded world. `civility` is « M. » or « Mme »."""

    civility: str
    first_name: str
    last_name: str
    job: str
    executive: bool

    @property
    def full_name(self) -> str:
        return f"{self.civility} {self.first_name} {self.last_name}"

    @property
    def short_name(self) -> str:
        return f"{self.civility} {self.last_name}"

    @property
    def slug(self) -> str:
        return slug(self.last_name)

    @property
    def woman(self) -> bool:
        return self.civility == "Mme"


@dataclass(frozen=True, slots=True)
class Matter:
    """`start` to `end`, then to `prolonged`, is a leave, both ends included; `month` is the first of a month; sums are
    in euros, `daily` a day."""

    company: str
    town: str
    siret: str
    member_number: str
    contract: str
    employee: Employee
    other: Employee
    clerk: str
    colleague: str
    adviser: str
    file_number: str
    opened: date
    start: date
    end: date
    prolonged: date
    entry: date
    leaving: date
    month: date
    daily: Decimal
    wage: Decimal
    due: Decimal
    paid: Decimal
    staff: int

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def total(self) -> Decimal:
        """What the whole leave comes to."""
        return self.daily * self.days

    @property
    def gap(self) -> Decimal:
        return self.due - self.paid

    @property
    def back(self) -> date:
        """The first day after the leave."""
        return self.end + timedelta(days=1)

    @property
    def reference_months(self) -> tuple[date, date, date]:
        """The first days of the three months before the leave."""
        last = (self.start.replace(day=1) - timedelta(days=1)).replace(day=1)
        middle = (last - timedelta(days=1)).replace(day=1)
        return (middle - timedelta(days=1)).replace(day=1), middle, last

    @property
    def siren(self) -> str:
        return self.siret[:9]
