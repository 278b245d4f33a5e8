"""The review of one file of 1,000,000 lines and 24 columns: read, checked, searched, sorted, summed, given.

Each part runs in a process of its own, in turn with what it is compared to, so that memory is its own and the ratio is
of one moment. `python -m benchmarks.review PART FILE` runs one part and prints what it measured.
"""

import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from polars.testing import assert_frame_equal

from benchmarks import allowances, calc
from benchmarks.review_window import as_started

if TYPE_CHECKING:
    from desktop.services.review.searching import Sheet
    from desktop.services.review.whole import ReadFile

LINES, SHEET_LINES = 1_000_000, 100_000
ROUNDS = 3
_AMOUNTS = ("Taux journalier", "Montant brut", "CSG", "CRDS", "Montant net")
_DATES = ("Début de l’arrêt", "Du", "Au", "Date de paiement")
TYPED = (
    *(
        "lefevre",
        "LEFÈVRE 12",
        "martin zoé",
        "n’guyen",
        "nguyen jean",
        "d'almeida",
        "le goff",
        "oeuvrard",
        "müller 300",
    ),
    *("garcia anne", "bernard 7", "dupont chloé", "zoé", "aicha", "loic", "benoit 4999", "mohamed", "jean-pierre", "a"),
    *(
        "e",
        "du",
        "1 60 01 01",
        "160010100",
        "2 63 04 04",
        "73282932000074",
        "356 000 000",
        "00104003",
        "m000012",
        "m04",
    ),
    *(
        "2300000500",
        "cpam de paris",
        "cpam rhone",
        "loire",
        "ijnor",
        "i.j. normales",
        "ij normales",
        "recuperation indu",
    ),
    *("annulation", "salarié", "590,24", "1 234,56", "−590,24", "25/03/2023", "14.04.2023", "2023-06-02", "vir2304140"),
    *("paiement 2023", "accident", "zzz", "martin zoé cpam de paris 2023"),
)
"""Fifty queries as a clerk types them, letter by letter."""


# The parts, each in its own process


def floor(path: Path) -> dict[str, Any]:
    """What polars itself needs for the same file: its columns as texts, dates, exact cents and whole numbers."""
    begun, used = time.perf_counter(), time.process_time()
    typed(path)
    return {"seconds": time.perf_counter() - begun, "processor": time.process_time() - used}


def typed(path: Path) -> pl.DataFrame:
    kinds: dict[str, Any] = dict.fromkeys(allowances.HEADINGS, pl.String)
    kinds |= {"Jours": pl.Int32} | dict.fromkeys(_AMOUNTS, pl.Float64)
    table = pl.scan_csv(path, separator=";", decimal_comma=True, schema_overrides=kinds)
    cents = [(pl.col(name) * 100).round().cast(pl.Int64) for name in _AMOUNTS]
    days = [pl.col(name).str.to_date("%d/%m/%Y", strict=False) for name in _DATES]
    return table.with_columns(*cents, *days).collect()


def whole(path: Path) -> dict[str, Any]:
    """The way of the program: first rows; all of it read, checked and searchable; then totals and anomalies; then what
    the person does with it."""
    from desktop.services.review import searching
    from desktop.services.review.checks import faults
    from desktop.services.review.reading.opening import read
    from desktop.services.review.reading.source import load

    told: dict[str, Any] = {}
    begun = time.perf_counter()
    first = searching.first_lines(path)
    assert first is not None
    searching.Sheet(first.frame.head(searching.FIRST_ROWS)).find(searching.Selection()).rows(0, searching.FIRST_ROWS)
    told["first rows"] = time.perf_counter() - begun
    del first
    begun, used = time.perf_counter(), time.process_time()
    source = load(path)
    one = read(source)
    del source
    gc.collect()  # as whoever imports a file does: what the reader held goes at once
    told["read"], told["peak of reading"] = time.perf_counter() - begun, memory("VmHWM")
    checking = time.perf_counter()
    faults(one.frame)  # each line's own sums; those that the file states were compared when it was read
    told["checked"] = time.perf_counter() - checking
    making = time.perf_counter()
    sheet = searching.Sheet(one.frame)
    told["searchable"], told["seconds"] = time.perf_counter() - making, time.perf_counter() - begun
    told["processor"], told["peak of searching"] = time.process_time() - used, memory("VmHWM")
    found, gross = _judged(one, sheet, told)
    told["all"] = time.perf_counter() - begun
    told["peak"], lines = memory("VmHWM"), one.frame.height
    told |= {"lines": lines, "rejected": len(one.rejected), "anomalies": found, "gross": gross}
    del one
    gc.collect()
    told |= _used(sheet)
    told["after"] = memory("VmRSS")
    return told


