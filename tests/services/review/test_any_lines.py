"""Whatever lines a reader gives, however absurd, they are judged: no crash, no NIR, every line number there."""

import json
from dataclasses import replace
from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.review import totals
from desktop.services.review.anomalies import Known, KnownLeave, anomalies, findings
from desktop.services.review.leaves import leaves
from desktop.services.review.line import COLUMNS, Branch, Kind, Payee, Sense, frame
from desktop.services.review.regularising import regularisations
from tests.services.review.making_lines import World, cancelled, lines

NIR = "2950199126111"
DAYS = st.none() | st.sampled_from((date(1, 1, 1), date(9999, 12, 31))) | st.dates(date(2023, 1, 1), date(2023, 4, 30))
CENTS = st.sampled_from((0, 1, -1, 4000, -4000, 2**61, -(2**61)))
COUNTS = st.none() | st.sampled_from((0, 1, -1, 14, 2**31 - 1, -(2**31)))
VALUES: dict[str, st.SearchStrategy[object]] = {
    "line": st.integers(1, 2**32 - 1),
    "company": st.sampled_from(("", "73282932000074", "99999999999999", "1,9E+13")),
    "member": st.just(""),
    "payer": st.sampled_from(("", "CPAM 75", "Mutuelle")),
    "person": st.sampled_from(("", "DURAND Zoé", "--", f"Mme {NIR}")),
    "nir": st.sampled_from(("", NIR, NIR + "93", "1,90013E+14", "???")),
    "employee": st.sampled_from(("", "12", NIR)),
    "claim": st.sampled_from(("", "S1")),
    "branch": st.sampled_from([each.value for each in Branch]),
    "code": st.sampled_from(("", "IJNOR", "CAR", "RETCSJ", "REGRCJ", "CIN", "XYZ")),
    "label": st.sampled_from(("", "Complément")),
    "kind": st.sampled_from([each.value for each in Kind]),
    "sense": st.sampled_from([each.value for each in Sense]),
    "leave_start": DAYS,
    "start": DAYS,
    "end": DAYS,
    "days": COUNTS,
    "unit": st.none() | CENTS,
    "gross": CENTS,
    "csg": st.none() | CENTS,
    "crds": st.none(),
    "tax": st.none(),
    "levies": CENTS,
    "net": CENTS,
    "payee": st.sampled_from([each.value for each in Payee]),
    "paid_on": DAYS,
    "reference": st.just(""),
}
LINES = st.lists(st.fixed_dictionaries(VALUES), max_size=12)
KNOWN = Known(
    companies=frozenset({"732829320"}),
    leaves=(
        KnownLeave(date(2023, 1, 5), nir=NIR, expected_end=date(2023, 6, 1), subrogated=(date(2023, 1, 5), None)),
        KnownLeave(date(2023, 3, 5), employee="12", subrogated=(date(2023, 3, 5), date(2023, 4, 1))),
    ),
    today=date(2023, 12, 1),
)


def test_all_columns_are_drawn() -> None:
    assert list(VALUES) == list(COLUMNS)


@settings(max_examples=25, deadline=None)
@given(LINES, st.data())
def test_any_lines_are_judged(lines: list[dict[str, object]], data: st.DataObject) -> None:
    made = frame({name: pl.Series(name, [line[name] for line in lines], dtype=COLUMNS[name]) for name in COLUMNS})
    files = data.draw(st.lists(st.integers(0, 2), min_size=len(lines), max_size=len(lines)))
    told = leaves(made.with_columns(pl.Series("file", files, dtype=pl.UInt32)))
    numbers = set(zip(files, told["line"].to_list(), strict=True))
    whole = totals.whole(told)
    assert sum(totals.by_leave(told)["net"].to_list()) == whole.net == sum(told["net"].to_list())
    for found in (regularisations(told), anomalies(told), anomalies(told, (), KNOWN)):
        for one in found:
            assert set(zip(one.files, one.lines, strict=True)) <= numbers
            assert NIR not in json.dumps([one.explanation, one.person])
            assert one.explanation.endswith(".")


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.booleans())
def test_one_look_finds_what_two_find(seed: int, twice: bool) -> None:
    """A world with something taken back and paid again, and the same in another file."""
    world = World(seed)
    first = next(line for line in world.lines if line.gross > 0)
    again = [cancelled(first), replace(first, gross=first.gross + 100), replace(first, gross=first.gross + 200)]
    every = [*world.lines, *again]
    frame = lines(*every, *([replace(line, file=1) for line in every] if twice else ()))
    assert findings(frame) == (anomalies(frame), regularisations(frame))
    assert findings(frame)[0]
