"""Which findings are listed: by verdict, kind, and what is typed. Pure."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.services.folding import fold
from desktop.services.review import saying
from desktop.views import wording
from desktop.views.allowances.reviewed import Reviewed
from desktop.views.allowances.verdicts import Point, Verdict, group_title, points, verdict_of

if TYPE_CHECKING:
    from desktop.services.review.archive import Decision


@dataclass(frozen=True, slots=True)
class Sieve:
    """`verdict` None lets all pass, "" for `text` and `group` too."""

    text: str = ""
    verdict: Verdict | None = Verdict.OPEN
    group: str = ""


@dataclass(frozen=True, slots=True)
class Sifted:
    """`ids` are the numbers of the points that pass, `groups` (first row, title) what stands above them. `verdicts` and
    `kinds` count all points: by verdict, and by group those of the verdict asked for."""

    sieve: Sieve
    ids: "array[int]"
    groups: tuple[tuple[int, str], ...]
    verdicts: Mapping[Verdict, int]
    kinds: Mapping[str, int]
    whole: int


@dataclass(frozen=True, slots=True)
class Searchable:
    """All points, and beside each of them what a search looks into."""

    points: tuple[Point, ...] = ()
    words: tuple[str, ...] = ()


def searchable(reviewed: Reviewed) -> Searchable:
    """Not on the GUI thread."""
    found = points(reviewed)
    return Searchable(found, tuple(fold(f"{one.title} {one.explanation} {saying.euros(one.amount)}") for one in found))


def sifted(all_: Searchable, decisions: "Mapping[str, Decision]", sieve: Sieve) -> Sifted:
    """The points that pass, in their order. Not on the GUI thread: there may be a hundred thousand."""
    said = [verdict_of(decisions.get(point.key)) for point in all_.points]
    of_verdict = [
        point
        for point, verdict in zip(all_.points, said, strict=True)
        if sieve.verdict is None or verdict is sieve.verdict
    ]
    words = fold(sieve.text).split()
    passing = [
        point
        for point in of_verdict
        if (not sieve.group or point.group == sieve.group) and all(word in all_.words[point.number] for word in words)
    ]
    return Sifted(
        sieve=sieve,
        ids=array("q", [point.number for point in passing]),
        groups=_groups(passing),
        verdicts=Counter(said),
        kinds=Counter(point.group for point in of_verdict),
        whole=len(all_.points),
    )


def _groups(passing: Sequence[Point]) -> tuple[tuple[int, str], ...]:
    """The first row of each kind, with how many there are and what they come to."""
    told, counts, amounts = [], Counter[str](), Counter[str]()
    for place, point in enumerate(passing):
        if point.group not in counts:
            told.append((place, point.group))
        counts[point.group] += 1
        amounts[point.group] += abs(point.amount)
    return tuple(
        (place, f"{group_title(group)} · {wording.number(counts[group])} · {saying.euros(amounts[group])}")
        for place, group in told
    )
