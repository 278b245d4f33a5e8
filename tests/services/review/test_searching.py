"""The table of a review: what is found, in which order, and what it comes to; each held against a plain search of the
same lines, one by one."""

import re
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.folding import fold
from desktop.services.review import totals
from desktop.services.review.leaves import leaves
from desktop.services.review.line import COLUMNS, EXTRA, WORDS, Kind, Payee, Sense, frame, told
from desktop.services.review.reading.source import Source
from desktop.services.review.searching import FIRST_ROWS, Selection, Sheet, parts, preview, title
from desktop.services.review.searching.parts import folded
from desktop.services.review.searching.query import asked
from tests.services.review.making_lines import Line, World, cancelled, lines, paid

JANUARY = date(2023, 1, 9)


def places(sheet: Sheet, text: str = "", **more: object) -> list[int]:
    """The file's own numbers of the lines found, in their order."""
    return sheet.find(Selection(text, **more)).lines(["line"])["line"].to_list()  # type: ignore[arg-type]


@pytest.fixture
def sheet() -> Sheet:
    first = paid(JANUARY, date(2023, 1, 22), 4216, person="LEFÈVRE Zoé", employee="M0012", reference="VIR230125")
    second = paid(
        date(2023, 2, 1),
        date(2023, 2, 28),
        83_333,
        person="N’GUYEN Jean-Pierre",
        nir="253072A07300443",
        payee="employee",
    )
    third = cancelled(first, paid_on=date(2023, 3, 2))
    fourth = Line(paid_on=date(2023, 3, 9), gross=-4500, code="RPR", label="RÉCUPÉRATION INDU", kind="recovery")
    return Sheet(lines(first, second, third, fourth))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [1, 2, 3, 4]),
        ("lefevre", [1, 3]),
        ("LEFÈVRE zoe", [1, 3]),
        ("lefevre nguyen", []),
        ("n'guyen", [2]),
        ("nguyen jeanpierre", [2]),
        ("23 333,24", [2]),
        ("23\u202f333,24\u00a0€", [2]),
        ("23333.24", [2]),
        ("\u221245,00", [4]),
        ("2 53 07 2A 073", [2]),
        ("09/01/2023", [1, 3]),
        ("9.01.2023", [1, 3]),
        ("2023-02-01", [2]),
        ("annul", [3]),
        ("salarié", [2]),
        ("trop-perçu", [4]),
        ("recuperation", [4]),
        ("m0012 vir23", [1, 3]),
        ("xyz", []),
    ],
)
def test_finds_the_lines_that_hold_every_word(sheet: Sheet, text: str, found: list[int]) -> None:
    assert places(sheet, text) == found


def test_numbers_typed_side_by_side_are_one_or_several(sheet: Sheet) -> None:
    assert places(sheet, "0012 2023") == [1, 3], "two numbers of one line"
    assert places(sheet, "23 333") == [2], "one number"
    assert asked("23 333 €") == (((("23333",),), (("23",), ("333",))),)


def test_each_letter_more_finds_the_same_as_a_search_anew(sheet: Sheet) -> None:
    for text in ("lefevre zoe", "23 333,24", "09/01/2023", "nguyen sal"):
        for end in range(1, len(text) + 1):
            anew = Sheet(sheet.find(Selection()).lines())
            assert places(sheet, text[:end]) == places(anew, text[:end]), text[:end]


def test_filters_let_through_what_they_name(sheet: Sheet) -> None:
    assert places(sheet, sense=Sense.CANCELLATION) == [3]
    assert places(sheet, kind=Kind.RECOVERY) == [4]
    assert places(sheet, payee=Payee.EMPLOYEE) == [2]
    assert places(sheet, month=date(2023, 3, 1)) == [2, 3, 4]
    assert places(sheet, "lefevre", month=date(2023, 3, 1)) == [3]
    assert places(sheet, company="73282932000074", file=0) == [1, 2, 3, 4]
    assert places(sheet, company="0") == []


def test_only_what_has_an_anomaly(sheet: Sheet) -> None:
    assert places(sheet, anomalies_only=True) == []
    sheet.mark([1, 3, 3])
    assert places(sheet, anomalies_only=True) == [2, 4]
    assert places(sheet, "indu", anomalies_only=True) == [4]


def test_filters_by_person_and_leave_where_the_frame_has_them() -> None:
    world = leaves(lines(*World(3).lines))
    sheet = Sheet(world)
    key, leave = world["person_key"][-1], world["leave"][-1]
    assert sheet.find(Selection(person_key=key)).count == world.filter(pl.col("person_key") == key).height
    found = sheet.find(Selection(leave=leave)).lines()
    assert found.equals(world.filter(pl.col("leave") == leave).select(found.columns))
    assert places(sheet, key) == [], "what only serves to filter is not searched"


