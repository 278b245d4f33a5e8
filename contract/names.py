"""Whether something can be a person's name. Both sides ask: the client while one types, the portal before it keeps it,
and once more before it writes it into a mail, where a name that is a link or a telephone number would be the insurer's
word for it."""

import re
import unicodedata
from typing import Final

_SIGNS: Final = frozenset(" '’ʼ.·()")
_ADDRESS: Final = re.compile(r"\.\w{2}")
"""A point with a word behind it, of which mail programs make a link: « evil.example », not « J.-P. » or « J.R. »."""


def complaint(name: str) -> str | None:
    """A French sentence about what is no name; None for what may be one, and for nothing at all."""
    written = unicodedata.normalize("NFKC", name)
    if all(_belongs(char) for char in written) and _ADDRESS.search(written) is None:
        return None
    return "Écrivez-le en toutes lettres, sans chiffre, ni signe, ni lien."


def _belongs(char: str) -> bool:
    return char in _SIGNS or unicodedata.category(char)[0] in "LM" or unicodedata.category(char) == "Pd"
