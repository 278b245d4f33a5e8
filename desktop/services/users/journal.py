"""The log of rights, read on line: it is long, seldom looked at, and never kept here."""

from collections.abc import Callable
from datetime import date
from typing import Final

from contract.users import AuditPage, AuditRecord
from desktop.services.store import Store
from desktop.services.users import masks
from desktop.services.users.rows import Entries, Entry

Ask = Callable[[str | None], AuditPage]
"""Asks the portal for what came before an entry; None: for the latest. Raises `Problem`."""
_SPACES: Final = "SELECT space_id, company, member_number FROM named_spaces"
_UNTIL: Final = "until:"


class Journal:
    """Its calls wait for the portal: never on the GUI thread."""

    def __init__(self, store: Store, ask: Ask) -> None:
        self._store, self._ask = store, ask

    def entries(self, before: str | None = None) -> Entries:
        """Raises `Problem` when the portal cannot be reached."""
        page = self._ask(before)
        names = {space_id: (company or "", number) for space_id, company, number in self._store.query(_SPACES)}
        return Entries(tuple(_entry(record, names) for record in page.entries), page.more)


def _entry(record: AuditRecord, names: dict[str, tuple[str, str]]) -> Entry:
    company, number = names.get(record.space_id or "", ("", ""))
    words = record.detail.replace(",", " ").split()
    until = next((word.removeprefix(_UNTIL) for word in words if word.startswith(_UNTIL)), "")
    return Entry(
        entry_id=record.entry_id,
        at=record.at,
        actor=record.actor,
        action=record.action,
        subject=record.subject,
        company=company,
        member_number=number,
        rights=tuple(word for word in words if word in masks.BIT),
        until=_day(until),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
