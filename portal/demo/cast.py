"""Who is in the seeded world: companies, their spaces, the persons who sign in, their rights, the advisers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from contract.identity import LA_POSTE, is_siren, is_siret
from contract.portfolio import Right
from portal.demo import stories
from portal.demo.dice import Dice, Ids
from portal.demo.matter import Employee

EVERYDAY: Final = (
    Right.CONTACT,
    Right.AFFILIATION,
    Right.LEAVE,
    Right.ALLOWANCES,
    Right.CONTRIBUTIONS,
    Right.DOCUMENTS,
)
"""All that a plain user may be allowed."""

ADMINISTRATION: Final = (*EVERYDAY, Right.USERS, Right.MAIN_ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Company:
    company_id: str
    name: str
    town: str
    siren: str
    employees: tuple[Employee, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Space:
    """`staff` is how many people the contract covers."""

    space_id: str
    company: Company
    member_number: str
    siret: str
    label: str
    contract: str
    staff: int

    @property
    def at_home(self) -> bool:
        """Whether it is one of the ten spaces of every world."""
        return int(self.member_number) < _FIRST_FURTHER


@dataclass(frozen=True, slots=True)
class Person:
    person_id: str
    civility: str
    first_name: str
    last_name: str
    email: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def woman(self) -> bool:
        return self.civility == "Mme"


@dataclass(frozen=True, slots=True)
class Adviser:
    adviser_id: str
    civility: str
    first_name: str
    last_name: str
    login: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Cast:
    """A group of companies. `former_space` is, by company, the space of the smallest member number; `rights` are by
    person and space."""

    portfolio_id: str
    name: str
    companies: tuple[Company, ...]
    spaces: tuple[Space, ...]
    former_space: Mapping[str, Space]
    persons: tuple[Person, ...]
    rights: Mapping[tuple[str, str], tuple[str, ...]]
    advisers: tuple[Adviser, ...]

    @property
    def clerk(self) -> Person:
        """The one whose world the demo shows."""
        return self.persons[0]

    @property
    def homes(self) -> tuple[Space, ...]:
        return tuple(space for space in self.spaces if space.at_home)

    @property
    def elsewhere(self) -> tuple[Space, ...]:
        return tuple(space for space in self.spaces if not space.at_home)


_COMPANIES: Final = (
    (
        "Ateliers Morvan SAS",
        "Quimper",
        (("0412877", "Non-cadres"), ("0412878", "Cadres"), ("0419034", "Usine de Brest")),
    ),
    ("Morvan Logistique", "Lorient", (("0415520", "Entrepôt de Lorient"), ("0415521", "Entrepôt de Vannes"))),
    ("Menuiseries de l’Odet", "Quimper", (("0420316", "Ensemble du personnel"),)),
    ("Brasserie de l’Aven", "Pont-Aven", (("0398241", "Ensemble du personnel"),)),
    ("Morvan Services", "Rennes", (("0431102", "Siège et cadres"), ("0431987", "Agences"))),
    ("Relais postal de Kerfeunteun", "Quimper", (("0440263", "Ensemble du personnel"),)),
)
UNSEEN_BY_CLERK: Final = "0431102"
"""The smallest member number of its company: the demo clerk has no right there, so its former requests are hidden."""

UNSEEN_BY_THOMAS: Final = "0415520"
SOPHIE_SEES: Final = ("0420316", "0419034")
THOMAS_ADMINISTERS: Final = "0440263"

_FIRST_FURTHER: Final = 500_000
"""Member numbers from here on are of further companies, made when more than ten spaces are asked for."""

_POSTAL: Final = "Relais postal de Kerfeunteun"

_PERSONS: Final = (
    ("Mme", "Claire", "Martin", "claire.martin@morvan.example"),
    ("M.", "Mehdi", "Benali", "mehdi.benali@morvan.example"),
    ("Mme", "Sophie", "Lefèvre-Dubois", "sophie.lefevre-dubois@morvan.example"),
    ("M.", "Thomas", "Nguyen", "thomas.nguyen@morvan.example"),
)
_ADVISERS: Final = (("Mme", "Julie", "Renaud", "julie"), ("M.", "Karim", "Haddad", "karim"))

_JOBS: Final = (
    ("opératrice de production", "opérateur de production", False),
    ("comptable", "comptable", False),
    ("technicienne de maintenance", "technicien de maintenance", False),
    ("préparatrice de commandes", "préparateur de commandes", False),
    ("conductrice de ligne", "conducteur de ligne", False),
    ("assistante commerciale", "assistant commercial", False),
    ("magasinière", "magasinier", False),
    ("agente d’entretien", "agent d’entretien", False),
    ("responsable des achats", "responsable des achats", True),
    ("cheffe d’atelier", "chef d’atelier", True),
    ("ingénieure qualité", "ingénieur qualité", True),
    ("contrôleuse de gestion", "contrôleur de gestion", True),
)


def _check_digit(digits: str) -> str:
    """The digit after which the number follows Luhn's rule."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _siren(dice: Dice) -> str:
    digits = f"{dice.randrange(300, 900):03d}{dice.randrange(10**5):05d}"
    siren = digits + _check_digit(digits)
    return siren if is_siren(siren) and siren != LA_POSTE else _siren(dice)


