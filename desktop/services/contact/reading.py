"""What the pages read: rows, sheets and conversations, the outbox laid over the copy."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import msgspec

from contract.contact import Author, Origin, State
from contract.files import media_type, safe_name
from contract.portfolio import Right
from desktop.services.contact.forms import Forms, whom_to_ask
from desktop.services.contact.listing import Index
from desktop.services.contact.rows import (
    AttachmentRow,
    Awaited,
    Counts,
    Delivery,
    Ground,
    Listing,
    MessageRow,
    Pill,
    Query,
    RequestRow,
    RequestSheet,
    Theme,
    Topic,
)
from desktop.services.files import Shelf
from desktop.services.outbox import Outbox, WishState
from desktop.services.records import moment
from desktop.services.store import Row, Store

_ROW: Final = """
SELECT
  s.key, s.request_id, s.space_id, s.file_number, s.theme_label, s.topic_label, s.subject, s.pill, s.closed, s.origin,
  s.author_name, s.author_id IS NOT NULL AND s.author_id = p.person_id, s.opened_at, s.moved_at, s.unread, s.files,
  coalesce(c.name, ''), coalesce(n.member_number, ''),
  EXISTS (SELECT 1 FROM drafts AS d WHERE d.key = s.request_id), s.adviser_position > 0
"""
_FROM: Final = """
FROM shown_requests AS s
LEFT JOIN spaces AS n ON n.space_id = s.space_id LEFT JOIN companies AS c ON c.company_id = n.company_id
LEFT JOIN person AS p ON p.one = 1
"""
_SHEET: Final = f"{_ROW}, s.topic, s.awaited, s.fields, s.state_version, s.waits, n.rights, n.administrator {_FROM}"
_DELIVERIES: Final = {
    "sent": Delivery.SENT,
    WishState.HELD: Delivery.HELD,
    WishState.REFUSED: Delivery.REFUSED,
    WishState.CONFLICT: Delivery.CONFLICT,
}


class Reading:
    def __init__(self, store: Store, outbox: Outbox, shelf: Shelf | None = None) -> None:
        """`shelf` tells which attachments are on this computer; without it none is, but those waiting to be sent."""
        self._store, self._outbox, self._shelf = store, outbox, shelf
        self._index, self._forms = Index(store), Forms(store)

    # Lists

    def listing(self, query: Query, today: date) -> Listing:
        """May be long with 100,000 requests: called through `later`."""
        return self._index.listing(query, today)

    def counts(self, query: Query) -> Counts:
        return self._index.counts(query)

    def unread_by_space(self) -> dict[str, int]:
        return self._index.unread_by_space()

    def unread_messages(self) -> int:
        """Answers that the person has not read, of all requests."""
        return self._index.unread_messages()

    def rows(self, keys: Sequence[int]) -> list[RequestRow]:
        """In the order of `keys`; a row that is gone is left out."""
        wanted = f"{_ROW} {_FROM} WHERE s.key IN ({','.join('?' * len(keys))})"
        found = {row[0]: row for row in self._store.query(wanted, tuple(keys))}
        return [_row(found[key]) for key in keys if key in found]

    def key_of(self, request_id: str) -> int | None:
        rows = self._store.query("SELECT key FROM shown_requests WHERE request_id = ?", (request_id,))
        return rows[0][0] if rows else None

    # One request

    def sheet(self, request_id: str) -> RequestSheet | None:
        rows = self._store.query(f"{_SHEET} WHERE s.request_id = ?", (request_id,))
        if not rows:
            return None
        *head, topic, awaited, fields, state_version, waits, rights, administrator = rows[0]
        answered = self._answered_documents(request_id)
        why_not = ""
        if rights is None or Right.CONTACT not in msgspec.json.decode(rights):
            why_not = f"Il vous manque ici le droit d’échanger avec un conseiller. {whom_to_ask(administrator)}"
        return RequestSheet(
            row=_row(tuple(head)),
            topic_code=topic,
            awaited=tuple(Awaited(*pair) for pair in msgspec.json.decode(awaited) if pair[0] not in answered),
            fields=self._fields(topic, fields, waits),
            state_version=state_version,
            can_reply=not why_not,
            why_not=why_not,
        )

    def _fields(self, topic: str, stored: str, waits: int) -> tuple[tuple[str, str], ...]:
        """Of a request that waits, `stored` is its wish, of another the portal's own pairs."""
        if waits:
            return self._forms.answered(topic, msgspec.json.decode(stored).get("fields", {}))
        return tuple((label, value) for label, value in msgspec.json.decode(stored))

    def _answered_documents(self, request_id: str) -> frozenset[str]:
        rows = self._store.query(
            "SELECT a.value FROM pending AS o, json_each(o.body, '$.answers') AS a"
            " WHERE o.request_id = ? AND o.state NOT IN ('refused', 'conflict')",
            (request_id,),
        )
        return frozenset(value for (value,) in rows)

    def conversation(self, request_id: str) -> tuple[MessageRow, ...]:
        """The messages in order, those that wait after those that are there."""
        rows = self._store.query(
            "SELECT message_id, position, author, author_id IS NOT NULL AND author_id = (SELECT person_id FROM person),"
            " author_name, text, sent_at, attachments, state, wish_id, sentence, attempts"
            " FROM shown_messages WHERE request_id = ? ORDER BY position",
            (request_id,),
        )
        files = [msgspec.json.decode(row[7]) for row in rows]
        kept = self._kept(file["sha256"] for mine in files for file in mine)
        through = self._read_through(request_id)
        messages = tuple(self._message(row, mine, kept, through) for row, mine in zip(rows, files, strict=True))
        if all(message.delivery is not Delivery.CONFLICT for message in messages):
            return messages
        grounds = self.grounds()
        return tuple(replace(message, ground=grounds.get(message.wish_id or "")) for message in messages)

    def grounds(self) -> dict[str, Ground]:
        """What the requests of the wishes in conflict have become, by wish, where that has come down already."""
        rows = self._store.query(
            "SELECT o.wish_id, r.state, r.awaited, iif(r.number = r.state_version, r.moved_at, NULL)"
            " FROM outbox AS o JOIN requests AS r ON r.request_id = o.request_id"
            " WHERE o.state = 'conflict' AND r.state_version <> (o.body ->> '$.base_version')"
        )
        return {
            wish_id: Ground(
                closed=state == State.CLOSED,
                awaited=tuple(label for _, label in msgspec.json.decode(awaited)),
                at=None if at is None else moment(at),
            )
            for wish_id, state, awaited, at in rows
        }

    def _message(self, row: Row, files: Sequence[dict[str, Any]], kept: frozenset[str], through: int) -> MessageRow:
        message_id, position, author, mine, author_name, text, at, _, state, wish_id, sentence, attempts = row
        delivery = _DELIVERIES.get(state, Delivery.WAITING)
        if delivery is Delivery.HELD and not self._outbox.hold_left(wish_id):
            delivery = Delivery.WAITING
        from_adviser = author == Author.ADVISER
        return MessageRow(
            message_id=message_id,
            mine=bool(mine),
            from_adviser=from_adviser,
            author=author_name or "",
            text=text,
            at=moment(at),
            unread=from_adviser and position > through,
            attachments=tuple(_attachment(file, kept, wish_id is not None) for file in files),
            delivery=delivery,
            wish_id=wish_id,
            sentence=sentence,
            left=attempts > (state == WishState.SENDING),
        )

    def _read_through(self, request_id: str) -> int:
        """How far it is read: by the latest wish to mark it, else by what the portal knows."""
        rows = self._store.query(
            "SELECT body ->> '$.through' FROM pending WHERE request_id = ? AND kind = 'mark_read'"
            " AND state NOT IN ('refused', 'conflict') ORDER BY seq DESC LIMIT 1",
            (request_id,),
        ) or self._store.query("SELECT through FROM read_marks WHERE request_id = ?", (request_id,))
        return int(rows[0][0]) if rows else 0

    def _kept(self, sums: Iterable[str]) -> frozenset[str]:
        return self._shelf.held(sums) if self._shelf is not None else frozenset()

    # Themes

    def themes(self, space_id: str | None) -> tuple[Theme, ...]:
        """The catalogue as the person may use it here, or anywhere (None); empty before the first synchronisation."""
        return self._forms.themes(space_id)

    def topic_form(self, code: str, space_id: str | None) -> Topic | None:
        return self._forms.topic_form(code, space_id)

    def theme_labels(self) -> tuple[str, ...]:
        """The themes that occur in the requests held, for the filter."""
        return self._index.theme_labels()


