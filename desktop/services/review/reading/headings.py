"""Which heading of a table means which of our columns: by synonyms kept as data, or as a person taught it once.

Beside the columns of `line.COLUMNS`, a heading may mean one of `HALVES`: what two of our columns, or half of one, stand
for in files.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from desktop.services.folding import fold
from desktop.services.review.line import COLUMNS, Payee
from desktop.services.review.reading import cells

HALVES: Final = ("surname", "first_name", "nir_key", "period", "amount")
"""`surname` and `first_name` make `person`, in this order; `nir_key` follows `nir`; `period` is « du … au … »; `amount`
is an amount that does not say whether it is gross or net."""
MEANINGS: Final = (*(name for name in COLUMNS if name not in ("line", "kind")), *HALVES)
"""All that a heading may mean."""

PORTAL: Final = (
    *("SIRET", "N° adhérent", "Organisme", "Nom", "Prénom", "NIR", "Matricule", "N° dossier", "Risque", "Code"),
    *("Libellé", "Sens", "Début de l’arrêt", "Du", "Au", "Jours", "Taux journalier", "Montant brut", "CSG", "CRDS"),
    *("PAS", "Montant net", "Payé à", "Date de paiement", "Référence du paiement"),
)
"""The headings of the portal's own export, in order."""

_DATED: Final = frozenset({"start", "end", "period", "paid_on"})
_PRICED: Final = frozenset({"gross", "net", "amount"})
_NAMED: Final = frozenset({"person", "surname", "nir", "employee"})
_NEEDS: Final = (
    (_DATED, "une date ou une période"),
    (_PRICED, "un montant brut ou net"),
    (_NAMED, "le salarié\u00a0: nom, NIR ou matricule"),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """`mapping` gives the place of a column (from 0) → what it means; `missing` says in French what is lacking."""

    mapping: Mapping[int, str]
    missing: tuple[str, ...]

    @property
    def usable(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Taught:
    """What a person said of a table with these headings: heading as it stands → one of `MEANINGS`, or "" to leave it
    among the unknown ones."""

    meanings: Mapping[str, str]


def fingerprint(headings: Sequence[str]) -> str:
    """The key under which `Taught` is kept: the same for the same headings, whatever their case, accents and spaces."""
    return hashlib.sha256("\n".join(_plain(heading) for heading in headings).encode()).hexdigest()[:32]


def recognise(
    headings: Sequence[str],
    sample: Sequence[Sequence[str]] = (),
    taught: Mapping[str, Taught] = MappingProxyType({}),
) -> Recognised:
    """What the headings mean; `sample` are some rows below them, which settle what one word may mean in two ways.
    Never fails: `missing` tells what keeps the table from being used."""
    lesson = taught.get(fingerprint(headings))
    mapping = _taught(headings, lesson) if lesson else _guessed(headings, sample)
    found = set(mapping.values())
    return Recognised(mapping, tuple(words for of, words in _NEEDS if not found & of))


def is_portal(headings: Sequence[str]) -> bool:
    """Whether these are the headings of the portal's own export."""
    return fingerprint(headings) == fingerprint(PORTAL)


def meaning_of(heading: str) -> str:
    """What one heading means by itself, or ""."""
    return _synonyms().get(_plain(heading), "") or _synonyms().get(_bare(heading), "")


def _taught(headings: Sequence[str], lesson: Taught) -> dict[int, str]:
    meanings = {_plain(heading): meaning for heading, meaning in lesson.meanings.items() if meaning in MEANINGS}
    return _settled({place: meanings[_plain(text)] for place, text in enumerate(headings) if _plain(text) in meanings})


def _guessed(headings: Sequence[str], sample: Sequence[Sequence[str]]) -> dict[int, str]:
    mapping: dict[int, str] = {}
    for place, heading in enumerate(headings):
        meaning = meaning_of(heading)
        if _plain(heading) in _EITHER:
            meaning = _by_sample(place, sample) or meaning
        if meaning and meaning not in mapping.values():
            mapping[place] = meaning
    return _settled(mapping)


_EITHER: Final = frozenset({"beneficiaire", "destinataire", "beneficiaire du paiement", "paye a"})
"""A person's name in some files, « entreprise » or « salarié » in others."""


def _by_sample(place: int, sample: Sequence[Sequence[str]]) -> str:
    """What the cells below say: payees, or names; "" when there are none."""
    said = {row[place].strip() for row in sample if place < len(row) and row[place].strip()}
    if not said:
        return ""
    return "payee" if all(cells.payee(text) is not Payee.UNKNOWN for text in said) else "person"


def _settled(mapping: dict[int, str]) -> dict[int, str]:
    """A name with its first name beside it is a surname; a bare amount is what the file lacks, the gross one first."""
    found = set(mapping.values())
    if "first_name" in found and "person" in found and "surname" not in found:
        mapping = {place: "surname" if meaning == "person" else meaning for place, meaning in mapping.items()}
    if "first_name" in found and not found & {"person", "surname"}:
        mapping = {place: meaning for place, meaning in mapping.items() if meaning != "first_name"}
    if "period" in found and "start" in found:
        mapping = {place: meaning for place, meaning in mapping.items() if meaning != "period"}
    if "amount" in found and "gross" in found and "net" not in found:
        mapping = {place: "net" if meaning == "amount" else meaning for place, meaning in mapping.items()}
    elif {"amount", "gross", "net"} <= found:
        mapping = {place: meaning for place, meaning in mapping.items() if meaning != "amount"}
    elif "amount" in found:
        mapping = {place: "gross" if meaning == "amount" else meaning for place, meaning in mapping.items()}
    return mapping


_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_APART: Final = re.compile(r"[\W_]+")
_SMALL: Final = frozenset({"de", "du", "des", "d", "la", "le", "l", "les", "en", "eur", "euro", "euros", "un", "une"})


@lru_cache(maxsize=4096)
def _plain(heading: str) -> str:
    """Folded words one space apart: « N° d’adhérent » and « n adherent » are near."""
    return " ".join(word for word in _APART.split(fold(heading).replace("°", " ").replace("º", " ")) if word)


@lru_cache(maxsize=4096)
def _bare(heading: str) -> str:
    """Without what stands in brackets and without small words, which files put where they like. What is left of
    « Du » and « Au » is told by `_plain` before."""
    return " ".join(word for word in _plain(_BRACKETS.sub(" ", heading)).split() if word not in _SMALL)


@lru_cache(maxsize=1)
def _synonyms() -> Mapping[str, str]:
    """Plain and bare heading → meaning. An earlier meaning keeps a word that a later one claims too."""
    text = resources.files(__package__).joinpath("headings.json").read_text(encoding="utf-8")
    told: dict[str, list[str]] = json.loads(text)
    plain = {_plain(word): meaning for meaning, words in reversed(told.items()) for word in words}
    bare = {_bare(word): meaning for meaning, words in reversed(told.items()) for word in words}
    return MappingProxyType({key: meaning for key, meaning in (bare | plain).items() if key})
