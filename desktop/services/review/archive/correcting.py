"""A line that could not be read, told by hand: what a person typed, as columns of a line, with who, when and why.

The file stays as it is; what is told stands beside it, and each change of it is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec
import polars as pl

from desktop.services.problems import Problem, Remedy
from desktop.services.review import codes, saying
from desktop.services.review.archive import passage
from desktop.services.review.checks import Rule, faults
from desktop.services.review.keeping import Entry, newer
from desktop.services.review.line import Kind, Sense
from desktop.services.review.line import frame as lines_of
from desktop.services.review.reading import cells
from desktop.services.review.reading.headings import HALVES
from desktop.services.review.whole import ControlTotal, Rejected

TOPIC: Final = "correction"

Value = str | int | None
Values = Mapping[str, Value]
"""Column of `line.COLUMNS` → its value: texts, cents, ten-thousandths (`unit`), days, dates as AAAA-MM-JJ."""

_AROUND: Final = frozenset({"person", "nir", "company", "paid_on"})
"""What a printed line takes from what stands above it."""


@dataclass(eq=False)
class NotCorrected(Problem):
    """What was typed cannot be a line: `fields` says of which column why (the end of a French sentence)."""

    remedy: Remedy = Remedy.EDIT
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Correction:
    """`values` are empty once it is withdrawn: the line counts as rejected again. `before` are the values that stood
    there until then, empty for the first time. `by` is the author's name, `at` in UTC."""

    sha256: str
    line: int
    values: Values
    before: Values
    reason: str
    by: str
    at: datetime

    @property
    def withdrawn(self) -> bool:
        return not self.values


class _Said(msgspec.Struct, frozen=True, omit_defaults=True):
    sha256: str
    line: int
    values: dict[str, Value] = {}
    before: dict[str, Value] = {}
    reason: str = ""


def said(sha256: str, line: int, values: Values, before: Values, reason: str) -> bytes:
    """As the register keeps it."""
    return msgspec.json.encode(_Said(sha256, line, dict(values), dict(before), reason.strip()))


def heard(entry: Entry) -> Correction:
    """The reverse of `said`. Raises `StoreFault`."""
    try:
        told = msgspec.json.decode(entry.body, type=_Said)
    except msgspec.MsgspecError as error:
        raise newer() from error
    return Correction(told.sha256, told.line, told.values, told.before, told.reason, entry.by, entry.at)


# What was typed


def _money(text: str) -> int | None:
    return cells.amount(text, 2, ",")


def _rate(text: str) -> int | None:
    return cells.amount(text, 4, ",")


def _day(text: str) -> str | None:
    found = cells.day(text)
    return found.isoformat() if found else None


def _text(text: str) -> str | None:
    return " ".join(text.split()) or None


def _code(text: str) -> str | None:
    return codes.code_of(text) or text.strip().upper() or None


def _sense(text: str) -> str | None:
    found = cells.sense(text)
    return found.value if found else None


def _payee(text: str) -> str | None:
    return cells.payee(text).value if text.strip() else None


def _branch(text: str) -> str | None:
    return cells.branch(text).value or None


_READ: Final[Mapping[str, Callable[[str], Value]]] = MappingProxyType(
    {
        **dict.fromkeys(("gross", "csg", "crds", "tax", "levies", "net"), _money),
        **dict.fromkeys(("start", "end", "leave_start", "paid_on"), _day),
        **dict.fromkeys(("member", "payer", "person", "employee", "claim", "label", "reference"), _text),
        "unit": _rate,
        "days": cells.count,
        "code": _code,
        "sense": _sense,
        "payee": _payee,
        "branch": _branch,
        "nir": cells.nir,
        "company": cells.siret,
    }
)
COLUMNS: Final = tuple(_READ)
"""The columns that may be told by hand; the others follow from them."""


def typed(texts: Mapping[str, str]) -> Values:
    """What a person typed into the fields of a line, by column, as values; empty fields are not told. Amounts are as
    written in French: « 1 234,56 ». Raises `NotCorrected`."""
    values: dict[str, Value] = {}
    faults: dict[str, str] = {}
    for name, text in texts.items():
        try:
            value = _READ[name](text)
        except cells.Illegible as error:
            faults[name] = error.reason
            continue
        if value is not None and value != "":
            values[name] = value
    faults.update({name: why for name, why in _lacking(values).items() if name not in faults})
    if faults:
        raise NotCorrected("Cette ligne ne peut pas être corrigée ainsi.", fields=faults)
    return values


def begun(rejected: Rejected) -> dict[str, str]:
    """What a line says by its own cells, by column, as a person would type it: what is left is to mend it. What has no
    cells, printed or XML, is read as far as it is plain (`passage`). Empty where nothing can be told apart."""
    texts = dict(rejected.cells)
    if texts.keys() <= _AROUND:
        texts = {**passage.told(rejected.raw), **texts}
    halves = {name: texts.pop(name) for name in HALVES if name in texts}
    person = " ".join(halves[name] for name in ("surname", "first_name") if name in halves)
    if "period" in halves:
        texts |= _days_of(halves["period"])
    texts["person"] = person or texts.get("person", "")
    texts["nir"] = texts.get("nir", "") + halves.get("nir_key", "")
    return {name: text for name, text in texts.items() if name in _READ and text}


def _days_of(period: str) -> dict[str, str]:
    """Of « AAAA-MM-JJ/AAAA-MM-JJ », as it is once it was read; else all of it stands for the first day."""
    first, _, last = (part.strip() for part in period.partition("/"))
    try:
        days = {"start": cells.day(first), "end": cells.day(last)}
    except cells.Illegible:
        return {"start": period}
    return {name: f"{day:%d/%m/%Y}" for name, day in days.items() if day}


