"""One cell as its author meant it, or why it cannot be read. Pure; the scalar twins of what `amounts` does by columns.

An empty cell is `None` (or ""), never an error. What can be read in two ways is never guessed, and what a spreadsheet
has damaged (1,90013E+14) is seen and left as it stands.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from desktop.services.folding import fold
from desktop.services.review.line import Branch, Payee, Sense

SPACES = " \t\u00a0\u2007\u2009\u202f"
"""What stands between groups of digits, or around a text."""
MOST_DIGITS = 13
"""Of the whole part of an amount: what is longer is no amount, and would not stay exact."""

_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-"})
_BRACKETED = re.compile(r"\(([^()-]*)\)")
_CURRENCY = re.compile(r"€|\beuros?\b|\beur\b", re.IGNORECASE)
_GROUPED = re.compile(rf"[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+")
_WHOLE = re.compile(r"[0-9]*")
_COUNTED = re.compile(r"(-?[0-9]{1,5})(?:[.,]0+)?(?:j|jrs?|jours?)?\.?")


@dataclass(eq=False)
class Illegible(Exception):
    """Why a cell cannot be read: the end of a French sentence, without the cell's own text."""

    reason: str

    def __str__(self) -> str:
        return self.reason


class Ambiguous(Illegible):
    """An amount that could be read in two ways (1,234), as long as its column does not tell its decimal mark."""


def amount(text: str, places: int = 2, mark: str = "") -> int | None:
    """The amount in units of 10**-`places` euro: 2 for cents, 4 for a daily rate. `mark` is the decimal mark of the
    column, "," or ".", when it is known. Raises `Illegible`, `Ambiguous`."""
    body = _CURRENCY.sub("", text.translate(_MINUS)).strip(SPACES)
    if not body:
        return None
    bracketed = _BRACKETED.fullmatch(body)
    body = bracketed[1].strip(SPACES) if bracketed else body
    negative = bracketed is not None or body[:1] == "-" or body[-1:] == "-"
    if body[:1] in "+-":
        body = body[1:]
    elif body[-1:] == "-":
        body = body[:-1]
    if not body.strip(SPACES):
        return None  # a dash alone says that there is nothing
    whole, fraction = _parts(body.strip(SPACES), mark)
    exact = fraction.rstrip("0")
    if len(exact) > places:
        raise Illegible(f"montant à plus de {places} décimales")
    value = int(whole + exact.ljust(places, "0") or "0")
    return -value if negative else value


def _parts(body: str, mark: str) -> tuple[str, str]:
    """The digits before and after the decimal mark."""
    whole, fraction = body, ""
    comma, dot = body.rfind(","), body.rfind(".")
    if comma >= 0 and dot >= 0:
        decimal = max(comma, dot)
        whole, fraction = _ungrouped(body[:decimal], body[min(comma, dot)]), body[decimal + 1 :]
    elif comma >= 0 or dot >= 0:
        whole, fraction = _one_mark(body, body[max(comma, dot)], mark)
    if any(space in whole for space in SPACES):
        if not _GROUPED.fullmatch(whole):
            raise Illegible("montant illisible")
        whole = re.sub(f"[{SPACES}]", "", whole)
    if not (_WHOLE.fullmatch(whole) and _WHOLE.fullmatch(fraction)) or not whole + fraction:
        raise Illegible("montant illisible")
    if body[-1:] in ",.":  # « 106, » may have been « 106,62 »: a cell cut short is not repaired
        raise Illegible("montant coupé après sa virgule" if body[-1] == "," else "montant coupé après son point")
    if len(whole.lstrip("0")) > MOST_DIGITS:
        raise Illegible("montant démesuré")
    return whole, fraction


def _one_mark(body: str, sign: str, mark: str) -> tuple[str, str]:
    """Tell whether the only kind of sign in `body` cuts thousands or decimals."""
    if body.count(sign) > 1:
        return _ungrouped(body, sign), ""
    whole, _, fraction = body.partition(sign)
    open_to_doubt = len(fraction) == 3 and 1 <= len(whole) <= 3 and whole.isdigit() and not whole.startswith("0")
    if open_to_doubt and not mark:
        raise Ambiguous("montant à double sens\u00a0: le signe sépare-t-il des milliers ou des décimales\u202f?")
    if open_to_doubt and mark != sign:
        return whole + fraction, ""
    return whole, fraction


def _ungrouped(whole: str, sign: str) -> str:
    groups = whole.split(sign)
    if not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:]):
        raise Illegible("montant illisible")
    return "".join(groups)


