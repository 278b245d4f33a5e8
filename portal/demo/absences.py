"""Who is on leave in the seeded world: sixty leaves over the ten spaces, some of the former one, each with a story."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from contract.contact import Origin
from contract.leave import Employee, LeaveState
from portal.demo.cast import Cast, Person, Space
from portal.demo.dice import Dice
from portal.demo.matter import Employee as Worker

_LEAVES: Final = 60
_STRANGERS_LEAVES: Final = 4
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A leave told in days. `ago`: how long before today it begins; `longer`: (gap, days) of its prolongations; `back`:
    why one came back, and how many days before the prescribed end; `paid`: what is odd about its payments."""

    ago: int
    days: int
    state: str = LeaveState.FOLLOWED
    motive: str = "01"
    longer: tuple[tuple[int, int], ...] = ()
    back: tuple[str, int] | None = None
    subrogated: bool = True
    relapse: bool = False
    former: bool = False
    paid: str = "plainly"
    awaited: tuple[str, ...] = ()


_NOTICE: Final = "Avis d’arrêt de travail, volet 3"
_STORIES: Final = (
    Story(ago=12, days=15, state=LeaveState.DECLARED),
    Story(ago=80, days=30, longer=((0, 21), (0, 45))),
    Story(ago=48, days=45, state=LeaveState.DOCUMENT_AWAITED, awaited=("Bulletins de paie des douze derniers mois",)),
    Story(ago=130, days=95, state=LeaveState.ENDED, motive="06", back=("02", 0), paid="regularised"),
    Story(ago=400, days=120, state=LeaveState.ENDED, former=True, back=("01", 0)),
    Story(ago=95, days=40, longer=((2, 38),), paid="with a gap"),
    Story(ago=9, days=10, state=LeaveState.WITHDRAWN),
    Story(ago=330, days=500, former=True, paid="regularised"),
    Story(ago=85, days=112, motive="02", paid="twice the same"),
    Story(ago=6, days=7, state=LeaveState.DOCUMENT_AWAITED, subrogated=False, awaited=(_NOTICE,)),
    Story(ago=150, days=120, state=LeaveState.ENDED, back=("01", 0), paid="too much"),
    Story(ago=70, days=60, paid="to the wrong one"),
    Story(ago=700, days=60, state=LeaveState.ENDED, former=True, back=("01", 5), paid="too much"),
    Story(ago=-18, days=112, state=LeaveState.DECLARED, motive="02"),
    Story(ago=100, days=60, state=LeaveState.ENDED, back=("01", 12)),
    Story(ago=60, days=50, motive="04", relapse=True, longer=((0, 20),)),
    Story(ago=300, days=90, state=LeaveState.ENDED, former=True, subrogated=False, back=("03", 0)),
    Story(ago=20, days=30, motive="03", subrogated=False),
    Story(ago=160, days=150, longer=((0, 60),), motive="05"),
    Story(
        ago=30,
        days=14,
        state=LeaveState.DOCUMENT_AWAITED,
        longer=((0, 21),),
        awaited=("Avis de prolongation, volet 3",),
    ),
)
_ACCIDENTS: Final = ("04", "05", "06")


@dataclass(frozen=True, slots=True)
class Absence:
    """A story in its place: whose it is, where, and when."""

    story: Story
    space: Space
    employee: Employee
    start: date
    expected_end: date
    prolongations: tuple[tuple[date, date], ...]
    returned_on: date | None
    author: Person | None
    author_name: str
    rate: int
    """What is paid a day, in ten-thousandths of a euro."""

    @property
    def last_day(self) -> date:
        if self.returned_on is not None:
            return self.returned_on - _DAY
        return self.prolongations[-1][1] if self.prolongations else self.expected_end

    @property
    def accident_on(self) -> date | None:
        return self.start - _DAY if self.story.motive in _ACCIDENTS else None

    @property
    def origin(self) -> Origin:
        return Origin.FORMER if self.story.former else Origin.NEW


def of(group: Cast, seed: int, today: date, *, strangers: bool = False) -> Iterator[Absence]:
    """All leaves of a group, the oldest first; nobody is on two at once."""
    homes = group.spaces if strangers else group.homes
    free = {company.company_id: _staff(seed, company.name, company.employees) for company in group.companies}
    made = []
    for place in range(_STRANGERS_LEAVES if strangers else _LEAVES):
        space = homes[place % len(homes)]
        story = _STORIES[(place + place // len(homes) * 3) % len(_STORIES)]
        dice = Dice(seed, "absence", space.space_id, place)
        made.append(_placed(story, space, free[space.company.company_id].pop(), group, dice, today))
    return iter(sorted(made, key=lambda absence: (absence.start, absence.employee.matricule)))


def _staff(seed: int, company: str, employees: tuple[Worker, ...]) -> list[Employee]:
    """The company's people with their numbers, in an order of chance."""
    dice = Dice(seed, "staff", company)
    people = [
        Employee(f"M{dice.randrange(100, 9000):04d}", who.last_name, who.first_name, _nir(dice, woman=who.woman))
        for who in employees
    ]
    dice.shuffle(people)
    return people


def _nir(dice: Dice, *, woman: bool) -> str:
    """An invented social-security number whose key agrees."""
    born = f"{2 if woman else 1}{dice.randrange(62, 100)}{dice.randrange(1, 13):02d}"
    number = f"{born}29{dice.randrange(1, 290):03d}{dice.randrange(1, 990):03d}"
    return f"{number}{97 - int(number) % 97:02d}"


def _placed(story: Story, space: Space, employee: Employee, group: Cast, dice: Dice, today: date) -> Absence:
    start = today - timedelta(days=story.ago + dice.randrange(0, 4))
    expected = start + timedelta(days=story.days - 1)
    longer, end = [], expected
    for gap, days in story.longer:
        longer.append((end + timedelta(days=1 + gap), end + timedelta(days=gap + days)))
        end = longer[-1][1]
    back = end + _DAY - timedelta(days=story.back[1]) if story.back else None
    authors = [one for one in group.persons if "leave" in group.rights.get((one.person_id, space.space_id), ())]
    author = dice.choice(authors[:2]) if authors and not story.former else None
    rate = dice.randrange(2_800, 6_200) * 100 + (dice.randrange(100) if dice.chance(0.3) else 0)
    name = author.name if author else "Ancien espace client"
    return Absence(story, space, employee, start, expected, tuple(longer), back, author, name, rate)
