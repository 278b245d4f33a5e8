"""Every regularisation as one sentence: what was paid, taken back and paid again, and what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from desktop.services.review import saying
from desktop.services.review.codes import label_of
from desktop.services.review.line import Kind, Payee
from desktop.services.review.regularising.ground import ground
from desktop.services.review.regularising.mirrors import Cluster, Stroke, clusters, paired

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Regularisation:
    """`gross`, `levies` and `net` are the effect in cents on what had been paid before: the cancellations and the new
    payments, without the original ones. `lines` are all the lines concerned (original ones too), each in the file of
    the same place in `files` (the `file` column of the frame; 0 for one file); `rows` are their rows in the frame.
    `complete` tells whether what is taken back is among the lines."""

    explanation: str
    person: str
    lines: tuple[int, ...]
    files: tuple[int, ...]
    rows: tuple[int, ...]
    gross: int
    levies: int
    net: int
    start: date
    end: date
    complete: bool


def regularisations(frame: pl.DataFrame) -> tuple[Regularisation, ...]:
    """All the regularisations of the lines, in their order. A `file` column tells the lines of several files apart."""
    looked_at = ground(frame)
    return explained(frame, clusters(looked_at, paired(looked_at)))


def explained(frame: pl.DataFrame, found: Sequence[Cluster]) -> tuple[Regularisation, ...]:
    """The sentences of the clusters that take something back or pay it again."""
    real = [cluster for cluster in found if any(one.gross or one.levies or one.net for one in cluster.cancelling)]
    about = _Texts(frame, [cluster.cancelling[0].row for cluster in real])
    said = [_explained(cluster, about) for cluster in real]
    return tuple(sorted(said, key=lambda one: (one.files[0], one.lines[0])))


class _Texts:
    """Names and labels of some rows, taken from the frame at once."""

    def __init__(self, frame: pl.DataFrame, rows: list[int]) -> None:
        columns = ("person", "nir", "employee", "code", "label")
        these = pl.Series(rows, dtype=pl.UInt32)  # a column at a time: of a whole frame, all of it would be copied
        picked = pl.DataFrame([frame[name].gather(these) for name in columns])
        self._of = dict(zip(rows, picked.iter_rows(), strict=True))

    def who(self, row: int) -> str:
        return saying.who(*self._of[row][:3])

    def nature(self, row: int) -> str:
        code, label = self._of[row][3:]
        return saying.without_nir(label_of(code) if code else label.strip())


def _explained(cluster: Cluster, about: _Texts) -> Regularisation:
    moved = [*cluster.cancelling, *cluster.renewed]
    every = sorted([*cluster.originals, *moved], key=lambda one: (one.file, one.line))
    gross, levies, net = (sum(getattr(one, name) for one in moved) for name in ("gross", "levies", "net"))
    first = cluster.cancelling[0]
    who = about.who(first.row)
    complete = all(one.mate is not None for one in cluster.cancelling) or bool(cluster.originals)
    return Regularisation(
        explanation=f"{who}\u00a0: {_story(cluster, about.nature(first.row), complete=complete)}{_effect(gross, net)}.",
        person=who,
        lines=tuple(one.line for one in every),
        files=tuple(one.file for one in every),
        rows=tuple(one.row for one in every),
        gross=gross,
        levies=levies,
        net=net,
        start=_day(min(one.first for one in moved)),
        end=_day(max(one.last for one in moved)),
        complete=complete,
    )


def _story(cluster: Cluster, nature: str, *, complete: bool) -> str:
    """« la période du … au … (I.J. normales, 96 jours), payée …, est annulée puis payée à nouveau … »"""
    back, anew = _paid(cluster.cancelling), _paid(cluster.renewed)
    if not back:
        return f"les retenues {_dates(cluster.cancelling)} sont {'corrigées' if cluster.renewed else 'annulées'}"
    days = sum(one.counted or 0 for one in back)
    inside = ", ".join(text for text in (nature, saying.days(days) if days else "") if text)
    story = f"la période {_dates(back)}" + (f" ({inside})" if inside else "")
    if not complete:
        story += ", payée auparavant (ligne absente des fichiers lus),"
    partly = any(one.mate is None for one in back) and complete
    story += " est annulée en partie" if partly else " est annulée"
    if not anew:
        return story + " sans nouveau paiement"
    changes = _changes(back, anew)
    return story + " puis payée à nouveau" + (f"\u202f; {', '.join(changes)}" if changes else " à l’identique")


def _paid(strokes: Sequence[Stroke]) -> list[Stroke]:
    return [one for one in strokes if one.kind != Kind.LEVY.value]


def _changes(back: list[Stroke], anew: list[Stroke]) -> list[str]:
    changes = []
    if _dates(back) != _dates(anew):
        changes.append(f"la période devient {_dates(anew)}")
    before, now = sum(one.counted or 0 for one in back), sum(one.counted or 0 for one in anew)
    if before and now and before != now:
        changes.append(f"le nombre de jours passe de {saying.integer(before)} à {saying.integer(now)}")
    old, new = _rates(back), _rates(anew)
    if old and new and old != new:
        changes.append(f"le taux journalier passe de {_listed(old)} à {_listed(new)}")
    was, becomes = {one.payee for one in back}, {one.payee for one in anew}
    if was != becomes and Payee.UNKNOWN.value not in was | becomes:
        changes.append(f"le paiement va {_to(becomes)} au lieu d’aller {_to(was)}")
    paid, again = -sum(one.gross for one in back), sum(one.gross for one in anew)
    if not changes and paid != again:
        changes.append(f"le brut passe de {saying.euros(paid)} à {saying.euros(again)}")
    return changes


def _rates(strokes: list[Stroke]) -> list[int]:
    """Daily rates in ten-thousandths, in order of the periods, each once. One that is not told is what gross and days
    come to, if they do so exactly."""
    rates: list[int] = []
    for one in sorted(strokes, key=lambda each: each.first):
        unit = abs(one.unit) if one.unit else 0
        if not unit and one.counted and not abs(one.gross) % one.counted:
            unit = abs(one.gross) // one.counted * 100
        if unit and unit not in rates:
            rates.append(unit)
    return rates


def _listed(rates: list[int]) -> str:
    return " et ".join(saying.rate(unit) for unit in rates[:3]) + ("…" if len(rates) > 3 else "")


def _to(payees: set[str]) -> str:
    if payees == {Payee.EMPLOYER.value}:
        return "à l’entreprise"
    return "au salarié" if payees == {Payee.EMPLOYEE.value} else "à l’entreprise et au salarié"


def _effect(gross: int, net: int) -> str:
    if not gross and not net:
        return ", sans effet sur le total"
    parts = [f"{_signed(gross)} bruts"] if gross else []
    if net != gross or not gross:
        parts.append(f"{_signed(net)} nets")
    return f", soit {' et '.join(parts)}"


def _signed(cents: int) -> str:
    return ("+" if cents > 0 else "") + saying.euros(cents)


def _dates(strokes: Sequence[Stroke]) -> str:
    return saying.period(_day(min(one.first for one in strokes)), _day(max(one.last for one in strokes)))


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)
