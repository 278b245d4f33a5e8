"""Text as it is compared: without case, accents, ligatures or the spaces inside numbers. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

_LIGATURES = (("œ", "oe"), ("æ", "ae"), ("ø", "o"), ("đ", "d"), ("ł", "l"), ("’", "'"))
_MARKS = re.compile("[\u0300-\u036f]+")
"""The combining accents that Latin letters are taken apart into."""
_WORD = re.compile(r"[^\W_]+")
_DIGIT_GROUPS = re.compile(r"\d+(?:[\s.\-/]\d+)+")
_MOST_TERMS = 16


def fold(text: str) -> str:
    """Case-folded, accents taken off, ligatures undone: « Lefèvre » and « LEFEVRE » are the same."""
    text = text.casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text).casefold()  # what is taken apart may have capitals: ℠ is SM
    for ligature, letters in _LIGATURES:
        text = text.replace(ligature, letters)
    return _MARKS.sub("", unicodedata.normalize("NFKD", text))


@lru_cache(maxsize=20_000)
def collated(text: str) -> str:
    """The key by which names stand in French order: accents, case, spaces and dashes do not count."""
    return " ".join(_WORD.findall(fold(text)))


def searchable(parts: Sequence[str]) -> str:
    """The folded words of these parts, with each number written in groups once more in one piece."""
    text = fold("\n".join(part for part in parts if part))
    whole = [re.sub(r"\D", "", run) for run in _DIGIT_GROUPS.findall(text)]
    return "\n".join([text, *whole])


def terms(text: str) -> tuple[tuple[str, ...], ...]:
    """What is asked for, as runs: a run is one word, or numbers typed next to each other that may be one."""
    runs: list[list[str]] = []
    for word in _WORD.findall(fold(text))[:_MOST_TERMS]:
        if word.isdigit() and runs and runs[-1][-1].isdigit():
            runs[-1].append(word)
        else:
            runs.append([word])
    return tuple(tuple(run) for run in runs)


def readings(run: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A run is found where all words of one of these are, each as the beginning of a word."""
    yield run
    if len(run) > 1:
        yield ("".join(run),)


def found_in(text: str, haystack: str) -> bool:
    """The same search in a text of ours, made by `searchable`."""
    words = _WORD.findall(haystack)

    def there(word: str) -> bool:
        return any(candidate.startswith(word) for candidate in words)

    return all(any(all(map(there, reading)) for reading in readings(run)) for run in terms(text))
