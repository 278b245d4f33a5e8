"""What is typed into the search, as what a line must hold. Pure."""

import re
from typing import Final

from desktop.services.folding import fold

_MOST: Final = 16
"""Words that are looked at; the rest of a longer text is not."""
_MINUS: Final = str.maketrans({"\u2212": "-", "\u2013": "-", "€": " ", "«": " ", "»": " "})
_NUMERIC: Final = re.compile(r"[0-9.,/+-]*[0-9][0-9.,/-]*|2[ab]")
"""A piece of a number, the département of a NIR of Corsica included."""
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")
_DOTTED: Final = re.compile(r"([0-9]{1,2})[.-]([0-9]{1,2})(?:[.-]([0-9]{1,4}))?[.-]?")

Word = tuple[str, ...]
"""One word, in the manners in which it may stand in a line."""
Reading = tuple[Word, ...]
"""Words that a line must hold all."""
Run = tuple[Reading, ...]
"""Numbers typed next to each other may be one: a line holds one of these readings."""


def asked(text: str) -> tuple[Run, ...]:
    """The runs of a query: a line is found when it holds them all."""
    groups: list[list[str]] = []
    for token in fold(text.translate(_MINUS)).split()[:_MOST]:
        if groups and _NUMERIC.fullmatch(token) and _NUMERIC.fullmatch(groups[-1][-1]):
            groups[-1].append(token)
        else:
            groups.append([token])
    return tuple(_run(group) for group in groups)


def _run(group: list[str]) -> Run:
    joined: Reading = (_manners("".join(group)),)
    return (joined,) if len(group) == 1 else (joined, tuple(_manners(token) for token in group))


def _manners(word: str) -> Word:
    """As typed; an amount with its comma, a date with its strokes."""
    manners = [word]
    if _NUMERIC.fullmatch(word):
        if found := _ISO.fullmatch(word):
            manners.append("/".join(part for part in (found[3], found[2], found[1]) if part))
        elif found := _DOTTED.fullmatch(word):
            manners.append("/".join(part for part in found.groups() if part))
        if word.count(".") == 1:
            manners.append(word.replace(".", ","))
    return tuple(dict.fromkeys(manners))
