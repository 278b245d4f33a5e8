"""French typography, as a function from a text to what is wrong with it."""

import re

NARROW, NO_BREAK, HOLE = "\u202f", "\u00a0", "▮"

FRENCH = re.compile(
    r"[àâçéèêëîïôùûœÀÂÇÉÈÊËÎÏÔÙÛŒ«»’…]|\b(?:le|la|les|de|des|du|un|une|vous|votre|vos|pas|est|sont|pour|dans|sur|par|aucune?|"
    r"nouvelle|toutes?|ce|cette|ces|mes|mon)\b",
    re.IGNORECASE,
)
"""What tells a sentence to be read from an identifier, a style sheet or a path."""

NOT_PROSE = re.compile(r"[{}<>\\]|^\s*[#.]|://|^[\w./#-]*$|;\s*[\w-]+\s*:|%[sd(]|\bselect\b|\binsert into\b")
ENGLISH = re.compile(
    r"\b(?:the|and|your|cancel|send|settings|error|loading|please|reply|unread|sign in|sign out|password|attachments?|"
    r"open|save|delete|search|draft|today|yesterday)\b",
    re.IGNORECASE,
)

SLIPS = (
    ("apostrophe", re.compile(r"[^\W\d_]'[^\W\d_]")),
    ("three dots", re.compile(r"\.\.\.")),
    ("space before ; ! ?", re.compile(rf"[^\s{NARROW}!?;…«(][;!?](?=[\s»)]|$)|[ {NO_BREAK}][;!?](?=\s|$)")),
    ("space before :", re.compile(rf"[\w»)%€{HOLE}]:(?=\s|$)|[ {NARROW}]:(?=\s|$)")),
    ("space inside « »", re.compile(rf"«(?!{NO_BREAK})|(?<!{NO_BREAK})»")),
    ("straight quotes", re.compile(r"\"[^\W\d_]")),
    ("space inside a number", re.compile(r"\d[ \u00a0]\d{3}(?!\d)")),
    ("space before a unit", re.compile(rf"[\d{HOLE}] (?:€|%|Ko|Mo|Go|h|s|min)(?=[\s.,)]|$)|\d[ ]?h[ ]\d")),
    ("space after n°", re.compile(rf"n° ?[\d{HOLE}]|\b[Nn]o \d|N°(?! ?[a-zé]|\u00a0)")),
    (
        "accent on a capital",
        re.compile(r"^A (?=[a-zé▮])|\b(?:Etat|Ecri|Ecran|Emis|Etape|Equipe|Ech[ea]|Evén|Etes)"),
    ),
    ("double hyphen", re.compile(r"\w--\w| -- ")),
)


def is_prose(text: str) -> bool:
    """French words: a mark or two alone is something that is looked for, and no text."""
    return len(text) > 3 and bool(FRENCH.search(text)) and not NOT_PROSE.search(text)


def slips(text: str) -> list[str]:
    """Names of the rules that the text breaks; none for what is no French prose."""
    if not is_prose(text):
        return []
    return [name for name, pattern in SLIPS if pattern.search(text)]


def is_english(text: str) -> bool:
    """Words of which none is French and one English; or a capitalised English word alone, as on a button."""
    if NOT_PROSE.search(text) and not re.fullmatch(r"[A-Z][a-z]+…?", text):
        return False
    return bool(ENGLISH.search(text)) and not FRENCH.search(text)
