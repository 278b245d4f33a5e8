"""Allowances from printed text: rows, totals, and what separates them, to the cent."""

import time
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.review import line
from desktop.services.review.reading import printed
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import FileKind, ReadFile, Unreadable
from tests.services.review import making_bpij as making
from tests.services.review.making_bpij import printed_row

PERIOD = "01/03/2024 au 02/03/2024"
NORMAL = printed_row(PERIOD, "I.J. NORMALES", "2", "53,31", "106,62")


def read(*pages: str) -> ReadFile:
    return printed.read(Source("bpij.pdf", b"%PDF-"), pages)


def test_the_published_rounding_comes_out_to_the_cent() -> None:
    found = read(making.printed([NORMAL, printed_row("27/02/2024 au 29/02/2024", "CARENCE", "3", "0,00", "0,00")]))
    assert found.kind is FileKind.BPIJ_PDF
    assert dict(found.frame.schema) == line.COLUMNS
    first, second = found.frame.to_dicts()
    assert first["unit"] == 533100
    assert [first[name] for name in ("gross", "csg", "crds", "levies", "net")] == [10662, 662, 54, 716, 9946]
    assert [first[name] for name in ("line", "person", "code", "label", "days")] == [
        5,
        "MARTIN ANNE",
        "IJNOR",
        "I.J. NORMALES",
        2,
    ]
    assert (first["start"], first["end"], first["paid_on"]) == (date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 6))
    assert (first["kind"], first["sense"], first["payee"]) == ("indemnity", "payment", "employer")
    assert (second["kind"], second["days"], second["net"]) == ("waiting", 3, 0)
    (total,) = found.controls
    assert (total.level, total.name, total.line, total.measure, total.stated) == (
        "person",
        "MARTIN ANNE",
        7,
        "net",
        9946,
    )
    assert total.holds
    assert found.notes == ("Retenues non imprimées\u00a0: elles sont ce qui sépare le brut du total imprimé.",)


@pytest.mark.parametrize("total", ["99,45 €", "99,48 €"])
def test_a_cent_a_day_is_tolerated_and_the_printed_total_counts(total: str) -> None:
    found = read(making.printed([NORMAL], total=total))
    (row,) = found.frame.to_dicts()
    assert (row["csg"], row["crds"]) == (None, None)
    assert row["net"] == found.controls[0].stated == row["gross"] - row["levies"]


@pytest.mark.parametrize("total", ["99,43 €", "99,49 €", "110,00 €", "-99,46 €"])
def test_a_total_that_nothing_explains_is_not_made_to_fit(total: str) -> None:
    found = read(making.printed([NORMAL], total=total))
    assert found.frame["net"].to_list() == [10662]
    assert not found.controls[0].holds


def test_a_total_of_the_gross_leaves_nothing_withheld() -> None:
    found = read(making.printed([NORMAL], total="106,62 €"))
    assert (found.frame["levies"].to_list(), found.controls[0].holds, found.notes) == ([0], True, ())


@pytest.mark.parametrize("sign", ["-", "\u2212", ""])
def test_withholdings_printed_as_rows(sign: str) -> None:
    rows = [NORMAL, f"{PERIOD} RETENUE C.S.G. {sign}6,62 €", f"{PERIOD} RETENUE R.D.S. {sign}0,54 €"]
    found = read(making.printed(rows))
    assert found.frame["gross"].to_list() == [10662, 0, 0]
    assert found.frame["levies"].to_list() == [0, 662, 54]
    assert found.frame["sense"].unique().to_list() == ["payment"]
    assert found.frame["net"].sum() == 9946
    assert found.controls[0].holds


def test_a_cancellation_is_its_payment_backwards() -> None:
    back = printed_row(PERIOD, "I.J. NORMALES", "2", "-53,31", "\u2212106,62")
    found = read(making.printed([NORMAL], total="99,46 €"), making.printed([back], total="-99,46 €"))
    paid, cancelled = found.frame.to_dicts()
    assert [cancelled[name] for name in ("sense", "days", "unit")] == ["cancellation", -2, 533100]
    assert [cancelled[name] for name in ("gross", "csg", "crds", "levies", "net")] == [-10662, -662, -54, -716, -9946]
    assert paid["net"] + cancelled["net"] == 0
    assert all(each.holds for each in found.controls)


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009"])
def test_thousands_and_quantities_are_told_apart(space: str) -> None:
    row = printed_row(PERIOD, "I.J MALADIE NORMALE + 6 MOIS", "33", f"1{space}053,31", f"34{space}759,23")
    (found,) = read(making.printed([row], total=None)).frame.to_dicts()
    assert [found[name] for name in ("code", "days", "unit", "gross")] == ["ASN", 33, 10533100, 3475923]


