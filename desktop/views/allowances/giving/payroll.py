"""The lines for payroll, split where payroll must, and the workbook of the review: made off the GUI thread."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop.services.review import saying
from desktop.views.allowances.hands import Course
from desktop.views.allowances.reviewed import Reviewed

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

MOST_DAYS: Final = 3_660
"""Of maintained salary: more is a slip."""


@dataclass(frozen=True, slots=True)
class Export:
    """What is wanted: `maintained` is how many days of each leave the salary is maintained, None when that splits
    nothing; NIRs stand whole if `nirs`."""

    xlsx: bool = True
    split: bool = True
    maintained: int | None = None
    nirs: bool = True

    @property
    def name(self) -> str:
        """What the file is called at first."""
        return f"Indemnités journalières pour la paie.{'xlsx' if self.xlsx else 'csv'}"


def lines(reviewed: Reviewed) -> "pl.DataFrame":
    """All lines, asked on the reader's thread."""
    from desktop.services.review.searching import Selection

    return reviewed.sheet.find(Selection()).lines()


def write(path: Path, frame: "pl.DataFrame", wanted: Export, course: Course) -> int:
    """Writes the file; answers how many rows it has. Raises `Problem`, and `Stopped` when the person thinks again."""
    from desktop.services.review.giving import split, telling, write_csv, write_xlsx

    course.reached(0.0)
    given = split(frame, _maintained(frame, wanted.maintained)) if wanted.split else frame
    course.reached(0.1)
    shown = given if wanted.nirs else _masked(given)
    columns = telling(shown)
    (write_xlsx if wanted.xlsx else write_csv)(path, shown, columns, _From(course, 0.1).reached)
    return shown.height


def write_review(path: Path, frame: "pl.DataFrame", reviewed: Reviewed, *, nirs: bool) -> int:
    """Writes the workbook that tells the whole review; answers how many findings it has. Raises `Problem`."""
    import polars as pl

    from desktop.services.review.giving import Review, write_summary
    from desktop.services.review.whole import ReadFile

    files = [
        ReadFile(
            name=file.name,
            sha256=file.sha256,
            kind=file.kind,
            frame=frame.filter(pl.col("file") == place),
            rejected=file.rejected,
            controls=file.controls,
        )
        for place, file in enumerate(reviewed.files)
    ]
    write_summary(path, Review(files, frame, reviewed.anomalies, reviewed.regularisations, revealed=nirs))
    return len(reviewed.keys)


@dataclass(frozen=True, slots=True)
class _From:
    """The rest of a course, as a course of its own."""

    course: Course
    begin: float

    def reached(self, share: float) -> None:
        self.course.reached(self.begin + (1 - self.begin) * share)


def _maintained(frame: "pl.DataFrame", days: int | None) -> "dict[int, date]":
    """The last maintained day of each leave, counted from its first day."""
    import polars as pl

    if days is None:
        return {}
    first = pl.min_horizontal("leave_start", "start").min()
    last = (first + pl.duration(days=days - 1)).alias("last")
    ends = frame.lazy().filter(pl.col("start").is_not_null()).group_by("leave").agg(last).collect()
    return dict(ends.iter_rows())


def _masked(frame: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl

    masks = {nir: saying.masked(nir) for nir in frame["nir"].unique().to_list()}
    return frame.with_columns(pl.col("nir").replace_strict(masks, default="", return_dtype=pl.String))
