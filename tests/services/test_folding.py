"""How text is compared, and what may be typed into a search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.services import folding


@pytest.mark.parametrize(
    ("typed", "folded"),
    [("Lefèvre", "lefevre"), ("LEFÈVRE", "lefevre"), ("Œuvre", "oeuvre"), ("Straße", "strasse"), ("L’Haÿ", "l'hay")],
)
def test_case_accents_and_ligatures_do_not_count(typed: str, folded: str) -> None:
    assert folding.fold(typed) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    once = folding.fold(text)
    assert folding.fold(once) == once


@pytest.mark.parametrize(
    ("asked", "text", "found"),
    [
        ("lefevre", "Claire Lefèvre", True),
        ("761 1111", "Dossier 7611111", True),
        ("7611111", "Dossier n° 761 1111", True),
        ("2 85 07 75", "NIR 2850775056123", True),
        ("12 rue", "12 rue des Lilas", True),
        ("arret trav", "Arrêt de travail", True),
        ("trav arret", "Arrêt de travail", True),
        ("ravail", "Arrêt de travail", False),
        ("arret paie", "Arrêt de travail", False),
        ("", "n’importe quoi", True),
        ("'\"*() -", "n’importe quoi", True),
    ],
)
def test_what_is_found(asked: str, text: str, found: bool) -> None:
    assert folding.found_in(asked, folding.searchable([text])) is found


def test_names_stand_in_french_order() -> None:
    names = ["Zéphyr", "Œuvres", "élan", "Ecole", "École-Neuve", "Ateliers"]
    assert sorted(names, key=folding.collated) == ["Ateliers", "Ecole", "École-Neuve", "élan", "Œuvres", "Zéphyr"]
