"""Of a table: amounts that are taken from one another are said, and totals of days are proved."""

import pytest

from desktop.services.review.reading import table
from desktop.services.review.whole import ReadFile
from tests.services.review.making_tables import source, text


def read(data: bytes) -> ReadFile:
    return table.read(source(data))


ONLY_NET = (
    "Ce fichier ne dit que le net\u00a0: brut et retenues n’y sont pas connus\u202f; le brut est repris du net.",
)
ONLY_GROSS = (
    "Ce fichier ne dit que le brut\u00a0: retenues et net n’y sont pas connus\u202f; le net est repris du brut.",
)


def _priced(headings: str, *rows: str) -> ReadFile:
    made = [["Nom", "Libellé", "Du", "Au", "Jours", *headings.split(";")]]
    made += [[f"DURAND {place}", *row.split(";")] for place, row in enumerate(rows)]
    return read(text(made))


_DATES = "01/03/2023;14/03/2023;14"


@pytest.mark.parametrize(
    ("headings", "rows", "said"),
    [
        ("Montant net", [f"IJ normale;{_DATES};522,48", f"IJ normale;{_DATES};100,00"], ONLY_NET),
        ("Montant brut;Montant net", [f"IJ normale;{_DATES};;522,48"], ONLY_NET),
        ("Montant brut", [f"IJ normale;{_DATES};560,00", f"Carence;{_DATES};0,00"], ONLY_GROSS),
        ("Montant brut;CSG", [f"IJ normale;{_DATES};560,00;"], ONLY_GROSS),
        ("Montant brut;CSG", [f"IJ normale;{_DATES};560,00;0,00"], ()),
        ("Montant brut;Montant net", [f"IJ normale;{_DATES};560,00;522,48", f"IJ normale;{_DATES};560,00;"], ()),
        ("Montant net", [f"IJ normale;{_DATES};560,00", f"CSG;{_DATES};-34,72"], ()),
        ("CSG;Montant net", [f"IJ normale;{_DATES};34,72;525,28"], ()),
        (
            "Montant brut;Montant net",
            [f"IJ normale;{_DATES};560,00;522,48", f"IJ normale;{_DATES};;522,48", f"Carence;{_DATES};;0,00"],
            ("Lignes qui ne disent que le net, dont le brut est repris\u00a0: 1.",),
        ),
    ],
)
def test_an_amount_that_is_taken_from_the_other_is_said(headings: str, rows: list[str], said: tuple[str, ...]) -> None:
    assert _priced(headings, *rows).notes[1:] == said


def _with_days(total: str, *days: str) -> ReadFile:
    amounts = ("1 007,81", "487,65", "(162,55)", "455,14")
    rows = [["Nom", "Jours", "Montant net", "Date de paiement"]]
    rows += [["DURAND Zoé", *told, "17/03/2023"] for told in zip(days, amounts, strict=True)]
    return read(text([*rows, ["Total", total, "1 788,05", ""]]))


@pytest.mark.parametrize(
    ("total", "days", "holds"),
    [
        ("65", ("31", "15", "5", "14"), True),
        ("55", ("31", "15", "5", "14"), True),
        ("60", ("31", "15", "5", "14"), False),
        ("55", ("31", "15", "-5", "14"), True),
        ("65", ("31", "15", "-5", "14"), False),
    ],
)
def test_a_total_of_days_is_the_sum_with_signs_or_that_of_the_column(
    total: str, days: tuple[str, ...], *, holds: bool
) -> None:
    found = _with_days(total, *days)
    assert found.frame["days"].to_list() == [31, 15, -5, 14]
    assert [(one.measure, one.holds) for one in found.controls] == [("net", True), ("days", holds)]