def siret(siren: str, establishment: int) -> str:
    """The SIRET of an establishment (0 to 9999) of a company; La Poste's follow their own rule."""
    digits = f"{siren}{establishment:04d}"
    if siren != LA_POSTE:
        return digits + _check_digit(digits)
    return next(digits + last for last in "0123456789" if is_siret(digits + last))


def _employees(where: str) -> tuple[Employee, ...]:
    dice = Dice(where, "employees")
    names = stories.pools("names")
    surnames = dice.sample(names["surnames"], 24)
    people = []
    for place, surname in enumerate(surnames):
        woman = place % 2 == 0
        feminine, masculine, executive = dice.choice(_JOBS)
        first = dice.choice(names["women" if woman else "men"])
        people.append(Employee("Mme" if woman else "M.", first, surname, feminine if woman else masculine, executive))
    return tuple(people)


def _group(seed: int, ids: Ids) -> tuple[list[Company], list[Space]]:
    companies, spaces = [], []
    for name, town, members in _COMPANIES:
        dice = Dice(seed, "company", name)
        siren = LA_POSTE if name == _POSTAL else _siren(dice)
        company = Company(ids.new("company"), name, town, siren, _employees(f"{seed}/{name}"))
        companies.append(company)
        for place, (member_number, label) in enumerate(members):
            spaces.append(_space(company, member_number, label, place, ids, dice))
    return companies, spaces


def _space(company: Company, member_number: str, label: str, place: int, ids: Ids, dice: Dice) -> Space:
    contract = f"P-{dice.randrange(2008, 2024)}-{dice.randrange(10**5):05d}"
    establishment = 4983 if company.siren == LA_POSTE else 1 + 1 * place
    number = siret(company.siren, establishment)
    return Space(ids.new("space"), company, member_number, number, label, contract, dice.randrange(9, 180))


_KINDS: Final = ("Atelier", "Comptoir", "Laiterie", "Transports", "Imprimerie", "Jardinerie", "Chantier", "Conserverie")
_OWNERS: Final = ("Bellec", "Corre", "Drévès", "Floch", "Guivarch", "Hascoët", "Kerleo", "Le Meur", "Merrien", "Pennec")
_TOWNS: Final = (
    "Brest",
    "Vannes",
    "Morlaix",
    "Concarneau",
    "Auray",
    "Landerneau",
    "Pontivy",
    "Douarnenez",
    "Saint-Brieuc",
)


