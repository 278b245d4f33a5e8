"""The request to the adviser about disputed points: its words, and the lines concerned as a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from desktop.services.review import saying
from desktop.views import wording
from desktop.views.allowances.desk import Letter
from desktop.views.allowances.reviewed import OpenFile, Reviewed
from desktop.views.allowances.verdicts import Point
from desktop.views.wording import NBSP, NNBSP

if TYPE_CHECKING:
    import polars as pl

    from desktop.services.review.archive import Decision

FILE_NAME: Final = "Lignes contestées.csv"
_LONGEST: Final = 9_000
"""Characters of the points in the message, of the ten thousand that one may have."""
_LINES_SAID: Final = 12
_SIREN: Final = 9
_POINT, _FINDING, _FILE = "Point", "Constat", "Fichier"


@dataclass(frozen=True, slots=True)
class Disputed:
    """The lines of disputed points, one row for each point and line: what is attached, and what it is about."""

    frame: "pl.DataFrame"
    company: str
    member: str
    first: date | None
    last: date | None


def disputed(reviewed: Reviewed, points: Sequence[Point]) -> Disputed:
    """The lines of these points, asked on the reader's thread. NIRs are masked: name and dates say enough."""
    import polars as pl

    from desktop.services.review.line import EXTRA

    rows = [row for point in points for row in point.rows]
    told = reviewed.sheet.values(pl.Series(rows, dtype=pl.UInt32), reviewed.sheet.every_column)
    names = [saying.without_nir(reviewed.files[file].name) for file in told["file"].to_list()]
    numbered = [(str(place), point.explanation) for place, point in enumerate(points, 1) for _ in point.rows]
    masks = {nir: saying.masked(nir) for nir in told["nir"].unique().to_list()}
    frame = told.select(
        pl.Series(EXTRA + _POINT, [number for number, _ in numbered], dtype=pl.String),
        pl.Series(EXTRA + _FILE, names, dtype=pl.String),
        *(pl.col(name) for name in told.columns if name not in ("file", "person_key", "leave", "nir")),
        pl.col("nir").replace_strict(masks, default="", return_dtype=pl.String),
        pl.Series(EXTRA + _FINDING, [text for _, text in numbered], dtype=pl.String),
    )
    days = told.select(pl.col("start").min().alias("first"), pl.max_horizontal("start", "end").max().alias("last"))
    first, last = days.row(0) if told.height else (None, None)
    return Disputed(
        frame,
        _company(told["company"].to_list()),
        _only(told["member"].to_list()),
        first,
        last,
    )


def _only(texts: Iterable[str | None]) -> str:
    """What all say that say something; empty when they do not say the same."""
    different = {text for text in texts if text}
    return different.pop() if len(different) == 1 else ""


def _company(texts: Sequence[str | None]) -> str:
    """The SIRET, else the SIREN that is common to them: a letter about two companies is for neither of them alone."""
    return _only(texts) or _only(text[:_SIREN] for text in texts if text)


def letter(
    points: Sequence[Point], decisions: "Mapping[str, Decision]", files: Sequence[OpenFile], of: Disputed, author: str
) -> Letter:
    """The request, and the file it brings: none where the points are about no line. Not on the GUI thread."""
    from desktop.services.review.giving import csv_bytes, telling

    people = {point.person for point in points if point.person}
    amount = sum(abs(point.amount) for point in points)
    asked = {
        "employee": next(iter(people)) if len(people) == 1 else "",
        "period_start": of.first.isoformat() if of.first else "",
        "period_end": of.last.isoformat() if of.last else "",
        "amount": saying.decimal(amount) if amount else "",
    }
    some = bool(of.frame.height)
    return Letter(
        subject=_subject(points),
        text=text(points, decisions, files, author, attached=some),
        fields={code: value for code, value in asked.items() if value},
        company=of.company,
        member=of.member,
        file_name=FILE_NAME if some else "",
        content=csv_bytes(of.frame, telling(of.frame)) if some else b"",
    )


def _subject(points: Sequence[Point]) -> str:
    if len(points) == 1:
        return f"Indemnités journalières{NBSP}: {points[0].title.lower()}"
    return f"Indemnités journalières{NBSP}: {wording.count(len(points), 'point relevé', 'points relevés')}"


def text(
    points: Sequence[Point],
    decisions: "Mapping[str, Decision]",
    files: Sequence[OpenFile],
    author: str,
    *,
    attached: bool,
) -> str:
    """The message: each point with its lines and why it is disputed; what does not fit is in the file."""
    one = len(points) == 1
    opening = "le point suivant" if one else f"les {wording.count(len(points), 'point')} suivants"
    told = f"Bonjour,\n\nJ’ai vérifié les indemnités journalières reçues et je vous signale {opening}{NBSP}:\n"
    for place, point in enumerate(points, 1):
        part = _point(place, point, decisions.get(point.key), files, alone=one)
        if len(told) + len(part) > _LONGEST:
            rest = wording.count(len(points) - place + 1, "autre point", "autres points")
            told += f"\n… et {rest}, dans le fichier joint.\n"
            break
        told += part
    if attached:
        told += f"\nLes lignes concernées sont jointes («{NBSP}{FILE_NAME}{NBSP}»).\n"
    return f"{told}\nPouvez-vous me dire ce qu’il en est{NNBSP}?\n\nCordialement,\n{author}".rstrip() + "\n"


def _point(place: int, point: Point, decision: "Decision | None", files: Sequence[OpenFile], *, alone: bool) -> str:
    head = "\n" if alone else f"\n{place}. "
    why = f"\nMotif{NBSP}: {saying.without_nir(decision.reason)}" if decision is not None and decision.reason else ""
    return f"{head}{point.explanation}\n{places(point, files)}{why}\n"


def places(point: Point, files: Sequence[OpenFile]) -> str:
    """« Lignes 7 et 8 de « fichier 1.csv » »; of many lines the first are told."""
    told: list[str] = []
    by_file: dict[int, list[int]] = {}
    for file, line in zip(point.files, point.lines, strict=True):
        by_file.setdefault(file, []).append(line)
    for file, lines in by_file.items():
        if files[file].portal:
            shown_by = wording.count(len(lines), "paiement montré", "paiements montrés")
            told.append(f"{shown_by} par le portail")
            continue
        shown = [wording.number(line) for line in lines[:_LINES_SAID]]
        rest = len(lines) - len(shown)
        listed = ", ".join(shown[:-1]) + (" et " if len(shown) > 1 else "") + shown[-1]
        if rest:
            listed = f"{', '.join(shown)} et {wording.count(rest, 'autre', 'autres')}"
        noun = wording.plural(len(lines), "Ligne" if not told else "ligne")
        told.append(f"{noun} {listed} de «{NBSP}{saying.without_nir(files[file].name)}{NBSP}»")
    return f"{NNBSP}; ".join(told)
