"""What is given away: files that are read back as they were, whose cells are no formulas, and splits that keep every
cent."""

import csv
import errno
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from desktop.services.problems import Problem, Remedy
from desktop.services.review.anomalies import anomalies
from desktop.services.review.codes import label_of
from desktop.services.review.giving import Review, placing, split, tables, telling, write_csv, write_summary, write_xlsx
from desktop.services.review.leaves import leaves
from desktop.services.review.line import COLUMNS, EXTRA, frame
from desktop.services.review.reading.opening import read
from desktop.services.review.reading.source import load
from desktop.services.review.regularising import regularisations
from desktop.services.review.whole import ControlTotal, FileKind, ReadFile, Rejected
from tests.services.review.making_lines import Line, World, cancelled, lines, paid, withheld

EVIL = ("=1+1", "+33 1 02", "-cmd|' /C calc'!A0", "@SUM(A1)", " =1+1", "\t=1+1", "\r=1+1", "\uff1d1+1", "'=1+1", '"=1"')
MONEY = ("gross", "csg", "crds", "tax", "levies", "net", "days")
Write = Callable[[Path, pl.DataFrame], None]


def cells_of(path: Path) -> list[list[object]]:
    """All rows of the first sheet as a spreadsheet has them."""
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def formulas(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return sum(archive.read(name).count(b"<f") for name in sheets)


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_written_is_read_as_it_was(tmp_path: Path, write: Write, seed: int) -> None:
    named = [replace(line, label=line.label or label_of(line.code)) for line in World(seed).lines]
    made = [line for line in named if line.kind != "levy"]
    table = lines(*made).drop("file")
    path = tmp_path / "lignes"
    write(path, table)
    again = read(load(path))
    assert (again.rejected, again.frame.height) == ((), table.height)
    for name in COLUMNS:
        if name != "line":
            assert again.frame[name].to_list() == table[name].to_list(), name


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_rate_keeps_its_four_decimals(tmp_path: Path, write: Write) -> None:
    table = lines(paid(date(2023, 1, 9), date(2023, 1, 10), unit=325_149, gross=6503))
    write(tmp_path / "a", table)
    assert read(load(tmp_path / "a")).frame["unit"].to_list() == [325_149]


def test_a_csv_is_what_french_programs_expect(tmp_path: Path) -> None:
    line = paid(date(2018, 1, 5), date(2018, 4, 10), 3251, person="N’GUYEN; Zoé", company="01234567800012")
    write_csv(
        tmp_path / "a.csv", lines(cancelled(line)), ["company", "person", "start", "days", "unit", "gross", "sense"]
    )
    data = (tmp_path / "a.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == (
        "SIRET;Nom et prénom;Du;Jours;Taux journalier;Montant brut;Sens\r\n"
        '01234567800012;"N’GUYEN; Zoé";05/01/2018;-96;-32,51;-3120,96;Annulation\r\n'
    )


def test_a_sheet_has_true_dates_and_numbers_and_numbers_of_identity_as_texts(tmp_path: Path) -> None:
    line = paid(date(2018, 1, 5), date(2018, 4, 10), 3251, company="01234567800012", nir="0123456789012", claim="0042")
    names = ["company", "nir", "claim", "start", "days", "unit", "gross", "csg"]
    write_xlsx(tmp_path / "a.xlsx", lines(line), names)
    heads, row = cells_of(tmp_path / "a.xlsx")
    assert heads == ["SIRET", "NIR", "Numéro de dossier", "Du", "Jours", "Taux journalier", "Montant brut", "CSG"]
    assert row == ["01234567800012", "0123456789012", "0042", date(2018, 1, 5), 96.0, 32.51, 3120.96, ""]


def test_the_headings_of_a_sheet_stay_in_sight_and_filter(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", lines(*World(1).lines[:5]), ["person", "gross"])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        for name in archive.namelist():
            ET.fromstring(archive.read(name))  # noqa: S314
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    assert 'ySplit="1"' in sheet
    assert '<autoFilter ref="A1:B6"/>' in sheet
    assert "'Lignes'!$A$1:$B$6" in book
    assert '<col min="1" max="1" width=' in sheet


def test_days_before_march_1900_are_texts_since_sheets_count_a_day_too_many(tmp_path: Path) -> None:
    table = lines(paid(date(1900, 1, 2), date(1900, 3, 1)))
    write_xlsx(tmp_path / "a.xlsx", table, ["start", "end"])
    assert cells_of(tmp_path / "a.xlsx")[1] == ["02/01/1900", date(1900, 3, 1)]


@pytest.mark.parametrize("evil", EVIL)
def test_no_cell_becomes_a_formula(tmp_path: Path, evil: str) -> None:
    table = lines(paid(date(2023, 1, 9), date(2023, 1, 9), person=evil, reference=evil)).with_columns(
        pl.Series(f"{EXTRA}{evil}", [evil])
    )
    write_csv(tmp_path / "a.csv", table)
    for row in csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig")), delimiter=";"):
        assert not [cell for cell in row if cell.lstrip(' \t\r\n"')[:1] in ("=", "+", "-", "@", "\uff1d")]
    write_xlsx(tmp_path / "a.xlsx", table)
    assert formulas(tmp_path / "a.xlsx") == 0
    kept = evil.replace("\r", "\n")
    assert [cell for cell in cells_of(tmp_path / "a.xlsx")[1] if isinstance(cell, str)].count(kept) == 3


def test_numbers_in_the_files_own_columns_stay_numbers(tmp_path: Path) -> None:
    own = f"{EXTRA}Écart"
    table = lines(paid(date(2023, 1, 9), date(2023, 1, 9))).with_columns(pl.Series(own, ["-1 234,56"]))
    write_csv(tmp_path / "a.csv", table, [own])
    assert (tmp_path / "a.csv").read_text("utf-8-sig") == "Écart\n-1 234,56\n"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=5))
