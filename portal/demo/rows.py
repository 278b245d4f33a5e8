"""Writes the rows that the portal's rules would have written, many at a time.

For each space the movements of all its requests are gone through in their order, giving each thing the number that the
space's counter would have given it; only the last state of each thing is written, as the feed keeps one row a thing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Table, insert, update

from contract.contact import AttachmentRecord, AwaitedDocument, Closing, Origin, ReadMarkRecord, RequestRecord, State
from contract.forms import read_form
from contract.wire import Record
from portal.catalogue import Themes
from portal.contact.records import message_record
from portal.demo.conversations import Conversation, Turn
from portal.demo.dice import Dice, Ids
from portal.demo.schedule import DONE
from portal.demo.shelf import Shelf
from portal.tables import attachments, awaited_documents, changes, messages, read_marks, requests, spaces

_BATCH: Final = 5_000
_ORDER: Final = (requests, awaited_documents, messages, attachments, read_marks, changes)
"""Parents before children."""


@dataclass(slots=True)
class _Request:
    """A request on its way through its movements."""

    request_id: str
    told: Conversation
    awaited_id: str
    pairs: tuple[tuple[str, str], ...]
    state: str = State.RECEIVED
    closing: str | None = None
    waiting: bool = False
    answered_at: datetime | None = None
    asked_at: datetime | None = None
    moved_at: datetime | None = None
    state_version: int = 0
    number: int = 0
    position: int = 0


@dataclass(slots=True)
class _Head:
    """The space's counter."""

    number: int = 0

    def next(self) -> int:
        self.number += 1
        return self.number


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads the requests of a space, by her rights there. `behind` is the share of late answers that she
    has not read; None: all is read but what the schedule leaves unread."""

    person_id: str
    rights: frozenset[str]
    behind: float | None = None


class Writer:
    """Collects rows and writes them in batches."""

    def __init__(self, db: Connection, ids: Ids, themes: Themes, shelf: Shelf) -> None:
        self._db, self._ids, self._themes, self._shelf = db, ids, themes, shelf
        self._rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)

    def write_space(self, space_id: str, told: Sequence[Conversation], readers: Sequence[Reader]) -> datetime | None:
        """All requests of one space; answers when it last moved."""
        head = _Head()
        asked = [self._begun(conversation) for conversation in told]
        moves = sorted(
            ((turn.at, rank, turn) for rank, one in enumerate(asked) for turn in one.told.turns),
            key=lambda move: move[:2],
        )
        for _, rank, turn in moves:
            self._move(space_id, asked[rank], turn, head)
        for one in asked:
            self._finish(space_id, one)
        for one in asked:
            self._read(space_id, one, readers, head)
        self._db.execute(update(spaces).where(spaces.c.space_id == space_id).values(head=head.number))
        if len(self._rows[messages]) >= _BATCH:
            self.flush()
        return moves[-1][0] if moves else None

    def flush(self) -> None:
        for table in _ORDER:
            rows = self._rows.pop(table, [])
            if rows:
                self._db.execute(insert(table), rows)

    def _begun(self, told: Conversation) -> _Request:
        pairs, errors = read_form(told.topic, told.answers) if told.answers else ((), [])
        if errors:
            raise ValueError(f"{told.topic.code}: {errors}")
        return _Request(self._ids.new("request"), told, self._ids.new("awaited"), pairs)

    def _move(self, space_id: str, one: _Request, turn: Turn, head: _Head) -> None:
        """One message, and what it does to the request, in the order in which the rules number them."""
        former = one.told.plan.slot.former
        opening = one.position == 0
        if opening:
            one.number = one.state_version = head.next()
            one.moved_at = turn.at
        self._message(space_id, one, turn, head)
        if opening and not former:
            return
        one.number = head.next()
        one.moved_at = turn.at
        if self._settle(one, turn):
            one.state_version = one.number

    def _settle(self, one: _Request, turn: Turn) -> bool:
        """Where the request stands after the message; whether that is another state than before."""
        last = one.position == len(one.told.turns)
        if not turn.by_adviser:
            changed = one.state == State.CLOSED
            one.state, one.closing = State.RECEIVED, None
            if one.waiting:
                one.waiting, one.answered_at = False, turn.at
            return changed
        if turn.part == "ask":
            one.state, one.closing, one.waiting, one.asked_at = State.CLOSED, Closing.DOCUMENT_AWAITED, True, turn.at
            return True
        if last and one.told.plan.slot.plot in DONE:
            one.state, one.closing = State.CLOSED, Closing.DONE
            return True
        return False

    def _message(self, space_id: str, one: _Request, turn: Turn, head: _Head) -> None:
        plan = one.told.plan
        one.position += 1
        author_id = plan.adviser.adviser_id if turn.by_adviser else plan.author and plan.author.person_id
        message_id = self._ids.new("message")
        row = {
            "message_id": message_id,
            "request_id": one.request_id,
            "position": one.position,
            "author": "adviser" if turn.by_adviser else "clerk",
            "author_id": author_id,
            "author_name": plan.adviser.name if turn.by_adviser else plan.author_name,
            "text": turn.text,
            "sent_at": turn.at,
        }
        self._rows[messages].append(row)
        files = [self._file(code, one, message_id) for code in turn.papers]
        self._change(space_id, one, head.next(), "message", message_id, message_record(row, space_id, files), turn.at)

    def _file(self, code: str, one: _Request, message_id: str) -> AttachmentRecord:
        file = self._shelf.kept(self._ids.new("attachment"), code, one.told, one.position)
        row = {**msgspec.structs.asdict(file), "message_id": message_id, "request_id": one.request_id}
        self._rows[attachments].append(row)
        return file

    def _finish(self, space_id: str, one: _Request) -> None:
        """The request as it stands in the end."""
        told, plan = one.told, one.told.plan
        found = self._themes.topic(told.topic.code)
        if found is None or one.moved_at is None:
            raise ValueError(f"a request about {told.topic.code} cannot be")
        theme, topic = found
        origin = Origin.FORMER if plan.slot.former else Origin.NEW
        row: dict[str, Any] = {
            "request_id": one.request_id,
            "space_id": space_id,
            "file_number": told.case.file_number,
            "topic": topic.code,
            "theme_label": theme.label,
            "topic_label": topic.label,
            "subject": told.subject,
            "state": one.state,
            "closing": one.closing,
            "origin": origin,
            "author_id": plan.author and plan.author.person_id,
            "author_name": plan.author_name,
            "opened_at": plan.opened_at,
            "moved_at": one.moved_at,
            "state_version": one.state_version,
        }
        fields = msgspec.json.encode(one.pairs).decode()
        self._rows[requests].append({**row, "right": topic.right, "message_count": one.position, "fields": fields})
        awaited = (AwaitedDocument(one.awaited_id, told.awaited),) if one.waiting and told.awaited else ()
        record = RequestRecord(**row, awaited=awaited, fields=one.pairs)
        self._change(space_id, one, one.number, "request", one.request_id, record, one.moved_at)
        if told.awaited is not None:
            self._rows[awaited_documents].append(
                {
                    "awaited_id": one.awaited_id,
                    "request_id": one.request_id,
                    "label": told.awaited,
                    "asked_at": one.asked_at,
                    "answered_at": one.answered_at,
                }
            )

    def _read(self, space_id: str, one: _Request, readers: Iterable[Reader], head: _Head) -> None:
        slot = one.told.plan.slot
        last = one.told.turns[-1]
        for reader in readers:
            if one.told.topic.right not in reader.rights:
                continue
            late = slot.unread
            if reader.behind is not None:
                dice = Dice("behind", reader.person_id, one.request_id)
                late = slot.recent and last.by_adviser and dice.chance(reader.behind)
            through = one.position - 1 if late else one.position
            row = {"person_id": reader.person_id, "request_id": one.request_id, "through": through}
            self._rows[read_marks].append(row)
            mark = ReadMarkRecord(one.request_id, space_id, through)
            self._change(space_id, one, head.next(), "read_mark", one.request_id, mark, last.at, reader.person_id)

    def _change(
        self,
        space_id: str,
        one: _Request,
        number: int,
        kind: str,
        entity_id: str,
        record: Record,
        at: datetime,
        person_id: str = "",
    ) -> None:
        self._rows[changes].append(
            {
                "space_id": space_id,
                "number": number,
                "subject": one.told.topic.right,
                "kind": kind,
                "entity_id": entity_id,
                "person_id": person_id,
                "body": msgspec.json.encode(record).decode(),
                "at": at,
            }
        )
