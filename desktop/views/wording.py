"""How dates, numbers and counts are said on screen, in French. Pure functions; moments are shown in the local zone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import Final

from contract.calendar import DAYS, MONTHS

NBSP: Final = "\u00a0"
"""Before : and inside « »."""
NNBSP: Final = "\u202f"
"""Before ; ! ? and inside numbers."""

SHORT_MONTHS: Final = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)


def local(moment: datetime) -> datetime:
    """The moment in the computer's zone; a moment without zone is taken as local already."""
    return moment.astimezone() if moment.tzinfo else moment


def day(moment: date | datetime) -> str:
    """`23/11/2026`."""
    when = local(moment) if isinstance(moment, datetime) else moment
    return f"{when.day:02d}/{when.month:02d}/{when.year:04d}"


def hour(moment: datetime) -> str:
    """`10 h 42`, with no-break spaces; `9 h 05`."""
    when = local(moment)
    return f"{when.hour}{NBSP}h{NBSP}{when.minute:02d}"


def long_day(moment: date | datetime) -> str:
    """`23 novembre 2026`; the first of a month is `1ᵉʳ`."""
    when = local(moment) if isinstance(moment, datetime) else moment
    return f"{_ordinal(when.day)}{NBSP}{MONTHS[when.month - 1]}{NBSP}{when.year}"


def moment_said(moment: datetime) -> str:
    """`23 novembre 2026 à 10 h 42`."""
    return f"{long_day(moment)} à {hour(moment)}"


def day_heading(moment: date | datetime, today: date) -> str:
    """Over the messages of one day: « Aujourd’hui », « Hier », « Samedi 21 novembre », with the year if another."""
    when = local(moment).date() if isinstance(moment, datetime) else moment
    if when == today:
        return "Aujourd\u2019hui"
    if when == today - timedelta(days=1):
        return "Hier"
    said = f"{DAYS[when.weekday()].capitalize()} {_ordinal(when.day)}{NBSP}{MONTHS[when.month - 1]}"
    return said if when.year == today.year else f"{said}{NBSP}{when.year}"


def list_date(moment: datetime, today: date) -> str:
    """In a list row: the hour today, « 12 mars » this year, `12/03/2025` before."""
    when = local(moment)
    if when.date() == today:
        return hour(when)
    if when.year == today.year:
        return f"{_ordinal(when.day)}{NBSP}{SHORT_MONTHS[when.month - 1]}"
    return day(when)


