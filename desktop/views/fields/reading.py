"""What people type for a date or an amount, understood. Pure functions."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

_WORDS: Final = {"a": 0, "auj": 0, "aujourdhui": 0, "hier": -1, "demain": 1}
_AHEAD: Final = 10
"""A year of two digits lies at most this many years ahead: in 2026, 36 is 2036 and 37 is 1937."""


def read_date(text: str, today: date) -> date | None:
    """`030226`, `03022026`, `3/2/26`, `03.02.2026`, `3-2`, `3 2 2026`, `2026-02-03`, `auj`, `hier`, `demain`; None when
    it is no date."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).strip().lower() if c not in "'\u2019")
    if plain in _WORDS:
        return today + timedelta(days=_WORDS[plain])
    if not plain.isascii():
        return None
    if re.fullmatch(r"\d{4}|\d{6}|\d{8}", plain):
        parts = [plain[:2], plain[2:4], plain[4:]]
    else:
        parts = re.split(r"[/.\-\s]+", plain.strip("/.- "))
    if parts[-1] == "":
        parts.pop()
    if not 2 <= len(parts) <= 3 or not all(part.isdigit() for part in parts):
        return None
    if len(parts) == 3 and len(parts[0]) == 4:
        parts.reverse()
    year = _year(parts[2], today) if len(parts) == 3 else today.year
    day, month = int(parts[0]), int(parts[1])
    if year is None or len(parts[0]) > 2 or len(parts[1]) > 2 or not 1 <= month <= 12:
        return None
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def _year(text: str, today: date) -> int | None:
    if len(text) == 4:
        return int(text) if int(text) >= 1900 else None
    if len(text) != 2:
        return None
    year = today.year // 100 * 100 + int(text)
    return year - 100 if year > today.year + _AHEAD else year


def read_amount(text: str) -> Decimal | None:
    """`1234,56`, `1 234,56 €` with spaces of any kind, `1.234,56`, `1234.5`, `-12`, `−12`; None when it is no amount or
    has more than two decimals."""
    plain = "".join(c for c in text if not c.isspace() and c not in "\u00a0\u202f\u2009€").replace("−", "-")
    if "," in plain:
        whole, _, cents = plain.rpartition(",")
        if "." in whole and not re.fullmatch(r"-?\d{1,3}(\.\d{3})+", whole):
            return None
        plain = f"{whole.replace('.', '')}.{cents}" if cents else whole.replace(".", "")
    if not re.fullmatch(r"-?\d{1,12}(\.\d{0,2})?|-?\.\d{1,2}", plain, re.ASCII):
        return None
    try:
        return Decimal(plain).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
