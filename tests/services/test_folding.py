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


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("732 829 320 00074", True),
        ("73282932000074", True),
        ("35600000000048", True),
        ("123456", True),
        ("12.34.56", True),
        ("73282932000075", False),
        ("7328293200007", False),
        ("abc", False),
        ("123", False),
        ("１２３４５６", False),
    ],
)
def test_what_can_be_a_siret_or_a_member_number(line: str, right: bool) -> None:
    assert (folding.adherent_complaint(line) == "") is right


def test_names_stand_in_french_order() -> None:
    names = ["Zéphyr", "Œuvres", "élan", "Ecole", "École-Neuve", "Ateliers"]
    assert sorted(names, key=folding.collated) == ["Ateliers", "Ecole", "École-Neuve", "élan", "Œuvres", "Zéphyr"]
