"""What was typed and is not sent: drafts as they are kept, and what is wrong with one. Below the subjects: each has a
shape of its own, and makes wishes of what was typed."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

import apsw
import msgspec

from contract.contact import NewAttachment
from contract.files import media_type
from contract.wire import FieldError
from desktop.services.files import Staged
from desktop.services.outbox import Outbox
from desktop.services.store import Store

DRAFTS: Final = "drafts"
"""Rung, alone, when a draft is kept or dropped: what is typed must not make the whole list be read again."""
_PLACES: Final = {"attachments": "files"}
"""Where the screen says what the wire calls otherwise."""


class Typed(Protocol):
    """A draft, whatever its subject; `empty` when nothing in it is worth keeping."""

    @property
    def key(self) -> str: ...

    @property
    def empty(self) -> bool: ...


D = TypeVar("D", bound=Typed)


class Drafting(Generic[D]):
    """The drafts of one subject, by their key; `topic` is what that subject rings."""

    topic: str

    def __init__(self, store: Store, outbox: Outbox, shape: type[D]) -> None:
        self._store, self._outbox = store, outbox
        self._drafts = msgspec.json.Decoder(shape)

    def draft(self, key: str) -> D | None:
        rows = self._store.query("SELECT body FROM drafts WHERE key = ?", (key,))
        return self._drafts.decode(rows[0][0]) if rows else None

    def keep_draft(self, draft: D) -> None:
        """An empty draft is a draft dropped."""
        with self._store.write(DRAFTS) as db:
            keep(db, draft)

    def drop_draft(self, key: str) -> None:
        with self._store.write(DRAFTS) as db:
            drop(db, key)

    def _writing(self) -> AbstractContextManager[apsw.Connection]:
        """Where a draft becomes a wish, or a wish a draft."""
        return self._store.write(self.topic, DRAFTS, *self._outbox.topics)

    def _company(self, space_id: str) -> str:
        rows = self._store.query("SELECT company FROM named_spaces WHERE space_id = ?", (space_id,))
        return rows[0][0] or "" if rows else ""


def keep(db: apsw.Connection, draft: Typed) -> None:
    """Within a transaction of the caller's."""
    if draft.empty:
        drop(db, draft.key)
    else:
        db.execute(
            "INSERT INTO drafts (key, body)"
            " VALUES (?, json_set(?, '$.kept_at', CAST(unixepoch('subsec') * 1000000 AS INTEGER)))"
            " ON CONFLICT DO UPDATE SET body = excluded.body",
            (draft.key, msgspec.json.encode(draft).decode()),
        )


def drop(db: apsw.Connection, key: str) -> None:
    db.execute("DELETE FROM drafts WHERE key = ?", (key,))


def staged(attachments: Iterable[NewAttachment]) -> tuple[Staged, ...]:
    """The files of a wish as those of a draft: their bytes are in the shelf."""
    return tuple(Staged(file.sha256, file.name, media_type(file.name) or "", file.size) for file in attachments)


# What is wrong


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong before anything is sent: the code of the field (or `space`, `topic`, `text`, `subject`, `files`,
    `leave_id`), and why."""

    field: str
    sentence: str


class Invalid(Exception):
    """A draft that cannot be sent as it is."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__(complaints[0].sentence)
        self.complaints = tuple(complaints)


def placed(errors: Iterable[FieldError], within: str) -> list[Complaint]:
    """Each error of the wire beside the field of the screen; `within` is where the wire has the fields of the form."""
    codes = [(error.field.removeprefix(within), error.sentence) for error in errors]
    return [Complaint(_PLACES.get(code, code), sentence) for code, sentence in codes]
