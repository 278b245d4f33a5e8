"""The portal's own statement in PDF.

It begins with `Relevé d’indemnités journalières n° R-…`, `Adhérent n° …`, `SIRET …`, `Date de paiement : JJ/MM/AAAA`.
Each row is one line of text: claim, person, period, label, days, daily rate, gross, levies, net, and `Entreprise` or
`Salarié`. `Total` gives gross, levies and net.
"""

import re
from typing import Final

from desktop.services.review import codes, line
from desktop.services.review.line import Kind, Payee, Sense
from desktop.services.review.reading.printed import marks
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import ControlTotal, FileKind, ReadFile, Rejected

_TITLE: Final = re.compile(r"^\s*Relev[ée] d[’']indemnit[ée]s journali[èe]res", re.IGNORECASE | re.MULTILINE)
_MONEY: Final = rf"{marks.SUM}{marks.EURO}"
_PERIOD: Final = re.compile(rf"(?<![0-9/]){marks.DAY}\s+au\s+{marks.DAY}")
_ROW: Final = re.compile(
    rf"[^\S\n]*(?P<claim>\S{{1,30}})\s+(?P<person>[^\d\s]\D{{0,79}}?)\s+(?:du\s+)?(?P<period>{marks.DAY}\s+au\s+{marks.DAY})"
    rf"\s+(?P<label>{marks.LABEL})\s+(?P<days>{marks.COUNT})\s+(?P<unit>{_MONEY})"
    rf"\s+(?P<gross>{_MONEY})\s+(?P<levies>{_MONEY})\s+(?P<net>{_MONEY})\s+(?P<payee>Entreprise|Salari[ée]e?)[^\S\n]*(?:\n|$)",
    re.IGNORECASE,
)
_TOTAL: Final = re.compile(
    rf"[^\S\n]*Total\s*:?\s+(?P<gross>{_MONEY})\s+(?P<levies>{_MONEY})\s+(?P<net>{_MONEY})[^\S\n]*(?:\n|$)",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(r"journali[èe]res\s+n°\s?(\S{1,40})", re.IGNORECASE)
_MEMBER: Final = re.compile(r"Adh[ée]rent\s+n°\s?([0-9]{1,14})", re.IGNORECASE)
_PAID: Final = re.compile(rf"(?:Date de paiement|Pay[ée]\s+le)\s*:?\s*({marks.DAY})", re.IGNORECASE)
_PAYER: Final = re.compile(r"^\s*Organisme\s*:\s*([^\n]{1,80})", re.IGNORECASE | re.MULTILINE)
_LONGEST: Final = 400
_MOST_LINES: Final = 4
"""A row that is too long for the paper goes on in the lines below."""


def is_one(text: str) -> bool:
    """Whether the text begins as a statement does."""
    return _TITLE.search(text) is not None


def read(source: Source, text: str) -> ReadFile:
    """All rows of the text. A new date of payment or reference holds from its line on."""
    rows: list[dict[str, object]] = []
    rejected: list[Rejected] = []
    controls: list[ControlTotal] = []
    head: dict[str, object] = {"company": marks.siret(text), "payer": _first(_PAYER, text)}
    lines = text.split("\n")
    read_to = 0
    for number, printed in enumerate(lines, 1):
        if number <= read_to:
            continue
        passage = "\n".join(lines[number - 1 : number - 1 + _MOST_LINES])[:_LONGEST]
        if found := _ROW.match(passage):
            read_to = number + found[0].rstrip("\n").count("\n")
            made = _row(found)
            if made is None:
                rejected.append(Rejected(number, "Une date de la période n’existe pas.", marks.shown(found[0])))
            else:
                rows.append({"line": number, **head, **made})
        elif found := _TOTAL.match(passage):
            read_to = number + found[0].rstrip("\n").count("\n")
            controls += [
                ControlTotal("file", "", number, each, marks.cents(found[each]), sum(_int(row[each]) for row in rows))
                for each in ("gross", "levies", "net")
            ]
        elif _PERIOD.search(printed[:_LONGEST]) and not re.match(r"\s*P[ée]riode\b", printed, re.IGNORECASE):
            rejected.append(Rejected(number, "La ligne ne se lit pas en entier.", marks.shown(printed)))
        else:
            head |= _told(printed[:_LONGEST])
    names = dict.fromkeys(name for row in rows for name in row)
    columns: dict[str, object] = {name: [row.get(name) for row in rows] for name in names or ("line",)}
    return ReadFile(
        name=source.name,
        sha256=source.sha256,
        kind=FileKind.PORTAL_PDF,
        frame=line.frame(columns),
        rejected=tuple(rejected),
        controls=tuple(controls),
    )


def _told(passage: str) -> dict[str, object]:
    """What a line of the head says."""
    told: dict[str, object] = {}
    if paid := _PAID.search(passage):
        told["paid_on"] = marks.day(paid[1])
    for name, pattern in (("reference", _REFERENCE), ("member", _MEMBER)):
        if found := pattern.search(passage):
            told[name] = found[1]
    return told


def _row(found: re.Match[str]) -> dict[str, object] | None:
    start, end = marks.period(found["period"])
    if start is None or end is None:
        return None
    label, gross, days = " ".join(found["label"].split()), marks.cents(found["gross"]), marks.count(found["days"])
    code, unit = codes.code_of(label), marks.cents(found["unit"]) * 100
    net = marks.cents(found["net"])
    cancelled = gross < 0 or (gross == 0 and net < 0) or (gross == net == 0 and (days < 0 or unit < 0))
    return {
        "claim": found["claim"],
        "person": " ".join(found["person"].split()),
        "code": code,
        "label": label,
        "kind": (codes.kind_of(code) if code else Kind.INDEMNITY).value,
        "sense": (Sense.CANCELLATION if cancelled else Sense.PAYMENT).value,
        "start": start,
        "end": end,
        "days": -abs(days) if cancelled else days,
        "unit": abs(unit) if cancelled else unit,
        "gross": gross,
        "levies": marks.cents(found["levies"]),
        "net": net,
        "payee": (Payee.EMPLOYER if found["payee"].lower() == "entreprise" else Payee.EMPLOYEE).value,
    }


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1].strip() if found else ""


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