def _more(seed: int, ids: Ids, companies: int, spaces: int) -> tuple[list[Company], list[Space]]:
    """Further companies of the group; the first ones get what spaces are left over."""
    made: list[Company] = []
    opened: list[Space] = []
    sirens: set[str] = set()
    for place in range(companies):
        dice = Dice(seed, "more", place)
        siren = _siren(dice)
        while siren in sirens:
            siren = _siren(dice)
        sirens.add(siren)
        owner, kind = _OWNERS[place % len(_OWNERS)], _KINDS[place // len(_OWNERS) % len(_KINDS)]
        rank = place // (len(_OWNERS) * len(_KINDS))
        name = f"{kind} {owner}" + (f" {rank + 1}" if rank else "")
        made.append(Company(ids.new("company"), name, dice.choice(_TOWNS), siren, _employees(f"{seed}/{place % 40}")))
    for place in range(spaces):
        company = made[place % companies]
        dice = Dice(seed, "more space", place)
        label = "Ensemble du personnel" if place < companies else f"Établissement n°\u00a0{place // companies + 1}"
        opened.append(_space(company, f"{_FIRST_FURTHER + 7 * place:07d}", label, place // companies, ids, dice))
    return made, opened


def _rights(persons: Sequence[Person], spaces: Sequence[Space]) -> dict[tuple[str, str], tuple[str, ...]]:
    clerk, mehdi, sophie, thomas = persons
    rights: dict[tuple[str, str], tuple[str, ...]] = {}
    for space in spaces:
        number, key = space.member_number, space.space_id
        if number != UNSEEN_BY_CLERK:
            rights[clerk.person_id, key] = EVERYDAY
        rights[mehdi.person_id, key] = EVERYDAY if number == THOMAS_ADMINISTERS else ADMINISTRATION
        if space.at_home and number != UNSEEN_BY_THOMAS:
            rights[thomas.person_id, key] = ADMINISTRATION if number == THOMAS_ADMINISTERS else EVERYDAY
        if number in SOPHIE_SEES:
            rights[sophie.person_id, key] = (Right.CONTACT, Right.LEAVE)
    return rights


class TooSmall(ValueError):
    """The group has six companies and ten spaces, or more of both."""


def group(seed: int, ids: Ids, advisers: tuple[Adviser, ...], companies: int, spaces: int) -> Cast:
    """The group of the demo: six companies with ten spaces, always the same ones, then further ones as asked."""
    if companies < len(_COMPANIES) or spaces - companies < 4 or (spaces == 10) != (companies == 6):
        raise TooSmall(f"{companies} companies, {spaces} spaces")
    firms, rooms = _group(seed, ids)
    if companies > len(_COMPANIES):
        more = _more(seed, ids, companies - len(_COMPANIES), spaces - len(rooms))
        firms, rooms = firms + more[0], rooms + more[1]
    former: dict[str, Space] = {}
    for space in sorted(rooms, key=lambda room: int(room.member_number), reverse=True):
        former[space.company.company_id] = space
    persons = tuple(Person(ids.new("person"), *row) for row in _PERSONS)
    return Cast(
        portfolio_id=ids.new("portfolio"),
        name="Groupe Morvan",
        companies=tuple(firms),
        spaces=tuple(rooms),
        former_space=former,
        persons=persons,
        rights=_rights(persons, rooms),
        advisers=advisers,
    )


def strangers(seed: int, ids: Ids, advisers: tuple[Adviser, ...]) -> Cast:
    """Another portfolio, of which nobody in the group may see anything."""
    dice = Dice(seed, "strangers")
    company = Company(
        ids.new("company"), "Conserverie Tanguy", "Douarnenez", _siren(dice), _employees(f"{seed}/tanguy")
    )
    space = _space(company, "0455301", "Ensemble du personnel", 0, ids, dice)
    persons = (
        Person(ids.new("person"), "Mme", "Hélène", "Tanguy", "helene.tanguy@tanguy.example"),
        Person(ids.new("person"), "M.", "Ronan", "Tanguy", "ronan.tanguy@tanguy.example"),
    )
    return Cast(
        portfolio_id=ids.new("portfolio"),
        name="Conserverie Tanguy",
        companies=(company,),
        spaces=(space,),
        former_space={company.company_id: space},
        persons=persons,
        rights={
            (persons[0].person_id, space.space_id): ADMINISTRATION,
            (persons[1].person_id, space.space_id): EVERYDAY,
        },
        advisers=advisers,
    )


def vacant(seed: int, ids: Ids) -> Space:
    """The space of a company that nobody administers yet: whoever has its numbers may make an account for it."""
    dice = Dice(seed, "vacant")
    company = Company(ids.new("company"), "Verrerie de la Rance", "Dinan", _siren(dice), ())
    return _space(company, "0466018", "Ensemble du personnel", 0, ids, dice)


def insurers(ids: Ids) -> tuple[Adviser, ...]:
    return tuple(Adviser(ids.new("adviser"), *row) for row in _ADVISERS)
