"""French as it is printed: special spaces, dates in words, amounts. Pure."""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from contract.calendar import MONTHS

NARROW: Final = "\u202f"
NO_BREAK: Final = "\u00a0"

_RULES: Final = (
    (re.compile(r"\.\.\."), "…"),
    (re.compile("'"), "’"),
    (re.compile(r" (?=[;!?])"), NARROW),
    (re.compile(r" (?=[:»€%])"), NO_BREAK),
    (re.compile(r"(?<=«) "), NO_BREAK),
    (re.compile(r"(?<=n°) "), NO_BREAK),
    (re.compile(r"(?<=\b(?:M\.)) (?=\w)"), NO_BREAK),
    (re.compile(r"(?<=\bMme) (?=\w)"), NO_BREAK),
    (re.compile(r"(?<=\d) (?=\d{3}\b)"), NARROW),
    (re.compile(r"(?<=\d) (?=h\b)"), NO_BREAK),
)


def typeset(text: str) -> str:
    """Text typed with plain spaces, with the spaces, apostrophes and dots that French typography asks for."""
    for pattern, put in _RULES:
        text = pattern.sub(put, text)
    return text


def _day(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def long_date(day: date) -> str:
    """« 3 février 2026 », « 1er mars 2026 »."""
    return f"{_day(day)}{NO_BREAK}{MONTHS[day.month - 1]}{NO_BREAK}{day.year}"


def short_date(day: date) -> str:
    """« 03/02/2026 »."""
    return f"{day:%d/%m/%Y}"


def month(day: date) -> str:
    """« février 2026 »."""
    return f"{MONTHS[day.month - 1]}{NO_BREAK}{day.year}"


def month_name(day: date) -> str:
    return MONTHS[day.month - 1]


def of_month(day: date) -> str:
    """« de février 2026 », « d’avril 2026 »."""
    return ("d’" if day.month in {4, 8, 10} else "de ") + month(day)


def period(first: date, last: date) -> str:
    """« du 3 au 17 février 2026 », « du 28 janvier au 3 février 2026 », « le 3 février 2026 » for one day."""
    if first == last:
        return f"le {long_date(first)}"
    if first.year != last.year:
        return f"du {long_date(first)} au {long_date(last)}"
    if first.month != last.month:
        return f"du {_day(first)}{NO_BREAK}{MONTHS[first.month - 1]} au {long_date(last)}"
    return f"du {_day(first)} au {long_date(last)}"


def quarter(day: date) -> str:
    """« 1er trimestre 2026 »."""
    number = (day.month - 1) // 3 + 1
    return f"{'1er' if number == 1 else f'{number}e'} trimestre {day.year}"


def grouped(number: int) -> str:
    """« 1 234 »."""
    return f"{number:,}".replace(",", NARROW)


def figure(amount: Decimal) -> str:
    """« 1 234,56 », for the cells of a table."""
    return f"{amount:,.2f}".replace(",", NARROW).replace(".", ",").replace("-", "\u2212")


def money(amount: Decimal) -> str:
    """« 1 234,56 € »."""
    return f"{figure(amount)}{NO_BREAK}€"


def siren(digits: str) -> str:
    """« 732 829 320 »; a SIRET as « 732 829 320 00074 »."""
    return NARROW.join(part for part in (digits[:3], digits[3:6], digits[6:9], digits[9:]) if part)


def capital(text: str) -> str:
    """With a capital first letter, accents kept."""
    return text[:1].upper() + text[1:]


def slug(text: str) -> str:
    """Small letters, digits and dashes, as people name their files."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def next_working_day(day: date) -> date:
    """The day itself, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
