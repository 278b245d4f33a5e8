"""A name is letters: the portal writes it into mails in the insurer's name."""

import pytest

from contract.names import complaint


@pytest.mark.parametrize(
    "name",
    [
        "Lefèvre",
        "Anne-Marie",
        "J.-P.",
        "J.R.",
        "O'Neill",
        "D’Artagnan",
        "Le Goff (Martin)",
        "Martin ép. Dupont",
        "Nguyễn",
        "Ångström",
        "Нина",
        "村上",
        "",
    ],
)
def test_a_name(name: str) -> None:
    assert complaint(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "http://evil.example/ponant",
        "evil.example",
        "evil．example",
        "urgent: appelez",
        "x@evil.example",
        "appelez le 06 12",
        "Compte bloqué !",
        "a/b",
        "a\nb",
        "a\u202eb",
        "<b>",
        "①",
    ],
)
def test_no_name(name: str) -> None:
    assert complaint(name) is not None
