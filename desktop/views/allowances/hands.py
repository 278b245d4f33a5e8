"""What the loader's thread does: finds files, reads and keeps them, and puts together all that is known of them."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop.services.problems import Problem, Remedy, StoreFault
from desktop.views.allowances import glimpse
from desktop.views.allowances.desk import Given, Held, no_leaves
from desktop.views.allowances.glimpse import Glimpse
from desktop.views.allowances.handwork import checked_first
from desktop.views.allowances.reviewed import OpenFile, Reviewed

if TYPE_CHECKING:
    import polars as pl

    from desktop.services.leave import Declared
    from desktop.services.review.anomalies import Known
    from desktop.services.review.archive import Archive, History, Part, State
    from desktop.services.review.keeping import Keeping, Kept
    from desktop.services.review.reading.headings import Taught
    from desktop.services.review.reading.source import Source
    from desktop.services.review.whole import PrintedText, ReadFile, Unreadable

UNEXPECTED: Final = "Une erreur inattendue a arrêté sa lecture. Ouvrez-le de nouveau après une mise à jour de Volet."
MOST_FILES: Final = 2_000
"""In one drop: more is the wrong folder."""


class Stopped(Exception):
    """The person thought again; raised in the thread."""


@dataclass(slots=True)
class Course:
    """What the thread tells of its way, and is told: each word is set whole, so no lock is needed. `first` are the
    first lines of the file that is being read, where that takes long; `early` is the review of these files before it
    is judged, where that takes long."""

    share: float = 0.0
    stopped: bool = False
    first: Glimpse | None = None
    early: "tuple[Sequence[Read], Reviewed] | None" = None

    def reached(self, share: float) -> None:
        if self.stopped:
            raise Stopped
        self.share = share

    def early_of(self, reads: "Sequence[Read]") -> Reviewed | None:
        """Of these very files; it is told once."""
        early, self.early = self.early, None
        return early[1] if early is not None and early[0] is reads else None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where files are kept. `fault` says why they will not be there again at the next start: then all lies, encrypted
    with a key that nobody has, in the folder `passing`, which goes with the program. `said` is what had to be mended to
    open it; empty when nothing had."""

    keeping: "Keeping"
    archive: "Archive"
    taught: "Mapping[str, Taught]"
    fault: StoreFault | None = None
    passing: Path | None = None
    said: str = ""

    def close(self) -> None:
        self.keeping.close()
        if self.passing is not None:
            shutil.rmtree(self.passing, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read: what is told of it, and its lines as they go into the history; None when they are to be
    had again: by `again`, or else from the shelf, where `shelved` says that they are. `mark` is that of the portal's
    payments."""

    file: OpenFile
    part: "Part | None"
    shelved: bool = True
    again: "Callable[[], Part] | None" = None
    mark: str = ""

    def lines(self, shelf: Shelf) -> "Part":
        """Raises `StoreFault`."""
        if self.part is None and self.again is not None:
            return self.again()
        return self.part or shelf.archive.part(shelf.keeping.reopen(self.file.sha256))


def opened(keep: "Callable[[], Keeping]", mend: "Callable[[], tuple[Path, int]] | None" = None) -> Shelf:
    """The shelf of the account, its damaged register made anew by `mend`; where it cannot be had, one for this run.
    Raises `StoreFault` when there is no room for that either."""
    from desktop.services.review.archive import Archive
    from desktop.services.review.keeping import Keeping

    try:
        try:
            return _of(keep())
        except StoreFault as fault:
            if mend is None or fault.remedy is not Remedy.REBUILD:
                raise
        aside, taken = mend()
        return replace(_of(keep()), said=_mended(aside, taken))
    except StoreFault as fault:
        passing = Path(tempfile.mkdtemp(prefix="volet-"))
        keeping = Keeping(passing, secrets.token_bytes(32))
        return Shelf(keeping, Archive(keeping), {}, fault, passing)


def _of(keeping: "Keeping") -> Shelf:
    from desktop.services.review.archive import Archive
    from desktop.services.review.lessons import lessons

    try:
        return Shelf(keeping, Archive(keeping), lessons(keeping))
    except BaseException:
        keeping.close()
        raise


def _mended(aside: Path, taken: int) -> str:
    from desktop.services.review.saying import counted

    told = counted(taken, "entrée reprise", "entrées reprises")
    return (
        "Le registre des fichiers d’indemnités était abîmé\u00a0: il a été refait, avec les fichiers gardés et ce qui "
        f"s’y lisait encore de vos décisions et corrections ({told}). L’ancien est gardé à part\u00a0: {aside}"
    )


def in_turn() -> None:
    """Nothing but a turn: whoever asks for it is answered once all that was asked before is done."""


def found_in(paths: tuple[Given, ...], course: Course) -> tuple[Given, ...]:
    """The files meant: those given, and those in the folders given, in the order of their names. What the system hides
    is left out; links to folders are not followed."""
    found: dict[Given, None] = {}
    for path in paths:
        if isinstance(path, Held) or not path.is_dir():
            found[path] = None
            continue
        for folder, folders, names in os.walk(path):
            course.reached(0.0)
            folders[:] = sorted(name for name in folders if not _hidden(name))
            found.update(dict.fromkeys(Path(folder) / name for name in sorted(names) if not _hidden(name)))
            if len(found) > MOST_FILES:
                break
    return tuple(found)[:MOST_FILES]


def _hidden(name: str) -> bool:
    """Of the system, or the lock of an office program beside a file that is open in it."""
    return name.startswith((".", "~$")) or name in {"Thumbs.db", "desktop.ini"}


def read(
    shelf: Shelf, path: Given, taught: "Mapping[str, Taught]", by: str, texts: "PrintedText", course: Course
) -> Read:
    """Reads a file and keeps it. Raises `AlreadyKept`, `Unreadable`, `Unrecognised`, which is kept too, from the error
    that nobody expected where one was; a file that was read but could not be kept counts all the same."""
    from polars.exceptions import PanicException

    from desktop.services.review.reading.opening import read as read_source
    from desktop.services.review.reading.source import Source, load
    from desktop.services.review.whole import Unreadable

    course.reached(0.0)
    source, place = Source(path.name, b""), path.name if isinstance(path, Held) else str(path)
    try:
        if isinstance(path, Held):
            source = Source(path.name, path.content())
            course.first = glimpse.of_source(source, taught)
        else:
            course.first = glimpse.of_file(path, taught)
            source = load(path)
        shelf.keeping.refuse_again(source.sha256)
        taken = read_source(source, printed_text=texts, taught=taught, progress=course.reached)
    except Unreadable as why:
        course.reached(1.0)
        raise _put_by(shelf, source, why, by, place) from None
    except (Problem, Stopped):
        raise
    except (Exception, PanicException) as bug:
        raise _put_by(shelf, source, Unreadable(UNEXPECTED, detail=type(bug).__name__), by, place) from bug
    course.reached(1.0)
    try:
        shelf.keeping.keep(source, taken, by=by)
    except StoreFault as fault:
        file = told(shelf, taken, kept=False, why=fault.sentence)
        return Read(file, shelf.archive.part(taken), shelved=False)
    file = told(shelf, taken, kept=shelf.fault is None)
    if taken.frame.height >= glimpse.MANY:  # as it lies on the shelf it takes half the room of the one just read
        return Read(file, None)
    return Read(file, shelf.archive.part(taken))


def _put_by(shelf: Shelf, source: "Source", why: "Unreadable", by: str, place: str) -> "Unreadable":
    """Keeps a file that could not be read; the answer names what is kept, or says why nothing is."""
    try:
        return shelf.keeping.keep_unread(source.name, source.data, why, by=by, place=place).problem
    except StoreFault as fault:
        why.sentence = f"{why.sentence} {fault.sentence}"
        return why


def reopened(shelf: Shelf, kept: "Kept", course: Course) -> Read:
    """A kept file. Raises `StoreFault`."""
    course.reached(0.0)
    taken = shelf.keeping.reopen(kept.sha256)
    if taken.frame.height >= glimpse.MANY:
        course.first = glimpse.of_lines(taken.frame)
    return Read(told(shelf, taken, kept=shelf.fault is None), shelf.archive.part(taken))


def corrected(shelf: Shelf, sha256: str, line: int, texts: "Mapping[str, str] | None", reason: str, by: str) -> Read:
    """Keeps what was told of a rejected line, or, of None, that it counts as rejected again; the file as it is then.
    Raises `NotCorrected`, `StoreFault`."""
    if texts is None:
        shelf.archive.withdraw(sha256, line, by=by, reason=reason)
    else:
        shelf.archive.correct(sha256, line, texts, by=by, reason=reason)
    taken = shelf.keeping.reopen(sha256)
    return Read(told(shelf, taken, kept=shelf.fault is None), shelf.archive.part(taken))


def told(shelf: Shelf, taken: "ReadFile", *, kept: bool, why: str = "", height: int | None = None) -> OpenFile:
    """`height` is how many lines were read, where they are not in `taken`."""
    rejected = shelf.archive.rejected(taken)
    left = {each.line for each in rejected}
    return OpenFile(
        sha256=taken.sha256,
        name=taken.name,
        kind=taken.kind,
        height=(taken.frame.height if height is None else height) + len(taken.rejected) - len(rejected),
        lines=taken.lines,
        rejected=rejected,
        controls=shelf.archive.controls(taken),
        columns=taken.columns,
        notes=(*taken.notes, why) if why else taken.notes,
        apart=taken.apart,
        corrections=tuple(
            told for each in taken.rejected for told in shelf.archive.corrections(taken.sha256, each.line)
        ),
        kept=kept,
        mended=tuple(each for each in taken.rejected if each.line not in left),
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside the files: the portfolio's companies, the day, and what tells the leaves declared."""

    companies: frozenset[str]
    today: date
    leaves: "Callable[[], tuple[Declared, ...]]" = no_leaves

    def known(self) -> "Known":
        """As the search for anomalies takes it."""
        from desktop.services.review.anomalies import Known, KnownLeave

        told = tuple(
            KnownLeave(one.start, one.nir, one.matricule, one.last_day, one.subrogated, one.siret)
            for one in self.leaves()
        )
        return Known(self.companies, told, self.today)


def judged(shelf: Shelf, reads: Sequence[Read], beside: Beside, course: Course) -> Reviewed | None:
    """Everything that is known of these files together; None of none. Of many lines `course` has them all at hand long
    before."""
    if not reads:
        return None
    from desktop.services.review.anomalies import expected_ends, findings
    from desktop.services.review.archive import finding_keys, merged
    from desktop.services.review.leaves import leaves

    history = merged([each.lines(shelf) for each in reads])
    course.reached(0.1)
    frame = leaves(history.frame)
    course.reached(0.2)
    early = _at_hand(reads, history, frame, course)
    if frame.height >= glimpse.MANY:
        course.early = reads, early
    files, known = early.files, beside.known()
    controls = [(number, control) for number, file in enumerate(files) for control in file.controls]
    shown = next((place for place, file in enumerate(files) if file.portal), None)
    odd, explained = findings(frame, controls, known, shown)
    expected = expected_ends(frame, known)
    odd = checked_first(odd, files)
    course.reached(0.8)
    keys = finding_keys(history, (*odd, *explained))
    with suppress(StoreFault):  # what cannot be written down again can be decided again
        shelf.archive.carry_over(history, (*odd, *explained), keys)
    made = replace(
        early, anomalies=odd, regularisations=explained, keys=keys, expected=expected, known=known, judged=True
    )
    made = with_decisions(shelf, made)
    made.sheet.mark(row for one in odd for row in one.rows)  # last: whoever searches it already sees all at once
    return made


def _at_hand(reads: Sequence[Read], history: "History", frame: "pl.DataFrame", course: Course) -> Reviewed:
    """The lines, to be searched and summed, before anything is looked for in them."""
    from desktop.services.review import totals
    from desktop.services.review.searching import Sheet

    of = {each.file.sha256: each.file for each in reads}
    light = replace(
        history,
        frame=history.frame.clear(),
        sources=tuple(replace(each, frame=each.frame.clear()) for each in history.sources),
    )
    return Reviewed(
        files=tuple(of[source.source] for source in history.sources),
        sheet=Sheet(frame, lambda share: course.reached(0.2 + 0.2 * share)),
        totals=totals.whole(frame),
        anomalies=(),
        regularisations=(),
        keys=(),
        decisions={},
        history=light,
        judged=False,
    )


def with_decisions(shelf: Shelf, reviewed: Reviewed) -> Reviewed:
    """The same with what is decided now."""
    told = ((key, shelf.archive.decision(key)) for key in reviewed.keys)
    return replace(reviewed, decisions={key: decision for key, decision in told if decision is not None})


def decide(
    shelf: Shelf, reviewed: Reviewed, keys: Sequence[str], state: "State | None", reason: str, by: str
) -> Reviewed:
    """Keeps a decision. Raises `StoreFault`."""
    shelf.archive.decide(keys, state, by=by, reason=reason)
    return with_decisions(shelf, reviewed)


def learn(shelf: Shelf, fingerprint: str, lesson: "Taught", by: str) -> None:
    """Remembers the columns of a table. Raises `StoreFault`."""
    from desktop.services.review.lessons import learn as keep_lesson

    keep_lesson(shelf.keeping, fingerprint, lesson, by=by)
