"""How things are said."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication

from desktop.views import wording
from desktop.views.fields.reading import read_amount, read_date

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 10, 42)  # noqa: DTZ001 - a local moment


def test_days_and_hours() -> None:
    assert wording.day(TODAY) == "23/11/2026"
    assert wording.hour(NOON) == "10\u00a0h\u00a042"
    assert wording.hour(NOON.replace(hour=9, minute=5)) == "9\u00a0h\u00a005"
    assert wording.long_day(date(2026, 5, 1)) == "1ᵉʳ\u00a0mai\u00a02026"
    assert wording.moment_said(NOON) == "23\u00a0novembre\u00a02026 à 10\u00a0h\u00a042"


def test_a_tooltip_shows_markup_and_never_obeys_it(qapp: QApplication) -> None:
    hostile = "<img src='file:///etc/hostname'> R&D <b>x</b>\nsuite"
    shown = QTextDocument()
    shown.setHtml(wording.tip(hostile))
    assert shown.toPlainText() == hostile
    assert wording.tip("") == ""


def test_a_moment_with_a_zone_is_told_in_the_zone_of_the_computer() -> None:
    moment = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
    assert wording.hour(moment) == wording.hour(moment.astimezone().replace(tzinfo=None))


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOON, "10\u00a0h\u00a042"),
        (datetime(2026, 3, 12, 8, 0), "12\u00a0mars"),  # noqa: DTZ001
        (datetime(2026, 2, 1, 8, 0), "1ᵉʳ\u00a0févr."),  # noqa: DTZ001
        (datetime(2025, 3, 12, 8, 0), "12/03/2025"),  # noqa: DTZ001
    ],
)
def test_the_date_of_a_row_is_as_short_as_it_can_be(moment: datetime, said: str) -> None:
    assert wording.list_date(moment, TODAY) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "Aujourd\u2019hui"),
        (date(2026, 11, 22), "Hier"),
        (date(2026, 11, 21), "Samedi 21\u00a0novembre"),
        (date(2025, 4, 1), "Mardi 1ᵉʳ\u00a0avril\u00a02025"),
    ],
)
def test_day_headings(day: date, said: str) -> None:
    assert wording.day_heading(day, TODAY) == said


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=5), "à l\u2019instant"),
        (timedelta(minutes=1), "il y a 1\u00a0minute"),
        (timedelta(minutes=5), "il y a 5\u00a0minutes"),
        (timedelta(hours=2), "depuis 8\u00a0h\u00a042"),
        (timedelta(days=2), "depuis le 21/11/2026"),
        (-timedelta(days=400), "depuis le 28/12/2027"),
    ],
)
def test_since_when(ago: timedelta, said: str) -> None:
    assert wording.since(NOON - ago, NOON) == said


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (0, "0\u00a0octet"),
        (812, "812\u00a0octets"),
        (253_952, "248\u00a0Ko"),
        (1_048_500, "1\u00a0Mo"),
        (1_258_291, "1,2\u00a0Mo"),
        (1_048_576, "1\u00a0Mo"),
        (10 * 1024 * 1024, "10\u00a0Mo"),
        (3 * 1024**3, "3\u00a0Go"),
    ],
)
def test_sizes(octets: int, said: str) -> None:
    assert wording.size(octets) == said


def test_numbers_amounts_and_counts() -> None:
    assert wording.number(1234567) == "1\u202f234\u202f567"
    assert wording.amount(Decimal("1234.56")) == "1\u202f234,56\u00a0€"
    assert wording.amount(Decimal("-0.5")) == "−0,50\u00a0€"
    assert [wording.count(n, "demande") for n in (0, 1, 2)] == ["0\u00a0demande", "1\u00a0demande", "2\u00a0demandes"]
    assert wording.count(3, "travail", "travaux") == "3\u00a0travaux"
    assert wording.siret("55210055400013") == "552\u202f100\u202f554\u202f00013"
    assert wording.siret("abc") == "abc"
    assert wording.rate(1_258_291.0) == "1,2\u00a0Mo/s"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("Arrêt", "", "2 non lus"), "Arrêt, 2 non lus."),
        (("Vous", "Est-ce bien reçu\u202f?"), "Vous, Est-ce bien reçu\u202f?"),
        (("Est-ce bien reçu\u202f?\n", "pièce jointe"), "Est-ce bien reçu\u202f? pièce jointe."),
        (("Brasserie S.A.", "2 non lues"), "Brasserie S.A. 2 non lues."),
        (("Arrêt", "Brasserie S.A."), "Arrêt, Brasserie S.A."),
        (("À suivre…",), "À suivre…"),
    ],
)
def test_what_is_read_aloud_ends_once(parts: tuple[str, ...], said: str) -> None:
    assert wording.sentence(*parts) == said


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_an_amount_that_is_shown_is_read_again(value: Decimal) -> None:
    assert read_amount(wording.amount(value)) == value


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_a_day_that_is_shown_is_read_again(day: date) -> None:
    assert read_date(wording.day(day), TODAY) == day
    assert read_date(day.isoformat(), TODAY) == day
    assert read_date(day.strftime("%d%m%Y"), TODAY) == day


@given(st.text(max_size=30))
def test_whatever_is_typed_never_breaks_a_field(text: str) -> None:
    day, amount = read_date(text, TODAY), read_amount(text)
    assert day is None or read_date(wording.day(day), TODAY) == day
    assert amount is None or read_amount(wording.amount(amount)) == amount


@given(st.integers(min_value=0, max_value=10**15))
def test_every_size_has_a_unit(octets: int) -> None:
    assert wording.size(octets).split("\u00a0")[1] in {"octet", "octets", "Ko", "Mo", "Go"}


@pytest.mark.parametrize(
    ("label", "company", "said"),
    [
        ("Usine de Brest", "Morvan SAS", "Morvan SAS · Usine de Brest · adhérent n°\u00a07000123"),
        ("Morvan SAS", "Morvan SAS", "Morvan SAS · adhérent n°\u00a07000123"),
        ("", "", "adhérent n°\u00a07000123"),
    ],
)
def test_a_space_is_named_in_one_way(label: str, company: str, said: str) -> None:
    assert wording.place("7000123", label, company) == said
