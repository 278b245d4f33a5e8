"""Records from the portal into the copy: the later number holds, whatever the order or the repetition."""

from collections.abc import Iterable, Sequence
from typing import Final

import apsw
import msgspec

from contract.changes import Change
from contract.contact import AttachmentRecord, Author, Closing, MessageRecord, ReadMarkRecord, RequestRecord, State
from desktop.services import folding
from desktop.services.contact.rows import Pill
from desktop.services.records import Kind, is_gone, microseconds

Raw = msgspec.Raw
_requests = msgspec.json.Decoder(RequestRecord)
_messages = msgspec.json.Decoder(MessageRecord)
_marks = msgspec.json.Decoder(ReadMarkRecord)
_pairs = msgspec.json.Decoder(list[tuple[str, str]])
_files = msgspec.json.Decoder(list[AttachmentRecord])
_KINDS: Final = {
    "request": Kind("request", "requests", "request_id"),
    "message": Kind("message", "messages", "message_id"),
    "read_mark": Kind("read_mark", "read_marks", "request_id"),
}
KINDS: Final = frozenset(_KINDS)


def apply(db: apsw.Connection, changes: Sequence[Change[Raw]]) -> None:
    """Takes in changes of the kinds in `KINDS`; others are passed over."""
    touched: set[str] = set()
    reworded: set[str] = set()
    for change in changes:
        kind = _KINDS.get(change.kind)
        if kind is not None and kind.is_news(db, change):
            request_id = _remove(db, kind, change) if is_gone(change.record) else _put(db, kind, change)
            touched.add(request_id)
            if change.kind != "read_mark":
                reworded.add(request_id)
    for request_id in touched:
        db.execute(_SUM_UP, (request_id,))
    index_words(db, reworded)
    _follow_names(db)


def purge(db: apsw.Connection, space_id: str, *, lost: bool) -> None:
    """All that is held of a space goes. When it is lost, so do the wishes to mark its requests as read, which mean
    nothing any more; when it is to be read anew, they wait for their requests to come again."""
    mine = (space_id,)
    db.execute("DELETE FROM words WHERE rowid IN (SELECT key FROM requests WHERE space_id = ?)", mine)
    if lost:
        db.execute(
            "DELETE FROM outbox WHERE kind = 'mark_read'"
            " AND request_id IN (SELECT request_id FROM requests WHERE space_id = ?)",
            mine,
        )
    for table in ("requests", "messages", "read_marks", "indexed_spaces"):
        db.execute(f"DELETE FROM {table} WHERE space_id = ?", mine)
    db.execute("DELETE FROM gone WHERE space_id IN (?, '')", mine)


# One change


def _remove(db: apsw.Connection, kind: Kind, change: Change[Raw]) -> str:
    """Answers the request it was of (empty when it is not known)."""
    if change.kind == "request":
        db.execute("DELETE FROM words WHERE rowid = (SELECT key FROM requests WHERE request_id = ?)", (change.id,))
    rows = db.execute(f"SELECT request_id FROM {kind.table} WHERE {kind.column} = ?", (change.id,)).fetchall()
    kind.remove(db, change)
    return str(rows[0][0]) if rows else ""


def _put(db: apsw.Connection, kind: Kind, change: Change[Raw]) -> str:
    kind.is_back(db, change.id)
    match change.kind:
        case "request":
            return _put_request(db, change.number, _requests.decode(change.record))
        case "message":
            return _put_message(db, change.number, _messages.decode(change.record))
        case _:
            return _put_mark(db, change.number, _marks.decode(change.record))


def _put_request(db: apsw.Connection, number: int, record: RequestRecord) -> str:
    """A request that was opened here keeps the key that it had while it waited, which is negative; all others are given
    positive ones. Left to itself SQLite would count on from a negative one, into those of requests that wait."""
    db.execute(
        _PUT_REQUEST,
        (
            record.request_id,
            number,
            record.space_id,
            record.file_number,
            record.topic,
            record.theme_label,
            record.topic_label,
            record.subject,
            record.state,
            record.closing,
            _json([(awaited.awaited_id, awaited.label) for awaited in record.awaited]),
            record.origin,
            record.author_id,
            record.author_name,
            microseconds(record.opened_at),
            microseconds(record.moved_at),
            record.state_version,
            _json(record.fields),
        ),
    )
    return record.request_id


def _put_message(db: apsw.Connection, number: int, record: MessageRecord) -> str:
    db.execute(
        "INSERT OR REPLACE INTO messages (message_id, request_id, space_id, number, position, author, author_id,"
        " author_name, text, sent_at, attachments, files) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            record.message_id,
            record.request_id,
            record.space_id,
            number,
            record.position,
            record.author,
            record.author_id,
            record.author_name,
            record.text,
            microseconds(record.sent_at),
            _json(record.attachments),
            len(record.attachments),
        ),
    )
    return record.request_id


