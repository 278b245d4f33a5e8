"""What the portal says of motives, documents and terms, as kept here."""

from collections.abc import Iterable
from typing import Final

import msgspec

from contract.leave import LeaveCatalogue, LeaveTerms, Motive, Term
from desktop.services.leave.applying import CATALOGUE
from desktop.services.store import Store

_NONE: Final = LeaveCatalogue((), (), ())
_catalogues = msgspec.json.Decoder(LeaveCatalogue)
_terms = msgspec.json.Decoder(LeaveTerms)


class Known:
    """Read again at each question: it is small, and it is asked when a form or a leave is opened."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def catalogue(self) -> LeaveCatalogue:
        """Without the terms of spaces; empty before the first synchronisation."""
        rows = self._store.query("SELECT value FROM facts WHERE name = ?", (CATALOGUE,))
        return _catalogues.decode(rows[0][0]) if rows else _NONE

    def terms(self, space_id: str, motive: Motive | None) -> LeaveTerms | None:
        """Those of a leave that begins in this space now. Only illness has a waiting period; how long it is for others
        is for the portal to say."""
        rows = self._store.query("SELECT body FROM leave_terms WHERE space_id = ?", (space_id,))
        if not rows:
            return None
        terms = _terms.decode(rows[0][0])
        if motive is None or motive.branch == "AS":
            return terms
        held = terms.waiting_days
        return msgspec.structs.replace(terms, waiting_days=Term(0, held.since, "Pas de carence pour ce motif"))

    def labels(self) -> dict[str, str]:
        """Of the documents, by code."""
        return {document.code: document.label for document in self.catalogue().documents}

    def required(self, motive: str, cases: Iterable[str]) -> tuple[str, ...]:
        return tuple(document.code for document in self.catalogue().wanted(motive, cases) if document.required)
