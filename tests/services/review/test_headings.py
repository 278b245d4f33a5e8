"""Headings of insurers, tools and payroll, and those that a person taught."""

import pytest

from desktop.services.review.reading.headings import (
    MEANINGS,
    PORTAL,
    Taught,
    fingerprint,
    is_portal,
    meaning_of,
    recognise,
)
from tests.services.review.making_tables import BPIJ_TOOL, INSURER, PAYROLL


def meanings(headings: tuple[str, ...], sample: tuple[tuple[str, ...], ...] = ()) -> list[str]:
    known = recognise(headings, sample)
    return [known.mapping.get(place, "") for place in range(len(headings))]


def test_an_insurers_export() -> None:
    assert meanings(INSURER) == [
        "",
        "member",
        "surname",
        "first_name",
        "nir",
        "employee",
        "leave_start",
        "start",
        "end",
        "days",
        "unit",
        "gross",
        "csg",
        "crds",
        "net",
        "payee",
        "paid_on",
        "reference",
    ]


def test_the_tools_that_read_bpij_and_payroll() -> None:
    assert meanings(BPIJ_TOOL) == ["paid_on", "person", "label", "start", "end", "days", "gross", "net"]
    assert meanings(PAYROLL) == ["employee", "person", "start", "end", "days", "unit", "gross", "levies", "net"]


def test_the_portals_own_export_is_known_whatever_its_case() -> None:
    assert recognise(PORTAL).usable
    assert len(recognise(PORTAL).mapping) == len(PORTAL)
    assert is_portal([heading.upper() for heading in PORTAL])
    assert not is_portal(INSURER)


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("N° de Sécurité Sociale", "nir"),
        ("n° securite sociale", "nir"),
        ("MONTANT BRUT (€)", "gross"),
        ("Montant net en euros", "net"),
        ("Du", "start"),
        ("AU", "end"),
        ("date_debut", "start"),
        ("Date de début de période", "start"),
        ("Nb. jours", "days"),
        ("Couleur", ""),
        ("", ""),
    ],
)
def test_case_accents_and_punctuation_do_not_count(heading: str, meaning: str) -> None:
    assert meaning_of(heading) == meaning


def test_a_beneficiary_is_a_name_or_a_payee_by_what_stands_below() -> None:
    headings = ("Nom", "Prénom", "Bénéficiaire", "Du", "Brut")
    assert (
        meanings(headings, (("DUPONT", "Zoé", "Entreprise", "", ""), ("ROY", "Luc", "Salarié", "", "")))[2] == "payee"
    )
    assert meanings(("Bénéficiaire", "Du", "Brut"), (("DUPONT Zoé", "", ""),))[0] == "person"


def test_a_bare_amount_is_what_the_table_lacks() -> None:
    assert meanings(("Nom", "Du", "Montant"))[2] == "gross"
    assert meanings(("Nom", "Du", "Brut", "Montant"))[3] == "net"
    assert meanings(("Nom", "Du", "Brut", "Net", "Montant"))[4] == ""


def test_what_is_missing_is_said() -> None:
    known = recognise(("Nom", "Couleur"))
    assert not known.usable
    assert known.missing == ("une date ou une période", "un montant brut ou net")
    assert recognise(("Du", "Brut")).missing == ("le salarié\u00a0: nom, NIR ou matricule",)


def test_a_taught_table_is_recognised_again() -> None:
    headings = ("Col A", "Col B", "Col C", "Autre")
    taught = {fingerprint(headings): Taught({"Col A": "person", "Col B": "start", "Col C": "gross", "Autre": ""})}
    again = recognise(("COL A", "col b", " Col  C", "autre"), (), taught)
    assert again.usable
    assert dict(again.mapping) == {0: "person", 1: "start", 2: "gross"}
    assert not recognise(headings[:3], (), taught).usable


def test_every_meaning_can_be_said() -> None:
    assert "kind" not in MEANINGS
    assert {meaning_of(heading) for heading in PORTAL} <= set(MEANINGS)
