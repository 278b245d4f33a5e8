"""Texts of every dialect to lines: nothing dropped, nothing guessed, totals proved."""

import csv
import gc
import random
import weakref
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.review.line import COLUMNS, EXTRA
from desktop.services.review.reading import table
from desktop.services.review.reading.headings import Taught, fingerprint
from desktop.services.review.reading.table.encoding import SLICE, encoding_of, slices, unified
from desktop.services.review.whole import Apart, FileKind, ReadFile, Unreadable, Unrecognised
from tests.services.review.making_tables import INSURER, Leave, french, insurer, insurer_row, leaves, source, text


def read(data: bytes) -> ReadFile:
    """The file read, and the account of its lines checked."""
    found = table.read(source(data))
    assert found.lines == found.frame.height + len(found.rejected) + sum(count for _, count in found.apart)
    assert list(found.frame.schema.items())[: len(COLUMNS)] == list(COLUMNS.items())
    numbers = [*found.frame["line"], *(one.line for one in found.rejected)]
    assert len(set(numbers)) == len(numbers)
    assert found.frame["line"].is_sorted()
    return found


def amounts(found: ReadFile) -> list[tuple[object, ...]]:
    return found.frame.select("person", "start", "end", "days", "unit", "gross", "csg", "crds", "net").rows()


