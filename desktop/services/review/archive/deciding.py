"""What a clerk decides of what was found: « compris », « à contester », « ignoré », with who, when and why."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Final

import msgspec

from desktop.services.review.anomalies import Anomaly
from desktop.services.review.archive.merging import History
from desktop.services.review.keeping import Entry, newer
from desktop.services.review.regularising import Regularisation

TOPIC: Final = "decision"
REGULARISATION: Final = "regularisation"
_TOGETHER, _MOST = 20, 5_000
"""From how many decided at once they share an entry, and how many do."""


class State(Enum):
    """What was decided; None where it stands for « à voir »."""

    UNDERSTOOD = "understood"
    DISPUTED = "disputed"
    IGNORED = "ignored"

    @property
    def title(self) -> str:
        """For the screen."""
        return _TITLES[self.value]


_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {"understood": "compris", "disputed": "à contester", "ignored": "ignoré"}
)


@dataclass(frozen=True, slots=True)
class Decision:
    """`key` names what it is about (`finding_keys`); `state` is None where a decision was taken back. `by` is the
    author's name, `at` in UTC."""

    key: str
    state: State | None
    reason: str
    by: str
    at: datetime


class _Said(msgspec.Struct, frozen=True, omit_defaults=True):
    key: str = ""
    state: State | None = None
    reason: str = ""
    keys: tuple[str, ...] = ()


def said(keys: Sequence[str], state: State | None, reason: str) -> list[bytes]:
    """As the register keeps it: what is decided of very many at once is few entries."""
    why = reason.strip()
    if len(keys) < _TOGETHER:
        return [msgspec.json.encode(_Said(key, state, why)) for key in keys]
    parts = (tuple(keys[at : at + _MOST]) for at in range(0, len(keys), _MOST))
    return [msgspec.json.encode(_Said("", state, why, part)) for part in parts]


def heard(entry: Entry) -> list[Decision]:
    """The reverse of `said`. Raises `StoreFault`."""
    try:
        told = msgspec.json.decode(entry.body, type=_Said)
    except msgspec.MsgspecError as error:
        raise newer() from error
    return [Decision(key, told.state, told.reason, entry.by, entry.at) for key in told.keys or (told.key,)]


Finding = Anomaly | Regularisation


def finding_keys(history: History, findings: Sequence[Finding]) -> tuple[str, ...]:
    """A name for each finding over the history's frame: the same as long as it is of the same kind, lines and amount,
    whatever else is imported or erased. Once lines join it, it is another one, and waits to be looked at."""
    places = [place for each in findings for place in zip(each.files, each.lines, strict=True)]
    names = iter(history.line_ids(places))
    return tuple(_key(each, sorted(next(names) for _ in each.lines)) for each in findings)


def former_keys(history: History, findings: Sequence[Finding]) -> tuple[tuple[str, ...], ...]:
    """What each finding was called, or would be, while one source alone told of its lines: other names than that of
    `finding_keys`, for another source may tell more of whom a payment is for. Wants the history with its frames."""
    places = [tuple(zip(each.files, each.lines, strict=True)) for each in findings]
    every = [place for those in places for place in those]
    own = dict(zip(every, history.line_ids(every), strict=True))
    others = history.other_ids(every)
    found = []
    for finding, those in zip(findings, places, strict=True):
        now = _key(finding, sorted(own[place] for place in those))
        sources = sorted({source for place in those for source in others.get(place, {})})
        named = (sorted(others.get(place, {}).get(source) or own[place] for place in those) for source in sources)
        found.append(tuple(dict.fromkeys(key for names in named if (key := _key(finding, names)) != now)))
    return tuple(found)


def _key(finding: Finding, names: Sequence[str]) -> str:
    if isinstance(finding, Anomaly):
        what = f"{finding.kind.value}\x1f{finding.amount}"
    else:
        what = f"{REGULARISATION}\x1f{finding.gross}\x1f{finding.levies}\x1f{finding.net}"
    return hashlib.sha256("\x1f".join((what, *names)).encode()).hexdigest()[:32]