def _row(row: Row) -> RequestRow:
    (key, request_id, space_id, file_number, theme, topic, subject, pill, closed, origin, author, mine, *rest) = row
    opened_at, moved_at, unread, files, company, member_number, drafted, answered = rest
    return RequestRow(
        key=key,
        request_id=request_id,
        space_id=space_id,
        file_number=file_number,
        theme=theme,
        topic=topic,
        subject=subject,
        pill=Pill(pill),
        closed=bool(closed),
        former=origin == Origin.FORMER,
        author=author or "",
        mine=bool(mine),
        opened_at=moment(opened_at),
        moved_at=moment(moved_at),
        unread=unread,
        files=files,
        company=company,
        member_number=member_number,
        drafted=bool(drafted),
        answered=bool(answered),
    )


def _attachment(file: dict[str, Any], kept: frozenset[str], waits: bool) -> AttachmentRow:
    """Its name is one for this computer, whatever the portal says: it is shown, and proposed when it is saved. A file
    that waits was staged here, so that its bytes are; its type is what its name promises."""
    name = safe_name(file["name"])
    return AttachmentRow(
        attachment_id=file["attachment_id"],
        name=name,
        media_type=file.get("media_type") or media_type(name) or "",
        size=file["size"],
        sha256=file["sha256"],
        kept=waits or file["sha256"] in kept,
    )
