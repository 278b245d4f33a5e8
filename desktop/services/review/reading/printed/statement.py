"""The portal's own statement in PDF.

It begins with `Relevé d’indemnités journalières n° R-…`, `Adhérent n° …`, `SIRET …`, `Date de paiement : JJ/MM/AAAA`.
Rows are claim, person, period, label, days, daily rate, gross, levies, net, and `Entreprise` or `Salarié`; whoever
gives the text may join rows that fill the paper, or break them. `Total` gives gross, levies and net.
"""

import re
from typing import Final

from desktop.services.review import codes, line
from desktop.services.review.line import Kind, Payee, Sense
from desktop.services.review.reading.printed import marks
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import ControlTotal, FileKind, ReadFile, Rejected, Unreadable

_TITLE: Final = re.compile(r"^[^\S\n]*Relev[ée] d[’']indemnit[ée]s journali[èe]res", re.IGNORECASE | re.MULTILINE)
_MONEY: Final = rf"{marks.SUM}{marks.EURO}"
_MARK: Final = re.compile(
    rf"(?P<paid>(?:Date de paiement|Pay[ée]\s+le)\s*(?::\s*)?{marks.DAY})"
    r"|journali[èe]res\s+n°\s?(?P<reference>\S{1,40})"
    r"|Adh[ée]rent\s+n°\s?(?P<member>[0-9]{1,14})"
    rf"|(?P<total>\bTotal(?:\s*:)?\s+(?P<gross>{_MONEY})\s+(?P<levies>{_MONEY})\s+(?P<net>{_MONEY}))"
    rf"|(?P<period>(?<![0-9/]){marks.DAY}\s+au\s+{marks.DAY})",
    re.IGNORECASE,
)
_WHOSE: Final = re.compile(
    r"(?<!\S)(?P<claim>(?=\S*\d)\S{1,30})\s+(?P<person>[^\d\s]\D{0,79}?)\s+(?:du\s+)?$", re.IGNORECASE
)
_ROW: Final = re.compile(
    rf"\s+(?P<label>{marks.LABEL})\s+(?P<days>{marks.COUNT})\s+(?P<unit>{_MONEY})"
    rf"\s+(?P<gross>{_MONEY})\s+(?P<levies>{_MONEY})\s+(?P<net>{_MONEY})\s+(?P<payee>Entreprise|Salari[ée]e?)(?=\s|$)",
    re.IGNORECASE | re.DOTALL,
)
_PAYER: Final = re.compile(r"^[^\S\n]*Organisme\s*:\s*([^\n]{1,80})", re.IGNORECASE | re.MULTILINE)
_OF_ALL: Final = re.compile(r"\bP[ée]riode\s*:?\s*(?:du\s*)?$", re.IGNORECASE)
_LONGEST: Final = 400
_UNREAD: Final = "La ligne ne se lit pas en entier."


def is_one(text: str) -> bool:
    """Whether the text begins as a statement does."""
    return _TITLE.search(text) is not None


def read(source: Source, text: str) -> ReadFile:
    """All rows of the text. A new date of payment or reference holds from its line on."""
    rows: list[dict[str, object]] = []
    rejected: list[Rejected] = []
    controls: list[ControlTotal] = []
    head: dict[str, object] = {"company": marks.siret(text), "payer": _first(_PAYER, text)}
    line_of = marks.line_finder(text)
    number = read_to = 0
    for mark in _MARK.finditer(text):
        if mark["paid"]:
            head["paid_on"] = marks.day(mark["paid"][-10:])
        elif mark["reference"] or mark["member"]:
            head |= {name: mark[name] for name in ("reference", "member") if mark[name]}
        elif mark["total"]:
            controls += _totals(mark, line_of(mark.start()), rows)
        elif not _OF_ALL.search(text[max(read_to, mark.start() - 20) : mark.start()]):
            before = text[max(read_to, mark.start() - _LONGEST) : mark.start()]
            whose, row = _WHOSE.search(before), _ROW.match(text[mark.end() : mark.end() + _LONGEST])
            number = max(line_of(mark.start() - len(whose[0]) if whose else mark.start()), number + 1)
            made = _row(mark["period"], whose, row) if whose and row else _UNREAD
            read_to = mark.end() + (row.end() if row else 0)
            if isinstance(made, str):
                passage = (whose[0] if whose else "") + text[mark.start() : read_to if row else mark.end() + 100]
                rejected.append(Rejected(number, made, marks.shown(passage)))
            else:
                rows.append({"line": number, **head, **made})
    if not (rows or rejected or controls):
        raise Unreadable("Ce relevé ne contient aucune ligne à lire\u00a0: téléchargez-le de nouveau.")
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


def _totals(mark: re.Match[str], number: int, rows: list[dict[str, object]]) -> list[ControlTotal]:
    sums = {each: sum(_int(row[each]) for row in rows) for each in ("gross", "levies", "net")}
    return [ControlTotal("file", "", number, each, marks.cents(mark[each]), sums[each], (1, number)) for each in sums]


def _row(period: str, whose: re.Match[str], found: re.Match[str]) -> dict[str, object] | str:
    start, end = marks.period(period)
    if start is None or end is None:
        return "Une date de la période n’existe pas."
    label, gross, days = " ".join(found["label"].split()), marks.cents(found["gross"]), marks.count(found["days"])
    code, unit = codes.code_of(label), marks.cents(found["unit"]) * 100
    net = marks.cents(found["net"])
    cancelled = gross < 0 or (gross == 0 and net < 0) or (gross == net == 0 and (days < 0 or unit < 0))
    return {
        "claim": whose["claim"],
        "person": " ".join(whose["person"].split()),
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
