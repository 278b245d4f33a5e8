"""Makes up what a conversation is about, and how the texts speak of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

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


def words(case: Matter, clerk: Person, adviser: Adviser) -> dict[str, str]:
    """What the names between braces of the texts stand for, but for those that depend on the day of a message."""
    return {
        **_person(case.employee),
        **_speakers(case, clerk, adviser),
        **_dates(case),
        "ij": money(case.daily),
        "total": money(case.total),
        "salaire": money(case.wage),
        "du": money(case.due),
        "paye": money(case.paid),
        "ecart": money(case.gap),
        "entreprise": case.company,
        "d_entreprise": _of(case.company),
        "ville": case.town,
        "d_ville": _of(case.town),
        "siret": french.siren(case.siret),
        "adherent": case.member_number,
        "nouvel_adherent": f"{int(case.member_number) + 90_000 + case.staff:07d}",
        "contrat": case.contract,
        "effectif": str(case.staff),
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


def _dates(case: Matter) -> dict[str, str]:
    following = (case.month + timedelta(days=32)).replace(day=1)
    first, _, last = case.reference_months
    beginning = of_month(first)
    if first.year == last.year:
        beginning = beginning.removesuffix(f"{french.NO_BREAK}{first.year}")
    return {
        "debut": long_date(case.start),
        "fin": long_date(case.end),
        "reprise": long_date(case.back),
        "prolonge": long_date(case.prolonged),
        "periode": french.period(case.start, case.end),
        "prolongation": french.period(case.back, case.prolonged),
        "jours": str(case.days),
        "entree": long_date(case.entry),
        "sortie": long_date(case.leaving),
        "entree_prochaine": long_date(date(case.opened.year + 1, 1, 1)),
        "mois": french.month(case.month),
        "de_mois": of_month(case.month),
        "de_mois_suivant": of_month(following),
        "debut_mois": long_date(following),
        "trois_mois": f"{beginning} à {french.month(last)}",
        "trimestre": french.quarter(case.month),
        "annee": str(case.opened.year),
        "ouverture": long_date(case.opened),
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


def days(at: datetime, dice: Dice) -> dict[str, str]:
    """What depends on the day of the message."""
    day = at.date()
    return {
        "jour": long_date(day),
        "hier": "le " + long_date(day - timedelta(days=1 if day.weekday() else 3)),
        "bientot": long_date(french.next_working_day(day + timedelta(days=dice.randrange(3, 12)))),
    }
