"""Attachments on their way from the portal to the shelf: two at a time, resumable, checked."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from desktop.services.files import Shelf
from desktop.services.portal import Portal
from desktop.services.problems import Problem
from desktop.services.session import Session


class DownloadState(Enum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Download:
    """`rate` in bytes a second, None before it is known."""

    attachment_id: str
    sha256: str
    name: str
    state: DownloadState
    received: int
    size: int
    rate: float | None
    problem: Problem | None


class Downloads:
    """Announces each step as the topic `downloads` through `ring`."""

    def __init__(self, shelf: Shelf, portal: Portal, session: Session, ring: Callable[[str], None]) -> None:
        raise NotImplementedError

    def fetch(self, attachment_id: str, sha256: str, name: str, size: int) -> None:
        """Brings it to the shelf; nothing when it is there or on its way."""

    def state(self, sha256: str) -> Download | None: ...

    def cancel(self, sha256: str) -> None:
        """Stops within a second; what came stays, and the next `fetch` goes on from there."""

    def stop(self) -> None: ...
