"""The review of allowance files: the files at the left, and beside them the parts that tell what was found in them.

A part is added by one line in `_add_parts`. The page owns what is reviewed and hands it to each part whole; the parts
know nothing of each other, and ask the page by `Doing`.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Final, Protocol, cast

from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.problems import Problem
from desktop.views import wording
from desktop.views.allowances.desk import Desk, Given
from desktop.views.allowances.detail import FileDetail
from desktop.views.allowances.entries import PAYMENTS, Entry, State
from desktop.views.allowances.files import FilesDo, FilesPane
from desktop.views.allowances.findings import Findings
from desktop.views.allowances.giving import Giving
from desktop.views.allowances.lines import Lines
from desktop.views.allowances.loading import Loader
from desktop.views.allowances.opening import OpeningView, StartView
from desktop.views.allowances.parts import Parts
from desktop.views.allowances.people import People
from desktop.views.allowances.reviewed import Doing, Reviewed
from desktop.views.bell import Follow
from desktop.views.fields.shapes import Banner, announce
from desktop.views.fields.veil import Veil
from desktop.views.notices import confirm
from desktop.views.rows.beside import Turning
from desktop.views.wording import NBSP, NNBSP

_BELLS: Final = ("allowances", "link")
"""What may bring other payments, and the time at which the portal was last asked."""
_KEPT_SPLIT: Final = "allowances/split"
_NARROWEST: Final = QSize(400, 300)
_FILE: Final = "Fichier"
_LINES: Final = "Lignes"
_OUTLOOK: Final = "FileGroupDescriptor"


class _Able(Protocol):
    """What some parts can do, beside what all can."""

    def focus_search(self) -> None: ...

    def print_current(self) -> None: ...

    def show_rows(self, rows: Iterable[int]) -> None: ...


class Review(QWidget):
    """« Vérification de fichiers ». `give(paths)` opens files and folders; `reviewed` is what is known of them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Vérification de fichiers")
        self.setAcceptDrops(True)
        self._desk = desk
        self._told: Reviewed | None = None
        self._alone = False
        """The payments of the portal are looked at without any file."""
        self._does = does = FilesDo(
            choose=self.choose,
            choose_folder=self.choose_folder,
            stop=self._stop,
            teach=self.teach,
            forget=self.forget,
            correct=self.correct,
            withdraw=self._withdraw,
        )
        self.loader = Loader(desk, self)
        self._doing = Doing(self.open_rows, self.open_file, self.loader.decide, self._unread)
        self.files = FilesPane(desk.icons, does)
        self._start = StartView(desk.icons, self.choose, self.choose_folder, self.show_payments)
        self.notice = Banner(desk.icons, "info", "info")
        self.kept_not = Banner(desk.icons, "warning", "triangle-alert")
        self.veil = Veil(desk.icons, self)
        self.parts = Parts(desk.icons)
        self.first = OpeningView()
        self._beside = QStackedWidget()
        self._build()
        self._add_parts()
        self.loader.moved.connect(self._follow)
        self.files.chosen.connect(self._choose_file)
        if desk.paid is not None:
            Follow(self, desk.paid.bell, _BELLS, self.loader.payments.look_soon)
        self._follow()

    def _add_parts(self) -> None:
        """In the order of the row above them. Each is made with the desk and `_doing`, in a turn of its own."""
        self.parts.add_soon(_FILE, self._made_detail)
        self.parts.add_soon("Points relevés", self._make_findings)
        self.parts.add_soon(_LINES, self._make_lines)
        self.parts.add_soon("Synthèse", self._make_people)
        self.parts.add_soon("Rapport et exports", self._make_giving)

    @cached_property
    def detail(self) -> FileDetail:
        """« Fichier »."""
        return FileDetail(self._desk.icons, self._does)

    def _made_detail(self) -> QWidget:
        self.detail.show_entry(self.files.current)
        return self.detail

    @cached_property
    def _giving(self) -> Giving:
        return Giving(self._desk, self._doing)

    def _make_giving(self) -> QWidget:
        return self._giving

    def _make_lines(self) -> QWidget:
        return Lines(self._desk, self._doing, self.loader.raw)

    def _make_people(self) -> QWidget:
        return People(self._desk, self._doing)

    def _make_findings(self) -> QWidget:
        write, report = self._giving.write_about, self._giving.print_current
        return Findings(self._desk, self._doing, self.loader.raw, write, report)

    def _unread(self) -> tuple[tuple[str, str], ...]:
        entries = [each for each in self.loader.entries if each.problem is not None and each.file is None]
        return tuple((each.name, each.problem.sentence) for each in entries if each.problem is not None)

    # What one sees

    def _build(self) -> None:
        self._build_split()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._start)
        self._stack.addWidget(self._split)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # it may become narrow, and lies otherwise
        column.addWidget(self.kept_not)
        column.addWidget(self.notice)
        area = QScrollArea()  # on a screen so low that not even this is seen whole
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._stack)
        column.addWidget(area, 1)

    def _build_split(self) -> None:
        for page in (self.parts, self.first):
            self._beside.addWidget(page)
        self._split = Turning(self.files, self._beside, self._desk.settings, _KEPT_SPLIT)

    def minimumSizeHint(self) -> QSize:
        """What it stands in once the files lie above."""
        return _NARROWEST

    def _follow(self) -> None:
        """The loader has moved: everything as it is now."""
        loader = self.loader
        entries, progress = loader.entries, loader.progress
        self.files.tell(entries, progress, can_stop=loader.can_stop)
        self._start.tell(entries)
        self._turn_to(1 if loader.files or (self._alone and entries) else 0)
        if loader.fault is not None:
            self.kept_not.tell(f"{loader.fault.sentence} Les fichiers ouverts ne seront pas gardés.")
        if loader.said:
            self.notice.tell(loader.said, "Fermer", self._hush)
        elif progress is not None:
            self._hush()
        at_hand = loader.reviewed is not None and not loader.reviewed.judged
        if self.files.current is None and entries and (progress is None or at_hand):
            files = [each for each in entries if not each.portal]
            troubled = [each for each in files if each.troubled]
            self.files.go_to((troubled or files or list(entries))[0].ticket)
        if entries or not self.parts.empty:
            self.detail.show_entry(self.files.current)
        if loader.reviewed is not self._told:
            self._tell(loader.reviewed, entries)
        self.parts.expect(coming=progress is not None)
        self._show_first()

    def show_payments(self) -> None:
        """What the portal has shown, without a file."""
        self._alone = True
        self._follow()
        self.files.go_to(PAYMENTS)
        self.take_focus()

    def _show_first(self) -> None:
        """The first lines of a long file take the place of the parts, and then the lines that of them."""
        first = self.loader.first
        if self.first.shows and first is None and self.loader.reviewed is not None:
            self.show_lines()
        self.first.tell(first)
        self._beside.setCurrentIndex(1 if first is not None else 0)

    def show_lines(self) -> None:
        """The table of all lines."""
        self.parts.show_part(_LINES)

    def _hush(self) -> None:
        self.loader.said = ""
        self.notice.hide()

    def _turn_to(self, place: int) -> None:
        """The files, or where they are dropped: the focus goes along, if it was there."""
        if place == self._stack.currentIndex():
            return
        here = (self._start, self._split)[self._stack.currentIndex()]
        focused = self.window().focusWidget()
        self._stack.setCurrentIndex(place)
        if focused is not None and here.isAncestorOf(focused):
            self.take_focus()

    def take_focus(self) -> None:
        """To the list of files, or where they are chosen."""
        target = self.files.list if self._stack.currentIndex() else self._start.button
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self, reviewed: Reviewed | None, entries: Sequence[Entry]) -> None:
        self._told = reviewed
        self.parts.tell(reviewed)
        wrong = sum(each.troubled for each in entries)
        said = wording.count(sum(not each.portal for each in entries), "fichier ouvert", "fichiers ouverts")
        under_way = "vérification en cours" if reviewed is not None and not reviewed.judged else ""
        announce(self, wording.sentence(said, f"{wording.number(wrong)} à revoir" if wrong else "", under_way))

    @property
    def reviewed(self) -> Reviewed | None:
        return self._told

    @property
    def part(self) -> QWidget:
        """The one that is shown."""
        return self.parts.part

    def _choose_file(self) -> None:
        self.detail.show_entry(self.files.current)
        if self.files.list.hasFocus():
            self.parts.show_part(_FILE)

    # What the window asks

    def panes(self) -> list[QWidget]:
        if self._stack.currentIndex() == 0:
            return [self._start]
        if self._beside.currentIndex() == 1:
            return [self.files, self.first]
        inside = getattr(self.part, "panes", None)
        return [self.files, *(inside() if callable(inside) else [self.part])]

    def focus_search(self) -> None:
        """Ctrl+F: to the search of what is shown, or of the first part that has one."""
        part = self.parts.having("focus_search")
        if part is not None:
            self.parts.show_part(part)
            cast("_Able", part).focus_search()

    def print_current(self) -> None:
        """Ctrl+P: what is shown, or the first part that can be printed, once it is known what it tells."""
        if self._told is not None and not self._told.judged:
            self.loader.said = "Le rapport pourra être imprimé dès que la vérification sera terminée."
            self._follow()
            return
        part = self.parts.having("print_current")
        if part is not None:
            cast("_Able", part).print_current()

    def give(self, paths: Sequence[Given]) -> None:
        """Opens these files, and those in these folders."""
        if paths:
            self.loader.give(paths)

    def put_away(self) -> None:
        """Before the page goes: nothing is read any more."""
        self.loader.close()

    # What the parts ask

    def open_rows(self, rows: Iterable[int]) -> None:
        part = self.parts.having("show_rows")
        if part is not None:
            self.parts.show_part(part)
            cast("_Able", part).show_rows(rows)

    def open_file(self, number: int, line: int | None) -> None:
        for entry in self.loader.entries:
            if entry.number == number:
                self.files.go_to(entry.ticket)
                self.detail.show_entry(entry)
                self.parts.show_part(_FILE)
                if line is not None:
                    self.detail.show_line(line)

    # Opening and closing files

    def choose(self) -> None:
        self.give(self._desk.picks.allowance_files())

    def choose_folder(self) -> None:
        folder = self._desk.picks.folder()
        if folder is not None:
            self.give((folder,))

    def _stop(self) -> None:
        self.loader.stop_reading()

    def teach(self, ticket: int) -> None:
        """The dialog of columns for this file."""
        from desktop.views.allowances.teaching import Teaching

        entry = next((each for each in self.loader.entries if each.ticket == ticket), None)
        if entry is not None and entry.table is not None:
            Teaching(self, self._desk.icons, entry.name, entry.table, partial(self.loader.teach, ticket)).open()

    def correct(self, ticket: int, line: int) -> None:
        """The dialog in which a rejected line is told by hand."""
        from desktop.views.allowances.correcting import Correcting

        entry = next((each for each in self.loader.entries if each.ticket == ticket), None)
        rejected = entry.file.rejected if entry is not None and entry.file is not None else ()
        found = next((each for each in rejected if each.line == line), None)
        if found is not None:
            send = partial(self.loader.correct, ticket, line)
            named = bool(self._desk.author())
            Correcting(self, self._desk.icons, found, self.detail.shown, send, named=named).open()

    def _withdraw(self, ticket: int, line: int) -> None:
        self.loader.correct(ticket, line, None, "", self.notice.hide, self._complain)

    def _complain(self, problem: Problem) -> None:
        self.notice.tell(problem.sentence, "Fermer", self._hush)

    def forget(self, ticket: int) -> None:
        """A file that was read is asked about first."""
        entry = next((each for each in self.loader.entries if each.ticket == ticket), None)
        if entry is None or entry.portal:
            return
        if entry.state is not State.READ:
            self.loader.forget(ticket)
            return
        confirm(
            self,
            f"Retirer «{NBSP}{entry.name}{NBSP}» de la vérification{NNBSP}?",
            "Ses lignes ne compteront plus. Le fichier d’origine, sur votre poste, reste où il est.",
            "Retirer ce fichier",
            "Conserver",
            partial(self.loader.forget, ticket),
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.loader.look_again()

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever leaves the page leaves no NIR on it."""
        super().hideEvent(event)
        self.parts.hide_nirs()

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event.mimeData()) or _from_outlook(event.mimeData()):
            event.acceptProposedAction()
            self.veil.light_up(self.rect())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.veil.hide()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        self.veil.hide()
        event.acceptProposedAction()
        paths = _dropped(event.mimeData())
        if paths:
            self.give(paths)
        else:
            self.notice.tell(
                "Outlook n’a pas remis le fichier lui-même. Enregistrez d’abord la pièce jointe sur votre poste "
                f"(«{NBSP}Enregistrer sous{NBSP}»), puis déposez-la ici.",
                "Fermer",
                self.notice.hide,
            )


def _dropped(mime: QMimeData) -> tuple[Path, ...]:
    return tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())


def _from_outlook(mime: QMimeData) -> bool:
    return not mime.hasUrls() and any(_OUTLOOK in form for form in mime.formats())
