"""French texts of what a review finds: amounts, days, dates, periods, people. Pure; none holds a whole NIR."""

import re
from datetime import date

from contract.calendar import MONTHS

_THIN = "\u202f"
_FIXED = "\u00a0"
_MINUS = "\u2212"
_NIR_GROUPS = (1, 3, 5, 7, 10, 13, 15)
_NIR_SHOWN = 7
"""Sex, year, month and département are shown; commune, order and key are not."""
_APART = r"[\s.\-_\u00ad\u200b-\u200d\u2060\ufeff]?"
_NIR = re.compile(
    rf"(?<![0-9])[1-8](?:{_APART}[0-9]){{5}}{_APART}[0-9A-Za-z](?:{_APART}[0-9]){{6}}(?:{_APART}[0-9]{{2}})?(?![0-9])"
)
_IN_A_NAME = re.compile(rf"[0-9](?:{_APART}[0-9]){{9,}}")
"""No name has so many digits: what has lost or doubled one on its way is a NIR all the same."""


def integer(number: int) -> str:
    """« 1 234 »: thousands apart by U+202F, the minus U+2212."""
    return f"{number:,}".replace(",", _THIN).replace("-", _MINUS)


def euros(cents: int) -> str:
    """« 1 234,56 € » of exact cents."""
    whole, rest = divmod(abs(cents), 100)
    return f"{_MINUS if cents < 0 else ''}{integer(whole)},{rest:02d}{_FIXED}€"


def rate(unit: int) -> str:
    """« 32,51 € » or « 32,5149 € » of ten-thousandths of a euro, with no more decimals than it has, two at least."""
    whole, rest = divmod(abs(unit), 10_000)
    decimals = f"{rest:04d}".rstrip("0").ljust(2, "0")
    return f"{_MINUS if unit < 0 else ''}{integer(whole)},{decimals}{_FIXED}€"


def days(number: int) -> str:
    """« 1 jour », « 13 jours »."""
    return f"{integer(number)}{_FIXED}{'jour' if abs(number) < 2 else 'jours'}"


def counted(number: int, one: str, many: str) -> str:
    """« 1 ligne », « 3 lignes »."""
    return f"{integer(number)}{_FIXED}{one if abs(number) < 2 else many}"


def day(when: date) -> str:
    """« 05/01/2018 »."""
    return f"{when.day:02d}/{when.month:02d}/{when.year:04d}"


def month(when: date) -> str:
    """« janvier 2018 »."""
    return f"{MONTHS[when.month - 1]} {when.year}"


def period(start: date | None, end: date | None) -> str:
    """« du 05/01/2018 au 10/04/2018 », « le 05/01/2018 », « à partir du … », « sans dates »."""
    if start is None:
        return "sans dates" if end is None else f"jusqu’au {day(end)}"
    if end is None:
        return f"à partir du {day(start)}"
    return f"le {day(start)}" if start == end else f"du {day(start)} au {day(end)}"


def masked(nir: str) -> str:
    """« 2 95 10 99 ••• ••• •• » of 13 or 15 characters; of anything else nothing is shown but that it is there."""
    if len(nir) not in (13, 15):
        return "•••" if nir else ""
    shown = nir[:_NIR_SHOWN] + "•" * (len(nir) - _NIR_SHOWN)
    groups, begin = [], 0
    for end in _NIR_GROUPS:
        groups.append(shown[begin:end])
        begin = end
    return _FIXED.join(group for group in groups if group)


def without_nir(text: str) -> str:
    """The text with every NIR in it masked: headings get mixed up, and a name may turn out to be a number."""
    return _NIR.sub(lambda found: masked(re.sub(_APART.removesuffix("?"), "", found.group()).upper()), text)


def who(person: str, nir: str, employee: str) -> str:
    """How a sentence names somebody: the name, else the employee's number, else the masked NIR."""
    if person.strip():
        return _IN_A_NAME.sub("•••", without_nir(" ".join(person.split())))
    if employee:
        return f"matricule {without_nir(employee)}"
    return f"NIR {masked(nir)}" if nir else "personne non nommée"


def decimal(cents: int) -> str:
    """« 1234.56 », for machines."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"
