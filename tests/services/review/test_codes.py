"""The line codes of BPIJ: complete, named in French, found again by their labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.services.review.codes import CODES, code_of, is_known, kind_of, label_of
from desktop.services.review.line import Kind

OFFICIAL = {
    "I.J. NORMALES": "IJNOR",
    "I.J NORMALES": "IJNOR",
    "ij normales": "IJNOR",
    "Indemnités journalières majorées": "IJMAJ",
    "CARENCE": "CAR",
    "I.J.  MINIMUM  MAJOREE": "MIJ",
    "I.J MALADIE NORMALE + 6 MOIS": "ASN",
    "I.J. POSNATALES": "POS",
    "I.J.REDUITES CURE (RENTE)": "CUR",
    "RETENUE C.S.G.": "RETCSJ",
    "RETENUE R.D.S.": "RETCRD",
    "CONSTAT D'INDU": "CIN",
    "RECUPERATION INDU": "RPR",
    "INDEM.REMPL.MATER REDUITE(ADOPTION)": "IRA",
    "ALLOCATION NUIT MAJOREE  3 ENFANTS": "NME",
    "\u00a0perte de salaire ": "IPS",
}


@pytest.mark.parametrize(("label", "code"), OFFICIAL.items())
def test_a_label_as_it_is_printed(label: str, code: str) -> None:
    assert code_of(label) == code


@pytest.mark.parametrize("label", ["", "n’importe quoi", "I.J.", "Total", "123"])
def test_no_code_is_guessed(label: str) -> None:
    assert code_of(label) == ("IJNOR" if label == "I.J." else "")


def test_every_code_leads_back_to_itself() -> None:
    assert len(CODES) == 49
    assert {code: code_of(known.label) for code, known in CODES.items()} == {code: code for code in CODES}
    assert {code_of(f" {code.lower()} ") for code in CODES} == set(CODES)


def test_kinds() -> None:
    by_kind = {kind: {code for code in CODES if kind_of(code) is kind} for kind in Kind}
    assert by_kind[Kind.WAITING] == {"CAR"}
    assert by_kind[Kind.RECOVERY] == {"CIN", "RPR"}
    assert by_kind[Kind.LEVY] == {"RETCSJ", "RETCRD", "RETRCJ", "RETRRD", "REGRCJ", "REGRRD"}
    assert len(by_kind[Kind.INDEMNITY]) == 40
    assert kind_of(" retcsj ") is Kind.LEVY
    assert [kind_of(code) for code in ("XYZ", "", "RETRAITE", "RETABC")] == [Kind.INDEMNITY] * 3 + [Kind.LEVY]


@given(st.text(max_size=20))
def test_an_unknown_code_is_its_own_label(code: str) -> None:
    if not is_known(code):
        assert label_of(code) == code.strip()
    assert code_of(code) == "" or is_known(code_of(code))