def _put_mark(db: apsw.Connection, number: int, record: ReadMarkRecord) -> str:
    db.execute(
        "INSERT OR REPLACE INTO read_marks (request_id, space_id, number, through) VALUES (?, ?, ?, ?)",
        (record.request_id, record.space_id, number, record.through),
    )
    return record.request_id


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


_PUT_REQUEST: Final = """
INSERT INTO requests (
  key, request_id, number, space_id, file_number, topic, theme_label, topic_label, subject, state, closing, awaited,
  origin, author_id, author_name, opened_at, moved_at, state_version, fields
) VALUES (
  coalesce(
    (SELECT -seq FROM outbox WHERE request_id = ?1 AND kind = 'open_request'),
    (SELECT max(0, coalesce(max(key), 0)) + 1 FROM requests)
  ),
  ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18
)
ON CONFLICT (request_id) DO UPDATE SET
  number = excluded.number, space_id = excluded.space_id, file_number = excluded.file_number, topic = excluded.topic,
  theme_label = excluded.theme_label, topic_label = excluded.topic_label, subject = excluded.subject,
  state = excluded.state, closing = excluded.closing, awaited = excluded.awaited, origin = excluded.origin,
  author_id = excluded.author_id, author_name = excluded.author_name, opened_at = excluded.opened_at,
  moved_at = excluded.moved_at, state_version = excluded.state_version, fields = excluded.fields
"""

_SUM_UP: Final = f"""
UPDATE requests SET
  last_position = told.last, adviser_position = told.answered, files = told.files, unread = told.unread,
  closed = state = '{State.CLOSED}',
  pill = CASE
    WHEN state = '{State.CLOSED}' AND closing = '{Closing.DOCUMENT_AWAITED}' THEN '{Pill.AWAITED}'
    WHEN state = '{State.CLOSED}' THEN '{Pill.DONE}'
    WHEN told.answered > 0 AND told.answered = told.last THEN '{Pill.ANSWERED}'
    ELSE '{Pill.RECEIVED}'
  END
FROM (
  SELECT
    coalesce(max(position), 0) AS last,
    coalesce(max(position) FILTER (WHERE author = '{Author.ADVISER}'), 0) AS answered,
    coalesce(sum(files), 0) AS files,
    count(*) FILTER (WHERE author = '{Author.ADVISER}'
      AND position > coalesce((SELECT through FROM read_marks WHERE request_id = ?1), 0)) AS unread
  FROM messages WHERE request_id = ?1
) AS told
WHERE request_id = ?1
"""

# Words to search


def index_words(db: apsw.Connection, request_ids: Iterable[str]) -> None:
    """Makes the searchable words of these requests anew: whatever one may remember of a matter.

    In the order of their keys, and the former words of all taken out first: out of that order, FTS5 would write a small
    segment for each request, which every later search would have to read."""
    texts: dict[int, str] = {}
    for request_id in request_ids:
        for key, *stored in db.execute(_WORDS, (request_id,)).fetchall():
            texts[int(str(key))] = folding.searchable(_words(db, request_id, stored))
    keys = sorted(texts)
    for key in keys:
        if db.execute("SELECT 1 FROM words_docsize WHERE id = ?", (key,)).fetchall():
            db.execute("DELETE FROM words WHERE rowid = ?", (key,))
    for key in keys:
        db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (key, texts[key]))


def _words(db: apsw.Connection, request_id: str, stored: Sequence[object]) -> list[str]:
    fields, awaited, *head = stored
    parts = [str(part) for part in head if part]
    parts += [value for _, value in _pairs.decode(str(fields)) + _pairs.decode(str(awaited))]
    for author, text, attachments in db.execute(
        "SELECT author_name, text, attachments FROM messages WHERE request_id = ? ORDER BY position", (request_id,)
    ):
        parts += [str(author), str(text)]
        if attachments != "[]":
            parts += [file.name for file in _files.decode(str(attachments))]
    return parts


_WORDS: Final = """
SELECT r.key, r.fields, r.awaited, r.file_number, r.theme_label, r.topic_label, r.subject, r.author_name,
  c.name, n.member_number, n.label
FROM requests AS r
LEFT JOIN spaces AS n ON n.space_id = r.space_id LEFT JOIN companies AS c ON c.company_id = n.company_id
WHERE r.request_id = ?
"""


def _follow_names(db: apsw.Connection) -> None:
    """A space whose company, number or label is no longer what its requests were indexed by is indexed anew."""
    rows = db.execute(
        "SELECT n.space_id, concat_ws(char(10), n.company, n.member_number, n.label) AS names"
        " FROM named_spaces AS n LEFT JOIN indexed_spaces AS i ON i.space_id = n.space_id"
        " WHERE i.names IS NOT concat_ws(char(10), n.company, n.member_number, n.label)"
    ).fetchall()
    for space_id, names in rows:
        found = db.execute("SELECT request_id FROM requests WHERE space_id = ?", (space_id,)).fetchall()
        index_words(db, [str(request_id) for (request_id,) in found])
        db.execute(
            "INSERT INTO indexed_spaces (space_id, names) VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET names = excluded.names",
            (space_id, names),
        )