def expected(lines: list[Leave]) -> list[tuple[object, ...]]:
    return [
        (
            f"{one.surname} {one.first_name}",
            one.start,
            one.end,
            one.days,
            one.unit,
            one.gross,
            one.csg,
            one.crds,
            one.net,
        )
        for one in lines
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_any_encoding_and_separator(encoding: str, separator: str) -> None:
    lines = leaves(40)
    found = read(text(insurer(lines), separator=separator, encoding=encoding))
    assert found.kind is FileKind.CSV
    assert amounts(found) == expected(lines)
    assert found.frame["line"].to_list() == list(range(2, 42))
    assert found.frame["nir"].unique().to_list() == ["295109912611193"]
    assert found.frame["payee"].unique().to_list() == ["employer"]
    assert found.frame[f"{EXTRA}Société"].unique().to_list() == ["ACME"]
    assert not found.rejected


def test_a_lone_return_is_a_line_end_though_their_numbers_agree() -> None:
    lines = leaves(4)
    rows = text(insurer(lines)).split(b"\r\n")
    found = read(b"\r\n".join(rows[:2]) + b"\n" + rows[2] + b"\r" + b"\r\n".join(rows[3:]))
    assert amounts(found) == expected(lines)
    assert found.frame["line"].to_list() == [2, 3, 4, 5]


def test_a_lone_return_above_the_headings_is_a_line_end_too() -> None:
    rows = text(insurer(leaves(3), before=[["Relevé"]]))
    found = read(rows.replace(b"\r\n", b"\rdu mois\r\n", 1).replace(b"\r\n", b"\n", 1))
    assert found.frame["line"].to_list() == [4, 5, 6]
    assert dict(found.apart)[Apart.PREAMBLE] == 2


@pytest.mark.parametrize("space", [" ", "\t", "\u00a0", "\u2007", "\u2009", "\u202f"])
@pytest.mark.parametrize(("place", "cell"), [(0, "{}ACME"), (2, "{}DUPONT"), (2, "DUPONT{}"), (17, "VIR240125{}")])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_spaces_around_a_cell_are_no_part_of_it(space: str, place: int, cell: str, ends: str) -> None:
    rows = insurer([Leave()] * 3)
    rows[2][place] = cell.format(space)
    frame = read(text(rows, ends=ends)).frame
    assert frame.drop("line").unique().height == 1
    assert frame.select("person", "reference", f"{EXTRA}Société").row(1) == ("DUPONT Zoé", "VIR240125", "ACME")


def test_commas_between_cells_and_in_amounts() -> None:
    lines = leaves(12)
    found = read(text(insurer(lines), separator=",", quoting=csv.QUOTE_ALL))
    assert amounts(found) == expected(lines)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_any_line_ends(ends: str, quoting: int) -> None:
    lines = leaves(9)
    assert amounts(read(text(insurer(lines), ends=ends, quoting=quoting))) == expected(lines)


def test_line_ends_of_three_kinds_in_one_file() -> None:
    lines = leaves(6)
    data = text(insurer(lines), ends="\n").replace(b"\n", b"\r\n", 2)
    parts = data.rsplit(b"\n", 2)
    assert amounts(read(parts[0] + b"\r" + parts[1] + b"\n" + parts[2])) == expected(lines)


@pytest.mark.parametrize("group", [" ", "\u00a0", "\u202f", "."])
def test_thousands_are_told_from_decimals(group: str) -> None:
    lines = [replace(Leave(), gross=123_456_789 + place, net=123_456_789 + place - 3050) for place in range(300)]
    assert amounts(read(text(insurer(lines, group=group)))) == expected(lines)


def test_what_stands_above_between_and_below_is_set_apart_and_counted() -> None:
    lines = leaves(10)
    rows = insurer(lines, before=[["Relevé des indemnités"], ["édité le", "25/01/2024"], []])
    rows[9:9] = [list(INSURER), [""] * len(INSURER)]
    total = [
        "Total général",
        *[""] * 10,
        french(sum(one.gross for one in lines)),
        "",
        "",
        french(sum(one.net for one in lines)),
    ]
    rows += [[], total, ["Document sans valeur contractuelle"]]
    found = read(text(rows))
    assert amounts(found) == expected(lines)
    assert dict(found.apart) == {
        Apart.PREAMBLE: 3,
        Apart.HEADINGS: 2,
        Apart.TOTAL: 1,
        Apart.BLANK: 2,
        Apart.REMARK: 1,
    }
    assert [(one.level, one.measure, one.holds) for one in found.controls] == [
        ("file", "gross", True),
        ("file", "net", True),
    ]


def test_subtotals_cover_the_lines_above_them_and_the_last_one_everything() -> None:
    rows: list[list[str]] = [list(INSURER)]
    every = leaves(10)
    for name in dict.fromkeys(one.surname for one in every):
        own = [one for one in every if one.surname == name]
        rows += [insurer_row(one) for one in own]
        rows.append([f"Sous-total {name}", *[""] * 13, french(sum(one.net for one in own)), "", "", ""])
    rows.append(["TOTAL", *[""] * 13, french(sum(one.net for one in every) + 1), "", "", ""])
    found = read(text(rows))
    assert [(one.level, one.holds) for one in found.controls] == [("person", True)] * 5 + [("file", False)]
    assert found.controls[-1].stated - found.controls[-1].computed == 1
    assert found.controls[0].name == "DUPONT Zoé"


def test_a_total_in_one_cell_and_a_count_of_lines() -> None:
    lines = leaves(3)
    rows = [
        *insurer(lines),
        [f"Total : {french(sum(one.net for one in lines), group=' ')} €"],
        ["Nombre de lignes : 3"],
    ]
    found = read(text(rows))
    assert [(one.measure, one.holds) for one in found.controls] == [("net", True), ("lines", True)]


def test_a_sum_without_words_is_a_total_only_if_it_is_the_sum() -> None:
    lines = leaves(4)
    gross = sum(one.gross for one in lines)
    blank = [""] * len(INSURER)
    right, wrong = list(blank), list(blank)
    right[11], wrong[11] = french(gross), french(gross + 1)
    assert [one.holds for one in read(text([*insurer(lines), right])).controls] == [True]
    refused = read(text([*insurer(lines), wrong]))
    assert [one.line for one in refused.rejected] == [6]
    assert not refused.controls


def _subtotal(lines: list[Leave], told: Mapping[int, str] = MappingProxyType({})) -> list[str]:
    """A row of the person's own number and of what his lines come to, without a date; `told` by place."""
    row = [""] * len(INSURER)
    row[4] = lines[0].nir
    row[11], row[14] = french(sum(one.gross for one in lines)), french(sum(one.net for one in lines))
    for place, cell in told.items():
        row[place] = cell
    return row


def _of_two_people() -> tuple[list[Leave], list[Leave]]:
    made = leaves(6)
    first, second = replace(made[0], nir="295109912611193"), replace(made[1], nir="195109912611199")
    return (
        [replace(first, start=one.start, end=one.end) for one in (made[0], made[5])],
        [replace(second, paid_on=date(2024, 2, day)) for day in (1, 15, 29)],
    )


def test_a_subtotal_that_repeats_the_number_of_its_person_is_no_payment() -> None:
    one, other = _of_two_people()
    alone = [replace(one[0], nir="179099912611100")]
    rows = [list(INSURER)]
    for lines in (one, other, alone):
        rows += [*map(insurer_row, lines), _subtotal(lines)]
    found = read(text(rows))
    assert amounts(found) == expected([*one, *other, *alone])
    assert dict(found.apart) == {Apart.HEADINGS: 1, Apart.TOTAL: 3}
    assert [(each.level, each.line, each.measure, each.holds, each.covers) for each in found.controls] == [
        ("person", 4, "gross", True, (2, 3)),
        ("person", 4, "net", True, (2, 3)),
        ("person", 8, "gross", True, (5, 7)),
        ("person", 8, "net", True, (5, 7)),
        ("person", 10, "gross", True, (9, 9)),
        ("person", 10, "net", True, (9, 9)),
    ]


def test_a_net_that_does_not_come_out_below_the_gross_that_does_is_told() -> None:
    one, other = _of_two_people()
    rows = [*insurer(one), _subtotal(one, {14: french(1)}), *map(insurer_row, other)]
    assert [(each.measure, each.holds) for each in read(text(rows)).controls] == [("gross", True), ("net", False)]


@pytest.mark.parametrize("told", [{7: "05/01/2024"}, {4: "179099912611100"}, {11: "1,00", 14: "1,00"}])
def test_a_line_is_no_subtotal_for_what_it_comes_to_alone(told: dict[int, str]) -> None:
    one, other = _of_two_people()
    found = read(text([*insurer(one), _subtotal(one, told), *map(insurer_row, other)]))
    assert (found.frame.height, found.controls) == (len(one) + len(other) + 1, ())


def test_the_sum_of_one_line_alone_is_a_line() -> None:
    """Where no subtotal of several lines says that the file has any: a payment whose dates were lost is not dropped."""
    one, other = _of_two_people()
    found = read(text([*insurer(one[:1]), _subtotal(one[:1]), *map(insurer_row, other)]))
    assert (found.frame.height, found.controls) == (5, ())


def test_a_person_whose_name_begins_with_total_is_a_person() -> None:
    lines = [replace(Leave(), surname="TOTALI"), replace(Leave(), surname="SOMME")]
    assert amounts(read(text(insurer(lines)))) == expected(lines)


@pytest.mark.parametrize("words", ["Report d’août", "Cumul emploi-retraite", "Total 12"])
@pytest.mark.parametrize(("place", "cell"), [(7, "31/02/2024"), (11, "12,3O"), (14, "x")])
def test_a_damaged_line_is_no_total_for_a_word_in_one_of_its_cells(words: str, place: int, cell: str) -> None:
    rows = insurer(leaves(5))
    rows[3][17], rows[3][place] = words, cell
    found = read(text(rows))
    assert (found.frame.height, [one.line for one in found.rejected], found.controls) == (4, [4], ())


@pytest.mark.parametrize(
    ("place", "cell", "reason"),
    [
        (7, "31/02/2024", "Période du\u00a0: date hors du calendrier"),
        (9, "12,5", "Nb jours\u00a0: nombre de jours non entier"),
        (11, "12,3O", "Montant brut\u00a0: montant illisible"),
        (11, "106,", "Montant brut\u00a0: montant coupé après sa virgule"),
        (11, "12,345", "Montant brut\u00a0: montant à plus de 2 décimales"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(place: int, cell: str, reason: str) -> None:
    rows = insurer(leaves(5))
    rows[3][place] = cell
    found = read(text(rows))
    assert [(one.line, one.reason) for one in found.rejected] == [(4, reason)]
    assert found.rejected[0].raw == text([rows[3]]).decode().rstrip("\r\n")
    assert found.frame.height == 4


def test_a_line_of_nobody_and_a_line_of_no_amount_are_rejected() -> None:
    rows = insurer(leaves(3))
    for place in (2, 3, 4, 5):
        rows[1][place] = ""
    for place in (11, 12, 13, 14):
        rows[2][place] = ""
    found = read(text(rows))
    assert [one.line for one in found.rejected] == [2, 3]
    assert "aucun salarié" in found.rejected[0].reason
    assert found.rejected[1].reason == "aucun montant"


@pytest.mark.parametrize("unknown", [(), (11,), (14,)])
def test_a_line_that_tells_only_what_was_withheld_is_rejected(unknown: tuple[int, ...]) -> None:
    rows = insurer(leaves(3))
    for place in unknown:
        rows[0][place] = "Autre"
    rows[2][11] = rows[2][14] = ""
    found = read(text(rows))
    assert [(one.line, one.reason) for one in found.rejected] == [(3, "aucun montant brut ni net")]
    assert found.rejected[0].raw.startswith("ACME;")
    assert found.frame.select("gross", "net").null_count().row(0) == (0, 0)


def test_a_levy_may_tell_only_what_was_withheld() -> None:
    found = read(b"Nom;Code;Du;Au;Montant brut;CSG\nDUPONT;RETCSJ;05/01/2018;06/01/2018;;6,62\n")
    assert found.frame.select("gross", "levies", "net").rows() == [(0, 662, -662)]


def test_a_recovery_without_dates_is_a_line() -> None:
    rows = insurer(leaves(2))
    for place in (6, 7, 8, 16):
        rows[2][place] = ""
    assert read(text(rows)).frame["start"].null_count() == 1


def test_a_line_too_long_or_too_short_is_rejected_and_its_neighbours_are_not() -> None:
    rows = insurer(leaves(6))
    rows[2].append("de trop")
    rows[4] = rows[4][:9]
    found = read(text(rows))
    assert [(one.line, one.reason) for one in found.rejected] == [
        (3, "19 cellules au lieu de 18"),
        (5, "9 cellules au lieu de 18"),
    ]
    assert found.frame["line"].to_list() == [2, 4, 6, 7]


def test_a_short_line_does_not_hide_behind_a_long_one_of_empty_cells() -> None:
    rows = insurer([replace(one, reference="") for one in leaves(4)])
    rows[1] += ["", ""]
    rows[2] = rows[2][:-2]
    found = read(text(rows))
    assert [one.line for one in found.rejected] == [3]


def test_a_file_that_was_cut_loses_its_last_line_only() -> None:
    data = text(insurer(leaves(30)))[:-40]
    found = read(data)
    assert found.frame.height == 29
    assert [one.line for one in found.rejected] == [31]


def test_quotes_line_ends_and_separators_inside_cells() -> None:
    lines = [
        replace(Leave(), surname='DU "PONT"'),
        replace(Leave(), surname="A;B"),
        replace(Leave(), reference="x\r\ny"),
    ]
    found = read(text(insurer([*lines, Leave()])))
    assert found.frame["person"].to_list() == ['DU "PONT" Zoé', "A;B Zoé", "DUPONT Zoé", "DUPONT Zoé"]
    assert found.frame["reference"].to_list()[2] == "x y"
    assert found.frame["line"].to_list() == [2, 3, 4, 6]
    assert dict(found.apart)[Apart.CONTINUATION] == 1


def test_a_quote_that_never_closes_costs_its_own_line_only() -> None:
    lines = text(insurer(leaves(500))).split(b"\r\n")
    lines[250] = b'"' + lines[250]
    found = read(b"\r\n".join(lines))
    assert [one.line for one in found.rejected] == [251]
    assert found.frame.height == 499


def test_a_stray_quote_inside_a_name_is_text() -> None:
    data = text(insurer(leaves(3))).replace(b"DUPONT", b'DU"PONT', 1)
    assert read(data).frame["person"][0] == 'DU"PONT Zoé'


def test_nul_bytes_reject_their_line() -> None:
    data = text(insurer(leaves(3))).replace("LEFÈVRE".encode(), b"LEF\0VRE", 1)
    assert [one.reason for one in read(data).rejected] == ["la ligne contient des caractères nuls"]


def test_bytes_of_windows_in_a_text_of_utf8() -> None:
    data = text(insurer([replace(Leave(), surname="LEFÈVRE") for _ in range(9)]))
    lines = data.split(b"\r\n")
    lines[4] = lines[4].decode().encode("cp1252")
    found = read(b"\r\n".join(lines))
    assert found.frame["person"].unique().to_list() == ["LEFÈVRE Zoé"]
    assert "mêlés" in found.notes[0]


def test_amounts_of_two_meanings_are_told_by_their_column_or_rejected() -> None:
    one = replace(Leave(), gross=123_400, csg=0, crds=0, net=123_400)
    rows = insurer([one, one])
    rows[1][11] = rows[1][14] = "1,234"
    rows[2][11] = rows[2][14] = "1,234.00"
    assert read(text(rows)).frame["gross"].to_list() == [123_400, 123_400]
    rows[2][11] = rows[2][14] = "1234"
    for place in (10, 12, 13):
        rows[1][place] = rows[2][place] = "0"
    found = read(text(rows))
    assert [one.line for one in found.rejected] == [2]
    assert "double sens" in found.rejected[0].reason


def test_withheld_amounts_with_a_minus_are_withheld_all_the_same() -> None:
    rows = insurer(leaves(4))
    for row in rows[1:]:
        row[12], row[13] = f"-{row[12]}", f"-{row[13]}"
    found = read(text(rows))
    assert amounts(found) == expected(leaves(4))
    assert any("signe moins" in note for note in found.notes)


REGULARISED = """Sens;Nom;Du;Au;Libellé;NbIJ;PU;Indemnité;Taxes;Net
Paiement;DUPONT;19/12/2017;22/12/2017;CARENCE;4;0,00;0,00;0,00;0,00
Paiement;DUPONT;23/12/2017;04/01/2018;I.J. NORMALES;13;32,51;422,63;-47,76;374,87
Paiement;DUPONT;05/01/2018;10/04/2018;I.J. NORMALES;96;32,51;3 120,96;-352,67;2 768,29
Annulation;DUPONT;05/01/2018;10/04/2018;I.J. NORMALES;96;-32,51;-3 120,96;352,67;-2 768,29
Paiement;DUPONT;05/01/2018;10/04/2018;I.J. NORMALES;96;35,00;3 360,00;-379,68;2 980,32
"""


def test_a_published_regularisation_in_our_signs() -> None:
    found = read(REGULARISED.encode())
    assert found.frame["kind"].to_list() == ["waiting", *["indemnity"] * 4]
    assert found.frame["code"].to_list() == ["CAR", *["IJNOR"] * 4]
    assert found.frame["levies"].to_list() == [0, 4776, 35267, -35267, 37968]
    assert found.frame["net"].to_list() == [0, 37487, 276829, -276829, 298032]
    assert found.frame["days"].to_list() == [4, 13, 96, -96, 96]
    assert found.frame["sense"].to_list()[3] == "cancellation"
    assert found.frame["gross"].sum() == 42263 + 336000


def test_a_cancellation_printed_without_a_minus_takes_back_all_the_same() -> None:
    rows = [row.replace("-", "") for row in REGULARISED.splitlines()]
    found = read("\n".join(rows).encode())
    assert found.frame["gross"].to_list()[3] == -312096
    assert found.frame["net"].to_list()[3] == -276829


LEVY_LINES = """Nom;Code;Du;Au;Jours;Montant
DUPONT;IJNOR;05/01/2018;06/01/2018;2;106,62
DUPONT;RETCSJ;05/01/2018;06/01/2018;;{sign}6,62
DUPONT;RETCRD;05/01/2018;06/01/2018;;{sign}0,54
DUPONT;RPR;;;;-10,00
"""


@pytest.mark.parametrize("sign", ["-", ""])
def test_levies_on_lines_of_their_own(sign: str) -> None:
    found = read(LEVY_LINES.format(sign=sign).encode())
    assert found.frame["kind"].to_list() == ["indemnity", "levy", "levy", "recovery"]
    assert found.frame["gross"].to_list() == [10662, 0, 0, -1000]
    assert found.frame["levies"].to_list() == [0, 662, 54, 0]
    assert found.frame["net"].to_list() == [10662, -662, -54, -1000]


def test_a_period_in_one_cell_and_the_key_of_a_nir_apart() -> None:
    data = "Salarié;NIR;Clé;Période;Montant\nDUPONT;2951099126111;93;du 05/01/2018 au 06/01/2018;10,00\n"
    found = read(data.encode())
    assert found.frame["nir"][0] == "295109912611193"
    assert (found.frame["start"][0], found.frame["end"][0]) == (date(2018, 1, 5), date(2018, 1, 6))


def test_damaged_numbers_stay_and_are_counted() -> None:
    rows = insurer(leaves(4))
    rows[2][4] = rows[3][4] = "2,95110E+14"
    found = read(text(rows))
    assert found.frame["nir"].to_list()[1] == "2,95110E+14"
    assert found.notes[-1].endswith(": 2.")
    assert "2,95" not in " ".join(found.notes)


def test_words_that_we_cannot_say_are_kept() -> None:
    rows = insurer(leaves(3))
    rows[2][15] = "Mutuelle du personnel"
    found = read(text(rows))
    assert found.frame["payee"].to_list() == ["employer", "unknown", "employer"]
    assert found.frame[f"{EXTRA}Bénéficiaire du règlement"][1] == "Mutuelle du personnel"


def test_a_table_that_is_not_recognised_is_taught_once() -> None:
    data = b"Qui;Quand;Combien\nDUPONT;05/01/2018;10,00\n"
    with pytest.raises(Unrecognised) as refusal:
        table.read(source(data))
    assert refusal.value.headings == ("Qui", "Quand", "Combien")
    assert refusal.value.sample == (("DUPONT", "05/01/2018", "10,00"),)
    lesson = Taught({"Qui": "person", "Quand": "start", "Combien": "net"})
    found = table.read(source(data), taught={fingerprint(refusal.value.headings): lesson})
    assert found.frame["net"].to_list() == [1000]


@pytest.mark.parametrize("data", [b"", b"\n", b"bonjour\n", b"\xff\xfe", b";" * 20_000, b"Nom;" * 5_000 + b"\n"])
def test_what_is_no_table_is_one_sentence(data: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        table.read(source(data))
    assert refusal.value.sentence.endswith(".")


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(Unreadable, match="démesurée"):
        table.read(source(text(insurer(leaves(2))) + b"x" * (2 * SLICE)))


def test_slices_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = leaves(400)
    data = text(insurer([replace(one, reference='a "quoted"\nreference') for one in lines]))
    whole = read(data)
    monkeypatch.setattr("desktop.services.review.reading.table.encoding.SLICE", 4_000)
    cut = read(data)
    assert cut.frame.equals(whole.frame)
    assert cut.apart == whole.apart
    assert read(data.decode().encode("utf-16")).frame.equals(whole.frame)


def test_the_first_lines_are_as_they_will_be() -> None:
    data = text(insurer(leaves(3_000)))
    first = table.preview(source(data), size=20_000)
    assert 100 < first.frame.height < 200
    assert first.frame.equals(table.read(source(data)).frame.head(first.frame.height))


def test_progress_rises_to_the_end_and_may_stop_the_reading() -> None:
    told: list[float] = []
    table.read(source(text(insurer(leaves(20)))), progress=told.append)
    assert told[-1] == 1.0

    def stop(_share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        table.read(source(text(insurer(leaves(20)))), progress=stop)


CELLS = st.text(st.characters(codec="cp1252", exclude_characters="\r\0\x02"), max_size=8)


@settings(max_examples=35, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=30), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_whatever_a_cell_holds_is_read_back(cells: list[tuple[str, str]], quoting: int) -> None:
    rows = [insurer_row(replace(Leave(), reference=reference)) for reference, _ in cells]
    for row, (_, company) in zip(rows, cells, strict=True):
        row[0] = company
    found = read(text([list(INSURER), *rows], quoting=quoting))
    assert not found.rejected
    tidy = [" ".join(company.split("\n")).strip(" \t\u00a0") for _, company in cells]
    assert found.frame[f"{EXTRA}Société"].to_list() == tidy


@settings(max_examples=35, deadline=None)
@given(st.integers(0, 2**32))
def test_no_line_is_lost_however_a_file_is_spoilt(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    data = bytearray(text(insurer(leaves(60)), quoting=chance.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])))
    start = data.index(b"\n") + 1
    for _ in range(chance.randrange(12)):
        place = chance.randrange(start, len(data))
        if chance.random() < 0.5:
            data[place] = chance.choice(b'";\n\r\t\0\xe9,x\x02')
        else:
            del data[place : place + chance.randrange(1, 60)]
    read(bytes(data))


def test_a_file_that_was_read_is_let_go() -> None:
    file = source(text(insurer(leaves(3)), separator="|"))
    gone = weakref.ref(file)
    gc.collect()
    gc.disable()
    try:
        found = table.read(file)
        del file
        assert gone() is None
    finally:
        gc.enable()
    assert found.frame.height == 3


def test_an_encoding_is_told_by_what_is_there() -> None:
    assert encoding_of("é".encode()).name == "UTF-8"
    assert encoding_of("é €".encode("cp1252")).name == "Windows-1252"
    assert encoding_of("é;à\n".encode("utf-16")).name == "UTF-16"
    assert encoding_of("abc;def\n".encode("utf-16-be")).name == "UTF-16"
    assert unified(b"a\r\nb\rc\n") == b"a\nb\nc\n"
    assert b"".join(slices("é\r\nà".encode("cp1252"), encoding_of("é".encode("cp1252")))) == "é\nà\n".encode()


def test_the_days_of_a_subtotal_by_number_may_be_those_of_the_column() -> None:
    one, other = _of_two_people()
    back = replace(one[1], gross=-100, csg=0, crds=0, net=-100)
    subtotal = _subtotal([one[0], back], {9: "28"})
    rows = [*insurer([one[0], back]), subtotal, *map(insurer_row, other), _subtotal(other)]
    found = read(text(rows))
    assert found.frame["days"].to_list()[:2] == [14, -14]
    assert [(each.measure, each.stated, each.holds) for each in found.controls][:3] == [
        ("gross", one[0].gross - 100, True),
        ("net", one[0].net - 100, True),
        ("days", 28, True),
    ]
