"""Files of the portal on their way to where the person wants them: a place of hers, or the review."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.services.allowances import ExportRow, PaymentRow, StatementFile
from desktop.services.downloads import Download, DownloadState
from desktop.services.problems import Problem
from desktop.views.payments.desk import Desk
from desktop.views.wording import NBSP

ON_ITS_WAY: Final = (DownloadState.QUEUED, DownloadState.RUNNING)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file, by the key under which its download is known. `where` to save it; None for the review."""

    key: str
    name: str
    where: Path | None


class Fetching(QObject):
    """`moved` rings when the progress of a file did, `arrived` when one that was asked for has come, or will not; `say`
    tells what became of what was asked."""

    moved = Signal()
    arrived = Signal()

    def __init__(self, desk: Desk, say: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._say = desk, say
        self._wanted: list[Wanted] = []
        desk.office.bell.rung.connect(self._heard)

    def progress(self, key: str | None) -> Download | None:
        """None when it is not on its way, and has not failed."""
        download = self._desk.office.downloads.state(key) if key else None
        return download if download is not None and download.state is not DownloadState.DONE else None

    # Statements

    def save_statement(self, row: PaymentRow, file: StatementFile) -> None:
        """« Enregistrer sous… »."""
        where = self._desk.office.picks.place(file.name)
        if where is not None:
            self._statement(row, file, where)

    def review_statement(self, row: PaymentRow, file: StatementFile) -> None:
        self._statement(row, file, None)

    def _statement(self, row: PaymentRow, file: StatementFile, where: Path | None) -> None:
        if file.here and file.sha256:
            self._hand_over(file.sha256, Wanted(file.sha256, file.name, where))
            return
        self._want(Wanted(file.path, file.name, where))
        keep = partial(self._desk.allowances.keep_statement, row.transfer_id, file.kind)
        self._desk.office.downloads.fetch_untold(file.path, file.name, keep)
        self.moved.emit()

    # Exports

    def review_export(self, row: ExportRow) -> None:
        """Fetches it, if it is not here, and opens it in the review."""
        self._export(row, None)

    def save_export(self, row: ExportRow) -> None:
        where = self._desk.office.picks.place(row.name)
        if where is not None:
            self._export(row, where)

    def _export(self, row: ExportRow, where: Path | None) -> None:
        """The row may be older than the file: whether it is here is asked anew. She has seen to it, so it is no news
        any more."""
        if row.sha256 is None:
            self._say("Cet export n’est pas encore prêt.")
            return
        wanted = Wanted(row.sha256, row.name, where)
        if any(each.here for each in self._desk.allowances.exports() if each.sha256 == row.sha256):
            self._hand_over(row.sha256, wanted)
            self.arrived.emit()
        else:
            self._want(wanted)
            self._desk.office.downloads.fetch_at(row.path, row.sha256, row.name, row.size)
            self._settle()
        if any(each.export_id == row.export_id for each in self._desk.allowances.news()):
            self._desk.allowances.heard([row.export_id])

    def cancel(self, key: str) -> None:
        """What came stays: the next try goes on from there."""
        self._wanted = [wanted for wanted in self._wanted if wanted.key != key]
        self._desk.office.downloads.cancel(key)
        self.moved.emit()

    # What becomes of them

    def _want(self, wanted: Wanted) -> None:
        """A file may be wanted twice while it comes: to be saved, and for the review."""
        if wanted not in self._wanted:
            self._wanted.append(wanted)

    def _heard(self, topics: frozenset[str]) -> None:
        if "downloads" in topics:
            self._settle()

    def _settle(self) -> None:
        """Hands over what has come, and says what will not."""
        ended = [wanted for wanted in self._wanted if not self._comes(wanted.key)]
        self._wanted = [wanted for wanted in self._wanted if wanted not in ended]
        for wanted in ended:
            download = self._desk.office.downloads.state(wanted.key)
            if download is not None and download.state is DownloadState.DONE:
                self._hand_over(download.sha256, wanted)
            else:
                why = download.problem.sentence if download is not None and download.problem is not None else ""
                self._say(f"«{NBSP}{wanted.name}{NBSP}» n’a pas pu être reçu. {why}".rstrip())
        self.moved.emit()
        if ended:
            self.arrived.emit()

    def _comes(self, key: str) -> bool:
        download = self._desk.office.downloads.state(key)
        return download is not None and download.state in ON_ITS_WAY

    def _hand_over(self, sha256: str, wanted: Wanted) -> None:
        content = partial(_content, self._desk, sha256)
        if wanted.where is None:
            self._desk.review(wanted.name, content)
            return
        work = partial(_write, wanted.where, content)
        self._desk.office.errands.ask(self, work, self._written, self._not_written, what=str(wanted.where))

    def _written(self, where: Path) -> None:
        self._say(f"Fichier enregistré{NBSP}: {where.name}")

    def _not_written(self, error: Exception) -> None:
        if isinstance(error, Problem):
            self._say(error.sentence)
            return
        if not isinstance(error, OSError):
            raise error
        self._say("Le fichier n’a pas pu être enregistré à cet endroit. Choisissez un autre dossier, puis recommencez.")


def _content(desk: Desk, sha256: str) -> bytes:
    content = desk.allowances.content(sha256)
    if content is None:
        raise Problem("Ce fichier n’est plus sur cet ordinateur. Téléchargez-le de nouveau.")
    return content


def _write(where: Path, content: Callable[[], bytes]) -> Path:
    """Written aside, then renamed: a file of that name is whole or is the old one."""
    aside = where.with_name(where.name + ".partiel")
    aside.write_bytes(content())
    aside.replace(where)
    return where
