"""What a review came to, kept beside the files that it is of: at the next start the lines are searched, and what was
found in them is there, without a line being read again.

It holds as long as what it was made of is still the same (`Made`): the files, what was told by hand in them, the
payments that the portal had shown, and the rules of this very version. Whoever erases a file erases this too.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import msgspec
import polars as pl

from desktop.services.problems import StoreFault
from desktop.services.review.anomalies import Anomaly, Known
from desktop.services.review.archive import Archive, History, Part
from desktop.services.review.keeping import Keeping
from desktop.services.review.line import frame as lines_of
from desktop.services.review.regularising import Regularisation
from desktop.services.review.searching import Sheet
from desktop.services.review.searching.parts import Part as Columns
from desktop.services.review.searching.sheet import Held
from desktop.services.review.totals import Totals

_FORM: Final = 1
_MADE, _FOUND, _LINES, _SEEN, _VALUES = range(5)
"""The sections: what it is made of; what was found; the numbers of the lines and which values they have; where each
line stands (`History.seen`); the values."""
_FOLDED: Final = "\0folded"


@dataclass(frozen=True, slots=True)
class Made:
    """What a review was made of. `files` are the sha256 of each with a sum of what was told by hand in it, in order;
    `payments` is the mark of those that the portal had shown, "" without any; `rules` is a sum of this version."""

    files: tuple[tuple[str, str], ...]
    payments: str
    rules: str
    form: int = _FORM


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the review came to; all as it was then. The frames of `history` are empty: the lines are in the sheet."""

    sheet: Sheet
    totals: Totals
    anomalies: tuple[Anomaly, ...]
    regularisations: tuple[Regularisation, ...]
    keys: tuple[str, ...]
    history: History
    expected: Mapping[int, date]
    known: Known


@dataclass(frozen=True, slots=True)
class _Found:
    totals: Totals
    anomalies: tuple[Anomaly, ...]
    regularisations: tuple[Regularisation, ...]
    keys: tuple[str, ...]
    sources: tuple[tuple[str, str, int], ...]
    expected: dict[int, date]
    known: Known
    columns: tuple[str, ...]


def made_of(archive: Archive, files: Iterable[str], payments: str = "") -> Made:
    """A review of these files (sha256) as they stand now."""
    told = ((sha256, archive.told_of(sha256)) for sha256 in sorted(files))
    return Made(tuple(told), payments, _rules())


def keep(keeping: Keeping, made: Made, found: Recalled) -> None:
    """In the place of what was kept before. Raises `StoreFault`."""
    held, history = found.sheet.held, found.history
    said = _Found(
        totals=found.totals,
        anomalies=found.anomalies,
        regularisations=found.regularisations,
        keys=found.keys,
        sources=tuple((each.source, each.name, each.rank) for each in history.sources),
        expected=dict(found.expected),
        known=found.known,
        columns=held.columns,
    )
    codes = [part.codes.alias(str(place)) for place, part in enumerate(held.parts)]
    sections = (
        msgspec.json.encode(made),
        msgspec.msgpack.encode(said),
        _written(pl.DataFrame([held.lines, *codes])),
        _written(history.seen),
        msgspec.msgpack.encode([_values(part) for part in held.parts]),
    )
    keeping.set_aside(sections, {sha256 for sha256, _ in made.files})


def stands(keeping: Keeping) -> Made | None:
    """What the review was made of that is kept; None when there is none that this version understands."""
    try:
        content = keeping.aside(_MADE)
        return msgspec.json.decode(content, type=Made) if content is not None else None
    except (StoreFault, msgspec.MsgspecError):
        return None


def recall(keeping: Keeping) -> Recalled | None:
    """The review that is kept; None when it cannot be had: then it is made again."""
    try:
        contents = [keeping.aside(place) for place in (_FOUND, _LINES, _SEEN, _VALUES)]
        if any(content is None for content in contents):
            return None
        found, lines, seen, values = (content or b"" for content in contents)
        return _recalled(msgspec.msgpack.decode(found, type=_Found), lines, seen, values)
    except (StoreFault, msgspec.MsgspecError, pl.exceptions.PolarsError, KeyError, ValueError):
        return None


def _recalled(found: _Found, lines: bytes, seen: bytes, values: bytes) -> Recalled:
    codes = pl.read_ipc_stream(io.BytesIO(lines))
    parts = [
        _part(content, signs, codes[str(place)])
        for place, (content, signs) in enumerate(msgspec.msgpack.decode(values, type=list[tuple[bytes, str]]))
    ]
    sheet = Sheet.of(Held(codes["line"], tuple(parts), found.columns))
    sheet.mark(row for one in found.anomalies for row in one.rows)
    nothing = lines_of({"line": []})
    sources = tuple(Part(source, name, nothing, rank) for source, name, rank in found.sources)
    whole = nothing.with_columns(pl.lit(0, pl.UInt32).alias("file"))
    return Recalled(
        sheet=sheet,
        totals=found.totals,
        anomalies=found.anomalies,
        regularisations=found.regularisations,
        keys=found.keys,
        history=History(whole, sources, pl.read_ipc_stream(io.BytesIO(seen))),
        expected=found.expected,
        known=found.known,
    )


def _values(part: Columns) -> tuple[bytes, str]:
    values = part.values if part.folded is None else part.values.with_columns(part.folded.alias(_FOLDED))
    return bytes(_written(values)), "".join(sorted(part.signs))


def _part(content: bytes, signs: str, codes: pl.Series) -> Columns:
    values = pl.read_ipc_stream(io.BytesIO(content))
    folded = values[_FOLDED].alias("folded") if _FOLDED in values.columns else None
    return Columns(values.drop(_FOLDED, strict=False), codes, folded, frozenset(signs))


def _written(frame: pl.DataFrame) -> memoryview:
    stream = io.BytesIO()
    frame.write_ipc_stream(stream)
    return stream.getbuffer()


@cache
def _rules() -> str:
    """Of all that a review is made by: the source of these rooms where it is there, and the engine."""
    digest = hashlib.sha256(pl.__version__.encode())
    folding = resources.files("desktop.services") / "folding.py"
    own = _sources(resources.files("desktop.services.review"))
    for name, content in (*own, *([(folding.name, folding.read_bytes())] if folding.is_file() else [])):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _sources(folder: Traversable) -> Sequence[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for each in sorted(folder.iterdir(), key=lambda one: one.name):
        if each.is_dir():
            found += _sources(each)
        elif each.name.endswith((".py", ".json")):
            found.append((each.name, each.read_bytes()))
    return found
