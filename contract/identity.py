"""Identifiers that their makers can make alone: UUIDv7, SIREN, SIRET; and the NIR of a person."""

import os
import re
import time
import uuid
from typing import Final

LA_POSTE = "356000000"
"""The one SIREN whose establishments do not follow Luhn: their digits add up to a multiple of 5 (INSEE)."""


_NIR: Final = re.compile(r"([1-478][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6})([0-9]{2})?", re.ASCII)


def new_id() -> str:
    """A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then random bits, so that ids sort roughly by age."""
    value = int.from_bytes(int(time.time() * 1000).to_bytes(6, "big") + os.urandom(10), "big")
    value &= ~(0xF000 << 64) & ~(0xC000 << 48)
    value |= (0x7000 << 64) | (0x8000 << 48)
    return str(uuid.UUID(int=value))


def only_digits(text: str) -> str:
    """The text without the spaces, dots and dashes that people put between groups of digits."""
    return "".join(c for c in text if not c.isspace() and c not in ".-\u00a0\u202f")


def _luhn(digits: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_siren(text: str) -> bool:
    """Nine digits that satisfy Luhn's rule."""
    return len(text) == 9 and text.isascii() and text.isdigit() and _luhn(text)


def is_siret(text: str) -> bool:
    """Fourteen digits under Luhn's rule; the establishments of La Poste under its own."""
    if len(text) != 14 or not text.isascii() or not text.isdigit():
        return False
    if text.startswith(LA_POSTE) and sum(map(int, text)) % 5 == 0:
        return True
    return _luhn(text) and is_siren(text[:9])


def is_nir(text: str) -> bool:
    """A social-security number (NIR): 13 characters, or 15 with the key that agrees (97 - n mod 97). Corsica's 2A and
    2B count as 19 and 18; provisional numbers and unknown months pass."""
    found = _NIR.fullmatch(text)
    if found is None:
        return False
    number = int(found[1].replace("2A", "19").replace("2B", "18"))
    return found[2] is None or 97 - number % 97 == int(found[2])
