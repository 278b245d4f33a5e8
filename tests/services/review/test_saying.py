import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.services.review import saying

S, F = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("cents", "said"),
    [
        (123456, f"1{S}234,56{F}€"),
        (-23904, f"−239,04{F}€"),
        (5, f"0,05{F}€"),
        (-5, f"−0,05{F}€"),
        (0, f"0,00{F}€"),
        (123456789012, f"1{S}234{S}567{S}890,12{F}€"),
    ],
)
def test_euros_have_french_spaces_comma_and_minus(cents: int, said: str) -> None:
    assert saying.euros(cents) == said


@given(st.integers(-(10**20), 10**20))
def test_a_decimal_is_the_exact_amount(cents: int) -> None:
    whole, _, rest = saying.decimal(cents).lstrip("-").partition(".")
    assert int(whole + rest) == abs(cents)
    assert len(rest) == 2
    assert saying.decimal(cents).startswith("-") == (cents < 0)


def test_a_rate_has_as_many_decimals_as_it_needs() -> None:
    assert saying.rate(325100) == f"32,51{F}€"
    assert saying.rate(325149) == f"32,5149{F}€"
    assert saying.rate(-350000) == f"−35,00{F}€"


def test_days_and_lines_agree_with_their_number() -> None:
    assert saying.days(0) == f"0{F}jour"
    assert saying.days(13) == f"13{F}jours"
    assert saying.counted(1, "ligne", "lignes") == f"1{F}ligne"
    assert saying.counted(1200, "ligne", "lignes") == f"1{S}200{F}lignes"


def test_a_period_is_told_by_what_is_known_of_it() -> None:
    first, last = date(2018, 1, 5), date(2018, 4, 10)
    assert saying.period(first, last) == "du 05/01/2018 au 10/04/2018"
    assert saying.period(first, first) == "le 05/01/2018"
    assert saying.period(first, None) == "à partir du 05/01/2018"
    assert saying.period(None, last) == "jusqu’au 10/04/2018"
    assert saying.period(None, None) == "sans dates"
    assert saying.month(first) == "janvier 2018"


def test_a_nir_shows_neither_commune_nor_order_nor_key() -> None:
    assert saying.masked("295109912611193") == f"2{F}95{F}10{F}99{F}•••{F}•••{F}••"
    assert saying.masked("2951099126111") == f"2{F}95{F}10{F}99{F}•••{F}•••"
    assert saying.masked("1,90013E+14") == "•••"
    assert saying.masked("") == ""


@given(st.text(alphabet="0123456789AB", min_size=0, max_size=20))
def test_of_any_number_no_more_than_seven_characters_are_shown(nir: str) -> None:
    assert sum(sign.isalnum() for sign in saying.masked(nir)) <= 7


@pytest.mark.parametrize(
    "nir", ["295109912611193", "2 95 10 99 126 111 93", "2951099126111", "253072B07300470", "2-53-07-2b-073-004"]
)
def test_no_sentence_holds_a_nir(nir: str) -> None:
    said = saying.without_nir(f"Mme {nir}, le 05/01/2018")
    assert "126" not in said
    assert "073" not in said
    assert said.endswith(", le 05/01/2018")
    assert said.startswith("Mme 2")


@pytest.mark.parametrize(
    "text",
    ["NIR295109912611193", "n°2951099126111X", "nir_295109912611193_", "2_95_10_99_126_111", "295109912\u200b6111"],
)
def test_a_nir_that_touches_a_word_is_masked_too(text: str) -> None:
    said = saying.without_nir(text)
    assert not re.search("126|2\u200b6", said)
    assert "•••" in said


@pytest.mark.parametrize("damaged", ["2951099126111934", "95109912611193", "95 10 99 126 111"])
def test_nobody_is_named_by_a_damaged_nir(damaged: str) -> None:
    said = saying.who(f"DURAND {damaged}", "", "")
    assert said == "DURAND •••"


def test_other_numbers_stay() -> None:
    for text in ("SIRET 73282932000074", "du 05/01/2018 au 10/04/2018", "1 234 567,00 €", "dossier 7611111"):
        assert saying.without_nir(text) == text


def test_somebody_is_named_by_the_best_that_is_known() -> None:
    assert saying.who(" DURAND  Zoé ", "2951099126111", "12") == "DURAND Zoé"
    assert saying.who("", "2951099126111", "12") == "matricule 12"
    assert saying.who("", "2951099126111", "") == f"NIR 2{F}95{F}10{F}99{F}•••{F}•••"
    assert saying.who("", "", "") == "personne non nommée"
    assert "126" not in saying.who("2951099126111", "", "")
