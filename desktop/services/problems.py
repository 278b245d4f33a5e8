"""What can go wrong outside the program, each with a French sentence and one remedy.

Anything that is not a `Problem` is a bug: it is logged with its trace and shown once as such.
"""

from dataclasses import dataclass
from enum import Enum


class Remedy(Enum):
    """The one thing that helps; the view gives it its button."""

    RETRY = "Réessayer"
    SIGN_IN = "Se connecter"
    EDIT = "Modifier et renvoyer"
    FREE_SPACE = "Libérer de la place, puis réessayer"
    UNLOCK = "Déverrouiller le trousseau, puis réessayer"
    ASK_SUPPORT = "Prévenir votre support informatique"
    REBUILD = "Reconstruire les données locales"


@dataclass(eq=False)
class Problem(Exception):
    """`sentence` is shown as it is; `detail` adds what a support person needs, free of personal data."""

    sentence: str
    remedy: Remedy = Remedy.RETRY
    detail: str = ""

    def __str__(self) -> str:
        return self.sentence


@dataclass(eq=False)
class Offline(Problem):
    """The portal cannot be reached; nothing is known about what it would have said."""

    retry_after: float | None = None
    unsent: bool = False
    """No connection came about: what was to be sent has not left this computer."""


@dataclass(eq=False)
class SignInNeeded(Problem):
    """The session is over; only the person can help."""

    remedy: Remedy = Remedy.SIGN_IN


@dataclass(eq=False)
class Refused(Problem):
    """The portal said no, for good. `kind` is the contract's `ProblemKind`, `status` the HTTP status."""

    kind: str = ""
    status: int = 0
    errors: tuple[tuple[str, str], ...] = ()
    version: int | None = None


@dataclass(eq=False)
class PortalFault(Problem):
    """The portal failed, or answered what cannot be read. `status` is the HTTP status, 0 without one."""

    retry_after: float | None = None
    status: int = 0


@dataclass(eq=False)
class StoreFault(Problem):
    """The local copy or the keyring cannot be used: disk full, file damaged, key missing or wrong."""

    remedy: Remedy = Remedy.ASK_SUPPORT