def wrong(texts: Mapping[str, str]) -> Mapping[str, str]:
    """Why these texts are no line, by column; nothing when they are one."""
    try:
        typed(texts)
    except NotCorrected as error:
        return error.fields
    return {}


def doubts(texts: Mapping[str, str]) -> tuple[str, ...]:
    """French sentences on what of a line that was typed contradicts itself: it may be so in the file, or be a slip.
    None where it is no line at all: `wrong` says why."""
    try:
        values = typed(texts)
    except NotCorrected:
        return ()
    line = as_lines([Correction("", 1, values, {}, "", "", datetime.min)])  # noqa: DTZ901  it is never kept
    rows = faults(line).select("rule", "expected", "found").iter_rows()
    return tuple(_DOUBTS[rule](expected, found) for rule, expected, found in rows)


_DOUBTS: Final[Mapping[str, Callable[[int, int], str]]] = MappingProxyType(
    {
        Rule.RATE.value: lambda due, told: (
            f"Le taux journalier multiplié par les jours fait {saying.euros(due)}, et non {saying.euros(told)} bruts."
        ),
        Rule.NET.value: lambda due, told: (
            f"Le brut moins les retenues fait {saying.euros(due)}, et non {saying.euros(told)} nets."
        ),
        Rule.DATES.value: lambda due, told: (
            f"Du premier au dernier jour, cela fait {saying.days(due)}, et non {saying.integer(told)}."
        ),
    }
)


def _lacking(values: Values) -> dict[str, str]:
    """Why these do not make a line, by the column where it is to be told."""
    found: dict[str, str] = {}
    if not any(values.get(name) for name in ("person", "nir", "employee")):
        found["person"] = "nom, NIR ou matricule manquant"
    if not any(name in values for name in ("gross", "net", "levies")):
        found["gross"] = "montant manquant"
    if not any(name in values for name in ("start", "paid_on")):
        found["start"] = "date manquante"
    start, end = values.get("start"), values.get("end")
    if isinstance(start, str) and isinstance(end, str) and end < start:
        found["end"] = "fin avant le début"
    return found


# As lines


def as_lines(corrections: Sequence[Correction]) -> pl.DataFrame:
    """Each as a line of its file, under the number of the line that could not be read. Withdrawn ones give none."""
    rows = [_row(each) for each in corrections if not each.withdrawn]
    names = dict.fromkeys(name for row in rows for name in row)
    return lines_of({"line": [], **{name: [row.get(name) for row in rows] for name in names}})


def recomputed(controls: Sequence[ControlTotal], corrections: Sequence[Correction]) -> tuple[ControlTotal, ...]:
    """The stated sums with what was told by hand of the lines that they cover."""
    lines = as_lines(corrections)
    if lines.is_empty():
        return tuple(controls)
    typed_days = {each.line: days for each in corrections if isinstance(days := each.values.get("days"), int)}
    return tuple(_with(control, lines, typed_days) for control in controls)


def _with(control: ControlTotal, lines: pl.DataFrame, typed_days: Mapping[int, int]) -> ControlTotal:
    if control.covers is None:
        return control
    covered = lines.filter(pl.col("line").is_between(*control.covers))
    more = covered.height if control.measure == "lines" else int(covered[control.measure].sum())
    computed, printed = control.computed + more, None
    if control.measure == "days":
        told = covered.select("line", pl.col("days").fill_null(0)).iter_rows()
        before = control.computed if control.printed is None else control.printed
        printed = before + sum(typed_days.get(line, days) for line, days in told)
    return replace(control, computed=computed, printed=printed if printed != computed else None)


def _row(correction: Correction) -> dict[str, Any]:
    values = dict(correction.values)
    dates = {name: date.fromisoformat(str(values[name])) for name in _DATES if values.get(name)}
    code = str(values.get("code") or "")
    kind = codes.kind_of(code) if code else Kind.INDEMNITY
    amounts = _amounts(values, kind)
    negative = amounts["gross"] < 0 or (kind is Kind.INDEMNITY and amounts["net"] < 0)
    sense = values.get("sense") or (Sense.CANCELLATION if negative and kind is Kind.INDEMNITY else Sense.PAYMENT).value
    days = values.get("days")
    if days is None and len(dates.keys() & {"start", "end"}) == 2 and kind is not Kind.LEVY:
        days = (dates["end"] - dates["start"]).days + 1
    if isinstance(days, int) and sense == Sense.CANCELLATION.value:
        days = -abs(days)
    return {
        **values,
        **dates,
        **amounts,
        "line": correction.line,
        "kind": kind.value,
        "sense": sense,
        "days": days,
        "label": values.get("label") or codes.label_of(code),
    }


_DATES: Final = ("start", "end", "leave_start", "paid_on")


def _amounts(values: Values, kind: Kind) -> dict[str, int]:
    """Gross, levies and net, each as told or as the others make it."""
    told = {name: value for name in ("gross", "levies", "net") if isinstance(value := values.get(name), int)}
    parts = [value for name in ("csg", "crds", "tax") if isinstance(value := values.get(name), int)]
    if kind is Kind.LEVY:
        net = told["net"] if "net" in told else -told.get("levies", told.get("gross", 0))
        return {"gross": 0, "levies": -net, "net": net}
    if parts:
        told.setdefault("levies", sum(parts))
    if "levies" not in told:
        told["levies"] = told["gross"] - told["net"] if len(told) == 2 else 0
    told.setdefault("gross", told.get("net", 0) + told["levies"])
    told.setdefault("net", told["gross"] - told["levies"])
    return told