def since(moment: datetime, now: datetime) -> str:
    """How long ago, roughly: « à l’instant », « il y a 5 minutes », « depuis 10 h 42 », « depuis le 21/11/2026 »."""
    then, here = local(moment), local(now)
    minutes = int((here - then).total_seconds() // 60)
    if 0 <= minutes < 1:
        return "à l\u2019instant"
    if 0 <= minutes < 60:
        return f"il y a {count(minutes, 'minute')}"
    if then.date() == here.date():
        return f"depuis {hour(then)}"
    return f"depuis le {day(then)}"


def number(value: int) -> str:
    """`1 234`, groups parted by U+202F."""
    return f"{value:,}".replace(",", NNBSP)


def amount(value: Decimal) -> str:
    """`1 234,56 €`; minus is U+2212."""
    cents = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = f"{abs(cents):,.2f}".replace(",", NNBSP).replace(".", ",")
    return f"{'−' if cents < 0 else ''}{text}{NBSP}€"


def count(value: int, one: str, many: str | None = None) -> str:
    """`1 demande`, `0 demande`, `2 demandes`: in French zero is singular."""
    return f"{number(value)}{NBSP}{plural(value, one, many)}"


def plural(value: int, one: str, many: str | None = None) -> str:
    """The noun alone, in the number of `value`."""
    return one if abs(value) < 2 else (many or one + "s")


def size(octets: int) -> str:
    """`812 octets`, `248 Ko`, `1,2 Mo` (of 1,024)."""
    if octets < 1024:
        return count(octets, "octet")
    for unit, scale in (("Ko", 1024), ("Mo", 1024**2), ("Go", 1024**3)):
        value = octets / scale
        if value < 10 and scale > 1024:
            return f"{value:.1f}".replace(".", ",").removesuffix(",0") + f"{NBSP}{unit}"
        if round(value) < 1024 or unit == "Go":
            return f"{number(round(value))}{NBSP}{unit}"
    raise AssertionError(octets)


def mended(wishes: int, drafts: int) -> str:
    """What was taken over from damaged data."""
    return f"{count(wishes, 'envoi')} et {count(drafts, 'brouillon')} repris. "


FILES_MENDED: Final = (
    "Les pièces jointes qui étaient abîmées se téléchargeront de nouveau\u202f; si l\u2019une attendait de partir, "
    "l\u2019envoi sera gardé dans «\u00a0En attente\u00a0» et dira laquelle joindre de nouveau. "
)


def rate(octets_a_second: float) -> str:
    """`1,2 Mo/s`."""
    return f"{size(int(octets_a_second))}/s"


def digits(text: str, *groups: int) -> str:
    """A SIREN, SIRET or member number read in groups: `digits("552100554", 3, 3, 3)` → `552 100 554`."""
    if not groups or sum(groups) != len(text):
        return text
    parts, start = [], 0
    for length in groups:
        parts.append(text[start : start + length])
        start += length
    return NNBSP.join(parts)


def siret(text: str) -> str:
    """`552 100 554 00013`."""
    return digits(text, 3, 3, 3, 5)


def member(number: str) -> str:
    """`adhérent n° 7000123`."""
    return f"adhérent n°{NBSP}{number}"


def place(number: str, label: str, company: str = "") -> str:
    """A space: `Ateliers Morvan SAS · Usine de Brest · adhérent n° 7000123`, with its own name where it has one."""
    own = label if label != company else ""
    return " · ".join(part for part in (company, own, member(number)) if part)


def became(*, closed: bool, awaited: Sequence[str], at: datetime | None) -> str:
    """What a request has become: `La demande a été close le 24 novembre 2026 à 11 h 06.`, and which documents it waits
    for."""
    when = f" le {moment_said(at)}" if at else ""
    if not closed:
        return f"La demande a été rouverte{when}."
    waits = plural(len(awaited), "Un document est attendu", "Des documents sont attendus")
    return f"La demande a été close{when}." + (f" {waits}{NBSP}: {', '.join(awaited)}." if awaited else "")


def quoted(text: str) -> str:
    """« text »."""
    return f"«{NBSP}{text}{NBSP}»"


def tip(text: str) -> str:
    """What a tooltip is given: Qt takes whatever looks like HTML for HTML, loads the files it names included. Here
    nothing of `text` is ever markup."""
    return f"<qt>{escape(text, quote=False).replace(chr(10), '<br>')}</qt>" if text else ""


def disarmed(text: str) -> str:
    """A cell for a spreadsheet, on one line; what begins like a formula is made text."""
    clean = " ".join(text.split())
    return f"'{clean}" if clean[:1] in ("=", "+", "-", "@") else clean


def sentence(*parts: str) -> str:
    """Joins what is not empty by commas and ends with a full stop: what a screen reader says of a row. A part that ends
    by itself (a question, an abbreviation) is given neither."""
    said = ""
    for part in (part.strip() for part in parts):
        if part:
            said += (f"{_after(said)} " if said else "") + part
    return said + (_after(said) and ".")


def _after(said: str) -> str:
    """The comma that parts what has been said from what follows, where nothing does yet."""
    return "" if said.endswith((".", "?", "!", "…")) else ","


def _ordinal(day_of_month: int) -> str:
    return "1ᵉʳ" if day_of_month == 1 else str(day_of_month)