def test_cells_on_lines_of_their_own() -> None:
    text = making.printed(
        [NORMAL.replace(" 2 ", "\n2\n").replace(" € ", " €\n").replace("2024 I", "2024\nI")], total=None
    )
    found = read(f"{text}\nTotal :\n99,46 €\n1")
    assert found.frame["net"].to_list() == [9946]
    assert found.rejected == ()


def test_days_and_persons_follow_one_another_over_pages() -> None:
    first = making.printed([NORMAL], "LE GOFF YANN", "06/03/2024")
    second = making.printed(
        [printed_row("05/03/2024 au 05/03/2024", "I.J. MAJOREES", "1", "10,00", "10,00")],
        "NOËL ÈVE",
        "07/03/2024",
        "9,33 €",
    )
    rest = NORMAL + "\nTotal : 99,46 €\nPage 3"
    found = read("SIRET : 732 829 320 00074\nCPAM DE PARIS\n" + first, second, rest)
    assert found.frame["person"].to_list() == ["LE GOFF YANN", "NOËL ÈVE", "NOËL ÈVE"]
    assert [each.day for each in found.frame["paid_on"]] == [6, 7, 7]
    assert found.frame["company"].unique().to_list() == [making.SIRET]
    assert found.frame["payer"].unique().to_list() == ["CPAM DE PARIS"]
    assert found.frame["line"].to_list() == [7, 13, 15]
    assert [each.holds for each in found.controls] == [True, True, True]


def test_a_total_without_rows_is_of_the_whole_file() -> None:
    found = read(making.printed([NORMAL]), making.printed([NORMAL]), "Total : 198,92 €")
    assert [(each.level, each.holds) for each in found.controls] == [("person", True), ("person", True), ("file", True)]


def test_a_number_of_social_security_is_kept_apart() -> None:
    text = making.printed([NORMAL], "MARTIN ANNE\nNuméro de sécurité sociale : 2 95 10 99 126 111 93")
    found = read(text)
    assert found.frame.select("person", "nir").row(0) == ("MARTIN ANNE", "295109912611193")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("31/02/2024 au 02/03/2024 I.J. NORMALES 2 53,31 € 106,62 €", "Une date de la période n’existe pas."),
        (f"{PERIOD} I.J. NORMALES 2 53,31 € 1O6,62 €", "La quantité ou le prix unitaire ne se lisent pas."),
        (f"{PERIOD} I.J. NORMALES 2 53,31 €", "La quantité ou le prix unitaire ne se lisent pas."),
        (f"{PERIOD} I.J. NORMALES", "La nature, la quantité ou le montant ne se lisent pas."),
        (PERIOD, "La nature, la quantité ou le montant ne se lisent pas."),
    ],
)
def test_what_cannot_be_read_is_counted_and_told(row: str, reason: str) -> None:
    found = read(making.printed([NORMAL, row, NORMAL], total=None))
    assert found.frame["line"].to_list() == [5, 7]
    assert [(each.line, each.reason, each.raw) for each in found.rejected] == [(6, reason, row)]
    assert found.notes == ("Lignes sans total imprimé pour les vérifier\u00a0: 2.",)


def test_a_period_of_the_heading_is_no_row() -> None:
    found = read(f"Relevé du 01/01/2024 au 31/03/2024\nPériode : 01/01/2024 au 31/03/2024\n{making.printed([NORMAL])}")
    assert (found.frame.height, found.rejected) == (1, ())


