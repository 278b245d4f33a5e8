"""One history of files and payments: the same whatever the order, nothing twice, nothing lost; and what people say of
it, kept for ever."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.problems import StoreFault
from desktop.services.review.anomalies import anomalies
from desktop.services.review.archive import (
    PORTAL_RANK,
    Archive,
    NotCorrected,
    Part,
    State,
    correcting,
    finding_keys,
    merged,
    merging,
)
from desktop.services.review.keeping import Keeping
from desktop.services.review.line import COLUMNS
from desktop.services.review.reading.source import Source
from desktop.services.review.regularising import regularisations
from desktop.services.review.whole import Rejected
from tests.services.review import making_tables
from tests.services.review.making_kept import KEY, bpij, read, statement
from tests.services.review.making_lines import COMPANIES, CPAM, INSURER, Line, World, cancelled, lines, paid, withheld

WHEN = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
START = date(2024, 3, 4)


def part(source: str, *made: Line, rank: int = 1) -> Part:
    return Part(source, f"{source}.csv", lines(*made).drop("file"), rank)


# What is the same payment

_PEOPLE: tuple[dict[str, Any], ...] = (
    {"person": "MARTIN Zoé", "nir": "2950199126111"},
    {"person": "ALI Ben", "nir": "", "employee": "M7"},
    {"person": "", "nir": ""},
)


@st.composite
def payments(draw: st.DrawFn) -> Line:
    """One of few payments, so that equal ones are met often."""
    start = START + timedelta(draw(st.sampled_from([0, 14])))
    made = paid(start, start + timedelta(13), draw(st.sampled_from([4000, 4100])))
    made = replace(
        made,
        **draw(st.sampled_from(_PEOPLE)),
        claim=draw(st.sampled_from(["", "", "S1", "S2"])),
        payer=draw(st.sampled_from([CPAM, "cpam de paris", INSURER])),
        paid_on=draw(st.sampled_from([START, None])),
    )
    return cancelled(made) if draw(st.booleans()) else made


@st.composite
def sources(draw: st.DrawFn) -> list[Part]:
    pool = draw(st.lists(payments(), min_size=1, max_size=6))
    count = draw(st.integers(1, 4))
    return [
        part(f"source {number}", *draw(st.lists(st.sampled_from(pool), max_size=8)), rank=draw(st.integers(0, 2)))
        for number in range(count)
    ]


def identity(line: Line, source: str) -> tuple[object, ...]:
    """What makes it the payment that it is, told once more in the plain way."""
    who = f"n{line.nir}" if line.nir else f"e{line.employee}" if line.employee else line.person.lower()
    unsure = not who or (line.start is None and line.paid_on is None)
    payer = "cpam" if "cpam" in line.payer.lower() else line.payer.lower()
    what = (payer, line.company[:9], who, line.branch, line.code, line.start, line.end, line.sense, line.kind)
    return (*what, line.gross, line.levies, line.worth, line.payee, line.paid_on, source if unsure else "")


@settings(max_examples=35, deadline=None)
@given(sources(), st.randoms(use_true_random=False), st.integers(0, 3))
def test_order_and_repetition_of_imports_change_nothing(parts: list[Part], dice: random.Random, again: int) -> None:
    whole = merged(parts)
    shuffled = [*parts, *parts[:again]]
    dice.shuffle(shuffled)
    assert merged(shuffled).frame.equals(whole.frame)
    assert [each.source for each in merged(shuffled).sources] == [each.source for each in whole.sources]


@st.composite
def told(draw: st.DrawFn) -> list[list[Line]]:
    pool = draw(st.lists(payments(), min_size=1, max_size=6))
    return draw(st.lists(st.lists(st.sampled_from(pool), max_size=8), min_size=1, max_size=4))


@settings(max_examples=35, deadline=None)
@given(told())
def test_each_payment_is_there_as_often_as_in_the_source_that_has_most(files: list[list[Line]]) -> None:
    history = merged([part(f"source {number}", *made) for number, made in enumerate(files)])
    most: dict[tuple[object, ...], int] = {}
    sums: dict[tuple[object, ...], int] = {}
    per_claim: dict[tuple[object, ...], dict[str, int]] = {}
    for number, made in enumerate(files):
        counts = Counter(identity(line, f"source {number}") for line in made)
        for key, count in counts.items():
            most[key] = max(most.get(key, 0), count)
        claims = Counter((identity(line, f"source {number}"), line.claim) for line in made if line.claim)
        for (key, claim), count in claims.items():
            of = per_claim.setdefault(key, {})
            of[claim] = max(of.get(claim, 0), count)
        sums.update({identity(line, f"source {number}"): line.worth for line in made})
    expected = {key: max(count, sum(per_claim.get(key, {}).values())) for key, count in most.items()}
    assert history.frame.height == sum(expected.values())
    assert history.frame["net"].sum() == sum(sums[key] * count for key, count in expected.items())


@settings(max_examples=35, deadline=None)
@given(sources(), st.data())
def test_one_more_source_takes_nothing_away(parts: list[Part], data: st.DataObject) -> None:
    shorter = data.draw(st.sampled_from(parts))
    rows = data.draw(st.integers(0, shorter.frame.height))
    window = Part("later window", "later.csv", shorter.frame.tail(rows), data.draw(st.integers(0, 3)))
    before, after = merged(parts), merged([*parts, window])
    added = window.frame.filter(alone_in(window))
    assert Counter(facts(after.frame)) == Counter(facts(before.frame)) + Counter(facts(added))


def facts(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    """What no manner of writing changes."""
    return frame.select("nir", "employee", "start", "end", "sense", "gross", "net", "paid_on").rows()


def alone_in(one: Part) -> pl.Series:
    """The lines that tell too little to be taken for those of another source."""
    return merging.identities(one.frame)["alone"]


@settings(max_examples=35, deadline=None)
@given(sources())
def test_every_line_of_every_source_is_found_again(parts: list[Part]) -> None:
    history = merged(parts)
    found = {
        (place.source, place.line)
        for file, line in history.frame.select("file", "line").rows()
        for place in history.places(file, line)
    }
    named = [each.source for each in history.sources]
    if history.seen["claim"].max() in (0, None):
        assert found == {(named[file], line) for file, line in history.seen.select("file", "line").rows()}
    for file, line in history.frame.select("file", "line").rows():
        assert history.places(file, line)[0].source == named[file]
        assert history.places(file, line)[0].line == line


def test_windows_that_follow_one_another_make_one_history() -> None:
    payments = [paid(START + timedelta(14 * turn), START + timedelta(14 * turn + 13)) for turn in range(10)]
    months = [part(f"{first}", *payments[first : first + 6]) for first in range(5)]
    history = merged(months)
    assert history.frame.height == 10
    assert sorted(history.frame["start"].to_list()) == [line.start for line in payments]
    assert merged([*months, part("short", payments[-1])]).frame.height == 10


def test_twins_of_one_file_stay_two_and_one_of_another_adds_none() -> None:
    twin = paid(START, START + timedelta(13))
    history = merged([part("a", twin), part("b", twin, twin, paid(START, START))])
    assert history.frame.height == 3
    second = [history.places(file, line) for file, line in history.frame.select("file", "line").rows()]
    assert [[(place.source, place.line) for place in places] for places in second] == [
        [("b", 1), ("a", 1)],
        [("b", 2)],
        [("b", 3)],
    ]
    assert len(set(history.line_ids([(1, 1), (1, 2), (1, 3)]))) == 3


def test_a_portals_payments_and_its_files_are_one() -> None:
    statement = paid(START, START + timedelta(13), 3000, levies=2814, payer=INSURER, code="", label="Complément IJ")
    said_otherwise = replace(statement, label="COMPLEMENT  ij", payer="PREVOYANCE EXEMPLE", nir="295019912611193")
    history = merged([part("csv", said_otherwise, rank=1), part("portal", statement, rank=PORTAL_RANK)])
    assert history.frame.height == 1
    assert history.frame["payer"].to_list() == [INSURER]
    assert [place.source for place in history.places(0, 1)] == ["portal", "csv"]


@pytest.mark.parametrize(
    "change",
    [
        {"payer": "Autre mutuelle"},
        {"company": COMPANIES[1]},
        {"nir": "1800175123456"},
        {"branch": "AT"},
        {"code": "IJMAJ"},
        {"start": START + timedelta(1)},
        {"end": START + timedelta(12)},
        {"sense": "cancellation"},
        {"gross": 1},
        {"levies": 1},
        {"net": 7},
        {"payee": "employee"},
        {"paid_on": START + timedelta(99)},
        {"kind": "recovery"},
    ],
)
def test_payments_that_differ_in_one_thing_are_two(change: dict[str, object]) -> None:
    one = paid(START, START + timedelta(13))
    other = replace(one, **change)  # type: ignore[arg-type]
    assert merged([part("a", one), part("b", other)]).frame.height == 2


@pytest.mark.parametrize(
    "change",
    [
        {"payer": "Caisse Primaire d’Assurance Maladie"},
        {"company": COMPANIES[0][:9]},
        {"person": "Martin, zoe"},
        {"nir": "295019912611193"},
        {"label": "Indemnités"},
        {"end": None},
        {"unit": None},
        {"reference": "VIR 12"},
        {"claim": "S1"},
        {"leave_start": START},
    ],
)
def test_payments_that_are_only_written_otherwise_are_one(change: dict[str, object]) -> None:
    one = paid(START, START + timedelta(13))
    other = replace(one, **change)  # type: ignore[arg-type]
    assert merged([part("a", one), part("b", other)]).frame.height == 1


def test_two_claims_are_two_payments_though_all_else_is_the_same() -> None:
    first, second = (paid(START, START, claim=claim) for claim in ("S1", "S2"))
    untold = replace(first, claim="")
    assert merged([part("a", first), part("b", second)]).frame.height == 2
    assert merged([part("a", first), part("b", second), part("c", untold)]).frame.height == 2
    assert merged([part("a", first), part("b", second), part("c", untold, untold, untold)]).frame.height == 3


def test_lines_that_tell_too_little_are_never_taken_for_one_another() -> None:
    nobody, never = Line(START, START, person="", nir=""), Line(None, None, gross=100)
    assert merged([part("a", nobody, never), part("b", nobody, never)]).frame.height == 4
    assert merged([part("a", nobody, never)] * 2).frame.height == 2
    history = merged([part("a", nobody, never), part("b", nobody, never)])
    assert len(set(history.line_ids(history.frame.select("file", "line").rows()))) == 4


def test_a_statement_that_names_people_alone_is_of_the_same_payments() -> None:
    told = paid(START, START + timedelta(13), claim="82000012", person="MARTIN-DELACROIX Zoé Anne", branch="AT")
    other = paid(
        START, START + timedelta(13), claim="82000013", person="MARTIN-DELACROIX Zoé Anne", nir="1800175123456"
    )
    printed = replace(told, person="MARTIN-DELACROIX Zoé", nir="", branch="")
    parts = [part("portal", told, other, rank=PORTAL_RANK), part("pdf", printed, rank=3)]
    for order in (parts, parts[::-1]):
        history = merged(order)
        assert history.frame.height == 2
        assert [place.source for place in history.places(0, 1)] == ["portal", "pdf"]
    assert merged([part("a", told), part("b", replace(printed, claim=""))]).frame.height == 2, "nothing says who it is"
    assert merged([part("a", told), part("b", replace(printed, person="DURAND Zoé"))]).frame.height == 2
    twin = replace(told, nir="1800175123456")
    assert merged([part("a", told, twin), part("b", printed)]).frame.height == 3, "it may be either"
    alone = merged([part("b", printed)]).frame
    assert (alone["nir"].to_list(), alone["branch"].to_list()) == ([""], [""]), "no line is changed"


def test_the_files_own_columns_stay_and_are_empty_elsewhere() -> None:
    own = part("a", paid(START, START))
    own = replace(own, frame=own.frame.with_columns(pl.lit("Sud").alias("autre\u00a0: Site")))
    history = merged([own, part("b", paid(START, START, gross=1))])
    assert history.frame["autre\u00a0: Site"].to_list() == ["Sud", ""]
    assert list(history.frame.columns[: len(COLUMNS)]) == list(COLUMNS)


def test_identities_that_share_half_of_their_sum_stay_apart() -> None:
    seen = pl.DataFrame(
        {"file": [0, 0, 1, 1], "line": [1, 2, 1, 2], "one": [7, 7, 7, 7], "two": [1, 2, 2, 1], "claim": [0] * 4},
        schema=merging.SEEN,
    )
    assert merging._chosen(seen).to_list() == [True, True, False, False]


def test_no_history_is_a_history_too() -> None:
    assert merged([]).frame.height == 0
    assert merged([]).line_ids([]) == ()
    assert merged([part("a")]).frame.schema.names()[:1] == ["line"]


def test_a_million_lines_join_a_million_in_two_seconds_or_what_polars_takes_thrice() -> None:
    count = 1_000_000
    number = pl.int_range(count, dtype=pl.Int64)
    one = lines(paid(START, START, claim="S1")).drop("file")
    first = pl.DataFrame([column.new_from_index(0, count) for column in one])
    first = first.with_columns(
        (number + 1).cast(pl.UInt32).alias("line"),
        pl.concat_str(pl.lit("MARTIN "), (number % 30_000).cast(pl.String)).alias("person"),
        pl.concat_str(pl.lit("29501"), (number % 30_000 + 10_000_000).cast(pl.String)).alias("nir"),
        (number * 7 + 1).alias("net"),
        (number * 7 + 1).alias("gross"),
        pl.lit(START).dt.offset_by(pl.concat_str((number % 900).cast(pl.String), pl.lit("d"))).alias("start"),
    )
    moved = pl.when(pl.col("line") > count // 2).then(1).otherwise(0)
    second = first.with_columns(net=pl.col("net") + moved, gross=pl.col("gross") + moved)
    ours, theirs = [], []
    for _ in range(2):
        before = time.perf_counter()
        pl.concat([first, second]).unique(["company", "person", "nir", "start", "gross", "net"])
        between = time.perf_counter()
        history = merged([Part("a", "a.csv", first), Part("b", "b.csv", second)])
        ours.append(time.perf_counter() - between)
        theirs.append(between - before)
    assert history.frame.height == count + count // 2
    assert min(ours) <= max(2, 3 * min(theirs)), (ours, theirs)


# What people say


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "review"


@pytest.fixture
def keeping(folder: Path) -> Iterator[Keeping]:
    made = Keeping(folder, KEY)
    yield made
    made.close()


def reopened(keeping: Keeping, folder: Path) -> tuple[Keeping, Archive]:
    keeping.close()
    again = Keeping(folder, KEY)
    return again, Archive(again)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_a_finding_keeps_its_name_whatever_else_is_imported(seed: int) -> None:
    world = World(seed).lines
    overlap = paid(START, START + timedelta(13), nir="1800175999999", person="EXTRA Eve")
    faulty = [overlap, replace(overlap, end=START + timedelta(20), gross=5, net=5), *withheld(overlap)]
    back = [cancelled(overlap, paid_on=START + timedelta(40)), replace(overlap, gross=1, paid_on=START + timedelta(40))]
    small = merged([part("b", *faulty, *back)])
    large = merged([part("a", *world), part("b", *faulty, *back), part("c", *world[:3], faulty[0])])
    for find in (anomalies, regularisations):
        before = finding_keys(small, find(small.frame))
        after = finding_keys(large, find(large.frame))
        assert len(set(before)) == len(before) > 0
        assert set(before) <= set(after)


def test_a_decision_stays_with_its_author_its_reason_and_its_history(keeping: Keeping, folder: Path) -> None:
    archive = Archive(keeping)
    archive.decide(["a", "b"], State.DISPUTED, by="Zoé", reason=" taux faux ", at=WHEN)
    archive.decide(["a"], State.UNDERSTOOD, by="Ali", at=WHEN)
    archive.decide(["b"], None, by="Ali", reason="erreur", at=WHEN)
    keeping, archive = reopened(keeping, folder)
    present = archive.decision("a")
    assert present is not None
    assert (present.state, present.by, present.reason, present.at) == (State.UNDERSTOOD, "Ali", "", WHEN)
    assert archive.decision("b") is None
    assert archive.decision("c") is None
    assert [(each.state, each.by, each.reason) for each in archive.decisions("b")] == [
        (State.DISPUTED, "Zoé", "taux faux"),
        (None, "Ali", "erreur"),
    ]
    assert [state.title for state in State] == ["compris", "à contester", "ignoré"]
    keeping.close()


TYPED = {
    "person": " DUPONT  Zoé ",
    "nir": "2 95 10 99 126 111 93",
    "company": "732 829 320 00074",
    "code": "I.J. normales",
    "start": "02/02/2024",
    "end": "15/02/2024",
    "unit": "32,5149",
    "gross": "1\u202f234,56",
    "csg": "76,54",
    "crds": "6,17",
    "payee": "Entreprise",
    "paid_on": "",
}


def test_a_rejected_line_is_told_by_hand_and_its_history_stays(keeping: Keeping, folder: Path) -> None:
    source = statement()
    file = read(source)
    keeping.keep(source, file)
    (rejected,) = file.rejected
    archive = Archive(keeping)
    assert archive.gather().history.frame.height == 4
    archive.correct(source.sha256, rejected.line, TYPED, by="Zoé", reason="relu sur le papier", at=WHEN)
    second = archive.correct(source.sha256, rejected.line, {**TYPED, "gross": "1234,57"}, by="Ali", at=WHEN)
    assert (second.before["gross"], second.values["gross"]) == (123456, 123457)
    keeping, archive = reopened(keeping, folder)
    assert archive.rejected(keeping.reopen(source.sha256)) == ()
    frame = archive.gather().history.frame
    assert frame.height == 5
    row = frame.filter(pl.col("line") == rejected.line).row(0, named=True)
    assert (row["person"], row["nir"], row["company"]) == ("DUPONT Zoé", "295109912611193", "73282932000074")
    assert (row["code"], row["kind"], row["sense"], row["label"]) == ("IJNOR", "indemnity", "payment", "I.J. normales")
    assert (row["start"], row["days"], row["unit"]) == (date(2024, 2, 2), 14, 325149)
    assert (row["gross"], row["levies"], row["net"]) == (123457, 8271, 115186)
    assert (row["payee"], row["paid_on"], row["tax"]) == ("employer", None, None)
    assert frame.null_count().select("person", "net", "levies", "kind").row(0) == (0, 0, 0, 0)
    archive.withdraw(source.sha256, rejected.line, by="Zoé", reason="mauvaise ligne", at=WHEN)
    assert archive.gather().history.frame.height == 4
    assert archive.rejected(file) == file.rejected
    keeping, archive = reopened(keeping, folder)
    told = archive.corrections(source.sha256, rejected.line)
    assert [(each.by, each.reason, each.withdrawn) for each in told] == [
        ("Zoé", "relu sur le papier", False),
        ("Ali", "", False),
        ("Zoé", "mauvaise ligne", True),
    ]
    keeping.close()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"gross": "12,345"}, {"gross"}),
        ({"gross": "", "csg": "", "crds": ""}, {"gross"}),
        ({"start": "31/02/2024"}, {"start"}),
        ({"start": "", "paid_on": ""}, {"start"}),
        ({"end": "01/02/2024"}, {"end"}),
        ({"person": "", "nir": ""}, {"person"}),
        ({"days": "2,5", "unit": "x"}, {"days", "unit"}),
    ],
)
def test_what_cannot_be_a_line_is_said_field_by_field(
    keeping: Keeping, change: dict[str, str], wrong: set[str]
) -> None:
    with pytest.raises(NotCorrected) as refusal:
        Archive(keeping).correct("a" * 64, 4, {**TYPED, **change}, by="Zoé")
    assert set(refusal.value.fields) == wrong
    assert keeping.entries("correction") == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"gross": "-100"}, ("indemnity", "cancellation", -10000, 8271, -18271, -14)),
        ({"gross": "", "net": "100"}, ("indemnity", "payment", 18271, 8271, 10000, 14)),
        ({"csg": "", "crds": "", "net": "1200"}, ("indemnity", "payment", 123456, 3456, 120000, 14)),
        ({"code": "RETCSJ", "gross": "", "levies": "5"}, ("levy", "payment", 0, 500, -500, None)),
        ({"code": "RPR", "gross": "-50", "csg": "", "crds": ""}, ("recovery", "payment", -5000, 0, -5000, 14)),
        (
            {"sense": "Annulation", "gross": "-10", "csg": "", "crds": ""},
            ("indemnity", "cancellation", -1000, 0, -1000, -14),
        ),
    ],
)
def test_amounts_follow_from_what_was_told(keeping: Keeping, change: dict[str, str], told: tuple[object, ...]) -> None:
    source = statement()
    file = read(source)
    archive = Archive(keeping)
    archive.correct(source.sha256, file.rejected[0].line, {**TYPED, **change}, by="Zoé")
    row = archive.lines(file).row(-1, named=True)
    assert tuple(row[name] for name in ("kind", "sense", "gross", "levies", "net", "days")) == told


def test_a_damaged_file_is_told_and_the_others_make_the_history(keeping: Keeping, folder: Path) -> None:
    first, second = statement(), statement(9, "autre.csv")
    keeping.keep(first, read(first))
    (path,) = folder.glob("*.kept")
    keeping.keep(second, read(second))
    content = bytearray(path.read_bytes())
    content[-1000] ^= 1
    content[600] ^= 1
    path.write_bytes(content)
    shares: list[float] = []
    gathered = Archive(keeping).gather(progress=shares.append)
    assert [(kept.name, fault.detail) for kept, fault in gathered.faults] == [("releve.csv", "review file damaged")]
    assert gathered.history.frame.height == 8
    assert {number for number, _ in gathered.controls} <= {0}
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_the_sums_that_files_state_come_with_the_place_of_their_file(keeping: Keeping) -> None:
    first, second = bpij(), statement()
    for source in (second, first):
        keeping.keep(source, read(source))
    gathered = Archive(keeping).gather()
    place = [each.source for each in gathered.history.sources].index(first.sha256)
    assert [control for number, control in gathered.controls if number == place] == list(read(first).controls)
    assert len(gathered.controls) == len(read(first).controls) + len(read(second).controls) > 0


def summed(*, wrong: str = "") -> Source:
    """Two people, each with a total, and the total of all; what is asked of the second line is written wrongly."""
    rows = [
        ["Nom", "Du", "Au", "Jours", "Montant brut", "CSG", "Payé à"],
        ["DURAND Paul", "01/02/2024", "10/02/2024", "10", "325,10", "-20,10", "Entreprise"],
        ["DURAND Paul", "11/02/2024", "20/02/2024", "10", wrong or "300,00", "-18,60", "Entreprise"],
        ["Total", "", "", "20", "625,10", "", ""],
        ["MARTIN Zoé", "01/02/2024", "10/02/2024", "10", "100,00", "-6,20", "Salarié"],
        ["Total", "", "", "10", "100,00", "", ""],
        ["Total général", "", "", "30", "725,10", "", ""],
    ]
    return Source("sommes.csv", making_tables.text(rows))


def test_the_sums_that_a_file_states_come_out_once_its_line_is_told_by_hand(keeping: Keeping) -> None:
    assert [control.holds for control in read(summed()).controls] == [True] * 6
    source = summed(wrong="3OO,00")
    file = read(source)
    keeping.keep(source, file)
    archive = Archive(keeping)
    assert [control.holds for control in archive.controls(file)] == [False, False, True, True, False, False]
    (rejected,) = file.rejected
    begun = correcting.begun(rejected)
    assert begun == {
        "person": "DURAND Paul",
        "start": "11/02/2024",
        "end": "20/02/2024",
        "days": "10",
        "gross": "3OO,00",
        "csg": "18,60",
        "payee": "Entreprise",
    }
    assert set(correcting.wrong(begun)) == {"gross"}
    archive.correct(source.sha256, rejected.line, {**begun, "gross": "300,00"}, by="Zoé", at=WHEN)
    assert [control.holds for control in archive.controls(file)] == [True] * 6
    assert all(control.holds for _, control in archive.gather().controls)
    by_hand = archive.lines(file).filter(pl.col("line") == rejected.line)
    assert by_hand.select("person", "gross", "levies", "net", "days").row(0) == ("DURAND Paul", 30000, 1860, 28140, 10)
    archive.withdraw(source.sha256, rejected.line, by="Zoé", at=WHEN)
    assert archive.controls(file) == file.controls


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ((("surname", "LE GOFF"), ("first_name", "Zoé"), ("nir", "2951099126111"), ("nir_key", "93")),
         {"person": "LE GOFF Zoé", "nir": "295109912611193"}),
        ((("period", "2024-02-01/2024-02-10"),), {"start": "01/02/2024", "end": "10/02/2024"}),
        ((("period", "du 31/02 au 3"),), {"start": "du 31/02 au 3"}),
        ((("nir_key", "93"),), {"nir": "93"}),
        ((), {}),
    ],
)  # fmt: skip
def test_a_line_is_begun_from_its_own_cells(cells: tuple[tuple[str, str], ...], texts: dict[str, str]) -> None:
    assert correcting.begun(Rejected(3, "", "", cells)) == texts


def test_a_row_that_has_not_its_cells_begins_nothing() -> None:
    rows = [["Nom", "Du", "Montant brut"], ["DURAND", "01/02/2024", "12,00"], ["MARTIN", "1", "01/02/2024", "9", "7"]]
    (rejected,) = read(Source("a.csv", making_tables.text(rows))).rejected
    assert rejected.cells == ()


def test_what_a_later_version_said_is_not_misread(keeping: Keeping) -> None:
    keeping.add("decision", [b'{"key": "a", "state": "postponed"}'], by="Zoé")
    with pytest.raises(StoreFault) as fault:
        Archive(keeping)
    assert fault.value.detail == "review newer"


def test_files_that_hold_the_same_lines_are_one_history(keeping: Keeping) -> None:
    first, second = statement(9), statement(20, "plus long.csv")
    for source in (first, second):
        keeping.keep(source, read(source))
    archive = Archive(keeping)
    history = archive.gather().history
    whole: Sequence[str] = [each.name for each in history.sources]
    assert set(whole) == {"releve.csv", "plus long.csv"}
    assert history.frame.height == 19
    keeping.erase(second.sha256)
    assert archive.gather().history.frame.height == 8


def test_a_printed_total_of_days_comes_out_once_the_line_of_a_cancellation_is_told_by_hand(keeping: Keeping) -> None:
    paid, back = "DURAND;01/02/2024;10/02/2024;10;325,10", "DURAND;11/02/2024;20/02/2024;10;(3OO,00)"
    source = Source("a.csv", f"Nom;Du;Au;Jours;Montant net\n{paid}\n{back}\nTotal;;;20;25,10\n".encode())
    file = read(source)
    keeping.keep(source, file)
    archive = Archive(keeping)
    assert [control.holds for control in archive.controls(file)] == [False, False]
    (rejected,) = file.rejected
    archive.correct(source.sha256, rejected.line, {**correcting.begun(rejected), "net": "-300,00"}, by="Zoé", at=WHEN)
    assert archive.lines(file)["days"].to_list() == [10, -10]
    assert [control.holds for control in archive.controls(file)] == [True, True]