_SHORT_DAY = re.compile(
    r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
)
_ISO_DAY = re.compile(
    r"([0-9]{4})([/-])([0-9]{2})\2([0-9]{2})"
    r"(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_TOLD_DAY = re.compile(r"([0-9]{1,2})(?:er)? ([a-z]+)\.? ([0-9]{4})")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_NO_DAY = frozenset({"00/00/0000", "00000000", "0000-00-00", "-", "0"})
_MONTHS = (
    ("janvier", "janv", "jan"),
    ("fevrier", "fevr", "fev"),
    ("mars",),
    ("avril", "avr"),
    ("mai",),
    ("juin",),
    ("juillet", "juil"),
    ("aout",),
    ("septembre", "sept"),
    ("octobre", "oct"),
    ("novembre", "nov"),
    ("decembre", "dec"),
)
_MONTH_NUMBERS = {name: place for place, names in enumerate(_MONTHS, 1) for name in names}
_SHEET_START = date(1899, 12, 30)
"""Day 0 of a sheet's serial numbers, as far as days after February 1900 go."""


def day(text: str, *, serials: bool = False) -> date | None:
    """The day written in any of the manners met in France; the hour and the offset do not count, the day is the one
    printed. `serials` lets a number of five digits be a sheet's day. Raises `Illegible`."""
    body = text.strip(SPACES)
    if not body or body in _NO_DAY:
        return None
    if found := _SHORT_DAY.fullmatch(body):
        return _date(_century(found[4]), int(found[3]), int(found[1]))
    if found := _ISO_DAY.fullmatch(body):
        return _date(int(found[1]), int(found[3]), int(found[4]))
    if len(body) == 8 and body.isascii() and body.isdigit():
        return _packed(body)
    if serials and (found := _SERIAL.fullmatch(body)):
        return _SHEET_START + timedelta(days=int(found[1]))
    if (found := _TOLD_DAY.fullmatch(fold(body))) and found[2] in _MONTH_NUMBERS:
        return _date(int(found[3]), _MONTH_NUMBERS[found[2]], int(found[1]))
    raise Illegible("date illisible")


def _century(year: str) -> int:
    """Two digits are of this century up to 69: allowances are not older than 1970."""
    return int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 70 else 1900)


def _packed(body: str) -> date | None:
    """JJMMAAAA, or AAAAMMJJ: never both, since 19 and 20 are not months."""
    if body[4:6] in ("19", "20"):
        return _date(int(body[4:]), int(body[2:4]), int(body[:2]))
    return _date(int(body[:4]), int(body[4:6]), int(body[6:]))


def _date(year: int, month: int, of_month: int) -> date | None:
    if (year, month, of_month) == (9999, 12, 31):
        return None  # how some programs write « no end »
    if not 1900 <= year <= 2099:
        raise Illegible("date hors du calendrier")
    try:
        return date(year, month, of_month)
    except ValueError:
        raise Illegible("date hors du calendrier") from None


_PERIOD = re.compile(r"(?:du|de) *(.+?) *(?:au|a|->) *(.+)|(.+?) *(?: au | a |->|\u2192| - ) *(.+)")
_MONTH = re.compile(r"([0-9]{1,2})[/-]([0-9]{4})|([0-9]{4})-([0-9]{2})")
_TOLD_MONTH = re.compile(r"([a-z]+)\.? ([0-9]{4})")


def period(text: str) -> tuple[date | None, date | None]:
    """« du 05/01/2018 au 10/04/2018 » and its like; a month alone is all its days, one day alone is a period of one
    day. Raises `Illegible`."""
    body = " ".join(fold(text).replace("\u2013", "-").split())
    if not body:
        return None, None
    if found := _PERIOD.fullmatch(body):
        return day(found[1] or found[3]), day(found[2] or found[4])
    month = _MONTH.fullmatch(body)
    told = _TOLD_MONTH.fullmatch(body)
    if told and told[1] in _MONTH_NUMBERS:
        return _month(int(told[2]), _MONTH_NUMBERS[told[1]])
    if month:
        return _month(int(month[2] or month[3]), int(month[1] or month[4]))
    alone = day(body)
    return alone, alone


def _month(year: int, month: int) -> tuple[date, date]:
    if not (1900 <= year <= 2099 and 1 <= month <= 12):
        raise Illegible("date hors du calendrier")
    first = date(year, month, 1)
    return first, first.replace(day=calendar.monthrange(year, month)[1])


