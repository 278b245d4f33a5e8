"""What the lines are narrowed to, apart from the search: kept between runs, said as chips."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from desktop.services.review import saying
from desktop.services.review.line import WORDS, Kind, Payee, Sense
from desktop.services.review.searching import Selection
from desktop.views import wording

_KEPT: Final = ("odd", "kind", "sense", "payee", "company", "month")
"""What makes sense for other files too, and names nobody."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """ "" and None let all pass. `kind`, `sense`, `payee` are words of `line.WORDS`; `month` is its first day; `file` a
    place among the files; `rows` are rows of the sheet that another part wants seen."""

    odd: bool = False
    kind: str = ""
    sense: str = ""
    payee: str = ""
    company: str = ""
    month: date | None = None
    file: int | None = None
    rows: tuple[int, ...] | None = None

    def selection(self, text: str, order: str, *, descending: bool) -> Selection:
        """As the sheet is asked; `rows` are for whoever asks."""
        return Selection(
            text=text,
            company=self.company or None,
            month=self.month,
            kind=Kind(self.kind) if self.kind else None,
            payee=Payee(self.payee) if self.payee else None,
            sense=Sense(self.sense) if self.sense else None,
            file=self.file,
            anomalies_only=self.odd,
            order=order,
            descending=descending,
        )

    def parts(self, files: Sequence[str]) -> list[tuple[str, str]]:
        """Each thing it narrows to, as (code for `without`, words). `files` are the names of the files."""
        said = []
        if self.rows is not None:
            said.append(("rows", wording.count(len(self.rows), "ligne choisie", "lignes choisies")))
        if self.odd:
            said.append(("odd", "Avec anomalie"))
        if self.file is not None:
            said.append(("file", files[self.file] if self.file < len(files) else "Un fichier retiré"))
        if self.company:
            said.append(("company", company_said(self.company)))
        if self.month is not None:
            said.append(("month", month_said(self.month)))
        words = {"kind": self.kind, "sense": self.sense, "payee": self.payee}
        return [*said, *((name, word_said(name, value)) for name, value in words.items() if value)]

    def without(self, code: str) -> "Criteria":
        """Less one of its `parts`."""
        return replace(self, **{code: getattr(Criteria(), code)})

    def to_text(self) -> str:
        told = {name: getattr(self, name) for name in _KEPT}
        return json.dumps({**told, "month": self.month.isoformat() if self.month else ""})


def from_text(text: str) -> Criteria:
    """What was kept; nothing when it cannot be read, as from another version."""
    try:
        kept = json.loads(text)
        kind, sense, payee = (kept[name] if kept[name] in WORDS[name] else "" for name in ("kind", "sense", "payee"))
        month = date.fromisoformat(kept["month"]) if kept["month"] else None
        company = str(kept["company"])
        return Criteria(odd=bool(kept["odd"]), kind=kind, sense=sense, payee=payee, company=company, month=month)
    except (ValueError, KeyError, TypeError):
        return Criteria()


def company_said(company: str) -> str:
    """« SIRET 732 829 320 00074 », or as it stands when it is none."""
    name = {14: "SIRET", 9: "SIREN"}.get(len(company), "") if company.isdecimal() else ""
    groups = (3, 3, 3, 5)[: 4 if len(company) == 14 else 3]
    return f"{name} {wording.digits(company, *groups)}" if name else saying.without_nir(company)


def month_said(month: date) -> str:
    """« Janvier 2018 »."""
    return saying.month(month).capitalize()


def word_said(name: str, value: str) -> str:
    """« Indemnité », « Annulation », « Payé à : Employeur »."""
    word = word_alone(name, value)
    return f"Payé à{wording.NBSP}: {word}" if name == "payee" else word


def word_alone(name: str, value: str) -> str:
    """The same below its own label: « Employeur »."""
    return WORDS[name].get(value, "") or "Non indiqué"
