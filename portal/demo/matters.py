"""Makes up what a conversation is about, and how the texts speak of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from portal.demo import french
from portal.demo.cast import Adviser, Person, Space
from portal.demo.dice import Dice
from portal.demo.french import long_date, money, of_month, typeset
from portal.demo.matter import Employee, Matter
from portal.demo.stories import Story

_PAST_LEAVE = frozenset({"prevoyance.indemnites", "cotisations.mandat"})
_RESUMED = frozenset({"prevoyance.reprise", "prevoyance.invalidite-deces"})
_NEWCOMER = frozenset({"salaries.affiliation", "salaries.dispense", "sante.carte"})


@dataclass(frozen=True, slots=True)
class Names:
    """Who talks in a conversation, and under which file number."""

    clerk: str
    colleague: str
    adviser: str
    file_number: str


def matter(dice: Dice, story: Story, space: Space, names: Names, opened: date) -> Matter:
    """People of the company, dates around `opened`, sums."""
    people = [person for person in space.company.employees if person.woman or not story.woman]
    employee, other = dice.sample(people, 2)
    start, end = _leave(dice, story.topic, opened)
    wage = Decimal(dice.randrange(185_000, 460_000)) / 100
    due = Decimal(dice.randrange(180_000, 4_200_000)) / 100
    return Matter(
        company=space.company.name,
        town=space.company.town,
        siret=space.siret,
        member_number=space.member_number,
        contract=space.contract,
        employee=employee,
        other=other,
        clerk=names.clerk,
        colleague=names.colleague,
        adviser=names.adviser,
        file_number=names.file_number,
        opened=opened,
        start=start,
        end=end,
        prolonged=end + timedelta(days=dice.randrange(13, 31)),
        entry=_entry(dice, story.topic, opened),
        leaving=_month_end(opened, back=dice.chance(0.4)),
        month=(opened.replace(day=1) - timedelta(days=1)).replace(day=1),
        daily=(wage * Decimal("0.0101")).quantize(Decimal("0.01")),
        wage=wage,
        due=due,
        paid=due - Decimal(dice.randrange(4_000, 90_000)) / 100,
        staff=space.staff,
    )


def _leave(dice: Dice, topic: str, opened: date) -> tuple[date, date]:
    if topic in _PAST_LEAVE:
        start = opened - timedelta(days=dice.randrange(70, 120))
        return start, start + timedelta(days=dice.randrange(16, 50))
    if topic in _RESUMED:
        end = opened - timedelta(days=dice.randrange(2, 6))
        return end - timedelta(days=dice.randrange(20, 120)), end
    start = opened - timedelta(days=dice.randrange(2, 14))
    return start, start + timedelta(days=dice.randrange(16, 60))


def _entry(dice: Dice, topic: str, opened: date) -> date:
    if topic in _NEWCOMER:
        return opened.replace(day=1) if opened.day > 3 else _month_end(opened, back=True).replace(day=1)
    return french.next_working_day(opened - timedelta(days=dice.randrange(400, 5000)))


def _month_end(day: date, *, back: bool) -> date:
    first = day.replace(day=1)
    if not back:
        first = (first + timedelta(days=32)).replace(day=1)
    return first - timedelta(days=1)


class Words(dict[str, str]):
    """What the names between braces of the texts stand for. What depends on dates and sums is put in words when it is
    first asked for: most texts name few of them."""

    def __init__(self, case: Matter, clerk: Person, adviser: Adviser) -> None:
        super().__init__(_person(case.employee), **_speakers(case, clerk, adviser))
        self._case = case
        self.at = case.opened
        self.soon = 3
        """When the message that speaks was written, and how many days later « soon » is."""

    def __missing__(self, name: str) -> str:
        if name in _TODAY:
            return _TODAY[name](self)
        said = self[name] = _SAID[name](self._case)
        return said


def _yesterday(words: Words) -> str:
    return "le " + long_date(words.at - timedelta(days=1 if words.at.weekday() else 3))


_TODAY: Final[Mapping[str, Callable[[Words], str]]] = {
    "jour": lambda words: long_date(words.at),
    "hier": _yesterday,
    "bientot": lambda words: long_date(french.next_working_day(words.at + timedelta(days=words.soon))),
}


def _following(case: Matter) -> date:
    return (case.month + timedelta(days=32)).replace(day=1)


def _three_months(case: Matter) -> str:
    """« de janvier à mars 2026 », « de novembre 2025 à janvier 2026 »."""
    first, _, last = case.reference_months
    beginning = of_month(first)
    if first.year == last.year:
        beginning = beginning.removesuffix(f"{french.NO_BREAK}{first.year}")
    return f"{beginning} à {french.month(last)}"


_SAID: Final[Mapping[str, Callable[[Matter], str]]] = {
    "debut": lambda case: long_date(case.start),
    "fin": lambda case: long_date(case.end),
    "reprise": lambda case: long_date(case.back),
    "prolonge": lambda case: long_date(case.prolonged),
    "periode": lambda case: french.period(case.start, case.end),
    "prolongation": lambda case: french.period(case.back, case.prolonged),
    "jours": lambda case: str(case.days),
    "entree": lambda case: long_date(case.entry),
    "sortie": lambda case: long_date(case.leaving),
    "entree_prochaine": lambda case: long_date(date(case.opened.year + 1, 1, 1)),
    "mois": lambda case: french.month(case.month),
    "de_mois": lambda case: of_month(case.month),
    "de_mois_suivant": lambda case: of_month(_following(case)),
    "debut_mois": lambda case: long_date(_following(case)),
    "trois_mois": _three_months,
    "trimestre": lambda case: french.quarter(case.month),
    "annee": lambda case: str(case.opened.year),
    "ouverture": lambda case: long_date(case.opened),
    "ij": lambda case: money(case.daily),
    "total": lambda case: money(case.total),
    "salaire": lambda case: money(case.wage),
    "du": lambda case: money(case.due),
    "paye": lambda case: money(case.paid),
    "ecart": lambda case: money(case.gap),
    "entreprise": lambda case: case.company,
    "d_entreprise": lambda case: _of(case.company),
    "ville": lambda case: case.town,
    "d_ville": lambda case: _of(case.town),
    "siret": lambda case: french.siren(case.siret),
    "adherent": lambda case: case.member_number,
    "nouvel_adherent": lambda case: f"{int(case.member_number) + 90_000 + case.staff:07d}",
    "contrat": lambda case: case.contract,
    "effectif": lambda case: str(case.staff),
}


def _of(name: str) -> str:
    return f"d’{name}" if name[0].lower() in "aeéiou" else f"de {name}"


def _speakers(case: Matter, clerk: Person, adviser: Adviser) -> dict[str, str]:
    return {
        "autre": typeset(case.other.full_name),
        "autre_nom": typeset(case.other.short_name),
        "collegue": case.colleague,
        "client_poli": "Madame " + clerk.last_name if clerk.woman else "Monsieur " + clerk.last_name,
        "conseiller_poli": ("Madame " if adviser.civility == "Mme" else "Monsieur ") + adviser.last_name,
        "moi_e": "e" if clerk.woman else "",
        "utilisateur": "utilisatrice" if clerk.woman else "utilisateur",
        "administrateur": "administratrice" if clerk.woman else "administrateur",
        "administrateur_principal": "administratrice principale" if clerk.woman else "administrateur principal",
    }


def _person(employee: Employee) -> dict[str, str]:
    woman = employee.woman
    whose = "de la salariée" if woman else "du salarié"
    return {
        "salarie": typeset(employee.full_name),
        "nom": typeset(employee.short_name),
        "e": "e" if woman else "",
        "il": "elle" if woman else "il",
        "Il": "Elle" if woman else "Il",
        "s_il": "si elle" if woman else "s’il",
        "le_salarie": "la salariée" if woman else "le salarié",
        "du_salarie": whose,
        "au_salarie": "à la salariée" if woman else "au salarié",
        "par_le_salarie": "par la salariée" if woman else "par le salarié",
        "emploi": employee.job,
        "d_emploi": _of(employee.job),
        "categorie": "cadre" if employee.executive else "non-cadre",
    }
