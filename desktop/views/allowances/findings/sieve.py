"""Which findings are listed: by verdict, kind, and what is typed. Pure."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from desktop.services.folding import fold
from desktop.services.review import saying
from desktop.views import wording
from desktop.views.allowances.reviewed import Reviewed
from desktop.views.allowances.verdicts import INFORMATIVE, Point, Verdict, group_title, points, verdict_of
from desktop.views.allowances.verdicts import fold as folded

if TYPE_CHECKING:
    from desktop.services.review.archive import Decision

FEW: Final = 5
"""So many of an informative kind are listed each by itself."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """`verdict` None lets all pass, "" for `text` and `group` too; `opened` are the kinds that are not to be folded."""

    text: str = ""
    verdict: Verdict | None = Verdict.OPEN
    group: str = ""
    opened: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sifted:
    """`ids` are the numbers of the points that pass, `shown` of them, `groups` (first row, title) what stands above
    them. Many of an informative kind are one of `folds`, by its number, with the numbers of those it stands for.
    `verdicts` and `kinds` count all points: by verdict, and by group those of the verdict asked for."""

    sieve: Sieve
    ids: "array[int]"
    groups: tuple[tuple[int, str], ...]
    verdicts: Mapping[Verdict, int]
    kinds: Mapping[str, int]
    whole: int
    shown: int = 0
    folds: "Mapping[int, tuple[Point, tuple[int, ...]]]" = field(default_factory=dict)


@dataclass(frozen=True)
class Searchable:
    """All points, and beside each of them what a search looks into: made at the first search, for of many points it
    takes the interpreter for half a second, and most often nobody searches."""

    points: tuple[Point, ...] = ()

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(fold(f"{one.title} {one.explanation} {saying.euros(one.amount)}") for one in self.points)


def searchable(reviewed: Reviewed) -> Searchable:
    """Not on the GUI thread."""
    return Searchable(points(reviewed))


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
    folds = _folds(passing, sieve)
    listed = _listed(passing, {fold.group: fold for fold, _ in folds.values()})
    return Sifted(
        sieve=sieve,
        ids=array("q", [point.number for point in listed]),
        groups=_groups(listed, passing),
        verdicts=Counter(said),
        kinds=Counter(point.group for point in of_verdict),
        whole=len(all_.points),
        shown=len(passing),
        folds=folds,
    )


def _folds(passing: Sequence[Point], sieve: Sieve) -> dict[int, tuple[Point, tuple[int, ...]]]:
    """Where a kind is asked for, or something is looked for, nothing is folded."""
    made: dict[int, tuple[Point, tuple[int, ...]]] = {}
    for place, group in enumerate(INFORMATIVE):
        those = [point for point in passing if point.group == group]
        if len(those) > FEW and group not in sieve.opened and not sieve.text.strip() and not sieve.group:
            one = folded(place, group, those)
            made[one.number] = one, tuple(point.number for point in those)
    return made


def _listed(passing: Sequence[Point], folds: Mapping[str, Point]) -> list[Point]:
    """In the place of the first of those that are folded stands the one for all of them."""
    listed, begun = [], set[str]()
    for point in passing:
        if point.group not in folds:
            listed.append(point)
        elif point.group not in begun:
            begun.add(point.group)
            listed.append(folds[point.group])
    return listed


def _groups(listed: Sequence[Point], passing: Sequence[Point]) -> tuple[tuple[int, str], ...]:
    """The first row of each kind, with how many there are and what they come to."""
    firsts: dict[str, int] = {}
    for place, point in enumerate(listed):
        firsts.setdefault(point.group, place)
    counts, amounts = Counter(point.group for point in passing), Counter[str]()
    for point in passing:
        amounts[point.group] += abs(point.amount)
    return tuple(
        (place, f"{group_title(group)} · {wording.number(counts[group])} · {saying.euros(amounts[group])}")
        for group, place in firsts.items()
    )
