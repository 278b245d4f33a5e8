"""One history of all that was paid, per company and person: every kept file, what was told by hand, and what the portal
has shown; and what people decided of what was found in it.

Not on the GUI thread, save where a method says that it is immediate. Raises `StoreFault`.
"""

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import polars as pl

from desktop.services.problems import StoreFault
from desktop.services.review.archive import correcting, deciding
from desktop.services.review.archive.correcting import Correction, NotCorrected, Values
from desktop.services.review.archive.deciding import Decision, Finding, State, finding_keys
from desktop.services.review.archive.merging import History, Part, Place, merged
from desktop.services.review.keeping import Keeping, Kept
from desktop.services.review.line import EXTRA
from desktop.services.review.whole import ControlTotal, FileKind, ReadFile, Rejected

__all__ = [
    "Archive",
    "Correction",
    "Decision",
    "Finding",
    "Gathered",
    "History",
    "NotCorrected",
    "Part",
    "Place",
    "State",
    "finding_keys",
    "merged",
]

Progress = Callable[[float], None]
"""Told the share that is done, from 0 to 1; what it raises ends the work."""

PORTAL_RANK: Final = 0
"""Of the payments that the portal itself gave."""
_RANKS: Final[Mapping[FileKind, int]] = MappingProxyType(
    {
        FileKind.PORTAL: PORTAL_RANK,
        FileKind.PORTAL_CSV: 1,
        FileKind.PORTAL_XLSX: 1,
        FileKind.BPIJ_XML: 2,
        FileKind.PORTAL_PDF: 3,
        FileKind.BPIJ_PDF: 4,
        FileKind.CSV: 5,
        FileKind.XLSX: 5,
    }
)
"""Of equal lines, the one nearest to who paid stands in the history."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The history; the sums that its files state, each with the place of its file among the sources, as `anomalies`
    takes them; and the kept files that could not be opened, each with why."""

    history: History
    controls: tuple[tuple[int, ControlTotal], ...]
    faults: tuple[tuple[Kept, StoreFault], ...]


def _silent(_share: float) -> None:
    pass


