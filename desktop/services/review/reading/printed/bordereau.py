"""The BPIJ in PDF, as it is downloaded: one accounting day and one insured person after the other.

`Journée du JJ/MM/AAAA`, `Détail des prestations pour NOM PRENOM`, rows of period, label, quantity, unit and amount,
`Total : 99,46 €`: what was paid once all is withheld. Cells may stand on lines of their own. What is withheld is often
not printed: it is then what separates the rows from the total, if that is CSG and CRDS rounded per day to within one
cent a day; the printed total is always what counts.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.services.review import codes, line
from desktop.services.review.line import Kind, Payee, Sense
from desktop.services.review.reading.printed import marks
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import ControlTotal, FileKind, ReadFile, Rejected, Unreadable

CSG_PER_MILLE: Final = 62
CRDS_PER_MILLE: Final = 5
"""Of each day's allowance, to the cent (L.136-8 of the social security code; ordinance 96-50)."""

_OURS: Final = re.compile(r"D[ée]tail\s+des\s+prestations\s+pour\b|Journ[ée]e\s+du\s+[0-9]", re.IGNORECASE)
_MARK: Final = re.compile(
    rf"(?P<day>Journ[ée]e\s+du\s+{marks.DAY})"
    r"|(?P<who>D[ée]tail\s+des\s+prestations\s+pour\b)"
    rf"|(?P<total>\bTotal\s*:\s*{marks.SUM}{marks.EURO})"
    rf"|(?P<period>(?<![0-9/]){marks.DAY}\s+au\s+{marks.DAY})",
    re.IGNORECASE,
)
_WHO: Final = re.compile(r"\s*:?\s*([^\n]{1,80})")
_ROW: Final = re.compile(
    rf"\s*(?P<label>{marks.LABEL})\s+(?P<days>{marks.COUNT})\s+(?P<unit>{marks.SUM}){marks.EURO}"
    rf"\s+(?P<amount>{marks.SUM}){marks.EURO}(?:\s|$)",
    re.DOTALL,
)
_BARE_ROW: Final = re.compile(rf"\s*(?P<label>{marks.LABEL})\s+(?P<amount>{marks.SUM}){marks.EURO}(?:\s|$)", re.DOTALL)
_PAYER: Final = re.compile(r"^[^\S\n]*((?:CPAM|Caisse primaire)\b[^\n]{0,60})", re.IGNORECASE | re.MULTILINE)
_OF_ALL: Final = re.compile(r"(?:\bdu|p[ée]riode)\s*:?\s*$", re.IGNORECASE)
_LONGEST: Final = 300
"""Letters of one row."""


@dataclass(slots=True)
class _Row:
    """One printed row. Money in cents, `unit` in ten-thousandths; what is withheld on it is printed elsewhere."""

    line: int
    start: date
    end: date
    label: str
    code: str
    kind: Kind
    days: int | None
    unit: int | None
    amount: int
    person: str = ""
    nir: str = ""
    paid_on: date | None = None
    csg: int | None = None
    crds: int | None = None
    levies: int = 0

    @property
    def net(self) -> int:
        return self.amount - self.levies


def is_one(text: str) -> bool:
    """Whether the text has the marks of a BPIJ."""
    return _OURS.search(text) is not None


def read(source: Source, text: str) -> ReadFile:
    """All rows of the text."""
    found = _Reading(text)
    found.follow()
    if not found.rows and not found.rejected:
        raise Unreadable("Ce BPIJ ne contient aucune ligne à lire\u00a0: téléchargez-le de nouveau.")
    payer = _PAYER.search(text)
    return ReadFile(
        name=source.name,
        sha256=source.sha256,
        kind=FileKind.BPIJ_PDF,
        frame=line.frame(_columns(found.rows, marks.siret(text), payer[1].strip() if payer else "")),
        rejected=tuple(found.rejected),
        controls=tuple(found.controls),
        notes=tuple(found.notes()),
    )


