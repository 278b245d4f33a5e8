"""The review of files on a real folder of kept files, with files as people hold them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.services.review.keeping import Keeping, mend
from desktop.views.allowances.desk import Desk, Paid
from desktop.views.allowances.entries import Entry
from desktop.views.allowances.page import AllowancesPage
from desktop.views.allowances.review import Review
from desktop.views.icons import Icons
from desktop.views.later import Later
from tests.services.review import making_bpij, making_tables

KEY = bytes(range(32))
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
UNKNOWN = "Truc;Machin;Bidule\nDUPONT Zoé;12/01/2024;123,45\nLE GOFF Yann;13/01/2024;99,10\n".encode()
"""A table whose headings say nothing."""


@dataclass
class Chosen:
    """The system's dialogs, whose answers are decided beforehand."""

    paths: tuple[Path, ...] = ()
    directory: Path | None = None

    def allowance_files(self) -> tuple[Path, ...]:
        return self.paths

    def folder(self) -> Path | None:
        return self.directory

    def place(self, _name: str) -> Path | None:
        return None


@dataclass
class Desktop:
    """What the pages of one test are made with; `review()` opens one as the next start of the program would."""

    folder: Path
    icons: Icons
    later: Later
    qtbot: QtBot
    qapp: QApplication
    picks: Chosen = field(default_factory=Chosen)
    opened: list[AllowancesPage] = field(default_factory=list)
    paid: Paid | None = None

    def desk(self, keep: Callable[[], Keeping] | None = None) -> Desk:
        settings = QSettings(str(self.folder / "volet.ini"), QSettings.Format.IniFormat)
        return Desk(
            later=self.later,
            errands=self.later,
            icons=self.icons,
            settings=settings,
            clipboard=self.qapp.clipboard(),
            picks=self.picks,
            now=lambda: NOW,
            author=lambda: "Zoé Martin",
            companies=frozenset,
            keep=keep or (lambda: Keeping(self.folder / "review", KEY)),
            mend=lambda: mend(self.folder / "review", KEY),
            paid=self.paid,
        )

    def review(self, keep: Callable[[], Keeping] | None = None) -> Review:
        page = AllowancesPage(self.desk(keep))
        page.resize(1072, 750)
        page.show()
        self.opened.append(page)
        self.settle(page.review)
        return page.review

    def settle(self, review: Review) -> None:
        self.qtbot.waitUntil(lambda: review.loader.settled and review.parts.complete, timeout=20_000)

    def open(self, review: Review, *paths: Path) -> None:
        review.give(paths)
        self.settle(review)

    def close(self) -> None:
        while self.opened:
            page = self.opened.pop()
            page.put_away()
            page.deleteLater()
        self.qapp.processEvents()


@pytest.fixture
def desktop(tmp_path: Path, icons: Icons, later: Later, qtbot: QtBot, qapp: QApplication) -> Iterator[Desktop]:
    made = Desktop(tmp_path, icons, later, qtbot, qapp)
    yield made
    made.close()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder of mixed files: one whole, one with two faulty lines, one to be taught, two that are none."""
    folder = tmp_path / "fichiers"
    (folder / "janvier").mkdir(parents=True)
    rows = [list(row) for row in making_tables.insurer(making_tables.leaves(50))]
    rows[10][11], rows[20][7] = "douze", "le 3"
    (folder / "bpij.zip").write_bytes(making_bpij.packed(making_bpij.regularised()))
    (folder / "janvier" / "releve.csv").write_bytes(making_tables.text(rows))
    (folder / "inconnu.csv").write_bytes(UNKNOWN)
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (folder / "rien.txt").write_bytes(b"")
    (folder / ".cache").write_bytes(b"not meant")
    (folder / "~$releve.xlsx").write_bytes(b"a lock")
    return folder


def entry(review: Review, name: str) -> Entry:
    return next(each for each in review.loader.entries if each.name == name)