def test_any_text_comes_through(tmp_path: Path, texts: list[str]) -> None:
    own = f"{EXTRA}Note"
    count = len(texts)
    table = frame({"line": range(1, count + 1), "person": ["A"] * count, own: texts})
    write_csv(tmp_path / "a.csv", table, ["person", own])
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))[1:]
    assert [row[1].removeprefix("'") for row in rows] == [text.removeprefix("'") for text in texts]
    write_xlsx(tmp_path / "a.xlsx", table, ["person", own])
    there = [str(row[1]) for row in cells_of(tmp_path / "a.xlsx")[1:]]
    assert there == [_as_xml_can_say(text) for text in texts]


def _as_xml_can_say(text: str) -> str:
    spoken = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        "\ufffd" if (sign < " " and sign not in "\t\n") or sign in "\ufffe\uffff" else sign for sign in spoken
    )


def test_what_looks_like_an_escape_of_a_sheet_stays_as_it_is(tmp_path: Path) -> None:
    write_xlsx(
        tmp_path / "a.xlsx", lines(paid(date(2023, 1, 9), date(2023, 1, 9), person="A_x0041_B & <C>")), ["person"]
    )
    assert cells_of(tmp_path / "a.xlsx")[1] == ["A_x0041_B & <C>"]


def test_more_lines_than_a_sheet_takes_stand_on_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 10)
    monkeypatch.setattr(tables, "_SLICE", 4)
    table = lines(*World(5).lines)
    write_xlsx(tmp_path / "a.xlsx", table, ["line", "gross"])
    book = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx"))
    assert book.sheet_names[:2] == ["Lignes", "Lignes 2"]
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()[1:]]
    assert rows == [[float(line), gross / 100] for line, gross in table.select("line", "gross").iter_rows()]


def test_a_table_without_lines_has_its_headings(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", frame({"line": []}), ["person", "gross"])
    assert cells_of(tmp_path / "a.xlsx") == [["Nom et prénom", "Montant brut"]]
    write_csv(tmp_path / "a.csv", frame({"line": []}), ["person", "gross"])
    assert (tmp_path / "a.csv").read_text("utf-8-sig") == "Nom et prénom;Montant brut\n"


def test_gives_the_columns_that_tell_something() -> None:
    table = lines(paid(date(2023, 1, 9), date(2023, 1, 9))).with_columns(pl.lit("").alias(f"{EXTRA}Vide"))
    names = telling(table)
    assert "person" in names
    assert not {"claim", "csg", "file", f"{EXTRA}Vide"} & set(names)
    assert {"part", "parts"} <= set(telling(split(table)))


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, write: Callable[..., None]) -> None:
    path = tmp_path / "a"
    path.write_text("avant")

    def end(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(path, lines(*World(1).lines), progress=end)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("a", "avant")]
    shares: list[float] = []
    write(path, lines(*World(1).lines), progress=shares.append)
    assert shares[-1] == 1.0
    assert [one.name for one in tmp_path.iterdir()] == ["a"]
    with pytest.raises(Problem, match="autre dossier"):
        write(tmp_path / "nowhere" / "a", lines(*World(1).lines))