def _judged(one: "ReadFile", sheet: "Sheet", told: dict[str, Any]) -> tuple[int, int]:
    """Leaves, totals, anomalies, told to the sheet; how many anomalies, and cents of gross."""
    from desktop.services.review import totals
    from desktop.services.review.anomalies import anomalies
    from desktop.services.review.leaves import leaves

    judging = time.perf_counter()
    frame = leaves(one.frame)
    for sums in (totals.by_person, totals.by_month, totals.by_transfer):
        sums(frame)
    gross = totals.whole(frame).indemnity
    found = anomalies(frame, one.controls)
    told["judged"] = time.perf_counter() - judging
    sheet.mark(row for anomaly in found for row in anomaly.rows)
    return len(found), gross


def _used(sheet: "Sheet") -> dict[str, Any]:
    """Keystrokes, orders, totals, places scrolled to: milliseconds."""
    from desktop.services.review.line import COLUMNS
    from desktop.services.review.searching import Selection

    def stroke(text: str, order: str = "") -> float:
        return milliseconds(lambda: sheet.find(Selection(text, order=order)).rows(0, 50))

    strokes = [stroke(text[:end]) for text in TYPED for end in range(1, len(text) + 1)]
    orders = {name: milliseconds(lambda name=name: sheet.find(Selection(order=name))) for name in COLUMNS}  # type: ignore[misc]
    stroke("", "person")
    ordered = [stroke(text[:end], "person") for text in TYPED for end in range(1, len(text) + 1)]
    found = [sheet.find(Selection(text)) for text in ("", "e", "martin", "annulation")]
    sums = [milliseconds(one.totals) for one in found]
    every = sheet.find(Selection(order="person"))
    jumps = [milliseconds(lambda at=at: every.rows(at, 45)) for at in range(0, every.count - 45, 9_973)]  # type: ignore[misc]
    return {
        "strokes": strokes,
        "ordered strokes": ordered,
        "orders": orders,
        "totals": max(sums),
        "jumps": jumps,
    }


def workbook(path: Path) -> dict[str, Any]:
    """A sheet of the file's lines: written by us and by XlsxWriter, read by us and by the library alone."""
    from python_calamine import CalamineWorkbook

    from desktop.services.review.giving import telling, write_xlsx
    from desktop.services.review.line import TITLES, WORDS
    from desktop.services.review.line import told as words
    from desktop.services.review.reading.opening import read
    from desktop.services.review.reading.source import load

    table = read(load(path)).frame
    names = telling(table)
    ours, theirs = path.with_suffix(".ours.xlsx"), path.with_suffix(".theirs.xlsx")
    worded = table.select(
        (words(name) if name in WORDS else pl.col(name) / 10_000 if name == "unit" else pl.col(name)).alias(
            TITLES[name]
        )
        for name in names
    )
    rows = list(worded.iter_rows())
    told = {
        "written": milliseconds(lambda: write_xlsx(ours, table, names)),
        "by XlsxWriter": milliseconds(lambda: _by_xlsxwriter(theirs, worded.schema, rows)),
    }
    for path_ in (ours, theirs):
        assert_frame_equal(read(load(path_)).frame.select(names).drop("line"), table.select(names).drop("line"))
    for _ in range(2):
        alone = milliseconds(lambda: CalamineWorkbook.from_path(str(theirs)).get_sheet_by_index(0).to_python())
        told["by calamine"] = min(alone, told.get("by calamine", alone))
        read_here = milliseconds(lambda: read(load(theirs)))
        told["read"] = min(read_here, told.get("read", read_here))
        own = milliseconds(lambda: read(load(ours)))
        told["read, ours"] = min(own, told.get("read, ours", own))
    return told


