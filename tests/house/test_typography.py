"""What is written to be read on screen is French, and set as French is."""

import re

import pytest

from tests.house.sources import python_files, strings
from tests.house.typography import is_english, slips

pytestmark = pytest.mark.xdist_group("rules of the house")
"""Together, so that each file is parsed once."""

NOT_SHOWN = re.compile(r"setObjectName|setProperty|getLogger|log\.|logging\.|QSettings|setValue\(|\.value\(")
"""Lines whose strings nobody reads on screen."""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("L'envoi est refusé", "L’envoi est refusé"),
        ("Rechercher un dossier...", "Rechercher un dossier…"),
        ("Supprimer la pièce jointe ?", "Supprimer la pièce jointe\u202f?"),
        ("Déjà envoyé!", "Déjà envoyé\u202f!"),
        ("Thème : prévoyance", "Thème\u00a0: prévoyance"),
        ("Thème: ▮", "Thème\u00a0: ▮"),
        ("« Envoyer » pour répondre", "«\u00a0Envoyer\u00a0» pour répondre"),
        ("1 234,56 € de reçu", "1\u202f234,56\u00a0€ de reçu"),
        ("envoi dans ▮ s pour vous", "envoi dans ▮\u00a0s pour vous"),
        ("Dossier n° ▮ de l’espace", "Dossier n°\u00a0▮ de l’espace"),
        ("N°▮ de l’espace", "N°\u00a0▮ de l’espace"),
        ("A envoyer dès que possible", "À envoyer dès que possible"),
        ("Etat de la demande", "État de la demande"),
    ],
)
def test_a_slip_is_found(wrong: str, right: str) -> None:
    assert slips(wrong) != []
    assert slips(right) == []


@pytest.mark.parametrize(
    "text", ["QWidget#rail { color: red; }", "desktop/views", "a:b", "https://portail.example.fr/?a=b", "%d"]
)
def test_what_is_not_read_is_let_be(text: str) -> None:
    assert slips(text) == []
    assert not is_english(text)


def test_english_is_found() -> None:
    assert is_english("Cancel")
    assert is_english("Send the message")
    assert not is_english("cancel")
    assert not is_english("Envoyer le message")


def shown() -> list[tuple[str, str]]:
    """(place:line, text) of the screen's strings: the views', and the sentences that services and portal hand them.
    The papers of the demo world are set by a function of its own."""
    found = []
    for each in python_files("desktop", "portal", "contract"):
        lines = each.text.splitlines()
        for line, text in strings(each.tree):
            if not each.place.startswith("portal/demo/") and not NOT_SHOWN.search(lines[line - 1]):
                found.append((f"{each.place}:{line}", text))
    return found


def test_the_screen_is_set_in_french() -> None:
    broken = [f"{place} {', '.join(wrong)}: {text!r}" for place, text in shown() if (wrong := slips(text))]
    assert broken == []


def test_no_english_is_left_on_the_screen() -> None:
    broken = [f"{place}: {text!r}" for place, text in shown() if place.startswith("desktop/views") and is_english(text)]
    assert broken == []
