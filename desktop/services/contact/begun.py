"""What was begun and not sent, as the list has it: new requests before all others, replies where their request is."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from desktop.services import folding
from desktop.services.contact.filtering import Replies, condition
from desktop.services.contact.rows import Counts, Listing, Pill, Query
from desktop.services.store import Store

_TITLE: Final = "Brouillons"


class Begun:
    """The drafts as they stood at one commit: a handful, read again whenever one is kept."""

    def __init__(self, store: Store, version: int) -> None:
        self.version = version
        self._store = store
        rows = store.query(
            "SELECT key FROM requests WHERE request_id IN (SELECT key FROM drafts)"
            " UNION ALL SELECT key FROM opened_requests WHERE request_id IN (SELECT key FROM drafts)"
        )
        self.replies: Replies = tuple(int(key) for (key,) in rows)

    def before(self, listing: Listing, query: Query, today: date) -> Listing:
        """The list with the new requests begun that answer the same question, under a title of their own."""
        keys = self._keys(query, today)
        if folding.terms(query.text) and keys:
            found = self._found(query.text)
            keys = [key for key in keys if key in found]
        if not keys:
            return listing
        later = tuple((first + len(keys), title) for first, title in listing.groups)
        return Listing(array("q", keys) + listing.ids, ((0, _TITLE), *later))

    def counted(self, counts: Counts, query: Query) -> Counts:
        """The counts of the requests in this scope, with what was begun."""
        scope = Query(space_id=query.space_id, mine=query.mine)
        where, bindings = condition(scope, None)
        keys = ",".join(map(str, self.replies))
        told = f"SELECT count(*) FROM shown_requests WHERE key IN ({keys}) AND {where}"
        replies = int(self._store.query(told, bindings)[0][0]) if keys else 0
        new = len(self._keys(scope, None))
        return replace(counts, all=counts.all + new, pills={**counts.pills, Pill.DRAFT: replies + new})

    def _keys(self, query: Query, today: date | None) -> list[int]:
        """The latest first. One whose company is not chosen yet may become any company's."""
        anywhere = replace(query, space_id=None)
        where, bindings = condition(anywhere, today)
        asked = f"SELECT key, space_id FROM begun_requests WHERE {where} ORDER BY moved_at DESC, key DESC"
        rows: Sequence[tuple[int, str]] = [(key, space_id) for key, space_id in self._store.query(asked, bindings)]
        return [key for key, space_id in rows if query.space_id in (None, space_id) or not space_id]

    def _found(self, text: str) -> frozenset[int]:
        rows = self._store.query("SELECT * FROM begun_words")
        return frozenset(
            key
            for key, _, *words in rows
            if folding.found_in(text, folding.searchable([word for word in words if word]))
        )
