"""Reviews made of lines, by the very services that make them of files."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from desktop.services.review.archive import Archive, Part, State
from desktop.services.review.keeping import Keeping, RawLine
from desktop.services.review.whole import ControlTotal, FileKind
from desktop.views.allowances import hands
from desktop.views.allowances.desk import Desk, Letter
from desktop.views.allowances.reviewed import Doing, OpenFile, Reviewed
from desktop.views.icons import Icons
from desktop.views.later import Later
from tests.services.review.making_lines import Line, cancelled, lines, paid

NOW = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)
AUTHOR = "Claire Martin"


def shelf(folder: Path) -> hands.Shelf:
    keeping = Keeping(folder / "review", b"k" * 32)
    return hands.Shelf(keeping, Archive(keeping), {})


def reviewed(kept: hands.Shelf, *files: Sequence[Line], controls: Sequence[ControlTotal] = ()) -> Reviewed:
    """The review of some files, each given by its lines."""
    reads = []
    for number, made in enumerate(files):
        frame = lines(*made).drop("file")
        digest = hashlib.sha256(repr(made).encode()).hexdigest()
        file = OpenFile(
            sha256=digest,
            name=f"fichier {number + 1}.csv",
            kind=FileKind.CSV,
            height=frame.height,
            lines=frame.height + 1,
            rejected=(),
            controls=tuple(controls) if number == 0 else (),
            columns=(),
            notes=(),
            apart=(),
            kept=True,
        )
        reads.append(hands.Read(file, Part(digest, file.name, frame, number)))
    beside = hands.Beside(frozenset(), date(2018, 6, 30))
    made_ = hands.judged(kept, reads, beside, hands.Course())
    assert made_ is not None
    return made_


def a_review(kept: hands.Shelf) -> Reviewed:
    """A leave with a waiting period, a regularisation, a gap, the 60th day and a turn of the year; a duplicate of
    another person's; a recovery; and a total that does not come out."""
    start = date(2017, 11, 20)
    first = paid(date(2017, 11, 23), date(2017, 12, 10))
    again = paid(date(2017, 12, 11), date(2018, 1, 14), levies=938)
    made = [
        Line(start, date(2017, 11, 22), 0, 0, 0, 3, "CAR", kind="waiting", paid_on=date(2017, 11, 24)),
        first,
        cancelled(first, paid_on=date(2017, 12, 20)),
        paid(date(2017, 11, 23), date(2017, 12, 10), 4147, paid_on=date(2017, 12, 20)),
        again,
        paid(date(2018, 1, 20), date(2018, 2, 9)),
    ]
    other = paid(
        date(2018, 2, 1), date(2018, 2, 14), 3300, person="LEFÈVRE-DUMONTIER Anne-Charlotte", nir="2810175123456"
    )
    made += [other, other]
    made.append(
        Line(date(2018, 3, 1), date(2018, 3, 5), None, -16500, 0, 5, "CIN", kind="recovery", person="DURAND Paul",
             nir="1800175123457", paid_on=date(2018, 3, 9))
    )  # fmt: skip
    total = ControlTotal(
        "file", "fichier 1.csv", 11, "gross", sum(one.gross for one in made) + 1000, sum(one.gross for one in made)
    )
    return reviewed(kept, made, controls=[total])


@dataclass
class Place:
    """The page as a part sees it: what it was asked, and a decision kept by the archive and told again."""

    kept: hands.Shelf
    told: Reviewed
    parts: list[Callable[[Reviewed], None]] = field(default_factory=list)
    rows: tuple[int, ...] = ()
    file: tuple[int, int | None] | None = None

    @property
    def doing(self) -> Doing:
        return Doing(open_rows=self._open_rows, open_file=self._open_file, decide=self._decide)

    def _open_rows(self, rows: Iterable[int]) -> None:
        self.rows = tuple(rows)

    def _open_file(self, number: int, line: int | None) -> None:
        self.file = number, line

    def _decide(self, keys: Sequence[str], state: State | None, reason: str) -> None:
        self.told = hands.decide(self.kept, self.told, keys, state, reason, AUTHOR)
        for part in self.parts:
            part(self.told)

    def raw(self, _sha256: str, line: int) -> RawLine | None:
        return RawLine(line, f"MARTIN Zoé;2 95 01 99 126 111;{line};1 234,56", f"ligne {line}")


@dataclass
class Picks:
    """What the person answers to the dialogs of the system."""

    where: Path | None = None
    asked: str = ""

    def allowance_files(self) -> tuple[Path, ...]:
        return ()

    def folder(self) -> Path | None:
        return None

    def place(self, name: str) -> Path | None:
        self.asked = name
        return self.where


def desk(
    icons: Icons,
    later: Later,
    errands: Later,
    folder: Path,
    picks: Picks | None = None,
    write: Callable[[Letter], None] | None = None,
) -> Desk:
    return Desk(
        later=later,
        errands=errands,
        icons=icons,
        settings=QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat),
        clipboard=QApplication.clipboard(),
        picks=picks or Picks(),
        now=lambda: NOW,
        author=lambda: AUTHOR,
        companies=frozenset,
        keep=lambda: Keeping(folder / "kept", b"k" * 32),
        write=write,
    )


__all__ = ["AUTHOR", "NOW", "Picks", "Place", "a_review", "desk", "pl", "reviewed", "shelf"]
