"""The one thread that carries wishes up and changes down. It sleeps on the outbox."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

import apsw

from contract.changes import Change
from desktop.services.outbox import Outbox
from desktop.services.portal import Portal, Raw
from desktop.services.problems import Problem
from desktop.services.session import Session
from desktop.services.store import Store


class Subject(Protocol):
    """What sync knows of a subject: the kinds of record it keeps, and how it takes them in."""

    kinds: frozenset[str]
    topic: str

    def apply(self, db: apsw.Connection, changes: Sequence[Change[Raw]]) -> None: ...

    def purge(self, db: apsw.Connection, space_id: str) -> None:
        """All that is held of a space goes: the person may no longer see it, or it is to be read anew."""


class LinkState(Enum):
    STARTING = "starting"
    ONLINE = "online"
    WORKING = "working"
    OFFLINE = "offline"
    SIGN_IN_NEEDED = "sign_in_needed"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Link:
    """How the client stands with the portal. `last` is when it was last up to date (this computer's clock, to show)."""

    state: LinkState
    last: datetime | None
    problem: Problem | None
    sending: int
    progress: tuple[int, int] | None = None
    """(spaces pulled, spaces to pull) while a long synchronisation runs."""


class Sync:
    """Announces its link as the topic `link`."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        portal: Portal,
        session: Session,
        subjects: Sequence[Subject],
        content: Callable[[str], bytes | None],
        poll_seconds: float = 20.0,
    ) -> None:
        """`content` gives the bytes of a staged file by its SHA-256."""
        raise NotImplementedError

    @property
    def link(self) -> Link:
        raise NotImplementedError

    def start(self) -> None: ...

    def nudge(self) -> None:
        """« Réessayer », F5: look now."""

    def stop(self, seconds: float = 5.0) -> None: ...

    def turn(self) -> float:
        """One turn of the loop: carry up what is due, bring down what changed; answers how long to sleep. For tests."""
        raise NotImplementedError
