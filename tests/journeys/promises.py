"""What the machine holds the client to, and the client that it plays with."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import apsw
import msgspec

from contract.changes import Pull, Pulled
from desktop.services.portal import Portal, Raw
from desktop.services.problems import StoreFault
from desktop.services.store import Store
from tests.journeys.clerk import Clerk


class Broken(AssertionError):
    """A promise of the protocol is broken."""


def hold(promise: bool, said: str) -> None:
    if not promise:
        raise Broken(said)


class FragileStore(Store):
    """Its disk is full at the transaction named, once."""

    fails_in = 0

    @contextmanager
    def write(self, *topics: str) -> Iterator[apsw.Connection]:
        if self.fails_in:
            self.fails_in -= 1
            if not self.fails_in:
                raise StoreFault("Le disque est plein.")
        with super().write(*topics) as db:
            yield db


class SmallPages(Portal):
    """Asks for few changes at a time, so that feeds take several pages."""

    def pull(self, access: str, pull: Pull) -> Pulled[Raw]:
        return super().pull(access, msgspec.structs.replace(pull, limit=3))


class MachineClerk(Clerk):
    store_class = FragileStore
    portal_class = SmallPages


@dataclass(slots=True)
class Intent:
    """One wish that a clerk made about a request or a leave; `text` tells it from others. `base` is the state it stands
    on, None: whatever has happened."""

    clerk: int
    about: str
    text: str
    wish_id: str
    base: int | None
    given_up: bool = False
    taken_back: bool = False
    stale: bool = False
    effects: int = 0

    def saw(self, effects: int, version: int | None) -> None:
        """What it has done by now, and the state (None: not there) of what it is about. Whose ground has changed before
        its effect must have none."""
        hold(not (self.stale and effects), "a wish went through though its ground had changed")
        self.effects = effects
        if not effects and self.base is not None and version is not None and version != self.base:
            self.stale = True


Essence = dict[tuple[str, str], tuple[object, ...]]


def told_of(feed: dict[tuple[str, str], tuple[int, str]]) -> Essence:
    """What matters of each record, as the portal tells it."""
    found: Essence = {}
    for (kind, key), (number, body) in feed.items():
        record = json.loads(body)
        match kind:
            case "request":
                found[kind, key] = (number, record["state"], record["state_version"], record["file_number"])
            case "message":
                found[kind, key] = (number, record["request_id"], record["position"], record["text"])
            case _:
                found[kind, key] = (number, record["through"])
    return found


def held_of(clerk: Clerk, space_id: str) -> Essence:
    """The same, as the copy holds it."""
    mine, query = (space_id,), clerk.store.query
    requests = query(
        "SELECT request_id, number, state, state_version, file_number FROM requests WHERE space_id = ?", mine
    )
    messages = query("SELECT message_id, number, request_id, position, text FROM messages WHERE space_id = ?", mine)
    read = query("SELECT request_id, number, through FROM read_marks WHERE space_id = ?", mine)
    found: Essence = {("request", key): tuple(rest) for key, *rest in requests}
    found |= {("message", key): tuple(rest) for key, *rest in messages}
    return found | {("read_mark", key): tuple(rest) for key, *rest in read}


def leaves_told_of(feed: dict[tuple[str, str], tuple[int, str]]) -> Essence:
    """What matters of each leave, as the portal tells it."""
    told = ((key, number, json.loads(body)) for (kind, key), (number, body) in feed.items() if kind == "leave")
    return {
        ("leave", key): (number, leave["state"], leave["version"], len(leave["prolongations"]))
        for key, number, leave in told
    }


def leaves_held_of(clerk: Clerk, space_id: str) -> Essence:
    """The same, as the copy holds it."""
    found = clerk.store.query(
        "SELECT leave_id, number, state, body ->> '$.version', json_array_length(body, '$.prolongations') FROM leaves"
        " WHERE space_id = ?",
        (space_id,),
    )
    return {("leave", key): tuple(rest) for key, *rest in found}
