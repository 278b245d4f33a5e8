"""A wish as others see it: what has become of it, as it is shown, and as it is sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contract.allowances import RequestExport
from contract.contact import MarkRead, OpenRequest, SendMessage
from contract.users import ChangeRights, CorrectUser, InviteAgain, InviteUser, RemoveUser, SuspendUser
from contract.wishes import Wish


class WishState(StrEnum):
    HELD = "held"
    """Still within « Annuler l’envoi »."""
    QUEUED = "queued"
    SENDING = "sending"
    CONFLICT = "conflict"
    """What it was based on has changed: the person chooses."""
    REFUSED = "refused"
    PARKED = "parked"
    """It keeps failing (8 faults of the portal, an hour slept after them): its lane waits for the person."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One wish as the page « En attente » shows it. `title` and `about` are French; `request_id` leads to its place,
    the request, the leave or the person."""

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
    quiet: bool = False
    """Made by the program on her behalf (she has read something): nothing that she would look for."""
    uncertain: bool = False
    """It has left at least once and nothing is known of what became of it: written anew, it might be there twice."""
    topics: tuple[str, ...] = ()
    """Of the subjects that it belongs to."""


@dataclass(frozen=True, slots=True)
class Due:
    """A wish that may be sent now."""

    wish_id: str
    wish: Wish
    attempts: int
    left: bool = False
    """It has been sent before, and no answer to it is known: it may be carried out already."""


def about_which(wish: Wish) -> str | None:
    """The request, the leave, the export or the one person that the wish is about."""
    match wish:
        case OpenRequest() | SendMessage() | MarkRead():
            return wish.request_id
        case RequestExport():
            return wish.export_id
        case ChangeRights():
            people = {change.person_id for change in wish.changes}
            return people.pop() if len(people) == 1 else None
        case InviteUser() | CorrectUser() | SuspendUser() | RemoveUser() | InviteAgain():
            return wish.person_id
        case _:
            return wish.leave_id
