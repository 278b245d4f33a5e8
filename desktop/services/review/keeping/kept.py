"""What is known of a kept file, and how its parts lie in the sealed file: three sections beside its first words."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import msgspec
import polars as pl

from desktop.services.problems import Remedy, StoreFault
from desktop.services.review import saying
from desktop.services.review.line import COLUMNS, EXTRA, Kind
from desktop.services.review.line import frame as lines_of
from desktop.services.review.reading.gathering.settling import WITHHELD, Tally
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
    read = replace(without_lines(kept, around_lines), frame=frame)
    return replace(read, notes=read.notes + _lacking(read))


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


def noted(read: ReadFile, lines: Callable[[], bytes]) -> ReadFile:
    """The read file, without its lines, with what an earlier version has not said of it: for that its `lines` are
    looked at, where they are not known to be right."""
    alone = _one_amount(read)
    if not alone or set(_taken(alone, 1)) & set(read.notes):
        return read
    frame = pl.read_parquet(io.BytesIO(lines()), columns=["kind", "gross", "net"])
    return replace(read, notes=read.notes + _lacking(replace(read, frame=frame)))


def _lacking(read: ReadFile) -> tuple[str, ...]:
    """That a table has one amount alone, from which the other is taken: of files that were kept before it was said."""
    alone = _one_amount(read)
    if not alone:
        return ()
    kinds = read.frame.filter(pl.col(alone) != 0)["kind"].cast(pl.String).value_counts()
    of = dict(kinds.iter_rows())
    priced, levies = of.get(Kind.INDEMNITY.value, 0), of.get(Kind.LEVY.value, 0)
    return tuple(note for note in _taken(alone, priced, levies) if note not in read.notes)


def _taken(alone: str, priced: int, levies: int = 0) -> tuple[str, ...]:
    """As the reader says it."""
    net, gross = (priced if alone == each else 0 for each in ("net", "gross"))
    return Tally(levies=levies, priced=priced, net_alone=net, gross_alone=gross).unknown


def _one_amount(read: ReadFile) -> str:
    """Which of gross and net a table has a column of, if it has one of them and nothing of what was withheld."""
    meant = {name for _, name in read.columns}
    if meant & {*WITHHELD, "amount"}:
        return ""
    there = [name for name in ("gross", "net") if name in meant]
    return there[0] if len(there) == 1 else ""


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
