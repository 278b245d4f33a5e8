"""What the list is narrowed to, apart from the search and the space: kept between runs, said as chips."""

import json
from dataclasses import dataclass, replace
from typing import Final

from desktop.services.contact import OPEN, Period, Pill, Query
from desktop.views.contact.pill import FACES

PERIODS: Final = {
    Period.ANY: "Toute période",
    Period.WEEK: "7 derniers jours",
    Period.MONTH: "30 derniers jours",
    Period.QUARTER: "3 derniers mois",
    Period.YEAR: "12 derniers mois",
}
ORIGINS: Final = {None: "Ancien et nouvel espaces", "former": "Ancien espace client", "new": "Nouvel espace client"}


@dataclass(frozen=True, slots=True)
class Criteria:
    unread: bool = False
    pills: frozenset[Pill] = frozenset()
    themes: frozenset[str] = frozenset()
    origin: str | None = None
    period: Period = Period.ANY
    with_files: bool = False

    @property
    def open(self) -> bool:
        return self.pills >= OPEN

    def query(self, text: str, space_id: str | None, *, mine: bool) -> Query:
        return Query(
            text=text,
            space_id=space_id,
            mine=mine,
            unread=self.unread,
            pills=self.pills,
            themes=self.themes,
            origin=self.origin,
            period=self.period,
            with_files=self.with_files,
        )

    def parts(self) -> list[tuple[str, str]]:
        """Each thing it narrows to, as (code for `without`, words)."""
        said = [("unread", "Non lues")] if self.unread else []
        if self.open:
            said.append(("open", "En cours"))
        loose = self.pills - OPEN if self.open else self.pills
        said += [(f"pill:{pill}", FACES[pill].label) for pill in Pill if pill in loose]
        said += [(f"theme:{theme}", theme) for theme in sorted(self.themes)]
        if self.period is not Period.ANY:
            said.append(("period", PERIODS[self.period]))
        if self.origin is not None:
            said.append(("origin", ORIGINS[self.origin]))
        if self.with_files:
            said.append(("files", "Avec pièces jointes"))
        return said

    def without(self, code: str) -> "Criteria":
        """Less one of its `parts`."""
        kind, _, value = code.partition(":")
        match kind:
            case "open":
                return replace(self, pills=self.pills - OPEN)
            case "pill":
                return replace(self, pills=self.pills - {Pill(value)})
            case "theme":
                return replace(self, themes=self.themes - {value})
            case _:
                nothing = Criteria()
                name = {"files": "with_files"}.get(kind, kind)
                return replace(self, **{name: getattr(nothing, name)})

    def to_text(self) -> str:
        return json.dumps(
            {
                "unread": self.unread,
                "pills": sorted(self.pills),
                "themes": sorted(self.themes),
                "origin": self.origin,
                "period": self.period,
                "files": self.with_files,
            }
        )


def from_text(text: str) -> Criteria:
    """What was kept; nothing when it cannot be read, as from another version."""
    try:
        kept = json.loads(text)
        origin = kept["origin"]
        return Criteria(
            unread=bool(kept["unread"]),
            pills=frozenset(Pill(pill) for pill in kept["pills"]),
            themes=frozenset(str(theme) for theme in kept["themes"]),
            origin=origin if origin in ORIGINS else None,
            period=Period(kept["period"]),
            with_files=bool(kept["files"]),
        )
    except (ValueError, KeyError, TypeError):
        return Criteria()
