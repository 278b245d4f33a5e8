"""How amounts, dates and identifiers are printed, and on which line of the text a place is."""

import re
from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from typing import Final

SPACE: Final = "[ \u00a0\u202f\u2009]"
DAY: Final = r"[0-9]{2}/[0-9]{2}/[0-9]{4}"
SUM: Final = rf"[-\u2212\u2013]?{SPACE}?(?:[0-9]{{1,3}}(?:{SPACE}[0-9]{{3}}){{1,2}}|[0-9]{{1,9}}),[0-9]{{2}}(?![0-9])"
EURO: Final = r"(?:\s?(?:€|EUR\b))?"
COUNT: Final = r"[-\u2212\u2013]?[0-9]{1,4}"
AFTER: Final = r"\s*(?:n°\s*)?(?::\s*)?"
"""What may stand between a name and its number. Spaces have one way only to be matched: a page may hold thousands."""
LABEL: Final = r"[^\d\s].{0,90}?"

_MINUS: Final = "-\u2212\u2013"
_SIRET: Final = re.compile(rf"SIRET{AFTER}((?:[0-9]\s?){{14}})(?![0-9])", re.IGNORECASE)
_NIR: Final = re.compile(
    rf"(?:NIR|s[ée]curit[ée] sociale|immatriculation){AFTER}"
    r"([1-478](?:\s?[0-9]){5}\s?[0-9AB](?:\s?[0-9]){6}(?:\s?[0-9]{2})?)(?![0-9])",
    re.IGNORECASE,
)


def cents(text: str) -> int:
    """The cents of what `SUM` matched."""
    digits = int(re.sub(r"[^0-9]", "", text))
    return -digits if text.strip().startswith(tuple(_MINUS)) else digits


def count(text: str) -> int:
    """The number that `COUNT` matched."""
    return int(text.translate({ord(minus): "-" for minus in _MINUS}))


def day(text: str) -> date | None:
    """The date of JJ/MM/AAAA; None when there is no such day, or when it is of no leave's century."""
    day_of_month, month, year = map(int, text.split("/"))
    try:
        return date(year, month, day_of_month) if 1900 <= year <= 2199 else None
    except ValueError:
        return None


def period(text: str) -> tuple[date | None, date | None]:
    """Both dates of « JJ/MM/AAAA au JJ/MM/AAAA »."""
    found = re.findall(DAY, text)
    return day(found[0]), day(found[-1])


def line_finder(text: str) -> Callable[[int], int]:
    """From a place in the text to its line, from 1."""
    ends = [found.start() for found in re.finditer("\n", text)]
    return lambda place: bisect_right(ends, place - 1) + 1


def siret(text: str) -> str:
    """The first that is named so; "" without one."""
    found = _SIRET.search(text)
    return re.sub(r"\s", "", found[1]) if found else ""


def nir(text: str) -> str:
    """The first that is named so, without spaces; "" without one."""
    found = _NIR.search(text)
    return re.sub(r"\s", "", found[1]).upper() if found else ""


def shown(text: str, most: int = 400) -> str:
    """A passage in one line, to be shown as it was printed."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most]}…"
