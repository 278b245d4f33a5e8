"""What is said of a file that was read: a sentence on the whole, and the texts of its tables."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final

from desktop.services.review import saying
from desktop.views import wording
from desktop.views.allowances.reviewed import OpenFile, meaning
from desktop.views.wording import NBSP

if TYPE_CHECKING:
    from desktop.services.review.archive import Correction
    from desktop.services.review.whole import ControlTotal

_LEVELS: Final = {
    "sender": "Émetteur",
    "company": "Entreprise",
    "person": "Salarié",
    "page": "Page",
    "file": "Fichier",
}
_MEASURES: Final = {"gross": "Montant brut", "levies": "Retenues", "net": "Net", "days": "Jours", "lines": "Lignes"}
PORTAL_SAID: Final = (
    "Tout ce que le portail a montré de vos paiements, gardé ici même quand il ne le montre plus. Un paiement qui se "
    "trouve aussi dans un fichier ne compte qu’une fois."
)
RIGHT: Final = "Juste"
WRONG: Final = "Inexact"
_MONEY: Final = frozenset({"gross", "levies", "net"})


def verdict(file: OpenFile) -> str:
    """One or two sentences: was it read whole, and do its own sums come out."""
    if file.portal:
        return PORTAL_SAID
    if file.rejected:
        many = len(file.rejected)
        told = f"{wording.count(many, 'ligne n’a pas pu être lue', 'lignes n’ont pas pu être lues')}"
        said = f"{told}, les autres comptent."
    elif file.by_hand:
        said = f"Toutes ses lignes comptent, dont {wording.count(file.by_hand, 'corrigée')} à la main."
    else:
        said = "Ce fichier a été lu en entier."
    return f"{said} {_sums(file)}" if file.controls else said


def _sums(file: OpenFile) -> str:
    """One sentence on the sums that the file states."""
    stated, wrong = len(file.controls), len(file.failed)
    lines = "aux lignes" if file.by_hand else "aux lignes lues"
    if stated == 1:
        verb = f"ne correspond pas {lines}" if wrong else f"correspond {lines}, au centime près"
        return f"Le total annoncé par le fichier {verb}."
    checked = wording.count(stated, "total annoncé", "totaux annoncés")
    if not wrong:
        return f"{checked} par le fichier, au centime près{NBSP}: tout correspond."
    if wrong == stated:
        return f"Aucun des {checked} par le fichier ne correspond {lines}."
    verb = "ne correspond pas" if wrong < 2 else "ne correspondent pas"
    return f"{checked} par le fichier, dont {wording.number(wrong)} {verb} {lines}."


def line_of(name: str, line: int, *, portal: bool) -> str:
    """« ligne 7 de « a.csv » »; what the portal has shown stands in no line of anything."""
    return "paiement montré par le portail" if portal else f"ligne {wording.number(line)} de «{NBSP}{name}{NBSP}»"


def extent(file: OpenFile) -> str:
    """« 5 lignes lues », « 6 lignes, dont 1 corrigée à la main »."""
    if file.portal:
        at = f", à jour le {wording.moment_said(file.at)}" if file.at is not None else ""
        return f"{wording.count(file.height, 'ligne')}{at}"
    if not file.by_hand:
        return wording.count(file.height, "ligne lue", "lignes lues")
    return f"{wording.count(file.height, 'ligne')}, dont {wording.count(file.by_hand, 'corrigée')} à la main"


def right_last(control: "ControlTotal") -> tuple[bool, int]:
    return control.holds, control.line


def stated(control: "ControlTotal") -> tuple[str, ...]:
    say = saying.euros if control.measure in _MONEY else saying.integer
    return (
        _LEVELS.get(control.level, control.level),
        _name(control.name),
        _MEASURES.get(control.measure, control.measure),
        say(control.stated),
        say(control.stated if control.holds else control.computed),
        "" if control.holds else say(control.computed - control.stated),
        RIGHT if control.holds else WRONG,
    )


def _name(name: str) -> str:
    """A SIRET or SIREN in groups; no NIR."""
    return wording.siret(name) if name.isdecimal() and len(name) in (9, 14) else saying.without_nir(name)


def values(correction: "Correction") -> str:
    """« Nom et prénom : DUPONT Zoé, Montant net : 12,34 € »."""
    return ", ".join(f"{meaning(name)}{NBSP}: {_value(name, value)}" for name, value in correction.values.items())


def _value(name: str, value: str | int | None) -> str:
    if isinstance(value, int):
        return (
            saying.rate(value) if name == "unit" else saying.integer(value) if name == "days" else saying.euros(value)
        )
    if name in {"start", "end", "leave_start", "paid_on"} and value:
        return saying.day(date.fromisoformat(value))
    from desktop.services.review.line import WORDS

    return WORDS.get(name, {}).get(value or "", value or "")


def columns_of(file: OpenFile) -> Callable[[int], tuple[str, ...]]:
    return lambda place: (saying.without_nir(file.columns[place][0]), meaning(file.columns[place][1]))


def apart(file: OpenFile) -> list[str]:
    """« 3 lignes de total » of what was set apart."""
    return [f"{wording.number(count)}{NBSP}{what.value}, mises à part." for what, count in file.apart if count]