def test_a_full_disk_is_told_as_one(tmp_path: Path) -> None:
    def fill() -> None:
        with placing.placed(tmp_path / "a") as file:
            file.write(b"x")
            raise OSError(errno.ENOSPC, "full")

    with pytest.raises(Problem) as told:
        fill()
    assert told.value.remedy is Remedy.FREE_SPACE
    assert list(tmp_path.iterdir()) == []


# Splits


def parts_of(*made: Line, **more: object) -> list[tuple[object, ...]]:
    table = split(leaves(lines(*made)), **more)  # type: ignore[arg-type]
    return list(table.select("start", "end", "days", "gross", "levies", "net", "cut").iter_rows())


def test_splits_at_the_turn_of_the_year() -> None:
    line = paid(date(2022, 12, 28), date(2023, 1, 3), 3333, levies=1564)
    assert parts_of(line) == [
        (date(2022, 12, 28), date(2022, 12, 31), 4, 13332, 894, 12438, "31 décembre"),
        (date(2023, 1, 1), date(2023, 1, 3), 3, 9999, 670, 9329, ""),
    ]


def test_a_cancellation_is_split_as_its_payment() -> None:
    line = paid(date(2022, 12, 28), date(2023, 1, 3), 3333, levies=1565)
    turned = [
        (start, end, -days, -gross, -levies, -net, cut) for start, end, days, gross, levies, net, cut in parts_of(line)
    ]  # type: ignore[operator]
    assert parts_of(cancelled(line)) == turned


def test_splits_after_the_sixtieth_day_of_the_leave() -> None:
    first = date(2023, 1, 9)
    long = paid(first, first + timedelta(99), 1000)
    assert [(row[1], row[2], row[6]) for row in parts_of(long)] == [
        (first + timedelta(59), 60, "60ᵉ jour"),
        (first + timedelta(99), 40, ""),
    ]
    told = paid(date(2023, 3, 1), date(2023, 3, 31), leave_start=date(2023, 1, 9))
    assert [row[1] for row in parts_of(told)] == [date(2023, 3, 9), date(2023, 3, 31)]
    for other in ({"branch": "AT"}, {"payee": "employee"}):
        assert len(parts_of(paid(first, first + timedelta(99), **other))) == 1


def test_splits_after_the_last_maintained_day() -> None:
    first = date(2023, 1, 9)
    line = paid(first, first + timedelta(30), 1000)
    until = first + timedelta(10)
    assert [(row[1], row[6]) for row in parts_of(line, maintained={0: until})] == [
        (until, "fin du maintien"),
        (first + timedelta(30), ""),
    ]
    assert len(parts_of(line, maintained={1: until})) == 1
    assert len(parts_of(line, maintained={0: first + timedelta(30)})) == 1


def test_cuts_on_one_day_are_one_cut() -> None:
    rows = parts_of(paid(date(2022, 12, 20), date(2024, 1, 5), 100), maintained={0: date(2022, 12, 31)})
    assert [row[6] for row in rows] == ["31 décembre, fin du maintien", "60ᵉ jour", "31 décembre", ""]


def test_lines_without_dates_or_with_impossible_ones_stay_whole() -> None:
    undated = Line(gross=-4500, kind="recovery", code="RPR", paid_on=date(2023, 1, 9))
    turned = paid(date(2023, 1, 9), date(2023, 1, 20))
    ages = Line(date(1900, 1, 1), date(2099, 12, 31), None, 100, days=None)
    table = split(lines(undated, Line(turned.end, turned.start, 1, 100), ages))
    assert table["parts"].to_list() == [1, 1, 1]
    assert table["gross"].to_list() == [-4500, 100, 100]


@settings(max_examples=60, deadline=None)
@given(
    start=st.dates(date(2015, 1, 1), date(2024, 12, 31)),
    length=st.integers(0, 900),
    cents=st.lists(st.integers(-(10**12), 10**12), min_size=4, max_size=4),
    days=st.none() | st.integers(-1000, 1000),
    kept=st.integers(-5, 500),
)
def test_a_split_keeps_every_cent(start: date, length: int, cents: list[int], days: int | None, kept: int) -> None:
    gross, levies, net, csg = cents
    table = leaves(
        frame(
            {
                "line": [1], "start": [start], "end": [start + timedelta(length)], "gross": [gross], "levies": [levies],
                "net": [net], "csg": [csg], "days": [days], "person": ["A"],
            }
        )
    )  # fmt: skip
    found = split(table, {0: start + timedelta(kept)})
    for name in MONEY:
        assert found[name].is_null().all() == table[name].is_null().all()
        assert found[name].sum() == table[name].sum(), name
    assert found["start"][0] == start
    assert found["end"][-1] == start + timedelta(length)
    for before, after in zip(found["end"], found["start"][1:], strict=False):
        assert after == before + timedelta(1)
    total = length + 1
    done = 0
    for part, begin, end in found.select("gross", "start", "end").iter_rows():
        fair = gross * ((end - begin).days + 1)
        done += part * total - fair
        assert abs(done) * 2 <= total, "all parts up to here are right to half a cent"


