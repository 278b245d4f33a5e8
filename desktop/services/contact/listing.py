"""Which requests a list shows, in which order and under which days: identifiers only, 100,000 within a keystroke.

The order of what the filters let through is kept in memory until something is committed; a search then takes the
hits of the full-text index and lets the ordered list through them.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import compress
from operator import itemgetter, neg
from typing import Any, Final

import msgspec

from contract.calendar import DAYS, MONTHS
from desktop.services import folding
from desktop.services.contact.begun import Begun
from desktop.services.contact.filtering import Replies, condition, midnight
from desktop.services.contact.rows import Counts, Listing, Period, Pill, Query
from desktop.services.store import Row, Store

_KEPT_ORDERS: Final = 8
_MANY: Final = 5_000
"""Up to so many hits are looked up and sorted one by one; more are picked all at once."""

_Group = tuple[int, int, str]
"""(first row, row after the last, title)"""

_integers = msgspec.json.Decoder(list[int])


class _Order:
    """Keys with the latest movement first, and those movements. In lists by key, the negative ones (requests made here)
    count from the end, as Python's indices do."""

    def __init__(self, keys: list[int], moved: list[int]) -> None:
        self.keys, self.moved = keys, moved
        self._top, self._bottom = max(keys, default=0), min(0, min(keys, default=0))
        self._pick: Callable[[Any], Sequence[int]] | None = None
        self._places: list[int] | None = None

    def only(self, hits: int, lowest: int, waiting: Sequence[int], groups: Sequence[_Group]) -> Listing:
        """The hits (their bytes, see `_Moment.hits`, of which the first is that of `lowest`) that are in this order, in
        its order and under its days."""
        size = self._top + 1 - self._bottom
        told = hits.to_bytes((hits.bit_length() + 7) // 8, "little")
        marks = bytearray(told[-lowest:][: self._top + 1].ljust(size, b"\0"))
        for key in range(max(lowest, self._bottom), min(0, lowest + len(told))):
            marks[key] = told[key - lowest]
        for key in waiting:
            if self._bottom <= key <= self._top:
                marks[key] = 1
        many = marks.count(1)
        if not many:
            return Listing(array("q"), ())
        return self._only_many(marks, groups) if many > _MANY else self._only_few(marks, groups)

    def _only_few(self, marks: bytearray, groups: Sequence[_Group]) -> Listing:
        """Each hit is looked up, and their places are sorted."""
        if self._places is None:
            self._places = [-1] * len(marks)
            for place, key in enumerate(self.keys):
                self._places[key] = place
        places = sorted(place for place in compress(self._places, marks) if place >= 0)
        counts = [bisect_left(places, end) - bisect_left(places, first) for first, end, _ in groups]
        return Listing(array("q", [self.keys[place] for place in places]), _titled(groups, counts))

    def _only_many(self, marks: bytearray, groups: Sequence[_Group]) -> Listing:
        """The marks are picked for all keys in their order: no sort, and no loop of ours."""
        if self._pick is None:
            self._pick = itemgetter(*self.keys) if len(self.keys) > 1 else _pick_none_or_one(self.keys)
        chosen = bytes(self._pick(marks))
        counts = [chosen.count(1, first, end) for first, end, _ in groups]
        return Listing(array("q", list(compress(self.keys, chosen))), _titled(groups, counts))


def _pick_none_or_one(keys: list[int]) -> Callable[[Any], Sequence[int]]:
    return lambda marks: [marks[key] for key in keys]


def _titled(groups: Sequence[_Group], counts: Sequence[int]) -> tuple[tuple[int, str], ...]:
    titles, begins = [], 0
    for (_, _, title), count in zip(groups, counts, strict=True):
        if count:
            titles.append((begins, title))
        begins += count
    return tuple(titles)


class Index:
    """Answers from several threads: each works on a `_Moment`, which is put aside whole once something is committed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._latest: _Moment | None = None
        self._latest_begun: Begun | None = None

    def listing(self, query: Query, today: date) -> Listing:
        moment, begun = self._moment(), self._begun()
        order = moment.order(query, today, begun.replies)
        groups = _groups(order.moved, today)
        if folding.terms(query.text):
            found = order.only(moment.hits(query.text), moment.lowest, moment.waiting_hits(query.text), groups)
        else:
            found = Listing(array("q", order.keys), tuple((first, title) for first, _, title in groups))
        return begun.before(found, query, today)

    def counts(self, query: Query) -> Counts:
        return self._begun().counted(self._moment().counts(query.space_id, mine=query.mine), query)

    def unread_by_space(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for rows in self._moment().both("space_id, count(*)", "unread > 0", (), "GROUP BY space_id"):
            for space_id, count in rows:
                found[space_id] = found.get(space_id, 0) + count
        return found

    def unread_messages(self) -> int:
        return sum(int(total) for rows in self._moment().both("total(unread)", "unread > 0", ()) for (total,) in rows)

    def theme_labels(self) -> tuple[str, ...]:
        """The themes that occur, in French order."""
        return self._moment().theme_labels()

    def _moment(self) -> "_Moment":
        version = self._store.version("contact", "outbox", "portfolio")
        latest = self._latest
        if latest is None or latest.version != version:
            latest = self._latest = _Moment(self._store, version)
        return latest

    def _begun(self) -> Begun:
        """Apart from the rest, which is not to be worked out again for each word that is typed."""
        version = self._store.version("contact", "outbox", "portfolio", "drafts")
        latest = self._latest_begun
        if latest is None or latest.version != version:
            latest = self._latest_begun = Begun(self._store, version)
        return latest


class _Moment:
    """What was worked out since the last commit. The requests that some wish concerns are few: their keys are kept, and
    they are asked for apart, through the view that lays the outbox over the copy."""

    def __init__(self, store: Store, version: int) -> None:
        self.version = version
        self._store = store
        self._orders: dict[object, _Order] = {}
        self._counts: dict[object, Counts] = {}
        self._themes: tuple[str, ...] | None = None
        self._words: dict[str, int] = {}
        self.lowest = min(0, *(key for (key,) in store.query("SELECT ifnull(min(key), 0) FROM requests")))
        """Requests made here keep their negative keys; the lowest has the first byte of `hits`."""
        self._touched = ",".join(str(key) for (key,) in store.query("SELECT key FROM touched_requests"))
        self._waiting_words = self._read_waiting_words() if self._touched else ()

    def counts(self, space_id: str | None, *, mine: bool) -> Counts:
        scope = (space_id, mine)
        if scope not in self._counts:
            where, bindings = condition(Query(space_id=space_id, mine=mine), None)
            columns = "count(*), total(unread > 0)" + "".join(f", total(pill = '{pill}')" for pill in Pill)
            copied, laid = self.both(columns, where, bindings)
            all_, unread, *pills = (int(one + other) for one, other in zip(copied[0], laid[0], strict=True))
            self._counts[scope] = Counts(all_, unread, dict(zip(Pill, pills, strict=True)))
        return self._counts[scope]

    def theme_labels(self) -> tuple[str, ...]:
        if self._themes is None:
            found = {label for rows in self.both("DISTINCT theme_label", "1", ()) for (label,) in rows}
            self._themes = tuple(sorted(found - {""}, key=folding.collated))
        return self._themes

    def order(self, query: Query, today: date, replies: Replies) -> _Order:
        """All that the filters let through, whatever the text."""
        known = replies if Pill.DRAFT in query.pills else ()
        asked = (replace(query, text=""), today if query.period is not Period.ANY else None, known)
        order = self._orders.get(asked)
        if order is None:
            if len(self._orders) >= _KEPT_ORDERS:
                self._orders.clear()
            order = self._orders[asked] = self._read_order(query, today, replies)
        return order

    def _read_order(self, query: Query, today: date, replies: Replies) -> _Order:
        where, bindings = condition(query, today, replies)
        ordered = f"FROM (SELECT key, moved_at FROM {{source}} WHERE {where} ORDER BY moved_at DESC, key DESC)"
        copied, laid = self.both("json_group_array(key), json_group_array(moved_at)", "", bindings, ordered=ordered)
        keys, moved = (_integers.decode(text) for text in copied[0])
        for key, moment in zip(*(_integers.decode(text) for text in laid[0]), strict=True):
            place = bisect_right(moved, -moment, key=neg)
            keys.insert(place, key)
            moved.insert(place, moment)
        return _Order(keys, moved)

    def both(
        self, columns: str, where: str, bindings: Sequence[object], tail: str = "", ordered: str = ""
    ) -> tuple[list[Row], list[Row]]:
        """The same question to the requests that no wish concerns, through the index of the copy, and to the others."""
        answers = []
        for source in (
            f"(SELECT * FROM requests WHERE key NOT IN ({self._touched}))" if self._touched else "requests",
            f"(SELECT * FROM shown_requests WHERE key IN ({self._touched}))",
        ):
            rest = ordered.format(source=source) if ordered else f"FROM {source} WHERE {where} {tail}"
            answers.append(self._store.query(f"SELECT {columns} {rest}", tuple(bindings)))
        return answers[0], answers[1]

    # Search

    def hits(self, text: str) -> int:
        """All requests in the index in which the text is found, as one number, whose byte number `key - lowest` is 1:
        so many marks are joined at once. As one types only the last word is new: the others' marks are kept."""
        former, words, hits = self._words, dict[str, int](), -1
        for run in folding.terms(text):
            found = 0
            for reading in folding.readings(run):
                ways = -1
                for word in reading:
                    if word not in words:
                        words[word] = former[word] if word in former else self._read_word(word)
                    ways &= words[word]
                found |= ways
            hits &= found
        self._words = words
        return hits

    def _read_word(self, word: str) -> int:
        """Where a word begins so."""
        found = self._store.query("SELECT json_group_array(rowid) FROM words WHERE words MATCH ?", (f'"{word}" *',))
        keys = _integers.decode(found[0][0])
        marks = bytearray(max(keys, default=self.lowest - 1) + 1 - self.lowest)
        for key in keys:
            marks[key - self.lowest] = 1
        return int.from_bytes(marks, "little")

    def waiting_hits(self, text: str) -> list[int]:
        """What was written here and is not in the index yet is searched as it stands, for it is little."""
        return [key for key, words in self._waiting_words if folding.found_in(text, words)]

    def _read_waiting_words(self) -> tuple[tuple[int, str], ...]:
        rows = self._store.query(
            "SELECT s.key, w.words, s.file_number, s.theme_label, s.topic_label, s.subject, s.author_name, c.name,"
            " n.member_number FROM shown_requests AS s JOIN waiting_words AS w ON w.request_id = s.request_id"
            " LEFT JOIN spaces AS n ON n.space_id = s.space_id LEFT JOIN companies AS c ON c.company_id = n.company_id"
            f" WHERE s.key IN ({self._touched})"
        )
        return tuple((key, folding.searchable([word for word in words if word])) for key, *words in rows)


# Days


def _groups(moved: list[int], today: date) -> list[_Group]:
    """Each day or month in which something moved."""
    found: list[_Group] = []
    first = 0
    for day, title in _headings(today):
        if first == len(moved):
            break
        end = bisect_right(moved, -midnight(day), first, key=neg)
        if end > first:
            found.append((first, end, title))
        first = end
    return found


def _headings(today: date) -> Iterator[tuple[date, str]]:
    """Each day, then each month, the latest first, by the day it begins; what moved after today counts as today."""
    yield today, "Aujourd’hui"
    yield today - timedelta(days=1), "Hier"
    for back in range(2, 7):
        day = today - timedelta(days=back)
        number = "1ᵉʳ" if day.day == 1 else str(day.day)
        yield day, f"{DAYS[day.weekday()]} {number} {MONTHS[day.month - 1]}"
    month = (today - timedelta(days=7)).replace(day=1)
    while month.year >= 1970:
        yield month, f"{MONTHS[month.month - 1].capitalize()} {month.year}"
        month = (month - timedelta(days=1)).replace(day=1)
