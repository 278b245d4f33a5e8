"""The Assurance maladie's XML: what each element becomes, to the cent, and what is said when it cannot."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.review import line
from desktop.services.review.reading import bpij
from desktop.services.review.reading.bpij import document
from desktop.services.review.reading.bpij.lines import DUE_NUMBER
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import FileKind, ReadFile, Unreadable
from tests.services.review import making_bpij as making
from tests.services.review.making_bpij import Benefit, Company, Cover, Due, Fund, Insured, Message


def read(data: bytes, name: str = "bpij.xml") -> ReadFile:
    return bpij.read(Source(name, data))


def told(message: Message) -> pl.DataFrame:
    return read(making.xml(message)).frame


def test_a_line_in_full() -> None:
    found = read(making.xml(making.of(Benefit(label="I.J. NORMALES", claim="S-12"))))
    assert found.kind is FileKind.BPIJ_XML
    assert dict(found.frame.schema) == line.COLUMNS
    (row,) = found.frame.to_dicts()
    assert row == {
        **dict.fromkeys(("member", "employee", "reference"), ""),
        **dict.fromkeys(("leave_start", "csg", "crds", "tax")),
        "line": 1,
        "company": making.SIRET,
        "payer": "CPAM DE PARIS (751)",
        "person": "MARTIN Anne",
        "nir": "2951099126111",
        "claim": "S-12",
        "branch": "AS",
        "code": "IJNOR",
        "label": "I.J. NORMALES",
        "kind": "indemnity",
        "sense": "payment",
        "start": date(2018, 1, 5),
        "end": date(2018, 1, 6),
        "days": 2,
        "unit": 533100,
        "gross": 10662,
        "levies": 0,
        "net": 10662,
        "payee": "employer",
        "paid_on": date(2018, 5, 5),
    }
    assert found.notes == ("Message n°\u202fM-2018-1 du 27/06/2018.",)


def test_the_published_regularisation_comes_out_to_the_cent() -> None:
    found = read(making.packed(making.regularised()), "bpij.zip")
    frame = found.frame
    assert frame["line"].to_list() == list(range(1, 14))
    assert (frame["gross"].sum(), frame["levies"].sum(), frame["net"].sum()) == (378263, 42744, 335519)
    assert (frame["gross"] - frame["levies"] == frame["net"]).all()
    cancelled = frame.filter(pl.col("sense") == "cancellation")
    assert cancelled["line"].to_list() == [8, 9, 10]
    assert cancelled["gross"].to_list() == [-312096, 0, 0]
    assert cancelled["levies"].to_list() == [0, -32636, -2631]
    assert cancelled["days"].to_list() == [-96, None, None]
    assert cancelled["unit"].to_list() == [325100, None, None]
    assert frame.filter(pl.col("kind") == "waiting")["days"].to_list() == [4]
    assert [(each.level, each.name, each.stated, each.holds) for each in found.controls] == [
        ("person", "MARTIN Anne", 335519, True),
        ("company", making.SIRET, 335519, True),
        ("sender", "CABINET DES QUAIS", 335519, True),
    ]


def test_each_line_is_of_its_own_groups() -> None:
    def insured(nir: str, branch: str, *amounts: str) -> Insured:
        return Insured(
            (Cover(branch, tuple(Benefit(amount=each) for each in amounts)),), nir=nir, surname=f"P{nir[-1]}"
        )

    message = Message(
        (
            Company(
                (Fund((insured("1", "AT", "1.00", "2.00"),)), Fund((insured("2", "MA", "3.00"),), "130", None, None)),
                "1" * 14,
            ),
            Company(
                (Fund((), "692"), Fund((insured("3", "XX", "4.00"), insured("1", "AS", "5.00")), None, "B")),
                making.NOT_A_COMPANY,
            ),
        )
    )
    found = read(making.xml(message))
    rows = found.frame.select("company", "payer", "person", "nir", "branch", "gross", "paid_on").rows()
    paid = date(2018, 5, 5)
    first, last = "1" * 14, making.NOT_A_COMPANY
    assert rows == [
        (first, "CPAM DE PARIS (751)", "P1 Anne", "1", "AT", 100, paid),
        (first, "CPAM DE PARIS (751)", "P1 Anne", "1", "AT", 200, paid),
        (first, "CPAM 130", "P2 Anne", "2", "MA", 300, None),
        (last, "B", "P3 Anne", "3", "", 400, paid),
        (last, "B", "P1 Anne", "1", "AS", 500, paid),
    ]
    assert [
        (each.level, each.line, each.stated, each.computed) for each in found.controls if each.level != "person"
    ] == [
        ("company", 1, 600, 600),
        ("company", 4, 900, 900),
        ("sender", 1, 1500, 1500),
    ]


def test_recoveries_count_as_money_and_cancel_nothing() -> None:
    benefits = (Benefit("CIN", days=None, unit=None, amount="-80.00"), Benefit("RPR", None, None, None, None, "-20.00"))
    found = read(making.xml(making.of(*benefits, dues=(Due(), Due("-0.01", None)))))
    frame = found.frame.sort("line")
    assert frame["kind"].unique().to_list() == ["recovery"]
    assert frame["sense"].unique().to_list() == ["payment"]
    assert frame["net"].to_list() == frame["gross"].to_list() == [-5000, -1, -8000, -2000]
    assert frame["label"].to_list() == ["Indu", "Indu", "Constat d’indu", "Récupération d’indu"]
    assert frame[DUE_NUMBER].to_list() == ["4711", "", "", ""]
    assert all(each.holds for each in found.controls)


@pytest.mark.parametrize(
    ("code", "amount", "levies", "sense"),
    [
        ("RETCSJ", "-4.12", 412, "payment"),
        ("RETCRD", "4.12", -412, "cancellation"),
        ("REGRCJ", "4.12", -412, "payment"),
        ("REGRRD", "-4.12", 412, "cancellation"),
        ("RETXYZ", "-4.12", 412, "payment"),
    ],
)
def test_a_withholding_is_a_levy_and_no_allowance(code: str, amount: str, levies: int, sense: str) -> None:
    (row,) = told(making.of(making.levy(code, amount, "2018-01-05", "2018-01-06"))).to_dicts()
    assert (row["kind"], row["gross"], row["levies"], row["net"], row["sense"]) == ("levy", 0, levies, -levies, sense)
    assert row["days"] is None


def test_an_unknown_code_is_kept_and_seen() -> None:
    (row,) = told(making.of(Benefit(" zzz "))).to_dicts()
    assert (row["code"], row["label"], row["kind"], row["gross"]) == ("ZZZ", "ZZZ", "indemnity", 10662)


@pytest.mark.parametrize(
    ("text", "payee"),
    [
        ("true", "employer"),
        ("1", "employer"),
        ("false", "employee"),
        (" 0 ", "employee"),
        (None, "unknown"),
        ("oui", "unknown"),
    ],
)
def test_who_was_paid(text: str | None, payee: str) -> None:
    assert told(making.of(Benefit(employer=text)))["payee"].to_list() == [payee]


@pytest.mark.parametrize(
    "text", ["2018-01-05", "2018-01-05+01:00", "2018-01-05Z", " 2018-01-05-03:00\n", "2018-01-05T23:59:59.9+01:00"]
)
def test_a_zone_does_not_move_a_day(text: str) -> None:
    assert told(making.of(Benefit(start=text)))["start"].to_list() == [date(2018, 1, 5)]


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("106.62", 10662),
        ("106.6", 10660),
        ("106", 10600),
        ("+1.10", 110),
        ("-.05", -5),
        ("0001.2300", 123),
        ("7.", 700),
        ("1,5", 150),
        (" 1.00 ", 100),
        ("-0.00", 0),
        ("999999999.99", 99999999999),
    ],
)
def test_amounts(text: str, cents: int) -> None:
    assert told(making.of(Benefit(amount=text, unit=None)))["net"].to_list() == [cents]


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("amount", None, "Le montant manque."),
        ("amount", "", "Le montant manque."),
        *(
            ("amount", text, "Le montant est illisible.")
            for text in ("12a", "1.005", "1,234", "1 000.00", "1e3", "NaN", "--1", ".", "-", "١٢", "10000000000")
        ),
        ("unit", "53.31€", "Le prix unitaire (PU) est illisible."),
        ("unit", "1.00001", "Le prix unitaire (PU) est illisible."),
        ("days", "2.5", "Le nombre de jours (NbIJ) est illisible."),
        ("days", "123456", "Le nombre de jours (NbIJ) est illisible."),
        ("start", "2018-02-30", "La date de début est illisible."),
        ("start", "05/01/2018", "La date de début est illisible."),
        ("end", "0000-01-01", "La date de fin est illisible."),
    ],
)
def test_what_cannot_be_read_is_counted_and_told(field: str, text: str | None, reason: str) -> None:
    bad = replace(Benefit(label="I.J. NORMALES"), **{field: text})
    found = read(making.xml(making.of(Benefit(amount="1.00"), bad, Benefit(amount="2.00"))))
    assert found.frame["line"].to_list() == [1, 3]
    (rejected,) = found.rejected
    assert (rejected.line, rejected.reason) == (2, reason)
    assert rejected.raw.startswith("<Prestation>")
    assert rejected.raw.endswith("</Prestation>")
    assert "2951099126111" not in rejected.raw


def test_a_field_told_twice_is_not_chosen_from() -> None:
    found = read(making.xml(making.of(Benefit(extra="<Montant>1.00</Montant>"))))
    assert [each.reason for each in found.rejected] == ["Un même champ y est donné deux fois."]


def test_a_total_that_its_lines_do_not_reach() -> None:
    found = read(making.xml(making.of(Benefit(amount="1.00"), Benefit(amount="x"), total="3.00")))
    failed = [(each.level, each.stated, each.computed) for each in found.controls if not each.holds]
    assert failed == [("person", 300, 100)]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        (b'<x:Prestation xmlns:x="urn:x">', b"</x:Prestation>"),
        (b"<prestation>", b"</prestation>"),
        (b"<PRESTATION>", b"</PRESTATION>"),
        (b'<Indu xmlns="urn:x">', b"</Indu>"),
    ],
)
def test_what_looks_like_a_line_is_never_passed_over(opening: bytes, closing: bytes) -> None:
    data = making.xml(making.of(Benefit(amount="1.00"), Benefit(amount="2.00"), Benefit(amount="4.00")), pretty=False)
    parts = data.split(b"<Prestation>")
    parts[2] = opening + parts[2].replace(b"</Prestation>", closing)
    found = read(parts[0] + b"<Prestation>" + parts[1] + parts[2] + b"<Prestation>" + parts[3])
    assert found.frame["line"].to_list() == [1, 3]
    assert [(each.line, each.reason) for each in found.rejected] == [
        (2, "Sa balise n’est pas celle du BPIJ (majuscules ou espace de noms).")
    ]
    assert not all(each.holds for each in found.controls)


@pytest.mark.parametrize(
    ("total", "says"),
    [
        ("<Cumul><Montant>un</Montant></Cumul>", "total illisible"),
        ("<Cumul><Montant>9.00</Montant></Cumul><Cumul><Montant>1.00</Montant></Cumul>", "deux totaux différents"),
    ],
)
def test_a_total_that_proves_nothing_does_not_hold(total: str, says: str) -> None:
    data = making.xml(making.of(Benefit(amount="1.00"), total="1.00"), pretty=False)
    assert all(each.holds for each in read(data).controls)
    told = b"<Cumul><Montant>1.00</Montant></Cumul>"
    at = data.index(b"<Assure>")
    found = read(data[:at] + data[at:].replace(told, total.encode(), 1))
    assert [(each.level, each.name) for each in found.controls if not each.holds] == [
        ("person", f"MARTIN Anne, {says}")
    ]


def test_fields_without_a_column_are_named() -> None:
    extra = "<TypeCertificat>P</TypeCertificat><Autre><Dedans/></Autre>"
    assert read(making.xml(making.of(Benefit(extra=extra)))).notes[1:] == (
        "Éléments sans colonne ici\u00a0: Autre, Dedans, TypeCertificat.",
    )


def test_groups_may_name_themselves_behind_their_lines() -> None:
    data = making.xml(making.of(Benefit()), pretty=False)
    leaves = b"<NIR>2951099126111</NIR><Nom>MARTIN</Nom><Prenom>Anne</Prenom>"
    assert leaves in data
    moved = data.replace(leaves, b"").replace(b"</Assure>", leaves + b"</Assure>")
    assert read(moved).frame.equals(read(data).frame)


@pytest.mark.parametrize("prefix", ["", "ns2:", "a-b.c:"])
@pytest.mark.parametrize("pretty", [True, False])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "windows-1252", "UTF-8-SIG"])
def test_any_prefix_and_encoding(prefix: str, pretty: bool, encoding: str) -> None:
    message = making.of(Benefit(), surname="LEFÈVRE & FILS")
    found = read(making.xml(message, prefix, encoding, encoding.removesuffix("-SIG"), pretty))
    assert found.frame["person"].to_list() == ["LEFÈVRE & FILS Anne"]
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    ("encoding", "declared", "inside"),
    [("windows-1252", "UTF-8", "Windows-1252"), ("UTF-8", "ISO-8859-1", "UTF-8"), ("UTF-8", "x-unheard-of", "UTF-8")],
)
def test_a_wrong_declaration_is_told_and_read_through(encoding: str, declared: str, inside: str) -> None:
    found = read(making.xml(making.of(Benefit(), surname="NOËL"), encoding=encoding, declared=declared))
    assert found.frame["person"].to_list() == ["NOËL Anne"]
    assert f"en {inside}" in found.notes[-1]


def test_a_message_without_lines_is_whole() -> None:
    found = read(making.xml(Message(())))
    assert (found.frame.height, dict(found.frame.schema), len(found.controls)) == (0, line.COLUMNS, 1)


# Hostile


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(data)
    assert "2951099126111" not in caught.value.sentence
    return caught.value.sentence


SOUND = making.xml(making.of(Benefit()), pretty=False)
ROOT = f'<BPIJ xmlns="{making.NAMESPACE}" Nature="BPIJ">'.encode()
LAUGHS = (
    b"<!DOCTYPE BPIJ [<!ENTITY a 'ha'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]>"
)


@pytest.mark.parametrize(
    "prolog",
    [
        LAUGHS,
        b'<!DOCTYPE BPIJ [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE BPIJ SYSTEM "http://127.0.0.1:9/x.dtd">',
        b'<!DOCTYPE BPIJ [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        b"<!DOCTYPE BPIJ []>",
    ],
    ids=["laughs", "file", "network", "parameter", "empty"],
)
def test_no_document_type(prolog: bytes) -> None:
    data = SOUND.replace(b"<BPIJ", prolog + b"<BPIJ").replace(b"MARTIN", b"&a9;&x;")
    assert "(DTD)" in refused(data)


@pytest.mark.parametrize("cut", range(0, len(SOUND) - 1, 37))
def test_a_document_cut_anywhere_is_said_to_be_incomplete(cut: int) -> None:
    assert refused(SOUND[:cut]).endswith(("puis réessayez.", "puis réessayez"))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (ROOT + b"<a>" * 100_000, "niveaux"),
        (ROOT + b"<Prestation>" + b"<a>" * 1_500_000, "démesurés"),
        (ROOT + b"<Nom>" + b"x" * 9_000_000, "démesurés"),
        (ROOT + b"<Nom " + b"x" * 9_000_000, "démesurés"),
        (ROOT + b"<!--" + b"x" * 9_000_000, "démesurés"),
        (ROOT + b"".join(b"<n%d/>" % n for n in range(200_000)), "démesurés"),
        (ROOT + b"<Prestation/>" * 200_000 + b"</BPIJ>", "illisibles"),
        (ROOT + b"<Prestation><Prestation><Montant>1</Montant></Prestation></Prestation></BPIJ>", "contient une autre"),
        (ROOT + b"<Prestation><Indu><Montant>1</Montant></Indu></Prestation></BPIJ>", "contient une autre"),
        (b"<html><body/></html>", "n’est pas un BPIJ"),
        (making.ENVELOPE, "n’est pas un BPIJ"),
        (SOUND.replace(b"MARTIN", b"&nbsp;"), "abîmé"),
        (SOUND.replace(b"MARTIN", b"\0"), "abîmé"),
        (b"", "abîmé"),
    ],
    ids=[
        "deep",
        "deep in a line",
        "long text",
        "long mark",
        "long comment",
        "names",
        "nothing in lines",
        "lines in lines",
        "indu in line",
        "html",
        "envelope",
        "entity",
        "nul",
        "empty",
    ],
)
def test_bombs_and_other_documents(data: bytes, says: str) -> None:
    assert says in refused(data)


def test_more_lines_than_any_file_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MOST_LINES", 100)
    one = Benefit()
    assert read(making.xml(making.of(*[one] * 97))).frame.height == 97
    assert "deux millions" in refused(making.xml(making.of(*[one] * 101)))


# Invariants

TEXTS = st.one_of(
    st.none(),
    st.sampled_from(["", "true", "2018-01-05", "IJNOR", "1.00", "-3.5", "12", "é&<\u202f", "\t7\n"]),
    st.text("0123456789.,-+eE /:TZ\u00e9", max_size=14),
)
BENEFITS = st.builds(Benefit, *([TEXTS] * 6), label=TEXTS, employer=TEXTS, claim=TEXTS)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(BENEFITS, max_size=12), st.lists(st.builds(Due, TEXTS, TEXTS), max_size=3), st.sampled_from(["", "ns2:"])
)
def test_every_line_is_read_or_rejected(benefits: list[Benefit], dues: list[Due], prefix: str) -> None:
    found = read(making.xml(making.of(*benefits, dues=tuple(dues)), prefix))
    lines = sorted([*found.frame["line"].to_list(), *(each.line for each in found.rejected)])
    assert lines == list(range(1, len(benefits) + len(dues) + 1))
    assert (found.frame["gross"] - found.frame["levies"] == found.frame["net"]).all()


CENTS = st.integers(-(10**9), 10**9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["IJNOR", "RETCSJ", "REGRCJ", "CIN", "CAR"]), CENTS), max_size=40))
def test_the_sum_of_lines_is_the_sum_of_amounts(lines: list[tuple[str, int]]) -> None:
    def euros(cents: int) -> str:
        return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"

    found = read(making.xml(making.of(*(Benefit(code, amount=euros(cents)) for code, cents in lines))))
    assert found.frame["net"].to_list() == [cents for _, cents in lines]
    assert all(each.holds for each in found.controls)


def test_batches_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    message = making.of(*(Benefit(amount=f"{n}.00" if n % 7 else "x") for n in range(1, 101)), dues=(Due(),) * 3)
    whole = read(making.xml(message))
    monkeypatch.setattr(document, "_BATCH", 9)
    monkeypatch.setattr(document, "_PART", 61)
    apart = read(making.xml(message))
    assert apart.frame.equals(whole.frame)
    assert (apart.rejected, apart.controls) == (whole.rejected, whole.controls)