def test_what_was_withheld_stays_between_gross_and_net() -> None:
    payment = paid(date(2022, 12, 18), date(2023, 1, 7), 3333)
    net = payment.gross - 434 - 35
    line = replace(payment, levies=469, net=net)
    table = split(lines(line).with_columns(pl.lit(434, pl.Int64).alias("csg"), pl.lit(35, pl.Int64).alias("crds")))
    assert table.height == 2
    for row in table.iter_rows(named=True):
        assert row["gross"] - row["levies"] == row["net"]
        assert row["csg"] + row["crds"] == row["levies"]


def test_splits_keep_the_order_of_the_lines() -> None:
    table = lines(*World(9).lines, *withheld(paid(date(2022, 12, 28), date(2023, 1, 3), 3333)))
    found = split(table)
    assert found["line"].unique(maintain_order=True).to_list() == table["line"].to_list()
    assert found.height > table.height


# The workbook of the review


def test_the_summary_tells_the_review_on_four_sheets(tmp_path: Path) -> None:
    first = paid(date(2018, 1, 5), date(2018, 4, 10), 3251, levies=35_268, person="=1+1 Zoé", nir="295019912611193")
    made = [
        first,
        cancelled(first, paid_on=date(2018, 5, 2)),
        paid(date(2018, 1, 5), date(2018, 4, 10), 3500, person="=1+1 Zoé", nir="295019912611193"),
    ]
    table = leaves(lines(*made))
    control = ControlTotal("file", "Total", 9, "gross", 1, 2)
    one = ReadFile("a.csv", "0" * 64, FileKind.CSV, table, (Rejected(4, "date illisible", "x"),), (control,))
    one = replace(one, notes=("Ce fichier ne dit que le net de 2950199126111.",))
    review = Review([one], table, anomalies(table, [control]), regularisations(table))
    path = tmp_path / "a.xlsx"
    write_summary(path, review)
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["Synthèse", "Par personne", "Anomalies", "Régularisations"]
    synthesis = book.get_sheet_by_name("Synthèse").to_python()
    assert ["Indemnités brutes", 3360.0] in [row[:2] for row in synthesis]
    assert ["a.csv", "CSV", 3.0, 1.0, 1.0, 1.0] in synthesis
    assert ["a.csv", "Ce fichier ne dit que le net de 2\u00a095\u00a001\u00a099\u00a0•••\u00a0•••."] in [
        row[:2] for row in synthesis
    ]
    people = book.get_sheet_by_name("Par personne").to_python()
    assert people[1][0] == "=1+1 Zoé"
    assert people[1][1] == "2\u00a095\u00a001\u00a099\u00a0•••\u00a0•••\u00a0••"
    assert people[1][4:8] == [3.0, 3360.0, 0.0, 3360.0]
    told = book.get_sheet_by_name("Régularisations").to_python()
    assert told[1][2:6] == [239.04, -352.68, 591.72, "1, 2, 3"]
    assert formulas(path) == 0
    everything = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    assert "2611193" not in everything
    write_summary(path, Review([one], table, (), (), revealed=True))
    assert (
        CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Par personne").to_python()[1][1] == "295019912611193"
    )


def test_the_lines_of_several_files_are_told_with_their_names(tmp_path: Path) -> None:
    twice = paid(date(2018, 1, 5), date(2018, 1, 18))
    table = leaves(lines(twice, replace(twice, file=1, reference="B", paid_on=date(2018, 3, 1))))
    files = [
        ReadFile(name, "0" * 64, FileKind.CSV, table.filter(pl.col("file") == place))
        for place, name in enumerate(("a.csv", "b.csv"))
    ]
    found = anomalies(table)
    assert found, "the same period is paid twice"
    write_summary(tmp_path / "a.xlsx", Review(files, table, found, ()))
    rows = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_name("Anomalies").to_python()
    assert rows[1][5] == "a.csv\u00a0: 1\u202f; b.csv\u00a0: 1"