def test_choices_are_the_values_there_are(sheet: Sheet) -> None:
    assert sheet.choices("sense") == [("cancellation", 1), ("payment", 3)]
    assert sheet.choices("month") == [(date(2023, 1, 1), 1), (date(2023, 3, 1), 3)]
    assert sum(count for _, count in sheet.choices("code")) == 4


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("name", list(COLUMNS))
def test_sorts_by_any_column(name: str, descending: bool) -> None:
    table = lines(*World(11).lines)
    found = Sheet(table).find(Selection(order=name, descending=descending)).lines()
    assert found.height == table.height
    values = found.select(told(name) if name in WORDS else name).to_series()
    there = values.filter((values != "") if values.dtype == pl.String else values.is_not_null()).to_list()
    assert values.head(len(there)).to_list() == there, "what is not told stands at the end"
    keys = [re.sub(r"[^\w\s]", "", fold(key)) if isinstance(key, str) else key for key in there]
    assert keys == sorted(keys, reverse=descending)
    for value in set(there):
        same = found.filter(values == value)["line"].to_list()
        assert name == "line" or same == sorted(same), "equal ones stay as they stand in the file"


def test_a_filter_keeps_the_order(sheet: Sheet) -> None:
    assert places(sheet, "2023", order="gross", descending=True) == [2, 1, 4, 3]
    assert places(sheet, "lefevre", order="gross") == [3, 1]
    assert places(sheet, "", descending=True) == [4, 3, 2, 1]


def test_names_stand_in_french_order() -> None:
    names = ["Éloi Zoé", "Eden Max", "d’Almeida Inès", "Dalton Joe", "de la Tour Éva", "ŒUVRARD A", "Oduvan B"]
    sheet = Sheet(lines(*(paid(JANUARY, JANUARY, person=name) for name in names)))
    ordered = sheet.find(Selection(order="person")).lines(["person"])["person"].to_list()
    assert ordered == [
        "d’Almeida Inès",
        "Dalton Joe",
        "de la Tour Éva",
        "Eden Max",
        "Éloi Zoé",
        "Oduvan B",
        "ŒUVRARD A",
    ]


def test_totals_follow_the_filter(sheet: Sheet) -> None:
    every = sheet.find(Selection()).lines()
    assert sheet.find(Selection()).totals() == totals.whole(every)
    back = sheet.find(Selection("lefevre")).totals()
    assert (back.lines, back.indemnity, back.net, back.days) == (2, 0, 0, 0)
    assert sheet.find(Selection("xyz")).totals().lines == 0


def test_rows_are_shown_in_french_with_the_nir_masked(sheet: Sheet) -> None:
    found = sheet.find(Selection())
    names = ["person", "nir", "start", "days", "unit", "gross", "payee", "sense"]
    assert found.rows(1, 2, names) == [
        ("N’GUYEN Jean-Pierre", "2\u00a053\u00a007\u00a02A\u00a0•••\u00a0•••\u00a0••", "01/02/2023", "28", "833,33",
         "23\u202f333,24", "Salarié", "Paiement"),
        ("LEFÈVRE Zoé", "2\u00a095\u00a001\u00a099\u00a0•••\u00a0•••", "09/01/2023", "\u221214", "\u221242,16",
         "\u2212590,24", "Entreprise", "Annulation"),
    ]  # fmt: skip
    assert found.rows(1, 1, ["nir"], revealed=True) == [("253072A07300443",)]
    assert found.rows(4, 10) == []


def test_a_nir_among_names_is_masked_on_the_screen_and_on_the_clipboard() -> None:
    sheet = Sheet(lines(paid(JANUARY, JANUARY, person="295019912611193")))
    found = sheet.find(Selection())
    assert "2611193" not in found.rows(0, 1, ["person"])[0][0]
    assert "2611193" not in found.tsv([0], ["person", "nir", "label"])
    assert "295019912611193" in found.tsv([0], ["person"], revealed=True)


def test_a_place_is_found_again_after_another_order(sheet: Sheet) -> None:
    found = sheet.find(Selection("2023", order="gross"))
    assert [found.place(row) for row in range(4)] == [2, 3, 0, 1]
    assert sheet.find(Selection("lefevre")).place(1) is None


def test_copies_rows_as_a_spreadsheet_takes_them(sheet: Sheet) -> None:
    text = sheet.find(Selection()).tsv([2, 1], ["person", "start", "gross", "sense"])
    assert text == (
        "Nom et prénom\tDu\tMontant brut\tSens\n"
        "LEFÈVRE Zoé\t09/01/2023\t-590,24\tAnnulation\n"
        "N’GUYEN Jean-Pierre\t01/02/2023\t23333,24\tPaiement\n"
    )


@pytest.mark.parametrize("evil", ["=1+1", "+33 1", "-cmd|' /C calc'!A0", "@SUM(A1)", " =1+1", "\t=1+1", "\uff1d1+1"])
def test_no_copied_cell_becomes_a_formula(evil: str) -> None:
    sheet = Sheet(lines(paid(JANUARY, JANUARY, person=evil, label=f"{evil}\n{evil}")))
    row = sheet.find(Selection()).tsv([0], ["person", "label"]).split("\n")[1].split("\t")
    assert len(row) == 2
    assert all(cell.startswith("'") for cell in row)