def count(text: str) -> int | None:
    """A number of days: whole, with or without « j » or « jours » behind it. Raises `Illegible`."""
    body = re.sub(f"[{SPACES}]", "", text.translate(_MINUS)).lower()
    if not body or body == "-":
        return None
    found = _COUNTED.fullmatch(body)
    if not found:
        halved = re.fullmatch(r"-?[0-9]+[.,][0-9]+", body)
        raise Illegible("nombre de jours non entier" if halved else "nombre de jours illisible")
    return int(found[1])


_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
_NIR = re.compile(r"[1-478][0-9]{5}[0-9AB][0-9]{6}(?:[0-9]{2})?")
_SIRET = re.compile(r"[0-9]{9}|[0-9]{14}")
_LIKE_NUMBER = re.compile(r"[0-9]+")
_INSIDE = re.compile(rf"[{SPACES}.\-/'\u2019]")


def nir(text: str) -> str:
    """13 or 15 characters without spaces, capitals; what has not that shape stays as it stands."""
    body = _INSIDE.sub("", text).upper()
    return body if _NIR.fullmatch(body) else text.strip(SPACES)


def siret(text: str) -> str:
    """14 digits, or the 9 of a SIREN; what has not that shape stays as it stands."""
    body = _INSIDE.sub("", text)
    return body if _SIRET.fullmatch(body) else text.strip(SPACES)


def is_damaged_nir(text: str) -> bool:
    """Whether a spreadsheet has damaged it: in powers of ten, digits lost, or rounded to zeros."""
    body = _INSIDE.sub("", text).upper()
    if _SCIENTIFIC.fullmatch(text.strip(SPACES)):
        return True
    if _LIKE_NUMBER.fullmatch(body) and len(body) not in (0, 13, 15):
        return True
    return len(body) == 15 and body.endswith("000000")


def is_damaged_siret(text: str) -> bool:
    """Whether a spreadsheet has damaged it: in powers of ten, or its leading zeros lost."""
    body = _INSIDE.sub("", text)
    if _SCIENTIFIC.fullmatch(text.strip(SPACES)):
        return True
    return bool(_LIKE_NUMBER.fullmatch(body)) and len(body) not in (0, 9, 14)


_EMPLOYER = re.compile(
    r"(?:entreprise|employeur|societe|souscripteur|adherent|subrog|etablissement|oui|vrai|true)\w*\b.*|o|1|ent|emp"
)
_EMPLOYEE = re.compile(r"(?:salarie|assure|beneficiaire|participant|agent|personne|non|faux|false)\w*\b.*|n|0|sal|ass")
_CANCELLED = re.compile(r"(?:annul|extourne|contre.?pass|contrepartie|reprise|debit|negatif)\w*\b.*|[ad-]")
_PAID = re.compile(r"(?:paiement|paye|versement|verse|regle|regul|rappel|credit|positif|initial|normal)\w*\b.*|[pc+]")


def payee(text: str) -> Payee:
    """Who was paid, by a word or by the yes or no of a column « Subrogation »."""
    body = fold(text).strip(SPACES)
    if _EMPLOYEE.fullmatch(body):
        return Payee.EMPLOYEE
    return Payee.EMPLOYER if _EMPLOYER.fullmatch(body) else Payee.UNKNOWN


def sense(text: str) -> Sense | None:
    """A payment or a cancellation; `None` when the cell is empty. Raises `Illegible`."""
    body = fold(text.translate(_MINUS)).strip(SPACES)
    if not body:
        return None
    if _PAID.fullmatch(body):
        return Sense.PAYMENT
    if _CANCELLED.fullmatch(body):
        return Sense.CANCELLATION
    raise Illegible("sens inconnu")


_BRANCHES = (
    (Branch.MATERNITY, re.compile(r"\bma\b|\bmat\b|maternite|paternite|adoption|naissance|accueil")),
    (Branch.ACCIDENT, re.compile(r"\bat\b|\bmp\b|atmp|accident|trajet|maladie pro|professionnel|risque pro")),
    (Branch.ILLNESS, re.compile(r"\bas\b|\bmal\b|maladie|longue maladie|ald\b|hospitalisation")),
)


def branch(text: str) -> Branch:
    """The risk by its code or by its words; unknown words are `UNKNOWN`."""
    body = fold(text).strip(SPACES)
    return next((of for of, words in _BRANCHES if words.search(body)), Branch.UNKNOWN)
