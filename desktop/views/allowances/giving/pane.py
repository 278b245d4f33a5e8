"""« Rapport et exports »: three cards, and what each of them does off the GUI thread."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.problems import Problem
from desktop.views import wording
from desktop.views.allowances.desk import Desk, Letter
from desktop.views.allowances.giving import payroll
from desktop.views.allowances.giving.cards import LetterCard, PayrollCard, ReportCard, stacked
from desktop.views.allowances.giving.letter import FILE_NAME, Disputed, disputed, letter
from desktop.views.allowances.giving.report import months, report
from desktop.views.allowances.hands import Course, Stopped
from desktop.views.allowances.reviewed import Doing, Reviewed
from desktop.views.allowances.verdicts import Point, Verdict, points, verdict_of
from desktop.views.fields.shapes import Banner, EmptyState
from desktop.views.notices import confirm
from desktop.views.printing import Page, preview
from desktop.views.wording import NBSP, NNBSP

if TYPE_CHECKING:
    import polars as pl

_BEAT_MS: Final = 100
_LISTED: Final = 3
_WORKBOOK: Final = "Vérification des indemnités journalières.xlsx"


class Giving(QWidget):
    """A part of the review. `write_about(points)` is for the other parts: it begins the request about these points,
    disputed or not. `print_current` shows the report."""

    def __init__(self, desk: Desk, doing: Doing) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Rapport et exports")
        self._desk, self._doing = desk, doing
        self._reviewed: Reviewed | None = None
        self._course: Course | None = None
        self._revealed = False
        self.said = Banner(desk.icons, "ok", "circle-check")
        self.wrong = Banner(desk.icons, "error", "circle-alert")
        self.payroll = PayrollCard(desk.icons, desk.settings, self._save_lines, self.stop)
        self.report = ReportCard(desk.icons, self.print_current, self._save_workbook)
        self.letter = LetterCard(desk.icons, self._write_disputed, self._save_disputed, account=desk.write is not None)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName("Rapport et exports")
        self._area.setWidget(stacked([self.payroll, self.report, self.letter]))
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState(desk.icons, "files", "Ouvrez d’abord des fichiers à vérifier"))
        self._stack.addWidget(self._area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.said, self.wrong):
            column.addWidget(part)
        column.addWidget(self._stack, 1)
        self._beat = QTimer(self)
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self._show_share)

    # What the page asks

    def tell(self, reviewed: Reviewed | None) -> None:
        """The whole review as it is now."""
        self._reviewed = reviewed
        self._stack.setCurrentIndex(1 if reviewed is not None else 0)
        self.disputed: tuple[Point, ...] = ()
        self.report.offer(judged=reviewed is None or reviewed.judged)
        if reviewed is not None and not reviewed.judged:
            self.letter.look(judged=False)
        elif reviewed is not None and reviewed.decisions:
            self.letter.look()
            self._desk.later.ask(self, partial(_disputed_of, reviewed), self._take, what="points")
        else:
            self._show_disputed()

    def reveal(self, *, revealed: bool) -> None:
        self._revealed = revealed

    def panes(self) -> list[QWidget]:
        return [self]

    def _take(self, found: tuple[Point, ...]) -> None:
        self.disputed = found
        self._show_disputed()

    def _show_disputed(self) -> None:
        found = self.disputed
        names = list(dict.fromkeys(point.person or point.title for point in found))
        more = f" et {wording.count(len(names) - _LISTED, 'autre', 'autres')}" if len(names) > _LISTED else ""
        told = wording.count(len(found), "point à contester", "points à contester")
        self.letter.tell(len(found), f"{told}{NBSP}: {', '.join(names[:_LISTED])}{more}.")

    # Files

    def _save_lines(self) -> None:
        wanted = self.payroll.wanted
        path = self._desk.picks.place(wanted.name)
        if path is not None and self._reviewed is not None:
            course = self._course = Course()
            self._show_share()
            self._beat.start()
            work = partial(payroll.write, path, wanted=wanted, course=course)
            self._with_lines(lambda frame: work(frame=frame), path)

    def _save_workbook(self) -> None:
        path, told = self._desk.picks.place(_WORKBOOK), self._reviewed
        if path is not None and told is not None:
            revealed = self._revealed
            self.said.tell("Enregistrement du classeur…", icon="hourglass")
            self._with_lines(lambda frame: payroll.write_review(path, frame, told, nirs=revealed), path)

    def _with_lines(self, write: "Callable[[pl.DataFrame], int]", path: Path) -> None:
        """The lines are the reader's to tell, the file is the errands' to write."""
        if self._reviewed is not None:
            then = partial(self._write_file, write, path)
            self._desk.later.ask(self, partial(payroll.lines, self._reviewed), then, self._failed, what="lines")

    def _write_file(self, write: "Callable[[pl.DataFrame], int]", path: Path, frame: "pl.DataFrame") -> None:
        self._desk.errands.ask(self, partial(write, frame), partial(self._saved, path), self._failed, what="file")

    def _saved(self, path: Path, _count: int) -> None:
        self._finish()
        self.wrong.hide()
        said = f"Enregistré{NBSP}: «{NBSP}{path.name}{NBSP}»."
        self.said.tell(said, "Fermer", self.said.hide, icon="circle-check")

    def _failed(self, error: Exception) -> None:
        self._finish()
        self.said.hide()
        if isinstance(error, Stopped):
            said = "Enregistrement annulé. Aucun fichier n’a été écrit."
            self.said.tell(said, "Fermer", self.said.hide, icon="info")
        elif isinstance(error, Problem):
            self.wrong.tell(error.sentence, "Fermer", self.wrong.hide)
        else:
            raise error

    def stop(self) -> None:
        """« Annuler »: heard at the next slice."""
        if self._course is not None:
            self._course.stopped = True

    def _show_share(self) -> None:
        self.payroll.tell_share(self._course.share if self._course is not None else None)

    def _finish(self) -> None:
        self._course = None
        self._beat.stop()
        self._show_share()

    # The report

    def print_current(self) -> None:
        """The preview of the report, once it is known what it tells."""
        if self._reviewed is not None and self._reviewed.judged:
            work = partial(_report, self._reviewed, self._doing.unread(), self._desk.author(), self._desk.now())
            self._desk.later.ask(self, work, self._preview, what="report")

    def _preview(self, page: Page) -> None:
        self.pages = preview(self.window(), self._desk.icons, page)

    # The request

    def write_about(self, about: Sequence[Point]) -> None:
        """Begins the request about these points; without an account, says so and offers their lines as a file."""
        if not about:
            return
        if self._desk.write is None:
            confirm(
                self.window(),
                f"Se connecter pour écrire à votre conseiller{NNBSP}?",
                "Vous n’êtes pas connecté à l’espace client. Vous pouvez enregistrer les lignes concernées dans un "
                "fichier, et les joindre à un message plus tard.",
                "Enregistrer les lignes…",
                "Fermer",
                partial(self._save_about, tuple(about)),
                danger=False,
            )
        else:
            self._ask_letter(tuple(about), self._desk.write)

    def _write_disputed(self) -> None:
        self.write_about(self.disputed)

    def _save_disputed(self) -> None:
        self._save_about(self.disputed)

    def _ask_letter(self, about: tuple[Point, ...], then: Callable[[Letter], None]) -> None:
        told = self._reviewed
        if told is not None and about:
            work = partial(_letter, told, about, self._desk.author())
            self._desk.later.ask(self, work, then, self._failed, what="letter")

    def _save_about(self, about: tuple[Point, ...]) -> None:
        path = self._desk.picks.place(FILE_NAME)
        if path is not None and self._reviewed is not None:
            then = partial(self._write_disputed_file, path)
            self._desk.later.ask(self, partial(disputed, self._reviewed, about), then, self._failed, what="disputed")

    def _write_disputed_file(self, path: Path, of: Disputed) -> None:
        self._write_file(partial(_write_csv, path), path, of.frame)


def _disputed_of(reviewed: Reviewed) -> tuple[Point, ...]:
    """The points that are « à contester »."""
    keys = {key for key, one in reviewed.decisions.items() if verdict_of(one) is Verdict.DISPUTED}
    return points(reviewed, keys) if keys else ()


def _report(reviewed: Reviewed, unread: Sequence[tuple[str, str]], author: str, now: datetime) -> Page:
    return report(reviewed, points(reviewed), months(reviewed), author, now, unread)


def _letter(reviewed: Reviewed, about: tuple[Point, ...], author: str) -> Letter:
    return letter(about, reviewed.decisions, reviewed.files, disputed(reviewed, about), author)


def _write_csv(path: Path, frame: "pl.DataFrame") -> int:
    from desktop.services.review.giving import telling, write_csv

    write_csv(path, frame, telling(frame))
    return frame.height