def test_the_files_own_columns_are_searched_and_shown() -> None:
    table = lines(paid(JANUARY, JANUARY), paid(JANUARY, JANUARY)).with_columns(
        pl.Series(f"{EXTRA}Commentaire", ["À vérifier", "Réglé\u00a0: 1\u202f200"])
    )
    sheet = Sheet(table)
    assert places(sheet, "verifier") == [1]
    assert places(sheet, "1200") == [2]
    assert title(f"{EXTRA}Commentaire") == "Commentaire"
    assert f"{EXTRA}Commentaire" in sheet.told()
    assert "claim" not in sheet.told()


def test_an_empty_sheet_finds_nothing() -> None:
    sheet = Sheet(frame({"line": []}))
    found = sheet.find(Selection("lefevre", order="person"))
    assert (found.count, found.rows(0, 10), found.totals().net) == (0, [], 0)
    assert sheet.choices("company") == []


def test_says_how_far_its_making_has_come_and_can_be_ended() -> None:
    table = lines(*World(2).lines)
    shares: list[float] = []
    Sheet(table, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    class EndedError(Exception):
        pass

    def end(_share: float) -> None:
        raise EndedError

    with pytest.raises(EndedError):
        Sheet(table, end)


def test_many_lines_of_hardly_equal_values_are_found_just_the_same() -> None:
    count = 9_000
    table = frame(
        {
            "line": range(1, count + 1),
            "person": [f"Nom{number} Prénom" for number in range(count)],
            "claim": [f"S{number:07d}" for number in range(count)],
            "gross": range(100_000, 100_000 + count),
            "net": [number * 7 for number in range(count)],
            "reference": [f"VIR{number * 31}" for number in range(count)],
        }
    )
    sheet = Sheet(table)
    assert places(sheet, "s0004321") == [4322]
    assert places(sheet, "1 043,21") == [4322]
    assert places(sheet, f"vir{8999 * 31}") == [9000]
    assert sheet.find(Selection()).lines(list(COLUMNS)).equals(table)


def test_lines_that_nothing_common_finds_are_still_looked_at() -> None:
    count = 9_000
    named = [f"S{number:05d}" for number in range(count)]
    common = ["" if number % 100 == 0 else "VIR7" for number in range(count)]
    sheet = Sheet(frame({"line": range(count), "claim": named, "reference": common}))
    expected = [number for number in range(count) if "7" in named[number] or common[number]]
    assert places(sheet, "7") == expected
    assert places(sheet, "77") == [number for number in expected if "77" in named[number]]


def _one_for_all(table: pl.DataFrame, _names: list[str]) -> pl.DataFrame:
    return pl.DataFrame([pl.repeat(0, table.height, eager=True).alias("hash")])


def test_values_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "hashes", _one_for_all)
    table = lines(*World(4).lines)
    sheet = Sheet(table)
    found = sheet.find(Selection()).lines()
    assert found.equals(table.select(found.columns))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 500), st.data())
def test_finds_what_a_look_at_every_line_finds(seed: int, data: st.DataObject) -> None:
    table = lines(*World(seed).lines)
    sheet = Sheet(table)
    names = [name for name in COLUMNS if name != "line"]
    texts = table.select(told(name).alias(name) for name in names)
    columns = [folded(texts[name]) if _is_text(name) else texts[name] for name in names]
    told_lines = ["\n".join(row) for row in zip(*columns, strict=True)]
    row = data.draw(st.sampled_from(told_lines))
    words = [word for word in row.split() if word]
    picked = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=3))
    cut = [word[: data.draw(st.integers(1, len(word)))] for word in picked]
    expected = [
        number for number, text in enumerate(told_lines) if all(_holds(text, run) for run in asked(" ".join(cut)))
    ]
    found = sheet.find(Selection(" ".join(cut)))
    assert found.numbers.to_list() == expected
    assert expected or "".join(cut).isdigit() or len(cut) > 1
    assert found.lines().equals(table[found.numbers.to_list()].select(found.lines().columns))


def _is_text(name: str) -> bool:
    return name in WORDS or COLUMNS[name] == pl.String()


def _holds(text: str, run: tuple[tuple[tuple[str, ...], ...], ...]) -> bool:
    return any(all(any(manner in text for manner in word) for word in reading) for reading in run)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12))
def test_texts_are_folded_as_what_is_typed(text: str) -> None:
    assert folded(pl.Series(["é", text]))[1].split("\n")[0] == fold(text)


def test_every_french_letter_is_folded_as_what_is_typed() -> None:
    letters = [chr(code) for code in range(0x80, 0x250)]
    assert [one.split("\n")[0] for one in folded(pl.Series(letters))] == [fold(letter) for letter in letters]


def test_the_first_lines_are_there_before_the_rest() -> None:
    heads = "Nom;Date de paiement;Montant brut\r\n"
    row = "MARTIN Zoé;01/02/2023;12,50\r\n"
    first = preview(Source("a.csv", (heads + row * 60_000).encode()))
    assert first is not None
    assert FIRST_ROWS <= first.frame.height < 60_000
    assert first.frame["gross"][0] == 1250
    assert preview(Source("a.pdf", b"%PDF-1.7")) is None
