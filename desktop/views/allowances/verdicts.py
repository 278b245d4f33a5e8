"""What a clerk decides of what the review found: « compris », « à contester », « ignoré », or nothing yet."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from desktop.views import wording

if TYPE_CHECKING:
    from desktop.services.review.anomalies import Anomaly
    from desktop.services.review.archive import Decision, State
    from desktop.services.review.regularising import Regularisation
    from desktop.views.allowances.reviewed import Reviewed

    Finding = Anomaly | Regularisation


class Verdict(StrEnum):
    """The values of the archive's `State`, and OPEN for what has none."""

    OPEN = "open"
    DISPUTED = "disputed"
    UNDERSTOOD = "understood"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Face:
    """How a verdict is shown: a word and a shape, never colour alone. `key` decides it from the list."""

    label: str
    icon: str
    ink: str
    ground: str
    key: str = ""


FACES: Final = {
    Verdict.OPEN: Face("À voir", "circle-dot", "info", "info_ground"),
    Verdict.DISPUTED: Face("À contester", "circle-alert", "going", "going_ground", "A"),
    Verdict.UNDERSTOOD: Face("Compris", "circle-check", "ok", "ok_ground", "C"),
    Verdict.IGNORED: Face("Ignoré", "circle-x", "closed", "closed_ground", "I"),
}

REGULARISATION: Final = "regularisation"
_GROUPS: Final = (
    *("totals", "arithmetic", "duplicate", "overlap", "orphan-cancellation", "recovery", "wrong-payee"),
    *("unknown-company", "gap", "prolongation", "daily-rate-change", REGULARISATION, "day-60", "year-end"),
)
"""What costs money first; what every long leave has last."""
INFORMATIVE: Final = ("day-60", "year-end")
"""Kinds of which long files have many, and that ask for nothing most of the time."""
_PLURALS: Final = {
    "duplicate": "Doublons",
    "overlap": "Périodes qui se chevauchent",
    "gap": "Jours non indemnisés",
    "orphan-cancellation": "Annulations sans paiement",
    "daily-rate-change": "Taux journaliers changés",
    "arithmetic": "Calculs inexacts",
    "totals": "Totaux de contrôle inexacts",
    "wrong-payee": "Destinataires à vérifier",
    "recovery": "Trop-perçus",
    "day-60": "60ᵉ jour de l’arrêt",
    "year-end": "Périodes sur deux années",
    "unknown-company": "Entreprises inconnues",
    "prolongation": "Prolongations non prises en compte",
    REGULARISATION: "Régularisations",
}
_INFORMED: Final = {
    "day-60": "ces périodes dépassent le 60ᵉ jour de l’arrêt",
    "year-end": "ces périodes vont d’une année à l’autre",
}
EXPLAINED: Final = "Rien à faire si le nouveau montant est le bon\u202f; sinon, contestez-la."
"""The next step of a regularisation, which has none of its own."""


def group_title(group: str) -> str:
    """The heading over the findings of one kind."""
    return _PLURALS[group]


@dataclass(frozen=True, slots=True)
class Point:
    """One finding. `number` is its place among all points; `key` names it for ever; `group` is the word of its kind,
    `title` what one of these is called. `amount` is in cents."""

    number: int
    key: str
    group: str
    title: str
    explanation: str
    next_step: str
    amount: int
    person: str
    lines: tuple[int, ...]
    files: tuple[int, ...]
    rows: tuple[int, ...]

    @property
    def folded(self) -> bool:
        """It stands for many of its kind, which are shown on demand."""
        return self.number < 0


def fold(place: int, group: str, those: Sequence[Point]) -> Point:
    """One that stands for those of a kind: `place` tells its kind from others."""
    count = wording.count(len(those), "point", "points")
    return Point(
        number=-1 - place,
        key="",
        group=group,
        title=group_title(group),
        explanation=f"{count} pour information{wording.NBSP}: {_INFORMED[group]}.",
        next_step="Rien à faire le plus souvent. Affichez-les pour les voir un à un, ou décidez de tous à la fois.",
        amount=sum(abs(point.amount) for point in those),
        person="Pour information",
        lines=(),
        files=(),
        rows=(),
    )


def points(reviewed: "Reviewed", keys: "Container[str] | None" = None) -> tuple[Point, ...]:
    """All findings, or those of these keys, group by group, the most money first in each. Not on the GUI thread: there
    may be a hundred thousand."""
    told: list[tuple[str, str, str, int, Finding]] = [
        *((one.kind.value, one.kind.title, one.next_step, one.amount, one) for one in reviewed.anomalies),
        *((REGULARISATION, "Régularisation", EXPLAINED, one.net, one) for one in reviewed.regularisations),
    ]
    order = {group: place for place, group in enumerate(_GROUPS)}
    named = zip(told, reviewed.keys, strict=True)
    meant = named if keys is None else (pair for pair in named if pair[1] in keys)
    ranked = sorted(meant, key=lambda pair: (order[pair[0][0]], -abs(pair[0][3])))
    return tuple(_points(ranked))


def _points(ranked: "Iterable[tuple[tuple[str, str, str, int, Finding], str]]") -> Iterator[Point]:
    for number, ((group, title, step, amount, one), key) in enumerate(ranked):
        yield Point(
            number=number,
            key=key,
            group=group,
            title=title,
            explanation=one.explanation,
            next_step=step,
            amount=amount,
            person=one.person,
            lines=one.lines,
            files=one.files,
            rows=one.rows,
        )


def verdict_of(decision: "Decision | None") -> Verdict:
    """What is decided; OPEN where nothing is."""
    return Verdict(decision.state.value) if decision is not None and decision.state is not None else Verdict.OPEN


def state_of(verdict: Verdict) -> "State | None":
    """As the archive takes it: None where nothing is decided."""
    from desktop.services.review.archive import State

    return None if verdict is Verdict.OPEN else State(verdict.value)


def said(decision: "Decision") -> str:
    """« À contester, par Claire Martin le 24 novembre 2026 à 10 h 42 : motif »."""
    label = FACES[Verdict(decision.state.value)].label if decision.state else "Décision annulée"
    by = f", par {decision.by}" if decision.by else ""
    why = f"{wording.NBSP}: {decision.reason}" if decision.reason else ""
    return f"{label}{by} le {wording.moment_said(decision.at)}{why}"