def _by_xlsxwriter(path: Path, schema: pl.Schema, rows: list[tuple[Any, ...]]) -> None:
    """In the quickest way that it has: constant memory, each cell by the call of its type."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("Lignes")
    money, day = (book.add_format({"num_format": text}) for text in ("#,##0.00", "dd/mm/yyyy"))
    sheet.write_row(0, 0, list(schema))
    kinds = [
        "date" if kind == pl.Date() else "cents" if kind == pl.Int64() else "number" if kind.is_numeric() else "text"
        for kind in schema.values()
    ]
    for number, row in enumerate(rows, 1):
        for place, (kind, value) in enumerate(zip(kinds, row, strict=True)):
            if value is None or value == "":
                continue
            if kind == "text":
                sheet.write_string(number, place, value)
            elif kind == "date":
                sheet.write_datetime(number, place, value, day)
            elif kind == "cents":
                sheet.write_number(number, place, value / 100, money)
            else:
                sheet.write_number(number, place, value)
    book.close()


# All of them


def memory(which: str) -> float:
    """Megabytes of this process, as the kernel counts them: VmRSS now, VmHWM at most."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split(f"{which}:")[1].split()[0]) / 1024


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def run(part: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.review", part, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=as_started())
    return dict(json.loads(done.stdout.splitlines()[-1]))


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def measure(lines: int = LINES, sheet_lines: int = SHEET_LINES) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path, small = Path(folder) / "million.csv", Path(folder) / "sheet.csv"
        planted = allowances.write(path, lines)
        allowances.write(small, sheet_lines)
        floors, ours = [], []
        for _ in range(ROUNDS):
            floors.append(run("floor", path))
            ours.append(run("whole", path))
        sheet = run("workbook", small)
        rival = calc.opened(path)
    assert ours[0]["gross"] == planted.gross, "the bench measures a review that is right"
    assert (ours[0]["lines"], ours[0]["rejected"]) == (planted.lines - planted.rejected, planted.rejected)
    return _figures(floors, ours, sheet, rival)


def _median(of: list[dict[str, Any]], what: str) -> float:
    return float(statistics.median(one[what] for one in of))


def _ratio(ours: list[dict[str, Any]], floors: list[dict[str, Any]], what: str) -> float:
    """Each to what was measured beside it."""
    return float(statistics.median(one[what] / least[what] for one, least in zip(ours, floors, strict=True)))


def _figures(
    floors: list[dict[str, Any]], ours: list[dict[str, Any]], sheet: dict[str, float], rival: float | None
) -> dict[str, dict[str, Any]]:
    median = partial(_median, ours)
    every = [time for one in ours for time in one["strokes"]]
    ordered = [time for one in ours for time in one["ordered strokes"]]
    names = ours[0]["orders"]
    orders = {name: statistics.median(one["orders"][name] for one in ours) for name in names}
    ready, used = _ratio(ours, floors, "seconds"), _ratio(ours, floors, "processor")
    found = {
        "first 200 rows of 1,000,000, as texts": entry(median("first rows"), "s", 0.5),
        "read, checked, searchable ÷ polars' own typed read": entry(ready, "×", 3),
        "the same, of the processor": entry(used, "×"),
        "polars' own typed read, on this machine": entry(statistics.median(one["seconds"] for one in floors), "s"),
        "of that: read": entry(median("read"), "s"),
        "of that: each line checked": entry(median("checked"), "s"),
        "of that: made searchable": entry(median("searchable"), "s"),
        "then told apart by leave, with totals and anomalies": entry(median("judged"), "s", 2),
        "all of it": entry(median("all"), "s"),
        "memory at the peak": entry(median("peak"), "MB", 1000),
        "of that: when it was read": entry(median("peak of reading"), "MB"),
        "of that: when it was searchable": entry(median("peak of searching"), "MB"),
        "memory after": entry(median("after"), "MB", 600),
        "a keystroke, 50 queries letter by letter, p95": entry(percentile(every, 0.95), "ms", 50),
        "the same, median": entry(percentile(every, 0.5), "ms"),
        "the same, worst": entry(max(every), "ms"),
        "a keystroke in the order of names, p95": entry(percentile(ordered, 0.95), "ms", 50),
        "sort by the slowest column": entry(max(orders.values()), "ms", 500),
        "totals of a filter, worst": entry(median("totals"), "ms", 100),
        "a place scrolled to, p95": entry(percentile([time for one in ours for time in one["jumps"]], 0.95), "ms", 16),
        "XLSX of 100,000 lines read ÷ calamine alone": entry(sheet["read"] / sheet["by calamine"], "×", 2),
        "the same, written by us, read ÷ calamine alone": entry(sheet["read, ours"] / sheet["by calamine"], "×"),
        "XLSX of 100,000 lines written ÷ XlsxWriter": entry(sheet["written"] / sheet["by XlsxWriter"], "×", 0.2),
        "the same": entry(sheet["written"] / 1000, "s"),
    }
    if rival is not None:
        faster = rival / median("seconds")
        found["LibreOffice Calc opening the same file ÷ ours, all searchable"] = entry(faster, "×", 10) | {
            "at_least": True
        }
        found["LibreOffice Calc, on this machine"] = entry(rival, "s")
    return found


def entry(value: float, unit: str, limit: float | None = None) -> dict[str, Any]:
    return {"value": round(value, 3), "unit": unit, "limit": limit}


if __name__ == "__main__":
    parts = {"floor": floor, "whole": whole, "workbook": workbook}
    print(json.dumps(parts[sys.argv[1]](Path(sys.argv[2]))))
