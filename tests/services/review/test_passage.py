"""A correction of a printed or XML line begins with what is plain in its raw text."""

import pytest

from desktop.services.review.archive import correcting
from desktop.services.review.whole import Rejected


@pytest.mark.parametrize(
    ("raw", "texts"),
    [
        (
            "82000012 Lefèvre Anne-Marie 31/02/2026 au 13/03/2026 I.J. normales 14 32,51 455,14 30,52 424,62 "
            "Entreprise",
            {
                "claim": "82000012",
                "person": "Lefèvre Anne-Marie",
                "start": "31/02/2026",
                "end": "13/03/2026",
                "label": "I.J. normales",
                "code": "IJNOR",
                "days": "14",
                "unit": "32,51",
                "gross": "455,14",
                "levies": "30,52",
                "net": "424,62",
                "payee": "Entreprise",
            },
        ),
        (
            "31/02/2026 au 13/03/2026 I.J. normales 14 32,51 € 455,14 €",
            {
                "start": "31/02/2026",
                "end": "13/03/2026",
                "label": "I.J. normales",
                "code": "IJNOR",
                "days": "14",
                "unit": "32,51",
                "gross": "455,14",
                "levies": "0,00",
                "net": "455,14",
            },
        ),
        (
            "<b:Prestation><b:CodeNature>IJNOR</b:CodeNature><b:DateDebPrest>2026-01-05</b:DateDebPrest>"
            "<b:DateFinPrest>2026-02-31</b:DateFinPrest><b:NbIJ>14</b:NbIJ><b:PU>32.51</b:PU><b:IJSub>true</b:IJSub>"
            "<b:Montant>455.14</b:Montant></b:Prestation>",
            {
                "code": "IJNOR",
                "start": "05/01/2026",
                "end": "2026-02-31",
                "days": "14",
                "unit": "32,51",
                "gross": "455,14",
                "levies": "0,00",
                "net": "455,14",
                "payee": "Entreprise",
            },
        ),
        (
            "<Prestation><CodeNature>RETCSJ</CodeNature><Montant>-28.28</Montant></Prestation>",
            {"code": "RETCSJ", "gross": "0,00", "levies": "28,28", "net": "-28,28"},
        ),
        (
            "31/02/2026 au 13/03/2026 I.J. normales 14 325,10 4 551,40",
            {
                "start": "31/02/2026",
                "end": "13/03/2026",
                "label": "I.J. normales",
                "code": "IJNOR",
                "days": "14",
                "unit": "325,10",
                "gross": "4 551,40",
                "levies": "0,00",
                "net": "4 551,40",
            },
        ),
        ("MARTIN;douze;99", {}),
        ("", {}),
    ],
)
def test_a_printed_or_xml_line_is_begun_from_its_raw_text(raw: str, texts: dict[str, str]) -> None:
    assert correcting.begun(Rejected(3, "", raw)) == texts


def test_what_stands_above_a_printed_line_goes_along() -> None:
    rejected = Rejected(
        3, "", "05/01/2026 au 18/01/2026 Illisible", (("person", "MARTIN Zoé"), ("nir", "2950199126111"))
    )
    begun = correcting.begun(rejected)
    assert (begun["person"], begun["nir"], begun["start"], begun["end"]) == (
        "MARTIN Zoé", "2950199126111", "05/01/2026", "18/01/2026"
    )  # fmt: skip
