"""What a password must be, the same on both sides: long, and not to be guessed. No kind of character is imposed
(NIST SP 800-63B-4, 3.1.1.2; ASVS 5.0, 6.2).

Strength is told in bits, as the CNIL counts (deliberation 2022-100: 80 bits where a password stands alone, 50 where
tries are limited, as the portal limits them): the length times what one character may be. Where a piece is a common
word, a date, neighbouring keys or a repetition, that piece counts for what it takes to guess it instead, and each
character of the rest for its own kind only: an 8 is one of ten.
"""

import math
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contract.limits import PASSWORD_CHARACTERS

ALONE: Final = 15
"""Characters, without a second factor."""
WITH_SECOND_FACTOR: Final = 12
ENOUGH_BITS: Final = 50
STRONG_BITS: Final = 80

_WORDS: Final = """
motdepasse azerty azertyuiop qsdfghjklm wxcvbn bonjour soleil doudou loulou chouchou jetaime marseille paris lyon
france toulouse bordeaux nantes lille bretagne nicolas camille thomas julien alexandre maxime antoine sebastien
stephane sandrine nathalie isabelle catherine caroline celine aurelie emilie marine pauline chocolat princesse
licorne papillon coucou maman papa famille vacances bienvenue secret football olympique portail espace entreprise
employeur societe salaire salaires paie prevoyance mutuelle assurance adherent volet ponant contrat ressources
humaines comptabilite direction secretariat administrateur utilisateur password identifiant connexion
janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre
lundi mardi mercredi jeudi vendredi samedi dimanche printemps automne hiver
"""
COMMON: Final = tuple(_WORDS.split())
"""What French people choose, the commonest first; thirty thousand more, of everywhere, come with `zxcvbn`."""

_ALPHABETS: Final = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation + " ")
_OTHER_LETTERS: Final = 60
"""Accented letters and whatever else: as many as a French keyboard gives, more or less."""
_LOOKED_AT: Final = 32
"""Characters: twice as many signs that stand for letters (@, $, 3) take seconds to look at. Those beyond count for
nothing, and need not: that many are strong or never will be."""
_NAME_BITS: Final = 5
"""What a name of the context is worth: which of them, and how it is written."""
_WORST: Final = {
    "dictionary": "il est fait de mots que l’on devine",
    "spatial": "il suit les touches du clavier",
    "repeat": "il se répète",
    "sequence": "il suit l’ordre des lettres ou des chiffres",
    "date": "une date s’y reconnaît",
    "regex": "une année s’y reconnaît",
    "context": "il contient votre nom, votre adresse ou celui de votre entreprise",
}


@dataclass(frozen=True, slots=True)
class Strength:
    """`bits`: how many; `weakness`: the pattern that costs it most, a key of `zxcvbn`, or
    `context`; empty when there is none."""

    bits: int
    weakness: str = ""

    @property
    def enough(self) -> bool:
        return self.bits >= ENOUGH_BITS

    @property
    def word(self) -> str:
        """One French word for it."""
        if not self.enough:
            return "faible"
        return "robuste" if self.bits >= STRONG_BITS else "suffisant"


def strength(password: str, context: Iterable[str] = ()) -> Strength:
    """Of a password, for somebody whose name, address and company are the `context`. Some milliseconds."""
    looked_at = password[:_LOOKED_AT]
    bare, named = _without(looked_at, context)
    if not looked_at:
        return Strength(0)
    counted = len(looked_at) * _character_bits(looked_at)
    pieces = _pieces(bare) if bare else ()
    known = [piece for piece in pieces if piece["pattern"] != "bruteforce"]
    if not known and not named:
        return Strength(int(counted))
    guessed = sum(map(_piece_bits, pieces)) + math.log2(math.factorial(len(pieces)))
    weakness = str(max(known, key=lambda piece: len(piece["token"]))["pattern"]) if known else "dictionary"
    return Strength(int(min(counted, guessed + named * _NAME_BITS)), "context" if named else weakness)


def least(*, second_factor: bool) -> int:
    """Characters that a password must have."""
    return WITH_SECOND_FACTOR if second_factor else ALONE


def too_short(password: str, *, second_factor: bool) -> str | None:
    """A French sentence about a password with too few characters; None for another."""
    wanted = least(second_factor=second_factor)
    if len(password) >= wanted:
        return None
    return f"Le mot de passe doit compter au moins {wanted}\u00a0caractères\u00a0: une phrase convient très bien."


def complaint(password: str, context: Iterable[str] = (), *, second_factor: bool = False) -> str | None:
    """A French sentence about a password that may not be chosen; None for one that may."""
    short = too_short(password, second_factor=second_factor)
    if short is not None:
        return short
    if len(password) > PASSWORD_CHARACTERS:
        return f"Le mot de passe doit compter au plus {PASSWORD_CHARACTERS}\u00a0caractères."
    found = strength(password, context)
    if found.enough:
        return None
    why = _WORST.get(found.weakness, "il compte trop peu de caractères différents")
    return f"Ce mot de passe se devine trop facilement\u00a0: {why}. Ajoutez des mots sans rapport entre eux."


def _character_bits(password: str) -> float:
    """What one character may be, of the alphabets that are used."""
    size = sum(len(alphabet) for alphabet in _ALPHABETS if not set(alphabet).isdisjoint(password))
    if not set("".join(_ALPHABETS)).issuperset(password):
        size += _OTHER_LETTERS
    return math.log2(size)


def _piece_bits(piece: Mapping[str, Any]) -> float:
    if piece["pattern"] == "bruteforce":
        return sum(map(_character_bits, piece["token"]))
    return math.log2(max(1, piece["guesses"]))


def _without(password: str, context: Iterable[str]) -> tuple[str, int]:
    """What is left without the names of the context and their parts, and how many were found: of
    « marie.dupont@exemple.fr » marie, dupont and exemple are parts."""
    names = {name.casefold() for name in context}
    parts = {part for name in names for part in re.split(r"[\W_]+", name)}
    words = sorted((word for word in names | parts if len(word) > 2), key=len, reverse=True)
    if not words:
        return password, 0
    return re.subn("|".join(map(re.escape, words)), "", password, flags=re.IGNORECASE)


def _pieces(password: str) -> Sequence[Mapping[str, Any]]:
    from zxcvbn import zxcvbn

    pieces: Sequence[Mapping[str, Any]] = zxcvbn(password, user_inputs=COMMON, max_length=_LOOKED_AT)["sequence"]
    return pieces
