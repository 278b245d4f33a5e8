"""The whole review as one JSON object, for `volet review --json FILE…`. Loaded by that command alone.

Amounts are decimal strings in euros, days whole numbers, dates ISO; no NIR stands in it unmasked. With several files,
each list of `lines` has a list of `files` beside it: the place in `files` of the file of each line, from 0.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import polars as pl

from desktop.services.folding import collated
from desktop.services.review import saying, totals
from desktop.services.review.anomalies import anomalies
from desktop.services.review.checks import controlled
from desktop.services.review.leaves import leaves
from desktop.services.review.line import frame as lines_of
from desktop.services.review.reading.opening import read
from desktop.services.review.reading.source import load
from desktop.services.review.regularising import regularisations
from desktop.services.review.whole import PrintedText, ReadFile, Unreadable

WHOLE, UNREADABLE, IN_PART = 0, 2, 3
"""Exit statuses: read whole; a file not readable; lines rejected, stated sums that do not come out, or no line."""

NOT_READ = "unreadable"
"""The `kind` of a file that could not be read; its `reason` says why."""
NO_LINE = "Aucune ligne d’indemnité dans ce fichier\u00a0: vérifiez que c’est le bon, et qu’il est entier."

Json = dict[str, Any]


def main(paths: Sequence[Path], printed_text: PrintedText | None = None, out: IO[bytes] | None = None) -> int:
    """Prints the review as one JSON object to `out` (standard output), one line to standard error for each file that
    is not readable or has no line; answers the exit status."""
    found = review(paths, printed_text)
    text = json.dumps(found, ensure_ascii=False, indent=2)
    stream = out or sys.stdout.buffer
    stream.write(text.encode("utf-8", "replace") + b"\n")
    stream.flush()
    for told in found["files"]:
        said = told["reason"] if told["kind"] == NOT_READ else NO_LINE if _is_without_lines(told) else ""
        if said:
            sys.stderr.write(f"{_one_line(told['path'])}\u00a0: {_one_line(said)}\n")
    return status(found)


def status(found: Json) -> int:
    """The exit status of a review."""
    files = found["files"]
    if any(told["kind"] == NOT_READ for told in files):
        return UNREADABLE
    partly = any(told["rejected"] or told["control_totals"]["failed"] or _is_without_lines(told) for told in files)
    return IN_PART if partly else WHOLE


def _is_without_lines(told: Json) -> bool:
    """Read, and nothing in it to review: an export that failed looks so, and must not pass for one that is right."""
    return not told["lines"] and not told["rejected"]


def review(paths: Sequence[Path], printed_text: PrintedText | None = None) -> Json:
    """What the command prints. A file given twice under two names is told twice and counted once."""
    files: list[Json] = []
    readable: list[tuple[int, ReadFile]] = []
    seen: dict[str, int] = {}
    for number, path in enumerate(paths):
        digest = ""
        try:
            source = load(path)
            digest = source.sha256
            one = read(source, printed_text=printed_text, taught={})
        except Unreadable as problem:
            files.append(_unread(path, digest, problem))
            continue
        files.append(_told(path, one))
        if digest in seen:
            files[-1]["same_as"] = seen[digest]
        else:
            seen[digest] = number
            readable.append((number, one))
    return {"files": files, **_judged(readable, several=len(paths) > 1)}


def _unread(path: Path, digest: str, problem: Unreadable) -> Json:
    return {
        "path": str(path),
        "sha256": digest,
        "kind": NOT_READ,
        "lines": 0,
        "rejected": [],
        "control_totals": {"checked": 0, "failed": 0},
        "reason": saying.without_nir(problem.sentence),
    }


def _told(path: Path, one: ReadFile) -> Json:
    controls = controlled(one.controls)
    return {
        "path": str(path),
        "sha256": one.sha256,
        "kind": one.kind.value,
        "lines": one.frame.height,
        "rejected": [{"line": each.line, "reason": saying.without_nir(each.reason)} for each in one.rejected],
        "control_totals": {"checked": controls.checked, "failed": len(controls.failed)},
        "set_apart": {nature.name.lower(): count for nature, count in one.apart},
        "notes": [saying.without_nir(note) for note in one.notes],
    }


def together(files: Sequence[tuple[int, ReadFile]]) -> pl.DataFrame:
    """The lines of all files with their file's number in `file`, and the columns that `leaves` adds."""
    frames = [one.frame.with_columns(pl.lit(number, dtype=pl.UInt32).alias("file")) for number, one in files]
    if not frames:
        frames = [lines_of({"line": []}).with_columns(pl.lit(0, dtype=pl.UInt32).alias("file"))]
    return leaves(pl.concat(frames, how="diagonal"))


def _judged(files: Sequence[tuple[int, ReadFile]], *, several: bool) -> Json:
    frame = together(files)
    controls = [(number, control) for number, one in files for control in one.controls]
    whole = totals.whole(frame)
    return {
        "totals": _sums(
            {name: getattr(whole, name) for name in totals.MEASURES if name != "lines"},
        ),
        "by_person": list(_people(totals.by_person(frame))),
        "by_month": list(_months(totals.by_month(frame))),
        "regularisations": [
            {
                "explanation": each.explanation,
                "person": each.person,
                "lines": list(each.lines),
                **({"files": list(each.files)} if several else {}),
                "gross": saying.decimal(each.gross),
                "levies": saying.decimal(each.levies),
                "net": saying.decimal(each.net),
            }
            for each in regularisations(frame)
        ],
        "anomalies": [
            {
                "kind": each.kind.value,
                "explanation": each.explanation,
                "lines": list(each.lines),
                **({"files": list(each.files)} if several else {}),
                "amount": saying.decimal(each.amount),
            }
            for each in anomalies(frame, controls)
        ],
    }


def _people(by_person: pl.DataFrame) -> Iterator[Json]:
    """In the order of their names."""
    rows = by_person.iter_rows(named=True)
    for row in sorted(rows, key=lambda each: (collated(each["person"]), each["employee"], each["person_key"])):
        yield {
            "person": saying.who(row["person"], row["nir"], row["employee"]),
            "nir": saying.masked(row["nir"]),
            "employee": saying.without_nir(row["employee"]),
            **_sums({name: row[name] for name in totals.MEASURES}),
        }


def _months(by_month: pl.DataFrame) -> Iterator[Json]:
    """« 2018-05 », null for lines without any date."""
    for row in by_month.iter_rows(named=True):
        month = row["month"]
        told = f"{month.year:04d}-{month.month:02d}" if month else None
        yield {"month": told, **_sums({name: row[name] for name in totals.MEASURES})}


def _sums(measures: Mapping[str, int]) -> Json:
    """Cents as decimal strings, counts as they are."""
    counts = ("lines", "days", "waiting_days")
    return {name: value if name in counts else saying.decimal(value) for name, value in measures.items()}


def _one_line(text: str) -> str:
    """Without line ends, and without what a terminal would obey."""
    return "".join(sign if sign.isprintable() or sign in "\u00a0\u202f" else " " for sign in text).strip()
