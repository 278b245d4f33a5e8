"""What a password must be: long, not to be guessed, and nothing else."""

import subprocess
import sys
import time

import pytest

from contract import passwords
from contract.passwords import complaint, strength

CONTEXT = ("Marie Dupont", "marie.dupont@ateliers.example", "Ateliers du Loir")


@pytest.mark.parametrize(
    ("password", "second_factor", "word"),
    [
        ("kzqwpmnvrtxhg", False, "au moins 15"),
        ("kzqwpmnvrtxhg", True, None),
        ("kzqwpmnvrtx", True, "au moins 12"),
        ("une phrase assez longue", False, None),
        ("trois-chevaux-bleus", False, None),
        ("le chat de Marie dort sur le toit", False, None),
        ("éàçùéàçùzzéà wq", False, None),
        ("a" * 128, False, "se répète"),
        ("k" * 129, False, "au plus 128"),
        ("motdepassemotdepasse", False, "se répète"),
        ("azertyuiopqsdfghjklm", False, "devine"),
        ("abcdefghijklmnopqrst", False, "ordre"),
        ("948173625091847", False, "une date"),
        ("Bonjour 1987-2026", False, "mots que l\u2019on devine"),
        ("Marie.Dupont.2026!", False, "votre nom"),
        ("Ateliers du Loir 2026", False, "votre entreprise"),
        ("ateliers.example", False, "votre adresse"),
    ],
)
def test_length_and_what_is_guessed_decide(password: str, second_factor: bool, word: str | None) -> None:
    found = complaint(password, CONTEXT, second_factor=second_factor)
    assert found is None if word is None else found is not None and word in found


def test_bits_are_counted_as_the_cnil_counts() -> None:
    """Deliberation 2022-100: the length times the logarithm of the alphabet, when nothing in it is recognised."""
    assert strength("kzqwpmnvrtxh").bits == 56
    assert strength("kzqwpmnvrtxhgdbc").bits == 75
    assert strength("x7Gk29!qLmPz").bits == 78
    assert strength("") == passwords.Strength(0)


def test_no_password_is_looked_at_for_long() -> None:
    """Signs that stand for letters multiply what there is to try: the portal's time is everybody's."""
    strength("what is read at the first use")
    begun = time.process_time()
    strength("4@8({[<369&1!|0$5+7%2" * 6)
    assert time.process_time() - begun < 1.5


def test_the_words_of_strength() -> None:
    assert [passwords.Strength(bits).word for bits in (0, 49, 50, 79, 80)] == [
        "faible",
        "faible",
        "suffisant",
        "suffisant",
        "robuste",
    ]


def test_the_sentence_never_repeats_the_password() -> None:
    for secret in ("motdepassemotdepasse", "Marie.Dupont.2026!", "azertyuiopqsdfghjklm"):
        assert secret not in (complaint(secret, CONTEXT) or "")


def test_nothing_heavy_is_read_at_the_start() -> None:
    program = "import sys, contract.passwords; sys.exit('zxcvbn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