class _Reading:
    """What is known on the way down the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line_of = marks.line_finder(text)
        self.rows: list[_Row] = []
        self.rejected: list[Rejected] = []
        self.controls: list[ControlTotal] = []
        self._person, self._nir = "", ""
        self._paid_on: date | None = None
        self._first_open, self._after_total = 0, 1
        self._inferred = 0
        self._last_line = 0

    def follow(self) -> None:
        found = list(_MARK.finditer(self._text))
        for mark, following in zip(found, [*found[1:], None], strict=False):
            after = following.start() if following else len(self._text)
            passage = self._text[mark.end() : min(after, mark.end() + _LONGEST)]
            if mark["day"]:
                self._paid_on = marks.day(mark["day"][-10:])
            elif mark["who"]:
                who = _WHO.match(passage)
                self._person = " ".join(who[1].split()) if who else ""
                self._nir = marks.nir(self._text[mark.end() : after])
            elif mark["total"]:
                self._total(mark.start(), marks.cents(mark["total"].partition(":")[2]))
            else:
                self._row(mark, passage)

    def notes(self) -> list[str]:
        told = []
        if self._inferred:
            told.append("Retenues non imprimées\u00a0: elles sont ce qui sépare le brut du total imprimé.")
        if self._first_open < len(self.rows):
            told.append(f"Lignes sans total imprimé pour les vérifier\u00a0: {len(self.rows) - self._first_open}.")
        return told

    def _row(self, mark: re.Match[str], passage: str) -> None:
        number = self._last_line = max(self._line_of(mark.start()), self._last_line + 1)
        made = _row(number, mark["period"], passage)
        if isinstance(made, _Row):
            made.person, made.nir, made.paid_on = self._person, self._nir, self._paid_on
            self.rows.append(made)
        elif not _OF_ALL.search(self._text[max(0, mark.start() - 20) : mark.start()]):
            paid_on = f"{self._paid_on:%d/%m/%Y}" if self._paid_on else ""
            around = (("person", self._person), ("nir", self._nir), ("paid_on", paid_on))
            shown = marks.shown(f"{mark['period']} {passage}")
            self.rejected.append(Rejected(number, made, shown, tuple(each for each in around if each[1])))

    def _total(self, place: int, stated: int) -> None:
        """A total is of the rows since the one before; one without rows is of all until there."""
        rows = self.rows[self._first_open :]
        self._first_open = len(self.rows)
        if rows and _withhold(rows, stated):
            self._inferred += 1
        computed = sum(row.net for row in rows or self.rows)
        level, name, first = ("person", self._person, self._after_total) if rows else ("file", "", 1)
        number = self._line_of(place)
        self.controls.append(ControlTotal(level, name, number, "net", stated, computed, (first, number)))
        self._after_total = number + 1


def _row(number: int, period: str, passage: str) -> _Row | str:
    """The row of a period, or why there is none."""
    start, end = marks.period(period)
    if start is None or end is None:
        return "Une date de la période n’existe pas."
    found = _ROW.match(passage)
    bare = None if found else _BARE_ROW.match(passage)
    if not found and not bare:
        return "La nature, la quantité ou le montant ne se lisent pas."
    label = " ".join((found or bare)["label"].split())  # type: ignore[index]
    code = codes.code_of(label)
    kind = codes.kind_of(code) if code else Kind.INDEMNITY
    if found:
        days, unit = marks.count(found["days"]), marks.cents(found["unit"]) * 100
        return _Row(number, start, end, label, code, kind, days, unit, marks.cents(found["amount"]))
    if bare and kind in (Kind.LEVY, Kind.RECOVERY):
        return _Row(number, start, end, label, code, kind, None, None, marks.cents(bare["amount"]))
    return "La quantité ou le prix unitaire ne se lisent pas."


def _withhold(rows: list[_Row], stated: int) -> bool:
    """Makes the rows come to the total they state, where what is withheld can be told; whether it was inferred."""
    amounts = sum(row.amount for row in rows)
    withheld = [row for row in rows if row.kind is Kind.LEVY]
    if amounts == stated:
        return False
    if withheld:
        unsigned = [row for row in withheld if row.code.startswith("RET") and row.amount > 0]
        if amounts - 2 * sum(row.amount for row in unsigned) == stated:  # printed without their minus
            for row in unsigned:
                row.amount = -row.amount
        return False
    paid = [row for row in rows if row.kind is Kind.INDEMNITY and row.unit and row.days]
    shares = [_per_day(row) for row in paid]
    rest = amounts - sum(csg + crds for csg, crds in shares) - stated
    if abs(rest) > sum(abs(row.days or 0) for row in paid):
        return False
    for row, (csg, crds) in zip(paid, shares, strict=True):
        row.levies = csg + crds
        row.csg, row.crds = (csg, crds) if not rest else (None, None)
    if rest:
        max(paid, key=lambda row: abs(row.days or 0)).levies += rest
    return True


def _per_day(row: _Row) -> tuple[int, int]:
    """CSG and CRDS of a row in cents, each rounded per day, half a cent upwards."""
    daily, days = abs(row.unit or 0), abs(row.days or 0)
    sign = -1 if row.amount < 0 else 1
    csg, crds = ((daily * rate + 50_000) // 100_000 for rate in (CSG_PER_MILLE, CRDS_PER_MILLE))
    return sign * csg * days, sign * crds * days


def _columns(rows: list[_Row], company: str, payer: str) -> dict[str, object]:
    return {
        "line": [row.line for row in rows],
        "company": [company] * len(rows),
        "payer": [payer] * len(rows),
        "person": [row.person for row in rows],
        "nir": [row.nir for row in rows],
        "code": [row.code for row in rows],
        "label": [row.label for row in rows],
        "kind": [row.kind.value for row in rows],
        "sense": [(Sense.CANCELLATION if _is_cancelled(row) else Sense.PAYMENT).value for row in rows],
        "start": [row.start for row in rows],
        "end": [row.end for row in rows],
        "days": [_signed_days(row) for row in rows],
        "unit": [None if row.unit is None else abs(row.unit) if row.amount <= 0 else row.unit for row in rows],
        "gross": [0 if row.kind is Kind.LEVY else row.amount for row in rows],
        "csg": [row.csg for row in rows],
        "crds": [row.crds for row in rows],
        "levies": [-row.amount if row.kind is Kind.LEVY else row.levies for row in rows],
        "net": [row.net for row in rows],
        "payee": [Payee.EMPLOYER.value]
        * len(rows),  # the portal of the Assurance maladie gives these to employers only
        "paid_on": [row.paid_on for row in rows],
    }


def _is_cancelled(row: _Row) -> bool:
    if row.kind is Kind.RECOVERY:
        return False
    if row.code.startswith("RET"):
        return row.amount > 0
    return row.amount < 0 or (row.amount == 0 and ((row.unit or 0) < 0 or (row.days or 0) < 0))


def _signed_days(row: _Row) -> int | None:
    if row.days is None:
        return None
    return -abs(row.days) if row.amount < 0 or _is_cancelled(row) else row.days