class Archive:
    """What is in `keeping`, taken together. Its calls may come from any thread."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping, self._turn = keeping, threading.Lock()
        self._decisions: dict[str, list[Decision]] = {}
        self._corrections: dict[tuple[str, int], list[Correction]] = {}
        for entry in keeping.entries(deciding.TOPIC):
            self._take(deciding.heard(entry))
        for entry in keeping.entries(correcting.TOPIC):
            correction = correcting.heard(entry)
            self._corrections.setdefault((correction.sha256, correction.line), []).append(correction)

    # The history

    def gather(self, payments: Sequence[Part] = (), progress: Progress = _silent) -> Gathered:
        """All kept files, corrected lines included, merged with the payments that the portal has shown (`Part` of rank
        `PORTAL_RANK`, of all that it ever showed)."""
        parts, faults = list(payments), []
        stated: dict[str, tuple[ControlTotal, ...]] = {}
        kept = self._keeping.files()
        for number, each in enumerate(kept):
            try:
                read = self._keeping.reopen(each.sha256)
            except StoreFault as fault:
                faults.append((each, fault))
            else:
                parts.append(self.part(read))
                stated[read.sha256] = self.controls(read)
            progress((number + 1) / (len(kept) + 1))
        history = merged(parts)
        progress(1.0)
        controls = (
            (place, control)
            for place, source in enumerate(history.sources)
            for control in stated.get(source.source, ())
        )
        return Gathered(history, tuple(controls), tuple(faults))

    def part(self, read: ReadFile) -> Part:
        """The lines of one file with those that were told by hand, as they go into the history."""
        return Part(read.sha256, read.name, self.lines(read), _RANKS[read.kind])

    def lines(self, read: ReadFile) -> pl.DataFrame:
        """The lines of one file, and behind them those that were told by hand in the place of rejected ones."""
        told = self._told(read)
        if not told:
            return read.frame
        return pl.concat([read.frame, correcting.as_lines(told)], how="diagonal").with_columns(
            pl.col(name).fill_null("") for name in read.frame.columns if name.startswith(EXTRA)
        )

    def rejected(self, read: ReadFile) -> tuple[Rejected, ...]:
        """What still waits to be told by hand."""
        return tuple(each for each in read.rejected if not self.correction(read.sha256, each.line))

    def controls(self, read: ReadFile) -> tuple[ControlTotal, ...]:
        """The sums that the file states, against its lines with those that were told by hand."""
        return correcting.recomputed(read.controls, self._told(read))

    def _told(self, read: ReadFile) -> list[Correction]:
        return [correction for each in read.rejected if (correction := self.correction(read.sha256, each.line))]

    # Corrections

    def correct(
        self, sha256: str, line: int, texts: Mapping[str, str], *, by: str, reason: str = "", at: datetime | None = None
    ) -> Correction:
        """Tells a rejected line by hand: column → text as typed (`correcting.COLUMNS`). Raises `NotCorrected`."""
        return self._correct(sha256, line, correcting.typed(texts), by, reason, at)

    def withdraw(self, sha256: str, line: int, *, by: str, reason: str = "", at: datetime | None = None) -> Correction:
        """The line counts as rejected again."""
        return self._correct(sha256, line, {}, by, reason, at)

    def _correct(self, sha256: str, line: int, values: Values, by: str, reason: str, at: datetime | None) -> Correction:
        with self._turn:
            present = self.correction(sha256, line)
            before = present.values if present else {}
            (entry,) = self._keeping.add(
                correcting.TOPIC, [correcting.said(sha256, line, values, before, reason)], by=by, at=at
            )
            correction = correcting.heard(entry)
            self._corrections.setdefault((sha256, line), []).append(correction)
        return correction

    def correction(self, sha256: str, line: int) -> Correction | None:
        """What stands for a line at present; None when nothing does. Immediate."""
        told = self._corrections.get((sha256, line))
        return told[-1] if told and not told[-1].withdrawn else None

    def corrections(self, sha256: str, line: int) -> tuple[Correction, ...]:
        """All that was ever told of a line, in its order. Immediate."""
        return tuple(self._corrections.get((sha256, line), ()))

    def told_of(self, sha256: str) -> str:
        """A sum of all that stands for the lines of a file; the same as long as nothing else is told of them. "" where
        nothing is."""
        here = ((line, made[-1].values) for (of, line), made in self._corrections.items() if of == sha256)
        told = sorted((line, sorted(values.items())) for line, values in here if values)
        return hashlib.sha256(repr(told).encode()).hexdigest() if told else ""

    # Decisions

    def decide(
        self, keys: Sequence[str], state: State | None, *, by: str, reason: str = "", at: datetime | None = None
    ) -> None:
        """Decides of findings by their keys (`finding_keys`), all of them or none; None takes a decision back."""
        with self._turn:
            for entry in self._keeping.add(deciding.TOPIC, deciding.said(keys, state, reason), by=by, at=at):
                self._take(deciding.heard(entry))

    def _take(self, told: Sequence[Decision]) -> None:
        for decision in told:
            self._decisions.setdefault(decision.key, []).append(decision)

    def carry_over(self, history: History, findings: Sequence[Finding], keys: Sequence[str]) -> None:
        """What was decided while one source alone told of a finding (a printed statement that names people and no
        numbers) holds of the same one under its present key, with its author and day, once another source tells more of
        these payments. `keys` are the `finding_keys` of the findings."""
        if len(history.sources) < 2 or self._decisions.keys() <= set(keys):
            return
        waiting = [(key, each) for key, each in zip(keys, findings, strict=True) if key not in self._decisions]
        formers = deciding.former_keys(history, [each for _, each in waiting])
        again: dict[tuple[State, str, str, datetime], list[str]] = {}
        for (key, _), former in zip(waiting, formers, strict=True):
            said = [self._decisions[each][-1] for each in former if each in self._decisions]
            last = max(said, key=lambda each: each.at, default=None)
            if last is not None and last.state is not None:
                again.setdefault((last.state, last.reason, last.by, last.at), []).append(key)
        for (state, reason, by, at), those in again.items():
            self.decide(those, state, by=by, reason=reason, at=at)

    def decision(self, key: str) -> Decision | None:
        """What is decided of a finding; None when nothing is. Immediate."""
        told = self._decisions.get(key)
        return told[-1] if told and told[-1].state else None

    def decisions(self, key: str) -> tuple[Decision, ...]:
        """All that was ever decided of a finding, in its order. Immediate."""
        return tuple(self._decisions.get(key, ()))
