"""Answers to the form of a topic, so that what the catalogue asks agrees with what the messages say."""

from datetime import date, timedelta
from decimal import Decimal

from contract.catalogue import FieldAsked, FieldKind, TopicRecord
from portal.demo.dice import Dice
from portal.demo.french import month
from portal.demo.matter import Matter

_HINTS = {
    "accident": "work_accident",
    "maternité": "maternity",
    "retraite": "retirement",
    "durée déterminée": "term",
    "contrat court": "fixed_term",
    "notice": "notice",
    "tableau": "guarantees",
    "conditions": "conditions",
    "décès": "death",
    "rente d’éducation": "death",
    "départ de notre": "main_administrator",
}
"""Words of a subject, and the choice they settle."""

_USUAL = ("illness", "resignation", "mutual", "spouse", "amendment", "disability", "administrator")
"""The choices to make where no hint settles it."""


def answered(topic: TopicRecord, case: Matter, subject: str, dice: Dice) -> dict[str, str]:
    """Values by field code, as a client sends them; optional fields are left empty now and then."""
    facts = _facts(case, subject, dice)
    values = {field.code: _value(field, facts, subject) for field in topic.fields}
    kept = [field.code for field in topic.fields if field.required or dice.chance(0.8)]
    return {code: values[code] for code in kept if values[code]}


def _facts(case: Matter, subject: str, dice: Dice) -> dict[str, date | Decimal | str | bool]:
    low = subject.lower()
    prolonged = "prolongation" in low
    return {
        "employee": f"{case.employee.first_name} {case.employee.last_name}",
        "last_day_worked": case.start - timedelta(days=1),
        "start_date": case.start,
        "end_date": case.prolonged if prolonged else case.end,
        "extension": prolonged,
        "gross_salary": case.wage * 12,
        "subrogation": True,
        "resumed_on": case.back,
        "part_time": "temps partiel" in low,
        "period_start": case.start,
        "period_end": case.end,
        "amount": case.due if "cotisation" in low or "trimestre" in low else case.total,
        "event_date": case.back,
        "birth_date": date(dice.randrange(1966, 2003), dice.randrange(1, 13), dice.randrange(1, 28)),
        "hired_on": case.entry,
        "left_on": case.leaving,
        "category": "executive" if case.employee.executive else "non_executive",
        "family_cover": dice.chance(0.5),
        "portability": "retraite" not in low,
        "until": case.entry + timedelta(days=364),
        "due_on": case.month + timedelta(days=44),
        "month": month(case.month),
        "effective_on": date(case.opened.year + 1, 1, 1) if "formule" in low else case.leaving + timedelta(days=1),
        "change": subject,
        "spaces": f"{int(case.member_number) + 90_000 + case.staff:07d}",
    }


def _value(field: FieldAsked, facts: dict[str, date | Decimal | str | bool], subject: str) -> str:
    if field.kind == FieldKind.CHOICE:
        return _chosen(field, facts, subject)
    value = facts.get(field.code)
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value:.2f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _chosen(field: FieldAsked, facts: dict[str, date | Decimal | str | bool], subject: str) -> str:
    offered = [choice.code for choice in field.choices]
    known = str(facts.get(field.code, ""))
    hinted = [code for words, code in _HINTS.items() if words in subject.lower()]
    return next((code for code in (known, *hinted, *_USUAL) if code in offered), offered[0])
