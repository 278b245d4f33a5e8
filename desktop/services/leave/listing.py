"""Which leaves a list shows, in which order: all that the list needs is kept in memory until something is committed."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contract.calendar import MONTHS
from desktop.services import folding
from desktop.services.leave.rows import OF_STAGE, Counts, Listing, Pill, Query, Stage
from desktop.services.store import Row, Store

TOPICS: Final = ("leave", "outbox", "portfolio", "drafts")
_ENTRIES: Final = """
SELECT
  s.key, s.space_id, s.pill, s.start, s.last_name, s.first_name, s.matricule, s.nir, s.file_number,
  coalesce(m.label, ''), coalesce(n.company, ''), coalesce(n.member_number, '')
FROM shown_leaves AS s
LEFT JOIN leave_motives AS m ON m.code = s.motive LEFT JOIN named_spaces AS n ON n.space_id = s.space_id
ORDER BY s.pill <> 'draft', s.start DESC, s.key DESC
"""


@dataclass(frozen=True, slots=True)
class _Entry:
    key: int
    space_id: str
    pill: Pill
    start: str
    parts: Sequence[str | None]

    def within(self, space_id: str | None) -> bool:
        """A declaration whose company is not chosen yet may become any company's."""
        return space_id in (None, self.space_id) or not self.space_id


class Index:
    """Answers from several threads: what was worked out is put in place whole."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._latest: tuple[int, tuple[_Entry, ...]] = (-1, ())
        self._words: tuple[int, tuple[str, ...]] = (-1, ())

    def listing(self, query: Query, today: date) -> Listing:
        version, entries = self._entries()
        chosen = [place for place, entry in enumerate(entries) if _let_through(entry, query)]
        if runs := folding.terms(query.text):
            words = self._searchable(version, entries)
            chosen = [place for place in chosen if _found(runs, words[place])]
        found = [entries[place] for place in chosen]
        return Listing(array("q", [entry.key for entry in found]), tuple(_groups(found, today)))

    def counts(self, space_id: str | None) -> Counts:
        _, entries = self._entries()
        pills = Counter(entry.pill for entry in entries if entry.within(space_id))
        stages = {stage: sum(pills[pill] for pill in OF_STAGE[stage]) for stage in Stage}
        return Counts(sum(pills.values()), stages)

    def _entries(self) -> tuple[int, tuple[_Entry, ...]]:
        version = self._store.version(*TOPICS)
        if self._latest[0] != version:
            self._latest = version, tuple(_entry(row) for row in self._store.query(_ENTRIES))
        return self._latest

    def _searchable(self, version: int, entries: Sequence[_Entry]) -> tuple[str, ...]:
        """Words between spaces. Made at the first search after a commit, not for a list that nobody searches."""
        known, words = self._words
        if known != version:
            texts = (folding.searchable([part for part in entry.parts if part]) for entry in entries)
            words = tuple(f" {folding.collated(text)} " for text in texts)
            self._words = version, words
        return words


def _entry(row: Row) -> _Entry:
    key, space_id, pill, start, *parts = row
    return _Entry(key, space_id, Pill(pill), start, parts)


def _let_through(entry: _Entry, query: Query) -> bool:
    return entry.within(query.space_id) and (query.stage is None or entry.pill in OF_STAGE[query.stage])


def _found(runs: Sequence[tuple[str, ...]], words: str) -> bool:
    return all(any(all(f" {word}" in words for word in reading) for reading in folding.readings(run)) for run in runs)


def _groups(entries: Sequence[_Entry], today: date) -> Iterator[tuple[int, str]]:
    """The month in which each begins; what is still to begin has its own title."""
    title = ""
    for place, entry in enumerate(entries):
        now = _title(entry, today)
        if now != title:
            title = now
            yield place, title


def _title(entry: _Entry, today: date) -> str:
    if entry.pill is Pill.DRAFT:
        return "Brouillon"
    start = date.fromisoformat(entry.start)
    if start > today:
        return "À venir"
    return f"{MONTHS[start.month - 1].capitalize()} {start.year}"
