"""One cell in all the manners in which clerks meet it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.services.review.line import Branch, Payee, Sense
from desktop.services.review.reading import cells


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1234,56", 123456),
        ("1 234,56", 123456),
        ("1\u00a0234,56\u00a0€", 123456),
        ("1\u202f234,56 EUR", 123456),
        ("1\u2009234\u2009567,8", 123456780),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1,234,567", 123456700),
        ("12", 1200),
        ("0,5", 50),
        (",5", 50),
        ("0.125000", None),
        ("12,500", None),
        ("-12,34", -1234),
        ("12,34-", -1234),
        ("\u221212,34", -1234),
        ("\u2013 12,34", -1234),
        ("(12,34)", -1234),
        ("(12,34 €)", -1234),
        ("+12,34", 1234),
        ("0,000", 0),
        ("9999999999999,99", 999999999999999),
    ],
)
def test_amounts_are_exact_cents_or_refused(text: str, cents: int | None) -> None:
    if cents is None:
        with pytest.raises(cells.Illegible):
            cells.amount(text)
    else:
        assert cells.amount(text) == cents


@pytest.mark.parametrize("text", ["", " ", "-", "\u2013", "€", "\u00a0"])
def test_no_amount_is_not_nought(text: str) -> None:
    assert cells.amount(text) is None


@pytest.mark.parametrize(
    "text", ["12,3O", "1 23,45", "12 34", "1.23.4", "--5", "1e3", "NaN", "12,345,6", "٣,٥", "99999999999999", "#REF!"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(cells.Illegible):
        cells.amount(text)


@pytest.mark.parametrize("text", ["106,", "106.", "1 106,", "1.106,", "-106, €", "(106,)"])
def test_an_amount_cut_short_is_refused(text: str) -> None:
    """Whether 106 euros were meant, or 106,62, nobody can tell."""
    with pytest.raises(cells.Illegible, match="coupé"):
        cells.amount(text)


def test_an_amount_of_two_meanings_waits_for_its_column() -> None:
    with pytest.raises(cells.Ambiguous):
        cells.amount("1,234")
    assert cells.amount("1,234", mark=".") == 123400
    assert cells.amount("1.234", mark=",") == 123400
    assert cells.amount("1,250", mark=",") == 125
    assert cells.amount("32,512", places=4, mark=",") == 325120


def test_a_half_cent_is_never_rounded() -> None:
    with pytest.raises(cells.Illegible, match="décimales"):
        cells.amount("12,345", mark=",")
    assert cells.amount("53,3125", places=4) == 533125


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(["", " ", "\u00a0", "\u202f", "."]))
def test_whatever_is_written_in_french_is_read_back(cents: int, group: str) -> None:
    whole, rest = divmod(abs(cents), 100)
    text = f"{'-' if cents < 0 else ''}{f'{whole:,}'.replace(',', group)},{rest:02}"
    assert cells.amount(text) == cents


@given(st.text(max_size=20))
def test_no_text_breaks_a_reader(text: str) -> None:
    for read in (cells.amount, cells.day, cells.period, cells.count, cells.sense):
        try:
            read(text)
        except cells.Illegible as why:
            assert why.reason  # noqa: PT017
    for plain in (cells.nir, cells.siret, cells.payee, cells.branch, cells.is_damaged_nir, cells.is_damaged_siret):
        plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "05/01/2018",
        "5/1/2018",
        "05/01/18",
        "05.01.2018",
        "05-01-2018",
        "2018-01-05",
        "2018/01/05",
        "2018-01-05+01:00",
        "2018-01-05T07:02:13.123",
        "2018-01-05 00:00:00",
        "05/01/2018 08:30",
        "05012018",
        "20180105",
        "5 janvier 2018",
        " 05/01/2018\u00a0",
    ],
)
def test_every_manner_of_a_day(text: str) -> None:
    assert cells.day(text) == date(2018, 1, 5)


@pytest.mark.parametrize("text", ["31/02/2018", "13/13/2018", "05/01/1018", "5012018", "43105", "lundi", "01/05-2018"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(cells.Illegible):
        cells.day(text)


def test_serial_days_only_in_sheets() -> None:
    assert cells.day("43105", serials=True) == date(2018, 1, 5)
    assert cells.day("31/12/9999") is None
    assert cells.day("00/00/0000") is None


@given(
    st.dates(date(1970, 1, 1), date(2069, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%d%m%Y", "%d.%m.%Y"]),
)
def test_days_are_read_back(value: date, form: str) -> None:
    assert cells.day(value.strftime(form)) == value


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("du 05/01/2018 au 10/04/2018", date(2018, 1, 5), date(2018, 4, 10)),
        ("05/01/2018 au 10/04/2018", date(2018, 1, 5), date(2018, 4, 10)),
        ("05/01/2018 - 10/04/2018", date(2018, 1, 5), date(2018, 4, 10)),
        ("05/01/2018", date(2018, 1, 5), date(2018, 1, 5)),
        ("02/2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("février 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_periods_in_one_cell(text: str, first: date, last: date) -> None:
    assert cells.period(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "days"), [("13", 13), ("13,00", 13), ("13 jours", 13), ("-4", -4), ("7 j", 7), ("", None)]
)
def test_numbers_of_days(text: str, days: int | None) -> None:
    assert cells.count(text) == days


def test_half_days_are_not_rounded() -> None:
    with pytest.raises(cells.Illegible, match="non entier"):
        cells.count("12,5")


def test_a_nir_keeps_its_letter_and_loses_its_spaces() -> None:
    assert cells.nir("2 95 10 99 126 111 93") == "295109912611193"
    assert cells.nir("253072a07300443") == "253072A07300443"
    assert cells.siret("732 829 320 00074") == "73282932000074"


@pytest.mark.parametrize("text", ["1,90013E+14", "1.90013E+14", "190013000000000", "29510991261119", "95109912611"])
def test_a_nir_damaged_by_a_spreadsheet_is_seen_and_left(text: str) -> None:
    assert cells.is_damaged_nir(text)
    assert cells.nir(text) == text


@pytest.mark.parametrize("text", ["295109912611193", "2951099126111", "253072A07300443", ""])
def test_a_sound_nir_is_not_called_damaged(text: str) -> None:
    assert not cells.is_damaged_nir(text)


def test_a_siret_damaged_by_a_spreadsheet_is_seen() -> None:
    assert cells.is_damaged_siret("7,32829E+13")
    assert cells.is_damaged_siret("3564000000048")
    assert not cells.is_damaged_siret("99999999999999")


@pytest.mark.parametrize(
    ("text", "payee"),
    [
        ("Entreprise", Payee.EMPLOYER),
        ("EMPLOYEUR", Payee.EMPLOYER),
        ("Oui", Payee.EMPLOYER),
        ("true", Payee.EMPLOYER),
        ("Subrogé", Payee.EMPLOYER),
        ("Salarié", Payee.EMPLOYEE),
        ("Assuré", Payee.EMPLOYEE),
        ("non", Payee.EMPLOYEE),
        ("Non subrogé", Payee.EMPLOYEE),
        ("", Payee.UNKNOWN),
        ("Banque", Payee.UNKNOWN),
    ],
)
def test_who_was_paid(text: str, payee: Payee) -> None:
    assert cells.payee(text) is payee


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("Paiement", Sense.PAYMENT),
        ("ANNULATION", Sense.CANCELLATION),
        ("Annulé", Sense.CANCELLATION),
        ("A", Sense.CANCELLATION),
        ("P", Sense.PAYMENT),
        ("", None),
    ],
)
def test_payment_or_cancellation(text: str, sense: Sense | None) -> None:
    assert cells.sense(text) is sense


def test_a_sense_that_is_not_understood_is_not_guessed() -> None:
    with pytest.raises(cells.Illegible):
        cells.sense("avance")


@pytest.mark.parametrize(
    ("text", "branch"),
    [
        ("AS", Branch.ILLNESS),
        ("Maladie", Branch.ILLNESS),
        ("AT/MP", Branch.ACCIDENT),
        ("Maladie professionnelle", Branch.ACCIDENT),
        ("Maternité", Branch.MATERNITY),
        ("Invalidité", Branch.UNKNOWN),
    ],
)
def test_the_risk_by_code_or_words(text: str, branch: Branch) -> None:
    assert cells.branch(text) is branch
