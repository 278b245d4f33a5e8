"""What the raw text of a rejected line says, as a person would type it: a passage of a printed page, or an element of
XML. Only what is plain is taken; whoever corrects the line sees its text beside it."""

import re
from typing import Final
from xml.sax.saxutils import unescape

from desktop.services.review import codes
from desktop.services.review.line import Kind
from desktop.services.review.reading import cells
from desktop.services.review.reading.printed import marks

_PERIOD: Final = re.compile(rf"(?<![0-9/])({marks.DAY})\s+au\s+({marks.DAY})", re.IGNORECASE)
_WHOSE: Final = re.compile(r"(?<!\S)(?P<claim>(?=\S*\d)\S{1,30})\s+(?P<person>[^\d\s]\D{0,79}?)\s*$")
_SUM: Final = re.compile(marks.SUM)
_COUNTED: Final = re.compile(rf"\s*(?P<label>{marks.LABEL})\s+(?P<days>{marks.COUNT})\s+(?={marks.SUM})", re.DOTALL)
_NAMED: Final = re.compile(rf"\s*(?P<label>{marks.LABEL})\s*(?={marks.SUM}|$)", re.DOTALL)
_PAYEE: Final = re.compile(r"\b(Entreprise|Salari[ée]e?)\b", re.IGNORECASE)
_TAG: Final = re.compile(r"<(?:\w{1,40}:)?(\w{1,40})(?:\s[^<>]{0,200})?>([^<>]{0,200})</")
_NAMES: Final = {
    "DateDebPrest": "start",
    "DateFinPrest": "end",
    "NbIJ": "days",
    "PU": "unit",
    "Montant": "net",
    "CodeNature": "code",
    "Libelle": "label",
    "NumSin": "claim",
}
"""Of a BPIJ: the element, and the column of ours."""


def told(raw: str) -> dict[str, str]:
    """Column and text; nothing of what is neither."""
    return _element(raw) if raw.lstrip().startswith("<") else _printed(raw)


def _element(raw: str) -> dict[str, str]:
    found = {name: unescape(text).strip() for name, text in _TAG.findall(raw)}
    texts = {ours: found[name] for name, ours in _NAMES.items() if found.get(name)}
    for name in ("start", "end"):
        texts |= {name: _day(texts[name])} if name in texts else {}
    for name in ("unit", "net"):
        texts |= {name: texts[name].replace(".", ",")} if name in texts else {}
    texts |= {"payee": "Entreprise"} if found.get("IJSub") in ("true", "1") else {}
    texts |= {"payee": "Salarié"} if found.get("IJSub") in ("false", "0") else {}
    return texts | _shares(texts.get("code", ""), texts.get("net", ""))


def _shares(code: str, net: str) -> dict[str, str]:
    """What a single amount is, by its nature: withheld, or paid."""
    if not net:
        return {}
    if code and codes.kind_of(code) is Kind.LEVY:
        return {"gross": "0,00", "levies": net[1:] if net.startswith("-") else f"-{net}"}
    return {"gross": net, "levies": "0,00"}


def _day(text: str) -> str:
    try:
        day = cells.day(text)
    except cells.Illegible:
        return text
    return f"{day:%d/%m/%Y}" if day else text


def _sums(text: str) -> list[str]:
    return [found.strip() for found in _SUM.findall(text)]


def _printed(raw: str) -> dict[str, str]:
    period = _PERIOD.search(raw)
    if period is None:
        return {}
    before, after = raw[: period.start()], raw[period.end() :]
    texts = {"start": period[1], "end": period[2]}
    if whose := _WHOSE.search(before):
        texts |= {"claim": whose["claim"], "person": " ".join(whose["person"].split())}
    payee = _PAYEE.search(after)
    row = after[: payee.start()] if payee else after
    counted = _COUNTED.match(row)
    amounts = _sums(row[counted.end() :]) if counted else []
    if counted is None or len(amounts) < 2:  # « 1 234,56 » is one amount, and no day
        counted, amounts = None, _sums(row)
    if named := counted or _NAMED.match(row):
        texts |= {name: " ".join(text.split()) for name, text in named.groupdict().items()}
    if code := codes.code_of(texts.get("label", "")):
        texts["code"] = code
    if payee is not None:
        texts["payee"] = payee[0].capitalize()
        return texts | (
            dict(zip(("unit", "gross", "levies", "net"), amounts, strict=True)) if len(amounts) == 4 else {}
        )
    if len(amounts) == 2:
        return {**texts, "unit": amounts[0], "net": amounts[1], **_shares(texts.get("code", ""), amounts[1])}
    return {**texts, "net": amounts[0], **_shares(texts.get("code", ""), amounts[0])} if len(amounts) == 1 else texts
