"""Workbooks: the same lines as the same table in a text; numbers and days as such; what would not fit is refused."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.review.reading import table, workbook
from desktop.services.review.whole import Apart, FileKind, ReadFile, Unreadable, Unrecognised
from tests.services.review.making_tables import INSURER, Leave, insurer, insurer_row, leaves, sheet, source, text


def read(data: bytes) -> ReadFile:
    found = workbook.read(source(data, "releve.xlsx"))
    assert found.lines == found.frame.height + len(found.rejected) + sum(count for _, count in found.apart)
    return found


def typed(line: Leave) -> list[object]:
    """Under `INSURER`, numbers and days as a sheet keeps them."""
    row: list[object] = [*insurer_row(line)]
    row[6:9] = [line.leave_start, line.start, line.end]
    row[9:15] = [line.days, line.unit / 10_000, line.gross / 100, line.csg / 100, line.crds / 100, line.net / 100]
    row[16] = line.paid_on
    return row


def test_a_workbook_says_the_same_as_the_text() -> None:
    lines = leaves(60)
    found = read(sheet([list(INSURER), *map(typed, lines)]))
    assert found.kind is FileKind.XLSX
    assert found.frame.equals(table.read(source(text(insurer(lines)))).frame)


def test_cells_that_are_texts_are_read_as_such() -> None:
    lines = leaves(5)
    assert read(sheet(insurer(lines))).frame["gross"].to_list() == [one.gross for one in lines]


def test_line_numbers_are_those_of_the_sheet() -> None:
    found = read(sheet([["Relevé"], list(INSURER), *map(typed, leaves(3)), ["Total", *[None] * 10, 1000.0]], above=4))
    assert found.frame["line"].to_list() == [7, 8, 9]
    assert dict(found.apart) == {Apart.PREAMBLE: 5, Apart.HEADINGS: 1, Apart.TOTAL: 1}
    assert [(one.line, one.stated) for one in found.controls] == [(10, 100_000)]


def test_numbers_that_identify_keep_all_their_digits() -> None:
    row = typed(Leave())
    row[4], row[5] = 295109912611193, 12
    found = read(sheet([list(INSURER), row]))
    assert found.frame["nir"][0] == "295109912611193"
    assert found.frame["employee"][0] == "12"


def test_days_without_their_format_are_still_days() -> None:
    row = typed(Leave())
    row[7] = 45296
    assert read(sheet([list(INSURER), row])).frame["start"][0] == date(2024, 1, 5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=40))
def test_binary_numbers_are_exact_cents(cents: list[int]) -> None:
    rows = [typed(replace(Leave(), gross=value, csg=0, crds=0, net=value)) for value in cents]
    assert read(sheet([list(INSURER), *rows])).frame["net"].to_list() == cents


def test_a_computed_half_cent_is_rejected() -> None:
    row, other = typed(Leave()), typed(Leave())
    row[11], other[11] = 12.345, 12.5
    found = read(sheet([list(INSURER), row, other]))
    assert [(one.line, one.reason) for one in found.rejected] == [
        (2, "Montant brut\u00a0: montant à plus de 2 décimales")
    ]


def test_formulas_by_their_cached_value_and_errors_by_their_row() -> None:
    row, failed = typed(Leave()), typed(Leave())
    row[11] = "=14*32.51\t455.14"
    failed[11] = "=1/0\t#DIV/0!"
    found = read(sheet([list(INSURER), row, failed]))
    assert found.frame["gross"].to_list() == [45_514]
    assert [(one.line, one.reason) for one in found.rejected] == [(3, "une formule de la ligne est en erreur")]


def test_yes_and_no_are_payees_but_not_amounts() -> None:
    row, wrong = typed(Leave()), typed(Leave())
    row[15], wrong[11] = True, True
    found = read(sheet([list(INSURER), row, wrong]))
    assert found.frame["payee"].to_list() == ["employer"]
    assert [one.line for one in found.rejected] == [3]


def test_the_sheet_that_was_read_and_the_others_are_said() -> None:
    found = read(sheet([list(INSURER), typed(Leave())], hidden=["Paramètres"]))
    assert found.notes[0] == "Feuille lue\u00a0: «\u00a0Relevé\u00a0»."
    assert found.notes[1] == "Feuilles laissées de côté\u00a0: «\u00a0Paramètres\u00a0» (masquée)."


def test_a_workbook_to_be_taught_gives_its_headings() -> None:
    with pytest.raises(Unrecognised) as refusal:
        read(sheet([["Qui", "Combien"], ["DUPONT", 12.5]]))
    assert refusal.value.headings == ("Qui", "Combien")
    assert refusal.value.sample == (("DUPONT", "12.50"),)


def spoilt(data: bytes, path: str, change: tuple[bytes, bytes]) -> bytes:
    """The workbook with one entry changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.namelist():
            content = before.read(entry)
            if entry == path:
                assert change[0] in content
                content = content.replace(*change, 1)
            after.writestr(entry, content)
    return out.getvalue()


PAGE = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "change",
    [
        (b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        (b"</sheetData>", b'<row r="1048576"><c r="Z1048576"><v>1</v></c></row></sheetData>'),
        (b"</sheetData>", b'<row r="3"><c r="A1048576"><v>1</v></c></row></sheetData>'),
        (b"</sheetData>", b'<row r="3"><c r="JA3"><v>1</v></c></row></sheetData>'),
        (b"</sheetData>", b"<row/>" * 40_000 + b"<row>" + b"<c/>" * 400 + b"</row></sheetData>"),
        (b"</sheetData>", b" " * 300_000_000 + b"</sheetData>"),
        (b"<sheetData>", b"<sheetData><row r="),
        (b"</worksheet>", b"\xff</worksheet>"),
    ],
)
def test_what_would_not_fit_or_is_broken_is_one_sentence(change: tuple[bytes, bytes]) -> None:
    data = spoilt(sheet([list(INSURER), typed(Leave())]), PAGE, change)
    with pytest.raises(Unreadable) as refusal:
        workbook.read(source(data))
    assert refusal.value.sentence.endswith(".")


def test_texts_repeated_beyond_memory_are_refused() -> None:
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(3, 30_000))
    data = spoilt(sheet([list(INSURER), typed(Leave())]), PAGE, (b"</sheetData>", cells + b"</sheetData>"))
    data = spoilt(data, "xl/sharedStrings.xml", ("Société".encode(), b"x" * 30_000))
    with pytest.raises(Unreadable, match="trop grande"):
        workbook.read(source(data))


SOUND = sheet([list(INSURER), typed(Leave())])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_spoilt_workbook_never_breaks_the_reader(changes: list[tuple[float, int]]) -> None:
    made = bytearray(SOUND)
    for place, byte in changes:
        made[int(place * len(made))] = byte
    try:
        workbook.read(source(bytes(made)))
    except Unreadable as refusal:
        assert refusal.sentence.endswith(".")  # noqa: PT017


def test_a_row_that_cannot_be_read_says_what_its_cells_say() -> None:
    rows: list[list[object]] = [
        ["Nom", "Du", "Au", "Jours", "Montant brut"],
        ["DUPONT Zoé", date(2024, 1, 5), date(2024, 1, 18), 14, 455.14],
        ["LE GOFF Yann", date(2024, 1, 5), "le 3", 14, 1455.1],
    ]
    (rejected,) = read(sheet(rows)).rejected
    assert rejected.cells == (
        ("surname", "LE GOFF Yann"),
        ("start", "05/01/2024"),
        ("end", "le 3"),
        ("days", "14"),
        ("gross", "1455,10"),
    )
