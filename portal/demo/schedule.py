"""When each request last moved, how its conversation went, and whether the demo clerk has read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portal.demo.dice import Dice

LONG: Final = "long"

PLOTS: Final = {
    "unanswered": ("opening",),
    "answered": ("opening", "answer"),
    "talking": ("opening", "answer", "follow"),
    "brief": ("opening", "answer"),
    "done": ("opening", "answer", "follow", "closing"),
    "awaited": ("opening", "ask"),
    "awaited late": ("opening", "answer", "follow", "ask"),
    "sent": ("opening", "ask", "sent"),
    "resolved": ("opening", "ask", "sent", "received"),
    "resolved late": ("opening", "answer", "follow", "ask", "sent", "received"),
    "long": ("opening", "answer", "follow", *["talk"] * 4, "closing"),
    "long open": ("opening", "answer", "follow", *["talk"] * 4),
    "long awaited": ("opening", "answer", "follow", *["talk"] * 3, "ask"),
    "long resolved": ("opening", "answer", "follow", *["talk"] * 3, "ask", "sent", "received"),
}
"""The parts of a conversation, in order. « talk » is two messages: the adviser's, then the clerk's."""

DONE: Final = frozenset({"brief", "done", "resolved", "resolved late", "long", "long resolved"})
"""Plots at whose end the adviser has closed the request as dealt with."""

SHORTER: Final = {
    "long": "done",
    "long open": "talking",
    "long awaited": "awaited late",
    "long resolved": "resolved late",
}
"""What becomes of a long plot where small talk is out of place."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One request of the world, before anything is known of it. `rank` counts from the latest movement of its origin;
    `recent` ones are where the demo begins. `document` is how the name of what is awaited must begin."""

    rank: int
    moved_at: datetime
    plot: str
    former: bool
    recent: bool = False
    unread: bool = False
    document: str = ""


_TODAY: Final = (
    (0.03, "answered", True),
    (0.10, "awaited", True),
    (0.25, "unanswered", False),
    (0.40, "long open", False),
    (0.55, "answered", True),
    (0.80, "done", True),
)
"""(how long ago as a share of the day so far, plot, unread)"""

_YESTERDAY: Final = (
    ("answered", True),
    ("unanswered", False),
    ("talking", False),
    ("awaited late", True),
    ("resolved", False),
    ("sent", False),
)
_LATELY: Final = (
    (2.1, "answered", True),
    (2.3, "unanswered", False),
    (2.9, "long awaited", True),
    (3.2, "done", False),
    (3.8, "unanswered", False),
    (4.4, "answered", True),
    (5.1, "talking", False),
    (5.3, "awaited", False),
    (6.2, "brief", False),
    (6.9, "unanswered", False),
    (7.5, "answered", True),
    (8.4, "resolved late", False),
    (9.3, "sent", False),
    (10.1, "awaited late", True),
    (11.2, "done", False),
    (12.6, "answered", False),
    (13.4, "long", False),
    (14.8, "answered", True),
    (16.3, "awaited", False),
    (17.5, "talking", False),
    (19.1, "brief", False),
    (20.4, "answered", False),
    (22.0, "long awaited", False),
    (23.7, "done", False),
    (26.2, "awaited", False),
    (28.4, "resolved", False),
    (30.9, "answered", False),
    (33.3, "long resolved", False),
    (36.0, "awaited late", False),
    (39.5, "done", False),
    (43.8, "awaited", False),
    (47.0, "talking", False),
)
"""(days ago, plot, unread)"""

_OLD: Final = (
    ("done", 32.0),
    ("brief", 36.0),
    ("resolved", 12.0),
    ("resolved late", 5.0),
    ("awaited", 5.0),
    ("awaited late", 2.0),
    ("answered", 3.0),
    ("long", 2.0),
    ("long resolved", 2.0),
    ("sent", 1.0),
)
_FORMER: Final = (
    ("done", 36.0),
    ("brief", 32.0),
    ("resolved", 12.0),
    ("awaited", 7.0),
    ("answered", 5.0),
    ("unanswered", 3.0),
    ("long", 5.0),
)
_NAMED: Final = {"awaited": "Attestation de salaire", "awaited late": "Bulletins de paie"}
"""What the latest request of each plot waits for, so that one sees at once what « close » may mean."""

_MOVED_HERE: Final = timedelta(days=310)
"""How long ago the former space was closed."""

_BEGINNING: Final = timedelta(days=680)
"""The oldest last movement; conversations begin at most seven weeks before."""


def slots(seed: int, requests: int, now: datetime) -> list[Slot]:
    """As many as asked; about 70 in 300 are of the former space."""
    former = requests * 70 // 300
    recent = _recent(now)[: requests - former]
    dice = Dice(seed, "slots")
    new = sorted(
        (
            (now - timedelta(days=dice.uniform(49, 300)), dice.weighted(*_OLD))
            for _ in range(requests - former - len(recent))
        ),
        reverse=True,
    )
    reach = (_BEGINNING - _MOVED_HERE).days
    old = sorted(
        ((now - _MOVED_HERE - timedelta(days=dice.uniform(0, reach)), dice.weighted(*_FORMER)) for _ in range(former)),
        reverse=True,
    )
    named = dict(_NAMED)
    return [
        *(
            Slot(rank, at, plot, former=False, recent=True, unread=unread, document=named.pop(plot, ""))
            for rank, (at, plot, unread) in enumerate(recent)
        ),
        *(Slot(rank, working(at, dice), plot, former=False) for rank, (at, plot) in enumerate(new, len(recent))),
        *(Slot(rank, working(at, dice), plot, former=True) for rank, (at, plot) in enumerate(old)),
    ]


def _recent(now: datetime) -> Sequence[tuple[datetime, str, bool]]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    so_far = min(now - midnight, timedelta(hours=3, minutes=30))
    today = [(now - so_far * share, plot, unread) for share, plot, unread in _TODAY]
    yesterday = [
        (midnight - timedelta(hours=8, minutes=47 * place), plot, unread)
        for place, (plot, unread) in enumerate(_YESTERDAY)
    ]
    lately = [
        (
            _weekday(midnight - timedelta(days=int(days) - 1, hours=9 + 6 * (days % 1), minutes=days * 7 % 50)),
            plot,
            unread,
        )
        for days, plot, unread in _LATELY
    ]
    return [(at.replace(microsecond=0), plot, unread) for at, plot, unread in (*today, *yesterday, *lately)]


def _weekday(at: datetime) -> datetime:
    """The same hour of the same day, or of the Friday before."""
    return at - timedelta(days=max(0, at.weekday() - 4))


def working(at: datetime, dice: Dice, before: datetime | None = None) -> datetime:
    """A moment of a working day at or before the day of `at`, and before `before`."""
    while True:
        moment = _weekday(at).replace(hour=7, minute=0, second=0, microsecond=0) + timedelta(
            seconds=dice.randrange(34_200)
        )
        if before is None or moment < before - timedelta(minutes=4):
            return moment
        at -= timedelta(days=1)