def test_the_portals_statement() -> None:
    found = read(making.STATEMENT.replace("1 0", "1\u202f0"))
    assert found.kind is FileKind.PORTAL_PDF
    first, second, third = found.frame.to_dicts()
    assert first | {"leave_start": 0} == {
        **dict.fromkeys(("payer", "nir", "employee", "branch"), ""),
        **dict.fromkeys(("csg", "crds", "tax")),
        "line": 5, "company": making.SIRET, "member": "1234567", "person": "MARTIN Anne", "claim": "S-81",
        "code": "IJNOR", "label": "I.J. NORMALES", "kind": "indemnity", "sense": "payment", "leave_start": 0,
        "start": date(2024, 3, 1), "end": date(2024, 3, 31), "days": 31, "unit": 10325100, "gross": 3200781,
        "levies": 214452, "net": 2986329, "payee": "employer", "paid_on": date(2024, 3, 6), "reference": "R-2024-17",
    }  # fmt: skip
    assert [second[name] for name in ("sense", "days", "unit", "net")] == ["cancellation", -31, 10325100, -2986329]
    assert [third[name] for name in ("person", "kind", "payee", "gross")] == ["LE GOFF Yann", "waiting", "employee", 0]
    assert [(each.measure, each.line, each.holds) for each in found.controls] == [
        ("gross", 8, True),
        ("levies", 8, True),
        ("net", 8, True),
    ]


def test_a_row_of_the_statement_that_cannot_be_read() -> None:
    found = read(making.STATEMENT.replace("Entreprise", "Quelqu’un", 1).replace("05/03/2024 au", "30/02/2024 au"))
    assert [(each.line, each.reason) for each in found.rejected] == [
        (5, "La ligne ne se lit pas en entier."),
        (7, "Une date de la période n’existe pas."),
    ]
    assert [each.holds for each in found.controls] == [False, False, False]


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        ((), "que des images"),
        ((" \n", ""), "que des images"),
        (("Facture n° 12\nTotal : 99,46 €",), "ni un BPIJ ni un relevé"),
    ],
)
def test_other_documents(pages: tuple[str, ...], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(*pages)


@pytest.mark.parametrize("word", ["", "SIRET", "NIR", "Organisme", "Date de paiement", "Total", "CPAM"])
@pytest.mark.parametrize("blank", [" ", "\n"])
@pytest.mark.parametrize("head", ["Relevé d’indemnités journalières n° R-1", "Détail des prestations pour MARTIN ANNE"])
def test_a_page_of_blanks_holds_nobody_up(head: str, blank: str, word: str) -> None:
    began = time.monotonic()
    with suppress(Unreadable):
        read(f"{head}\n{word}{blank * (1_500 if word else 20_000)}x\n{NORMAL}")
    assert time.monotonic() - began < 2.0


def test_a_hundred_thousand_rows() -> None:
    found = read(*[making.printed([NORMAL] * 50)] * 2_000)
    assert (found.frame.height, len(found.controls)) == (100_000, 2_000)
    assert found.frame["line"].is_unique().all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 20_000)), min_size=1, max_size=8), st.booleans())
def test_rows_written_are_rows_read(rows: list[tuple[int, int]], withheld: bool) -> None:
    """Days and daily rates: the gross of each, and the total once CSG and CRDS are taken from each day."""

    def euros(cents: int) -> str:
        return f"{cents // 100:,}".replace(",", "\u202f") + f",{cents % 100:02}"

    def net(unit: int) -> int:
        return unit - (unit * 62 + 500) // 1000 - (unit * 5 + 500) // 1000

    text = [printed_row(PERIOD, "I.J. NORMALES", str(days), euros(unit), euros(days * unit)) for days, unit in rows]
    total = sum(days * (net(unit) if withheld else unit) for days, unit in rows)
    found = read(making.printed(text, total=f"{euros(total)} €"))
    assert found.frame.select("days", "gross").rows() == [(days, days * unit) for days, unit in rows]
    assert found.controls[0].holds
    assert found.frame["net"].to_list() == [days * (net(unit) if withheld else unit) for days, unit in rows]


@settings(max_examples=75, deadline=None)
@given(st.text(st.sampled_from("0123456789/,.€ \n-TotalauIJ.NORMALES:\u202f"), max_size=300), st.text(max_size=80))
def test_no_text_breaks_it(text: str, other: str) -> None:
    found = read(f"Relevé d’indemnités journalières\nTotal 1,00 € 0,00 € 1,00 €\n{text}{other}")
    assert dict(found.frame.schema) == line.COLUMNS
    found = read(f"Journée du 06/03/2024\n01/03/2024 au 02/03/2024 {text}{other}")
    assert (found.frame["gross"] - found.frame["levies"] == found.frame["net"]).all()


@pytest.mark.parametrize(
    "text", ["Journée du 06/03/20", "Détail des prestations pour X\nTotal : 1,00 €", "Relevé d’indemnités journalières"]
)
def test_a_document_without_a_line_is_not_read_as_nothing(text: str) -> None:
    with pytest.raises(Unreadable, match="aucune ligne à lire"):
        read(text)
