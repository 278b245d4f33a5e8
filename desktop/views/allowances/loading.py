"""Files on their way into the review: found, read, kept, checked and put together, off the GUI thread.

Nothing else in the tab starts a thread. What is being read can be ended at any moment: it is answered at once, whatever
the reader is doing; what had been read by then stays.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from desktop.services.problems import Problem
from desktop.views import wording
from desktop.views.allowances import hands, recalling
from desktop.views.allowances.desk import Desk, Given
from desktop.views.allowances.entries import Entry, Progress, State, not_read, put_by, twins
from desktop.views.allowances.glimpse import Glimpse
from desktop.views.allowances.hands import Beside, Course, Read, Shelf
from desktop.views.allowances.payments import Payments
from desktop.views.allowances.reviewed import PORTAL, Reviewed
from desktop.views.allowances.shelving import Shelving, refused
from desktop.views.later import Later
from desktop.views.printed import PrintedTexts

if TYPE_CHECKING:
    from desktop.services.review.anomalies import Known
    from desktop.services.review.reading.headings import Taught

_BEAT_MS: Final = 100
_THREAD: Final = "allowances"
_SECONDS: Final = 0.4
"""How long the end of the page waits for the thread; a file that is being kept is kept whole or not at all."""


class Loader(Shelving):
    """`moved` rings when `entries`, `progress`, `reviewed` or `said` changed. All state belongs to the GUI thread; the
    thread is given what it needs and answers with what it made."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(desk, parent)
        self._entries: dict[int, Entry] = {}
        self._held: dict[int, Read] = {}
        self._taught: dict[str, Taught] = {}
        self._given: list[tuple[Given, ...]] = []
        self._reads: list[int] = []
        self._tickets = self._asked = 0
        self._looking = self._judging = self._changed = self._recalling = False
        self._judged: tuple[Read, ...] = ()
        self._begin()
        self.payments = Payments(desk.paid, self._keeper, self)
        self.payments.told.connect(self._recall)
        self.payments.others.connect(self._judge_anew)
        self._beat = QTimer(self)
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self._look_early)
        self._opening = True
        self._hands.ask(self, partial(hands.opened, desk.keep, desk.mend), self._is_opened, self._broken, what="open")

    def _begin(self) -> None:
        self._course, self._texts, self._hands = Course(), PrintedTexts(), Later(_THREAD, self)

    # What is there

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What the portal has shown comes first."""
        return (*self.payments.entries, *self._entries.values())

    @property
    def files(self) -> bool:
        """There is a file, or one is on its way."""
        return bool(self._entries or self._looking or self._given)

    @property
    def progress(self) -> Progress | None:
        """None when nothing is under way."""
        if self._reads:
            entry = self._entries[self._reads[0]]
            return Progress(entry.name, self._asked - len(self._reads) + 1, self._asked, self._course.share)
        if self._looking or self._given:
            return Progress("", 0, 0, 0.0)
        return Progress("", self._asked, self._asked, self._course.share) if self._judging else None

    @property
    def first(self) -> Glimpse | None:
        """The first lines of what is being read, as long as no file is reviewed yet."""
        reviewed = any(each.number is not None for each in self._entries.values())
        return self._course.first if not reviewed and self.progress is not None else None

    @property
    def can_stop(self) -> bool:
        """Files are being looked for or read; those of an earlier run are open soon enough."""
        return self._looking or any(self._entries[ticket].path is not None for ticket in self._reads)

    @property
    def settled(self) -> bool:
        """Nothing is under way, the files of the time before are open. For tests and the tour."""
        return not self._opening and self.payments.known and self.progress is None

    # What is asked

    def give(self, paths: Sequence[Given]) -> None:
        """Opens these files, and those in these folders, once the files of the time before are known."""
        self.said = ""
        self._given.append(tuple(paths))
        self._look()
        self._wake()

    def teach(self, ticket: int, lesson: "Taught") -> None:
        """Says what the columns of this file mean; it is read again, with all that have the same headings."""
        from desktop.services.review.reading.headings import fingerprint

        table = self._entries[ticket].table if ticket in self._entries else None
        if table is None or self._shelf is None:
            return
        mark = fingerprint(table.headings)
        self._taught[mark] = lesson
        work = partial(hands.learn, self._shelf, mark, lesson, self._desk.author())
        self._keeper.ask(self, work, failed=self._complain, what=f"learn {mark}")
        for each in self.entries:
            asked = each.table
            if asked is not None and fingerprint(asked.headings) == mark and each.path is not None:
                self._entries[each.ticket] = replace(each, state=State.WAITING, problem=None)
                self._read(each.ticket)
        self._wake()

    def forget(self, ticket: int) -> None:
        """Takes a file out of the review, and what was kept of it away."""
        entry = self._entries.pop(ticket, None)
        if entry is None or self._shelf is None:
            return
        if ticket in self._reads:
            self._reads.remove(ticket)
        self._erase(entry.sha256)
        if self._held.pop(ticket, None) is not None:
            self._changed = True
            self._judge()
        self._wake()

    def stop_reading(self) -> None:
        """« Annuler »: what has been read stays, the rest is out of the list at once."""
        self._course.stopped = True
        self._hands.stop(0)
        self._texts.close()
        self._begin()
        left, self._reads = self._reads, []
        self._changed |= self._judging
        self._asked, self._looking, self._judging = 0, False, False
        self._given.clear()
        for ticket in left:
            if self._entries[ticket].kept is None:
                del self._entries[ticket]
            else:
                self._read(ticket)
        self._bring_back()
        self.said = "Ouverture annulée."
        self._judge()
        self._wake()

    def correct(
        self,
        ticket: int,
        line: int,
        texts: Mapping[str, str] | None,
        reason: str,
        then: Callable[[], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """What a rejected line says, by column, and why; None has it count as rejected again."""
        file = self._entries[ticket].file if ticket in self._entries else None
        if self._shelf is not None and file is not None:
            work = partial(hands.corrected, self._shelf, file.sha256, line, texts, reason, self._desk.author())
            done = partial(self._is_corrected, ticket, then)
            self._keeper.ask(self, work, done, partial(refused, failed), what=f"correct {ticket} {line}")

    def close(self) -> None:
        """Before the page goes."""
        self._course.stopped = True
        self._beat.stop()
        self._texts.close()
        self._hands.stop(_SECONDS)
        self._keeper.stop()
        if self._shelf is not None:
            self._shelf.close()

    # On the way

    def _is_opened(self, shelf: Shelf) -> None:
        """The files of the time before come first, so that none is read again."""
        self._opening = False
        self._shelf, self.fault, self.said = shelf, shelf.fault, shelf.said
        self._taught.update(shelf.taught)
        for kept in shelf.keeping.files():
            self._tickets += 1
            self._entries[self._tickets] = Entry(self._tickets, kept.name, State.WAITING, kept=kept)
            self._reads.append(self._tickets)
            self._asked += 1
        self._bring_back()
        self._recalling = True
        self.payments.look()
        if self.payments.known:
            self._recall()
        self._wake()

    def _bring_back(self) -> None:
        """The files that could not be read, and are not in the list."""
        if self._shelf is not None:
            for entry in put_by(self._shelf.keeping, self._entries.values(), self._tickets):
                self._tickets, self._entries[entry.ticket] = entry.ticket, entry

    def _recall(self) -> None:
        """What the files and the payments came to before, now that it is known which they are."""
        if self._recalling and self._shelf is not None:
            self._recalling = False
            work = partial(recalling.recalled, self._shelf, self.payments.reads)
            then = partial(self._is_recalled, tuple(self._reads))
            self._hands.ask(self, work, then, self._broken, what="recall")
        self._wake()

    def _is_recalled(self, tickets: tuple[int, ...], found: "tuple[tuple[Read, ...], Reviewed] | None") -> None:
        """Where it is not what is there now, each file is read from the shelf."""
        there = tuple(ticket for ticket in tickets if ticket in self._entries)
        self._reads, self._asked = [ticket for ticket in self._reads if ticket not in tickets], 0
        if found is None or there != tickets:
            for ticket in there:
                self._read(ticket)
            self._changed |= bool(self.payments.reads)
            self._judge()
        else:
            reads, reviewed = found
            for ticket, read in zip(tickets, reads, strict=True):
                self._held[ticket] = read
                self._entries[ticket] = replace(self._entries[ticket], state=State.READ, file=read.file)
            self._show(reviewed)
            self._changed = False
            self.look_again()
        self._look()
        self._wake()

    def _look(self) -> None:
        """Once what was taken out before is gone, so that it can come again."""
        if self._shelf is not None and self._given:
            self._keeper.ask(self, hands.in_turn, self._look_now, self._broken, what="before")

    def _look_now(self, _nothing: None) -> None:
        if not self._given:
            return
        paths = tuple(path for given in self._given for path in given)
        self._given.clear()
        self._looking = True
        self._tickets += 1
        work = partial(hands.found_in, paths, self._course)
        self._hands.ask(self, work, self._take, self._broken, what=f"look {self._tickets}")

    def _take(self, paths: "tuple[Given, ...]") -> None:
        self._looking = False
        if not paths:
            self.said = "Ce dossier ne contient aucun fichier."
        if len(paths) == hands.MOST_FILES:
            many = wording.number(hands.MOST_FILES)
            self.said = f"Seuls les {many} premiers fichiers ont été pris\u00a0: ouvrez les autres ensuite."
        for path in paths:
            self._tickets += 1
            self._entries[self._tickets] = Entry(self._tickets, path.name, State.WAITING, path)
            self._read(self._tickets)
        self._wake()

    def _read(self, ticket: int) -> None:
        entry, shelf = self._entries[ticket], self._shelf
        if shelf is None or (entry.kept is None and entry.path is None):
            return
        self._reads.append(ticket)
        self._asked += 1
        work: Callable[[], Read]
        if entry.path is not None:
            by, taught = self._desk.author(), dict(self._taught)
            work = partial(hands.read, shelf, entry.path, taught, by, self._texts, self._course)
        elif entry.kept is not None:
            work = partial(hands.reopened, shelf, entry.kept, self._course)
        self._hands.ask(
            self, work, partial(self._is_read, ticket), partial(self._is_not_read, ticket), what=f"read {ticket}"
        )

    def _is_read(self, ticket: int, made: Read) -> None:
        if ticket in self._entries:
            self._held[ticket], self._changed = made, True
            self._entries[ticket] = replace(self._entries[ticket], state=State.READ, file=made.file)
        self._done(ticket, made.file.sha256)

    def _is_not_read(self, ticket: int, error: Exception) -> None:
        from desktop.services.review.keeping import AlreadyKept

        self._course.first = None
        if isinstance(error, AlreadyKept):
            self._entries.pop(ticket, None)
            self.said = error.sentence
        elif ticket in self._entries:
            self._entries[ticket] = not_read(self._entries[ticket], error)
        self._done(ticket, getattr(error, "sha256", ""))
        if (slip := error.__cause__ if isinstance(error, Problem) else error) is not None:
            raise slip  # it is told where the file stands, and reported all the same

    def _done(self, ticket: int, sha256: str) -> None:
        """The next file has its turn; after the last, all is put together."""
        if ticket not in self._entries:  # it was taken out while it was read
            self._erase(sha256)
        for twin in twins(self._entries.values(), ticket, sha256):
            del self._entries[twin]
        self._course.share = 0.0
        if ticket in self._reads:
            self._reads.remove(ticket)
        self._judge()
        self._wake()

    def _judge(self) -> None:
        """Unless the files are those that were judged, or others are still to be read."""
        if self._reads:
            return
        if self._shelf is None or not self._changed:
            self._asked = 0
            return
        self._judging, self._changed = True, False
        self._judged = (*self.payments.reads, *self._held.values())
        work = partial(hands.judged, self._shelf, self._judged, self._beside(), self._course)
        self._hands.ask(self, work, self._is_judged, self._broken, what="judge")

    def _beside(self) -> Beside:
        return Beside(self._desk.companies(), wording.local(self._desk.now()).date(), self._desk.leaves)

    def look_again(self) -> None:
        """The page is shown: all is judged anew if leaves were declared or prolonged since, or another day began."""
        if self.reviewed is not None and self.progress is None:
            done = partial(self._is_known, self.reviewed)
            self._keeper.ask(self, self._beside().known, done, self._complain, what="known")

    def _is_known(self, reviewed: Reviewed, known: "Known") -> None:
        current = self.reviewed is not None and self.reviewed.sheet is reviewed.sheet
        if current and not recalling.compares(reviewed, known):
            self._judge_anew()

    def _is_judged(self, reviewed: "Reviewed | None") -> None:
        """Lines that can be had from the shelf again are let go: the sheet has them all."""
        self._judging = False
        self._show(reviewed)
        if reviewed is not None and self._shelf is not None:
            work = partial(recalling.remember, self._shelf, self._judged, reviewed)
            self._hands.ask(self, work, failed=self._complain, what="remember")
        self._wake()

    def _look_early(self) -> None:
        """At each beat: lines that can be searched before they are judged, unless a whole review is shown."""
        early = self._course.early_of(self._judged) if self._judging else None
        if early is not None and (self.reviewed is None or not self.reviewed.complete):
            self._show(early)
        self.moved.emit()

    def _show(self, reviewed: "Reviewed | None") -> None:
        self.reviewed, self._course.first, self._course.early = reviewed, None, None
        places = {file.sha256: place for place, file in enumerate(reviewed.files if reviewed is not None else ())}
        self.payments.number(places.get(PORTAL))
        for ticket, read in self._held.items():
            number = places.get(read.file.sha256)
            if number is not None and read.shelved:
                self._held[ticket] = replace(read, part=None)
            self._entries[ticket] = replace(self._entries[ticket], number=number)
        if not self._reads:
            self._asked = 0

    def _judge_anew(self) -> None:
        """What is known beside the files is other."""
        self._changed = True
        self._recall()
        self._judge()
        self._wake()

    def _is_corrected(self, ticket: int, then: Callable[[], None], made: Read) -> None:
        if ticket in self._entries:
            self._held[ticket], self._changed = made, True
            self._entries[ticket] = replace(self._entries[ticket], file=made.file)
            self._judge()
        then()
        self._wake()

    def _broken(self, error: Exception) -> None:
        """No review can be made at all."""
        self._opening = self._looking = self._judging = False
        self._complain(error)

    def _wake(self) -> None:
        """Rings now, and goes on ringing while something moves."""
        if self.progress is None:
            self._beat.stop()
        elif not self._beat.isActive():
            self._beat.start()
        if self._reads:
            first = self._reads[0]
            self._entries[first] = replace(self._entries[first], state=State.READING)
        self.moved.emit()
