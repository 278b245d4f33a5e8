"""What is known of a kept file, and how its parts lie in the sealed file: three sections beside its first words."""

import io
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import msgspec
import polars as pl

from desktop.services.problems import Remedy, StoreFault
from desktop.services.review import saying
from desktop.services.review.line import COLUMNS, EXTRA
from desktop.services.review.line import frame as lines_of
from desktop.services.review.whole import Apart, ControlTotal, FileKind, ReadFile, Rejected

WORDS, AROUND, LINES, ORIGINAL = range(4)
"""The sections of a sealed file: `Kept`; what was read around the lines; the lines; the bytes as they came."""
_COMPRESSION: Final = "lz4"
"""Of the lines: twice as quick to reopen as zstd, for a third more bytes."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept file as the list shows it, known without opening it. `lines` were read, `rejected` could not be; of the
    sums that the file states, `checked` were compared and `failed` do not come out. `kept_at` is in UTC; `by` is the
    name of who imported it; `size` is that of the original in bytes."""

    sha256: str
    name: str
    kind: FileKind
    size: int
    lines: int
    rejected: int
    checked: int
    failed: int
    kept_at: datetime
    by: str

    @property
    def imported(self) -> str:
        """« importé le 05/01/2026 par Zoé Martin »."""
        by = f" par {self.by}" if self.by else ""
        return f"importé le {saying.day(self.kept_at.astimezone().date())}{by}"


@dataclass(frozen=True, slots=True)
class Around:
    """What `ReadFile` has beside its frame."""

    rejected: tuple[Rejected, ...]
    controls: tuple[ControlTotal, ...]
    columns: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    apart: tuple[tuple[Apart, int], ...]
    lines: int


def told(read: ReadFile, size: int, by: str, at: datetime) -> Kept:
    """What the list will say of a file that was read."""
    failed = sum(not control.holds for control in read.controls)
    return Kept(
        sha256=read.sha256,
        name=read.name,
        kind=read.kind,
        size=size,
        lines=read.frame.height,
        rejected=len(read.rejected),
        checked=len(read.controls),
        failed=failed,
        kept_at=at,
        by=by,
    )


def words(kept: Kept) -> bytes:
    return msgspec.json.encode(kept)


def understood(content: bytes) -> Kept:
    """The reverse of `words`. Raises `StoreFault`."""
    try:
        return msgspec.json.decode(content, type=Kept)
    except msgspec.MsgspecError as error:
        raise newer() from error


def around(read: ReadFile) -> bytes:
    return msgspec.json.encode(
        Around(read.rejected, read.controls, read.columns, read.notes, read.apart, read.lines),
    )


def beside(content: bytes) -> Around:
    """The reverse of `around`. Raises `StoreFault`."""
    try:
        return msgspec.json.decode(content, type=Around)
    except msgspec.MsgspecError as error:
        raise newer() from error


def columnar(frame: pl.DataFrame) -> memoryview:
    """The lines as Parquet, in memory: polars writes nothing aside."""
    stream = io.BytesIO()
    frame.write_parquet(stream, compression=_COMPRESSION)
    return stream.getbuffer()


def reopened(kept: Kept, around_lines: bytes, columns: bytes) -> ReadFile:
    """The read file as it was. Columns that a later version has added are "not told". Raises `StoreFault`."""
    try:
        frame = pl.read_parquet(io.BytesIO(columns))
        if not _current(frame):
            frame = lines_of({name: frame[name] for name in frame.columns if name in COLUMNS or name.startswith(EXTRA)})
    except (pl.exceptions.PolarsError, KeyError) as error:
        raise newer() from error
    return replace(without_lines(kept, around_lines), frame=frame)


def without_lines(kept: Kept, around_lines: bytes) -> ReadFile:
    """The read file with an empty frame. Raises `StoreFault`."""
    rest = beside(around_lines)
    return ReadFile(
        name=kept.name,
        sha256=kept.sha256,
        kind=kept.kind,
        frame=lines_of({"line": []}),
        rejected=rest.rejected,
        controls=rest.controls,
        columns=rest.columns,
        notes=rest.notes,
        apart=rest.apart,
        lines=rest.lines,
    )


def _current(frame: pl.DataFrame) -> bool:
    schema = frame.schema
    return all(schema.get(name) == kind for name, kind in COLUMNS.items())


def newer() -> StoreFault:
    """Authentic, but not of a form that is known: a later version wrote it."""
    return StoreFault(
        "Ces données ont été gardées par une version plus récente de Volet. Installez-la pour les ouvrir\u00a0: elles "
        "sont intactes.",
        Remedy.ASK_SUPPORT,
        "review newer",
    )
