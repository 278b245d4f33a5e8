"""What the person wants of the portal and has not yet got: the only table that an action of hers writes.

A wish is written at the click, in one transaction, and named for ever by its identifier. It leaves the outbox only
when the portal has said a final word, or when the person gives it up. The program never drops one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contract.wishes import Wish
from desktop.services.problems import Refused
from desktop.services.store import Store


class WishState(StrEnum):
    HELD = "held"
    """Still within « Annuler l’envoi »."""
    QUEUED = "queued"
    SENDING = "sending"
    CONFLICT = "conflict"
    """What it was based on has changed: the person chooses."""
    REFUSED = "refused"
    PARKED = "parked"
    """It keeps failing (8 faults of the portal over a day at least): its lane waits for the person, the others go on."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One wish as the page « En attente » shows it. `title` and `about` are French; `request_id` leads to its place."""

    wish_id: str
    state: WishState
    title: str
    about: str
    request_id: str | None
    space_id: str | None
    made_at: datetime
    attempts: int
    sentence: str
    """Why it was refused, conflicts or is parked; empty otherwise."""
    behind: bool
    """It waits for an earlier wish of its lane that needs the person."""


@dataclass(frozen=True, slots=True)
class Due:
    """A wish that may be sent now."""

    wish_id: str
    lane: str
    wish: Wish
    attempts: int


class Outbox:
    def __init__(self, store: Store, hold_seconds: float = 10.0) -> None:
        raise NotImplementedError

    # What subjects say

    def add(self, wish: Wish, *, lane: str, topics: Sequence[str], title: str, about: str = "", hold: bool = False) -> str:
        """Writes the wish and wakes the sender; answers its identifier. `hold` gives the person `hold_seconds` to think
        again (by the monotonic clock of this run: after a restart it leaves at once)."""
        raise NotImplementedError

    def take_back(self, wish_id: str) -> Wish | None:
        """Takes a held or not yet sent wish out and hands it back; None when it has left already."""
        raise NotImplementedError

    # What the page « En attente » says

    def waiting(self) -> tuple[Waiting, ...]:
        raise NotImplementedError

    def wish(self, wish_id: str) -> Wish | None: ...

    def retry(self, wish_id: str) -> None:
        """A parked wish is tried again, under the same identifier."""

    def insist(self, wish_id: str) -> str:
        """A wish in conflict is sent again whatever has changed: a new wish, without its base, in the old one's place."""
        raise NotImplementedError

    def give_up(self, wish_id: str) -> None:
        """The person abandons a wish, and with it the wishes of its lane that build on it."""

    # What the sender says

    def due(self) -> tuple[Due, ...]:
        """The first wish of each lane that may be sent now; a lane whose first wish needs the person gives none."""
        raise NotImplementedError

    def sending(self, wish_id: str) -> bool:
        """Marks it as on its way; False when the person took it back meanwhile."""
        raise NotImplementedError

    def later(self, wish_id: str, seconds: float, *, fault: bool) -> None:
        """It failed for now; not before `seconds` from now. Faults of the portal are counted, lost connections are not."""

    def refused(self, wish_id: str, problem: Refused) -> None:
        """A final no (or, when `stale`, a conflict): kept with the portal's sentence."""

    def wake(self) -> None:
        """Wakes whoever sleeps in `sleep`."""

    def sleep(self, seconds: float) -> None:
        """Sleeps until `seconds` have passed, a wish was added or is due, or `wake` was called."""
